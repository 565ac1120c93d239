//! What the slots of a kind's templates stand for, in one event: who, what, which message, who holds it.

use super::name;
use super::template::{Term, fill};
use super::waiting::taken;
use crate::kind::{self, Lang};
use crate::trace::{ActorId, Change, MessageId, Next, ObjectId, On, OpId, PartRef, Preview, Until};
use crate::world::{PartState, World};

/// One operation of one actor, as an event tells of it.
pub(super) struct Scene<'a> {
    pub before: &'a World,
    pub after: &'a World,
    pub actor: ActorId,
    pub op: OpId,
    pub on: On,
    pub detail: Option<&'a Preview>,
    pub changes: &'a [Change],
    pub next: Option<&'a Next>,
    pub lang: Lang,
    /// Rows are terse and call things as the script does.
    pub terse: bool,
}

/// The slots that templates may use.
#[cfg(test)]
pub(super) const SLOTS: &[&str] = &[
    "actor", "actor's", "object", "other", "other's", "detail", "message", "owner", "index", "end", "waiters", "moved", "function", "op",
    "count", "its", "taken", "pulse", "fill", "written", "frame",
];

impl Scene<'_> {
    /// Fills a template with what the scene knows.
    pub(super) fn fill(&self, template: &str) -> String {
        fill(template, |slot| self.term(slot))
    }

    /// What stands in a slot; none for an unknown one.
    pub(super) fn term(&self, slot: &str) -> Option<Term> {
        let lang = self.lang;
        Some(match slot {
            "actor" => self.who(),
            "actor's" => name::possessive(&self.who()),
            // What belongs to the actor, in English: Chinese says 自己 of everybody.
            "its" => Term::name(if name::possessive(&self.who()).text == "your" { "your" } else { "its" }),
            "object" => match self.on.object() {
                Some(object) if self.terse => name::object_in_code(self.after, object, lang),
                Some(object) => name::object(self.after, object, lang),
                None => Term::name("…"),
            },
            "other" => self.other(),
            "other's" => name::possessive(&self.other()),
            "detail" => Term::name(self.detail.map_or_else(|| "…".to_owned(), |detail| name::value(detail, lang))),
            "message" => self.message(),
            "owner" => self.owner(),
            "index" => match self.on {
                On::Cell(_, index) => Term::name(index.to_string()),
                _ => Term::name("…"),
            },
            "end" => match self.on {
                On::End(object, end) if self.terse => name::end_in_code(self.after, object, end, lang),
                On::End(object, end) => name::end(self.after, object, end, lang),
                _ => Term::name(self.detail.map_or_else(|| "…".to_owned(), |detail| name::value(detail, lang))),
            },
            "pulse" => Term::ours(self.pulse()),
            "taken" => Term::ours(self.taken()),
            "waiters" => name::actors(self.after, &self.waiters(), lang),
            "moved" => name::actors(self.after, &self.moved(), lang),
            "count" => Term::name(self.count().map_or_else(|| "…".to_owned(), |count| count.to_string())),
            "fill" => Term::name(self.fill_of_pipe().unwrap_or_else(|| "…".to_owned())),
            "written" => Term::name(self.passed().map_or_else(|| "…".to_owned(), |(written, _)| name::grouped(written))),
            "frame" => Term::name(self.passed().map_or_else(|| "…".to_owned(), |(_, frame)| name::grouped(frame))),
            "function" => match self.after.actor(self.actor) {
                Some(actor) if !actor.function.is_empty() => Term::name(actor.function.clone()),
                _ => Term::ours(name::pick(lang, "the top level of the scenario", "场景的顶层代码")),
            },
            "op" => Term::name(kind::op(self.op).map_or("…", |op| op.name)),
            _ => return None,
        })
    }

    /// Who acts. A buffer's sentences speak of the process that the feeder works for.
    fn who(&self) -> Term {
        if self.op.kind() == kind::buffer::ID {
            name::process(self.after, self.actor, self.lang)
        } else {
            name::actor(self.after, self.actor, self.lang)
        }
    }

    fn other(&self) -> Term {
        let awaited = self.untils().iter().find_map(|until| match until {
            Until::Ended(actor) => Some(*actor),
            _ => None,
        });
        match (self.on, awaited) {
            // A child that is not born yet is known by the name that its creator gives.
            (On::Actor(actor), _) if self.after.actor(actor).is_none() && self.detail.is_some() => {
                Term::name(self.detail.map(|detail| detail.text.clone()).unwrap_or_default())
            }
            (On::Actor(actor), _) | (_, Some(actor)) => name::actor(self.after, actor, self.lang),
            _ => Term::name("…"),
        }
    }

    fn untils(&self) -> &[Until] {
        match self.next {
            Some(Next::Waits(wait)) => &wait.until,
            _ => &[],
        }
    }

    fn message(&self) -> Term {
        let moved = self.changes.iter().find_map(|change| match change {
            Change::Moved { message, .. }
            | Change::Composed { message, .. }
            | Change::Passed { message, .. }
            | Change::Dropped { message } => Some(*message),
            _ => None,
        });
        let value = match moved {
            Some(id) => self.value_of(id),
            None => self.detail.cloned().or_else(|| self.first_to_feed()),
        };
        match value {
            Some(value) if self.terse => Term::name(name::message_in_row(&value)),
            Some(value) => Term::name(name::message(&value, self.lang)),
            None => Term::ours(name::pick(self.lang, "a message", "一条消息")),
        }
    }

    /// What a feeder that wrote nothing yet is trying to write: the first in its process's buffer.
    fn first_to_feed(&self) -> Option<Preview> {
        let (queue, process) = (self.on.object()?, self.after.actor(self.actor)?.process);
        let buffer = self.after.belonging_to(queue).find(|buffer| buffer.home == Some(process))?;
        let first = buffer.parts.iter().find_map(|part| match part {
            PartState::Slots { messages } => messages.front(),
            _ => None,
        })?;
        self.after.message(*first).map(|message| message.value.clone())
    }

    fn value_of(&self, id: MessageId) -> Option<Preview> {
        let message = self.after.message(id).or_else(|| self.before.message(id));
        message.map(|message| message.value.clone()).or_else(|| {
            self.changes.iter().find_map(|change| match change {
                Change::Composed { message, value } if *message == id => Some(value.clone()),
                _ => None,
            })
        })
    }

    /// How much of a message has been written, and how long the whole is.
    fn passed(&self) -> Option<(u64, u64)> {
        self.changes.iter().find_map(|change| match change {
            Change::Passed { written, frame, .. } => Some((*written, *frame)),
            _ => None,
        })
    }

    /// How full the pipe is for whose room the actor waits.
    fn fill_of_pipe(&self) -> Option<String> {
        self.untils().iter().find_map(|until| match until {
            Until::Writable(part, end) => name::fill_of(self.after, *part, *end, self.lang),
            _ => None,
        })
    }

    /// What the event made of a count that it changed, the last one if there are several.
    fn count(&self) -> Option<i64> {
        self.changes.iter().rev().find_map(|change| match change {
            Change::Counted { value, .. } => Some(*value),
            _ => None,
        })
    }

    /// Who holds what the actor wants: the part that it waits for, else its object's, else that of a lock
    /// that belongs to the object.
    fn owner(&self) -> Term {
        let wanted = self.untils().iter().find_map(|until| match until {
            Until::OwnerFree(part, _) => Some(*part),
            _ => None,
        });
        let part = wanted.or_else(|| {
            let object = self.on.object()?;
            let own = first_owner(self.after, object);
            own.or_else(|| self.after.belonging_to(object).find_map(|lock| first_owner(self.after, lock.id)))
        });
        let owner = |world: &World| match world.part(part?) {
            Some(PartState::Owner { owner, .. }) => *owner,
            _ => None,
        };
        match owner(self.after).or_else(|| owner(self.before)) {
            Some(owner) => name::actor(self.after, owner, self.lang),
            None => name::nobody(self.lang),
        }
    }

    /// When the object's flag was up, in brackets; empty where it is, or never was.
    fn pulse(&self) -> String {
        let Some(object) = self.on.object().and_then(|object| self.after.object(object)) else { return String::new() };
        let pulse = (0..object.parts.len()).find_map(|at| self.after.pulse(PartRef::new(object.id, at as u8)));
        let Some((set, cleared)) = pulse else { return String::new() };
        let [set, cleared] = [set, cleared]
            .map(|moment| (name::actor(self.after, moment.actor, self.lang).text, name::moment(moment.step, moment.time, self.lang)));
        match self.lang {
            Lang::En => format!(" (set by {} {}, cleared by {} {})", set.0, set.1, cleared.0, cleared.1),
            Lang::Zh => format!("（{} {}设置，{} {}清除）", set.0, set.1, cleared.0, cleared.1),
        }
    }

    /// Who has the object's permits, in brackets; empty where nobody is known to.
    fn taken(&self) -> String {
        let Some(object) = self.on.object().and_then(|object| self.after.object(object)) else { return String::new() };
        let parts = (0..object.parts.len()).map(|at| PartRef::new(object.id, at as u8));
        let said: Vec<String> = parts.map(|part| taken(self.after, part, self.lang)).filter(|said| !said.is_empty()).collect();
        if said.is_empty() {
            return String::new();
        }
        let said = said.join(&name::pick(self.lang, "; ", "；"));
        name::pick(self.lang, format!(" ({said})"), format!("（{said}）"))
    }

    fn waiters(&self) -> Vec<ActorId> {
        let on = |world: &World| self.on.object().map(|object| first_waiters(world, object)).unwrap_or_default();
        let now = on(self.after);
        if now.is_empty() { on(self.before) } else { now }
    }

    /// Who was woken: those that the event moved, else those that it found waiting.
    fn moved(&self) -> Vec<ActorId> {
        let moved: Vec<ActorId> = self
            .changes
            .iter()
            .filter_map(|change| match change {
                Change::Requeued { actor, .. } => Some(*actor),
                Change::Left { actor, .. } if *actor != self.actor => Some(*actor),
                _ => None,
            })
            .collect();
        if !moved.is_empty() {
            return moved;
        }
        self.on.object().map(|object| first_waiters(self.before, object)).unwrap_or_default()
    }
}

fn first_owner(world: &World, object: ObjectId) -> Option<PartRef> {
    let parts = &world.object(object)?.parts;
    let at = parts.iter().position(|part| matches!(part, PartState::Owner { .. }))?;
    Some(PartRef::new(object, at as u8))
}

fn first_waiters(world: &World, object: ObjectId) -> Vec<ActorId> {
    let parts = world.object(object).map(|object| object.parts.as_slice()).unwrap_or_default();
    parts
        .iter()
        .find_map(|part| match part {
            PartState::Waiters { waiters } => Some(waiters.iter().map(|waiter| waiter.actor).collect()),
            _ => None,
        })
        .unwrap_or_default()
}
