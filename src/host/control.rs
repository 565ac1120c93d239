//! The control thread: finds rest, grants, moves the clock (`gated`), proves a free run stuck (`free`),
//! deals with deaths (`deaths`), and lends the hand (`hand`). All control of a run is here, and all of
//! it goes through the gate.

mod deaths;
mod free;
mod gated;
mod hand;
mod kept;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender};

use super::log::Log;
use super::order::Order;
use super::processes::{Children, Job, News};
use super::{Ended, PATIENCE, Pace, Phase, Shown};
use crate::arena::Arena;
use crate::arena::actors::{Kin, State};
use crate::arena::layout::actor::FLAG_BORN;
use crate::arena::repair::Repair;
use crate::ipc::Value;
use crate::ipc::start::Task;
use crate::sys;
use crate::trace::scenario::Bilingual;
use crate::trace::{ActorId, Body, Cause, Died, Goal, Mode, ObjectId, On, OpId, PartRef, Rest, Role, Wait};

/// What the user may ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// So many steps, then pause.
    Step(u32),
    /// One step of this actor.
    StepActor(ActorId),
    Play,
    /// Runs on, and pauses when this is so.
    PlayUntil(Goal),
    Pause,
    SetPace(Pace),
    /// Whether a run that plays by pace pauses for questions.
    PauseToAsk(bool),
    /// Opens the gate (true) or closes it.
    Free(bool),
    /// The hand does one step: an operation on something, with a value if it needs one.
    Hand(OpId, On, Option<Value>),
    Signal(ActorId, i32),
    /// A signal that came from outside of the run, sent once more by a branch. It is nobody's step.
    Outside(ActorId, i32),
    Close,
}

/// What holds for a whole run.
pub struct Rules {
    pub seed: u64,
    pub milli_speed: u32,
    pub time_limit: Option<Duration>,
    /// A run that is stuck is over (no screen, so nobody could help it).
    pub end_when_stuck: bool,
    /// Steps up to this one are repeated without a pause.
    pub repeat_to: u64,
}

/// The course that a run takes, as its user wants it at the moment.
pub struct Course {
    /// The host grants each step. A pause of a free run closes the gate, and leaves it free.
    pub gated: bool,
    pub pace: Pace,
    pub playing: bool,
    pub order: Order,
    /// A run that plays by pace pauses when a question of the scenario is asked.
    pub pause_to_ask: bool,
    /// Steps that the user asked for.
    wanted: u32,
    /// Where to pause, and the step at which the user asked for it.
    goal: Option<(Goal, u64)>,
    /// What several could have had at the last rest; kept while the run goes on to such a moment.
    rivalries: BTreeSet<(PartRef, u8)>,
    next_grant: Instant,
}

impl Course {
    /// The course of a run that begins now. `gated`: steps are granted, else the kernel schedules. `playing`: it
    /// goes on by itself at its pace. `pause_to_ask`: it pauses for questions.
    pub fn new(gated: bool, pace: Pace, playing: bool, order: Order, pause_to_ask: bool) -> Course {
        Course { gated, pace, playing, order, pause_to_ask, wanted: 0, goal: None, rivalries: BTreeSet::new(), next_grant: Instant::now() }
    }
}

/// What the hand is to do.
struct Orders {
    /// What it did in the run that this one repeats, each with its step.
    due: VecDeque<(u64, Command)>,
    next: VecDeque<Command>,
}

/// Processes that a signal has stopped, and signals on their way.
#[derive(Default)]
struct Stops {
    stopped: BTreeSet<ActorId>,
    /// Those of them whose birth the trace does not tell of yet.
    untold: Vec<ActorId>,
    /// A signal by hand whose effect has not been seen yet.
    expecting: Option<(ActorId, i32)>,
}

/// Deaths, and what of them is still to be dealt with.
#[derive(Default)]
struct Deaths {
    /// Not dealt with yet: somebody is in the middle of a step, or the creator has not told of the birth.
    early: Vec<(ActorId, Cause)>,
    /// Processes whose creator died before it could tell of them.
    orphans: Vec<ActorId>,
    /// What is to be put right once a stopped process lets go.
    unrepaired: Vec<Repair>,
    /// How many have been dealt with.
    buried: u64,
}

/// What connects the control thread with the host's other threads.
pub struct Wires {
    pub arena: Arc<Arena>,
    pub log: Arc<Log>,
    pub children: Arc<Children>,
    pub jobs: Sender<Job>,
    /// Tells the keeper that there is a job.
    pub job_bell: Arc<OwnedFd>,
    pub news: Receiver<News>,
    pub commands: Receiver<Command>,
    pub shown: Arc<Mutex<Shown>>,
}

/// The control thread's state: what a run is, how it goes on, and what is known of its actors.
pub struct Control {
    wires: Wires,
    rules: Rules,
    began: Instant,
    course: Course,
    hand: Orders,
    stops: Stops,
    deaths: Deaths,
    step: u64,
    /// Who could go; known only at rest, until somebody moves.
    rest: Option<Rest>,
    /// Where in the trace the announcements of the next rest begin, once one is told.
    announced_from: Option<u64>,
    /// What the last step was done to.
    touched: Option<ObjectId>,
    /// What parked actors last said of their pipes, and of which version of these.
    probes: BTreeMap<ActorId, (Wait, u64, bool)>,
    /// Everyone's words when a free run was proved stuck.
    stuck_at: Option<Vec<u32>>,
    over: bool,
}

impl std::ops::Deref for Control {
    type Target = Wires;

    fn deref(&self) -> &Wires {
        &self.wires
    }
}

impl Control {
    /// `repeated`: what the hand did in the run that this one repeats, each with its step.
    pub fn new(wires: Wires, rules: Rules, course: Course, repeated: VecDeque<(u64, Command)>) -> Control {
        Control {
            wires,
            rules,
            began: Instant::now(),
            course,
            hand: Orders { due: repeated, next: VecDeque::new() },
            stops: Stops::default(),
            deaths: Deaths::default(),
            step: 0,
            rest: None,
            announced_from: None,
            touched: None,
            probes: BTreeMap::new(),
            stuck_at: None,
            over: false,
        }
    }

    /// The thread's life: the whole run.
    pub fn run(mut self) {
        self.begin();
        loop {
            let bell = self.arena.bell();
            self.take_news();
            if self.take_commands() {
                break;
            }
            let sleep = if self.everyone_ended() {
                self.close_stranded_ends();
                self.conclude(Ended::Finished)
            } else if self.rules.time_limit.is_some_and(|limit| self.began.elapsed() >= limit) {
                self.conclude(Ended::TimeLimit(self.current_lines()))
            } else if self.arena.gated() {
                self.gated_turn()
            } else {
                self.free_turn()
            };
            if self.over {
                break;
            }
            let Some(limit) = sleep else { continue };
            let limit = match self.rules.time_limit {
                Some(all) => limit.min(all.saturating_sub(self.began.elapsed())),
                None => limit,
            };
            let (news, commands) = (&self.news, &self.commands);
            self.arena.wait_for_bell(bell, Some(limit), || !news.is_empty() || !commands.is_empty());
        }
        let _ = self.jobs.send(Job::Finish);
        let _ = sys::pipe::ring(self.job_bell.as_fd());
    }

    fn begin(&mut self) {
        self.arena.set_gated(self.course.gated);
        self.arena.set_clock(0, if self.course.gated { 0 } else { self.rules.milli_speed });
        let mode = if self.course.gated { Mode::Gated } else { Mode::Free { milli_speed: self.rules.milli_speed } };
        self.emit(Body::Mode(mode));
        let kin = |id| Kin { process: id, creator: None, role: Role::Process, works_for: None };
        if let Ok(main) = self.arena.reserve_actor(kin, "main", "") {
            self.arena.set_random_seed(main, crate::trace::fnv1a(format!("{}/main", self.rules.seed).as_bytes()));
            self.start_own(main);
        }
    }

    /// Starts a process that nobody in the run asked for, and tells of its birth.
    fn start_own(&mut self, actor: ActorId) -> bool {
        let task = Task { function: String::new(), args: Vec::new(), ends: Vec::new() };
        let sealed = task.encode().map_err(io::Error::other).and_then(|bytes| sys::memfile::sealed("task", &bytes));
        let registered = match sealed {
            Ok(task) => {
                let _ = self.jobs.send(Job::Start { actor, task });
                let _ = sys::pipe::ring(self.job_bell.as_fd());
                let registered = self.wait_for(|control| control.arena.state(actor) != State::Starting);
                if !registered && self.children.get(actor).is_some() {
                    // Somebody has stopped it; its birth is told when it goes on, or dies.
                    self.deaths.orphans.push(actor);
                    return false;
                }
                registered
            }
            Err(error) => {
                self.arena.set_cause(actor, Cause::NotStarted(sys::spawn::errno(&error)));
                self.arena.set_state(actor, State::Dead);
                false
            }
        };
        self.tell_birth(actor, actor);
        self.arena.raise_flag(actor, FLAG_BORN);
        self.arena.bump(actor);
        if let (State::Dead, Some(cause)) = (self.arena.state(actor), self.arena.cause(actor)) {
            self.emit(Body::Died(Died { actor, cause, changes: Vec::new() }));
        }
        registered
    }

    /// Waits for something that the host's own children do by themselves.
    fn wait_for(&mut self, done: impl Fn(&Control) -> bool) -> bool {
        let mut deadline = Instant::now() + PATIENCE;
        if let Some(limit) = self.rules.time_limit {
            deadline = deadline.min(self.began + limit);
        }
        loop {
            let bell = self.arena.bell();
            self.take_news();
            if done(self) {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let news = &self.news;
            self.arena.wait_for_bell(bell, Some(left), || !news.is_empty());
        }
    }

    fn emit(&self, body: Body) {
        self.arena.wait_for_room();
        self.arena.emit(ActorId::HOST, body);
    }

    // Commands

    /// True: the run is to be closed.
    fn take_commands(&mut self) -> bool {
        while let Ok(command) = self.commands.try_recv() {
            match command {
                Command::Step(count) => {
                    self.course.playing = false;
                    self.course.wanted = self.course.wanted.saturating_add(count);
                    self.run_clock();
                }
                Command::StepActor(actor) => {
                    self.course.playing = false;
                    self.course.order.choose(actor);
                    self.course.wanted = 1;
                    self.run_clock();
                }
                Command::PlayUntil(goal) => {
                    self.course.goal = Some((goal, self.step));
                    self.course.rivalries = self.rivalries();
                    self.course.playing = true;
                    self.course.next_grant = Instant::now();
                    self.run_clock();
                }
                Command::Play => {
                    self.course.goal = None;
                    self.course.playing = true;
                    self.course.next_grant = Instant::now();
                    self.run_clock();
                }
                Command::Pause => {
                    self.course.playing = false;
                    self.course.wanted = 0;
                    self.run_clock();
                }
                Command::SetPace(pace) => {
                    self.course.pace = pace;
                    self.course.next_grant = Instant::now();
                }
                Command::PauseToAsk(pause) => self.course.pause_to_ask = pause,
                Command::Free(free) => self.open_or_close(free),
                Command::Hand(..) | Command::Signal(..) | Command::Outside(..) => self.hand.next.push_back(command),
                Command::Close => return true,
            }
            self.show();
        }
        false
    }

    /// A pause of a free run closes the gate; going on opens it again.
    fn run_clock(&mut self) {
        if self.course.gated {
            return;
        }
        let free_now = !self.arena.gated();
        if self.course.playing && !free_now {
            self.open_gate();
        } else if !self.course.playing && free_now {
            self.close_gate();
        }
    }

    fn open_or_close(&mut self, free: bool) {
        self.course.gated = !free;
        if free && self.arena.gated() {
            self.course.playing = true;
            self.open_gate();
        } else if !free && !self.arena.gated() {
            self.close_gate();
        }
    }

    fn open_gate(&mut self) {
        self.rest = None;
        self.arena.set_clock(self.arena.now(), self.rules.milli_speed);
        self.emit(Body::Mode(Mode::Free { milli_speed: self.rules.milli_speed }));
        self.arena.set_gated(false);
        self.children.poke_everyone();
    }

    fn close_gate(&mut self) {
        self.rest = None;
        self.arena.set_clock(self.arena.now(), 0);
        self.arena.set_gated(true);
        self.children.poke_everyone();
        self.emit(Body::Mode(Mode::Gated));
    }

    // Ends

    fn everyone_ended(&self) -> bool {
        // A server that outlived the process that started it serves nobody once all others have ended.
        let ends = |id: &ActorId| self.arena.kin(*id).role == Role::Process && self.arena.kin(*id).works_for.is_none();
        let mut processes = self.arena.actor_ids().filter(ends).peekable();
        processes.peek().is_some() && processes.all(|id| self.arena.state(id) == State::Dead) && self.deaths.early.is_empty()
    }

    /// Where everyone is, for the message of a run that was cut off.
    fn current_lines(&self) -> Vec<(String, u32)> {
        self.arena
            .actor_ids()
            .filter(|id| self.arena.kin(*id).role == Role::Process && self.arena.state(*id) != State::Dead)
            .map(|id| (self.arena.actor_name(id), self.arena.read_step(id).2))
            .collect()
    }

    fn finish(&mut self, ended: Ended) {
        self.arena.set_clock(self.arena.now(), 0);
        self.log.catch_up_with_listener(PATIENCE);
        let code = match &ended {
            Ended::Finished => match self.arena.cause(ActorId::MAIN) {
                Some(Cause::Exit(0)) => 0,
                _ => 1,
            },
            Ended::Stuck => 3,
            Ended::TimeLimit(_) => 124,
        };
        let mut shown = super::locked(&self.shown);
        shown.phase = if ended == Ended::Stuck { Phase::Stuck } else { Phase::Ended };
        shown.exit = Some(code);
        shown.ended = Some(ended);
        drop(shown);
        self.arena.ask_to_drain();
    }

    /// The run is over; what remains is to be looked at, until the user closes it.
    fn conclude(&mut self, ended: Ended) -> Option<Duration> {
        // Closing kills one after the other; nobody is to act on the death of another that the run
        // itself would never have seen.
        self.arena.set_gated(true);
        self.finish(ended);
        while self.commands.recv().is_ok_and(|command| command != Command::Close) {}
        self.over = true;
        None
    }

    fn notice(&self, en: &str, zh: &str) {
        self.tell_user(Bilingual { en: en.to_owned(), zh: zh.to_owned() });
    }

    fn tell_user(&self, text: Bilingual) {
        let mut shown = super::locked(&self.shown);
        shown.notice = Some(text);
        // What came to nothing may have been a step, which is not at rest yet.
        shown.step = self.step;
    }

    fn show(&self) {
        let phase = match &self.rest {
            Some(rest) if rest.stuck => Phase::Stuck,
            // A branch goes by itself to the point where it is to part.
            _ if self.course.playing || self.step < self.rules.repeat_to => Phase::Running,
            _ => Phase::Paused,
        };
        let before = super::locked(&self.shown).phase;
        if phase != before && phase != Phase::Running {
            // A run that is shown to stand is shown where it stands.
            self.log.catch_up_with_listener(PATIENCE);
        }
        let mut shown = super::locked(&self.shown);
        shown.phase = phase;
        shown.pace = self.course.pace;
        shown.gated = self.course.gated;
        shown.step = self.step;
        if self.rest.is_some() {
            shown.rest_at = Some(self.step);
        }
    }
}
