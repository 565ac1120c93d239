//! Paused means paused: nothing is written, nobody's word changes, nobody gets processor time and no
//! time limit runs out. One step moves exactly one actor.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::common::{PATIENCE, SCENARIOS, config, events, is_over, live, settle, step_through, step_until_rest, threads};
use ipcscope::arena::actors::State;
use ipcscope::host::{Command, Config, Pace, Phase, Run, Shown};
use ipcscope::trace::{ActorId, Body, Event, Grant};
use ipcscope::world::{Activity, World};

/// How long nothing must happen.
const WINDOW: Duration = Duration::from_millis(300);

/// Everything that would be different if anybody had moved.
#[derive(Debug, PartialEq)]
struct Reading {
    writes: u64,
    now: u64,
    words: BTreeMap<u16, u32>,
    /// Nanoseconds that each thread of each process has had a processor.
    scheduled: BTreeMap<String, u64>,
}

fn read(run: &Run) -> Reading {
    let words = run.arena.actor_ids().map(|id| (id.0, run.arena.actor_word(id).load(std::sync::atomic::Ordering::SeqCst)));
    let scheduled = threads(run).into_iter().map(|(pid, tid)| {
        let text = std::fs::read_to_string(format!("/proc/{pid}/task/{tid}/schedstat")).expect("a living thread");
        (format!("{pid}/{tid}"), text.split(' ').next().and_then(|number| number.parse().ok()).expect("a number"))
    });
    Reading { writes: run.arena.writes(), now: run.arena.now(), words: words.collect(), scheduled: scheduled.collect() }
}

/// Nothing moves for a while.
fn nothing_moves(run: &Run, what: &str) {
    settle(run);
    let (before, step) = (read(run), run.shown().step);
    assert!(!before.scheduled.is_empty(), "{what}: nobody is there");
    let moved = run.wait_until(WINDOW, |shown| shown.step != step);
    assert!(!moved, "{what}: a step was taken");
    assert_eq!(read(run), before, "{what}");
}

fn waits_with_deadline(world: &World, name: &str) -> bool {
    world.all_actors().any(|actor| {
        actor.name == name && matches!(&actor.activity, Activity::Waiting(wait) if wait.deadline.is_some() && !wait.until.is_empty())
    })
}

fn head<T>(run: &Run, look: impl FnOnce(&World) -> T) -> T {
    assert!(run.catch_up());
    look(run.timeline().head())
}

#[test]
fn nothing_moves_between_two_steps() {
    for scenario in SCENARIOS {
        let mut run = live(scenario, 3, &[]);
        nothing_moves(&run, scenario);
        for n in 1..=14 {
            assert!(step_until_rest(&run, n));
        }
        nothing_moves(&run, scenario);
        run.close();
    }
}

#[test]
fn a_time_limit_does_not_run_out_while_paused() {
    // The wait is far shorter than the window.
    let mut run = live("event", 1, &["timeout=0.1"]);
    let mut n = 0;
    while !head(&run, |world| waits_with_deadline(world, "nonblock")) {
        n += 1;
        assert!(step_until_rest(&run, n));
    }
    nothing_moves(&run, "event");
    let before = events(&run).len();
    assert!(head(&run, |world| waits_with_deadline(world, "nonblock")));
    // Only when time passes, as a step, it is up.
    loop {
        n += 1;
        assert!(step_until_rest(&run, n));
        if events(&run)[before..].iter().any(|event| matches!(event.body, Body::Granted { grant: Grant::Expire, .. })) {
            break;
        }
        assert!(n < 100);
    }
    let jumps = events(&run)[before..].iter().filter(|event| matches!(event.body, Body::Clock { .. })).count();
    assert_eq!(jumps, 1, "time passed once, and only for this");
    run.close();
}

#[test]
fn a_run_on_its_way_can_be_paused() {
    // So slow that it cannot end before it is paused.
    let mut run = Run::start(Config { pace: Pace::Steps(5.0), ..config("queue", 1, &[]) }).expect("the run starts");
    assert!(run.wait_until(PATIENCE, |shown| shown.step >= 3));
    run.command(Command::Pause);
    assert!(run.wait_until(PATIENCE, |shown| shown.phase == Phase::Paused && shown.rest_at == Some(shown.step)));
    nothing_moves(&run, "queue at 5 steps a second");
    let step = run.shown().step;
    run.command(Command::Play);
    assert!(run.wait_until(PATIENCE, |shown| shown.step > step), "it goes on");
    run.close();
}

#[test]
fn a_free_run_stops_with_its_clock_and_goes_on() {
    // Side by side, since they sleep most of the time.
    std::thread::scope(|scope| {
        for how in [Command::Pause, Command::Step(1), Command::Free(false)] {
            scope.spawn(move || stops_and_goes_on(how));
        }
    });
}

fn stops_and_goes_on(how: Command) {
    // Long enough to be paused in, however slow the machine.
    let limit = Duration::from_secs(4);
    let free = Config { gated: false, end_when_stuck: false, ..config("event", 1, &["timeout=4"]) };
    let mut run = Run::start(free).expect("the run starts");
    let waits = |_: &_| head(&run, |world| waits_with_deadline(world, "nonblock"));
    assert!(run.wait_until(PATIENCE, waits), "nonblock waits");
    // Closing the gate is no pause: where nobody can move, time jumps. At this pace that is one step at most.
    run.command(Command::SetPace(Pace::Steps(0.01)));
    run.command(how.clone());
    if how == Command::Free(false) {
        run.command(Command::Pause);
    }
    let steps = u64::from(how == Command::Step(1));
    let paused = |shown: &Shown| shown.phase == Phase::Paused && shown.step >= steps && shown.rest_at == Some(shown.step);
    assert!(run.wait_until(PATIENCE, paused), "{how:?}: {:?}", run.shown());
    assert!(run.arena.gated(), "{how:?}");
    let paused = Instant::now();
    while paused.elapsed() < limit {
        nothing_moves(&run, &format!("event, {how:?}, for longer than its time limit"));
    }
    assert!(head(&run, |world| waits_with_deadline(world, "nonblock")), "{how:?}: its time is not up");
    run.command(Command::Free(true));
    assert!(run.wait_until(PATIENCE, |shown| shown.phase == Phase::Ended), "{how:?}: {:?}", run.shown());
    assert_eq!(run.shown().exit, Some(0), "{how:?}");
    run.close();
}

/// The states of all actors, without the numbers of their changes.
fn states(run: &Run) -> BTreeMap<ActorId, State> {
    run.arena.actor_ids().map(|id| (id, run.arena.state(id))).collect()
}

fn granted(events: &[Event]) -> Vec<Option<ActorId>> {
    let granted = events.iter().filter_map(|event| match &event.body {
        Body::Granted { actor, .. } => Some(Some(*actor)),
        Body::Clock { .. } => Some(None),
        _ => None,
    });
    granted.collect()
}

#[test]
fn one_step_moves_exactly_one_actor() {
    for scenario in SCENARIOS {
        let mut run = live(scenario, 5, &[]);
        let mut before = (events(&run).len(), states(&run));
        step_through(&run, |n| {
            if n == 0 {
                return;
            }
            let new = events(&run).split_off(before.0);
            let grants = granted(&new);
            assert_eq!(grants.len(), 1, "{scenario}, step {n}: {new:#?}");
            let mut born = Vec::new();
            let mut ended = Vec::new();
            for event in &new {
                match &event.body {
                    Body::Acted(_) | Body::Printed(_) => assert_eq!(grants, [Some(event.actor)], "{scenario}, step {n}: {event:?}"),
                    Body::Born(birth) => born.push(birth.actor),
                    Body::Died(died) => ended.push(died.actor),
                    _ => {}
                }
            }
            let acted = new.iter().filter(|event| matches!(event.body, Body::Acted(_) | Body::Printed(_))).count();
            assert!(grants == [None] || acted > 0, "{scenario}, step {n}: a step is seen: {new:#?}");
            let after = states(&run);
            for (id, state) in &after {
                let was = before.1.get(id).copied();
                let expected = match was {
                    None => born.contains(id),
                    Some(was) => was == *state || (*state == State::Dead && run.arena.state(run.arena.kin(*id).process) == State::Dead),
                };
                assert!(expected || ended.contains(id), "{scenario}, step {n}: {id:?} went from {was:?} to {state:?}");
            }
            before = (before.0 + new.len(), after);
        });
        assert!(is_over(&run.shown()));
        run.close();
    }
}

#[test]
fn a_chosen_process_is_the_one_that_moves() {
    let mut run = live("condition", 1, &[]);
    let mut seen = 0;
    for n in 1..=25 {
        let before = events(&run).len();
        let candidates: Vec<ActorId> =
            head(&run, |world| world.rest.iter().flat_map(|rest| &rest.candidates).map(|candidate| candidate.actor).collect());
        let Some(last) = candidates.last().copied() else {
            assert!(step_until_rest(&run, n));
            continue;
        };
        run.command(Command::StepActor(last));
        assert!(run.wait_until(PATIENCE, |shown| shown.rest_at == Some(n)));
        assert_eq!(granted(&events(&run)[before..]), [Some(last)], "step {n}");
        seen += usize::from(candidates.len() > 1);
    }
    assert!(seen > 0, "there was a choice");
    run.close();
}
