//! Changes of parts, objects and messages, each checked against what its part allows:
//!
//! | part    | allows |
//! |---------|--------|
//! | object  | to be made once, of a known kind, and changed only after that |
//! | message | to be composed once, then to lie in at most one place; once lost it stays where it is |
//! | Slots   | to be left by the first in the row only; to be joined at the end |
//! | Bytes of a message | to grow only: read ≤ written ≤ frame, of one frame |
//! | Cells   | to be written from an index that exists or is the next; to be inserted up to the next, each key once; to be removed where they are |
//! | Bytes   | to lie in pages where there are any, of which there are never more in use than there are |
//! | Count   | to be neither negative nor beyond its bound, which never changes |
//! | Flag    | anything |
//! | Owner   | to be taken by a living actor when free, again by its owner; depth 0 means free |
//! | Waiters | to be joined once and by the living, left by whoever is on it |
//! | Ends    | to be opened for the living, closed by a holder |
//!
//! Invariant: a forbidden change is noted as a fault and applied as far as it can be.

use std::sync::Arc;

use super::object::{Cell, Holder, Object, PartState, Waiter};
use super::{Message, Passed, World};
use crate::kind;
use crate::trace::{ActorId, Change, MessageId, PartRef};

impl World {
    pub(super) fn changes(&mut self, by: ActorId, changes: &[Change]) {
        let new = |object| changes.iter().any(|change| matches!(change, Change::Made { object: made, .. } if *made == object));
        for change in changes {
            // What an object begins with was given by nobody.
            if matches!(change, Change::Counted { part, .. } if !new(part.object)) {
                self.note_permits(by, change);
            }
            self.change(by, change);
            self.note_cells(by, change);
            self.note_flag(by, change);
        }
    }

    fn change(&mut self, by: ActorId, change: &Change) {
        match change {
            Change::Made { object, kind, name, owner, home } => {
                let Some(def) = kind::kind(*kind) else {
                    return self.fault(None, format!("object {} is of the unknown kind {}", object.0, kind.0));
                };
                let at = object.0 as usize;
                if self.objects.len() <= at {
                    self.objects.resize(at + 1, None);
                }
                if self.objects[at].is_some() {
                    self.fault(None, format!("object {} was made twice", object.0));
                }
                self.objects[at] = Some(Arc::new(Object {
                    id: *object,
                    kind: *kind,
                    name: name.clone(),
                    owner: *owner,
                    home: *home,
                    parts: def.parts.iter().map(PartState::of).collect(),
                    maker: by,
                    broken: false,
                }));
            }
            Change::Composed { message, value } => {
                let new = Message { id: *message, value: value.clone(), from: by, place: None, passed: None, lost: false };
                match self.messages.search_by_key(message, |message| message.id) {
                    Ok(_) => self.fault(None, format!("message {} was composed twice", message.0)),
                    Err(at) => self.messages.insert(at, Arc::new(new)),
                }
            }
            Change::Moved { message, from, to } => self.moved(*message, *from, *to),
            Change::Passed { message, written, read, frame } => {
                let before = self.message(*message).and_then(|message| message.passed);
                // Writer and reader each know their own side best; what has passed only grows.
                let known = before.unwrap_or(Passed { written: 0, read: 0, frame: *frame });
                let passed = Passed { written: known.written.max(*written), read: known.read.max(*read), frame: *frame };
                if passed.read > passed.written || passed.written > passed.frame || known.frame != passed.frame {
                    self.fault(None, format!("message {}: {passed:?} is impossible after {before:?}", message.0));
                }
                self.edit_message(*message, |message| message.passed = Some(passed));
            }
            Change::Dropped { message } => self.edit_message(*message, |message| message.lost = true),
            // It left the last place where it was drawn when it was taken.
            Change::Finished { .. } => {}
            Change::Wrote { part, first, values } => {
                let event = self.events;
                self.edit_part(*part, |part| match part {
                    PartState::Cells { cells } => {
                        let first = *first as usize;
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
                    other => Err(wrong_shape("cells", other)),
                });
            }
            Change::Inserted { part, at, key, value } => {
                let cell = Cell { key: key.clone(), value: value.clone(), before: None, writer: Some(by), written_at: self.events };
                self.edit_part(*part, |part| match part {
                    PartState::Cells { cells } if *at as usize > cells.len() => {
                        Err(format!("cell {at} was inserted, but there are {}", cells.len()))
                    }
                    PartState::Cells { cells } if key.is_some() && cells.iter().any(|cell| cell.key == *key) => {
                        Err("one key was inserted twice".to_owned())
                    }
                    PartState::Cells { cells } => {
                        cells.insert(cells.place(*at as usize), Arc::new(cell));
                        Ok(())
                    }
                    other => Err(wrong_shape("cells", other)),
                });
            }
            Change::Removed { part, first, count } => self.edit_part(*part, |part| match part {
                PartState::Cells { cells } => {
                    let (first, end) = (*first as usize, (*first as usize).saturating_add(*count as usize));
                    if end > cells.len() {
                        return Err(format!("cells up to {end} were removed, but there are {}", cells.len()));
                    }
                    (first..end).for_each(|_| cells.remove(cells.place(first)));
                    Ok(())
                }
                other => Err(wrong_shape("cells", other)),
            }),
            Change::Counted { part, value, max } => self.edit_part(*part, |part| match part {
                PartState::Count { value: now, max: bound } => {
                    let rebound = bound.is_some() && bound != max;
                    (*now, *bound) = (*value, *max);
                    if rebound {
                        Err(format!("its bound became {max:?}"))
                    } else if *value < 0 || max.is_some_and(|max| *value > max) {
                        Err(format!("counts {value} of {max:?}"))
                    } else {
                        Ok(())
                    }
                }
                other => Err(wrong_shape("count", other)),
            }),
            Change::Raised { part, up } => self.edit_part(*part, |part| match part {
                PartState::Flag { up: now } => {
                    *now = *up;
                    Ok(())
                }
                other => Err(wrong_shape("flag", other)),
            }),
            Change::Owned { part, owner, depth } => {
                if let Some(owner) = owner {
                    self.must_live(*part, *owner, "took it");
                }
                match (owner, self.part(*part)) {
                    (None, _) => self.note_freed(*part),
                    (Some(_), Some(PartState::Owner { owner: now, .. })) if now == owner => {}
                    (Some(_), _) => self.note_taken(*part),
                }
                self.edit_part(*part, |part| match part {
                    PartState::Owner { owner: now, depth: level } => {
                        let stolen = now.is_some() && owner.is_some() && now != owner;
                        let before = *now;
                        (*now, *level) = (*owner, *depth);
                        if stolen {
                            Err(format!("actor {:?} took what actor {:?} holds", owner.map(|id| id.0), before.map(|id| id.0)))
                        } else if owner.is_some() != (*depth > 0) {
                            Err(format!("owner {:?} with depth {depth}", owner.map(|id| id.0)))
                        } else {
                            Ok(())
                        }
                    }
                    other => Err(wrong_shape("owner", other)),
                });
            }
            Change::Queued { part, actor } => self.enlist(*part, *actor, false),
            Change::Left { part, actor } => self.delist(*part, *actor),
            Change::Requeued { from, to, actor } => {
                self.delist(*from, *actor);
                self.enlist(*to, *actor, true);
                self.waits_anew(*actor);
            }
            Change::Filled { part, bytes, pages } => self.edit_part(*part, |part| match part {
                PartState::Bytes { bytes: now, pages: in_use } => {
                    let before = in_use.map(|pages| pages.of);
                    (*now, *in_use) = (*bytes, *pages);
                    match pages {
                        Some(pages) if pages.used > pages.of || before.is_some_and(|of| of != pages.of) => {
                            Err(format!("has {} of {} pages in use, of {before:?} before", pages.used, pages.of))
                        }
                        Some(pages) if (pages.used == 0) != (*bytes == 0) => Err(format!("{bytes} bytes lie in {} pages", pages.used)),
                        _ => Ok(()),
                    }
                }
                other => Err(wrong_shape("bytes", other)),
            }),
            Change::Opened { part, end, process } => {
                self.must_live(*part, *process, "opened an end");
                self.edit_part(*part, |part| match part {
                    PartState::Ends { ends } => {
                        let Some(end) = ends.get_mut(*end as usize) else { return Err(format!("has no end {end}")) };
                        match end.holders.binary_search_by_key(process, |holder| holder.process) {
                            Ok(at) => end.holders[at].copies += 1,
                            Err(at) => end.holders.insert(at, Holder { process: *process, copies: 1 }),
                        }
                        Ok(())
                    }
                    other => Err(wrong_shape("ends", other)),
                });
            }
            Change::Closed { part, end, process } => self.edit_part(*part, |part| match part {
                PartState::Ends { ends } => {
                    let Some(end) = ends.get_mut(*end as usize) else { return Err(format!("has no end {end}")) };
                    match end.holders.binary_search_by_key(process, |holder| holder.process) {
                        Ok(at) if end.holders[at].copies > 1 => end.holders[at].copies -= 1,
                        Ok(at) => {
                            end.holders.remove(at);
                        }
                        Err(_) => return Err(format!("process {} closed an end that it did not hold", process.0)),
                    }
                    Ok(())
                }
                other => Err(wrong_shape("ends", other)),
            }),
            Change::SeenClosed { part, end } => self.edit_part(*part, |part| match part {
                PartState::Ends { ends } => match ends.get_mut(*end as usize) {
                    Some(end) => {
                        end.seen_closed = true;
                        Ok(())
                    }
                    None => Err(format!("has no end {end}")),
                },
                other => Err(wrong_shape("ends", other)),
            }),
            Change::Broken { object } => match self.objects.get_mut(object.0 as usize) {
                Some(Some(object)) => Arc::make_mut(object).broken = true,
                _ => self.fault(None, format!("object {} does not exist", object.0)),
            },
        }
    }

    fn moved(&mut self, id: MessageId, from: Option<PartRef>, to: Option<PartRef>) {
        match self.message(id).map(|message| (message.place, message.lost)) {
            Some((_, true)) => self.fault(from.or(to), format!("message {} is lost and yet moves", id.0)),
            Some((place, _)) if place != from => {
                self.fault(from.or(to), format!("message {} lies in {place:?}, not in {from:?}", id.0));
            }
            Some(_) => {}
            None => self.fault(from.or(to), format!("message {} was never composed", id.0)),
        }
        if let Some(from) = from {
            self.edit_part(from, |part| match part {
                PartState::Slots { messages } => {
                    let first = messages.front() == Some(&id);
                    if let Some(at) = messages.position(|other| *other == id) {
                        messages.remove(at);
                    }
                    if first { Ok(()) } else { Err(format!("message {} was not the first to leave", id.0)) }
                }
                other => Err(wrong_shape("slots", other)),
            });
        }
        let known = self.messages.search_by_key(&id, |message| message.id);
        match (to, known) {
            (Some(to), known) => {
                self.edit_part(to, |part| match part {
                    PartState::Slots { messages } => {
                        messages.push_back(id);
                        Ok(())
                    }
                    other => Err(wrong_shape("slots", other)),
                });
                if let Some(message) = known.ok().and_then(|at| self.messages.get_mut(at)) {
                    Arc::make_mut(message).place = Some(to);
                }
            }
            (None, Ok(at)) => {
                self.messages.remove(at);
            }
            (None, Err(_)) => {}
        }
    }

    /// Notes that an actor does what only the living can. Of an object that somebody died inside of the
    /// trace tells only afterwards what the dead did to it.
    fn must_live(&mut self, part: PartRef, actor: ActorId, what: &str) {
        let told_late = self.object(part.object).is_some_and(|object| object.broken);
        if !told_late && self.actor(actor).is_some_and(super::Actor::is_dead) {
            self.fault(Some(part), format!("actor {} {what} after its death", actor.0));
        }
    }

    fn enlist(&mut self, part: PartRef, actor: ActorId, from_wait: bool) {
        self.must_live(part, actor, "joined the waiters");
        self.edit_part(part, |part| match part {
            PartState::Waiters { waiters } => {
                let already = waiters.iter().any(|waiter| waiter.actor == actor);
                if already {
                    return Err(format!("actor {} queued twice", actor.0));
                }
                waiters.push_back(Waiter { actor, from_wait });
                Ok(())
            }
            other => Err(wrong_shape("waiters", other)),
        });
    }

    fn delist(&mut self, part: PartRef, actor: ActorId) {
        self.edit_part(part, |part| match part {
            PartState::Waiters { waiters } => {
                let before = waiters.len();
                waiters.retain(|waiter| waiter.actor != actor);
                if waiters.len() == before { Err(format!("actor {} left without having queued", actor.0)) } else { Ok(()) }
            }
            other => Err(wrong_shape("waiters", other)),
        });
    }

    pub(super) fn edit_message(&mut self, id: MessageId, edit: impl FnOnce(&mut Message)) {
        match self.messages.search_by_key(&id, |message| message.id) {
            Ok(at) => {
                if let Some(message) = self.messages.get_mut(at) {
                    edit(Arc::make_mut(message));
                }
            }
            Err(_) => self.fault(None, format!("message {} does not exist", id.0)),
        }
    }

    fn edit_part(&mut self, part: PartRef, edit: impl FnOnce(&mut PartState) -> Result<(), String>) {
        let state = match self.objects.get_mut(part.object.0 as usize) {
            Some(Some(object)) => Arc::make_mut(object).parts.get_mut(part.part as usize),
            _ => None,
        };
        let outcome = match state {
            Some(state) => edit(state),
            None => Err("does not exist".to_owned()),
        };
        if let Err(what) = outcome {
            self.fault(Some(part), what);
        }
    }
}

fn wrong_shape(wanted: &str, found: &PartState) -> String {
    format!("is {}, not {wanted}", found.shape_name())
}
