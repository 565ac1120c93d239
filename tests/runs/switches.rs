//! The gate is opened and closed, the run paused and played, at random moments: nothing is lost by it.

use crate::bustle::{Dice, let_it_write, one_of_them, seeds};
use crate::common::{PATIENCE, children, events, printed};
use ipcscope::host::{Command, Config, Ended, Pace, Run};
use ipcscope::kind::event;
use ipcscope::trace::{Body, Mode, On};

const RUNS: u64 = 40;

/// Closes the gate, waits for the rest, and audits it.
fn audit_at_rest(run: &Run, when: &str) {
    run.command(Command::Free(false));
    run.command(Command::Pause);
    loop {
        let rested = run.wait_until(PATIENCE, |shown| {
            let there = run.catch_up() && run.timeline().head().mode == Mode::Gated && run.timeline().head().rest.is_some();
            there || shown.ended.is_some()
        });
        assert!(rested, "{when}: no rest: {:?}\n{:#?}", run.shown(), run.timeline().head());
        let (writes, found) = (run.arena.writes(), run.audit());
        // The hand may have acted meanwhile.
        if run.arena.writes() == writes {
            return assert_eq!(found, [], "{when}, at rest");
        }
    }
}

/// One run with many switches, given by the seed. Gives how often the gate was opened or closed.
fn switched(seed: u64) -> usize {
    let mut dice = Dice::new(seed);
    let gated = dice.below(2) == 0;
    let (config, written) = one_of_them(&mut dice, seed);
    // What a run prints that nobody interfered with.
    let prints = match config.scenario.name.as_str() {
        "family" => "all together",
        "primitives" => "total 73",
        _ => "total 132 turn 0",
    };
    let mut run = Run::start(Config { gated, end_when_stuck: false, ..config }).expect("the run starts");
    for _ in 0..30 {
        let_it_write(&run, dice.below(written / 15));
        run.command(match dice.below(6) {
            0 | 1 => Command::Free(true),
            2 | 3 => Command::Free(false),
            4 => Command::Pause,
            _ => Command::Step(1 + dice.below(20) as u32),
        });
        if dice.below(2) == 0 {
            run.command(Command::Play);
        }
        if dice.below(8) == 0 {
            audit_at_rest(&run, &format!("seed {seed}"));
        }
        // To raise a flag that main raises anyway, sooner or once more, changes nothing that is printed.
        let event = run.timeline().head().all_objects().find(|object| object.kind == event::ID).map(|object| object.id);
        if let Some(event) = event.filter(|_| dice.below(3) == 0) {
            run.command(Command::Hand(event::SET.id, On::Object(event), None));
        }
    }
    run.command(Command::SetPace(Pace::Unlimited));
    run.command(Command::Free(dice.below(2) == 0));
    run.command(Command::Play);
    let ended = run.wait_until(PATIENCE, |shown| shown.ended.is_some());
    assert!(ended, "seed {seed}: it hangs: {:?}\n{:#?}", run.shown(), run.timeline().head());
    assert_eq!(run.shown().ended, Some(Ended::Finished), "seed {seed}");
    assert_eq!(run.shown().exit, Some(0), "seed {seed}");
    let lines: Vec<String> = printed(&run).into_iter().map(|(_, line)| line).collect();
    assert_eq!(lines, [prints], "seed {seed}");
    assert_eq!(run.audit(), [], "seed {seed}");
    assert_eq!(run.timeline().head().faults, [], "seed {seed}");
    let world = run.timeline().head().clone();
    run.close();
    let living = children();
    let left: Vec<u32> = world.processes().map(|process| process.pid).filter(|pid| living.contains(pid)).collect();
    assert!(left.is_empty(), "seed {seed}: processes left behind: {left:?}");
    events(&run).iter().filter(|event| matches!(event.body, Body::Mode(Mode::Free { .. } | Mode::Gated))).count()
}

#[test]
fn no_switch_of_the_gate_loses_anything() {
    let switches: Vec<usize> = seeds(RUNS).map(switched).collect();
    assert!(switches.iter().sum::<usize>() > 5 * switches.len(), "only {switches:?} switches");
}
