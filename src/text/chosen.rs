//! What is told of the one thing that the user has chosen: a process's wait or its next step, an object's
//! holders and waiters.

use super::chain::{self, Chain, since};
use super::name::{self, pick};
use super::row::announced;
use super::template::tight;
use super::waiting::waiting;
use crate::kind::{self, Lang};
use crate::trace::{ActorId, Grant, ObjectId, PartRef};
use crate::world::{Activity, Object, PartState, World};

/// How it stands with a process: the chain of its wait, or a sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum Stands {
    Waits(Chain),
    Said(String),
}

/// How it stands with a process, none for one that is not known.
pub fn process(world: &World, id: ActorId, lang: Lang) -> Option<Stands> {
    let actor = world.actor(id)?;
    if let Some(chain) = chain::chain(world, id, lang) {
        return Some(Stands::Waits(chain));
    }
    let name = name::actor(world, id, lang).text;
    let since = since(actor.step, actor.since, lang);
    Some(Stands::Said(match &actor.activity {
        Activity::Dead(_) => pick(lang, format!("{name} has ended ({since})."), format!("{name} 已结束（{since}）。")),
        _ if actor.stopped => {
            pick(lang, format!("{name} is stopped by a signal: K continues it."), format!("{name} 被信号停住：按 K 让它继续。"))
        }
        Activity::Unborn => pick(lang, format!("{name} is born and begins when it is its turn."), format!("{name} 已诞生，轮到它时开始。")),
        Activity::Ending => pick(lang, format!("{name} has come to its end."), format!("{name} 的代码已走完。")),
        Activity::Running => pick(lang, format!("{name} is running."), format!("{name} 正在运行。")),
        Activity::Ready(_) | Activity::Waiting(_) => match (announced(world, id, lang), waiting(world, id, lang)) {
            (Some(next), Some(_)) if expires(world, id) => pick(lang, format!("{name}: {next}."), format!("{name}：{next}。")),
            (Some(next), Some(_)) => pick(lang, format!("{name} can {next}."), format!("{name} 可以{next}。")),
            (Some(next), None) => {
                let place = if actor.line > 0 {
                    pick(lang, format!(" (line {})", actor.line), format!("（第 {} 行）", actor.line))
                } else {
                    String::new()
                };
                pick(lang, format!("{name} can go. Next: {next}{place}."), format!("{name} 可以继续。接下来：{next}{place}。"))
            }
            (None, Some(wait)) => pick(lang, format!("{name} {wait}."), format!("{name} {wait}。")),
            (None, None) => pick(lang, format!("{name} can go on."), format!("{name} 可以继续。")),
        },
    }))
}

/// Whether an actor's time is up.
fn expires(world: &World, id: ActorId) -> bool {
    world.rest.as_ref().is_some_and(|rest| rest.candidates.iter().any(|one| one.actor == id && one.grant == Grant::Expire))
}

/// Who holds an object and what belongs to it, and who waits for it, in order.
pub fn object(world: &World, id: ObjectId, lang: Lang) -> Option<String> {
    let whole = world.object(id)?;
    let mut said = Vec::new();
    let mut listed = Vec::new();
    for object in std::iter::once(whole).chain(world.belonging_to(id)) {
        said.extend(parts_of(world, object, &mut listed, lang));
    }
    // A pipe has no list of those who read: they are known by what they wait for.
    let here = |part: PartRef| {
        part.object == id || world.object(part.object).is_some_and(|object| object.owner == Some(id) && object.home.is_none())
    };
    let unlisted = world.all_actors().filter(|actor| !listed.contains(&actor.id)).filter(|actor| match &actor.activity {
        Activity::Waiting(wait) => wait.until.iter().filter_map(|until| until.part()).any(here),
        _ => false,
    });
    for actor in unlisted {
        let name = name::actor(world, actor.id, lang).text;
        said.extend(waiting(world, actor.id, lang).map(|wait| tight(&format!("{name} {wait}"))));
    }
    let name = &whole.name;
    if said.is_empty() {
        return Some(at_ease(world, whole, lang));
    }
    Some(match lang {
        Lang::En => format!("{name}: {}.", said.join("; ")),
        Lang::Zh => format!("{name}：{}。", said.join("；")),
    })
}

/// An object that nobody holds and nobody waits for. What there is to hold is said of those alone that can be
/// held: of a semaphore nobody knows who took the permits.
fn at_ease(world: &World, whole: &Object, lang: Lang) -> String {
    let role = kind::kind(whole.kind).and_then(|kind| kind.parts.first()).map_or("", |part| part.role.get(lang));
    let has_owner = |object: &Object| object.parts.iter().any(|part| matches!(part, PartState::Owner { .. }));
    let how = match whole.parts.first() {
        Some(PartState::Count { value, .. }) => {
            pick(lang, format!("{role} {value}, and nobody waits for it"), format!("{role} {value}，没有人等它"))
        }
        Some(PartState::Flag { up: true }) => {
            pick(lang, format!("the {role} is up, and nobody waits for it"), format!("{role}已设置，没有人等它"))
        }
        Some(PartState::Flag { up: false }) => {
            pick(lang, format!("the {role} is down, and nobody waits for it"), format!("{role}未设置，没有人等它"))
        }
        _ if has_owner(whole) => pick(lang, "nobody holds it, and nobody waits for it", "没有人持有它，也没有人等它"),
        _ if world.belonging_to(whole.id).any(has_owner) => {
            pick(lang, "nobody holds its lock, and nobody waits for it", "没有人持有它的锁，也没有人等它")
        }
        _ => pick(lang, "nobody waits for it", "没有人等它"),
    };
    pick(lang, format!("{}: {how}.", whole.name), format!("{}：{how}。", whole.name))
}

fn parts_of(world: &World, object: &Object, listed: &mut Vec<ActorId>, lang: Lang) -> Vec<String> {
    let Some(kind) = kind::kind(object.kind) else { return Vec::new() };
    let mut said = Vec::new();
    for (at, (state, def)) in object.parts.iter().zip(kind.parts).enumerate() {
        let place = PartRef::new(object.id, at as u8);
        let role = def.role.get(lang);
        match state {
            PartState::Owner { owner: Some(owner), .. } => {
                let lock = name::part(world, place, lang).text;
                let held = chain::held_by(world, place, *owner, ActorId::HOST, lang);
                said.push(match lang {
                    // The object itself has been named already.
                    _ if at == 0 && object.owner.is_none() => held,
                    Lang::En => format!("{lock} {held}"),
                    Lang::Zh => tight(&format!("{lock} {held}")),
                });
            }
            PartState::Waiters { waiters } if !waiters.is_empty() => {
                listed.extend(waiters.iter().map(|waiter| waiter.actor));
                let names: Vec<String> = waiters.iter().map(|waiter| name::actor(world, waiter.actor, lang).text).collect();
                said.push(match lang {
                    Lang::En => format!("{role}: {}", names.join(", then ")),
                    Lang::Zh => tight(&format!("{role}：{}", names.join("，然后 "))),
                });
            }
            PartState::Ends { ends } => {
                for (at, end) in ends.iter().enumerate() {
                    let end_name = name::end(world, object.id, at as u8, lang).text;
                    let names: Vec<String> = end.holders.iter().map(|holder| name::process(world, holder.process, lang).text).collect();
                    said.push(match (names.is_empty(), lang) {
                        (true, Lang::En) => format!("{end_name} held by nobody"),
                        (true, Lang::Zh) => format!("{end_name}无人持有"),
                        (false, Lang::En) => format!("{end_name} held by {}", names.join(", ")),
                        (false, Lang::Zh) => tight(&format!("{end_name}由 {} 持有", names.join("、"))),
                    });
                }
            }
            _ => {}
        }
    }
    said
}
