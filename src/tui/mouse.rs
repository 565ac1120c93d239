//! What a click meant: a lane, an object, the mark of what is out of sight, who is next, a step, a place on the bar of the whole run, a line of
//! a menu or of the list.
//!
//! Nothing can be done with the mouse alone, and a wheel never makes the run go on: it only walks
//! through what has happened. A first click chooses; a second one on the same does what Enter or `s` would.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::keys::Action;
use super::library::Entry;
use super::scene::Scene;
use super::state::{At, Chosen, Overlay, Ui};
use super::view::overlay::{OnMenu, on_menu};
use super::view::{self, columns::Columns, heading, list, next, objects, runbar, spacetime, tiny};

/// What lies under the pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    Choose(Chosen),
    /// Who is chosen already and could go: a step of it.
    Step,
    /// The mark of what is out of sight: on the right side, or on the left.
    More(bool),
    /// The point after so many rows.
    Point(usize),
    /// A line of the open menu.
    Item(usize),
    /// Beside the open window.
    Beside,
    /// A line of the list of scenarios.
    Entry(usize),
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

/// Where a click was; none for other events.
fn click(event: &MouseEvent) -> Option<Position> {
    (event.kind == MouseEventKind::Down(MouseButton::Left)).then_some(Position::new(event.column, event.row))
}

/// What a click hits while a window is open. What is being typed is not lost by a click beside it.
fn window(at: Position, overlay: &Overlay, area: Rect) -> Option<Hit> {
    match overlay {
        Overlay::Menu(menu) => match on_menu(area, menu, at) {
            OnMenu::Item(item) => Some(Hit::Item(item)),
            OnMenu::Window => None,
            OnMenu::Outside => Some(Hit::Beside),
        },
        Overlay::Help(_) | Overlay::Text(..) | Overlay::Notes(_) | Overlay::Why(_) => Some(Hit::Beside),
        Overlay::Prompt(_) | Overlay::Filter => None,
    }
}

/// What a click hits on the list of scenarios.
pub fn hit_list(event: &MouseEvent, entries: &[Entry], ui: &Ui, area: Rect) -> Option<Hit> {
    let at = click(event).filter(|_| !tiny::suits(area))?;
    match &ui.overlay {
        Some(overlay) => window(at, overlay, area),
        None => list::entry_at(area, entries, ui, at).map(Hit::Entry),
    }
}

/// What a click hits on the screen of a run.
pub fn hit(event: &MouseEvent, scene: &Scene, ui: &Ui, area: Rect) -> Option<Hit> {
    let at = click(event).filter(|_| !tiny::suits(area))?;
    if let Some(overlay) = &ui.overlay {
        return window(at, overlay, area);
    }
    let places = view::places(area, scene, ui);
    if places.runbar.contains(at) {
        return runbar::rows_at(places.runbar, scene, at.x).map(Hit::Point);
    }
    if places.next.contains(at) {
        let actor = next::actor_at(places.next, scene, ui, at.y)?;
        let can_go = scene.world.rest.as_ref().is_some_and(|rest| rest.candidates.iter().any(|one| one.actor == actor));
        let chosen = ui.chosen == Some(Chosen::Actor(actor));
        return Some(if chosen && can_go && ui.at == At::Now { Hit::Step } else { Hit::Choose(Chosen::Actor(actor)) });
    }
    if places.objects.contains(at) {
        return objects::object_at(places.objects, scene, ui, at.y).map(|id| Hit::Choose(Chosen::Object(id)));
    }
    if !places.spacetime.contains(at) || scene.at_start() {
        return None;
    }
    let columns = Columns::place(scene, ui, places.spacetime.x, places.spacetime.width);
    if at.y == places.spacetime.y
        && let Some(right) = heading::more_at(places.spacetime, &columns, scene, ui, at.x)
    {
        return Some(Hit::More(right));
    }
    let inside = |x: u16, width: u16| (x..x + width).contains(&at.x);
    let thing = columns.things.shown.iter().find(|thing| inside(thing.x, thing.width)).map(|thing| Chosen::Object(thing.id));
    let lane = columns.lanes.shown.iter().find(|lane| inside(lane.x, lane.width)).map(|lane| Chosen::Actor(lane.id));
    match thing.or(lane) {
        Some(chosen) => Some(Hit::Choose(chosen)),
        None if at.x < places.spacetime.x + columns.digits + 3 => spacetime::rows_at(places.spacetime, scene, at.y).map(Hit::Point),
        None => None,
    }
}
