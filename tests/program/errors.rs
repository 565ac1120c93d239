//! What goes wrong is said with its place, and the exit status says what kind of wrong it was: 1 for
//! main's own error, 2 for usage and for what cannot be loaded, 124 for the time limit.

use std::path::Path;

use crate::common::{Output, SCENARIOS, finish, program, start};
use ipcscope::script::library;
use tempfile::TempDir;

/// A folder with one scenario in it.
fn folder(file: &str, source: &str) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join(file), source).expect("a file");
    folder
}

fn run_in(folder: &Path, args: &[&str]) -> Output {
    finish(start(program(args).current_dir(folder)))
}

/// Fails with this status, saying all of this on stderr and nothing of it on stdout.
fn check(output: &Output, code: i32, said: &[&str]) {
    assert_eq!(output.code, Some(code), "{output:?}");
    for part in said {
        assert!(output.stderr.contains(part), "{part:?} is not said: {}", output.stderr);
        assert!(!output.stdout.contains(part), "{part:?} is on stdout: {}", output.stdout);
    }
    for word in ["panicked", "RUST_BACKTRACE", "src/"] {
        assert!(!output.stderr.contains(word), "{}", output.stderr);
    }
}

/// A script that cannot run: the same is said by `run`, gated and free, and by `check`.
fn cannot_load(source: &str, said: &[&str]) {
    let folder = folder("a.rhai", source);
    for args in [&["run", "a.rhai", "--plain"][..], &["run", "a.rhai", "--json", "--seed", "1"], &["check", "a.rhai"]] {
        let output = run_in(folder.path(), args);
        check(&output, 2, said);
        assert_eq!(output.stdout, "", "nothing is run: {args:?}");
    }
}

/// A script whose main ends with an error: gated and free.
fn ends_with_error(source: &str, stdout: &str, said: &[&str]) {
    let folder = folder("a.rhai", source);
    for args in [&["run", "a.rhai", "--plain"][..], &["run", "a.rhai", "--plain", "--seed", "1"]] {
        let output = run_in(folder.path(), args);
        check(&output, 1, said);
        assert_eq!(output.stdout, stdout, "{args:?}");
    }
}

#[test]
fn mistakes_that_are_seen_before_a_run() {
    let mark = "  2 | q.put(1;\n    |        ^";
    cannot_load("let q = Queue();\nq.put(1;\n", &["a.rhai:2:8: ", mark]);
    cannot_load("let q = Queue();\nquu.put(1);\n", &["a.rhai:2:1: ", "`quu`", "  2 | quu.put(1);", "try: q"]);
    cannot_load("fn f() {\n    frobnicate(1);\n}\nf();\n", &["a.rhai:2:5: ", "`frobnicate`"]);
    cannot_load("print(param(\"speed\"));\n", &["a.rhai:1:13: ", "no parameter `speed`"]);
    cannot_load("let x = 1\nprint(x);\n", &["a.rhai:"]);
}

#[test]
fn errors_of_a_run_have_their_place() {
    ends_with_error("print(1);\nlet q = Queue();\nlet l = Lock();\nq.put(l);\n", "1\n", &["a.rhai:4:3: TypeError", "q.put(l);"]);
    ends_with_error("print(1);\nPipe()[0].send(Process(|| 1));\n", "1\n", &["a.rhai:2:", "TypeError"]);
    ends_with_error("fn f(n) {\n    f(n + 1)\n}\nf(0);\n", "", &["a.rhai:2", "f(n + 1)", "recursion"]);
    ends_with_error("let l = Lock();\nl.release();\n", "", &["a.rhai:2:3: ValueError", "l.release();"]);
    ends_with_error("let q = Queue();\nprint(2);\nq.get(0);\n", "2\n", &["a.rhai:3:3: Empty"]);
}

#[test]
fn what_a_task_or_a_method_threw_is_told_at_its_place_there() {
    let task = "fn inner(n) {\n    throw #{ code: n };\n}\nfn f(n) { inner(n); }\nlet pool = Pool(1);\n";
    let thrown = "a.rhai:2:5: uncaught: #{\"code\": 7}\n  2 |     throw #{ code: 7 };\n    |     ^\n".replace("code: 7", "code: n");
    for (call, way) in [
        ("pool.apply(f, [7]);", "in a task applied at a.rhai:6:6\n  6 | pool.apply(f, [7]);"),
        ("pool.starmap(f, [[7]]);", "in a task applied at a.rhai:6:6\n"),
        ("pool.apply_async(f, [7]).get();", "in a task whose result is asked for at a.rhai:6:26\n"),
        ("for x in pool.imap(f, [7]) { print(x); }", "in a task whose result is asked for at a.rhai:6"),
    ] {
        ends_with_error(&format!("{task}{call}\n"), "", &[&thrown, way]);
    }
    let method = "fn Judge() { #{ no: |n| throw `no ${n}` } }\nlet m = BaseManager(); m.register(\"Judge\", Judge); m.start();\n\
                  let judge = m.create(\"Judge\");\n";
    let thrown = "a.rhai:1:25: uncaught: no 7\n";
    ends_with_error(&format!("{method}judge.no(7);\n"), "", &[thrown, "in a method called at a.rhai:4:7\n  4 | judge.no(7);"]);
    // Through two processes: a task whose method throws.
    let both = "fn f(judge) {\n    judge.no(7)\n}\nPool(1).apply(f, [judge]);\n";
    let through = "in a method called at a.rhai:5:11\n  5 |     judge.no(7)\nin a task applied at a.rhai:7:9\n";
    ends_with_error(&format!("{method}{both}"), "", &[thrown, through]);
    // Caught and thrown again, or another that looks alike: its place is its own.
    ends_with_error(&format!("{task}try {{ pool.apply(f, [7]); }} catch (e) {{\n    throw e;\n}}\n"), "", &["a.rhai:7:5: uncaught"]);
    let folder = folder("a.rhai", &format!("{task}pool.apply(f, [7]);\n"));
    let output = run_in(folder.path(), &["run", "a.rhai", "--json", "--seed", "1"]);
    let last_words = output.stdout.lines().find(|line| line.contains("\"error\":true")).expect("last words");
    assert!(last_words.contains("\"line\":2,"), "{last_words}");
}

#[test]
fn an_error_ends_its_own_process_alone() {
    let source = "fn f() {\n    throw \"no\";\n}\nlet p = Process(\"child\", f);\np.start();\np.join();\nprint(p.exitcode);\n";
    let folder = folder("a.rhai", source);
    for args in [&["run", "a.rhai", "--plain"][..], &["run", "a.rhai", "--plain", "--seed", "1"]] {
        let output = run_in(folder.path(), args);
        check(&output, 0, &["a.rhai:2:5: ", "throw \"no\";"]);
        assert_eq!(output.stdout, "1\n");
    }
}

#[test]
fn an_endless_loop_ends_at_the_time_limit_with_everyones_line() {
    let source = "fn spin() {\n    let i = 0;\n    loop {\n        i += 1;\n    }\n}\n\
                  let p = Process(\"spinner\", spin);\np.start();\np.join();\n";
    let folder = folder("a.rhai", source);
    // Time enough to be in the loop when it is up, however slow the machine.
    for more in [&["--seed", "1"][..], &[]] {
        let output = run_in(folder.path(), &[&["run", "a.rhai", "--plain", "--time-limit", "3"][..], more].concat());
        check(&output, 124, &["time limit", "main: a.rhai:9", "spinner: a.rhai:"]);
        let spinner = output.stderr.lines().find_map(|line| line.trim().strip_prefix("spinner: a.rhai:"));
        assert!(matches!(spinner, Some("3" | "4")), "{output:?}");
    }
    // Polling is not stuck either.
    std::fs::write(folder.path().join("a.rhai"), "let q = Queue();\nwhile q.empty() {}\n").expect("a file");
    let output = run_in(folder.path(), &["run", "a.rhai", "--plain", "--seed", "1", "--time-limit", "3"]);
    check(&output, 124, &["main: a.rhai:2"]);
}

#[test]
fn usage() {
    let folder = TempDir::new().expect("a folder");
    for (args, said) in [
        (&["run", "quue"][..], &["no scenario `quue`", "did you mean `queue`?"][..]),
        (&["run", "nowhere.rhai"], &["no scenario `nowhere.rhai`", "no such file"]),
        (&["check", "nowhere.rhai"], &["nowhere.rhai"]),
        (&["check", "/dev/zero"], &["/dev/zero is larger than 1024 KiB"]),
        (&["replay", "nowhere.rec"], &["cannot open the recording nowhere.rec"]),
        (&["run", "pipe", "--set", "omti=reply"], &["no parameter `omti`", "`omit`"]),
        (&["run", "pipe", "--set", "omit=all"], &["omit must be one of", "first-send", "`all`"]),
        (&["run", "pipe", "--set", "omit"], &["`omit` sets nothing"]),
        (&["run", "event", "--set", "timeout=soon"], &["timeout", "soon"]),
        (&["run", "event", "--set", "timeout=61"], &["timeout", "61"]),
        (&["run", "pipe", "--paused"], &["--paused needs the screen"]),
        (&["run", "pipe", "--pace", "0"], &["a pace lies between"]),
        (&["run", "pipe", "--pace", "5", "--free"], &["--free"]),
        (&["run", "pipe", "--plain", "--json"], &["--json"]),
        (&["run", "pipe", "--record", "nowhere/a.rec"], &["cannot create the recording nowhere/a.rec"]),
        (&["run"], &["<SCENARIO>"]),
        (&["walk"], &["'walk'"]),
    ] {
        let output = run_in(folder.path(), args);
        check(&output, 2, said);
        assert_eq!(output.stdout, "", "{args:?}");
    }
}

#[test]
fn texts_of_a_scenario_that_do_not_fit() {
    let folder = folder("a.rhai", "print(1);\n");
    for (texts, said) in [("titel.en = \"x\"\n", "titel"), ("pace = 0\n", "pace"), ("[params.n]\ndefault = 3\nrange = [0, 2]\n", "default")]
    {
        std::fs::write(folder.path().join("a.toml"), texts).expect("a file");
        let output = run_in(folder.path(), &["run", "a.rhai", "--plain"]);
        check(&output, 2, &["a.toml", said]);
    }
}

#[test]
fn without_a_terminal_it_says_what_to_do_instead() {
    let folder = TempDir::new().expect("a folder");
    let output = run_in(folder.path(), &[]);
    check(&output, 2, &["needs a terminal", "ipcscope list", "ipcscope run NAME --plain"]);
    let output = run_in(folder.path(), &["--lang", "zh"]);
    check(&output, 2, &["需要终端", "ipcscope list"]);
    let mut chinese = program(&[] as &[&str]);
    let output = finish(start(chinese.env("LANG", "zh_CN.UTF-8")));
    check(&output, 2, &["需要终端"]);
}

#[test]
fn what_a_scenario_names_moves_no_cursor_and_what_it_prints_goes_out_as_it_is() {
    let source = "fn w(q) { q.put(\"\\x1b[2J\"); throw \"\\x1b[31m\\x07\"; }\nlet q = Queue();\n\
                  let p = Process(\"w\\x1b[2J\", w, [q]);\np.start();\nprint(q.get());\np.join();\nprint(\"a\\rb\");\nq.get();\n";
    let folder = folder("a.rhai", source);
    let plain = run_in(folder.path(), &["run", "a.rhai", "--plain", "--seed", "1"]);
    assert_eq!((plain.code, plain.stdout.as_str()), (Some(3), "\x1b[2J\na\rb\n"));
    assert!(plain.stderr.contains("·[31m·"), "{}", plain.stderr);
    let linear = run_in(folder.path(), &["run", "a.rhai", "--linear", "--seed", "1"]);
    for part in ["put “·[2J” into", "started w·[2J:", "main printed: a·b"] {
        assert!(linear.stdout.contains(part), "{part:?} is not said: {}", linear.stdout);
    }
    let json = run_in(folder.path(), &["run", "a.rhai", "--json", "--seed", "1"]);
    let limited = "let p = Process(\"l\\x1b[2J\", || { loop {} }); p.start(); p.join();";
    std::fs::write(folder.path().join("b.rhai"), limited).expect("a file");
    let limited = run_in(folder.path(), &["run", "b.rhai", "--plain", "--seed", "1", "--time-limit", "3"]);
    check(&limited, 124, &["  l·[2J: b.rhai:1"]);
    std::fs::write(folder.path().join("c\x1b[2J.rhai"), "print(\"\x1b[2J\";").expect("a file");
    let mistake = run_in(folder.path(), &["check", "c\x1b[2J.rhai"]);
    check(&mistake, 2, &["c·[2J.rhai:1:", "1 | print(\"·[2J\";"]);
    for text in [plain.stderr, linear.stdout, linear.stderr, json.stdout, json.stderr, limited.stderr, mistake.stderr] {
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
    }
}

#[test]
fn an_answer_that_cannot_be_written_is_no_success() {
    let folder = folder("a.rhai", "print(1);\nprint(2);\n");
    let recorded = run_in(folder.path(), &["run", "a.rhai", "--plain", "--seed", "1", "--record", "a.rec"]);
    assert_eq!(recorded.code, Some(0), "{recorded:?}");
    for args in [
        &["list"][..],
        &["completions", "bash"],
        &["check", "a.rhai"],
        &["new", "b.rhai"],
        &["run", "a.rhai", "--plain"],
        &["run", "a.rhai", "--linear", "--seed", "1"],
        &["run", "a.rhai", "--json"],
        &["replay", "a.rec", "--plain"],
        &["replay", "a.rec", "--json"],
        &["--help"],
        &["run", "--help"],
        &["--version"],
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("there is one on every Linux");
        let output = finish(start(program(args).current_dir(folder.path()).stdout(full)));
        check(&output, 1, &["cannot write to stdout: No space left on device"]);
        let _ = std::fs::remove_file(folder.path().join("b.rhai"));
        let _ = std::fs::remove_file(folder.path().join("b.toml"));
        // Whoever reads may stop reading: that is no error.
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = finish(start(program(args).current_dir(folder.path()).stdout(writer)));
        assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""), "{args:?}");
        let _ = std::fs::remove_file(folder.path().join("b.rhai"));
        let _ = std::fs::remove_file(folder.path().join("b.toml"));
    }
}

#[test]
fn what_is_good_is_said_to_be_good() {
    let folder = TempDir::new().expect("a folder");
    let output = run_in(folder.path(), &["list"]);
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""));
    let names: Vec<&str> = output.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let course: Vec<String> = library().expect("they are part of the program").into_iter().map(|scenario| scenario.name).collect();
    assert_eq!((names.len(), names.as_slice()), (24, course.iter().map(String::as_str).collect::<Vec<_>>().as_slice()));
    for name in names {
        let file = format!("{}/scenarios/{name}.rhai", env!("CARGO_MANIFEST_DIR"));
        let output = run_in(folder.path(), &["check", &file]);
        assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""), "{name}");
        assert!(output.stdout.contains("no mistakes found"), "{}", output.stdout);
    }
    // As a file a scenario runs like the built-in one of that name.
    for name in SCENARIOS {
        let file = format!("{}/scenarios/{name}.rhai", env!("CARGO_MANIFEST_DIR"));
        let args = ["--plain", "--seed", "2"];
        assert_eq!(
            run_in(folder.path(), &[&["run", &file][..], &args].concat()),
            run_in(folder.path(), &[&["run", name][..], &args].concat())
        );
    }
    // Not a terminal: plain is what there is.
    assert_eq!(run_in(folder.path(), &["run", "pipe", "--seed", "2"]), run_in(folder.path(), &["run", "pipe", "--seed", "2", "--plain"]));
}

#[test]
fn a_pool_that_cannot_be_whole_leaves_no_workers() {
    // All actors but three: two become workers, and there is none left for both handler and feeder.
    let source = "fn nothing() { }
        let left = 1019;
        while left > 0 {
            let all = [];
            for i in 0..20 { if left > 0 { left -= 1; let p = Process(nothing); p.start(); all.push(p); } }
            for p in all { p.join(); }
        }
        try { Pool(2); } catch (e) { print(e.kind, e.message); }
        for p in active_children() { p.join(); print(p.exitcode); }";
    let output = run_in(folder("many.rhai", source).path(), &["run", "many.rhai", "--plain"]);
    let told = "OSError a run can have 1024 processes and threads in all, and this would be one more";
    assert_eq!((output.code, output.stdout.lines().next()), (Some(0), Some(told)), "{output:?}");
    assert!(output.stdout.lines().skip(1).all(|code| code == "-15"), "{output:?}");
}

#[test]
fn whatever_the_limit_of_open_files_what_fails_is_said() {
    for limit in 6..=60 {
        let script = format!("ulimit -n {limit}; exec \"$0\" run queue --plain --seed 1");
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_ipcscope")]).env("LANG", "C").stdin(std::process::Stdio::null());
        shell.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let output = finish(start(&mut shell));
        match output.code {
            Some(0) => assert_eq!((output.stdout.lines().count(), output.stderr.as_str()), (7, ""), "{limit}: {output:?}"),
            Some(1 | 2) => {
                assert!(
                    output.stderr.contains("could not ") && output.stderr.contains("too many open files (raise the limit: ulimit -n"),
                    "{limit}: {output:?}"
                );
            }
            _ => panic!("{limit}: {output:?}"),
        }
    }
}
