//! What an action gives: effects, or the sentence that says why not; and what many actions ask first.
//!
//! `update` and whatever it calls stand on this; it knows none of them.

use crate::kind::Lang;
use crate::trace::Phase;

use super::keys::Action;
use super::labels;
use super::scene::Scene;
use super::source::{Intent, SourceKind};
use super::state::{At, Overlay, Reach, Ui};

/// What follows from an action, beyond the settings.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Tell(Intent),
    Quit,
    /// Back to the list of scenarios.
    ToList,
    /// To the next step of the followed message, or to the one before.
    Follow(bool),
    /// To the point after this step.
    GoTo(u64),
    /// Open the scenario at this place of the list.
    Open(usize),
    /// Leave the terminal to an editor for a while.
    Edit,
}

/// What an action gives, or the sentence that says why not.
pub type Answer = Result<Vec<Effect>, String>;

/// What an action does on every screen.
pub(super) fn everywhere(ui: &mut Ui, action: Action) {
    match action {
        Action::Help => ui.overlay = Some(Overlay::Help(Reach::default())),
        Action::Language => {
            ui.lang = match ui.lang {
                Lang::En => Lang::Zh,
                Lang::Zh => Lang::En,
            };
        }
        Action::Theme => ui.theme = ui.theme.next(),
        _ => {}
    }
}

/// To ask the run for something.
pub(super) fn tell(intent: Intent) -> Answer {
    Ok(vec![Effect::Tell(intent)])
}

/// Shows the point after so many rows.
pub fn go_to(ui: &mut Ui, scene: &Scene, rows: usize) -> Vec<Effect> {
    show_point(ui, scene, rows);
    pause_if_running(scene)
}

/// The same of a run that stands still.
pub fn show_point(ui: &mut Ui, scene: &Scene, rows: usize) {
    ui.at = if rows >= scene.rows_total { At::Now } else { At::Past(rows) };
}

/// Stops a run that goes by itself.
pub(super) fn pause_if_running(scene: &Scene) -> Vec<Effect> {
    if scene.status.phase == Phase::Running { vec![Effect::Tell(Intent::Pause)] } else { Vec::new() }
}

/// In the past nothing can be done, and a recording cannot be acted upon at all.
pub(super) fn must_be_now(ui: &Ui, scene: &Scene) -> Result<(), String> {
    if ui.at != At::Now {
        return Err(labels::REFUSE_PAST.get(ui.lang).to_owned());
    }
    if scene.status.kind == SourceKind::Recorded {
        return Err(labels::REFUSE_RECORDED.get(ui.lang).to_owned());
    }
    Ok(())
}
