//! Runs that are stuck, and what could be done for each.

use super::*;
use crate::kind::{condition, event, lock, pipe, queue, rlock, semaphore};
use crate::trace::{Body, Change, KindId, Preview};
use crate::world::sample::{self, Did, MAIN, Sample, made, waits as waits_until};

const A: ActorId = ActorId(3);
const B: ActorId = ActorId(4);

fn told(run: &Sample) -> Vec<String> {
    assert_eq!(run.world.faults, []);
    let one = |remedy: &Remedy| {
        let what = match remedy.deed {
            Deed::Act(op, on) => format!("{} {on:?}", kind::op(op).map_or("?", |op| op.name)),
            other => format!("{other:?}"),
        };
        let frees: Vec<u16> = remedy.frees.iter().map(|id| id.0).collect();
        let keeps: Vec<u16> = remedy.keeps.iter().map(|part| part.object.0).collect();
        format!("{what} frees {}{frees:?} keeps {keeps:?}", if remedy.one { "one of " } else { "" })
    };
    remedies(&run.world).iter().map(one).collect()
}

fn two() -> Sample {
    let mut run = Sample::new();
    run.start(A, "a", "f", 3);
    run.start(B, "b", "f", 4);
    run
}

fn own(run: &mut Sample, who: ActorId, object: u16) {
    let part = PartRef::new(ObjectId(object), lock::OWNER);
    let changes = vec![Change::Owned { part, owner: Some(who), depth: 1 }];
    run.step(who, &lock::ACQUIRE, &lock::ACQUIRE_TOOK, Did { on: On::Object(part.object), changes, ..Did::default() });
}

fn wait(run: &mut Sample, who: ActorId, object: u16, until: Vec<Until>, changes: Vec<Change>) {
    let did = Did { on: On::Object(ObjectId(object)), next: waits_until(until, None), changes, ..Did::default() };
    run.step(who, &lock::ACQUIRE, &lock::ACQUIRE_WAITS, did);
}

fn crossed(kind: KindId) -> Sample {
    let mut run = two();
    run.make(MAIN, ObjectId(1), kind, "l", 1);
    run.make(MAIN, ObjectId(2), kind, "m", 2);
    own(&mut run, A, 1);
    own(&mut run, B, 2);
    wait(&mut run, A, 2, vec![Until::OwnerFree(PartRef::new(ObjectId(2), lock::OWNER), None)], vec![]);
    wait(&mut run, B, 1, vec![Until::OwnerFree(PartRef::new(ObjectId(1), lock::OWNER), None)], vec![]);
    run.join(A, 9);
    assert_eq!(told(&run), [""; 0]);
    run.rest(&[], true);
    run
}

#[test]
fn crossed_locks_are_released_and_killing_leaves_them_held() {
    let kills = ["Kill(ActorId(3)) frees [2] keeps [1]", "Kill(ActorId(4)) frees [] keeps [2]", "Branch(8) frees [] keeps []"];
    let releases = ["release Object(ObjectId(2)) frees one of [3] keeps []", "release Object(ObjectId(1)) frees one of [4] keeps []"];
    assert_eq!(told(&crossed(lock::ID)), [releases.as_slice(), &kills].concat());
    // Nobody but its holder releases an RLock.
    assert_eq!(told(&crossed(rlock::ID)), kills);
}

#[test]
fn flags_are_set_and_sleepers_notified_while_the_lock_is_free() {
    let mut run = two();
    let (cond, e) = (ObjectId(1), ObjectId(3));
    run.make(MAIN, cond, condition::ID, "cond", 1);
    let inner = made(ObjectId(2), rlock::ID, "cond.lock", Some(cond));
    run.also(MAIN, &lock::MAKE, &lock::MAKE_MADE, Did { on: On::Object(ObjectId(2)), changes: vec![inner], ..Did::default() });
    run.make(MAIN, e, event::ID, "e", 2);
    let sleepers = PartRef::new(cond, condition::SLEEPERS);
    let owner = PartRef::new(ObjectId(2), lock::OWNER);
    wait(&mut run, A, 1, vec![Until::OwnerFree(owner, Some(sleepers))], vec![Change::Queued { part: sleepers, actor: A }]);
    let waiters = PartRef::new(e, event::WAITERS);
    let until = vec![Until::FlagUp(PartRef::new(e, event::FLAG)), Until::Left(waiters)];
    wait(&mut run, B, 3, until, vec![Change::Queued { part: waiters, actor: B }]);
    run.join(A, 9);
    run.rest(&[], true);
    let expected = [
        "notify Object(ObjectId(1)) frees one of [3] keeps []",
        "set Object(ObjectId(3)) frees [4] keeps []",
        "Kill(ActorId(3)) frees [2] keeps []",
    ];
    assert_eq!(told(&run), expected);
    // Whoever notifies must have the lock, which somebody holds now.
    run.host(Body::Also { changes: vec![Change::Owned { part: owner, owner: Some(MAIN), depth: 1 }] });
    run.rest(&[], true);
    assert_eq!(told(&run), ["set Object(ObjectId(3)) frees [4] keeps []", "Kill(ActorId(3)) frees [2] keeps []"]);
}

#[test]
fn counts_are_raised_within_their_bound() {
    let mut run = two();
    run.make(MAIN, ObjectId(1), semaphore::BOUNDED_ID, "s", 1);
    let part = PartRef::new(ObjectId(1), semaphore::PERMITS);
    let counted = |value| Change::Counted { part, value, max: Some(1) };
    wait(&mut run, A, 1, vec![Until::CountAbove(part, 0)], vec![counted(0)]);
    wait(&mut run, B, 1, vec![Until::CountAbove(part, 0)], vec![]);
    run.rest(&[], true);
    assert_eq!(told(&run), ["release Object(ObjectId(1)) frees one of [3, 4] keeps []"]);
    run.host(Body::Also { changes: vec![counted(1)] });
    run.rest(&[], true);
    assert_eq!(told(&run), [""; 0]);
}

#[test]
fn a_reader_is_sent_something_and_a_writer_gets_room() {
    let stuck = sample::stuck_run();
    let expected = [
        "send End(ObjectId(1), 1) frees one of [3] keeps []",
        "send End(ObjectId(1), 0) frees one of [4] keeps []",
        "Kill(ActorId(3)) frees [2, 4] keeps []",
        "Kill(ActorId(4)) frees [3] keeps []",
    ];
    assert_eq!(told(&stuck), expected);
    // A writer that has filled its pipe: the other side takes a message, once it is there as a whole.
    let mut run = two();
    let p = ObjectId(1);
    let ends = PartRef::new(p, pipe::ENDS);
    run.make(MAIN, p, pipe::ID, "p", 1);
    let message = MessageId(1);
    let changes = vec![
        Change::Opened { part: ends, end: 0, process: A },
        Change::Opened { part: ends, end: 1, process: B },
        Change::Composed { message, value: Preview::new("much") },
        Change::Moved { message, from: None, to: Some(PartRef::new(p, pipe::TO_1)) },
        Change::Passed { message, written: 8, read: 0, frame: 10 },
    ];
    wait(&mut run, A, 1, vec![Until::Writable(ends, 0)], changes);
    run.join(B, 9);
    run.rest(&[], true);
    assert_eq!(told(&run), ["Kill(ActorId(4)) frees [2, 3] keeps []"]);
    run.host(Body::Also { changes: vec![Change::Passed { message, written: 10, read: 0, frame: 10 }] });
    run.rest(&[], true);
    // One message less may not be room enough: what is taken frees nobody for sure.
    assert_eq!(told(&run)[0], "recv End(ObjectId(1), 1) frees [] keeps []");
    assert_eq!(remedies(&run.world)[0].room_for, [A]);
}

#[test]
fn a_reader_of_an_empty_queue_is_given_a_value() {
    let mut run = two();
    let q = ObjectId(1);
    let (ends, slots, lock) = (PartRef::new(q, queue::ENDS), PartRef::new(q, queue::SLOTS), PartRef::new(q, queue::READ_LOCK));
    run.make(MAIN, q, queue::ID, "q", 1);
    let opened = |end, process| Change::Opened { part: ends, end, process };
    let changes = vec![
        Change::Counted { part: slots, value: 4, max: Some(4) },
        opened(0, A),
        opened(1, A),
        Change::Owned { part: lock, owner: Some(A), depth: 1 },
    ];
    wait(&mut run, A, 1, vec![Until::Readable(ends, 0)], changes);
    wait(&mut run, B, 1, vec![Until::OwnerFree(lock, None)], vec![]);
    run.rest(&[], true);
    // A value frees who waits for one. The read lock would go with its holder, but b would wait on for a value.
    assert_eq!(told(&run), ["put Object(ObjectId(1)) frees one of [3] keeps []"]);
    run.host(Body::Also { changes: vec![Change::Counted { part: slots, value: 0, max: Some(4) }] });
    run.rest(&[], true);
    assert_eq!(told(&run), [""; 0]);
    // Nobody can put anything between the pieces of a message.
    let message = MessageId(1);
    let half = vec![
        Change::Counted { part: slots, value: 3, max: Some(4) },
        Change::Composed { message, value: Preview::new("half") },
        Change::Moved { message, from: None, to: Some(PartRef::new(q, queue::PIPE)) },
        Change::Passed { message, written: 5, read: 5, frame: 10 },
    ];
    run.host(Body::Also { changes: half });
    run.rest(&[], true);
    assert_eq!(told(&run), [""; 0]);
}
