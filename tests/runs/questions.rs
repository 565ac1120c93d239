//! The questions of the lessons: each is asked and answered in the lesson's own run, its answer is
//! a fact of the run under every seed, and a run that plays by pace pauses at each.

use crate::common::{PATIENCE, SCENARIOS, config, events, live, scenario, step_until_rest};
use ipcscope::host::{Command, Config, Pace, Phase, Run};
use ipcscope::ipc::Value;
use ipcscope::kind;
use ipcscope::trace::{Acted, ActorId, Body, Change, Event, Next, ObjectId, On, Until};
use ipcscope::world::{Activity, Actor, Moment, Object, PartState, Timeline, World};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

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
        said(self.acted())
    }

    fn part(&self, object: &str, part: u8) -> &PartState {
        let object = self.world.all_objects().find(|found| found.name == object).expect("the object is there");
        &object.parts[part as usize]
    }

    /// What somebody did from the step on.
    fn acts(&self, actor: ActorId) -> impl Iterator<Item = &'a Acted> {
        self.events[self.row..].iter().filter(move |event| event.actor == actor).filter_map(|event| match &event.body {
            Body::Acted(acted) => Some(acted),
            _ => None,
        })
    }

    /// What a manager's server did for somebody's first request from the step on, until it was answered.
    fn serves(&self, client: ActorId) -> impl Iterator<Item = &'a Acted> {
        let answered = move |event: &&Event| {
            let answers = [kind::connection::ASK_ANSWERED.id, kind::connection::ASK_DONE.id];
            let done =
                matches!(&event.body, Body::Acted(acted) if acted.op == kind::connection::ASK.id && answers.contains(&acted.outcome));
            event.actor == client && done
        };
        let name = self.world.actor(client).map_or("", |client| client.name.as_str());
        let server = self.events.iter().find_map(|event| match &event.body {
            Body::Born(born) if born.process != client && born.name.ends_with(&format!(".{name}")) => Some(born.actor),
            _ => None,
        });
        let until = self.events[self.row..].iter().take_while(move |event| !answered(event));
        until.filter(move |event| Some(event.actor) == server).filter_map(|event| match &event.body {
            Body::Acted(acted) => Some(acted),
            _ => None,
        })
    }

    /// How many lines of the whole run hold a text.
    fn printed(&self, text: &str) -> usize {
        self.events.iter().filter(|event| matches!(&event.body, Body::Printed(printed) if printed.text.contains(text))).count()
    }

    /// How often a flag went up in the whole run.
    fn raises(&self) -> usize {
        let raised = |change: &Change| matches!(change, Change::Raised { up: true, .. });
        self.events.iter().filter(|event| matches!(&event.body, Body::Acted(acted) if acted.changes.iter().any(raised))).count()
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
            PartState::Cells { cells } => cells.front().is_some_and(|cell| cell.value.text == "3.1415927"),
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
        _ => holds_in_small(name, asked),
    }
}

/// The same for the lessons that ask one thing.
fn holds_in_small(name: &str, asked: &Asked) -> bool {
    let world = &asked.world;
    let actor = asked.moment.actor;
    match name {
        "private-memory" => asked.printed("add_one: count is 2") == 1 && asked.printed_later("main, after the process: count is 1"),
        "empty-lies" => {
            let in_pipe =
                world.messages.iter().any(|message| message.place.is_some_and(|part| world.kind_of(part.object) == Some(kind::queue::ID)));
            asked.said() == if in_pipe { "false" } else { "true" }
        }
        // Only child has the writing end, and it never hears of an end.
        "end-of-file" => {
            let ends = asked.part("pipe", kind::pipe::ENDS);
            let PartState::Ends { ends } = ends else { return false };
            let holders: Vec<ActorId> =
                ends.iter().filter(|end| end.name.en == "writer").flat_map(|end| &end.holders).map(|holder| holder.process).collect();
            holders == [asked.process("child").id] && asked.printed("EOFError") == 0
        }
        // Whether it takes the second lock or waits for it, the first one stays its own.
        "two-locks" => {
            let second = asked.acted().on.object();
            let first = world.all_objects().find(|object| object.kind == kind::lock::ID && Some(object.id) != second);
            first.is_some_and(|first| asked.part(&first.name, kind::lock::OWNER) == &owned_by(actor))
        }
        "philosophers" => {
            let mut wanted = asked.acts(actor).filter(|acted| acted.op == kind::lock::ACQUIRE.id).filter_map(|acted| acted.on.object());
            let first = asked.acted().on.object();
            wanted.find(|fork| Some(*fork) != first).and_then(|fork| world.object(fork)).is_some_and(|fork| fork.name == "forks[0]")
        }
        "rendezvous" => asked.printed("goes up to the hut") == 2 && asked.raises() == 0,
        "turnstile" => asked.printed("comes") == 3 && asked.printed("is through") == 1,
        "bounded-buffer" => asked.acted().op == kind::semaphore::ACQUIRE.id && asked.part("lock", kind::lock::OWNER) == &owned_by(actor),
        // Nobody who waits for ever goes home.
        "forgotten-pill" => asked.printed("goes home") == 2 && asked.printed("All have gone home") == 0,
        // All that is still in the queue is unfinished, and job 2 besides.
        "missing-task-done" => {
            let PartState::Count { value, .. } = asked.part("q", kind::joinable_queue::UNFINISHED) else { return false };
            *value == world.messages.iter().count() as i64 + 1
        }
        // Both are dead before write does anything again.
        "pipeline" => {
            let after = &asked.events[asked.row + 1..];
            let awake = after.iter().position(|event| event.actor == actor && matches!(event.body, Body::Acted(_))).unwrap_or(0);
            let died = |id: ActorId| after[..awake].iter().any(|event| matches!(&event.body, Body::Died(died) if died.actor == id));
            ["count", "square"].iter().all(|name| asked.process(name).is_dead() || died(asked.process(name).id))
        }
        "manager-collections" => asked.printed_later("[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]"),
        // It lies in the server as soon as the worker goes on.
        "manager-queue" => {
            let put = asked
                .serves(actor)
                .any(|acted| acted.op == kind::managed_queue::PUT.id && acted.outcome == kind::managed_queue::PUT_PUT.id);
            let fed = asked
                .events
                .iter()
                .any(|event| matches!(&event.body, Body::Acted(acted) if acted.op == kind::queue::PUT.id && said(acted) == "12346"));
            put && !fed
        }
        "manager-string" => {
            let line = asked.acted().line;
            let requests = asked.acts(actor).filter(|acted| acted.line == line && acted.outcome == kind::connection::ASK_ASKED.id);
            requests.filter(|acted| acted.op == kind::connection::ASK.id).count() == 2
        }
        "shared-object" => {
            let set = |acted: &Acted| acted.op == kind::managed::DO.id && acted.outcome == kind::managed::DO_SET.id;
            asked.serves(actor).any(set) && !asked.acts(actor).any(set)
        }
        other => panic!("nobody says what the answer in {other} means"),
    }
}

fn said(acted: &Acted) -> &str {
    acted.detail.as_ref().map_or("", |detail| detail.text.as_str())
}

fn owned_by(actor: ActorId) -> PartState {
    PartState::Owner { owner: Some(actor), depth: 1 }
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
        ("private-memory", &["shared=true"], &[]),
        ("empty-lies", &["ask=get"], &[]),
        ("end-of-file", &["leak=nobody"], &[]),
        ("end-of-file", &["leak=main"], &[]),
        ("two-locks", &["same_order=true"], &[0]),
        ("philosophers", &["meals=2"], &[0]),
        ("philosophers", &["one_differs=true"], &[]),
        ("rendezvous", &["first=set"], &[]),
        ("turnstile", &["pass_on=true"], &[]),
        ("bounded-buffer", &["lock_first=false"], &[]),
        ("forgotten-pill", &["pills=3"], &[]),
        ("missing-task-done", &["tell=true"], &[0]),
        ("pipeline", &["room=1"], &[]),
        ("manager-collections", &["inner=changed"], &[0]),
        ("manager-queue", &["managed=false"], &[]),
        ("manager-string", &["greeters=2"], &[0]),
        ("manager-string", &["greeters=2", "lock=true"], &[0]),
        ("shared-object", &["lock=false", "workers=5", "increments=2"], &[0]),
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
    let step = run.shown().step;
    run.command(Command::Play);
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

/// The writer of the lesson `queue`: the first process that main starts.
const WRITER: ActorId = ActorId(3);

/// Who changes a run while a question is open.
#[derive(Debug)]
enum By {
    Hand(Command),
    Others,
    TheKernel,
}

/// Answers are about the run as its source makes it: a writer that was killed has not flushed its buffer,
/// whoever killed it, and with a message of the hand's in it a queue is another. Where the kernel has scheduled,
/// nobody counted who came to a line how often.
#[test]
fn who_interferes_is_asked_nothing_any_more() {
    let put = Command::Hand(kind::queue::PUT.id, On::Object(ObjectId(0)), Some(Value::Int(1)));
    let kill = Command::Signal(WRITER, Signal::SIGKILL as i32);
    for interference in [By::Hand(put), By::Hand(kill), By::Others, By::TheKernel] {
        let mut run = live("queue", 1, &[]);
        let mut n = 0;
        let asked = |run: &Run| {
            assert!(run.catch_up());
            run.timeline().asked().moments().to_vec()
        };
        while asked(&run).is_empty() {
            n += 1;
            assert!(step_until_rest(&run, n));
        }
        let before = events(&run).len() as u64;
        match &interference {
            By::Hand(command) => {
                run.command(command.clone());
                assert!(run.wait_until(PATIENCE, |shown| shown.rest_at == Some(n + 1)), "{:?}", run.shown());
            }
            By::Others => stop_and_continue(&run, WRITER),
            By::TheKernel => free_for_a_while(&run),
        }
        run.command(Command::SetPace(Pace::Steps(10_000.0)));
        run.command(Command::Play);
        assert!(run.wait_until(PATIENCE, |shown| matches!(shown.phase, Phase::Ended | Phase::Stuck)), "{:?}", run.shown());
        let moments = asked(&run);
        assert_eq!(moments.len(), 1, "{interference:?}: {moments:?}");
        assert!(!moments[0].taken && moments[0].opened < before && moments[0].closed >= Some(before), "{moments:?}");
        run.close();
    }
}

/// Opens the gate, and closes it again as soon as somebody has gone through.
fn free_for_a_while(run: &Run) {
    let acts = |run: &Run| {
        assert!(run.catch_up());
        events(run).iter().filter(|event| matches!(event.body, Body::Acted(_))).count()
    };
    let before = acts(run);
    run.command(Command::Free(true));
    assert!(run.wait_until(PATIENCE, |_| acts(run) > before), "{:?}", run.shown());
    run.command(Command::Free(false));
}

/// What somebody else does in another terminal.
fn stop_and_continue(run: &Run, actor: ActorId) {
    let pid = Pid::from_raw(run.timeline().head().actor(actor).expect("the writer").pid as i32);
    for (signal, stops) in [(Signal::SIGSTOP, true), (Signal::SIGCONT, false)] {
        kill(pid, signal).expect("the signal is sent");
        let told = |run: &Run| {
            assert!(run.catch_up());
            run.timeline().head().actor(actor).is_some_and(|actor| actor.stopped == stops)
        };
        assert!(run.wait_until(PATIENCE, |_| told(run)), "{signal} is not told of");
    }
}
