//! Manager in the language: `Manager()`, and the methods that make what its server keeps.

use rhai::Dynamic;

use super::binding::{Call, Class, Function, Given, Object};
use super::convert;
use super::raise::from_ipc;
use crate::ipc::connection::{self, Request};
use crate::ipc::{Value, manager};
use crate::kind;

const KIND: u8 = kind::manager::ID.0;

pub const FUNCTIONS: &[Function] = &[Function { name: "Manager", takes: &[], run: |call| make(call, true) }];

pub const CLASS: Class = Class {
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
        Function {
            name: "shutdown",
            takes: &[],
            run: |call| manager::shutdown(call.ctx()?, call.object::<KIND>()?).map(Dynamic::from).map_err(from_ipc),
        },
    ],
    ..Class::shared::<KIND>("Manager")
};

/// Names of the methods that make objects: these bear the name of the variable that they go to.
pub fn makers() -> impl Iterator<Item = &'static str> {
    CLASS.methods.iter().map(|method| method.name).filter(|name| *name != "shutdown")
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
    create_of(call, vec![Value::Array(values.map_err(super::raise::type_error)?)])
}

fn create_of(call: &Call<'_>, args: Vec<Value>) -> Given {
    let (ctx, manager) = (call.ctx()?, call.object::<KIND>()?);
    manager::check_serving(ctx, manager).map_err(from_ipc)?;
    let request = Request { object: manager, method: call.name.to_owned(), name: call.object_name().unwrap_or_default(), args };
    let made = connection::ask_for(ctx, &request).map_err(from_ipc)?;
    convert::to_dynamic(made, call.runtime)
}
