//! How the user arranges the picture: folds and narrows lanes, scrolls sideways, filters.
//!
//! Pure, as all of `update`: it changes settings alone, never the run.

use super::answer::Answer;
use super::labels;
use super::scene::Scene;
use super::sight;
use super::state::{Chosen, Overlay, Ui};
use crate::trace::{ActorId, Role};

/// Folds or unfolds the threads of what is chosen, or all of them.
pub fn fold(ui: &mut Ui, scene: &Scene) -> Answer {
    let world = &scene.head;
    let threads: Vec<ActorId> = match ui.chosen {
        None => {
            ui.sight.turn_all(world);
            return Ok(Vec::new());
        }
        Some(Chosen::Object(id)) => sight::threads_of(world, id),
        Some(Chosen::Actor(id)) => {
            let process = world.actor(id).map_or(id, |actor| actor.process);
            sight::threads(world).filter(|thread| thread.process == process).map(|thread| thread.id).collect()
        }
    };
    if threads.is_empty() {
        return Err(labels::REFUSE_NO_THREADS.get(ui.lang).to_owned());
    }
    ui.sight.turn(&threads);
    // A thread whose lane is gone cannot stay chosen: its process can.
    if let Some(Chosen::Actor(id)) = ui.chosen
        && let Some(actor) = world.actor(id)
        && actor.role == Role::Helper
        && !ui.sight.is_unfolded(id)
    {
        ui.chosen = Some(Chosen::Actor(actor.process));
    }
    Ok(Vec::new())
}

/// Narrows the chosen lane to its glyph, or widens it again; with nothing chosen widens all.
pub fn narrow(ui: &mut Ui) -> Answer {
    match ui.chosen {
        Some(Chosen::Actor(id)) => {
            if !ui.sight.narrow.remove(&id) {
                ui.sight.narrow.insert(id);
            }
            Ok(Vec::new())
        }
        None if !ui.sight.narrow.is_empty() => {
            ui.sight.narrow.clear();
            Ok(Vec::new())
        }
        _ => Err(labels::REFUSE_NO_PROCESS.get(ui.lang).to_owned()),
    }
}

/// Moves the picture by one lane and one object's column, if there are more on that side.
pub fn scroll(ui: &mut Ui, right: bool) -> Answer {
    let (lane, thing) = ui.sight.drawn;
    let moved = |at: usize| if right { at + 1 } else { at.saturating_sub(1) };
    ui.sight.scroll = Some((moved(lane), moved(thing)));
    Ok(Vec::new())
}

/// Opens the line for the filter. What is typed holds at once.
pub fn filter(ui: &mut Ui) -> Answer {
    ui.overlay = Some(Overlay::Filter);
    Ok(Vec::new())
}

/// Nothing is chosen any more: the picture follows whoever acts.
pub fn choose_nothing(ui: &mut Ui) -> Answer {
    ui.chosen = None;
    ui.sight.scroll = None;
    Ok(Vec::new())
}
