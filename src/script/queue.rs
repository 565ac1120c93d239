//! Queue and JoinableQueue in the language.

use rhai::{Dynamic, EvalAltResult};

use super::binding::{Call, Class, Function, Given, Stands};
use super::convert;
use super::raise::from_ipc;
use super::types::Object;
use crate::ipc::{Patience, joinable_queue, queue};
use crate::kind;
use crate::trace::ObjectId;

const KIND: u8 = kind::queue::ID.0;
const JOINABLE_KIND: u8 = kind::joinable_queue::ID.0;

pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "Queue", takes: &["max?"], run: |call| make(call, false).map(Object::<KIND>::wrap) },
    Function { name: "JoinableQueue", takes: &["max?"], run: |call| make(call, true).map(Object::<JOINABLE_KIND>::wrap) },
];

const QUEUED: Stands = Stands::of(".qsize()", ".qsize() > 0");

pub(super) const QUEUE: Class = Class { methods: METHODS, stands: QUEUED, ..Class::shared::<KIND>("Queue") };
pub(super) const JOINABLE: Class = Class { methods: &JOINABLE_METHODS, stands: QUEUED, ..Class::shared::<JOINABLE_KIND>("JoinableQueue") };

const METHODS: &[Function] = &[
    Function { name: "put", takes: &["value", "seconds?"], run: |call| put(call, call.patience(1)?) },
    Function { name: "put_nowait", takes: &["value"], run: |call| put(call, Patience::No) },
    Function { name: "get", takes: &["seconds?"], run: |call| get(call, call.patience(0)?) },
    Function { name: "get_nowait", takes: &[], run: |call| get(call, Patience::No) },
    Function { name: "qsize", takes: &[], run: |call| queue::qsize(call.ctx()?, of(call)?).map(Dynamic::from).map_err(from_ipc) },
    Function { name: "empty", takes: &[], run: |call| queue::empty(call.ctx()?, of(call)?).map(Dynamic::from).map_err(from_ipc) },
    Function { name: "full", takes: &[], run: |call| queue::full_now(call.ctx()?, of(call)?).map(Dynamic::from).map_err(from_ipc) },
    Function { name: "close", takes: &[], run: |call| queue::close(call.ctx()?, of(call)?).map(Dynamic::from).map_err(from_ipc) },
    Function {
        name: "join_thread",
        takes: &[],
        run: |call| queue::join_thread(call.ctx()?, of(call)?).map(Dynamic::from).map_err(from_ipc),
    },
    Function {
        name: "cancel_join_thread",
        takes: &[],
        run: |call| queue::cancel_join_thread(call.ctx()?, of(call)?).map(Dynamic::from).map_err(from_ipc),
    },
];

/// What a JoinableQueue has beside.
const OF_JOINABLE: &[Function] = &[
    Function {
        name: "task_done",
        takes: &[],
        run: |call| joinable_queue::task_done(call.ctx()?, of(call)?).map(Dynamic::from).map_err(from_ipc),
    },
    Function { name: "join", takes: &[], run: |call| joinable_queue::join(call.ctx()?, of(call)?).map(Dynamic::from).map_err(from_ipc) },
];

const JOINABLE_METHODS: [Function; METHODS.len() + OF_JOINABLE.len()] = {
    let mut all = [OF_JOINABLE[0]; METHODS.len() + OF_JOINABLE.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = if at < METHODS.len() { METHODS[at] } else { OF_JOINABLE[at - METHODS.len()] };
        at += 1;
    }
    all
};

fn make(call: &Call<'_>, joinable: bool) -> Result<ObjectId, Box<EvalAltResult>> {
    let max = if call.count() > 0 { call.int(0, "max")? } else { 0 };
    queue::make(call.ctx()?, call.object_name(), max, joinable).map_err(from_ipc)
}

fn of(call: &Call<'_>) -> Result<ObjectId, Box<EvalAltResult>> {
    let object = Object::<KIND>::object(call.receiver()).or_else(|| Object::<JOINABLE_KIND>::object(call.receiver()));
    object.ok_or_else(|| call.wrong("its object", "a queue", call.receiver()))
}

fn put(call: &Call<'_>, patience: Patience) -> Given {
    queue::put(call.ctx()?, of(call)?, &call.value(0)?, patience).map(Dynamic::from).map_err(from_ipc)
}

fn get(call: &Call<'_>, patience: Patience) -> Given {
    let value = queue::get(call.ctx()?, of(call)?, patience).map_err(from_ipc)?;
    convert::to_dynamic(value, call.runtime)
}
