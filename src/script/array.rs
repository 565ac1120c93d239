//! Array in the language: `a[i]`, `a.len()`, `a.slice(i, j)`, `for x in a`.

use rhai::{Array, Dynamic};

use super::binding::{Call, Class, Function, Given, Items, Stands};
use super::raise::{from_ipc, raise, type_error};
use super::types::Object;
use super::{convert, value};
use crate::ipc::{ErrorKind, cells};
use crate::kind;

const KIND: u8 = kind::array::ID.0;

pub(super) const FUNCTIONS: &[Function] = &[Function { name: "Array", takes: &["code", "values or length", "lock?"], run: make }];

pub(super) const CLASS: Class = Class {
    methods: &[
        Function { name: "len", takes: &[], run: |call| Ok(cells::len(call.ctx()?, call.object::<KIND>()?).into()) },
        Function { name: "slice", takes: &["from", "to"], run: slice },
        Function { name: "get_lock", takes: &[], run: |call| value::get_lock(call, call.object::<KIND>()?) },
    ],
    index: Some((
        |call| {
            let item = cells::read(call.ctx()?, call.object::<KIND>()?, call.int(0, "index")?).map_err(from_ipc)?;
            convert::to_dynamic(item, call.runtime)
        },
        |call| {
            let (object, index) = (call.object::<KIND>()?, call.int(0, "index")?);
            cells::write(call.ctx()?, object, index, &call.value(1)?).map(Dynamic::from).map_err(from_ipc)
        },
    )),
    items: Some(Items { len: Some(cells::len), item: cells::read }),
    stands: Stands { one: "[0]", all: ".slice(0, n)", truth: ".len() > 0" },
    ..Class::shared::<KIND>("Array")
};

fn make(call: &Call<'_>) -> Given {
    let code = call.text(0, "code")?;
    let initial = match call.arg(1).as_int() {
        Ok(length) => {
            let few = |_| raise(ErrorKind::ValueError, format!("Array: length must be 0 or more, not {length}"));
            let length = usize::try_from(length).map_err(few)?;
            cells::zeros(&code, length).map_err(from_ipc)?
        }
        Err(_) => {
            let values = call.list(1, "values")?;
            values.iter().map(|value| convert::to_value(value, call.runtime)).collect::<Result<_, _>>().map_err(type_error)?
        }
    };
    let guard = value::guard_from(call, 2)?;
    cells::make_array(call.ctx()?, call.object_name(), &code, &initial, guard).map(Object::<KIND>::wrap).map_err(from_ipc)
}

fn slice(call: &Call<'_>) -> Given {
    let (from, to) = (call.int(0, "from")?, call.int(1, "to")?);
    let values = cells::slice(call.ctx()?, call.object::<KIND>()?, from, to).map_err(from_ipc)?;
    let values: Array = values.into_iter().map(|value| convert::to_dynamic(value, call.runtime)).collect::<Result<_, _>>()?;
    Ok(values.into())
}
