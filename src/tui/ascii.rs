//! For terminals that lack the drawing characters: each becomes one ASCII character in place.
//!
//! Views draw as if every terminal had them; this is the last thing done to a frame, so no view
//! needs a second set of glyphs.

use ratatui::buffer::Buffer;

/// Replaces drawing characters. Chinese text stays: a terminal that is set to Chinese can show it.
pub fn flatten(buf: &mut Buffer) {
    for cell in &mut buf.content {
        if let Some(plain) = plain(cell.symbol()) {
            cell.set_symbol(plain);
        }
    }
}

fn plain(symbol: &str) -> Option<&'static str> {
    Some(match symbol {
        "─" | "━" | "┄" | "╌" => "-",
        "┃" => "H",
        "│" | "┆" | "╎" => "|",
        "┌" | "┐" | "└" | "┘" | "├" | "┤" | "┬" | "┴" | "┼" | "╭" | "╮" | "╰" | "╯" => "+",
        "►" | "→" | "▸" | "▶" | "›" | "»" => ">",
        "◄" | "←" | "◂" | "‹" | "«" | "≤" => "<",
        // What a reading gave is not what something became.
        "▹" => ":",
        "▲" | "↑" => "^",
        "▼" | "↓" => "v",
        "•" | "●" => "*",
        "○" => "o",
        "◆" => "#",
        "·" | "…" => ".",
        "✝" | "†" => "x",
        "‖" => "=",
        "⏎" => "/",
        "–" | "—" => "-",
        "‘" | "’" => "'",
        "“" | "”" => "\"",
        "×" => "x",
        "↔" => "-",
        "⚑" => "P",
        _ => return None,
    })
}
