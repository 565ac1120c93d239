//! The hand: what the user does is a step of an actor of its own, seen in the trace like any other, and
//! its effects are real. What it cannot do it refuses with a word why, and nothing happens.

use crate::common::{self, PATIENCE, events, live, step_until_rest};
use ipcscope::host::{Command, Config, Ended, Phase, Run};
use ipcscope::ipc::Value;
use ipcscope::kind::{self, Asks, Keys, Lang, Op, event, process};
use ipcscope::script;
use ipcscope::sys;
use ipcscope::text;
use ipcscope::trace::{Acted, ActorId, Body, Cause, Event, ObjectId, On, OpId};
use ipcscope::world::hand::{self as hand_of, Obstacle};
use ipcscope::world::remedy::{Deed, remedies};
use ipcscope::world::{Activity, Actor, Object, PartState, World};
use nix::sys::signal::Signal;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use std::sync::Arc;

const E: ObjectId = ObjectId(0);

fn head<T>(run: &Run, look: impl FnOnce(&World) -> T) -> T {
    assert!(run.catch_up());
    look(run.timeline().head())
}

fn actor(run: &Run, name: &str) -> Actor {
    head(run, |world| world.all_actors().find(|actor| actor.name == name).cloned()).expect("the actor")
}

fn is_waiting(actor: &Actor) -> bool {
    matches!(actor.activity, Activity::Waiting(_))
}

/// Event, with everybody waiting: main asleep, block for good, nonblock for a while.
fn all_wait() -> (Run, u64) {
    let run = live("event", 1, &[]);
    let mut n = 0;
    while !head(&run, |world| world.processes().count() == 3 && world.processes().all(is_waiting)) {
        n += 1;
        assert!(step_until_rest(&run, n));
    }
    (run, n)
}

/// Does something by hand, as step `n`, and gives the events since.
fn by_hand(run: &Run, n: u64, command: Command) -> Vec<Event> {
    let before = events(run).len();
    run.command(command);
    assert!(run.wait_until(PATIENCE, |shown| shown.rest_at == Some(n)), "step {n}: {:?}", run.shown());
    events(run).split_off(before)
}

/// Is refused, and nothing happens.
fn refused(run: &Run, command: Command, why: &str) {
    let before = (run.shown().step, events(run).len());
    run.command(command);
    assert!(run.wait_until(PATIENCE, |shown| shown.notice.is_some()), "no word why: {:?}", run.shown());
    let said = run.shown().notice.unwrap_or_default();
    assert!(said.en.contains(why), "{said:?}");
    let acted = events(run)[before.1..].iter().any(|event| matches!(event.body, Body::Acted(_) | Body::Granted { .. }));
    assert!(!acted && run.shown().step == before.0, "something happened all the same");
}

fn flag(run: &Run) -> (bool, bool) {
    let drawn = head(run, |world| matches!(world.object(E).map(|object| &object.parts[0]), Some(PartState::Flag { up: true })));
    (drawn, run.arena.part_at(E, event::FLAG).flag())
}

/// The one operation among these events, with what it was called and by whom.
fn acted(events: &[Event]) -> Vec<(ActorId, OpId, u8)> {
    let acted = events.iter().filter_map(|event| match &event.body {
        Body::Acted(Acted { op, outcome, .. }) => Some((event.actor, *op, *outcome)),
        _ => None,
    });
    acted.collect()
}

/// What the rows since are told as, in English.
fn sentences(run: &Run, events: &[Event]) -> Vec<String> {
    let timeline = run.timeline();
    let first = timeline.len() - events.len() as u64;
    let mut told = Vec::new();
    for (at, event) in (first..).zip(events) {
        if matches!(event.body, Body::Acted(_) | Body::Died(_) | Body::Stopped { .. }) {
            told.push(text::sentence(&timeline.world_at(at), &timeline.world_at(at + 1), event, Lang::En));
        }
    }
    told
}

fn hand(op: OpId) -> Command {
    Command::Hand(op, On::Object(E), None)
}

#[test]
fn the_event_set_by_hand_wakes_the_real_waiter() {
    let (mut run, n) = all_wait();
    let block = actor(&run, "block");
    assert_eq!(run.arena.part_at(E, event::WAITERS).waiters().len(), 2);
    let new = by_hand(&run, n + 1, hand(event::SET.id));
    assert_eq!(acted(&new), [(ActorId::HAND, event::SET.id, event::SET_WOKE.id)]);
    let told = sentences(&run, &new);
    assert!(told[0].starts_with("You set e") && told[0].contains("block") && told[0].contains("nonblock"), "{told:?}");
    assert_eq!(flag(&run), (true, true));
    assert_eq!(run.audit(), []);
    // Woken, it has not moved yet; its next step is its wait's return.
    assert!(is_waiting(&actor(&run, "block")));
    let new = by_hand(&run, n + 2, Command::StepActor(block.id));
    assert_eq!(acted(&new), [(block.id, event::WAIT.id, event::WAIT_WOKEN.id)]);
    let Some(Body::Acted(returned)) = new.iter().map(|event| &event.body).find(|body| matches!(body, Body::Acted(_))) else {
        panic!("{new:?}");
    };
    assert_eq!(returned.detail.as_ref().map(|detail| detail.text.as_str()), Some("true"));
    run.command(Command::Play);
    assert!(run.wait_until(PATIENCE, |shown| shown.ended == Some(Ended::Finished)), "{:?}", run.shown());
    let lines: Vec<String> = common::printed(&run).into_iter().map(|(_, line)| line).collect();
    assert!(lines.contains(&"wait_for_event_timeout: e.is_set()-> true".to_owned()), "{lines:?}");
    run.close();
}

#[test]
fn what_the_hand_set_it_can_clear() {
    let (mut run, n) = all_wait();
    by_hand(&run, n + 1, hand(event::SET.id));
    let new = by_hand(&run, n + 2, hand(event::SET.id));
    assert_eq!(acted(&new), [(ActorId::HAND, event::SET.id, event::SET_ALREADY.id)]);
    let new = by_hand(&run, n + 3, hand(event::CLEAR.id));
    assert_eq!(acted(&new), [(ActorId::HAND, event::CLEAR.id, event::CLEAR_LOWERED.id)]);
    assert!(sentences(&run, &new)[0].starts_with("You cleared e"), "{:?}", sentences(&run, &new));
    assert_eq!((flag(&run), run.audit()), ((false, false), vec![]));
    // Its process is real, and ends with the run.
    let pid = head(&run, |world| world.actor(ActorId::HAND).map(|hand| hand.pid)).expect("the hand");
    assert!(common::children().contains(&pid));
    run.close();
    assert!(!common::children().contains(&pid));
}

#[test]
fn the_hand_refuses_what_it_cannot_do() {
    let (mut run, n) = all_wait();
    refused(&run, Command::Hand(event::IS_SET.id, On::Object(E), None), "cannot");
    refused(&run, Command::Hand(event::SET.id, On::Object(ObjectId(77)), None), "cannot");
    refused(&run, Command::Hand(event::SET.id, On::Nothing, None), "cannot");
    let block = actor(&run, "block").id;
    refused(&run, Command::Signal(block, Signal::SIGCONT as i32), "not stopped");
    by_hand(&run, n + 1, Command::Signal(block, Signal::SIGKILL as i32));
    refused(&run, Command::Signal(block, Signal::SIGKILL as i32), "ended already");
    refused(&run, Command::Signal(ActorId::HAND, Signal::SIGKILL as i32), "");
    run.close();
    let mut run = live("condition", 1, &[]);
    for n in 1..=3 {
        assert!(step_until_rest(&run, n));
    }
    refused(&run, Command::Hand(event::SET.id, On::Object(ObjectId(0)), None), "cannot");
    run.close();
}

#[test]
fn killed_by_hand() {
    let (mut run, n) = all_wait();
    let block = actor(&run, "block");
    let new = by_hand(&run, n + 1, Command::Signal(block.id, Signal::SIGKILL as i32));
    assert_eq!(acted(&new), [(ActorId::HAND, process::KILL.id, process::KILL_SENT.id)]);
    let died = new.iter().find_map(|event| match &event.body {
        Body::Died(died) => Some((died.actor, died.cause)),
        _ => None,
    });
    assert_eq!(died, Some((block.id, Cause::Signal(9))));
    let told = sentences(&run, &new);
    assert!(told[0].starts_with("You ") && told[0].contains("block"), "{told:?}");
    assert!(told[1].contains("block was killed by SIGKILL") && told[1].contains("no longer waits for e"), "{told:?}");
    assert_eq!(run.audit(), []);
    assert!(sys::procfs::stat(block.pid, block.pid).is_err(), "it is reaped");
    // The others go on to their end.
    run.command(Command::Play);
    assert!(run.wait_until(PATIENCE, |shown| shown.ended == Some(Ended::Finished)), "{:?}", run.shown());
    assert_eq!(run.shown().exit, Some(0));
    run.close();
}

#[test]
fn stopped_and_continued_by_hand() {
    let (mut run, n) = all_wait();
    let nonblock = actor(&run, "nonblock");
    let new = by_hand(&run, n + 1, Command::Signal(nonblock.id, Signal::SIGSTOP as i32));
    assert!(new.iter().any(|event| matches!(event.body, Body::Stopped { stopped: true, actor } if actor == nonblock.id)), "{new:?}");
    assert!(sentences(&run, &new).iter().any(|told| told.contains("nonblock was stopped")), "{:?}", sentences(&run, &new));
    assert!(actor(&run, "nonblock").stopped);
    assert_eq!(sys::procfs::stat(nonblock.pid, nonblock.pid).map(|stat| stat.state).ok(), Some('T'));
    assert_eq!(run.audit(), []);
    refused(&run, Command::Signal(nonblock.id, Signal::SIGSTOP as i32), "stopped already");
    // The others go on as far as they can; the stopped one does not, though its time is long up.
    run.command(Command::Play);
    let main_is_at_its_end = |world: &World| {
        let main = world.actor(ActorId::MAIN).expect("main");
        // It waits for its children, and no longer for its three seconds.
        matches!(&main.activity, Activity::Waiting(wait) if wait.deadline.is_none())
    };
    assert!(run.wait_until(PATIENCE, |_| head(&run, main_is_at_its_end)), "{:?}", run.shown());
    assert!(actor(&run, "nonblock").stopped && is_waiting(&actor(&run, "nonblock")));
    assert_ne!(run.shown().phase, Phase::Stuck, "it could be continued");
    run.command(Command::Signal(nonblock.id, Signal::SIGCONT as i32));
    assert!(run.wait_until(PATIENCE, |shown| shown.ended == Some(Ended::Finished)), "{:?}", run.shown());
    let lines: Vec<String> = common::printed(&run).into_iter().map(|(_, line)| line).collect();
    assert_eq!(lines.last().map(String::as_str), Some("wait_for_event: e.is_set()-> true"), "{lines:?}");
    run.close();
}

#[test]
fn a_stuck_run_is_helped_by_hand() {
    // Without the one that would set it, nobody ever does.
    let (mut run, n) = all_wait();
    by_hand(&run, n + 1, Command::Signal(actor(&run, "nonblock").id, Signal::SIGKILL as i32));
    run.command(Command::Play);
    assert!(run.wait_until(PATIENCE, |shown| shown.phase == Phase::Stuck), "{:?}", run.shown());
    // An act by hand is one step, and the run stands still after it though it had come here by itself.
    let step = run.shown().step + 1;
    by_hand(&run, step, hand(event::SET.id));
    assert_eq!((run.shown().step, run.shown().phase), (step, Phase::Paused));
    run.command(Command::Play);
    assert!(run.wait_until(PATIENCE, |shown| shown.ended == Some(Ended::Finished)), "{:?}", run.shown());
    assert_eq!(run.shown().exit, Some(0));
    run.close();
}

/// A run of its own text that is stuck.
fn stuck(source: &str) -> Run {
    let scenario = script::scenario::assemble("stuck", "stuck.rhai", source, None).expect("it loads");
    let exe = std::path::PathBuf::from(env!("CARGO_BIN_EXE_ipcscope"));
    let run = Run::start(Config { exe, end_when_stuck: false, ..Config::new(Arc::new(scenario), 1) }).expect("the run starts");
    run.command(Command::Play);
    assert!(run.wait_until(PATIENCE, |shown| shown.phase == Phase::Stuck), "{source}: {:?}", run.shown());
    run
}

/// What an operation asks for beside its place: something that fits everywhere.
fn value_for(world: &World, op: &Op, on: On) -> Option<Value> {
    let keys = on.object().and_then(|object| kind::kind(world.object(object)?.kind)?.parts.first()).map(|part| part.keys);
    match op.asks {
        Asks::Nothing | Asks::End(_) => None,
        Asks::Cell(_) if matches!(keys, Some(Keys::Value | Keys::Name)) => {
            Some(Value::Array(vec![Value::Str("k".to_owned()), Value::Int(1)]))
        }
        Asks::Cell(_) | Asks::Value | Asks::EndAndValue(_) => Some(Value::Int(1)),
    }
}

/// Each act that is proposed is done, and whoever it is said to free goes on.
#[test]
fn what_is_proposed_for_a_stuck_run_frees_who_waits() {
    for (source, expected) in [
        (
            "fn comes(b) { try { b.wait(); } catch (e) { } } let b = Barrier(3); let p = Process(comes, [b]); p.start(); p.join();",
            "reset abort",
        ),
        ("let m = Manager(); let q = m.Queue(); print(q.get());", "put"),
        ("let m = Manager(); let q = m.Queue(1); q.put(1); q.put(2);", "get"),
        ("let m = Manager(); let q = m.JoinableQueue(); q.put(1); q.join();", "task_done"),
        ("let q = JoinableQueue(); q.put(1); q.join();", "task_done"),
        ("let q = SimpleQueue(); print(q.get());", "put"),
        ("let m = Manager(); let e = m.Event(); e.wait();", "set"),
        ("let s = Semaphore(0); s.acquire();", "release"),
    ] {
        let proposed = |run: &Run| -> Vec<_> {
            let all = head(run, remedies);
            all.into_iter().filter(|remedy| matches!(remedy.deed, Deed::Act(..))).collect()
        };
        let mut told = Vec::new();
        let mut at = 0;
        loop {
            let mut run = stuck(source);
            let all = proposed(&run);
            let Some(remedy) = all.get(at) else {
                run.close();
                break;
            };
            let Deed::Act(op, on) = remedy.deed else { unreachable!("only acts were kept") };
            let op = kind::op(op).expect("an operation");
            told.push(op.name);
            let value = head(&run, |world| value_for(world, op, on));
            let step = run.shown().step + 1;
            by_hand(&run, step, Command::Hand(op.id, on, value));
            let since = events(&run).len();
            run.command(Command::Play);
            assert!(run.wait_until(PATIENCE, |shown| matches!(shown.phase, Phase::Stuck | Phase::Ended)), "{source}: {:?}", run.shown());
            let goes = |actor: &ActorId| events(&run)[since..].iter().any(|event| event.actor == *actor);
            let gone = remedy.frees.iter().filter(|actor| goes(actor)).count();
            assert!(gone == remedy.frees.len() || remedy.one && gone > 0, "{source}: {} frees {:?}", op.name, remedy.frees);
            assert_eq!(run.audit(), [], "{source}");
            run.close();
            at += 1;
        }
        assert_eq!(told.join(" "), expected, "{source}");
    }
}

/// Processes that use all there is, without an order.
const MANY: &str = r#"
    fn uses(n, q, j, s, l, r, e, c, b, v, a, x, y, mq, ml) {
        for i in 0..6 {
            q.put(i); l.acquire(); v.value = i; l.release(); x.send(i);
            try { s.acquire(0.004); s.release(); } catch (err) { }
            try { j.get(0.002); j.task_done(); } catch (err) { }
            with r { a[i % 2] = n; }
            try { q.get(0.002); } catch (err) { }
            if y.poll() { try { y.recv(); } catch (err) { } }
            with c { c.wait(0.002); }
            try { b.wait(0.003); } catch (err) { }
            ml.append(i);
            try { mq.get(0.002); } catch (err) { }
            e.wait(0.002);
        }
    }
    let m = Manager(); let q = Queue(3); let j = JoinableQueue(); let s = BoundedSemaphore(1); let l = Lock(); let r = RLock();
    let e = Event(); let c = Condition(l); let b = Barrier(2); let v = Value("i", 0); let a = Array("i", 2, l);
    let p = Pipe(); let w = Pipe(false); let mq = m.Queue(2); let ml = m.list([1]); let sq = SimpleQueue(); let d = m.dict(#{});
    let one = Process(uses, [1, q, j, s, l, r, e, c, b, v, a, p[0], p[1], mq, ml]);
    let two = Process(uses, [2, q, j, s, l, r, e, c, b, v, a, p[1], p[0], mq, ml]);
    one.start(); two.start(); w[1].send(1); sq.put(2); one.join(); two.join();
"#;

/// The screen offers what the run would do, and shows as impossible what the run refuses: at every rest something that
/// the dice choose is told to the run, offered or not.
#[test]
fn what_is_offered_is_done_and_what_is_not_is_refused() {
    let (mut done, mut not) = (0, 0);
    for seed in 1..=6 {
        let scenario = script::scenario::assemble("many", "many.rhai", MANY, None).expect("it loads");
        let exe = std::path::PathBuf::from(env!("CARGO_BIN_EXE_ipcscope"));
        let config = Config { exe, paused: true, end_when_stuck: false, ..Config::new(Arc::new(scenario), seed) };
        let mut run = Run::start(config).expect("the run starts");
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        for turn in 0..120 {
            if run.shown().phase != Phase::Stuck {
                let step = run.shown().step + 1;
                run.command(Command::Step(1));
                if !run.wait_until(PATIENCE, |shown| shown.rest_at == Some(step) || shown.ended.is_some()) {
                    panic!("seed {seed}: {:?}", run.shown());
                }
            }
            if run.shown().ended.is_some() {
                break;
            }
            let all: Vec<(&Op, On, Option<Obstacle>, Option<Value>)> = head(&run, |world| {
                let ops = |object: &Object| kind::kind(object.kind).into_iter().flat_map(|kind| kind.by_hand()).collect::<Vec<_>>();
                let places = world.all_objects().flat_map(|object| {
                    ops(object).into_iter().flat_map(|op| hand_of::places(object, op).into_iter().map(move |on| (op, on)))
                });
                let whole = |(op, on): (&'static Op, On)| {
                    let obstacle = hand_of::obstacle(world, op, on);
                    // Of several cells the user names one.
                    let on = if matches!(op.asks, Asks::Cell(_)) { On::Cell(on.object().expect("an object"), 0) } else { on };
                    (op, on, obstacle, value_for(world, op, on))
                };
                places.map(whole).collect()
            });
            if all.is_empty() {
                continue;
            }
            let (op, on, obstacle, value) = all[dice.next_u32() as usize % all.len()].clone();
            let what = format!("seed {seed}, turn {turn}: {}.{} on {on:?}: {obstacle:?}", on_name(&run, on), op.name);
            let step = run.shown().step + 1;
            run.command(Command::Hand(op.id, on, value));
            let answered = run.wait_until(PATIENCE, |shown| shown.rest_at == Some(step) || shown.notice.is_some());
            assert!(answered, "{what}: {:?}", run.shown());
            // A refusal is told a moment after the step that came to nothing.
            if obstacle.is_some() {
                assert!(run.wait_until(PATIENCE, |shown| shown.notice.is_some()), "{what}: it was done");
                // The reason may come before the rest of a step that came to nothing.
                assert!(run.wait_until(PATIENCE, |shown| shown.rest_at == Some(shown.step)), "{what}: {:?}", run.shown());
                not += 1;
            } else {
                assert!(run.wait_until(PATIENCE, |shown| shown.rest_at == Some(step)), "{what}: {:?}", run.shown().notice);
                assert_eq!(run.shown().notice, None, "{what}");
                done += 1;
            }
            let rests = |shown: &ipcscope::host::Shown| shown.rest_at == Some(shown.step) || shown.ended.is_some();
            assert!(run.wait_until(PATIENCE, rests), "{what}: {:?}", run.shown());
        }
        assert_eq!(run.audit(), [], "seed {seed}");
        run.close();
    }
    assert!(done > 50 && not > 50, "{done} done, {not} refused");
}

fn on_name(run: &Run, on: On) -> String {
    head(run, |world| on.object().and_then(|object| world.object(object)).map(|object| object.name.clone())).unwrap_or_default()
}

/// Behind a whole message one that is only partly there stops nobody from receiving the first.
#[test]
fn the_first_message_decides_whether_the_hand_gets_it() {
    let source = "fn work(q) { q.put(\"a\"); q.put(repeat(\"x\", 1000000)); }
        let q = Queue(); let p = Process(work, [q]); p.start(); p.join();";
    let scenario = script::scenario::assemble("first", "first.rhai", source, None).expect("it loads");
    let exe = std::path::PathBuf::from(env!("CARGO_BIN_EXE_ipcscope"));
    let config = Config { exe, paused: true, end_when_stuck: false, ..Config::new(Arc::new(scenario), 1) };
    let mut run = Run::start(config).expect("the run starts");
    run.command(Command::Play);
    assert!(run.wait_until(PATIENCE, |shown| shown.phase == Phase::Stuck), "{:?}", run.shown());
    let (get, q) = (kind::op(kind::queue::GET.id).expect("an operation"), On::Object(ObjectId(0)));
    let obstacle = |run: &Run| head(run, |world| hand_of::obstacle(world, get, q));
    let ask = |run: &Run| {
        let step = run.shown().step + 1;
        run.command(Command::Hand(get.id, q, None));
        assert!(run.wait_until(PATIENCE, |shown| shown.rest_at == Some(step)), "{:?}", run.shown());
    };
    assert_eq!(obstacle(&run), None);
    ask(&run);
    assert_eq!(run.shown().notice, None);
    assert_eq!(obstacle(&run), Some(Obstacle::Midway(ObjectId(0))));
    ask(&run);
    assert!(run.wait_until(PATIENCE, |shown| shown.notice.is_some()), "it was done");
    let why = run.shown().notice.expect("a reason");
    assert_eq!(why.en, "the first message of q is only partly there: its rest must be written, or read, before");
    run.close();
}
