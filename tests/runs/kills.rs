//! Deaths: whoever is killed, at whatever moment, the run comes to an end or is stuck, the picture
//! agrees with memory and kernel, and the death's sentence names all that the dead one left.

use std::fs::{self, Permissions};
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;
use std::panic::{RefUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::bustle::{Dice, let_it_write, one_of_them, seeds};
use crate::common::{self, PATIENCE, SCENARIOS, children, is_over, live, printed, settle, step_through, step_until_rest};
use crate::small::SMALL;
use ipcscope::arena::actors::{State, next_word};
use ipcscope::host::processes::{Process, turn_at_descriptors};
use ipcscope::host::{Command, Config, Phase, Run};
use ipcscope::kind::{Lang, process};
use ipcscope::script;
use ipcscope::sys;
use ipcscope::text::{self, name};
use ipcscope::trace::{ActorId, Body, Cause, PartRef};
use ipcscope::world::{Actor, PartState, World};
use tempfile::TempDir;

const SIGKILL: i32 = 9;
const SIGTERM: i32 = 15;
const SIGCONT: i32 = 18;
const SIGSTOP: i32 = 19;

/// One kill: a scenario, the step after which it happens, and the victim.
type Moment = (&'static str, u64, ActorId);

fn living(world: &World) -> Vec<ActorId> {
    world.processes().filter(|process| !process.is_dead() && process.id != ActorId::HAND).map(|process| process.id).collect()
}

/// Every step of a scenario at its own seed, and everyone who lives then.
fn moments(scenario: &'static str) -> Vec<Moment> {
    let run = live(scenario, seed(scenario), &[]);
    let mut moments = Vec::new();
    step_through(&run, |step| {
        run.catch_up();
        moments.extend(living(run.timeline().head()).into_iter().map(|victim| (scenario, step, victim)));
    });
    moments
}

fn seed(scenario: &str) -> u64 {
    common::scenario(scenario, &[]).seed
}

/// Does `work` for each of the moments, on two threads; a failure ends nothing but itself.
fn for_each<T: Sync + RefUnwindSafe>(moments: &[T], work: impl Fn(&T) + Sync + RefUnwindSafe) {
    let (next, failed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(moment) = moments.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if catch_unwind(|| work(moment)).is_err() {
                        failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    assert_eq!(failed.into_inner(), 0, "of {} failed", moments.len());
}

fn must_be_sound(run: &Run, when: &str) {
    assert_eq!(run.audit(), [], "{when}");
    assert_eq!(run.timeline().head().faults, [], "{when}");
}

/// What the victim has in its hands just before its death, in the words of the sentence.
fn in_its_hands(before: &World, victim: ActorId) -> Vec<String> {
    let threads: Vec<ActorId> = before.all_actors().filter(|actor| actor.process == victim).map(|actor| actor.id).collect();
    let lang = Lang::En;
    let mut things = Vec::new();
    for object in before.all_objects() {
        for (at, part) in object.parts.iter().enumerate() {
            let part_name = PartRef::new(object.id, at as u8);
            match part {
                PartState::Owner { owner: Some(owner), .. } if threads.contains(owner) => {
                    things.push(name::part(before, part_name, lang).text);
                }
                PartState::Ends { ends } => {
                    let held = |end: &&u8| ends[**end as usize].holders.iter().any(|holder| holder.process == victim);
                    let numbers: Vec<u8> = (0..ends.len() as u8).collect();
                    things.extend(numbers.iter().filter(held).map(|end| name::end(before, object.id, *end, lang).text));
                }
                PartState::Waiters { waiters } if waiters.iter().any(|waiter| threads.contains(&waiter.actor)) => {
                    things.push(name::object(before, object.id, lang).text);
                }
                PartState::Slots { messages } if object.home == Some(victim) => {
                    // What has arrived is lost to nobody.
                    let values = messages.iter().filter_map(|id| before.message(*id)).filter(|message| !before.has_arrived(message));
                    // A long value is told by how it begins.
                    things.extend(values.map(|message| name::value(&message.value, lang).chars().take(20).collect()));
                }
                _ => {}
            }
        }
    }
    things
}

/// The death as it is told, with what it should have named.
fn death_of(run: &Run, victim: ActorId) -> (String, Vec<String>) {
    let timeline = run.timeline();
    for index in timeline.first()..timeline.len() {
        let event = timeline.event(index).expect("history");
        if matches!(&event.body, Body::Died(died) if died.actor == victim) {
            let (before, after) = (timeline.world_at(index), timeline.world_at(index + 1));
            let mut named = in_its_hands(&before, victim);
            named.push(before.actor(victim).expect("it was born").name.clone());
            return (text::sentence(&before, &after, &event, Lang::En), named);
        }
    }
    panic!("actor {} did not die", victim.0);
}

fn kill_by_hand(&(scenario, step, victim): &Moment) {
    let when = format!("{scenario}, actor {} killed after step {step}", victim.0);
    let mut run = live(scenario, seed(scenario), &[]);
    if step > 0 {
        run.command(Command::Step(step as u32));
        assert!(run.wait_until(PATIENCE, |shown| shown.rest_at == Some(step)), "{when}: {:?}", run.shown());
    }
    run.command(Command::Signal(victim, SIGKILL));
    let rested = run.wait_until(PATIENCE, |shown| shown.rest_at == Some(step + 1) || shown.phase == Phase::Ended);
    assert!(rested, "{when}: no rest after it: {:?}", run.shown());
    must_be_sound(&run, &when);
    let (sentence, named) = death_of(&run, victim);
    for name in named {
        assert!(sentence.to_lowercase().contains(&name.to_lowercase()), "{when}: {name} is not in: {sentence}");
    }
    run.command(Command::Play);
    assert!(run.wait_until(PATIENCE, is_over), "{when}: it hangs: {:?}", run.shown());
    must_be_sound(&run, &format!("{when}, at the end"));
    let shown = run.shown();
    assert!(shown.phase == Phase::Stuck || matches!(shown.exit, Some(0 | 1)), "{when}: {shown:?}");
    run.close();
}

#[test]
fn whoever_is_killed_at_whatever_step_the_run_ends_or_is_stuck() {
    let all: Vec<Moment> = SCENARIOS.into_iter().flat_map(moments).collect();
    assert!(all.len() > 100, "only {} moments", all.len());
    for_each(&all, kill_by_hand);
}

#[test]
fn nor_does_a_death_hang_those_who_use_the_same_primitive() {
    let all: Vec<Moment> = SMALL.iter().copied().flat_map(moments).collect();
    assert!(all.len() > 60 * SMALL.len(), "only {} moments", all.len());
    for_each(&all, kill_by_hand);
}

/// Kills somebody, and perhaps a second one, from outside at random moments of a free run.
fn kill_from_outside(seed: &u64) {
    let mut dice = Dice::new(*seed);
    let gated = dice.below(4) == 0;
    let (config, events) = one_of_them(&mut dice, *seed);
    let mut run = Run::start(Config { gated, end_when_stuck: false, ..config }).expect("the run starts");
    let mut victims = Vec::new();
    for _ in 0..1 + dice.below(2) {
        let_it_write(&run, dice.below(events));
        let all = run.children.all();
        // Without the hand, every child is a process of the run.
        let Some((actor, victim)) = all.get(dice.below(all.len() as u64) as usize) else { break };
        // It may have ended by itself just now.
        let _ = sys::pidfd::signal(victim.pidfd.as_fd(), SIGKILL);
        victims.push(*actor);
    }
    let over = run.wait_until(PATIENCE, |shown| {
        let buried = victims.iter().all(|victim| run.arena.state(*victim) == State::Dead);
        buried && run.catch_up() && (shown.ended.is_some() || run.timeline().head().stuck())
    });
    let states: Vec<_> = run.arena.actor_ids().map(|id| (id, run.arena.state(id), run.arena.read_wait(id))).collect();
    assert!(over, "seed {seed}: it hangs: {:?}\n{states:?}\n{:#?}", run.shown(), run.timeline().head());
    assert_eq!(run.audit(), [], "seed {seed}");
    let world = run.timeline().head().clone();
    assert_eq!(common::unsound(&common::events(&run)), Ok(()), "seed {seed}");
    run.close();
    let left: Vec<u32> = world.processes().map(|process| process.pid).filter(|pid| children().contains(pid)).collect();
    assert!(left.is_empty(), "seed {seed}: processes left behind: {left:?}");
}

#[test]
fn whoever_is_killed_from_outside_at_a_random_moment_nothing_hangs() {
    let seeds: Vec<u64> = seeds(150).collect();
    for_each(&seeds, kill_from_outside);
}

/// Between the announcement of a signal and the signal itself its sender is killed.
#[test]
fn a_killer_that_is_killed_before_its_signal_keeps_nobody_from_dying() {
    let mut run = live("condition", 1, &[]);
    let mut step = 0;
    while run.children.all().len() < 3 {
        step += 1;
        assert!(step_until_rest(&run, step), "main starts two processes");
    }
    let all = run.children.all();
    let [_, (sender, process), (victim, _)] = all.as_slice() else { panic!("main and two others live") };
    run.arena.expect_death(*victim, SIGTERM, *sender);
    sys::pidfd::signal(process.pidfd.as_fd(), SIGKILL).expect("the sender lives");
    let dead = |actor: &ActorId| run.arena.state(*actor) == State::Dead;
    assert!(run.wait_until(PATIENCE, |_| dead(sender) && dead(victim)), "somebody lives for ever");
    assert_eq!(run.arena.cause(*victim), Some(Cause::Signal(SIGTERM)));
    run.close();
}

/// Stops somebody from outside, kills another one meanwhile, and continues the first.
fn kill_while_another_is_stopped(seed: &u64) {
    let mut dice = Dice::new(*seed);
    let (config, events) = one_of_them(&mut dice, *seed);
    let mut run = Run::start(Config { gated: dice.below(4) == 0, end_when_stuck: false, ..config }).expect("the run starts");
    let_it_write(&run, dice.below(events));
    let all = run.children.all();
    let mut pick = || all.get(dice.below(all.len() as u64) as usize);
    let (Some((_, stopped)), Some((actor, victim))) = (pick(), pick()) else { return };
    let signal = |child: &Process, signal| drop(sys::pidfd::signal(child.pidfd.as_fd(), signal));
    signal(stopped, SIGSTOP);
    let_it_write(&run, dice.below(events / 10));
    signal(victim, SIGKILL);
    let_it_write(&run, dice.below(events / 10));
    signal(stopped, SIGCONT);
    let over = run.wait_until(PATIENCE, |shown| {
        let buried = run.arena.state(*actor) == State::Dead;
        buried && run.catch_up() && (shown.ended.is_some() || run.timeline().head().stuck())
    });
    assert!(over, "seed {seed}: it hangs: {:?}\n{:#?}", run.shown(), run.timeline().head());
    assert_eq!(run.audit(), [], "seed {seed}");
    assert_eq!(common::unsound(&common::events(&run)), Ok(()), "seed {seed}");
    run.close();
}

#[test]
fn a_death_while_another_is_stopped_hangs_nothing() {
    let seeds: Vec<u64> = seeds(60).collect();
    for_each(&seeds, kill_while_another_is_stopped);
}

/// The run at a rest where somebody besides main lives, and who.
fn with_a_child(scenario: &str) -> (Run, ActorId) {
    let run = live(scenario, seed(scenario), &[]);
    for step in 1..50 {
        assert!(common::step_until_rest(&run, step));
        run.catch_up();
        let child = living(run.timeline().head()).into_iter().find(|id| *id != ActorId::MAIN);
        if let Some(child) = child {
            return (run, child);
        }
    }
    panic!("{scenario} starts nobody");
}

/// Sends a signal by hand and waits for the rest after it.
fn signal_by_hand(run: &Run, victim: ActorId, signal: i32) {
    let step = run.shown().step;
    run.command(Command::Signal(victim, signal));
    assert!(run.wait_until(PATIENCE, |shown| shown.rest_at == Some(step + 1)), "signal {signal}: {:?}", run.shown());
    must_be_sound(run, &format!("signal {signal}"));
}

#[test]
fn sigterm_waits_for_a_stopped_process_and_sigkill_does_not() {
    for scenario in SCENARIOS {
        for deadly in [SIGTERM, SIGKILL] {
            let (run, child) = with_a_child(scenario);
            let is = |what: fn(&Actor) -> bool| run.timeline().head().actor(child).is_some_and(what);
            signal_by_hand(&run, child, SIGSTOP);
            assert!(is(|child| child.stopped && !child.is_dead()));
            signal_by_hand(&run, child, deadly);
            assert_eq!(is(Actor::is_dead), deadly == SIGKILL, "{scenario}");
            if deadly == SIGTERM {
                assert_eq!(sigterms(&run), [process::TERMINATE_PENDING.id], "{scenario}: it does not end at once");
                // It may end before anybody could look at it as continued.
                run.command(Command::Signal(child, SIGCONT));
                let died = run.wait_until(PATIENCE, |_| run.catch_up() && is(Actor::is_dead));
                assert!(died, "{scenario}: what it was sent while stopped ends it now");
            }
            let (sentence, _) = death_of(&run, child);
            assert!(sentence.contains(if deadly == SIGTERM { "SIGTERM" } else { "SIGKILL" }), "{sentence}");
            run.command(Command::Play);
            assert!(run.wait_until(PATIENCE, is_over), "{scenario}: {:?}", run.shown());
            must_be_sound(&run, scenario);
        }
    }
}

/// What has been told of each SIGTERM so far.
fn sigterms(run: &Run) -> Vec<u8> {
    let told = common::events(run).into_iter().filter_map(|event| match event.body {
        Body::Acted(acted) if acted.op == process::TERMINATE.id => Some(acted.outcome),
        _ => None,
    });
    told.collect()
}

#[test]
fn what_terminate_says_of_a_stopped_child_is_so() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("terminate.rhai");
    let source = "fn w() { sleep(1); } let p = Process(\"p\", w, []); p.start(); p.terminate(); p.join();";
    fs::write(&path, source).expect("a file");
    for (stopped, told) in [(false, process::TERMINATE_SENT.id), (true, process::TERMINATE_PENDING.id)] {
        let (run, child) = with_a_child(path.to_str().expect("a name"));
        if stopped {
            signal_by_hand(&run, child, SIGSTOP);
        }
        while sigterms(&run).is_empty() {
            assert!(step_until_rest(&run, run.shown().step + 1));
        }
        assert_eq!(sigterms(&run), [told]);
        assert_eq!(run.timeline().head().actor(child).is_some_and(Actor::is_dead), !stopped);
        must_be_sound(&run, "terminate");
    }
}

#[test]
fn a_hand_that_is_killed_from_outside_is_missed_and_nothing_else() {
    let (run, child) = with_a_child("event");
    signal_by_hand(&run, child, SIGSTOP);
    signal_by_hand(&run, child, SIGCONT);
    let hand = run.children.get(ActorId::HAND).expect("the hand has acted");
    sys::pidfd::signal(hand.pidfd.as_fd(), SIGKILL).expect("our own child");
    assert!(run.wait_until(PATIENCE, |_| run.arena.state(ActorId::HAND) == State::Dead));
    run.command(Command::Signal(child, SIGKILL));
    assert!(run.wait_until(PATIENCE, |shown| shown.notice.is_some()), "the user is told");
    run.command(Command::Play);
    assert!(run.wait_until(PATIENCE, is_over), "{:?}", run.shown());
    assert_eq!(run.shown().exit, Some(0));
    must_be_sound(&run, "without the hand");
}

/// This program, but for one process of a run, which never comes to the gate.
fn without(actor: ActorId, folder: &TempDir) -> PathBuf {
    let path = folder.path().join("exe");
    let program = env!("CARGO_BIN_EXE_ipcscope");
    let text = format!("#!/bin/sh\ncase $IPCSCOPE_ACTOR in {}:*) exec sleep 1000;; esac\nexec '{program}'\n", actor.0);
    // Nobody forks meanwhile: a file that somebody has open for writing cannot be started.
    let _turn = turn_at_descriptors();
    fs::write(&path, text).expect("a file");
    fs::set_permissions(&path, Permissions::from_mode(0o700)).expect("it is ours");
    path
}

#[test]
fn who_is_killed_between_coming_to_the_gate_and_saying_so_keeps_nobody_waiting() {
    let child = ActorId(ActorId::MAIN.0 + 1);
    let folder = TempDir::new().expect("a folder");
    for gated in [true, false] {
        let source = "fn f() { } let p = Process(f); p.start(); p.join(); print(p.exitcode);";
        let scenario = Arc::new(script::scenario::assemble("a", "a.rhai", source, None).expect("it loads"));
        let config = Config { gated, exe: without(child, &folder), ..Config::new(scenario, 1) };
        let mut run = Run::start(config).expect("the run starts");
        assert!(run.wait_until(PATIENCE, |_| run.children.get(child).is_some()), "main starts it");
        settle(&run);
        // It stands at the gate, and main, which sleeps until it does, is not woken.
        let word = run.arena.actor_word(child);
        word.store(next_word(word.load(SeqCst), State::Parked), SeqCst);
        sys::pidfd::signal(run.children.get(child).expect("it lives").pidfd.as_fd(), SIGKILL).expect("our own child");
        assert!(run.wait_until(PATIENCE, |shown| shown.ended.is_some()), "{:?}", run.shown());
        let lines: Vec<String> = printed(&run).into_iter().map(|(_, line)| line).collect();
        assert_eq!((lines, run.shown().exit), (vec!["-9".to_owned()], Some(0)));
        must_be_sound(&run, "killed at the gate");
        run.close();
    }
}

/// It is stopped in the middle of an operation, so that another may go, which then waits for the object; and killed.
#[test]
fn who_is_stopped_and_killed_inside_of_an_object_keeps_nobody_waiting_for_it() {
    let source = "fn reads(v) { for i in 0..3 { v.value; } } let v = Value(\"i\", 0); let a = Process(\"a\", reads, [v]);
        let b = Process(\"b\", reads, [v]); a.start(); b.start(); a.join(); b.join(); print(\"over\");";
    let scenario = script::scenario::assemble("inside", "inside.rhai", source, None).expect("it loads");
    let exe = PathBuf::from(env!("CARGO_BIN_EXE_ipcscope"));
    let config = Config { exe, paused: true, end_when_stuck: false, ..Config::new(Arc::new(scenario), 1) };
    let mut run = Run::start(config).expect("the run starts");
    assert!(run.wait_until(PATIENCE, |shown| shown.rest_at == Some(0)), "{:?}", run.shown());
    let named = |name: &str| {
        run.catch_up();
        run.timeline().head().processes().find(|process| process.name == name).map(|process| process.id)
    };
    let value = || run.timeline().head().all_objects().find(|object| object.name == "v").map(|object| object.id);
    let stands_before_it = |actor: ActorId| run.arena.state(actor) == State::Parked && run.arena.read_step(actor).1.object() == value();
    let mut step = 0;
    let (a, b) = loop {
        if let (Some(a), Some(b)) = (named("a"), named("b"))
            && stands_before_it(a)
            && stands_before_it(b)
        {
            break (a, b);
        }
        step += 1;
        assert!(step_until_rest(&run, step), "both come to it at one time");
    };
    // As if `a` had been stopped under the object's internal lock.
    std::mem::forget(run.arena.lock(value().expect("it was made"), a));
    run.command(Command::Signal(a, SIGSTOP));
    assert!(run.wait_until(PATIENCE, |shown| shown.rest_at == Some(step + 1)), "{:?}", run.shown());
    run.command(Command::StepActor(b));
    assert!(run.wait_until(PATIENCE, |_| run.arena.state(b) == State::Run), "{:?}", run.shown());
    let child = run.children.get(a).expect("it lives");
    for signal in [SIGTERM, SIGCONT] {
        sys::pidfd::signal(child.pidfd.as_fd(), signal).expect("it is there");
    }
    assert!(run.wait_until(PATIENCE, |shown| shown.rest_at == Some(step + 2)), "it hangs: {:?}", run.shown());
    run.command(Command::Play);
    assert!(run.wait_until(PATIENCE, is_over), "it hangs: {:?}", run.shown());
    assert!(printed(&run).contains(&("main".to_owned(), "over".to_owned())), "{:?}", printed(&run));
    run.close();
}
