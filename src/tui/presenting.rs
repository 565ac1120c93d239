//! What keys do in the presenter's layout, and to the lesson before the first step. Pure.
//!
//! A clicker alone is enough: PageDown and PageUp, F5, Esc, and `.` or `b`, which some send to blank the
//! screen. So none of these may end the run, or do anything to it but the next step.

use super::answer::Answer;
use super::keys::Action;
use super::labels;
use super::scene::Scene;
use super::state::{Overlay, Reach, Ui};
use crate::trace::Phase;

/// What an action means in the layout, where it differs from what it means elsewhere.
pub fn on_action(ui: &mut Ui, action: Action, scene: &Scene) -> Option<Answer> {
    if !ui.presenting {
        return None;
    }
    let turned = scene.at_start() && scene.status.phase != Phase::Running;
    match action {
        Action::Branch => ui.blank = true,
        Action::Leave => ui.presenting = false,
        Action::Notes => return Some(Err(labels::REFUSE_NOTES.get(ui.lang).to_owned())),
        Action::Next if turned && ui.page.on() => {}
        Action::Back if turned && ui.page.back() => {}
        _ => return None,
    }
    Some(Ok(Vec::new()))
}

/// Moves the text of the lesson before the first step, if it is longer than its place. False: it is not.
pub fn scroll(ui: &mut Ui, action: Action, scene: &Scene) -> bool {
    if ui.presenting || !scene.at_start() || ui.scroll.last == 0 {
        return false;
    }
    match action {
        Action::Down => ui.scroll.on(),
        Action::Up => ui.scroll.back(),
        _ => return false,
    };
    true
}

/// Opens the teacher's notes.
pub fn notes(ui: &mut Ui, scene: &Scene) -> Answer {
    if labels::of(&scene.status.scenario.notes, ui.lang).is_empty() {
        return Err(labels::REFUSE_NO_NOTES.get(ui.lang).to_owned());
    }
    ui.overlay = Some(Overlay::Notes(Reach::default()));
    Ok(Vec::new())
}
