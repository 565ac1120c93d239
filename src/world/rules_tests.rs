//! Every rule of the fold is broken once, and the fault says so; no event whatever makes it panic.

use super::sample::{MAIN, Sample, made};
use super::{PartState, World};
use crate::kind::{array, buffer, condition, event, lock, pipe, queue};
use crate::trace::{
    ActorId, Body, Cause, Change, Died, Event, Grant, KindId, MessageId, ObjectId, Pages, PartRef, Preview, Printed, arbitrary,
};
use proptest::prelude::*;

const DEAD: ActorId = ActorId(9);
const OTHER: ActorId = ActorId(3);
const QUEUE: ObjectId = ObjectId(1);
const LOCK: ObjectId = ObjectId(2);
const CELLS: ObjectId = ObjectId(3);
const COND: ObjectId = ObjectId(4);
const EVENT: ObjectId = ObjectId(5);
const BUFFER: ObjectId = ObjectId(6);

const FIRST: MessageId = MessageId(1);
const SECOND: MessageId = MessageId(2);
const FREE: MessageId = MessageId(3);
const GONE: MessageId = MessageId(4);

fn part(object: ObjectId, part: u8) -> PartRef {
    PartRef::new(object, part)
}

fn composed(message: MessageId) -> Change {
    Change::Composed { message, value: Preview::new("v") }
}

fn moved(message: MessageId, from: Option<PartRef>, to: Option<PartRef>) -> Change {
    Change::Moved { message, from, to }
}

/// A world with one object of each sort, two messages in a row, one elsewhere and one lost, a lock that
/// is held, a waiter, an end that is held, and a dead process.
fn furnished() -> Sample {
    let mut run = Sample::new();
    run.born(OTHER, "other", "f", Some(MAIN));
    run.born(DEAD, "dead", "f", Some(MAIN));
    run.host(Body::Died(Died { actor: DEAD, cause: Cause::Exit(0), changes: vec![] }));
    let pipe = part(QUEUE, queue::PIPE);
    let changes = vec![
        made(QUEUE, queue::ID, "q", None),
        made(LOCK, lock::ID, "l", None),
        made(CELLS, array::ID, "a", None),
        made(COND, condition::ID, "c", None),
        made(EVENT, event::ID, "e", None),
        made(BUFFER, buffer::ID, "b", Some(QUEUE)),
        composed(FIRST),
        composed(SECOND),
        composed(FREE),
        composed(GONE),
        moved(FIRST, None, Some(pipe)),
        moved(SECOND, None, Some(pipe)),
        moved(GONE, None, Some(part(BUFFER, buffer::SLOTS))),
        Change::Dropped { message: GONE },
        Change::Passed { message: FIRST, written: 5, read: 2, frame: 10 },
        Change::Counted { part: part(QUEUE, queue::SLOTS), value: 3, max: Some(3) },
        Change::Wrote { part: part(CELLS, array::CELLS), first: 0, values: vec![Preview::new("0")] },
        Change::Owned { part: part(LOCK, lock::OWNER), owner: Some(MAIN), depth: 1 },
        Change::Queued { part: part(LOCK, lock::WAITERS), actor: OTHER },
        Change::Opened { part: part(QUEUE, queue::ENDS), end: 0, process: MAIN },
        Change::Filled { part: part(QUEUE, queue::BYTES), bytes: 9, pages: Some(Pages { used: 2, of: 16 }) },
    ];
    run.host(Body::Also { changes });
    assert_eq!(run.world.faults, []);
    run
}

fn check(change: Change, expected: &str) {
    let mut run = furnished();
    run.host(Body::Also { changes: vec![change.clone()] });
    let faults: Vec<&str> = run.world.faults.iter().map(|fault| fault.what.as_str()).collect();
    match expected {
        "" => assert!(faults.is_empty(), "{change:?}: {faults:?}"),
        _ => assert!(faults.iter().any(|fault| fault.contains(expected)), "{change:?}: {faults:?}"),
    }
}

#[test]
fn objects_are_made_once() {
    check(made(ObjectId(7), pipe::ID, "p", None), "");
    check(made(QUEUE, queue::ID, "q", None), "made twice");
    check(made(ObjectId(7), KindId(99), "x", None), "unknown kind 99");
    check(Change::Broken { object: ObjectId(7) }, "does not exist");
    check(Change::Raised { part: part(ObjectId(7), 0), up: true }, "does not exist");
    check(Change::Raised { part: part(EVENT, 7), up: true }, "does not exist");
}

#[test]
fn a_part_takes_only_its_own_sort_of_change() {
    let wrong = part(EVENT, event::WAITERS);
    check(Change::Raised { part: wrong, up: true }, "is waiters, not flag");
    check(Change::Wrote { part: wrong, first: 0, values: vec![] }, "not cells");
    check(Change::Counted { part: wrong, value: 0, max: None }, "not count");
    check(Change::Owned { part: wrong, owner: None, depth: 0 }, "not owner");
    check(Change::Filled { part: wrong, bytes: 1, pages: None }, "not bytes");
    let filled = |bytes, used, of| Change::Filled { part: part(QUEUE, queue::BYTES), bytes, pages: Some(Pages { used, of }) };
    check(filled(9, 16, 16), "");
    check(filled(9, 17, 16), "pages");
    check(filled(9, 2, 8), "pages");
    check(filled(9, 0, 16), "9 bytes lie in 0 pages");
    check(Change::Opened { part: wrong, end: 0, process: MAIN }, "not ends");
    check(Change::Closed { part: wrong, end: 0, process: MAIN }, "not ends");
    check(Change::SeenClosed { part: wrong, end: 0 }, "not ends");
    check(moved(FREE, None, Some(wrong)), "not slots");
    check(Change::Queued { part: part(EVENT, event::FLAG), actor: MAIN }, "is flag, not waiters");
}

#[test]
fn messages_are_in_one_place_and_leave_in_order() {
    let pipe = part(QUEUE, queue::PIPE);
    let buffer = part(BUFFER, buffer::SLOTS);
    check(moved(FIRST, Some(pipe), None), "");
    check(moved(FREE, None, Some(pipe)), "");
    check(composed(FIRST), "composed twice");
    check(moved(MessageId(9), None, Some(pipe)), "never composed");
    check(moved(SECOND, Some(pipe), None), "not the first to leave");
    check(moved(FIRST, None, Some(buffer)), "lies in");
    check(moved(FIRST, Some(buffer), None), "lies in");
    check(moved(GONE, Some(buffer), Some(pipe)), "is lost and yet moves");
    check(Change::Dropped { message: MessageId(9) }, "does not exist");
}

#[test]
fn bytes_of_a_message_only_grow() {
    let passed = |written, read, frame| Change::Passed { message: FIRST, written, read, frame };
    check(passed(10, 10, 10), "");
    // A writer need not know what was read.
    check(passed(8, 0, 10), "");
    check(passed(11, 2, 10), "impossible");
    check(passed(5, 6, 10), "impossible");
    check(passed(5, 2, 11), "impossible");
    let mut run = furnished();
    run.host(Body::Also { changes: vec![passed(8, 0, 10)] });
    let known = run.world.message(FIRST).and_then(|message| message.passed);
    assert_eq!(known.map(|known| (known.written, known.read)), Some((8, 2)));
}

#[test]
fn cells_and_counts_stay_in_bounds() {
    let wrote = |first| Change::Wrote { part: part(CELLS, array::CELLS), first, values: vec![Preview::new("1")] };
    check(wrote(0), "");
    check(wrote(1), "");
    check(wrote(2), "there are 1");
    let counted = |value, max| Change::Counted { part: part(QUEUE, queue::SLOTS), value, max };
    check(counted(0, Some(3)), "");
    check(counted(-1, Some(3)), "counts -1");
    check(counted(4, Some(3)), "counts 4");
    check(counted(4, Some(5)), "its bound became");
}

#[test]
fn an_owner_is_alive_and_alone() {
    let owned = |owner, depth| Change::Owned { part: part(LOCK, lock::OWNER), owner, depth };
    check(owned(Some(MAIN), 2), "");
    check(owned(None, 0), "");
    check(owned(Some(OTHER), 1), "took what actor");
    check(owned(None, 1), "with depth 1");
    check(owned(Some(MAIN), 0), "with depth 0");
    check(owned(Some(DEAD), 1), "after its death");
}

#[test]
fn waiters_wait_once_and_are_alive() {
    let waiters = part(LOCK, lock::WAITERS);
    let sleepers = part(COND, condition::SLEEPERS);
    check(Change::Queued { part: waiters, actor: MAIN }, "");
    check(Change::Left { part: waiters, actor: OTHER }, "");
    check(Change::Queued { part: waiters, actor: OTHER }, "queued twice");
    check(Change::Queued { part: waiters, actor: DEAD }, "after its death");
    check(Change::Left { part: waiters, actor: MAIN }, "without having queued");
    check(Change::Requeued { from: sleepers, to: waiters, actor: MAIN }, "without having queued");
}

#[test]
fn ends_are_closed_by_their_holders() {
    let ends = part(QUEUE, queue::ENDS);
    check(Change::Opened { part: ends, end: 1, process: OTHER }, "");
    check(Change::Closed { part: ends, end: 0, process: MAIN }, "");
    check(Change::Closed { part: ends, end: 0, process: OTHER }, "did not hold");
    check(Change::Opened { part: ends, end: 0, process: DEAD }, "after its death");
    check(Change::Opened { part: ends, end: 2, process: MAIN }, "no end 2");
    check(Change::Closed { part: ends, end: 2, process: MAIN }, "no end 2");
    check(Change::SeenClosed { part: ends, end: 2 }, "no end 2");
}

#[test]
fn the_dead_do_nothing_and_steps_go_forward() {
    let check = |actor: ActorId, body: Body, expected: &str| {
        let mut run = furnished();
        run.host(Body::Granted { step: 7, actor: MAIN, grant: Grant::Proceed });
        run.push(actor, body);
        let faults: Vec<&str> = run.world.faults.iter().map(|fault| fault.what.as_str()).collect();
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{faults:?}");
    };
    check(ActorId::HOST, Body::Granted { step: 8, actor: DEAD, grant: Grant::Proceed }, "was let go after its death");
    check(ActorId::HOST, Body::Granted { step: 6, actor: MAIN, grant: Grant::Proceed }, "step 6 follows step 7");
    check(ActorId::HOST, Body::Clock { step: 6, to: 9 }, "step 6 follows step 7");
    check(ActorId::HOST, Body::Died(Died { actor: DEAD, cause: Cause::Exit(1), changes: vec![] }), "died once more");
    let printed = Printed { text: "x".into(), line: 4, more: false, error: false };
    check(ActorId(20), Body::Printed(printed), "never born");
    let mut run = furnished();
    run.born(OTHER, "again", "f", None);
    assert!(run.world.faults.iter().any(|fault| fault.what.contains("born twice")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_event_whatever_makes_the_fold_panic(events in prop::collection::vec(arbitrary::event(), 0..80)) {
        let mut world = World::new();
        for event in &events {
            world.apply(event);
            let verdicts = super::verdicts(&world);
            prop_assert!(verdicts.len() < 10_000);
        }
        prop_assert_eq!(world.events, events.len() as u64);
        prop_assert_eq!(world.clone().digest(), world.digest());
        prop_assert!(world.faults.len() <= 100);
    }

    /// A damaged beginning does not keep what follows from being shown.
    #[test]
    fn after_any_rubbish_a_legal_run_still_folds(rubbish in prop::collection::vec(arbitrary::event(), 0..20)) {
        let mut world = World::new();
        for event in rubbish.iter().chain(&super::sample::event_run().events) {
            world.apply(event);
        }
        let up = matches!(world.part(part(ObjectId(1), event::FLAG)), Some(PartState::Flag { up: true }));
        prop_assert!(up);
    }
}

#[test]
fn a_fault_names_its_event() {
    let mut run = furnished();
    let index = run.events.len() as u64;
    run.push(MAIN, Body::Also { changes: vec![Change::Broken { object: ObjectId(40) }] });
    assert_eq!(run.world.faults.first().map(|fault| fault.event), Some(index));
    let event: Option<&Event> = run.events.get(index as usize);
    assert!(event.is_some());
}
