//! A value as a user types it for the hand: `()`, `true`, `3`, `2.5`, `"text"`, `[1, "a"]`, `#{"a": 1}`. A bare word
//! is a text.
//!
//! Invariant: what begins like a value and is none is refused, never taken for something else.

use super::value::Value;
use crate::trace::scenario::Bilingual;

/// What was typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Typed {
    pub value: Value,
    /// It had no quotes and was taken for a text.
    pub bare: bool,
}

/// Reads a typed text, or says why it is no value and how one is written.
pub fn typed(text: &str) -> Result<Typed, Bilingual> {
    let text = text.trim();
    if text == "()" {
        return Ok(Typed { value: Value::Unit, bare: false });
    }
    let json = text.strip_prefix('#').filter(|rest| rest.starts_with('{')).unwrap_or(text);
    let too_large =
        |number: &String| number.strip_prefix('-').unwrap_or(number).bytes().all(|c| c.is_ascii_digit()) && number.parse::<i64>().is_err();
    if begins_like(text).is_some() && numbers(json).iter().any(too_large) {
        return Err(refuse("this integer is too large: it lies between -2^63 and 2^63 - 1", "这个整数太大：须在 -2^63 到 2^63 - 1 之间"));
    }
    match (serde_json::from_str(json), begins_like(text)) {
        (Ok(json), _) => Ok(Typed { value: from_json(json), bare: false }),
        (Err(_), None) => Ok(Typed { value: Value::Str(text.to_owned()), bare: true }),
        (Err(_), Some((en, zh))) => Err(refuse(en, zh)),
    }
}

fn refuse(en: &str, zh: &str) -> Bilingual {
    Bilingual { en: en.to_owned(), zh: zh.to_owned() }
}

/// What a text that begins like a value would have to be, in both languages.
fn begins_like(text: &str) -> Option<(&'static str, &'static str)> {
    match text.chars().next()? {
        '[' => Some((
            "this begins like a list, but is none: [1, \"a\"] is one, and \"[1\" is a text",
            "开头像列表，但不是：列表写成 [1, \"a\"]，文本写成 \"[1\"",
        )),
        '{' | '#' if text.starts_with('{') || text.starts_with("#{") => Some((
            "this begins like a map, but is none: #{\"a\": 1} is one, and \"{a\" is a text",
            "开头像映射，但不是：映射写成 #{\"a\": 1}，文本写成 \"{a\"",
        )),
        '"' => Some((
            "this begins like a text in quotes, but its end does not fit: \"a\" is one, and \\\" stands for a quote in it",
            "开头像带引号的文本，但结尾不符：写成 \"a\"，其中的引号写成 \\\"",
        )),
        '(' => Some(("this begins with a bracket, but is not (): \"(1)\" is a text", "以括号开头，但不是 ()：文本写成 \"(1)\"")),
        _ if !text.contains(|c: char| !(c.is_ascii_digit() || "+-.eE_".contains(c))) && text.contains(|c: char| c.is_ascii_digit()) => {
            Some((
                "this looks like a number, but is none that fits: 3, -2.5 and 1e10 are, and \"1.2.3\" is a text",
                "看起来像数，但不合适：3、-2.5、1e10 是数，文本写成 \"1.2.3\"",
            ))
        }
        _ => None,
    }
}

/// The numbers that stand in a text outside of quotes.
fn numbers(text: &str) -> Vec<String> {
    let (mut found, mut in_quotes, mut escaped) = (Vec::new(), false, false);
    let mut number = String::new();
    for c in text.chars().chain([' ']) {
        match c {
            '"' if !escaped => in_quotes = !in_quotes,
            c if !in_quotes && (c.is_ascii_digit() || "+-.eE".contains(c)) => {
                number.push(c);
                continue;
            }
            _ => {}
        }
        escaped = in_quotes && c == '\\' && !escaped;
        found.extend(
            Some(std::mem::take(&mut number)).filter(|number| number.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit())),
        );
    }
    found
}

fn from_json(json: serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Unit,
        serde_json::Value::Bool(value) => Value::Bool(value),
        serde_json::Value::Number(number) => number.as_i64().map_or_else(|| Value::Float(number.as_f64().unwrap_or(f64::NAN)), Value::Int),
        serde_json::Value::String(text) => Value::Str(text),
        serde_json::Value::Array(items) => Value::Array(items.into_iter().map(from_json).collect()),
        serde_json::Value::Object(entries) => Value::Map(entries.into_iter().map(|(key, item)| (key, from_json(item))).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, value: Value) {
        assert_eq!(typed(text), Ok(Typed { value, bare: false }), "{text}");
    }

    #[test]
    fn typed_values_are_what_they_look_like() {
        check("3", Value::Int(3));
        check(" -2.5 ", Value::Float(-2.5));
        check("1e20", Value::Float(1e20));
        check("-9223372036854775808", Value::Int(i64::MIN));
        check("true", Value::Bool(true));
        check("()", Value::Unit);
        check("\"3\"", Value::Str("3".into()));
        check("\"a \\\"99999999999999999999\"", Value::Str("a \"99999999999999999999".into()));
        check("[1, \"a\"]", Value::Array(vec![Value::Int(1), Value::Str("a".into())]));
        check("#{\"a\": 1}", Value::Map([("a".to_owned(), Value::Int(1))].into()));
    }

    #[test]
    fn a_bare_word_is_a_text() {
        for text in ["A", "what is [this", "q 1", "你好", "3 apples", "-", "e", "#1"] {
            assert_eq!(typed(text), Ok(Typed { value: Value::Str(text.to_owned()), bare: true }));
        }
    }

    #[test]
    fn what_begins_like_a_value_and_is_none_is_refused() {
        let refused = |text: &str, why: &str| {
            let said = typed(text).expect_err(text);
            assert!(said.en.contains(why) && !said.zh.is_empty(), "{text}: {said:?}");
        };
        for text in ["[1,", "[1, 2", "[a]", "[1] 2"] {
            refused(text, "like a list");
        }
        for text in ["#{a: 1}", "{", "#{\"a\": }"] {
            refused(text, "like a map");
        }
        for text in ["\"unclosed", "\"a\"b\""] {
            refused(text, "in quotes");
        }
        for text in ["1e400", "1.2.3", "007", "+1", "1-2"] {
            refused(text, "looks like a number");
        }
        for text in ["99999999999999999999", "-9223372036854775809", "[1, 99999999999999999999]", "#{\"a\": 9223372036854775808}"] {
            refused(text, "too large");
        }
        refused("(1)", "bracket");
    }
}
