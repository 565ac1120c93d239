//! The whole run in one line: where the shown point lies in it, what the user has marked, and what
//! stands out by itself.
//!
//! ```text
//! ├───────◆────✝──────●······!···┤
//! ```
//!
//! Where several fall on one cell, the shown point goes before a mark, and a mark before the run's own signs.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::paint;
use crate::tui::scene::Scene;
use crate::tui::state::{At, Ui};
use crate::tui::theme::Role;
use crate::world::Sign;

/// The point of the run that lies under a column of the bar, in rows.
pub fn rows_at(area: Rect, scene: &Scene, x: u16) -> Option<usize> {
    let cell = x.checked_sub(area.x + 1)?;
    let last = area.width.checked_sub(3).filter(|last| cell <= *last)?;
    let kept = scene.rows_total - scene.rows_before;
    Some(scene.rows_before + kept * usize::from(cell) / usize::from(last.max(1)))
}

/// The cell of the bar that a point lies in.
fn cell_of(scene: &Scene, rows: usize, cells: u16) -> Option<u16> {
    let from_start = rows.checked_sub(scene.rows_before)?;
    let kept = (scene.rows_total - scene.rows_before).max(1);
    let last = usize::from(cells.saturating_sub(1));
    Some((from_start * last / kept).min(last) as u16)
}

/// Draws the bar in the area's first line. In less than four cells it draws nothing.
pub fn draw(buf: &mut Buffer, area: Rect, scene: &Scene, ui: &Ui) {
    if area.is_empty() || area.width < 4 {
        return;
    }
    let cells = area.width - 2;
    // A live run's end is open: it fills the bar as it goes, and the bar is full only when it is looked back on.
    let at = cell_of(scene, scene.rows_shown, cells).unwrap_or(0);
    let mut put = |x: u16, glyph: &str, role: Role| {
        paint::put(buf, area, x, area.y, glyph, ui.theme.style(role));
    };
    // What came before is not kept any more.
    put(area.x, if scene.begins_late { "…" } else { "├" }, Role::Line);
    for cell in 0..cells {
        put(area.x + 1 + cell, if cell < at { "─" } else { "·" }, Role::Line);
    }
    put(area.right() - 1, "┤", Role::Line);
    // A good end gives way to a bad one, and both to what the user has marked.
    let mut signs: Vec<(usize, &str, Role)> = scene.landmarks.iter().map(|mark| with_glyph(mark.rows, mark.sign)).collect();
    signs.sort_by_key(|(_, glyph, role)| (*role == Role::Bad, *glyph == STANDSTILL));
    signs.extend(ui.marks.iter().map(|rows| (*rows, MARK, Role::Key)));
    for (rows, glyph, role) in signs {
        if let Some(cell) = cell_of(scene, rows, cells) {
            put(area.x + 1 + cell, glyph, role);
        }
    }
    put(area.x + 1 + at, "●", if ui.at == At::Now { Role::Next } else { Role::Done });
}

/// What the user has marked.
pub const MARK: &str = "◆";
const STANDSTILL: &str = "!";

fn with_glyph(rows: usize, sign: Sign) -> (usize, &'static str, Role) {
    match sign {
        Sign::Ended(_) => (rows, "✝", Role::Faint),
        Sign::Died(_) => (rows, "✝", Role::Bad),
        Sign::Error(_) | Sign::Stuck | Sign::Lost => (rows, STANDSTILL, Role::Bad),
    }
}
