//! What is drawn agrees with memory and kernel after every step of every scenario; and where somebody
//! changes one word behind the program's back, the audit names the object and the part.

use std::collections::BTreeSet;
use std::os::fd::AsFd;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;

use crate::common::{SCENARIOS, is_over, live, step_through, step_until_rest};
use crate::small::SMALL;
use ipcscope::arena::actors::{State, next_word};
use ipcscope::host::Run;
use ipcscope::host::audit::Disagreement;
use ipcscope::kind::{self, pipe, queue};
use ipcscope::sys;
use ipcscope::trace::{ActorId, ObjectId, PartRef};
use ipcscope::world::{PartState, World};

/// Seeds for each scenario; another number through the environment variable.
const SEEDS: u64 = 50;
const SEEDS_VARIABLE: &str = "IPCSCOPE_AUDIT_SEEDS";

fn seeds() -> u64 {
    std::env::var(SEEDS_VARIABLE).ok().and_then(|text| text.parse().ok()).unwrap_or(SEEDS)
}

fn audit_every_step(scenario: &str, seed: u64, set: &[&str]) {
    let mut run = live(scenario, seed, set);
    let look = |n| {
        let wrong = run.audit();
        assert!(wrong.is_empty(), "{scenario} {set:?}, seed {seed}, step {n}: {wrong:#?}");
        let timeline = run.timeline();
        let world = timeline.head();
        assert_eq!((&world.faults[..], world.lost, world.step), (&[][..], 0, n), "{scenario} {set:?}, seed {seed}");
    };
    let steps = step_through(&run, look);
    assert!(steps > 10 && is_over(&run.shown()), "{scenario} {set:?}, seed {seed}: {steps} steps, {:?}", run.shown());
    run.close();
}

fn audit_seeds(scenario: &'static str, set: &'static [&'static str], seeds: u64) {
    for seed in 0..seeds {
        audit_every_step(scenario, seed, set);
    }
}

#[test]
fn every_step_of_every_scenario_agrees_with_memory_and_kernel() {
    let scenarios = SCENARIOS.map(|scenario| thread::spawn(move || audit_seeds(scenario, &[], seeds())));
    for scenario in scenarios {
        scenario.join().expect("the audit holds");
    }
}

#[test]
fn so_does_every_step_of_a_small_scenario_for_each_primitive() {
    for scenario in SMALL {
        audit_seeds(scenario, &[], 8);
    }
}

#[test]
fn so_do_the_runs_that_get_stuck_and_those_that_race() {
    audit_seeds("pipe", &["omit=first-send"], 2);
    audit_seeds("pipe", &["omit=first-recv"], 2);
    audit_seeds("condition", &["wake=one"], 2);
    audit_seeds("condition", &["first=producer"], 2);
    audit_seeds("queue", &["reader=write"], 2);
    audit_seeds("event", &["timeout=5", "set_event=true"], 2);
    audit_seeds("shared-memory", &["processes=2", "lock=true"], 1);
}

fn name_of(world: &World, part: PartRef) -> String {
    let object = world.object(part.object).expect("the object");
    let kind = kind::kind(object.kind).expect("its kind");
    format!("{} {}, {}", kind.name, object.name, kind.parts[part.part as usize].role.en)
}

/// The part is named, and nothing but parts of its object: a holder that cannot be found also hides
/// the bytes that were to be counted at its end.
fn names_only(found: &[Disagreement], name: &str, part: PartRef) {
    assert!(found.iter().any(|disagreement| disagreement.subject.starts_with(name)), "{name}: {found:?}");
    let by_part: Vec<_> = found.iter().filter(|disagreement| disagreement.part == Some(part)).collect();
    assert!(!by_part.is_empty(), "{name}: {found:?}");
    for disagreement in found {
        assert_eq!(disagreement.part.map(|part| part.object), Some(part.object), "{name}: {disagreement}");
        assert_ne!(disagreement.drawn, disagreement.found, "{name}");
    }
}

/// Which words of a part to spoil, and which bits. Word 0 is the number or the count; a change of both
/// ends of a cell shows whatever its type.
fn words(state: &PartState) -> Vec<(usize, u64)> {
    match state {
        PartState::Cells { .. } => vec![(0, 1), (1, 1 << 62 | 1)],
        PartState::Slots { .. } | PartState::Owner { .. } | PartState::Count { .. } => vec![(0, 1), (1, 1)],
        PartState::Waiters { waiters } if !waiters.is_empty() => vec![(0, 1), (1, 1)],
        PartState::Ends { ends } if !ends[0].holders.is_empty() => vec![(0, 1), (1, 1)],
        PartState::Waiters { .. } | PartState::Ends { .. } | PartState::Bytes { .. } | PartState::Flag { .. } => vec![(0, 1)],
    }
}

/// Spoils every part of every object there is, one word at a time. Gives the shapes it met, and
/// whether there was anything in them.
fn spoil_everything(run: &Run, met: &mut BTreeSet<(&'static str, bool)>) {
    assert_eq!(run.audit(), [], "before");
    let world = run.timeline().head().clone();
    for object in world.all_objects() {
        for (at, state) in object.parts.iter().enumerate() {
            let part = PartRef::new(object.id, at as u8);
            let name = name_of(&world, part);
            for (word, bits) in words(state) {
                let there = run.arena.part_at(part.object, part.part);
                let good = there.spoil(word, 0);
                there.spoil(word, good ^ bits);
                let found = run.audit();
                there.spoil(word, good);
                names_only(&found, &name, part);
            }
            met.insert((state.shape_name(), *state != PartState::new(kind::kind(object.kind).expect("its kind").parts[at].shape)));
        }
    }
    assert_eq!(run.audit(), [], "after");
}

#[test]
fn a_word_changed_behind_its_back_is_named() {
    let mut met = BTreeSet::new();
    for scenario in SCENARIOS {
        let mut run = live(scenario, 1, &[]);
        step_through(&run, |n| {
            if n % 4 == 3 {
                spoil_everything(&run, &mut met);
            }
        });
        run.close();
    }
    for shape in ["slots", "cells", "bytes", "ends", "count", "flag", "owner", "waiters"] {
        assert!(met.contains(&(shape, true)), "no {shape} with anything in it: {met:?}");
    }
}

/// Puts a byte into an end, through a copy that is closed again at once.
fn put_byte(run: &Run, ends: PartRef, end: u8) {
    let (process, fd) = run.arena.part_at(ends.object, ends.part).holders(end)[0];
    let child = run.children.get(process).expect("the holder lives");
    let copy = sys::pidfd::borrow_fd(child.pidfd.as_fd(), fd).expect("a copy of the end");
    assert_eq!(sys::pipe::write(copy.as_fd(), b"x").expect("room"), 1);
}

#[test]
fn a_byte_in_a_pipe_that_nobody_sent_is_named() {
    for (scenario, end, ends, named) in [
        ("pipe", 0, pipe::ENDS, "Pipe pipe, bytes to end 1 (kernel)"),
        ("pipe", 1, pipe::ENDS, "Pipe pipe, bytes to end 0 (kernel)"),
        ("queue", 1, queue::ENDS, "Queue q, bytes in the pipe (kernel)"),
    ] {
        let mut run = live(scenario, 1, &[]);
        let mut n = 0;
        while run.timeline().head().object(ObjectId(0)).is_none() {
            n += 1;
            assert!(step_until_rest(&run, n) && run.catch_up());
        }
        assert_eq!(run.audit(), [], "before");
        put_byte(&run, PartRef::new(ObjectId(0), ends), end);
        let found = run.audit();
        let said: Vec<&str> = found.iter().map(|disagreement| disagreement.subject.as_str()).collect();
        assert_eq!(said, [named], "{found:?}");
        assert_eq!((found[0].drawn.as_str(), found[0].found.as_str()), ("0", "1"));
        run.close();
    }
}

#[test]
fn an_actor_in_another_state_is_named() {
    let mut run = live("pipe", 1, &[]);
    let word = run.arena.actor_word(ActorId::MAIN);
    let good = word.swap(next_word(word.load(SeqCst), State::Dead), SeqCst);
    let found = run.audit();
    word.store(good, SeqCst);
    assert!(found.iter().any(|disagreement| disagreement.subject == "process main"), "{found:?}");
    assert_eq!(run.audit(), []);
    run.close();
}
