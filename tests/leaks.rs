//! Nothing outlives a run: however and whenever the program is ended, a moment later no process of it,
//! no file, no shared memory and no named socket is left.

mod bustle;
mod common;

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use bustle::{Dice, let_it_write, one_of_them, seeds};
use common::{PATIENCE, processes_of, program};
use ipcscope::host::{Config, Run};
use ipcscope::sys;
use ipcscope::sys::pipe::Interest;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// What a process has to die in after its host was killed.
const A_SECOND: Duration = Duration::from_secs(1);

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
        Running::start_file(dice, file, events)
    }

    fn start_file(dice: &mut Dice, file: String, events: u64) -> Running {
        let seed = dice.below(1000).to_string();
        let how = if dice.below(2) == 0 { vec!["--seed".to_owned(), seed] } else { vec!["--free".to_owned()] };
        let mut host = program(&[vec!["run".to_owned(), file, "--json".to_owned()], how].concat()).spawn().expect("the program starts");
        let (sender, lines) = mpsc::channel();
        let out = host.stdout.take().expect("its output");
        thread::spawn(move || BufReader::new(out).lines().map_while(Result::ok).all(|line| sender.send(line).is_ok()));
        Running { host, events, lines }
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

/// Waits until no process of a run is left, and looks for everything else that could be.
fn nothing_is_left(host: u32, limit: Duration, when: &str) {
    let deadline = Instant::now() + limit;
    loop {
        let left = processes_of(host);
        let Some(first) = left.first() else { break };
        let patience = deadline.saturating_duration_since(Instant::now());
        assert!(!patience.is_zero(), "{when}: still there: {left:?}");
        if let Ok(pidfd) = sys::pidfd::open(*first) {
            sys::pipe::poll(&[(pidfd.as_fd(), Interest::Read)], Some(patience)).expect("a poll");
        }
    }
    for folder in ["/dev/shm", "/dev/mqueue", "/tmp"] {
        let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        let ours: Vec<String> = names.filter(|name| name.contains("ipcscope") && name.contains(&host.to_string())).collect();
        assert!(ours.is_empty(), "{when}: {folder} has {ours:?}");
    }
    let sockets = fs::read_to_string("/proc/net/unix").unwrap_or_default();
    assert!(!sockets.contains(&format!("@ipcscope-{host}-")), "{when}: a named socket is left");
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
        nothing_is_left(running.host.id(), A_SECOND, &format!("seed {seed}"));
    }
}

#[test]
fn a_signal_ends_the_run_in_order_and_says_so() {
    let mut interrupted = 0;
    for seed in seeds(30) {
        let mut dice = Dice::new(seed);
        let signal = [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGINT][dice.below(3) as usize];
        let mut running = Running::start(&mut dice);
        // One event at least, so that the program is there to be signalled.
        running.tells(1 + dice.below(running.events / 2));
        if dice.below(3) == 0 {
            running.stop_somebody(&mut dice);
        }
        running.signal(signal);
        let status = running.ends();
        // It may have come to its own end just before.
        assert!(status.code() == Some(128 + signal as i32) || status.success(), "seed {seed}, {signal}: {status:?} {:?}", status.signal());
        interrupted += usize::from(!status.success());
        // Everyone has been reaped before the program ended: there is nothing to wait for.
        nothing_is_left(running.host.id(), Duration::ZERO, &format!("seed {seed}, {signal}"));
    }
    assert!(interrupted >= 10, "only {interrupted} were interrupted before their own end");
}

/// A manager's server listens on a socket with a name, which goes with it.
#[test]
fn a_killed_host_takes_a_managers_socket_with_it() {
    let mut seen = 0;
    for seed in seeds(10) {
        let mut dice = Dice::new(seed);
        let file = format!("{}/scenarios/manager-queue.rhai", env!("CARGO_MANIFEST_DIR"));
        let mut running = Running::start_file(&mut dice, file, 60);
        running.tells(20 + dice.below(running.events));
        let name = format!("@ipcscope-{}-", running.host.id());
        seen += usize::from(fs::read_to_string("/proc/net/unix").unwrap_or_default().contains(&name));
        running.signal(Signal::SIGKILL);
        running.ends();
        nothing_is_left(running.host.id(), A_SECOND, &format!("seed {seed}"));
    }
    assert!(seen > 0, "no run had a socket while it was killed");
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
