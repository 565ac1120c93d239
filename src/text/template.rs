//! Fills the named slots of a template: `"{actor} put {message}"`. Knows grammar of neither events nor
//! worlds: what a slot stands for comes from whoever asks.
//!
//! Invariant: one pass, so a value that looks like a slot is never filled again.

/// What stands in a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub text: String,
    /// One of our own words ("you", "nobody", "the lock of cond"): it gets a capital at the start of a
    /// sentence, which a name that a scenario gave does not.
    pub ours: bool,
}

impl Term {
    /// A name or a value, kept as it is.
    pub fn name(text: impl Into<String>) -> Term {
        Term { text: text.into(), ours: false }
    }

    /// One of our own words.
    pub fn ours(text: impl Into<String>) -> Term {
        Term { text: text.into(), ours: true }
    }
}

/// A stretch of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Text(&'a str),
    Slot(&'a str),
}

/// A template's pieces in order. A brace without its partner is text.
pub fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = template;
    while let Some((text, slot, after)) = next_slot(rest) {
        if !text.is_empty() {
            found.push(Piece::Text(text));
        }
        found.push(Piece::Slot(slot));
        rest = after;
    }
    if !rest.is_empty() {
        found.push(Piece::Text(rest));
    }
    found
}

fn next_slot(text: &str) -> Option<(&str, &str, &str)> {
    let open = text.find('{')?;
    let close = open + text[open..].find('}')?;
    Some((&text[..open], &text[open + 1..close], &text[close + 1..]))
}

/// Fills a template. A slot without a value stays as it is written, so that a mistake is seen.
pub fn fill(template: &str, mut value: impl FnMut(&str) -> Option<Term>) -> String {
    let mut out = String::new();
    // Between two Chinese characters no blank is written, while a name in Latin letters has one on either side.
    let mut chinese_before = false;
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => {
                let text = match text.strip_prefix(' ') {
                    Some(tight) if chinese_before && tight.chars().next().is_some_and(is_chinese) => tight,
                    _ => text,
                };
                out.push_str(text);
                chinese_before = false;
            }
            Piece::Slot(slot) => match value(slot) {
                Some(term) => {
                    if term.text.chars().next().is_some_and(is_chinese) && out.ends_with(' ') {
                        let tight = out[..out.len() - 1].chars().next_back().is_some_and(is_chinese);
                        if tight {
                            out.pop();
                        }
                    }
                    if term.ours && (out.is_empty() || out.ends_with(". ")) {
                        out.push_str(&capitalised(&term.text));
                    } else {
                        out.push_str(&term.text);
                    }
                    chinese_before = term.text.chars().next_back().is_some_and(is_chinese);
                }
                None => {
                    out.push('{');
                    out.push_str(slot);
                    out.push('}');
                    chinese_before = false;
                }
            },
        }
    }
    out
}

/// The text with a capital first letter.
pub fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// The text without blanks between two Chinese characters, which joining Chinese pieces leaves behind.
pub fn tight(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let kept = chars.iter().enumerate().filter(|(at, c)| {
        let between = *at > 0 && at + 1 < chars.len() && is_chinese(chars[at - 1]) && is_chinese(chars[at + 1]);
        **c != ' ' || !between
    });
    kept.map(|(_, c)| *c).collect()
}

/// Whether a character is Chinese writing or punctuation, which needs no blank beside its like.
pub(super) fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(slot: &str) -> Option<Term> {
        match slot {
            "actor" => Some(Term::ours("you")),
            "name" => Some(Term::name("writer")),
            "zh" => Some(Term::ours("你")),
            "brace" => Some(Term::name("{name}")),
            _ => None,
        }
    }

    #[test]
    fn slots_are_filled_once() {
        let check = |template: &str, expected: &str| assert_eq!(fill(template, term), expected);
        check("{actor} woke {name}. {name} saw {actor}. {actor} slept.", "You woke writer. writer saw you. You slept.");
        check("{zh} 设置了 {name}，{name} 看见 {zh} 了", "你设置了 writer，writer 看见你了");
        check("{brace} {unknown} {", "{name} {unknown} {");
        check("", "");
    }
}
