//! Manager in the language: `Manager()`, and the methods that make what its server keeps.

use rhai::Dynamic;

use super::afar;
use super::binding::{Call, Class, Function, Given};
use super::convert;
use super::raise::{from_ipc, type_error};
use super::types::Object;
use crate::ipc::connection::{self, Request};
use crate::ipc::fault::Way;
use crate::ipc::{Value, manager};
use crate::kind;

const KIND: u8 = kind::manager::ID.0;

pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "Manager", takes: &[], run: |call| make(call, true) },
    Function { name: "BaseManager", takes: &[], run: |call| make(call, false) },
];

pub(super) const CLASS: Class = Class {
    methods: &[
        Function { name: "Value", takes: &["code or value", "value?"], run: create },
        Function { name: "list", takes: &["values?"], run: create_list },
        Function { name: "dict", takes: &["entries?"], run: create },
        Function { name: "Namespace", takes: &["entries?"], run: create },
        Function { name: "Queue", takes: &["max?"], run: create },
        Function { name: "JoinableQueue", takes: &["max?"], run: create },
        Function { name: "Lock", takes: &[], run: create },
        Function { name: "RLock", takes: &[], run: create },
        Function { name: "Semaphore", takes: &["permits?"], run: create },
        Function { name: "BoundedSemaphore", takes: &["permits?"], run: create },
        Function { name: "Condition", takes: &["lock?"], run: create },
        Function { name: "Event", takes: &[], run: create },
        Function { name: "Barrier", takes: &["parties"], run: create },
        Function { name: "register", takes: &["name", "function"], run: register },
        Function {
            name: "start",
            takes: &[],
            run: |call| manager::start(call.ctx()?, call.object::<KIND>()?).map(Dynamic::from).map_err(from_ipc),
        },
        Function { name: "create", takes: &["name", "arguments?"], run: create_registered },
        Function {
            name: "shutdown",
            takes: &[],
            run: |call| manager::shutdown(call.ctx()?, call.object::<KIND>()?).map(Dynamic::from).map_err(from_ipc),
        },
    ],
    ..Class::shared::<KIND>("Manager")
};

/// Names of the methods that make objects: these bear the name of the variable that they go to.
pub(super) fn makers() -> impl Iterator<Item = &'static str> {
    CLASS.methods.iter().map(|method| method.name).filter(|name| !["register", "start", "shutdown"].contains(name))
}

fn make(call: &Call<'_>, serving: bool) -> Given {
    manager::make(call.ctx()?, call.object_name(), serving).map(Object::<KIND>::wrap).map_err(from_ipc)
}

fn create(call: &Call<'_>) -> Given {
    let args = (0..call.count()).map(|at| call.value(at)).collect::<Result<Vec<_>, _>>()?;
    create_of(call, args)
}

/// A list is made of a list, or of the numbers of a range.
fn create_list(call: &Call<'_>) -> Given {
    if call.count() == 0 {
        return create_of(call, Vec::new());
    }
    let values = call.list(0, "values")?;
    let values = values.iter().map(|value| convert::to_value(value, call.runtime)).collect::<Result<_, _>>();
    create_of(call, vec![Value::Array(values.map_err(type_error)?)])
}

fn create_of(call: &Call<'_>, args: Vec<Value>) -> Given {
    let (ctx, manager) = (call.ctx()?, call.object::<KIND>()?);
    manager::check_serving(ctx, manager).map_err(from_ipc)?;
    let request = Request { object: manager, method: call.name.to_owned(), name: call.object_name().unwrap_or_default(), args };
    let made = connection::ask_for(ctx, &request).map_err(|error| afar::raise(error, Way::Method, call.runtime))?;
    convert::to_dynamic(made, call.runtime)
}

/// Notes which function makes objects of a name. Not a step: only this process knows until it starts.
fn register(call: &Call<'_>) -> Given {
    let (name, function) = (call.text(0, "name")?, call.function(1, "function")?);
    if call.runtime.functions(function.fn_name()).is_empty() {
        return Err(type_error(format!("register: {} is not a function of this scenario", function.fn_name())));
    }
    if !function.curry().is_empty() {
        return Err(type_error("register: a function with bound arguments cannot be registered"));
    }
    let function = call.runtime.label(function.fn_name());
    manager::register(call.ctx()?, call.object::<KIND>()?, &name, &function).map(Dynamic::from).map_err(from_ipc)
}

/// `create("Counter", [0])`.
fn create_registered(call: &Call<'_>) -> Given {
    let name = call.text(0, "name")?;
    let given = if call.count() > 1 { call.list(1, "arguments")? } else { Vec::new() };
    let given: Result<Vec<Value>, String> = given.iter().map(|value| convert::to_value(value, call.runtime)).collect();
    let given = given.map_err(|problem| type_error(format!("create {name}: {problem}")))?;
    create_of(call, vec![Value::Str(name), Value::Array(given)])
}
