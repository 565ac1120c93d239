//! CPython's multiprocessing, held to the same outcomes: each program's `.py` is run once. Without
//! `python3` nothing is compared, and the test says so aloud.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use ipcscope::host::processes::turn_at_descriptors;

use super::allowed::{Allowed, Slack};
use super::common::PATIENCE;
use super::program::{self, End, Expected, Program};
use super::side_by_side;

/// How long one that should wait for ever is watched after its last line.
const WATCHED: Duration = Duration::from_millis(600);

/// A Python program and all that it started; ended with it.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        // What has ended by itself needs no signal.
        let _ = killpg(Pid::from_raw(self.0.id() as i32), Signal::SIGKILL);
        let _ = self.0.wait();
    }
}

fn start(program: &Program) -> Group {
    let mut command = Command::new("python3");
    command.arg("-u").arg("-B").arg(program.python_path()).env("PYTHONPATH", program::directory());
    // A group of its own, so that what it starts can be ended with it.
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let _turn = turn_at_descriptors();
    Group(command.spawn().expect("python3 starts"))
}

/// Its lines, one by one, and the end of its output.
fn lines_of(from: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || BufReader::new(from).lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    receiver
}

fn compare(program: &Program, expected: &Expected) {
    let mut group = start(program);
    let said = lines_of(group.0.stdout.take().expect("its output"));
    let complaints = lines_of(group.0.stderr.take().expect("its complaints"));
    let deadline = Instant::now() + PATIENCE;
    let most = expected.allowed.iter().map(Allowed::len).max().unwrap_or(0);
    let mut lines = Vec::new();
    let stuck = matches!(expected.end, End::Stuck(_));
    loop {
        // Once a program that should be stuck has said all, it is to say and do nothing more.
        let limit = if stuck && lines.len() >= most { Instant::now() + WATCHED } else { deadline };
        match said.recv_timeout(limit.saturating_duration_since(Instant::now())) {
            Ok(line) => lines.push(line),
            Err(_) => break,
        }
    }
    let status = if stuck { group.0.try_wait().expect("its status") } else { Some(wait(&mut group.0, deadline)) };
    drop(group);
    let complaints: Vec<String> = complaints.iter().collect();
    let what = format!("{}.py: {lines:#?}\n{}", program.name, complaints.join("\n"));
    match (&expected.end, status) {
        (End::Stuck(_), status) => assert_eq!(status, None, "it should be stuck: {what}"),
        (End::Exit(wanted), status) => assert_eq!(status.and_then(|status| status.code()), Some(*wanted), "{what}"),
    }
    assert!(expected.allowed.iter().any(|allowed| allowed.fits(&lines, Slack::Real)), "not an outcome that the header allows: {what}");
}

/// Its status; its output has ended, so it is about to end.
fn wait(child: &mut Child, deadline: Instant) -> std::process::ExitStatus {
    loop {
        match child.try_wait().expect("its status") {
            Some(status) => return status,
            None => assert!(Instant::now() < deadline, "it does not end"),
        }
        thread::yield_now();
    }
}

#[test]
fn python_agrees() {
    if Command::new("python3").arg("--version").stdout(Stdio::null()).status().is_err() {
        // Past the capture of the test's output, so that nobody takes this for a comparison.
        let _ = writeln!(std::io::stderr(), "SKIPPED: there is no python3, so nothing was compared with CPython");
        return;
    }
    let wanted = std::env::var("IPCSCOPE_CASE").unwrap_or_default();
    let programs: Vec<Program> = program::all().into_iter().filter(|program| program.name.contains(&wanted)).collect();
    let programs: Vec<&Program> = programs.iter().filter(|program| program.python.is_ok()).collect();
    let failed = side_by_side(&programs, |program| {
        if let Ok(expected) = &program.python {
            compare(program, expected);
        }
    });
    assert!(failed.is_empty(), "CPython does otherwise in {failed:?}");
}
