//! Value in the language, and what it has in common with Array.

use rhai::{Dynamic, EvalAltResult};

use super::binding::{Call, Class, Function, Given, Property, Stands};
use super::raise::{from_ipc, type_error};
use super::types::Object;
use super::{convert, lock};
use crate::ipc::Value;
use crate::ipc::cells::{self, Guard};
use crate::kind;
use crate::trace::ObjectId;

const KIND: u8 = kind::value::ID.0;

pub(super) const FUNCTIONS: &[Function] = &[Function { name: "Value", takes: &["code", "value?", "lock?"], run: make }];

pub(super) const CLASS: Class = Class {
    methods: &[Function { name: "get_lock", takes: &[], run: |call| get_lock(call, call.object::<KIND>()?) }],
    properties: &[Property {
        name: "value",
        get: |call| {
            let value = cells::read(call.ctx()?, call.object::<KIND>()?, 0).map_err(from_ipc)?;
            convert::to_dynamic(value, call.runtime)
        },
        set: Some(|call| cells::write(call.ctx()?, call.object::<KIND>()?, 0, &call.value(0)?).map(Dynamic::from).map_err(from_ipc)),
    }],
    stands: Stands::of(".value", ".value != 0"),
    ..Class::shared::<KIND>("Value")
};

fn make(call: &Call<'_>) -> Given {
    let code = call.text(0, "code")?;
    let initial = if call.count() > 1 { call.value(1)? } else { Value::Int(0) };
    let guard = guard_from(call, 2)?;
    cells::make_value(call.ctx()?, call.object_name(), &code, &initial, guard).map(Object::<KIND>::wrap).map_err(from_ipc)
}

/// The lock that an argument asks for: a new one, none, or a given one.
pub(super) fn guard_from(call: &Call<'_>, at: usize) -> Result<Guard, Box<EvalAltResult>> {
    let arg = call.arg(at);
    match (arg.as_bool(), lock::lock_of(arg)) {
        (Ok(true), _) => Ok(Guard::Own),
        (Ok(false), _) => Ok(Guard::Without),
        (_, Some(lock)) => Ok(Guard::Given(lock)),
        _ if arg.is_unit() => Ok(Guard::Own),
        _ => Err(call.wrong("lock", "true, false or a lock", arg)),
    }
}

fn guard(call: &Call<'_>, object: ObjectId) -> Result<ObjectId, Box<EvalAltResult>> {
    cells::lock_of(call.ctx()?, object)
        .ok_or_else(|| type_error(format!("{}: {} was made without a lock", call.name, convert::shown(call.receiver(), call.runtime))))
}

/// The lock of a Value or Array as a value of its own class.
pub(super) fn get_lock(call: &Call<'_>, object: ObjectId) -> Given {
    let lock = guard(call, object)?;
    let kind = call.ctx()?.arena.facts(lock).kind;
    convert::handle_of(lock, kind, call.runtime).ok_or_else(|| type_error(format!("{}: its lock is of no known class", call.name)))
}
