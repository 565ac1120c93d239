//! The list of scenarios: name and title of each, and the lesson of the chosen one.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::tui::keys::Place;
use crate::tui::labels;
use crate::tui::library::Entry;
use crate::tui::paint;
use crate::tui::state::Ui;
use crate::tui::theme::Role;
use crate::tui::view::{below, footer, titled};

/// Draws the list over the whole area: the names, the chosen one's lesson, and the footer.
pub fn draw(buf: &mut Buffer, area: Rect, entries: &[Entry], ui: &Ui) {
    if area.is_empty() {
        return;
    }
    let x = paint::put(buf, area, area.x + 1, area.y, "ipcscope", ui.theme.style(Role::Done));
    paint::put(buf, area, x + 2, area.y, labels::CHOOSE_SCENARIO.get(ui.lang), ui.theme.style(Role::Text));
    if area.height < 2 {
        return;
    }
    let foot = Rect { y: area.bottom() - 1, height: 1, ..area };
    footer::draw(buf, foot, Place::List, None, ui);
    let (names, lesson) = split(body(area), entries.len() as u16);
    // Where not all of them fit, their number says so.
    let mut title = labels::SCENARIOS.get(ui.lang).to_owned();
    if entries.len() > names.height.saturating_sub(1) as usize {
        title = format!("{title} {}/{}", ui.listed + 1, entries.len());
    }
    let inner = titled(buf, names, &title, ui);
    if entries.is_empty() {
        paint::put(buf, inner, inner.x + 1, inner.y, labels::NO_SCENARIOS.get(ui.lang), ui.theme.style(Role::Faint));
        return;
    }
    let room = inner.height as usize;
    let first = first(ui, room);
    let wide = entries.iter().map(|entry| paint::width(&entry.name)).max().unwrap_or(0).min(24);
    for (at, entry) in entries.iter().enumerate().skip(first).take(room) {
        let y = inner.y + (at - first) as u16;
        let chosen = at == ui.listed;
        let name = ui.theme.style(if chosen { Role::Chosen } else { Role::Text });
        paint::put(buf, inner, inner.x + 1, y, if chosen { "►" } else { " " }, ui.theme.style(Role::Next));
        paint::put(buf, inner, inner.x + 3, y, &paint::clip(&entry.name, wide), name);
        let x = inner.x + 3 + wide;
        let role = if chosen { Role::Done } else { Role::Text };
        paint::put(buf, inner, x + 2, y, labels::of(&entry.title, ui.lang), ui.theme.style(role));
    }
    let Some(entry) = entries.get(ui.listed) else { return };
    if lesson.height < 2 {
        return;
    }
    let inner = titled(buf, lesson, labels::LESSON.get(ui.lang), ui);
    let text = paint::wrap(&paint::reflow(labels::of(&entry.intro, ui.lang)), inner.width.saturating_sub(2).min(100));
    for (at, line) in text.iter().take(inner.height as usize).enumerate() {
        let cut = at + 1 == inner.height as usize && text.len() > inner.height as usize;
        paint::put(buf, inner, inner.x + 1, inner.y + at as u16, if cut { "…" } else { line }, ui.theme.style(Role::Text));
    }
}

/// What lies between the first line and the last.
fn body(area: Rect) -> Rect {
    let area = below(area, 1);
    Rect { height: area.height.saturating_sub(1), ..area }
}

/// The first entry that is seen, so that the chosen one is.
fn first(ui: &Ui, room: usize) -> usize {
    (ui.listed + 1).saturating_sub(room.max(1))
}

/// The entry that lies at a place of the screen.
pub fn entry_at(area: Rect, entries: &[Entry], ui: &Ui, at: Position) -> Option<usize> {
    let (names, _) = split(body(area), entries.len() as u16);
    let inner = below(names, 1);
    let entry = inner.contains(at).then(|| first(ui, inner.height as usize) + usize::from(at.y - inner.y))?;
    (entry < entries.len()).then_some(entry)
}

/// The list's place and the lesson's: side by side where there is room, else below.
fn split(area: Rect, entries: u16) -> (Rect, Rect) {
    if area.width >= 110 {
        let left = area.width / 2;
        (Rect { width: left, ..area }, Rect { x: area.x + left + 1, width: area.width - left - 1, ..area })
    } else {
        let height = (entries + 2).min(area.height.saturating_sub(area.height / 3)).max(area.height.min(2));
        (Rect { height, ..area }, below(area, height))
    }
}
