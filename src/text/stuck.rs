//! Why a run cannot go on: in lines for a log, and in pictures for a screen; and where all are when it is cut off.

use super::chain::{self, Chain};
use super::name::{self, pick};
use super::sentence::begin;
use super::template::tight;
use super::verdict::{proved, told};
use super::waiting::waiting;
use crate::kind::Lang;
use crate::trace::{ActorId, ObjectId, Role, Until};
use crate::world::waits::ring;
use crate::world::{Activity, Actor, World, verdicts};

fn headline(lang: Lang) -> String {
    pick(lang, "Stuck: nobody can go on, and no timer will change that.", "卡住了：谁也无法继续，也没有定时器会改变这一点。")
}

/// A feeder with nothing to write waits for its process, which has a line of its own; a server that waits
/// until somebody asks for something is no news either. Both wait at what they work for: a server's thread
/// that waits at something else does so for a client, who waits for it.
fn is_idle(world: &World, actor: &Actor) -> bool {
    let Activity::Waiting(wait) = &actor.activity else { return false };
    let works_for = |id: ObjectId| {
        actor.object == Some(id) || world.object(id).is_some_and(|object| object.owner.is_some() && object.owner == actor.object)
    };
    let idle = |until: &Until| match until {
        Until::SlotsFilled(part) | Until::FlagUp(part) | Until::Left(part) => actor.process != actor.id && works_for(part.object),
        Until::Readable(part, _) => actor.object == Some(part.object),
        _ => false,
    };
    wait.until.iter().all(idle)
}

/// What is proved, and then a line for each waiting process (what it waits for, at which line, who holds it).
pub fn stuck(world: &World, lang: Lang) -> String {
    let mut lines = vec![headline(lang)];
    lines.extend(proved(world, lang));
    for actor in world.all_actors().filter(|actor| actor.id != ActorId::HAND && !is_idle(world, actor)) {
        let who = begin(&name::actor(world, actor.id, lang));
        if let Some(what) = waiting(world, actor.id, lang) {
            let said = format!("{who} {what}");
            lines.push(format!("  {}", pick(lang, &said, &said)));
        } else if actor.stopped && !actor.is_dead() {
            lines.push(pick(lang, format!("  {who} is stopped by a signal"), format!("  {who} 被信号停住")));
        }
    }
    lines.join("\n")
}

/// The same to be drawn: what the pictures do not show in sentences, then rings, and the chains that lead to
/// them or to another end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standstill {
    pub said: Vec<String>,
    pub chains: Vec<Chain>,
}

/// Tells why no actor can go on: what is said, and the chains of waiting that are drawn.
pub fn standstill(world: &World, lang: Lang) -> Standstill {
    let mut still = Standstill { said: vec![headline(lang)], chains: Vec::new() };
    let mut drawn: Vec<ActorId> = Vec::new();
    // Whether a ring is proved, or only likely.
    let mut is_likely: Option<bool> = None;
    for verdict in verdicts(world) {
        let is_ring = ["deadlock", "circle"].contains(&verdict.rule.name);
        let members = match verdict.rule.name {
            "open_end" => [&verdict.actors[..], &verdict.others].concat(),
            _ if is_ring => verdict.actors.clone(),
            _ => Vec::new(),
        };
        let ring = ring(world, &members);
        if !is_ring || ring.is_empty() {
            let said = told(world, &verdict, lang);
            if !still.said.contains(&said) {
                still.said.push(said);
            }
        } else {
            is_likely = Some(is_likely == Some(true) || verdict.rule.name == "circle");
        }
        if !ring.is_empty() {
            still.chains.push(chain::of_ring(world, &ring, lang));
            drawn.extend(ring);
        }
    }
    if let (Some(likely), Some(first)) = (is_likely, still.said.first_mut()) {
        *first = if likely {
            pick(
                lang,
                "Stuck: nobody can go on. A deadlock, as it seems: each could be helped by the next in the ring, which waits too.",
                "卡住了：谁也无法继续。看来是死锁：环上每个都只差下一个来帮忙，而下一个也在等。",
            )
        } else {
            pick(
                lang,
                "Stuck: nobody can go on. A deadlock: each waits for the next in the ring.",
                "卡住了：谁也无法继续。这是死锁：环上每个都在等下一个。",
            )
        };
    }
    // Whose chain is part of another's needs none of its own.
    let others = world.all_actors().filter(|actor| actor.id != ActorId::HAND && !is_idle(world, actor) && !drawn.contains(&actor.id));
    let chains: Vec<(Chain, Vec<ActorId>)> = others.filter_map(|actor| chain::up_to(world, actor.id, &drawn, lang)).collect();
    for (at, (chain, way)) in chains.iter().enumerate() {
        let part_of =
            |(other, (_, longer)): (usize, &(Chain, Vec<ActorId>))| other != at && longer.len() > way.len() && longer.ends_with(way);
        if !chains.iter().enumerate().any(part_of) {
            still.chains.push(chain.clone());
        }
    }
    still
}

/// Nobody can go and no time passes, for those who could go on are stopped: who they are. That is no standstill,
/// since a signal can end it, but no step is to be had before. None where somebody or the clock can go.
pub fn held_up(world: &World, lang: Lang) -> Option<String> {
    world.rest.as_ref().filter(|rest| !rest.stuck && rest.candidates.is_empty() && rest.next_deadline.is_none())?;
    let stopped: Vec<ActorId> =
        world.processes().filter(|process| process.stopped && !process.is_dead()).map(|process| process.id).collect();
    if stopped.is_empty() {
        return None;
    }
    let who = name::actors(world, &stopped, lang).text;
    Some(match (lang, stopped.len()) {
        (Lang::En, 1) => format!("Nobody can go: {who} is stopped by a signal. K continues it."),
        (Lang::En, _) => format!("Nobody can go: {who} are stopped by a signal. K continues them."),
        (Lang::Zh, _) => tight(&format!("谁也不能走：{who} 被信号停住了。选中后按 K 让它继续。")),
    })
}

/// That a run was cut off; where everybody was comes after it.
pub fn time_limit(lang: Lang) -> String {
    pick(lang, "The time limit has come, and the run goes no further.", "时间限制已到，运行到此为止。")
}

/// Where the processes are that have not ended: "main at line 4, p at line 7."
pub fn whereabouts(world: &World, lang: Lang) -> String {
    let alive = world.processes().filter(|process| process.id != ActorId::HAND && process.role == Role::Process && !process.is_dead());
    let places = alive.map(|process| match (lang, process.line) {
        (Lang::En, 0) => format!("{} at its beginning", process.name),
        (Lang::En, line) => format!("{} at line {line}", process.name),
        (Lang::Zh, 0) => format!("{} 在开头", process.name),
        (Lang::Zh, line) => format!("{} 在第 {line} 行", process.name),
    });
    let places: Vec<String> = places.collect();
    match lang {
        Lang::En => format!("{}.", places.join(", ")),
        Lang::Zh => format!("{}。", places.join("，")),
    }
}
