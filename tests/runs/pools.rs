//! Pools that end while a worker dies: however they end, the run comes to its end, and the handler, which waits
//! for what happens next, does not turn round meanwhile.

use std::panic::catch_unwind;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::bustle::seeds;
use crate::common::{self, PATIENCE};
use ipcscope::host::{Config, Ended, Run};
use ipcscope::kind::pool::{HANDLE, HANDLE_IDLE};
use ipcscope::script;
use ipcscope::trace::{Acted, Body};

/// What main does with a pool of two, one of whose workers dies at about that moment.
const ENDS: &[(&str, &str)] = &[
    ("main simply ends", ""),
    ("main ends with an error", "throw 7;"),
    ("terminate", "pool.terminate();"),
    ("terminate and join", "pool.terminate(); pool.join();"),
    ("twice", "pool.terminate(); pool.terminate(); pool.join();"),
    ("close", "pool.close();"),
    ("close and join", "pool.close(); pool.join();"),
    ("close, then terminate", "pool.close(); pool.terminate(); pool.join();"),
    ("with", "with pool { pool.apply_async(die); }"),
    ("a worker is killed", "for p in active_children() { p.kill(); } pool.terminate(); pool.join();"),
    ("all of them are, and main ends", "for p in active_children() { p.kill(); }"),
];

/// Two results are all that a pool deals out here, so a handler has little to wake up for.
const TURNS: usize = 40;

fn ends(name: &str, end: &str, seed: u64, gated: bool) {
    let when = format!("{name}, seed {seed}, gated: {gated}");
    let source = format!("fn die() {{ exit(3); }} let pool = Pool(2); pool.apply_async(die); sleep(random() * 0.012); {end}");
    let scenario = script::scenario::assemble("pool", "pool.rhai", &source, None).expect("it loads");
    let exe = PathBuf::from(env!("CARGO_BIN_EXE_ipcscope"));
    let mut run = Run::start(Config { gated, exe, ..Config::new(Arc::new(scenario), seed) }).expect("the run starts");
    assert!(run.wait_until(PATIENCE, |shown| shown.ended.is_some()), "{when}: it hangs: {:?}", run.shown());
    assert_eq!(run.shown().ended, Some(Ended::Finished), "{when}");
    let events = common::events(&run);
    assert_eq!(common::unsound(&events), Ok(()), "{when}");
    let idle = |body: &Body| matches!(body, Body::Acted(Acted { op, outcome, .. }) if *op == HANDLE.id && *outcome == HANDLE_IDLE.id);
    let turns = events.iter().filter(|event| idle(&event.body)).count();
    assert!(turns <= TURNS, "{when}: the handler turned {turns} times for nothing");
    run.close();
}

/// Two at a time: a race that is lost in one of three runs is lost here for certain.
#[test]
fn a_pool_whose_worker_dies_just_then_ends() {
    let (next, failed) = (AtomicU64::new(0), AtomicU64::new(0));
    let seeds = seeds(20);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let (seed, gated) = (at / ENDS.len() as u64, at % 7 == 0);
                    if seed >= seeds.end {
                        break;
                    }
                    let (name, end) = ENDS[(at % ENDS.len() as u64) as usize];
                    if catch_unwind(|| ends(name, end, seed, gated)).is_err() {
                        failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    assert_eq!(failed.into_inner(), 0, "runs failed");
}
