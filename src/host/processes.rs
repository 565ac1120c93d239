//! The host's children: one long-lived thread starts them (their lives are tied to it), hears their
//! requests, and reaps them. What happens goes to the control thread as news, with a ring of the bell.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use crossbeam_channel::{Receiver, Sender};

use super::{PATIENCE, locked};
use crate::arena::Arena;
use crate::arena::actors::State;
use crate::arena::layout::actor::FLAG_GONE;
use crate::child;
use crate::ipc::control::{self, Caller, Flight, Order, Request};
use crate::kind::pipe::ENDS;
use crate::sys;
use crate::sys::pidfd::Exit;
use crate::sys::pipe::Interest;
use crate::sys::spawn::{Pending, Spawn};
use crate::trace::scenario::Bilingual;
use crate::trace::{ActorId, Cause, ObjectId};

/// What the control thread is told.
#[derive(Debug)]
pub enum News {
    /// A process has ended and has been reaped.
    Died(ActorId, Cause),
    /// A process was stopped (true) or continued from outside.
    Stopped(ActorId, bool),
    /// The hand could not do what it was told to do, and why.
    Refused(Bilingual),
}

/// What this thread is asked for.
pub enum Job {
    /// Start a process that the host itself wants (main, the hand); its record is registered already.
    Start { actor: ActorId, task: OwnedFd },
    /// Kill and reap everyone, and end.
    Finish,
}

/// One child.
pub struct Process {
    pub pid: u32,
    pub pidfd: OwnedFd,
    pub control: OwnedFd,
}

/// What the host's threads know of its children.
#[derive(Default)]
pub struct Children {
    /// Living ones.
    processes: Mutex<BTreeMap<ActorId, Arc<Process>>>,
    /// What wakes an actor from a poll.
    eventfds: Mutex<BTreeMap<ActorId, Arc<OwnedFd>>>,
    /// Ends that travel in messages: one copy of each stands for however many are on their way.
    in_flight: Mutex<BTreeMap<(ObjectId, u8), OwnedFd>>,
    /// By what callers reach the servers of managers.
    doors: Mutex<BTreeMap<ObjectId, OwnedFd>>,
}

/// What a process that never comes to tell of its memory may have beyond twice the budget of its run, in bytes: for
/// stacks, and what an allocator keeps. A manager's server is left out, whose every thread has a large stack.
const BEYOND: u64 = 1 << 30;

/// See [`turn_at_descriptors`].
static DESCRIPTORS: Mutex<()> = Mutex::new(());

/// To be held by whoever has ends of a run's pipes among the host's descriptors, and by whoever starts a
/// process: a fork copies all descriptors, and its copy of an end would keep that end open until the exec,
/// so that a reader waits where it should see the end of file. Several runs of one host take turns too.
pub fn turn_at_descriptors() -> MutexGuard<'static, ()> {
    locked(&DESCRIPTORS)
}

impl Children {
    /// The process of an actor; `None` if none is known.
    pub fn get(&self, actor: ActorId) -> Option<Arc<Process>> {
        locked(&self.processes).get(&actor).cloned()
    }

    /// Every known process with its actor.
    pub fn all(&self) -> Vec<(ActorId, Arc<Process>)> {
        locked(&self.processes).iter().map(|(id, process)| (*id, process.clone())).collect()
    }

    /// From now on an actor can be woken from a poll. It is woken at once: somebody may have wanted to
    /// before its eventfd was known.
    fn add_eventfd(&self, actor: ActorId, eventfd: OwnedFd) {
        locked(&self.eventfds).insert(actor, Arc::new(eventfd));
        self.poke(actor);
    }

    /// Whether a copy of an end is kept for somebody's message.
    pub fn keeps(&self, object: ObjectId, end: u8) -> bool {
        locked(&self.in_flight).contains_key(&(object, end))
    }

    /// Closes the copies of ends that no message carries any more. To be called in one's turn at descriptors.
    pub fn settle(&self, arena: &Arena) {
        locked(&self.in_flight).retain(|(object, end), _| {
            let travels = arena.part_at(*object, ENDS).is_in_flight(*end);
            if !travels {
                arena.bump_pipe_version(*object);
            }
            travels
        });
    }

    /// Does what a process asks about an end that travels, and gives what it is to be answered with.
    fn fly(&self, arena: &Arena, what: Flight, object: ObjectId, end: u8, fd: Option<OwnedFd>) -> Option<OwnedFd> {
        match what {
            Flight::Keep => {
                let fd = fd?;
                locked(&self.in_flight).insert((object, end), fd);
                None
            }
            Flight::Fetch => locked(&self.in_flight).get(&(object, end)).and_then(|fd| fd.try_clone().ok()),
            Flight::Settle => {
                self.settle(arena);
                None
            }
        }
    }

    /// Tells a manager's server who calls. Errors: BrokenPipe (it has ended), WouldBlock (too many call at once).
    fn call(&self, manager: ObjectId, caller: Caller, end: Option<OwnedFd>) -> io::Result<()> {
        let doors = locked(&self.doors);
        let door = doors.get(&manager).ok_or(io::ErrorKind::BrokenPipe)?;
        let ends: Vec<BorrowedFd<'_>> = end.iter().map(|fd| fd.as_fd()).collect();
        control::announce(door.as_fd(), caller, &ends)
    }

    /// Wakes an actor that sleeps in a poll.
    pub fn poke(&self, actor: ActorId) {
        if let Some(eventfd) = locked(&self.eventfds).get(&actor) {
            // A counter that is full wakes just as well.
            let _ = sys::pipe::ring(eventfd.as_fd());
        }
    }

    /// Pokes every actor that has an eventfd.
    pub fn poke_everyone(&self) {
        let all: Vec<_> = locked(&self.eventfds).keys().copied().collect();
        all.into_iter().for_each(|actor| self.poke(actor));
    }
}

/// The thread's own things.
pub struct Keeper {
    pub arena: Arc<Arena>,
    pub memory: Arc<OwnedFd>,
    pub scenario: OwnedFd,
    pub exe: PathBuf,
    pub children: Arc<Children>,
    pub jobs: Receiver<Job>,
    /// Becomes readable with every job.
    pub job_bell: Arc<OwnedFd>,
    /// Becomes readable when any child changes its state (SIGCHLD).
    pub child_signal: OwnedFd,
    pub news: Sender<News>,
    /// Children whose program has not taken over yet: stopped before that, they keep this thread from nothing.
    pub pending: RefCell<BTreeMap<ActorId, Pending>>,
}

impl Keeper {
    /// Runs until told to finish. All children are gone when it returns.
    pub fn run(self) {
        loop {
            if self.do_jobs() {
                break;
            }
            let processes = self.children.all();
            let mut fds = vec![(self.job_bell.as_fd(), Interest::Read), (self.child_signal.as_fd(), Interest::Read)];
            for (_, process) in &processes {
                fds.push((process.pidfd.as_fd(), Interest::Read));
                fds.push((process.control.as_fd(), Interest::Read));
            }
            let pending = self.pending.borrow();
            fds.extend(pending.values().map(|pending| (pending.as_fd(), Interest::Read)));
            if sys::pipe::poll(&fds, None).is_err() {
                break;
            }
            drop(pending);
            let _ = sys::pipe::drain(self.job_bell.as_fd());
            self.note_late_starts();
            self.note_stops(&processes);
            for (actor, process) in &processes {
                // Requests first: what a process asked for before it died is still done.
                while sys::pipe::readable(process.control.as_fd()) {
                    if !self.hear(*actor, process) {
                        break;
                    }
                }
                if sys::pipe::readable(process.pidfd.as_fd()) {
                    self.reap(*actor, process);
                }
            }
        }
        self.kill_everyone();
    }

    /// True: it is time to finish.
    fn do_jobs(&self) -> bool {
        for job in self.jobs.try_iter() {
            match job {
                Job::Start { actor, task } => {
                    let _turn = turn_at_descriptors();
                    self.start(actor, &task, &[]);
                }
                Job::Finish => return true,
            }
        }
        false
    }

    /// Hears one request; false at the end of the socket.
    fn hear(&self, from: ActorId, process: &Process) -> bool {
        let _turn = turn_at_descriptors();
        match control::receive(process.control.as_fd()) {
            Ok(Some((Request::Start { actor }, mut fds))) if !fds.is_empty() => {
                let ends = fds.split_off(1);
                if self.arena.kin(actor).creator == Some(from) && self.arena.state(actor) == State::Starting {
                    self.start(actor, &fds[0], &ends);
                }
                true
            }
            Ok(Some((Request::Thread { actor }, mut fds))) => {
                if let Some(eventfd) = fds.pop().filter(|_| self.arena.kin(actor).process == from) {
                    self.children.add_eventfd(actor, eventfd);
                }
                true
            }
            Ok(Some((Request::Flight { what, object, end }, mut fds))) => {
                let known = self.arena.object_ids().any(|id| id == object);
                let answer = known.then(|| self.children.fly(&self.arena, what, object, end, fds.pop())).flatten();
                let answer: Vec<BorrowedFd<'_>> = answer.iter().map(|fd| fd.as_fd()).collect();
                // One that has died needs no answer.
                let _ = control::command(&process.control, &Order::Answered { errno: 0 }, &answer);
                true
            }
            Ok(Some((Request::Door { manager }, mut fds))) => {
                fds.pop().into_iter().for_each(|door| _ = locked(&self.children.doors).insert(manager, door));
                true
            }
            Ok(Some((Request::Call { manager, connection }, mut fds))) => {
                let told = self.children.call(manager, Caller { client: from, connection }, fds.pop());
                let errno = told.err().map_or(0, |error| error.raw_os_error().unwrap_or(nix::errno::Errno::EPIPE as i32));
                let _ = control::command(&process.control, &Order::Answered { errno }, &[]);
                true
            }
            Ok(Some((Request::Refused { why }, _))) => {
                self.tell(News::Refused(why));
                true
            }
            Ok(Some(_)) => true,
            Ok(None) | Err(_) => false,
        }
    }

    fn start(&self, actor: ActorId, task: &OwnedFd, ends: &[OwnedFd]) {
        if let Err(error) = self.try_start(actor, task, ends) {
            self.not_started(actor, &error);
        }
    }

    fn not_started(&self, actor: ActorId, error: &io::Error) {
        self.arena.set_cause(actor, Cause::NotStarted(sys::spawn::errno(error)));
        self.arena.set_state(actor, State::Dead);
        self.arena.ring_bell();
    }

    /// Hears what came of the starts that took long.
    fn note_late_starts(&self) {
        self.pending.borrow_mut().retain(|actor, pending| match pending.outcome() {
            None => true,
            Some(Ok(())) => false,
            Some(Err(error)) => {
                self.not_started(*actor, &error);
                false
            }
        });
    }

    fn try_start(&self, actor: ActorId, task: &OwnedFd, ends: &[OwnedFd]) -> io::Result<()> {
        let (ours, theirs) = sys::socket::pair()?;
        let eventfd = sys::pipe::eventfd()?;
        let name = self.arena.actor_name(actor);
        let shown: String = name.chars().filter(|character| *character != '\0').collect();
        let child = Spawn {
            exe: &self.exe,
            name: if shown.is_empty() { "process" } else { &shown },
            env: &[(child::VARIABLE, format!("{}:{}", actor.0, std::process::id()))],
            data: (self.arena.kin(actor).works_for.is_none()).then(|| self.arena.memory_budget().saturating_mul(2).saturating_add(BEYOND)),
            fds: &[(self.memory.as_fd(), child::ARENA_FD), (theirs.as_fd(), child::CONTROL_FD), (eventfd.as_fd(), child::EVENT_FD)],
        }
        .spawn()?;
        drop(theirs);
        child.pending.into_iter().for_each(|pending| _ = self.pending.borrow_mut().insert(actor, pending));
        // Known before it is told what to do: at the first rest that it takes part in, everyone knows it.
        self.children.add_eventfd(actor, eventfd);
        let process = Arc::new(Process { pid: child.pid, pidfd: child.pidfd, control: ours });
        locked(&self.children.processes).insert(actor, process.clone());
        let mut fds: Vec<BorrowedFd<'_>> = vec![self.scenario.as_fd(), task.as_fd()];
        fds.extend(ends.iter().map(|end| end.as_fd()));
        // A child that cannot be told what to do ends, and that is news like any other death.
        let _ = control::command(&process.control, &Order::Begin, &fds);
        Ok(())
    }

    fn note_stops(&self, processes: &[(ActorId, Arc<Process>)]) {
        let mut bytes = [0; 64];
        let mut any = false;
        while matches!(sys::pipe::read(self.child_signal.as_fd(), &mut bytes), Ok(count) if count > 0) {
            any = true;
        }
        if !any {
            return;
        }
        for (actor, process) in processes {
            while let Ok(Some(stopped)) = sys::pidfd::stop_state(process.pidfd.as_fd()) {
                self.tell(News::Stopped(*actor, stopped));
            }
        }
    }

    fn reap(&self, actor: ActorId, process: &Process) {
        // From here on the number may belong to somebody else.
        self.arena.raise_flag(actor, FLAG_GONE);
        let cause = match sys::pidfd::reap(process.pidfd.as_fd()) {
            Ok(Exit::Code(code)) => Cause::Exit(code),
            Ok(Exit::Signal(signal)) => Cause::Signal(signal),
            Err(_) => Cause::Exit(0),
        };
        // One whose program could not be started has said so, and its end says nothing more.
        if !matches!(self.arena.cause(actor), Some(Cause::NotStarted(_))) {
            self.arena.set_cause(actor, cause);
        }
        locked(&self.children.processes).remove(&actor);
        // A server that has ended is called by nobody any more.
        self.arena.kin(actor).works_for.into_iter().for_each(|manager| _ = locked(&self.children.doors).remove(&manager));
        locked(&self.children.eventfds).retain(|thread, _| self.arena.kin(*thread).process != actor);
        self.tell(News::Died(actor, cause));
    }

    fn tell(&self, news: News) {
        // A control thread that has gone needs no news.
        let _ = self.news.send(news);
        self.arena.ring_bell();
    }

    fn kill_everyone(&self) {
        for (actor, process) in self.children.all() {
            let _ = sys::pidfd::signal(process.pidfd.as_fd(), nix::sys::signal::Signal::SIGKILL as i32);
            // It may still be writing: nobody may think it gone before it is. One that the kernel itself holds
            // up, on a file system that does not answer, dies when that lets it.
            if sys::pipe::poll(&[(process.pidfd.as_fd(), Interest::Read)], Some(PATIENCE)).unwrap_or(false) {
                self.reap(actor, &process);
            }
        }
    }
}
