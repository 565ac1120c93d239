//! A question to predict and its answer, as lines to draw: they stand where the reasons of the last step
//! stand, and in the presenter's caption.

use crate::kind::Lang;
use crate::text::question::{self, own};
use crate::tui::labels;
use crate::tui::paint;
use crate::tui::scene::Scene;
use crate::tui::state::Ui;
use crate::tui::theme::Role;

/// The title of a panel in which something is asked or answered; none where nothing is.
pub fn title(scene: &Scene, ui: &Ui) -> Option<&'static str> {
    if scene.asking.answered_question(scene, ui).is_some() {
        return Some(labels::ANSWER.get(ui.lang));
    }
    scene.asking.open_question(scene, ui).map(|_| labels::QUESTION.get(ui.lang))
}

/// How many lines of the screen's width they take together.
pub fn wanted(scene: &Scene, ui: &Ui, width: u16) -> u16 {
    lines(scene, ui, width.saturating_sub(2)).len().min(u16::MAX as usize) as u16
}

/// The answer that was just given, then the question that stands.
pub fn lines(scene: &Scene, ui: &Ui, width: u16) -> Vec<(String, Role)> {
    let mut out = answered(scene, ui, width);
    out.extend(asked(scene, ui, width));
    out
}

/// The question that stands with its choices, and what the user has said to it.
pub fn asked(scene: &Scene, ui: &Ui, width: u16) -> Vec<(String, Role)> {
    let Some((at, question)) = scene.asking.open_question(scene, ui) else { return Vec::new() };
    let mut out: Vec<(String, Role)> =
        paint::wrap(&format!("? {}", own(&question.ask, ui.lang)), width).into_iter().map(|line| (line, Role::Next)).collect();
    let said = ui.guess.filter(|(of, _)| *of == at).map(|(_, choice)| choice);
    let choices: Vec<String> = question::choices(question, ui.lang)
        .into_iter()
        .enumerate()
        .map(|(at, choice)| if said == Some(at) { format!("{choice} ◄ {}", labels::YOU.get(ui.lang)) } else { choice })
        .collect();
    out.extend(beside_or_below(&choices, width).into_iter().map(|line| (line, Role::Done)));
    out
}

/// The answer that was just given, and whether the user had said so.
pub fn answered(scene: &Scene, ui: &Ui, width: u16) -> Vec<(String, Role)> {
    let Some((at, question)) = scene.asking.answered_question(scene, ui) else { return Vec::new() };
    let Some(answer) = question::answer(question, ui.lang) else { return Vec::new() };
    let verdict = ui.guess.filter(|(of, _)| *of == at).map(|(_, choice)| verdict(choice as u32 + 1, question.right, ui.lang));
    let text = match verdict {
        Some(verdict) if ui.lang == Lang::Zh => format!("{verdict}{answer}"),
        Some(verdict) => format!("{verdict} {answer}"),
        None => answer,
    };
    paint::wrap(&text, width).into_iter().map(|line| (line, Role::Next)).collect()
}

fn verdict(said: u32, right: u32, lang: Lang) -> String {
    match (lang, said == right) {
        (Lang::En, true) => format!("You said {said}), and that is right."),
        (Lang::En, false) => format!("You said {said})."),
        (Lang::Zh, true) => format!("你说的是 {said})，对了。"),
        (Lang::Zh, false) => format!("你说的是 {said})。"),
    }
}

/// Choices in one line if they fit, else one below the other.
fn beside_or_below(choices: &[String], width: u16) -> Vec<String> {
    if choices.is_empty() {
        return Vec::new();
    }
    let line = format!("  {}", choices.join("   "));
    if paint::width(&line) <= width {
        return vec![line];
    }
    choices.iter().flat_map(|choice| paint::wrap(choice, width.saturating_sub(2))).map(|line| format!("  {line}")).collect()
}
