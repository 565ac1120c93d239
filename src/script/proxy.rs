//! What a manager keeps, in the language: handles whose every use is a request to the manager's server.

use rhai::{Dynamic, EvalAltResult};

use super::afar;
use super::binding::{Call, Class, Function, Given, Items, Property, Stands};
use super::condition::wait_for;
use super::convert;
use super::raise::{from_ipc, type_error};
use super::types::Hold;
use crate::ipc::connection::{self, FIELD, INDEX, SET_FIELD, SET_INDEX, SHOW, TIMES};
use crate::ipc::fault::Way;
use crate::ipc::{Context, Value, managed};
use crate::kind::managed::{DICT_ID, LIST_ID, NAMESPACE_ID, VALUE_ID};
use crate::kind::{barrier, condition, event, lent, lock, managed_queue, rlock, semaphore};
use crate::trace::ObjectId;

/// A method that the server has under the same name.
const fn asked(name: &'static str, takes: &'static [&'static str]) -> Function {
    Function { name, takes, run: |call| ask(call, call.name) }
}

pub(super) const LIST: Class = Class {
    methods: &[
        asked("append", &["value"]),
        Function { name: "extend", takes: &["values"], run: extend },
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
    operators: &[
        Function { name: "+", takes: &["list"], run: |call| joined(call, 1, &call.list(0, "what is added")?) },
        Function { name: "*", takes: &["count"], run: |call| joined(call, call.int(0, "count")?, &[]) },
        Function { name: "+=", takes: &["list"], run: extend },
        Function { name: "*=", takes: &["count"], run: |call| request(call, TIMES, vec![Value::Int(call.int(0, "count")?)]) },
    ],
    index: Some(BY_INDEX),
    items: Some(Items { len: None, item: |ctx, object, at| connection::ask(ctx, object, INDEX, vec![Value::Int(at)]) }),
    text: Some(text),
    stands: Stands { one: "[0]", all: ".copy()", truth: ".len() > 0" },
    ..Class::shared::<{ LIST_ID.0 }>("list")
};

pub(super) const DICT: Class = Class {
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
    stands: Stands { one: "[key]", all: ".items()", truth: ".len() > 0" },
    ..Class::shared::<{ DICT_ID.0 }>("dict")
};

pub(super) const NAMESPACE: Class = Class {
    methods: &[asked("remove", &["name"])],
    // A property that is none of the class's own is looked up as an index.
    index: Some((|call| ask(call, FIELD), |call| ask(call, SET_FIELD))),
    text: Some(text),
    stands: Stands::of(".name", ""),
    ..Class::shared::<{ NAMESPACE_ID.0 }>("Namespace")
};

pub(super) const VALUE: Class = Class {
    methods: &[asked("get", &[]), asked("set", &["value"])],
    properties: &[Property {
        name: "value",
        get: |call| request(call, FIELD, vec![Value::Str("value".to_owned())]),
        set: Some(|call| request(call, SET_FIELD, vec![Value::Str("value".to_owned()), call.value(0)?])),
    }],
    text: Some(text),
    stands: Stands::of(".value", ".value != 0"),
    ..Class::shared::<{ VALUE_ID.0 }>("managed Value")
};

pub(super) const QUEUE: Class = Class {
    methods: &[
        asked("put", &["value", "seconds?"]),
        asked("put_nowait", &["value"]),
        asked("get", &["seconds?"]),
        asked("get_nowait", &[]),
        asked("qsize", &[]),
        asked("empty", &[]),
        asked("full", &[]),
        asked("task_done", &[]),
        asked("join", &[]),
    ],
    stands: Stands::of(".qsize()", ".qsize() > 0"),
    ..Class::shared::<{ managed_queue::ID.0 }>("managed Queue")
};

const ACQUIRED: &[Function] = &[asked("acquire", &["seconds?"]), asked("try_acquire", &[]), asked("release", &[])];

const GUARD: Option<(Hold, Hold)> = Some((
    |ctx, object| connection::ask(ctx, object, "acquire", Vec::new()).map(drop),
    |ctx, object| connection::ask(ctx, object, "release", Vec::new()).map(drop),
));

pub(super) const LOCK: Class = Class { methods: ACQUIRED, guard: GUARD, ..Class::shared::<{ lent(lock::ID).0 }>("managed Lock") };
pub(super) const RLOCK: Class = Class { methods: ACQUIRED, guard: GUARD, ..Class::shared::<{ lent(rlock::ID).0 }>("managed RLock") };
pub(super) const SEMAPHORE: Class =
    Class { methods: ACQUIRED, guard: GUARD, ..Class::shared::<{ lent(semaphore::ID).0 }>("managed Semaphore") };
pub(super) const BOUNDED: Class =
    Class { methods: ACQUIRED, guard: GUARD, ..Class::shared::<{ lent(semaphore::BOUNDED_ID).0 }>("managed BoundedSemaphore") };

pub(super) const EVENT: Class = Class {
    methods: &[asked("set", &[]), asked("clear", &[]), asked("is_set", &[]), asked("wait", &["seconds?"])],
    stands: Stands::of(".is_set()", ".is_set()"),
    ..Class::shared::<{ lent(event::ID).0 }>("managed Event")
};

pub(super) const CONDITION: Class = Class {
    methods: &[
        asked("acquire", &["seconds?"]),
        asked("try_acquire", &[]),
        asked("release", &[]),
        asked("wait", &["seconds?"]),
        Function {
            name: "wait_for",
            takes: &["function", "seconds?"],
            run: |call| {
                wait_for(call, |time| {
                    let seconds = time.map(|time| Value::Float(time as f64 / 1e9));
                    request(call, "wait", seconds.into_iter().collect()).map(drop)
                })
            },
        },
        asked("notify", &["count?"]),
        asked("notify_all", &[]),
    ],
    guard: GUARD,
    ..Class::shared::<{ lent(condition::ID).0 }>("managed Condition")
};

pub(super) const BARRIER: Class = Class {
    methods: &[asked("wait", &["seconds?"]), asked("reset", &[]), asked("abort", &[])],
    properties: &[
        Property { name: "parties", get: |call| ask(call, "parties"), set: None },
        Property { name: "n_waiting", get: |call| ask(call, "n_waiting"), set: None },
        Property { name: "broken", get: |call| ask(call, "broken"), set: None },
    ],
    stands: Stands::of(".n_waiting", ".n_waiting > 0"),
    ..Class::shared::<{ lent(barrier::ID).0 }>("managed Barrier")
};

const BY_INDEX: (super::binding::Run, super::binding::Run) = (|call| ask(call, INDEX), |call| ask(call, SET_INDEX));

/// A list of this process's own: what the managed list holds, so many times, and more behind it.
fn joined(call: &Call<'_>, times: i64, more: &[Dynamic]) -> Given {
    let held = request(call, "copy", Vec::new())?.into_array().unwrap_or_default();
    let times = managed::times(held.len(), times).map_err(from_ipc)?;
    Ok(std::iter::repeat_n(&held, times).flatten().chain(more).cloned().collect::<rhai::Array>().into())
}

/// A list, or the numbers of a range, go to the end of the object of a call.
fn extend(call: &Call<'_>) -> Given {
    let values = call.list(0, "values")?;
    let values = values.iter().map(|value| convert::to_value(value, call.runtime)).collect::<Result<_, _>>();
    request(call, "extend", vec![Value::Array(values.map_err(type_error)?)])
}

/// What an object holds, as `print` shows it. None where the server cannot be asked.
fn text(ctx: &Context, object: ObjectId) -> Option<String> {
    match connection::ask(ctx, object, SHOW, Vec::new()) {
        Ok(Value::Str(text)) => Some(text),
        _ => None,
    }
}

/// Asks for something with the call's arguments.
pub(super) fn ask(call: &Call<'_>, method: &str) -> Given {
    let args = (0..call.count()).map(|at| call.value(at)).collect::<Result<Vec<_>, _>>()?;
    request(call, method, args)
}

/// Asks the object of a call.
pub(super) fn request(call: &Call<'_>, method: &str, args: Vec<Value>) -> Given {
    let reply =
        connection::ask(call.ctx()?, object_of(call)?, method, args).map_err(|error| afar::raise(error, Way::Method, call.runtime))?;
    convert::to_dynamic(reply, call.runtime)
}

fn object_of(call: &Call<'_>) -> Result<ObjectId, Box<EvalAltResult>> {
    let receiver: &Dynamic = call.receiver();
    convert::object_of(receiver, call.runtime)
        .ok_or_else(|| type_error(format!("{} is no method of {}", call.name, call.kind_of(receiver))))
}
