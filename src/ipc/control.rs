//! What a process and the host say to one another over their control socket. Both are of one build,
//! so the words need no version.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use super::error::IpcError;
use super::value::Value;
use crate::arena::actors::{pack_on, unpack_on};
use crate::sys;
use crate::trace::scenario::Bilingual;
use crate::trace::{ActorId, ObjectId, On, OpId, PartRef};

/// From a process to the host.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Start a process for this reserved actor. Descriptors: its arguments, then the ends they name.
    Start { actor: ActorId },
    /// A thread exists. Descriptor: the eventfd that wakes it from a poll.
    Thread { actor: ActorId },
    /// About an end of a pipe that travels in a message. Descriptor: a copy of it, where it is to be kept.
    /// Each is answered.
    Flight { what: Flight, object: ObjectId, end: u8 },
    /// The hand's process: what it was told to do could not be done, and why.
    Refused { why: Bilingual },
    /// A manager's server is about to be started. Descriptor: what callers reach it by, see [`Caller`].
    Door { manager: ObjectId },
    /// Tell a manager's server who calls. Descriptor: the server's end of the connection that is to be served;
    /// without a connection, the server is to end. It is answered.
    Call { manager: ObjectId, connection: Option<ObjectId> },
}

/// Who calls at a manager's server, as the host tells it: nobody else can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    pub client: ActorId,
    /// The connection to be served, whose end comes along; none: the server is to end.
    pub connection: Option<ObjectId>,
}

/// What the host is to do about an end that travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flight {
    /// Keep the copy that comes along until nobody's message carries it any more.
    Keep,
    /// Answer with a copy of it, if there is one.
    Fetch,
    /// See whether it is still on its way.
    Settle,
}

const DOOR: i64 = 7;
const CALL: i64 = 8;
const FLIGHTS: [(i64, Flight); 3] = [(4, Flight::Keep), (5, Flight::Fetch), (6, Flight::Settle)];

/// From the host to a process.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// What to run. Descriptors: the scenario, the arguments, then the ends that the arguments name.
    Begin,
    /// What was asked for has been done, or could not be: the system's number for why, else 0.
    /// Descriptor: what was to be fetched.
    Answered { errno: i32 },
    /// The hand's process: one step. Descriptors: the ends that it needs and the hand may not hold yet.
    Act { op: OpId, on: On, value: Option<Value>, ends: Vec<(PartRef, u8)> },
}

/// The most bytes of one message.
const LIMIT: usize = 16 << 10;

impl Request {
    fn value(&self) -> Value {
        let (tag, actor) = match self {
            Request::Start { actor } => (1, actor),
            Request::Thread { actor } => (2, actor),
            Request::Flight { what, object, end } => {
                let tag = FLIGHTS.iter().find(|(_, known)| known == what).map_or(0, |(tag, _)| *tag);
                return Value::Array([tag, i64::from(object.0), i64::from(*end)].map(Value::Int).to_vec());
            }
            Request::Door { manager } => return Value::Array([DOOR, i64::from(manager.0)].map(Value::Int).to_vec()),
            Request::Call { manager, connection } => {
                return Value::Array([CALL, i64::from(manager.0), pack_object(*connection)].map(Value::Int).to_vec());
            }
            Request::Refused { why } => return Value::Array(vec![Value::Int(3), Value::Str(why.en.clone()), Value::Str(why.zh.clone())]),
        };
        Value::Array(vec![Value::Int(tag), Value::Int(i64::from(actor.0))])
    }

    fn parse(value: &Value) -> Option<Request> {
        if let Value::Array(items) = value
            && let [Value::Int(3), Value::Str(en), Value::Str(zh)] = items.as_slice()
        {
            return Some(Request::Refused { why: Bilingual { en: en.clone(), zh: zh.clone() } });
        }
        let (tag, numbers) = numbers(value)?;
        if let Some((_, what)) = FLIGHTS.iter().find(|(known, _)| *known == tag) {
            let [object, end] = numbers.as_slice() else { return None };
            return Some(Request::Flight { what: *what, object: ObjectId(u16::try_from(*object).ok()?), end: u8::try_from(*end).ok()? });
        }
        if let (CALL, [manager, connection]) = (tag, numbers.as_slice()) {
            return Some(Request::Call { manager: ObjectId(u16::try_from(*manager).ok()?), connection: unpack_object(*connection)? });
        }
        let number = u16::try_from(*numbers.first()?).ok()?;
        let actor = ActorId(number);
        match tag {
            DOOR => Some(Request::Door { manager: ObjectId(number) }),
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
            Order::Answered { errno } => Value::Array([3, i64::from(*errno)].map(Value::Int).to_vec()),
            Order::Act { op, on, value, ends } => {
                let mut words = vec![2, i64::from(op.0), pack_on(*on) as i64];
                words.extend(ends.iter().flat_map(|(part, end)| [i64::from(part.object.0), i64::from(part.part), i64::from(*end)]));
                let numbers = Value::Array(words.into_iter().map(Value::Int).collect());
                Value::Array([Some(numbers), value.clone()].into_iter().flatten().collect())
            }
        }
    }

    /// As it is laid into the mailbox, beside the socket.
    pub fn encode(&self) -> Result<Vec<u8>, IpcError> {
        Ok(self.value().encode_message()?)
    }

    /// What was laid into the mailbox.
    pub fn decode(bytes: &[u8]) -> Option<Order> {
        Order::parse(&Value::decode(bytes).ok()?)
    }

    fn parse(value: &Value) -> Option<Order> {
        let Value::Array(items) = value else { return None };
        let (head, value) = match items.as_slice() {
            [Value::Int(1)] => return Some(Order::Begin),
            [Value::Int(3), Value::Int(errno)] => return Some(Order::Answered { errno: i32::try_from(*errno).ok()? }),
            [head] => (head, None),
            [head, value] => (head, Some(value.clone())),
            _ => return None,
        };
        let (2, words) = numbers(head)? else { return None };
        let [op, on, ends @ ..] = words.as_slice() else { return None };
        let end = |word: &[i64]| {
            Some((PartRef::new(ObjectId(u16::try_from(word[0]).ok()?), u8::try_from(word[1]).ok()?), u8::try_from(word[2]).ok()?))
        };
        Some(Order::Act {
            op: OpId(u16::try_from(*op).ok()?),
            on: unpack_on(*on as u64),
            value,
            ends: ends.chunks_exact(3).map(end).collect::<Option<_>>()?,
        })
    }
}

fn pack_object(object: Option<ObjectId>) -> i64 {
    object.map_or(0, |object| i64::from(object.0) + 1)
}

/// The outer none: it is no object's number.
fn unpack_object(number: i64) -> Option<Option<ObjectId>> {
    if number == 0 { Some(None) } else { Some(Some(ObjectId(u16::try_from(number - 1).ok()?))) }
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

/// Tells a manager's server of a caller (host), without waiting. Errors: BrokenPipe once it has ended.
pub fn announce(door: BorrowedFd<'_>, caller: Caller, fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    let words = [i64::from(caller.client.0), pack_object(caller.connection)];
    let bytes = Value::Array(words.map(Value::Int).to_vec()).encode_message().map_err(io::Error::other)?;
    sys::socket::send_now(door, &bytes, fds)
}

/// The next caller at a server's door, which is known to be there.
pub fn next_caller(door: BorrowedFd<'_>) -> io::Result<Option<(Caller, Vec<OwnedFd>)>> {
    let Some((value, fds)) = recv_value(door)? else { return Ok(None) };
    let caller = |value: &Value| match value {
        Value::Array(words) => match words.as_slice() {
            [Value::Int(client), Value::Int(connection)] => {
                Some(Caller { client: ActorId(u16::try_from(*client).ok()?), connection: unpack_object(*connection)? })
            }
            _ => None,
        },
        _ => None,
    };
    Ok(Some((caller(&value).ok_or_else(unknown)?, fds)))
}

/// Waits for an order; none: the host has gone.
pub fn obey(socket: BorrowedFd<'_>) -> io::Result<Option<(Order, Vec<OwnedFd>)>> {
    let Some((value, fds)) = recv_value(socket)? else { return Ok(None) };
    Ok(Some((Order::parse(&value).ok_or_else(unknown)?, fds)))
}
