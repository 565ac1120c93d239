//! The hand on what a manager keeps: a value, a list, a dict, a namespace, a registered object, a queue. What
//! it does is one step, told as its own; who asks the server afterwards finds it done, and what cannot be done
//! is refused with a word why.

use std::os::fd::AsFd;
use std::sync::Arc;

use crate::common::{self, PATIENCE, events, is_over, printed, step_until_rest, unsound};
use ipcscope::host::{Command, Config, Ended, Phase, Run, Shown};
use ipcscope::ipc::Value;
use ipcscope::ipc::manager::server_of;
use ipcscope::kind::{self, FAILED, Lang, connection, event, lock, managed, managed_queue};
use ipcscope::script;
use ipcscope::sys;
use ipcscope::text;
use ipcscope::trace::{Acted, ActorId, Body, Cause, Died, Event, Grant, ObjectId, On, OpId};
use ipcscope::world::{Actor, PartState};
use nix::sys::signal::Signal::{self, SIGCONT, SIGKILL, SIGSTOP};

fn config(source: &str) -> Config {
    let scenario = script::scenario::assemble("kept", "kept.rhai", source, None).expect("it loads");
    let exe = std::path::PathBuf::from(env!("CARGO_BIN_EXE_ipcscope"));
    Config { exe, end_when_stuck: false, ..Config::new(Arc::new(scenario), 1) }
}

fn reach(run: &Run, until: impl Fn(&Shown) -> bool) {
    assert!(run.wait_until(PATIENCE, until), "{:?}", run.shown());
}

/// A gated run up to where nobody can go on without the hand.
fn stuck(source: &str) -> Run {
    let run = Run::start(config(source)).expect("the run starts");
    plays_until_stuck(&run);
    run
}

/// Lets it go on, and pauses it where nobody can: what the hand does then is one step.
fn plays_until_stuck(run: &Run) {
    run.command(Command::Play);
    reach(run, |shown| shown.phase == Phase::Stuck);
    run.command(Command::Pause);
}

fn object(run: &Run, name: &str) -> ObjectId {
    assert!(run.catch_up());
    run.timeline().head().all_objects().find(|object| object.name == name).map(|object| object.id).expect("the object")
}

fn server(run: &Run) -> Actor {
    assert!(run.catch_up());
    run.timeline().head().processes().find(|actor| actor.name.starts_with("Manager-")).cloned().expect("the server")
}

fn finishes(run: &Run) -> Vec<String> {
    run.command(Command::Play);
    reach(run, |shown| shown.ended == Some(Ended::Finished));
    assert_eq!(run.timeline().head().faults, []);
    printed(run).into_iter().map(|(_, line)| line).collect()
}

fn put(run: &Run, name: &str, op: OpId, value: Option<Value>) -> Command {
    Command::Hand(op, On::Object(object(run, name)), value)
}

fn pair(key: Value, value: Value) -> Option<Value> {
    Some(Value::Array(vec![key, value]))
}

fn text(text: &str) -> Value {
    Value::Str(text.to_owned())
}

/// Does something by hand as one step, and gives what it came to and how that is told.
fn by_hand(run: &Run, command: Command) -> (u8, String) {
    assert!(run.catch_up());
    let (before, step) = (events(run).len() as u64, run.shown().step + 1);
    run.command(command.clone());
    reach(run, |shown| shown.rest_at == Some(step));
    let new: Vec<Event> = events(run).split_off(before as usize);
    let granted = |event: &&Event| matches!(event.body, Body::Granted { actor: ActorId::HAND, grant: Grant::Proceed, .. });
    assert_eq!(new.iter().filter(granted).count(), 1, "{command:?}: {new:?}");
    let timeline = run.timeline();
    let mut acted = (before..).zip(&new).filter_map(|(at, event)| match &event.body {
        Body::Acted(Acted { outcome, .. }) => Some((event.actor, *outcome, at)),
        _ => None,
    });
    let (Some((ActorId::HAND, outcome, at)), None) = (acted.next(), acted.next()) else { panic!("{command:?}: {new:?}") };
    let told = text::sentence(&timeline.world_at(at), &timeline.world_at(at + 1), &new[(at - before) as usize], Lang::En);
    drop(timeline);
    assert_eq!(run.audit(), [], "{command:?}");
    assert_eq!(run.timeline().head().faults, [], "{command:?}");
    (outcome, told)
}

/// Is refused before anything happens.
fn refused(run: &Run, command: Command, why: &str) {
    let step = run.shown().step;
    run.command(command.clone());
    reach(run, |shown| shown.notice.is_some());
    let said = run.shown().notice.unwrap_or_default();
    assert!(said.en.contains(why) && !said.zh.is_empty(), "{command:?}: {said:?}");
    assert_eq!(run.shown().step, step, "{command:?}");
}

/// The step is taken, and its failure is in the trace as well as in a word for the user.
fn fails(run: &Run, command: Command, outcome: u8, why: &str) {
    let (came_to, told) = by_hand(run, command.clone());
    assert_eq!(came_to, outcome, "{command:?}: {told}");
    assert!(told.contains("our "), "{told}");
    reach(run, |shown| shown.notice.as_ref().is_some_and(|notice| notice.en.contains(why)));
}

fn shown(run: &Run, name: &str) -> Vec<String> {
    let id = object(run, name);
    let timeline = run.timeline();
    match &timeline.head().object(id).expect("the object").parts[0] {
        PartState::Cells { cells } => cells.iter().map(|cell| cell.shown()).collect(),
        PartState::Slots { messages } => {
            messages.iter().filter_map(|id| timeline.head().message(*id)).map(|message| message.value.text.clone()).collect()
        }
        other => panic!("{other:?}"),
    }
}

/// Everything that a server keeps as cells, and a process that prints it once `ready` is set.
const CELLS: &str = "fn Counter(n) { #{ n: n, next: || { this.n += 1; this.n } } }
    fn reads(ready, v, l, d, ns, c) { ready.wait(); print(v); print(l); print(d); print(ns); print(c.next()); }
    let b = BaseManager(); b.register(\"Counter\", Counter); b.start(); let m = Manager();
    let ready = Event(); let v = m.Value(0); let l = m.list([1, 2]); let d = m.dict(#{ a: 1 }); let ns = m.Namespace();
    let c = b.create(\"Counter\", [5]); let p = Process(\"reader\", reads, [ready, v, l, d, ns, c]); p.start(); p.join();";

#[test]
fn cells_of_every_sort_are_written() {
    let mut run = stuck(CELLS);
    let write = managed::WRITE.id;
    let (outcome, told) = by_hand(&run, put(&run, "v", write, Some(Value::Float(2.5))));
    assert_eq!(outcome, managed::WRITE_WROTE.id);
    assert!(told.starts_with("You wrote v.value = 2.5"), "{told}");
    by_hand(&run, Command::Hand(write, On::Cell(object(&run, "l"), 1), Some(text("two"))));
    let (_, told) = by_hand(&run, put(&run, "l", managed::APPEND.id, Some(Value::Int(3))));
    assert!(told.starts_with("You did l.append(3)"), "{told}");
    by_hand(&run, put(&run, "d", write, pair(text("a"), Value::Int(2))));
    by_hand(&run, put(&run, "d", write, pair(Value::Int(1), Value::Array(vec![Value::Bool(true)]))));
    by_hand(&run, put(&run, "ns", write, pair(text("job"), text("by hand"))));
    by_hand(&run, put(&run, "c", write, pair(text("n"), Value::Int(40))));
    assert_eq!((shown(&run, "v"), shown(&run, "l")), (vec!["2.5".to_owned()], ["1", "\"two\"", "3"].map(str::to_owned).to_vec()));
    // Whoever asks the server now finds it so.
    by_hand(&run, put(&run, "ready", event::SET.id, None));
    let expected = ["Value(2.5)", "[1, \"two\", 3]", "#{\"a\": 2, 1: [true]}", "Namespace(job=\"by hand\")", "41"];
    assert_eq!(finishes(&run), expected);
    run.close();
}

#[test]
fn what_cannot_be_written_is_refused() {
    let mut run = stuck(CELLS);
    let write = managed::WRITE.id;
    let cell = |at| Command::Hand(write, On::Cell(object(&run, "l"), at), Some(Value::Int(1)));
    fails(&run, cell(2), FAILED.id, "there is no [2]");
    fails(&run, put(&run, "d", write, pair(Value::Array(Vec::new()), Value::Int(1))), FAILED.id, "a key is");
    fails(&run, put(&run, "ns", write, pair(Value::Int(3), Value::Int(1))), FAILED.id, "a name is a text");
    fails(&run, put(&run, "c", write, pair(Value::Unit, Value::Int(1))), FAILED.id, "a name is a text");
    refused(&run, put(&run, "v", managed::DO.id, Some(Value::Int(1))), "cannot");
    refused(&run, put(&run, "v", managed::APPEND.id, Some(Value::Int(1))), "cannot");
    refused(&run, put(&run, "v", write, Some(text(&"x".repeat(5000)))), "up to 2000 bytes");
    assert_eq!((shown(&run, "v"), shown(&run, "l")), (vec!["0".to_owned()], ["1", "2"].map(str::to_owned).to_vec()));
    by_hand(&run, put(&run, "ready", event::SET.id, None));
    assert_eq!(finishes(&run), ["Value(0)", "[1, 2]", "#{\"a\": 1}", "Namespace()", "6"]);
    run.close();
}

#[test]
fn messages_are_put_and_taken_and_done() {
    let source = "fn takes(q) { print(q.get()); q.task_done(); }
        let m = Manager(); let q = m.JoinableQueue(1); let p = Process(\"taker\", takes, [q]); p.start(); p.join();
        q.put(\"mine\"); q.put(\"more\"); q.join(); print(q.qsize());";
    let mut run = stuck(source);
    let (put_it, get, task_done) = (managed_queue::PUT.id, managed_queue::GET.id, managed_queue::TASK_DONE.id);
    fails(&run, put(&run, "q", get, None), managed_queue::GET_EXPIRED.id, "is empty");
    fails(&run, put(&run, "q", task_done, None), FAILED.id, "too often");
    // The taker waits in the server, and goes on with what the hand has put.
    let (outcome, told) = by_hand(&run, put(&run, "q", put_it, Some(text("yours"))));
    assert_eq!(outcome, managed_queue::PUT_PUT.id);
    assert!(told.starts_with("In the server, you put “yours” into q"), "{told}");
    assert_eq!(shown(&run, "q"), ["yours"]);
    fails(&run, put(&run, "q", put_it, Some(Value::Int(1))), managed_queue::PUT_EXPIRED.id, "is full");
    plays_until_stuck(&run);
    // Main waits for a slot, which the hand makes; then for its two tasks.
    assert_eq!(shown(&run, "q"), ["mine"]);
    let (outcome, told) = by_hand(&run, put(&run, "q", get, None));
    assert_eq!(outcome, managed_queue::GET_TAKEN.id);
    assert!(told.starts_with("You took “mine” out of q"), "{told}");
    plays_until_stuck(&run);
    assert_eq!(by_hand(&run, put(&run, "q", task_done, None)).0, managed_queue::TASK_DONE_DONE.id);
    assert_eq!(by_hand(&run, put(&run, "q", task_done, None)).0, managed_queue::TASK_DONE_LAST.id);
    assert_eq!(finishes(&run), ["yours", "1"]);
    run.close();
}

#[test]
fn what_a_manager_lends_is_used_like_any_other() {
    let source = "fn waits(e, l, c) { e.wait(); with l { print(\"held\"); } with c { c.wait(); } print(\"told\"); }
        let m = Manager(); let e = m.Event(); let l = m.Lock(); let c = m.Condition();
        let p = Process(\"waiter\", waits, [e, l, c]); p.start(); p.join();";
    let mut run = stuck(source);
    assert_eq!(by_hand(&run, put(&run, "l", lock::ACQUIRE.id, None)).0, lock::ACQUIRE_TOOK.id);
    by_hand(&run, put(&run, "e", event::SET.id, None));
    plays_until_stuck(&run);
    by_hand(&run, put(&run, "l", lock::RELEASE.id, None));
    plays_until_stuck(&run);
    let step = run.shown().step + 1;
    run.command(put(&run, "c", kind::condition::NOTIFY.id, None));
    reach(&run, |shown| shown.rest_at == Some(step));
    assert_eq!(finishes(&run), ["held", "told"]);
    run.close();
}

#[test]
fn a_server_that_is_stopped_or_dead_does_nothing() {
    let mut run = stuck(CELLS);
    let write = |value| put(&run, "v", managed::WRITE.id, Some(Value::Int(value)));
    let id = server(&run).id;
    let signal = |signal| {
        let step = run.shown().step + 1;
        run.command(Command::Signal(id, signal as i32));
        reach(&run, |shown| shown.rest_at == Some(step));
    };
    signal(SIGSTOP);
    refused(&run, write(1), "is stopped");
    signal(SIGCONT);
    by_hand(&run, write(2));
    assert_eq!(shown(&run, "v"), ["2"]);
    signal(SIGKILL);
    refused(&run, write(3), "has ended");
    assert_eq!(run.audit(), []);
    run.close();
}

#[test]
fn who_calls_meanwhile_is_another_step() {
    let source = "fn reads(v) { print(v.value); }
        let m = Manager(); let v = m.Value(0); let p = Process(\"reader\", reads, [v]); p.start(); p.join();";
    let mut run = Run::start(Config { paused: true, ..config(source) }).expect("the run starts");
    reach(&run, |shown| shown.rest_at == Some(0));
    let reader_has_called = || {
        let calls =
            events(&run).into_iter().filter(|event| matches!(&event.body, Body::Acted(acted) if acted.op == connection::CONNECT.id));
        calls.count() == 2
    };
    let mut step = 0;
    while !reader_has_called() {
        step += 1;
        assert!(step_until_rest(&run, step));
    }
    // The server has not taken the reader in yet, and does not do so in the hand's step.
    by_hand(&run, put(&run, "v", managed::WRITE.id, Some(Value::Int(5))));
    assert_eq!(finishes(&run), ["5"]);
    run.close();
}

#[test]
fn a_free_run_goes_on_with_what_the_hand_wrote() {
    let source = "fn polls(v, q) { while v.value == 0 { sleep(0.001); } q.put(v.value); }
        let m = Manager(); let v = m.Value(0); let q = m.Queue(); let all = [];
        for name in [\"a\", \"b\"] { let p = Process(name, polls, [v, q]); p.start(); all.push(p); }
        for i in 0..3 { print(q.get()); } for p in all { p.join(); }";
    let mut run = Run::start(Config { gated: false, ..config(source) }).expect("the run starts");
    reach(&run, |_| run.catch_up() && run.timeline().head().all_objects().any(|object| object.name == "q"));
    run.command(put(&run, "q", managed_queue::PUT.id, Some(text("mine"))));
    run.command(put(&run, "v", managed::WRITE.id, Some(Value::Int(7))));
    reach(&run, |shown| shown.ended == Some(Ended::Finished));
    let mut lines: Vec<String> = printed(&run).into_iter().map(|(_, line)| line).collect();
    lines.sort();
    assert_eq!(lines, ["7", "7", "mine"]);
    assert_eq!(run.timeline().head().faults, []);
    run.close();
}

#[test]
fn a_branch_repeats_what_the_hand_wrote() {
    let acted = |run: &Run| -> Vec<_> {
        let acted = events(run).into_iter().filter_map(|event| match event.body {
            Body::Acted(acted) => Some((event.actor, event.time, acted.op, acted.outcome, acted.changes)),
            _ => None,
        });
        acted.collect()
    };
    let mut run = stuck(CELLS);
    by_hand(&run, put(&run, "v", managed::WRITE.id, Some(Value::Int(1))));
    fails(&run, put(&run, "ns", managed::WRITE.id, pair(Value::Int(3), Value::Int(1))), FAILED.id, "a name is a text");
    by_hand(&run, put(&run, "l", managed::APPEND.id, Some(Value::Int(3))));
    let step = run.shown().step;
    let repeat = run.repetition(u64::MAX).expect("it was gated");
    let first = acted(&run);
    run.close();
    let again = Config { recorded: repeat.grants, by_hand: repeat.by_hand, repeat_to: repeat.step, paused: true, ..config(CELLS) };
    let mut run = Run::start(again).expect("the run starts");
    reach(&run, |shown| shown.rest_at == Some(step));
    assert_eq!(acted(&run), first);
    assert_eq!((run.audit(), shown(&run, "l")), (vec![], ["1", "2", "3"].map(str::to_owned).to_vec()));
    run.close();
}

/// The server of a run, once it keeps something; and what that is.
fn server_that_keeps(run: &Run) -> Option<(ActorId, Command)> {
    run.catch_up();
    let timeline = run.timeline();
    let world = timeline.head();
    let kept = world.all_objects().find(|object| kind::is_kept(object.kind))?;
    let server = server_of(&run.arena, run.arena.manager_of(kept.id)?)?;
    let key = Value::Array(vec![Value::Str("x".to_owned()), Value::Int(7)]);
    let value = if [managed::DICT_ID, managed::OBJECT_ID].contains(&kept.kind) { key } else { Value::Int(7) };
    let op = *kind::kind(kept.kind)?.hand.first()?;
    Some((server, Command::Hand(op, On::Object(kept.id), Some(value))))
}

/// A server is killed, or stopped for a while, just as it acts for the hand.
fn server_cut_off(scenario: &str, seed: u64, gated: bool, kill: bool) {
    let when = format!("{scenario}, seed {seed}, gated {gated}, killed {kill}");
    let mut run =
        Run::start(Config { gated, paused: gated, end_when_stuck: false, ..common::config(scenario, seed, &[]) }).expect("it starts");
    let mut found = None;
    if gated {
        assert!(run.wait_until(PATIENCE, |shown| shown.rest_at == Some(0)), "{when}");
        for step in 1.. {
            if found.is_some() || !step_until_rest(&run, step) {
                break;
            }
            found = server_that_keeps(&run);
        }
    } else {
        assert!(run.wait_until(PATIENCE, |shown| {
            found = server_that_keeps(&run);
            found.is_some() || is_over(shown)
        }));
    }
    // A free run may be over before anybody could look.
    if let Some((server, command)) = found {
        let process = run.children.get(server);
        let step = run.shown().step;
        run.command(command.clone());
        // At an instant of its own in each run: as soon as the order lies there, while it is carried out, or after.
        run.wait_until(PATIENCE, |shown| {
            run.arena.mail_for() == Some(server) || shown.step > step || shown.notice.is_some() || !gated || is_over(shown)
        });
        (0..seed * 2_000).for_each(|_| std::hint::spin_loop());
        if let Some(process) = process {
            let signal = |signal: Signal| {
                // Free, it may have ended by itself already.
                let sent = sys::pidfd::signal(process.pidfd.as_fd(), signal as i32);
                assert!(sent.is_ok() || !gated, "{when}: {sent:?}");
            };
            signal(if kill { SIGKILL } else { SIGSTOP });
            // What comes now is refused, done, or waits its turn; nothing hangs.
            run.command(command);
            if !kill {
                signal(SIGCONT);
            }
        }
    }
    run.command(Command::Play);
    assert!(run.wait_until(PATIENCE, is_over), "{when}: {:?}", run.shown());
    assert_eq!(unsound(&events(&run)), Ok(()), "{when}");
    if !kill {
        assert_eq!(run.audit(), [], "{when}");
    }
    run.close();
}

#[test]
fn a_server_that_is_cut_off_while_the_hand_acts_hangs_nobody() {
    let scenarios = ["tests/small/manager.rhai", "tests/small/managed-queue.rhai", "tests/small/registered.rhai"];
    for (seed, scenario) in (0..16).flat_map(|seed| scenarios.map(|scenario| (seed, scenario))) {
        server_cut_off(scenario, seed, seed % 2 == 0, seed / 2 % 2 == 0);
    }
}

#[test]
fn a_server_that_is_stopped_is_shut_down_all_the_same() {
    let source = "let e = Event(); let m = Manager(); let v = m.Value(1);
        e.wait(); let before = time(); m.shutdown(); print(time() - before >= 2.0);
        try { v.value; } catch (e) { print(e.kind != \"OwnerDied\"); }";
    // Stopped all the time it takes SIGKILL; let go on after SIGTERM that is enough; let go on before, it ends by itself.
    for (continues_after, outcomes, cause, slow) in [
        (None, vec![0, 3, 4, 1], Cause::Signal(9), "true"),
        (Some(3), vec![0, 3, 1], Cause::Signal(15), "false"),
        (Some(0), vec![0, 1], Cause::Exit(0), "false"),
    ] {
        let mut run = stuck(source);
        let server = server(&run).id;
        let signal = |signal| {
            let step = run.shown().step + 1;
            run.command(Command::Signal(server, signal as i32));
            reach(&run, |shown| shown.rest_at == Some(step));
        };
        signal(SIGSTOP);
        by_hand(&run, put(&run, "e", event::SET.id, None));
        let told = || {
            let outcome = |event: &Event| match &event.body {
                Body::Acted(acted) if acted.op == kind::manager::SHUTDOWN.id => Some(acted.outcome),
                _ => None,
            };
            events(&run).iter().filter_map(outcome).collect::<Vec<_>>()
        };
        if let Some(after) = continues_after {
            let mut step = run.shown().step;
            while told().last() != Some(&after) {
                step += 1;
                assert!(step_until_rest(&run, step), "{:?}", told());
            }
            signal(SIGCONT);
        }
        assert_eq!(finishes(&run), [slow, "true"]);
        assert_eq!(told(), outcomes);
        let died = |event: &Event| match event.body {
            Body::Died(Died { actor, cause, .. }) if actor == server => Some(cause),
            _ => None,
        };
        assert_eq!(events(&run).iter().find_map(died), Some(cause));
        // A branch sends only what came from the hand: the scenario sends its own again.
        let repeat = run.repetition(u64::MAX).expect("all of it was granted");
        assert!(repeat.by_hand.iter().all(|(_, command)| !matches!(command, Command::Outside(..))), "{:?}", repeat.by_hand);
        run.close();
    }
}

/// Time passes with the steps of others. A server that could go all that time is not stopped.
#[test]
fn a_server_that_only_did_not_get_its_turn_is_left_to_end_by_itself() {
    let source = "fn counts() { let v = Value(\"i\", 0); for n in 0..600 { v.value = v.value + 1; } }
        let p = Process(\"p\", counts); let m = Manager(); p.start(); m.shutdown(); print(\"shut down\"); p.join();";
    let mut run = Run::start(Config { paused: true, ..config(source) }).expect("the run starts");
    reach(&run, |shown| shown.rest_at == Some(0));
    let actor = |name: &str| {
        assert!(run.catch_up());
        run.timeline().head().processes().find(|actor| actor.name == name).map(|actor| actor.id)
    };
    let told = |run: &Run| {
        assert!(run.catch_up());
        let outcome = |event: Event| match event.body {
            Body::Acted(acted) if acted.op == kind::manager::SHUTDOWN.id => Some(acted.outcome),
            _ => None,
        };
        events(run).into_iter().filter_map(outcome).collect::<Vec<_>>()
    };
    let goes = |actor: ActorId| {
        let step = run.shown().step + 1;
        run.command(Command::StepActor(actor));
        reach(&run, |shown| shown.rest_at == Some(step));
    };
    while told(&run).is_empty() {
        let step = run.shown().step + 1;
        assert!(step_until_rest(&run, step), "nobody shuts it down");
    }
    let (main, p) = (actor("main").expect("main"), actor("p").expect("p"));
    for _ in 0..1100 {
        goes(p);
    }
    assert_eq!(told(&run), [0]);
    goes(main);
    assert_eq!(told(&run), [0, 5]);
    assert_eq!(run.audit(), []);
    assert_eq!(finishes(&run), ["shut down"]);
    assert_eq!(told(&run), [0, 5, 1]);
    run.close();
}
