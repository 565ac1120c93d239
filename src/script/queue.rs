//! Queue in the language.

use rhai::Dynamic;

use super::binding::{Call, Class, Function, Given, Object};
use super::convert;
use super::raise::from_ipc;
use crate::ipc::{Patience, queue};
use crate::kind;

const KIND: u8 = kind::queue::ID.0;

pub const FUNCTIONS: &[Function] = &[Function { name: "Queue", takes: &["max?"], run: make }];

pub const CLASS: Class = Class {
    methods: &[
        Function { name: "put", takes: &["value", "seconds?"], run: |call| put(call, call.patience(1)?) },
        Function { name: "put_nowait", takes: &["value"], run: |call| put(call, Patience::No) },
        Function { name: "get", takes: &["seconds?"], run: |call| get(call, call.patience(0)?) },
        Function { name: "get_nowait", takes: &[], run: |call| get(call, Patience::No) },
        Function {
            name: "qsize",
            takes: &[],
            run: |call| queue::qsize(call.ctx()?, call.object::<KIND>()?).map(Dynamic::from).map_err(from_ipc),
        },
        Function {
            name: "empty",
            takes: &[],
            run: |call| queue::empty(call.ctx()?, call.object::<KIND>()?).map(Dynamic::from).map_err(from_ipc),
        },
        Function {
            name: "full",
            takes: &[],
            run: |call| queue::full_now(call.ctx()?, call.object::<KIND>()?).map(Dynamic::from).map_err(from_ipc),
        },
        Function {
            name: "close",
            takes: &[],
            run: |call| queue::close(call.ctx()?, call.object::<KIND>()?).map(Dynamic::from).map_err(from_ipc),
        },
        Function {
            name: "join_thread",
            takes: &[],
            run: |call| queue::join_thread(call.ctx()?, call.object::<KIND>()?).map(Dynamic::from).map_err(from_ipc),
        },
        Function {
            name: "cancel_join_thread",
            takes: &[],
            run: |call| queue::cancel_join_thread(call.ctx()?, call.object::<KIND>()?).map(Dynamic::from).map_err(from_ipc),
        },
    ],
    ..Class::shared::<KIND>("Queue")
};

fn make(call: &Call<'_>) -> Given {
    let max = if call.count() > 0 { call.int(0, "max")? } else { 0 };
    queue::make(call.ctx()?, call.object_name(), max).map(Object::<KIND>::wrap).map_err(from_ipc)
}

fn put(call: &Call<'_>, patience: Patience) -> Given {
    queue::put(call.ctx()?, call.object::<KIND>()?, &call.value(0)?, patience).map(Dynamic::from).map_err(from_ipc)
}

fn get(call: &Call<'_>, patience: Patience) -> Given {
    let value = queue::get(call.ctx()?, call.object::<KIND>()?, patience).map_err(from_ipc)?;
    convert::to_dynamic(value, call.runtime)
}
