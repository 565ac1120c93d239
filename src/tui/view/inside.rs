//! Inside: what the kernel says of the chosen process or object, beside what is drawn; where the two
//! differ, a word says so.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::labels;
use crate::tui::paint;
use crate::tui::scene::Scene;
use crate::tui::source::InsideFact;
use crate::tui::state::Ui;
use crate::tui::theme::Role;
use crate::tui::view::titled;

pub fn wanted(scene: &Scene) -> u16 {
    scene.inside.as_ref().map_or(1, |(_, facts)| facts.len().min(20) as u16 + 1)
}

pub fn draw(buf: &mut Buffer, area: Rect, scene: &Scene, ui: &Ui) {
    if area.height < 2 {
        return;
    }
    let title = match &scene.inside {
        Some((name, _)) => format!("{} {name}", labels::INSIDE.get(ui.lang)),
        None => labels::INSIDE.get(ui.lang).to_owned(),
    };
    let inner = titled(buf, area, &title, ui);
    let facts = scene.inside.as_ref().map(|(_, facts)| facts.as_slice()).unwrap_or_default();
    if facts.is_empty() {
        paint::put(buf, inner, inner.x + 1, inner.y, labels::INSIDE_NOTHING.get(ui.lang), ui.theme.style(Role::Faint));
        return;
    }
    let names = facts.iter().map(|fact| paint::width(fact.what.get(ui.lang))).max().unwrap_or(0).min(inner.width / 3);
    // What is drawn is short mostly; the rest is the kernel's.
    let room = inner.width.saturating_sub(names + 6);
    let texts = facts.iter().map(|fact| drawn_text(fact, ui)).chain([labels::INSIDE_DRAWN.get(ui.lang).to_owned()]);
    let column = room - texts.map(|text| paint::width(&text)).max().unwrap_or(0).min(room / 2);
    let (kernel, drawn) = (inner.x + 3 + names, inner.x + 4 + names + column);
    paint::put(buf, inner, kernel, inner.y, &paint::clip(labels::INSIDE_KERNEL.get(ui.lang), column), ui.theme.style(Role::Faint));
    paint::put(buf, inner, drawn, inner.y, labels::INSIDE_DRAWN.get(ui.lang), ui.theme.style(Role::Faint));
    let room = inner.height.saturating_sub(1) as usize;
    for (at, fact) in facts.iter().take(room).enumerate() {
        let y = inner.y + 1 + at as u16;
        if at + 1 == room && facts.len() > room {
            let more = labels::more_lines(facts.len() - at, ui.lang);
            paint::put(buf, inner, inner.x + 1, y, &more, ui.theme.style(Role::Faint));
            break;
        }
        let role = if fact.agrees { Role::Text } else { Role::Bad };
        paint::put(buf, inner, inner.x + 1, y, &paint::clip(fact.what.get(ui.lang), names), ui.theme.style(Role::Faint));
        let shown = if fact.drawn.is_empty() { fact.kernel.clone() } else { paint::clip(&fact.kernel, column) };
        paint::put(buf, inner, kernel, y, &shown, ui.theme.style(role));
        let drawn_text = drawn_text(fact, ui);
        if !drawn_text.is_empty() {
            paint::put(buf, inner, drawn, y, &drawn_text, ui.theme.style(role));
        }
    }
}

/// What is drawn of a fact, and that it differs where it does.
fn drawn_text(fact: &InsideFact, ui: &Ui) -> String {
    if fact.agrees { fact.drawn.clone() } else { format!("{} · {}", fact.drawn, labels::INSIDE_DIFFERS.get(ui.lang)) }
}
