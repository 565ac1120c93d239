//! Messages and cells as boxes of three lines; a cell's index stands in its lower edge.
//!
//! ```text
//! ┌───┬───┐     ┌────┬────┐
//! │ A │ B │ +2  │ 10 │ -1 │
//! └───┴───┘     └─0──┴─1──┘
//! ```

use crate::tui::paint;
use crate::tui::theme::Role;
use crate::tui::view::part::Spans;

/// What stands in the lower edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    Plain,
    /// Each box's index.
    Indexed,
}

/// What is written as `[A][B]+2` drawn as boxes; none for any other text.
pub fn boxed(content: &Spans, edges: Edge) -> Option<[Spans; 3]> {
    let mut lines = [Spans::new(), Spans::new(), Spans::new()];
    let mut open = false;
    let mut index = 0usize;
    for (text, role) in content {
        if let Some(inner) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            let wide = paint::width(inner) + 2;
            let (above, below) = if open { ("┬", "┴") } else { ("┌", "└") };
            let label = if edges == Edge::Indexed { index.to_string() } else { String::new() };
            lines[0].push((format!("{above}{}", "─".repeat(wide as usize)), Role::Line));
            lines[1].push(("│".to_owned(), Role::Line));
            lines[1].push((format!(" {inner} "), *role));
            lines[2].push((format!("{below}{}", edge(&label, wide)), Role::Line));
            open = true;
            index += 1;
        } else {
            // How many were left out, before or after.
            let count = text.strip_prefix('+').or_else(|| text.strip_suffix('+')).and_then(|count| count.parse::<usize>().ok())?;
            if open {
                close(&mut lines);
                open = false;
            } else {
                index = count;
            }
            let wide = " ".repeat(paint::width(text) as usize + 1);
            let text = if index == count && lines[1].is_empty() { format!("{text} ") } else { format!(" {text}") };
            for (line, text) in lines.iter_mut().zip([wide.clone(), text, wide]) {
                line.push((text, Role::Line));
            }
        }
    }
    if open {
        close(&mut lines);
    }
    (!lines[1].is_empty()).then_some(lines)
}

fn close(lines: &mut [Spans; 3]) {
    for (line, corner) in lines.iter_mut().zip(["┐", "│", "┘"]) {
        line.push((corner.to_owned(), Role::Line));
    }
}

/// A lower edge with a label in its middle, if it fits.
fn edge(label: &str, wide: u16) -> String {
    let room = wide.saturating_sub(paint::width(label)) as usize;
    if label.is_empty() || paint::width(label) > wide {
        return "─".repeat(wide as usize);
    }
    format!("{}{label}{}", "─".repeat(room / 2), "─".repeat(room - room / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(pieces: &[&str], edges: Edge) -> Option<String> {
        let content: Spans = pieces.iter().map(|text| ((*text).to_owned(), Role::Value)).collect();
        let lines = boxed(&content, edges)?;
        let text = |line: &Spans| line.iter().map(|(text, _)| text.as_str()).collect::<String>();
        Some(lines.iter().map(text).collect::<Vec<_>>().join("\n"))
    }

    #[test]
    fn boxes_stand_wall_to_wall() {
        assert_eq!(draw(&["[A]", "[你]"], Edge::Plain).as_deref(), Some("┌───┬────┐\n│ A │ 你 │\n└───┴────┘"));
        assert_eq!(draw(&["[A]", "+2"], Edge::Plain).as_deref(), Some("┌───┐   \n│ A │ +2\n└───┘   "));
        assert_eq!(draw(&["[ ]"], Edge::Plain).as_deref(), Some("┌───┐\n│   │\n└───┘"));
    }

    #[test]
    fn cells_have_their_index_below() {
        assert_eq!(draw(&["[10]", "[-1]"], Edge::Indexed).as_deref(), Some("┌────┬────┐\n│ 10 │ -1 │\n└─0──┴─1──┘"));
        assert_eq!(draw(&["12+", "[7]"], Edge::Indexed).as_deref(), Some("    ┌───┐\n12+ │ 7 │\n    └12─┘"));
    }

    #[test]
    fn what_is_not_boxes_is_not_drawn_as_boxes() {
        assert_eq!(draw(&["free"], Edge::Plain), None);
        assert_eq!(draw(&[], Edge::Plain), None);
    }
}
