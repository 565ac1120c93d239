//! What is told of lost updates adds up: of whatever is counted up, what is missing at the end is just what the
//! told writes destroyed. So nothing is told that was not lost, and nothing was lost that is not told.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::common::{PATIENCE, config, events};
use ipcscope::host::{Config, Run};
use ipcscope::script;
use ipcscope::trace::PartRef;
use ipcscope::world::{PartState, World};

/// Everything that has cells, each counted up by two processes without a lock.
const KINDS: &str = r#"
fn Counter() { #{ n: 0, add: my_add, look: my_look, note: my_note } }
fn my_add() { this.n += 1; }
fn my_look() { return this.n; }
fn my_note(x) { this.n = x; }
fn work(v, a, d, l, ns, mv, c) {
    for i in 0..3 {
        v.value += 1;
        a[1] += 1;
        d["k"] += 1;
        l[0] += 1;
        ns.x += 1;
        mv.value += 1;
        c.add();
        let n = c.look();
        c.note(n + 1);
    }
}
let v = Value("i", 0);
let a = Array("i", 2);
let m = BaseManager();
m.register("Counter", Counter);
m.start();
let k = Manager();
let d = k.dict(#{k: 0});
let l = k.list([0, 0]);
let ns = k.Namespace();
ns.x = 0;
let mv = k.Value(0);
let c = m.create("Counter", []);
let both = [];
for i in 0..2 { both.push(Process(`p${i}`, work, [v, a, d, l, ns, mv, c])); }
for p in both { p.start(); }
for p in both { p.join(); }
v.value = 100 + v.value;
"#;

/// Runs it; for each cell of which something was lost: how much less it was counted to than it should be.
fn missing(config: Config) -> BTreeMap<(PartRef, u32), i64> {
    let mut run = Run::start(Config { time_limit: Some(PATIENCE), ..config }).expect("the run starts");
    run.wait();
    assert!(run.catch_up(), "the trace is read");
    let mut world = World::new();
    let mut missing = BTreeMap::new();
    for event in events(&run) {
        if let Some(lost) = world.lost_update(&event) {
            let number = |text: &str| text.parse::<i64>().expect("a number");
            let gone = lost.reading.last_missed().expect("a write that is gone");
            *missing.entry((lost.part, lost.cell)).or_default() += number(&gone.value.text) - number(&lost.reading.value.text);
        }
        world.apply(&event);
    }
    assert_eq!(world.faults, []);
    run.close();
    // What every cell that was counted up holds now, beside what it should.
    for object in world.all_objects() {
        let should = match object.name.as_str() {
            "v" if world.all_objects().count() < 5 => 6,
            "v" => 106,
            "c" => 12,
            "a" | "d" | "l" | "ns" | "mv" => 6,
            _ => continue,
        };
        for (at, part) in object.parts.iter().enumerate() {
            let PartState::Cells { cells } = part else { continue };
            let (number, cell) = cells.iter().enumerate().max_by_key(|(_, cell)| cell.written_at).expect("a cell");
            let is: i64 = cell.value.text.parse().expect("a number");
            let told = missing.get(&(PartRef::new(object.id, at as u8), number as u32)).copied().unwrap_or(0);
            assert_eq!(should - is, told, "of {} it is told that {told} are lost", object.name);
        }
    }
    missing
}

/// A run of the script, by the order of a seed or as the kernel schedules it.
fn kinds(seed: u64, gated: bool) -> Config {
    let scenario = Arc::new(script::scenario::assemble("kinds", "kinds.rhai", KINDS, None).expect("a scenario"));
    Config { exe: PathBuf::from(env!("CARGO_BIN_EXE_ipcscope")), gated, ..Config::new(scenario, seed) }
}

#[test]
fn what_is_told_is_what_is_missing_whatever_it_was_lost_in() {
    let mut lost = BTreeMap::new();
    // Two whose order is by priority; then those that let anybody go at each step, until each kind has lost something.
    for seed in [0, 2].into_iter().chain((1..60).step_by(2)) {
        for (cell, count) in missing(kinds(seed, true)) {
            *lost.entry(cell.0.object).or_insert(0) += count;
        }
        if lost.len() == 7 {
            break;
        }
    }
    assert_eq!(lost.len(), 7, "each kind loses something under some seed: {lost:?}");
    (0..2).for_each(|seed| drop(missing(kinds(seed, false))));
}

#[test]
fn the_lesson_loses_what_it_says_and_under_its_lock_nothing() {
    let lost: Vec<i64> = (0..12).map(|seed| missing(config("lost-update", seed, &[])).values().sum()).collect();
    assert!(lost.iter().any(|lost| *lost > 1) && lost.contains(&0), "{lost:?}");
    for seed in 0..4 {
        assert_eq!(missing(config("lost-update", seed, &["lock=true"])), BTreeMap::new());
    }
}
