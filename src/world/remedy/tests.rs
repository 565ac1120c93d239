//! Runs that are stuck, and what could be done for each.

use super::*;
use crate::kind::Shape;
use crate::kind::{condition, event, lock, pipe, queue, rlock, semaphore};
use crate::trace::{Body, Born, Change, KindId, MessageId, Next, Preview, Role};
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
    crossed_with(kind, &[A, B])
}

/// So many could have gone instead of the last who took a lock.
fn crossed_with(kind: KindId, rivals: &[ActorId]) -> Sample {
    let mut run = two();
    run.make(MAIN, ObjectId(1), kind, "l", 1);
    run.make(MAIN, ObjectId(2), kind, "m", 2);
    own(&mut run, A, 1);
    run.rest(rivals, false);
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
    // Whoever waits for what was taken last goes first.
    let branch = ["Branch(8, ActorId(3)) frees [3, 4] keeps []"];
    let kills = ["Kill(ActorId(3)) frees [2] keeps [1]", "Kill(ActorId(4)) frees [] keeps [2]"];
    let releases = ["release Object(ObjectId(2)) frees one of [3] keeps []", "release Object(ObjectId(1)) frees one of [4] keeps []"];
    assert_eq!(told(&crossed(lock::ID)), [branch.as_slice(), &releases, &kills].concat());
    // One that slept then could not have gone first.
    assert_eq!(told(&crossed_with(lock::ID, &[B])), [releases.as_slice(), &kills].concat());
    // Nobody but its holder releases an RLock.
    assert_eq!(told(&crossed(rlock::ID)), [branch.as_slice(), &kills].concat());
}

#[test]
fn flags_are_set_and_sleepers_notified_while_the_lock_is_free() {
    let mut run = two();
    let (cond, e) = (ObjectId(1), ObjectId(3));
    run.make(MAIN, cond, condition::ID, "cond", 1);
    let inner = made(ObjectId(2), rlock::ID, "cond.lock", Some(cond));
    let under = Change::Under { object: cond, lock: ObjectId(2) };
    run.also(MAIN, &lock::MAKE, &lock::MAKE_MADE, Did { on: On::Object(ObjectId(2)), changes: vec![inner, under], ..Did::default() });
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

/// What somebody waits for who waits for one thing that an operation gives to an object, in the ways there are;
/// none where nobody waits for such a thing.
fn wants(object: ObjectId, kind: &Kind, gives: Gives) -> Vec<(Until, On)> {
    let part = |at: u8| PartRef::new(object, at);
    let def = |at: u8| &kind.parts[at as usize];
    let whole = On::Object(object);
    let ends = |at: u8| match def(at).shape {
        Shape::Ends(names) => names.len() as u8,
        _ => 0,
    };
    let read = |slots: &kind::Part| (slots.shape == Shape::Slots).then_some(slots.read_at).flatten().map(|(_, end)| end);
    let read: Vec<u8> = kind.parts.iter().filter_map(read).collect();
    match gives {
        Gives::Raises(at) => {
            let list = def(at).waiters.map(|list| (Until::Left(part(list)), whole));
            [(Until::FlagUp(part(at)), whole)].into_iter().chain(list).collect()
        }
        Gives::Frees(at) => vec![(Until::OwnerFree(part(at), None), whole)],
        Gives::Adds(at) => vec![(Until::CountAbove(part(at), 0), whole)],
        Gives::Lessens(at) => {
            def(at).waiters.filter(|_| def(at).awaited.is_none()).map(|list| (Until::Left(part(list)), whole)).into_iter().collect()
        }
        Gives::Fills(at) => match def(at).read_at {
            Some((ends, end)) => vec![(Until::Readable(part(ends), end), whole)],
            None => vec![(Until::SlotsFilled(part(at)), whole)],
        },
        Gives::Takes(at) => match def(at).read_at {
            Some((ends, end)) => vec![(Until::Writable(part(ends), 1 - end), whole)],
            None => Vec::new(),
        },
        Gives::Sends(at) => {
            let readers = (0..ends(at)).filter(|end| read.contains(end));
            readers.map(|end| (Until::Readable(part(at), end), On::End(object, 1 - end))).collect()
        }
        Gives::Receives(at) => {
            let readers = (0..ends(at)).filter(|end| read.contains(end));
            readers.map(|end| (Until::Writable(part(at), 1 - end), On::End(object, end))).collect()
        }
        Gives::Wakes(at) | Gives::WakesAll(at) => {
            vec![(Until::Left(part(at)), whole), (Until::OwnerFree(PartRef::new(ObjectId(9), 0), Some(part(at))), whole)]
        }
        Gives::Lowers(_) | Gives::Owns(_) | Gives::LetsGo(_) | Gives::Writes(_) => Vec::new(),
    }
}

/// A run that is stuck because one actor waits for this at an object that has room and, if it must give
/// something, one message.
fn stuck_for(kind: &'static Kind, filled: bool, until: Until) -> Sample {
    const SERVER: ActorId = ActorId(7);
    let (object, manager, lock) = (ObjectId(1), ObjectId(8), ObjectId(9));
    let mut run = two();
    run.make(MAIN, manager, kind::manager::ID, "m", 1);
    run.make(MAIN, lock, lock::ID, "l", 1);
    let born = Born {
        actor: SERVER,
        role: Role::Process,
        process: SERVER,
        creator: Some(MAIN),
        object: Some(manager),
        name: "m.server".into(),
        function: String::new(),
        pid: 4707,
        tid: 4707,
    };
    run.push(MAIN, Body::Born(born));
    let listens = Until::Readable(PartRef::new(manager, kind::manager::ENDS), 0);
    let mut changes = vec![made(object, kind.id, "x", None)];
    for (at, part) in kind.parts.iter().enumerate() {
        let part_ref = PartRef::new(object, at as u8);
        match part.shape {
            Shape::Ends(names) => {
                let ends = (0..names.len() as u8).map(|end| Change::Opened { part: part_ref, end, process: B });
                changes.extend(ends);
            }
            Shape::Count if part.free_of.is_some() => {
                // Who waits for a slot finds none.
                let value = if matches!(until, Until::CountAbove(part, _) if part == part_ref) { 0 } else { 3 };
                changes.push(Change::Counted { part: part_ref, value, max: Some(4) });
            }
            Shape::Count if part.awaited.is_none() => changes.push(Change::Counted { part: part_ref, value: 1, max: None }),
            Shape::Owner if matches!(until, Until::OwnerFree(wanted, None) if wanted == part_ref) => {
                changes.push(Change::Owned { part: part_ref, owner: Some(B), depth: 1 });
            }
            Shape::Slots if filled => {
                let message = MessageId(at as u64 + 1);
                changes.push(Change::Composed { message, value: Preview::new("A") });
                changes.push(Change::Moved { message, from: None, to: Some(part_ref) });
                changes.push(Change::Passed { message, written: 9, read: 0, frame: 9 });
            }
            _ => {}
        }
    }
    let on = On::Object(object);
    let maker = if kind.kept { SERVER } else { MAIN };
    let op = &kind.ops[0];
    let next = if kind.kept { waits_until(vec![listens], None) } else { Next::Goes };
    run.step(maker, op, &op.outcomes[0], Did { on, changes, next, ..Did::default() });
    let list = match until {
        Until::Left(list) | Until::OwnerFree(_, Some(list)) => vec![Change::Queued { part: list, actor: A }],
        _ => Vec::new(),
    };
    wait(&mut run, A, 1, vec![until], list);
    run.join(B, 9);
    run.rest(&[], true);
    assert_eq!(run.world.faults, [], "{}", kind.name);
    run
}

/// Over all kinds and all that the hand can do: whoever waits for what an operation gives is told of it.
#[test]
fn who_waits_for_what_the_hand_can_give_is_told_so() {
    let object = ObjectId(1);
    let mut tried = Vec::new();
    for kind in kind::ALL.iter().filter(|kind| kind.id != kind::process::ID) {
        for op in kind.by_hand() {
            let takes = op.gives.iter().any(|gives| matches!(gives, Gives::Takes(_) | Gives::Receives(_)));
            for gives in op.gives {
                for (until, on) in wants(object, kind, *gives) {
                    let what = format!("{}.{} gives {gives:?} to who waits for {until:?}", kind.name, op.name);
                    let run = stuck_for(kind, takes, until);
                    // To wake the only sleeper is to wake all.
                    let all = matches!(*gives, Gives::WakesAll(_));
                    let is_told = |deed: Deed| matches!(deed, Deed::Act(of, at) if at == on && (of == op.id || all));
                    let found = remedies(&run.world).into_iter().find(|remedy| is_told(remedy.deed));
                    let alone = matches!(*gives, Gives::Frees(part) if kind.parts[part as usize].owner_alone);
                    assert_eq!(found.is_some(), !alone, "{what}: {:?}", told(&run));
                    let told = found.map(|remedy| [remedy.frees, remedy.room_for].concat()).unwrap_or_default();
                    assert!(alone || told == [A], "{what}: {told:?}");
                    tried.push(format!("{}.{}", kind.name, op.name));
                }
            }
        }
    }
    tried.dedup();
    for needed in ["Barrier.reset", "Barrier.abort", "Queue.put", "Queue.get", "JoinableQueue.task_done", "Condition.notify", "Pipe.recv"] {
        assert!(tried.iter().any(|name| name == needed), "{needed} was not tried: {tried:?}");
    }
}
