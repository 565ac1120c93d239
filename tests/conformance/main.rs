//! Whether the primitives keep their promises, case by case. A case is a small program,
//! `FAMILY/NNN-name.rhai`, whose header says what it may print and how it may end; it is run free and
//! under many seeds. Beside it lies `NNN-name.py`, the same for CPython's multiprocessing, held to the
//! same header (or to the header's own word on Python, where the two differ on purpose).
//!
//! `cases.toml` names every case, also those without a program and why; `TABLE.md` is written from it.
//! Many cases follow CPython's own test suite (`_test_multiprocessing.py`), in our words.

mod allowed;
mod cases;
#[path = "../common/mod.rs"]
mod common;
mod program;
mod python;
mod table;

use std::collections::BTreeMap;
use std::panic::{RefUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use allowed::Slack;
use common::PATIENCE;
use ipcscope::host::{Config, Phase, Run};
use ipcscope::script;
use ipcscope::text::plain::Plain;
use ipcscope::world::{PrintedLine, verdicts};
use program::{End, Program};

const SEEDS: u64 = 20;
const FREE_RUNS: u64 = 2;
/// Programs of a family that run at the same time.
const WORKERS: usize = 2;

/// What one run gave.
struct Outcome {
    lines: Vec<String>,
    /// Lines of uncaught errors' messages.
    errors: Vec<String>,
    end: End,
    /// What was printed before somebody got OwnerDied from an object that a death broke, if anybody did.
    before_broken: Option<Vec<String>>,
}

/// The lines of what was said.
fn split<'a>(lines: impl IntoIterator<Item = &'a PrintedLine>) -> Vec<String> {
    lines.into_iter().flat_map(|line| line.text.split('\n')).map(str::to_owned).collect()
}

/// Runs a program to its end, or until nobody in it can move any more.
fn outcome(program: &Program, seed: u64, gated: bool) -> Outcome {
    let what = format!("{}, {} {seed}", program.name, if gated { "seed" } else { "free run" });
    let scenario = script::load(&program.path).unwrap_or_else(|error| panic!("{what}: {error}"));
    let config =
        Config { gated, end_when_stuck: false, exe: env!("CARGO_BIN_EXE_ipcscope").into(), ..Config::new(Arc::new(scenario), seed) };
    let mut run = Run::start(config).expect("the run starts");
    let over = run.wait_until(PATIENCE, |shown| matches!(shown.phase, Phase::Stuck | Phase::Ended));
    let events = common::events(&run);
    let mut plain = Plain::new();
    let mut told: Vec<PrintedLine> = events.iter().flat_map(|event| plain.push(event)).collect();
    told.extend(plain.finish());
    assert!(over, "{what}: neither ended nor stuck: {:?}\n{told:#?}", run.shown());
    assert_eq!(run.audit(), [], "{what}");
    assert_eq!(common::unsound(&events), Ok(()), "{what}");
    let world = run.timeline().head().clone();
    // Gated, a kill strikes between two steps, and so inside of nothing.
    assert!(!gated || (world.lost == 0 && !world.all_objects().any(|object| object.broken)), "{what}");
    let shown = run.shown();
    let end = match shown.phase {
        Phase::Stuck => End::Stuck(verdicts(&world).iter().map(|verdict| verdict.rule.name.to_owned()).collect()),
        _ => End::Exit(shown.exit.expect("a run that has ended has a status")),
    };
    run.close();
    let broken = world.all_objects().any(|object| object.broken);
    let so_told = told.iter().position(|line| line.text.contains("OwnerDied")).filter(|_| broken);
    let printed = |lines: &[PrintedLine]| split(lines.iter().filter(|line| !line.error));
    Outcome {
        lines: printed(&told),
        errors: split(told.iter().filter(|line| line.error)),
        end,
        before_broken: so_told.map(|at| printed(&told[..at])),
    }
}

/// Fails unless the header allows what a run gave; says which of its alternatives it was.
fn hold(program: &Program, given: &Outcome, slack: Slack, what: &str) -> usize {
    let expected = &program.here;
    assert!(expected.end.covers(&given.end), "{what}: it ends with {:?}, not {:?}\n{:#?}", given.end, expected.end, given.lines);
    assert_eq!(given.errors, program.complains, "{what}: uncaught errors");
    expected
        .allowed
        .iter()
        .position(|allowed| allowed.fits(&given.lines, slack))
        .unwrap_or_else(|| panic!("{what}: not one of the outcomes that its header allows: {:#?}", given.lines))
}

fn keeps_its_promise(program: &Program) {
    let mut seen = BTreeMap::new();
    for seed in 0..program.seeds.unwrap_or(SEEDS) {
        let given = outcome(program, seed, true);
        *seen.entry(hold(program, &given, Slack::Virtual, &format!("{}, seed {seed}", program.name))).or_insert(0) += 1;
    }
    for number in 0..FREE_RUNS {
        let given = outcome(program, number, false);
        let what = format!("{}, free run {number}", program.name);
        match &given.before_broken {
            // The kernel kills wherever it strikes. All goes as promised until somebody uses what was broken so.
            Some(lines) => {
                let begun = program.here.allowed.iter().any(|allowed| allowed.begins(lines, Slack::Real));
                assert!(begun, "{what}: before the first OwnerDied no outcome of its header begins so: {lines:#?}");
            }
            None => drop(hold(program, &given, Slack::Real, &what)),
        }
    }
    if program.all_seen {
        assert_eq!(seen.len(), program.here.allowed.len(), "{}: not every outcome was seen among the seeds: {seen:?}", program.name);
    }
}

/// Does something with each program, several at a time, since most of them wait; gives the names of those
/// with which it failed.
fn side_by_side<'a>(programs: &[&'a Program], work: impl Fn(&Program) + Sync + RefUnwindSafe) -> Vec<&'a str> {
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(program) = programs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if catch_unwind(|| work(program)).is_err() {
                        failed.lock().unwrap_or_else(PoisonError::into_inner).push(&program.name[..]);
                    }
                }
            });
        }
    });
    failed.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Runs all programs of a family, and tells of all that fail. `IPCSCOPE_CASE=050` runs only those whose
/// name contains the text.
fn family(name: &str) {
    let wanted = std::env::var("IPCSCOPE_CASE").unwrap_or_default();
    let programs: Vec<Program> = program::all().into_iter().filter(|program| program.family == name).collect();
    assert!(!programs.is_empty(), "the family {name} has no programs");
    let wanted: Vec<&Program> = programs.iter().filter(|program| program.name.contains(&wanted)).collect();
    let failed = side_by_side(&wanted, keeps_its_promise);
    assert!(failed.is_empty(), "these do not hold: {failed:?}");
}

/// A test for each family of primitives, so that they run side by side.
macro_rules! families {
    ($($name:ident),*) => {
        const FAMILIES: &[&str] = &[$(stringify!($name)),*];
        $(#[test] fn $name() { family(stringify!($name)); })*
    };
}

families!(process, lock, condition, event, barrier, pipe, queue, memory, manager, pool);

#[test]
fn no_program_is_left_out() {
    for program in program::all() {
        assert!(FAMILIES.contains(&&program.family[..]), "{} lies in a directory that no test runs", program.name);
    }
    cases::check(&cases::all(), &program::all());
}
