//! Characters that are not seen made visible: whatever a scenario's names, messages and errors are made of, no sentence
//! about them moves the cursor, clears the terminal, rings its bell, or is read in another order than it is written in.
//!
//! Invariant: what is given back has no character that [`is_hidden`], but the ends of lines of [`visible_lines`], the
//! tabs of [`visible_text`], and joiners between two letters or signs that need them (an emoji, Persian, Hindi).

/// Whether a character does something to a text instead of being seen in it: controls, the separators of lines and
/// paragraphs, and format characters (Unicode's general categories Cc, Zl, Zp and Cf, as of Unicode 16), among them
/// those that change the direction of what is around them (<https://trojansource.codes>).
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e007f}')
}

/// What joins two characters into one sign, or keeps them apart.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// A text in which what is hidden is shown as this says; joiners between what is seen stay.
fn shown(text: &str, shown: impl Fn(char) -> char) -> String {
    let joins = |c: Option<char>| c.is_some_and(|c| !c.is_ascii() && !is_hidden(c));
    let mut before = None;
    let mut rest = text.chars().peekable();
    let mut out = String::with_capacity(text.len());
    while let Some(c) = rest.next() {
        let joined = is_joiner(c) && joins(before) && joins(rest.peek().copied());
        out.push(if is_hidden(c) && !joined { shown(c) } else { c });
        before = Some(c);
    }
    out
}

/// A text of one line.
pub fn visible(text: &str) -> String {
    shown(text, |c| match c {
        '\n' => '⏎',
        '\t' => ' ',
        _ => '·',
    })
}

/// A text that may have several lines.
pub fn visible_lines(text: &str) -> String {
    text.lines().map(visible).collect::<Vec<_>>().join("\n")
}

/// A text as it was printed, ends of lines and tabs included.
pub fn visible_text(text: &str) -> String {
    shown(text, |c| if matches!(c, '\n' | '\t') { c } else { '·' })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_read_in_another_order() {
        assert_eq!(visible("a\u{202e}b\u{2066}c\u{2069}\u{200f}\u{61c}d"), "a·b·c···d");
        assert_eq!(visible("x\u{feff}\u{200b}\u{ad}\u{2028}y\u{e0041}"), "x····y·");
        assert_eq!(visible("a\u{200d}b \u{200d} 你\u{200d}"), "a·b · 你·");
        assert_eq!(visible("می\u{200c}خواهم"), "می\u{200c}خواهم");
    }

    #[test]
    fn nothing_moves_the_cursor() {
        assert_eq!(visible("a\x1b[2Jb\x07\r\u{9b}1m\u{7f}\tc\nd"), "a·[2Jb··\u{b7}1m· c⏎d");
        assert_eq!(visible("你好 é 👩‍👩‍👧‍👦"), "你好 é 👩‍👩‍👧‍👦");
        assert_eq!(visible_text("a\tb\nc\r\n\x1b[31m"), "a\tb\nc·\n·[31m");
        assert_eq!(visible_lines("one\r\n  two\x1b\nthree\n"), "one\n  two·\nthree");
    }
}
