//! Pipe: a socket pair (duplex) or a pipe(2) (simplex). Reading and writing happen without blocking,
//! chunk by chunk, under the object's internal lock together with their event; waiting is outside.
//!
//! Two senders on one end, or two receivers, would mix their bytes in the middle of a large message;
//! the second one gets an OSError instead.

use std::io;
use std::os::fd::AsFd;
use std::sync::atomic::Ordering::SeqCst;

use super::context::{Context, Patience};
use super::ends::{closed, drop_end, hold};
use super::error::{ErrorKind, IpcError, Result, os_error};
use super::frame::{Arrival, Incoming, Outgoing};
use super::hand::{self, Row, Task};
use super::refusal;
use super::seat::until;
use super::stream::{self, Way};
use super::travel::{self, Received};
use super::value::Value;
use crate::arena::flights::FlightId;
use crate::arena::repair::{reader_word, writer_word};
use crate::kind::pipe::{
    BYTES_TO_0, CLOSE, CLOSE_CLOSED, ENDS, KIND, MAKE, MAKE_MADE, POLL, POLL_EXPIRED, POLL_READ, POLL_WAITS, RECV, RECV_PARTLY,
    RECV_RECEIVED, RECV_WAITS, SEND, SEND_PARTLY, SEND_PARTLY_SOCKET, SEND_PASSED_ON, SEND_SENT, SEND_WAITS, SEND_WAITS_SOCKET, SIMPLEX,
    SIMPLEX_ID,
};
use crate::sys;
use crate::trace::{Change, Grant, ObjectId, On, PartRef, Preview, Until};

/// What the hand can do to a pipe.
pub const BY_HAND: &[Row] = &[Row::new(&SEND, send_by_hand), Row::new(&RECV, recv_by_hand)];

fn send_by_hand(ctx: &Context, task: &Task) -> refusal::Outcome {
    let On::End(object, end) = task.on else { return Err(hand::cannot()) };
    if !ctx.process.end(object, end).is_some_and(|fd| sys::pipe::writable(fd.as_fd())) {
        let name = ctx.arena.object_name(object);
        let (en, zh) = (format!("there is no room in {name} now"), format!("{name} 现在没有空位"));
        return Err(hand::told(ctx, &SEND, task.on, en, zh));
    }
    Ok(send(ctx, object, end, &task.value)?)
}

fn recv_by_hand(ctx: &Context, task: &Task) -> refusal::Outcome {
    let On::End(object, end) = task.on else { return Err(hand::cannot()) };
    if !has_whole_message(ctx, object, end) {
        let name = ctx.arena.object_name(object);
        let (en, zh) = (format!("there is no whole message at end {end} of {name} now"), format!("{name} 的 {end} 端现在没有完整的消息"));
        return Err(hand::told(ctx, &RECV, task.on, en, zh));
    }
    Ok(recv(ctx, object, end).map(drop)?)
}

/// What flows to an end, and the words that say who is in the middle of a frame.
struct Direction {
    way: Way,
    writer_word: usize,
    reader_word: usize,
}

fn to_end(object: ObjectId, end: u8) -> Direction {
    Direction {
        way: Way {
            slots: PartRef::new(object, 1 + 2 * end),
            bytes: PartRef::new(object, 2 + 2 * end),
            end: (PartRef::new(object, ENDS), end),
        },
        writer_word: writer_word(end),
        reader_word: reader_word(end),
    }
}

/// Makes a pipe; this process holds both ends. Errors: OSError without descriptors or room.
pub fn make(ctx: &Context, name: Option<String>, duplex: bool) -> Result<ObjectId> {
    ctx.making((&MAKE, &MAKE_MADE), None, name, "pipe", |name| {
        let both = if duplex { sys::pipe::duplex() } else { sys::pipe::simplex() };
        let (first, second) = both.map_err(|error| os_error("make a pipe", &error))?;
        let (object, made) = ctx.new_object(if duplex { &KIND } else { &SIMPLEX }, name, None)?;
        let mut changes = vec![made];
        if !duplex {
            changes.extend(stream::count_pages(ctx, PartRef::new(object, BYTES_TO_0), second.as_fd()));
        }
        changes.extend([hold(ctx, object, ENDS, 0, first), hold(ctx, object, ENDS, 1, second)]);
        Ok((object, changes))
    })
}

pub(super) fn may(ctx: &Context, object: ObjectId, end: u8, sends: bool) -> Result<()> {
    if ctx.arena.facts(object).kind == SIMPLEX_ID && (end == 1) != sends {
        let is = if end == 0 { "read-only" } else { "write-only" };
        return Err(IpcError::new(ErrorKind::OSError, format!("this end of {} is {is}", ctx.object_text(object))));
    }
    Ok(())
}

/// Sends a copy of a value; waits while the kernel's buffer is full.
/// Errors: BrokenPipe (nobody holds the other end), OSError (closed, or the wrong direction), TypeError.
pub fn send(ctx: &Context, object: ObjectId, end: u8, value: &Value) -> Result<()> {
    let on = On::End(object, end);
    let bytes = value.encode_with_ends()?;
    let preview = travel::preview(ctx, value);
    ctx.begin_op(&SEND, on, Some(&preview));
    let fail = |error| ctx.failed(&SEND, on, error);
    ctx.check_broken(object).and_then(|()| may(ctx, object, end, true)).map_err(fail)?;
    let sent = travel::depart(ctx, value).map_err(fail)?;
    send_bytes(ctx, object, end, &bytes, &preview, &sent).inspect_err(|_| travel::turn_back(ctx, sent))
}

fn send_bytes(ctx: &Context, object: ObjectId, end: u8, bytes: &[u8], preview: &Preview, flights: &[FlightId]) -> Result<()> {
    let on = On::End(object, end);
    let outcome = if flights.is_empty() { &SEND_SENT } else { &SEND_PASSED_ON };
    let fail = |error| ctx.failed(&SEND, on, error);
    let by_pages = ctx.arena.facts(object).kind == SIMPLEX_ID;
    let (full, partly) = if by_pages { (&SEND_WAITS, &SEND_PARTLY) } else { (&SEND_WAITS_SOCKET, &SEND_PARTLY_SOCKET) };
    let Direction { way, writer_word, .. } = to_end(object, 1 - end);
    let mut out: Option<Outgoing> = None;
    let wait = until(Until::Writable(PartRef::new(object, ENDS), end), None);
    loop {
        let Some(fd) = ctx.process.end(object, end) else { return Err(fail(closed(ctx, object, end))) };
        {
            let _inner = ctx.arena.lock(object, ctx.me());
            // Looked at under the lock: whoever died in here was the last to hold it.
            ctx.check_broken(object).map_err(fail)?;
            let word = ctx.arena.own_word(object, writer_word);
            let mine = u64::from(ctx.me().0) + 1;
            if ![0, mine].contains(&word.load(SeqCst)) {
                return Err(fail(IpcError::new(
                    ErrorKind::OSError,
                    format!("another sender is in the middle of a message on {}: their bytes would mix", ctx.object_text(object)),
                )));
            }
            let frame = out.get_or_insert_with(|| Outgoing::new(ctx.arena.next_message(), bytes).carrying(flights.to_vec()));
            let mut changes = Vec::new();
            let message = frame.message;
            let wrote = stream::write(ctx, way, fd.as_fd(), frame, &mut changes, |changes| {
                changes.extend(stream::composed(message, preview, way.slots));
            });
            match wrote {
                Ok(0) => ctx.waits(&SEND, full, on, Some(preview.clone()), &wait, changes),
                Ok(_) if frame.is_done() => {
                    word.store(0, SeqCst);
                    ctx.done(&SEND, outcome, on, Some(preview.clone()), changes);
                    return Ok(());
                }
                Ok(_) => {
                    word.store(mine, SeqCst);
                    ctx.waits(&SEND, partly, on, Some(preview.clone()), &wait, changes);
                }
                Err(error) => {
                    word.store(0, SeqCst);
                    return Err(gone(ctx, object, end, on, &error));
                }
            }
        }
        ctx.wait(&wait);
        ctx.check_broken(object).map_err(fail)?;
    }
}

/// A send found the other end closed.
fn gone(ctx: &Context, object: ObjectId, end: u8, on: On, error: &io::Error) -> IpcError {
    let error = if error.kind() == io::ErrorKind::BrokenPipe || error.kind() == io::ErrorKind::ConnectionReset {
        IpcError::new(ErrorKind::BrokenPipe, format!("nobody holds end {} of {} any more", 1 - end, ctx.object_text(object)))
    } else {
        os_error(&format!("send on {}", ctx.object_text(object)), error)
    };
    seen_closed(ctx, &SEND, object, end, on, error)
}

/// Reports a failure that proves the far side closed.
fn seen_closed(ctx: &Context, op: &crate::kind::Op, object: ObjectId, end: u8, on: On, error: IpcError) -> IpcError {
    let far = Change::SeenClosed { part: PartRef::new(object, ENDS), end: 1 - end };
    ctx.done(op, &crate::kind::FAILED, on, Some(Preview::new(&error.to_string())), vec![far]);
    error
}

/// Receives the next message; waits until it is whole.
/// Errors: EOFError (nothing left and nobody holds the other end), ConnectionReset, OSError.
pub fn recv(ctx: &Context, object: ObjectId, end: u8) -> Result<Value> {
    let received = recv_bytes(ctx, object, end)?;
    travel::arrive(ctx, received)
}

/// A message as it came: what it names is still to be fetched.
fn recv_bytes(ctx: &Context, object: ObjectId, end: u8) -> Result<Received> {
    let on = On::End(object, end);
    ctx.begin_op(&RECV, on, None);
    let fail = |error| ctx.failed(&RECV, on, error);
    ctx.check_broken(object).and_then(|()| may(ctx, object, end, false)).map_err(fail)?;
    let Direction { way, reader_word, .. } = to_end(object, end);
    let wait = until(Until::Readable(PartRef::new(object, ENDS), end), None);
    let mut frame = Incoming::default();
    loop {
        let Some(fd) = ctx.process.end(object, end) else { return Err(fail(closed(ctx, object, end))) };
        {
            let _inner = ctx.arena.lock(object, ctx.me());
            // Looked at under the lock: whoever died in here was the last to hold it.
            ctx.check_broken(object).map_err(fail)?;
            let word = ctx.arena.own_word(object, reader_word);
            let mine = u64::from(ctx.me().0) + 1;
            if ![0, mine].contains(&word.load(SeqCst)) {
                return Err(fail(IpcError::new(
                    ErrorKind::OSError,
                    format!("another receiver is in the middle of a message on {}: each would get half of it", ctx.object_text(object)),
                )));
            }
            let mut changes = Vec::new();
            match stream::read(ctx, way, fd.as_fd(), &mut frame, &mut changes) {
                Ok(Arrival::Whole) => {
                    word.store(0, SeqCst);
                    changes.extend(stream::taken(ctx, way, &frame, None));
                    let received = travel::receive(ctx, &frame);
                    let preview = received.as_ref().ok().map(|received| received.value.preview());
                    ctx.done(&RECV, &RECV_RECEIVED, on, preview, changes);
                    return received;
                }
                Ok(Arrival::Partly) => {
                    let begun = frame.read_so_far() > 0;
                    word.store(if begun { mine } else { 0 }, SeqCst);
                    ctx.waits(&RECV, if begun { &RECV_PARTLY } else { &RECV_WAITS }, on, None, &wait, changes);
                }
                Ok(Arrival::End) => {
                    word.store(0, SeqCst);
                    let name = ctx.object_text(object);
                    let error = if frame.read_so_far() > 0 {
                        IpcError::new(ErrorKind::OSError, format!("{name} ended in the middle of a message"))
                    } else {
                        IpcError::new(ErrorKind::EOFError, format!("nothing is left in {name} and nobody holds the other end"))
                    };
                    return Err(seen_closed(ctx, &RECV, object, end, on, error));
                }
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {
                    word.store(0, SeqCst);
                    let error = IpcError::new(
                        ErrorKind::ConnectionReset,
                        format!("the other end of {} was closed with a message to it unread", ctx.object_text(object)),
                    );
                    return Err(seen_closed(ctx, &RECV, object, end, on, error));
                }
                Err(error) => {
                    word.store(0, SeqCst);
                    return Err(fail(os_error(&format!("receive on {}", ctx.object_text(object)), &error)));
                }
            }
        }
        ctx.wait(&wait);
        ctx.check_broken(object).map_err(fail)?;
    }
}

/// Whether there is something to receive (or the end to be seen), waiting as long as patience lasts.
pub fn poll(ctx: &Context, object: ObjectId, end: u8, patience: Patience) -> Result<bool> {
    let on = On::End(object, end);
    ctx.begin_op(&POLL, on, None);
    let fail = |error| ctx.failed(&POLL, on, error);
    ctx.check_broken(object).and_then(|()| may(ctx, object, end, false)).map_err(fail)?;
    let wait = until(Until::Readable(PartRef::new(object, ENDS), end), patience.deadline(ctx.now()));
    let mut waited = false;
    loop {
        let Some(fd) = ctx.process.end(object, end) else { return Err(fail(closed(ctx, object, end))) };
        let grant = {
            let _inner = ctx.arena.lock(object, ctx.me());
            if sys::pipe::readable(fd.as_fd()) {
                ctx.done(&POLL, &POLL_READ, on, Some(Value::Bool(true).preview()), Vec::new());
                return Ok(true);
            }
            if patience == Patience::No {
                ctx.done(&POLL, &POLL_READ, on, Some(Value::Bool(false).preview()), Vec::new());
                return Ok(false);
            }
            if !waited {
                ctx.waits(&POLL, &POLL_WAITS, on, None, &wait, Vec::new());
                waited = true;
            }
            drop(_inner);
            ctx.wait(&wait)
        };
        ctx.check_broken(object).map_err(fail)?;
        if grant == Grant::Expire && !sys::pipe::readable(fd.as_fd()) {
            ctx.done(&POLL, &POLL_EXPIRED, on, Some(Value::Bool(false).preview()), Vec::new());
            return Ok(false);
        }
    }
}

/// Whether a receive would get a whole message at once: something is there, nobody is in the middle of
/// reading it, and it is not the one that a sender is in the middle of: that is the last one there.
pub fn has_whole_message(ctx: &Context, object: ObjectId, end: u8) -> bool {
    let Direction { way, writer_word, reader_word } = to_end(object, end);
    let idle = |word: usize| ctx.arena.own_word(object, word).load(SeqCst) == 0;
    let whole = idle(reader_word) && (idle(writer_word) || ctx.arena.part_at(object, way.slots.part).slots_len() > 1);
    whole && ctx.process.end(object, end).is_some_and(|fd| sys::pipe::unread(fd.as_fd()).is_ok_and(|bytes| bytes > 0))
}

/// Closes this process's copy of an end; closing it again does nothing.
pub fn close(ctx: &Context, object: ObjectId, end: u8) -> Result<()> {
    let on = On::End(object, end);
    ctx.begin_op(&CLOSE, on, None);
    let _inner = ctx.arena.lock(object, ctx.me());
    let changes = drop_end(ctx, object, ENDS, end);
    ctx.done(&CLOSE, &CLOSE_CLOSED, on, Some(Preview::new(&format!("end {end}"))), changes);
    Ok(())
}
