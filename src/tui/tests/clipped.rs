//! No text vanishes: whatever a view writes is on the screen, or an ellipsis or a count stands for it.

use ratatui::buffer::Buffer;

use super::Look;
use super::runs;
use super::views::{LANGS, SIZES, Stage, VIEWS};
use crate::kind::Lang;
use crate::tui::paint::{
    self,
    record::{self, Note},
};
use crate::tui::state::{At, Chosen};

/// What is missing of the notes on a frame: texts of which nothing was shown, and texts that another one
/// was written over. What lies under a window, or under what the last key could not do, is not missing; nor is the
/// lifeline of a sleeper.
fn missing(notes: &[Note], drawn: &Buffer) -> Vec<String> {
    let refusal = notes.iter().position(|note| matches!(note, Note::Put { x: 0, text, .. } if text.starts_with(" ! ")));
    let covered = |at: usize, row: u16| {
        let over = refusal.filter(|over| at < *over).and_then(|over| notes.get(over));
        matches!(over, Some(Note::Put { y, .. }) if *y <= row)
    };
    let window = notes.iter().position(|note| matches!(note, Note::Put { text, .. } if text == "┌")).unwrap_or(0);
    let mut out = Vec::new();
    for (at, note) in notes.iter().enumerate() {
        match note {
            Note::Lost(text) => out.push(format!("nothing is shown of {text:?}")),
            Note::Put { x, y, text, .. } if at >= window && !covered(at, *y) && text != "z" && record::says_something(text) => {
                let shown = shown(drawn, *x, *y, paint::width(text));
                if shown != *text {
                    out.push(format!("of {text:?} at {x},{y} there is {shown:?}"));
                }
            }
            Note::Put { .. } => {}
        }
    }
    out
}

/// So many cells of a frame as text.
fn shown(drawn: &Buffer, from: u16, y: u16, width: u16) -> String {
    let mut out = String::new();
    let mut x = from;
    while x < from + width {
        let symbol = drawn[(x, y)].symbol();
        out.push_str(symbol);
        x += paint::width(symbol).max(1);
    }
    out
}

#[track_caller]
fn check(what: &str, draw: impl FnOnce() -> Buffer) {
    let mut drawn = Buffer::default();
    let notes = record::of(|| drawn = draw());
    assert!(!notes.is_empty(), "nothing was drawn");
    let missing = missing(&notes, &drawn);
    assert!(missing.is_empty(), "{what}: {missing:#?}\n{}", super::text(&drawn));
}

/// Smaller than the screen is made for: what is shown there is cut visibly, too.
const SMALL: [(u16, u16); 9] = [(60, 20), (47, 16), (40, 12), (36, 10), (32, 12), (30, 8), (20, 6), (10, 3), (3, 1)];

/// Widths between the usual ones, odd ones among them.
fn sizes() -> impl Iterator<Item = (u16, u16)> {
    let odd = (81..200).step_by(7).map(|width| (width, 24 + width % 37));
    SIZES.into_iter().chain(SMALL).chain(odd)
}

#[test]
fn no_view_loses_text_at_any_size() {
    for view in VIEWS {
        for lang in LANGS {
            let stage: Stage = view.stage(lang);
            for (width, height) in sizes() {
                check(&format!("{} at {width}×{height} in {lang:?}", view.name), || stage.draw(width, height));
            }
        }
    }
}

#[test]
fn no_moment_of_any_run_loses_text() {
    for (name, source, events) in [
        ("queue", runs::QUEUE, runs::queue()),
        ("condition", runs::CONDITION, runs::condition()),
        ("event", runs::EVENT, runs::event()),
        ("pipe", runs::PIPE, runs::stuck()),
        ("gallery", super::gallery::SOURCE, super::gallery::events()),
    ] {
        for lang in LANGS {
            let mut look = Look::new(name, source, &events, lang);
            for rows in 0..=look.timeline.rows().len() {
                look.ui.at = At::Past(rows);
                for (width, height) in [(80, 24), (120, 40), (97, 31), (60, 20), (40, 12)] {
                    check(&format!("{name} after {rows} rows at {width}×{height} in {lang:?}"), || look.draw(width, height));
                }
            }
        }
    }
}

/// Whoever and whatever is chosen.
#[test]
fn no_choice_loses_text() {
    let mut look = Look::new("gallery", super::gallery::SOURCE, &super::gallery::events(), Lang::En);
    let choices: Vec<Chosen> = look.ui.sight.choices(look.timeline.head());
    for chosen in choices {
        look.ui.chosen = Some(chosen);
        for lang in LANGS {
            look.ui.lang = lang;
            for (width, height) in [(80, 24), (120, 40), (151, 45), (60, 20), (40, 12)] {
                check(&format!("{chosen:?} at {width}×{height} in {lang:?}"), || look.draw(width, height));
            }
        }
    }
}

/// The check itself sees what is written over and what is written nowhere.
#[test]
fn what_is_missing_is_seen() {
    use ratatui::layout::Rect;
    use ratatui::style::Style;
    let area = Rect::new(0, 0, 10, 1);
    let mut buf = Buffer::empty(area);
    let notes = record::of(|| {
        paint::put(&mut buf, area, 0, 0, "a long text that is cut", Style::new());
    });
    assert_eq!(missing(&notes, &buf), [] as [String; 0]);
    let notes = record::of(|| {
        paint::put(&mut buf, area, 0, 0, "abc", Style::new());
        paint::put(&mut buf, area, 2, 0, "d", Style::new());
        paint::put(&mut buf, area, 10, 0, "e", Style::new());
    });
    assert_eq!(missing(&notes, &buf), ["of \"abc\" at 0,0 there is \"abd\"", "nothing is shown of \"e\""]);
}
