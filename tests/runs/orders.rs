//! Orders find things: two faults that need somebody to be far ahead of somebody else, which a walk that
//! takes anybody at each step hardly ever shows.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::common::{PATIENCE, config, printed};
use ipcscope::host::{Config, Ended, Run, Walk};

/// How many of the seeds 1 to 100 show the fault.
fn shown_by(name: &str, walk: Walk, fault: fn(&Run) -> bool) -> u32 {
    let (next, shown) = (AtomicU32::new(1), AtomicU32::new(0));
    let failures = Arc::new(Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed > 100 {
                        return;
                    }
                    let config = config(&format!("tests/orders/{name}.rhai"), seed.into(), &[]);
                    let mut run = Run::start(Config { walk, time_limit: Some(PATIENCE), ..config }).expect("the run starts");
                    let ended = run.wait().ended;
                    if !matches!(ended, Some(Ended::Finished | Ended::Stuck)) {
                        failures.lock().unwrap_or_else(PoisonError::into_inner).push((seed, ended));
                    }
                    shown.fetch_add(u32::from(fault(&run)), Ordering::Relaxed);
                    run.close();
                }
            });
        }
    });
    assert!(failures.lock().unwrap_or_else(PoisonError::into_inner).is_empty(), "{name}: {failures:?}");
    shown.into_inner()
}

/// Somebody began the second round before everybody had begun the first.
fn lapped(run: &Run) -> bool {
    let rounds: Vec<String> =
        printed(run).into_iter().filter_map(|(_, line)| line.split_once(" begins ").map(|(_, n)| n.to_owned())).collect();
    !rounds.is_sorted()
}

fn stuck(run: &Run) -> bool {
    run.shown().ended == Some(Ended::Stuck)
}

#[test]
fn a_barrier_that_is_lapped_is_found_by_every_third_seed() {
    let found = shown_by("lapped", Walk::Mixed, lapped);
    assert!(found >= 30, "{found} of 100");
    // Else this test would tell nothing of the walk.
    let found = shown_by("lapped", Walk::Random, lapped);
    assert!(found <= 10, "{found} of 100");
}

#[test]
fn an_event_that_is_cleared_too_early_is_found_by_every_fifth_seed_of_priorities() {
    let found = shown_by("cleared", Walk::Priority { depth: Walk::DEPTH }, stuck);
    assert!(found >= 20, "{found} of 100");
    let found = shown_by("cleared", Walk::Random, stuck);
    assert!(found <= 10, "{found} of 100");
}
