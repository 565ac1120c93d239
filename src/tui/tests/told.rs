//! What the screen says without being asked: why a run stopped, that time will pass, how all ended, who waits for whom.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{bilingual, runs, scenario, status, text};
use crate::kind::Lang;
use crate::trace::scenario::Question;
use crate::trace::{ActorId, Body, Cause, Change, Died, ObjectId, PartRef, Phase, Rest};
use crate::tui::labels;
use crate::tui::narrate;
use crate::tui::session::{Session, Start};
use crate::tui::source::{Edited, Inside, InsideFact, Intent, Source, Status};
use crate::tui::state::{At, Options};
use crate::world::sample::{self, Sample};
use crate::world::{Asked, Timeline, waits};

/// A run whose phase is set from outside.
struct Run {
    timeline: Timeline,
    status: Rc<RefCell<Status>>,
}

impl Source for Run {
    fn with_timeline(&self, read: &mut dyn FnMut(&Timeline)) {
        read(&self.timeline);
    }

    fn status(&self) -> Status {
        self.status.borrow().clone()
    }

    fn inside(&self, _: Inside, _: Lang) -> Option<Vec<InsideFact>> {
        None
    }

    fn edit(&mut self, _: Lang) -> Result<Edited, String> {
        Ok(Edited::Same)
    }

    fn tell(&mut self, _: Intent, _: Lang) -> Result<(), String> {
        Ok(())
    }
}

#[test]
fn a_run_that_stops_for_a_question_says_so() {
    let lesson = {
        let mut lesson = (*scenario("queue", runs::QUEUE)).clone();
        let ask = Question {
            line: 11,
            nth: 1,
            ask: bilingual("Where is A?", "A 在哪里？"),
            answer: bilingual("In the buffer.", "在缓冲区里。"),
            choices: vec![bilingual("here", "这里"), bilingual("there", "那里")],
            right: 1,
            ..Question::default()
        };
        lesson.questions = vec![ask];
        lesson
    };
    let mut timeline = Timeline::asking(Asked::of(&lesson));
    for event in runs::queue() {
        if timeline.asked().open_at(timeline.len()).is_some() {
            break;
        }
        assert!(timeline.push(&event).is_ok());
    }
    assert!(timeline.asked().open_at(timeline.len()).is_some(), "the question stands");
    let status = Rc::new(RefCell::new(Status { phase: Phase::Running, ..status(&Arc::new(lesson), timeline.head()) }));
    let mut session = Session::new(Start::Open(Box::new(Run { timeline, status: Rc::clone(&status) }), None), &Options::default());
    let area = Rect::new(0, 0, 80, 24);
    let mut drawn = || {
        let mut buf = Buffer::empty(area);
        session.draw(&mut buf, area);
        text(&buf)
    };
    assert!(!drawn().contains(labels::AT_A_QUESTION.en));
    status.borrow_mut().phase = Phase::Paused;
    assert!(drawn().contains(labels::AT_A_QUESTION.en));
}

#[test]
fn time_that_the_next_step_lets_pass_is_told_before() {
    // Every second rest has nobody who can go before a second and a half have passed.
    let mut events = runs::event();
    for (nth, event) in events.iter_mut().filter(|event| matches!(event.body, Body::Rest(_))).enumerate() {
        if nth % 2 == 1 {
            let next_deadline = Some(event.time + 1_500_000_000);
            event.body = Body::Rest(Rest { candidates: vec![], next_deadline, stuck: false });
        }
    }
    let mut look = super::Look::new("event", runs::EVENT, &events, Lang::En);
    let mut told = 0;
    for rows in 0..look.timeline.rows().len() {
        look.ui.at = At::Past(rows);
        let rest = look.scene(24).world.rest.clone();
        let passes = rest.is_some_and(|rest| rest.candidates.is_empty() && !rest.stuck && rest.next_deadline.is_some());
        let drawn = look.text(80, 24);
        let footer = drawn.lines().last().unwrap_or_default();
        assert_eq!(footer.contains("1.50 s pass"), passes, "{drawn}");
        told += u32::from(passes);
    }
    assert!(told > 0, "time passes in this run");
}

#[test]
fn how_all_ended_is_told_of_those_that_ended_badly() {
    let mut run = Sample::new();
    for (id, name, cause) in [(3, "p", Cause::Exit(1)), (4, "q", Cause::Exit(0)), (5, "r", Cause::Signal(9))] {
        run.start(ActorId(id), name, "work", 1);
        run.host(Body::Died(Died { actor: ActorId(id), cause, changes: vec![] }));
    }
    let said = [Lang::En, Lang::Zh].map(|lang| narrate::ended_badly(&run.world, lang).unwrap_or_default());
    assert_eq!(said[0], "All processes have ended, and not well: p (exit 1), r (SIGKILL). ");
    assert_eq!(said[1], "所有进程都已结束，其中出错的：p（退出码 1）、r（SIGKILL）。");
    assert_eq!(narrate::ended_badly(&Sample::new().world, Lang::En), None);
}

/// main holds both ends too and joins one of two who wait for each other: the pair is what matters.
#[test]
fn a_ring_is_of_those_who_wait_for_each_other_and_not_of_one_who_joins_them() {
    let mut run = sample::stuck_run();
    let ends = PartRef::new(ObjectId(1), crate::kind::pipe::ENDS);
    let opened = [0, 1].map(|end| Change::Opened { part: ends, end, process: ActorId::MAIN }).to_vec();
    run.host(Body::Also { changes: opened });
    assert_eq!(waits::ring(&run.world, &[ActorId::MAIN, ActorId(3), ActorId(4)]), [ActorId(3), ActorId(4)]);
}
