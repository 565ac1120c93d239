//! The lesson: shown before the first step, when there is time to read it; what to try stays beside
//! the run where there is room.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::kind::{Lang, Words};
use crate::trace::scenario::Bilingual;
use crate::tui::labels;
use crate::tui::paint;
use crate::tui::scene::Scene;
use crate::tui::state::Ui;
use crate::tui::theme::Role;
use crate::tui::view::titled;

/// Draws the lesson from the line that the user scrolled to, and counts the lines out of sight.
pub fn draw(buf: &mut Buffer, area: Rect, scene: &Scene, ui: &Ui) {
    let inner = titled(buf, area, labels::LESSON.get(ui.lang), ui);
    let room = inner.height as usize;
    let lines = lines(scene, ui, inner.width, room);
    // In a line or two there is no room to say what is above.
    let first = if room < 2 { 0 } else { (ui.scroll.at as usize).min(lines.len().saturating_sub(room - 1)) };
    // What is out of sight is counted, in lines of their own.
    let (above, below) = match lines.len() <= room {
        true => (0, 0),
        false => {
            let shown = room.saturating_sub(usize::from(first > 0));
            let rest = lines.len() - first;
            (first, if rest > shown { rest + 1 - shown } else { 0 })
        }
    };
    let mut y = inner.y;
    let count = |one: Words, many: Words, number: usize| {
        let words = if number == 1 { one } else { many };
        words.get(ui.lang).replace("{}", &number.to_string())
    };
    if above > 0 {
        paint::put(buf, inner, inner.x + 1, y, &count(labels::LINE_ABOVE, labels::LINES_ABOVE, above), ui.theme.style(Role::Next));
        y += 1;
    }
    let skipped = if above > 0 { first } else { 0 };
    for (text, role) in lines.iter().skip(skipped).take(lines.len().saturating_sub(skipped + below)) {
        paint::put(buf, inner, inner.x + 1, y, text, ui.theme.style(*role));
        y += 1;
    }
    if below > 0 {
        paint::put(buf, inner, inner.x + 1, y, &count(labels::LINE_MORE, labels::LINES_MORE, below), ui.theme.style(Role::Next));
    }
}

/// The furthest line from which the lesson can be shown in an area; 0 if it fits.
pub fn last_line(scene: &Scene, ui: &Ui, area: Rect) -> u16 {
    let room = area.height.saturating_sub(1) as usize;
    match lines(scene, ui, area.width, room).len() {
        count if count <= room => 0,
        count => (count + 1 - room.max(1)).min(u16::MAX as usize) as u16,
    }
}

/// The whole lesson: what it is about, what to try, parameters, and what will be asked. If it does not fit, no
/// line is spent on the distance from its title.
fn lines(scene: &Scene, ui: &Ui, width: u16, room: usize) -> Vec<(String, Role)> {
    let scenario = &scene.status.scenario;
    let width = width.saturating_sub(2).min(100);
    let mut lines: Vec<(String, Role)> = Vec::new();
    lines.extend(paint::wrap(&paint::reflow(labels::of(&scenario.intro, ui.lang)), width).into_iter().map(|line| (line, Role::Text)));
    listed(&mut lines, "", "•", scenario.tries.iter().collect(), width, ui.lang);
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
    let asked: Vec<&Bilingual> =
        scenario.questions.iter().filter(|question| scenario.asks(question)).map(|question| &question.ask).collect();
    if ui.unasked && !asked.is_empty() {
        lines.push((String::new(), Role::Text));
        lines.push((labels::QUESTIONS_ARE_OFF.get(ui.lang).to_owned(), Role::Title));
    } else {
        listed(&mut lines, labels::QUESTIONS_COME.get(ui.lang), "?", asked, width, ui.lang);
    }
    if lines.len() < room {
        lines.insert(0, (String::new(), Role::Text));
    }
    lines
}

/// Adds a list with its title, an empty line before it.
fn listed(lines: &mut Vec<(String, Role)>, title: &str, sign: &str, items: Vec<&Bilingual>, width: u16, lang: Lang) {
    if items.is_empty() {
        return;
    }
    lines.push((String::new(), Role::Text));
    if !title.is_empty() {
        lines.push((title.to_owned(), Role::Title));
    }
    for item in items {
        for (at, line) in paint::wrap(&paint::reflow(labels::of(item, lang)), width.saturating_sub(2)).into_iter().enumerate() {
            lines.push((format!("{} {line}", if at == 0 { sign } else { " " }), Role::Text));
        }
    }
}

/// Lines that the tries take in the right column.
pub fn tries_wanted(scene: &Scene, ui: &Ui, width: u16) -> u16 {
    tries(scene, ui, (width * 35 / 100).saturating_sub(4)).len().min(40) as u16
}

/// Draws what to try. In less than two lines it draws nothing.
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
