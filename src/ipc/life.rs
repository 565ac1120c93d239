//! What a process does on its own: it begins, prints, sleeps, computes, and comes to its end, which takes
//! care of all that it has made.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use super::buffer::Buffers;
use super::context::Context;
use super::error::Result;
use super::process::{cut_off, has_ended, living_children};
use super::seat::{Report, locked, until};
use super::wake::Wake;
use super::{feeder, manager, pool};
use crate::arena::layout::actor::FLAG_DAEMON;
use crate::kind::process::{
    BEGIN, BEGIN_BEGAN, COMPUTE, COMPUTE_COMPUTED, END, END_ENDED, END_ERROR, END_FLUSHES, END_JOINS, EXIT, EXIT_LEFT, PRINT, SLEEP,
    SLEEP_SLEEPS, SLEEP_WOKE,
};
use crate::text::name;
use crate::trace::{Body, Grant, Nanos, Next, On, Preview, Printed, Until, beginning};

/// Bytes of printed text in one event.
const PRINT_PIECE: usize = 800;

/// Prints a line of text as one step.
pub fn print(ctx: &Context, text: &str) -> Result<()> {
    ctx.begin_op(&PRINT, On::Nothing, Some(&Preview::new(text)));
    print_pieces(ctx, text, false);
    Ok(())
}

fn print_pieces(ctx: &Context, text: &str, error: bool) {
    let mut rest = text;
    loop {
        let (piece, after) = rest.split_at(beginning(rest, PRINT_PIECE).len());
        ctx.arena.wait_for_room();
        ctx.arena.emit(ctx.me(), Body::Printed(Printed { text: piece.to_owned(), line: ctx.line(), more: !after.is_empty(), error }));
        if after.is_empty() {
            return;
        }
        rest = after;
    }
}

/// Sleeps on the run's clock.
pub fn sleep(ctx: &Context, time: Nanos) -> Result<()> {
    let detail = Preview::new(&name::seconds(time));
    ctx.begin_op(&SLEEP, On::Nothing, Some(&detail));
    let wait = until(Until::Deadline, Some(ctx.now().saturating_add(time)));
    ctx.waits(&SLEEP, &SLEEP_SLEEPS, On::Nothing, Some(detail), &wait, Vec::new());
    while ctx.wait(&wait) != Grant::Expire {}
    ctx.done(&SLEEP, &SLEEP_WOKE, On::Nothing, None, Vec::new());
    Ok(())
}

/// Computing for a while without a call is a step too, so that an endless loop neither stalls nor freezes a run.
pub fn compute(ctx: &Context) -> Result<()> {
    ctx.begin_op(&COMPUTE, On::Nothing, None);
    ctx.done(&COMPUTE, &COMPUTE_COMPUTED, On::Nothing, None, Vec::new());
    Ok(())
}

/// The step of calling exit; the caller then unwinds.
pub fn exit(ctx: &Context, code: i64) -> Result<()> {
    let detail = Preview::new(&code.to_string());
    ctx.begin_op(&EXIT, On::Nothing, Some(&detail));
    ctx.done(&EXIT, &EXIT_LEFT, On::Nothing, Some(detail), Vec::new());
    Ok(())
}

/// A process's first step.
pub fn begin(ctx: &Context, function: &str) {
    let what = Preview::new(if function.is_empty() { "main" } else { function });
    ctx.begin_op(&BEGIN, On::Nothing, Some(&what));
    ctx.done(&BEGIN, &BEGIN_BEGAN, On::Nothing, Some(what), Vec::new());
}

/// A process's last steps: feeders are told that no more will come, daemons are cut off, children are
/// waited for, feeders are waited for, and it ends. `error` is an uncaught error's message and its line.
pub fn end(ctx: &Context, error: Option<(&str, u32)>) {
    if let Some((message, line)) = error {
        ctx.set_line(line);
        ctx.begin_op(&END, On::Nothing, None);
        print_pieces(ctx, message, true);
    } else {
        ctx.begin_op(&END, On::Nothing, None);
    }
    pool::stop_all(ctx);
    let buffers: Vec<Arc<_>> = locked(&ctx.process.own::<Buffers>().0).values().cloned().collect();
    let mut changes = Vec::new();
    for buffer in &buffers {
        changes.extend(feeder::close_buffer(ctx, buffer));
    }
    if !changes.is_empty() && living_children(ctx).iter().any(|child| ctx.arena.kin(*child).works_for.is_some()) {
        // Told before the managers are shut down, which is told apart.
        ctx.arena.emit(ctx.me(), Body::Also { changes: std::mem::take(&mut changes) });
    }
    manager::shut_down_all(ctx);
    for child in living_children(ctx).into_iter().filter(|child| ctx.arena.flag(*child, FLAG_DAEMON)) {
        cut_off(ctx, child, &mut changes);
    }
    for child in living_children(ctx) {
        let wait = until(Until::Ended(child), None);
        while !has_ended(ctx, child) {
            ctx.waits(&END, &END_JOINS, On::Actor(child), None, &wait, std::mem::take(&mut changes));
            ctx.wake(Wake::all(buffers.iter().map(|buffer| buffer.feeder).collect()));
            ctx.wait(&wait);
        }
    }
    for buffer in buffers.iter().filter(|buffer| !buffer.cancelled.load(SeqCst)) {
        let wait = until(Until::Ended(buffer.feeder), None);
        while !has_ended(ctx, buffer.feeder) {
            ctx.waits(&END, &END_FLUSHES, On::Object(buffer.queue), None, &wait, std::mem::take(&mut changes));
            ctx.wake(Wake::one(buffer.feeder));
            ctx.wait(&wait);
        }
    }
    let (outcome, detail) = match error {
        Some((message, _)) => (&END_ERROR, Some(Preview::new(message.lines().next().unwrap_or(message)))),
        None => (&END_ENDED, None),
    };
    ctx.report(Report { op: &END, outcome, on: On::Nothing, line: ctx.line(), detail, next: Next::Ends, changes });
}
