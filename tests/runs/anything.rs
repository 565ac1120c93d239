//! Whatever the hand does to whatever object, at any step, in any order: the picture agrees with memory
//! and kernel, each refusal has a word why, and the run can be closed with nothing left.

use std::time::Instant;

use crate::common::{PATIENCE, SCENARIOS, is_over, live};
use crate::small::SMALL;
use ipcscope::host::{Command, Phase, Run};
use ipcscope::ipc::Value;
use ipcscope::kind::{self, Lang};
use ipcscope::text;
use ipcscope::trace::{Body, On};
use ipcscope::world::{Object, PartState, World};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

const SEEDS: u64 = 8;
/// Turns in each run; more than any of the five takes by itself.
const TURNS: u32 = 90;

fn pick<'a, T>(rng: &mut ChaCha8Rng, from: &'a [T]) -> Option<&'a T> {
    (!from.is_empty()).then(|| &from[rng.next_u32() as usize % from.len()])
}

/// Everything that an object's operations can be about.
fn subjects(object: &Object) -> Vec<On> {
    let mut subjects = vec![On::Object(object.id)];
    for state in &object.parts {
        match state {
            PartState::Cells { cells } => subjects.extend((0..cells.len() as u32 + 1).map(|cell| On::Cell(object.id, cell))),
            PartState::Ends { ends } => subjects.extend((0..ends.len() as u8).map(|end| On::End(object.id, end))),
            _ => {}
        }
    }
    subjects
}

/// One thing that the hand may try: possible or not.
fn something(rng: &mut ChaCha8Rng, world: &World) -> Option<Command> {
    let objects: Vec<&Object> = world.all_objects().collect();
    let object = pick(rng, &objects)?;
    let op = *pick(rng, kind::kind(object.kind)?.hand)?;
    let on = *pick(rng, &subjects(object))?;
    let values = [
        None,
        Some(Value::Int(7)),
        Some(Value::Float(-0.5)),
        Some(Value::Str("by hand".to_owned())),
        Some(Value::Array(vec![Value::Unit])),
        // A key with its value, where cells have keys.
        Some(Value::Array(vec![Value::Str("x".to_owned()), Value::Int(7)])),
    ];
    Some(Command::Hand(op, on, pick(rng, &values)?.clone()))
}

fn at_rest(run: &Run) {
    let rested = run.wait_until(PATIENCE, |shown| shown.rest_at == Some(shown.step) || is_over(shown));
    assert!(rested, "no rest: {:?}", run.shown());
}

/// Does one thing and waits for what comes of it: a step, or a word why not.
fn turn(run: &Run, command: Command) {
    let step = run.shown().step;
    run.command(command.clone());
    let heard = run.wait_until(PATIENCE, |shown| shown.step > step || shown.notice.is_some() || shown.phase == Phase::Ended);
    assert!(heard, "{command:?}: neither a step nor a word: {:?}", run.shown());
    at_rest(run);
}

/// The audit holds. A refusal is heard a little after the step that it is about, and may be taken for
/// the answer to the next command, which then is still on its way: hence the second look.
fn agrees(run: &Run, what: &str) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let wrong = run.audit();
        if wrong.is_empty() {
            break;
        }
        assert!(Instant::now() < deadline, "{what}: {wrong:#?}");
        at_rest(run);
    }
    let timeline = run.timeline();
    let world = timeline.head();
    assert_eq!((&world.faults[..], world.lost), (&[][..], 0), "{what}");
}

/// Whether a slot is left: a word in braces. A map in a value has more in its own.
fn has_slot(told: &str) -> bool {
    let inner = told.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    inner.into_iter().any(|(word, _)| !word.is_empty() && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '\''))
}

/// Every event has a sentence, in both languages, without a slot that nobody filled.
fn reads_well(run: &Run, what: &str) {
    let timeline = run.timeline();
    for index in timeline.first()..timeline.len() {
        let Some(event) = timeline.event(index) else { continue };
        if !matches!(event.body, Body::Acted(_) | Body::Died(_)) {
            continue;
        }
        let (before, after) = (timeline.world_at(index), timeline.world_at(index + 1));
        for lang in [Lang::En, Lang::Zh] {
            let told = text::sentence(&before, &after, &event, lang);
            assert!(!told.is_empty() && !has_slot(&told), "{what}: {told:?} of {event:?}");
        }
    }
}

#[test]
fn whatever_the_hand_does_the_picture_holds() {
    hands_on(&SCENARIOS, SEEDS);
}

#[test]
fn so_it_does_whatever_the_primitive() {
    hands_on(SMALL, SEEDS / 2);
}

fn hands_on(scenarios: &[&str], seeds: u64) {
    let mut by_hand = 0;
    for scenario in scenarios {
        for seed in 0..seeds {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let mut run = live(scenario, seed, &[]);
            let mut what = String::new();
            for _ in 0..TURNS {
                if run.shown().phase == Phase::Ended {
                    break;
                }
                let mine = rng.next_u32().is_multiple_of(2) || run.shown().phase == Phase::Stuck;
                let command = if mine { something(&mut rng, run.timeline().head()) } else { None };
                by_hand += u64::from(command.is_some());
                let command = command.unwrap_or(Command::Step(1));
                what = format!("{scenario}, seed {seed}, after step {}: {command:?}", run.shown().step);
                if command == Command::Step(1) && run.shown().phase == Phase::Stuck {
                    break;
                }
                turn(&run, command);
                agrees(&run, &what);
            }
            reads_well(&run, &what);
            run.close();
        }
    }
    assert!(by_hand > 30 * seeds, "only {by_hand} by hand");
}
