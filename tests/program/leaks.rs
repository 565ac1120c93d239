//! Nothing outlives a run: however and whenever the program is ended, a moment later no process of it,
//! no file and no shared memory is left. No socket of a run ever has a name, to which a stranger could connect.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Instant;

use crate::bustle::{Dice, let_it_write, one_of_them, seeds};
use crate::common::{PATIENCE, processes_of, program, start};
use ipcscope::host::{Config, Run};
use ipcscope::sys;
use ipcscope::sys::pipe::Interest;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Runs that go on until somebody ends them: who is signalled has not come to its own end just before.
const ENDLESS: &str = "fn sleeps() { loop { sleep(1); } } let p = Process(sleeps); p.start(); print(\"up\"); sleeps();";
const ENDLESS_MANAGER: &str = "let m = Manager(); let l = m.list([1]); print(\"up\"); loop { sleep(l[0]); }";

/// A run whose lines are read as they come, so that its output never keeps it waiting.
struct Running {
    host: Child,
    /// About how many events it has.
    events: u64,
    lines: Receiver<String>,
}

impl Running {
    /// Free, or gated with a seed.
    fn start(dice: &mut Dice) -> Running {
        let (config, events) = one_of_them(dice, 0);
        let file = format!("{}/tests/bustle/{}", env!("CARGO_MANIFEST_DIR"), config.scenario.file);
        Running::start_file(dice, &file, events)
    }

    fn start_source(dice: &mut Dice, source: &str) -> Running {
        let folder = tempfile::TempDir::new().expect("a folder");
        let file = folder.path().join("endless.rhai");
        fs::write(&file, source).expect("a file");
        let running = Running::start_file(dice, &file.to_string_lossy(), 0);
        // The program has read the file once it tells anything.
        running.tells(1);
        running
    }

    fn start_file(dice: &mut Dice, file: &str, events: u64) -> Running {
        let seed = dice.below(1000).to_string();
        let how = if dice.below(2) == 0 { vec!["--seed".to_owned(), seed] } else { vec!["--free".to_owned()] };
        let mut host = start(&mut program(&[vec!["run".to_owned(), file.to_owned(), "--json".to_owned()], how].concat()));
        let (sender, lines) = mpsc::channel();
        let out = host.stdout.take().expect("its output");
        thread::spawn(move || BufReader::new(out).lines().map_while(Result::ok).all(|line| sender.send(line).is_ok()));
        Running { host, events, lines }
    }

    /// Waits until it has told of a line that it printed.
    fn prints(&self, line: &str) {
        loop {
            let told = self.lines.recv_timeout(PATIENCE).expect("it prints that line, and goes on");
            if told.contains("\"printed\"") && told.contains(line) {
                return;
            }
        }
    }

    /// Waits until it has told so many events, or has ended.
    fn tells(&self, events: u64) {
        for _ in 0..events {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(_) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
                Err(mpsc::RecvTimeoutError::Timeout) => panic!("nothing was told for {PATIENCE:?}"),
            }
        }
    }

    fn signal(&self, signal: Signal) {
        // One that has ended and has not been waited for takes a signal without effect.
        kill(Pid::from_raw(self.host.id() as i32), signal).expect("a signal to our own child");
    }

    /// Stops one of its processes, if any lives.
    fn stop_somebody(&self, dice: &mut Dice) {
        let all: Vec<u32> = processes_of(self.host.id()).into_iter().collect();
        if let Some(pid) = all.get(dice.below(all.len() as u64) as usize) {
            // It may have ended just now; its number is not used again so soon.
            let _ = kill(Pid::from_raw(*pid as i32), Signal::SIGSTOP);
        }
    }

    fn ends(&mut self) -> ExitStatus {
        let pidfd = sys::pidfd::open(self.host.id()).expect("our own child");
        let ended = sys::pipe::poll(&[(pidfd.as_fd(), Interest::Read)], Some(PATIENCE)).expect("a poll");
        if !ended {
            let _ = self.host.kill();
        }
        let status = self.host.wait().expect("its status");
        assert!(ended, "the program did not end within {PATIENCE:?}");
        status
    }
}

/// How many sockets a host and its processes have, and the names of those that have one (unix(7)).
fn sockets(host: u32) -> (usize, Vec<String>) {
    let links = processes_of(host).into_iter().chain([host]).flat_map(|pid| sys::procfs::links(pid).unwrap_or_default());
    let inodes: BTreeSet<String> =
        links.filter_map(|(_, target)| Some(target.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())).collect();
    let table = fs::read_to_string("/proc/net/unix").expect("the system's sockets");
    let rows = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let ours: Vec<_> = rows.filter(|row| row.get(6).is_some_and(|inode| inodes.contains(*inode))).collect();
    (ours.len(), ours.iter().filter_map(|row| row.get(7)).map(|name| (*name).to_owned()).collect())
}

/// Waits until no process of a run is left, and looks for everything else that could be.
/// One that dies gives up its memory, by which it is known, a moment before its descriptors.
fn nothing_is_left(host: u32, when: &str) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let left = processes_of(host);
        if left.is_empty() {
            break;
        }
        let patience = deadline.saturating_duration_since(Instant::now());
        assert!(!patience.is_zero(), "{when}: still there: {left:?}");
        match left.first().map(|first| sys::pidfd::open(*first)) {
            Some(Ok(pidfd)) => drop(sys::pipe::poll(&[(pidfd.as_fd(), Interest::Read)], Some(patience)).expect("a poll")),
            _ => thread::yield_now(),
        }
    }
    for folder in ["/dev/shm", "/dev/mqueue", "/tmp"] {
        let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        let ours: Vec<String> = names.filter(|name| name.contains("ipcscope") && name.contains(&host.to_string())).collect();
        assert!(ours.is_empty(), "{when}: {folder} has {ours:?}");
    }
}

#[test]
fn a_killed_host_takes_everyone_with_it() {
    for seed in seeds(40) {
        let mut dice = Dice::new(seed);
        let mut running = Running::start(&mut dice);
        running.tells(dice.below(running.events));
        if dice.below(3) == 0 {
            running.stop_somebody(&mut dice);
        }
        running.signal(Signal::SIGKILL);
        running.ends();
        nothing_is_left(running.host.id(), &format!("seed {seed}"));
    }
}

const ENDING: [Signal; 3] = [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGINT];

#[test]
fn a_signal_ends_the_run_in_order_and_says_so() {
    for seed in seeds(20) {
        let mut dice = Dice::new(seed);
        let signal = ENDING[dice.below(3) as usize];
        let running = Running::start(&mut dice);
        // One event at least, so that the program is there to be signalled.
        running.tells(1 + dice.below(running.events / 2));
        if dice.below(3) == 0 {
            running.stop_somebody(&mut dice);
        }
        // It may have come to its own end just before.
        is_ended_by(running, signal, true, &format!("seed {seed}, {signal}"));
    }
}

#[test]
fn so_does_it_where_nothing_else_would() {
    for (seed, signal) in (0..).zip(ENDING.iter().cycle().take(12)) {
        let running = Running::start_source(&mut Dice::new(seed), ENDLESS);
        running.prints("up");
        is_ended_by(running, *signal, false, &format!("endless, seed {seed}, {signal}"));
    }
}

fn is_ended_by(mut running: Running, signal: Signal, or_by_itself: bool, when: &str) {
    running.signal(signal);
    let status = running.ends();
    let said = status.code() == Some(128 + signal as i32);
    assert!(said || or_by_itself && status.success(), "{when}: {status:?} {:?}", status.signal());
    // Where the end in order took too long, the program ended all the same, and its processes a moment later.
    nothing_is_left(running.host.id(), when);
}

/// Another user of the machine finds nothing to connect to: neither a call nor a flood of calls is a step of the run.
#[test]
fn a_killed_host_takes_a_managers_server_with_it_whose_sockets_had_no_name() {
    for seed in seeds(6) {
        let mut running = Running::start_source(&mut Dice::new(seed), ENDLESS_MANAGER);
        running.prints("up");
        let (count, named) = sockets(running.host.id());
        assert!(count >= 6, "seed {seed}: main, the server and their connection have {count} sockets");
        assert!(named.is_empty(), "seed {seed}: {named:?}");
        running.signal(Signal::SIGKILL);
        running.ends();
        nothing_is_left(running.host.id(), &format!("seed {seed}"));
    }
}

/// The processes of a run, as its actor table has them.
fn pids(run: &Run) -> Vec<u32> {
    run.arena.actor_ids().map(|actor| run.arena.ids(actor).0).filter(|pid| *pid > 0).collect()
}

fn nobody_lives(pids: &[u32], when: &str) {
    let living = processes_of(std::process::id());
    assert!(pids.iter().all(|pid| !living.contains(pid)), "{when}: {pids:?} of {living:?}");
}

#[test]
fn a_run_that_is_dropped_in_the_middle_leaves_nobody() {
    for seed in seeds(20) {
        let mut dice = Dice::new(seed);
        let (config, events) = one_of_them(&mut dice, seed);
        let run = Run::start(Config { gated: dice.below(2) == 0, ..config }).expect("the run starts");
        let_it_write(&run, dice.below(events));
        let pids = pids(&run);
        drop(run);
        nobody_lives(&pids, &format!("seed {seed}"));
    }
}

#[test]
fn a_panic_in_a_thread_of_the_host_keeps_nobody_alive() {
    for seed in 0..5 {
        let mut dice = Dice::new(seed);
        let (config, events) = one_of_them(&mut dice, seed);
        let told = 20 + dice.below(events / 2);
        let mut left = told;
        let listener = move |_: &_| {
            left = left.checked_sub(1).expect("the reader of the trace panics here, as this test wants it");
        };
        let run = Run::start(Config { listener: Some(Box::new(listener)), ..config }).expect("the run starts");
        assert!(run.wait_until(PATIENCE, |_| run.arena.writes() > told), "seed {seed}: it hangs");
        let pids = pids(&run);
        drop(run);
        assert!(!pids.is_empty());
        nobody_lives(&pids, &format!("seed {seed}"));
    }
}
