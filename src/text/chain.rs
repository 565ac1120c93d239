//! Chains of who waits for whom, link by link, so that a screen can break them between links and close
//! them to a ring.
//!
//! Invariant: each link is true by itself, and the last one says what the wait depends on in the end.

use super::name::{self, pick};
use super::row::step_alone;
use super::template::tight;
use super::waiting::{asleep, awaited, end_of, meant, served};
use crate::kind::Lang;
use crate::trace::{ActorId, Nanos, PartRef, Until};
use crate::world::waits::{is_listed, might_wait_for, waits_for};
use crate::world::{Activity, Actor, World};

/// Who waits for whom.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// Whose chain it is.
    pub who: String,
    /// At least two: who waits and since when, what it waits for, and so on.
    pub links: Vec<Link>,
    /// The last waits for the first.
    pub ring: bool,
}

/// One link in words: with since when, or without where there is no room for that.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    pub full: String,
    pub brief: String,
}

impl From<String> for Link {
    /// A link without a time.
    fn from(words: String) -> Link {
        Link { brief: words.clone(), full: words }
    }
}

impl std::fmt::Display for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let links: Vec<&str> = self.links.iter().map(|link| link.full.as_str()).collect();
        f.write_str(&links.join(" → "))?;
        if self.ring { write!(f, " → {}", self.who) } else { Ok(()) }
    }
}

/// The chain from one actor on: "main → join p1 → lock of cond (held by p3 since step 12, 0.40 s) → p3
/// sleeps until 2.00 s". None for one that waits for nothing but the clock.
pub fn chain(world: &World, id: ActorId, lang: Lang) -> Option<Chain> {
    up_to(world, id, &[], lang).map(|(chain, _)| chain)
}

/// The same up to one of those who are drawn already; and over whom it leads.
pub(super) fn up_to(world: &World, id: ActorId, drawn: &[ActorId], lang: Lang) -> Option<(Chain, Vec<ActorId>)> {
    let who = name::actor(world, id, lang).text;
    let mut chain = Chain { who, links: vec![first(world, id, lang)], ring: false };
    let mut way = vec![id];
    let mut at = id;
    while let Some((actor, until)) = waiting_on(world, at) {
        let next = waits_for(world, at);
        chain.links.push(link(world, actor, &until, &next, lang));
        match next.as_slice() {
            [] => {
                chain.links.extend(dead_end(world, &until, lang).map(Link::from));
                break;
            }
            [next] if *next == id => {
                chain.ring = true;
                break;
            }
            [next] if way.contains(next) => {
                let again = name::actor(world, *next, lang).text;
                chain.links.push(pick(lang, format!("{again} again"), format!("又是 {again}")).into());
                break;
            }
            [next] if drawn.contains(next) => break,
            [next] => {
                way.push(*next);
                at = *next;
            }
            // Where several could end the wait there is no single chain to follow.
            many => {
                let can_go = many.iter().filter(|id| waiting_on(world, **id).is_none());
                chain.links.extend(can_go.filter_map(|id| standing(world, *id, lang)).next().map(Link::from));
                break;
            }
        }
        if waiting_on(world, at).is_none() {
            chain.links.extend(standing(world, at, lang).map(Link::from));
        }
    }
    (chain.links.len() > 1).then_some((chain, way))
}

/// The chain of those who wait for each other in a ring, in this order.
pub(super) fn of_ring(world: &World, ring: &[ActorId], lang: Lang) -> Chain {
    let who = ring.first().map(|id| name::actor(world, *id, lang).text).unwrap_or_default();
    let mut links: Vec<Link> = ring.first().map(|_| who.clone().into()).into_iter().collect();
    for id in ring {
        if let Some((actor, until)) = waiting_on(world, *id) {
            let surely = waits_for(world, *id);
            let mut words = link(world, actor, &until, &surely, lang);
            if surely.iter().all(|other| other == id) {
                let might = name::either(world, &might_wait_for(world, *id), lang);
                words.full = pick(lang, format!("{} ({might} could)", words.full), format!("{}（{might} 可以）", words.full));
                words.brief.clone_from(&words.full);
            }
            links.push(words);
        }
    }
    Chain { who, links, ring: true }
}

/// Who waits, and since when, if it began before the step just done.
fn first(world: &World, id: ActorId, lang: Lang) -> Link {
    let name = name::actor(world, id, lang).text;
    match world.actor(id) {
        Some(actor) if (actor.step, actor.since) != (world.step, world.now) => {
            let since = since(actor.step, actor.since, lang);
            let most = match &actor.activity {
                Activity::Waiting(wait) => wait.deadline.map(name::seconds),
                _ => None,
            };
            let full = match most {
                Some(most) => pick(
                    lang,
                    format!("{name} (waits {since}, until {most} s at most)"),
                    format!("{name}（{since}等待，最多到 {most} 秒）"),
                ),
                None => pick(lang, format!("{name} (waits {since})"), format!("{name}（{since}等待）")),
            };
            Link { full, brief: name }
        }
        _ => name.into(),
    }
}

/// "since step 12, 0.40 s", or the time alone where the kernel schedules.
pub(super) fn since(step: u64, time: Nanos, lang: Lang) -> String {
    let time = name::seconds(time);
    match step {
        0 => pick(lang, format!("since {time} s"), format!("自 {time} 秒起")),
        step => pick(lang, format!("since step {step}, {time} s"), format!("自第 {step} 步、{time} 秒起")),
    }
}

/// An actor and the first thing other than the clock that it waits for; none for one that is stopped.
fn waiting_on(world: &World, id: ActorId) -> Option<(&Actor, Until)> {
    let actor = world.actor(id).filter(|actor| !actor.stopped)?;
    let Activity::Waiting(wait) = &actor.activity else { return None };
    let until = meant(wait).next()?;
    // What holds already keeps nobody waiting.
    let candidate = world.rest.as_ref().is_some_and(|rest| rest.candidates.iter().any(|one| one.actor == id));
    (!candidate).then_some((actor, *until))
}

/// One link: what is waited for, and who holds it.
fn link(world: &World, actor: &Actor, until: &Until, next: &[ActorId], lang: Lang) -> Link {
    let from = |message: bool| {
        let who: Vec<String> = next.iter().map(|id| with_state(world, *id, lang)).collect();
        match (who.is_empty(), lang) {
            (true, _) => String::new(),
            (false, Lang::En) => format!(" (from {})", who.join(" or ")),
            (false, Lang::Zh) if message => format!("（能发送的：{}）", who.join("、")),
            (false, Lang::Zh) => format!("（能腾出它的：{}）", who.join("、")),
        }
    };
    let words = match until {
        Until::Ended(other) => format!("join {}", name::actor(world, *other, lang).text),
        Until::OwnerFree(part, sleepers) if !sleepers.is_some_and(|sleepers| is_listed(world, sleepers, actor.id)) => {
            let lock = name::part(world, *part, lang).text;
            let lock = lock.strip_prefix("the ").unwrap_or(&lock);
            match next.first() {
                Some(holder) => {
                    let linked = |held: String| pick(lang, format!("{lock} ({held})"), format!("{lock}（{held}）"));
                    let full = linked(held_by(world, *part, *holder, actor.id, lang));
                    let brief = linked(held_now(&holder_of(world, *holder, actor.id, lang), lang));
                    return Link { full, brief };
                }
                None => pick(lang, format!("{lock}, which is free"), format!("{lock}，它空闲")),
            }
        }
        Until::Readable(part, end) if served(world, *part, *end).is_some() => tight(&awaited(world, actor, until, lang)),
        Until::Readable(part, end) => {
            let end = end_of(world, *part, *end, true, lang);
            pick(lang, format!("message {end}{}", from(true)), tight(&format!("{end}的消息{}", from(true))))
        }
        Until::Writable(part, end) => {
            let end = end_of(world, *part, *end, true, lang);
            pick(lang, format!("room {end}{}", from(false)), tight(&format!("{end}的空间{}", from(false))))
        }
        other => tight(&awaited(world, actor, other, lang)),
    };
    words.into()
}

/// "held by p3 since step 12, 0.40 s".
pub(super) fn held_by(world: &World, part: PartRef, holder: ActorId, waiter: ActorId, lang: Lang) -> String {
    let who = holder_of(world, holder, waiter, lang);
    match world.held_since(part) {
        Some(hold) => {
            let since = since(hold.step, hold.time, lang);
            let comma = if who.contains(',') { "," } else { "" };
            pick(lang, format!("held by {who}{comma} {since}"), tight(&format!("{since}由 {who} 持有")))
        }
        None => held_now(&who, lang),
    }
}

/// "held by p3", whenever that began.
fn held_now(who: &str, lang: Lang) -> String {
    pick(lang, format!("held by {who}"), tight(&format!("由 {who} 持有")))
}

/// Who holds what somebody waits for, perhaps the very one who waits.
fn holder_of(world: &World, holder: ActorId, waiter: ActorId, lang: Lang) -> String {
    if holder == waiter {
        let name = name::actor(world, holder, lang).text;
        return pick(lang, format!("{name} itself"), format!("{name} 自己"));
    }
    with_state(world, holder, lang)
}

/// A name, with the state of one that will not let go soon.
fn with_state(world: &World, id: ActorId, lang: Lang) -> String {
    let name = name::actor(world, id, lang).text;
    match world.actor(id) {
        Some(actor) if actor.is_dead() => pick(lang, format!("{name}, dead"), format!("已死的 {name}")),
        Some(actor) if actor.stopped => pick(lang, format!("{name}, stopped"), format!("停住的 {name}")),
        _ => name,
    }
}

/// How it stands with one on whom a wait depends and who waits for nobody: the end of a chain.
pub fn standing(world: &World, id: ActorId, lang: Lang) -> Option<String> {
    let actor = world.actor(id)?;
    let name = name::actor(world, id, lang).text;
    Some(match &actor.activity {
        Activity::Dead(_) => pick(lang, format!("{name} is dead and will not do it"), format!("{name} 已死，不会再做")),
        _ if actor.stopped => pick(lang, format!("{name} is stopped by a signal"), format!("{name} 被信号停住")),
        Activity::Waiting(wait) if asleep(actor) => {
            let until = wait.deadline.map(name::seconds)?;
            pick(lang, format!("{name} sleeps until {until} s"), format!("{name} 睡到 {until} 秒"))
        }
        Activity::Ending => pick(lang, format!("{name} is ending"), format!("{name} 正在结束")),
        Activity::Unborn | Activity::Ready(_) | Activity::Running | Activity::Waiting(_) => match step_alone(world, id, lang) {
            Some(next) => pick(lang, format!("{name} can go: {next}"), format!("{name} 可以继续：{next}")),
            None => pick(lang, format!("{name} can go on"), format!("{name} 可以继续")),
        },
    })
}

/// Where nobody in particular could end a wait: that nobody does, in a run in which nobody can go on.
fn dead_end(world: &World, until: &Until, lang: Lang) -> Option<String> {
    let nobody = match until {
        Until::Readable(..) => ("nobody else can send it", "没有别人能发送"),
        Until::Writable(..) => ("nobody else can receive", "没有别人能接收"),
        Until::FlagUp(_) => ("nobody sets it", "没有谁会设置它"),
        Until::OwnerFree(..) => ("nobody notifies", "没有谁会通知"),
        Until::Left(_) => ("nobody lets it go on", "没有谁会放行"),
        Until::CountAbove(..) => ("nobody gives one", "没有谁会归还"),
        Until::SlotsFilled(_) => ("nobody puts anything there", "没有谁会放入"),
        Until::Ended(_) | Until::Deadline | Until::Emptied(_) => return None,
    };
    world.stuck().then(|| pick(lang, nobody.0, nobody.1))
}
