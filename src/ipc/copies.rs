//! A change of what was read from a shared object: the reader's own copy has it, the object has not.

use super::context::Context;
use super::value::{Named, Value};
use crate::kind::managed::{COPY, COPY_CHANGED};
use crate::trace::{ObjectId, On, Preview};

/// Tells, as a step, that the caller changed its own copy of a part of an object, such as `[0]`, and what the copy is
/// now. The object stays as it is.
pub fn changed(ctx: &Context, object: ObjectId, part: &str, now: &Value) {
    let detail = Preview::new(&format!("{}{part}: {}", ctx.object_text(object), Named(now, &ctx.arena)));
    ctx.begin_op(&COPY, On::Object(object), Some(&detail));
    ctx.done(&COPY, &COPY_CHANGED, On::Object(object), Some(detail), Vec::new());
}
