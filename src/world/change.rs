//! Changes of objects and messages, each checked against what is allowed, and of parts, which check for themselves
//! (see [`super::part`]):
//!
//! | what    | allows |
//! |---------|--------|
//! | object  | to be made once, of a known kind, and changed only after that |
//! | message | to be composed once, then to lie in at most one place; once lost it stays where it is |
//! | Bytes of a message | to grow only: read ≤ written ≤ frame, of one frame |
//! | actor   | to take, to join waiters and to open ends while it lives |
//!
//! Invariant: a forbidden change is noted as a fault and applied as far as it can be.

use std::sync::Arc;

use super::object::{Cell, Object, PartState};
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
        let event = self.events;
        match change {
            Change::Made { object, kind, name, owner, home } => {
                let parts = Vec::new();
                let (name, owner, home) = (name.clone(), *owner, *home);
                self.made(Object { id: *object, kind: *kind, name, owner, home, lock: None, parts, maker: by, broken: false });
            }
            Change::Composed { message, value } => {
                self.composed(Message { id: *message, value: value.clone(), from: by, place: None, passed: None, lost: false });
            }
            Change::Moved { message, from, to } => self.moved(*message, *from, *to),
            Change::Passed { message, written, read, frame } => {
                self.passed(*message, Passed { written: *written, read: *read, frame: *frame });
            }
            Change::Dropped { message } => self.edit_message(*message, |message| message.lost = true),
            // It left the last place where it was drawn when it was taken.
            Change::Finished { .. } => {}
            Change::Wrote { part, first, values } => self.edit_part(*part, |part| part.write(*first as usize, values, by, event)),
            Change::Inserted { part, at, key, value } => {
                let cell = Cell { key: key.clone(), value: value.clone(), before: None, writer: Some(by), written_at: event };
                self.edit_part(*part, |part| part.insert(*at as usize, cell));
            }
            Change::Removed { part, first, count } => self.edit_part(*part, |part| part.remove(*first as usize, *count as usize)),
            Change::Counted { part, value, max } => self.edit_part(*part, |part| part.count(*value, *max)),
            Change::Raised { part, up } => self.edit_part(*part, |part| part.raise(*up)),
            Change::Owned { part, owner, depth } => self.owned(*part, *owner, *depth),
            Change::Queued { part, actor } => self.enlist(*part, *actor, false),
            Change::Left { part, actor } => self.edit_part(*part, |part| part.delist(*actor)),
            Change::Requeued { from, to, actor } => {
                self.edit_part(*from, |part| part.delist(*actor));
                self.enlist(*to, *actor, true);
                self.waits_anew(*actor);
            }
            Change::Filled { part, bytes, pages } => self.edit_part(*part, |part| part.fill(*bytes, *pages)),
            Change::Opened { part, end, process } => {
                self.must_live(*part, *process, "opened an end");
                self.edit_part(*part, |part| part.open(*end, *process));
            }
            Change::Closed { part, end, process } => self.edit_part(*part, |part| part.close(*end, *process)),
            Change::SeenClosed { part, end } => self.edit_part(*part, |part| part.see_closed(*end)),
            Change::Under { object, lock } => match self.objects.get_mut(object.0 as usize) {
                Some(Some(object)) => Arc::make_mut(object).lock = Some(*lock),
                _ => self.fault(None, format!("object {} does not exist", object.0)),
            },
            Change::Broken { object } => match self.objects.get_mut(object.0 as usize) {
                Some(Some(object)) => Arc::make_mut(object).broken = true,
                _ => self.fault(None, format!("object {} does not exist", object.0)),
            },
        }
    }

    /// Takes up a new object, with the parts of its kind as they begin.
    fn made(&mut self, object: Object) {
        let (id, kind, owner) = (object.id, object.kind, object.owner);
        let Some(def) = kind::kind(kind) else {
            return self.fault(None, format!("object {} is of the unknown kind {}", id.0, kind.0));
        };
        let at = id.0 as usize;
        if self.objects.len() <= at {
            self.objects.resize(at + 1, None);
        }
        if self.objects[at].is_some() {
            self.fault(None, format!("object {} was made twice", id.0));
        }
        self.objects[at] = Some(Arc::new(Object { parts: def.parts.iter().map(PartState::of).collect(), ..object }));
        // A lock that belongs to an object is the one that it is used under.
        if kind::is_lock(kind)
            && let Some(Some(whole)) = owner.and_then(|owner| self.objects.get_mut(owner.0 as usize))
        {
            Arc::make_mut(whole).lock = Some(id);
        }
    }

    fn composed(&mut self, message: Message) {
        match self.messages.search_by_key(&message.id, |message| message.id) {
            Ok(_) => self.fault(None, format!("message {} was composed twice", message.id.0)),
            Err(at) => self.messages.insert(at, Arc::new(message)),
        }
    }

    /// So much of a message has passed now.
    fn passed(&mut self, id: MessageId, now: Passed) {
        let before = self.message(id).and_then(|message| message.passed);
        // Writer and reader each know their own side best; what has passed only grows.
        let known = before.unwrap_or(Passed { written: 0, read: 0, frame: now.frame });
        let passed = Passed { written: known.written.max(now.written), read: known.read.max(now.read), frame: now.frame };
        if passed.read > passed.written || passed.written > passed.frame || known.frame != passed.frame {
            self.fault(None, format!("message {}: {passed:?} is impossible after {before:?}", id.0));
        }
        self.edit_message(id, |message| message.passed = Some(passed));
    }

    fn owned(&mut self, part: PartRef, owner: Option<ActorId>, depth: u32) {
        if let Some(owner) = owner {
            self.must_live(part, owner, "took it");
        }
        match (owner, self.part(part)) {
            (None, _) => self.note_freed(part),
            (Some(_), Some(PartState::Owner { owner: now, .. })) if *now == owner => {}
            (Some(_), _) => self.note_taken(part),
        }
        self.edit_part(part, |part| part.own(owner, depth));
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
            self.edit_part(from, |part| part.leave_row(id));
        }
        let known = self.messages.search_by_key(&id, |message| message.id);
        match (to, known) {
            (Some(to), known) => {
                self.edit_part(to, |part| part.join_row(id));
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

    fn enlist(&mut self, part: PartRef, actor: ActorId, from_wait: bool) {
        self.must_live(part, actor, "joined the waiters");
        self.edit_part(part, |part| part.enlist(actor, from_wait));
    }

    /// Notes that an actor does what only the living can. Of an object that somebody died inside of the
    /// trace tells only afterwards what the dead did to it.
    fn must_live(&mut self, part: PartRef, actor: ActorId, what: &str) {
        let told_late = self.object(part.object).is_some_and(|object| object.broken);
        if !told_late && self.actor(actor).is_some_and(super::Actor::is_dead) {
            self.fault(Some(part), format!("actor {} {what} after its death", actor.0));
        }
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
