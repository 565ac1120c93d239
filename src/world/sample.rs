//! Hand-built runs for tests: a small gated trace of each kind of story, written as the engine would.
//! They fold without faults; a test holds that.

use super::World;
use crate::kind::{self, Op, Outcome, array, buffer, condition, event, lock, pipe, process, queue, semaphore, value};
use crate::trace::*;

/// Writes events one after the other, as a gated run would: a grant and then what the actor did.
pub struct Sample {
    pub events: Vec<Event>,
    pub world: World,
    time: Nanos,
    step: u64,
}

pub const MAIN: ActorId = ActorId::MAIN;
pub const HAND: ActorId = ActorId::HAND;
pub const MS: Nanos = 1_000_000;

/// What an operation does beside its name: all that a test need not say is empty.
pub struct Did<'a> {
    pub on: On,
    pub line: u32,
    pub detail: &'a str,
    pub next: Next,
    pub changes: Vec<Change>,
}

impl Default for Did<'_> {
    fn default() -> Self {
        Did { on: On::Nothing, line: 0, detail: "", next: Next::Goes, changes: Vec::new() }
    }
}

impl Default for Sample {
    fn default() -> Self {
        Sample::new()
    }
}

impl Sample {
    /// A gated run in which only main was born.
    pub fn new() -> Sample {
        let mut sample = Sample { events: Vec::new(), world: World::new(), time: 0, step: 0 };
        sample.host(Body::Mode(Mode::Gated));
        sample.born(MAIN, "main", "", None);
        sample
    }

    /// Adds an event at the present time, and applies it to the world.
    pub fn push(&mut self, actor: ActorId, body: Body) {
        let event = Event { actor, time: self.time, wall: 0, body };
        self.world.apply(&event);
        self.events.push(event);
    }

    /// Adds an event of the host.
    pub fn host(&mut self, body: Body) {
        self.push(ActorId::HOST, body);
    }

    /// Bears a process, or the hand; its pid is 4700 and its number.
    pub fn born(&mut self, actor: ActorId, name: &str, function: &str, creator: Option<ActorId>) {
        let role = if actor == HAND { Role::Hand } else { Role::Process };
        let by = creator.unwrap_or(ActorId::HOST);
        let pid = 4700 + u32::from(actor.0);
        let born = Born { actor, role, process: actor, creator, object: None, name: name.into(), function: function.into(), pid, tid: pid };
        self.push(by, Body::Born(born));
    }

    /// Bears a feeder thread of a process, for an object.
    pub fn helper(&mut self, actor: ActorId, process: ActorId, object: ObjectId) {
        let born = Born {
            actor,
            role: Role::Helper,
            process,
            creator: Some(process),
            object: Some(object),
            name: "writer.feeder".into(),
            function: String::new(),
            pid: 4700 + u32::from(process.0),
            tid: 4700 + u32::from(actor.0),
        };
        self.push(process, Body::Born(born));
    }

    /// A grant and what came of it.
    pub fn step(&mut self, actor: ActorId, op: &Op, outcome: &Outcome, did: Did) {
        self.step += 1;
        self.time += MS;
        let step = self.step;
        self.host(Body::Granted { step, actor, grant: Grant::Proceed });
        self.also(actor, op, outcome, did);
    }

    /// A further event of the same step.
    pub fn also(&mut self, actor: ActorId, op: &Op, outcome: &Outcome, did: Did) {
        let detail = if did.detail.is_empty() { None } else { Some(Preview::new(did.detail)) };
        let acted = Acted { op: op.id, outcome: outcome.id, on: did.on, line: did.line, detail, next: did.next, changes: did.changes };
        self.push(actor, Body::Acted(acted));
    }

    /// Lets an actor go and print; a millisecond passes.
    pub fn print(&mut self, actor: ActorId, line: u32, text: &str) {
        self.step += 1;
        self.time += MS;
        let step = self.step;
        self.host(Body::Granted { step, actor, grant: Grant::Proceed });
        self.push(actor, Body::Printed(Printed { text: text.into(), line, more: false, error: false }));
    }

    /// Moves the clock, in nanoseconds, as a step.
    pub fn clock(&mut self, to: Nanos) {
        self.step += 1;
        let step = self.step;
        self.host(Body::Clock { step, to });
        self.time = to;
    }

    /// Comes to rest, with the actors that could proceed.
    pub fn rest(&mut self, candidates: &[ActorId], stuck: bool) {
        let candidates = candidates.iter().map(|actor| Candidate { actor: *actor, grant: Grant::Proceed }).collect();
        self.host(Body::Rest(Rest { candidates, next_deadline: None, stuck }));
    }

    /// Lets an actor make an object by the first outcome of its kind.
    pub fn make(&mut self, actor: ActorId, object: ObjectId, kind: KindId, name: &str, line: u32) {
        let made = made(object, kind, name, None);
        let Some(op) = kind::op(OpId::new(if kind == pipe::SIMPLEX_ID { pipe::ID } else { kind }, 1)) else { return };
        self.step(actor, op, &op.outcomes[0], Did { on: On::Object(object), line, changes: vec![made], ..Did::default() });
    }

    /// Lets main start a child, which begins at once.
    pub fn start(&mut self, child: ActorId, name: &str, function: &str, line: u32) {
        let did = Did { on: On::Actor(child), line, detail: name, ..Did::default() };
        self.step(MAIN, &process::START, &process::START_STARTED, did);
        self.born(child, name, function, Some(MAIN));
        self.step(child, &process::BEGIN, &process::BEGIN_BEGAN, Did { detail: function, ..Did::default() });
    }

    /// Lets main wait for the end of a child.
    pub fn join(&mut self, child: ActorId, line: u32) {
        let next = waits(vec![Until::Ended(child)], None);
        self.step(MAIN, &process::JOIN, &process::JOIN_WAITS, Did { on: On::Actor(child), line, next, ..Did::default() });
    }

    /// Lets an actor end and its process exit with 0, with what its death changes.
    pub fn end(&mut self, actor: ActorId, changes: Vec<Change>) {
        self.step(actor, &process::END, &process::END_ENDED, Did { next: Next::Ends, ..Did::default() });
        self.host(Body::Died(Died { actor, cause: Cause::Exit(0), changes }));
    }
}

/// The change by which an object comes to be, in shared memory.
pub fn made(object: ObjectId, kind: KindId, name: &str, owner: Option<ObjectId>) -> Change {
    Change::Made { object, kind, name: name.into(), owner, home: None }
}

/// What follows a step that waits; the deadline is in nanoseconds.
pub fn waits(until: Vec<Until>, deadline: Option<Nanos>) -> Next {
    Next::Waits(Wait { until, deadline })
}

/// A value put by one process and got by another, through buffer, feeder and pipe.
pub fn queue_run() -> Sample {
    let (writer, reader, feeder) = (ActorId(3), ActorId(4), ActorId(5));
    let (q, buf) = (ObjectId(1), ObjectId(2));
    let ends = PartRef::new(q, queue::ENDS);
    let buffered = PartRef::new(buf, buffer::SLOTS);
    let piped = PartRef::new(q, queue::PIPE);
    let mut run = Sample::new();
    run.step(MAIN, &process::BEGIN, &process::BEGIN_BEGAN, Did::default());
    run.make(MAIN, q, queue::ID, "q", 1);
    run.start(writer, "writer", "write", 2);
    run.start(reader, "reader", "read", 3);
    run.print(writer, 10, "Put A to queue...");
    let message = MessageId(1);
    run.step(
        writer,
        &queue::PUT,
        &queue::PUT_BUFFERED,
        Did {
            on: On::Object(q),
            line: 11,
            detail: "A",
            changes: vec![
                Change::Made { object: buf, kind: buffer::ID, name: "q.buffer".into(), owner: Some(q), home: Some(writer) },
                Change::Composed { message, value: Preview::new("A") },
                Change::Moved { message, from: None, to: Some(buffered) },
                Change::Opened { part: ends, end: 1, process: writer },
                Change::Opened { part: ends, end: 0, process: reader },
            ],
            ..Did::default()
        },
    );
    run.helper(feeder, writer, q);
    let idle = || {
        let closing = PartRef::new(buf, buffer::CLOSING);
        waits(vec![Until::SlotsFilled(buffered), Until::FlagUp(closing)], None)
    };
    run.join(writer, 4);
    run.step(
        reader,
        &queue::GET,
        &queue::GET_WAITS,
        Did {
            on: On::Object(q),
            line: 20,
            next: waits(vec![Until::Readable(ends, 0)], None),
            changes: vec![Change::Owned { part: PartRef::new(q, queue::READ_LOCK), owner: Some(reader), depth: 1 }],
            ..Did::default()
        },
    );
    run.step(
        feeder,
        &buffer::FEED,
        &buffer::FEED_WROTE,
        Did {
            on: On::Object(q),
            next: idle(),
            changes: vec![
                Change::Moved { message, from: Some(buffered), to: Some(piped) },
                Change::Passed { message, written: 10, read: 0, frame: 10 },
                Change::Filled { part: PartRef::new(q, queue::BYTES), bytes: 10, pages: Some(Pages { used: 1, of: 16 }) },
            ],
            ..Did::default()
        },
    );
    run.step(
        reader,
        &queue::GET,
        &queue::GET_GOT,
        Did {
            on: On::Object(q),
            line: 20,
            changes: vec![
                Change::Filled { part: PartRef::new(q, queue::BYTES), bytes: 0, pages: Some(Pages { used: 0, of: 16 }) },
                Change::Moved { message, from: Some(piped), to: None },
                Change::Owned { part: PartRef::new(q, queue::READ_LOCK), owner: None, depth: 0 },
            ],
            ..Did::default()
        },
    );
    let message = MessageId(2);
    run.step(
        writer,
        &queue::PUT,
        &queue::PUT_BUFFERED,
        Did {
            on: On::Object(q),
            line: 11,
            detail: "B",
            changes: vec![
                Change::Composed { message, value: Preview::new("B") },
                Change::Moved { message, from: None, to: Some(buffered) },
            ],
            ..Did::default()
        },
    );
    let sleep = waits(vec![Until::Deadline], Some(2000 * MS));
    run.step(writer, &process::SLEEP, &process::SLEEP_SLEEPS, Did { line: 12, detail: "1.98", next: sleep, ..Did::default() });
    run.rest(&[feeder], false);
    run.clock(1000 * MS);
    run.born(HAND, "you", "", None);
    run.step(HAND, &process::KILL, &process::KILL_SENT, Did { on: On::Actor(writer), ..Did::default() });
    let closed = vec![Change::Closed { part: ends, end: 1, process: writer }];
    run.host(Body::Died(Died { actor: writer, cause: Cause::Signal(9), changes: closed }));
    run.step(MAIN, &process::JOIN, &process::JOIN_RETURNED, Did { on: On::Actor(writer), line: 4, ..Did::default() });
    run.end(reader, vec![Change::Closed { part: ends, end: 0, process: reader }]);
    run.end(MAIN, vec![]);
    run
}

/// Two sleepers on a condition, and a producer that wakes them while it holds the lock.
pub fn condition_run() -> Sample {
    let (p1, p2, p3) = (ActorId(3), ActorId(4), ActorId(5));
    let (cond, inner) = (ObjectId(1), ObjectId(2));
    let owner = PartRef::new(inner, lock::OWNER);
    let wanted = PartRef::new(inner, lock::WAITERS);
    let sleepers = PartRef::new(cond, condition::SLEEPERS);
    let mut run = Sample::new();
    run.make(MAIN, cond, condition::ID, "cond", 1);
    run.also(
        MAIN,
        &lock::MAKE,
        &lock::MAKE_MADE,
        Did { on: On::Object(inner), line: 1, changes: vec![made(inner, lock::ID, "cond.lock", Some(cond))], ..Did::default() },
    );
    let take = |who| vec![Change::Owned { part: owner, owner: Some(who), depth: 1 }];
    let on_lock = On::Object(inner);
    for (id, name) in [(p1, "p1"), (p2, "p2")] {
        run.start(id, name, "consumer", 2);
        run.step(id, &lock::ACQUIRE, &lock::ACQUIRE_TOOK, Did { on: on_lock, line: 10, changes: take(id), ..Did::default() });
        run.step(
            id,
            &condition::WAIT,
            &condition::WAIT_SLEEPS,
            Did {
                on: On::Object(cond),
                line: 11,
                next: waits(vec![Until::OwnerFree(owner, Some(sleepers))], None),
                changes: vec![Change::Queued { part: sleepers, actor: id }, Change::Owned { part: owner, owner: None, depth: 0 }],
                ..Did::default()
            },
        );
    }
    run.start(p3, "p3", "producer", 3);
    run.step(p3, &lock::ACQUIRE, &lock::ACQUIRE_TOOK, Did { on: on_lock, line: 20, changes: take(p3), ..Did::default() });
    run.step(
        p3,
        &condition::NOTIFY_ALL,
        &condition::NOTIFY_ALL_WOKE,
        Did {
            on: On::Object(cond),
            line: 21,
            changes: vec![
                Change::Requeued { from: sleepers, to: wanted, actor: p1 },
                Change::Requeued { from: sleepers, to: wanted, actor: p2 },
            ],
            ..Did::default()
        },
    );
    run.join(p1, 5);
    run.step(
        p3,
        &lock::RELEASE,
        &lock::RELEASE_PASSED,
        Did { on: on_lock, line: 22, changes: vec![Change::Owned { part: owner, owner: None, depth: 0 }], ..Did::default() },
    );
    run.step(
        p2,
        &condition::WAIT,
        &condition::WAIT_RETURNED,
        Did {
            on: On::Object(cond),
            line: 11,
            changes: vec![Change::Left { part: wanted, actor: p2 }, Change::Owned { part: owner, owner: Some(p2), depth: 1 }],
            ..Did::default()
        },
    );
    run
}

/// A pipe whose two sides both wait to receive: nobody can go on.
pub fn stuck_run() -> Sample {
    let (a, b) = (ActorId(3), ActorId(4));
    let p = ObjectId(1);
    let ends = PartRef::new(p, pipe::ENDS);
    let mut run = Sample::new();
    run.make(MAIN, p, pipe::ID, "p", 1);
    for (id, name, end) in [(a, "proc_1", 0u8), (b, "proc_2", 1u8)] {
        run.start(id, name, "talk", 2);
        run.push(ActorId::HOST, Body::Also { changes: vec![Change::Opened { part: ends, end, process: id }] });
        run.step(
            id,
            &pipe::RECV,
            &pipe::RECV_WAITS,
            Did { on: On::End(p, end), line: 10 + u32::from(end), next: waits(vec![Until::Readable(ends, end)], None), ..Did::default() },
        );
    }
    run.join(a, 6);
    run.rest(&[], true);
    run
}

/// Two processes that each hold a lock and want the other's, while main waits for the first of them.
pub fn locks_run() -> Sample {
    let (p1, p2) = (ActorId(3), ActorId(4));
    let locks = [ObjectId(1), ObjectId(2)];
    let owner = |at: usize| PartRef::new(locks[at], lock::OWNER);
    let mut run = Sample::new();
    run.make(MAIN, locks[0], lock::ID, "a", 1);
    run.make(MAIN, locks[1], lock::ID, "b", 2);
    run.start(p1, "p1", "first", 3);
    run.start(p2, "p2", "second", 4);
    for (who, at, line) in [(p1, 0, 10), (p2, 1, 20)] {
        run.rest(&[p1, p2], false);
        let changes = vec![Change::Owned { part: owner(at), owner: Some(who), depth: 1 }];
        run.step(who, &lock::ACQUIRE, &lock::ACQUIRE_TOOK, Did { on: On::Object(locks[at]), line, changes, ..Did::default() });
    }
    for (who, at, line) in [(p1, 1, 11), (p2, 0, 21)] {
        let next = waits(vec![Until::OwnerFree(owner(at), None)], None);
        let changes = vec![Change::Queued { part: PartRef::new(locks[at], lock::WAITERS), actor: who }];
        run.step(who, &lock::ACQUIRE, &lock::ACQUIRE_WAITS, Did { on: On::Object(locks[at]), line, next, changes, ..Did::default() });
    }
    run.join(p1, 6);
    run.rest(&[], true);
    run
}

/// Two processes count up one number: both read 1, the first makes it 3, and the second writes 2.
pub fn lost_update_run() -> Sample {
    let (p1, p2) = (ActorId(3), ActorId(4));
    let v = ObjectId(1);
    let part = PartRef::new(v, value::CELLS);
    let wrote = |text: &str| vec![Change::Wrote { part, first: 0, values: vec![Preview::new(text)] }];
    let mut run = Sample::new();
    run.step(MAIN, &process::BEGIN, &process::BEGIN_BEGAN, Did::default());
    let changes = [vec![made(v, value::ID, "v", None)], wrote("1")].concat();
    run.step(MAIN, &value::MAKE, &value::MAKE_MADE, Did { on: On::Object(v), line: 22, changes, ..Did::default() });
    run.start(p1, "p1", "work", 25);
    run.start(p2, "p2", "work", 26);
    run.join(p1, 27);
    let read = |run: &mut Sample, who: ActorId, text: &str| {
        run.step(who, &value::READ, &value::READ_READ, Did { on: On::Cell(v, 0), line: 6, detail: text, ..Did::default() });
    };
    let write = |run: &mut Sample, who: ActorId, text: &str| {
        let did = Did { on: On::Cell(v, 0), line: 6, detail: text, changes: wrote(text), ..Did::default() };
        run.step(who, &value::WRITE, &value::WRITE_WROTE, did);
    };
    read(&mut run, p1, "1");
    read(&mut run, p2, "1");
    write(&mut run, p1, "2");
    read(&mut run, p1, "2");
    write(&mut run, p1, "3");
    write(&mut run, p2, "2");
    run
}

/// The same with semaphores of one permit each.
pub fn permits_run() -> Sample {
    let (p1, p2) = (ActorId(3), ActorId(4));
    let semaphores = [ObjectId(1), ObjectId(2)];
    let mut run = Sample::new();
    for (at, name) in [(0, "a"), (1, "b")] {
        make_semaphore(&mut run, semaphores[at], name, 1);
    }
    run.start(p1, "p1", "first", 3);
    run.start(p2, "p2", "second", 4);
    take_permit(&mut run, p1, semaphores[0], 0);
    run.rest(&[p1, p2], false);
    take_permit(&mut run, p2, semaphores[1], 0);
    want_permit(&mut run, p1, semaphores[1]);
    want_permit(&mut run, p2, semaphores[0]);
    run.join(p1, 6);
    run.rest(&[], true);
    run
}

/// main makes a semaphore with so many permits.
pub fn make_semaphore(run: &mut Sample, object: ObjectId, name: &str, permits: i64) {
    let count = Change::Counted { part: PartRef::new(object, semaphore::PERMITS), value: permits, max: None };
    let changes = vec![made(object, semaphore::ID, name, None), count];
    run.step(MAIN, &semaphore::MAKE, &semaphore::MAKE_MADE, Did { on: On::Object(object), line: 1, changes, ..Did::default() });
}

/// An actor takes a permit, so that so many are left.
pub fn take_permit(run: &mut Sample, who: ActorId, object: ObjectId, left: i64) {
    let changes = vec![Change::Counted { part: PartRef::new(object, semaphore::PERMITS), value: left, max: None }];
    run.step(who, &semaphore::ACQUIRE, &semaphore::ACQUIRE_TOOK, Did { on: On::Object(object), line: 10, changes, ..Did::default() });
}

/// An actor waits for a permit.
pub fn want_permit(run: &mut Sample, who: ActorId, object: ObjectId) {
    let next = waits(vec![Until::CountAbove(PartRef::new(object, semaphore::PERMITS), 0)], None);
    let changes = vec![Change::Queued { part: PartRef::new(object, semaphore::WAITERS), actor: who }];
    let did = Did { on: On::Object(object), line: 11, next, changes, ..Did::default() };
    run.step(who, &semaphore::ACQUIRE, &semaphore::ACQUIRE_WAITS, did);
}

/// Two processes that each would set the Event that the other waits for.
pub fn flags_run() -> Sample {
    let (a, b) = (ActorId(3), ActorId(4));
    let mut run = Sample::new();
    let flags = [ObjectId(1), ObjectId(2)];
    run.make(MAIN, flags[0], event::ID, "a_is_here", 1);
    run.make(MAIN, flags[1], event::ID, "b_is_here", 2);
    run.start(a, "a", "first", 3);
    run.start(b, "b", "second", 4);
    for (who, flag, line) in [(a, flags[1], 10), (b, flags[0], 20)] {
        let list = PartRef::new(flag, event::WAITERS);
        let next = waits(vec![Until::FlagUp(PartRef::new(flag, event::FLAG)), Until::Left(list)], None);
        let changes = vec![Change::Queued { part: list, actor: who }];
        run.step(who, &event::WAIT, &event::WAIT_WAITS, Did { on: On::Object(flag), line, next, changes, ..Did::default() });
    }
    run.join(a, 6);
    run.rest(&[], true);
    run
}

/// A sleeper whom nobody will notify, and one who waits for an Event that nobody will set.
pub fn asleep_run() -> Sample {
    let (sleeper, waiter) = (ActorId(3), ActorId(4));
    let (cond, inner, e) = (ObjectId(1), ObjectId(2), ObjectId(3));
    let mut run = Sample::new();
    run.make(MAIN, cond, condition::ID, "cond", 1);
    let made_inner = vec![made(inner, lock::ID, "cond.lock", Some(cond))];
    run.also(MAIN, &lock::MAKE, &lock::MAKE_MADE, Did { on: On::Object(inner), line: 1, changes: made_inner, ..Did::default() });
    run.make(MAIN, e, event::ID, "ready", 2);
    run.start(sleeper, "sleeper", "sleep_on", 3);
    run.start(waiter, "waiter", "wait_for", 4);
    let sleepers = PartRef::new(cond, condition::SLEEPERS);
    let waiters = PartRef::new(e, event::WAITERS);
    let asleep = waits(vec![Until::OwnerFree(PartRef::new(inner, lock::OWNER), Some(sleepers))], None);
    let waiting = waits(vec![Until::FlagUp(PartRef::new(e, event::FLAG)), Until::Left(waiters)], None);
    let queued = |part, actor| vec![Change::Queued { part, actor }];
    let did = Did { on: On::Object(cond), line: 10, next: asleep, changes: queued(sleepers, sleeper), ..Did::default() };
    run.step(sleeper, &condition::WAIT, &condition::WAIT_SLEEPS, did);
    let did = Did { on: On::Object(e), line: 20, next: waiting, changes: queued(waiters, waiter), ..Did::default() };
    run.step(waiter, &event::WAIT, &event::WAIT_WAITS, did);
    run.join(waiter, 6);
    run.rest(&[], true);
    run
}

/// The hand sets an Event that a process waits for; another writes a shared array.
pub fn event_run() -> Sample {
    let (waiter, other) = (ActorId(3), ActorId(4));
    let (e, cells) = (ObjectId(1), ObjectId(2));
    let flag = PartRef::new(e, event::FLAG);
    let waiters = PartRef::new(e, event::WAITERS);
    let mut run = Sample::new();
    run.make(MAIN, e, event::ID, "e", 1);
    let values = vec![Preview::new("0"), Preview::new("1")];
    run.step(
        MAIN,
        &array::MAKE,
        &array::MAKE_MADE,
        Did {
            on: On::Object(cells),
            line: 2,
            changes: vec![made(cells, array::ID, "a", None), Change::Wrote { part: PartRef::new(cells, array::CELLS), first: 0, values }],
            ..Did::default()
        },
    );
    run.start(waiter, "block", "wait_for_event", 3);
    run.start(other, "nonblock", "negate", 4);
    run.step(
        waiter,
        &event::WAIT,
        &event::WAIT_WAITS,
        Did {
            on: On::Object(e),
            line: 9,
            next: waits(vec![Until::FlagUp(flag), Until::Left(waiters)], Some(2000 * MS)),
            changes: vec![Change::Queued { part: waiters, actor: waiter }],
            ..Did::default()
        },
    );
    run.step(
        other,
        &array::WRITE,
        &array::WRITE_WROTE,
        Did {
            on: On::Cell(cells, 1),
            line: 14,
            detail: "-1",
            changes: vec![Change::Wrote { part: PartRef::new(cells, array::CELLS), first: 1, values: vec![Preview::new("-1")] }],
            ..Did::default()
        },
    );
    run.born(HAND, "you", "", None);
    run.step(
        HAND,
        &event::SET,
        &event::SET_WOKE,
        Did {
            on: On::Object(e),
            changes: vec![Change::Raised { part: flag, up: true }, Change::Left { part: waiters, actor: waiter }],
            ..Did::default()
        },
    );
    run.step(waiter, &event::WAIT, &event::WAIT_WOKEN, Did { on: On::Object(e), line: 9, detail: "true", ..Did::default() });
    run
}

#[test]
fn samples_fold_without_faults() {
    for run in [queue_run(), condition_run(), stuck_run(), event_run(), lost_update_run(), permits_run()] {
        assert_eq!(run.world.faults, []);
    }
}
