//! A screen of a few cells, as while a window is being dragged: how the run stands and how large the screen should
//! be. The keys mean what they always mean.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::labels;
use crate::tui::paint;
use crate::tui::scene::Scene;
use crate::tui::state::Ui;
use crate::tui::theme::Role;
use crate::tui::view::header;

/// From this size on there are panels.
const LEAST: (u16, u16) = (30, 8);

/// Whether panels would be cut to nothing.
pub fn suits(area: Rect) -> bool {
    area.width < LEAST.0 || area.height < LEAST.1
}

/// Draws how the run stands and how large the screen should be, cut off where the area ends. No scene: the
/// program's name.
pub fn draw(buf: &mut Buffer, area: Rect, scene: Option<&Scene>, ui: &Ui) {
    let (sign, role) = scene.map_or_else(|| ("ipcscope".to_owned(), Role::Title), |scene| header::sign(scene, ui));
    let mut lines: Vec<(String, Role)> = paint::wrap(&sign, area.width).into_iter().map(|line| (line, role)).collect();
    lines.extend(paint::wrap(labels::TOO_SMALL.get(ui.lang), area.width).into_iter().map(|line| (line, Role::Text)));
    let shown = lines.len().min(usize::from(area.height));
    for (at, (text, role)) in lines.iter().take(shown).enumerate() {
        let cut = at + 1 == shown && lines.len() > shown;
        let text = if cut { paint::clip(&format!("{text} …"), area.width) } else { text.clone() };
        paint::put(buf, area, area.x, area.y + at as u16, &text, ui.theme.style(*role));
    }
}
