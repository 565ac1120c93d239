//! What the user's hand is told to do, and what a primitive says that it can do by hand. The table of all is in `deeds`.

use super::context::Context;
use super::refusal::{Outcome, Refusal, refuse};
use super::value::Value;
use crate::kind::Op;
use crate::trace::{ObjectId, On};

/// What the hand was told to do it to, and with.
pub struct Task {
    pub object: ObjectId,
    pub on: On,
    /// `()` where the operation asks for none.
    pub value: Value,
}

/// One operation, and the function that does it. It never waits: what cannot be done now is refused with the reason.
pub struct Row {
    pub op: &'static Op,
    pub(super) act: fn(&Context, &Task) -> Outcome,
}

impl Row {
    /// Ties an operation of the hand to the function that does it.
    pub const fn new(op: &'static Op, act: fn(&Context, &Task) -> Outcome) -> Row {
        Row { op, act }
    }
}

/// What is asked of an object that has nothing of the kind.
pub(super) fn cannot() -> Refusal {
    refuse("the hand cannot do this", "你的手做不了这个")
}

/// A refusal that the trace tells of, because the step has begun.
pub(super) fn told(ctx: &Context, op: &Op, on: On, en: String, zh: String) -> Refusal {
    let _told = ctx.refuse_by_hand(op, on, en.clone());
    refuse(en, zh)
}
