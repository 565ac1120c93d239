//! What a row of words and marks looks like: where a line or a bracket ends, what may be a value, what stands inside of what.
//! Plain-minded, since it reads what does not parse. It knows no slip. Pure.

use super::words::OPENERS;
use crate::script::tokens::{Sort, Token, tokens};

pub(super) fn rest_of_line(code: &[Token], at: usize) -> usize {
    code[at..].iter().take_while(|token| token.place.line == code[at].place.line).count()
}

/// Tokens as they are written, in one line.
pub(super) fn written(tokens: &[&Token]) -> String {
    let gap = |at: usize| at > 0 && tokens[at - 1].end != tokens[at].place;
    tokens.iter().enumerate().map(|(at, token)| format!("{}{}", if gap(at) { " " } else { "" }, token.text)).collect()
}

/// Whether what stands behind a name can only be meant as its argument.
pub(super) fn begins_argument(token: &Token) -> bool {
    let joins = ["and", "or", "is", "not", "as", "in", "from", "catch", "elif", "except"].iter().any(|word| token.is(word));
    matches!(token.sort, Sort::Number | Sort::Text | Sort::Template | Sort::Single)
        || token.sort == Sort::Word && token.text.is_ascii() && !is_keyword(token) && !joins
}

pub(super) fn begins_line(code: &[Token], at: usize) -> bool {
    at == 0 || code[at - 1].place.line < code[at].place.line || [";", "{", "}"].iter().any(|mark| code[at - 1].is(mark))
}

pub(super) fn has_assignment(code: &[Token], at: usize) -> bool {
    code[at..].iter().take_while(|next| next.place.line == code[at].place.line).any(|next| next.is("="))
}

/// What stands between a bracket and its partner.
pub(super) fn in_brackets(code: &[Token], at: usize) -> impl Iterator<Item = &Token> {
    let mut depth = 1;
    code[at + 1..].iter().take_while(move |token| {
        depth += ["(", "[", "{", "#{"].iter().filter(|open| token.is(open)).count();
        depth -= [")", "]", "}"].iter().filter(|close| token.is(close)).count();
        depth > 0
    })
}

/// `(1, 2)` where a value belongs.
pub(super) fn is_tuple(code: &[Token], at: usize) -> bool {
    let mut depth = 0;
    let value = at > 0 && ["=", "return", ",", "(", "[", "in"].iter().any(|mark| code[at - 1].is(mark));
    value
        && in_brackets(code, at).any(|token| {
            depth += ["(", "[", "{", "#{"].iter().filter(|open| token.is(open)).count();
            depth -= [")", "]", "}"].iter().filter(|close| token.is(close)).count();
            depth == 0 && token.is(",")
        })
        && in_brackets(code, at).last().is_some_and(|last| !last.is(","))
}

/// Whether a token may be the end of a value.
pub(super) fn is_value(token: &Token) -> bool {
    let ends = token.is(")") || token.is("]");
    ends || matches!(token.sort, Sort::Number | Sort::Text | Sort::Template | Sort::Single)
        || token.sort == Sort::Word && !is_keyword(token)
}

pub(super) fn is_keyword(token: &Token) -> bool {
    ["else", "return", "let", "in", "if", "while", "loop", "fn", "for", "throw", "switch"].iter().any(|word| token.is(word))
}

/// Several names before one `=`: `a, b = …`, `(a, b) = …`, `[a, b] = …`.
pub(super) fn is_several(code: &[Token], at: usize) -> bool {
    let line = code[at.min(code.len())..].iter().take_while(|next| code.get(at).is_some_and(|first| first.place.line == next.place.line));
    let before: Vec<&Token> = line.take_while(|next| !next.is("=")).collect();
    before.iter().any(|next| next.is(","))
        && before.iter().all(|next| next.sort == Sort::Word || [",", "(", ")", "[", "]"].iter().any(|mark| next.is(mark)))
}

/// The condition behind `if (` or `while (`, up to its block.
fn condition(code: &[Token], at: usize) -> impl Iterator<Item = &Token> {
    code[at + 1..].iter().take_while(move |next| !next.is("{") && next.place.line == code[at].place.line)
}

pub(super) fn is_compared_wrongly(code: &[Token], at: usize) -> bool {
    let first = at + 1;
    let line: Vec<&Token> = condition(code, at).collect();
    // Neither the last sign of `===` nor a named argument of a call.
    (0..line.len()).any(|at| {
        line[at].is("=")
            && !inside_call(code, first + at)
            && !(at > 0 && ["==", "!="].iter().any(|mark| line[at - 1].is(mark)) && line[at - 1].end == line[at].place)
    })
}

/// `while (1)`.
pub(super) fn is_constant_loop(code: &[Token], at: usize) -> bool {
    let words: Vec<&Token> = condition(code, at).filter(|next| !next.is("(") && !next.is(")")).collect();
    matches!(words[..], [only] if only.sort == Sort::Number)
}

/// The innermost bracket that is open at a token.
pub(super) fn open_bracket(code: &[Token], at: usize) -> Option<usize> {
    let mut depth = 0;
    (0..at).rev().find(|index| {
        let token = &code[*index];
        if token.sort != Sort::Mark {
            return false;
        }
        match token.text.as_str() {
            ")" | "]" | "}" => {
                depth += 1;
                false
            }
            "(" | "[" | "{" | "#{" if depth == 0 => true,
            "(" | "[" | "{" | "#{" => {
                depth -= 1;
                false
            }
            _ => false,
        }
    })
}

pub(super) fn inside(code: &[Token], at: usize) -> Option<&str> {
    open_bracket(code, at).map(|open| code[open].text.as_str())
}

pub(super) fn is_call(code: &[Token], open: usize) -> bool {
    code[open].is("(")
        && open > 0
        && (code[open - 1].sort == Sort::Word && !OPENERS.contains(&code[open - 1].text.as_str()) || code[open - 1].is(")"))
}

pub(super) fn inside_call(code: &[Token], at: usize) -> bool {
    open_bracket(code, at).is_some_and(|open| is_call(code, open))
}

pub(super) fn closes_call(code: &[Token], at: usize) -> bool {
    open_bracket(code, at).is_none_or(|open| is_call(code, open))
}

/// Whether a comment behind a value was meant to divide it: `total // count;`. What it says then ends as an expression
/// does, or is a number alone, and no two words stand side by side.
pub(super) fn divides(before: &Token, comment: &Token) -> bool {
    let Some(behind) = comment.text.strip_prefix("//").filter(|_| is_value(before) && before.end.line == comment.place.line) else {
        return false;
    };
    let behind = tokens(behind);
    let is_end = |token: &Token| [";", ")", ",", "]", "{"].iter().any(|mark| token.is(mark));
    let end = behind.iter().position(is_end);
    let divisor = &behind[..end.unwrap_or(behind.len())];
    let alternate = divisor.iter().enumerate().all(|(at, token)| {
        let wanted = at % 2 == 0;
        is_value(token) == wanted
            && (wanted || ["+", "-", "*", "/", "%", ".", "==", "<", ">", "<=", ">=", "!="].iter().any(|mark| token.is(mark)))
    });
    let is_number = matches!(divisor, [only] if only.sort == Sort::Number);
    // In a list of things each may have its comment, whose words have commas too.
    let ends = end.is_some_and(|end| !behind[end].is(","));
    divisor.len() % 2 == 1 && alternate && (ends || is_number)
}
