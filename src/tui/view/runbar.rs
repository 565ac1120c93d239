//! Where in the run the shown point lies.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::paint;
use crate::tui::scene::Scene;
use crate::tui::state::{At, Ui};
use crate::tui::theme::Role;

/// The point of the run that lies under a column of the bar, in rows.
pub fn rows_at(area: Rect, scene: &Scene, x: u16) -> Option<usize> {
    let cell = x.checked_sub(area.x + 1)?;
    let last = area.width.checked_sub(3).filter(|last| cell <= *last)?;
    Some(scene.rows_total * usize::from(cell) / usize::from(last.max(1)))
}

pub fn draw(buf: &mut Buffer, area: Rect, scene: &Scene, ui: &Ui) {
    if area.is_empty() || area.width < 4 {
        return;
    }
    let cells = u64::from(area.width - 2);
    // A live run's end is open: it fills the bar as it goes, and the bar is full only when it is looked back on.
    let total = scene.rows_total.max(1) as u64;
    let at = (scene.rows_shown as u64 * (cells - 1) / total).min(cells - 1);
    paint::put(buf, area, area.x, area.y, "├", ui.theme.style(Role::Faint));
    for cell in 0..cells {
        let (glyph, role) = match cell.cmp(&at) {
            std::cmp::Ordering::Less => ("─", Role::Faint),
            std::cmp::Ordering::Equal => ("●", if ui.at == At::Now { Role::Next } else { Role::Done }),
            std::cmp::Ordering::Greater => ("·", Role::Faint),
        };
        paint::put(buf, area, area.x + 1 + cell as u16, area.y, glyph, ui.theme.style(role));
    }
    paint::put(buf, area, area.right() - 1, area.y, "┤", ui.theme.style(Role::Faint));
}
