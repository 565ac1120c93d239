//! What a process and the host say to one another over their control socket. Both are of one build,
//! so the words need no version.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use super::value::Value;
use crate::sys;
use crate::trace::{ActorId, ObjectId};

/// From a process to the host.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Start a process for this reserved actor. Descriptors: its arguments, then the ends they name.
    Start { actor: ActorId },
    /// A thread exists. Descriptor: the eventfd that wakes it from a poll.
    Thread { actor: ActorId },
}

/// From the host to a process.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// What to run. Descriptors: the scenario, the arguments, then the ends that the arguments name.
    Begin,
    /// The hand's process: raise or lower an Event's flag.
    Set { object: ObjectId, up: bool },
}

/// The most bytes of one message.
const LIMIT: usize = 4096;

impl Request {
    fn value(&self) -> Value {
        let (tag, actor) = match self {
            Request::Start { actor } => (1, actor),
            Request::Thread { actor } => (2, actor),
        };
        Value::Array(vec![Value::Int(tag), Value::Int(i64::from(actor.0))])
    }

    fn parse(value: &Value) -> Option<Request> {
        let (tag, numbers) = numbers(value)?;
        let actor = ActorId(u16::try_from(*numbers.first()?).ok()?);
        match tag {
            1 => Some(Request::Start { actor }),
            2 => Some(Request::Thread { actor }),
            _ => None,
        }
    }
}

impl Order {
    fn value(&self) -> Value {
        match self {
            Order::Begin => Value::Array(vec![Value::Int(1)]),
            Order::Set { object, up } => Value::Array(vec![Value::Int(2), Value::Int(i64::from(object.0)), Value::Int(i64::from(*up))]),
        }
    }

    fn parse(value: &Value) -> Option<Order> {
        let (tag, numbers) = numbers(value)?;
        match (tag, numbers.as_slice()) {
            (1, _) => Some(Order::Begin),
            (2, [object, up]) => Some(Order::Set { object: ObjectId(u16::try_from(*object).ok()?), up: *up != 0 }),
            _ => None,
        }
    }
}

fn numbers(value: &Value) -> Option<(i64, Vec<i64>)> {
    let Value::Array(items) = value else { return None };
    let mut numbers = items.iter().map(|item| if let Value::Int(number) = item { Some(*number) } else { None });
    let tag = numbers.next()??;
    Some((tag, numbers.collect::<Option<Vec<_>>>()?))
}

fn send_value(socket: &impl AsFd, value: &Value, fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    let bytes = value.encode_message().map_err(io::Error::other)?;
    sys::socket::send(socket.as_fd(), &bytes, fds)
}

fn recv_value(socket: BorrowedFd<'_>) -> io::Result<Option<(Value, Vec<OwnedFd>)>> {
    let Some((bytes, fds)) = sys::socket::recv(socket, LIMIT)? else { return Ok(None) };
    Ok(Some((Value::decode(&bytes).map_err(io::Error::other)?, fds)))
}

fn unknown() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "an unknown message on the control socket")
}

/// Sends a request to the host.
pub fn send(socket: &impl AsFd, request: &Request, fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    send_value(socket, &request.value(), fds)
}

/// Receives a request (host); none: the process has closed its side.
pub fn receive(socket: BorrowedFd<'_>) -> io::Result<Option<(Request, Vec<OwnedFd>)>> {
    let Some((value, fds)) = recv_value(socket)? else { return Ok(None) };
    Ok(Some((Request::parse(&value).ok_or_else(unknown)?, fds)))
}

/// Sends an order to a process (host).
pub fn command(socket: &impl AsFd, order: &Order, fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    send_value(socket, &order.value(), fds)
}

/// Waits for an order; none: the host has gone.
pub fn obey(socket: BorrowedFd<'_>) -> io::Result<Option<(Order, Vec<OwnedFd>)>> {
    let Some((value, fds)) = recv_value(socket)? else { return Ok(None) };
    Ok(Some((Order::parse(&value).ok_or_else(unknown)?, fds)))
}
