//! Why something cannot be done by hand now, in a few words beside what it is: "held by p1".

use super::name::{self, pick};
use super::template::tight;
use crate::kind::{self, Lang};
use crate::trace::{ActorId, PartRef};
use crate::world::hand::Obstacle;
use crate::world::{PartState, World};

/// What stands in the way.
pub fn obstacle(world: &World, obstacle: Obstacle, lang: Lang) -> String {
    let end = |object, end| name::end(world, object, end, lang).text;
    match obstacle {
        Obstacle::NotByHand => pick(lang, "not to be done by hand", "手做不了"),
        Obstacle::Broken => pick(lang, "a process died in the middle of it", "有进程死在操作中途"),
        Obstacle::ServerEnds(server) if world.actor(server).is_some_and(|server| server.is_dead()) => {
            pick(lang, "its server has ended", "它的服务器进程已经结束")
        }
        Obstacle::ServerEnds(_) => pick(lang, "its server is about to end", "它的服务器进程就要结束"),
        Obstacle::ServerStopped(_) => pick(lang, "its server is stopped", "它的服务器进程停住了"),
        Obstacle::Held(part) => held(world, part, lang),
        Obstacle::NotHeld(_) => pick(lang, "nobody holds it", "没有谁持有它"),
        Obstacle::HolderAlone(_) => pick(lang, "only its holder can", "只有持有者可以"),
        Obstacle::UsedUp(part) | Obstacle::AtBound(part) => count(world, part, lang),
        Obstacle::Empty(_) => pick(lang, "nothing is in it", "里面没有消息"),
        Obstacle::Midway(_) => pick(lang, "the first message is only partly there", "第一条消息还不完整"),
        Obstacle::NoRoom(_) => pick(lang, "there is no room", "没有空位"),
        Obstacle::NobodyHolds(object, at) => {
            let end = end(object, at);
            pick(lang, format!("nobody holds {end}"), tight(&format!("没有谁持有 {end}")))
        }
        Obstacle::NobodyReads(object, at) => {
            let end = end(object, at);
            pick(lang, format!("{end} is closed"), tight(&format!("{end} 已关闭")))
        }
        Obstacle::NoCell(_) => pick(lang, "there is no cell", "没有单元"),
    }
}

fn held(world: &World, part: PartRef, lang: Lang) -> String {
    let owner = match world.part(part) {
        Some(PartState::Owner { owner: Some(owner), .. }) => *owner,
        _ => ActorId::HOST,
    };
    let who = name::actor(world, owner, lang).text;
    // Beside the lock itself it goes without saying what is held.
    let what = name::part(world, part, lang).text;
    let itself = world.object(part.object).is_some_and(|object| object.owner.is_none() && part.part == 0);
    match itself {
        true => pick(lang, format!("held by {who}"), tight(&format!("由 {who} 持有"))),
        false => pick(lang, format!("{what} is held by {who}"), tight(&format!("{what} 由 {who} 持有"))),
    }
}

/// A count with what it counts: "permits: 0".
fn count(world: &World, part: PartRef, lang: Lang) -> String {
    let def = world.kind_of(part.object).and_then(kind::kind).and_then(|kind| kind.parts.get(part.part as usize));
    let role = def.map_or("", |def| def.role.get(lang));
    let Some(PartState::Count { value, max }) = world.part(part) else { return role.to_owned() };
    let of = max.filter(|max| value >= max).map(|max| pick(lang, format!(" of {max}"), format!("/{max}"))).unwrap_or_default();
    pick(lang, format!("{role}: {value}{of}"), format!("{role}：{value}{of}"))
}
