//! What a death leaves behind, put right by the host: the dead leave every list of waiters, pass on a
//! notification that they had not taken, let go of what is robust, close their ends, and break what
//! they died inside of. A user's lock stays held: that is the lesson.

use std::sync::atomic::Ordering::SeqCst;

use super::actors::State;
use super::layout::actor;
use super::{Arena, Changes};
use crate::kind::{self, Kind, Shape};
use crate::trace::{ActorId, Body, Change, ObjectId, PartRef, Until};

/// Words of an object that say which actor is in the middle of a frame: see the two functions below.
const FRAME_WORDS: std::ops::Range<usize> = 0..4;

/// The word that says who is in the middle of writing a frame that comes out at an end.
pub const fn writer_word(end: u8) -> usize {
    2 * end as usize
}

/// The word that says who is in the middle of reading a frame at an end.
pub const fn reader_word(end: u8) -> usize {
    2 * end as usize + 1
}

/// What is still to be put right after a process's death. An object whose internal lock is in the hands
/// of a stopped process has to wait for it.
pub struct Repair {
    process: ActorId,
    dead: Vec<ActorId>,
    objects: Vec<ObjectId>,
    /// The dead who may have been notified and not yet have had the lock back.
    notified: Vec<ActorId>,
}

impl Repair {
    /// Whether nothing is left to mend and no waiter is left to notify.
    pub fn is_done(&self) -> bool {
        self.objects.is_empty() && self.notified.is_empty()
    }
}

/// Gives what the trace has to be told of an object that somebody died inside of; called under its lock.
pub type Redraw<'a> = &'a dyn Fn(ObjectId) -> Changes;

impl Arena {
    /// What the death of these actors (all of a process) leaves to be done.
    pub fn repair_for(&self, process: ActorId, dead: Vec<ActorId>) -> Repair {
        // While others act, a notification may move one of the dead to a list that has been seen to
        // already. After one pass nobody finds them on the list they slept on, so a second is the last.
        let objects = self.object_ids().chain(self.object_ids()).collect();
        Repair { process, notified: dead.clone(), dead, objects }
    }

    /// Repairs as much as can be. Together: all changes are given back, to be emitted with the death.
    /// Otherwise each object's are emitted under its lock, because others go on acting.
    pub fn repair(&self, todo: &mut Repair, together: bool, redraw: Redraw<'_>) -> Changes {
        let mut all = Vec::new();
        for id in std::mem::take(&mut todo.objects) {
            self.wait_for_room();
            let Some(_inner) = self.lock_for_repair(id) else {
                todo.objects.push(id);
                continue;
            };
            let changes = self.repair_object(id, todo.process, &todo.dead, redraw);
            if !together && !changes.is_empty() {
                self.emit(ActorId::HOST, Body::Also { changes });
            } else {
                all.extend(changes);
            }
        }
        for actor in std::mem::take(&mut todo.notified).into_iter().filter(|actor| self.was_notified(*actor)) {
            match self.pass_on_notification(actor, together) {
                Some(changes) => all.extend(changes),
                None => todo.notified.push(actor),
            }
        }
        self.bump_everyone();
        all
    }

    /// Threads of other processes that act for a process that has died wait for nothing any more, and so
    /// take nothing that nobody would have. To be called once it is dead.
    pub fn cancel_for(&self, process: ActorId) {
        for actor in self.actor_ids() {
            if self.actor(actor)[actor::ACTS_FOR].load(SeqCst) == u64::from(process.0) + 1 {
                self.raise_flag(actor, actor::FLAG_CANCELLED);
            }
        }
    }

    /// From now on a thread acts for a process; for one that has died already, not at all.
    pub fn act_for(&self, thread: ActorId, process: ActorId) {
        self.actor(thread)[actor::ACTS_FOR].store(u64::from(process.0) + 1, SeqCst);
        // Whichever comes first, this or its death, the other one sees it.
        if self.state(process) == State::Dead {
            self.raise_flag(thread, actor::FLAG_CANCELLED);
        }
    }

    fn repair_object(&self, id: ObjectId, process: ActorId, dead: &[ActorId], redraw: Redraw<'_>) -> Changes {
        let mut changes = Vec::new();
        let Some(kind) = kind::kind(self.facts(id).kind) else { return changes };
        if !self.is_told(id) {
            // Its maker died before it told of it: it is nobody's.
            return changes;
        }
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
        // Where whole messages are promised, half a one breaks the promise; a pipe's reader sees its end.
        let mid_frame = kind.parts.iter().any(|part| part.robust)
            && FRAME_WORDS.into_iter().any(|at| dead.iter().any(|actor| self.own_word(id, at).load(SeqCst) == u64::from(actor.0) + 1));
        match (self.tell_broken(id), mid_frame) {
            // Nobody knows what its death kept from being told, so the whole of it is looked at.
            (true, _) => {
                self.bump_pipe_version(id);
                changes = vec![Change::Broken { object: id }];
                changes.extend(redraw(id));
            }
            (false, true) if !self.facts(id).broken => {
                self.mark_broken(id);
                self.bump_pipe_version(id);
                changes.push(Change::Broken { object: id });
            }
            _ => {}
        }
        changes
    }

    /// A sleeper that had been notified and died before it had the lock back: the next one is notified.
    /// None: that has to wait for a stopped process.
    fn pass_on_notification(&self, dead: ActorId, together: bool) -> Option<Changes> {
        let mut changes = Vec::new();
        let notified = self.read_wait(dead).until.into_iter().find_map(|until| match until {
            Until::OwnerFree(lock, Some(sleepers)) => Some((lock, sleepers)),
            _ => None,
        });
        let Some((lock, sleepers)) = notified else { return Some(changes) };
        let Some(list) = kind::kind(self.facts(lock.object).kind).and_then(|kind| kind.parts.get(lock.part as usize)?.waiters) else {
            return Some(changes);
        };
        let to = PartRef::new(lock.object, list);
        self.wait_for_room();
        let _asleep = self.lock_for_repair(sleepers.object)?;
        let _wanting = self.lock_for_repair(lock.object)?;
        if let Some(next) = self.part(sleepers).first_waiter() {
            self.part(sleepers).remove_waiter(next);
            self.part(to).push_waiter(next);
            changes.push(Change::Requeued { from: sleepers, to, actor: next });
            if !together {
                self.emit(ActorId::HOST, Body::Also { changes: std::mem::take(&mut changes) });
            }
        }
        Some(changes)
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
