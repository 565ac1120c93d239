//! The control thread: finds rest, grants, moves the clock, deals with deaths, lends the hand, and
//! declares a run stuck. All control of a run is here, and all of it goes through the gate.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::os::fd::AsFd;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender};

use super::log::Log;
use super::order::Order;
use super::processes::{Children, Job, News};
use super::{Ended, Pace, Phase, Shown};
use crate::arena::Arena;
use crate::arena::actors::{Kin, State, next_word};
use crate::arena::gate::is_pipe;
use crate::arena::layout::actor::{FLAG_ANNOUNCED, FLAG_BORN, FLAG_FRESH};
use crate::ipc::control as wire;
use crate::ipc::process::Task;
use crate::kind::process;
use crate::kind::{self, Op, Outcome};
use crate::sys;
use crate::trace::{
    Acted, ActorId, Announced, Body, Born, Candidate, Cause, Died, Grant, Mode, Nanos, Next, ObjectId, On, Rest, Role, Until, Wait,
};

/// What a step takes of the run's time.
const STEP_TIME: Nanos = 1_000_000;

/// How long the host waits for one of its own children to do what takes no time.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the user may ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// So many steps, then pause.
    Step(u32),
    /// One step of this actor.
    StepActor(ActorId),
    Play,
    Pause,
    SetPace(Pace),
    /// Opens the gate (true) or closes it.
    Free(bool),
    HandSet(ObjectId, bool),
    Signal(ActorId, i32),
    Close,
}

/// How a run is to begin.
pub struct Plan {
    pub gated: bool,
    pub seed: u64,
    pub milli_speed: u32,
    pub pace: Pace,
    pub paused: bool,
    pub order: Order,
    pub time_limit: Option<Duration>,
    /// A run that is stuck is over (no screen, so nobody could help it).
    pub end_when_stuck: bool,
}

pub struct Control {
    arena: Arc<Arena>,
    log: Arc<Log>,
    children: Arc<Children>,
    jobs: Sender<Job>,
    job_bell: Arc<std::os::fd::OwnedFd>,
    news: Receiver<News>,
    commands: Receiver<Command>,
    shown: Arc<Mutex<Shown>>,
    plan: Plan,
    began: Instant,
    step: u64,
    playing: bool,
    /// Steps that the user asked for.
    wanted: u32,
    next_grant: Instant,
    /// Who could go; known only at rest, until somebody moves.
    rest: Option<Rest>,
    stopped: BTreeSet<ActorId>,
    /// Deaths of processes whose birth their creator has not told yet.
    early_deaths: Vec<(ActorId, Cause)>,
    hand: VecDeque<Command>,
    probes: BTreeMap<ActorId, (Wait, u64, bool)>,
    /// A signal by hand whose effect has not been seen yet.
    expecting: Option<(ActorId, i32)>,
    /// Everyone's words when a free run was proved stuck.
    stuck_at: Option<Vec<u32>>,
    over: bool,
}

impl Control {
    #[expect(clippy::too_many_arguments, reason = "called once; each is a thing of its own")]
    pub fn new(
        arena: Arc<Arena>,
        log: Arc<Log>,
        children: Arc<Children>,
        jobs: Sender<Job>,
        job_bell: Arc<std::os::fd::OwnedFd>,
        news: Receiver<News>,
        commands: Receiver<Command>,
        shown: Arc<Mutex<Shown>>,
        plan: Plan,
    ) -> Control {
        let now = Instant::now();
        let playing = !plan.paused;
        Control {
            arena,
            log,
            children,
            jobs,
            job_bell,
            news,
            commands,
            shown,
            plan,
            began: now,
            step: 0,
            playing,
            wanted: 0,
            next_grant: now,
            rest: None,
            stopped: BTreeSet::new(),
            early_deaths: Vec::new(),
            hand: VecDeque::new(),
            probes: BTreeMap::new(),
            expecting: None,
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
                self.conclude(Ended::Finished)
            } else if self.plan.time_limit.is_some_and(|limit| self.began.elapsed() >= limit) {
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
            let limit = match self.plan.time_limit {
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
        self.arena.set_gated(self.plan.gated);
        self.arena.set_clock(0, if self.plan.gated { 0 } else { self.plan.milli_speed });
        let mode = if self.plan.gated { Mode::Gated } else { Mode::Free { milli_speed: self.plan.milli_speed } };
        self.emit(Body::Mode(mode));
        let kin = |id| Kin { process: id, creator: None, role: Role::Process, works_for: None };
        if let Ok(main) = self.arena.reserve_actor(kin, "main", "") {
            self.arena.set_random_seed(main, crate::trace::fnv1a(format!("{}/main", self.plan.seed).as_bytes()));
            self.start_own(main, "main", Role::Process);
        }
    }

    /// Starts a process that nobody in the run asked for, and tells of its birth.
    fn start_own(&mut self, actor: ActorId, name: &str, role: Role) -> bool {
        let task = Task { function: String::new(), args: Vec::new(), ends: Vec::new() };
        let sealed = task.encode().ok().and_then(|bytes| sys::memfile::sealed("task", &bytes).ok());
        let Some(task) = sealed else {
            self.arena.set_cause(actor, Cause::NotStarted(0));
            self.arena.set_state(actor, State::Dead);
            return false;
        };
        let _ = self.jobs.send(Job::Start { actor, task });
        let _ = sys::pipe::ring(self.job_bell.as_fd());
        let registered = self.wait_for(|control| control.arena.state(actor) != State::Starting);
        let (pid, tid) = self.arena.ids(actor);
        let born =
            Born { actor, role, process: actor, creator: None, object: None, name: name.to_owned(), function: String::new(), pid, tid };
        self.arena.emit_as(ActorId::HOST, actor, Body::Born(born));
        self.arena.raise_flag(actor, FLAG_BORN);
        self.arena.bump(actor);
        if let (State::Dead, Some(cause)) = (self.arena.state(actor), self.arena.cause(actor)) {
            self.emit(Body::Died(Died { actor, cause, changes: Vec::new() }));
        }
        registered
    }

    /// Waits for something that the host's own children do by themselves.
    fn wait_for(&mut self, done: impl Fn(&Control) -> bool) -> bool {
        let deadline = Instant::now() + PATIENCE;
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

    // News

    fn take_news(&mut self) {
        while let Ok(news) = self.news.try_recv() {
            match news {
                News::Died(actor, cause) => self.early_deaths.push((actor, cause)),
                News::Stopped(actor, stopped) => {
                    if stopped {
                        self.stopped.insert(actor);
                    } else {
                        self.stopped.remove(&actor);
                    }
                    if self.expecting.is_some_and(|(expected, _)| expected == actor) {
                        self.expecting = None;
                    }
                    self.rest = None;
                    self.emit(Body::Stopped { actor, stopped });
                }
            }
        }
        for (actor, cause) in std::mem::take(&mut self.early_deaths) {
            if self.arena.flag(actor, FLAG_BORN) || self.tell_late_birth(actor) {
                self.bury(actor, cause);
            } else if self.arena.state(actor) == State::Starting {
                // Its creator waits for it, and will tell of both.
                self.arena.set_state(actor, State::Dead);
            } else if self.arena.state(actor) != State::Dead {
                self.early_deaths.push((actor, cause));
            }
        }
    }

    /// Tells of a birth whose creator died before it could. False: the creator will still do so.
    fn tell_late_birth(&self, actor: ActorId) -> bool {
        let kin = self.arena.kin(actor);
        let Some(creator) = kin.creator.filter(|creator| self.arena.state(*creator) == State::Dead) else { return false };
        let (pid, tid) = self.arena.ids(actor);
        let born = Born {
            actor,
            role: kin.role,
            process: kin.process,
            creator: Some(creator),
            object: kin.works_for,
            name: self.arena.actor_name(actor),
            function: self.arena.actor_function(actor),
            pid,
            tid,
        };
        self.arena.wait_for_room();
        self.arena.emit_as(ActorId::HOST, creator, Body::Born(born));
        self.arena.raise_flag(actor, FLAG_BORN);
        self.arena.bump(actor);
        true
    }

    /// Everything that a death entails. `Dead` is written last.
    fn bury(&mut self, actor: ActorId, cause: Cause) {
        let dead: Vec<ActorId> = self.arena.threads_of(actor).filter(|id| self.arena.state(*id) != State::Dead || *id == actor).collect();
        dead.iter().for_each(|id| self.arena.note_notified(*id));
        self.rest = None;
        self.stopped.remove(&actor);
        self.expecting = self.expecting.filter(|(expected, _)| *expected != actor);
        let together = self.arena.gated();
        if together {
            let changes = self.arena.repair(actor, &dead, true);
            self.emit(Body::Died(Died { actor, cause, changes }));
        } else {
            self.emit(Body::Died(Died { actor, cause, changes: Vec::new() }));
            let rest = self.arena.repair(actor, &dead, false);
            debug_assert!(rest.is_empty());
        }
        for id in &dead {
            self.arena.set_state(*id, State::Dead);
        }
        // Children whose birth it did not live to tell of.
        let orphans: Vec<ActorId> =
            self.arena.actor_ids().filter(|id| self.arena.kin(*id).creator == Some(actor) && !self.arena.flag(*id, FLAG_BORN)).collect();
        for orphan in orphans {
            match self.arena.state(orphan) {
                // Reserved and never asked for, or a thread that went with it.
                State::Starting if self.children.get(orphan).is_none() => self.arena.set_state(orphan, State::Dead),
                State::Dead => {}
                _ => {
                    self.tell_late_birth(orphan);
                }
            }
        }
        self.arena.bump_everyone();
        self.children.poke_everyone();
    }

    // Commands

    /// True: the run is to be closed.
    fn take_commands(&mut self) -> bool {
        while let Ok(command) = self.commands.try_recv() {
            match command {
                Command::Step(count) => {
                    self.playing = false;
                    self.wanted = self.wanted.saturating_add(count);
                }
                Command::StepActor(actor) => {
                    self.playing = false;
                    self.plan.order.choose(actor);
                    self.wanted = 1;
                }
                Command::Play => {
                    self.playing = true;
                    self.next_grant = Instant::now();
                    self.run_clock();
                }
                Command::Pause => {
                    self.playing = false;
                    self.wanted = 0;
                    self.run_clock();
                }
                Command::SetPace(pace) => {
                    self.plan.pace = pace;
                    self.next_grant = Instant::now();
                }
                Command::Free(free) => self.open_or_close(free),
                Command::HandSet(..) | Command::Signal(..) => self.hand.push_back(command),
                Command::Close => return true,
            }
            self.show();
        }
        false
    }

    /// A pause of a free run closes the gate; going on opens it again.
    fn run_clock(&mut self) {
        if self.plan.gated {
            return;
        }
        let free_now = !self.arena.gated();
        if self.playing && !free_now {
            self.open_gate();
        } else if !self.playing && free_now {
            self.close_gate();
        }
    }

    fn open_or_close(&mut self, free: bool) {
        self.plan.gated = !free;
        if free && self.arena.gated() {
            self.playing = true;
            self.open_gate();
        } else if !free && !self.arena.gated() {
            self.close_gate();
        }
    }

    fn open_gate(&mut self) {
        self.rest = None;
        self.arena.set_clock(self.arena.now(), self.plan.milli_speed);
        self.emit(Body::Mode(Mode::Free { milli_speed: self.plan.milli_speed }));
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

    // Gated

    /// One turn while the gate is closed; gives how long to sleep if there is nothing to do.
    fn gated_turn(&mut self) -> Option<Duration> {
        if self.expecting.is_some() || !self.at_rest() {
            return Some(Duration::from_millis(200));
        }
        if self.rest.is_none() {
            self.tell_announcements();
            let rest = self.find_rest()?;
            self.emit(Body::Rest(rest.clone()));
            self.rest = Some(rest);
            self.show();
            if !self.playing || self.plan.pace != Pace::Unlimited {
                self.arena.ask_to_drain();
            }
        }
        if let Some(command) = self.hand.pop_front() {
            self.act_by_hand(command);
            return None;
        }
        let rest = self.rest.as_ref()?;
        if rest.stuck {
            return if self.plan.end_when_stuck { self.conclude(Ended::Stuck) } else { Some(Duration::from_secs(3600)) };
        }
        if rest.candidates.is_empty() && rest.next_deadline.is_none() {
            // Nobody can move, but somebody is stopped or on its way to its end.
            return Some(Duration::from_millis(200));
        }
        if self.wanted > 0 {
            self.wanted -= 1;
        } else if self.playing {
            if let Pace::Steps(per_second) = self.plan.pace {
                let now = Instant::now();
                if now < self.next_grant {
                    return Some(self.next_grant - now);
                }
                self.next_grant = now.max(self.next_grant) + Duration::from_secs_f64(1.0 / per_second.max(0.01));
            }
        } else {
            return Some(Duration::from_secs(3600));
        }
        self.take_step();
        None
    }

    /// Nobody moves: everyone is parked, stopped, idle or dead.
    fn at_rest(&self) -> bool {
        self.early_deaths.is_empty()
            && self.arena.actor_ids().all(|id| match self.arena.state(id) {
                State::Parked | State::Dead | State::Idle | State::Unused => true,
                State::Starting | State::Run | State::RunExpired | State::Probe | State::Exiting => {
                    self.stopped.contains(&self.arena.kin(id).process)
                }
            })
    }

    /// Emits what everyone newly parked will do next, in order of actor id.
    fn tell_announcements(&mut self) {
        let fresh: Vec<ActorId> = self.arena.actor_ids().filter(|id| self.arena.flag(*id, FLAG_ANNOUNCED)).collect();
        for id in fresh {
            self.arena.lower_flag(id, FLAG_ANNOUNCED);
            if self.arena.state(id) != State::Parked {
                continue;
            }
            let (op, on, line) = self.arena.read_step(id);
            let detail = self.arena.read_detail(id);
            self.arena.wait_for_room();
            self.arena.emit_as(ActorId::HOST, id, Body::Announced(Announced { op, on, line, detail }));
        }
    }

    /// Who could go. None: something changed while asking.
    fn find_rest(&mut self) -> Option<Rest> {
        let now = self.arena.now();
        let parked: Vec<ActorId> = self
            .arena
            .actor_ids()
            .filter(|id| *id != ActorId::HAND && self.arena.state(*id) == State::Parked && !self.is_stopped(*id))
            .collect();
        let mut candidates = Vec::new();
        let mut next_deadline: Option<Nanos> = None;
        for id in &parked {
            if self.arena.flag(*id, FLAG_FRESH) {
                candidates.push(Candidate { actor: *id, grant: Grant::Proceed });
                continue;
            }
            let wait = self.arena.read_wait(*id);
            if self.holds(*id, &wait) {
                candidates.push(Candidate { actor: *id, grant: Grant::Proceed });
                continue;
            }
            match self.arena.deadline_of(*id, &wait) {
                Some(deadline) if deadline <= now => candidates.push(Candidate { actor: *id, grant: Grant::Expire }),
                Some(deadline) => next_deadline = Some(next_deadline.map_or(deadline, |next| next.min(deadline))),
                None => {}
            }
        }
        if !self.at_rest() || !self.news.is_empty() {
            return None;
        }
        let anyone = self.arena.actor_ids().any(|id| id != ActorId::HAND && self.arena.state(id) != State::Dead);
        let stuck = anyone && candidates.is_empty() && next_deadline.is_none() && self.stopped.is_empty();
        Some(Rest { candidates, next_deadline, stuck })
    }

    fn is_stopped(&self, id: ActorId) -> bool {
        self.stopped.contains(&self.arena.kin(id).process)
    }

    /// Whether a wait holds; for pipes the parked actor itself is asked.
    fn holds(&mut self, id: ActorId, wait: &Wait) -> bool {
        if wait.until.iter().any(|until| self.arena.holds(id, *until) == Some(true)) {
            return true;
        }
        if !wait.until.iter().any(|until| is_pipe(*until)) {
            return false;
        }
        let version = wait.until.iter().map(|until| self.pipe_version(*until)).fold(0, u64::wrapping_add);
        if let Some((asked, when, answer)) = self.probes.get(&id)
            && asked == wait
            && *when == version
        {
            return *answer;
        }
        match self.probe(id) {
            Some(answer) => {
                self.probes.insert(id, (wait.clone(), version, answer));
                answer
            }
            None => false,
        }
    }

    fn pipe_version(&self, until: Until) -> u64 {
        match until {
            Until::Readable(part, _) | Until::Writable(part, _) => self.arena.pipe_version(part.object),
            _ => 0,
        }
    }

    /// Asks a parked actor for a `poll(0)` of its pipes. None: it died or moved meanwhile.
    fn probe(&mut self, id: ActorId) -> Option<bool> {
        let word = self.arena.actor_word(id);
        let seen = word.load(SeqCst);
        if State::of(seen) != State::Parked || word.compare_exchange(seen, next_word(seen, State::Probe), SeqCst, SeqCst).is_err() {
            return None;
        }
        sys::futex::wake_all(word);
        self.children.poke(id);
        let answered = self.wait_for(|control| control.arena.state(id) != State::Probe || control.is_stopped(id));
        (answered && self.arena.state(id) != State::Probe).then(|| self.arena.probe_answer(id))
    }

    /// Grants to one of the candidates, or lets time pass if there are none.
    fn take_step(&mut self) {
        let Some(rest) = self.rest.take() else { return };
        match self.plan.order.pick(&rest.candidates) {
            Some(candidate) => self.grant(candidate.actor, candidate.grant),
            None => {
                if let Some(to) = rest.next_deadline {
                    self.step += 1;
                    self.arena.wait_for_room();
                    self.arena.set_clock(to, 0);
                    self.emit(Body::Clock { step: self.step, to });
                }
            }
        }
    }

    /// Lets one actor go: one swap of its word.
    fn grant(&mut self, actor: ActorId, grant: Grant) {
        self.begin_step(actor, grant);
        let state = if grant == Grant::Proceed { State::Run } else { State::RunExpired };
        let word = self.arena.actor_word(actor);
        let mut seen = word.load(SeqCst);
        while State::of(seen) == State::Parked {
            match word.compare_exchange(seen, next_word(seen, state), SeqCst, SeqCst) {
                Ok(_) => break,
                Err(now) => seen = now,
            }
        }
        sys::futex::wake_all(word);
        self.children.poke(actor);
    }

    fn begin_step(&mut self, actor: ActorId, grant: Grant) {
        self.step += 1;
        self.rest = None;
        if self.arena.gated() {
            self.arena.set_clock(self.arena.now() + STEP_TIME, 0);
        }
        self.emit(Body::Granted { step: self.step, actor, grant });
    }

    // Free

    /// One turn while the gate is open: deaths have been dealt with; is anyone able to move?
    fn free_turn(&mut self) -> Option<Duration> {
        if let Some(command) = self.hand.pop_front() {
            self.act_by_hand(command);
            return None;
        }
        if let Some(words) = self.stuck_at.take() {
            // The proof stands until anybody's word changes.
            if self.nobody_moves().as_ref() == Some(&words) {
                self.stuck_at = Some(words);
                return if self.plan.end_when_stuck { self.conclude(Ended::Stuck) } else { Some(Duration::from_millis(250)) };
            }
            self.rest = None;
            self.show();
        }
        self.stuck_at = self.prove_stuck();
        if self.stuck_at.is_none() {
            return Some(Duration::from_millis(250));
        }
        let rest = Rest { candidates: Vec::new(), next_deadline: None, stuck: true };
        self.emit(Body::Rest(rest.clone()));
        self.rest = Some(rest);
        self.show();
        None
    }

    /// The words of all actors, if every one is parked without a timer, stopped by nobody, and waits
    /// for something that does not hold in memory.
    fn nobody_moves(&self) -> Option<Vec<u32>> {
        let mut words = Vec::new();
        for id in self.arena.actor_ids() {
            let word = self.arena.actor_word(id).load(SeqCst);
            match State::of(word) {
                State::Dead | State::Idle | State::Unused => {}
                State::Parked => {
                    let wait = self.arena.read_wait(id);
                    if self.is_stopped(id)
                        || self.arena.flag(id, FLAG_FRESH)
                        || self.arena.deadline_of(id, &wait).is_some()
                        || wait.until.iter().any(|until| self.arena.holds(id, *until) == Some(true))
                    {
                        return None;
                    }
                }
                _ => return None,
            }
            words.push(word);
        }
        Some(words)
    }

    /// Two looks with the same wait numbers and the same count of events, and between them the kernel
    /// says of every pipe that it is not ready.
    fn prove_stuck(&mut self) -> Option<Vec<u32>> {
        let writes = self.arena.writes();
        self.nobody_moves()?;
        let waiting: Vec<ActorId> = self
            .arena
            .actor_ids()
            .filter(|id| self.arena.state(*id) == State::Parked && self.arena.read_wait(*id).until.iter().any(|until| is_pipe(*until)))
            .collect();
        for id in waiting {
            if self.probe(id) != Some(false) {
                return None;
            }
        }
        let first = self.nobody_moves()?;
        let second = self.nobody_moves()?;
        (second == first && self.arena.writes() == writes && self.news.is_empty() && self.early_deaths.is_empty()).then_some(first)
    }

    // The hand

    fn act_by_hand(&mut self, command: Command) {
        if self.arena.state(ActorId::HAND) == State::Unused {
            let kin = Kin { process: ActorId::HAND, creator: None, role: Role::Hand, works_for: None };
            self.arena.register(ActorId::HAND, kin, "hand", "");
            if !self.start_own(ActorId::HAND, "hand", Role::Hand) {
                self.notice("the hand's process could not be started");
                return;
            }
        }
        if self.arena.state(ActorId::HAND) == State::Dead {
            self.notice("the hand's process has been killed from outside; start the run again");
            return;
        }
        match command {
            Command::HandSet(object, up) => self.hand_sets(object, up),
            Command::Signal(actor, signal) => self.hand_signals(actor, signal),
            _ => {}
        }
    }

    fn hand_sets(&mut self, object: ObjectId, up: bool) {
        if self.arena.facts(object).kind != kind::event::ID {
            return self.notice("only an Event can be set or cleared");
        }
        if !self.wait_for(|control| control.arena.state(ActorId::HAND) == State::Idle) {
            return self.notice("the hand is still busy");
        }
        let Some(hand) = self.children.get(ActorId::HAND) else { return };
        self.arena.set_state(ActorId::HAND, State::Starting);
        if wire::command(&hand.control, &wire::Order::Set { object, up }, &[]).is_err() {
            return self.notice("the hand's process does not answer");
        }
        if self.arena.gated() {
            self.wait_for(|control| control.arena.state(ActorId::HAND) == State::Parked);
            self.arena.lower_flag(ActorId::HAND, FLAG_ANNOUNCED);
            self.grant(ActorId::HAND, Grant::Proceed);
        }
    }

    fn hand_signals(&mut self, actor: ActorId, signal: i32) {
        use nix::sys::signal::Signal::{SIGCONT, SIGKILL, SIGSTOP, SIGTERM};
        let process = self.arena.kin(actor).process;
        let Some(child) = self.children.get(process).filter(|_| process != ActorId::HAND) else {
            return self.notice("that process has ended already");
        };
        let words: Option<(&Op, &Outcome)> = [
            (SIGKILL as i32, (&process::KILL, &process::KILL_SENT)),
            (SIGTERM as i32, (&process::TERMINATE, &process::TERMINATE_SENT)),
            (SIGSTOP as i32, (&process::STOP, &process::STOP_SENT)),
            (SIGCONT as i32, (&process::CONTINUE, &process::CONTINUE_SENT)),
        ]
        .into_iter()
        .find_map(|(number, words)| (number == signal).then_some(words));
        let Some((op, outcome)) = words else { return };
        let stopped = self.stopped.contains(&process);
        if signal == SIGCONT as i32 && !stopped || signal == SIGSTOP as i32 && stopped {
            return self.notice(if stopped { "that process is stopped already" } else { "that process is not stopped" });
        }
        self.begin_step(ActorId::HAND, Grant::Proceed);
        self.arena.wait_for_room();
        let acted =
            Acted { op: op.id, outcome: outcome.id, on: On::Actor(process), line: 0, detail: None, next: Next::Goes, changes: Vec::new() };
        self.arena.emit_as(ActorId::HOST, ActorId::HAND, Body::Acted(acted));
        // SIGTERM does nothing to a stopped process until it is continued.
        if signal == SIGKILL as i32 || !stopped {
            self.expecting = Some((process, signal));
        }
        if sys::pidfd::signal(child.pidfd.as_fd(), signal).is_err() {
            self.expecting = None;
            self.notice("the process could not be signalled: it has just ended");
        }
    }

    // Ends

    fn everyone_ended(&self) -> bool {
        let mut processes = self.arena.actor_ids().filter(|id| self.arena.kin(*id).role == Role::Process).peekable();
        processes.peek().is_some() && processes.all(|id| self.arena.state(id) == State::Dead) && self.early_deaths.is_empty()
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
        self.log.catch_up(PATIENCE);
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
        self.finish(ended);
        while self.commands.recv().is_ok_and(|command| command != Command::Close) {}
        self.over = true;
        None
    }

    fn notice(&self, text: &str) {
        super::locked(&self.shown).notice = Some(text.to_owned());
    }

    fn show(&self) {
        let mut shown = super::locked(&self.shown);
        shown.phase = match &self.rest {
            Some(rest) if rest.stuck => Phase::Stuck,
            _ if self.playing => Phase::Running,
            _ => Phase::Paused,
        };
        shown.pace = self.plan.pace;
        shown.gated = self.plan.gated;
        shown.step = self.step;
        if self.rest.is_some() {
            shown.rest_at = Some(self.step);
        }
    }
}
