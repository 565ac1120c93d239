//! A fault in a scenario as people read it: the place, the source line with a caret, a sentence,
//! and, where there is one, the right form. Pure: it knows texts and positions, no engine.

use unicode_width::UnicodeWidthStr;

use crate::kind::Lang;
use crate::trace::scenario::Bilingual;

/// A place in a scenario's source. Lines and columns start at 1; 0 is "unknown".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    pub line: u32,
    /// In characters.
    pub column: u32,
}

impl Place {
    /// A place by its line and column.
    pub const fn new(line: u32, column: u32) -> Place {
        Place { line, column }
    }
}

/// One fault with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    pub file: String,
    pub place: Place,
    /// The source line; empty where the place is unknown.
    pub source_line: String,
    pub sentence: Bilingual,
    /// The right form, or what to do.
    pub hint: Option<Bilingual>,
    /// Of what was raised in another process: where it came into this one and those between, and how.
    pub passed: Vec<(Place, Bilingual)>,
    /// The source lines of these.
    passed_lines: Vec<String>,
}

/// A sentence and, where there is one, the right form.
pub type Said = (Bilingual, Option<Bilingual>);

/// A text in both languages.
pub fn say(en: impl Into<String>, zh: impl Into<String>) -> Bilingual {
    Bilingual { en: en.into(), zh: zh.into() }
}

impl Diagnostic {
    /// A complaint about a place, with the line of the source that stands there and no hint.
    pub fn new(file: &str, source: &str, place: Place, sentence: Bilingual) -> Diagnostic {
        Diagnostic {
            file: file.to_owned(),
            place,
            source_line: line_of(source, place),
            sentence,
            hint: None,
            passed: Vec::new(),
            passed_lines: Vec::new(),
        }
    }

    /// The same at another place, and the places that it came through since.
    pub fn passed_through(self, source: &str, place: Place, passed: Vec<(Place, Bilingual)>) -> Diagnostic {
        let passed_lines = passed.iter().map(|(place, _)| line_of(source, *place)).collect();
        Diagnostic { place, source_line: line_of(source, place), passed, passed_lines, ..self }
    }

    /// The same complaint with a hint at what to do.
    pub fn with_hint(mut self, hint: Bilingual) -> Diagnostic {
        self.hint = Some(hint);
        self
    }

    /// `queue.rhai:7:5: sentence`, the line, a caret, and the hint.
    pub fn render(&self, lang: Lang) -> String {
        let mut text = format!("{}: {}", self.located(self.place), in_lang(&self.sentence, lang));
        if !self.source_line.trim().is_empty() {
            let number = self.place.line.to_string();
            text.push_str(&format!("\n  {number} | {}", self.source_line.replace('\t', " ")));
            if self.place.column > 0 {
                let before: String = self.source_line.replace('\t', " ").chars().take(self.place.column as usize - 1).collect();
                text.push_str(&format!("\n  {} | {}^", " ".repeat(number.len()), " ".repeat(before.width())));
            }
        }
        if let Some(hint) = &self.hint {
            let label = match lang {
                Lang::En => "try",
                Lang::Zh => "试试",
            };
            text.push_str(&format!("\n  {label}: {}", in_lang(hint, lang)));
        }
        for ((place, how), source_line) in self.passed.iter().zip(&self.passed_lines) {
            text.push_str(&format!("\n{} {}", in_lang(how, lang), self.located(*place)));
            if !source_line.trim().is_empty() {
                text.push_str(&format!("\n  {} | {}", place.line, source_line.replace('\t', " ")));
            }
        }
        text
    }

    /// `queue.rhai:7:5`, as far as it is known.
    fn located(&self, place: Place) -> String {
        match place {
            Place { line: 0, .. } => self.file.clone(),
            Place { line, column: 0 } => format!("{}:{line}", self.file),
            Place { line, column } => format!("{}:{line}:{column}", self.file),
        }
    }
}

fn line_of(source: &str, place: Place) -> String {
    match place.line {
        0 => String::new(),
        line => source.lines().nth(line as usize - 1).unwrap_or_default().trim_end().to_owned(),
    }
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.render(Lang::En))
    }
}

fn in_lang(text: &Bilingual, lang: Lang) -> &str {
    match lang {
        Lang::Zh if !text.zh.is_empty() => &text.zh,
        _ => &text.en,
    }
}

/// Of several known names the one that was probably meant.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = match name.chars().count() {
        0..=2 => 1,
        3..=5 => 2,
        _ => 3,
    };
    known
        .into_iter()
        .map(|candidate| (distance(&name.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's edit distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let cost = if from == *to { diagonal } else { 1 + diagonal.min(row[j]).min(row[j + 1]) };
            diagonal = row[j + 1];
            row[j + 1] = cost;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_points_at_the_place() {
        let source = "let a = 1;\nprint('你好');\n";
        let sentence = say("Texts stand in double quotes", "文本要用双引号");
        let fault = Diagnostic::new("a.rhai", source, Place::new(2, 7), sentence).with_hint(say("\"你好\"", "\"你好\""));
        assert_eq!(
            fault.render(Lang::En),
            "a.rhai:2:7: Texts stand in double quotes\n  2 | print('你好');\n    |       ^\n  try: \"你好\""
        );
        let wide = Diagnostic { place: Place::new(2, 10), ..fault };
        assert!(wide.render(Lang::Zh).contains("\n    |            ^"), "{}", wide.render(Lang::Zh));
    }

    #[test]
    fn the_nearest_name_is_found() {
        for (name, meant) in [("Quue", Some("Queue")), ("event", Some("Event")), ("xyzzy", None), ("lok", Some("Lock"))] {
            assert_eq!(nearest(name, ["Queue", "Event", "Lock"]), meant, "{name}");
        }
    }
}
