//! What the hand does to what a manager keeps: no process but the server has it in reach, so the server's main
//! thread does it, through the same code as a client's request, and the trace tells of it as the hand's step.
//! Nothing in here waits.

use super::context::Context;
use super::control::{self, Order};
use super::deeds::perform;
use super::hand::{self, Task};
use super::value::Value;

/// Does what the host has laid into the mailbox for this thread. False: there was nothing.
pub(super) fn act_if_asked(ctx: &Context) -> bool {
    let Some(mail) = ctx.arena.take_mail(ctx.me()) else { return false };
    if let Some(Order::Act { op, on, value, .. }) = Order::decode(&mail)
        && let Err(refusal) = ctx.as_hand(|| match on.object() {
            Some(object) => perform(ctx, op, &Task { object, on, value: value.unwrap_or(Value::Unit) }),
            None => Err(hand::cannot()),
        })
    {
        // A host that has gone needs no answer.
        let _ = control::send(&ctx.process.control, &control::Request::Refused { why: refusal.0 }, &[]);
    }
    true
}
