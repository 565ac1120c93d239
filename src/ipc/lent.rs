//! Objects of their own that a manager makes and uses for others: a Lock, an Event, a Barrier. They lie in
//! shared memory as any other does, but it is the server's thread that takes, waits and gives back.

use super::context::{Context, Patience};
use super::error::{ErrorKind, IpcError, Result};
use super::value::Value;
use super::{barrier, condition, event, lock, semaphore};
use crate::kind;
use crate::trace::{KindId, ObjectId};

fn wrong(sort: &str) -> IpcError {
    IpcError::new(ErrorKind::RemoteError, format!("{sort} cannot be made of these arguments"))
}

/// Makes an object for `Lock()`, `Event()` and so on; none where nothing of that sort is lent.
pub(super) fn make(ctx: &Context, manager: ObjectId, sort: &str, name: &str, args: &[Value]) -> Option<Result<Value>> {
    let name = Some(name.to_owned());
    let number = || match args {
        [] => Ok(1),
        [Value::Int(number)] => Ok(*number),
        _ => Err(wrong(sort)),
    };
    let made = match sort {
        "Lock" => lock::make(ctx, name, false),
        "RLock" => lock::make(ctx, name, true),
        "Semaphore" | "BoundedSemaphore" => number().and_then(|permits| semaphore::make(ctx, name, permits, sort != "Semaphore")),
        "Event" => event::make(ctx, name),
        "Condition" => match args {
            [] => condition::make(ctx, name, None),
            [Value::Object { object, .. }] if lock::is_lock(&ctx.arena, *object) => condition::make(ctx, name, Some(*object)),
            _ => Err(wrong(sort)),
        },
        "Barrier" => number().and_then(|parties| barrier::make(ctx, name, parties)),
        _ => return None,
    };
    Some(made.map(|object| {
        ctx.arena.set_manager_of(object, manager);
        Value::Object { object, kind: kind::lent(ctx.arena.facts(object).kind) }
    }))
}

/// How long a request may wait: its argument in seconds. Errors: TypeError.
pub(super) fn patience(seconds: Option<&Value>) -> Result<Patience> {
    match seconds {
        None | Some(Value::Unit) => Ok(Patience::Forever),
        Some(Value::Int(seconds)) => Ok(Patience::seconds(*seconds as f64)),
        Some(Value::Float(seconds)) => Ok(Patience::seconds(*seconds)),
        Some(other) => Err(IpcError::new(ErrorKind::TypeError, format!("seconds must be a number, not {other}"))),
    }
}

/// Does what is asked.
pub(super) fn perform(ctx: &Context, object: ObjectId, kind: KindId, method: &str, args: &[Value]) -> Result<Value> {
    let seconds = || patience(args.first());
    let unit = |()| Value::Unit;
    let its_lock = if kind == kind::condition::ID { condition::lock_of(ctx, object) } else { object };
    let is_lock = [kind::lock::ID, kind::rlock::ID, kind::condition::ID].contains(&kind);
    let is_semaphore = [kind::semaphore::ID, kind::semaphore::BOUNDED_ID].contains(&kind);
    match (method, args.len()) {
        ("acquire", 0 | 1) if is_lock => lock::acquire(ctx, its_lock, seconds()?).map(Value::Bool),
        ("try_acquire", 0) if is_lock => lock::acquire(ctx, its_lock, Patience::No).map(Value::Bool),
        ("release", 0) if is_lock => lock::release(ctx, its_lock).map(unit),
        ("acquire", 0 | 1) if is_semaphore => semaphore::acquire(ctx, object, seconds()?).map(Value::Bool),
        ("try_acquire", 0) if is_semaphore => semaphore::acquire(ctx, object, Patience::No).map(Value::Bool),
        ("release", 0) if is_semaphore => semaphore::release(ctx, object).map(unit),
        ("set", 0) if kind == kind::event::ID => event::set(ctx, object).map(unit),
        ("clear", 0) if kind == kind::event::ID => event::clear(ctx, object).map(unit),
        ("is_set", 0) if kind == kind::event::ID => event::is_set(ctx, object).map(Value::Bool),
        ("wait", 0 | 1) if kind == kind::event::ID => event::wait(ctx, object, seconds()?).map(Value::Bool),
        ("wait", 0 | 1) if kind == kind::condition::ID => condition::wait(ctx, object, seconds()?).map(Value::Bool),
        ("notify", 0) if kind == kind::condition::ID => condition::notify(ctx, object, 1).map(unit),
        ("notify", 1) if kind == kind::condition::ID => match args {
            [Value::Int(count)] => condition::notify(ctx, object, *count).map(unit),
            _ => Err(IpcError::new(ErrorKind::TypeError, "notify: count must be an integer")),
        },
        ("notify_all", 0) if kind == kind::condition::ID => condition::notify_all(ctx, object).map(unit),
        ("wait", 0 | 1) if kind == kind::barrier::ID => barrier::wait(ctx, object, seconds()?).map(Value::Int),
        ("reset", 0) if kind == kind::barrier::ID => barrier::reset(ctx, object).map(unit),
        ("abort", 0) if kind == kind::barrier::ID => barrier::abort(ctx, object).map(unit),
        ("parties", 0) if kind == kind::barrier::ID => Ok(Value::Int(barrier::parties(ctx, object))),
        ("n_waiting", 0) if kind == kind::barrier::ID => barrier::n_waiting(ctx, object).map(Value::Int),
        ("broken", 0) if kind == kind::barrier::ID => barrier::is_broken(ctx, object).map(Value::Bool),
        _ => Err(IpcError::new(ErrorKind::RemoteError, format!("{} has no method {method} with these arguments", ctx.object_text(object)))),
    }
}
