//! SimpleQueue in the language.

use rhai::Dynamic;

use super::binding::{Class, Function, Stands};
use super::convert;
use super::raise::from_ipc;
use super::types::Object;
use crate::ipc::{Patience, simple_queue};
use crate::kind;

const KIND: u8 = kind::simple_queue::ID.0;

pub(super) const FUNCTIONS: &[Function] = &[Function {
    name: "SimpleQueue",
    takes: &[],
    run: |call| simple_queue::make(call.ctx()?, call.object_name()).map(Object::<KIND>::wrap).map_err(from_ipc),
}];

pub(super) const CLASS: Class = Class {
    methods: &[
        Function {
            name: "put",
            takes: &["value"],
            run: |call| simple_queue::put(call.ctx()?, call.object::<KIND>()?, &call.value(0)?).map(Dynamic::from).map_err(from_ipc),
        },
        Function {
            name: "get",
            takes: &[],
            run: |call| {
                let value = simple_queue::get(call.ctx()?, call.object::<KIND>()?, Patience::Forever).map_err(from_ipc)?;
                convert::to_dynamic(value, call.runtime)
            },
        },
        Function {
            name: "empty",
            takes: &[],
            run: |call| simple_queue::empty(call.ctx()?, call.object::<KIND>()?).map(Dynamic::from).map_err(from_ipc),
        },
        Function {
            name: "close",
            takes: &[],
            run: |call| simple_queue::close(call.ctx()?, call.object::<KIND>()?).map(Dynamic::from).map_err(from_ipc),
        },
    ],
    stands: Stands::of(".get()", ".empty()"),
    ..Class::shared::<KIND>("SimpleQueue")
};
