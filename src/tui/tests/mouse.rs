//! Clicks and the wheel: what they choose, where they lead, and that they never make a run go on.

use super::{Look, bilingual, runs, text, user};
use crate::kind::Lang;
use crate::kind::process;
use crate::trace::{ActorId, Body, ObjectId};
use crate::tui::keys::Action;
use crate::tui::library::Entry;
use crate::tui::mouse::{Hit, hit, hit_list, wheel};
use crate::tui::state::{At, Chosen, Overlay, Reach, Ui};
use crate::tui::view;
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
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
fn every_line_of_the_objects_is_its_objects() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let look = look();
        let scene = look.scene(height);
        let area = Rect::new(0, 0, width, height);
        let panel = view::places(area, &scene, &look.ui).objects;
        let drawn = look.text(width, height);
        let mut under = None;
        for row in panel.top()..panel.bottom() {
            let line = drawn.lines().nth(row.into()).unwrap_or_default();
            let starts = |name: &str| line.starts_with(&format!("  {name} "));
            under = [("e", 1), ("a", 2)].into_iter().find(|(name, _)| starts(name)).map(|(_, id)| ObjectId(id)).or(under);
            let expected = under.filter(|_| row > panel.top() && !line.chars().take(8).all(|c| c == ' '));
            let found = hit(&event(CLICK, 8, row), &scene, &look.ui, area);
            if expected.is_some() || row == panel.top() {
                assert_eq!(found, expected.map(|id| Hit::Choose(Chosen::Object(id))), "{width}×{height}: {line}");
            }
        }
        assert_eq!(under, Some(ObjectId(2)), "{drawn}");
    }
}

#[test]
fn who_is_next_is_chosen_and_then_goes() {
    // A moment at which somebody can go while main waits.
    let events = runs::queue();
    let joins = events.iter().position(|event| matches!(&event.body, Body::Acted(acted) if acted.op == process::JOIN.id)).expect("a join");
    let rest = events[joins..].iter().position(|event| matches!(&event.body, Body::Rest(rest) if !rest.candidates.is_empty()));
    let mut look = Look::new("queue", runs::QUEUE, &events[..=joins + rest.expect("a rest")], Lang::En);
    let first = look.scene(40).world.rest.as_ref().and_then(|rest| rest.candidates.first().copied()).expect("somebody can go").actor;
    assert_eq!(on(&look, "can go", 2), Some(Hit::Choose(Chosen::Actor(first))));
    look.ui.chosen = Some(Chosen::Actor(first));
    assert_eq!(on(&look, "can go", 2), Some(Hit::Step));
    // Who waits is chosen, however often; and the past is only looked at.
    let waiting = on(&look, ": waiting", 2);
    let Some(Hit::Choose(chosen)) = waiting else { panic!("{waiting:?}") };
    look.ui.chosen = Some(chosen);
    assert_eq!(on(&look, ": waiting", 2), waiting);
    look.ui.chosen = Some(Chosen::Actor(first));
    look.ui.at = At::Past(look.timeline.rows_total());
    assert_eq!(on(&look, "can go", 2), Some(Hit::Choose(Chosen::Actor(first))));
}

#[test]
fn a_menu_does_what_is_clicked_and_closes_beside_it() {
    let mut look = look();
    look.ui.chosen = Some(Chosen::Actor(ActorId(3)));
    let scene = look.scene(40);
    look.act(Action::Signals);
    assert_eq!(on(&look, "terminate", 0), Some(Hit::Item(1)));
    assert_eq!(on(&look, "block 4703─", 5), None);
    assert_eq!(hit(&event(CLICK, 0, 0), &scene, &look.ui, AREA), Some(Hit::Beside));
    // What is being typed is not lost.
    look.ui.overlay = None;
    look.ui.chosen = Some(Chosen::Object(ObjectId(2)));
    look.act(Action::Act);
    look.act(Action::Act);
    assert!(matches!(look.ui.overlay, Some(Overlay::Prompt(_))));
    assert_eq!(hit(&event(CLICK, 0, 0), &scene, &look.ui, AREA), None);
}

#[test]
fn a_line_of_the_list_is_hit_where_it_is_seen() {
    let entry = |name: String| Entry { name, title: bilingual("a title", "标题"), intro: bilingual("words", "话") };
    let entries: Vec<Entry> = (0..40).map(|at| entry(format!("scenario-{at:02}"))).collect();
    for listed in [0, 5, 39] {
        let ui = Ui { listed, ..user(Lang::En) };
        for (width, height) in [(80, 24), (120, 40), (40, 9)] {
            let area = Rect::new(0, 0, width, height);
            let mut buf = Buffer::empty(area);
            view::scenarios(&mut buf, area, &entries, &ui);
            for (row, line) in text(&buf).lines().enumerate() {
                let found = hit_list(&event(CLICK, 4, row as u16), &entries, &ui, area);
                let seen = line.split_once("scenario-").and_then(|(_, rest)| rest[..2].parse().ok()).map(Hit::Entry);
                assert_eq!(found, seen, "{width}×{height}: {line}");
            }
        }
    }
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
    look.ui.overlay = Some(Overlay::Help(Reach::default()));
    assert_eq!(wheel(&down, Some(&scene), &look.ui), Some(Action::Down));
    assert_eq!(hit(&event(CLICK, 5, 5), &scene, &look.ui, AREA), Some(Hit::Beside));
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
            Some(Hit::More(right)) => {
                let place = view::places(Rect::new(0, 0, width, height), &scene, &look.ui).spacetime;
                let columns = view::columns::Columns::place(&scene, &look.ui, place.x, place.width);
                let (lanes, things) = (columns.lanes, columns.things);
                let more = if right { lanes.after + things.after } else { lanes.before + things.before };
                prop_assert!(more > 0, "nothing is out of sight there");
            }
            Some(Hit::Step | Hit::Beside | Hit::Item(_) | Hit::Entry(_)) => prop_assert!(false, "there is no window, and nobody is chosen"),
            None => {}
        }
    }
}

/// The marks of what is out of sight lead there, as the keys do, and end at the last lane.
#[test]
fn a_click_on_the_mark_of_what_is_out_of_sight_goes_there() {
    let mut look = super::lanes::crowd(12, 6);
    let area = Rect::new(0, 0, 120, 40);
    let clicked = |look: &Look, text: &str| {
        let drawn = look.text(area.width, area.height);
        let heading = drawn.lines().nth(1).unwrap_or_default();
        let column = super::paint::width(&heading[..heading.find(text)?]);
        hit(&event(CLICK, column, 1), &look.scene(area.height), &look.ui, area)
    };
    look.ui.at = At::Past(7);
    look.settle(area.width, area.height);
    let heading = look.text(area.width, area.height).lines().nth(1).unwrap_or_default().to_owned();
    assert!(heading.contains('►'), "{heading}");
    assert_eq!(clicked(&look, "►"), Some(Hit::More(true)), "{heading}");
    for _ in 0..20 {
        look.act(Action::ScrollRight);
        look.settle(area.width, area.height);
    }
    let heading = look.text(area.width, area.height).lines().nth(1).unwrap_or_default().to_owned();
    assert!(heading.contains("◄") && !heading.ends_with('►'), "{heading}");
    assert_eq!(clicked(&look, "◄"), Some(Hit::More(false)), "{heading}");
    // The name beside the mark is still the object's.
    let first = heading.find("o5").map(|_| "o5");
    assert!(matches!(clicked(&look, first.unwrap_or("o")), Some(Hit::Choose(Chosen::Object(_)))), "{heading}");
}
