//! What the hand does to what a manager keeps: no process but the server has it in reach, so the server's main
//! thread does it, through the same code as a client's request, and the trace tells of it as the hand's step.
//! Nothing in here waits.

use super::connection::{SET_FIELD, SET_INDEX};
use super::context::Context;
use super::control::{self, Order};
use super::refusal::{Outcome, refuse};
use super::value::Value;
use super::{managed, managed_queue};
use crate::kind::managed::{APPEND, LIST_ID, VALUE_ID, WRITE};
use crate::kind::{self, managed_queue as queue};
use crate::trace::{ObjectId, On, OpId};

/// Does what the host has laid into the mailbox for this thread. False: there was nothing.
pub(super) fn act_if_asked(ctx: &Context) -> bool {
    let Some(mail) = ctx.arena.take_mail(ctx.me()) else { return false };
    if let Some(Order::Act { op, on, value, .. }) = Order::decode(&mail)
        && let Err(refusal) = ctx.as_hand(|| act(ctx, op, on, value.unwrap_or(Value::Unit)))
    {
        // A host that has gone needs no answer.
        let _ = control::send(&ctx.process.control, &control::Request::Refused { why: refusal.0 }, &[]);
    }
    true
}

fn act(ctx: &Context, op: OpId, on: On, value: Value) -> Outcome {
    let cannot = || refuse("the hand cannot do this", "你的手做不了这个");
    let object = on.object().ok_or_else(cannot)?;
    if ctx.arena.facts(object).kind == queue::ID {
        let (method, args) = match op {
            op if op == queue::PUT.id => ("put_nowait", vec![value]),
            op if op == queue::GET.id => ("get_nowait", Vec::new()),
            op if op == queue::TASK_DONE.id => ("task_done", Vec::new()),
            _ => return Err(cannot()),
        };
        return Ok(managed_queue::perform(ctx, object, method, &args).map(drop)?);
    }
    let (op, method, args) = match op {
        op if op == WRITE.id => {
            let (method, args) = written(ctx, object, on, value).ok_or_else(cannot)?;
            (&WRITE, method, args)
        }
        op if op == APPEND.id => (&APPEND, "append", vec![value]),
        _ => return Err(cannot()),
    };
    Ok(managed::perform_by_hand(ctx, op, object, method, args)?)
}

/// What is to be asked so that a cell has a value. Where cells have keys, `value` is a pair of both.
fn written(ctx: &Context, object: ObjectId, on: On, value: Value) -> Option<(&'static str, Vec<Value>)> {
    match (ctx.arena.facts(object).kind, on, value) {
        (VALUE_ID, _, value) => Some((SET_FIELD, vec![Value::Str("value".to_owned()), value])),
        (LIST_ID, On::Cell(_, at), value) => Some((SET_INDEX, vec![Value::Int(i64::from(at)), value])),
        (LIST_ID, ..) => None,
        (kind, _, Value::Array(pair)) if pair.len() == 2 => {
            Some((if kind == kind::managed::DICT_ID { SET_INDEX } else { SET_FIELD }, pair))
        }
        _ => None,
    }
}
