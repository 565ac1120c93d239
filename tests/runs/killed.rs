//! What a death does to others: for each primitive a small scenario, `killed/NAME.rhai`, with a process
//! named `victim` (or as a line `// victim: NAME` says), which is killed after each step of it in turn.
//! The header says how the run may end:
//!
//! ```text
//! // killed: exits 0              each `killed` line is one way to end, and must be seen
//! // killed: stuck: dead_holder
//! // holding: stuck: dead_holder  this is the one where the victim held a lock of the user's
//! ```

use std::collections::BTreeSet;
use std::fs;
use std::panic::{RefUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::common::{PATIENCE, children, is_over, live, step_through};
use ipcscope::host::{Command, Phase, Run};
use ipcscope::kind::{self, Lang};
use ipcscope::text;
use ipcscope::trace::ActorId;
use ipcscope::world::{PartState, World, verdicts};

const SIGKILL: i32 = 9;
const DIRECTORY: &str = "tests/killed";
/// Orders in which each scenario is gone through.
const SEEDS: u64 = 2;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Exits(i32),
    /// With this verdict among others.
    Stuck(String),
}

struct Scenario {
    path: String,
    victim: String,
    killed: Vec<End>,
    holding: Option<End>,
}

fn end(text: &str) -> End {
    match text.split_once(' ') {
        Some(("exits", status)) => End::Exits(status.parse().expect("an exit status")),
        Some(("stuck:", rule)) => End::Stuck(rule.to_owned()),
        _ => panic!("no end: {text}"),
    }
}

fn scenarios() -> Vec<Scenario> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(DIRECTORY);
    let names = fs::read_dir(root).expect("the directory").map(|entry| entry.expect("an entry").file_name());
    let mut paths: Vec<String> = names.map(|name| format!("{DIRECTORY}/{}", name.to_string_lossy())).collect();
    paths.sort();
    let read = |path: String| {
        let text = fs::read_to_string(&path).expect("the scenario");
        let ends = |what: &str| text.lines().filter_map(|line| line.strip_prefix(what)).map(end).collect::<Vec<_>>();
        let named = text.lines().find_map(|line| line.strip_prefix("// victim: ")).unwrap_or("victim");
        Scenario { victim: named.to_owned(), killed: ends("// killed: "), holding: ends("// holding: ").pop(), path }
    };
    paths.into_iter().map(read).collect()
}

/// The victim, if it lives.
fn victim(scenario: &Scenario, world: &World) -> Option<ActorId> {
    world.processes().find(|process| process.name == scenario.victim && !process.is_dead()).map(|process| process.id)
}

/// Whether a process holds a lock that nobody frees at its death.
fn holds(world: &World, process: ActorId) -> bool {
    let is_its = |actor: ActorId| world.actor(actor).is_some_and(|actor| actor.process == process);
    world.all_objects().any(|object| {
        let robust = |at: usize| kind::kind(object.kind).and_then(|kind| kind.parts.get(at)).is_some_and(|part| part.robust);
        let held =
            |(at, part): (usize, &PartState)| matches!(part, PartState::Owner { owner: Some(owner), .. } if is_its(*owner) && !robust(at));
        object.parts.iter().enumerate().any(held)
    })
}

/// Kills the victim after a step, lets the run go on, and gives how it ended.
fn killed_after(scenario: &Scenario, seed: u64, step: u64) -> End {
    let when = format!("{}, seed {seed}, killed after step {step}", scenario.path);
    let mut run = live(&scenario.path, seed, &[]);
    if step > 0 {
        run.command(Command::Step(step as u32));
        assert!(run.wait_until(PATIENCE, |shown| shown.rest_at == Some(step)), "{when}: {:?}", run.shown());
    }
    run.catch_up();
    let (victim, held) = {
        let timeline = run.timeline();
        let victim = victim(scenario, timeline.head()).expect("it lives, as it did the first time");
        (victim, holds(timeline.head(), victim))
    };
    run.command(Command::Signal(victim, SIGKILL));
    let rested = run.wait_until(PATIENCE, |shown| shown.rest_at == Some(step + 1) || shown.phase == Phase::Ended);
    assert!(rested, "{when}: no rest after it: {:?}", run.shown());
    must_be_sound(&run, &when);
    run.command(Command::Play);
    assert!(run.wait_until(PATIENCE, is_over), "{when}: it hangs: {:?}", run.shown());
    must_be_sound(&run, &format!("{when}, at the end"));
    let ended = how_it_ended(&run, scenario, &when);
    if let (Some(holding), true) = (&scenario.holding, held) {
        assert_eq!(&ended, holding, "{when}, holding a lock");
    }
    if scenario.holding.as_ref().is_some_and(|holding| *holding == ended) {
        assert!(held, "{when}: {ended:?}, though it held no lock");
    }
    let pids: Vec<u32> = run.timeline().head().processes().map(|process| process.pid).collect();
    run.close();
    let left: BTreeSet<u32> = children().into_iter().filter(|pid| pids.contains(pid)).collect();
    assert!(left.is_empty(), "{when}: processes left behind: {left:?}");
    ended
}

fn must_be_sound(run: &Run, when: &str) {
    assert_eq!(run.audit(), [], "{when}");
    assert_eq!(run.timeline().head().faults, [], "{when}");
}

/// The one of the scenario's ways to end that it was.
fn how_it_ended(run: &Run, scenario: &Scenario, when: &str) -> End {
    let shown = run.shown();
    let timeline = run.timeline();
    let rules: Vec<&str> = verdicts(timeline.head()).iter().map(|verdict| verdict.rule.name).collect();
    let is_it = |end: &&End| match end {
        End::Exits(status) => shown.phase == Phase::Ended && shown.exit == Some(*status),
        End::Stuck(rule) => shown.phase == Phase::Stuck && rules.contains(&rule.as_str()),
    };
    let found = scenario.killed.iter().find(is_it).cloned();
    found.unwrap_or_else(|| {
        panic!(
            "{when}: its header knows no such end: {:?}, exit {:?}, {rules:?}\n{}",
            shown.phase,
            shown.exit,
            text::stuck(timeline.head(), Lang::En)
        )
    })
}

/// Steps of the undisturbed run after which the victim lives.
fn moments(scenario: &Scenario, seed: u64) -> Vec<u64> {
    let run = live(&scenario.path, seed, &[]);
    let mut moments = Vec::new();
    step_through(&run, |step| {
        run.catch_up();
        if victim(scenario, run.timeline().head()).is_some() {
            moments.push(step);
        }
    });
    assert!(moments.len() > 3, "{}: the victim has {} steps", scenario.path, moments.len());
    moments
}

fn check(scenario: &Scenario) {
    let mut seen = BTreeSet::new();
    for seed in 1..=SEEDS {
        seen.extend(moments(scenario, seed).into_iter().map(|step| killed_after(scenario, seed, step)));
    }
    let wanted: BTreeSet<End> = scenario.killed.iter().cloned().collect();
    assert_eq!(seen, wanted, "{}: what was seen, and what its header promises", scenario.path);
}

/// Does `work` for each, on two threads; a failure ends nothing but itself.
fn for_each<T: Sync + RefUnwindSafe>(all: &[T], work: impl Fn(&T) + Sync + RefUnwindSafe, name: impl Fn(&T) -> &str + Sync) {
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if catch_unwind(|| work(one)).is_err() {
                        failed.lock().unwrap_or_else(PoisonError::into_inner).push(name(one).to_owned());
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    assert!(failed.is_empty(), "these fail: {failed:?}");
}

#[test]
fn a_victim_is_missed_by_those_only_for_whom_it_held_something() {
    let wanted = std::env::var("IPCSCOPE_CASE").unwrap_or_default();
    let scenarios: Vec<Scenario> = scenarios().into_iter().filter(|scenario| scenario.path.contains(&wanted)).collect();
    assert!(!scenarios.is_empty());
    for_each(&scenarios, check, |scenario| &scenario.path);
}
