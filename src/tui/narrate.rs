//! The few questions that the screen asks of `text`, in one place and in the screen's manner.

use crate::kind::{self, Lang};
use crate::text::chosen::Stands;
use crate::text::template::tight;
use crate::text::{self, Chain, Standstill, name};
use crate::trace::{ActorId, Body, Cause, Event, ObjectId, PartRef, Phase, Role};
use crate::world::hand::Obstacle;
use crate::world::remedy::{Deed, Remedy};
use crate::world::{Activity, World};

use super::labels;
use super::scene::Scene;
use super::state::{At, Chosen, Ui};

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
pub fn chain(world: &World, id: ActorId, lang: Lang) -> Option<Chain> {
    text::chain(world, id, lang)
}

/// That some only look at what nobody changes, if that is so.
pub fn busy(world: &World, lang: Lang) -> Option<String> {
    text::busy(world, lang)
}

/// Who has a part's permits; empty where nobody is known to.
pub fn taken(world: &World, part: PartRef, lang: Lang) -> String {
    text::taken(world, part, lang)
}

/// That the time limit has ended a run, and where everybody was.
pub fn cut_off(world: &World, lang: Lang) -> String {
    let said = [text::time_limit(lang), text::whereabouts(world, lang), labels::AGAIN.get(lang).to_owned()];
    said.join(if lang == Lang::En { " " } else { "" })
}

/// That all have ended, and which processes did so with an error or by a signal; none if none did.
pub fn ended_badly(world: &World, lang: Lang) -> Option<String> {
    let badly: Vec<String> = world
        .processes()
        .filter(|process| process.role == Role::Process)
        .filter_map(|process| {
            let how = match process.activity {
                Activity::Dead(Cause::Exit(code)) if code != 0 => format!("{} {code}", labels::EXIT.get(lang)),
                Activity::Dead(Cause::Signal(signal)) => name::signal(signal),
                Activity::Dead(Cause::NotStarted(_)) => labels::NOT_STARTED.get(lang).to_owned(),
                _ => return None,
            };
            let name = actor(world, process.id, lang);
            Some(match lang {
                Lang::En => format!("{name} ({how})"),
                Lang::Zh => format!("{name}（{how}）"),
            })
        })
        .collect();
    (!badly.is_empty()).then(|| match lang {
        Lang::En => format!("All processes have ended, and not well: {}. ", badly.join(", ")),
        Lang::Zh => format!("所有进程都已结束，其中出错的：{}。", badly.join("、")),
    })
}

/// That nobody can go before a stopped process is continued, if that is so.
pub fn held_up(world: &World, lang: Lang) -> Option<String> {
    text::held_up(world, lang)
}

/// That the next step lets time pass, since nobody can go before, and how much of it; none where somebody can go.
pub fn passes(scene: &Scene, ui: &Ui) -> Option<String> {
    let rest = scene.world.rest.as_ref().filter(|rest| rest.candidates.is_empty() && !rest.stuck)?;
    let waits = ui.at != At::Now || matches!(scene.status.phase, Phase::Paused | Phase::Running);
    let passed = name::seconds(rest.next_deadline.filter(|_| waits)?.saturating_sub(scene.world.now));
    Some(match ui.lang {
        Lang::En => format!("{passed} s pass"),
        Lang::Zh => format!("过 {passed} 秒"),
    })
}

/// Why nobody can go on, in sentences and chains.
pub fn standstill(world: &World, lang: Lang) -> Standstill {
    text::standstill(world, lang)
}

/// How it stands with what the user has chosen.
pub fn chosen(world: &World, chosen: Chosen, lang: Lang) -> Option<Stands> {
    match chosen {
        Chosen::Actor(id) => text::chosen::process(world, id, lang),
        Chosen::Object(id) => text::chosen::object(world, id, lang).map(Stands::Said),
    }
}

/// An actor's state in a sentence of its own, what it waits for and at which line.
pub fn stands(world: &World, id: ActorId, lang: Lang) -> String {
    let said = match waiting(world, id, lang) {
        Some(wait) => Some(tight(&format!("{} {wait}", thread(world, id, lang)))),
        None => chosen(world, Chosen::Actor(id), lang).map(|stands| match stands {
            Stands::Said(said) => said,
            Stands::Waits(chain) => chain.to_string(),
        }),
    };
    said.unwrap_or_else(|| thread(world, id, lang))
}

/// Why something cannot be done by hand now.
pub fn obstacle(world: &World, obstacle: Obstacle, lang: Lang) -> String {
    text::obstacle::obstacle(world, obstacle, lang)
}

/// The key that does a remedy, and what comes of it: "Enter on b, release: p1 goes on".
pub fn remedy(world: &World, remedy: &Remedy, lang: Lang) -> String {
    let deed = text::remedy::deed(world, remedy, lang);
    let effect = text::remedy::effect(world, remedy, lang);
    let on = |key: &str, what: &str| match lang {
        Lang::En => format!("{key} on {what}, {deed}: {effect}"),
        Lang::Zh => tight(&format!("对 {what} 按 {key}，{deed}：{effect}")),
    };
    match remedy.deed {
        Deed::Act(op, at) if op == kind::event::SET.id && only_event(world) => {
            let event = at.object().map(|id| object(world, id)).unwrap_or_default();
            match lang {
                Lang::En => format!("e sets {event}: {effect}"),
                Lang::Zh => format!("按 e 设置 {event}：{effect}"),
            }
        }
        Deed::Act(_, at) => {
            let Some(id) = at.object() else { return deed };
            let outer = world.outermost(id).unwrap_or(id);
            let whole = object(world, outer);
            // A lock that belongs to something is a line of that thing's menu.
            if outer == id {
                on("Enter", &whole)
            } else {
                match lang {
                    Lang::En => format!("Enter on {whole}, {deed} {}: {effect}", object(world, id)),
                    Lang::Zh => format!("对 {whole} 按 Enter，{deed} {}：{effect}", object(world, id)),
                }
            }
        }
        Deed::Kill(id) => on("K", &actor(world, id, lang)),
        Deed::Branch(step, _) => match lang {
            Lang::En => format!("g {} Enter, then b: the run again {deed}; there {effect} (c)", step - 1),
            Lang::Zh => format!("按 g {} Enter，再按 b：重走到{deed}；在那里{effect}（c）", step - 1),
        },
    }
}

/// Whether one Event alone can be set, so that no choice is needed.
fn only_event(world: &World) -> bool {
    let settable = |object: &&crate::world::Object| super::menu::hand_of(object).any(|op| op.id == kind::event::SET.id);
    world.all_objects().filter(settable).count() == 1
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
        Lang::Zh => tight(&format!("{} 的{what}", process.text)),
    }
}

/// An object's name as the script has it.
pub fn object(world: &World, id: ObjectId) -> String {
    world.object(id).map_or_else(|| format!("#{}", id.0), |object| object.name.clone())
}
