//! What an actor waits for, and who keeps it waiting.

use super::name::{self, pick};
use super::template::{fill, tight};
use crate::kind::{self, Lang};
use crate::trace::{ActorId, PartRef, Until, Wait};
use crate::world::waits::{is_listed, waits_for};
use crate::world::{Activity, Actor, PartState, World};

/// What an actor waits for, who holds that, at which line and since when, without its name:
/// "waits for the lock of cond, which p3 holds (line 5, since 2.00 s)". None for one that does not wait.
pub fn waiting(world: &World, id: ActorId, lang: Lang) -> Option<String> {
    let actor = world.actor(id)?;
    let Activity::Waiting(wait) = &actor.activity else { return None };
    let mut said = if asleep(actor) {
        pick(lang, "sleeps", "睡眠")
    } else {
        let mut what: Vec<String> = meant(wait).map(|until| awaited(world, actor, until, lang)).collect();
        what.dedup();
        let what = what.join(&pick(lang, ", or for ", "，或 "));
        pick(lang, format!("waits for {what}"), tight(&format!("等待 {what}")))
    };
    if let Some(deadline) = wait.deadline {
        let deadline = name::seconds(deadline);
        said.push_str(&match asleep(actor) {
            true => pick(lang, format!(" until {deadline} s"), format!("到 {deadline} 秒")),
            false => pick(lang, format!(", at most until {deadline} s"), format!("，最多到 {deadline} 秒")),
        });
    }
    let since = name::seconds(actor.since);
    let place = match actor.line {
        0 => pick(lang, format!("since {since} s"), format!("自 {since} 秒起")),
        line => pick(lang, format!("line {line}, since {since} s"), format!("第 {line} 行，自 {since} 秒起")),
    };
    said.push_str(&pick(lang, format!(" ({place})"), format!("（{place}）")));
    Some(said)
}

/// Whether an actor waits for nothing but the clock.
pub(super) fn asleep(actor: &Actor) -> bool {
    matches!(&actor.activity, Activity::Waiting(wait) if wait.until.iter().all(|until| *until == Until::Deadline))
}

/// What can be read where a manager's server and those who use it meet.
pub(super) enum Served {
    Callers,
    Requests,
    Replies,
}

/// What an end of a manager or of a connection gives to read; none for other objects.
pub(super) fn served(world: &World, part: PartRef, end: u8) -> Option<Served> {
    match world.kind_of(part.object)? {
        kind::manager::ID => Some(Served::Callers),
        kind::connection::ID if end == kind::connection::SERVER => Some(Served::Requests),
        kind::connection::ID => Some(Served::Replies),
        _ => None,
    }
}

/// One `Until` in words that follow "waits for".
pub(super) fn awaited(world: &World, actor: &Actor, until: &Until, lang: Lang) -> String {
    match until {
        Until::Deadline => pick(lang, "its time", "时间"),
        Until::CountAbove(part, _) if world.takes(*part).next().is_some() => {
            let (what, taken) = (at_part(world, *part, lang), taken(world, *part, lang));
            pick(lang, format!("{what}, {taken}"), format!("{what}（{taken}）"))
        }
        Until::FlagUp(part) | Until::CountAbove(part, _) | Until::Left(part) | Until::Emptied(part) => at_part(world, *part, lang),
        Until::OwnerFree(part, sleepers) => {
            if let Some(sleepers) = sleepers.filter(|sleepers| is_listed(world, *sleepers, actor.id)) {
                return at_part(world, sleepers, lang);
            }
            let lock = name::part(world, *part, lang).text;
            match world.part(*part) {
                Some(PartState::Owner { owner: Some(owner), .. }) if *owner == actor.id => {
                    pick(lang, format!("{lock}, which it holds itself"), format!("它自己持有的 {lock}"))
                }
                Some(PartState::Owner { owner: Some(owner), .. }) => {
                    let holder = holder(world, *owner, lang);
                    pick(lang, format!("{lock}, which {holder} holds"), format!("{lock}（由 {holder} 持有）"))
                }
                _ => pick(lang, format!("{lock}, which is free now"), format!("{lock}（现在空闲）")),
            }
        }
        Until::SlotsFilled(part) => {
            let object = name::object(world, part.object, lang).text;
            pick(lang, format!("something in {object}"), format!("{object} 里的消息"))
        }
        Until::Readable(part, end) if served(world, *part, *end).is_some() => match served(world, *part, *end) {
            Some(Served::Callers) => {
                let manager = name::object(world, part.object, lang).text;
                pick(lang, format!("somebody to connect to {manager}"), format!("有进程连接到 {manager}"))
            }
            Some(Served::Requests) => {
                let far = far_side(world, actor.id, lang);
                pick(lang, format!("the next request of {far}"), format!("{far} 的下一个请求"))
            }
            _ => {
                let far = far_side(world, actor.id, lang);
                pick(lang, format!("the reply of {far}"), format!("{far} 的回复"))
            }
        },
        Until::Readable(part, end) => {
            let (far, end) = (far_side(world, actor.id, lang), end_of(world, *part, *end, false, lang));
            match lang {
                Lang::En => format!("a message {end}, which {far} could send"),
                Lang::Zh => tight(&format!("{end}的消息（能发送的：{far}）")),
            }
        }
        Until::Writable(part, end) => {
            let full = name::fill_of(world, *part, *end, lang);
            let (far, end) = (far_side(world, actor.id, lang), end_of(world, *part, *end, false, lang));
            match (lang, full) {
                (Lang::En, Some(full)) => format!("room {end} ({full}), which {far} could make by receiving"),
                (Lang::En, None) => format!("room {end}, which {far} could make by receiving"),
                (Lang::Zh, Some(full)) => tight(&format!("{end}的空间（{full}；能腾出它的：{far}）")),
                (Lang::Zh, None) => tight(&format!("{end}的空间（能腾出它的：{far}）")),
            }
        }
        Until::Ended(other) => {
            let other = name::actor(world, *other, lang).text;
            pick(lang, format!("{other} to end"), format!("{other} 结束"))
        }
    }
}

/// Who has a part's permits, and since which step: "1 taken by q, step 7". Empty where nobody has any.
pub fn taken(world: &World, part: PartRef, lang: Lang) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut takes: Vec<_> = world.takes(part).collect();
    takes.sort_by_key(|take| (world.takes(part).position(|first| first.actor == take.actor), take.step));
    for of_one in takes.chunk_by(|one, other| one.actor == other.actor) {
        let [first, ..] = of_one else { continue };
        let who = name::actor(world, first.actor, lang).text;
        let dead = match world.actor(first.actor) {
            Some(actor) if actor.is_dead() => pick(lang, ", ended", "，已结束"),
            _ => String::new(),
        };
        let steps: Vec<String> = of_one.iter().filter(|take| take.step > 0).map(|take| take.step.to_string()).collect();
        let steps = match (steps.is_empty(), steps.len()) {
            (true, _) => String::new(),
            (false, 1) => pick(lang, format!(", step {}", steps.join(", ")), format!("，第 {} 步", steps.join("、"))),
            (false, _) => pick(lang, format!(", steps {}", steps.join(", ")), format!("，第 {} 步", steps.join("、"))),
        };
        let count: u128 = of_one.iter().map(|take| u128::from(take.count)).sum();
        said.push(pick(lang, format!("{count} taken by {who}{steps}{dead}"), format!("{who} 拿走 {count} 个{steps}{dead}")));
    }
    said.join(&pick(lang, "; ", "；"))
}

/// What whoever waits at a part waits for, in the words of its kind.
pub(super) fn at_part(world: &World, part: PartRef, lang: Lang) -> String {
    let object = name::object(world, part.object, lang);
    let def = world.kind_of(part.object).and_then(kind::kind).and_then(|kind| kind.parts.get(part.part as usize));
    match def.and_then(|def| def.awaited) {
        Some(awaited) => fill(awaited.get(lang), |slot| (slot == "object").then(|| object.clone())),
        None => pick(lang, format!("somebody to let it go on at {}", object.text), format!("有人在 {} 上放行", object.text)),
    }
}

/// Of all that a wait is for, what a reader should hear of: not the clock, which is told apart, and not that
/// a feeder also watches for the end of its work.
pub(super) fn meant(wait: &Wait) -> impl Iterator<Item = &Until> {
    let feeder = wait.until.iter().any(|until| matches!(until, Until::SlotsFilled(_)));
    wait.until.iter().filter(move |until| **until != Until::Deadline && !(feeder && matches!(until, Until::FlagUp(_))))
}

/// Where a message is read or written: "at end 0 of p" where an object has two equal ends, "in q" else.
pub(super) fn end_of(world: &World, part: PartRef, end: u8, terse: bool, lang: Lang) -> String {
    let equal = world.kind_of(part.object) == Some(kind::pipe::ID);
    let object = name::object(world, part.object, lang).text;
    match (equal, terse, lang) {
        (true, true, Lang::En) => format!("at {}", name::end_in_code(world, part.object, end, lang).text),
        (true, true, Lang::Zh) => tight(&format!("{} 上", name::end_in_code(world, part.object, end, lang).text)),
        (true, false, Lang::En) => format!("at {}", name::end(world, part.object, end, lang).text),
        (true, false, Lang::Zh) => tight(&format!("{} 上", name::end(world, part.object, end, lang).text)),
        (false, _, Lang::En) => format!("in {object}"),
        (false, _, Lang::Zh) => tight(&format!("{object} 中")),
    }
}

/// A holder with what makes it a bad one: dead or stopped.
fn holder(world: &World, id: ActorId, lang: Lang) -> String {
    let name = name::actor(world, id, lang).text;
    match world.actor(id) {
        Some(actor) if actor.is_dead() => pick(lang, format!("{name}, now dead,"), format!("已死的 {name}")),
        Some(actor) if actor.stopped => pick(lang, format!("{name}, now stopped,"), format!("被停住的 {name}")),
        _ => name,
    }
}

/// Who holds the far side of what an actor reads or writes.
fn far_side(world: &World, id: ActorId, lang: Lang) -> String {
    let holders = waits_for(world, id);
    if holders.is_empty() {
        return pick(lang, "no other process", "没有别的进程");
    }
    name::either(world, &holders, lang)
}
