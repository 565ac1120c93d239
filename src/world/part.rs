//! What may be done to a part, each checked against what the part allows:
//!
//! | part    | allows |
//! |---------|--------|
//! | Slots   | to be left by the first in the row only; to be joined at the end |
//! | Cells   | to be written from an index that exists or is the next; to be inserted up to the next, each key once; to be removed where they are |
//! | Bytes   | to lie in pages where there are any, of which there are never more in use than there are |
//! | Count   | to be neither negative nor beyond its bound, which never changes |
//! | Flag    | anything |
//! | Owner   | to be taken when free, again by its owner; depth 0 means free |
//! | Waiters | to be joined once, left by whoever is on it |
//! | Ends    | to be opened, closed by a holder |
//!
//! Invariant: what is forbidden is told as an error and done as far as it can be. Knows nothing of other parts.

use std::sync::Arc;

use super::object::{Cell, End, Holder, PartState, Waiter};
use crate::trace::{ActorId, MessageId, Pages, Preview};

/// What is wrong with a change.
type Fault = Result<(), String>;

impl PartState {
    fn is_not(&self, wanted: &str) -> Fault {
        Err(format!("is {}, not {wanted}", self.shape_name()))
    }

    /// A message joins the end of the row.
    pub(super) fn join_row(&mut self, id: MessageId) -> Fault {
        let PartState::Slots { messages } = self else { return self.is_not("slots") };
        messages.push_back(id);
        Ok(())
    }

    /// A message leaves the row.
    pub(super) fn leave_row(&mut self, id: MessageId) -> Fault {
        let PartState::Slots { messages } = self else { return self.is_not("slots") };
        let first = messages.front() == Some(&id);
        if let Some(at) = messages.position(|other| *other == id) {
            messages.remove(at);
        }
        if first { Ok(()) } else { Err(format!("message {} was not the first to leave", id.0)) }
    }

    /// An actor writes cells, one after the other.
    pub(super) fn write(&mut self, first: usize, values: &[Preview], by: ActorId, event: u64) -> Fault {
        let PartState::Cells { cells } = self else { return self.is_not("cells") };
        if first > cells.len() {
            return Err(format!("cell {first} was written, but there are {}", cells.len()));
        }
        for (number, value) in (first..).zip(values) {
            match cells.get_mut(cells.place(number)) {
                Some(cell) => {
                    let cell = Arc::make_mut(cell);
                    cell.before = Some(std::mem::replace(&mut cell.value, value.clone()));
                    cell.writer = Some(by);
                    cell.written_at = event;
                }
                None => {
                    let cell = Cell { key: None, value: value.clone(), before: None, writer: None, written_at: event };
                    cells.push_back(Arc::new(cell));
                }
            }
        }
        Ok(())
    }

    pub(super) fn insert(&mut self, at: usize, cell: Cell) -> Fault {
        match self {
            PartState::Cells { cells } if at > cells.len() => Err(format!("cell {at} was inserted, but there are {}", cells.len())),
            PartState::Cells { cells } if cell.key.is_some() && cells.iter().any(|other| other.key == cell.key) => {
                Err("one key was inserted twice".to_owned())
            }
            PartState::Cells { cells } => {
                cells.insert(cells.place(at), Arc::new(cell));
                Ok(())
            }
            other => other.is_not("cells"),
        }
    }

    pub(super) fn remove(&mut self, first: usize, count: usize) -> Fault {
        let PartState::Cells { cells } = self else { return self.is_not("cells") };
        let end = first.saturating_add(count);
        if end > cells.len() {
            return Err(format!("cells up to {end} were removed, but there are {}", cells.len()));
        }
        (first..end).for_each(|_| cells.remove(cells.place(first)));
        Ok(())
    }

    pub(super) fn count(&mut self, value: i64, max: Option<i64>) -> Fault {
        let PartState::Count { value: now, max: bound } = self else { return self.is_not("count") };
        let rebound = bound.is_some() && *bound != max;
        (*now, *bound) = (value, max);
        if rebound {
            Err(format!("its bound became {max:?}"))
        } else if value < 0 || max.is_some_and(|max| value > max) {
            Err(format!("counts {value} of {max:?}"))
        } else {
            Ok(())
        }
    }

    pub(super) fn raise(&mut self, up: bool) -> Fault {
        let PartState::Flag { up: now } = self else { return self.is_not("flag") };
        *now = up;
        Ok(())
    }

    /// An actor takes it, or nobody has it any more.
    pub(super) fn own(&mut self, owner: Option<ActorId>, depth: u32) -> Fault {
        let PartState::Owner { owner: now, depth: level } = self else { return self.is_not("owner") };
        let stolen = now.is_some() && owner.is_some() && *now != owner;
        let before = *now;
        (*now, *level) = (owner, depth);
        if stolen {
            Err(format!("actor {:?} took what actor {:?} holds", owner.map(|id| id.0), before.map(|id| id.0)))
        } else if owner.is_some() != (depth > 0) {
            Err(format!("owner {:?} with depth {depth}", owner.map(|id| id.0)))
        } else {
            Ok(())
        }
    }

    pub(super) fn enlist(&mut self, actor: ActorId, from_wait: bool) -> Fault {
        let PartState::Waiters { waiters } = self else { return self.is_not("waiters") };
        if waiters.iter().any(|waiter| waiter.actor == actor) {
            return Err(format!("actor {} queued twice", actor.0));
        }
        waiters.push_back(Waiter { actor, from_wait });
        Ok(())
    }

    pub(super) fn delist(&mut self, actor: ActorId) -> Fault {
        let PartState::Waiters { waiters } = self else { return self.is_not("waiters") };
        let before = waiters.len();
        waiters.retain(|waiter| waiter.actor != actor);
        if waiters.len() == before { Err(format!("actor {} left without having queued", actor.0)) } else { Ok(()) }
    }

    /// So many bytes lie in it.
    pub(super) fn fill(&mut self, bytes: u64, pages: Option<Pages>) -> Fault {
        let PartState::Bytes { bytes: now, pages: in_use } = self else { return self.is_not("bytes") };
        let before = in_use.map(|pages| pages.of);
        (*now, *in_use) = (bytes, pages);
        match pages {
            Some(pages) if pages.used > pages.of || before.is_some_and(|of| of != pages.of) => {
                Err(format!("has {} of {} pages in use, of {before:?} before", pages.used, pages.of))
            }
            Some(pages) if (pages.used == 0) != (bytes == 0) => Err(format!("{bytes} bytes lie in {} pages", pages.used)),
            _ => Ok(()),
        }
    }

    fn end(&mut self, number: u8) -> Result<&mut End, String> {
        let PartState::Ends { ends } = self else { return Err(format!("is {}, not ends", self.shape_name())) };
        ends.get_mut(number as usize).ok_or_else(|| format!("has no end {number}"))
    }

    pub(super) fn open(&mut self, end: u8, process: ActorId) -> Fault {
        let end = self.end(end)?;
        match end.holders.binary_search_by_key(&process, |holder| holder.process) {
            Ok(at) => end.holders[at].copies += 1,
            Err(at) => end.holders.insert(at, Holder { process, copies: 1 }),
        }
        Ok(())
    }

    pub(super) fn close(&mut self, end: u8, process: ActorId) -> Fault {
        let end = self.end(end)?;
        match end.holders.binary_search_by_key(&process, |holder| holder.process) {
            Ok(at) if end.holders[at].copies > 1 => end.holders[at].copies -= 1,
            Ok(at) => {
                end.holders.remove(at);
            }
            Err(_) => return Err(format!("process {} closed an end that it did not hold", process.0)),
        }
        Ok(())
    }

    /// A reader has seen that the end is closed.
    pub(super) fn see_closed(&mut self, end: u8) -> Fault {
        self.end(end)?.seen_closed = true;
        Ok(())
    }
}
