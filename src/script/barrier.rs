//! Barrier in the language.

use rhai::Dynamic;

use super::binding::{Class, Function, Property, Stands};
use super::raise::from_ipc;
use super::types::Object;
use crate::ipc::barrier;
use crate::kind;

const KIND: u8 = kind::barrier::ID.0;

pub(super) const FUNCTIONS: &[Function] = &[Function {
    name: "Barrier",
    takes: &["parties"],
    run: |call| barrier::make(call.ctx()?, call.object_name(), call.int(0, "parties")?).map(Object::<KIND>::wrap).map_err(from_ipc),
}];

pub(super) const CLASS: Class = Class {
    methods: &[
        Function {
            name: "wait",
            takes: &["seconds?"],
            run: |call| barrier::wait(call.ctx()?, call.object::<KIND>()?, call.patience(0)?).map(Dynamic::from).map_err(from_ipc),
        },
        Function {
            name: "reset",
            takes: &[],
            run: |call| barrier::reset(call.ctx()?, call.object::<KIND>()?).map(Dynamic::from).map_err(from_ipc),
        },
        Function {
            name: "abort",
            takes: &[],
            run: |call| barrier::abort(call.ctx()?, call.object::<KIND>()?).map(Dynamic::from).map_err(from_ipc),
        },
    ],
    properties: &[
        Property { name: "parties", get: |call| Ok(barrier::parties(call.ctx()?, call.object::<KIND>()?).into()), set: None },
        Property {
            name: "n_waiting",
            get: |call| barrier::n_waiting(call.ctx()?, call.object::<KIND>()?).map(Dynamic::from).map_err(from_ipc),
            set: None,
        },
        Property {
            name: "broken",
            get: |call| barrier::is_broken(call.ctx()?, call.object::<KIND>()?).map(Dynamic::from).map_err(from_ipc),
            set: None,
        },
    ],
    stands: Stands::of(".n_waiting", ".n_waiting > 0"),
    ..Class::shared::<KIND>("Barrier")
};
