//! Taking what there may be none of now: the loop that locks and semaphores share. A release makes
//! something free and wakes the first waiter, which tries again in place; nothing is handed over, so
//! nothing is lost with a waiter that dies.

use super::context::{Context, Patience};
use super::error::Result;
use super::seat::until;
use super::wake::Wake;
use crate::kind::{Op, Outcome};
use crate::trace::{Change, Grant, ObjectId, On, PartRef, Preview, Until};

/// What is taken, and the words for what comes of it.
pub(super) struct Taking {
    pub op: &'static Op,
    pub object: ObjectId,
    /// The list of those who want it.
    pub list: u8,
    pub until: Until,
    pub waits: &'static Outcome,
    pub got: &'static Outcome,
    pub expired: &'static Outcome,
    pub busy: &'static Outcome,
}

/// Something that was taken.
pub(super) struct Taken {
    /// What it is called where nobody had to wait for it.
    pub took: &'static Outcome,
    pub change: Change,
    pub detail: Option<Preview>,
    /// There is more of it: the next one may be in vain asleep, since two releases wake the same first.
    pub more: bool,
}

/// Takes it, waiting as long as patience lasts; `attempt` is called under the object's internal lock.
/// False: patience ended before. Errors: OwnerDied.
pub(super) fn take(ctx: &Context, what: &Taking, patience: Patience, attempt: impl Fn() -> Option<Taken>) -> Result<bool> {
    let (object, on) = (what.object, On::Object(what.object));
    let list = PartRef::new(object, what.list);
    ctx.begin_op(what.op, on, None);
    ctx.check_broken(object).map_err(|error| ctx.failed(what.op, on, error))?;
    let wait = until(what.until, patience.deadline(ctx.now()));
    {
        let _inner = ctx.arena.lock(object, ctx.me());
        if let Some(taken) = attempt() {
            ctx.done(what.op, taken.took, on, taken.detail, vec![taken.change]);
            return Ok(true);
        }
        if patience == Patience::No {
            ctx.done(what.op, what.busy, on, None, Vec::new());
            return Ok(false);
        }
        ctx.arena.part_at(object, what.list).push_waiter(ctx.me());
        ctx.waits(what.op, what.waits, on, None, &wait, vec![Change::Queued { part: list, actor: ctx.me() }]);
    }
    loop {
        let grant = ctx.wait(&wait);
        ctx.check_broken(object).map_err(|error| ctx.gives_up(what.op, on, list, error))?;
        let inner = ctx.arena.lock(object, ctx.me());
        let waiters = ctx.arena.part_at(object, what.list);
        let left = Change::Left { part: list, actor: ctx.me() };
        if let Some(taken) = attempt() {
            waiters.remove_waiter(ctx.me());
            let next = if taken.more { Wake::first_of(waiters) } else { Wake::nobody() };
            ctx.done(what.op, what.got, on, taken.detail, vec![left, taken.change]);
            drop(inner);
            ctx.wake(next);
            return Ok(true);
        }
        if grant == Grant::Expire {
            waiters.remove_waiter(ctx.me());
            ctx.done(what.op, what.expired, on, None, vec![left]);
            return Ok(false);
        }
    }
}
