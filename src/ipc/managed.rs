//! What can be asked of what a manager's server keeps in its own memory, and how it is made there. Each
//! request is one step under the object's internal lock.

use super::cells::CELL_LIMIT;
use super::connection::{FIELD, INDEX, Request, SET_FIELD, SET_INDEX, SHOW, TIMES};
use super::context::Context;
use super::error::{ErrorKind, IpcError, Result};
use super::hand::{self, Row, Task};
use super::hosted::{Hosted, Kept, same};
use super::refusal;
use super::value::{Named, Value};
use crate::arena::Arena;
use crate::kind::managed::{
    APPEND, APPEND_APPENDED, CELLS, DICT_ID, DO, DO_CHANGED, DO_READ, LIST_ID, MAKE, MAKE_MADE, NAMESPACE_ID, OBJECT_ID, VALUE_ID, WRITE,
    WRITE_WROTE,
};
use crate::kind::{self, Keys, Kind, Op, Outcome};
use crate::trace::{KindId, ObjectId, On, Preview};

/// What the server does to a list, a dict and the like for the hand.
pub const BY_HAND: &[Row] = &[
    Row::new(&WRITE, write_by_hand),
    Row::new(&APPEND, |ctx, task| Ok(perform_by_hand(ctx, &APPEND, task.object, "append", vec![task.value.clone()])?)),
];

fn write_by_hand(ctx: &Context, task: &Task) -> refusal::Outcome {
    let (method, args) = written(ctx, task).ok_or_else(hand::cannot)?;
    Ok(perform_by_hand(ctx, &WRITE, task.object, method, args)?)
}

/// What is to be asked so that a cell has a value. Where cells have keys, the value is a pair of both.
fn written(ctx: &Context, task: &Task) -> Option<(&'static str, Vec<Value>)> {
    let keys = kind::kind(ctx.arena.facts(task.object).kind)?.parts.get(CELLS as usize)?.keys;
    match (keys, task.on, task.value.clone()) {
        (Keys::One, _, value) => Some((SET_FIELD, vec![Value::Str("value".to_owned()), value])),
        (Keys::Index, On::Cell(_, at), value) => Some((SET_INDEX, vec![Value::Int(i64::from(at)), value])),
        (Keys::Value, _, Value::Array(pair)) if pair.len() == 2 => Some((SET_INDEX, pair)),
        (Keys::Name, _, Value::Array(pair)) if pair.len() == 2 => Some((SET_FIELD, pair)),
        _ => None,
    }
}

fn fault(kind: ErrorKind, message: impl Into<String>) -> IpcError {
    IpcError::new(kind, message)
}

/// The kind of what is made under a name; none where it is something else than cells.
pub(super) fn kind_of(sort: &str) -> Option<&'static Kind> {
    Some(match sort {
        "list" => &kind::managed::LIST,
        "dict" => &kind::managed::DICT,
        "Namespace" => &kind::managed::NAMESPACE,
        "Value" => &kind::managed::VALUE,
        _ => return None,
    })
}

/// Makes an object in the server's memory.
pub(super) fn make(ctx: &Context, manager: ObjectId, kind: &'static Kind, name: &str, args: &[Value]) -> Result<Value> {
    ctx.begin_op(&MAKE, On::Object(manager), Some(&Preview::new(kind.name)));
    let fail = |error| ctx.failed(&MAKE, On::Object(manager), error);
    let cells = first_cells(kind, args).map_err(fail)?;
    let home = Some(ctx.process.id);
    let (object, made) = ctx.new_object_at(kind, name, None, home, 1).map_err(fail)?;
    ctx.arena.set_manager_of(object, manager);
    let mut changes = vec![made];
    let mut kept = Kept::new(&ctx.arena, object, kind.id);
    for (key, value) in cells {
        match key {
            Some(key) => kept.set(key, value),
            None => kept.push(None, value),
        }
    }
    changes.extend(kept.changes());
    ctx.process.own::<Hosted>().objects().insert(object, kept);
    ctx.done(&MAKE, &MAKE_MADE, On::Object(object), None, changes);
    Ok(Value::Object { object, kind: kind.id })
}

/// What an object begins with.
fn first_cells(kind: &Kind, args: &[Value]) -> Result<Vec<(Option<Value>, Value)>> {
    match (kind.id, args) {
        (VALUE_ID, [value] | [_, value]) => Ok(vec![(None, value.clone())]),
        (LIST_ID | DICT_ID | NAMESPACE_ID, []) => Ok(Vec::new()),
        (LIST_ID, [Value::Array(items)]) => Ok(items.iter().map(|item| (None, item.clone())).collect()),
        (DICT_ID | NAMESPACE_ID, [entries]) => {
            let entries = entries_of(entries)?;
            if let Some((key, _)) = entries.iter().find(|(key, _)| kind.id == NAMESPACE_ID && !matches!(key, Value::Str(_))) {
                return Err(no_name(key));
            }
            Ok(entries.into_iter().map(|(key, value)| (Some(key), value)).collect())
        }
        _ => Err(fault(ErrorKind::RemoteError, format!("{} cannot be made of these arguments", kind.name))),
    }
}

fn no_name(key: &Value) -> IpcError {
    fault(ErrorKind::TypeError, format!("a name is a text, not {key}"))
}

/// Keys and values of a map, or of a list of pairs.
fn entries_of(value: &Value) -> Result<Vec<(Value, Value)>> {
    match value {
        Value::Map(entries) => Ok(entries.iter().map(|(key, value)| (Value::Str(key.clone()), value.clone())).collect()),
        Value::Array(pairs) => pairs
            .iter()
            .map(|pair| match pair {
                Value::Array(pair) if pair.len() == 2 => Ok((key(&pair[0])?, pair[1].clone())),
                other => Err(fault(ErrorKind::TypeError, format!("a pair [key, value] is wanted, not {other}"))),
            })
            .collect(),
        other => Err(fault(ErrorKind::TypeError, format!("a map or a list of pairs is wanted, not {other}"))),
    }
}

/// A value as a key: any scalar.
fn key(value: &Value) -> Result<Value> {
    match value {
        Value::Unit | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => Ok(value.clone()),
        other => Err(fault(ErrorKind::TypeError, format!("a key is a number, a text, true, false or (), not {other}"))),
    }
}

/// Does what is asked, as one step.
pub(super) fn perform(ctx: &Context, request: &Request) -> Result<Value> {
    carry_out(ctx, request, &DO, &DO_CHANGED)
}

/// Does for the hand what a client could ask for.
pub(super) fn perform_by_hand(ctx: &Context, op: &'static Op, object: ObjectId, method: &str, args: Vec<Value>) -> Result<()> {
    let told = if op.id == WRITE.id { &WRITE_WROTE } else { &APPEND_APPENDED };
    carry_out(ctx, &Request { object, method: method.to_owned(), name: String::new(), args }, op, told).map(drop)
}

/// Does what is asked, as this operation; `changed` is how it comes out where something was changed.
fn carry_out(ctx: &Context, request: &Request, op: &Op, changed: &Outcome) -> Result<Value> {
    let object = request.object;
    let on = On::Object(object);
    let name = ctx.object_text(object);
    let text = request.text(&ctx.arena);
    ctx.begin_op(op, on, Some(&Preview::new(&text)));
    let _inner = ctx.arena.lock(object, ctx.me());
    ctx.check_broken(object).map_err(|error| ctx.failed(op, on, error))?;
    let hosted = ctx.process.own::<Hosted>();
    let mut objects = hosted.objects();
    let Some(kept) = objects.get_mut(&object) else {
        return Err(ctx.failed(op, on, fault(ErrorKind::RemoteError, format!("this server does not keep {name}"))));
    };
    let asked = cell(kept, &request.method, request.args.first());
    let outcome = match kept.kind() {
        _ if request.method == SHOW && request.args.is_empty() => Ok(Value::Str(shown(kept, &ctx.arena))),
        LIST_ID => list(kept, &name, &request.method, &request.args),
        DICT_ID => dict(kept, &name, &request.method, &request.args),
        NAMESPACE_ID | OBJECT_ID => namespace(kept, &name, &request.method, &request.args),
        _ => value(kept, &request.method, &request.args),
    };
    // What was changed before an error stays changed.
    let changes = kept.changes();
    match outcome {
        Ok(value) => {
            let told = if changes.is_empty() { &DO_READ } else { changed };
            let detail = match &value {
                Value::Unit => text,
                Value::Str(shown) if request.method == SHOW => format!("{text} ▹ {shown}"),
                value => format!("{text} ▹ {}", Named(value, &ctx.arena)),
            };
            let on = asked.map_or(on, |cell| On::Cell(object, cell));
            ctx.done(op, told, on, Some(Preview::new(&detail)), changes);
            Ok(value)
        }
        Err(error) => {
            ctx.done(op, &kind::FAILED, on, Some(Preview::new(&error.to_string())), changes);
            Err(error)
        }
    }
}

/// The cell that a request reads or writes as a whole; none where it is about several, about none that is there,
/// or changes what is there in one step.
fn cell(kept: &Kept, method: &str, key: Option<&Value>) -> Option<u32> {
    let at = match (kept.kind(), method, key) {
        (VALUE_ID, FIELD | SET_FIELD | "get" | "set", _) => Some(0),
        (LIST_ID, INDEX | SET_INDEX, Some(Value::Int(at))) => place(kept, "", *at).ok(),
        (DICT_ID, INDEX | SET_INDEX | "get", Some(key)) | (NAMESPACE_ID | OBJECT_ID, FIELD | SET_FIELD, Some(key)) => kept.find(key),
        _ => None,
    };
    at.filter(|at| *at < kept.len()).map(|at| at as u32)
}

/// All that an object holds, as `print` shows it.
fn shown(kept: &Kept, arena: &Arena) -> String {
    let named = |value: &Value| Named(value, arena).to_string();
    let (open, between, close) = match kept.kind() {
        LIST_ID => ("[", "", "]"),
        DICT_ID => ("#{", ": ", "}"),
        NAMESPACE_ID => ("Namespace(", "=", ")"),
        _ => ("Value(", "", ")"),
    };
    let key = |key: &Value| if kept.kind() == DICT_ID { key.to_string() } else { key.preview().text };
    let cells: Vec<String> = match kept.kind() {
        DICT_ID | NAMESPACE_ID => kept.entries().map(|(at, value)| format!("{}{between}{}", key(at), named(value))).collect(),
        _ => kept.values().map(named).collect(),
    };
    format!("{open}{}{close}", cells.join(", "))
}

fn no_method(kind: &str, method: &str) -> IpcError {
    fault(ErrorKind::RemoteError, format!("a {kind} has no method {method} with these arguments"))
}

fn count(number: usize) -> Value {
    Value::Int(number as i64)
}

fn value(kept: &mut Kept, method: &str, args: &[Value]) -> Result<Value> {
    let now = || kept.value(0).cloned().unwrap_or(Value::Unit);
    match (method, args) {
        (FIELD, [_]) | ("get", []) => Ok(now()),
        (SET_FIELD, [_, value]) | ("set", [value]) => {
            kept.write(0, value.clone());
            Ok(Value::Unit)
        }
        _ => Err(no_method("Value", method)),
    }
}

/// An index counted from the front.
fn place(kept: &Kept, name: &str, index: i64) -> Result<usize> {
    let length = kept.len() as i64;
    let at = if index < 0 { index + length } else { index };
    if (0..length).contains(&at) {
        return Ok(at as usize);
    }
    Err(fault(ErrorKind::IndexError, format!("{name} has {length} items, there is no [{index}]")))
}

/// A bound of a slice, brought into range.
fn bound(kept: &Kept, index: i64) -> usize {
    let length = kept.len() as i64;
    (if index < 0 { index + length } else { index }).clamp(0, length) as usize
}

fn list(kept: &mut Kept, name: &str, method: &str, args: &[Value]) -> Result<Value> {
    let missing = |value: &Value| fault(ErrorKind::ValueError, format!("{value} is not in {name}"));
    let all = |kept: &Kept| Value::Array(kept.values().cloned().collect());
    Ok(match (method, args) {
        (INDEX, [Value::Int(at)]) => {
            let at = place(kept, name, *at)?;
            kept.value(at).cloned().unwrap_or(Value::Unit)
        }
        (SET_INDEX, [Value::Int(at), value]) => {
            kept.write(place(kept, name, *at)?, value.clone());
            Value::Unit
        }
        ("append", [value]) => {
            kept.push(None, value.clone());
            Value::Unit
        }
        ("extend", [Value::Array(values)]) => {
            values.iter().for_each(|value| kept.push(None, value.clone()));
            Value::Unit
        }
        (TIMES, [Value::Int(count)]) => {
            let once: Vec<Value> = kept.values().cloned().collect();
            match times(once.len(), *count)? {
                0 => kept.clear(),
                times => (1..times).flat_map(|_| &once).for_each(|value| kept.push(None, value.clone())),
            }
            Value::Unit
        }
        ("insert", [Value::Int(at), value]) => {
            kept.insert(bound(kept, *at), None, value.clone());
            Value::Unit
        }
        ("pop", []) => {
            let empty = || fault(ErrorKind::IndexError, format!("{name} is empty: there is nothing to pop"));
            let last = kept.len().checked_sub(1).ok_or_else(empty)?;
            kept.remove(last).map_or(Value::Unit, |(_, value)| value)
        }
        ("pop", [Value::Int(at)]) => {
            let at = place(kept, name, *at)?;
            kept.remove(at).map_or(Value::Unit, |(_, value)| value)
        }
        ("remove", [value]) => {
            let at = kept.values().position(|known| same(known, value)).ok_or_else(|| missing(value))?;
            kept.remove(at);
            Value::Unit
        }
        ("clear", []) => {
            kept.clear();
            Value::Unit
        }
        ("reverse", []) => {
            let mut values: Vec<Value> = kept.values().cloned().collect();
            values.reverse();
            kept.rewrite(values);
            Value::Unit
        }
        ("sort", []) => {
            let values = sorted(kept.values().cloned().collect())?;
            kept.rewrite(values);
            Value::Unit
        }
        ("len", []) => count(kept.len()),
        ("index", [value]) => count(kept.values().position(|known| same(known, value)).ok_or_else(|| missing(value))?),
        ("count", [value]) => count(kept.values().filter(|known| same(known, value)).count()),
        ("contains", [value]) => Value::Bool(kept.values().any(|known| same(known, value))),
        ("copy", []) => all(kept),
        ("slice", [Value::Int(from), Value::Int(to)]) => {
            let (from, to) = (bound(kept, *from), bound(kept, *to));
            Value::Array(kept.values().take(to).skip(from).cloned().collect())
        }
        (INDEX | SET_INDEX, [at, ..]) => return Err(fault(ErrorKind::TypeError, format!("a list is indexed by integers, not by {at}"))),
        _ => return Err(no_method("list", method)),
    })
}

/// How often a list of so many items is to be there; none of it for less than one. Errors: ValueError.
pub fn times(len: usize, count: i64) -> Result<usize> {
    let times = count.max(0) as usize;
    match len.saturating_mul(times) {
        items if items > CELL_LIMIT => Err(fault(ErrorKind::ValueError, format!("a list can have {CELL_LIMIT} items, not {items}"))),
        _ => Ok(times),
    }
}

/// Numbers, texts or booleans in order. Errors: TypeError for a mixture, and for anything else.
fn sorted(mut values: Vec<Value>) -> Result<Vec<Value>> {
    // Whether all can be compared is known before they are put in order.
    for pair in values.windows(2) {
        if order(&pair[0], &pair[1]).is_none() {
            return Err(fault(ErrorKind::TypeError, format!("{} and {} cannot be put in order", pair[0], pair[1])));
        }
    }
    values.sort_by(|a, b| order(a, b).unwrap_or(std::cmp::Ordering::Equal));
    Ok(values)
}

/// Which of two values comes first; none where they cannot be compared.
fn order(a: &Value, b: &Value) -> Option<std::cmp::Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => Some(a.total_cmp(b)),
        (Value::Int(a), Value::Float(b)) => Some((*a as f64).total_cmp(b)),
        (Value::Float(a), Value::Int(b)) => Some(a.total_cmp(&(*b as f64))),
        (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

fn dict(kept: &mut Kept, name: &str, method: &str, args: &[Value]) -> Result<Value> {
    let missing = |key: &Value| fault(ErrorKind::KeyError, format!("{name} has no key {key}"));
    let found = |kept: &Kept, key: &Value| kept.find(key).and_then(|at| kept.value(at)).cloned();
    let pair = |key: &Value, value: &Value| Value::Array(vec![key.clone(), value.clone()]);
    Ok(match (method, args) {
        (INDEX, [key]) => found(kept, key).ok_or_else(|| missing(key))?,
        (SET_INDEX, [at, value]) => {
            kept.set(key(at)?, value.clone());
            Value::Unit
        }
        ("get", [key]) => found(kept, key).unwrap_or(Value::Unit),
        ("get", [key, otherwise]) => found(kept, key).unwrap_or_else(|| otherwise.clone()),
        ("setdefault", [at, value]) => match found(kept, at) {
            Some(value) => value,
            None => {
                kept.set(key(at)?, value.clone());
                value.clone()
            }
        },
        ("remove" | "pop", [key]) => {
            let at = kept.find(key).ok_or_else(|| missing(key))?;
            kept.remove(at).map_or(Value::Unit, |(_, value)| value)
        }
        ("pop", [key, otherwise]) => match kept.find(key) {
            Some(at) => kept.remove(at).map_or(Value::Unit, |(_, value)| value),
            None => otherwise.clone(),
        },
        ("popitem", []) => {
            let last = kept.len().checked_sub(1).ok_or_else(|| fault(ErrorKind::KeyError, format!("{name} is empty")))?;
            kept.remove(last).map_or(Value::Unit, |(key, value)| pair(&key.unwrap_or(Value::Unit), &value))
        }
        ("clear", []) => {
            kept.clear();
            Value::Unit
        }
        ("update", [entries]) => {
            for (key, value) in entries_of(entries)? {
                kept.set(key, value);
            }
            Value::Unit
        }
        ("len", []) => count(kept.len()),
        ("contains", [key]) => Value::Bool(kept.find(key).is_some()),
        ("keys", []) => Value::Array(kept.entries().map(|(key, _)| key.clone()).collect()),
        ("values", []) => Value::Array(kept.values().cloned().collect()),
        ("items", []) => Value::Array(kept.entries().map(|(key, value)| pair(key, value)).collect()),
        _ => return Err(no_method("dict", method)),
    })
}

fn namespace(kept: &mut Kept, name: &str, method: &str, args: &[Value]) -> Result<Value> {
    let missing = |field: &Value| fault(ErrorKind::KeyError, format!("{name} has nothing called {}", field.preview()));
    Ok(match (method, args) {
        (FIELD, [field]) => {
            let at = kept.find(field).ok_or_else(|| missing(field))?;
            kept.value(at).cloned().unwrap_or(Value::Unit)
        }
        (SET_FIELD, [field @ Value::Str(_), value]) => {
            kept.set(field.clone(), value.clone());
            Value::Unit
        }
        (SET_FIELD, [field, _]) => return Err(no_name(field)),
        ("remove", [field]) => {
            let at = kept.find(field).ok_or_else(|| missing(field))?;
            kept.remove(at);
            Value::Unit
        }
        _ => return Err(no_method("Namespace", method)),
    })
}

/// Whether a kind is made of cells in the server's memory.
pub(super) fn is_kept(id: KindId) -> bool {
    let first = kind::kind(id).and_then(|kind| kind.parts.first());
    kind::is_kept(id) && first.is_some_and(|part| part.shape == kind::Shape::Cells)
}
