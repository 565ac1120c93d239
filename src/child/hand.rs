//! The hand's process: does what the user does, through the same code as everyone, one step at a time.
//! It never waits: what cannot be done now is refused with the reason.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use crate::arena::actors::State;
use crate::ipc::context::{Context, Patience};
use crate::ipc::control::{self, Order, Request};
use crate::ipc::refusal::{Outcome, Refusal, refuse};
use crate::ipc::{Value, barrier, cells, condition, ends, event, guarded, joinable_queue, lock, pipe, queue, semaphore, simple_queue};
use crate::kind::{self, Op};
use crate::sys;
use crate::trace::{Body, Change, ObjectId, On, OpId, PartRef};

/// Serves the hand until the host goes.
pub fn serve(ctx: &Context) {
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
        let outcome = perform(ctx, id, on, object, value.unwrap_or(Value::Unit));
        give_back(ctx, borrowed);
        outcome
    })
}

fn perform(ctx: &Context, id: OpId, on: On, object: ObjectId, value: Value) -> Outcome {
    let name = || ctx.arena.object_name(object);
    match (id, on) {
        (id, _) if id == kind::event::SET.id => Ok(event::set(ctx, object)?),
        (id, _) if id == kind::event::CLEAR.id => Ok(event::clear(ctx, object)?),
        (id, _) if id == kind::queue::PUT.id => Ok(queue::put(ctx, object, &value, Patience::No)?),
        (id, _) if (id == kind::queue::GET.id || id == kind::simple_queue::GET.id) && guarded::is_midway(ctx, object) => {
            let op = if id == kind::queue::GET.id { &kind::queue::GET } else { &kind::simple_queue::GET };
            let (en, zh) =
                (format!("somebody is in the middle of a message of {}", name()), format!("有进程正处在 {} 的一条消息的中途", name()));
            Err(told(ctx, op, on, en, zh))
        }
        (id, _) if id == kind::queue::GET.id => Ok(queue::get(ctx, object, Patience::No).map(drop)?),
        (id, _) if id == kind::joinable_queue::TASK_DONE.id => Ok(joinable_queue::task_done(ctx, object)?),
        (id, _) if id == kind::simple_queue::PUT.id => {
            if !simple_queue::has_room(ctx, object) {
                let (en, zh) = (format!("{} cannot be written to now", name()), format!("{} 现在不能写入", name()));
                return Err(told(ctx, &kind::simple_queue::PUT, on, en, zh));
            }
            Ok(simple_queue::put(ctx, object, &value)?)
        }
        (id, _) if id == kind::simple_queue::GET.id => Ok(simple_queue::get(ctx, object, Patience::No).map(drop)?),
        (id, On::End(_, end)) if id == kind::pipe::SEND.id => {
            let writable = ctx.process.end(object, end).is_some_and(|fd| sys::pipe::writable(fd.as_fd()));
            if !writable {
                return Err(told(
                    ctx,
                    &kind::pipe::SEND,
                    on,
                    format!("there is no room in {} now", name()),
                    format!("{} 现在没有空位", name()),
                ));
            }
            Ok(pipe::send(ctx, object, end, &value)?)
        }
        (id, On::End(_, end)) if id == kind::pipe::RECV.id => {
            if !pipe::has_whole_message(ctx, object, end) {
                let (en, zh) = (
                    format!("there is no whole message at end {end} of {} now", name()),
                    format!("{} 的 {end} 端现在没有完整的消息", name()),
                );
                return Err(told(ctx, &kind::pipe::RECV, on, en, zh));
            }
            Ok(pipe::recv(ctx, object, end).map(drop)?)
        }
        (id, _) if id == kind::lock::ACQUIRE.id => match lock::acquire(ctx, object, Patience::No)? {
            true => Ok(()),
            false => Err(refuse(format!("{} is held, and the hand does not wait", name()), format!("{} 被持有，而你的手不等待", name()))),
        },
        (id, _) if id == kind::lock::RELEASE.id => Ok(lock::release(ctx, object)?),
        (id, _) if id == kind::semaphore::ACQUIRE.id => match semaphore::acquire(ctx, object, Patience::No)? {
            true => Ok(()),
            false => Err(refuse(
                format!("{} has no permit left, and the hand does not wait", name()),
                format!("{} 没有许可了，而你的手不等待", name()),
            )),
        },
        (id, _) if id == kind::semaphore::RELEASE.id => Ok(semaphore::release(ctx, object)?),
        (id, _) if id == kind::barrier::RESET.id => Ok(barrier::reset(ctx, object)?),
        (id, _) if id == kind::barrier::ABORT.id => Ok(barrier::abort(ctx, object)?),
        (id, _) if id == kind::condition::NOTIFY.id => notify(ctx, object, Some(1)),
        (id, _) if id == kind::condition::NOTIFY_ALL.id => notify(ctx, object, None),
        (id, On::Cell(_, index)) if id == kind::value::WRITE.id || id == kind::array::WRITE.id => {
            if !cells::is_open(ctx, object) {
                let op = if id == kind::value::WRITE.id { &kind::value::WRITE } else { &kind::array::WRITE };
                let (en, zh) = (
                    format!("the lock of {} is held, and the hand does not wait", name()),
                    format!("{} 的锁被持有，而你的手不等待", name()),
                );
                return Err(told(ctx, op, on, en, zh));
            }
            Ok(cells::write(ctx, object, i64::from(index), &value)?)
        }
        _ => Err(refuse("the hand cannot do this", "你的手做不了这个")),
    }
}

/// A refusal that the trace tells of, because the step has begun.
fn told(ctx: &Context, op: &Op, on: On, en: String, zh: String) -> Refusal {
    let _told = ctx.refuse_by_hand(op, on, en.clone());
    refuse(en, zh)
}

/// Takes the condition's lock, notifies, and frees the lock, all in one step.
fn notify(ctx: &Context, object: ObjectId, count: Option<i64>) -> Outcome {
    let lock = condition::lock_of(ctx, object);
    if !lock::acquire(ctx, lock, Patience::No)? {
        let name = ctx.arena.object_name(object);
        return Err(refuse(format!("the lock of {name} is held: a notification needs it"), format!("{name} 的锁被持有：通知需要这把锁")));
    }
    let outcome = match count {
        Some(count) => condition::notify(ctx, object, count),
        None => condition::notify_all(ctx, object),
    };
    Ok(outcome.and(lock::release(ctx, lock))?)
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
