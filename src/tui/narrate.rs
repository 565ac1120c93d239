//! The few questions that the screen asks of `text`, in one place and in the screen's manner.

use crate::kind::Lang;
use crate::text::{self, name};
use crate::trace::{ActorId, Body, Cause, Event, ObjectId};
use crate::world::World;

use super::labels;

/// The few words that a lane's row shows. A death is short and marked, so that it is seen among them.
pub fn row(before: &World, after: &World, event: &Event, lang: Lang) -> String {
    match &event.body {
        Body::Died(died) => match died.cause {
            Cause::Exit(code) => format!("✝ {} {code}", labels::EXIT.get(lang)),
            Cause::Signal(signal) => format!("✝ {}", name::signal(signal)),
            Cause::Returned => format!("✝ {}", labels::ENDED_THREAD.get(lang)),
            Cause::NotStarted(_) => format!("✝ {}", text::row(before, after, event, lang)),
        },
        _ => text::row(before, after, event, lang),
    }
}

/// One or two sentences about an event.
pub fn sentence(before: &World, after: &World, event: &Event, lang: Lang) -> String {
    text::sentence(before, after, event, lang)
}

/// What an actor that can go will do; nothing for one that cannot.
pub fn announced(world: &World, id: ActorId, lang: Lang) -> String {
    text::announced(world, id, lang).unwrap_or_default()
}

/// What an actor waits for; none if it does not.
pub fn waiting(world: &World, id: ActorId, lang: Lang) -> Option<String> {
    text::waiting(world, id, lang)
}

/// Who waits for whom, from an actor on.
pub fn chain(world: &World, id: ActorId, lang: Lang) -> Option<String> {
    text::chain(world, id, lang)
}

/// Why nobody can go on, in several lines.
pub fn stuck(world: &World, lang: Lang) -> Vec<String> {
    text::stuck(world, lang).lines().map(str::to_owned).collect()
}

/// What can be proved of a world: who can never go on, what was lost.
pub fn proved(world: &World, lang: Lang) -> Vec<String> {
    let mut said = text::proved(world, lang);
    said.dedup();
    said
}

/// An actor's own name; a thread's is its process's.
pub fn actor(world: &World, id: ActorId, lang: Lang) -> String {
    name::process(world, id, lang).text
}

/// An actor's name, a thread's with what it does: "writer's feeder".
pub fn thread(world: &World, id: ActorId, lang: Lang) -> String {
    name::actor(world, id, lang).text
}

/// A thread's name beside its process: "feeder"; a process's own name.
pub fn short(world: &World, id: ActorId, lang: Lang) -> String {
    let name = thread(world, id, lang);
    let process = world.actor(id).map_or(id, |actor| actor.process);
    match name.strip_prefix(&own(world, process, "", lang)).map(str::trim) {
        Some(short) if process != id && !short.is_empty() => short.to_owned(),
        _ => name,
    }
}

/// Something in a process's own memory: "writer's buffer", "your buffer".
pub fn own(world: &World, process: ActorId, what: &str, lang: Lang) -> String {
    let process = name::process(world, process, lang);
    match lang {
        Lang::En => format!("{} {what}", name::possessive(&process).text),
        Lang::Zh => text::template::tight(&format!("{} 的{what}", process.text)),
    }
}

/// An object's name as the script has it.
pub fn object(world: &World, id: ObjectId) -> String {
    world.object(id).map_or_else(|| format!("#{}", id.0), |object| object.name.clone())
}
