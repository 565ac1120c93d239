//! Pipe: a connection with two ends. Duplex is a socket pair, simplex a pipe(2).

use super::{Asks, Gives, Kind, Op, Outcome, Part, Shape, words};
use crate::trace::{KindId, OpId};

pub const ID: KindId = KindId(2);

pub const KIND: Kind = Kind {
    id: ID,
    name: "Pipe",
    about: words("two connected ends; what is sent at one is received at the other", "相连的两端；一端发送，另一端接收"),
    parts: PARTS,
    ops: OPS,
    hand: &[SEND.id, RECV.id],
    kept: false,
};

/// Indices of the parts.
pub const ENDS: u8 = 0;
pub const TO_0: u8 = 1;
pub const BYTES_TO_0: u8 = 2;
pub const TO_1: u8 = 3;
pub const BYTES_TO_1: u8 = 4;

const PARTS: &[Part] = &[
    Part::new(Shape::Ends(&[words("0", "0"), words("1", "1")]), "ends", "两端"),
    Part::new(Shape::Slots, "on its way to end 0", "去往 0 端").read_at(ENDS, 0),
    Part::new(Shape::Bytes, "bytes to end 0", "去往 0 端的字节").read_at(ENDS, 0),
    Part::new(Shape::Slots, "on its way to end 1", "去往 1 端").read_at(ENDS, 1),
    Part::new(Shape::Bytes, "bytes to end 1", "去往 1 端的字节").read_at(ENDS, 1),
];

const OPS: &[Op] = &[MAKE, SEND, RECV, POLL, CLOSE, WAIT];

pub const MAKE: Op = Op { id: OpId::new(ID, 1), name: "Pipe", next: words("Pipe()", "Pipe()"), outcomes: &[MAKE_MADE], ..Op::PLAIN };
pub const MAKE_MADE: Outcome = Outcome::new(
    0,
    "made",
    "Pipe() {object}",
    "Pipe() {object}",
    "{actor} made {object}, a pipe with two ends.",
    "{actor} 创建了 {object}，一条有两端的管道。",
);

pub const SEND: Op = Op {
    id: OpId::new(ID, 2),
    name: "send",
    next: words("send {detail}", "send {detail}"),
    outcomes: &[SEND_SENT, SEND_PARTLY, SEND_WAITS, SEND_PASSED_ON, SEND_PARTLY_SOCKET, SEND_WAITS_SOCKET],
    gives: &[Gives::Sends(ENDS)],
    asks: Asks::EndAndValue(ENDS),
};
pub const SEND_SENT: Outcome = Outcome::new(
    0,
    "sent",
    "send {message}",
    "send {message}",
    "{actor} sent {message}. It lies in the kernel until somebody receives it: sent is not yet received.",
    "{actor} 发送了 {message}。它留在内核里，直到有人接收：已发送不等于已收到。",
);
pub const SEND_PARTLY: Outcome = Outcome::new(
    1,
    "partly",
    "send {message} …",
    "send {message} …",
    "{message} does not fit the pipe: {actor} wrote {written} of its {frame} bytes and waits until there is room. The pipe is full: {fill}.",
    "{message} 装不进管道：{actor} 写了 {frame} 字节中的 {written} 字节，等待空间。管道满了：{fill}。",
);
pub const SEND_WAITS: Outcome = Outcome::new(
    2,
    "waits",
    "send {message} …",
    "send {message} …",
    "The pipe is full, {fill}: {actor} waits until there is room for {message}. What does not fit into the rest of the last page takes a page of its own.",
    "管道满了，{fill}：{actor} 等待放下 {message} 的空间。最后一页剩下的地方放不下的，要另占一页。",
);

/// A two-way pipe is a pair of sockets: the kernel counts what lies there against its sender, each message with
/// a cost of its own, and lets a sender that sleeps go on only when three quarters are gone (unix_writable in
/// net/unix/af_unix.c).
pub const SEND_PARTLY_SOCKET: Outcome = Outcome::new(
    4,
    "partly_socket",
    "send {message} …",
    "send {message} …",
    "{message} does not fit: {actor} wrote {written} of its {frame} bytes. {object} is a socket: the kernel lets {actor} write on only when three quarters of what lies there have been received.",
    "{message} 装不下：{actor} 写了 {frame} 字节中的 {written} 字节。{object} 是套接字：其中四分之三被收走之后，内核才让 {actor} 继续写。",
);
pub const SEND_WAITS_SOCKET: Outcome = Outcome::new(
    5,
    "waits_socket",
    "send {message} …",
    "send {message} …",
    "{object} takes no more: {actor} waits to send {message}. It is a socket: each message costs more than its bytes, and the kernel lets {actor} go on only when three quarters have been received.",
    "{object} 装不下了：{actor} 等着发送 {message}。它是套接字：每条消息占的比它的字节多，其中四分之三被收走之后，内核才让 {actor} 继续。",
);

/// There is an end of a pipe in the message.
pub const SEND_PASSED_ON: Outcome = Outcome::new(
    3,
    "passed_on",
    "send {message}",
    "send {message}",
    "{actor} sent {message}: a copy of the end is on its way, and the end counts as open until that is received and closed.",
    "{actor} 发送了 {message}：这一端的一个副本在途中，在它被收到并关闭之前，这一端都算打开。",
);

pub const RECV: Op = Op {
    id: OpId::new(ID, 3),
    name: "recv",
    next: words("recv", "recv"),
    outcomes: &[RECV_RECEIVED, RECV_PARTLY, RECV_WAITS],
    gives: &[Gives::Receives(ENDS)],
    asks: Asks::End(ENDS),
};
pub const RECV_RECEIVED: Outcome = Outcome::new(
    0,
    "received",
    "recv {message}",
    "recv {message}",
    "{actor} received {message}: the kernel no longer has it.",
    "{actor} 接收了 {message}：它已离开内核。",
);
pub const RECV_PARTLY: Outcome = Outcome::new(
    1,
    "partly",
    "recv {message} …",
    "recv {message} …",
    "{actor} read the part of {message} that has arrived and waits for the rest.",
    "{actor} 读了 {message} 已到达的部分，等待其余部分。",
);
pub const RECV_WAITS: Outcome = Outcome::new(
    2,
    "waits",
    "recv",
    "recv",
    "There is nothing to receive: {actor} waits until a message arrives, or until nobody holds the other end any more.",
    "没有可接收的消息：{actor} 一直等，直到有消息到来，或对端再无人持有。",
);

pub const POLL: Op =
    Op { id: OpId::new(ID, 4), name: "poll", next: words("poll", "poll"), outcomes: &[POLL_READ, POLL_WAITS, POLL_EXPIRED], ..Op::PLAIN };
pub const POLL_READ: Outcome = Outcome::new(
    0,
    "read",
    "poll: {detail}",
    "poll：{detail}",
    "{actor} asked whether there is something to receive: {detail}.",
    "{actor} 问有没有可接收的消息：{detail}。",
);
pub const POLL_WAITS: Outcome = Outcome::new(
    1,
    "waits",
    "poll",
    "poll",
    "{actor} waits until there is something to receive or its time is up.",
    "{actor} 等待可接收的消息，到设定的时间为止。",
);
pub const POLL_EXPIRED: Outcome = Outcome::new(
    2,
    "expired",
    "poll: false",
    "poll：false",
    "{actor's} time is up: nothing to receive.",
    "{actor} 超时：没有可接收的消息。",
);

pub const CLOSE: Op = Op {
    id: OpId::new(ID, 5),
    name: "close",
    next: words("close {end}", "close {end}"),
    outcomes: &[CLOSE_CLOSED],
    gives: &[Gives::LetsGo(ENDS)],
    ..Op::PLAIN
};
pub const CLOSE_CLOSED: Outcome = Outcome::new(
    0,
    "closed",
    "close {end}",
    "close {end}",
    "{actor} closed {its} copy of {end}. The other side sees an end of file only when every copy is closed.",
    "{actor} 关闭了它持有的 {end}。只有所有副本都关闭，对端才会看到文件结束。",
);

pub const WAIT: Op = Op {
    id: OpId::new(ID, 6),
    name: "wait",
    next: words("wait {detail}", "wait {detail}"),
    outcomes: &[WAIT_READY, WAIT_WAITS, WAIT_EXPIRED, WAIT_PASSES, WAIT_PASSED],
    ..Op::PLAIN
};
pub const WAIT_READY: Outcome = Outcome::new(
    0,
    "ready",
    "wait: {detail}",
    "wait：{detail}",
    "Something can be received here, so {actor's} wait returns: {detail}.",
    "{actor} 的 wait 返回可以接收的端：{detail}。",
);
pub const WAIT_WAITS: Outcome = Outcome::new(
    1,
    "waits",
    "wait {detail}",
    "wait {detail}",
    "{actor} waits until something can be received at one of these ends: {detail}.",
    "{actor} 等待其中任意一端有可接收的消息：{detail}。",
);
pub const WAIT_EXPIRED: Outcome = Outcome::new(
    2,
    "expired",
    "wait: none",
    "wait：没有",
    "{actor's} wait returns no end: there is nothing to receive at any of them.",
    "{actor} 的 wait 没有返回任何端：哪一端都没有可接收的消息。",
);

/// `wait([], s)`: there is no end to look at.
pub const WAIT_PASSES: Outcome = Outcome::new(
    3,
    "passes",
    "wait {detail}",
    "wait {detail}",
    "{actor} waits for no end at all: it only lets its time pass.",
    "{actor} 没有要等的端，只是等时间过去。",
);
pub const WAIT_PASSED: Outcome = Outcome::new(
    4,
    "passed",
    "wait: none",
    "wait：没有",
    "{actor's} time is up: it waited for no ends, and wait returns none.",
    "{actor} 设定的时间已到：它没有要等的端，wait 也就没有返回任何端。",
);

/// The ends of a pipe that goes one way: end 0 reads, end 1 writes.
pub const READER_WRITER: Shape = Shape::Ends(&[words("reader", "读端"), words("writer", "写端")]);

/// `Pipe(false)`: end 0 reads, end 1 writes. The parts keep their indices, the operations their ids.
pub const SIMPLEX_ID: KindId = KindId(3);

pub const SIMPLEX: Kind = Kind {
    id: SIMPLEX_ID,
    name: "Pipe",
    about: words("a reader and a writer; what is written is read in order", "一个读端和一个写端；写入的按顺序读出"),
    parts: SIMPLEX_PARTS,
    ops: OPS,
    hand: &[SEND.id, RECV.id],
    kept: false,
};

const SIMPLEX_PARTS: &[Part] = &[
    Part::new(READER_WRITER, "ends", "两端"),
    Part::new(Shape::Slots, "kernel pipe", "内核管道").read_at(ENDS, 0),
    Part::new(Shape::Bytes, "bytes in the pipe", "管道中的字节").read_at(ENDS, 0),
];
