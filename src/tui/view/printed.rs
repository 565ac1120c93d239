//! What the scenario printed, with time and process.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::text::name::seconds_to_the_step;
use crate::tui::labels;
use crate::tui::narrate;
use crate::tui::paint;
use crate::tui::scene::Scene;
use crate::tui::state::Ui;
use crate::tui::theme::Role;
use crate::tui::view::titled;

/// Draws the newest lines, and counts those before them. In less than two lines it draws nothing.
pub fn draw(buf: &mut Buffer, area: Rect, scene: &Scene, ui: &Ui) {
    if area.height < 2 {
        return;
    }
    let inner = titled(buf, area, labels::PRINTED.get(ui.lang), ui);
    if scene.printed.is_empty() {
        paint::put(buf, inner, inner.x + 1, inner.y, labels::NOTHING_PRINTED.get(ui.lang), ui.theme.style(Role::Faint));
        return;
    }
    let names = scene.printed.iter().map(|line| paint::width(&narrate::actor(&scene.head, line.actor, ui.lang))).max().unwrap_or(0).min(12);
    let room = inner.height as usize;
    let hidden_here = scene.printed.len().saturating_sub(room);
    let hidden = scene.printed_before + hidden_here;
    for (at, line) in scene.printed.iter().skip(hidden_here).enumerate() {
        let y = inner.y + at as u16;
        let new = scene.rows.last().is_some_and(|row| row.event == line.event);
        if at == 0 && hidden > 0 {
            let more = labels::more_lines(hidden + 1, ui.lang);
            paint::put(buf, inner, inner.x + 1, y, &more, ui.theme.style(Role::Faint));
            continue;
        }
        let x = paint::put(buf, inner, inner.x + 1, y, &format!("{:>6}", seconds_to_the_step(line.time)), ui.theme.style(Role::Faint));
        let name = paint::pad(&narrate::actor(&scene.head, line.actor, ui.lang), names);
        let x = paint::put(buf, inner, x + 1, y, &name, ui.theme.style(Role::Faint));
        let role = match (line.error, new) {
            (true, _) => Role::Bad,
            (false, true) => Role::Done,
            (false, false) => Role::Text,
        };
        let text = paint::clip_middle(&line.text, inner.right().saturating_sub(x + 2));
        paint::put(buf, inner, x + 2, y, &text, ui.theme.style(role));
    }
}
