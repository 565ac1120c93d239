//! Folds events into the world: who exists, what each does, whose turn it is. What an event changes in
//! parts is `change`'s.
//!
//! Invariant: no event can make it panic. What contradicts the world (the dead act, somebody is born
//! twice, steps go backwards) is noted as a fault and applied as far as it can be, so that a damaged trace
//! still shows.

use std::sync::Arc;

use super::actor::{Activity, Actor};
use super::object::PartState;
use super::{Fault, World};
use crate::trace::{Acted, ActorId, Announced, Body, Born, Cause, Event, MessageId, Next, PartRef};

/// The most faults that are kept; later ones change nothing new.
const FAULT_LIMIT: usize = 100;

impl World {
    /// Applies one event.
    pub fn apply(&mut self, event: &Event) {
        self.now = self.now.max(event.time);
        match &event.body {
            Body::Mode(mode) => {
                self.mode = *mode;
                // Whoever stood at the gate may be on its way.
                self.rest = None;
            }
            Body::Born(born) => self.born(born),
            Body::Announced(announced) => self.announced(event.actor, announced),
            Body::Rest(rest) => self.rest = Some(rest.clone()),
            Body::Granted { step, actor, .. } => {
                self.next_step(*step);
                self.must_be_alive(*actor, "was let go");
                self.note_granted();
                self.set_activity(*actor, Activity::Running);
            }
            Body::Clock { step, to } => {
                self.next_step(*step);
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
                self.note_printed(event.actor, printed);
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
        self.note_notice(event);
        self.note_quiet(event);
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
            step: self.step,
            stopped: false,
        }));
    }

    fn next_step(&mut self, step: u64) {
        if step < self.step {
            self.fault(None, format!("step {step} follows step {}", self.step));
        }
        self.step = step;
    }

    /// Notes that a dead actor does what only the living can.
    fn must_be_alive(&mut self, id: ActorId, what: &str) {
        if self.actor(id).is_some_and(Actor::is_dead) {
            self.fault(None, format!("actor {} {what} after its death", id.0));
        }
    }

    fn announced(&mut self, id: ActorId, announced: &Announced) {
        self.set_activity(id, Activity::Ready(announced.clone()));
        let doing = (announced.op, announced.on);
        self.edit_actor(id, |actor| actor.doing = Some(doing));
        self.set_line(id, announced.line);
    }

    fn acted(&mut self, id: ActorId, acted: &Acted) {
        self.rest = None;
        self.must_be_alive(id, "acted");
        self.changes(id, &acted.changes);
        self.note_read(id, acted);
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

    fn died(&mut self, id: ActorId, cause: Cause) {
        // A thread may be reported after the process whose death it shared.
        if self.actor(id).is_some_and(|actor| actor.process == id) {
            self.must_be_alive(id, "died once more");
        }
        for thread in self.threads_of(id) {
            self.set_activity(thread, Activity::Dead(cause));
        }
        self.set_activity(id, Activity::Dead(cause));
        if self.actor(id).is_none_or(|actor| actor.process != id) {
            return;
        }
        self.forget_reads(id);
        // What lay in the dead process's own memory will never arrive, unless it was on its way to just there.
        let mut lost = Vec::new();
        for object in self.all_objects().filter(|object| object.home == Some(id)) {
            for part in &object.parts {
                if let PartState::Slots { messages } = part {
                    let on_the_way = |message: &&MessageId| self.message(**message).is_some_and(|message| !self.has_arrived(message));
                    lost.extend(messages.iter().filter(on_the_way).copied());
                }
            }
        }
        // Nor will what it had written only a part of: nobody else can write the rest.
        for message in self.messages.iter() {
            let half_written = message.passed.is_some_and(|passed| passed.written < passed.frame);
            let by_the_dead = self.actor(message.from).is_some_and(|from| from.process == id);
            if half_written && by_the_dead {
                lost.push(message.id);
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

    fn set_activity(&mut self, id: ActorId, activity: Activity) {
        let (now, step) = (self.now, self.step);
        self.edit_actor(id, |actor| {
            if matches!(actor.activity, Activity::Dead(_)) {
                return;
            }
            if !actor.activity.goes_on_in(&activity) {
                (actor.since, actor.step) = (now, step);
            }
            actor.activity = activity;
        });
    }

    /// A notification has moved a sleeper to those who want the lock: from now on it waits for something else.
    pub(super) fn waits_anew(&mut self, id: ActorId) {
        let (now, step) = (self.now, self.step);
        self.edit_actor(id, |actor| {
            if matches!(actor.activity, Activity::Waiting(_)) {
                (actor.since, actor.step) = (now, step);
            }
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

    pub(super) fn fault(&mut self, part: Option<PartRef>, what: String) {
        if self.faults.len() < FAULT_LIMIT {
            self.faults.push(Fault { event: self.events, part, what });
        }
    }
}
