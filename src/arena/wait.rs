//! Waits as words: an actor's `Until`s in its record, and whether they hold.

use std::sync::atomic::Ordering::SeqCst;

use super::Arena;
use super::actors::State;
use super::layout::actor;
use crate::trace::wait::Facts;
use crate::trace::{ActorId, Nanos, ObjectId, PartRef, Until, Wait};

impl Arena {
    /// Writes what an actor waits for into its record.
    pub fn write_wait(&self, id: ActorId, wait: &Wait) {
        let record = self.actor(id);
        let count = wait.until.len().min(actor::UNTIL_MAX);
        for (at, until) in wait.until.iter().take(count).enumerate() {
            record[actor::UNTIL + at].store(pack(*until), SeqCst);
        }
        record[actor::UNTIL_COUNT].store(count as u64, SeqCst);
        record[actor::DEADLINE].store(wait.deadline.unwrap_or(u64::MAX), SeqCst);
    }

    /// What an actor waits for, as its record says.
    pub fn read_wait(&self, id: ActorId) -> Wait {
        let record = self.actor(id);
        let count = (record[actor::UNTIL_COUNT].load(SeqCst) as usize).min(actor::UNTIL_MAX);
        let until = (0..count).filter_map(|at| unpack(record[actor::UNTIL + at].load(SeqCst))).collect();
        let deadline = record[actor::DEADLINE].load(SeqCst);
        Wait { until, deadline: (deadline != u64::MAX).then_some(deadline) }
    }

    /// Whether something holds that an actor waits for. None: only the kernel knows (a pipe).
    pub fn holds(&self, id: ActorId, until: Until) -> Option<bool> {
        // A thread that acts for the dead goes on at once, and is told so. What it waits for by itself stays.
        let by_itself = matches!(until, Until::Deadline | Until::Ended(_) | Until::Readable(..) | Until::Writable(..));
        if !by_itself && self.flag(id, actor::FLAG_CANCELLED) {
            return Some(true);
        }
        until.holds(id, self)
    }

    /// When a wait gives up. A sleeper that has been notified has no deadline any more: it returns
    /// with the lock, however long that takes.
    pub fn deadline_of(&self, id: ActorId, wait: &Wait) -> Option<Nanos> {
        let notified = wait.until.iter().any(|until| match until {
            Until::OwnerFree(_, Some(sleepers)) => !self.part(*sleepers).has_waiter(id),
            _ => false,
        });
        wait.deadline.filter(|_| !notified)
    }
}

/// As memory has them now.
impl Facts for Arena {
    fn is_broken(&self, object: ObjectId) -> bool {
        self.facts(object).broken
    }

    fn is_up(&self, flag: PartRef) -> bool {
        self.part(flag).flag()
    }

    fn count_of(&self, count: PartRef) -> Option<i64> {
        Some(self.part(count).count())
    }

    fn is_free(&self, owner: PartRef) -> bool {
        self.part(owner).owner().is_none()
    }

    fn is_listed(&self, list: PartRef, actor: ActorId) -> bool {
        self.part(list).has_waiter(actor)
    }

    fn is_deserted(&self, list: PartRef) -> bool {
        self.part(list).first_waiter().is_none()
    }

    fn has_messages(&self, slots: PartRef) -> bool {
        self.part(slots).slots_len() > 0
    }

    fn has_ended(&self, actor: ActorId) -> bool {
        self.state(actor) == State::Dead
    }
}

fn pack(until: Until) -> u64 {
    let part = |part: PartRef| u64::from(part.object.0) << 8 | u64::from(part.part) << 24;
    match until {
        Until::Deadline => 1,
        Until::FlagUp(at) => 2 | part(at),
        Until::CountAbove(at, number) => 3 | part(at) | (number as u32 as u64) << 32,
        Until::OwnerFree(at, None) => 4 | part(at),
        Until::OwnerFree(at, Some(sleepers)) => 5 | part(at) | part(sleepers) << 24,
        Until::SlotsFilled(at) => 6 | part(at),
        Until::Readable(at, end) => 7 | part(at) | u64::from(end) << 32,
        Until::Writable(at, end) => 8 | part(at) | u64::from(end) << 32,
        Until::Ended(actor) => 9 | u64::from(actor.0) << 8,
        Until::Left(at) => 10 | part(at),
        Until::Emptied(at) => 11 | part(at),
    }
}

fn unpack(word: u64) -> Option<Until> {
    let part = |word: u64| PartRef::new(ObjectId((word >> 8) as u16), (word >> 24) as u8);
    Some(match word as u8 {
        1 => Until::Deadline,
        2 => Until::FlagUp(part(word)),
        3 => Until::CountAbove(part(word), i64::from((word >> 32) as i32)),
        4 => Until::OwnerFree(part(word), None),
        5 => Until::OwnerFree(part(word), Some(part(word >> 24))),
        6 => Until::SlotsFilled(part(word)),
        7 => Until::Readable(part(word), (word >> 32) as u8),
        8 => Until::Writable(part(word), (word >> 32) as u8),
        9 => Until::Ended(ActorId((word >> 8) as u16)),
        10 => Until::Left(part(word)),
        11 => Until::Emptied(part(word)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{pack, unpack};
    use crate::trace::{ActorId, ObjectId, PartRef, Until};

    #[test]
    fn what_is_packed_is_unpacked() {
        let part = PartRef::new(ObjectId(4095), 11);
        let other = PartRef::new(ObjectId(77), 3);
        for until in [
            Until::Deadline,
            Until::FlagUp(part),
            Until::CountAbove(part, -3),
            Until::OwnerFree(part, None),
            Until::OwnerFree(part, Some(other)),
            Until::SlotsFilled(part),
            Until::Readable(part, 1),
            Until::Writable(part, 1),
            Until::Ended(ActorId(1023)),
            Until::Left(part),
            Until::Emptied(part),
        ] {
            assert_eq!(unpack(pack(until)), Some(until));
        }
    }
}
