//! Reads the questions of a scenario's texts and holds them against its source and parameters.
//! Invariant: a question that was read can be asked: its line is one of the source, once and only once.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::diagnostic::{Diagnostic, Place, say};
use crate::trace::scenario::{Bilingual, Param, Question, Setting};

/// A `[[question]]` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuestionTexts {
    line: Spanned<String>,
    who: Option<String>,
    nth: Option<Spanned<i64>>,
    #[serde(default)]
    when: BTreeMap<Spanned<String>, Setting>,
    ask: Bilingual,
    answer: Bilingual,
    #[serde(default)]
    choices: Vec<Bilingual>,
    right: Option<Spanned<i64>>,
}

/// What questions are held against.
pub(super) struct Background<'a> {
    /// The file of the texts, and what is in it.
    pub file: &'a str,
    pub texts: &'a str,
    /// The file of the source, and what is in it.
    pub source_file: &'a str,
    pub source: &'a str,
    pub params: &'a [Param],
}

impl Background<'_> {
    /// A question, or what is wrong with it and where.
    pub(super) fn read(&self, texts: QuestionTexts) -> Result<Question, Box<Diagnostic>> {
        let line = self.line(&texts.line)?;
        let nth = match &texts.nth {
            None => 1,
            Some(nth) => u32::try_from(*nth.get_ref()).ok().filter(|nth| *nth > 0).ok_or_else(|| {
                let (en, zh) = ("nth says which time, from 1 on", "nth 表示第几次，从 1 开始");
                self.fault(nth, say(en, zh))
            })?,
        };
        for (text, name) in [(&texts.ask, "ask"), (&texts.answer, "answer")] {
            if is_empty(text) {
                return Err(self.fault(&texts.line, say(format!("this question has an empty {name}"), format!("这个问题的 {name} 是空的"))));
            }
        }
        if texts.choices.len() > Question::CHOICES || texts.choices.iter().any(is_empty) {
            let most = Question::CHOICES;
            let (en, zh) = (
                format!("a question has at most {most} choices, none of them empty"),
                format!("一个问题最多有 {most} 个选项，且都不能为空"),
            );
            return Err(self.fault(&texts.line, say(en, zh)));
        }
        let right = match (&texts.right, texts.choices.len()) {
            (None, 0) => 0,
            (None, _) => {
                let (en, zh) = (
                    "this question has choices: `right` must say which one is right, from 1 on",
                    "这个问题有选项：必须用 right 说明哪个对，从 1 数起",
                );
                return Err(self.fault(&texts.line, say(en, zh)));
            }
            (Some(right), count) => {
                u32::try_from(*right.get_ref()).ok().filter(|right| (1..=count as u32).contains(right)).ok_or_else(|| {
                    let (en, zh) = match count {
                        0 => ("there are no choices of which one could be right".to_owned(), "没有选项，谈不上哪个对".to_owned()),
                        count => (
                            format!("right must lie between 1 and {count}, the number of choices"),
                            format!("right 必须在 1 和 {count}（选项数）之间"),
                        ),
                    };
                    self.fault(right, say(en, zh))
                })?
            }
        };
        let mut when = Vec::new();
        for (name, value) in texts.when {
            let known = self.params.iter().find(|param| param.name == *name.get_ref());
            let fits = known.is_some_and(|param| super::params::allowed(param, value.clone()).is_ok() && same_type(&param.default, &value));
            if !fits {
                let (en, zh) = (
                    format!("no parameter `{}` can be `{value}`", name.get_ref()),
                    format!("没有参数 `{}` 能取值 `{value}`", name.get_ref()),
                );
                return Err(self.fault(&name, say(en, zh)));
            }
            when.push((name.into_inner(), value));
        }
        Ok(Question {
            line,
            who: texts.who,
            nth,
            when,
            ask: trimmed(texts.ask),
            answer: trimmed(texts.answer),
            choices: texts.choices.into_iter().map(trimmed).collect(),
            right,
        })
    }

    /// The number of the only source line with this text in it.
    pub(super) fn line(&self, text: &Spanned<String>) -> Result<u32, Box<Diagnostic>> {
        let wanted = text.get_ref().as_str();
        let found: Vec<usize> = self.source.lines().enumerate().filter(|(_, line)| line.contains(wanted)).map(|(at, _)| at + 1).collect();
        let file = self.source_file;
        match found.as_slice() {
            _ if wanted.trim().is_empty() => {
                Err(self.fault(text, say("a piece of a source line is wanted here", "这里要写出源代码某一行的一部分")))
            }
            [only] => Ok(*only as u32),
            [] => {
                Err(self.fault(text, say(format!("no line of {file} has `{wanted}` in it"), format!("{file} 中没有一行包含 `{wanted}`"))))
            }
            several => {
                let lines: Vec<String> = several.iter().map(usize::to_string).collect();
                let (en, zh) = (
                    format!("{} lines of {file} have `{wanted}` in them: {}", several.len(), lines.join(", ")),
                    format!("{file} 中有 {} 行包含 `{wanted}`：{}", several.len(), lines.join("、")),
                );
                let hint = say("give more of the line, so that it is the only one", "写得更完整些，使它只对应一行");
                Err(Box::new(self.fault(text, say(en, zh)).with_hint(hint)))
            }
        }
    }

    /// What is wrong, at the place of something in the texts.
    fn fault<T>(&self, at: &Spanned<T>, sentence: Bilingual) -> Box<Diagnostic> {
        let before = self.texts.get(..at.span().start).unwrap_or_default();
        let line = before.matches('\n').count() as u32 + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u32 + 1;
        Box::new(Diagnostic::new(self.file, self.texts, Place::new(line, column), sentence))
    }
}

fn is_empty(text: &Bilingual) -> bool {
    text.en.trim().is_empty() && text.zh.trim().is_empty()
}

fn same_type(one: &Setting, other: &Setting) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

/// The text with each paragraph in one line: line breaks in the file are for its author, the screen
/// has its own width; empty lines stay.
pub(super) fn trimmed(text: Bilingual) -> Bilingual {
    let paragraphs = |text: &str, glue: &str| {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let joined = lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty()).map(|lines| lines.join(glue));
        joined.collect::<Vec<_>>().join("\n\n")
    };
    // Chinese puts no space between sentences; a break in the file must not become one.
    Bilingual { en: paragraphs(&text.en, " "), zh: paragraphs(&text.zh, "") }
}

#[cfg(test)]
mod tests {
    use crate::kind::Lang;
    use crate::script::scenario::assemble;
    use crate::trace::scenario::{Question, Setting};

    const SOURCE: &str = "let q = Queue();\nq.put(1);\nq.put(2);\nprint(q.get());\n";
    const HEAD: &str = "[params.n]\ndefault = 3\nrange = [1, 5]\n";

    fn read(question: &str) -> Result<Question, String> {
        let texts = format!("{HEAD}[[question]]\n{question}\nask.en = 'What?'\nanswer.en = 'That.'\n");
        let read = assemble("a", "a.rhai", SOURCE, Some(&texts)).map_err(|error| error.render(Lang::En));
        read.map(|scenario| scenario.questions[0].clone())
    }

    #[track_caller]
    fn refuses(question: &str, expected: &str) {
        assert_eq!(read(question).expect_err("it is faulty"), expected);
    }

    #[test]
    fn a_question_has_its_line_by_a_piece_of_it() {
        let question = read("line = 'q.get('\nwho = 'main'\nnth = 2\nwhen.n = 4\nchoices = [{ en = 'a' }, { en = 'b' }]\nright = 2");
        let question = question.expect("it is in order");
        assert_eq!((question.line, question.who.as_deref(), question.nth, question.right), (4, Some("main"), 2, 2));
        assert_eq!((question.when, question.choices.len()), (vec![("n".to_owned(), Setting::Int(4))], 2));
        assert_eq!(read("line = 'q.get('").expect("it is in order").nth, 1);
    }

    #[test]
    fn a_line_that_is_none_or_several_is_told_at_its_place() {
        refuses("line = 'q.gat('", "a.toml:5:8: no line of a.rhai has `q.gat(` in it\n  5 | line = 'q.gat('\n    |        ^");
        refuses(
            "line = 'q.put('",
            "a.toml:5:8: 2 lines of a.rhai have `q.put(` in them: 2, 3\n  5 | line = 'q.put('\n    |        ^\n  try: give more of the line, so that it is the only one",
        );
        refuses("line = ' '", "a.toml:5:8: a piece of a source line is wanted here\n  5 | line = ' '\n    |        ^");
    }

    #[test]
    fn numbers_choices_and_parameters_must_fit() {
        refuses("line = 'get'\nnth = 0", "a.toml:6:7: nth says which time, from 1 on\n  6 | nth = 0\n    |       ^");
        refuses(
            "line = 'get'\nright = 1",
            "a.toml:6:9: there are no choices of which one could be right\n  6 | right = 1\n    |         ^",
        );
        let choices = |count: usize, right: &str| {
            let choices = vec!["{ en = 'x' }"; count].join(", ");
            read(&format!("line = 'get'\nchoices = [{choices}]\n{right}")).expect_err("it is faulty")
        };
        assert!(choices(2, "").contains("`right` must say which one is right"));
        assert!(choices(2, "right = 3").contains("a.toml:7:9: right must lie between 1 and 2"));
        assert!(choices(5, "right = 1").contains("at most 4 choices"));
        refuses("line = 'get'\nwhen.n = 9", "a.toml:6:6: no parameter `n` can be `9`\n  6 | when.n = 9\n    |      ^");
        refuses("line = 'get'\nwhen.m = 1", "a.toml:6:6: no parameter `m` can be `1`\n  6 | when.m = 1\n    |      ^");
        assert!(read("line = 'get'\nwhom = 'main'").expect_err("it is faulty").contains("unknown field `whom`"));
    }

    #[test]
    fn a_question_without_words_is_none() {
        let texts = "[[question]]\nline = 'get'\nask.zh = '？'\nanswer.en = ' '\n";
        let error = assemble("a", "a.rhai", SOURCE, Some(texts)).expect_err("it is faulty");
        assert!(error.render(Lang::Zh).starts_with("a.toml:2:8: 这个问题的 answer 是空的"), "{}", error.render(Lang::Zh));
    }
}
