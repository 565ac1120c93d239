//! Starts processes, folds its own World from the trace, grants, notices deaths, cleans up, lends the
//! hand. A [`Run`] is one run of a scenario; dropping it ends everything that it started.

pub mod audit;
pub mod control;
pub mod inside;
pub mod log;
pub mod order;
pub mod processes;
mod redraw;
mod repetition;

use std::cell::RefCell;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::Sender;

pub use control::Command;
pub use log::Listener;
pub use order::Order;
pub use repetition::Repetition;

pub use crate::trace::{Goal, Pace, Phase, Walk};

use crate::arena::Arena;
use crate::kind::Lang;
use crate::sys;
use crate::text::unstarted;
use crate::trace::scenario::{Bilingual, Scenario};
use crate::trace::{ActorId, ObjectId, codec};
use crate::world::{Asked, Timeline};
use control::{Control, Course, Rules, Wires};
use log::Log;
use processes::{Children, Job, Keeper};

/// How a run came to its end.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    /// All its processes have ended.
    Finished,
    Stuck,
    /// It was cut off; everyone's name and current line.
    TimeLimit(Vec<(String, u32)>),
}

/// What the screen shows of a run besides its trace.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    pub phase: Phase,
    pub gated: bool,
    pub pace: Pace,
    pub step: u64,
    /// The step after which everyone came to rest last; none before the first rest.
    pub rest_at: Option<u64>,
    /// News for the user that no event tells.
    pub notice: Option<Bilingual>,
    /// Exit status that the run gives the program, once it is known.
    pub exit: Option<i32>,
    /// What the hand was told to do, each with its step: a branch repeats it.
    pub by_hand: Vec<(u64, Command)>,
    pub ended: Option<Ended>,
}

/// How a run is to be made.
pub struct Config {
    pub scenario: Arc<Scenario>,
    /// The host grants each step, in the seed's order; otherwise the kernel schedules.
    pub gated: bool,
    /// Fixes the random streams, and the order of a gated run.
    pub seed: u64,
    /// How the seed decides who goes next.
    pub walk: Walk,
    pub pace: Pace,
    pub paused: bool,
    /// Grants to repeat before the seed decides.
    pub recorded: Vec<ActorId>,
    /// What the hand did meanwhile and what came from outside, each with the step before which it is due.
    pub by_hand: Vec<(u64, Command)>,
    /// Steps up to this one are repeated without a pause.
    pub repeat_to: u64,
    pub time_limit: Option<Duration>,
    /// Bytes that its processes may use together.
    pub memory: u64,
    pub end_when_stuck: bool,
    /// A run that plays by pace pauses when a question of the scenario is asked.
    pub pause_to_ask: bool,
    pub listener: Option<Box<dyn Listener>>,
    /// This program; every process of the run is another copy of it.
    pub exe: PathBuf,
}

impl Config {
    /// Gated, at unlimited pace, to be used by tests and as a base.
    pub fn new(scenario: Arc<Scenario>, seed: u64) -> Config {
        Config {
            scenario,
            gated: true,
            seed,
            walk: Walk::default(),
            pace: Pace::Unlimited,
            paused: false,
            recorded: Vec::new(),
            by_hand: Vec::new(),
            repeat_to: 0,
            time_limit: None,
            memory: MEMORY,
            end_when_stuck: true,
            pause_to_ask: false,
            listener: None,
            exe: PathBuf::from("/proc/self/exe"),
        }
    }
}

/// What the processes of a run may use together if nobody says otherwise, in bytes.
pub const MEMORY: u64 = 1 << 30;

/// How long the host waits for one of its own threads or children to do what takes no time.
const PATIENCE: Duration = Duration::from_secs(5);

/// A run could not be begun.
#[derive(Debug, thiserror::Error)]
#[error("could not {what}: {source}")]
pub struct StartError {
    what: &'static str,
    source: io::Error,
}

impl StartError {
    /// The same in a language, with what to do.
    pub fn told(&self, lang: Lang) -> String {
        let why = self.source.raw_os_error().map_or_else(|| self.source.to_string(), |errno| unstarted::reason(errno, lang));
        match lang {
            Lang::En => format!("could not {}: {why}", self.what),
            Lang::Zh => format!("无法开始运行（{}）：{why}", self.what),
        }
    }
}

fn failed(what: &'static str) -> impl Fn(io::Error) -> StartError {
    move |source| StartError { what, source }
}

/// One run.
pub struct Run {
    pub arena: Arc<Arena>,
    log: Arc<Log>,
    pub children: Arc<Children>,
    shown: Arc<Mutex<Shown>>,
    commands: Sender<Command>,
    threads: Vec<JoinHandle<()>>,
    reader: Option<JoinHandle<()>>,
    /// Of the descriptor that SIGCHLD makes readable.
    registration: Option<signal_hook::SigId>,
}

/// What a thread that panicked has left is looked at all the same: the run is to be closed in order.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Run {
    /// Begins a run: its memory, its threads, and the process main.
    pub fn start(config: Config) -> Result<Run, StartError> {
        let (arena, memory) = Arena::create().map_err(failed("create the run's shared memory"))?;
        let arena = Arc::new(arena);
        arena.set_memory_budget(config.memory);
        let scenario = codec::encode_scenario(&config.scenario)
            .map_err(io::Error::other)
            .and_then(|bytes| sys::memfile::sealed("scenario", &bytes))
            .map_err(failed("pass the scenario on"))?;
        let job_bell = Arc::new(sys::pipe::eventfd().map_err(failed("make an eventfd"))?);
        let (child_signal, registration) = child_signals().map_err(failed("listen for stopped processes"))?;
        let children = Arc::new(Children::default());
        let (jobs, job_receiver) = crossbeam_channel::unbounded();
        let (news_sender, news) = crossbeam_channel::unbounded();
        let (commands, command_receiver) = crossbeam_channel::unbounded();
        let shown = Arc::new(Mutex::new(Shown {
            phase: if config.paused { Phase::Paused } else { Phase::Running },
            gated: config.gated,
            pace: config.pace,
            step: 0,
            rest_at: None,
            notice: None,
            exit: None,
            by_hand: Vec::new(),
            ended: None,
        }));
        let asked = Asked::of(&config.scenario);
        let log = Arc::new(Log::new(arena.clone(), asked, config.time_limit));
        let keeper = Keeper {
            arena: arena.clone(),
            memory: Arc::new(memory),
            scenario,
            exe: config.exe,
            children: children.clone(),
            jobs: job_receiver,
            job_bell: job_bell.clone(),
            child_signal,
            news: news_sender,
            pending: RefCell::default(),
        };
        let rules = Rules {
            seed: config.seed,
            milli_speed: 1000,
            time_limit: config.time_limit,
            end_when_stuck: config.end_when_stuck,
            repeat_to: config.repeat_to,
        };
        let order = Order::recorded(config.seed, config.walk, config.recorded);
        let course = Course::new(config.gated, config.pace, !config.paused, order, config.pause_to_ask);
        let control = Control::new(
            Wires {
                arena: arena.clone(),
                log: log.clone(),
                children: children.clone(),
                jobs: jobs.clone(),
                job_bell: job_bell.clone(),
                news,
                commands: command_receiver,
                shown: shown.clone(),
            },
            rules,
            course,
            config.by_hand.into(),
        );
        let reading = log.clone();
        let listener = config.listener;
        let mut run = Run { arena, log, children, shown, commands, threads: Vec::new(), reader: None, registration: Some(registration) };
        run.reader = Some(thread("reader", move || reading.read(listener)).map_err(failed("start a thread"))?);
        run.threads.push(thread("keeper", move || keeper.run()).map_err(failed("start a thread"))?);
        match thread("control", move || control.run()) {
            Ok(control) => run.threads.push(control),
            Err(error) => {
                // Nobody else would ever tell the keeper.
                let _ = jobs.send(Job::Finish);
                let _ = sys::pipe::ring(job_bell.as_fd());
                return Err(failed("start a thread")(error));
            }
        }
        Ok(run)
    }

    /// Asks for something; it is done at the next rest, or at once if that need not be waited for.
    pub fn command(&self, command: Command) {
        locked(&self.shown).notice = None;
        // A run that has been closed needs no commands.
        let _ = self.commands.send(command);
        self.arena.ring_bell();
    }

    /// A copy of what the run shows now; locks shortly.
    pub fn shown(&self) -> Shown {
        locked(&self.shown).clone()
    }

    /// The run's timeline, as far as it has been read; events wait while it is held.
    pub fn timeline(&self) -> MutexGuard<'_, Timeline> {
        self.log.timeline()
    }

    /// Waits until all events written before now are in the timeline.
    pub fn catch_up(&self) -> bool {
        self.log.catch_up(PATIENCE)
    }

    /// What a new run needs to repeat this one up to an event, as far as that can be had again.
    pub fn repetition(&self, point: u64) -> Option<Repetition> {
        let by_hand = self.shown().by_hand;
        Repetition::of(&self.timeline(), by_hand, point)
    }

    /// Compares what is drawn with memory and kernel. The run must be at rest.
    pub fn audit(&self) -> Vec<audit::Disagreement> {
        self.catch_up();
        audit::audit(&self.arena, &self.children, self.timeline().head())
    }

    /// The kernel's view of an actor beside what is drawn of it.
    pub fn inside_actor(&self, actor: ActorId, lang: Lang) -> Vec<inside::Fact> {
        inside::of_actor(self.timeline().head(), actor, lang)
    }

    /// The kernel's view of an object beside what is drawn of it.
    pub fn inside_object(&self, object: ObjectId, lang: Lang) -> Vec<inside::Fact> {
        self.catch_up();
        let at_rest = self.shown().phase != Phase::Running;
        inside::of_object(&self.arena, &self.children, self.timeline().head(), object, at_rest, lang)
    }

    /// Waits until `done` says so of what is shown, looking whenever the bell rings. False: the limit is over.
    pub fn wait_until(&self, limit: Duration, mut done: impl FnMut(&Shown) -> bool) -> bool {
        let deadline = std::time::Instant::now() + limit;
        while !done(&self.shown()) {
            if std::time::Instant::now() >= deadline {
                return false;
            }
            self.arena.wait_to_drain(self.arena.drain_requests(), Duration::from_millis(2));
        }
        true
    }

    /// Waits for the run's end, however long it takes, and gives how it came.
    pub fn wait(&self) -> Shown {
        while self.shown().ended.is_none() {
            let seen = self.arena.drain_requests();
            if self.shown().ended.is_some() {
                break;
            }
            self.arena.wait_to_drain(seen, Duration::from_millis(20));
        }
        self.shown()
    }

    /// Ends the run: kills and reaps every process, reads the rest of the trace.
    pub fn close(&mut self) {
        // The control thread may be waiting for room in the trace.
        self.log.hurry();
        let _ = self.commands.send(Command::Close);
        self.arena.ring_bell();
        for thread in self.threads.drain(..) {
            // A thread that panicked has ended as well.
            let _ = thread.join();
        }
        if let Some(registration) = self.registration.take() {
            signal_hook::low_level::unregister(registration);
        }
        self.log.finish();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.close();
    }
}

fn thread(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work)
}

/// A descriptor that becomes readable whenever a child of this process changes its state, for as long
/// as the registration lasts.
fn child_signals() -> io::Result<(OwnedFd, signal_hook::SigId)> {
    let (reader, writer) = sys::pipe::duplex()?;
    let registration = signal_hook::low_level::pipe::register(signal_hook::consts::SIGCHLD, writer)?;
    Ok((reader, registration))
}

#[cfg(all(test, not(miri)))]
mod tests {
    use super::*;
    use std::sync::mpsc;

    /// Somebody stops main before its program has taken over: that holds up neither the time limit nor the end.
    #[test]
    fn who_is_stopped_before_it_runs_holds_up_nothing() {
        let (sender, receiver) = mpsc::channel();
        let exe = PathBuf::from("/no/such").join(sys::spawn::STOPPED);
        let time_limit = Some(Duration::from_millis(100));
        let config = Config { exe, time_limit, ..Config::new(Arc::new(Scenario::default()), 1) };
        std::thread::spawn(move || {
            let mut run = Run::start(config).expect("the run starts");
            let ended = run.wait().ended;
            let main = run.children.get(ActorId::MAIN).map(|child| child.pid).expect("it lives");
            let state = sys::procfs::stat(main, main).expect("it is there").state;
            run.close();
            let _ = sender.send((ended, state, sys::procfs::stat(main, main).is_ok()));
        });
        let (ended, state, is_left) = receiver.recv_timeout(Duration::from_secs(120)).expect("the run ends");
        assert!(matches!(ended, Some(Ended::TimeLimit(_))), "{ended:?}");
        assert_eq!((state, is_left), ('T', false));
    }
}
