//! Manager: a server process in whose memory objects live that other processes use by asking for it.
//! What it keeps is `managed`, the way to it `connection`.

use super::{Kind, Op, Outcome, Part, Shape, words};
use crate::trace::{KindId, OpId};

pub const ID: KindId = KindId(30);

pub const KIND: Kind = Kind {
    id: ID,
    name: "Manager",
    about: words("a server process that keeps objects for others", "替其他进程保管对象的服务器进程"),
    parts: PARTS,
    ops: OPS,
    hand: &[],
    kept: false,
};

/// Indices of the parts.
pub const ENDS: u8 = 0;
pub const SERVING: u8 = 1;

const PARTS: &[Part] =
    &[Part::new(Shape::Ends(&[words("listener", "监听端")]), "socket", "套接字"), Part::new(Shape::Flag, "serving", "服务中")];

const OPS: &[Op] = &[MAKE, START, SHUTDOWN, ACCEPT];

pub const MAKE: Op = Op {
    id: OpId::new(ID, 1),
    name: "Manager",
    next: words("make a manager", "创建管理器"),
    outcomes: &[MAKE_MADE, MAKE_SERVING],
    ..Op::PLAIN
};
pub const MAKE_MADE: Outcome = Outcome::new(
    0,
    "made",
    "BaseManager() {object}",
    "BaseManager() {object}",
    "{actor} made {object}; it has no server process yet.",
    "{actor} 创建了 {object}；它还没有服务器进程。",
);
pub const MAKE_SERVING: Outcome = Outcome::new(
    1,
    "serving",
    "Manager() {object}",
    "Manager() {object}",
    "{actor} made {object} and started its server, a process of its own, in whose memory everything lies that {object} keeps.",
    "{actor} 创建了 {object} 并启动了它的服务器进程：{object} 保管的一切都在那个进程的内存里。",
);

pub const START: Op =
    Op { id: OpId::new(ID, 2), name: "start", next: words("start {object}", "start {object}"), outcomes: &[START_STARTED], ..Op::PLAIN };
pub const START_STARTED: Outcome = Outcome::new(
    0,
    "started",
    "start {object}",
    "start {object}",
    "{actor} started the server of {object}, a process of its own, in whose memory everything lies that {object} keeps.",
    "{actor} 启动了 {object} 的服务器进程：{object} 保管的一切都在那个进程的内存里。",
);

pub const SHUTDOWN: Op = Op {
    id: OpId::new(ID, 3),
    name: "shutdown",
    next: words("shutdown {object}", "shutdown {object}"),
    outcomes: &[SHUTDOWN_ASKED, SHUTDOWN_DONE, SHUTDOWN_NOTHING, SHUTDOWN_TERMINATES, SHUTDOWN_KILLS, SHUTDOWN_WAITS_ON],
    ..Op::PLAIN
};
pub const SHUTDOWN_ASKED: Outcome = Outcome::new(
    0,
    "asked",
    "shutdown {object}",
    "shutdown {object}",
    "{actor} told the server of {object} to end, and waits until it has.",
    "{actor} 让 {object} 的服务器进程结束，并等它结束。",
);
pub const SHUTDOWN_DONE: Outcome = Outcome::new(
    1,
    "done",
    "{object} is down",
    "{object} 已关闭",
    "The server of {object} has ended, and what it kept has gone with it.",
    "{object} 的服务器进程已结束，它保管的一切也随之消失。",
);
pub const SHUTDOWN_NOTHING: Outcome = Outcome::new(
    2,
    "nothing",
    "shutdown {object}",
    "shutdown {object}",
    "{object} has no server any more: {actor's} shutdown did nothing.",
    "{object} 已没有服务器进程：{actor} 的 shutdown 什么也没做。",
);

pub const SHUTDOWN_TERMINATES: Outcome = Outcome::new(
    3,
    "terminates",
    "SIGTERM to the server",
    "向服务器进程发 SIGTERM",
    "The server of {object} is stopped and has not ended within a second: {actor} sends it SIGTERM, and waits another second.",
    "{object} 的服务器进程停着，一秒内没有结束：{actor} 向它发 SIGTERM，再等一秒。",
);
pub const SHUTDOWN_KILLS: Outcome = Outcome::new(
    4,
    "kills",
    "SIGKILL to the server",
    "向服务器进程发 SIGKILL",
    "A process that is stopped does not notice SIGTERM, and the server of {object} still is: {actor} sends it SIGKILL.",
    "停着的进程收不到 SIGTERM，而 {object} 的服务器进程还停着：{actor} 向它发 SIGKILL。",
);
pub const SHUTDOWN_WAITS_ON: Outcome = Outcome::new(
    5,
    "waits on",
    "shutdown {object}",
    "shutdown {object}",
    "A second has passed, and the server of {object} is not stopped but has not ended either: {actor} waits on.",
    "一秒过去了，{object} 的服务器进程没有停着，但也还没结束：{actor} 继续等待。",
);

pub const ACCEPT: Op = Op {
    id: OpId::new(ID, 4),
    name: "accept",
    next: words("accept", "accept"),
    outcomes: &[ACCEPT_WAITS, ACCEPT_ACCEPTED, ACCEPT_REFUSED, ACCEPT_CLOSES],
    ..Op::PLAIN
};
pub const ACCEPT_WAITS: Outcome = Outcome::new(
    0,
    "waits",
    "listens",
    "监听",
    "{actor} listens: it waits for processes that want to use what {object} keeps.",
    "{actor} 在监听：等待想使用 {object} 的进程。",
);
pub const ACCEPT_ACCEPTED: Outcome = Outcome::new(
    1,
    "accepted",
    "accepts {detail}",
    "接受 {detail}",
    "{actor} accepted a connection from {detail}, and a thread of its own will serve it.",
    "{actor} 接受了 {detail} 的连接，由一个专门的线程为它服务。",
);
pub const ACCEPT_REFUSED: Outcome = Outcome::new(
    2,
    "refused",
    "refuses a caller",
    "拒绝连接",
    "{actor} refused a connection: {detail}.",
    "{actor} 拒绝了一个连接：{detail}。",
);
pub const ACCEPT_CLOSES: Outcome =
    Outcome::new(3, "closes", "is to end", "收到结束请求", "{actor} was told to end.", "{actor} 收到了结束的请求。");
