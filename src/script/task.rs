//! Tasks in the language: a function with its bound arguments and a label by which it is shown. It travels
//! as a value, and whoever gets it runs it.

use std::any::TypeId;

use rhai::{Dynamic, EvalAltResult};

use super::binding::{Call, Class, Function, Given, Property, Stands};
use super::held::Task;
use super::process::fits;

pub(super) const FUNCTIONS: &[Function] = &[Function { name: "task", takes: &["label", "function", "arguments?"], run: make }];

pub(super) const CLASS: Class = Class {
    name: "Task",
    type_id: TypeId::of::<Task>,
    type_name: std::any::type_name::<Task>,
    // `call` is the engine's word for functions, and it takes nothing else.
    methods: &[Function { name: "run", takes: &[], run: |call| call.invoke(&this(call)?.function) }],
    properties: &[Property { name: "label", get: |call| Ok(this(call)?.label.into()), set: None }],
    operators: &[],
    index: None,
    items: None,
    shared: None,
    same: |a, b| match (a.read_lock::<Task>(), b.read_lock::<Task>()) {
        (Some(a), Some(b)) => a.label == b.label && a.function.fn_name() == b.function.fn_name(),
        _ => false,
    },
    stands: Stands::of(".run()", ""),
    text: None,
    guard: None,
    own: false,
};

fn this(call: &Call<'_>) -> Result<Task, Box<EvalAltResult>> {
    call.receiver().clone().try_cast::<Task>().ok_or_else(|| call.wrong("its object", "a task", call.receiver()))
}

/// `task("3 * 3", multiply, [3, 3])`.
fn make(call: &Call<'_>) -> Given {
    let label = call.text(0, "label")?;
    if label.is_empty() {
        return Err(call.wrong("label", "a text with something in it", call.arg(0)));
    }
    let mut function = call.function(1, "function")?;
    let given = if call.count() > 2 { call.list(2, "arguments")? } else { Vec::new() };
    fits(call, &function, function.curry().len() + given.len())?;
    for arg in given {
        function.add_curry(arg);
    }
    Ok(Dynamic::from(Task { function, label }))
}
