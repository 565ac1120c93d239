//! Managers: what they keep behaves as promised, whoever dies. Each source is run free and under several
//! seeds, and prints one of the texts that are allowed.

use std::path::PathBuf;
use std::sync::Arc;

use crate::common::{self, Output, PATIENCE, finish, printed, program, start};
use ipcscope::host::{Command, Config, Run};
use ipcscope::kind::Lang;
use ipcscope::script;
use ipcscope::text;
use ipcscope::world::Activity;
use tempfile::TempDir;

const SEEDS: std::ops::Range<u32> = 0..6;

fn runs(source: &str) -> Vec<Output> {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("a.rhai"), source).expect("a file");
    let run = |seed: Option<u32>| {
        let mut args = vec!["run".to_owned(), "a.rhai".to_owned(), "--plain".to_owned()];
        args.extend(seed.into_iter().flat_map(|seed| ["--seed".to_owned(), seed.to_string()]));
        finish(start(program(&args).current_dir(folder.path())))
    };
    std::iter::once(None).chain(SEEDS.map(Some)).map(run).collect()
}

/// Every run prints one of these and ends well. Gives what was printed.
#[track_caller]
fn prints(source: &str, allowed: &[&str]) -> Vec<String> {
    let printed: Vec<String> = runs(source)
        .into_iter()
        .map(|output| {
            assert_eq!(output.code, Some(0), "{source}\n{output:?}");
            output.stdout.trim_end().replace('\n', " / ")
        })
        .collect();
    for text in &printed {
        assert!(allowed.contains(&text.as_str()), "{source}\n{text}");
    }
    printed
}

/// Prints what each statement raises.
fn kinds(before: &str, statements: &[&str]) -> String {
    let tries = statements.iter().map(|statement| format!("try {{ {statement} print(\"none\"); }} catch (e) {{ print(e.kind); }}\n"));
    format!("{before}\n{}", tries.collect::<String>())
}

#[test]
fn a_list_does_what_a_list_does() {
    let source = "let m = Manager(); let l = m.list([3, 1, 2]);
        l.append(4); l.extend([9, 9]); l.insert(0, 7); l[1] = 5; l.remove(9);
        print(l); print(l[-1], l[0], l.len(), l.index(2), l.count(9), 4 in l, l.slice(1, 3), l.pop(), l.pop(0));
        l.sort(); print(l); l.reverse(); print(l.copy());
        for x in l { print(x); }
        l.clear(); print(l, l.len());";
    let all = "[7, 5, 1, 2, 4, 9] / 9 7 6 3 1 true [5, 1] 9 7 / [1, 2, 4, 5] / [5, 4, 2, 1] / 5 / 4 / 2 / 1 / [] 0";
    prints(source, &[all]);
}

#[test]
fn a_list_is_joined_and_repeated_as_a_list_is() {
    let source = "let m = Manager(); let l = m.list([3, 1]); let same = l;
        print(l + [5], l + (0..2), l * 2, l * 0, l * -1); l += [7]; l += (0..2); print(same); l *= 2; print(same, same.len()); l *= 0; print(l);
        l.extend(0..3); print(l);";
    let joined = "[3, 1, 5] [3, 1, 0, 1] [3, 1, 3, 1] [] []";
    let changed = "[3, 1, 7, 0, 1] / [3, 1, 7, 0, 1, 3, 1, 7, 0, 1] 10 / [] / [0, 1, 2]";
    prints(source, &[&format!("{joined} / {changed}")]);
    let wrong = ["l + 3;", "l * \"x\";", "l += 3;", "l *= 1.5;", "l - [1];", "l *= 99999999;", "l * 99999999;", "l.extend(4);"];
    let expected = "TypeError / TypeError / TypeError / TypeError / TypeError / ValueError / ValueError / TypeError";
    prints(&kinds("let m = Manager(); let l = m.list([1]);", &wrong), &[expected]);
}

#[test]
fn a_dict_takes_any_scalar_key_and_keeps_its_order() {
    let source = "let m = Manager(); let d = m.dict();
        d[1] = \"1\"; d[\"2\"] = 2; d[0.25] = (); d[true] = [1]; d[1] = \"one\";
        print(d); print(d[1], d[1.0], d.len(), d.get(7), d.get(7, 8), \"2\" in d, d.keys(), d.values(), d.items());
        print(d.pop(1), d.pop(1, \"gone\"), d.popitem(), d.setdefault(5, 6)); d.update(#{ x: 1 }); print(d); d.clear(); print(d);";
    let shown = "#{1: \"one\", \"2\": 2, 0.25: (), true: [1]} / one one 4 () 8 true [1, \"2\", 0.25, true] [\"one\", 2, (), [1]] \
                 [[1, \"one\"], [\"2\", 2], [0.25, ()], [true, [1]]] / one gone [true, [1]] 6 / #{\"2\": 2, 0.25: (), 5: 6, \"x\": 1} / #{}";
    prints(source, &[shown]);
}

#[test]
fn values_are_copies_and_handles_are_live() {
    let source = "let m = Manager(); let inner = m.list([1]); let d = m.dict();
        d[\"copy\"] = [1]; let copy = d[\"copy\"]; copy.push(2); print(d[\"copy\"]);
        d[\"live\"] = inner; d[\"live\"].append(2); inner.append(3); print(inner, d[\"live\"].len(), d[\"live\"] == inner);
        let ns = m.Namespace(); ns.job = \"none\"; ns.n = 1; ns.n += 1; print(ns, ns.n);
        let v = m.Value(\"i\", 5); v.value += 2; v.set(v.get() + 1); print(v.value, v);";
    prints(source, &["[1] / [1, 2, 3] 3 true / Namespace(job=\"none\", n=2) 2 / 8 Value(8)"]);
}

#[test]
fn errors_have_the_kind_that_they_had_in_the_server() {
    let statements = [
        "d[\"zz\"];",
        "l[99];",
        "l.remove(5);",
        "l[\"x\"];",
        "l.sort();",
        "m.list().pop();",
        "q.get_nowait();",
        "q.put(1, 0.01); q.put(2, 0.01);",
        "q.get(-1);",
        "lock.release();",
        "r.release();",
        "c.notify();",
        "d[[1]] = 2;",
        "l.append(Lock());",
        "m.create(\"X\");",
        "ns.nothing;",
    ];
    let before = "let m = Manager(); let d = m.dict(); let l = m.list([1, \"a\"]); let q = m.Queue(1); let lock = m.Lock();
        let r = m.RLock(); let c = m.Condition(); let ns = m.Namespace();";
    let expected = "KeyError / IndexError / ValueError / TypeError / TypeError / IndexError / Empty / Full / ValueError / RuntimeError / RuntimeError / \
                    RuntimeError / TypeError / TypeError / RemoteError / KeyError";
    prints(&kinds(before, &statements), &[expected]);
}

#[test]
fn a_manager_is_started_once_and_shut_down_as_often_as_you_like() {
    let before = "let b = BaseManager(); fn F() { #{ x: 1 } }";
    let statements =
        ["b.create(\"F\");", "b.start();", "b.start();", "b.register(\"F\", F);", "b.shutdown();", "b.shutdown();", "b.create(\"F\");"];
    prints(&kinds(before, &statements), &["AssertionError / none / AssertionError / AssertionError / none / none / AssertionError"]);
    let used = "let m = Manager(); let v = m.Value(1); m.shutdown(); try { v.value; } catch (e) { print(e.kind); }";
    prints(used, &["EOFError", "BrokenPipe", "ConnectionReset"]);
}

#[test]
fn one_request_is_one_step_and_two_are_two() {
    let source = "fn adds(l, v) { for i in 0..4 { l.append(i); v.value += 1; } }
        let m = Manager(); let l = m.list(); let v = m.Value(0);
        let all = [Process(adds, [l, v]), Process(adds, [l, v])];
        for p in all { p.start(); } for p in all { p.join(); } print(l.len(), v.value);";
    let allowed: Vec<String> = (1..=8).map(|sum| format!("8 {sum}")).collect();
    let allowed: Vec<&str> = allowed.iter().map(String::as_str).collect();
    let printed = prints(source, &allowed);
    assert!(printed.iter().any(|text| text != "8 8"), "updates are lost under some seed: {printed:?}");
}

#[test]
fn a_method_calls_another_of_its_object() {
    let before = "fn Counter(value) {
            #{ val: value, add: |k| { this.val += k; this.val }, twice: |k| { this.add(k); this.add(k) }, few: || this.add(),
               none: || this.nothing(), deep: || this.deep() }
        }
        let m = BaseManager(); m.register(\"Counter\", Counter); m.start(); let c = m.create(\"Counter\", [5]);";
    prints(&format!("{before} print(c.twice(2), c.add(1));"), &["9 10"]);
    let statements = ["c.few();", "c.none();", "c.deep();", "c.add();", "m.create(\"Counter\", []);", "c.twice(1);"];
    prints(&kinds(before, &statements), &["TypeError / RemoteError / Error / TypeError / TypeError / none"]);
    let told = |call: &str| format!("{before} try {{ {call} }} catch (e) {{ print(e.message); }}");
    prints(&told("c.few();"), &["add: fn:2:37 takes (k), but 0 arguments are given"]);
    prints(&told("m.create(\"Counter\", []);"), &["Counter takes (value), but 0 arguments are given"]);
}

#[test]
fn a_managed_condition_waits_for_a_function() {
    let source = "fn sets(c, v) { with c { v.value = 3; c.notify(); } }
        let m = Manager(); let c = m.Condition(); let v = m.Value(0); let p = Process(sets, [c, v]);
        with c { print(c.wait_for(|| v.value == 3, 0.1)); p.start(); print(c.wait_for(|| v.value == 3)); } p.join();
        print(c.wait_for(|| true)); try { c.wait_for(|| false); } catch (e) { print(e.kind); }";
    prints(source, &["false / true / true / RuntimeError"]);
}

#[test]
fn a_method_without_its_lock_loses_updates_and_with_it_none() {
    let source = |method: &str| {
        format!(
            "fn Counter(value) {{ #{{ val: value, lock: Lock(), careful: || {{ with this.lock {{ this.val += 1; }} }},
                careless: || {{ this.val += 1; }}, value: || this.val }} }}
            fn counts(counter) {{ for i in 0..5 {{ counter.{method}(); }} }}
            let m = BaseManager(); m.register(\"Counter\", Counter); m.start(); let counter = m.create(\"Counter\", [10]);
            let all = [Process(counts, [counter]), Process(counts, [counter])];
            for p in all {{ p.start(); }} for p in all {{ p.join(); }} print(counter.value());"
        )
    };
    prints(&source("careful"), &["20"]);
    let allowed: Vec<String> = (11..=20).map(|sum| sum.to_string()).collect();
    let allowed: Vec<&str> = allowed.iter().map(String::as_str).collect();
    let printed = prints(&source("careless"), &allowed);
    assert!(printed.iter().any(|text| text != "20"), "updates are lost under some seed: {printed:?}");
}

#[test]
fn handles_go_through_queues_and_pools() {
    let source = "fn adds(l) { l.append(1); l }
        fn sends(q) { let l = q.get(); l.append(2); }
        let m = Manager(); let l = m.list(); let q = Queue();
        let p = Process(sends, [q]); p.start(); q.put(l); p.join();
        let pool = Pool(2); let given = pool.apply(adds, [l]); given.append(3); pool.close(); pool.join(); print(l);";
    prints(source, &["[2, 1, 3]"]);
}

#[test]
fn a_client_that_is_killed_while_it_waits_takes_nothing() {
    let queue = "fn waits(q) { q.get(); }
        let m = Manager(); let q = m.Queue(); let p = Process(waits, [q]);
        p.start(); sleep(1); p.kill(); p.join(); q.put(\"A\"); q.put(\"B\"); print(q.get(), q.get(), q.qsize());";
    prints(queue, &["A B 0"]);
    // Whoever gets the lock after it was held finds that it was let go in the wait.
    let condition = "fn waits(c, held) { with c { held.set(); c.wait(); } }
        let m = Manager(); let c = m.Condition(); let held = Event(); let p = Process(waits, [c, held]);
        p.start(); held.wait(); with c { } p.kill(); p.join(); with c { c.notify_all(); } print(c.try_acquire());";
    prints(condition, &["true"]);
    let event = "fn waits(e) { e.wait(); }
        let m = Manager(); let e = m.Event(); let p = Process(waits, [e]);
        p.start(); sleep(1); p.kill(); p.join(); e.set(); print(e.is_set(), e.wait(1));";
    prints(event, &["true true"]);
}

#[test]
fn a_client_that_is_killed_before_the_server_has_taken_its_call_takes_nothing() {
    let source = "fn takes(q) { q.get(); }
        let m = Manager(); let q = m.Queue(); q.put(1); let p = Process(\"p\", takes, [q]);
        p.start(); p.join(); print(p.exitcode, q.qsize());";
    let scenario = Arc::new(script::scenario::assemble("calls", "calls.rhai", source, None).expect("a scenario"));
    let exe = PathBuf::from(env!("CARGO_BIN_EXE_ipcscope"));
    let config = Config { exe, gated: true, paused: true, time_limit: Some(PATIENCE), ..Config::new(scenario, 1) };
    let mut run = Run::start(config).expect("the run starts");
    let rest = |run: &Run, step: u64| assert!(run.wait_until(PATIENCE, |shown| shown.rest_at == Some(step)), "{:?}", run.shown());
    let client = |run: &Run| run.timeline().head().processes().find(|process| process.name == "p").map(|process| process.id);
    let mut step = 0;
    rest(&run, step);
    let mut go = |run: &Run, command: Command| {
        run.command(command);
        step += 1;
        rest(run, step);
        assert!(run.catch_up());
    };
    while client(&run).is_none() {
        go(&run, Command::Step(1));
    }
    let client = client(&run).expect("it was born");
    // It begins, connects and asks; nobody else moves.
    for _ in 0..3 {
        go(&run, Command::StepActor(client));
    }
    let asked = |run: &Run| matches!(run.timeline().head().actor(client).map(|actor| actor.activity.clone()), Some(Activity::Waiting(_)));
    assert!(asked(&run), "it waits for the reply");
    go(&run, Command::Signal(client, 9));
    run.command(Command::Play);
    run.wait();
    assert_eq!(printed(&run), [("main".to_owned(), "-9 1".to_owned())]);
    run.close();
}

#[test]
fn a_lock_of_a_dead_client_stays_held_and_is_named() {
    let source = "fn takes(lock) { lock.acquire(); }
        let m = Manager(); let lock = m.Lock(); let p = Process(takes, [lock]); p.start(); p.join(); lock.acquire();";
    for output in runs(source) {
        assert_eq!(output.code, Some(3), "{output:?}");
        assert!(output.stderr.contains("Held by the dead: Manager-1.Process-2 ended without releasing lock"), "{}", output.stderr);
    }
}

#[test]
fn a_server_that_is_killed_hangs_nobody() {
    let source = "fn uses(v) { try { v.value; } catch (e) { print(\"child\", e.kind); } }
        let m = Manager(); let v = m.Value(1); let server = active_children()[0]; print(server.name); server.kill(); server.join();
        try { v.value; } catch (e) { print(\"main\", if e.kind in [\"EOFError\", \"BrokenPipe\", \"ConnectionReset\"] { \"gone\" } else { e.kind }); }
        let p = Process(uses, [v]); p.start(); p.join(); m.shutdown(); print(\"end\");";
    prints(source, &["Manager-1 / main gone / child BrokenPipe / end"]);
    let waiting = "fn waits(q) { try { q.get(); } catch (e) { print(if e.kind in [\"EOFError\", \"BrokenPipe\", \"ConnectionReset\"] { \"gone\" } else { e.kind }); } }
        let m = Manager(); let q = m.Queue(); let p = Process(waits, [q]); p.start(); sleep(1);
        let server = active_children()[0]; server.kill(); p.join(); print(p.exitcode);";
    prints(waiting, &["gone / 0"]);
}

#[test]
fn a_server_outlives_its_owner_within_the_run() {
    let source = "fn owns(q) { let m = Manager(); q.put(m.list([1])); sleep(100); }
        let q = Queue(); let p = Process(owns, [q]); p.start(); let l = q.get(); p.kill(); p.join(); l.append(2); print(l);";
    prints(source, &["[1, 2]"]);
}

#[test]
fn what_does_not_fit_the_socket_goes_in_parts() {
    let source = "let m = Manager(); let l = m.list(0..300); l.reverse(); let text = repeat(\"x\", 400000);
        l.append(text); let d = m.dict(); d[\"t\"] = text; print(l.len(), l[0], l[-1].len(), d[\"t\"].len(), l.copy().len());";
    prints(source, &["301 299 400000 400000 301"]);
}

/// A wait in the server is a client's wait: the message of a stuck run tells of both.
#[test]
fn who_waits_for_a_managed_queue_is_told_with_the_thread_that_waits_for_it() {
    for output in runs("let m = Manager(); let mq = m.Queue(); mq.get();") {
        // Where the kernel schedules, the same is proved.
        assert_eq!(output.code, Some(3), "{output:?}");
        for said in ["nobody is left to put anything into mq", "main waits for the reply of", ".main waits for something in mq"] {
            assert!(output.stderr.contains(said), "{output:?}");
        }
    }
}

/// What has arrived is not lost with whoever did not ask for it.
#[test]
fn a_result_that_nobody_asked_for_has_arrived_all_the_same() {
    let source = "fn f() { } let pool = Pool(1); pool.apply_async(f, []); pool.close(); pool.join(); print(1);";
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("a.rhai"), source).expect("a file");
    let output = finish(start(program(&["run", "a.rhai", "--linear", "--seed", "1"]).current_dir(folder.path())));
    assert_eq!(output.code, Some(0), "{output:?}");
    assert!(output.stdout.contains("main ended with exit code 0.") && !output.stdout.contains("ost with it"), "{}", output.stdout);
}

/// A call lies with the listener until the server's main thread takes it; meanwhile nobody holds the far end.
#[test]
fn who_has_asked_waits_for_the_server_before_it_has_taken_the_call_too() {
    let run = common::live("manager-collections", 1, &[]);
    let mut chains = Vec::new();
    common::step_through(&run, |_| {
        assert!(run.catch_up());
        let timeline = run.timeline();
        let world = timeline.head();
        for actor in world.all_actors() {
            let said = text::waiting(world, actor.id, Lang::En).unwrap_or_default();
            assert!(!said.contains("the reply of no other process"), "{said}");
            chains.extend(text::chain(world, actor.id, Lang::En).map(|chain| chain.to_string()));
        }
    });
    let to_the_listener = |chain: &String| chain.starts_with("Process-2") && chain.contains("→ the reply of Manager-1 → Manager-1 can go");
    assert!(chains.iter().any(to_the_listener), "{chains:#?}");
}
