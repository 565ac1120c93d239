//! The monitor apart from processes: Lock, RLock, Condition and Event used by threads with seats of
//! their own, the gate open, with random pauses and wake-ups for nothing, deaths included.
//!
//! The trace is folded as it is read, so every move that the rules of parts forbid (a lock taken
//! while it is held, a waiter that leaves a list it is not on) fails the test.

mod barrier;
mod queues;
mod semaphore;

use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::context::{Context, Patience};
use super::error::ErrorKind;
use super::seat::{ProcessState, Seat, locked};
use super::{condition, event, lock};
use crate::arena::Arena;
use crate::arena::actors::{Kin, State};
use crate::arena::layout::actor::{FLAG_BORN, FLAG_GONE};
use crate::arena::ring::Pop;
use crate::kind;
use crate::sys;
use crate::trace::codec;
use crate::trace::scenario::Scenario;
use crate::trace::{ActorId, Body, Born, Cause, Change, Died, Event, ObjectId, PartRef, Role, Until, Wait};
use crate::world::{PartState, World};

/// Longer than any of this takes on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// A run's memory without a run.
struct Bench {
    arena: Arc<Arena>,
    reader: JoinHandle<(World, Vec<Event>)>,
    finished: mpsc::Sender<()>,
    /// The far ends of everyone's sockets: nobody hears what is asked for there, and nobody has gone.
    hosts: Mutex<Vec<OwnedFd>>,
}

impl Bench {
    fn new() -> Bench {
        let (arena, _) = Arena::create().expect("memory");
        let arena = Arc::new(arena);
        arena.set_clock(0, 1000);
        arena.set_gated(false);
        let (finished, last) = mpsc::channel();
        let reading = arena.clone();
        let reader = thread::spawn(move || read(&reading, &last));
        Bench { arena, reader, finished, hosts: Mutex::default() }
    }

    /// A thread's context, as a process of its own.
    fn seat(&self, name: &str) -> Seat {
        let kin = |id| Kin { process: id, creator: None, role: Role::Process, works_for: None };
        let me = self.arena.reserve_actor(kin, name, "").expect("room");
        let born = Born {
            actor: me,
            role: Role::Process,
            process: me,
            creator: None,
            object: None,
            name: name.to_owned(),
            function: String::new(),
            pid: 1,
            tid: 1,
        };
        self.arena.emit(ActorId::HOST, Body::Born(born));
        self.arena.raise_flag(me, FLAG_BORN);
        self.arena.set_state(me, State::Run);
        let (control, host) = sys::socket::pair().expect("a socket");
        locked(&self.hosts).push(host);
        let eventfd = sys::pipe::eventfd().expect("an eventfd");
        Seat::new(self.arena.clone(), me, Arc::new(ProcessState::new(me, control)), eventfd)
    }

    fn context(&self, name: &str) -> Context {
        Context::new(self.seat(name), Arc::new(Scenario::default()))
    }

    /// A thread's seat, as a process that was given an object's ends by another.
    fn heir(&self, name: &str, giver: &Seat, object: ObjectId, part: u8) -> Seat {
        let seat = self.seat(name);
        for end in giver.process.ends_of(object) {
            let fd = giver.process.end(object, end).expect("it holds it").try_clone().expect("a descriptor");
            let _inner = self.arena.lock(object, seat.me);
            self.arena.part_at(object, part).add_holder(end, seat.me, fd.as_raw_fd());
            seat.process.add_end(object, end, fd);
            let opened = Change::Opened { part: PartRef::new(object, part), end, process: seat.me };
            self.arena.emit(seat.me, Body::Also { changes: vec![opened] });
        }
        seat
    }

    /// What the host does when it has reaped a process.
    fn dies(&self, actor: ActorId) {
        self.arena.raise_flag(actor, FLAG_GONE);
        self.arena.emit(ActorId::HOST, Body::Died(Died { actor, cause: Cause::Signal(9), changes: Vec::new() }));
        let mut todo = self.arena.repair_for(actor, vec![actor]);
        self.arena.repair(&mut todo, false, &|_| Vec::new());
        assert!(todo.is_done());
        self.arena.set_state(actor, State::Dead);
        self.arena.bump_everyone();
    }

    /// Waits for something in memory.
    fn until(&self, what: &str, holds: impl Fn(&Arena) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !holds(&self.arena) {
            assert!(Instant::now() < deadline, "{what} did not come about");
            thread::yield_now();
        }
    }

    /// Two actors that sleep in a row, of which the first sees nothing of what happens meanwhile: whoever wakes
    /// the first in the row does so twice, before it looks.
    fn while_the_first_sleeps_on(&self, row: [ActorId; 2], act: impl FnOnce()) {
        self.until("both asleep", |arena| row.iter().all(|id| arena.state(*id) == State::Parked));
        self.arena.lower_flag(row[0], FLAG_BORN);
        act();
        self.arena.raise_flag(row[0], FLAG_BORN);
        self.arena.bump(row[0]);
    }

    /// Everything that was told, folded; nothing of it may break a rule.
    fn finish(self) -> (World, Vec<Event>) {
        self.finished.send(()).expect("the reader lives");
        let (world, events) = self.reader.join().expect("the reader ends");
        assert_eq!(world.faults, []);
        (world, events)
    }
}

fn read(arena: &Arena, last: &mpsc::Receiver<()>) -> (World, Vec<Event>) {
    let (mut world, mut events, mut buffer) = (World::new(), Vec::new(), Vec::new());
    loop {
        let seen = arena.drain_requests();
        let finished = last.try_recv().is_ok();
        loop {
            match arena.ring().pop(&mut buffer, |writer| arena.is_gone(writer)) {
                Pop::Event(_) => {
                    let (event, _) = codec::decode(&buffer).expect("an event");
                    world.apply(&event);
                    events.push(event);
                }
                Pop::Skipped(_) => {}
                Pop::Empty => break,
            }
        }
        arena.made_room();
        if finished {
            return (world, events);
        }
        arena.wait_to_drain(seen, Duration::from_millis(2));
    }
}

/// Fails instead of hanging.
fn in_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, result) = mpsc::channel();
    let working = thread::spawn(move || sender.send(work()));
    match result.recv_timeout(PATIENCE) {
        Ok(result) => result,
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("somebody waits for ever"),
        Err(mpsc::RecvTimeoutError::Disconnected) => match working.join() {
            Err(panic) => std::panic::resume_unwind(panic),
            Ok(_) => panic!("nothing came of it"),
        },
    }
}

/// Makes a thread's way through the test its own: pauses, and wake-ups of others for nothing.
struct Whims(ChaCha8Rng);

impl Whims {
    fn new(seed: u64) -> Whims {
        Whims(ChaCha8Rng::seed_from_u64(seed))
    }

    fn below(&mut self, bound: u32) -> u32 {
        self.0.next_u32() % bound
    }

    fn dally(&mut self, arena: &Arena) {
        match self.below(40) {
            0 => arena.bump(ActorId(2 + self.below(6) as u16)),
            1..16 => (0..self.below(4)).for_each(|_| thread::yield_now()),
            _ => {}
        }
    }

    fn patience(&mut self) -> Patience {
        match self.below(6) {
            0 => Patience::No,
            1 | 2 => Patience::For(u64::from(self.below(200_000))),
            _ => Patience::Forever,
        }
    }
}

/// Starts threads that each have a context, and waits for all.
fn threads(bench: &Bench, count: u64, work: impl Fn(&Context, &mut Whims, u64) + Sync) {
    thread::scope(|scope| {
        for number in 0..count {
            let seat = bench.seat(&format!("t{number}"));
            let work = &work;
            scope.spawn(move || work(&Context::new(seat, Arc::new(Scenario::default())), &mut Whims::new(number), number));
        }
    });
}

fn nobody_is_left(world: &World, object: ObjectId) {
    for part in &world.object(object).expect("it was made").parts {
        match part {
            PartState::Owner { owner, .. } => assert_eq!(*owner, None),
            PartState::Waiters { waiters } => assert!(waiters.is_empty(), "{waiters:?}"),
            _ => {}
        }
    }
}

fn excludes(recursive: bool) {
    in_time(move || {
        let bench = Bench::new();
        let object = lock::make(&bench.context("maker"), None, recursive).expect("a lock");
        let (inside, times) = (AtomicU32::new(0), AtomicU32::new(0));
        threads(&bench, 4, |ctx, whims, _| {
            for _ in 0..1500 {
                let patience = whims.patience();
                if !lock::acquire(ctx, object, patience).expect("sound") {
                    assert_ne!(patience, Patience::Forever);
                    continue;
                }
                let nested = recursive && whims.below(4) == 0;
                if nested {
                    assert!(lock::acquire(ctx, object, Patience::Forever).expect("its own"));
                }
                assert_eq!(inside.fetch_add(1, SeqCst), 0, "two at once");
                whims.dally(&ctx.arena);
                times.fetch_add(1, SeqCst);
                inside.fetch_sub(1, SeqCst);
                (0..1 + u32::from(nested)).for_each(|_| lock::release(ctx, object).expect("held"));
                whims.dally(&ctx.arena);
            }
        });
        assert!(times.load(SeqCst) > 2000);
        nobody_is_left(&bench.finish().0, object);
    });
}

#[test]
fn a_lock_keeps_others_out_and_loses_no_waiter() {
    excludes(false);
}

#[test]
fn an_rlock_keeps_others_out_and_loses_no_waiter() {
    excludes(true);
}

#[test]
fn what_is_handed_over_under_a_condition_arrives() {
    in_time(|| {
        let bench = Bench::new();
        let cond = condition::make(&bench.context("maker"), None, None).expect("a condition");
        let items = Mutex::new(0);
        threads(&bench, 6, |ctx, whims, number| {
            let lock = condition::lock_of(ctx, cond);
            for _ in 0..600 {
                lock::acquire(ctx, lock, Patience::Forever).expect("sound");
                if number < 3 {
                    while *locked(&items) == 0 {
                        assert!(condition::wait(ctx, cond, Patience::Forever).expect("held"));
                    }
                    *locked(&items) -= 1;
                } else {
                    *locked(&items) += 1;
                    condition::notify(ctx, cond, 1).expect("held");
                }
                whims.dally(&ctx.arena);
                lock::release(ctx, lock).expect("held");
            }
        });
        assert_eq!(*locked(&items), 0);
        nobody_is_left(&bench.finish().0, cond);
    });
}

#[test]
fn as_many_waits_are_notified_as_sleepers_were_woken() {
    in_time(|| {
        let bench = Bench::new();
        let cond = condition::make(&bench.context("maker"), None, None).expect("a condition");
        let notified = AtomicU32::new(0);
        threads(&bench, 5, |ctx, whims, number| {
            let lock = condition::lock_of(ctx, cond);
            for _ in 0..600 {
                lock::acquire(ctx, lock, Patience::Forever).expect("sound");
                if number == 0 {
                    condition::notify(ctx, cond, i64::from(whims.below(3))).expect("held");
                } else {
                    let patience = Patience::For(u64::from(whims.below(300_000)));
                    let woken = condition::wait(ctx, cond, patience).expect("held");
                    notified.fetch_add(u32::from(woken), SeqCst);
                }
                lock::release(ctx, lock).expect("held");
                whims.dally(&ctx.arena);
            }
        });
        let (world, events) = bench.finish();
        nobody_is_left(&world, cond);
        let woken = events.iter().filter_map(|event| match &event.body {
            Body::Acted(acted) if acted.op == kind::condition::NOTIFY.id => Some(&acted.changes),
            _ => None,
        });
        let woken = woken.flatten().filter(|change| matches!(change, Change::Requeued { .. })).count();
        assert!(woken > 0);
        assert_eq!(notified.load(SeqCst), woken as u32);
    });
}

/// Puts an actor without a thread among the sleepers of a condition.
fn ghost(bench: &Bench, cond: ObjectId, lock: ObjectId) -> ActorId {
    let me = bench.seat("ghost").me;
    let sleepers = PartRef::new(cond, kind::condition::SLEEPERS);
    let until = Until::OwnerFree(PartRef::new(lock, kind::lock::OWNER), Some(sleepers));
    bench.arena.write_wait(me, &Wait { until: vec![until], deadline: None });
    bench.arena.set_state(me, State::Parked);
    let _inner = bench.arena.lock(cond, me);
    bench.arena.part_at(cond, sleepers.part).push_waiter(me);
    bench.arena.emit(me, Body::Also { changes: vec![Change::Queued { part: sleepers, actor: me }] });
    me
}

#[test]
fn the_dead_pass_on_a_notification_and_only_then() {
    in_time(|| {
        let bench = Bench::new();
        let ctx = bench.context("notifier");
        let cond = condition::make(&ctx, None, None).expect("a condition");
        let lock = condition::lock_of(&ctx, cond);
        let notify = |count| {
            lock::acquire(&ctx, lock, Patience::Forever).expect("sound");
            condition::notify(&ctx, cond, count).expect("held");
            lock::release(&ctx, lock).expect("held");
        };
        let (asleep, notified) = (ghost(&bench, cond, lock), ghost(&bench, cond, lock));
        let sleeper = bench.seat("sleeper");
        let me = sleeper.me;
        thread::scope(|scope| {
            let waiting = scope.spawn(move || {
                let ctx = Context::new(sleeper, Arc::new(Scenario::default()));
                lock::acquire(&ctx, lock, Patience::Forever).expect("sound");
                let woken = condition::wait(&ctx, cond, Patience::Forever).expect("held");
                lock::release(&ctx, lock).expect("held");
                woken
            });
            let sleeps = |arena: &Arena| arena.part_at(cond, kind::condition::SLEEPERS).has_waiter(me);
            bench.until("its sleep", sleeps);
            bench.dies(asleep);
            assert!(sleeps(&bench.arena), "a death in sleep wakes nobody");
            notify(1);
            assert!(sleeps(&bench.arena), "the other ghost came first");
            bench.dies(notified);
            assert!(!sleeps(&bench.arena), "what it did not live to hear was meant for the next");
            assert!(waiting.join().expect("no panic"));
        });
        nobody_is_left(&bench.finish().0, cond);
    });
}

#[test]
fn a_set_that_is_cleared_at_once_wakes_everyone_who_waited() {
    in_time(|| {
        let bench = Bench::new();
        let ctx = bench.context("setter");
        let object = event::make(&ctx, None).expect("an event");
        let (round, woken) = (AtomicU32::new(0), AtomicU32::new(0));
        let seats: Vec<Seat> = (0..4).map(|number| bench.seat(&format!("t{number}"))).collect();
        thread::scope(|scope| {
            for seat in seats {
                let (bench, round, woken) = (&bench, &round, &woken);
                scope.spawn(move || {
                    let ctx = Context::new(seat, Arc::new(Scenario::default()));
                    for mine in 1..=40 {
                        bench.until("its round", |_| round.load(SeqCst) >= mine);
                        event::wait(&ctx, object, Patience::Forever).expect("sound");
                        woken.fetch_add(1, SeqCst);
                    }
                });
            }
            for number in 1..=40 {
                round.store(number, SeqCst);
                bench.until("four waiters", |arena| arena.part_at(object, kind::event::WAITERS).waiters().len() == 4);
                event::set(&ctx, object).expect("sound");
                event::clear(&ctx, object).expect("sound");
                bench.until("four woken", |_| woken.load(SeqCst) >= 4 * number);
            }
        });
        assert_eq!(woken.load(SeqCst), 160);
        nobody_is_left(&bench.finish().0, object);
    });
}

#[test]
fn a_death_inside_an_object_is_told_to_whoever_uses_it() {
    in_time(|| {
        let bench = Bench::new();
        let ctx = bench.context("maker");
        let flag = event::make(&ctx, None).expect("an event");
        let mutex = lock::make(&ctx, None, false).expect("a lock");
        assert!(lock::acquire(&ctx, mutex, Patience::Forever).expect("sound"));
        let victim = bench.seat("victim").me;
        let waiters = AtomicU32::new(0);
        let seats: Vec<Seat> = (0..4).map(|number| bench.seat(&format!("t{number}"))).collect();
        thread::scope(|scope| {
            for (number, seat) in seats.into_iter().enumerate() {
                let waiters = &waiters;
                scope.spawn(move || {
                    let ctx = Context::new(seat, Arc::new(Scenario::default()));
                    waiters.fetch_add(1, SeqCst);
                    let outcome = match number % 2 {
                        0 => event::wait(&ctx, flag, Patience::Forever),
                        _ => lock::acquire(&ctx, mutex, Patience::Forever),
                    };
                    assert_eq!(outcome.map_err(|error| error.kind), Err(ErrorKind::OwnerDied));
                });
            }
            bench.until("four threads", |_| waiters.load(SeqCst) == 4);
            // The victim dies with both internal locks in its hands; others may be waiting for them.
            std::mem::forget(bench.arena.lock(flag, victim));
            std::mem::forget(bench.arena.lock(mutex, victim));
            bench.dies(victim);
        });
        assert!(event::set(&ctx, flag).is_err_and(|error| error.kind == ErrorKind::OwnerDied));
        let (world, _) = bench.finish();
        for object in [flag, mutex] {
            assert!(world.object(object).is_some_and(|object| object.broken));
            assert!(world.all_objects().all(|object| object.parts.iter().all(|part| match part {
                PartState::Waiters { waiters } => waiters.is_empty(),
                _ => true,
            })));
        }
    });
}
