//! What a newcomer asks for first: a scenario to begin with, completions for a shell, and the guide's
//! example. All of them work as they are written.

use std::path::Path;

use crate::common::{Output, finish, program, start};
use tempfile::TempDir;

fn run_in(folder: &Path, args: &[&str]) -> Output {
    finish(start(program(args).current_dir(folder)))
}

#[track_caller]
fn gives(output: &Output, code: i32, stdout: &str) {
    assert_eq!((output.code, output.stdout.as_str()), (Some(code), stdout), "{output:?}");
}

#[test]
fn what_new_writes_runs_at_once() {
    let folder = TempDir::new().expect("a folder");
    for (name, more) in [("first.rhai", &[][..]), ("second", &["--lang", "zh"])] {
        let written = run_in(folder.path(), &[&["new", name], more].concat());
        assert_eq!((written.code, written.stderr.as_str()), (Some(0), ""), "{written:?}");
    }
    for name in ["first.rhai", "second.rhai"] {
        let checked = run_in(folder.path(), &["check", name]);
        gives(&checked, 0, &format!("{name}: no mistakes found\n"));
        let printed = "1 squared is 1\n2 squared is 4\n3 squared is 9\n";
        gives(&run_in(folder.path(), &["run", name, "--plain"]), 0, printed);
        gives(&run_in(folder.path(), &["run", name, "--plain", "--seed", "7", "--set", "count=1"]), 0, "1 squared is 1\n");
    }
    let source = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("it was written");
    assert!(source("second.rhai").starts_with("// 一个工人") && source("first.rhai").starts_with("// A worker"));
}

#[test]
fn new_never_writes_over_what_is_there() {
    let folder = TempDir::new().expect("a folder");
    for (there, asked) in [("a.rhai", "a.rhai"), ("b.toml", "b.rhai"), ("c.rhai", "c")] {
        std::fs::write(folder.path().join(there), "mine").expect("a file");
        let output = run_in(folder.path(), &["new", asked]);
        assert_eq!(output.code, Some(2), "{output:?}");
        assert!(output.stderr.contains(&format!("{there} is there already")), "{output:?}");
        assert_eq!(std::fs::read_to_string(folder.path().join(there)).expect("the file"), "mine");
    }
    // Where one of the two is there, the other is not made.
    let mut left: Vec<_> = std::fs::read_dir(folder.path()).expect("the folder").flatten().map(|entry| entry.file_name()).collect();
    left.sort();
    assert_eq!(left, ["a.rhai", "b.toml", "c.rhai"]);
    for (asked, said) in [("d.toml", "such as my.rhai"), ("no/such/folder.rhai", "cannot write no/such/folder.rhai")] {
        let output = run_in(folder.path(), &["new", asked]);
        assert!(output.code == Some(2) && output.stderr.contains(said), "{output:?}");
    }
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = run_in(Path::new("/"), &["completions", shell]);
        assert_eq!(output.code, Some(0), "{output:?}");
        for word in ["ipcscope", "run", "completions", "time-limit"] {
            assert!(output.stdout.contains(word), "{shell} does not know {word}");
        }
    }
    assert_eq!(run_in(Path::new("/"), &["completions", "cobol"]).code, Some(2));
}

#[test]
fn check_tells_of_what_is_never_read_and_calls_it_no_mistake() {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("a.rhai"), "let q = Queue();\nlet n = 3;\nq.put(1);\n").expect("a file");
    let output = run_in(folder.path(), &["check", "a.rhai"]);
    gives(&output, 0, "a.rhai: no mistakes found\n");
    assert!(output.stderr.starts_with("a.rhai:2:5: `n` is never read\n  2 | let n = 3;"), "{output:?}");
    assert_eq!(run_in(folder.path(), &["run", "a.rhai", "--plain"]).code, Some(0));
}

/// The code blocks of a document in the scenario language.
fn programs(document: &str) -> Vec<&str> {
    document.split("```rhai\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn the_guides_programs_have_no_mistakes_and_the_whole_one_runs() {
    let guide = include_str!("../../GUIDE.md");
    let programs = programs(guide);
    assert!(programs.len() > 1, "the guide shows programs");
    let folder = TempDir::new().expect("a folder");
    for (number, source) in programs.iter().enumerate() {
        let name = format!("{number}.rhai");
        std::fs::write(folder.path().join(&name), source).expect("a file");
        gives(&run_in(folder.path(), &["check", &name]), 0, &format!("{name}: no mistakes found\n"));
        assert_eq!(run_in(folder.path(), &["run", &name, "--plain"]).code, Some(0), "{source}");
    }
    // The first is the whole program, and what it prints stands below it.
    let printed = guide.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).expect("what it prints");
    for seed in ["1", "2", "3"] {
        gives(&run_in(folder.path(), &["run", "0.rhai", "--plain", "--seed", seed]), 0, printed);
    }
    gives(&run_in(folder.path(), &["run", "0.rhai", "--plain"]), 0, printed);
}

#[test]
fn the_readme_names_every_scenario_with_its_parameters_in_the_order_of_the_list() {
    let mut rows = include_str!("../../README.md").lines();
    for scenario in ipcscope::script::library().expect("they are part of the program") {
        let params: Vec<String> = scenario.params.iter().map(|param| format!("`{}`", param.name)).collect();
        let (begins, ends) = (format!("| `{}` |", scenario.name), format!("| {} |", params.join(", ")));
        assert!(rows.any(|row| row.starts_with(&begins) && row.ends_with(&ends)), "{begins} … {ends}");
    }
}
