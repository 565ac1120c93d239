//! A worker's side of a pool: it takes a task out of the queue into its hands, and lays it down in the
//! very moment in which its answers are whole in the other queue. Who dies in between has it in hand.

use std::cell::RefCell;
use std::sync::atomic::Ordering::SeqCst;

use crate::ipc::context::{Context, Patience};
use crate::ipc::error::{ErrorKind, IpcError, Result};
use crate::ipc::fault::Fault;
use crate::ipc::result::Answer;
use crate::ipc::value::Value;
use crate::ipc::{ends, queue, simple_queue};
use crate::kind;
use crate::kind::worker::{KIND, TASK};
use crate::trace::{Body, Change, MessageId, ObjectId, PartRef, Preview};

/// What a worker runs, by a name that no function of a scenario can have.
pub const FUNCTION: &str = "pool worker";

/// The word of a worker's object that says which message is in hand: its id + 1.
pub(super) const HAND_WORD: usize = 0;

/// A worker's hands.
pub struct Worker {
    object: ObjectId,
    tasks: ObjectId,
    results: ObjectId,
}

/// Tasks that were taken as one message.
pub struct Work {
    message: MessageId,
    pub function: String,
    /// The arguments of each task.
    pub calls: Vec<Vec<Value>>,
}

impl Worker {
    /// What a worker's process is given: the pool, its tasks and its results. Errors: OSError (no room),
    /// TypeError (anything else).
    pub fn new(ctx: &Context, args: &[Value]) -> Result<Worker> {
        let [Value::Object { object: pool, .. }, Value::Object { object: tasks, .. }, Value::Object { object: results, .. }] = args else {
            return Err(IpcError::new(ErrorKind::TypeError, "a worker needs a pool and its two queues"));
        };
        let home = Some(ctx.process.id);
        let name = format!("{}.task", ctx.name());
        let (object, made) = ctx.new_object_at(&KIND, &name, Some(*pool), home, 0)?;
        ctx.arena.wait_for_room();
        ctx.arena.emit(ctx.me(), Body::Also { changes: vec![made] });
        // What it never uses it does not keep open: so it sees the end of file when the pool's owner is gone.
        for (queue, ends, end) in [(*tasks, kind::queue::ENDS, 1), (*results, kind::simple_queue::ENDS, 0)] {
            ctx.arena.wait_for_room();
            let _inner = ctx.arena.lock(queue, ctx.me());
            let changes = ends::drop_end(ctx, queue, ends, end);
            ctx.arena.emit(ctx.me(), Body::Also { changes });
        }
        Ok(Worker { object, tasks: *tasks, results: *results })
    }

    /// Waits for the next tasks. None: there will be no more. Errors: OwnerDied, EOFError.
    pub fn take(&self, ctx: &Context) -> Result<Option<Work>> {
        let taken = RefCell::new(None);
        let place = PartRef::new(self.object, TASK);
        let received = queue::get_into(ctx, self.tasks, Patience::Forever, &|message, received| {
            if received.as_ref().is_ok_and(|received| received.value == Value::Unit) {
                return None;
            }
            let _mine = ctx.arena.lock(self.object, ctx.me());
            ctx.arena.part_at(self.object, TASK).slots_push(message);
            ctx.arena.own_word(self.object, HAND_WORD).store(message.0 + 1, SeqCst);
            taken.replace(Some(message));
            Some(place)
        })?;
        let Some(message) = taken.into_inner() else { return Ok(None) };
        let damaged = || IpcError::new(ErrorKind::OSError, "what came out of the pool's queue is no task");
        let Value::Array(parts) = received.value else { return Err(damaged()) };
        let Ok([Value::Str(function), Value::Array(calls)]) = <[Value; 2]>::try_from(parts) else { return Err(damaged()) };
        let arguments = |call| if let Value::Array(args) = call { Some(args) } else { None };
        let calls = calls.into_iter().map(arguments).collect::<Option<_>>().ok_or_else(damaged)?;
        Ok(Some(Work { message, function, calls }))
    }

    /// Puts the answers into the pool's other queue. Errors: OwnerDied, BrokenPipe.
    pub fn finish(&self, ctx: &Context, work: &Work, answers: &[Answer]) -> Result<()> {
        let answers: Vec<Answer> = answers.iter().map(travels).collect();
        let preview = match &answers[..] {
            [Ok(value)] => value.preview(),
            [Err(fault)] => Preview::new(&fault.to_string()),
            many => Preview::new(&format!("[{}]", many.iter().map(shown).collect::<Vec<_>>().join(", "))),
        };
        let answers = answers.iter().map(encoded).collect();
        let value = Value::Array(vec![Value::Int(work.message.0 as i64), Value::Array(answers)]);
        let bytes = value.encode_message()?;
        simple_queue::put_bytes(ctx, self.results, &bytes, &preview, &|changes| {
            let _mine = ctx.arena.lock(self.object, ctx.me());
            ctx.arena.part_at(self.object, TASK).slots_pop(work.message);
            ctx.arena.own_word(self.object, HAND_WORD).store(0, SeqCst);
            changes.push(Change::Moved { message: work.message, from: Some(PartRef::new(self.object, TASK)), to: None });
        })
    }
}

/// An answer that cannot travel is an error of its task, not the worker's end.
fn travels(answer: &Answer) -> Answer {
    let value = answer.clone().map_err(Fault::fit_to_travel)?;
    let mut ends = Vec::new();
    value.ends(&mut ends);
    let refused = match value.encode_message() {
        Ok(_) if ends.is_empty() => return Ok(value),
        Ok(_) => IpcError::new(ErrorKind::TypeError, "an end of a pipe cannot be a task's result"),
        Err(unfit) => unfit.into(),
    };
    Err(Fault::from(refused))
}

fn shown(answer: &Answer) -> String {
    match answer {
        Ok(value) => value.to_string(),
        Err(fault) => fault.to_string(),
    }
}

/// A value alone, or a fault with `()` behind it.
fn encoded(answer: &Answer) -> Value {
    match answer {
        Ok(value) => Value::Array(vec![value.clone()]),
        Err(fault) => Value::Array(vec![fault.value(), Value::Unit]),
    }
}
