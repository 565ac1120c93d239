//! The questions of the five scenarios: each is asked and answered in the lesson's own run, its answer is
//! a fact of the run under every seed, and a run that plays by pace pauses at each.

mod common;

use common::{PATIENCE, SCENARIOS, config, events, scenario};
use ipcscope::host::{Command, Config, Pace, Phase, Run};
use ipcscope::kind;
use ipcscope::trace::{Acted, ActorId, Body, Change, Event, Next, Until};
use ipcscope::world::{Activity, Actor, Moment, Object, PartState, Timeline, World};

/// A run that has ended, and the moment of one of its questions.
struct Asked<'a> {
    events: &'a [Event],
    moment: Moment,
    /// Index of the event that the step came to.
    row: usize,
    /// The world after it.
    world: World,
}

impl<'a> Asked<'a> {
    fn new(timeline: &Timeline, events: &'a [Event], moment: Moment) -> Asked<'a> {
        let closed = moment.closed.expect("it was answered") as usize;
        let row = (closed..events.len()).find(|at| ipcscope::world::timeline::is_row(&events[*at])).expect("a step has a row");
        Asked { events, moment, row, world: timeline.world_at(row as u64 + 1) }
    }

    fn acted(&self) -> &Acted {
        match &self.events[self.row].body {
            Body::Acted(acted) => acted,
            other => panic!("the step should have acted, and came to {other:?}"),
        }
    }

    fn said(&self) -> &str {
        self.acted().detail.as_ref().map_or("", |detail| detail.text.as_str())
    }

    fn process(&self, name: &str) -> &Actor {
        self.world.processes().find(|process| process.name == name).expect("the process lives or has lived")
    }

    fn waits(&self, name: &str) -> bool {
        matches!(self.process(name).activity, Activity::Waiting(_))
    }

    fn owner(&self) -> Option<ActorId> {
        let mut owners = self.world.all_objects().flat_map(|object: &Object| &object.parts).filter_map(|part| match part {
            PartState::Owner { owner, .. } => Some(*owner),
            _ => None,
        });
        owners.next().expect("there is a lock")
    }

    /// Who raised a flag, in order, up to here.
    fn raised(&self) -> Vec<String> {
        let raises = |event: &&Event| match &event.body {
            Body::Acted(acted) => acted.changes.iter().any(|change| matches!(change, Change::Raised { up: true, .. })),
            _ => false,
        };
        let by = self.events[..=self.row].iter().filter(raises).map(|event| event.actor);
        by.map(|actor| self.world.actor(actor).map(|actor| actor.name.clone()).unwrap_or_default()).collect()
    }

    fn printed_later(&self, text: &str) -> bool {
        self.events[self.row..].iter().any(|event| matches!(&event.body, Body::Printed(printed) if printed.text.contains(text)))
    }

    /// Who could go after the step.
    fn candidates(&self) -> Vec<ActorId> {
        let rest = self.events[self.row..].iter().find_map(|event| match &event.body {
            Body::Rest(rest) => Some(rest),
            _ => None,
        });
        rest.map(|rest| rest.candidates.iter().map(|candidate| candidate.actor).collect()).unwrap_or_default()
    }
}

/// Whether the answer that the scenario gives is so.
fn holds(name: &str, asked: &Asked) -> bool {
    let world = &asked.world;
    match (name, asked.moment.question) {
        ("queue", 0) => world.messages.iter().any(|message| {
            let place = message.place.and_then(|part| world.kind_of(part.object));
            message.value.text.contains('A') && place == Some(kind::buffer::ID)
        }),
        ("queue", 1) => asked.said() == "false",
        ("queue", 2) => {
            let lost = asked.events.iter().any(|event| match &event.body {
                Body::Died(died) => died.changes.iter().any(|change| matches!(change, Change::Dropped { .. })),
                _ => false,
            });
            asked.process("pw").is_dead() && !lost
        }
        ("event", 0) => asked.said() == "false" && asked.raised().is_empty(),
        ("event", 1) => {
            let asleep = matches!(&asked.process("main").activity, Activity::Waiting(wait) if wait.until == [Until::Deadline]);
            asked.raised() == ["nonblock"] && asleep
        }
        ("event", 2) => asked.raised() == ["nonblock"],
        ("pipe", 0) => asked.acted().next == Next::Goes,
        ("pipe", 1) => [asked.process("proc_1").id, asked.process("proc_2").id].iter().all(|id| asked.candidates().contains(id)),
        ("pipe", 2) => asked.printed_later("proc_1 received: I don't tell you!"),
        ("condition", 0) => asked.owner().is_none(),
        ("condition", 1) => asked.waits("p1") && asked.waits("p2") && asked.owner() == Some(asked.process("p3").id),
        ("condition", 2) => {
            let other = if asked.owner() == Some(asked.process("p1").id) { "p2" } else { "p1" };
            let free = |wait: &ipcscope::trace::Wait| wait.until.iter().any(|until| matches!(until, Until::OwnerFree(..)));
            matches!(&asked.process(other).activity, Activity::Waiting(wait) if free(wait))
        }
        ("shared-memory", 0) => world.all_objects().flat_map(|object| &object.parts).any(|part| match part {
            PartState::Cells { cells } => cells.first().is_some_and(|cell| cell.value.text == "3.1415927"),
            _ => false,
        }),
        ("shared-memory", 1) => {
            let mut later = asked.events[asked.row + 1..].iter().filter(|event| event.actor == asked.moment.actor);
            let write = later.find_map(|event| match &event.body {
                Body::Acted(acted) => Some(acted.op == kind::array::WRITE.id && acted.on == asked.acted().on),
                _ => None,
            });
            asked.acted().op == kind::array::READ.id && write == Some(true)
        }
        ("lost-update", 0) => asked.acted().op == kind::value::READ.id && asked.owner().is_none(),
        // What nobody heard, nobody hears later: who sleeps after it was not woken by it.
        ("lost-wakeup", 0) => {
            let woken = asked.acted().changes.iter().any(|change| matches!(change, Change::Requeued { .. }));
            woken || !asked.printed_later("guest") || asked.events[asked.row..].iter().all(|event| !sleeps(event))
        }
        // It waits where something is unfinished, and only there.
        ("joinable-queue", 0) => {
            let unfinished = world.all_objects().find(|object| object.name == "tasks").and_then(|queue| {
                match &queue.parts[kind::joinable_queue::UNFINISHED as usize] {
                    PartState::Count { value, .. } => Some(*value),
                    _ => None,
                }
            });
            unfinished.is_some_and(|count| (count > 0) == matches!(asked.acted().next, Next::Waits(_)))
        }
        ("join-before-drain", 0) => world.messages.iter().any(|message| message.passed.is_none_or(|passed| passed.written < passed.frame)),
        ("shared-memory", 2) => asked.process("Process-1").is_dead() && asked.said() == "3.1415927",
        other => panic!("nobody says what the answer to {other:?} means"),
    }
}

/// Whether somebody fell asleep on a condition.
fn sleeps(event: &Event) -> bool {
    matches!(&event.body, Body::Acted(acted) if acted.op == kind::condition::WAIT.id && acted.changes.iter().any(|change| matches!(change, Change::Queued { .. })))
}

/// The names of all scenarios that ask something.
fn asking() -> Vec<String> {
    let library = ipcscope::script::library().expect("it is part of the program");
    library.into_iter().filter(|scenario| !scenario.questions.is_empty()).map(|scenario| scenario.name).collect()
}

/// Runs a scenario to its end and looks at all its questions; gives which were asked.
fn check(name: &str, seed: u64, set: &[&str]) -> Vec<usize> {
    let mut run = Run::start(config(name, seed, set)).expect("the run starts");
    run.wait();
    let events = events(&run);
    let timeline = run.timeline();
    let mut questions = Vec::new();
    for moment in timeline.asked().moments() {
        assert!(moment.taken, "{name}, seed {seed}: question {} got no answer", moment.question);
        let asked = Asked::new(&timeline, &events, *moment);
        assert!(holds(name, &asked), "{name} {set:?}, seed {seed}: the answer to question {} is not so", moment.question);
        questions.push(moment.question);
    }
    drop(timeline);
    run.close();
    questions.sort_unstable();
    questions
}

#[test]
fn every_question_is_asked_and_answered_in_the_lessons_own_run() {
    for name in &asking() {
        let name = name.as_str();
        let scenario = scenario(name, &[]);
        let all: Vec<usize> = (0..scenario.questions.len()).collect();
        assert!(if SCENARIOS.contains(&name) { (2..=3).contains(&all.len()) } else { !all.is_empty() }, "{name}");
        assert_eq!(check(name, scenario.seed, &[]), all, "{name}");
        for question in &scenario.questions {
            for text in [&question.ask, &question.answer].into_iter().chain(&question.choices) {
                assert!(!text.en.is_empty() && !text.zh.is_empty(), "{name}: {text:?}");
            }
        }
    }
}

#[test]
fn answers_are_true_under_every_seed() {
    for name in &asking() {
        let name = name.as_str();
        let all: Vec<usize> = (0..scenario(name, &[]).questions.len()).collect();
        for seed in 0..20 {
            assert_eq!(check(name, seed, &[]), all, "{name}, seed {seed}");
        }
    }
}

/// Where a parameter changes what happens, what would be wrong is not asked.
#[test]
fn answers_are_true_with_every_parameter() {
    let cases: &[(&str, &[&str], &[usize])] = &[
        ("queue", &["reader=write"], &[0]),
        ("event", &["timeout=5"], &[]),
        ("event", &["set_event=true"], &[0, 1]),
        ("pipe", &["omit=first-send"], &[]),
        ("pipe", &["omit=reply"], &[0]),
        ("pipe", &["omit=first-recv"], &[0]),
        ("condition", &["wake=one"], &[0]),
        ("condition", &["first=producer"], &[0]),
        ("shared-memory", &["processes=2"], &[0, 1, 2]),
        ("shared-memory", &["lock=true"], &[0, 2]),
    ];
    for (name, set, expected) in cases {
        for seed in 0..4 {
            assert_eq!(check(name, seed, set), *expected, "{name} {set:?}, seed {seed}");
        }
    }
}

/// A paused run at this pace, which nobody waits for.
fn paced(name: &str, pause_to_ask: bool, pace: Pace) -> Run {
    let scenario = scenario(name, &[]);
    let config = Config { paused: true, pause_to_ask, pace, ..config(name, scenario.seed, &[]) };
    let run = Run::start(config).expect("the run starts");
    assert!(run.wait_until(PATIENCE, |shown| shown.rest_at == Some(0)), "no rest before the first step");
    run
}

fn play_on(run: &Run) -> Phase {
    run.command(Command::Play);
    let step = run.shown().step;
    assert!(run.wait_until(PATIENCE, |shown| shown.phase != Phase::Running && shown.step > step), "{:?}", run.shown());
    assert!(run.catch_up());
    run.shown().phase
}

fn asked_so_far(run: &Run) -> (usize, Option<usize>) {
    let timeline = run.timeline();
    (timeline.asked().moments().len(), timeline.asked().open_at(timeline.len()).map(|moment| moment.question))
}

#[test]
fn a_run_that_plays_by_pace_pauses_at_each_question() {
    for name in SCENARIOS {
        let mut run = paced(name, true, Pace::Steps(1000.0));
        for asked in 1..=scenario(name, &[]).questions.len() {
            assert_eq!(play_on(&run), Phase::Paused, "{name}");
            let (count, open) = asked_so_far(&run);
            assert_eq!(count, asked, "{name}");
            assert!(open.is_some(), "{name}");
        }
        assert_eq!(play_on(&run), Phase::Ended, "{name}");
        run.close();
    }
}

#[test]
fn nobody_is_held_up_who_does_not_want_to_be_asked() {
    for (pause_to_ask, pace) in [(true, Pace::Unlimited), (false, Pace::Steps(1000.0))] {
        let mut run = paced("pipe", pause_to_ask, pace);
        assert_eq!(play_on(&run), Phase::Ended);
        assert_eq!(asked_so_far(&run).0, 3);
        run.close();
    }
    let mut run = paced("pipe", true, Pace::Steps(1000.0));
    assert_eq!(play_on(&run), Phase::Paused);
    run.command(Command::PauseToAsk(false));
    assert_eq!(play_on(&run), Phase::Ended);
    run.close();
}
