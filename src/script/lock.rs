//! Lock and RLock in the language; also what a Condition shares with them.

use rhai::{Dynamic, EvalAltResult};

use super::binding::{Call, Class, Function, Given};
use super::raise::from_ipc;
use super::types::Object;
use crate::ipc::{Context, IpcError, Patience, lock};
use crate::kind;
use crate::trace::ObjectId;

const LOCK_KIND: u8 = kind::lock::ID.0;
const RLOCK_KIND: u8 = kind::rlock::ID.0;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "Lock",
        takes: &[],
        run: |call| lock::make(call.ctx()?, call.object_name(), false).map(Object::<LOCK_KIND>::wrap).map_err(from_ipc),
    },
    Function {
        name: "RLock",
        takes: &[],
        run: |call| lock::make(call.ctx()?, call.object_name(), true).map(Object::<RLOCK_KIND>::wrap).map_err(from_ipc),
    },
];

pub(super) const LOCK: Class = Class { methods: METHODS, guard: Some((take, lock::release)), ..Class::shared::<LOCK_KIND>("Lock") };
pub(super) const RLOCK: Class = Class { methods: METHODS, guard: Some((take, lock::release)), ..Class::shared::<RLOCK_KIND>("RLock") };

const METHODS: &[Function] = &[
    Function { name: "acquire", takes: &["seconds?"], run: |call| acquire(call, of(call)?, call.patience(0)?) },
    Function { name: "try_acquire", takes: &[], run: |call| acquire(call, of(call)?, Patience::No) },
    Function { name: "release", takes: &[], run: |call| release(call, of(call)?) },
];

/// The lock behind a Lock or an RLock.
pub(super) fn lock_of(value: &Dynamic) -> Option<ObjectId> {
    Object::<LOCK_KIND>::object(value).or_else(|| Object::<RLOCK_KIND>::object(value))
}

fn of(call: &Call<'_>) -> Result<ObjectId, Box<EvalAltResult>> {
    lock_of(call.receiver()).ok_or_else(|| call.wrong("its object", "a lock", call.receiver()))
}

pub(super) fn acquire(call: &Call<'_>, object: ObjectId, patience: Patience) -> Given {
    lock::acquire(call.ctx()?, object, patience).map(Dynamic::from).map_err(from_ipc)
}

pub(super) fn release(call: &Call<'_>, object: ObjectId) -> Given {
    lock::release(call.ctx()?, object).map(Dynamic::from).map_err(from_ipc)
}

/// Takes a lock however long it takes.
pub(super) fn take(ctx: &Context, object: ObjectId) -> Result<(), IpcError> {
    lock::acquire(ctx, object, Patience::Forever).map(|_| ())
}
