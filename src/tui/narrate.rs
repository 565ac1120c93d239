//! The few questions that the screen asks of `text`, in one place.

use crate::kind::{self, Lang};
use crate::trace::{ActorId, Body, Cause, Event, ObjectId, On};
use crate::world::World;

use super::labels;

/// The few words that a lane's row shows.
pub fn row(before: &World, after: &World, event: &Event, lang: Lang) -> String {
    match &event.body {
        Body::Acted(acted) => match kind::outcome(acted.op, acted.outcome) {
            Some(outcome) => fill(outcome.row.get(lang), before, after, event, lang),
            None => String::new(),
        },
        Body::Printed(printed) => format!("print {}", printed.text),
        Body::Died(died) => cause(died.cause, lang),
        _ => String::new(),
    }
}

/// One or two sentences about an event.
pub fn sentence(before: &World, after: &World, event: &Event, lang: Lang) -> String {
    match &event.body {
        Body::Acted(acted) => match kind::outcome(acted.op, acted.outcome) {
            Some(outcome) => fill(outcome.sentence.get(lang), before, after, event, lang),
            None => String::new(),
        },
        Body::Printed(printed) => format!("{} printed: {}", actor(after, event.actor, lang), printed.text),
        _ => row(before, after, event, lang),
    }
}

/// What a ready actor will do next.
pub fn announced(world: &World, id: ActorId, lang: Lang) -> String {
    match world.actor(id).map(|actor| &actor.activity) {
        Some(crate::world::Activity::Ready(announced)) => {
            let name = kind::op(announced.op).map_or("", |op| op.name);
            match (&announced.detail, announced.on) {
                (Some(detail), _) => format!("{name} {detail}"),
                (None, On::Actor(other)) => format!("{name} {}", actor(world, other, lang)),
                (None, on) => match on.object() {
                    Some(id) => format!("{name} {}", object(world, id)),
                    None => name.to_owned(),
                },
            }
        }
        _ => String::new(),
    }
}

/// What an actor waits for; none if it does not.
pub fn waiting(world: &World, id: ActorId, lang: Lang) -> Option<String> {
    let actor_state = world.actor(id)?;
    let crate::world::Activity::Waiting(_) = actor_state.activity else { return None };
    let (op, on) = actor_state.doing?;
    let name = kind::op(op).map_or("", |op| op.name);
    Some(match on {
        On::Actor(other) => format!("{name} → {}", actor(world, other, lang)),
        on => match on.object() {
            Some(id) => format!("{name} → {}", object(world, id)),
            None => name.to_owned(),
        },
    })
}

/// Who waits for whom in a run that is stuck, a line each.
pub fn stuck(world: &World, lang: Lang) -> Vec<String> {
    world.processes().filter_map(|process| waiting(world, process.id, lang).map(|what| format!("{}: {what}", process.name))).collect()
}

/// An actor's name.
pub fn actor(world: &World, id: ActorId, lang: Lang) -> String {
    if id == ActorId::HAND {
        return labels::YOU.get(lang).to_owned();
    }
    match world.actor(id) {
        Some(actor) if actor.process != id => world.actor(actor.process).map_or_else(|| actor.name.clone(), |process| process.name.clone()),
        Some(actor) => actor.name.clone(),
        None => format!("#{}", id.0),
    }
}

/// An object's name.
pub fn object(world: &World, id: ObjectId) -> String {
    world.object(id).map_or_else(|| format!("#{}", id.0), |object| object.name.clone())
}

/// How an actor ended, in a word or two.
pub fn cause(cause: Cause, lang: Lang) -> String {
    match cause {
        Cause::Exit(code) => format!("✝ {} {code}", labels::EXIT.get(lang)),
        Cause::Signal(signal) => format!("✝ {} {signal}", labels::SIGNAL.get(lang)),
        Cause::Returned => "✝".to_owned(),
        Cause::NotStarted(errno) => format!("✝ {} ({errno})", labels::NOT_STARTED.get(lang)),
    }
}

fn fill(template: &str, before: &World, after: &World, event: &Event, lang: Lang) -> String {
    let Body::Acted(acted) = &event.body else { return template.to_owned() };
    let message = acted.changes.iter().find_map(|change| match change {
        crate::trace::Change::Moved { message, .. } => {
            before.message(*message).or_else(|| after.message(*message)).map(|message| message.value.to_string())
        }
        _ => None,
    });
    let mut out = template
        .replace("{actor}", &actor(after, event.actor, lang))
        .replace("{op}", kind::op(acted.op).map_or("", |op| op.name))
        .replace("{detail}", &acted.detail.as_ref().map(ToString::to_string).unwrap_or_default())
        .replace("{message}", &message.unwrap_or_default());
    if let Some(id) = acted.on.object() {
        out = out.replace("{object}", &object(after, id));
    }
    if let On::Cell(_, index) = acted.on {
        out = out.replace("{index}", &index.to_string());
    }
    if let On::Actor(other) = acted.on {
        out = out.replace("{other}", &actor(after, other, lang));
    }
    out
}
