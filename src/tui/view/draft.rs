//! An edited source that cannot run yet, in the code's place: each fault under its line. The run
//! that is shown beside it is still the old one.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::labels;
use crate::tui::paint;
use crate::tui::source::Draft;
use crate::tui::state::Ui;
use crate::tui::theme::Role;
use crate::tui::view::titled;

/// Draws the edited source, each fault under its line and those without a line first.
pub fn draw(buf: &mut Buffer, area: Rect, draft: &Draft, ui: &Ui) {
    let title = format!("{} {} ! {}", labels::CODE.get(ui.lang), draft.file, draft.faults.len());
    let inner = titled(buf, area, &title, ui);
    let mut lines: Vec<(String, Role)> = Vec::new();
    let mut first_fault = None;
    let room = inner.width.saturating_sub(8);
    let mut faults_of = |lines: &mut Vec<(String, Role)>, number: u32| {
        for fault in draft.faults.iter().filter(|fault| fault.line == number) {
            first_fault.get_or_insert(lines.len());
            let said = paint::wrap(labels::of(&fault.said, ui.lang), room);
            lines.extend(
                said.into_iter().enumerate().map(|(at, text)| (format!("   {} {text}", if at == 0 { "!" } else { " " }), Role::Bad)),
            );
        }
    };
    // What has no line of its own comes before all.
    faults_of(&mut lines, 0);
    for (number, text) in (1u32..).zip(draft.source.lines()) {
        let faulty = draft.faults.iter().any(|fault| fault.line == number);
        lines.push((format!("{number:>4} {}", text.replace('\t', "    ")), if faulty { Role::Done } else { Role::Text }));
        faults_of(&mut lines, number);
    }
    let height = inner.height as usize;
    // The first fault and the line that it is in are always seen.
    let first = first_fault.unwrap_or(0).saturating_sub(1 + height.saturating_sub(3) / 2).min(lines.len().saturating_sub(height));
    for (row, (text, role)) in lines.iter().skip(first).take(height).enumerate() {
        let text = paint::clip(text, inner.width.saturating_sub(1));
        paint::put(buf, inner, inner.x + 1, inner.y + row as u16, &text, ui.theme.style(*role));
    }
}
