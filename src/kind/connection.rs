//! A connection: one process's way to a manager's server, and back. What a process asks for lies in it
//! until the server's thread takes it; what came of it lies in it until the process takes that.

use super::{Kind, Op, Outcome, Part, Shape, words};
use crate::trace::{KindId, OpId};

pub const ID: KindId = KindId(31);

pub const KIND: Kind = Kind {
    id: ID,
    name: "connection",
    about: words("one process's way to a manager's server", "一个进程通往管理器服务器进程的连接"),
    parts: PARTS,
    ops: OPS,
    hand: &[],
    kept: false,
};

/// The ends.
pub const CLIENT: u8 = 0;
pub const SERVER: u8 = 1;

/// Indices of the parts.
pub const ENDS: u8 = 0;
pub const REPLIES: u8 = 1;
pub const REPLY_BYTES: u8 = 2;
pub const REQUESTS: u8 = 3;
pub const REQUEST_BYTES: u8 = 4;

const PARTS: &[Part] = &[
    Part::new(Shape::Ends(&[words("client", "客户端"), words("server", "服务器端")]), "ends", "两端"),
    Part::new(Shape::Slots, "replies", "回复").read_at(ENDS, CLIENT),
    Part::new(Shape::Bytes, "bytes to the client", "去往客户的字节").read_at(ENDS, CLIENT),
    Part::new(Shape::Slots, "requests", "请求").read_at(ENDS, SERVER),
    Part::new(Shape::Bytes, "bytes to the server", "去往服务器进程的字节").read_at(ENDS, SERVER),
];

const OPS: &[Op] = &[CONNECT, ASK, SERVE, REPLY];

pub const CONNECT: Op = Op {
    id: OpId::new(ID, 1),
    name: "connect",
    next: words("connect {object}", "connect {object}"),
    outcomes: &[CONNECT_CONNECTED],
    ..Op::PLAIN
};
pub const CONNECT_CONNECTED: Outcome = Outcome::new(
    0,
    "connected",
    "connect",
    "连接",
    "{actor} uses what a manager keeps for the first time, so it connected to the server's socket.",
    "{actor} 第一次使用管理器保管的对象，于是连接到服务器进程的套接字。",
);

pub const ASK: Op = Op {
    id: OpId::new(ID, 2),
    name: "ask",
    next: words("{detail}", "{detail}"),
    outcomes: &[ASK_ASKED, ASK_PARTLY, ASK_ANSWERED, ASK_RAISED, ASK_READS, ASK_DONE, ASK_LENT],
    ..Op::PLAIN
};
pub const ASK_ASKED: Outcome = Outcome::new(
    0,
    "asked",
    "ask: {detail}",
    "请求：{detail}",
    "{actor} asked the server for {detail} and waits for the reply. Nothing has been done yet.",
    "{actor} 向服务器进程请求 {detail}，等待回复。此时还什么都没有做。",
);
pub const ASK_PARTLY: Outcome = Outcome::new(
    1,
    "partly",
    "ask: {detail} …",
    "请求：{detail} …",
    "{actor's} request {detail} does not fit the socket: it wrote what fits and waits until there is room.",
    "{actor} 的请求 {detail} 装不进套接字：它写入能装下的部分，等待空间。",
);
pub const ASK_ANSWERED: Outcome = Outcome::new(
    2,
    "answered",
    "reply: {detail}",
    "回复：{detail}",
    "{actor} has the reply: {detail}. What it got is a copy; the server keeps its own.",
    "{actor} 收到回复：{detail}。它拿到的是副本，服务器进程保留自己的那份。",
);
pub const ASK_RAISED: Outcome = Outcome::new(
    3,
    "raised",
    "reply: {detail}",
    "回复：{detail}",
    "{actor's} request failed in the server, and the same error is raised here: {detail}.",
    "{actor} 的请求在服务器进程里失败，同样的错误在这里抛出：{detail}。",
);

pub const ASK_READS: Outcome = Outcome::new(
    4,
    "reads",
    "reply to {detail} …",
    "{detail} 的回复 …",
    "{actor} read the part of the reply to {detail} that has arrived and waits for the rest.",
    "{actor} 读了 {detail} 的回复已到达的部分，等待其余部分。",
);

pub const ASK_DONE: Outcome = Outcome::new(
    5,
    "done",
    "done: {detail}",
    "完成：{detail}",
    "{actor} has the reply: {detail} has been done.",
    "{actor} 收到回复：{detail} 已完成。",
);
pub const ASK_LENT: Outcome = Outcome::new(
    6,
    "lent",
    "reply: {detail}",
    "回复：{detail}",
    "{actor} has the reply: {detail}. What it got is a handle; the object itself stays with the server.",
    "{actor} 收到回复：{detail}。它拿到的是句柄，对象本身留在服务器进程里。",
);

pub const SERVE: Op = Op {
    id: OpId::new(ID, 3),
    name: "serve",
    next: words("serve", "服务"),
    outcomes: &[SERVE_TOOK, SERVE_IDLE, SERVE_PARTLY, SERVE_ENDED, SERVE_REPLIED],
    ..Op::PLAIN
};
pub const SERVE_TOOK: Outcome = Outcome::new(
    0,
    "took",
    "takes {message}",
    "取出 {message}",
    "{actor} took the request {message}: it acts for the process that asked.",
    "{actor} 取出请求 {message}：它替提出请求的进程行事。",
);
pub const SERVE_IDLE: Outcome =
    Outcome::new(1, "idle", "waits for requests", "等待请求", "{actor} waits for the next request.", "{actor} 等待下一个请求。");
pub const SERVE_PARTLY: Outcome = Outcome::new(
    2,
    "partly",
    "takes {message} …",
    "取出 {message} …",
    "{actor} read the part of a request that has arrived and waits for the rest.",
    "{actor} 读了请求已到达的部分，等待其余部分。",
);
pub const SERVE_ENDED: Outcome = Outcome::new(
    3,
    "ended",
    "connection closed",
    "连接已关闭",
    "{actor} has nobody to serve any more and ends.",
    "{actor} 不再有可服务的进程，结束了。",
);

pub const SERVE_REPLIED: Outcome = Outcome::new(
    4,
    "replied",
    "replies {message}",
    "回复 {message}",
    "{actor} wrote the reply {message} and waits for the next request.",
    "{actor} 写出回复 {message}，等待下一个请求。",
);

pub const REPLY: Op = Op {
    id: OpId::new(ID, 4),
    name: "reply",
    next: words("reply {detail}", "回复 {detail}"),
    outcomes: &[REPLY_PARTLY, REPLY_LOST],
    ..Op::PLAIN
};
pub const REPLY_PARTLY: Outcome = Outcome::new(
    1,
    "partly",
    "replies {message} …",
    "回复 {message} …",
    "The reply {message} does not fit the socket: {actor} wrote what fits and waits until there is room.",
    "回复 {message} 装不进套接字：{actor} 写入能装下的部分，等待空间。",
);
pub const REPLY_LOST: Outcome = Outcome::new(
    2,
    "lost",
    "nobody to reply to",
    "无人可回复",
    "The process that {actor} served is gone: nobody will have the reply.",
    "{actor} 服务的进程已经不在：没有人会收到回复。",
);
