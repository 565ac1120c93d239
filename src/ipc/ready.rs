//! `wait([ends])`: which of several pipes' ends something can be received at. All their internal locks
//! are held while it looks, in the order of their ids, so that what it says is true of one moment.

use std::os::fd::AsFd;

use super::context::{Context, Patience};
use super::ends::closed;
use super::error::{ErrorKind, IpcError, Result};
use super::pipe::may;
use super::value::Value;
use crate::arena::layout::actor::UNTIL_MAX;
use crate::kind::pipe::{ENDS, SIMPLEX_ID, WAIT, WAIT_EXPIRED, WAIT_PASSED, WAIT_PASSES, WAIT_READY, WAIT_WAITS};
use crate::sys;
use crate::trace::{Grant, ObjectId, On, PartRef, Preview, Until, Wait};

/// Waits until something can be received (or its end be seen) at one end at least; gives the places of
/// all such ends in the list, none if patience ended before.
/// Errors: ValueError (too many ends, or none and no time), OSError (closed, or the wrong direction), OwnerDied.
pub fn wait(ctx: &Context, ends: &[(ObjectId, u8)], patience: Patience) -> Result<Vec<usize>> {
    if ends.is_empty() && patience == Patience::Forever {
        return Err(IpcError::new(ErrorKind::ValueError, "wait has no ends to wait for and no time: it would never return".to_owned()));
    }
    if ends.len() > UNTIL_MAX {
        return Err(IpcError::new(ErrorKind::ValueError, format!("wait takes at most {UNTIL_MAX} ends, not {}", ends.len())));
    }
    let all = match ends {
        [] => Preview::new("[]"),
        _ => named(ctx, ends, &(0..ends.len()).collect::<Vec<_>>()),
    };
    let (passes, passed) = if ends.is_empty() { (&WAIT_PASSES, &WAIT_PASSED) } else { (&WAIT_WAITS, &WAIT_EXPIRED) };
    ctx.begin_op(&WAIT, On::Nothing, Some(&all));
    let fail = |error| ctx.failed(&WAIT, On::Nothing, error);
    for (object, end) in ends {
        ctx.check_broken(*object).and_then(|()| may(ctx, *object, *end, false)).map_err(fail)?;
    }
    let mut until: Vec<Until> = ends.iter().map(|(object, end)| Until::Readable(PartRef::new(*object, ENDS), *end)).collect();
    if until.is_empty() {
        until.push(Until::Deadline);
    }
    let wait = Wait { until, deadline: patience.deadline(ctx.now()) };
    let mut objects: Vec<ObjectId> = ends.iter().map(|(object, _)| *object).collect();
    objects.sort();
    objects.dedup();
    let mut expired = patience == Patience::No;
    let mut waited = false;
    loop {
        let locks: Vec<_> = objects.iter().map(|object| ctx.arena.lock(*object, ctx.me())).collect();
        let mut ready = Vec::new();
        for (at, (object, end)) in ends.iter().enumerate() {
            let Some(fd) = ctx.process.end(*object, *end) else { return Err(fail(closed(ctx, *object, *end))) };
            if sys::pipe::readable(fd.as_fd()) {
                ready.push(at);
            }
        }
        if !ready.is_empty() {
            ctx.done(&WAIT, &WAIT_READY, On::Nothing, Some(named(ctx, ends, &ready)), Vec::new());
            return Ok(ready);
        }
        if expired {
            ctx.done(&WAIT, passed, On::Nothing, Some(Value::Array(Vec::new()).preview()), Vec::new());
            return Ok(ready);
        }
        if !waited {
            ctx.waits(&WAIT, passes, On::Nothing, Some(all.clone()), &wait, Vec::new());
            waited = true;
        }
        drop(locks);
        // Without ends there is nothing but the time.
        expired = ctx.wait(&wait) == Grant::Expire || ends.is_empty();
    }
}

/// Some of the ends by name: `end 0 of a, reader of b`.
fn named(ctx: &Context, ends: &[(ObjectId, u8)], which: &[usize]) -> Preview {
    let name = |(object, end): &(ObjectId, u8)| {
        let end = if ctx.arena.facts(*object).kind == SIMPLEX_ID {
            ["reader", "writer"][usize::from(*end).min(1)].to_owned()
        } else {
            format!("end {end}")
        };
        format!("{end} of {}", ctx.arena.object_name(*object))
    };
    Preview::new(&which.iter().filter_map(|at| ends.get(*at)).map(name).collect::<Vec<_>>().join(", "))
}
