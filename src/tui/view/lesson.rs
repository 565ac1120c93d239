//! The lesson: shown before the first step, when there is time to read it; what to try stays beside
//! the run where there is room.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::labels;
use crate::tui::paint;
use crate::tui::scene::Scene;
use crate::tui::state::Ui;
use crate::tui::theme::Role;
use crate::tui::view::titled;

pub fn draw(buf: &mut Buffer, area: Rect, scene: &Scene, ui: &Ui) {
    let inner = titled(buf, area, labels::LESSON.get(ui.lang), ui);
    let scenario = &scene.status.scenario;
    let width = inner.width.saturating_sub(2).min(100);
    let mut lines: Vec<(String, Role)> = Vec::new();
    lines.push((String::new(), Role::Text));
    lines.extend(paint::wrap(&paint::reflow(labels::of(&scenario.intro, ui.lang)), width).into_iter().map(|line| (line, Role::Text)));
    lines.push((String::new(), Role::Text));
    for item in &scenario.tries {
        for (at, line) in paint::wrap(&paint::reflow(labels::of(item, ui.lang)), width.saturating_sub(2)).into_iter().enumerate() {
            lines.push((format!("{} {line}", if at == 0 { "•" } else { " " }), Role::Text));
        }
    }
    if !scenario.params.is_empty() {
        lines.push((String::new(), Role::Text));
        for param in &scenario.params {
            let head = format!("{} = {}   ", param.name, param.value);
            let indent = paint::width(&head);
            for (at, line) in paint::wrap(labels::of(&param.help, ui.lang), width.saturating_sub(indent)).into_iter().enumerate() {
                let start = if at == 0 { head.clone() } else { " ".repeat(indent as usize) };
                lines.push((format!("{start}{line}"), Role::Faint));
            }
        }
    }
    let room = inner.height as usize;
    for (at, (text, role)) in lines.iter().take(room).enumerate() {
        let y = inner.y + at as u16;
        if at + 1 == room && lines.len() > room {
            paint::put(buf, inner, inner.x + 1, y, "…", ui.theme.style(Role::Faint));
        } else {
            paint::put(buf, inner, inner.x + 1, y, text, ui.theme.style(*role));
        }
    }
}

/// Lines that the tries take in the right column.
pub fn tries_wanted(scene: &Scene, ui: &Ui, width: u16) -> u16 {
    tries(scene, ui, (width * 35 / 100).saturating_sub(4)).len().min(40) as u16
}

pub fn draw_tries(buf: &mut Buffer, area: Rect, scene: &Scene, ui: &Ui) {
    if area.height < 2 {
        return;
    }
    let inner = titled(buf, area, labels::TRY.get(ui.lang), ui);
    let lines = tries(scene, ui, inner.width.saturating_sub(3));
    for (at, line) in lines.iter().take(inner.height as usize).enumerate() {
        let cut = at + 1 == inner.height as usize && lines.len() > inner.height as usize;
        paint::put(buf, inner, inner.x + 1, inner.y + at as u16, if cut { "…" } else { line }, ui.theme.style(Role::Text));
    }
}

fn tries(scene: &Scene, ui: &Ui, width: u16) -> Vec<String> {
    let mut out = Vec::new();
    for param in &scene.status.scenario.params {
        out.push(format!("{} = {}", param.name, param.value));
    }
    for item in &scene.status.scenario.tries {
        for (at, line) in paint::wrap(&paint::reflow(labels::of(item, ui.lang)), width.saturating_sub(2)).into_iter().enumerate() {
            out.push(format!("{} {line}", if at == 0 { "•" } else { " " }));
        }
    }
    out
}
