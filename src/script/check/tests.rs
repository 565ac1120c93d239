//! What the check says of faulty sources, and that it leaves right ones alone.

use super::check;
use crate::kind::Lang;
use crate::script::bench::scenario;

/// A source and its faults: line, column, sentence, hint.
#[track_caller]
fn finds(source: &str, faults: &[&str]) {
    let found: Vec<String> = check(&scenario(source))
        .iter()
        .map(|fault| {
            let hint = fault.hint.as_ref().map(|hint| format!(" -> {}", hint.en)).unwrap_or_default();
            format!("{}:{} {}{hint}", fault.place.line, fault.place.column, fault.sentence.en)
        })
        .collect();
    assert_eq!(found, faults, "{source}");
}

#[test]
fn names_that_there_are_not() {
    finds("let q = Quue();", &["1:9 There is no function `Quue` -> Queue"]);
    finds("print(x);", &["1:7 There is no variable `x` here"]);
    finds("let queue = Queue(); queu.put(1);", &["1:22 There is no variable `queu` here -> queue"]);
    finds("x = 1;\nprint(x);", &["1:1 `x` is not declared yet -> let x = …;"]);
    finds("let q = Queue(); q.push(1);", &["1:20 Queue has no method `push` -> .put()"]);
    finds("let s = Semaphore(2); s.aquire();", &["1:25 Semaphore has no method `aquire` -> .acquire()"]);
    finds("let q = Queue(); q.task_done();", &["1:20 Queue has no method `task_done` -> JoinableQueue.task_done()"]);
    finds("let q = SimpleQueue(); q.put(1, 2);", &["1:26 put cannot take 2 arguments -> put(value)"]);
    finds("let q = JoinableQueue(); q.join(1);", &["1:28 join cannot take 1 argument -> join()"]);
    finds(
        "let b = Barrier(2); b.n_waiting(); print(b.wait);",
        &["1:23 Barrier has no method `n_waiting` -> .n_waiting", "1:44 Barrier has no `.wait` -> .wait()"],
    );
    finds("let b = Barrier();", &["1:9 Barrier cannot take 0 arguments -> Barrier(parties)"]);
    finds("let s = Semaphor(2);", &["1:9 There is no function `Semaphor` -> Semaphore"]);
    finds("fn f(q) { q.putt(1); } let m = BaseManager();", &[]);
    finds("fn f(q) { q.putt(1); }", &["1:13 There is no method `putt` -> .put()"]);
    finds("let e = Event(); e.isSet();", &["1:20 Event has no method `isSet` -> event.is_set()"]);
    finds(
        "let p = Process(f); fn f() {} print(p.pidd, p.is_alive);",
        &["1:39 Process has no `.pidd` -> .pid", "1:47 Process has no `.is_alive` -> .is_alive()"],
    );
    finds("print(str(1));", &["1:7 There is no function `str` -> x.to_string()"]);
    finds("print(a::b);", &["1:10 There are no modules here"]);
    finds("let f = |x| x; f(1);", &["1:16 A function in a variable is called with `call`: f -> f.call(…)"]);
}

#[test]
fn an_object_where_what_it_holds_is_meant() {
    let v = "`v` is of class Value, and is";
    let value = format!("TypeError: {v} no number, text or list itself");
    let truth = format!("TypeError: {v} neither true nor false");
    for (source, said) in [
        ("print(v == 0);", format!("1:31 {value} -> v.value == 0")),
        ("print(0 == v);", format!("1:36 {value} -> v.value")),
        ("print(v != \"a\");", format!("1:31 {value} -> v.value")),
        ("let n = 1; print(v > n);", format!("1:42 {value} -> v.value")),
        ("print(v + 1);", format!("1:31 {value} -> v.value + 1")),
        ("print(-v);", format!("1:32 {value} -> v.value")),
        ("for i in 0..v { print(i); }", format!("1:37 {value} -> v.value")),
        ("switch v { 0 => print(0), _ => print(1) }", format!("1:32 {value} -> v.value")),
        ("if v { print(1); }", format!("1:28 {truth} -> v.value != 0")),
        ("while true && v { print(1); }", format!("1:39 {truth} -> v.value != 0")),
        ("print(!v);", format!("1:32 {truth} -> v.value != 0")),
        ("for x in v { print(x); }", "1:34 TypeError: `v` is of class Value, and cannot be gone through with `for`".to_owned()),
    ] {
        finds(&format!("let v = Value(\"i\", 0);  {source}"), &[&said]);
    }
    finds(
        "let e = Event(); if e == true { e.set(); }\nlet a = Array(\"i\", 2); print(a == [0, 0]);",
        &[
            "1:21 TypeError: `e` is of class Event, and is no number, text or list itself -> e.is_set()",
            "2:30 TypeError: `a` is of class Array, and is no number, text or list itself -> a.slice(0, n)",
        ],
    );
    // Right ones: which object it is, `()`, texts with an object in them, what may be anything, what goes through.
    for source in [
        "let v = Value(\"i\"); let w = v; print(v == w, v == (), v != Queue());",
        "let v = Value(\"i\"); print(\"v: \" + v, v + \"!\", [v] == [], v in [v]);",
        "let v = Value(\"i\"); let n = 1; print(v == n, v + n);",
        "let a = Array(\"i\", 2); for x in a { print(x); }",
        "let t = task(\"t\", || 1); print(t == \"stop\");",
    ] {
        finds(source, &[]);
    }
}

#[test]
fn what_does_not_parse_is_said_in_our_words() {
    for (source, said) in [
        ("let x = [1, 2;", "1:14 `,` is missing here"),
        ("if true { print(1);", "1:20 `}` is missing here"),
        ("if (x == 1) print(1);", "1:13 A block stands in braces: `{` is missing here -> if a { … }"),
        ("try { }", "1:8 A `try` is followed by a `catch` -> try { … } catch (e) { … }"),
        ("}", "1:1 `}` means nothing here"),
        ("let for = 3;", "1:5 A variable's name is missing here"),
        ("if 1 { }", "1:4 A condition is true or false, not a number -> if a > 0 { … }"),
        ("do { } while \"a\";", "1:14 A condition is true or false, not a text -> if a > 0 { … }"),
        ("for i in 5 { }", "1:10 `for` goes through a list or a range, not a number -> for i in 0..n { … }"),
        ("for i in true { }", "1:10 `for` goes through a list or a range, not true or false -> for i in 0..n { … }"),
        ("for (x, x) in [1] { }", "1:9 There are two variables `x` here"),
        ("switch 1 { _ => 1, 2 => 3 }", "1:12 `_` is the last case of a `switch` -> switch x { 1 => …, _ => … }"),
        ("switch 1 { 0..3 => 1, 2 => 3 }", "1:23 In a `switch` single numbers stand before ranges -> switch x { 1 => …, 2..5 => … }"),
        ("\"abc\"[\"x\"];", "1:7 An index is an integer, and of a map a text"),
        ("5 = 3;", "1:1 Nothing can be assigned to this"),
        ("(a + b) = 3;", "1:4 Nothing can be assigned to this"),
        ("let x = 0xZZ;", "1:9 This is no number"),
        ("let x = 3 @ 4;", "1:11 `@` means nothing here"),
        ("x.call!(3);", "1:3 `!` means nothing here"),
        ("let x = Fn(\"f\").eval();", "1:17 The name of a property or method is missing here"),
        ("x.;", "1:3 The name of a property or method is missing here"),
        ("fn 3() {}", "1:4 The function's name is missing"),
        ("fn f() { fn g() {} }", "1:10 A function is defined at the top level, not inside of something"),
        ("continue;", "1:1 break and continue stand inside a loop"),
        ("exit;", "1:1 There is no variable `exit` here -> exit(code?)"),
        ("throw ValueError(\"x\");", "1:7 There is no function `ValueError` -> throw \"why\";"),
    ] {
        finds(source, &[said]);
    }
    let deep = format!("let x = {}1{};", "(".repeat(99), ")".repeat(99));
    finds(&deep, &["1:40 This lies too deep inside of other things: take it apart"]);
}

#[test]
fn functions_that_hide_a_method() {
    let hidden = |name: &str, place: &str| {
        format!(
            "{place} Your function `{name}` hides the method `.{name}()`: this calls the function -> give the function another name: my_{name}"
        )
    };
    finds("fn put(q) { q.put(1); }", &[&hidden("put", "1:15")]);
    // Another number of arguments: no harm.
    finds("fn set(e) { sleep(1); }\nlet e = Event(); e.set(); set(e);", &[]);
    finds("fn wait(e) { e.wait(); }\nlet e = Event(); wait(e);", &[]);
}

#[test]
fn calls_with_a_wrong_number_of_arguments() {
    finds("let q = Queue(); q.put();", &["1:20 put cannot take 0 arguments -> put(value, seconds?)"]);
    finds("fn f(x) { x.put_nowait(1, 2, 3); }", &["1:13 put_nowait cannot take 3 arguments -> put_nowait(value)"]);
    finds("BoundedSemaphore(1, 2);", &["1:1 BoundedSemaphore cannot take 2 arguments -> BoundedSemaphore(permits?)"]);
    finds("Lock(1);", &["1:1 Lock cannot take 1 argument -> Lock()"]);
    finds("sleep();", &["1:1 sleep cannot take 0 arguments -> sleep(seconds)"]);
    finds("fn f(a, b) {} f(1);", &["1:15 f takes 2 arguments, but 1 is given"]);
    finds("fn f(a) {} let p = Process(f);", &["1:28 f takes 1 argument, but 0 are given"]);
    finds("fn f(a) {} let p = Process(\"n\", f, [1, 2]);", &["1:36 f takes 1 argument, but 2 are given"]);
    finds("fn f(a) {} let t = task(\"f\", f);", &["1:30 f takes 1 argument, but 0 are given"]);
    finds(
        "fn f(a) {} let t = task(\"f\", f, [1]); t.run(); t.call(); print(t.label, t.labl);",
        &["1:50 Task has no method `call` -> .run()", "1:75 Task has no `.labl` -> .label"],
    );
    finds("fn f(a) {} let args = [1]; let p = Process(f, args);", &[]);
    finds(
        "fn f(q) { q.put(1); } let q = Queue(); let p = Process(f, q);",
        &["1:59 The arguments of a process are a list -> Process(f, [q])"],
    );
    finds("fn make(n) { |x| x + n } let p = Process(make(1), [2]);", &[]);
}

#[test]
fn what_could_only_fail_at_run_time() {
    let number = |place: &str, name: &str, right: &str| format!("{place} TypeError: {name}: seconds must be a number, not bool -> {right}");
    finds("let q = Queue(); q.get(false);", &[&number("1:24", "get", "get_nowait()")]);
    finds("let q = Queue(); q.put(1, false);", &[&number("1:27", "put", "put_nowait(value)")]);
    finds("let l = Lock(); l.acquire(false);", &[&number("1:27", "acquire", "try_acquire()")]);
    finds("let m = Manager(); let q = m.Queue(); q.get(false);", &[&number("1:45", "get", "get_nowait()")]);
    finds("sleep(\"1\");", &["1:7 TypeError: sleep: seconds must be a number, not string -> sleep(seconds)"]);
    finds("let q = Queue(\"a\");", &["1:15 TypeError: Queue: max must be an integer, not string -> Queue(max?)"]);
    finds(
        "let p = Pool(2); p.map(1, 2);",
        &[
            "1:24 TypeError: map: function must be a function, not integer -> map(function, list)",
            "1:27 TypeError: map: list must be a list, not integer -> map(function, list)",
        ],
    );
    finds("let a = Array(\"i\", 9); a[4..8];", &["1:24 TypeError: an index of class Array is one place, not a range -> a.slice(4, 8)"]);
    finds("print(10 < \"9\");", &["1:7 TypeError: integer and string have no order, so `<` does not compare them"]);
    finds(
        "print(\"x\" * 5);",
        &["1:7 TypeError: string * integer cannot be computed; a text is repeated with `repeat` -> repeat(\"x\", 5)"],
    );
    finds("let n = 99999999999999999999;", &["1:9 99999999999999999999 is too large for an integer: at most 9223372036854775807"]);
    finds(
        "let m = Manager(); let d = m.dict(); for k in d { }",
        &["1:47 TypeError: `d` is of class dict, and cannot be gone through with `for`"],
    );
    finds(
        "let m = Manager(); let d = m.dict(); for (k, v) in d.items() { }",
        &["1:46 The second name of a `for` counts; `k` is the pair itself -> for pair in d.items() { let k = pair[0]; let v = pair[1]; }"],
    );
    let found = check(&scenario("let m = Manager(); m.Array(\"i\", 2); m.Pool();"));
    assert_eq!(found.len(), 2, "{found:?}");
    for source in [
        "let m = Manager(); let l = m.list([1]); l += [2]; l[0] += 1; let n = m.Namespace(); n.x = 1; n.x += 1; print(n.x, l + [1]);",
        "let q = Queue(); q.get(1); q.get(0.5); q.put(false, 1); q.get(()); let x = 1e30; let y = 9223372036854775807; print(1 < 2.0);",
        "let m = Manager(); let v = m.Value(\"i\", 0); v.value += 1; let d = m.dict(); d[\"a\"] = 1; d.k = 2; for p in d.items() { print(p); }",
    ] {
        finds(source, &[]);
    }
}

#[test]
fn functions_do_not_see_the_top_level() {
    finds(
        "let q = Queue();\nfn f() { q.put(1); }",
        &[
            "2:10 A function sees its arguments and constants only, not `q` of the top level -> pass it as an argument: fn work(q) { … } and Process(work, [q])",
        ],
    );
    finds(
        "const N = 3; const Q = Queue(); fn f() { print(N); print(Q); }",
        &[
            "1:58 A function sees its arguments and constants only, not `Q` of the top level -> pass it as an argument: fn work(Q) { … } and Process(work, [Q])",
        ],
    );
    finds("let n = 3; let f = || n + 1; print(f.call()); with Lock() { let g = |x| x + n; print(g.call(1)); }", &[]);
}

#[test]
fn counting_with_what_holds_a_number() {
    finds("let v = Value(\"i\", 0); v += 1;", &["1:24 TypeError: Value is not a number itself -> v.value += 1;"]);
    finds("let a = Array(\"i\", 3); a *= 2;", &["1:24 TypeError: Array is not a number itself -> a[0] += 1;"]);
    finds("let q = Queue(); q.put[1];", &["1:20 `.put` is called with round brackets -> .put(value, seconds?)"]);
    finds("let v = Value(\"i\", 0); v.value += 1; let a = Array(\"i\", 3); a[1] += 1; v = 3; v += 1; let n = 1; n += 1;", &[]);
}

#[test]
fn parameters() {
    finds(
        "print(param(\"count\"), param(\"cuont\"), param(\"zzz\"));",
        &["1:29 The scenario has no parameter `cuont` -> param(\"count\")", "1:45 The scenario has no parameter `zzz` -> count, who"],
    );
}

#[test]
fn what_does_not_parse() {
    finds("let a = 1\nlet b = 2;", &["1:10 A statement ends with a semicolon -> let a = 1;"]);
    finds("print(1)\n// a comment\nprint(2);", &["1:9 A statement ends with a semicolon -> print(1);"]);
    finds("print((1 + 2;", &["1:13 `)` is missing here"]);
    finds("fn f() {\n    print(1);\n", &["2:14 `}` is missing here"]);
    finds("print(\"abc);", &["1:7 This text is not closed"]);
    finds("let new = 1;", &["1:5 `new` is a word of the language and makes no name -> new_1"]);
    finds("const N = 1; N = 2;", &["1:14 `N` is a constant and cannot be changed -> let N = …;"]);
    finds("break;", &["1:1 break and continue stand inside a loop"]);
    finds("eval(\"1\");", &["1:1 A scenario cannot make code while it runs"]);
    finds("debug(1);", &["1:1 `debug` is written `print` -> print(x);"]);
    finds("import \"x\" as y;", &["1:1 There is nothing to import: everything is at hand -> let q = Queue();"]);
    finds(&format!("let x = {}1{};", "(".repeat(200), ")".repeat(200)), &["1:40 This lies too deep inside of other things: take it apart"]);
}

#[test]
fn slips_stand_for_what_follows_from_them() {
    finds(
        "while True {\n    print('hello');\n}",
        &["1:7 `True` is written `true` -> true", "2:11 A text stands in double quotes; single quotes hold one character -> \"hello\""],
    );
    finds("let q = Queue();\nif q.empty() and q.full() {\n}\nfoo();", &["2:14 `and` is written `&&` -> a && b"]);
    finds("let x = None;\nprint(y);\nprint(zz);", &["1:9 `None` is written `()` -> ()", "3:7 There is no variable `zz` here"]);
    finds("def f(q):\n    q.put(1)\n", &["1:1 A block stands in braces -> fn name(a, b) { … }"]);
}

#[test]
fn right_programs_are_left_alone() {
    for source in [
        "let m = #{ f: |x| x + 1, n: 1 }; print(m.f(1), m.n, m.zzz); m.k = 2; print(m.keys());",
        "fn f(x) { x.value += 1; x } let v = [1, 2, 3].map(|x| x * 2).filter(|x| x > 2); v.push(4); print(v.len(), len(v));",
        "let t = \"abc\"; print(t.len(), t.to_upper(), t[0], t.sub_string(1), `${t.len()}`);",
        "switch 3 { 1 => print(1), 2 | 3 if true => { let x = 2; print(x); }, _ => print(0) }",
        "for (x, i) in [1, 2] { print(x, i); } let i = 0; loop { i += 1; if i > 3 { break; } } do { i -= 1; } while i > 0;",
        "try { throw #{ kind: \"Mine\" }; } catch (e) { print(e.kind, type_of(e)); }",
        "fn later() { g(1) } fn g(n) { n.h() } fn h() { this + 1 } print(later());",
        "let a = [Queue(), Lock()]; a[0].put(1); with a[1] { print(a[0].get(1.5)); } let l = a.map(|q| type_of(q));",
        "const A = [1, 2]; const B = #{ x: A }; fn f() { print(A[0], B.x[1], PI()); } f(); let p = Process(f);",
        "let f = Fn(\"g\"); fn g(a, b) { a + b } print(f.call(1, 2), f.curry(1).call(2)); let p = Process(g.curry(1), [2]);",
    ] {
        finds(source, &[]);
    }
    for scenario in crate::script::library().expect("they are part of the program") {
        assert_eq!(check(&scenario), [], "{}", scenario.name);
    }
}

#[test]
fn a_fault_reads_well_in_both_languages() {
    let source = "let q = Queue();\nfn work() {\n    q.putt(1);\n}\nwork(1);\nlet r = Quue();\n";
    let found = check(&scenario(source));
    let text = |lang| found.iter().map(|fault| fault.render(lang)).collect::<Vec<_>>().join("\n\n");
    insta::assert_snapshot!(format!("{}\n\n{}", text(Lang::En), text(Lang::Zh)));
}
