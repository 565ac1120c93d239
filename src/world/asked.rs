//! When each question of a scenario is asked and answered, folded from a run's events.
//!
//! Invariants: a question is asked at most once in a run, so this stays as small as the scenario,
//! and what is open at a point follows from the events before that point alone. Answers are true of
//! the run as its source makes it: once the hand has acted in it, or a signal has stopped or ended
//! somebody, nothing is asked or answered any more. The same where the kernel has scheduled: nobody
//! announced then what came next, so nobody has counted. It knows nothing of screens: whether anybody
//! is to pause or to be told is others' business.

use super::World;
use crate::trace::scenario::Scenario;
use crate::trace::{ActorId, Body, Cause, Event, Mode, OpId};

/// A question in a run: when it was asked, and when that was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Its place among the scenario's questions.
    pub question: usize,
    /// Whose step it is about.
    pub actor: ActorId,
    /// Index of the event that announced the step.
    pub opened: u64,
    /// Index of the event that began the step, or of what came before and left it unanswered.
    pub closed: Option<u64>,
    /// The step was taken, so that there is an answer.
    pub taken: bool,
}

/// A question that waits for its time.
#[derive(Clone, Debug)]
struct Waiting {
    question: usize,
    line: u32,
    who: Option<String>,
    /// How often the line must still be come to.
    left: u32,
}

/// All questions of one run.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    waiting: Vec<Waiting>,
    /// Those that were asked, in that order.
    moments: Vec<Moment>,
    /// The line that each actor announced last, and the operation with which it came to that line.
    came: Vec<Option<(u32, OpId)>>,
}

impl Asked {
    /// The questions that a run with the scenario's parameters asks.
    pub fn of(scenario: &Scenario) -> Asked {
        let asks = scenario.questions.iter().enumerate().filter(|(_, question)| scenario.asks(question));
        let waiting =
            asks.map(|(at, question)| Waiting { question: at, line: question.line, who: question.who.clone(), left: question.nth });
        Asked { waiting: waiting.collect(), ..Asked::default() }
    }

    /// Takes a run's next event; `world` is the one after it.
    pub fn apply(&mut self, index: u64, event: &Event, world: &World) {
        match &event.body {
            Body::Acted(_) if event.actor == ActorId::HAND => self.withdraw(index),
            Body::Died(died) if ends_the_questions(died.cause) => self.withdraw(index),
            Body::Stopped { .. } | Body::Mode(Mode::Free { .. }) => self.withdraw(index),
            Body::Announced(announced) => {
                let name = world.actor(event.actor).map_or("", |actor| actor.name.as_str());
                self.announced(index, event.actor, name, announced.line, announced.op);
            }
            Body::Granted { actor, .. } => self.close(index, *actor, true),
            Body::Died(died) => self.close(index, died.actor, false),
            _ => {}
        }
    }

    /// Whether there is a question that was not asked yet.
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Somebody's next step is on a line. True: a question is asked.
    ///
    /// One comes to a line from another line, or by doing again what one came with: `a[i] = -a[i]` is
    /// two steps and one coming, a loop of one line comes in each round.
    fn announced(&mut self, index: u64, actor: ActorId, name: &str, line: u32, op: OpId) -> bool {
        if self.waiting.is_empty() {
            return false;
        }
        let at = actor.0 as usize;
        if self.came.len() <= at {
            self.came.resize(at + 1, None);
        }
        if self.came[at].is_some_and(|(before, first)| before == line && first != op) {
            return false;
        }
        self.came[at] = Some((line, op));
        let before = self.moments.len();
        let moments = &mut self.moments;
        self.waiting.retain_mut(|one| {
            if one.line == line && one.who.as_deref().is_none_or(|who| who == name) {
                one.left = one.left.saturating_sub(1);
                if one.left == 0 {
                    moments.push(Moment { question: one.question, actor, opened: index, closed: None, taken: false });
                }
            }
            one.left > 0
        });
        self.moments.len() > before
    }

    /// Nothing is asked any more, and what is open stays without an answer.
    fn withdraw(&mut self, index: u64) {
        self.waiting.clear();
        for moment in self.moments.iter_mut().filter(|moment| moment.closed.is_none()) {
            moment.closed = Some(index);
        }
    }

    fn close(&mut self, index: u64, actor: ActorId, taken: bool) {
        for moment in self.moments.iter_mut().filter(|moment| moment.actor == actor && moment.closed.is_none()) {
            moment.closed = Some(index);
            moment.taken = taken;
        }
    }

    /// Those that were asked so far, in that order.
    pub fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// The question that is open after so many events: of several the one that was asked last,
    /// so that each is seen when it is asked.
    pub fn open_at(&self, count: u64) -> Option<&Moment> {
        self.moments.iter().rev().find(|moment| moment.opened < count && moment.closed.is_none_or(|closed| closed >= count))
    }

    /// The question that was answered last before so many events.
    pub fn answered_at(&self, count: u64) -> Option<&Moment> {
        let answered = self.moments.iter().filter(|moment| moment.taken && moment.closed.is_some_and(|closed| closed < count));
        answered.max_by_key(|moment| moment.closed)
    }
}

/// Whether a death may be one that the source does not know of. A kill by the scenario itself is as well
/// the end of what was foreseen.
fn ends_the_questions(cause: Cause) -> bool {
    matches!(cause, Cause::Signal(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::scenario::{Param, Question, Setting};

    const A: ActorId = ActorId(3);
    const B: ActorId = ActorId(4);
    const GET: OpId = OpId(1);
    const PRINT: OpId = OpId(2);

    fn asked(questions: &[(u32, Option<&str>, u32)]) -> Asked {
        let question = |(line, who, nth): &(u32, Option<&str>, u32)| Question {
            line: *line,
            who: who.map(str::to_owned),
            nth: *nth,
            ..Question::default()
        };
        Asked::of(&Scenario { questions: questions.iter().map(question).collect(), ..Scenario::default() })
    }

    /// The announcements (whose, line, operation) at which questions were asked.
    #[track_caller]
    fn check(questions: &[(u32, Option<&str>, u32)], came: &[(ActorId, u32, OpId)], expected: &[(u64, usize)]) {
        let mut asked = asked(questions);
        for (at, (actor, line, op)) in came.iter().enumerate() {
            let name = if *actor == A { "a" } else { "b" };
            let new = asked.announced(at as u64, *actor, name, *line, *op);
            assert_eq!(new, expected.iter().any(|(index, _)| *index == at as u64), "at {at}");
        }
        let moments: Vec<(u64, usize)> = asked.moments().iter().map(|moment| (moment.opened, moment.question)).collect();
        assert_eq!(moments, expected);
    }

    #[test]
    fn a_line_is_come_to_from_another_or_by_doing_the_same_again() {
        let twice = [(A, 7, GET), (A, 7, PRINT), (A, 8, PRINT), (A, 7, GET), (A, 7, PRINT)];
        check(&[(7, None, 1), (7, None, 2), (7, None, 3)], &twice, &[(0, 0), (3, 1)]);
        let one_line = [(A, 7, GET), (A, 7, GET), (A, 7, GET)];
        check(&[(7, None, 3)], &one_line, &[(2, 0)]);
    }

    #[test]
    fn others_count_unless_one_is_named() {
        let both = [(A, 7, GET), (B, 7, GET), (A, 8, GET), (A, 7, GET)];
        check(&[(7, None, 2), (7, Some("a"), 2), (7, Some("b"), 1), (7, Some("c"), 1)], &both, &[(1, 0), (1, 2), (3, 1)]);
    }

    #[test]
    fn it_is_asked_where_the_parameters_are_those() {
        let param = |value: &str| Param {
            name: "wake".to_owned(),
            help: Default::default(),
            default: Setting::Text("all".to_owned()),
            value: Setting::Text(value.to_owned()),
            choices: Vec::new(),
            range: None,
        };
        let when = vec![("wake".to_owned(), Setting::Text("all".to_owned()))];
        for (value, asked) in [("all", true), ("one", false)] {
            let questions = vec![Question { line: 1, nth: 1, when: when.clone(), ..Question::default() }];
            let scenario = Scenario { questions, params: vec![param(value)], ..Scenario::default() };
            assert_eq!(Asked::of(&scenario).announced(0, A, "a", 1, GET), asked);
        }
    }

    #[test]
    fn the_point_alone_decides_what_is_open() {
        let mut asked = asked(&[(1, None, 1), (2, None, 1), (3, None, 1)]);
        asked.announced(4, A, "a", 1, GET);
        asked.announced(5, B, "b", 2, GET);
        asked.close(9, B, true);
        asked.close(12, A, false);
        let open = |count| asked.open_at(count).map(|moment| moment.question);
        assert_eq!([4, 5, 6, 9, 10, 12, 13].map(open), [None, Some(0), Some(1), Some(1), Some(0), Some(0), None]);
        let answered = |count| asked.answered_at(count).map(|moment| moment.question);
        assert_eq!([9, 10, 99].map(answered), [None, Some(1), Some(1)]);
    }
}
