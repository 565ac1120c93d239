//! Scenarios in which much happens at once, and the moments at which a test interferes with them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ipcscope::host::{Config, Run};
use ipcscope::script;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Everything at once; about as many events as a free run of it has.
const EVENTS: u64 = 900;
const BUSTLE: &str = include_str!("../bustle/bustle.rhai");

/// Starts in starts, and large messages in a queue.
const FAMILY: &str = include_str!("../bustle/family.rhai");
const FAMILY_EVENTS: u64 = 220;

/// Permits, rounds, counted tasks, and ends that travel.
const PRIMITIVES: &str = include_str!("../bustle/primitives.rhai");
const PRIMITIVES_EVENTS: u64 = 390;

/// One of the scenarios, and about how many events a free run of it has.
pub(crate) fn one_of_them(dice: &mut Dice, seed: u64) -> (Config, u64) {
    match dice.below(3) {
        0 => (configure("bustle", BUSTLE, seed), EVENTS),
        1 => (configure("primitives", PRIMITIVES, seed), PRIMITIVES_EVENTS),
        _ => (configure("family", FAMILY, seed), FAMILY_EVENTS),
    }
}

fn configure(name: &str, source: &str, seed: u64) -> Config {
    let scenario = script::scenario::assemble(name, &format!("{name}.rhai"), source, None).expect("it loads");
    Config { exe: PathBuf::from(env!("CARGO_BIN_EXE_ipcscope")), ..Config::new(Arc::new(scenario), seed) }
}

/// The seeds of so many runs; IPCSCOPE_RUNS asks for more of them, for a long night.
pub(crate) fn seeds(count: u64) -> std::ops::Range<u64> {
    let asked = std::env::var("IPCSCOPE_RUNS").ok().and_then(|text| text.parse().ok());
    0..asked.unwrap_or(count)
}

/// Numbers that make a test's interference the same each time.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0.next_u64() % bound.max(1)
    }
}

/// Waits until so many events have been written, or the run is over; not for long, since a paused one writes none.
pub(crate) fn let_it_write(run: &Run, events: u64) {
    let target = run.arena.writes() + events;
    run.wait_until(Duration::from_millis(30), |shown| shown.ended.is_some() || run.arena.writes() >= target);
}
