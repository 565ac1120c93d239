//! What an actor waits for, who keeps it waiting, and the chain that this makes.

use super::name::{self, pick};
use super::sentence::begin;
use super::template::{fill, tight};
use super::verdict::proved;
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
fn asleep(actor: &Actor) -> bool {
    matches!(&actor.activity, Activity::Waiting(wait) if wait.until.iter().all(|until| *until == Until::Deadline))
}

/// One `Until` in words that follow "waits for".
fn awaited(world: &World, actor: &Actor, until: &Until, lang: Lang) -> String {
    match until {
        Until::Deadline => pick(lang, "its time", "时间"),
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
        Until::Readable(part, end) => {
            let (far, end) = (far_side(world, actor.id, lang), end_of(world, *part, *end, false, lang));
            match lang {
                Lang::En => format!("a message {end}, which {far} could send"),
                Lang::Zh => tight(&format!("{end}的消息（能发送的：{far}）")),
            }
        }
        Until::Writable(part, end) => {
            let (far, end) = (far_side(world, actor.id, lang), end_of(world, *part, *end, false, lang));
            match lang {
                Lang::En => format!("room {end}, which {far} could make by receiving"),
                Lang::Zh => tight(&format!("{end}的空位（能腾出它的：{far}）")),
            }
        }
        Until::Ended(other) => {
            let other = name::actor(world, *other, lang).text;
            pick(lang, format!("{other} to end"), format!("{other} 结束"))
        }
    }
}

/// What whoever waits at a part waits for, in the words of its kind.
fn at_part(world: &World, part: PartRef, lang: Lang) -> String {
    let object = name::object(world, part.object, lang);
    let def = world.kind_of(part.object).and_then(kind::kind).and_then(|kind| kind.parts.get(part.part as usize));
    match def.and_then(|def| def.awaited) {
        Some(awaited) => fill(awaited.get(lang), |slot| (slot == "object").then(|| object.clone())),
        None => pick(lang, format!("somebody to let it go on at {}", object.text), format!("有人在 {} 上放行", object.text)),
    }
}

/// Of all that a wait is for, what a reader should hear of: not the clock, which is told apart, and not that
/// a feeder also watches for the end of its work.
fn meant(wait: &Wait) -> impl Iterator<Item = &Until> {
    let feeder = wait.until.iter().any(|until| matches!(until, Until::SlotsFilled(_)));
    wait.until.iter().filter(move |until| **until != Until::Deadline && !(feeder && matches!(until, Until::FlagUp(_))))
}

/// Where a message is read or written: "at end 0 of p" where an object has two equal ends, "in q" else.
fn end_of(world: &World, part: PartRef, end: u8, terse: bool, lang: Lang) -> String {
    let equal = world.kind_of(part.object) == Some(kind::pipe::ID);
    let object = name::object(world, part.object, lang).text;
    match (equal, terse, lang) {
        (true, true, Lang::En) => format!("at {}", name::end_in_code(world, part.object, end, lang).text),
        (true, true, Lang::Zh) => format!("{} 上", name::end_in_code(world, part.object, end, lang).text),
        (true, false, Lang::En) => format!("at {}", name::end(world, part.object, end, lang).text),
        (true, false, Lang::Zh) => format!("{} 上", name::end(world, part.object, end, lang).text),
        (false, _, Lang::En) => format!("in {object}"),
        (false, _, Lang::Zh) => format!("{object} 中"),
    }
}

/// A holder with what makes it a bad one: dead or stopped.
fn holder(world: &World, id: ActorId, lang: Lang) -> String {
    let name = name::actor(world, id, lang).text;
    match world.actor(id) {
        Some(actor) if actor.is_dead() => pick(lang, format!("{name}, now dead,"), format!("已死的 {name} ")),
        Some(actor) if actor.stopped => pick(lang, format!("{name}, now stopped,"), format!("被停止的 {name} ")),
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

/// Who waits for whom, from one actor on: "main → join writer 4712 → lock of cond (p3)". None for one that
/// does not wait.
pub fn chain(world: &World, id: ActorId, lang: Lang) -> Option<String> {
    let mut links = vec![name::actor(world, id, lang).text];
    let mut seen = vec![id];
    let mut at = id;
    while let Some((actor, until)) = waiting_on(world, at) {
        let next = waits_for(world, at);
        links.push(link(world, actor, &until, &next, lang));
        // Where several could end the wait there is no single chain to follow.
        let [next] = next.as_slice() else { break };
        if seen.contains(next) {
            let again = name::actor(world, *next, lang).text;
            links.push(pick(lang, format!("{again} again"), format!("又是 {again}")));
            break;
        }
        seen.push(*next);
        at = *next;
    }
    if links.len() > 1 { Some(links.join(" → ")) } else { None }
}

/// An actor and the first thing other than the clock that it waits for.
fn waiting_on(world: &World, id: ActorId) -> Option<(&Actor, Until)> {
    let actor = world.actor(id)?;
    let Activity::Waiting(wait) = &actor.activity else { return None };
    let until = meant(wait).next()?;
    Some((actor, *until))
}

/// One link of a chain: what is waited for, and who holds it.
fn link(world: &World, actor: &Actor, until: &Until, next: &[ActorId], lang: Lang) -> String {
    let who = || {
        let who: Vec<String> = next.iter().map(|id| with_state(world, *id, lang)).collect();
        match (who.is_empty(), lang) {
            (true, _) => String::new(),
            (false, Lang::En) => format!(" ({})", who.join(", ")),
            (false, Lang::Zh) => format!("（{}）", who.join("、")),
        }
    };
    match until {
        Until::Ended(other) => {
            let name = name::with_pid(world, *other, lang);
            match state(world, *other, lang) {
                Some(state) => pick(lang, format!("join {name} ({state})"), format!("join {name}（{state}）")),
                None => format!("join {name}"),
            }
        }
        Until::OwnerFree(part, sleepers) if !sleepers.is_some_and(|sleepers| is_listed(world, sleepers, actor.id)) => {
            let lock = name::part(world, *part, lang).text;
            format!("{}{}", lock.strip_prefix("the ").unwrap_or(&lock), who())
        }
        Until::Readable(part, end) => {
            let end = end_of(world, *part, *end, true, lang);
            pick(lang, format!("message {end}{}", who()), tight(&format!("{end}的消息{}", who())))
        }
        Until::Writable(part, end) => {
            let end = end_of(world, *part, *end, true, lang);
            pick(lang, format!("room {end}{}", who()), tight(&format!("{end}的空位{}", who())))
        }
        other => tight(&awaited(world, actor, other, lang)),
    }
}

fn with_state(world: &World, id: ActorId, lang: Lang) -> String {
    let name = name::actor(world, id, lang).text;
    match world.actor(id) {
        Some(actor) if actor.is_dead() || actor.stopped || asleep(actor) => match state(world, id, lang) {
            Some(state) => pick(lang, format!("{name}, {state}"), format!("{name}，{state}")),
            None => name,
        },
        _ => name,
    }
}

/// How it stands with an actor that others wait for; nothing for one whose own wait follows.
fn state(world: &World, id: ActorId, lang: Lang) -> Option<String> {
    let actor = world.actor(id)?;
    Some(match &actor.activity {
        Activity::Dead(_) => pick(lang, "dead", "已结束"),
        _ if actor.stopped => pick(lang, "stopped", "已停止"),
        Activity::Waiting(wait) if asleep(actor) => match wait.deadline {
            Some(deadline) => {
                pick(lang, format!("asleep until {} s", name::seconds(deadline)), format!("睡到 {} 秒", name::seconds(deadline)))
            }
            None => pick(lang, "asleep", "睡眠"),
        },
        Activity::Waiting(_) => return None,
        Activity::Ending => pick(lang, "ending", "正在结束"),
        Activity::Unborn | Activity::Ready(_) | Activity::Running => pick(lang, "can go on", "可以继续"),
    })
}

/// Why a run cannot go on: what is proved of it, then a line for each waiting process (what it waits for, at
/// which line, who holds it).
pub fn stuck(world: &World, lang: Lang) -> String {
    let mut lines =
        vec![pick(lang, "Stuck: nobody can go on, and no timer will change that.", "卡住了：谁也无法继续，也没有定时器会改变这一点。")];
    lines.extend(proved(world, lang));
    for actor in world.all_actors().filter(|actor| actor.id != ActorId::HAND) {
        // A feeder with nothing to write waits for its process, which has a line of its own.
        let idle = matches!(&actor.activity, Activity::Waiting(wait) if wait.until.iter().all(|until| matches!(until, Until::SlotsFilled(_) | Until::FlagUp(_) | Until::Left(_))))
            && actor.process != actor.id;
        if idle {
            continue;
        }
        if let Some(what) = waiting(world, actor.id, lang) {
            let who = begin(&name::actor(world, actor.id, lang));
            lines.push(pick(lang, format!("  {who} {what}"), format!("  {who} {what}")));
        } else if actor.stopped && !actor.is_dead() {
            let who = begin(&name::actor(world, actor.id, lang));
            lines.push(pick(lang, format!("  {who} is stopped from outside"), format!("  {who} 被外部停止")));
        }
    }
    lines.join("\n")
}
