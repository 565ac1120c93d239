//! What a death leaves behind, put right by the host: the dead leave every list of waiters, pass on a
//! notification that they had not taken, let go of what is robust, close their ends, and break what
//! they died inside of. A user's lock stays held: that is the lesson.

use std::sync::atomic::Ordering::SeqCst;

use super::layout::actor;
use super::{Arena, Changes};
use crate::kind::{self, Kind, Shape};
use crate::trace::{ActorId, Body, Change, ObjectId, PartRef, Until};

/// Words of an object that say which actor is in the middle of a frame: a pipe direction's writer and
/// reader, and the other direction's.
pub const FRAME_WORDS: std::ops::Range<usize> = 0..4;

impl Arena {
    /// Repairs every object after the death of these actors (a process's, all at once). Together: all
    /// changes are given back, to be emitted with the death. Otherwise each object's are emitted under
    /// its lock, because others go on acting.
    pub fn repair(&self, process: ActorId, dead: &[ActorId], together: bool) -> Changes {
        let mut all = Vec::new();
        // While others act, a notification may move one of the dead to a list that has been seen to
        // already. After one pass nobody finds them on the list they slept on, so a second is the last.
        for _ in 0..if together { 1 } else { 2 } {
            for id in self.object_ids() {
                self.wait_for_room();
                let died_inside = dead.iter().any(|actor| self.steal_from(id, *actor));
                let guard = self.lock(id, ActorId::HOST);
                let changes = self.repair_object(id, process, dead, died_inside);
                if !together && !changes.is_empty() {
                    self.emit(ActorId::HOST, Body::Also { changes });
                } else {
                    all.extend(changes);
                }
                drop(guard);
            }
        }
        for actor in dead {
            all.extend(self.pass_on_notification(*actor, together));
        }
        self.bump_everyone();
        all
    }

    fn repair_object(&self, id: ObjectId, process: ActorId, dead: &[ActorId], died_inside: bool) -> Changes {
        let mut changes = Vec::new();
        let Some(kind) = kind::kind(self.facts(id).kind) else { return changes };
        for (at, def) in kind.parts.iter().enumerate() {
            let at = at as u8;
            let (name, part) = (PartRef::new(id, at), self.part_at(id, at));
            match def.shape {
                Shape::Waiters => {
                    for actor in dead.iter().filter(|actor| part.remove_waiter(**actor)) {
                        changes.push(Change::Left { part: name, actor: *actor });
                        if self.came_from_sleep(*actor, kind, name) {
                            self.actor(*actor)[actor::NOTIFIED].store(1, SeqCst);
                        }
                    }
                }
                Shape::Owner if def.robust && part.owner().is_some_and(|owner| dead.contains(&owner)) => {
                    part.set_owner(None, 0);
                    changes.push(Change::Owned { part: name, owner: None, depth: 0 });
                }
                Shape::Ends(names) => {
                    for end in 0..names.len() as u8 {
                        while part.remove_holder(end, process) {
                            changes.push(Change::Closed { part: name, end, process });
                            self.bump_pipe_version(id);
                        }
                    }
                }
                _ => {}
            }
        }
        let mid_frame = kind.id == kind::queue::ID
            && FRAME_WORDS.into_iter().any(|at| dead.iter().any(|actor| self.own_word(id, at).load(SeqCst) == u64::from(actor.0) + 1));
        if (died_inside || mid_frame) && !self.facts(id).broken {
            self.mark_broken(id);
            self.bump_pipe_version(id);
            changes.push(Change::Broken { object: id });
            changes.extend(self.whole_state(id, kind));
        }
        changes
    }

    /// Numbers of an object's parts as they are, for when a death inside it left them unknown.
    fn whole_state(&self, id: ObjectId, kind: &Kind) -> Changes {
        let mut changes = Vec::new();
        for (at, def) in kind.parts.iter().enumerate() {
            let (name, part) = (PartRef::new(id, at as u8), self.part_at(id, at as u8));
            changes.extend(match def.shape {
                Shape::Bytes => Some(Change::Filled { part: name, bytes: part.bytes() }),
                Shape::Count => Some(Change::Counted { part: name, value: part.count(), max: part.count_max() }),
                Shape::Flag => Some(Change::Raised { part: name, up: part.flag() }),
                Shape::Owner => Some(Change::Owned { part: name, owner: part.owner(), depth: part.depth() }),
                Shape::Slots | Shape::Cells | Shape::Ends(_) | Shape::Waiters => None,
            });
        }
        changes
    }

    /// A sleeper that had been notified and died before it had the lock back: the next one is notified.
    fn pass_on_notification(&self, dead: ActorId, together: bool) -> Changes {
        let mut changes = Vec::new();
        let notified = self.read_wait(dead).until.into_iter().find_map(|until| match until {
            Until::OwnerFree(lock, Some(sleepers)) => Some((lock, sleepers)),
            _ => None,
        });
        // Its places on the lists are gone by now; whether it had been notified was noted in the record
        // when it was taken off the list of those who want the lock.
        let Some((lock, sleepers)) = notified.filter(|_| self.was_notified(dead)) else { return changes };
        self.wait_for_room();
        let asleep = self.lock(sleepers.object, ActorId::HOST);
        let next = self.part(sleepers).first_waiter();
        if let Some(next) = next {
            let list = kind::kind(self.facts(lock.object).kind).and_then(|kind| kind.parts.get(lock.part as usize)?.waiters);
            if let Some(list) = list {
                let to = PartRef::new(lock.object, list);
                let wanting = self.lock(lock.object, ActorId::HOST);
                self.part(sleepers).remove_waiter(next);
                self.part(to).push_waiter(next);
                changes.push(Change::Requeued { from: sleepers, to, actor: next });
                if !together {
                    self.emit(ActorId::HOST, Body::Also { changes: std::mem::take(&mut changes) });
                }
                drop(wanting);
            }
        }
        drop(asleep);
        changes
    }

    /// Whether an actor was on this list of those who want a lock because it had been notified. What its
    /// record says it waits for may be long over; that it was on the list is not.
    fn came_from_sleep(&self, id: ActorId, kind: &Kind, list: PartRef) -> bool {
        self.read_wait(id).until.iter().any(|until| match until {
            Until::OwnerFree(lock, Some(_)) => {
                lock.object == list.object && kind.parts.get(lock.part as usize).is_some_and(|part| part.waiters == Some(list.part))
            }
            _ => false,
        })
    }

    fn was_notified(&self, dead: ActorId) -> bool {
        self.actor(dead)[actor::NOTIFIED].load(SeqCst) != 0
    }
}
