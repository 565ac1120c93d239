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

/// How many lines a panel of this width needs for all of it.
pub fn wanted(scene: &Scene, ui: &Ui, width: u16) -> u16 {
    let facts = facts(scene);
    let columns = Columns::of(facts, Rect { width, ..Rect::ZERO }, ui);
    1 + facts.iter().map(|fact| columns.height(fact, ui)).sum::<usize>().clamp(1, 20) as u16
}

/// Draws what the kernel says beside what is drawn. In less than two lines it draws nothing.
pub fn draw(buf: &mut Buffer, area: Rect, scene: &Scene, ui: &Ui) {
    if area.height < 2 {
        return;
    }
    let title = match &scene.inside {
        Some((name, _)) => format!("{} {name}", labels::INSIDE.get(ui.lang)),
        None => labels::INSIDE.get(ui.lang).to_owned(),
    };
    let inner = titled(buf, area, &title, ui);
    let facts = facts(scene);
    if facts.is_empty() {
        paint::put(buf, inner, inner.x + 1, inner.y, labels::INSIDE_NOTHING.get(ui.lang), ui.theme.style(Role::Faint));
        return;
    }
    let columns = Columns::of(facts, inner, ui);
    let head = [(columns.kernel, labels::INSIDE_KERNEL), (columns.drawn, labels::INSIDE_DRAWN)];
    for ((x, room), words) in head {
        paint::put(buf, inner, x, inner.y, &paint::clip(words.get(ui.lang), room), ui.theme.style(Role::Faint));
    }
    let room = inner.height.saturating_sub(1) as usize;
    if room == 0 {
        return;
    }
    let shown = if facts.len() > room { room - 1 } else { facts.len() };
    // Each has a line; those that need more get of what is left, the upper ones first.
    let mut spare = room - shown - usize::from(facts.len() > room);
    let mut y = inner.y + 1;
    for fact in &facts[..shown] {
        let height = columns.height(fact, ui).min(1 + spare);
        spare -= height - 1;
        let role = if fact.agrees { Role::Text } else { Role::Bad };
        for ((x, room, text), role) in columns.cells(fact, ui).into_iter().zip([Role::Faint, role, role]) {
            for (at, line) in cell(&text, room, height).iter().enumerate() {
                paint::put(buf, inner, x, y + at as u16, line, ui.theme.style(role));
            }
        }
        y += height as u16;
    }
    if facts.len() > shown {
        let more = labels::more_lines(facts.len() - shown, ui.lang);
        paint::put(buf, inner, inner.x + 1, y, &more, ui.theme.style(Role::Faint));
    }
}

fn facts(scene: &Scene) -> &[InsideFact] {
    scene.inside.as_ref().map(|(_, facts)| facts.as_slice()).unwrap_or_default()
}

/// Where the columns begin, and how wide they are.
struct Columns {
    what: (u16, u16),
    kernel: (u16, u16),
    drawn: (u16, u16),
}

impl Columns {
    fn of(facts: &[InsideFact], inner: Rect, ui: &Ui) -> Columns {
        let names = facts.iter().map(|fact| paint::width(fact.what.get(ui.lang))).max().unwrap_or(0).min(inner.width / 3);
        // What is drawn is short mostly; the rest is the kernel's.
        let room = inner.width.saturating_sub(names + 6);
        let texts = facts.iter().map(|fact| drawn_text(fact, ui)).chain([labels::INSIDE_DRAWN.get(ui.lang).to_owned()]);
        let column = room - texts.map(|text| paint::width(&text)).max().unwrap_or(0).min(room / 2);
        let (kernel, drawn) = (inner.x + 3 + names, inner.x + 4 + names + column);
        Columns { what: (inner.x + 1, names), kernel: (kernel, column), drawn: (drawn, inner.right().saturating_sub(drawn)) }
    }

    /// Each column's place, width and text. Where nothing is drawn, the kernel has that place too.
    fn cells(&self, fact: &InsideFact, ui: &Ui) -> [(u16, u16, String); 3] {
        let drawn_text = drawn_text(fact, ui);
        let kernel = if drawn_text.is_empty() { (self.drawn.0 + self.drawn.1).saturating_sub(self.kernel.0) } else { self.kernel.1 };
        let what = fact.what.get(ui.lang).to_owned();
        [(self.what.0, self.what.1, what), (self.kernel.0, kernel, fact.kernel.clone()), (self.drawn.0, self.drawn.1, drawn_text)]
    }

    /// How many lines a fact needs: at least one.
    fn height(&self, fact: &InsideFact, ui: &Ui) -> usize {
        let cells = self.cells(fact, ui);
        let lines = cells.iter().filter(|(_, room, _)| *room > 0).map(|(_, room, text)| paint::wrap(text, *room).len());
        lines.max().unwrap_or(1).max(1)
    }
}

/// A text in so many lines of a column; what does not fit is shortened at the end of the last.
fn cell(text: &str, room: u16, height: usize) -> Vec<String> {
    let mut lines = paint::wrap(text, room);
    if lines.len() > height {
        let rest = lines.split_off(height.saturating_sub(1)).join(" ");
        lines.push(paint::clip(&rest, room));
    }
    lines
}

/// What is drawn of a fact, and that it differs where it does.
fn drawn_text(fact: &InsideFact, ui: &Ui) -> String {
    if fact.agrees { fact.drawn.clone() } else { format!("{} · {}", fact.drawn, labels::INSIDE_DIFFERS.get(ui.lang)) }
}
