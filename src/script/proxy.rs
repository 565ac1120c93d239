//! What a manager keeps, in the language: handles whose every use is a request to the manager's server.

use rhai::{Dynamic, EvalAltResult};

use super::binding::{Call, Class, Function, Given, Items, Property};
use super::convert;
use super::language::CLASSES;
use super::raise::{from_ipc, type_error};
use crate::ipc::connection::{self, FIELD, INDEX, SET_FIELD, SET_INDEX, SHOW};
use crate::ipc::{Context, Value};
use crate::kind::managed::{DICT_ID, LIST_ID, NAMESPACE_ID, VALUE_ID};
use crate::trace::ObjectId;

/// A method that the server has under the same name.
const fn asked(name: &'static str, takes: &'static [&'static str]) -> Function {
    Function { name, takes, run: |call| ask(call, call.name) }
}

pub const LIST: Class = Class {
    methods: &[
        asked("append", &["value"]),
        asked("extend", &["values"]),
        asked("insert", &["index", "value"]),
        asked("pop", &["index?"]),
        asked("remove", &["value"]),
        asked("clear", &[]),
        asked("reverse", &[]),
        asked("sort", &[]),
        asked("len", &[]),
        asked("index", &["value"]),
        asked("count", &["value"]),
        asked("contains", &["value"]),
        asked("copy", &[]),
        asked("slice", &["from", "to"]),
    ],
    index: Some(BY_INDEX),
    items: Some(Items { len: None, item: |ctx, object, at| connection::ask(ctx, object, INDEX, vec![Value::Int(at)]).map_err(from_ipc) }),
    text: Some(text),
    ..Class::shared::<{ LIST_ID.0 }>("list")
};

pub const DICT: Class = Class {
    methods: &[
        asked("get", &["key", "otherwise?"]),
        asked("setdefault", &["key", "value"]),
        asked("remove", &["key"]),
        asked("pop", &["key", "otherwise?"]),
        asked("popitem", &[]),
        asked("clear", &[]),
        asked("update", &["entries"]),
        asked("len", &[]),
        asked("contains", &["key"]),
        asked("keys", &[]),
        asked("values", &[]),
        asked("items", &[]),
    ],
    index: Some(BY_INDEX),
    text: Some(text),
    ..Class::shared::<{ DICT_ID.0 }>("dict")
};

pub const NAMESPACE: Class = Class {
    methods: &[asked("remove", &["name"])],
    // A property that is none of the class's own is looked up as an index.
    index: Some((|call| ask(call, FIELD), |call| ask(call, SET_FIELD))),
    text: Some(text),
    ..Class::shared::<{ NAMESPACE_ID.0 }>("Namespace")
};

pub const VALUE: Class = Class {
    methods: &[asked("get", &[]), asked("set", &["value"])],
    properties: &[Property {
        name: "value",
        get: |call| request(call, FIELD, vec![Value::Str("value".to_owned())]),
        set: Some(|call| request(call, SET_FIELD, vec![Value::Str("value".to_owned()), call.value(0)?])),
    }],
    text: Some(text),
    ..Class::shared::<{ VALUE_ID.0 }>("managed Value")
};

const BY_INDEX: (super::binding::Run, super::binding::Run) = (|call| ask(call, INDEX), |call| ask(call, SET_INDEX));

/// What an object holds, as `print` shows it. None where the server cannot be asked.
fn text(ctx: &Context, object: ObjectId) -> Option<String> {
    match connection::ask(ctx, object, SHOW, Vec::new()) {
        Ok(Value::Str(text)) => Some(text),
        _ => None,
    }
}

/// Asks for something with the call's arguments.
pub fn ask(call: &Call<'_>, method: &str) -> Given {
    let args = (0..call.count()).map(|at| call.value(at)).collect::<Result<Vec<_>, _>>()?;
    request(call, method, args)
}

/// Asks the object of a call.
pub fn request(call: &Call<'_>, method: &str, args: Vec<Value>) -> Given {
    let reply = connection::ask(call.ctx()?, object_of(call)?, method, args).map_err(from_ipc)?;
    convert::to_dynamic(reply, call.runtime)
}

fn object_of(call: &Call<'_>) -> Result<ObjectId, Box<EvalAltResult>> {
    let receiver: &Dynamic = call.receiver();
    let object = CLASSES.iter().find_map(|class| (class.shared?.object)(receiver));
    object.ok_or_else(|| type_error(format!("{} is no method of {}", call.name, call.kind_of(receiver))))
}
