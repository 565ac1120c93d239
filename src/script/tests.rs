//! The language as a whole, run in one process: what scripts print, which steps they take, what their
//! objects are called, and how they end.

use super::bench::{run, run_function, run_seeded};
use super::program::ScriptError;
use crate::ipc::Value;

/// A source and the lines that it prints.
#[track_caller]
fn prints(source: &str, lines: &[&str]) {
    let ran = run(source);
    assert_eq!((ran.printed(), ran.error()), (lines.iter().map(|line| (*line).to_owned()).collect(), String::new()), "{source}");
}

/// A source and what its error's text begins with.
#[track_caller]
fn fails(source: &str, text: &str) {
    let error = run(source).error();
    assert!(error.starts_with(text), "{source}\n{error}");
}

#[test]
fn values_print_as_the_language_writes_them() {
    prints("print(3.1415927, 2.0, 1, true, (), \"a\", 'b');", &["3.1415927 2.0 1 true () a b"]);
    prints("print([1, 2.5, \"a\", 'c', (), [true]]);", &["[1, 2.5, \"a\", \"c\", (), [true]]"]);
    prints("print(#{ b: 1, a: \"x\" });", &["#{\"a\": \"x\", \"b\": 1}"]);
    prints("print();", &[""]);
    prints("print(\"no\" + 1); print(`${2.0} ${[1, 2.0]}`);", &["no1", "2.0 [1, 2.0]"]);
    prints("let q = Queue(); let lock = Lock(); print(q, lock); print(`${q}`);", &["<Queue q> <Lock lock>", "<Queue q>"]);
    prints("print(blob(3, 5), 0..3);", &["blob[05 05 05] 0..3"]);
    prints("let q = Queue(); let r = q; print(r == q, q != r, q == Queue(), q == ());", &["true false false false"]);
    prints(
        "let e = Pipe(); print(e[0] == e[0], e[0] == e[1]); let me = current_process(); print(me == current_process());",
        &["true false", "true"],
    );
    prints("fn f() {} print(f); let p = Process(\"w\", f); print(p, p.name, p.pid);", &["<function f>", "<Process w> w ()"]);
}

#[test]
fn numbers_and_texts() {
    prints("print(fixed(3.14159, 2), fixed(2, 1), repeat(\"*\", 3) + \"!\");", &["3.14 2.0 ***!"]);
    prints("print(param(\"count\") + 1, param(\"who\"));", &["4 Ada"]);
    prints("let x = random(); print(x >= 0.0 && x < 1.0);", &["true"]);
    prints("let ok = true; for i in 0..100 { let x = randint(-2, 2); if x < -2 || x > 2 { ok = false; } } print(ok);", &["true"]);
    fails("repeat(\"abc\", 100000000);", "test.rhai:1:1: ValueError: repeat: the text would be longer than 16 MiB");
    fails("fixed(\"a\", 2);", "test.rhai:1:1: TypeError: fixed: number must be a number, not string");
    fails("randint(2, 1);", "test.rhai:1:1: ValueError: randint: there is no integer from 2 up to 1");
}

#[test]
fn the_same_seed_gives_the_same_chance() {
    let source = "for i in 0..5 { print(random(), randint(1, 1000)); }";
    assert_eq!(run_seeded(source, 5).printed(), run_seeded(source, 5).printed());
    assert_ne!(run_seeded(source, 5).printed(), run_seeded(source, 6).printed());
}

#[test]
fn with_releases_however_its_block_is_left() {
    let held = "if lock.try_acquire() { print(\"free\"); lock.release(); } else { print(\"held\"); }";
    prints(&format!("let lock = Lock(); with lock {{ {held} }} {held}"), &["held", "free"]);
    prints(&format!("let lock = Lock(); for i in 0..3 {{ with lock {{ if i == 1 {{ break; }} continue; }} }} {held}"), &["free"]);
    prints(&format!("let lock = Lock(); try {{ with lock {{ throw \"x\"; }} }} catch (e) {{ print(e); }} {held}"), &["x", "free"]);
    prints(&format!("fn f(lock) {{ with lock {{ return 7; }} }} let lock = Lock(); print(f(lock)); {held}"), &["7", "free"]);
    prints("let c = Condition(RLock()); with c { with c { c.notify_all(); print(\"in\"); } }", &["in"]);
    prints("let l = Lock(); with l { let x = 1; print(x); } let x = 2; print(x);", &["1", "2"]);
    fails("with 5 { }", "test.rhai:1:6: TypeError: with: a lock, a semaphore or a Condition is wanted, not integer");
}

#[test]
fn exit_unwinds_and_releases() {
    let ran = run("let lock = Lock(); with lock { try { exit(300); } catch (e) { print(\"caught\"); } } print(\"after\");");
    assert_eq!((ran.result.clone(), ran.printed()), (Err(ScriptError::Exit(44)), vec![]));
    assert!(ran.steps().last().is_some_and(|step| step.starts_with("release")), "{:?}", ran.steps());
    for (call, code) in [("exit()", 0), ("exit(true)", 1), ("exit(-1)", 255), ("exit(5)", 5)] {
        assert_eq!(run(&format!("{call};")).result, Err(ScriptError::Exit(code)), "{call}");
    }
}

#[test]
fn errors_have_kinds() {
    let kind = |source: &str| format!("try {{ {source} }} catch (e) {{ print(e.kind); }}");
    for (source, expected) in [
        ("Lock().release();", "ValueError"),
        ("RLock().release();", "AssertionError"),
        ("Semaphore(-1);", "OSError"),
        ("Semaphore(5000000000);", "ValueError"),
        ("BoundedSemaphore(2).release();", "ValueError"),
        ("with Queue() { }", "TypeError"),
        ("Queue().get_nowait();", "Empty"),
        ("let c = Condition(); c.wait();", "AssertionError"),
        ("let a = Array(\"i\", 3); a[3];", "IndexError"),
        ("let a = Array(\"i\", 3); a[0] = \"x\";", "TypeError"),
        ("let a = [1]; a[5];", "IndexError"),
        ("let a = 1 / 0;", "ValueError"),
        ("let a = () + 1;", "TypeError"),
        ("Queue(\"x\");", "TypeError"),
        ("let ends = Pipe(); ends[0].send(0..3);", "TypeError"),
        ("let ends = Pipe(); ends[0].send(Lock());", "TypeError"),
        ("sleep(-1);", "ValueError"),
        ("Array(\"i\", -1);", "ValueError"),
        ("Event().nothing;", "TypeError"),
    ] {
        prints(&kind(source), &[expected]);
    }
    prints("try { Queue().get_nowait(); } catch (e) { print(type_of(e), e.message.len() > 5); }", &["map true"]);
}

#[test]
fn a_shared_object_is_not_the_value_that_it_holds() {
    let objects = "let v = Value(\"i\", 0); let a = Array(\"i\", [1, 2]); let q = Queue(); let e = Event(); ";
    for (source, said) in [
        ("v == 0", "Value and integer cannot be compared -> x.value"),
        ("v != 0.5", "Value and float cannot be compared -> x.value"),
        ("0 == v", "integer and Value cannot be compared -> x.value"),
        ("v > 3", "Value and integer cannot be compared -> x.value"),
        ("3 >= v", "integer and Value cannot be compared -> x.value"),
        ("v < v", "Value and Value cannot be compared -> x.value"),
        ("v == \"done\"", "Value and string cannot be compared -> x.value"),
        ("v + 1", "Value + integer cannot be computed -> x.value"),
        ("-v", "- cannot be applied to Value -> x.value"),
        ("!v", "! cannot be applied to Value -> x.value != 0"),
        ("!e", "! cannot be applied to Event -> x.is_set()"),
        ("if v { }", "bool is wanted here, not Value -> x.value != 0"),
        ("while v.get_lock() { }", "bool is wanted here, not RLock"),
        ("if e { }", "bool is wanted here, not Event -> x.is_set()"),
        ("v.value > 0 || e", "bool is wanted here, not Event -> x.is_set()"),
        ("let n = 1; if n { }", "bool is wanted here, not integer -> x != 0"),
        ("a == [1, 2]", "Array and array cannot be compared -> x.slice(0, n)"),
        ("[1, 2] != a", "array and Array cannot be compared -> x.slice(0, n)"),
        ("a == 1", "Array and integer cannot be compared -> x[0]"),
        ("q == 0", "Queue and integer cannot be compared -> x.qsize()"),
        ("e == true", "Event and bool cannot be compared -> x.is_set()"),
        ("Lock() == 1", "Lock and integer cannot be compared"),
        ("Pipe()[0] > 1", "Connection and integer cannot be compared -> x.recv()"),
        ("current_process() < 1", "Process and integer cannot be compared -> x.exitcode"),
    ] {
        // A function, so that the check cannot know.
        let ran = run(&format!("{objects}fn f(v, a, q, e) {{ {source} }} f(v, a, q, e);")).error();
        let (sentence, right) = said.split_once(" -> ").unwrap_or((said, ""));
        assert!(ran.lines().next().is_some_and(|line| line.ends_with(&format!("TypeError: {sentence}"))), "{source}: {ran}");
        assert_eq!(ran.lines().find_map(|line| line.strip_prefix("  try: ")).unwrap_or_default(), right, "{source}: {ran}");
    }
    // Two handles are compared by which object they are, and any with `()`, which is what is sent to say that there is no more.
    prints(
        &format!("{objects} print(v == v, v == Value(\"i\", 0), v == q, v == (), () != q, a != e, [v] == [v], [v] == [q]);"),
        &["true false false false true true true false"],
    );
    // A list looks for what is the same, whatever else lies in it.
    prints(&format!("{objects} print(0 in [v], v in [0, v], [q, 0].index_of(0), [v] == [0]);"), &["false true 1 false"]);
    // What ends the work is often a text, and comes the same way as what it ends.
    prints(
        "fn f() {} let ends = Pipe(); print(ends[0] == \"stop\", task(\"f\", f) != \"stop\", current_process() == 0);",
        &["false true false"],
    );
}

#[test]
fn errors_of_the_engine_are_told_in_our_words_caught_or_not() {
    let given = "let l = [1]; let t = \"ab\"; let n = 5; let m = #{ a: 1 }; let o = [Event()]; let none = ();";
    for (source, kind, message) in [
        ("l[3]", "IndexError", "the list has 1 item, there is no [3]"),
        ("t[7]", "IndexError", "the text has 2 characters, there is no [7]"),
        ("n[70]", "IndexError", "the integer has 64 bits, there is no [70]"),
        ("n / 0", "ValueError", "nothing can be divided by 0: 5 / 0"),
        ("n % 0", "ValueError", "nothing can be divided by 0: 5 % 0"),
        ("n + 9223372036854775807", "ValueError", "the result is too large for its type: 5 + 9223372036854775807"),
        ("n *= 9223372036854775807", "ValueError", "the result is too large for its type: 5 * 9223372036854775807"),
        ("n ** -1", "ValueError", "an integer has no negative power: begin with a float: 5 ** -1"),
        ("n ** 99", "ValueError", "the result is too large for its type: 5 ** 99"),
        ("parse_int(t)", "ValueError", "this text is no number: ab"),
        ("for i in range(1, 5, 0) { }", "ValueError", "a step of 0 comes to no end"),
        ("n - t", "TypeError", "integer - string cannot be computed"),
        ("o[0] < 3", "TypeError", "Event and integer cannot be compared"),
        ("-t", "TypeError", "- cannot be applied to string"),
        ("l.nothing", "TypeError", "array has no `.nothing`"),
        ("n.nothing", "TypeError", "integer has no `.nothing`"),
        ("t.nothing = 3", "TypeError", "string has no `.nothing`"),
        ("o[0].nothing", "TypeError", "Event has no `.nothing`"),
        ("o[0].is_set", "TypeError", "Event has no `.is_set`"),
        ("o[0].nothing = 1", "TypeError", "Event has no `.nothing`"),
        ("o[0][0]", "TypeError", "Event has no items to index"),
        ("none[0]", "TypeError", "() has no items to index"),
        ("none.a", "TypeError", "() has no `.a`"),
        ("m[3]", "TypeError", "string is wanted here, not integer"),
        ("l[\"a\"]", "TypeError", "integer is wanted here, not string"),
        ("if n { }", "TypeError", "bool is wanted here, not integer"),
        ("n && true", "TypeError", "bool is wanted here, not integer"),
        ("for i in o[0] { }", "TypeError", "this cannot be gone through with `for`"),
        ("n.call(1)", "TypeError", "function is wanted here, not integer"),
        ("l.map(3)", "TypeError", "there is no function map(array, integer)"),
        ("o[0].len()", "TypeError", "Event has no method `len`"),
        ("let f = |x| x; f.call()", "TypeError", "this function does not take 0 arguments"),
        ("const C = [1]; C.push(2);", "TypeError", "this is a constant, and `.push` would change it"),
        ("const C = [1]; let g = || { C = 3; }; g.call()", "TypeError", "`C` is a constant and cannot be changed"),
        ("let f = || this.a; f.call()", "TypeError", "`this` is nothing here: the function was not called as a method"),
    ] {
        // Uncaught, and caught in the very block: the same words.
        let uncaught = run(&format!("{given} if true {{ {source}; }}")).error();
        let printed = run(&format!("{given} try {{ {source}; }} catch (e) {{ print(e.kind, e.message); }}")).printed();
        let told = uncaught.lines().next().unwrap_or_default();
        assert!(told.ends_with(&format!(": {kind}: {message}")), "{source}: {uncaught}");
        assert_eq!(printed, [format!("{kind} {message}")], "{source}");
    }
    // Whatever the block does first, and however the error goes on from there.
    let first = "let l = [1]; try { l[3]; }";
    let words = "the list has 1 item, there is no [3]";
    prints(&format!("{first} catch (e) {{ if e.kind == \"IndexError\" {{ print(e.message); }} }}"), &[words]);
    prints(&format!("{first} catch (e) {{ let x = `${{e.message}}!`; print(x); }}"), &[&format!("{words}!")]);
    prints(&format!("{first} catch (e) {{ e.message.len(); print(e.keys()); }}"), &["[\"kind\", \"message\"]"]);
    prints("let l = [1]; for i in 0..2 { try { l[3 + i]; } catch (e) { print(e.message.sub_string(34)); } }", &["3]", "4]"]);
    prints(
        &format!("{first} catch (e) {{ try {{ 1 / 0; }} catch (inner) {{ print(inner.kind); }} print(e.kind, e.message); }}"),
        &["ValueError", &format!("IndexError {words}")],
    );
    prints("try { throw #{ error: \"mine\" }; } catch (e) { print(e); }", &["#{\"error\": \"mine\"}"]);
    fails(&format!("{first} catch (e) {{ throw e; }}"), &format!("test.rhai:1:40: IndexError: {words}"));
    fails(&format!("{first} catch {{ throw; }}"), &format!("test.rhai:1:36: IndexError: {words}"));
    let grows = "fn f() {\n    let s = \"ab\";\n    loop {\n        s += s;\n    }\n}\nf();";
    fails(grows, "test.rhai:4: ValueError: the text grows too large");
}

#[test]
fn errors_of_the_engine_leave_a_function_as_ours_do() {
    let told = |body: &str| {
        format!("fn f(x, y) {{ {body} }} fn g(x, y) {{ f(x, y) }} try {{ g([1], \"a\"); }} catch (e) {{ print(e.kind, e.message); }}")
    };
    for (body, expected) in [
        ("x[3]", "IndexError the list has 1 item, there is no [3]"),
        ("y[7]", "IndexError the text has 1 character, there is no [7]"),
        ("1 / 0", "ValueError nothing can be divided by 0: 1 / 0"),
        ("x - y", "TypeError array - string cannot be computed"),
        ("Event() - y", "TypeError Event - string cannot be computed"),
        ("let e = [Event()]; e[0].nothing", "TypeError Event has no `.nothing`"),
        ("let e = [Event()]; e[0].nothing = 1;", "TypeError Event has no `.nothing`"),
        ("let e = [Event()]; e[0].put(1)", "TypeError Event has no method `put`"),
        ("if y { }", "TypeError bool is wanted here, not string"),
        ("for i in Event() { }", "TypeError this cannot be gone through with `for`"),
        ("let e = Event(); let a = [e]; a[0][0]", "TypeError Event has no items to index"),
    ] {
        prints(&told(body), &[expected]);
    }
    // One that nobody catches is told with its place and the right form.
    fails(
        "fn f(x) {\n    x.put(1);\n}\nf(Event());",
        "test.rhai:2:7: TypeError: Event has no method `put`\n  2 |     x.put(1);\n    |       ^\n  try: ",
    );
    // What was put into our words stays with its error, whatever comes between.
    prints(
        "fn f(x) { x[3] } fn g() { 1 / 0 } try { f([]); } catch (e) { try { g(); } catch (other) { print(other.kind); } print(e.kind); }",
        &["ValueError", "IndexError"],
    );
}

#[test]
fn a_value_that_cannot_travel_is_named_at_the_call() {
    fails(
        "let ends = Pipe();\nends[0].send(0..3);",
        "test.rhai:2:9: TypeError: send: a value of type range cannot travel between processes",
    );
    fails("fn f(x) { } let p = Process(f, [0..3]);", "test.rhai:1:21: TypeError: Process Process-1: a value of type range cannot travel");
}

#[test]
fn an_uncaught_error_shows_its_place() {
    fails("fn f(q) {\n    q.get_nowait();\n}\nlet q = Queue();\nf(q);", "test.rhai:2:7: Empty: ");
    let text = run("let a = [1];\nlet b = a[3];").error();
    assert_eq!(text, "test.rhai:2:11: IndexError: the list has 1 item, there is no [3]\n  2 | let b = a[3];\n    |           ^");
    fails("let s = \"ab\"; loop { s += s; }", "test.rhai:1:24: ValueError: the text grows too large");
    fails("throw \"enough\";", "test.rhai:1:1: uncaught: enough");
    fails("let x = 1;\nlet y = x + ();", "test.rhai:2:11: TypeError: integer + () cannot be computed");
    fails("fn f(x) { x.value } f(1);", "test.rhai:1:");
}

#[test]
fn endless_recursion_is_an_error() {
    fails("fn f(n) {\n    f(n + 1)\n}\nf(0);", "test.rhai:2: Functions call each other too deep");
    fails("let f = |g, n| 1 + g.call(g, n + 1);\nf.call(f, 0);", "test.rhai:1:");
    fails("fn f(l) { with l { if true { for i in 0..1 { try { f(l) + 1; } catch (e) { throw e; } } } } } f(RLock());", "test.rhai:1:");
}

#[test]
fn long_computing_is_steps_of_its_own() {
    let ran = run("let n = 0;\nwhile n < 20000 {\n    n += 1;\n}\nprint(n);");
    let computed = ran.steps().iter().filter(|step| step.starts_with("compute:2") || step.starts_with("compute:3")).count();
    assert!(computed >= 3, "{:?}", ran.steps());
    assert_eq!(ran.printed(), ["20000"]);
}

#[test]
fn every_step_has_its_line() {
    let ran = run("let e = Event();\nif !e.is_set() {\n    e.set();\n}\nprint(\n    e.is_set()\n);\nfn f(e) {\n    e.clear();\n}\nf(e);");
    assert_eq!(ran.steps(), ["Event:1", "is_set:2", "set:3", "is_set:6", "print:5", "clear:9"]);
}

#[test]
fn objects_are_called_by_their_variables() {
    let made = |source: &str| run(source).made();
    assert_eq!(made("let q = Queue(); let e = Event();"), ["q", "e"]);
    assert_eq!(made("let forks = [Lock(), Lock()];"), ["forks[0]", "forks[1]"]);
    assert_eq!(made("let forks = []; for i in 0..3 { forks.push(Lock()); }"), ["forks[0]", "forks[1]", "forks[2]"]);
    assert_eq!(made("fn f() { let e = Event(); e } let a = f(); let b = f();"), ["e", "e[1]"]);
    assert_eq!(made("let x = 1; x = Event();"), ["x"]);
    assert_eq!(made("const E = Event();"), ["E"]);
    assert_eq!(made("let x = #{}; x.done = Event();"), ["x"]);
    assert_eq!(made("fn f() { #{ lock: Lock(), n: 1 } } let a = f(); let b = f();"), ["lock", "lock[1]"]);
    assert_eq!(made("let d = #{ a: Lock(), b: Lock() };"), ["d[0]", "d[1]"]);
    assert_eq!(made("Event().set();").len(), 1);
}

#[test]
fn functions_see_constants_and_arguments() {
    prints("const N = 3; const M = N * 2; fn f() { print(N, M); } f();", &["3 6"]);
    let closures = "const N = 3;\nfn f() { let g = || N; let h = |N| N; let k = || { let m = || N * 2; m.call() }; [g.call(), h.call(4), k.call()] }\n\
                    fn i(N) { let g = || N; g.call() }\nlet j = || N;\nprint(f(), i(5), j.call(), [1].map(|x| x + N));";
    prints(closures, &["[3, 4, 6] 5 3 [4]"]);
    prints("const A = [1, 2]; fn f() { let a = A; a[0] = 7; let g = || A[0]; [a, A, g.call()] } print(f());", &["[[7, 2], [1, 2], 1]"]);
    fails(
        "const N = 1;\nfn f() { let g = || { N = 2; }; g.call() }\nf();",
        "test.rhai:2:23: TypeError: `N` is a constant and cannot be changed",
    );
    prints("const WHO = `${param(\"who\")}!`; fn f() { g(); } fn g() { print(WHO); } f();", &["Ada!"]);
    let ran = run_function("const N = param(\"count\"); fn f(a, b) { print(N, a, b); }", "f", vec![Value::Int(1), Value::Str("x".into())]);
    assert_eq!((ran.printed(), ran.result), (vec!["3 1 x".to_owned()], Ok(())));
}

#[test]
fn an_integer_of_a_cell_stays_one_however_large() {
    prints("let v = Value(\"Q\", -1); print(v.value); v.value = v.value; v.value += 1; print(v.value);", &["-1", "0"]);
    prints("let a = Array(\"L\", [9223372036854775807]); a[0] += 0; print(a[0], type_of(a[0]));", &["9223372036854775807 i64"]);
}

#[test]
fn a_wait_for_no_ends_takes_its_time() {
    let ran = run("wait([], 0.1);\nwait([], 0);\nwait([Pipe()[0]], 0.1);");
    let told = ran.events.iter().filter_map(|event| match &event.body {
        crate::trace::Body::Acted(acted) if acted.op == crate::kind::pipe::WAIT.id => Some(acted),
        _ => None,
    });
    let told: Vec<_> = told.map(|acted| (acted.outcome, acted.detail.as_ref().map_or("", |detail| detail.text.as_str()))).collect();
    assert_eq!(told, [(3, "[]"), (4, "[]"), (4, "[]"), (1, "end 0 of pipe0"), (2, "[]")]);
    prints("let before = time(); print(wait([], 0.1), wait([], 0), time() - before >= 0.1);", &["[] [] true"]);
}

#[test]
fn values_and_arrays() {
    prints("let v = Value(\"d\", 0.0); v.value = 3.1415927; v.value += 1; print(v.value);", &["4.1415927"]);
    prints("let v = Value(\"i\"); with v.get_lock() { v.value += 2; } print(v.value);", &["2"]);
    prints("let a = Array(\"i\", 0..4); for i in 0..a.len() { a[i] = -a[i]; } print(a.slice(0, a.len()));", &["[0, -1, -2, -3]"]);
    prints("let a = Array(\"d\", 2); let sum = 0.0; for x in a { sum += x; } print(sum, a[-1]);", &["0.0 0.0"]);
    let ran = run("let v = Value(\"i\", 1);\nv.value += 1;");
    assert_eq!(ran.steps(), ["Value:1", "read:2", "write:2"]);
    let ran = run("let a = Array(\"i\", [5, 6]);\nfor x in a {\n  print(x);\n}\nlet y = a[0].abs();");
    assert_eq!(ran.steps(), ["Array:1", "read:2", "print:3", "read:2", "print:3", "read:5"]);
    fails("Array(\"i\", -1);", "test.rhai:1:1: ValueError: Array: length must be 0 or more, not -1");
    fails("Array(\"i\", 99999999);", "test.rhai:1:1: ValueError: an array can have 1048576 cells, not 99999999");
    fails("let a = Array(\"i\", 2, false); a.get_lock();", "test.rhai:1:33: TypeError: get_lock: <Array a> was made without a lock");
}

#[test]
fn semaphores_count_and_guard() {
    prints(
        "let s = Semaphore(2); s.acquire(); with s { print(s.try_acquire(), s.acquire(0.1)); } print(s.try_acquire()); s.release();",
        &["false false", "true"],
    );
    prints(
        "let s = BoundedSemaphore(); s.acquire(); print(s.acquire(0)); s.release(); print(s, type_of(s));",
        &["false", "<BoundedSemaphore s> BoundedSemaphore"],
    );
    fails(
        "let s = BoundedSemaphore(2); s.release();",
        "test.rhai:1:32: ValueError: s was released too many times: all its permits (2) are free",
    );
    let ran = run("let s = Semaphore(1);\nwith s {\n    print(1);\n}");
    assert_eq!(ran.steps(), ["Semaphore:1", "acquire:2", "print:3", "release:3"]);
}

#[test]
fn barriers_let_go_or_break() {
    prints(
        "let b = Barrier(1); print(b.wait(), b.wait(), b.parties, b.n_waiting, b.broken); b.abort(); print(b.broken); b.reset(); print(b.wait(0));",
        &["0 0 1 0 false", "true", "0"],
    );
    for wait in ["b.wait(0)", "b.wait(-1)", "b.wait(0.1)"] {
        prints(&format!("let b = Barrier(2); try {{ {wait}; }} catch (e) {{ print(e.kind, b.broken); }}"), &["BrokenBarrier true"]);
    }
    prints(
        "for n in [0, -1] { let b = Barrier(n); try { b.wait(0.1); } catch (e) { print(e.kind, b.parties); } }",
        &["BrokenBarrier 0", "BrokenBarrier -1"],
    );
    fails("let b = Barrier(2); b.abort(); b.wait();", "test.rhai:1:34: BrokenBarrier: barrier b is broken or was reset");
}

#[test]
fn tasks_are_shown_by_their_label_and_called() {
    prints(
        "fn multiply(a, b) { a * b } let ends = Pipe(); let t = task(\"3 * 3\", multiply, [3, 3]);
         ends[0].send(t); let got = ends[1].recv();
         print(got, got.label, got.run(), got == t, type_of(got)); print([got], `${got} = ${got.run()}`);",
        &["3 * 3 3 * 3 9 true Task", "[3 * 3] 3 * 3 = 9"],
    );
    prints(
        "fn add(a, b) { a + b } let ends = Pipe();
         ends[0].send([add.curry(1), task(\"one more\", |x| x + 1, [4]), task(\"curried\", add.curry(5), [6])]);
         let got = ends[1].recv(); print(got[0].call(2), got[1].run(), got[2].run(), got[1]);",
        &["3 5 11 one more"],
    );
    fails("fn f(a) {} let a = []; task(\"f\", f, a);", "test.rhai:1:24: TypeError: task: f takes (a), but 0 arguments are given");
    fails("fn f() {} task(\"\", f);", "test.rhai:1:11: TypeError: task: label must be a text with something in it");
    fails("fn f(a) {} let ends = Pipe(); ends[0].send(task(\"f\", f, [Lock()]));", "test.rhai:1:39: TypeError: ");
    let ran = run("fn f(e) {\n    e.set();\n}\nlet e = Event();\nlet t = task(\"f\", f, [e]);\nt.run();");
    assert_eq!(ran.steps(), ["Event:4", "set:2"]);
}

#[test]
fn simple_queues_show_at_once_what_was_put() {
    prints(
        "let q = SimpleQueue(); print(q.empty()); q.put([1, \"a\"]); print(q.empty(), q.get(), q);",
        &["true", "false [1, \"a\"] <SimpleQueue q>"],
    );
    for call in ["q.put(1)", "q.get()", "q.empty()"] {
        prints(&format!("let q = SimpleQueue(); q.close(); q.close(); try {{ {call}; }} catch (e) {{ print(e.kind); }}"), &["OSError"]);
    }
    fails("let q = SimpleQueue(); q.put(0..3);", "test.rhai:1:26: TypeError: put: a value of type range cannot travel");
}

#[test]
fn joinable_queues_count_what_is_done() {
    prints(
        "let q = JoinableQueue(); q.join(); try { q.task_done(); } catch (e) { print(e.kind); } print(q, type_of(q));",
        &["ValueError", "<JoinableQueue q> JoinableQueue"],
    );
    fails(
        "let q = JoinableQueue(); q.task_done();",
        "test.rhai:1:28: ValueError: task_done was called too many times: nothing in q is unfinished",
    );
}

#[test]
fn pipes_carry_what_travels() {
    prints(
        "fn twice(x) { x * 2 } let ends = Pipe(); let a = ends[0]; let b = ends[1];
         a.send([1, 2.5, \"x\", (), #{ k: 'c' }, twice, |x| x + 1]); let v = b.recv();
         print(v[0], v[1], v[2], v[3], v[4].k, v[5].call(4), v[6].call(1));",
        &["1 2.5 x () c 8 2"],
    );
    prints("let ends = Pipe(false); print(ends[0].poll()); ends[1].send(1); print(ends[0].poll(), ends[0].recv());", &["false", "true 1"]);
    prints("let ends = Pipe(); print(ends.len(), type_of(ends), type_of(ends[0]));", &["2 array Connection"]);
    prints("let n = 5; let ends = Pipe(); ends[0].send(|x| x + n); print(ends[1].recv().call(1));", &["6"]);
}

#[test]
fn several_ends_are_waited_for() {
    let pipes = "let a = Pipe(false); let b = Pipe(false);";
    prints(
        &format!(
            "{pipes} print(wait([a[0], b[0]], 0.1)); b[1].send(1); print(wait([a[0], b[0]])); a[1].close(); print(wait([a[0], b[0]]).len());"
        ),
        &["[]", "[<end 0 of b>]", "2"],
    );
    fails(&format!("{pipes} wait([]);"), "test.rhai:1:43: ValueError: wait has no ends to wait for and no time");
    fails(&format!("{pipes} wait([a[0], 5]);"), "test.rhai:1:43: TypeError: wait: each of its ends must be a pipe's end, not integer");
    fails(&format!("{pipes} wait([a[1]]);"), "test.rhai:1:43: OSError: this end of a is write-only");
}

#[test]
fn conditions_wait_for_a_function() {
    prints("let c = Condition(); let e = Event(); with c { print(c.wait_for(|| true), c.wait_for(|| e.is_set(), 0.5)); }", &["true false"]);
    fails(
        "let c = Condition(); with c { c.wait_for(|| 5); }",
        "test.rhai:1:33: TypeError: wait_for: the function's result must be true or false, not integer",
    );
    prints("let c = Condition(); with c { print(c.wait(0.1)); }", &["false"]);
    prints("let e = Event(); print(e.wait(0.1)); e.set(); print(e.wait());", &["false", "true"]);
}

#[test]
fn process_handles() {
    prints(
        "fn f() {} let p = Process(f); let q = Process(\"x\", f); let r = Process(f); print(p.name, q.name, r.name, p.is_alive(), p.exitcode);",
        &["Process-1 x Process-3 false ()"],
    );
    prints(
        "let me = current_process(); print(me.name, me.pid > 0 || me.pid == 0, parent_process(), active_children());",
        &["main true () []"],
    );
    fails("fn f() {} Process(f).join();", "test.rhai:1:22: AssertionError: join: process Process-1 is not started yet");
    fails("fn f(a) {} let g = f; Process(g, []);", "test.rhai:1:23: TypeError: Process: f takes (a), but 0 arguments are given");
    prints(
        "let f = || 1;\nlet g = |x| x + 1; let h = |x| x + 2;\nprint(f, g, h);",
        &["<function fn:1> <function fn:2:15> <function fn:2:34>"],
    );
    let ran = run_function("let f = |x| print(x + 1);", "fn:1", vec![Value::Int(1)]);
    assert_eq!((ran.printed(), ran.error()), (vec!["2".to_owned()], String::new()));
    fails(
        "fn f() {} Process(repeat(\"n\", 65), f);",
        "test.rhai:1:11: ValueError: the name of a process has at most 64 bytes, and this one has 65",
    );
    prints("fn f() {} let p = Process(f); p.daemon = true; p.name = \"n\"; print(p.daemon, p);", &["true <Process n>"]);
}

/// Whoever reads the source in either language finds in it what it is about.
#[test]
fn the_source_of_a_built_in_scenario_begins_with_its_title_in_both_languages() {
    for scenario in crate::script::library().expect("they are part of the program") {
        let first = scenario.source.lines().next().unwrap_or_default();
        assert_eq!(first, format!("// {} / {}", scenario.title.en, scenario.title.zh), "{}", scenario.name);
    }
}
