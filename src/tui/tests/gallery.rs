//! A run that has everything at once: each kind of object, each shape of part in each of its states,
//! an actor in each of its. No scenario would be like this; every view must draw it all the same.

use super::runs;
use crate::kind::{Shape, UNBOUNDED_SLOTS, array, buffer, condition, event, lock, managed, pipe, process, queue, rlock, value};
use crate::trace::*;
use crate::world::sample::{Did, HAND, MAIN, MS, Sample, made, waits};
use crate::world::{Activity, Actor, World};

pub(super) const WRITER: ActorId = ActorId(3);
pub(super) const READER: ActorId = ActorId(4);
pub(super) const FEEDER: ActorId = ActorId(5);
pub(super) const SLEEPER: ActorId = ActorId(6);
pub(super) const HALTED: ActorId = ActorId(7);
pub(super) const KILLED: ActorId = ActorId(8);
pub(super) const FAILED: ActorId = ActorId(9);
pub(super) const WIDE: ActorId = ActorId(10);
pub(super) const TIMED: ActorId = ActorId(11);
pub(super) const UNBORN: ActorId = ActorId(12);
pub(super) const QUEUE: ObjectId = ObjectId(1);

/// More than any screen holds.
const LONG: &str = "a letter that is far too long to stand in a box, a cell, a lane or a line, so that it is shortened everywhere";

// The lines that the events name have no meaning; long, wide and coloured ones are among them.
pub(super) const SOURCE: &str = r#"// A gallery: nothing that runs, everything that is drawn.
let q = Queue(3);
let closed = Queue();
let p = Pipe();
let [reader, writer] = Pipe(false);
let up = Event();
let down = Event();
let idle = Lock();
let kept = Lock();
let nested = RLock();
let cond = Condition();
let number = Value("d", 0.0);
let cells = Array("i", 0..40);

// 写者把字母放进队列；读者把它们取出来。这一行很长，长到任何窗口都放不下，所以在每一种宽度下都必须用省略号缩短，而不是悄悄地剪掉。
fn write(q, cells) {
	for value in ["A", "你好，世界", "C"] {
		print(`Put ${value} to queue, and say so in a line that no narrow window can hold: it must be shortened with an ellipsis`);
		q.put(value);
		cells[39] = -1;
	}
}

fn read(q) {
	with q { print("取到", q.get()); }
}
"#;

/// The run up to the point where everybody is in the state that it has here, and at rest.
pub(super) fn events() -> Vec<Event> {
    let mut events = runs::gated(&run());
    // Everybody who can go says what comes next, as at any rest.
    let rest = events.pop();
    let world = runs::fold(&events);
    let runs = |actor: &&Actor| actor.role != Role::Hand && !actor.stopped && actor.activity == Activity::Running;
    for id in world.all_actors().filter(runs).map(|actor| actor.id) {
        let detail = Some(Preview::new("你好，世界"));
        let body = Body::Announced(Announced { op: queue::PUT.id, on: On::Object(QUEUE), line: 19, detail });
        events.push(Event { actor: id, time: world.now, wall: 0, body });
    }
    let candidates = runs::candidates(&runs::fold(&events));
    events.extend(rest.map(|rest| {
        let next_deadline = Some(3000 * MS);
        Event { body: Body::Rest(Rest { candidates, next_deadline, stuck: false }), ..rest }
    }));
    events
}

/// A run of which something was lost on the way.
pub(super) fn lost() -> Vec<Event> {
    let mut run = run();
    run.host(Body::Lost { count: 3 });
    runs::gated(&run)
}

/// The same a moment before the rest: who can go is still running, and the youngest has not begun.
pub(super) fn running() -> Vec<Event> {
    let mut events = runs::gated(&run());
    events.pop();
    events
}

fn run() -> Sample {
    let mut run = Sample::new();
    run.step(MAIN, &process::BEGIN, &process::BEGIN_BEGAN, Did::default());
    queues(&mut run);
    pipes(&mut run);
    events_and_cells(&mut run);
    locks(&mut run);
    deaths(&mut run);
    run
}

/// An object of every kind that the gallery does not know by name, with something in each of its parts. They
/// are a run of their own, so that a new kind changes one picture.
pub(super) fn others() -> Vec<Event> {
    let known: Vec<KindId> = run().world.all_objects().map(|object| object.kind).collect();
    let mut run = Sample::new();
    run.step(MAIN, &process::BEGIN, &process::BEGIN_BEGAN, Did::default());
    run.start(WRITER, "writer", "write", 5);
    run.start(HALTED, "halted", "write", 5);
    for (at, kind) in crate::kind::ALL.iter().filter(|kind| !kind.parts.is_empty() && !known.contains(&kind.id)).enumerate() {
        let object = ObjectId(20 + at as u16);
        let mut changes = vec![made(object, kind.id, &kind.name.to_lowercase(), None)];
        for (at, part) in kind.parts.iter().enumerate() {
            let part_ref = PartRef::new(object, at as u8);
            if [managed::DICT.id, managed::NAMESPACE.id].contains(&kind.id) && part.shape == Shape::Cells {
                let keyed = [("a", "1"), ("名字", "二"), ("long", LONG)].map(|(key, value)| Change::Inserted {
                    part: part_ref,
                    at: 0,
                    key: Some(Preview::new(key)),
                    value: Preview::new(value),
                });
                changes.extend(keyed);
                continue;
            }
            changes.extend(busy(part_ref, part.shape, object));
        }
        run.push(WRITER, Body::Also { changes });
    }
    runs::gated(&run)
}

/// Changes that put something into a part.
fn busy(part: PartRef, shape: Shape, object: ObjectId) -> Vec<Change> {
    let message = MessageId(100 + u64::from(object.0) * 10 + u64::from(part.part));
    match shape {
        Shape::Slots => {
            vec![Change::Composed { message, value: Preview::new("你好") }, Change::Moved { message, from: None, to: Some(part) }]
        }
        Shape::Cells => vec![Change::Wrote { part, first: 0, values: ["1", "二", "3"].map(Preview::new).to_vec() }],
        Shape::Bytes => vec![Change::Filled { part, bytes: 10, pages: None }],
        Shape::Ends(names) => (0..names.len() as u8).map(|end| Change::Opened { part, end, process: WRITER }).collect(),
        Shape::Count => vec![Change::Counted { part, value: 2, max: Some(3) }],
        Shape::Flag => vec![Change::Raised { part, up: true }],
        Shape::Owner => vec![Change::Owned { part, owner: Some(WRITER), depth: 1 }],
        Shape::Waiters => vec![Change::Queued { part, actor: HALTED }],
    }
}

fn message(run: &mut Sample, by: ActorId, id: u64, text: &str, to: PartRef) -> MessageId {
    let message = MessageId(id);
    let composed = Change::Composed { message, value: Preview::new(text) };
    let moved = Change::Moved { message, from: None, to: Some(to) };
    let did = Did { on: On::Object(to.object), line: 19, detail: text, changes: vec![composed, moved], ..Did::default() };
    run.step(by, &queue::PUT, &queue::PUT_BUFFERED, did);
    message
}

fn queues(run: &mut Sample) {
    let (q, buf) = (QUEUE, ObjectId(2));
    let (empty, dead_buf) = (ObjectId(3), ObjectId(4));
    run.make(MAIN, q, queue::ID, "q", 2);
    run.make(MAIN, empty, queue::ID, "closed", 3);
    for (id, name, function) in [
        (WRITER, "writer", "write"),
        (READER, "reader", "read"),
        (SLEEPER, "sleeper", "sleep"),
        (HALTED, "halted", "write"),
        (KILLED, "killed", "write"),
        (FAILED, "failed", "read"),
        (WIDE, "读者一号", "read"),
        (TIMED, "timed-with-a-long-name", "read"),
    ] {
        run.start(id, name, function, 5);
    }
    let ends = PartRef::new(q, queue::ENDS);
    let slots = PartRef::new(q, queue::SLOTS);
    let opened = |part, end, process| Change::Opened { part, end, process };
    let buffer_of =
        |object, owner, home| Change::Made { object, kind: buffer::ID, name: "buffer".into(), owner: Some(owner), home: Some(home) };
    let held = vec![
        opened(ends, 0, READER),
        opened(ends, 0, WIDE),
        opened(ends, 1, WRITER),
        opened(ends, 1, WRITER),
        opened(PartRef::new(empty, queue::ENDS), 0, READER),
        buffer_of(buf, q, WRITER),
        buffer_of(dead_buf, empty, KILLED),
        // The one has three slots, all taken; the other has no bound.
        Change::Counted { part: slots, value: 0, max: Some(3) },
        Change::Counted { part: PartRef::new(empty, queue::SLOTS), value: UNBOUNDED_SLOTS - 1, max: None },
    ];
    run.host(Body::Also { changes: held });
    run.helper(FEEDER, WRITER, q);
    let buffered = PartRef::new(buf, buffer::SLOTS);
    let piped = PartRef::new(q, queue::PIPE);
    for (id, text) in [(1, "A"), (2, "你好，世界"), (3, LONG)] {
        let message = message(run, WRITER, id, text, buffered);
        if id < 3 {
            let moved = Change::Moved { message, from: Some(buffered), to: Some(piped) };
            let passed = Change::Passed { message, written: if id == 1 { 20 } else { 7 }, read: 0, frame: 20 };
            let filled = Change::Filled {
                part: PartRef::new(q, queue::BYTES),
                bytes: if id == 1 { 20 } else { 27 },
                pages: Some(Pages { used: 1, of: 16 }),
            };
            let did = Did { on: On::Object(q), changes: vec![moved, passed, filled], ..Did::default() };
            run.step(FEEDER, &buffer::FEED, &buffer::FEED_WROTE, did);
        }
    }
    message(run, KILLED, 4, "never sent", PartRef::new(dead_buf, buffer::SLOTS));
    let until = vec![Until::SlotsFilled(buffered), Until::FlagUp(PartRef::new(buf, buffer::CLOSING))];
    run.step(FEEDER, &buffer::FEED, &buffer::FEED_IDLE, Did { on: On::Object(q), next: waits(until, None), ..Did::default() });
    let taken = Change::Owned { part: PartRef::new(q, queue::READ_LOCK), owner: Some(READER), depth: 1 };
    let next = waits(vec![Until::Readable(PartRef::new(empty, queue::ENDS), 0)], None);
    run.step(READER, &queue::GET, &queue::GET_WAITS, Did { on: On::Object(q), line: 25, next, changes: vec![taken], ..Did::default() });
}

fn pipes(run: &mut Sample) {
    let (p, simplex) = (ObjectId(5), ObjectId(6));
    run.make(MAIN, p, pipe::ID, "p", 4);
    run.make(MAIN, simplex, pipe::SIMPLEX_ID, "reader", 5);
    let (ends, one_way) = (PartRef::new(p, pipe::ENDS), PartRef::new(simplex, pipe::ENDS));
    let opened = |part, end, process| Change::Opened { part, end, process };
    let seen = Change::SeenClosed { part: one_way, end: 0 };
    let held = vec![opened(ends, 0, WRITER), opened(ends, 0, MAIN), opened(ends, 1, WIDE), opened(one_way, 0, MAIN), seen];
    run.host(Body::Also { changes: held });
    for (id, text, to) in [(5, "hello", pipe::TO_1), (6, "[1, 2, 3]", pipe::TO_1)] {
        message(run, WRITER, id, text, PartRef::new(p, to));
    }
    let filled = vec![Change::Filled { part: PartRef::new(p, pipe::BYTES_TO_1), bytes: 65536, pages: None }];
    run.host(Body::Also { changes: filled });
}

fn events_and_cells(run: &mut Sample) {
    let (up, down, number, cells) = (ObjectId(7), ObjectId(8), ObjectId(9), ObjectId(10));
    run.make(MAIN, up, event::ID, "up", 6);
    run.make(MAIN, down, event::ID, "down", 7);
    run.born(HAND, "you", "", None);
    let raised = vec![Change::Raised { part: PartRef::new(up, event::FLAG), up: true }];
    run.step(HAND, &event::SET, &event::SET_RAISED, Did { on: On::Object(up), changes: raised, ..Did::default() });
    let waiters = PartRef::new(down, event::WAITERS);
    let until = vec![Until::FlagUp(PartRef::new(down, event::FLAG)), Until::Left(waiters)];
    for (id, deadline) in [(WIDE, None), (TIMED, Some(4000 * MS))] {
        let next = waits(until.clone(), deadline);
        let queued = vec![Change::Queued { part: waiters, actor: id }];
        run.step(id, &event::WAIT, &event::WAIT_WAITS, Did { on: On::Object(down), line: 24, next, changes: queued, ..Did::default() });
    }
    let wrote = |part, first, values| Change::Wrote { part, first, values };
    let one = PartRef::new(number, value::CELLS);
    let made_number = vec![made(number, value::ID, "number", None), wrote(one, 0, vec![Preview::new("0.0")])];
    run.step(MAIN, &value::MAKE, &value::MAKE_MADE, Did { on: On::Object(number), line: 12, changes: made_number, ..Did::default() });
    let many = PartRef::new(cells, array::CELLS);
    let made_cells = vec![made(cells, array::ID, "cells", None)];
    run.step(MAIN, &array::MAKE, &array::MAKE_MADE, Did { on: On::Object(cells), line: 13, changes: made_cells, ..Did::default() });
    // As many at once as an event can carry.
    for first in [0, 10, 20, 30] {
        let values = (first..first + 10).map(|at| Preview::new(&(at * 111).to_string())).collect();
        run.host(Body::Also { changes: vec![wrote(many, first, values)] });
    }
    let written = vec![wrote(one, 0, vec![Preview::new("3.1415927")])];
    run.step(
        WRITER,
        &value::WRITE,
        &value::WRITE_WROTE,
        Did { on: On::Cell(number, 0), line: 20, detail: "3.1415927", changes: written, ..Did::default() },
    );
    let sleep = waits(vec![Until::Deadline], Some(3000 * MS));
    run.step(SLEEPER, &process::SLEEP, &process::SLEEP_SLEEPS, Did { line: 12, detail: "3.00", next: sleep, ..Did::default() });
}

fn locks(run: &mut Sample) {
    let (idle, kept, nested, cond, inner) = (ObjectId(11), ObjectId(12), ObjectId(13), ObjectId(14), ObjectId(15));
    run.make(MAIN, idle, lock::ID, "idle", 8);
    run.make(MAIN, kept, lock::ID, "kept", 9);
    run.make(MAIN, nested, rlock::ID, "nested", 10);
    run.make(MAIN, cond, condition::ID, "cond", 11);
    let belongs = vec![made(inner, lock::ID, "cond.lock", Some(cond))];
    run.also(MAIN, &lock::MAKE, &lock::MAKE_MADE, Did { on: On::Object(inner), line: 11, changes: belongs, ..Did::default() });
    for (id, object, depth) in [(KILLED, kept, 1), (WRITER, nested, 2)] {
        let taken = vec![Change::Owned { part: PartRef::new(object, lock::OWNER), owner: Some(id), depth }];
        run.step(id, &lock::ACQUIRE, &lock::ACQUIRE_TOOK, Did { on: On::Object(object), line: 16, changes: taken, ..Did::default() });
    }
    let wanted = PartRef::new(inner, lock::WAITERS);
    let asleep = PartRef::new(cond, condition::SLEEPERS);
    run.start(ActorId(13), "p1", "consumer", 5);
    run.start(ActorId(14), "p2", "consumer", 5);
    run.start(ActorId(15), "p3", "consumer", 5);
    for id in [13, 14, 15].map(ActorId) {
        let next = waits(vec![Until::OwnerFree(PartRef::new(inner, lock::OWNER), Some(asleep))], None);
        let queued = vec![Change::Queued { part: asleep, actor: id }];
        run.step(
            id,
            &condition::WAIT,
            &condition::WAIT_SLEEPS,
            Did { on: On::Object(cond), line: 25, next, changes: queued, ..Did::default() },
        );
    }
    let changes = vec![
        Change::Owned { part: PartRef::new(inner, lock::OWNER), owner: Some(WRITER), depth: 1 },
        Change::Requeued { from: asleep, to: wanted, actor: ActorId(13) },
    ];
    run.step(WRITER, &condition::NOTIFY, &condition::NOTIFY_WOKE, Did { on: On::Object(cond), line: 20, changes, ..Did::default() });
    let queued = vec![Change::Queued { part: PartRef::new(kept, lock::WAITERS), actor: FAILED }];
    let next = waits(vec![Until::OwnerFree(PartRef::new(kept, lock::OWNER), None)], Some(9000 * MS));
    run.step(FAILED, &lock::ACQUIRE, &lock::ACQUIRE_WAITS, Did { on: On::Object(kept), line: 25, next, changes: queued, ..Did::default() });
}

fn deaths(run: &mut Sample) {
    run.print(WRITER, 18, "Put A to queue...");
    run.print(MAIN, 18, LONG);
    run.print(MAIN, 25, "取到 你好，世界：这一行也很长，长到输出窗口放不下，所以要用省略号缩短，而不是悄悄地剪掉一半的字。");
    run.step(HAND, &process::KILL, &process::KILL_SENT, Did { on: On::Actor(KILLED), ..Did::default() });
    run.host(Body::Died(Died { actor: KILLED, cause: Cause::Signal(9), changes: vec![Change::Broken { object: ObjectId(3) }] }));
    let error = "IndexError: index 40 is beyond the 40 cells of cells\n --> gallery:20:3";
    run.push(FAILED, Body::Printed(Printed { text: error.into(), line: 20, more: false, error: true }));
    let left = vec![Change::Left { part: PartRef::new(ObjectId(12), lock::WAITERS), actor: FAILED }];
    run.host(Body::Died(Died { actor: FAILED, cause: Cause::Exit(1), changes: left }));
    run.step(HAND, &process::STOP, &process::STOP_SENT, Did { on: On::Actor(HALTED), ..Did::default() });
    run.host(Body::Stopped { actor: HALTED, stopped: true });
    let queued = vec![Change::Queued { part: PartRef::new(ObjectId(12), lock::WAITERS), actor: SLEEPER }];
    run.host(Body::Also { changes: queued });
    let written = vec![Change::Wrote { part: PartRef::new(ObjectId(10), array::CELLS), first: 39, values: vec![Preview::new("-1")] }];
    run.step(
        WRITER,
        &array::WRITE,
        &array::WRITE_WROTE,
        Did { on: On::Cell(ObjectId(10), 39), line: 20, detail: "-1", changes: written, ..Did::default() },
    );
    run.join(WRITER, 21);
    run.born(UNBORN, "youngest", "read", Some(MAIN));
}

/// Every shape of part, and every state of an actor, is in the gallery.
#[test]
fn the_gallery_has_everything() {
    let world: World = runs::fold(&events());
    assert_eq!(world.faults, []);
    for event in events().into_iter().chain(self::others()) {
        let bytes = codec::encode(&event).expect("an event can be written");
        assert_eq!(codec::decode(&bytes).expect("an event can be read").0, event);
    }
    let others = runs::fold(&others());
    assert_eq!(others.faults, []);
    for kind in crate::kind::ALL.iter().filter(|kind| !kind.parts.is_empty()) {
        let mut all = world.all_objects().chain(others.all_objects());
        assert!(all.any(|object| object.kind == kind.id), "no {}", kind.name);
    }
    assert!(world.all_objects().any(|object| object.broken));
    assert!(world.messages.iter().any(|message| message.lost));
    let activity = |world: &World, id: ActorId| world.actor(id).map(|actor| actor.activity.clone());
    assert!(matches!(activity(&world, WRITER), Some(Activity::Ready(_))));
    assert!(matches!(activity(&world, READER), Some(Activity::Waiting(_))));
    assert!(matches!(activity(&world, KILLED), Some(Activity::Dead(Cause::Signal(9)))));
    let running = runs::fold(&running());
    assert_eq!(activity(&running, UNBORN), Some(Activity::Unborn));
    assert_eq!(activity(&running, WRITER), Some(Activity::Running));
    assert_eq!(running.rest, None);
}
