//! Queues as threads share them: a SimpleQueue loses and doubles nothing, however large, and nobody who
//! joins a JoinableQueue is left behind.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;

use super::{Bench, Whims, in_time, nobody_is_left, threads};
use crate::arena::Arena;
use crate::ipc::context::{Context, Patience};
use crate::ipc::error::ErrorKind;
use crate::ipc::seat::locked;
use crate::ipc::value::Value;
use crate::ipc::{joinable_queue, queue, simple_queue};
use crate::kind::joinable_queue::JOINERS;
use crate::kind::queue::{self as queue_kind, SLOT_WAITERS};
use crate::kind::simple_queue::{ENDS, READ_LOCK, READ_WAITERS};
use crate::trace::{Body, Change, ObjectId, PartRef};
use crate::world::PartState;

const PUTTERS: u64 = 3;
const EACH: i64 = 120;

#[test]
fn a_simple_queue_loses_and_doubles_nothing() {
    in_time(|| {
        let bench = Bench::new();
        let maker = bench.context("maker");
        let object = simple_queue::make(&maker, None).expect("a queue");
        let got = Mutex::new(Vec::new());
        let seats: Vec<_> = (0..2 * PUTTERS).map(|number| bench.heir(&format!("t{number}"), &maker, object, ENDS)).collect();
        thread::scope(|scope| {
            for (number, seat) in (0u64..).zip(seats) {
                let got = &got;
                scope.spawn(move || {
                    let ctx = Context::new(seat, Default::default());
                    let mut whims = Whims::new(number);
                    for at in 0..EACH {
                        whims.dally(&ctx.arena);
                        if number < PUTTERS {
                            // Some do not fit the pipe.
                            let fill = if whims.below(10) == 0 { 90_000 } else { whims.below(50) as usize };
                            let value = [Value::Int(number as i64 * EACH + at), Value::Str("x".repeat(fill))];
                            simple_queue::put(&ctx, object, &Value::Array(value.to_vec())).expect("sound");
                        } else if let Value::Array(items) = simple_queue::get(&ctx, object, Patience::Forever).expect("sound") {
                            locked(got).push(items[0].clone());
                        }
                    }
                });
            }
        });
        let got: Vec<i64> = locked(&got).iter().map(|value| if let Value::Int(number) = value { *number } else { -1 }).collect();
        let different: BTreeSet<i64> = got.iter().copied().collect();
        assert_eq!((got.len(), different.len()), (EACH as usize * PUTTERS as usize, got.len()));
        assert!(simple_queue::empty(&maker, object).expect("sound"));
        nobody_is_left(&bench.finish().0, object);
    });
}

#[test]
fn one_that_dies_while_it_waits_to_get_keeps_nobody() {
    in_time(|| {
        let bench = Bench::new();
        let maker = bench.context("maker");
        let object = simple_queue::make(&maker, None).expect("a queue");
        let victim = bench.heir("victim", &maker, object, ENDS);
        let me = victim.me;
        // It dies with the read lock in its hand, having read nothing.
        {
            let _inner = bench.arena.lock(object, me);
            bench.arena.part_at(object, READ_LOCK).set_owner(Some(me), 1);
            let part = PartRef::new(object, READ_LOCK);
            bench.arena.emit(me, Body::Also { changes: vec![Change::Owned { part, owner: Some(me), depth: 1 }] });
        }
        let getter = bench.heir("getter", &maker, object, ENDS);
        thread::scope(|scope| {
            let getting = scope.spawn(move || {
                let ctx = Context::new(getter, Default::default());
                simple_queue::get(&ctx, object, Patience::Forever)
            });
            let waits = |arena: &Arena| !arena.part_at(object, READ_WAITERS).waiters().is_empty();
            bench.until("one that waits behind it", waits);
            simple_queue::put(&maker, object, &Value::Int(7)).expect("room");
            bench.dies(me);
            assert_eq!(getting.join().expect("no panic"), Ok(Value::Int(7)));
        });
        simple_queue::close(&maker, object).expect("it holds it");
        assert!(simple_queue::put(&maker, object, &Value::Int(8)).is_err_and(|error| error.kind == ErrorKind::OSError));
        nobody_is_left(&bench.finish().0, object);
    });
}

/// Counts a put without one: whoever joins needs no message.
fn count_put(ctx: &Context, object: ObjectId) {
    ctx.arena.wait_for_room();
    let _inner = ctx.arena.lock(object, ctx.me());
    let (_, counted) = joinable_queue::count(&ctx.arena, object, 1);
    ctx.arena.emit(ctx.me(), Body::Also { changes: vec![counted] });
}

#[test]
fn whoever_joins_returns_and_as_many_are_done_as_were_put() {
    in_time(|| {
        let bench = Bench::new();
        let maker = bench.context("maker");
        let object = queue::make(&maker, None, 0, true).expect("a queue");
        threads(&bench, 6, |ctx, whims, number| {
            for _ in 0..300 {
                if number < 3 {
                    count_put(ctx, object);
                    whims.dally(&ctx.arena);
                    joinable_queue::task_done(ctx, object).expect("it was put");
                } else {
                    joinable_queue::join(ctx, object).expect("sound");
                }
                whims.dally(&ctx.arena);
            }
        });
        assert!(joinable_queue::task_done(&maker, object).is_err_and(|error| error.kind == ErrorKind::ValueError));
        nobody_is_left(&bench.finish().0, object);
    });
}

#[test]
fn two_slots_that_woke_the_same_one_let_two_put() {
    in_time(|| {
        let bench = Bench::new();
        let maker = bench.context("maker");
        let object = queue::make(&maker, None, 2, false).expect("a queue");
        let put = |ctx: &Context, number| queue::put(ctx, object, &Value::Int(number), Patience::Forever).expect("sound");
        let get = || queue::get(&maker, object, Patience::Forever).expect("sound");
        let done = |ctx: &Context| {
            queue::close(ctx, object).expect("sound");
            queue::join_thread(ctx, object).expect("it is closed");
        };
        (1..=2).for_each(|number| put(&maker, number));
        let full = queue::put(&maker, object, &Value::Int(0), Patience::No);
        assert_eq!(full.map_err(|error| error.kind), Err(ErrorKind::Full));
        let seats = ["first", "second"].map(|name| bench.heir(name, &maker, object, queue_kind::ENDS));
        let row = seats.each_ref().map(|seat| seat.me);
        thread::scope(|scope| {
            for (before, seat) in seats.into_iter().enumerate() {
                bench.until("its place", |arena| arena.part_at(object, SLOT_WAITERS).waiters().len() == before);
                scope.spawn(move || {
                    let ctx = Context::new(seat, Default::default());
                    put(&ctx, 3 + before as i64);
                    done(&ctx);
                });
            }
            bench.until("two waiters", |arena| arena.part_at(object, SLOT_WAITERS).waiters() == row);
            bench.while_the_first_sleeps_on(row, || (1..=2).for_each(|number| assert_eq!(get(), Value::Int(number))));
        });
        let last = BTreeSet::from([get(), get()].map(|value| value.to_string()));
        assert_eq!(last, BTreeSet::from(["3", "4"].map(str::to_owned)));
        done(&maker);
        nobody_is_left(&bench.finish().0, object);
    });
}

#[test]
fn one_that_dies_in_a_join_keeps_no_task_from_being_done() {
    in_time(|| {
        let bench = Bench::new();
        let maker = bench.context("maker");
        let object = queue::make(&maker, None, 0, true).expect("a queue");
        count_put(&maker, object);
        let joins = |arena: &Arena, count: usize| arena.part_at(object, JOINERS).waiters().len() == count;
        // One without a thread, since the dead must not act any more.
        let victim = bench.seat("victim").me;
        {
            let _inner = bench.arena.lock(object, victim);
            bench.arena.part_at(object, JOINERS).push_waiter(victim);
            let queued = Change::Queued { part: PartRef::new(object, JOINERS), actor: victim };
            bench.arena.emit(victim, Body::Also { changes: vec![queued] });
        }
        let other = bench.seat("other");
        let joined = thread::spawn(move || joinable_queue::join(&Context::new(other, Default::default()), object));
        bench.until("two joiners", |arena| joins(arena, 2));
        bench.dies(victim);
        bench.until("one joiner", |arena| joins(arena, 1));
        joinable_queue::task_done(&maker, object).expect("it was put");
        assert!(joined.join().expect("no panic").is_ok());
        nobody_is_left(&bench.finish().0, object);
    });
}

/// A bound is what the trace says, however large it is; a queue without one has none, and counts all the same.
#[test]
fn a_bound_is_told_and_never_guessed() {
    in_time(|| {
        let bench = Bench::new();
        let maker = bench.context("maker");
        let asked = [2_000_000_000, 3, 0, -5, i64::MAX];
        let queues = asked.map(|max| queue::make(&maker, None, max, false).expect("a queue"));
        for object in queues {
            queue::put(&maker, object, &Value::Int(1), Patience::No).expect("room");
            assert_eq!(queue::qsize(&maker, object), Ok(1));
        }
        let world = bench.finish().0;
        let most = crate::kind::UNBOUNDED_SLOTS;
        let told = [(1_999_999_999, Some(2_000_000_000)), (2, Some(3)), (most - 1, None), (most - 1, None), (most - 1, Some(most))];
        for (object, (value, max)) in queues.into_iter().zip(told) {
            assert_eq!(world.part(PartRef::new(object, queue_kind::SLOTS)), Some(&PartState::Count { value, max }));
        }
    });
}
