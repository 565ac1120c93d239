//! Barriers: nobody is a round ahead of another, everybody has a place of its own, and neither deaths nor
//! breaking leave anybody behind.

use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;

use super::{Bench, in_time, nobody_is_left, threads};
use crate::arena::Arena;
use crate::ipc::barrier;
use crate::ipc::context::{Context, Patience};
use crate::ipc::error::ErrorKind;
use crate::kind::barrier::{DOOR, INSIDE, LEAVING, WAIT, WAIT_DOOR, WAIT_OPENED, WAIT_PASSED};
use crate::trace::{ActorId, Body, Change, ObjectId, PartRef};

const PARTIES: i64 = 5;
const ROUNDS: i64 = 150;

#[test]
fn nobody_is_a_round_ahead_and_each_has_a_place() {
    in_time(|| {
        let bench = Bench::new();
        let object = barrier::make(&bench.context("maker"), None, PARTIES).expect("a barrier");
        let come: Vec<AtomicI64> = (0..ROUNDS).map(|_| AtomicI64::new(0)).collect();
        let places: Vec<AtomicI64> = (0..ROUNDS).map(|_| AtomicI64::new(0)).collect();
        threads(&bench, PARTIES as u64, |ctx, whims, _| {
            for (come, places) in come.iter().zip(&places) {
                whims.dally(&ctx.arena);
                come.fetch_add(1, SeqCst);
                let place = barrier::wait(ctx, object, Patience::Forever).expect("sound");
                assert_eq!(come.load(SeqCst), PARTIES, "let go before all had come");
                places.fetch_add(1 << (4 * place), SeqCst);
            }
        });
        assert!(places.iter().all(|places| places.load(SeqCst) == 0x11111));
        let (world, events) = bench.finish();
        nobody_is_left(&world, object);
        // Nobody comes to a round before all have left the one before.
        let mut still_leaving = 0;
        for event in &events {
            let Body::Acted(acted) = &event.body else { continue };
            match acted.outcome {
                outcome if acted.op != WAIT.id || outcome == WAIT_DOOR.id => {}
                outcome if outcome == WAIT_OPENED.id => still_leaving += PARTIES - 1,
                outcome if outcome == WAIT_PASSED.id => still_leaving -= 1,
                _ => assert_eq!(still_leaving, 0, "{acted:?}"),
            }
        }
    });
}

#[test]
fn whoever_is_thrown_out_is_told_and_nobody_hangs() {
    in_time(|| {
        let bench = Bench::new();
        let object = barrier::make(&bench.context("maker"), None, 3).expect("a barrier");
        let passed = AtomicI64::new(0);
        threads(&bench, 7, |ctx, whims, number| {
            for _ in 0..200 {
                match number {
                    0 if whims.below(3) == 0 => barrier::abort(ctx, object).expect("sound"),
                    0 => barrier::reset(ctx, object).expect("sound"),
                    _ => {
                        let patience = Patience::For(u64::from(1 + whims.below(300_000)));
                        match barrier::wait(ctx, object, patience) {
                            Ok(place) => {
                                assert!((0..3).contains(&place));
                                passed.fetch_add(1, SeqCst);
                            }
                            Err(error) => assert_eq!(error.kind, ErrorKind::BrokenBarrier),
                        }
                    }
                }
                whims.dally(&ctx.arena);
            }
        });
        let (world, events) = bench.finish();
        nobody_is_left(&world, object);
        // As many went through as were let go, three a time.
        let opened = events
            .iter()
            .filter(|event| matches!(&event.body, Body::Acted(acted) if acted.op == WAIT.id && acted.outcome == WAIT_OPENED.id));
        let opened = opened.count() as i64;
        assert!(passed.load(SeqCst) <= 3 * opened && passed.load(SeqCst) >= opened, "{} of {opened} rounds", passed.load(SeqCst));
    });
}

/// An actor without a thread on one of the lists, with a place in the row.
fn ghost(bench: &Bench, object: ObjectId, list: u8, place: u64) -> ActorId {
    let me = bench.seat("ghost").me;
    let _inner = bench.arena.lock(object, me);
    bench.arena.set_place(me, place);
    bench.arena.part_at(object, list).push_waiter(me);
    let queued = Change::Queued { part: PartRef::new(object, list), actor: me };
    bench.arena.emit(me, Body::Also { changes: vec![queued] });
    me
}

#[test]
fn the_dead_leave_their_places_to_others() {
    in_time(|| {
        let bench = Bench::new();
        let maker = bench.context("maker");
        let object = barrier::make(&maker, None, 3).expect("a barrier");
        let dying = ghost(&bench, object, INSIDE, 0);
        let on = |arena: &Arena, list: u8| arena.part_at(object, list).waiters().len();
        let come = |name: &str| {
            let ctx = Context::new(bench.seat(name), Default::default());
            thread::spawn(move || barrier::wait(&ctx, object, Patience::Forever))
        };
        let first = come("first");
        bench.until("two inside", |arena| on(arena, INSIDE) == 2);
        bench.dies(dying);
        bench.until("one inside", |arena| on(arena, INSIDE) == 1);
        let second = come("second");
        bench.until("two inside again", |arena| on(arena, INSIDE) == 2);
        assert_eq!(barrier::wait(&maker, object, Patience::Forever), Ok(2));
        let (first, second) = (first.join().expect("no panic"), second.join().expect("no panic"));
        assert_eq!((first, second), (Ok(1), Ok(0)), "the place of the dead one is taken again");

        // Whoever stands at the door does not wait for a dead one to leave.
        let leaving = ghost(&bench, object, LEAVING, 0);
        let next = come("next");
        bench.until("one at the door", |arena| on(arena, DOOR) == 1);
        bench.dies(leaving);
        bench.until("one inside at last", |arena| on(arena, INSIDE) == 1);
        barrier::abort(&maker, object).expect("sound");
        assert!(next.join().expect("no panic").is_err_and(|error| error.kind == ErrorKind::BrokenBarrier));
        nobody_is_left(&bench.finish().0, object);
    });
}
