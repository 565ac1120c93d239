//! What a run writes while it goes: no file is lost to a recording, a killed host leaves what happened, and output
//! that nobody reads neither fills memory nor keeps a run from ending.

use std::fs;
use std::io::{BufRead, BufReader, PipeReader};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Child;
use std::time::Instant;

use crate::common::{Output, PATIENCE, finish, program};
use ipcscope::trace::recording;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

fn folder(source: &str) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("a.rhai"), source).expect("a file");
    folder
}

fn run_in(folder: &Path, args: &[&str]) -> Output {
    finish(program(args).current_dir(folder).spawn().expect("the program starts"))
}

/// Names in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).expect("the folder").flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_file_that_is_there_is_recorded_over_only_on_demand() {
    let folder = folder("print(1);\n");
    let record =
        |file: &str, more: &[&str]| run_in(folder.path(), &[&["run", "a.rhai", "--plain", "--seed", "1", "--record", file], more].concat());
    let mine = folder.path().join("mine.txt");
    fs::write(&mine, "mine").expect("a file");
    symlink("mine.txt", folder.path().join("link")).expect("a link");
    symlink("nowhere", folder.path().join("dangling")).expect("a link");
    for file in ["mine.txt", "link", "dangling"] {
        for (lang, said) in [("en", "is there already, and stays as it is (--force"), ("zh", "已经存在，保持原样（--force")] {
            let output = record(file, &["--lang", lang]);
            assert_eq!((output.code, output.stdout.as_str()), (Some(2), ""), "{output:?}");
            assert!(output.stderr.contains(file) && output.stderr.contains(said), "{}", output.stderr);
        }
    }
    assert_eq!(fs::read(&mine).expect("it is there"), b"mine");
    assert_eq!(names(folder.path()), ["a.rhai", "dangling", "link", "mine.txt"]);
    let output = record("link", &["--force"]);
    assert_eq!((output.code, output.stdout.as_str(), output.stderr.as_str()), (Some(0), "1\n", ""));
    assert!(fs::read(&mine).expect("it is there").starts_with(b"ipcscope"));
    assert_eq!(names(folder.path()), ["a.rhai", "dangling", "link", "mine.txt"]);
    let output = record("new.rec", &[]);
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""));
    assert_eq!(run_in(folder.path(), &["replay", "new.rec", "--plain"]).stdout, "1\n");
    // Nothing may have come to the name by the time that the run has ended.
    let source = "let q = Queue();\nq.put(1);\nprint(q.get());\nsleep(2);\nprint(2);\n";
    fs::write(folder.path().join("a.rhai"), source).expect("a file");
    let mut child = program(&["run", "a.rhai", "--plain", "--record", "late.rec"]).current_dir(folder.path()).spawn().expect("it starts");
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().expect("a pipe")).read_line(&mut line).expect("it prints");
    fs::write(folder.path().join("late.rec"), "somebody's").expect("a file");
    let output = finish(child);
    assert!(output.code == Some(1) && output.stderr.contains("it is in late.rec.part"), "{output:?}");
    assert_eq!(fs::read(folder.path().join("late.rec")).expect("it is there"), b"somebody's");
    assert_eq!(run_in(folder.path(), &["replay", "late.rec.part", "--plain"]).code, Some(0));
}

#[test]
fn the_scenario_that_is_run_is_never_recorded_over() {
    let source = "print(1);\n";
    let folder = folder(source);
    fs::hard_link(folder.path().join("a.rhai"), folder.path().join("same")).expect("another name");
    fs::create_dir(folder.path().join("d")).expect("a folder");
    for file in ["a.rhai", "./a.rhai", "d/../a.rhai", "same", "a.toml"] {
        for (lang, said) in [("en", "belongs to the scenario that is run"), ("zh", "属于正在运行的场景")] {
            let args = ["run", "a.rhai", "--plain", "--record", file, "--force", "--lang", lang];
            let output = run_in(folder.path(), &args);
            assert_eq!((output.code, output.stdout.as_str()), (Some(2), ""), "{file}: {output:?}");
            assert!(output.stderr.contains(said), "{}", output.stderr);
        }
    }
    assert_eq!(fs::read_to_string(folder.path().join("a.rhai")).expect("it is there"), source);
    assert_eq!(names(folder.path()), ["a.rhai", "d", "same"]);
}

#[test]
fn a_recording_goes_to_a_device_or_an_open_descriptor_as_it_is() {
    let folder = folder("print(1);\n");
    let output = run_in(folder.path(), &["run", "a.rhai", "--plain", "--record", "/dev/null"]);
    assert_eq!((output.code, output.stdout.as_str(), output.stderr.as_str()), (Some(0), "1\n", ""));
    // The shell has made the file, so it is there: it is meant all the same.
    let file = fs::File::create(folder.path().join("out")).expect("a file");
    let mut command = program(&["run", "a.rhai", "--plain", "--record", "/dev/stderr"]);
    let output = finish(command.current_dir(folder.path()).stderr(file).spawn().expect("the program starts"));
    assert_eq!((output.code, output.stdout.as_str()), (Some(0), "1\n"), "{output:?}");
    assert_eq!(run_in(folder.path(), &["replay", "out", "--plain"]).stdout, "1\n");
    assert_eq!(names(folder.path()), ["a.rhai", "out"]);
}

/// The lines that a recording holds so far.
fn recorded_lines(file: &Path) -> usize {
    let Ok(file) = fs::File::open(file) else { return 0 };
    let Ok(recording) = recording::read(BufReader::new(file)) else { return 0 };
    recording.events.iter().filter(|event| matches!(event.body, ipcscope::trace::Body::Printed(_))).count()
}

#[test]
fn what_a_killed_host_has_recorded_is_there() {
    let folder = folder("for i in 0..100 { print(i); }\nsleep(100000);\n");
    let (file, part) = (folder.path().join("a.rec"), folder.path().join("a.rec.part"));
    let mut child = program(&["run", "a.rhai", "--plain", "--record", "a.rec"]).current_dir(folder.path()).spawn().expect("it starts");
    // Nothing comes after the last line that would push it out of a buffer.
    let begun = Instant::now();
    while recorded_lines(&part) < 100 {
        assert!(begun.elapsed() < PATIENCE && child.try_wait().is_ok_and(|ended| ended.is_none()), "{} lines", recorded_lines(&part));
        std::thread::yield_now();
    }
    child.kill().expect("it lives");
    finish(child);
    assert!(!file.exists());
    let missing = run_in(folder.path(), &["replay", "a.rec", "--plain"]);
    assert!(missing.code == Some(2) && missing.stderr.contains("ipcscope replay a.rec.part"), "{missing:?}");
    let replayed = run_in(folder.path(), &["replay", "a.rec.part", "--plain"]);
    assert_eq!((replayed.code, replayed.stdout.lines().count()), (Some(2), 100), "{replayed:?}");
    assert!(replayed.stderr.contains("it was cut off"), "{}", replayed.stderr);
    // It is in nobody's way.
    let again = run_in(folder.path(), &["run", "a.rhai", "--plain", "--record", "a.rec", "--time-limit", "3"]);
    assert_eq!(again.code, Some(124), "{again:?}");
    assert_eq!(names(folder.path()), ["a.rec", "a.rec.part", "a.rhai"]);
}

/// The most memory that a process has used, in kilobytes; none when it has ended.
fn most_memory(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.trim().parse().ok())
}

/// Waits for a program whose output nobody reads; its exit status, and the most memory that it used, in kilobytes.
fn unread(mut child: Child) -> (Option<i32>, u64) {
    let (begun, mut most) = (Instant::now(), 0);
    loop {
        most = most_memory(child.id()).unwrap_or(0).max(most);
        if let Some(status) = child.try_wait().expect("a child of ours") {
            return (status.code(), most);
        }
        if begun.elapsed() > PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            panic!("it did not end");
        }
        std::thread::yield_now();
    }
}

/// The program with stdout and stderr into one pipe that is not read.
fn into_a_pipe(folder: &Path, args: &[&str]) -> (Child, PipeReader) {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let mut command = program(args);
    command.current_dir(folder).stdout(writer.try_clone().expect("the same again")).stderr(writer);
    (command.spawn().expect("the program starts"), reader)
}

/// More events than wait anywhere when a run waits: those of two rings, of the outlet and of a full pipe.
const BOUND: usize = 50_000;

#[test]
fn output_that_nobody_reads_makes_the_run_wait_and_end_in_time() {
    let folder =
        folder("let v = Value(\"i\", 0, false);\nloop { v.value = 1; print(\"a line of some length, so that a pipe is full soon\"); }\n");
    for output in ["--json", "--plain", "--linear"] {
        let record = format!("{output}.rec");
        let args = ["run", "a.rhai", output, "--time-limit", "4", "--record", &record[2..]];
        let (child, reader) = into_a_pipe(folder.path(), &args);
        let (code, most) = unread(child);
        assert_eq!(code, Some(124), "{output}");
        assert!(most < 200 << 10, "{output}: {most} kB");
        // The recording has all that happened.
        let file = fs::File::open(folder.path().join(&record[2..])).expect("it is whole");
        let recording = recording::read(BufReader::new(file)).expect("a recording");
        assert_eq!(recording.damage, None, "{output}");
        assert!(recording.events.len() < BOUND, "{output}: {} events", recording.events.len());
        drop(reader);
    }
}

#[test]
fn a_signal_ends_a_run_whose_output_nobody_reads() {
    let folder = folder("loop { print(\"a line of some length, so that a pipe is full soon\"); }\n");
    for (output, signal) in [("--json", Signal::SIGTERM), ("--plain", Signal::SIGINT), ("--linear", Signal::SIGHUP)] {
        let (child, reader) = into_a_pipe(folder.path(), &["run", "a.rhai", output]);
        let pid = Pid::from_raw(child.id() as i32);
        let mut reader = BufReader::with_capacity(1, reader);
        let mut line = String::new();
        reader.read_line(&mut line).expect("it runs");
        kill(pid, signal).expect("it lives");
        assert_eq!(unread(child).0, Some(128 + signal as i32), "{output}");
    }
}

#[test]
fn a_recording_that_nobody_reads_makes_the_run_wait_and_end_in_time() {
    let folder = folder("let v = Value(\"i\", 0, false);\nloop { v.value = 1; }\n");
    let fifo = folder.path().join("fifo");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
    let reader = fs::File::options().read(true).write(true).open(&fifo).expect("both its ends");
    let (child, output) = into_a_pipe(folder.path(), &["run", "a.rhai", "--plain", "--record", "fifo", "--time-limit", "4"]);
    let (code, most) = unread(child);
    assert_eq!(code, Some(124));
    assert!(most < 200 << 10, "{most} kB");
    let said: Vec<String> = BufReader::new(output).lines().map_while(Result::ok).collect();
    assert!(said.iter().any(|line| line.contains("the recording fifo is incomplete: it is not read")), "{said:?}");
    drop(reader);
}

/// The program under a shell's limit of the size of files, in blocks of 1024 bytes.
fn under_file_limit(folder: &Path, blocks: u32, args: &[&str]) -> Output {
    let script = format!("ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut shell = std::process::Command::new("bash");
    shell.args(["-c", &script, env!("CARGO_BIN_EXE_ipcscope")]).args(args).current_dir(folder);
    shell.env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", "C").stdin(std::process::Stdio::null());
    shell.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    finish(shell.spawn().expect("a shell"))
}

#[test]
fn a_limit_of_the_size_of_files_is_said() {
    let folder = folder("for i in 0..4000 { print(i); }\n");
    for blocks in [0, 1, 1000, 200_000] {
        let output = under_file_limit(folder.path(), blocks, &["run", "a.rhai", "--plain"]);
        assert_eq!((output.code, output.stdout.as_str()), (Some(2), ""), "{blocks}: {output:?}");
        assert!(output.stderr.contains("ulimit -f"), "{blocks}: {output:?}");
        let output = under_file_limit(folder.path(), blocks, &["run", "a.rhai", "--plain", "--lang", "zh"]);
        assert!(output.code == Some(2) && output.stderr.contains("文件大小的上限"), "{blocks}: {output:?}");
    }
    let output = under_file_limit(folder.path(), 400_000, &["run", "a.rhai", "--plain"]);
    assert_eq!((output.code, output.stdout.lines().count()), (Some(0), 4000), "{output:?}");
}

#[test]
fn what_could_not_be_written_whole_is_not_there() {
    let folder = folder("print(1);\n");
    // Room for nothing, and for the first file alone.
    let size = {
        assert_eq!(run_in(folder.path(), &["new", "whole.rhai"]).code, Some(0));
        fs::metadata(folder.path().join("whole.rhai")).expect("it is there").len()
    };
    let texts = fs::metadata(folder.path().join("whole.toml")).expect("it is there").len();
    let before = names(folder.path());
    let between = (size.min(texts).div_ceil(1024), size.max(texts).div_ceil(1024));
    for blocks in [0, between.0 as u32] {
        let output = under_file_limit(folder.path(), blocks, &["new", "b.rhai"]);
        if blocks > 0 && between.0 == between.1 {
            continue;
        }
        assert!(output.code == Some(2) && output.stderr.contains("cannot write b."), "{blocks}: {output:?}");
        assert!(output.stderr.contains("File too large") && output.stderr.contains("ulimit -f"), "{blocks}: {output:?}");
        assert_eq!(names(folder.path()), before, "{blocks}");
    }
    assert_eq!(run_in(folder.path(), &["new", "b.rhai"]).code, Some(0));
}

#[test]
fn a_variable_that_somebody_else_has_set_makes_no_actor() {
    let folder = folder("print(1);\n");
    let own_parent = format!("2:{}", std::process::id());
    for value in ["", "1", "x", "2:1", "2:x", own_parent.as_str(), "\u{fe}"] {
        for (args, said) in [(&["--help"][..], "Usage"), (&["run", "a.rhai", "--plain"], "1\n")] {
            let mut command = program(args);
            let output = finish(command.current_dir(folder.path()).env("IPCSCOPE_ACTOR", value).spawn().expect("it starts"));
            assert!(output.code == Some(0) && output.stdout.contains(said), "{value:?}: {output:?}");
        }
    }
}

#[test]
fn a_process_that_is_sent_a_fault_ends_by_it() {
    let source =
        "fn f() { print(\"here\"); sleep(100000); }\nlet p = Process(f);\np.start();\nprint(p.pid);\np.join();\nprint(p.exitcode);\n";
    let folder = folder(source);
    for signal in [Signal::SIGSEGV, Signal::SIGBUS, Signal::SIGXFSZ, Signal::SIGFPE, Signal::SIGILL, Signal::SIGABRT] {
        let mut child = program(&["run", "a.rhai", "--plain"]).current_dir(folder.path()).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
        let mut two: Vec<String> = lines.by_ref().take(2).collect();
        two.sort();
        assert_eq!(two.get(1).map(String::as_str), Some("here"), "{two:?}");
        kill(Pid::from_raw(two[0].parse().expect("a pid")), signal).expect("it lives");
        assert_eq!(lines.next(), Some(format!("-{}", signal as i32)));
        assert_eq!(finish(child).code, Some(0));
    }
}

#[test]
fn a_replay_says_nothing_to_the_terminal_and_no_output_hides_what_it_says() {
    let source =
        "print(\"\\x1b[31mred\\u202e\\ttab\");\nlet q = Queue();\nq.put(\"a\\u202eb\\u2066c\");\nprint(q.get());\nthrow \"\\u202eno\";\n";
    let folder = folder(source);
    let live = run_in(folder.path(), &["run", "a.rhai", "--plain", "--seed", "1", "--record", "a.rec"]);
    assert_eq!((live.code, live.stdout.as_str()), (Some(1), "\x1b[31mred\u{202e}\ttab\na\u{202e}b\u{2066}c\n"), "{live:?}");
    let plain = run_in(folder.path(), &["replay", "a.rec", "--plain"]);
    assert_eq!((plain.code, plain.stdout.as_str()), (Some(0), "·[31mred·\ttab\na·b·c\n"), "{plain:?}");
    let linear = run_in(folder.path(), &["replay", "a.rec", "--linear"]);
    let json = run_in(folder.path(), &["run", "a.rhai", "--json", "--seed", "1"]);
    assert!(json.stdout.contains(r"a\u202eb\u2066c"), "{}", json.stdout);
    for said in [live.stderr, plain.stderr, linear.stdout, linear.stderr, json.stdout, json.stderr] {
        assert!(!said.contains(['\u{1b}', '\u{202e}', '\u{2066}']), "{said:?}");
    }
    // What is wrong with an argument is told with the argument.
    let wrong = run_in(folder.path(), &["run", "a.rhai", "--pace", "\x1b[2J\u{202e}"]);
    assert_eq!(wrong.code, Some(2));
    assert!(!wrong.stderr.contains(['\x1b', '\u{202e}']), "{wrong:?}");
}
