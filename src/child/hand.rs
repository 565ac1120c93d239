//! The hand's process: does what the user does, through the same code as everyone, one step at a time.
//! It never waits: what cannot be done now is refused with the reason.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use crate::arena::actors::State;
use crate::ipc::context::Context;
use crate::ipc::control::{self, Order, Request};
use crate::ipc::deeds::perform;
use crate::ipc::hand::Task;
use crate::ipc::refusal::{Outcome, refuse};
use crate::ipc::{Value, ends};
use crate::kind;
use crate::trace::{Body, Change, On, OpId, PartRef};

/// Serves the hand until the host goes.
pub(super) fn serve(ctx: &Context) {
    loop {
        ctx.arena.set_state(ctx.me(), State::Idle);
        ctx.arena.ring_bell();
        let Ok(Some((order, fds))) = control::obey(ctx.process.control.as_fd()) else { return };
        let Order::Act { op, on, value, ends } = order else { continue };
        if let Err(error) = act(ctx, op, on, value, &ends, fds) {
            // A host that has gone needs no answer.
            let _ = control::send(&ctx.process.control, &Request::Refused { why: error.0 }, &[]);
        }
    }
}

fn act(ctx: &Context, id: OpId, on: On, value: Option<Value>, ends: &[(PartRef, u8)], fds: Vec<OwnedFd>) -> Outcome {
    let (Some(op), Some(object)) = (kind::op(id), on.object()) else {
        return Err(refuse("the hand does not know this action", "你的手不会这个动作"));
    };
    let detail = value.as_ref().map(Value::preview);
    ctx.as_one_step(op, on, detail.as_ref(), || {
        let borrowed = borrow(ctx, ends, fds);
        let outcome = perform(ctx, id, &Task { object, on, value: value.unwrap_or(Value::Unit) });
        give_back(ctx, borrowed);
        outcome
    })
}

/// Holds the ends that came along and that the hand does not hold yet, and shows itself as holder.
/// Gives those that are to be given back.
fn borrow(ctx: &Context, ends: &[(PartRef, u8)], fds: Vec<OwnedFd>) -> Vec<(PartRef, u8)> {
    let mut borrowed = Vec::new();
    for ((part, end), fd) in ends.iter().copied().zip(fds) {
        if ctx.process.end(part.object, end).is_some() {
            continue;
        }
        let _inner = ctx.arena.lock(part.object, ctx.me());
        ctx.arena.part_at(part.object, part.part).add_holder(end, ctx.process.id, fd.as_raw_fd());
        ctx.process.add_end(part.object, end, fd);
        ctx.arena.emit(ctx.me(), Body::Also { changes: vec![Change::Opened { part, end, process: ctx.process.id }] });
        // A queue's ends stay with the hand: its feeder needs them later.
        if !kind::queue::has_feeders(ctx.arena.facts(part.object).kind) {
            borrowed.push((part, end));
        }
    }
    borrowed
}

fn give_back(ctx: &Context, borrowed: Vec<(PartRef, u8)>) {
    for (part, end) in borrowed {
        ctx.arena.wait_for_room();
        let _inner = ctx.arena.lock(part.object, ctx.me());
        let changes = ends::drop_end(ctx, part.object, part.part, end);
        ctx.arena.emit(ctx.me(), Body::Also { changes });
    }
}
