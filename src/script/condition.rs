//! Condition in the language. `wait_for` is a loop here: the condition itself knows no predicates.

use rhai::{Dynamic, EvalAltResult};

use super::binding::{Call, Class, Function, Given};
use super::lock;
use super::raise::from_ipc;
use super::types::Object;
use crate::ipc::{Context, IpcError, Patience, condition};
use crate::kind;
use crate::trace::{Nanos, ObjectId};

const KIND: u8 = kind::condition::ID.0;

pub(super) const FUNCTIONS: &[Function] = &[Function { name: "Condition", takes: &["lock?"], run: make }];

pub(super) const CLASS: Class = Class {
    methods: &[
        Function { name: "acquire", takes: &["seconds?"], run: |call| lock::acquire(call, its_lock(call)?, call.patience(0)?) },
        Function { name: "try_acquire", takes: &[], run: |call| lock::acquire(call, its_lock(call)?, Patience::No) },
        Function { name: "release", takes: &[], run: |call| lock::release(call, its_lock(call)?) },
        Function {
            name: "wait",
            takes: &["seconds?"],
            run: |call| condition::wait(call.ctx()?, call.object::<KIND>()?, call.patience(0)?).map(Dynamic::from).map_err(from_ipc),
        },
        Function {
            name: "wait_for",
            takes: &["function", "seconds?"],
            run: |call| {
                let object = call.object::<KIND>()?;
                wait_for(call, |time| {
                    let patience = time.map_or(Patience::Forever, Patience::For);
                    condition::wait(call.ctx()?, object, patience).map(drop).map_err(from_ipc)
                })
            },
        },
        Function { name: "notify", takes: &["count?"], run: notify },
        Function {
            name: "notify_all",
            takes: &[],
            run: |call| condition::notify_all(call.ctx()?, call.object::<KIND>()?).map(Dynamic::from).map_err(from_ipc),
        },
    ],
    guard: Some((take, give_back)),
    ..Class::shared::<KIND>("Condition")
};

fn make(call: &Call<'_>) -> Given {
    let lock = match call.count() {
        0 => None,
        _ => Some(lock::lock_of(call.arg(0)).ok_or_else(|| call.wrong("lock", "a Lock or an RLock", call.arg(0)))?),
    };
    condition::make(call.ctx()?, call.object_name(), lock).map(Object::<KIND>::wrap).map_err(from_ipc)
}

fn its_lock(call: &Call<'_>) -> Result<ObjectId, Box<EvalAltResult>> {
    Ok(condition::lock_of(call.ctx()?, call.object::<KIND>()?))
}

fn take(ctx: &Context, object: ObjectId) -> Result<(), IpcError> {
    lock::take(ctx, condition::lock_of(ctx, object))
}

fn give_back(ctx: &Context, object: ObjectId) -> Result<(), IpcError> {
    crate::ipc::lock::release(ctx, condition::lock_of(ctx, object))
}

fn notify(call: &Call<'_>) -> Given {
    let count = if call.count() > 0 { call.int(0, "count")? } else { 1 };
    condition::notify(call.ctx()?, call.object::<KIND>()?, count).map(Dynamic::from).map_err(from_ipc)
}

/// Waits, each time at most so long, until a function says true; gives back what it said last.
pub(super) fn wait_for(call: &Call<'_>, wait: impl Fn(Option<Nanos>) -> Result<(), Box<EvalAltResult>>) -> Given {
    let ctx = call.ctx()?;
    let function = call.function(0, "function")?;
    let deadline = call.patience(1)?.deadline(ctx.now());
    loop {
        let holds = call.invoke(&function)?;
        let holds = holds.as_bool().map_err(|_| call.wrong("the function's result", "true or false", &holds))?;
        let left = deadline.map(|deadline| deadline.saturating_sub(ctx.now()));
        if holds || left == Some(0) {
            return Ok(holds.into());
        }
        wait(left)?;
    }
}
