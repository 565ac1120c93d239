//! What a click meant: a lane, an object's column, a step, a place on the bar of the whole run.
//!
//! Nothing can be done with the mouse alone, and a wheel never makes the run go on: it only walks
//! through what has happened.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::keys::Action;
use super::scene::Scene;
use super::state::{At, Chosen, Ui};
use super::view::{self, columns::Columns, runbar, spacetime};

/// What lies under the pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    Choose(Chosen),
    /// The point after so many rows.
    Point(usize),
}

/// The action that turning the wheel stands for; none for other events.
pub fn wheel(event: &MouseEvent, scene: Option<&Scene>, ui: &Ui) -> Option<Action> {
    // A window, the list and a long lesson go line by line, a run step by step.
    let lesson = scene.is_some_and(|scene| scene.at_start()) && !ui.presenting && ui.scroll.last > 0;
    let lines = ui.overlay.is_some() || scene.is_none() || (lesson && ui.at == At::Now);
    match event.kind {
        MouseEventKind::ScrollUp if lines => Some(Action::Up),
        MouseEventKind::ScrollDown if lines => Some(Action::Down),
        MouseEventKind::ScrollUp if scene.is_some_and(|scene| scene.rows_shown > scene.rows_before) => Some(Action::Back),
        MouseEventKind::ScrollDown if ui.at != At::Now => Some(Action::Next),
        _ => None,
    }
}

/// What a click hits on the screen of a run.
pub fn hit(event: &MouseEvent, scene: &Scene, ui: &Ui, area: Rect) -> Option<Hit> {
    if event.kind != MouseEventKind::Down(MouseButton::Left) || ui.overlay.is_some() {
        return None;
    }
    let places = view::places(area, scene, ui);
    let at = Position::new(event.column, event.row);
    if places.runbar.contains(at) {
        return runbar::rows_at(places.runbar, scene, at.x).map(Hit::Point);
    }
    if !places.spacetime.contains(at) || scene.at_start() {
        return None;
    }
    let columns = Columns::place(scene, ui, places.spacetime.x, places.spacetime.width);
    let inside = |x: u16, width: u16| (x..x + width).contains(&at.x);
    let thing = columns.things.shown.iter().find(|thing| inside(thing.x, thing.width)).map(|thing| Chosen::Object(thing.id));
    let lane = columns.lanes.shown.iter().find(|lane| inside(lane.x, lane.width)).map(|lane| Chosen::Actor(lane.id));
    match thing.or(lane) {
        Some(chosen) => Some(Hit::Choose(chosen)),
        None if at.x < places.spacetime.x + columns.digits + 3 => spacetime::rows_at(places.spacetime, scene, at.y).map(Hit::Point),
        None => None,
    }
}
