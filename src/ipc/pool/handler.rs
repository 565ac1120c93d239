//! A pool's handler: a thread of its maker's process that deals results out, notes the deaths of workers
//! and replaces them, and ends the workers when there will be no more tasks. One move at each turn.
//!
//! It alone reads the results, so it takes no read lock; half a frame stays with it until the rest comes.

use std::os::fd::AsFd;

use super::super::wake::Wake;
use super::{Job, Pool, in_hand};
use crate::arena::actors::State;
use crate::ipc::context::Context;
use crate::ipc::error::ErrorKind;
use crate::ipc::fault::Fault;
use crate::ipc::frame::{Arrival, Incoming};
use crate::ipc::result::{self, Answer, Results};
use crate::ipc::seat::{Report, locked};
use crate::ipc::value::Value;
use crate::ipc::{feeder, queue, simple_queue, stream, thread};
use crate::kind::Outcome;
use crate::kind::pool::{
    CLOSED, HANDLE, HANDLE_DEALT, HANDLE_ENDED, HANDLE_FAILED, HANDLE_GAVE_UP, HANDLE_IDLE, HANDLE_NOTED, HANDLE_PARTLY, HANDLE_SENT,
    STOPPING, UNFINISHED,
};
use crate::kind::simple_queue::ENDS;
use crate::trace::{ActorId, Cause, Change, MessageId, Next, On, PartRef, Preview, Until, Wait};

/// A handler's life.
pub(super) fn live(ctx: &Context, pool: &Pool) {
    let mut handler = Handler { ctx, pool, frame: Incoming::default(), dismissed: 0 };
    ctx.step(&HANDLE, On::Object(pool.object), 0, None);
    while let Some(wait) = ctx.within(|| handler.turn()) {
        ctx.wait(&wait);
    }
    thread::end(ctx);
}

struct Handler<'a> {
    ctx: &'a Context,
    pool: &'a Pool,
    /// What has arrived of the next results.
    frame: Incoming,
    /// Workers that were told to end.
    dismissed: usize,
}

/// What a handler looks at, all at one moment: what it does and what it then waits for follow from the same
/// look, so that nothing that changes in between is neither done nor waited for.
struct Look {
    stopping: bool,
    closed: bool,
    /// No task will come any more, and none is left.
    finishing: bool,
    workers: Vec<ActorId>,
}

/// What a handler has to do at once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Due {
    Bury(ActorId),
    /// Tell one worker to end.
    Dismiss,
    /// There is nothing left to look after.
    End,
}

impl Handler<'_> {
    /// One move; gives what to wait for. None: there is nothing left to look after.
    fn turn(&mut self) -> Option<Wait> {
        let look = self.look();
        if let (false, Err(error)) = (look.stopping, self.pool.usable(self.ctx)) {
            return Some(self.give_up(&error.message));
        }
        match self.due(&look) {
            Some(Due::Bury(dead)) => Some(self.bury(dead)),
            Some(Due::Dismiss) => Some(self.dismiss()),
            Some(Due::End) => {
                self.tell(&HANDLE_ENDED, On::Object(self.pool.object), None, Next::Ends, Vec::new());
                None
            }
            None if look.stopping => Some(self.idle()),
            None => Some(self.receive().unwrap_or_else(|| self.idle())),
        }
    }

    fn look(&self) -> Look {
        let (ctx, pool) = (self.ctx, self.pool);
        let (stopping, closed) = (pool.flag(ctx, STOPPING), pool.flag(ctx, CLOSED));
        // After the flag: once that is up, tasks only become fewer, and by this thread alone.
        let finishing = closed && ctx.arena.part_at(pool.object, UNFINISHED).count() == 0;
        Look { stopping, closed, finishing, workers: locked(&pool.crew).workers.clone() }
    }

    fn due(&self, look: &Look) -> Option<Due> {
        let dead = look.workers.iter().copied().find(|worker| self.ctx.arena.state(*worker) == State::Dead);
        match dead {
            Some(dead) => Some(Due::Bury(dead)),
            None if look.stopping || look.finishing => match look.workers.is_empty() {
                true => Some(Due::End),
                false => (!look.stopping && self.dismissed < look.workers.len()).then_some(Due::Dismiss),
            },
            None => None,
        }
    }

    /// What there is to wait for between two moves. Nothing in it holds already, unless the next move is due:
    /// otherwise the handler would turn round and round.
    fn waits(&self) -> Wait {
        let pool = self.pool;
        let look = self.look();
        let flag = |part| Until::FlagUp(PartRef::new(pool.object, part));
        let mut until = Vec::with_capacity(3 + look.workers.len());
        if !look.stopping {
            until.push(Until::Readable(PartRef::new(pool.results, ENDS), 0));
            until.push(flag(STOPPING));
        }
        // Up whenever one of the two is due.
        if !look.closed || matches!(self.due(&look), Some(Due::Dismiss | Due::End)) {
            until.push(flag(CLOSED));
        }
        until.extend(look.workers.iter().map(|worker| Until::Ended(*worker)));
        Wait { until, deadline: None }
    }

    fn idle(&self) -> Wait {
        self.told(&HANDLE_IDLE, On::Object(self.pool.object), None, Vec::new())
    }

    /// Tells what came of a turn, and waits for the next.
    fn told(&self, outcome: &Outcome, on: On, detail: Option<Preview>, changes: Vec<Change>) -> Wait {
        let wait = self.waits();
        self.tell(outcome, on, detail, Next::Waits(wait.clone()), changes);
        wait
    }

    fn tell(&self, outcome: &Outcome, on: On, detail: Option<Preview>, next: Next, changes: Vec<Change>) {
        self.ctx.report(Report { op: &HANDLE, outcome, on, line: 0, detail, next, changes });
    }

    /// Reads results, if there are any, and deals them out.
    fn receive(&mut self) -> Option<Wait> {
        let (ctx, pool) = (self.ctx, self.pool);
        let fd = ctx.process.end(pool.results, 0)?;
        let inner = ctx.arena.lock(pool.results, ctx.me());
        let way = simple_queue::GUARDED.way(pool.results);
        let mut changes = Vec::new();
        let arrival = stream::read(ctx, way, fd.as_fd(), &mut self.frame, &mut changes);
        if changes.is_empty() {
            return None;
        }
        let (Ok(Arrival::Whole), Some(message)) = (arrival, self.frame.message()) else {
            let wait = self.told(&HANDLE_PARTLY, On::Object(pool.results), None, changes);
            drop(inner);
            return Some(wait);
        };
        let frame = std::mem::take(&mut self.frame);
        let answered = frame.value().ok().and_then(decoded).and_then(|(job, answers)| Some((locked(&pool.jobs).remove(&job)?, answers)));
        let Some((job, answers)) = answered else {
            // Of a task that was given up for lost: nobody asks for it any more.
            changes.extend(stream::taken(ctx, way, &frame, None));
            return Some(self.told(&HANDLE_DEALT, On::Object(pool.results), None, changes));
        };
        changes.extend(stream::taken(ctx, way, &frame, Some(result::place(job.result))));
        // Answers that nobody takes lie in this process's memory.
        let answers = match ctx.check_memory() {
            Ok(()) => answers,
            Err(error) => {
                let fault = Fault::new(error.kind, error.message);
                vec![Err(fault); job.count]
            }
        };
        Some(self.deal(&job, answers, Some(message), &HANDLE_DEALT, On::Object(job.result), changes))
    }

    /// Lays answers to their result, in one event with what went before.
    fn deal(
        &self,
        job: &Job,
        answers: Vec<Answer>,
        message: Option<MessageId>,
        outcome: &Outcome,
        on: On,
        mut changes: Vec<Change>,
    ) -> Wait {
        let (ctx, pool) = (self.ctx, self.pool);
        let there =
            locked(&ctx.process.own::<Results>().0).get_mut(&job.result).map_or(0, |known| known.take_in(job.first, answers, message));
        let (wait, waiter) = {
            let _result = ctx.arena.lock(job.result, ctx.me());
            let _pool = ctx.arena.lock(pool.object, ctx.me());
            let waiter = result::laid(&ctx.arena, job.result, there, message, &mut changes);
            changes.push(pool.count(ctx, -(job.count as i64)));
            (self.told(outcome, on, None, changes), waiter)
        };
        ctx.wake(waiter);
        wait
    }

    /// A worker has ended: what it had in hand failed, and another takes its place if there is work for it.
    fn bury(&mut self, dead: ActorId) -> Wait {
        let (ctx, pool) = (self.ctx, self.pool);
        let held = in_hand(ctx, pool, dead);
        locked(&pool.crew).workers.retain(|worker| *worker != dead);
        let look = self.look();
        let needed = !look.stopping && !look.finishing;
        let replaced = needed && pool.hire(ctx).is_some();
        if !replaced && self.dismissed > 0 {
            self.dismissed -= 1;
        }
        ctx.arena.wait_for_room();
        let job = held.and_then(|message| locked(&pool.jobs).remove(&message));
        let wait = match job {
            Some(job) => self.failed_with(dead, &job),
            None => self.told(&HANDLE_NOTED, On::Actor(dead), None, Vec::new()),
        };
        // One that cannot be started leaves the others with the work; without any, the pool gives up.
        if needed && !replaced && locked(&pool.crew).workers.is_empty() {
            while self.receive().is_some() {
                ctx.arena.wait_for_room();
            }
            return self.give_up("no worker is left and none could be started");
        }
        wait
    }

    /// Answers what a worker had in hand when it died.
    fn failed_with(&self, dead: ActorId, job: &Job) -> Wait {
        let ctx = self.ctx;
        let name = ctx.name_of(dead);
        let how = match ctx.arena.cause(dead) {
            Some(Cause::Signal(signal)) => format!("was killed by signal {signal}"),
            Some(Cause::Exit(code)) => format!("ended with exit code {code}"),
            _ => "ended".to_owned(),
        };
        let fault = Fault::new(ErrorKind::OwnerDied, format!("{name} {how} in the middle of this task"));
        self.fail(job, &fault, &HANDLE_FAILED, On::Actor(dead))
    }

    /// Answers a job with an error of the pool's own.
    fn fail(&self, job: &Job, fault: &Fault, outcome: &Outcome, on: On) -> Wait {
        let ctx = self.ctx;
        let message = ctx.arena.next_message();
        let changes = vec![
            Change::Composed { message, value: Preview::new(&fault.to_string()) },
            Change::Moved { message, from: None, to: Some(result::place(job.result)) },
        ];
        self.deal(job, vec![Err(fault.clone()); job.count], Some(message), outcome, on, changes)
    }

    /// There is no way on: every task that is left fails, and the workers are ended.
    fn give_up(&self, why: &str) -> Wait {
        let (ctx, pool) = (self.ctx, self.pool);
        let fault = Fault::new(ErrorKind::OwnerDied, format!("{why}, so this task is lost"));
        loop {
            let first = locked(&pool.jobs).pop_first();
            let Some((_, job)) = first else { break };
            ctx.arena.wait_for_room();
            self.fail(&job, &fault, &HANDLE_GAVE_UP, On::Object(pool.object));
        }
        ctx.arena.wait_for_room();
        super::stop(ctx, pool, &HANDLE, &HANDLE_GAVE_UP);
        ctx.arena.wait_for_room();
        self.idle()
    }

    /// Puts an end mark into the queue of tasks: one worker will take it, and end.
    fn dismiss(&mut self) -> Wait {
        let (ctx, pool) = (self.ctx, self.pool);
        self.dismissed += 1;
        let Ok(bytes) = Value::Unit.encode_message() else { return self.idle() };
        let Ok(buffer) = feeder::buffer_for(ctx, pool.tasks) else { return self.idle() };
        let wait = {
            let _tasks = ctx.arena.lock(pool.tasks, ctx.me());
            let _buffer = ctx.arena.lock(buffer.object, ctx.me());
            let mut changes = Vec::new();
            queue::append(ctx, &buffer, &bytes, &Value::Unit.preview(), &[], &mut changes);
            self.told(&HANDLE_SENT, On::Object(pool.object), None, changes)
        };
        ctx.wake(Wake::one(buffer.feeder));
        wait
    }
}

/// Which message is answered, and the answers.
fn decoded(value: Value) -> Option<(MessageId, Vec<Answer>)> {
    let Value::Array(parts) = value else { return None };
    let Ok([Value::Int(message), Value::Array(answers)]) = <[Value; 2]>::try_from(parts) else { return None };
    let answer = |answer: Value| {
        let Value::Array(mut parts) = answer else { return None };
        match (parts.pop(), parts.pop()) {
            (Some(value), None) => Some(Ok(value)),
            (Some(Value::Unit), Some(fault)) => Fault::parse(fault).map(Err),
            _ => None,
        }
    };
    Some((MessageId(u64::try_from(message).ok()?), answers.into_iter().map(answer).collect::<Option<_>>()?))
}
