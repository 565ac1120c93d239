//! The question that stands at the shown point, the answer that was just given, and what the user says.
//!
//! Invariant: which question stands follows from the timeline and the shown point alone, so going back
//! asks it again, in a recording as in a live run. Nobody has to answer: a guess is the user's own.

use crate::text;
use crate::trace::Phase;
use crate::trace::scenario::Question;
use crate::world::{Moment, Timeline};

use super::answer::{Answer, tell};
use super::labels;
use super::menu::{Choice, Menu};
use super::scene::Scene;
use super::source::Intent;
use super::state::{Overlay, Ui};

/// For so many rows an answer stays, so that it can be read while a run goes on by itself.
const ANSWER_ROWS: usize = 4;

/// What is asked and answered at a point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asking {
    /// The open question, by its place among the scenario's.
    pub open: Option<usize>,
    /// The question answered last, and how many rows ago: 1 for the row that is its step.
    pub answered: Option<(usize, usize)>,
}

impl Asking {
    /// What stands after so many events.
    pub fn read(timeline: &Timeline, count: u64) -> Asking {
        let asked = timeline.asked();
        let rows = timeline.rows();
        // Of a step that is not kept any more, it cannot be told how long ago it was.
        let kept = |moment: &&Moment| moment.closed.is_some_and(|closed| closed >= timeline.first());
        let answered = asked.answered_at(count).filter(kept).map(|moment| {
            let begun = rows.partition_point(|row| *row <= moment.closed.unwrap_or(count));
            (moment.question, rows.partition_point(|row| *row < count).saturating_sub(begun))
        });
        // A step that has begun and not come to its row yet is still asked about.
        let begun = answered.filter(|(_, rows)| *rows == 0).map(|(question, _)| question);
        Asking {
            open: begun.or(asked.open_at(count).map(|moment| moment.question)),
            answered: answered.filter(|(_, rows)| (1..=ANSWER_ROWS).contains(rows)),
        }
    }

    /// The question that stands, if the user wants to be asked.
    pub fn open_question<'a>(&self, scene: &'a Scene, ui: &Ui) -> Option<(usize, &'a Question)> {
        let open = self.open.filter(|_| !ui.unasked)?;
        Some((open, scene.status.scenario.questions.get(open)?))
    }

    /// The question that was just answered. The next step takes the answer away, but while a run goes on by itself
    /// it stays for some rows.
    pub fn answered_question<'a>(&self, scene: &'a Scene, ui: &Ui) -> Option<(usize, &'a Question)> {
        let fresh = |rows: usize| rows == 1 || scene.status.phase == Phase::Running;
        let (answered, _) = self.answered.filter(|(_, rows)| !ui.unasked && fresh(*rows))?;
        Some((answered, scene.status.scenario.questions.get(answered)?))
    }
}

/// Opens the choices of the question that stands.
pub fn guess(ui: &mut Ui, scene: &Scene) -> Answer {
    let Some((at, question)) = scene.asking.open_question(scene, ui) else {
        return Err(labels::REFUSE_NO_QUESTION.get(ui.lang).to_owned());
    };
    if question.choices.is_empty() {
        return Err(labels::REFUSE_NO_CHOICES.get(ui.lang).to_owned());
    }
    let choices = text::question::choices(question, ui.lang);
    let items = choices.into_iter().enumerate().map(|(choice, text)| (text, Choice::Guess(at, choice))).collect();
    let before = ui.guess.filter(|(of, _)| *of == at).map_or(0, |(_, choice)| choice);
    ui.overlay = Some(Overlay::Menu(Menu { title: labels::WHAT_DO_YOU_SAY.get(ui.lang).to_owned(), items, notes: Vec::new(), at: before }));
    Ok(Vec::new())
}

/// Switches questions off, and on again.
pub fn switch(ui: &mut Ui) -> Answer {
    ui.unasked = !ui.unasked;
    let said = if ui.unasked { labels::QUESTIONS_OFF } else { labels::QUESTIONS_ON };
    ui.answer = Some(said.get(ui.lang).to_owned());
    tell(Intent::PauseToAsk(!ui.unasked))
}
