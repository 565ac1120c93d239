//! Ways through a long run: marks of the user's and what stands out by itself, and a step by its number.
//!
//! Pure: each changes the shown point or gives the reason why not. Points are numbers of rows, which never
//! change, so a mark stays at its step while the run goes on and while old history is forgotten.

use super::answer::{Answer, go_to, pause_if_running};
use super::labels;
use super::menu::{Prompt, Target};
use super::scene::Scene;
use super::state::{Overlay, Ui};

/// Marks the shown point, or takes its mark away.
pub fn mark(ui: &mut Ui, scene: &Scene) -> Answer {
    if scene.rows_shown == 0 {
        return Err(labels::REFUSE_NOTHING_TO_MARK.get(ui.lang).to_owned());
    }
    let step = scene.steps().0.to_string();
    let said = if ui.marks.remove(&scene.rows_shown) {
        labels::UNMARKED
    } else {
        ui.marks.insert(scene.rows_shown);
        labels::MARKED
    };
    ui.answer = Some(said.get(ui.lang).replace("{}", &step));
    Ok(Vec::new())
}

/// The marked and the outstanding points that are still kept, in order.
pub fn points(ui: &Ui, scene: &Scene) -> Vec<usize> {
    let own = ui.marks.iter().copied().filter(|rows| *rows > scene.rows_before);
    let mut all: Vec<usize> = own.chain(scene.landmarks.iter().map(|landmark| landmark.rows)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// To the next of them, or to the one before.
pub fn to_mark(ui: &mut Ui, scene: &Scene, forward: bool) -> Answer {
    let here = scene.rows_shown;
    let points = points(ui, scene);
    let found = match forward {
        true => points.into_iter().find(|rows| *rows > here),
        false => points.into_iter().rev().find(|rows| *rows < here),
    };
    let refusal = if forward { labels::REFUSE_NO_LATER_MARK } else { labels::REFUSE_NO_EARLIER_MARK };
    found.map(|rows| go_to(ui, scene, rows)).ok_or_else(|| refusal.get(ui.lang).to_owned())
}

/// Asks which step to go to.
pub fn ask_step(ui: &mut Ui, scene: &Scene) -> Answer {
    if scene.rows_total == 0 {
        return Err(labels::REFUSE_BEGINNING.get(ui.lang).to_owned());
    }
    let last = scene.steps().1;
    let first = scene.first_step();
    let title = format!("{} ({first}–{last})", labels::WHICH_STEP.get(ui.lang));
    ui.overlay = Some(Overlay::Prompt(Prompt { title, text: String::new(), target: Target::Step(first, last), wrong: None }));
    // The numbers hold only while nothing more happens.
    Ok(pause_if_running(scene))
}
