//! The short internal lock that every object has. Its word says who holds it, so that the host can take it
//! from the dead; what is done under it neither waits nor fails.

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use super::Arena;
use super::layout::{MAX_OBJECTS, object, word32};
use crate::sys::futex;
use crate::trace::{ActorId, ObjectId};

/// How often a repair looks for an internal lock before it is put off.
const REPAIR_TRIES: usize = 20;

/// Others sleep on an internal lock.
const CONTENDED: u32 = 1 << 31;

impl Arena {
    /// Takes an object's short internal lock; it is held while the guard lives. What is done under it
    /// neither waits nor fails. Room in the ring must have been waited for before.
    pub fn lock(&self, id: ObjectId, me: ActorId) -> Inner<'_> {
        let word = self.word32(word32::LOCKS + (id.0 as usize).min(MAX_OBJECTS - 1));
        let mine = u32::from(me.0) + 1;
        let mut seen = word.load(SeqCst);
        loop {
            if seen == 0 {
                match word.compare_exchange(0, mine, SeqCst, SeqCst) {
                    Ok(_) => return Inner { arena: self, object: id, mine },
                    Err(now) => seen = now,
                }
                continue;
            }
            // From here on the lock says that somebody sleeps; whoever gets it keeps saying so.
            if seen & CONTENDED == 0 {
                match word.compare_exchange(seen, seen | CONTENDED, SeqCst, SeqCst) {
                    Ok(_) => seen |= CONTENDED,
                    Err(now) => {
                        seen = now;
                        continue;
                    }
                }
            }
            futex::wait(word, seen, Some(Duration::from_millis(20)));
            seen = word.load(SeqCst);
            if seen == 0 {
                match word.compare_exchange(0, mine | CONTENDED, SeqCst, SeqCst) {
                    Ok(_) => return Inner { arena: self, object: id, mine },
                    Err(now) => seen = now,
                }
            }
        }
    }

    /// Whether somebody waits for an internal lock whose holder is one of the dead, and so will never let go of it.
    pub fn is_held_up_by(&self, is_dead: impl Fn(ActorId) -> bool) -> bool {
        let words = (0..self.object_count()).map(|at| self.word32(word32::LOCKS + at).load(SeqCst));
        let holders = words.filter(|word| word & CONTENDED != 0).filter_map(|word| (word & !CONTENDED).checked_sub(1));
        holders.into_iter().any(|holder| is_dead(ActorId(holder as u16)))
    }

    /// Takes an internal lock for a repair (host only), from a dead holder too: the object is broken
    /// then. None: a living holder did not let go in time; it may have been stopped.
    pub(super) fn lock_for_repair(&self, id: ObjectId) -> Option<Inner<'_>> {
        let word = self.word32(word32::LOCKS + (id.0 as usize).min(MAX_OBJECTS - 1));
        let mine = u32::from(ActorId::HOST.0) + 1;
        for _ in 0..REPAIR_TRIES {
            let seen = word.load(SeqCst);
            let free_or_dead = match (seen & !CONTENDED).checked_sub(1) {
                None => true,
                Some(holder) => {
                    let dead = self.is_gone(ActorId(holder as u16));
                    if dead {
                        let broken = &self.object(id)[object::BROKEN];
                        // One that is broken already stays so; told or not.
                        let _ = broken.compare_exchange(0, object::BROKEN_NEW, SeqCst, SeqCst);
                    }
                    dead
                }
            };
            if !free_or_dead {
                futex::wait(word, seen, Some(Duration::from_millis(10)));
            } else if word.compare_exchange(seen, mine | seen & CONTENDED, SeqCst, SeqCst).is_ok() {
                return Some(Inner { arena: self, object: id, mine });
            }
        }
        None
    }
}

/// An internal lock that is held.
pub struct Inner<'a> {
    arena: &'a Arena,
    object: ObjectId,
    mine: u32,
}

impl Drop for Inner<'_> {
    fn drop(&mut self) {
        let word = self.arena.word32(word32::LOCKS + (self.object.0 as usize).min(MAX_OBJECTS - 1));
        let before = word.swap(0, SeqCst);
        debug_assert_eq!(before & !CONTENDED, self.mine);
        if before & CONTENDED != 0 {
            futex::wake(word, 1);
        }
    }
}
