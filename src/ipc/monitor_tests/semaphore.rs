//! Semaphores: never more inside than there are permits, and no permit is lost with one who gives up or dies.

use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;

use super::{Bench, in_time, nobody_is_left, threads};
use crate::ipc::context::{Context, Patience};
use crate::ipc::error::ErrorKind;
use crate::ipc::semaphore;
use crate::kind::semaphore::{PERMITS, WAITERS};
use crate::trace::ObjectId;
use crate::world::{PartState, World};

fn permits(world: &World, object: ObjectId) -> PartState {
    world.object(object).expect("it was made").parts[PERMITS as usize].clone()
}

#[test]
fn so_many_are_inside_and_no_permit_is_lost() {
    in_time(|| {
        let bench = Bench::new();
        let object = semaphore::make(&bench.context("maker"), None, 2, true).expect("a semaphore");
        let (inside, times) = (AtomicI64::new(0), AtomicI64::new(0));
        threads(&bench, 5, |ctx, whims, _| {
            for _ in 0..1200 {
                let patience = whims.patience();
                if !semaphore::acquire(ctx, object, patience).expect("sound") {
                    assert_ne!(patience, Patience::Forever);
                    continue;
                }
                assert!(inside.fetch_add(1, SeqCst) < 2, "three at once");
                whims.dally(&ctx.arena);
                times.fetch_add(1, SeqCst);
                inside.fetch_sub(1, SeqCst);
                semaphore::release(ctx, object).expect("taken");
                whims.dally(&ctx.arena);
            }
        });
        assert!(times.load(SeqCst) > 2000);
        let (world, _) = bench.finish();
        nobody_is_left(&world, object);
        assert_eq!(permits(&world, object), PartState::Count { value: 2, max: Some(2) });
    });
}

/// Permits that come in twos wake all who can have one, though each release wakes only the first.
#[test]
fn every_permit_finds_its_waiter() {
    in_time(|| {
        let bench = Bench::new();
        let object = semaphore::make(&bench.context("maker"), None, 0, false).expect("a semaphore");
        threads(&bench, 6, |ctx, whims, number| {
            for _ in 0..600 {
                if number < 3 {
                    assert!(semaphore::acquire(ctx, object, Patience::Forever).expect("sound"));
                } else {
                    semaphore::release(ctx, object).expect("no bound");
                }
                whims.dally(&ctx.arena);
            }
        });
        let (world, _) = bench.finish();
        nobody_is_left(&world, object);
        assert_eq!(permits(&world, object), PartState::Count { value: 0, max: None });
    });
}

#[test]
fn two_permits_that_woke_the_same_one_let_two_in() {
    in_time(|| {
        let bench = Bench::new();
        let maker = bench.context("maker");
        let object = semaphore::make(&maker, None, 0, false).expect("a semaphore");
        let seats = ["first", "second"].map(|name| bench.seat(name));
        let row = seats.each_ref().map(|seat| seat.me);
        thread::scope(|scope| {
            for (before, seat) in seats.into_iter().enumerate() {
                bench.until("its place", |arena| arena.part_at(object, WAITERS).waiters().len() == before);
                scope.spawn(move || semaphore::acquire(&Context::new(seat, Default::default()), object, Patience::Forever));
            }
            bench.until("two waiters", |arena| arena.part_at(object, WAITERS).waiters() == row);
            bench.while_the_first_sleeps_on(row, || (0..2).for_each(|_| semaphore::release(&maker, object).expect("no bound")));
        });
        let (world, _) = bench.finish();
        nobody_is_left(&world, object);
        assert_eq!(permits(&world, object), PartState::Count { value: 0, max: None });
    });
}

#[test]
fn a_bound_and_bad_numbers_are_refused() {
    let bench = Bench::new();
    let ctx = bench.context("maker");
    let kind = |result: crate::ipc::Result<ObjectId>| result.map_err(|error| error.kind);
    assert_eq!(kind(semaphore::make(&ctx, None, -1, false)), Err(ErrorKind::OSError));
    assert_eq!(kind(semaphore::make(&ctx, None, 1 << 31, false)), Err(ErrorKind::ValueError));
    let most = semaphore::make(&ctx, None, (1 << 31) - 1, false).expect("the most");
    let none = semaphore::make(&ctx, None, 0, true).expect("none at all");
    for full in [most, none] {
        assert!(semaphore::release(&ctx, full).is_err_and(|error| error.kind == ErrorKind::ValueError));
    }
    assert!(!semaphore::acquire(&ctx, none, Patience::No).expect("sound"));
    assert!(semaphore::acquire(&ctx, most, Patience::No).expect("sound"));
    bench.finish();
}
