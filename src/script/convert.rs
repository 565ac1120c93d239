//! Values of the language and values that travel stand for each other here. What cannot travel is
//! refused by the name of its type. Also: how values are shown.

use std::collections::BTreeMap;

use rhai::{Array, Blob, Dynamic, EvalAltResult, FnPtr, Map};

use super::held::{End, Handle, Task};
use super::raise::raise;
use super::runtime::Runtime;
use crate::ipc::value::DEPTH_LIMIT;
use crate::ipc::{ErrorKind, Value};
use crate::trace::{KindId, ObjectId};

/// The most numbers of a range that is taken as a list.
const RANGE_LIMIT: i64 = 1 << 20;

/// A value as it travels.
pub(super) fn to_value(value: &Dynamic, runtime: &Runtime) -> Result<Value, String> {
    at_depth(value, runtime, 0)
}

fn at_depth(value: &Dynamic, runtime: &Runtime, depth: usize) -> Result<Value, String> {
    if depth > DEPTH_LIMIT {
        return Err(format!("a value may not lie deeper than {DEPTH_LIMIT} arrays or maps"));
    }
    let inner = |value: &Dynamic| at_depth(value, runtime, depth + 1);
    if value.is_unit() {
        return Ok(Value::Unit);
    }
    if let Some(text) = text(value) {
        return Ok(Value::Str(text));
    }
    if let Ok(value) = value.as_bool() {
        return Ok(Value::Bool(value));
    }
    if let Ok(value) = value.as_int() {
        return Ok(Value::Int(value));
    }
    if let Ok(value) = value.as_float() {
        return Ok(Value::Float(value));
    }
    if let Some(items) = value.read_lock::<Array>() {
        return items.iter().map(inner).collect::<Result<_, _>>().map(Value::Array);
    }
    if let Some(entries) = value.read_lock::<Map>() {
        return entries.iter().map(|(key, value)| Ok((key.to_string(), inner(value)?))).collect::<Result<_, _>>().map(Value::Map);
    }
    if let Some(bytes) = value.read_lock::<Blob>() {
        return Ok(Value::Blob(bytes.clone()));
    }
    if let Some(function) = value.read_lock::<FnPtr>() {
        let args = function.curry().iter().map(inner).collect::<Result<_, _>>()?;
        return Ok(Value::Task { function: runtime.label(function.fn_name()), args, label: String::new() });
    }
    if let Some(task) = value.read_lock::<Task>() {
        let args = task.function.curry().iter().map(inner).collect::<Result<_, _>>()?;
        return Ok(Value::Task { function: runtime.label(task.function.fn_name()), args, label: task.label.clone() });
    }
    if let Some(end) = value.read_lock::<End>() {
        return Ok(Value::End { object: end.object, end: end.end, kind: end.kind });
    }
    if let Some(handle) = value.read_lock::<Handle>() {
        let (actor, name) = handle.identity();
        return match actor {
            Some(actor) => Ok(Value::Process { actor, name }),
            None => Err(format!("process {name} cannot be passed on before it is started")),
        };
    }
    for shared in runtime.types().iter().filter_map(|of| of.shared) {
        if let Some(object) = (shared.object)(value) {
            return Ok(Value::Object { object, kind: shared.kind });
        }
    }
    Err(format!("a value of type {} cannot travel between processes", type_name(value, runtime)))
}

/// A value that has arrived.
pub(super) fn to_dynamic(value: Value, runtime: &Runtime) -> Result<Dynamic, Box<EvalAltResult>> {
    Ok(match value {
        Value::Unit => Dynamic::UNIT,
        Value::Bool(value) => value.into(),
        Value::Int(value) => value.into(),
        Value::Float(value) => value.into(),
        Value::Str(text) => text.into(),
        Value::Blob(bytes) => Dynamic::from_blob(bytes),
        Value::Array(items) => Dynamic::from_array(items.into_iter().map(|item| to_dynamic(item, runtime)).collect::<Result<_, _>>()?),
        Value::Map(entries) => {
            let entries: BTreeMap<_, _> = entries
                .into_iter()
                .map(|(key, value)| Ok((key.into(), to_dynamic(value, runtime)?)))
                .collect::<Result<_, Box<EvalAltResult>>>()?;
            Dynamic::from_map(entries)
        }
        Value::Task { function, args, label } => {
            let args: Vec<Dynamic> = args.into_iter().map(|arg| to_dynamic(arg, runtime)).collect::<Result<_, _>>()?;
            let function = self::function(&function, runtime)?.set_curry(args).clone();
            if label.is_empty() { Dynamic::from(function) } else { Dynamic::from(Task { function, label }) }
        }
        Value::End { object, end, kind } => Dynamic::from(End { object, end, kind }),
        Value::Process { actor, name } => Dynamic::from(Handle::known(actor, name)),
        Value::Object { object, kind } => handle_of(object, kind, runtime)
            .ok_or_else(|| raise(ErrorKind::TypeError, format!("object {} is of no known class", object.0)))?,
    })
}

/// A function of the script by what it is called; also one that has no name in the source.
pub(super) fn function(label: &str, runtime: &Runtime) -> Result<FnPtr, Box<EvalAltResult>> {
    let name = runtime.name_of(label);
    match runtime.functions(name).last() {
        Some(definition) => Ok(FnPtr::from(definition.clone())),
        None => FnPtr::new(name),
    }
}

/// A text or a single character.
pub(super) fn text(value: &Dynamic) -> Option<String> {
    match (value.as_immutable_string_ref(), value.as_char()) {
        (Ok(text), _) => Some(text.to_string()),
        (_, Ok(char)) => Some(char.to_string()),
        _ => None,
    }
}

/// A list, or the numbers of a range.
pub(super) fn list(value: &Dynamic) -> Option<Vec<Dynamic>> {
    if let Some(items) = value.read_lock::<Array>() {
        return Some(items.clone());
    }
    let numbers = |from: i64, to: i64| (to.saturating_sub(from) <= RANGE_LIMIT).then(|| (from..to).map(Dynamic::from).collect());
    if let Some(range) = value.read_lock::<std::ops::Range<i64>>() {
        return numbers(range.start, range.end);
    }
    value.read_lock::<std::ops::RangeInclusive<i64>>().and_then(|range| numbers(*range.start(), range.end().saturating_add(1)))
}

/// A shared object as a value of its own type; none where its kind has none.
pub(super) fn handle_of(object: ObjectId, kind: KindId, runtime: &Runtime) -> Option<Dynamic> {
    let shared = runtime.types().iter().filter_map(|of| of.shared).find(|shared| shared.kind == kind)?;
    Some((shared.wrap)(object))
}

/// The shared object that a value stands for.
pub(super) fn object_of(value: &Dynamic, runtime: &Runtime) -> Option<ObjectId> {
    runtime.types().iter().find_map(|of| (of.shared?.object)(value))
}

/// A type as the language names it.
pub(super) fn type_name(value: &Dynamic, runtime: &Runtime) -> String {
    let id = value.type_id();
    if let Some(known) = runtime.types().iter().find(|known| known.type_id == id) {
        return known.name.to_owned();
    }
    match value.type_name() {
        "i64" => "integer",
        "f64" => "float",
        "Fn" => "function",
        "()" => "()",
        name if name.contains("RangeInclusive") || name.contains("Range<") || name == "range" || name == "range=" => "range",
        name if name.contains("alloc") && name.contains("Vec") => "array",
        name => name,
    }
    .to_owned()
}

/// Whether a value stands for something that processes share or are, and is compared by which one that is.
pub(super) fn is_handle(value: &Dynamic, runtime: &Runtime) -> bool {
    let id = value.type_id();
    runtime.types().iter().any(|known| known.type_id == id)
}

/// A value as `print` shows it: a text bare, everything else as the language writes it.
pub(super) fn shown(value: &Dynamic, runtime: &Runtime) -> String {
    text(value).or_else(|| referent(value, runtime)).unwrap_or_else(|| written(value, runtime, 0))
}

/// What a handle stands for, where that is shown instead of its name.
fn referent(value: &Dynamic, runtime: &Runtime) -> Option<String> {
    let (object, text) = runtime.types().iter().find_map(|of| Some(((of.shared?.object)(value)?, of.text?)))?;
    text(runtime.context().ok()?, object)
}

fn written(value: &Dynamic, runtime: &Runtime, depth: usize) -> String {
    let inner = |value: &Dynamic| written(value, runtime, depth + 1);
    if depth > DEPTH_LIMIT {
        return "…".to_owned();
    }
    if value.is_unit() {
        return "()".to_owned();
    }
    if let Some(text) = text(value) {
        return format!("{text:?}");
    }
    if let Ok(value) = value.as_float() {
        return format!("{value:?}");
    }
    if let Some(items) = value.read_lock::<Array>() {
        return format!("[{}]", items.iter().map(inner).collect::<Vec<_>>().join(", "));
    }
    if let Some(entries) = value.read_lock::<Map>() {
        return format!("#{{{}}}", entries.iter().map(|(key, value)| format!("{key:?}: {}", inner(value))).collect::<Vec<_>>().join(", "));
    }
    if let Some(bytes) = value.read_lock::<Blob>() {
        return Value::Blob(bytes.clone()).to_string();
    }
    if let Some(function) = value.read_lock::<FnPtr>() {
        return format!("<function {}>", runtime.label(function.fn_name()));
    }
    if let Some(task) = value.read_lock::<Task>() {
        return task.label.clone();
    }
    if let Some(handle) = value.read_lock::<Handle>() {
        return format!("<Process {}>", handle.identity().1);
    }
    let named = |class: &str, object| match runtime.context() {
        Ok(ctx) => format!("<{class} {}>", ctx.arena.object_name(object)),
        Err(_) => format!("<{class}>"),
    };
    if let Some(end) = value.read_lock::<End>() {
        return named(if end.end == 0 { "end 0 of" } else { "end 1 of" }, end.object);
    }
    for of in runtime.types() {
        if let Some(object) = of.shared.and_then(|shared| (shared.object)(value)) {
            return named(of.name, object);
        }
    }
    value.to_string()
}
