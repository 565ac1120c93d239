//! Folds events into the world. Every change is checked against the rules of its part; a forbidden
//! one is noted as a fault and applied as far as it can be, so that a damaged trace still shows.

use std::sync::Arc;

use super::actor::{Activity, Actor};
use super::object::{Cell, Holder, Object, PartState, Waiter};
use super::{Fault, Message, Passed, World};
use crate::kind;
use crate::trace::{Acted, ActorId, Announced, Body, Born, Change, Event, Next, PartRef};

/// The most faults that are kept; later ones change nothing new.
const FAULT_LIMIT: usize = 100;

impl World {
    /// Applies one event.
    pub fn apply(&mut self, event: &Event) {
        self.now = self.now.max(event.time);
        match &event.body {
            Body::Mode(mode) => self.mode = *mode,
            Body::Born(born) => self.born(born),
            Body::Announced(announced) => self.announced(event.actor, announced),
            Body::Rest(rest) => self.rest = Some(rest.clone()),
            Body::Granted { step, actor, .. } => {
                self.step = *step;
                self.rest = None;
                self.set_activity(*actor, Activity::Running);
            }
            Body::Clock { step, to } => {
                self.step = *step;
                self.now = *to;
                self.rest = None;
            }
            Body::Acted(acted) => {
                self.acted(event.actor, acted);
            }
            Body::Printed(printed) => {
                self.rest = None;
                if !printed.more {
                    self.printed += 1;
                }
                self.set_line(event.actor, printed.line);
            }
            Body::Died(died) => {
                self.rest = None;
                self.changes(event.actor, &died.changes);
                self.died(died.actor, died.cause);
            }
            Body::Stopped { actor, stopped } => {
                self.rest = None;
                let stopped = *stopped;
                for id in self.threads_of(*actor) {
                    self.edit_actor(id, |actor| actor.stopped = stopped);
                }
            }
            Body::Also { changes } => self.changes(event.actor, changes),
            Body::Lost { count } => self.lost += u64::from(*count),
        }
        self.events += 1;
    }

    fn born(&mut self, born: &Born) {
        let at = born.actor.0 as usize;
        if self.actors.len() <= at {
            self.actors.resize(at + 1, None);
        }
        if self.actors[at].is_some() {
            self.fault(None, format!("actor {} was born twice", born.actor.0));
        }
        self.actors[at] = Some(Arc::new(Actor {
            id: born.actor,
            role: born.role,
            process: born.process,
            creator: born.creator,
            object: born.object,
            name: born.name.clone(),
            function: born.function.clone(),
            pid: born.pid,
            tid: born.tid,
            activity: Activity::Unborn,
            doing: None,
            line: 0,
            since: self.now,
            stopped: false,
        }));
    }

    fn announced(&mut self, id: ActorId, announced: &Announced) {
        self.set_activity(id, Activity::Ready(announced.clone()));
        let doing = (announced.op, announced.on);
        self.edit_actor(id, |actor| actor.doing = Some(doing));
        self.set_line(id, announced.line);
    }

    fn acted(&mut self, id: ActorId, acted: &Acted) {
        self.rest = None;
        self.changes(id, &acted.changes);
        let activity = match &acted.next {
            Next::Goes => Activity::Running,
            Next::Waits(wait) => Activity::Waiting(wait.clone()),
            Next::Ends => Activity::Ending,
        };
        self.set_activity(id, activity);
        let doing = (acted.op, acted.on);
        self.edit_actor(id, |actor| actor.doing = Some(doing));
        self.set_line(id, acted.line);
    }

    fn died(&mut self, id: ActorId, cause: crate::trace::Cause) {
        for thread in self.threads_of(id) {
            self.set_activity(thread, Activity::Dead(cause));
        }
        self.set_activity(id, Activity::Dead(cause));
        if self.actor(id).is_none_or(|actor| actor.process != id) {
            return;
        }
        // What lay in the dead process's own memory will never arrive.
        let mut lost = Vec::new();
        for object in self.all_objects().filter(|object| object.home == Some(id)) {
            for part in &object.parts {
                if let PartState::Slots { messages } = part {
                    lost.extend(messages.iter().copied());
                }
            }
        }
        for message in lost {
            self.edit_message(message, |message| message.lost = true);
        }
    }

    /// A process's threads, itself among them; the actor alone if it is a thread.
    fn threads_of(&self, id: ActorId) -> Vec<ActorId> {
        self.all_actors().filter(|actor| actor.process == id || actor.id == id).map(|actor| actor.id).collect()
    }

    fn changes(&mut self, by: ActorId, changes: &[Change]) {
        for change in changes {
            self.change(by, change);
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
                    parts: def.parts.iter().map(|part| PartState::new(part.shape)).collect(),
                    maker: by,
                    broken: false,
                }));
            }
            Change::Composed { message, value } => {
                let new = Message { id: *message, value: value.clone(), from: by, place: None, passed: None, lost: false };
                match self.messages.binary_search_by_key(message, |message| message.id) {
                    Ok(_) => self.fault(None, format!("message {} was composed twice", message.0)),
                    Err(at) => self.messages.insert(at, Arc::new(new)),
                }
            }
            Change::Moved { message, from, to } => {
                if let Some(from) = from {
                    self.edit_part(*from, |part| match part {
                        PartState::Slots { messages } => {
                            let first = messages.front() == Some(message);
                            messages.retain(|other| other != message);
                            if first { Ok(()) } else { Err(format!("message {} was not the first to leave", message.0)) }
                        }
                        other => Err(wrong_shape("slots", other)),
                    });
                }
                if let Some(to) = to {
                    self.edit_part(*to, |part| match part {
                        PartState::Slots { messages } => {
                            messages.push_back(*message);
                            Ok(())
                        }
                        other => Err(wrong_shape("slots", other)),
                    });
                    let place = *to;
                    self.edit_message(*message, |message| message.place = Some(place));
                } else if let Ok(at) = self.messages.binary_search_by_key(message, |message| message.id) {
                    self.messages.remove(at);
                } else {
                    self.fault(*from, format!("message {} was never composed", message.0));
                }
            }
            Change::Passed { message, written, read, frame } => {
                let passed = Passed { written: *written, read: *read, frame: *frame };
                if passed.read > passed.written || passed.written > passed.frame {
                    self.fault(None, format!("message {}: {passed:?} is impossible", message.0));
                }
                self.edit_message(*message, |message| message.passed = Some(passed));
            }
            Change::Dropped { message } => self.edit_message(*message, |message| message.lost = true),
            Change::Wrote { part, first, values } => {
                let event = self.events;
                self.edit_part(*part, |part| match part {
                    PartState::Cells { cells } => {
                        let first = *first as usize;
                        if first > cells.len() {
                            return Err(format!("cell {first} was written, but there are {}", cells.len()));
                        }
                        for (at, value) in (first..).zip(values) {
                            match cells.get_mut(at) {
                                Some(cell) => {
                                    cell.before = Some(std::mem::replace(&mut cell.value, value.clone()));
                                    cell.writer = Some(by);
                                    cell.written_at = event;
                                }
                                None => cells.push(Cell { value: value.clone(), before: None, writer: None, written_at: event }),
                            }
                        }
                        Ok(())
                    }
                    other => Err(wrong_shape("cells", other)),
                });
            }
            Change::Counted { part, value, max } => self.edit_part(*part, |part| match part {
                PartState::Count { value: now, max: bound } => {
                    (*now, *bound) = (*value, *max);
                    if *value < 0 || max.is_some_and(|max| *value > max) { Err(format!("counts {value} of {max:?}")) } else { Ok(()) }
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
            Change::Owned { part, owner, depth } => self.edit_part(*part, |part| match part {
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
            }),
            Change::Queued { part, actor } => self.enlist(*part, *actor, false),
            Change::Left { part, actor } => self.delist(*part, *actor),
            Change::Requeued { from, to, actor } => {
                self.delist(*from, *actor);
                self.enlist(*to, *actor, true);
            }
            Change::Filled { part, bytes } => self.edit_part(*part, |part| match part {
                PartState::Bytes { bytes: now } => {
                    *now = *bytes;
                    Ok(())
                }
                other => Err(wrong_shape("bytes", other)),
            }),
            Change::Opened { part, end, process } => self.edit_part(*part, |part| match part {
                PartState::Ends { ends } => {
                    let Some(end) = ends.get_mut(*end as usize) else { return Err(format!("has no end {end}")) };
                    match end.holders.binary_search_by_key(process, |holder| holder.process) {
                        Ok(at) => end.holders[at].copies += 1,
                        Err(at) => end.holders.insert(at, Holder { process: *process, copies: 1 }),
                    }
                    Ok(())
                }
                other => Err(wrong_shape("ends", other)),
            }),
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

    fn enlist(&mut self, part: PartRef, actor: ActorId, from_wait: bool) {
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

    fn set_activity(&mut self, id: ActorId, activity: Activity) {
        let now = self.now;
        self.edit_actor(id, |actor| {
            if matches!(actor.activity, Activity::Dead(_)) {
                return;
            }
            if std::mem::discriminant(&actor.activity) != std::mem::discriminant(&activity) {
                actor.since = now;
            }
            actor.activity = activity;
        });
    }

    fn set_line(&mut self, id: ActorId, line: u32) {
        if line > 0 {
            self.edit_actor(id, |actor| actor.line = line);
        }
    }

    fn edit_actor(&mut self, id: ActorId, edit: impl FnOnce(&mut Actor)) {
        match self.actors.get_mut(id.0 as usize) {
            Some(Some(actor)) => edit(Arc::make_mut(actor)),
            _ if id == ActorId::HOST || id == ActorId::HAND => {}
            _ => self.fault(None, format!("actor {} was never born", id.0)),
        }
    }

    fn edit_message(&mut self, id: crate::trace::MessageId, edit: impl FnOnce(&mut Message)) {
        match self.messages.binary_search_by_key(&id, |message| message.id) {
            Ok(at) => edit(Arc::make_mut(&mut self.messages[at])),
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

    fn fault(&mut self, part: Option<PartRef>, what: String) {
        if self.faults.len() < FAULT_LIMIT {
            self.faults.push(Fault { event: self.events, part, what });
        }
    }
}

fn wrong_shape(wanted: &str, found: &PartState) -> String {
    format!("is {}, not {wanted}", found.shape_name())
}
