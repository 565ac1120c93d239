//! Writing text into cells: measured, shortened visibly, wrapped in both languages.
//!
//! Invariant: nothing here writes outside the area that it is given, and whatever is shortened ends
//! with `…`. It knows of text and cells only.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::text::visible::visible;

#[cfg(test)]
pub mod record;

/// How many cells a text takes.
pub fn width(text: &str) -> u16 {
    UnicodeWidthStr::width(text).min(u16::MAX as usize) as u16
}

/// How many cells a character takes; control characters are shown in one.
pub fn char_width(c: char) -> u16 {
    UnicodeWidthChar::width(c).unwrap_or(1) as u16
}

/// A text in at most so many cells; `…` stands for what was left out.
pub fn clip(text: &str, room: u16) -> String {
    let text = visible(text);
    if width(&text) <= room {
        return text;
    }
    if room == 0 {
        #[cfg(test)]
        record::lost(&text);
        return String::new();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let wide = char_width(c);
        if used + wide + 1 > room {
            break;
        }
        out.push(c);
        used += wide;
    }
    out.push('…');
    out
}

/// The same, but the end stays too, since the answer often stands there: `e.is_s…()->false`; an index at the end
/// stays whole: `acquire for…[2]` is another fork than `[1]`.
pub fn clip_middle(text: &str, room: u16) -> String {
    let text = visible(text);
    if let Some(at) = text.rfind('[').filter(|_| text.ends_with(']')) {
        let whole = clip_to_tail(&text, at, room);
        if whole.ends_with(&text[at..]) {
            return whole;
        }
    }
    if width(&text) <= room || room < MIDDLE_LEAST {
        return clip(&text, room);
    }
    let mut from = text.len();
    let mut kept = 0;
    for (at, c) in text.char_indices().rev() {
        kept += char_width(c);
        if kept > room * 2 / 5 {
            break;
        }
        from = at;
    }
    clip_to_tail(&text, from, room)
}

/// In fewer cells than this nobody would know a text by both its ends.
const MIDDLE_LEAST: u16 = 10;

/// The same, but what stands from a byte on stays if there is room for it and some of what is before.
pub fn clip_to_tail(text: &str, from: usize, room: u16) -> String {
    let (Some(front), Some(tail)) = (text.get(..from), text.get(from..)) else { return clip(text, room) };
    let left = room.saturating_sub(width(tail));
    if width(text) <= room || left < 3 {
        return clip(text, room);
    }
    format!("{}{tail}", clip(front, left))
}

/// The end of a text in at most so many cells; `…` stands for what was left out before it.
pub fn clip_front(text: &str, room: u16) -> String {
    let text = visible(text);
    if width(&text) <= room {
        return text;
    }
    let mut from = text.len();
    let mut used = 1;
    for (at, c) in text.char_indices().rev() {
        used += char_width(c);
        if used > room {
            break;
        }
        from = at;
    }
    format!("…{}", &text[from..])
}

/// A text filled with spaces to so many cells, or shortened to them.
pub fn pad(text: &str, room: u16) -> String {
    let mut out = clip(text, room);
    let used = width(&out);
    out.extend(std::iter::repeat_n(' ', room.saturating_sub(used) as usize));
    out
}

/// Writes at a place inside `area`, shortened at its right edge. Gives the column after the text.
pub fn put(buf: &mut Buffer, area: Rect, x: u16, y: u16, text: &str, style: Style) -> u16 {
    let area = area.intersection(*buf.area());
    if y < area.top() || y >= area.bottom() || x < area.left() || x >= area.right() {
        #[cfg(test)]
        record::lost(text);
        return x;
    }
    let text = clip(text, area.right() - x);
    // What stood in the cells before lends them nothing: a title on a faint line is not faint.
    let style = style.remove_modifier(Modifier::all().difference(style.add_modifier));
    #[cfg(test)]
    record::put(x, y, &text, style, area);
    let (end, _) = buf.set_stringn(x, y, &text, (area.right() - x) as usize, style);
    end
}

/// Lines of at most so many cells: broken at spaces, and between Chinese characters, but never
/// before a closing mark.
pub fn wrap(text: &str, room: u16) -> Vec<String> {
    let mut lines = Vec::new();
    if room == 0 {
        #[cfg(test)]
        record::lost(text);
        return lines;
    }
    for paragraph in text.lines() {
        let mut line = String::new();
        let mut used = 0;
        for piece in pieces(paragraph) {
            let wide = width(&piece);
            if used + width(piece.trim_end()) > room && used > 0 {
                lines.push(line.trim_end().to_owned());
                line.clear();
                used = 0;
            }
            if wide > room {
                // A word longer than the line is broken anywhere.
                for c in piece.chars() {
                    let wide = char_width(c);
                    if used + wide > room && used > 0 {
                        lines.push(std::mem::take(&mut line));
                        used = 0;
                    }
                    line.push(c);
                    used += wide;
                }
            } else {
                line.push_str(&piece);
                used += wide;
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Joins the lines of each paragraph, since a file's line ends mean nothing on a screen; paragraphs
/// stay apart.
pub fn reflow(text: &str) -> String {
    let mut out = String::new();
    let mut blank = false;
    for line in text.trim().lines().map(str::trim) {
        if line.is_empty() {
            blank = true;
            continue;
        }
        if !out.is_empty() {
            let wide = |c: Option<char>| c.is_some_and(|c| char_width(c) == 2);
            out.push_str(match () {
                () if blank => "\n\n",
                // Chinese has no spaces between words, so its lines join without one.
                () if wide(out.chars().last()) && wide(line.chars().next()) => "",
                () => " ",
            });
        }
        blank = false;
        out.push_str(line);
    }
    out
}

/// What may not be parted: a word with the spaces after it, or one wide character with the marks after it.
fn pieces(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut open = false;
    for c in text.chars() {
        let wide = char_width(c) == 2;
        let clings = matches!(c, '，' | '。' | '：' | '；' | '、' | '）' | '！' | '？' | '”' | '》');
        match out.last_mut() {
            Some(last) if c == ' ' || clings || (open && !wide) => last.push(c),
            _ => out.push(c.to_string()),
        }
        open = c != ' ' && !wide && !clings;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clipping_is_visible_and_counts_cells() {
        assert_eq!(clip("hello", 5), "hello");
        assert_eq!(clip("hello!", 5), "hell…");
        assert_eq!(clip("队列和管道", 6), "队列…");
        assert_eq!(clip("x", 0), "");
        assert_eq!(clip("a\nb", 9), "a⏎b");
        assert_eq!(clip_middle("acquire forks[2]", 16), "acquire forks[2]");
        assert_eq!(clip_middle("acquire forks[2]", 15), "acquire for…[2]");
        assert_eq!(clip_middle("acquire forks[2]", 5), "acqu…");
        assert_eq!(clip_middle("print [a, b, c]", 8), "print […");
        assert_eq!(clip_middle("print e.is_set()->true", 16), "print e.i…->true");
        assert_eq!(clip_middle("打印：事件已设置了吗", 14), "打印：事…了吗");
        assert_eq!(clip_front("hello", 5), "hello");
        assert_eq!(clip_front("hello!", 5), "…llo!");
        assert_eq!(clip_front("队列和管道", 6), "…管道");
    }

    #[test]
    fn wrapping_breaks_at_spaces_and_between_wide_characters() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("它在内核里等待。", 8), ["它在内核", "里等待。"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("a\n\nb", 3), ["a", "", "b"]);
        assert!(wrap("anything", 0).is_empty());
    }

    #[test]
    fn lines_of_a_paragraph_are_joined() {
        assert_eq!(reflow("one\ntwo\n\nthree"), "one two\n\nthree");
        assert_eq!(reflow("第一，\n第二"), "第一，第二");
    }

    #[test]
    fn a_closing_mark_stays_with_its_word() {
        assert_eq!(wrap("等待它。好", 6), ["等待", "它。好"]);
    }
}
