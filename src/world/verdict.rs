//! Who waits for whom. Pure reading of a world; knows parts, not primitives.

use super::{Activity, PartState, World};
use crate::trace::{ActorId, PartRef, Until};

/// The living actors on whom an actor's wait depends, sorted: any one of them might end it. Empty where
/// it does not wait, or where nobody in particular could end its wait.
pub fn waits_for(world: &World, actor: ActorId) -> Vec<ActorId> {
    let mut found = Vec::new();
    if let Some(Activity::Waiting(wait)) = world.actor(actor).map(|actor| &actor.activity) {
        for until in &wait.until {
            found.extend(who_could(world, actor, until));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The living actors that could make one `Until` hold for an actor.
fn who_could(world: &World, actor: ActorId, until: &Until) -> Vec<ActorId> {
    match until {
        Until::OwnerFree(part, sleepers) => {
            if sleepers.is_some_and(|sleepers| is_listed(world, sleepers, actor)) {
                return Vec::new();
            }
            match world.part(*part) {
                Some(PartState::Owner { owner: Some(owner), .. }) => vec![*owner],
                _ => Vec::new(),
            }
        }
        Until::Ended(other) if world.actor(*other).is_some_and(|other| !other.is_dead()) => vec![*other],
        Until::Readable(part, end) | Until::Writable(part, end) => {
            let Some(PartState::Ends { ends }) = world.part(*part) else { return Vec::new() };
            let own = world.actor(actor).map(|actor| actor.process);
            let far = ends.iter().enumerate().filter(|(at, _)| *at != *end as usize);
            far.flat_map(|(_, end)| end.holders.iter().map(|holder| holder.process))
                .filter(|process| Some(*process) != own && world.actor(*process).is_some_and(|process| !process.is_dead()))
                .collect()
        }
        Until::Ended(_) | Until::Deadline | Until::FlagUp(_) | Until::CountAbove(..) | Until::SlotsFilled(_) | Until::Left(_) => Vec::new(),
    }
}

/// Whether an actor is on a list of waiters.
pub fn is_listed(world: &World, part: PartRef, actor: ActorId) -> bool {
    matches!(world.part(part), Some(PartState::Waiters { waiters }) if waiters.iter().any(|waiter| waiter.actor == actor))
}
