//! Event in the language.

use rhai::Dynamic;

use super::binding::{Class, Function, Stands};
use super::raise::from_ipc;
use super::types::Object;
use crate::ipc::event;
use crate::kind;

const KIND: u8 = kind::event::ID.0;

pub(super) const FUNCTIONS: &[Function] = &[Function {
    name: "Event",
    takes: &[],
    run: |call| event::make(call.ctx()?, call.object_name()).map(Object::<KIND>::wrap).map_err(from_ipc),
}];

pub(super) const CLASS: Class = Class {
    methods: &[
        Function {
            name: "set",
            takes: &[],
            run: |call| event::set(call.ctx()?, call.object::<KIND>()?).map(Dynamic::from).map_err(from_ipc),
        },
        Function {
            name: "clear",
            takes: &[],
            run: |call| event::clear(call.ctx()?, call.object::<KIND>()?).map(Dynamic::from).map_err(from_ipc),
        },
        Function {
            name: "is_set",
            takes: &[],
            run: |call| event::is_set(call.ctx()?, call.object::<KIND>()?).map(Dynamic::from).map_err(from_ipc),
        },
        Function {
            name: "wait",
            takes: &["seconds?"],
            run: |call| event::wait(call.ctx()?, call.object::<KIND>()?, call.patience(0)?).map(Dynamic::from).map_err(from_ipc),
        },
    ],
    stands: Stands::of(".is_set()", ".is_set()"),
    ..Class::shared::<KIND>("Event")
};
