//! Columns stand straight: a lane begins in the same cell in every row, no wide character lies across an
//! edge, and boxes close.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::views::{LANGS, Stage, VIEWS};
use super::{gallery, runs};
use crate::kind::Lang;
use crate::trace::Event;
use crate::tui::paint::{
    self,
    record::{self, Note},
};
use crate::tui::state::At;
use crate::tui::view::{self, columns::Columns};

const SIZES: [(u16, u16); 6] = [(80, 24), (81, 25), (97, 30), (120, 40), (143, 45), (200, 60)];

/// The cells that a text may not lie across, left of each: the first of a lane or of an object's column.
fn edges(stage: &Stage, area: Rect) -> (Rect, Vec<u16>) {
    let (scene, ui) = stage.frame(area);
    let places = view::places(area, &scene, &ui);
    let columns = Columns::place(&scene, &ui, places.spacetime.x, places.spacetime.width);
    let mut edges: Vec<u16> =
        columns.lanes.shown.iter().map(|lane| lane.x).chain(columns.things.shown.iter().map(|thing| thing.x)).collect();
    edges.sort_unstable();
    (places.spacetime, edges)
}

/// Wide characters that lie across an edge, or whose second cell holds something else.
fn torn(drawn: &Buffer, panels: &[Rect]) -> Vec<String> {
    let area = *drawn.area();
    let mut out = Vec::new();
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            let symbol = drawn[(x, y)].symbol();
            if paint::width(symbol) < 2 {
                continue;
            }
            let second = (x + 1 < area.right()).then(|| drawn[(x + 1, y)].symbol());
            if second.is_none_or(|second| !second.trim().is_empty()) {
                out.push(format!("{symbol} at {x},{y} is torn by {second:?}"));
            }
            if panels.iter().any(|panel| panel.contains((x, y).into()) && !panel.contains((x + 1, y).into())) {
                out.push(format!("{symbol} at {x},{y} stands out of its panel"));
            }
        }
    }
    out
}

/// Corners of boxes without the edges that belong to them.
fn open(drawn: &Buffer) -> Vec<String> {
    let area = *drawn.area();
    let at = |x: u16, y: u16| if area.contains((x, y).into()) { drawn[(x, y)].symbol() } else { "" };
    let mut out = Vec::new();
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            let (down, right) = match at(x, y) {
                "┌" => (&["│"][..], &["─"][..]),
                "┬" => (&["│"][..], &["─"][..]),
                "┐" => (&["│"][..], &[][..]),
                _ => continue,
            };
            let below = (y + 1..area.bottom()).map(|y| at(x, y)).find(|symbol| *symbol != "│").unwrap_or("");
            let closes = match at(x, y) {
                "┌" => "└├",
                "┬" => "┴┼",
                _ => "┘┤",
            };
            if !down.contains(&at(x, y + 1)) || below.is_empty() || !closes.contains(below) {
                out.push(format!("{} at {x},{y} is open below", at(x, y)));
            }
            // A window's title stands in its upper edge.
            if !right.is_empty() && !right.contains(&at(x + 1, y)) {
                out.push(format!("{} at {x},{y} is open at its right", at(x, y)));
            }
        }
    }
    out
}

fn check(what: &str, stage: &Stage, (width, height): (u16, u16)) {
    let area = Rect::new(0, 0, width, height);
    let mut drawn = Buffer::default();
    let notes = record::of(|| drawn = stage.draw(width, height));
    let mut wrong = Vec::new();
    if stage.is_run() && stage.look.ui.overlay.is_none() {
        let (scene, ui) = stage.frame(area);
        let places = view::places(area, &scene, &ui);
        wrong.extend(torn(&drawn, &[places.spacetime, places.objects, places.code, places.printed, places.next, places.tries]));
        if !scene.at_start() {
            let (panel, edges) = edges(stage, area);
            wrong.extend(across(&notes, panel, &edges));
        }
    } else {
        wrong.extend(torn(&drawn, &[]));
    }
    if stage.look.ui.overlay.is_none() {
        wrong.extend(open(&drawn));
    }
    assert!(wrong.is_empty(), "{what} at {width}×{height}: {wrong:#?}\n{}", super::text(&drawn));
}

/// Texts in the space-time picture that begin between two columns' edges but not at one, beside those
/// that belong there: step numbers, arrows, what time passed, and what is told at the side.
fn across(notes: &[Note], panel: Rect, edges: &[u16]) -> Vec<String> {
    let mut out = Vec::new();
    let Some(first) = edges.first() else { return out };
    for note in notes {
        let Note::Put { x, y, text, area, .. } = note else { continue };
        let inside = panel.contains((*x, *y).into()) && area.x == panel.x && area.right() == panel.right();
        let own = !inside || x < first || !record::says_something(text) || edges.contains(x);
        let told = text.starts_with("··· ") || text.ends_with('►') || text.starts_with(' ');
        if !own && !told {
            out.push(format!("{text:?} at {x},{y} begins at no column's edge {edges:?}"));
        }
    }
    out
}

#[test]
fn every_view_stands_straight() {
    for view in VIEWS {
        for lang in LANGS {
            let stage = view.stage(lang);
            for size in SIZES {
                check(view.name, &stage, size);
            }
        }
    }
}

#[test]
fn every_moment_stands_straight() {
    let all: [(&str, &str, Vec<Event>); 5] = [
        ("queue", runs::QUEUE, runs::queue()),
        ("condition", runs::CONDITION, runs::condition()),
        ("event", runs::EVENT, runs::event()),
        ("pipe", runs::PIPE, runs::stuck()),
        ("gallery", gallery::SOURCE, gallery::events()),
    ];
    for (name, source, events) in all {
        let mut stage = Stage::new(name, source, &events, Lang::Zh);
        for rows in 0..=stage.look.timeline.rows().len() {
            stage.look.ui.at = At::Past(rows);
            for size in [(80, 24), (120, 40), (143, 45)] {
                check(&format!("{name} after {rows} rows"), &stage, size);
            }
        }
    }
}

/// The check itself sees what is torn and what is open.
#[test]
fn what_is_not_straight_is_seen() {
    use ratatui::style::Style;
    let area = Rect::new(0, 0, 8, 3);
    let mut buf = Buffer::empty(area);
    paint::put(&mut buf, area, 0, 0, "┌─┐ 你", Style::new());
    paint::put(&mut buf, area, 0, 1, "│ │", Style::new());
    paint::put(&mut buf, area, 0, 2, "└─┘", Style::new());
    assert_eq!((torn(&buf, &[]), open(&buf)), (vec![], vec![]));
    assert_eq!(torn(&buf, &[Rect::new(0, 0, 5, 3)]), ["你 at 4,0 stands out of its panel"]);
    buf[(5, 0)].set_symbol("x");
    assert_eq!(torn(&buf, &[]), ["你 at 4,0 is torn by Some(\"x\")"]);
    buf[(2, 2)].set_symbol(" ");
    assert_eq!(open(&buf), ["┐ at 2,0 is open below"]);
    let note = |x, text: &str| Note::Put { x, y: 1, text: text.to_owned(), style: Style::new(), area };
    assert_eq!(across(&[note(3, "put"), note(5, "get")], area, &[2, 5]).len(), 1);
}
