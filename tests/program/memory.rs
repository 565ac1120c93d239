//! What a run's processes may use of memory together: whoever takes more is told, with the line, and the machine is not
//! brought down. The budget here is the smallest, so that little has to be filled.

use crate::common::{Output, finish, program, start};
use tempfile::TempDir;

fn runs(source: &str) -> Output {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("a.rhai"), source).expect("a file");
    finish(start(program(&["run", "a.rhai", "--plain", "--free", "--memory", "64"]).current_dir(folder.path())))
}

/// A loop that fills something ends with an error that is caught, and in an error of that line if it is not.
#[track_caller]
fn check(before: &str, fills: &str) {
    let endless =
        format!("let text = repeat(\"x\", 1 << 20); {before}\ntry {{ for i in 0..100000 {{ {fills} }} }} catch (e) {{ print(e.kind); }}");
    let output = runs(&format!("{endless} exit(7);"));
    assert_eq!((output.stdout.as_str(), output.code), ("MemoryError\n", Some(1)), "{fills}: {output:?}");
    let output = runs(&endless.replace("print(e.kind);", "throw e;"));
    assert_eq!(output.code, Some(1), "{fills}: {output:?}");
    assert!(
        output.stderr.contains("a.rhai:2:") && output.stderr.contains("MemoryError: ") && output.stderr.contains("64 MiB"),
        "{output:?}"
    );
}

#[test]
fn what_holds_many_large_texts_is_filled_only_so_far() {
    check("let held = #{};", "held[`${i}`] = text + i;");
    check("let held = #{};", "held[`${i}`] = [text, [text + i]];");
}

#[test]
fn so_is_a_queue_that_nobody_empties() {
    check("let q = Queue(); q.put(0); q.cancel_join_thread();", "q.put(text);");
}

#[test]
fn so_is_what_a_manager_keeps() {
    check("let m = Manager(); let l = m.list();", "l.append(text);");
    check("let m = Manager(); let d = m.dict();", "d[i] = text;");
    check("let m = Manager(); let q = m.Queue();", "q.put(text);");
}

#[test]
fn so_are_the_answers_of_a_pool_that_nobody_takes() {
    let source = "fn big(i) { repeat(\"x\", 1 << 20) }
        let pool = Pool(2); let all = []; for i in 0..100 { all.push(i); }
        try { pool.map(big, all); } catch (e) { print(e.kind); }";
    assert_eq!(runs(source).stdout, "MemoryError\n");
}

/// Neither alone takes more than all may; and what the dead had is there again.
#[test]
fn all_processes_are_counted_together() {
    let source = "fn holds(ready, may_go) { MUCH ready.send(1); may_go.wait(); held.len(); }
        let may_go = Event(); let ends = Pipe(false); let all = [];
        for i in 0..2 { let p = Process(holds, [ends[1], may_go]); p.start(); ends[0].recv(); all.push(p); }
        fn takes() { MUCH print(held.len()); }
        let p = Process(takes); p.start(); p.join();
        may_go.set(); for p in all { p.join(); }
        let p = Process(takes); p.start(); p.join();";
    let much = "let text = repeat(\"x\", 4 << 20); let held = #{}; for i in 0..3 { held[`${i}`] = text + i; }";
    let output = runs(&source.replace("MUCH", much));
    assert!(output.stdout.contains("MemoryError") || output.stderr.contains("MemoryError"), "{output:?}");
    assert!(output.stdout.ends_with("3\n") && output.stdout.matches("3\n").count() == 1, "{output:?}");
}
