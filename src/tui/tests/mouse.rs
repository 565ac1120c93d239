//! Clicks and the wheel: what they choose, where they lead, and that they never make a run go on.

use super::{Look, runs};
use crate::kind::Lang;
use crate::trace::{ActorId, ObjectId};
use crate::tui::keys::Action;
use crate::tui::mouse::{Hit, hit, wheel};
use crate::tui::state::{At, Chosen, Overlay};
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use ratatui::layout::Rect;

const AREA: Rect = Rect { x: 0, y: 0, width: 120, height: 40 };
const CLICK: MouseEventKind = MouseEventKind::Down(MouseButton::Left);

fn event(kind: MouseEventKind, column: u16, row: u16) -> MouseEvent {
    MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }
}

fn look() -> Look {
    Look::new("event", runs::EVENT, &runs::event(), Lang::En)
}

/// What a click hits on the first cell of a word, in one line of the screen or anywhere below it.
fn on(look: &Look, word: &str, from: u16) -> Option<Hit> {
    let drawn = look.text(AREA.width, AREA.height);
    let (row, line) = drawn.lines().enumerate().skip(from as usize).find(|(_, line)| line.contains(word))?;
    let column = super::paint::width(&line[..line.find(word)?]);
    hit(&event(CLICK, column, row as u16), &look.scene(AREA.height), &look.ui, AREA)
}

#[test]
fn a_click_chooses_what_it_hits() {
    let look = look();
    assert_eq!(on(&look, "block 4703", 1), Some(Hit::Choose(Chosen::Actor(ActorId(3)))));
    let queue = Look::new("queue", runs::QUEUE, &runs::queue()[..30], Lang::En);
    assert_eq!(on(&queue, "q Queue", 1), Some(Hit::Choose(Chosen::Object(ObjectId(1)))));
    assert_eq!(on(&look, "objects", 2), None);
    // A step's number leads to that step.
    assert_eq!(on(&look, "4  │", 2), Some(Hit::Point(4)));
}

#[test]
fn the_bar_is_the_whole_run() {
    let look = look();
    let rows = look.timeline.rows().len();
    assert_eq!(on(&look, "─", 38), Some(Hit::Point(0)));
    assert_eq!(on(&look, "●┤", 38), Some(Hit::Point(rows)));
}

#[test]
fn the_wheel_walks_through_what_has_happened_only() {
    let mut look = look();
    let scene = look.scene(40);
    let (up, down) = (event(MouseEventKind::ScrollUp, 5, 5), event(MouseEventKind::ScrollDown, 5, 5));
    assert_eq!(wheel(&up, Some(&scene), &look.ui), Some(Action::Back));
    assert_eq!(wheel(&down, Some(&scene), &look.ui), None);
    look.ui.at = At::Past(3);
    assert_eq!(wheel(&down, Some(&scene), &look.ui), Some(Action::Next));
    look.ui.overlay = Some(Overlay::Help(0));
    assert_eq!(wheel(&down, Some(&scene), &look.ui), Some(Action::Down));
    assert_eq!(hit(&event(CLICK, 5, 5), &scene, &look.ui, AREA), None);
}

proptest! {
    /// Wherever it is clicked, at whatever size and moment: it means something possible or nothing.
    #[test]
    fn no_click_breaks_the_screen(column in 0u16..200, row in 0u16..80, width in 1u16..140, height in 1u16..50, at in 0usize..14) {
        let mut look = look();
        look.ui.at = At::Past(at);
        let scene = look.scene(height);
        match hit(&event(CLICK, column, row), &scene, &look.ui, Rect::new(0, 0, width, height)) {
            Some(Hit::Point(rows)) => prop_assert!(rows <= scene.rows_total),
            Some(Hit::Choose(Chosen::Actor(id))) => prop_assert!(scene.head.actor(id).is_some()),
            Some(Hit::Choose(Chosen::Object(id))) => prop_assert!(scene.head.object(id).is_some()),
            None => {}
        }
    }
}
