//! A question to predict and its answer, as they are said. The words are the scenario's.

use super::name::pick;
use crate::kind::Lang;
use crate::trace::scenario::{Bilingual, Question};

/// The question with its choices, in one line.
pub fn ask(question: &Question, lang: Lang) -> String {
    let asked = own(&question.ask, lang);
    let choices: Vec<String> = choices(question, lang);
    let asked = if choices.is_empty() { asked.to_owned() } else { format!("{asked} {}", choices.join("  ")) };
    pick(lang, format!("Question: {asked}"), format!("问题：{asked}"))
}

/// The answer, in one line; nothing if there is none.
pub fn answer(question: &Question, lang: Lang) -> Option<String> {
    let said = own(&question.answer, lang);
    let right = choices(question, lang).into_iter().nth((question.right as usize).checked_sub(1).unwrap_or(usize::MAX));
    let said = match right {
        Some(right) => pick(lang, format!("{right}. {said}"), format!("{right}。{said}")),
        None => said.to_owned(),
    };
    (!said.is_empty()).then(|| pick(lang, format!("Answer: {said}"), format!("答案：{said}")))
}

/// The choices with their numbers.
pub fn choices(question: &Question, lang: Lang) -> Vec<String> {
    question.choices.iter().enumerate().map(|(at, choice)| format!("{}) {}", at + 1, own(choice, lang))).collect()
}

/// A text in a language; in the other one where it was written in that alone.
pub fn own(text: &Bilingual, lang: Lang) -> &str {
    let (first, second) = match lang {
        Lang::En => (&text.en, &text.zh),
        Lang::Zh => (&text.zh, &text.en),
    };
    if first.is_empty() { second } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_numbered_and_the_answer_names_the_right_one() {
        let text = |en: &str, zh: &str| Bilingual { en: en.to_owned(), zh: zh.to_owned() };
        let mut question = Question {
            ask: text("Who wakes?", "谁醒来？"),
            answer: text("The lock is still held.", "锁还被握着。"),
            choices: vec![text("both", "两个"), text("nobody yet", "")],
            right: 2,
            ..Question::default()
        };
        assert_eq!(ask(&question, Lang::En), "Question: Who wakes? 1) both  2) nobody yet");
        assert_eq!(answer(&question, Lang::Zh).as_deref(), Some("答案：2) nobody yet。锁还被握着。"));
        (question.choices, question.right) = (Vec::new(), 0);
        assert_eq!(ask(&question, Lang::Zh), "问题：谁醒来？");
        assert_eq!(answer(&question, Lang::En).as_deref(), Some("Answer: The lock is still held."));
    }
}
