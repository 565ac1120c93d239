//! For terminals that have sixteen colours alone: each of the themes' colours becomes the nearest of
//! those, in place.
//!
//! Like `ascii`, this is done to a finished frame, so no theme needs a second palette. Colours may
//! fall together here; no state is told by colour alone.

use ratatui::buffer::Buffer;
use ratatui::style::Color;

/// Replaces the colours of a frame.
pub fn flatten(buf: &mut Buffer) {
    for cell in &mut buf.content {
        cell.fg = nearest(cell.fg);
        cell.bg = nearest(cell.bg);
    }
}

/// Whether a terminal of this name has no more than sixteen colours. `depth` is what the terminal
/// says of itself in COLORTERM; a name that is not known is trusted to have 256, as nearly all do. So are
/// `xterm`, `screen` and `tmux`: what calls itself so today has them, whatever its entry in terminfo says.
pub fn suits(name: &str, depth: &str) -> bool {
    let few = ["linux", "xterm-color", "xterm-16color", "screen-16color", "ansi", "rxvt", "cygwin", "vt100", "vt220", "con"];
    !matches!(depth, "truecolor" | "24bit") && few.contains(&name)
}

fn nearest(colour: Color) -> Color {
    let Color::Indexed(number) = colour else { return colour };
    Color::Indexed(match number {
        16 | 232 | 233 | 235 => 0,
        88 | 160 => 1,
        29 => 2,
        94 | 130 | 214 => 3,
        26 => 4,
        54 | 126 => 5,
        248 | 250 | 252 => 7,
        241 | 243 | 244 => 8,
        202 | 203 | 209 => 9,
        36 | 49 | 79 | 85 => 10,
        227 => 11,
        175 | 218 | 219 => 13,
        74 | 75 | 117 => 14,
        231 => 15,
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::{Role, Theme};

    #[test]
    fn every_colour_of_every_theme_has_a_nearest_one_and_ink_differs_from_paper() {
        for theme in Theme::ALL {
            for role in Role::ALL {
                let style = theme.style(role);
                for colour in [style.fg, style.bg].into_iter().flatten() {
                    assert!(matches!(nearest(colour), Color::Indexed(0..=15)), "{theme:?} {role:?} {colour:?}");
                }
                if let (Some(ink), Some(paper)) = (style.fg, style.bg) {
                    assert_ne!(nearest(ink), nearest(paper), "{theme:?} {role:?}");
                }
            }
        }
    }

    #[test]
    fn a_terminal_is_known_by_its_name_unless_it_says_more() {
        assert!(suits("linux", ""));
        assert!(suits("xterm-16color", ""));
        assert!(!suits("xterm-16color", "truecolor"));
        for name in ["xterm", "screen", "tmux", "screen-256color"] {
            assert!(!suits(name, ""), "{name}");
        }
        assert!(!suits("xterm-256color", ""));
        assert!(!suits("foot", ""));
    }
}
