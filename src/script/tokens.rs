//! A source as the words and marks that a reader sees, for naming slips in text that does not parse.
//! It never fails: what it does not know is a mark. Pure.

use super::diagnostic::Place;

/// One word or mark.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub sort: Sort,
    pub text: String,
    pub place: Place,
    /// Just behind its last character.
    pub end: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Word,
    Number,
    /// "…"
    Text,
    /// `…`
    Template,
    /// '…'
    Single,
    Mark,
    Comment,
}

impl Token {
    pub(super) fn is(&self, text: &str) -> bool {
        matches!(self.sort, Sort::Word | Sort::Mark) && self.text == text
    }
}

/// Marks of more than one character that are read as one.
const LONG_MARKS: &[&str] =
    &["#{", "==", "!=", "<=", ">=", "&&", "||", "+=", "-=", "*=", "/=", "++", "--", "..", "->", "=>", "??", "?.", "?[", "::", "**"];

/// All tokens of a source, comments included.
pub(super) fn tokens(source: &str) -> Vec<Token> {
    Reader { chars: source.chars().collect(), at: 0, place: Place::new(1, 1) }.read()
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    place: Place,
}

impl Reader {
    fn read(mut self) -> Vec<Token> {
        let mut found = Vec::new();
        while let Some(next) = self.peek(0) {
            // A blank that is not ASCII is a mark: the language does not take it for one.
            if next.is_ascii_whitespace() {
                self.take();
                continue;
            }
            let (place, start) = (self.place, self.at);
            let sort = self.one(next);
            found.push(Token { sort, text: self.chars[start..self.at].iter().collect(), place, end: self.place });
        }
        found
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn take(&mut self) {
        match self.peek(0) {
            Some('\n') => self.place = Place::new(self.place.line + 1, 1),
            _ => self.place.column += 1,
        }
        self.at += 1;
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&wanted) {
            self.take();
        }
    }

    fn one(&mut self, next: char) -> Sort {
        match next {
            '/' if self.peek(1) == Some('/') => {
                self.take_while(|c| c != '\n');
                Sort::Comment
            }
            '/' if self.peek(1) == Some('*') => {
                self.block_comment();
                Sort::Comment
            }
            '"' => self.quoted('"', Sort::Text, false),
            '`' => self.quoted('`', Sort::Template, true),
            '\'' => self.quoted('\'', Sort::Single, false),
            c if c.is_alphabetic() || c == '_' => {
                self.take_while(|c| c.is_alphanumeric() || c == '_');
                Sort::Word
            }
            c if c.is_ascii_digit() => {
                self.take_while(|c| c.is_alphanumeric() || c == '_');
                if self.peek(0) == Some('.') && self.peek(1).is_some_and(|c| c.is_ascii_digit()) {
                    self.take();
                    self.take_while(|c| c.is_alphanumeric() || c == '_');
                }
                Sort::Number
            }
            _ => {
                let pair: String = self.chars[self.at..].iter().take(2).collect();
                self.take();
                if LONG_MARKS.contains(&pair.as_str()) {
                    self.take();
                }
                Sort::Mark
            }
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while self.at < self.chars.len() {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => {
                    depth += 1;
                    self.take();
                }
                (Some('*'), Some('/')) => {
                    depth -= 1;
                    self.take();
                }
                _ => {}
            }
            self.take();
            if depth == 0 {
                return;
            }
        }
    }

    /// A text up to its closing quote, or, where it may not span lines, to the end of the line.
    fn quoted(&mut self, quote: char, sort: Sort, spans_lines: bool) -> Sort {
        self.take();
        while let Some(next) = self.peek(0) {
            if next == '\n' && !spans_lines {
                break;
            }
            self.take();
            if next == quote {
                break;
            }
            if next == '\\' && sort != Sort::Template {
                self.take();
            }
        }
        sort
    }
}
