//! A branch: the beginning of a run once more, with everything that came to it from its hand and from
//! outside, as far as that can be had again.

use crate::common::{self, PATIENCE, events, live, step_until_rest};
use ipcscope::host::{Command, Config, Run};
use ipcscope::trace::{ActorId, Body, Cause, Event, Mode};
use nix::sys::signal::Signal::{self, SIGCONT, SIGKILL, SIGSTOP};
use nix::sys::signal::kill;
use nix::unistd::Pid;

/// The writer and the reader of the lesson `queue`.
const WRITER: ActorId = ActorId(3);
const READER: ActorId = ActorId(4);

/// Takes steps up to this one.
fn step_to(run: &Run, step: u64) {
    for n in run.shown().step + 1..=step {
        assert!(step_until_rest(run, n), "no step {n}");
    }
    assert!(run.catch_up());
}

/// What somebody does in another terminal; waits until the run tells of it and has come to rest.
fn from_outside(run: &Run, actor: ActorId, signal: Signal) {
    let pid = run.timeline().head().actor(actor).expect("it has been born").pid;
    let before = events(run).len();
    kill(Pid::from_raw(pid as i32), signal).expect("the signal is sent");
    let told = |event: &Event| matches!(event.body, Body::Died(_) | Body::Stopped { .. });
    let rests = |event: &Event| matches!(event.body, Body::Rest(_));
    let come = run.wait_until(PATIENCE, |_| {
        assert!(run.catch_up());
        let events = events(run);
        events[before..].iter().position(told).is_some_and(|at| events[before + at..].iter().any(rests))
    });
    assert!(come, "{signal} is not told of: {:?}", run.shown());
}

/// What happened, without what differs from one run to the next: numbers of processes, and births of the hand.
fn story(run: &Run) -> Vec<String> {
    let told = |event: Event| match event.body {
        Body::Acted(acted) => Some(format!("{:?} {} {:?}", event.actor, event.time, acted)),
        Body::Printed(printed) => Some(format!("{:?} {} {:?}", event.actor, event.time, printed.text)),
        Body::Died(died) => Some(format!("{died:?}")),
        Body::Stopped { actor, stopped } => Some(format!("{actor:?} {stopped}")),
        Body::Granted { step, actor, .. } => Some(format!("{step} {actor:?}")),
        _ => None,
    };
    events(run).into_iter().filter_map(told).collect()
}

fn again(mut run: Run, point: u64) -> Run {
    let repeat = run.repetition(point).expect("all of it was granted");
    let scenario = common::config("queue", 1, &[]);
    run.close();
    let step = repeat.step;
    let config = Config {
        recorded: repeat.grants,
        by_hand: repeat.by_hand,
        repeat_to: repeat.step,
        paused: true,
        end_when_stuck: false,
        ..scenario
    };
    let run = Run::start(config).expect("the run starts");
    assert!(run.wait_until(PATIENCE, |shown| shown.rest_at == Some(step)), "{:?}", run.shown());
    assert!(run.catch_up());
    run
}

#[test]
fn a_branch_repeats_what_came_from_outside_and_from_the_hand_in_its_place() {
    let run = live("queue", 1, &[]);
    step_to(&run, 9);
    for (id, name) in [(WRITER, "pw"), (READER, "pr")] {
        assert_eq!(run.timeline().head().actor(id).map(|actor| actor.name.clone()).as_deref(), Some(name));
    }
    from_outside(&run, WRITER, SIGSTOP);
    step_to(&run, 10);
    from_outside(&run, WRITER, SIGCONT);
    run.command(Command::Signal(WRITER, SIGSTOP as i32));
    assert!(run.wait_until(PATIENCE, |shown| shown.rest_at == Some(11)), "{:?}", run.shown());
    step_to(&run, 12);
    assert!(run.catch_up());
    let before = run.timeline().len();
    from_outside(&run, READER, SIGKILL);
    run.command(Command::Signal(WRITER, SIGCONT as i32));
    assert!(run.wait_until(PATIENCE, |shown| shown.rest_at == Some(13)), "{:?}", run.shown());
    step_to(&run, 15);

    // At its end, the same run; and of that branch a branch.
    let first = story(&run);
    let mut run = again(run, u64::MAX);
    for _ in 0..2 {
        assert_eq!(story(&run), first);
        assert_eq!(run.audit(), []);
        run = again(run, u64::MAX);
    }
    // Before the death, everybody lives.
    let mut run = again(run, before);
    assert!(run.timeline().head().actor(READER).is_some_and(|reader| !reader.is_dead()));
    assert!(events(&run).iter().all(|event| !matches!(event.body, Body::Died(_))));
    assert_eq!(run.shown().step, 12);
    run.close();
}

#[test]
fn what_a_scenario_kills_is_killed_by_the_scenario_again() {
    let source = r#"
        fn sleeps() { sleep(9); }
        let p = Process("p", sleeps);
        p.start();
        p.kill();
        p.join();
        print("after it");
    "#;
    let scenario = std::sync::Arc::new(ipcscope::script::scenario::assemble("killer", "killer.rhai", source, None).expect("it loads"));
    let exe = std::path::PathBuf::from(env!("CARGO_BIN_EXE_ipcscope"));
    let mut run = Run::start(Config { exe, ..Config::new(scenario, 1) }).expect("the run starts");
    run.wait();
    let killed = |event: &Event| matches!(&event.body, Body::Died(died) if died.cause == Cause::Signal(SIGKILL as i32));
    assert!(events(&run).iter().any(killed));
    assert_eq!(run.repetition(u64::MAX).expect("all of it was granted").by_hand, []);
    run.close();
}

#[test]
fn what_the_kernel_scheduled_cannot_be_had_again() {
    let mut run = live("queue", 1, &[]);
    step_to(&run, 5);
    let before = run.timeline().len();
    run.command(Command::Free(true));
    assert!(run.wait_until(PATIENCE, |_| run.catch_up() && matches!(run.timeline().head().mode, Mode::Free { .. })));
    assert!(run.repetition(before).is_some_and(|repeat| repeat.step == 5));
    assert_eq!(run.repetition(u64::MAX), None);
    run.close();
}
