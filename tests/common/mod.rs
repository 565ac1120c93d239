//! What the end-to-end tests share: running the program, running a scenario inside the test, one step at
//! a time, and looking for processes that were left behind. Nothing in here waits without a deadline.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use ipcscope::host::{self, Config, Phase, Run};
use ipcscope::script;
use ipcscope::sys;
use ipcscope::text::plain::Plain;
use ipcscope::trace::scenario::Scenario;
use ipcscope::trace::{ActorId, Body, Cause, Event};
use ipcscope::world::{Activity, World};

/// Longer than anything takes on a slow machine that does much else; whoever gets here hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(300);

/// The five scenarios of the list.
pub(crate) const SCENARIOS: [&str; 5] = ["queue", "event", "pipe", "condition", "shared-memory"];

/// What a run of the program gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Output {
    pub stdout: String,
    pub stderr: String,
    /// The exit status; none if a signal ended it.
    pub code: Option<i32>,
}

/// The program with these arguments, no terminal, and English whatever the environment says.
pub(crate) fn program(args: &[impl AsRef<OsStr>]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ipcscope"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for name in ["LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR"] {
        command.env_remove(name);
    }
    command
}

/// Starts it. No run of this test's process has ends of its pipes among the descriptors meanwhile: the fork
/// would copy them, and whoever waits for the end of file would see it later than it came.
pub(crate) fn start(command: &mut Command) -> Child {
    let _turn = host::processes::turn_at_descriptors();
    command.spawn().expect("the program starts")
}

/// Runs the program to its end.
pub(crate) fn run(args: &[impl AsRef<OsStr>]) -> Output {
    finish(start(&mut program(args)))
}

/// Reads what a started program writes until it has ended. Killed and failed if it takes too long.
pub(crate) fn finish(mut child: Child) -> Output {
    let (stdout, stderr) = (reading(child.stdout.take()), reading(child.stderr.take()));
    let deadline = Instant::now() + PATIENCE;
    let left = || deadline.saturating_duration_since(Instant::now());
    // Both pipes end with the last process that holds them; then the status is there too.
    let (Ok(stdout), Ok(stderr)) = (stdout.recv_timeout(left()), stderr.recv_timeout(left())) else {
        let _ = child.kill();
        let _ = child.wait();
        panic!("the program did not end within {PATIENCE:?}");
    };
    let status = child.wait().expect("the program's status");
    Output { stdout, stderr, code: status.code() }
}

fn reading(from: Option<impl Read + Send + 'static>) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut from) = from {
            let _ = from.read_to_end(&mut bytes);
        }
        sender.send(String::from_utf8_lossy(&bytes).into_owned())
    });
    receiver
}

/// A built-in scenario with parameters set.
pub(crate) fn scenario(name: &str, set: &[&str]) -> Arc<Scenario> {
    let mut scenario = script::load(name).expect("the scenario loads");
    for assignment in set {
        script::params::assign(&mut scenario, assignment).expect("the parameter fits");
    }
    Arc::new(scenario)
}

/// A gated run at unlimited pace, to be changed where a test needs it otherwise.
pub(crate) fn config(name: &str, seed: u64, set: &[&str]) -> Config {
    Config { exe: PathBuf::from(env!("CARGO_BIN_EXE_ipcscope")), ..Config::new(scenario(name, set), seed) }
}

/// A gated run inside this test, paused before its first step. Stuck is a state, not its end.
pub(crate) fn live(name: &str, seed: u64, set: &[&str]) -> Run {
    let run = Run::start(Config { paused: true, end_when_stuck: false, ..config(name, seed, set) }).expect("the run starts");
    assert!(run.wait_until(PATIENCE, |shown| shown.rest_at == Some(0)), "no rest before the first step: {:?}", run.shown());
    assert!(run.catch_up(), "the trace is read");
    run
}

/// Takes the step that is number `n` of the run and waits for the rest after it. False: nothing can
/// be stepped any more, since the run has ended or is stuck.
pub(crate) fn step_until_rest(run: &Run, n: u64) -> bool {
    if is_over(&run.shown()) {
        return false;
    }
    run.command(host::Command::Step(1));
    let rested = run.wait_until(PATIENCE, |shown| shown.rest_at == Some(n) || shown.phase == Phase::Ended);
    assert!(rested, "no rest after step {n}: {:?}", run.shown());
    true
}

/// Steps, looking after each rest (the one before the first step included), until the run is over.
/// Gives the number of steps.
pub(crate) fn step_through(run: &Run, mut look: impl FnMut(u64)) -> u64 {
    let mut n = 0;
    look(n);
    while step_until_rest(run, n + 1) {
        n += 1;
        look(n);
    }
    n
}

pub(crate) fn is_over(shown: &host::Shown) -> bool {
    matches!(shown.phase, Phase::Ended | Phase::Stuck)
}

/// All events of a run so far.
pub(crate) fn events(run: &Run) -> Vec<Event> {
    assert!(run.catch_up(), "the trace is read");
    let timeline = run.timeline();
    (timeline.first()..timeline.len()).filter_map(|index| timeline.event(index)).collect()
}

/// What is wrong with a trace that has ended or is stuck, if anything is. Nothing is lost, and every move is
/// legal, but for this: a thread that was cut off, at whatever instant, may have died over one event of its
/// own. That one is counted as lost, and only from there on may moves be told that look illegal without it.
pub(crate) fn unsound(events: &[Event]) -> Result<(), String> {
    let (mut world, mut mute) = (World::new(), Vec::<ActorId>::new());
    for event in events {
        world.apply(event);
        match event.body {
            Body::Lost { count: 1 } if !mute.contains(&event.actor) => mute.push(event.actor),
            Body::Lost { count } => return Err(format!("{count} more events of actor {} are lost", event.actor.0)),
            _ if mute.is_empty() && !world.faults.is_empty() => return Err(format!("{:?}, with {event:?}", world.faults)),
            _ => {}
        }
    }
    // A process that ends by itself may leave a feeder in the middle of what nobody waits for.
    let cut_off = |id: &ActorId| match world.actor(*id) {
        Some(actor) => match actor.activity {
            Activity::Dead(Cause::Signal(_)) => true,
            Activity::Dead(Cause::Exit(_)) => actor.process != *id,
            _ => false,
        },
        None => false,
    };
    match mute.iter().find(|id| !cut_off(id)) {
        Some(id) => Err(format!("an event of actor {} is lost, which nothing cut off", id.0)),
        None => Ok(()),
    }
}

/// What was printed so far: by whom, and the line.
pub(crate) fn printed(run: &Run) -> Vec<(String, String)> {
    let mut plain = Plain::new();
    let mut lines: Vec<_> = events(run).iter().flat_map(|event| plain.push(event)).collect();
    lines.extend(plain.finish());
    let timeline = run.timeline();
    let name = |actor| timeline.head().actor(actor).map(|actor| actor.name.clone()).unwrap_or_default();
    lines.into_iter().map(|line| (name(line.actor), line.text)).collect()
}

/// Threads of the run's processes, each with its process. Those of a process that has just ended are none.
pub(crate) fn threads(run: &Run) -> Vec<(u32, u32)> {
    let mut threads = Vec::new();
    for (_, child) in run.children.all() {
        for entry in std::fs::read_dir(format!("/proc/{}/task", child.pid)).into_iter().flatten().flatten() {
            threads.extend(entry.file_name().to_string_lossy().parse().map(|tid| (child.pid, tid)));
        }
    }
    threads
}

/// Waits until every thread sleeps in the kernel: between saying that it rests and falling asleep
/// there are some microseconds. One that is on its way there is shown as asleep already; the kernel
/// tells the call that a thread waits in only once it has given up the processor.
pub(crate) fn settle(run: &Run) {
    let deadline = Instant::now() + PATIENCE;
    let asleep = |(pid, tid): (u32, u32)| matches!(sys::procfs::syscall(pid, tid), Ok(Some(_)));
    while !threads(run).into_iter().all(asleep) {
        assert!(Instant::now() < deadline, "somebody goes on running: {:?}", run.shown());
        thread::yield_now();
    }
}

/// Processes of runs that this process is the host of. Zombies are not among them: they have no
/// environment any more.
pub(crate) fn children() -> BTreeSet<u32> {
    processes_of(std::process::id())
}

/// Processes of runs whose host has, or had, this number: they bear it in their environment.
pub(crate) fn processes_of(host: u32) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir("/proc").expect("/proc").flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        let mut variables = environment.split(|byte| *byte == 0);
        let of_host = variables.any(|variable| {
            let text = String::from_utf8_lossy(variable);
            text.strip_prefix("IPCSCOPE_ACTOR=").and_then(|text| text.split(':').nth(1)).is_some_and(|text| text == host.to_string())
        });
        if of_host && pid != std::process::id() {
            found.insert(pid);
        }
    }
    found
}

/// Fails if there are other processes of runs than `before`. To be used where nothing else runs beside.
pub(crate) fn nothing_left(before: &BTreeSet<u32>) {
    let left: Vec<u32> = children().difference(before).copied().collect();
    assert!(left.is_empty(), "processes left behind: {left:?}");
}

/// What is shared is tried here as well, so that a test that relies on it cannot pass for nothing.
mod tried {
    use super::*;

    #[test]
    fn what_a_kill_excuses_and_what_it_does_not() {
        use ipcscope::trace::{Born, Died, Role};
        let event = |actor: u16, body| Event { actor: ActorId(actor), time: 0, wall: 0, body };
        let born = |actor: u16, process: u16| {
            let (actor, process) = (ActorId(actor), ActorId(process));
            let role = if actor == process { Role::Process } else { Role::Helper };
            let (name, function) = (String::new(), String::new());
            event(0, Body::Born(Born { actor, role, process, creator: None, object: None, name, function, pid: 1, tid: 1 }))
        };
        let died = |actor: u16, cause| event(0, Body::Died(Died { actor: ActorId(actor), cause, changes: Vec::new() }));
        let lost = |actor| event(actor, Body::Lost { count: 1 });
        // A process with a thread, and one move that no state allows.
        let (process, thread, wrong) = (born(2, 2), born(3, 2), born(2, 2));
        let sound = |more: &[Event]| unsound(&[&[process.clone(), thread.clone()], more].concat()).is_ok();
        let (killed, ended) = (died(2, Cause::Signal(9)), died(2, Cause::Exit(0)));
        assert!(sound(&[]) && sound(&[lost(2), lost(3), killed.clone()]) && sound(&[lost(2), wrong.clone(), killed.clone()]));
        assert!(sound(&[lost(3), ended.clone()]) && !sound(&[lost(2), ended]));
        assert!(!sound(&[lost(2), lost(2), killed.clone()]) && !sound(&[wrong.clone(), lost(2), killed.clone()]));
        assert!(!sound(&[wrong, killed.clone()]) && !sound(&[lost(2)]) && !sound(&[lost(9), killed]));
    }

    #[test]
    fn the_shared_code_sees_what_it_should() {
        let said = run(&["run", "pipe", "--seed", "1", "--plain"]);
        assert_eq!((said.code, said.stdout.lines().next(), said.stderr.as_str()), (Some(0), Some("2"), ""));
        let mut live = live(SCENARIOS[2], 1, &[]);
        let main = live.timeline().head().all_actors().next().map(|actor| actor.pid).expect("main lives");
        assert!(children().contains(&main));
        settle(&live);
        assert_eq!(threads(&live), [(main, main)]);
        assert!(std::panic::catch_unwind(|| nothing_left(&BTreeSet::new())).is_err(), "a process that lives is seen");
        assert!(step_through(&live, |_| {}) > 20 && is_over(&live.shown()));
        let lines: Vec<String> = printed(&live).into_iter().map(|(_, line)| line).collect();
        assert_eq!(lines.join("\n"), said.stdout.trim_end());
        live.close();
        assert!(!children().contains(&main));
        assert!(processes_of(0).is_empty());
    }
}
