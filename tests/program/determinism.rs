//! Same seed, same run, byte for byte, whatever else the machine does; another seed, another order.

use std::collections::BTreeSet;
use std::process::{Child, Command};

use crate::common::{Output, SCENARIOS, run, start};

/// A process that does nothing but compute, until it is dropped.
struct Busy(Child);

impl Busy {
    fn start() -> Busy {
        Busy(start(Command::new("sh").args(["-c", "while :; do :; done"])))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn json(scenario: &str, seed: u64) -> String {
    let Output { stdout, stderr, code } = run(&["run", scenario, "--seed", &seed.to_string(), "--json"]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{scenario}, seed {seed}");
    stdout
}

#[test]
fn a_seed_gives_the_same_bytes_idle_and_under_load() {
    let first = json("queue", 7);
    assert!(first.lines().count() > 100, "{first}");
    for _ in 0..3 {
        assert_eq!(json("queue", 7), first);
    }
    let busy = [Busy::start(), Busy::start()];
    for _ in 0..3 {
        assert_eq!(json("queue", 7), first);
    }
    drop(busy);
}

#[test]
fn every_scenario_repeats_itself() {
    for scenario in SCENARIOS {
        assert_eq!(json(scenario, 11), json(scenario, 11), "{scenario}");
    }
}

#[test]
fn so_does_what_a_manager_keeps() {
    for name in ["manager", "managed-queue", "managed-locks", "registered"] {
        let scenario = format!("tests/small/{name}.rhai");
        assert_eq!(json(&scenario, 11), json(&scenario, 11), "{scenario}");
    }
}

/// The kernel is free to end and reap them in any order, before or after the signal to the next is told.
#[test]
fn so_do_many_deaths_in_one_step() {
    for seed in 0..4 {
        let first = json("tests/small/cut-off.rhai", seed);
        for _ in 0..3 {
            assert_eq!(json("tests/small/cut-off.rhai", seed), first, "seed {seed}");
        }
    }
}

#[test]
fn no_number_of_this_machine_is_told_under_a_seed() {
    for line in json("queue", 7).lines() {
        let event: serde_json::Value = serde_json::from_str(line).expect("an object a line");
        for name in ["pid", "tid", "wall"] {
            assert!(event.get(name).is_none(), "{name} in {line}");
        }
    }
}

/// Who did what, in order, without times.
fn steps(json: &str) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut steps = Vec::new();
    for line in json.lines() {
        let event: serde_json::Value = serde_json::from_str(line).expect("an object a line");
        let what = match text(&event["event"]).as_str() {
            "acted" => format!("{}/{}", text(&event["op"]), text(&event["outcome"])),
            "printed" => format!("print {}", text(&event["text"])),
            _ => continue,
        };
        steps.push((text(&event["actor"]["name"]), what));
    }
    steps
}

#[test]
fn seeds_change_the_order_and_not_only_the_durations() {
    for scenario in ["pipe", "condition"] {
        let orders: BTreeSet<Vec<(String, String)>> = (0..20).map(|seed| steps(&json(scenario, seed))).collect();
        assert!(orders.len() >= 3, "{scenario}: {} orders in 20 seeds", orders.len());
    }
}
