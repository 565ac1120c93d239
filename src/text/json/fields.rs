//! How JSON is written: on one line, keys in the order in which they were put, nothing in it that a terminal obeys.

use serde::Serialize;

use crate::text::visible::is_hidden;

/// Any value as JSON. What is given here is numbers, texts and plain structures, which always have one.
pub(super) fn text(value: &(impl Serialize + ?Sized)) -> String {
    let json = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
    if !json.contains(is_hidden) {
        return json;
    }
    // JSON leaves DEL, the controls beyond ASCII and format characters as they are, and a terminal that shows a line
    // may obey them.
    let escaped = |c: char| c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
    json.chars().map(|c| if is_hidden(c) { escaped(c) } else { c.to_string() }).collect()
}

/// Values that are JSON already.
pub(super) fn array(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

/// A JSON object whose keys stay in the order in which they were put.
pub(super) struct Fields {
    out: String,
}

impl Fields {
    pub(super) fn new() -> Fields {
        Fields { out: "{".to_owned() }
    }

    pub(super) fn put(&mut self, key: &str, value: &(impl Serialize + ?Sized)) {
        self.raw(key, &text(value));
    }

    /// A value that is JSON already.
    pub(super) fn raw(&mut self, key: &str, json: &str) {
        if self.out.len() > 1 {
            self.out.push(',');
        }
        self.out.push_str(&text(key));
        self.out.push(':');
        self.out.push_str(json);
    }

    pub(super) fn end(mut self) -> String {
        self.out.push('}');
        self.out
    }
}
