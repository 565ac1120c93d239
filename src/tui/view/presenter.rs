//! The presenter's layout, for projectors and a clicker: one large view and a caption in bold.
//!
//! ```text
//! ┌ header ────────────────┐
//! │ the lesson's text, page by page; then one view: space-time, the objects or the code
//! ├────────────────────────┤
//! │ caption: the last step, the question that stands, or its answer
//! └ footer ────────────────┘
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::labels;
use crate::tui::paint;
use crate::tui::scene::Scene;
use crate::tui::state::Ui;
use crate::tui::theme::Role;
use crate::tui::view::{below, question, rule, why};

/// Lines of the caption, so that the view above does not move from step to step.
const CAPTION: u16 = 3;

/// One page of the lesson's text: lines, and how many rows each takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    lines: Vec<String>,
    spacing: u16,
}

/// The text in pages of an area: all on one if it fits with room between the lines, else a paragraph a
/// page, and a paragraph that is too long even so in several.
pub fn pages(text: &str, area: Rect) -> Vec<Page> {
    let (width, height) = (text_width(area), area.height.saturating_sub(2).max(1) as usize);
    let wide = |lines: usize| lines * 2 <= height + 1;
    let paragraphs: Vec<Vec<String>> =
        paint::reflow(text).split("\n\n").map(|paragraph| paint::wrap(paragraph, width)).filter(|lines| !lines.is_empty()).collect();
    let whole = paragraphs.join(&String::new());
    if wide(whole.len()) {
        return vec![Page { lines: whole, spacing: 2 }];
    }
    let mut pages = Vec::new();
    for lines in paragraphs {
        match lines.len() {
            count if wide(count) => pages.push(Page { lines, spacing: 2 }),
            _ => pages.extend(lines.chunks(height).map(|lines| Page { lines: lines.to_vec(), spacing: 1 })),
        }
    }
    pages
}

fn text_width(area: Rect) -> u16 {
    area.width.saturating_sub(8).min(90)
}

/// The number of the last page, from 0.
pub fn last_page(scene: &Scene, ui: &Ui, area: Rect) -> u16 {
    let pages = pages(labels::of(&scene.status.scenario.intro, ui.lang), area).len();
    pages.saturating_sub(1).min(u16::MAX as usize) as u16
}

/// The lesson before the first step, one page of it.
pub fn draw_lesson(buf: &mut Buffer, area: Rect, scene: &Scene, ui: &Ui) {
    let pages = pages(labels::of(&scene.status.scenario.intro, ui.lang), area);
    let at = (ui.page.at as usize).min(pages.len().saturating_sub(1));
    let Some(page) = pages.get(at) else { return };
    let x = area.x + (area.width.saturating_sub(text_width(area))) / 2;
    let needed = (page.lines.len() as u16 * page.spacing).saturating_sub(page.spacing - 1);
    let y = area.y + area.height.saturating_sub(needed) / 2;
    for (row, line) in page.lines.iter().enumerate() {
        paint::put(buf, area, x, y + row as u16 * page.spacing, line, ui.theme.style(Role::Done));
    }
    if pages.len() > 1 {
        let sign = format!("{}/{}", at + 1, pages.len());
        let x = area.right().saturating_sub(paint::width(&sign) + 1);
        paint::put(buf, area, x, area.bottom().saturating_sub(1), &sign, ui.theme.style(Role::Faint));
    }
}

/// How many lines the caption needs, the rule above it among them.
pub fn caption_wanted(scene: &Scene, ui: &Ui, area: Rect) -> u16 {
    let width = area.width.saturating_sub(2);
    let mut lines = asked(scene, ui, width).len();
    if scene.world.stuck() {
        // Who waits for whom may take a few more.
        lines = lines.max(why::reasons(scene, ui, width, usize::MAX).len());
    }
    1 + (lines.min(area.height as usize) as u16).max(CAPTION)
}

/// Draws the answer that was given and the question that stands; where there is neither, why the last step went as
/// it did.
pub fn draw_caption(buf: &mut Buffer, area: Rect, scene: &Scene, ui: &Ui) {
    if area.is_empty() {
        return;
    }
    let inner = if area.height > 1 {
        rule(buf, area, area.y, ui);
        below(area, 1)
    } else {
        area
    };
    let width = inner.width.saturating_sub(2);
    let mut lines = asked(scene, ui, width);
    if lines.is_empty() {
        let reasons = match ui.page.at < ui.page.last && scene.at_start() {
            true => vec![(labels::PAGE_ON.get(ui.lang).to_owned(), Role::Text)],
            false => why::reasons(scene, ui, width, usize::from(inner.height)),
        };
        lines.extend(reasons.into_iter().map(|(text, role)| (text, if role == Role::Text { Role::Done } else { role })));
    }
    why::draw_lines(buf, inner, &lines, ui);
}

/// The answer that was just given, and the question that stands.
fn asked(scene: &Scene, ui: &Ui, width: u16) -> Vec<(String, Role)> {
    if scene.at_start() && ui.page.at < ui.page.last {
        return Vec::new();
    }
    let mut out = question::answered(scene, ui, width);
    out.extend(question::asked(scene, ui, width));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, width: u16, height: u16, expected: &[(usize, u16)]) {
        let pages = pages(text, Rect::new(0, 0, width, height));
        let shapes: Vec<(usize, u16)> = pages.iter().map(|page| (page.lines.len(), page.spacing)).collect();
        assert_eq!(shapes, expected);
        let said: Vec<&str> = pages.iter().flat_map(|page| &page.lines).flat_map(|line| line.split_whitespace()).collect();
        assert_eq!(said, text.split_whitespace().collect::<Vec<_>>(), "nothing is left out");
    }

    #[test]
    fn a_short_text_is_one_page_and_a_longer_one_a_paragraph_a_page() {
        check("one two\n\nthree", 20, 7, &[(3, 2)]);
        check("one two\n\nthree", 20, 6, &[(1, 2), (1, 2)]);
    }

    #[test]
    fn a_long_paragraph_goes_over_several_pages() {
        check("aaaa bbbb cccc dddd eeee", 13, 7, &[(5, 1)]);
        check("aaaa bbbb cccc dddd eeee", 13, 5, &[(3, 1), (2, 1)]);
        check("aaaa bbbb cccc dddd eeee", 13, 1, &[(1, 1), (1, 1), (1, 1), (1, 1), (1, 1)]);
    }
}
