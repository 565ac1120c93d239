//! Control characters made visible: whatever a scenario's names, messages and errors are made of, no sentence
//! about them moves the cursor, clears the terminal or rings its bell.
//!
//! Invariant: what is given back has no control character but the ends of lines of [`visible_lines`].

/// A text of one line.
pub fn visible(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' => '⏎',
            '\t' => ' ',
            c if c.is_control() => '·',
            c => c,
        })
        .collect()
}

/// A text that may have several lines.
pub fn visible_lines(text: &str) -> String {
    text.lines().map(visible).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_moves_the_cursor() {
        assert_eq!(visible("a\x1b[2Jb\x07\r\u{9b}1m\u{7f}\tc\nd"), "a·[2Jb··\u{b7}1m· c⏎d");
        assert_eq!(visible("你好 é 👩‍👩‍👧‍👦"), "你好 é 👩‍👩‍👧‍👦");
        assert_eq!(visible_lines("one\r\n  two\x1b\nthree\n"), "one\n  two·\nthree");
    }
}
