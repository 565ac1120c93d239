//! Pool and AsyncResult in the language. Asking for a value raises the error of the task behind it.

use rhai::{Array, Dynamic};

use super::afar;
use super::binding::{Call, Class, Function, Given, Items, Stands};
use super::convert;
use super::raise::from_ipc;
use super::types::Object;
use crate::ipc::fault::Way as From;
use crate::ipc::pool::{self, Calls, Way};
use crate::ipc::result;
use crate::ipc::{Context, Patience, Value};
use crate::kind;
use crate::trace::ObjectId;

const POOL: u8 = kind::pool::ID.0;
const RESULT: u8 = kind::result::ID.0;

pub(super) const FUNCTIONS: &[Function] = &[Function { name: "Pool", takes: &["workers?"], run: make }];

pub(super) const CLASS: Class = Class {
    methods: &[
        Function { name: "apply", takes: &["function", "arguments?"], run: |call| value(call, apply(call)?) },
        Function { name: "apply_async", takes: &["function", "arguments?"], run: |call| apply(call).map(Object::<RESULT>::wrap) },
        Function { name: "map", takes: &["function", "list"], run: |call| value(call, each(call, Way::Map)?) },
        Function { name: "map_async", takes: &["function", "list"], run: |call| each(call, Way::Map).map(Object::<RESULT>::wrap) },
        Function { name: "starmap", takes: &["function", "lists"], run: |call| value(call, spread(call)?) },
        Function { name: "starmap_async", takes: &["function", "lists"], run: |call| spread(call).map(Object::<RESULT>::wrap) },
        Function { name: "imap", takes: &["function", "list"], run: |call| each(call, Way::Imap).map(Object::<RESULT>::wrap) },
        Function {
            name: "imap_unordered",
            takes: &["function", "list"],
            run: |call| each(call, Way::ImapUnordered).map(Object::<RESULT>::wrap),
        },
        Function { name: "close", takes: &[], run: |call| done(pool::close(call.ctx()?, call.object::<POOL>()?)) },
        Function { name: "join", takes: &[], run: |call| done(pool::join(call.ctx()?, call.object::<POOL>()?)) },
        Function { name: "terminate", takes: &[], run: |call| done(pool::terminate(call.ctx()?, call.object::<POOL>()?)) },
    ],
    // Scoped use ends with the block, and what is not done by then is lost.
    guard: Some((pool::enter, pool::terminate)),
    ..Class::shared::<POOL>("Pool")
};

pub(super) const RESULT_CLASS: Class = Class {
    methods: &[
        Function {
            name: "get",
            takes: &["seconds?"],
            run: |call| answer_within(call, call.object::<RESULT>()?, call.patience(0)?, From::Result),
        },
        Function {
            name: "wait",
            takes: &["seconds?"],
            run: |call| done(result::wait(call.ctx()?, call.object::<RESULT>()?, call.patience(0)?)),
        },
        Function {
            name: "ready",
            takes: &[],
            run: |call| result::ready(call.ctx()?, call.object::<RESULT>()?).map(Dynamic::from).map_err(from_ipc),
        },
        Function {
            name: "successful",
            takes: &[],
            run: |call| result::successful(call.ctx()?, call.object::<RESULT>()?).map(Dynamic::from).map_err(from_ipc),
        },
    ],
    items: Some(Items { len: Some(answers), item: answer_at }),
    stands: Stands::of(".get()", ".ready()"),
    ..Class::shared::<RESULT>("AsyncResult")
};

/// Names of the methods that give a result which has a name of its own.
pub(super) fn makers() -> impl Iterator<Item = &'static str> {
    CLASS.methods.iter().map(|method| method.name).filter(|name| name.ends_with("_async") || name.starts_with("imap"))
}

fn done(outcome: crate::ipc::Result<()>) -> Given {
    outcome.map(Dynamic::from).map_err(from_ipc)
}

fn make(call: &Call<'_>) -> Given {
    let size = match call.count() {
        0 => std::thread::available_parallelism().map_or(1, |count| count.get() as i64),
        _ => call.int(0, "workers")?,
    };
    pool::make(call.ctx()?, call.object_name(), size).map(Object::<POOL>::wrap).map_err(from_ipc)
}

/// A function with what is bound to it, called with each of the given arguments.
fn submit(call: &Call<'_>, way: Way, lists: Vec<Vec<Dynamic>>) -> Result<ObjectId, Box<rhai::EvalAltResult>> {
    let function = call.function(0, "function")?;
    let arguments = lists
        .into_iter()
        .map(|list| function.curry().iter().chain(&list).map(|arg| convert::to_value(arg, call.runtime)).collect())
        .collect();
    let calls = Calls { function: function.fn_name(), arguments };
    pool::submit(call.ctx()?, call.object::<POOL>()?, way, calls, call.object_name()).map_err(from_ipc)
}

fn apply(call: &Call<'_>) -> Result<ObjectId, Box<rhai::EvalAltResult>> {
    let args = if call.count() > 1 { call.list(1, "arguments")? } else { Vec::new() };
    submit(call, Way::Apply, vec![args])
}

fn each(call: &Call<'_>, way: Way) -> Result<ObjectId, Box<rhai::EvalAltResult>> {
    let lists = call.list(1, "list")?.into_iter().map(|item| vec![item]).collect();
    submit(call, way, lists)
}

fn spread(call: &Call<'_>) -> Result<ObjectId, Box<rhai::EvalAltResult>> {
    let lists = call
        .list(1, "lists")?
        .into_iter()
        .map(|item| item.read_lock::<Array>().map(|args| args.to_vec()).ok_or_else(|| call.wrong("each of the lists", "a list", &item)))
        .collect::<Result<_, _>>()?;
    submit(call, Way::Map, lists)
}

fn value(call: &Call<'_>, object: ObjectId) -> Given {
    answer_within(call, object, Patience::Forever, From::Task)
}

fn answer_within(call: &Call<'_>, object: ObjectId, patience: Patience, from: From) -> Given {
    match result::get(call.ctx()?, object, patience).map_err(from_ipc)? {
        Ok(value) => convert::to_dynamic(value, call.runtime),
        Err(fault) => Err(afar::raise(fault.into(), from, call.runtime)),
    }
}

fn answers(ctx: &Context, object: ObjectId) -> i64 {
    result::len(ctx, object).map_or(0, |len| len as i64)
}

/// The next answer of an imap, or one of a map as soon as it is there.
fn answer_at(ctx: &Context, object: ObjectId, at: i64) -> crate::ipc::Result<Value> {
    match result::next(ctx, object, at as usize)? {
        Some(answer) => Ok(answer?),
        None => Ok(Value::Unit),
    }
}
