//! Scripts that use everything at once: whatever the seed, what is drawn agrees with memory and kernel
//! after every step, the run ends as it should, and nothing is printed that cannot be.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use crate::common::{PATIENCE, events, printed, step_through, unsound};
use ipcscope::host::{Config, Run};
use ipcscope::script;

const SEEDS: u64 = 6;

/// Steps a script through under many seeds, auditing at every rest, and gives what each run printed.
fn audited(source: &str, exit: i32) -> Vec<Vec<String>> {
    (0..SEEDS).map(|seed| audited_once(source, exit, seed)).collect()
}

fn start(source: &str, seed: u64, gated: bool) -> Run {
    let scenario = Arc::new(script::scenario::assemble("mixed", "mixed.rhai", source, None).expect("a scenario"));
    let exe = PathBuf::from(env!("CARGO_BIN_EXE_ipcscope"));
    let config = Config { exe, gated, paused: gated, time_limit: Some(PATIENCE), ..Config::new(scenario, seed) };
    Run::start(config).expect("the run starts")
}

fn audited_once(source: &str, exit: i32, seed: u64) -> Vec<String> {
    let mut run = start(source, seed, true);
    assert!(run.wait_until(PATIENCE, |shown| shown.rest_at == Some(0)));
    step_through(&run, |n| {
        let wrong = run.audit();
        assert!(wrong.is_empty(), "seed {seed}, step {n}: {wrong:#?}");
        let timeline = run.timeline();
        assert_eq!((&timeline.head().faults[..], timeline.head().lost), (&[][..], 0), "seed {seed}, step {n}");
    });
    // Gated, a kill strikes between two steps, and so no event is lost.
    assert_eq!(run.timeline().head().lost, 0, "seed {seed}");
    let lines = ended(&mut run, exit, &format!("seed {seed}"));
    // The kernel schedules the same.
    let mut free = start(source, seed, false);
    free.wait();
    let mut free_lines = ended(&mut free, exit, "free");
    let mut sorted = lines.clone();
    sorted.sort();
    free_lines.sort();
    assert_eq!(free_lines, sorted, "free and gated print the same lines");
    lines
}

fn ended(run: &mut Run, exit: i32, what: &str) -> Vec<String> {
    let shown = run.wait();
    let lines: Vec<String> = printed(run).into_iter().map(|(who, line)| format!("{who}: {line}")).collect();
    assert_eq!(shown.exit, Some(exit), "{what}: {:?} {lines:#?}", shown.ended);
    assert_eq!(unsound(&events(run)), Ok(()), "{what}");
    run.close();
    lines
}

fn orders(runs: &[Vec<String>]) -> usize {
    runs.iter().collect::<BTreeSet<_>>().len()
}

#[test]
fn a_small_queue_with_several_at_both_sides() {
    let runs = audited(
        r#"
        fn put(q, from) { for i in 0..4 { q.put(from * 10 + i); } }
        fn get(q, sum, lock) {
            for i in 0..4 {
                let got = q.get();
                with lock { sum.value = sum.value + got; }
            }
        }
        let q = Queue(2);
        let sum = Value("i", 0);
        let lock = Lock();
        let all = [];
        for k in 1..3 { all.push(Process(put, [q, k])); all.push(Process(get, [q, sum, lock])); }
        for p in all { p.start(); }
        for p in all { p.join(); }
        print(sum.value);
        print(q.qsize(), q.empty());
        "#,
        0,
    );
    assert!(runs.iter().all(|lines| lines[..] == ["main: 132", "main: 0 true"]), "{runs:?}");
}

#[test]
fn messages_larger_than_a_pipe() {
    let runs = audited(
        r#"
        fn echo(end) {
            let got = end.recv();
            print("got", got.len());
            end.send(got + "!");
        }
        let ends = Pipe();
        let p = Process("echo", echo, [ends[1]]);
        p.start();
        let q = Queue();
        q.put(repeat("q", 300000));
        ends[0].send(repeat("x", 400000));
        print("back", ends[0].recv().len());
        print("queue", q.get().len());
        p.join();
        "#,
        0,
    );
    assert!(runs.iter().all(|lines| lines.contains(&"echo: got 400000".to_owned()) && lines.len() == 3), "{runs:?}");
}

#[test]
fn locks_within_locks_and_time_limits() {
    let runs = audited(
        r#"
        fn holds(l, held, tried) { with l { with l { held.set(); tried.wait(); sleep(0.5); } } print("let go"); }
        fn wants(l, held, tried) {
            held.wait();
            print("at once", l.try_acquire());
            print("soon", l.acquire(0.25));
            tried.set();
            print("later", l.acquire(60));
            l.release();
        }
        let l = RLock();
        let held = Event();
        let tried = Event();
        let a = Process("a", holds, [l, held, tried]);
        let b = Process("b", wants, [l, held, tried]);
        a.start(); b.start(); a.join(); b.join();
        try { l.release(); } catch (x) { print(x.kind); }
        "#,
        0,
    );
    for lines in &runs {
        for line in ["b: at once false", "b: soon false", "b: later true", "a: let go", "main: AssertionError"] {
            assert!(lines.contains(&line.to_owned()), "{lines:?}");
        }
    }
}

#[test]
fn a_buffer_with_conditions() {
    let runs = audited(
        r#"
        fn produce(c, n) { for i in 0..5 { with c { n.value = n.value + 1; c.notify(); } } }
        fn consume(c, n) {
            let left = 5;
            while left > 0 {
                with c {
                    while n.value == 0 { c.wait(30); }
                    n.value = n.value - 1;
                }
                left -= 1;
            }
        }
        let c = Condition();
        let n = Value("i", 0);
        let all = [];
        for k in 0..2 { all.push(Process("p" + k, produce, [c, n])); all.push(Process("c" + k, consume, [c, n])); }
        for p in all { p.start(); }
        for p in all { p.join(); }
        print("left", n.value);
        with c { print("nobody", c.wait(0.5)); }
        "#,
        0,
    );
    assert!(runs.iter().all(|lines| lines[..] == ["main: left 0", "main: nobody false"]), "{runs:?}");
}

#[test]
fn children_of_children_and_those_that_are_ended() {
    let runs = audited(
        r#"
        fn leaf(q, n) { q.put(n); sleep(n); }
        fn branch(q) {
            let a = Process("a", leaf, [q, 1]);
            let b = Process("b", leaf, [q, 100]);
            a.start(); b.start();
            a.join();
            b.terminate();
            b.join();
            print(a.exitcode, b.exitcode);
        }
        fn forever() { Event().wait(); }
        let q = Queue();
        let p = Process("branch", branch, [q]);
        let f = Process("forever", forever);
        p.start(); f.start();
        p.join();
        f.kill();
        f.join();
        print(p.exitcode, f.exitcode, f.is_alive());
        "#,
        0,
    );
    assert!(runs.iter().all(|lines| lines[..] == ["branch: 0 -15", "main: 0 -9 false"]), "{runs:?}");
}

#[test]
fn ends_of_a_simplex_pipe_are_closed() {
    let runs = audited(
        r#"
        fn write(w) { for i in 0..3 { w.send(i); } w.close(); }
        fn read(r) {
            loop {
                try { print(r.recv()); } catch (x) { print(x.kind); break; }
            }
        }
        let ends = Pipe(false);
        let r = Process("r", read, [ends[0]]);
        let w = Process("w", write, [ends[1]]);
        r.start(); w.start();
        ends[0].close(); ends[1].close();
        w.join(); r.join();
        "#,
        0,
    );
    assert!(runs.iter().all(|lines| lines[..] == ["r: 0", "r: 1", "r: 2", "r: EOFError"]), "{runs:?}");
    assert_eq!(orders(&runs), 1);
}

#[test]
fn ends_that_travel_stay_open_until_they_arrive() {
    let runs = audited(
        r#"
        fn relay(from, to) {
            let got = from.get();
            to.send(got);
            for end in got { end.close(); }
        }
        let talk = Pipe(false);
        let q = Queue();
        let link = Pipe();
        let p = Process("p", relay, [q, link[1]]);
        p.start();
        // The same end twice: two copies are on their way, and one is held at last.
        q.put([talk[1], talk[1]]);
        talk[1].close();
        print("open", talk[0].poll());
        let got = link[0].recv();
        got[1].send("hello");
        got[0].close();
        print(talk[0].recv());
        try { talk[0].recv(); } catch (x) { print(x.kind); }
        p.join();
        "#,
        0,
    );
    assert!(runs.iter().all(|lines| lines[..] == ["main: open false", "main: hello", "main: EOFError"]), "{runs:?}");
}

#[test]
fn an_end_in_a_message_outlives_a_sender_that_is_killed_and_comes_back_to_one_that_cannot_send() {
    let runs = audited(
        r#"
        fn send_and_hang(q, end, done) { q.put(end); end.close(); done.set(); sleep(100); }
        let talk = Pipe(false);
        let q = SimpleQueue();
        let done = Event();
        let p = Process("p", send_and_hang, [q, talk[1], done]);
        p.start();
        talk[1].close();
        done.wait();
        p.kill();
        p.join();
        print("open", talk[0].poll());
        let got = q.get();
        got.send("still here");
        got.close();
        print(talk[0].recv());
        try { talk[0].recv(); } catch (x) { print(x.kind); }
        let small = Queue(1);
        small.put(0);
        let other = Pipe(false);
        try { small.put(other[1], 0.1); } catch (x) { print(x.kind); }
        other[1].close();
        try { other[0].recv(); } catch (x) { print(x.kind); }
        "#,
        0,
    );
    let lines = ["main: open false", "main: still here", "main: EOFError", "main: Full", "main: EOFError"];
    assert!(runs.iter().all(|found| found[..] == lines), "{runs:?}");
}

#[test]
fn an_end_in_a_message_is_closed_when_nobody_can_receive_it_any_more() {
    let runs = audited(
        r#"
        fn wait_for(end, e) { e.wait(); }
        fn fill(q, end) {
            q.put(repeat("x", 300000));
            q.put(end);
            q.cancel_join_thread();
        }
        fn ended(end) { try { print("got", end.recv()); } catch (x) { print(x.kind); } }

        // The only one that holds the receiving end is killed, with the message unread.
        let talk = Pipe(false);
        let link = Pipe();
        // Its own, since it may die in the middle of it.
        let never = Event();
        let p = Process("p", wait_for, [link[1], never]);
        p.start();
        link[0].send(talk[1]);
        link[1].close(); talk[1].close();
        print("open", talk[0].poll());
        p.kill();
        ended(talk[0]);

        // Or it ends, or closes it.
        let e = Event();
        let talk = Pipe(false);
        let link = Pipe();
        let p = Process("p", wait_for, [link[1], e]);
        p.start();
        link[0].send(talk[1]);
        link[1].close(); talk[1].close();
        e.set();
        ended(talk[0]);
        let talk = Pipe(false);
        let link = Pipe(false);
        link[1].send(talk[1]);
        talk[1].close(); link[0].close();
        ended(talk[0]);

        // The message never leaves its sender's buffer.
        let talk = Pipe(false);
        let q = Queue();
        let p = Process("p", fill, [q, talk[1]]);
        p.start();
        talk[1].close();
        ended(talk[0]);
        "#,
        0,
    );
    let lines = ["main: open false", "main: EOFError", "main: EOFError", "main: EOFError", "main: EOFError"];
    assert!(runs.iter().all(|found| found[..] == lines), "{runs:?}");
}

#[test]
fn a_receiving_end_that_travels_itself_keeps_messages_receivable_unless_it_goes_round_in_a_circle() {
    let runs = audited(
        r#"
        fn until_broken(end) {
            loop { try { end.send(1); sleep(0.01); } catch (x) { print(x.kind); break; } }
        }

        // The message that carries `talk` lies in a pipe whose receiving end lies in another one.
        let talk = Pipe(false);
        let inner = Pipe(false);
        let outer = Pipe(false);
        inner[1].send(talk[1]);
        outer[1].send(inner[0]);
        talk[1].close(); inner[0].close();
        print("open", talk[0].poll());
        let reader = outer[0].recv();
        let writer = reader.recv();
        writer.send("through two");
        print(talk[0].recv());
        writer.close();
        try { talk[0].recv(); } catch (x) { print(x.kind); }

        // Sent into itself, or each into the other: nobody can ever get them.
        let own = Pipe(false);
        own[1].send(own[0]);
        own[0].close();
        until_broken(own[1]);
        let one = Pipe(false);
        let two = Pipe(false);
        one[1].send(two[0]); two[1].send(one[0]);
        one[0].close();
        one[1].send("can be received still");
        two[0].close();
        until_broken(one[1]);
        until_broken(two[1]);
        "#,
        0,
    );
    let lines = ["open false", "through two", "EOFError", "BrokenPipe", "BrokenPipe", "BrokenPipe"].map(|line| format!("main: {line}"));
    assert!(runs.iter().all(|found| found[..] == lines), "{runs:?}");
}

#[test]
fn a_queue_that_is_joined_before_it_is_drained_is_stuck() {
    let runs = audited(
        r#"
        fn fill(q) { q.put(repeat("x", 300000)); print("put"); }
        let q = Queue();
        let p = Process("p", fill, [q]);
        p.start();
        p.join();
        print(q.get().len());
        "#,
        3,
    );
    assert!(runs.iter().all(|lines| lines[..] == ["p: put"]), "{runs:?}");
}

/// What tells of a thing fits an event, however long its name is.
#[test]
fn names_of_any_length_are_told() {
    let long = "x".repeat(1200);
    let source = format!(
        "fn f{long}(q) {{ let {long} = Lock(); with {long} {{ q.put(1); }} }}
         let {long} = Queue();
         let p = Process(repeat(\"名\", 21), f{long}, [{long}]);
         let nested = Process(\"{name}\", f{long}, [{long}]);
         p.start(); nested.start();
         {long}.get(); {long}.get(); p.join(); nested.join();
         print(p.name == repeat(\"名\", 21), nested.exitcode);",
        name = "n".repeat(64),
    );
    for lines in audited(&source, 0) {
        assert_eq!(lines, ["main: true 0"]);
    }
}
