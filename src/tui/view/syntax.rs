//! A source line in coloured pieces: comments, strings, numbers, keywords. By its look alone, without
//! the language's parser, so that a program in another language reads well too.

use crate::tui::theme::Role;
use crate::tui::view::part::Spans;

const KEYWORDS: &[&str] = &[
    "fn", "let", "const", "if", "else", "while", "loop", "for", "in", "do", "until", "return", "break", "continue", "with", "try", "catch",
    "throw", "true", "false", "switch", "def", "import", "from", "and", "or", "not", "None", "True", "False",
];

/// A line's pieces; together they are the line.
pub fn spans(line: &str) -> Spans {
    let mut out = Spans::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let (length, role) = match first {
            '/' if rest.starts_with("//") => (rest.len(), Role::Faint),
            '"' | '`' => (string(rest, first), Role::String),
            c if c.is_alphabetic() || c == '_' => {
                let length = run(rest, |c| c.is_alphanumeric() || c == '_');
                (length, if KEYWORDS.contains(&&rest[..length]) { Role::Keyword } else { Role::Text })
            }
            c if c.is_ascii_digit() => (run(rest, |c| c.is_alphanumeric() || c == '_'), Role::Number),
            _ => {
                let plain = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '"' | '`' | '/'));
                (run(rest, plain).max(first.len_utf8()), Role::Text)
            }
        };
        let (piece, after) = rest.split_at(length);
        match out.last_mut() {
            Some((text, last)) if *last == role => text.push_str(piece),
            _ => out.push((piece.to_owned(), role)),
        }
        rest = after;
    }
    out
}

/// Bytes of the characters at the start that all are so.
fn run(text: &str, so: impl Fn(char) -> bool) -> usize {
    text.find(|c| !so(c)).unwrap_or(text.len())
}

/// Bytes of a string with its quotes; to the line's end if it is not closed there.
fn string(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn roles(line: &str) -> Vec<(String, Role)> {
        spans(line).into_iter().filter(|(text, _)| !text.trim().is_empty()).collect()
    }

    #[test]
    fn pieces_have_their_roles() {
        let of = |text: &str, role| (text.to_owned(), role);
        assert_eq!(roles("let x = 3;")[0], of("let", Role::Keyword));
        assert_eq!(roles("let x = 3;")[2], of("3", Role::Number));
        assert_eq!(roles("// let"), [of("// let", Role::Faint)]);
        assert_eq!(roles(r#"print("a \" b", 1)"#)[1], of(r#""a \" b""#, Role::String));
        assert_eq!(roles("letter"), [of("letter", Role::Text)]);
        assert_eq!(roles("`open ${x}"), [of("`open ${x}", Role::String)]);
    }

    proptest! {
        #[test]
        fn nothing_of_a_line_is_lost(line in ".*") {
            let whole: String = spans(&line).into_iter().map(|(text, _)| text).collect();
            prop_assert_eq!(whole, line);
        }
    }
}
