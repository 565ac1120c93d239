//! `--linear`: one plain sentence for each step, with its time and number, for screen readers and logs.
//! No colours, no columns, no glyphs.
//!
//! Invariant: no line has a control character, whatever names and messages are made of.

use super::name::{pick, seconds_to_the_step};
use super::plain::Plain;
use super::visible::visible;
use super::{death, question, sentence, stuck, verdict};
use crate::kind::Lang;
use crate::trace::scenario::{Question, Scenario};
use crate::trace::{ActorId, Body, Event, Printed};
use crate::world::timeline::is_row;
use crate::world::{Asked, PrintedLine, World};

/// Tells a run event by event.
pub struct Linear {
    world: World,
    plain: Plain,
    lang: Lang,
    questions: Vec<Question>,
    asked: Asked,
    /// The question whose step is being taken: its answer follows the step's sentence.
    answer: Option<usize>,
}

impl Linear {
    /// Tells a run from before its first event, in one language.
    pub fn new(lang: Lang) -> Linear {
        Linear { world: World::new(), plain: Plain::new(), lang, questions: Vec::new(), asked: Asked::default(), answer: None }
    }

    /// Says a scenario's questions before the steps that they are about, and their answers after.
    pub fn asking(self, scenario: &Scenario) -> Linear {
        Linear { questions: scenario.questions.clone(), asked: Asked::of(scenario), ..self }
    }

    /// Takes the next event, giving the lines that tell it: none for the host's own business.
    pub fn push(&mut self, event: &Event) -> Vec<String> {
        let mut after = self.world.clone();
        after.apply(event);
        let mut told = Vec::new();
        // A text that comes in pieces is told once, when it is whole, or when its actor has died.
        let lines = self.plain.push(event);
        told.extend(lines.into_iter().map(|line| self.tell_line(&after, line)));
        match &event.body {
            Body::Printed(_) => {}
            Body::Rest(rest) if rest.stuck => {
                told.extend(stuck(&after, self.lang).lines().map(str::to_owned));
            }
            Body::Also { changes } if event.actor == ActorId::HOST && death::any_left(&self.world, &after, changes) => {
                told.push(self.tell(&after, event));
            }
            Body::Mode(_) => told.push(self.tell(&after, event)),
            _ if is_row(event) => told.push(self.tell(&after, event)),
            _ => {}
        }
        // Said once: every look after it is like the ones before.
        if self.world.idling().is_none() {
            told.extend(verdict::busy(&after, self.lang));
        }
        if is_row(event) || matches!(event.body, Body::Rest(_)) {
            told.extend(self.answer.take().and_then(|at| question::answer(self.questions.get(at)?, self.lang)));
        }
        let before = self.asked.moments().to_vec();
        self.asked.apply(after.events - 1, event, &after);
        for (at, moment) in self.asked.moments().iter().enumerate() {
            let Some(question) = self.questions.get(moment.question) else { continue };
            match before.get(at) {
                None => told.push(question::ask(question, self.lang)),
                Some(open) if open.closed.is_none() && moment.taken => self.answer = Some(moment.question),
                Some(_) => {}
            }
        }
        self.world = after;
        told.iter().map(|line| visible(line)).collect()
    }

    /// At the end of the trace: what was begun to be printed and never finished.
    pub fn finish(&mut self) -> Vec<String> {
        let lines = self.plain.finish();
        lines.into_iter().map(|line| self.tell_line(&self.world, line)).collect()
    }

    fn tell_line(&self, after: &World, line: PrintedLine) -> String {
        let printed = Printed { text: line.text, line: line.line, more: false, error: line.error };
        self.tell(after, &Event { actor: line.actor, time: after.now, wall: 0, body: Body::Printed(printed) })
    }

    fn tell(&self, after: &World, event: &Event) -> String {
        let said = sentence(&self.world, after, event, self.lang);
        let said = said.lines().collect::<Vec<_>>().join(" / ");
        let time = seconds_to_the_step(event.time.max(after.now));
        match after.step {
            0 => pick(self.lang, format!("{time} s: {said}"), format!("{time} 秒：{said}")),
            step => pick(self.lang, format!("Step {step}, {time} s: {said}"), format!("第 {step} 步，{time} 秒：{said}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Cause, Died};
    use crate::world::sample;

    fn told(run: &sample::Sample, lang: Lang) -> String {
        let mut linear = Linear::new(lang);
        let lines: Vec<String> = run.events.iter().flat_map(|event| linear.push(event)).collect();
        assert_eq!(linear.world, run.world);
        lines.join("\n")
    }

    #[test]
    fn each_step_is_a_line() {
        insta::assert_snapshot!("linear_queue_en", told(&sample::queue_run(), Lang::En));
        insta::assert_snapshot!("linear_stuck_zh", told(&sample::stuck_run(), Lang::Zh));
    }

    #[test]
    fn what_a_scenario_names_and_prints_moves_no_cursor() {
        let mut run = sample::Sample::new();
        run.print(sample::MAIN, 1, "a\x1b[2J\rb\x07\none");
        assert!(told(&run, Lang::En).ends_with("main printed: a·[2J·b· / one"));
    }

    #[test]
    fn a_text_of_several_lines_stays_one_line() {
        let mut run = sample::Sample::new();
        run.print(sample::MAIN, 1, "one\ntwo");
        assert!(told(&run, Lang::En).ends_with("main printed: one / two"));
    }

    #[test]
    fn a_text_that_a_death_cut_off_is_told_and_keeps_no_other_back() {
        let mut run = sample::Sample::new();
        run.born(ActorId(3), "a", "f", Some(sample::MAIN));
        let half = |text: &str| Body::Printed(Printed { text: text.into(), line: 1, more: true, error: false });
        run.push(ActorId(3), half("half"));
        run.host(Body::Died(Died { actor: ActorId(3), cause: Cause::Signal(9), changes: vec![] }));
        run.print(sample::MAIN, 2, "on");
        let told = told(&run, Lang::En);
        let printed: Vec<&str> = told.lines().filter_map(|line| line.split_once("s: ")).map(|(_, said)| said).skip(1).collect();
        assert_eq!(printed, ["a printed: half", "a was killed by SIGKILL and could clean nothing up (exit code -9).", "main printed: on"]);
        let mut linear = Linear::new(Lang::En);
        assert_eq!(linear.push(&Event { actor: sample::MAIN, time: 0, wall: 0, body: half("begun") }), [""; 0]);
        assert_eq!(linear.finish(), ["0.000 s: Process 2 printed: begun"]);
    }
}
