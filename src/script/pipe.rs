//! Pipe and its ends in the language.

use std::any::TypeId;

use rhai::{Array, Dynamic, EvalAltResult};

use super::binding::{Call, Class, Function, Given, Stands};
use super::convert;
use super::held::End;
use super::raise::from_ipc;
use crate::ipc::{Patience, pipe, ready};
use crate::kind;
use crate::trace::ObjectId;

pub(super) const FUNCTIONS: &[Function] = &[Function { name: "Pipe", takes: &["duplex?"], run: make }];

pub(super) const LIST_FUNCTIONS: &[Function] = &[Function { name: "wait", takes: &["ends", "seconds?"], run: wait }];

pub(super) const CLASS: Class = Class {
    name: "Connection",
    type_id: TypeId::of::<End>,
    type_name: std::any::type_name::<End>,
    methods: &[
        Function { name: "send", takes: &["value"], run: send },
        Function { name: "recv", takes: &[], run: recv },
        Function { name: "poll", takes: &["seconds?"], run: poll },
        Function { name: "close", takes: &[], run: close },
    ],
    properties: &[],
    operators: &[],
    index: None,
    items: None,
    shared: None,
    same: |a, b| a.read_lock::<End>().map(|end| *end) == b.read_lock::<End>().map(|end| *end),
    stands: Stands::of(".recv()", ".poll()"),
    text: None,
    guard: None,
    own: false,
};

fn make(call: &Call<'_>) -> Given {
    let duplex = if call.count() > 0 { call.bool(0, "duplex")? } else { true };
    let object = pipe::make(call.ctx()?, call.object_name(), duplex).map_err(from_ipc)?;
    let kind = if duplex { kind::pipe::ID } else { kind::pipe::SIMPLEX_ID };
    let ends: Array = [0, 1].into_iter().map(|end| Dynamic::from(End { object, end, kind })).collect();
    Ok(ends.into())
}

fn end(call: &Call<'_>) -> Result<End, Box<EvalAltResult>> {
    call.receiver().clone().try_cast::<End>().ok_or_else(|| call.wrong("its object", "a pipe's end", call.receiver()))
}

fn send(call: &Call<'_>) -> Given {
    let end = end(call)?;
    pipe::send(call.ctx()?, end.object, end.end, &call.value(0)?).map(Dynamic::from).map_err(from_ipc)
}

fn recv(call: &Call<'_>) -> Given {
    let end = end(call)?;
    convert::to_dynamic(pipe::recv(call.ctx()?, end.object, end.end).map_err(from_ipc)?, call.runtime)
}

/// Without a time it looks once; `()` for the time is forever.
fn poll(call: &Call<'_>) -> Given {
    let end = end(call)?;
    let patience = if call.count() > 0 { call.patience(0)? } else { Patience::No };
    pipe::poll(call.ctx()?, end.object, end.end, patience).map(Dynamic::from).map_err(from_ipc)
}

fn close(call: &Call<'_>) -> Given {
    let end = end(call)?;
    pipe::close(call.ctx()?, end.object, end.end).map(Dynamic::from).map_err(from_ipc)
}

/// Those of several ends at which something can be received.
fn wait(call: &Call<'_>) -> Given {
    let given = call.list(0, "ends")?;
    let ends: Vec<End> = given
        .iter()
        .map(|end| end.clone().try_cast::<End>().ok_or_else(|| call.wrong("each of its ends", "a pipe's end", end)))
        .collect::<Result<_, _>>()?;
    let places: Vec<(ObjectId, u8)> = ends.iter().map(|end| (end.object, end.end)).collect();
    let found = ready::wait(call.ctx()?, &places, call.patience(1)?).map_err(from_ipc)?;
    Ok(found.into_iter().filter_map(|at| ends.get(at)).map(|end| Dynamic::from(*end)).collect::<Array>().into())
}
