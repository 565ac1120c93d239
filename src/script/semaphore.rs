//! Semaphore and BoundedSemaphore in the language.

use rhai::{Dynamic, EvalAltResult};

use super::binding::{Call, Class, Function, Given};
use super::raise::from_ipc;
use super::types::Object;
use crate::ipc::{Context, IpcError, Patience, semaphore};
use crate::kind;
use crate::trace::ObjectId;

const KIND: u8 = kind::semaphore::ID.0;
const BOUNDED_KIND: u8 = kind::semaphore::BOUNDED_ID.0;

pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "Semaphore", takes: &["permits?"], run: |call| make(call, false).map(Object::<KIND>::wrap) },
    Function { name: "BoundedSemaphore", takes: &["permits?"], run: |call| make(call, true).map(Object::<BOUNDED_KIND>::wrap) },
];

pub(super) const SEMAPHORE: Class =
    Class { methods: METHODS, guard: Some((take, semaphore::release)), ..Class::shared::<KIND>("Semaphore") };
pub(super) const BOUNDED: Class =
    Class { methods: METHODS, guard: Some((take, semaphore::release)), ..Class::shared::<BOUNDED_KIND>("BoundedSemaphore") };

const METHODS: &[Function] = &[
    Function { name: "acquire", takes: &["seconds?"], run: |call| acquire(call, call.patience(0)?) },
    Function { name: "try_acquire", takes: &[], run: |call| acquire(call, Patience::No) },
    Function { name: "release", takes: &[], run: |call| semaphore::release(call.ctx()?, of(call)?).map(Dynamic::from).map_err(from_ipc) },
];

/// One permit where no number is given.
fn make(call: &Call<'_>, bounded: bool) -> Result<ObjectId, Box<EvalAltResult>> {
    let permits = if call.count() > 0 { call.int(0, "permits")? } else { 1 };
    semaphore::make(call.ctx()?, call.object_name(), permits, bounded).map_err(from_ipc)
}

fn of(call: &Call<'_>) -> Result<ObjectId, Box<EvalAltResult>> {
    let object = Object::<KIND>::object(call.receiver()).or_else(|| Object::<BOUNDED_KIND>::object(call.receiver()));
    object.ok_or_else(|| call.wrong("its object", "a semaphore", call.receiver()))
}

fn acquire(call: &Call<'_>, patience: Patience) -> Given {
    semaphore::acquire(call.ctx()?, of(call)?, patience).map(Dynamic::from).map_err(from_ipc)
}

fn take(ctx: &Context, object: ObjectId) -> Result<(), IpcError> {
    semaphore::acquire(ctx, object, Patience::Forever).map(|_| ())
}
