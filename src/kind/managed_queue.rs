//! A manager's Queue (and JoinableQueue): it lies in the server, so what is put is seen at once, and its
//! size is exact.

use super::{Asks, Gives, Kind, Op, Outcome, Part, Shape, words};
use crate::trace::{KindId, OpId};

pub const ID: KindId = KindId(36);

pub const KIND: Kind = Kind {
    id: ID,
    name: "Queue",
    about: words("a queue in a manager's server", "管理器服务器进程中的队列"),
    parts: PARTS,
    ops: OPS,
    hand: &[PUT.id, GET.id, TASK_DONE.id],
    kept: true,
};

/// Indices of the parts.
pub const SLOTS: u8 = 0;
pub const GETTERS: u8 = 1;
pub const FREE: u8 = 2;
pub const PUTTERS: u8 = 3;
pub const UNFINISHED: u8 = 4;
pub const JOINERS: u8 = 5;

const PARTS: &[Part] = &[
    Part::new(Shape::Slots, "in the server", "在服务器进程中").wanted_by(GETTERS),
    Part::new(Shape::Waiters, "want a message", "等消息"),
    Part::new(Shape::Count, "free slots", "空位").wanted_by(PUTTERS).free_of(SLOTS).awaited("a free slot of {object}", "{object} 的空位"),
    Part::new(Shape::Waiters, "want a slot", "等空位"),
    Part::new(Shape::Count, "unfinished tasks", "未完成的任务").wanted_by(JOINERS),
    Part::new(Shape::Waiters, "wait for all tasks", "等全部任务完成")
        .awaited("everything put into {object} to be done", "放入 {object} 的一切完成"),
];

const OPS: &[Op] = &[MAKE, PUT, GET, ASK, TASK_DONE, JOIN];

pub const MAKE: Op =
    Op { id: OpId::new(ID, 1), name: "make", next: words("make {detail}", "创建 {detail}"), outcomes: &[MAKE_MADE], ..Op::PLAIN };
pub const MAKE_MADE: Outcome = Outcome::new(
    0,
    "made",
    "makes {object}",
    "创建 {object}",
    "{actor} made {object} in the server: what is put there lies there at once, in no buffer and no pipe.",
    "{actor} 在服务器进程里创建了 {object}：放入的消息立刻就在那里，不经过缓冲区和管道。",
);

pub const PUT: Op = Op {
    id: OpId::new(ID, 2),
    name: "put",
    next: words("put {detail}", "put {detail}"),
    outcomes: &[PUT_PUT, PUT_WAITS, PUT_EXPIRED],
    gives: &[Gives::Fills(SLOTS), Gives::Lessens(FREE), Gives::Adds(UNFINISHED)],
    asks: Asks::Value,
};
pub const PUT_PUT: Outcome = Outcome::new(
    0,
    "put",
    "put {message}",
    "put {message}",
    "In the server, {actor} put {message} into {object}, where everybody finds it at once.",
    "{actor} 在服务器进程里把 {message} 放进 {object}，所有进程立刻都能取到它。",
);
pub const PUT_WAITS: Outcome = Outcome::new(
    1,
    "waits",
    "put {detail}",
    "put {detail}",
    "{object} is full: {actor} waits in the server until somebody gets something.",
    "{object} 满了：{actor} 在服务器进程里等待，直到有人取走消息。",
);
pub const PUT_EXPIRED: Outcome = Outcome::new(
    2,
    "expired",
    "put: Full",
    "put：Full",
    "{object} stayed full: {actor's} put gave up with Full.",
    "{object} 一直是满的：{actor} 的 put 以 Full 放弃。",
);

pub const GET: Op = Op {
    id: OpId::new(ID, 3),
    name: "get",
    next: words("get {object}", "get {object}"),
    outcomes: &[GET_GOT, GET_WAITS, GET_EXPIRED, GET_TAKEN],
    gives: &[Gives::Takes(SLOTS), Gives::Adds(FREE)],
    ..Op::PLAIN
};
pub const GET_GOT: Outcome = Outcome::new(
    0,
    "got",
    "get {message}",
    "get {message}",
    "In the server, {actor} took {message} out of {object}; it goes on as the reply.",
    "{actor} 在服务器进程里从 {object} 取出 {message}，作为回复送出。",
);
pub const GET_WAITS: Outcome = Outcome::new(
    1,
    "waits",
    "get",
    "get",
    "{object} is empty: {actor} waits in the server until somebody puts something.",
    "{object} 是空的：{actor} 在服务器进程里等待，直到有人放入消息。",
);
pub const GET_EXPIRED: Outcome = Outcome::new(
    2,
    "expired",
    "get: Empty",
    "get：Empty",
    "{object} stayed empty: {actor's} get gave up with Empty.",
    "{object} 一直是空的：{actor} 的 get 以 Empty 放弃。",
);

pub const GET_TAKEN: Outcome = Outcome::new(
    3,
    "taken",
    "get {message}",
    "get {message}",
    "{actor} took {message} out of {object} by hand: no client gets it.",
    "{actor} 亲手从 {object} 取走了 {message}：没有客户端会得到它。",
);

pub const ASK: Op = Op { id: OpId::new(ID, 4), name: "ask", next: words("{detail}", "{detail}"), outcomes: &[ASK_READ], ..Op::PLAIN };
pub const ASK_READ: Outcome = Outcome::new(
    0,
    "read",
    "{detail}",
    "{detail}",
    "In the server, {actor} read: {detail}. Here that is exact, at this moment.",
    "{actor} 在服务器进程里读取：{detail}。此刻它是准确的。",
);

pub const TASK_DONE: Op = Op {
    id: OpId::new(ID, 5),
    name: "task_done",
    next: words("task_done {object}", "task_done {object}"),
    outcomes: &[TASK_DONE_DONE, TASK_DONE_LAST],
    gives: &[Gives::Lessens(UNFINISHED)],
    ..Op::PLAIN
};
pub const TASK_DONE_DONE: Outcome = Outcome::new(
    0,
    "done",
    "task_done: {detail}",
    "task_done：{detail}",
    "{actor} said that one task of {object} is done; {detail} are not.",
    "{actor} 说明 {object} 的一个任务完成了；还有 {detail} 个没有完成。",
);
pub const TASK_DONE_LAST: Outcome = Outcome::new(
    1,
    "last",
    "task_done: 0",
    "task_done：0",
    "{actor} said that the last task of {object} is done: whoever joins it goes on.",
    "{actor} 说明 {object} 的最后一个任务完成了：等待它的都可以继续。",
);

pub const JOIN: Op = Op {
    id: OpId::new(ID, 6),
    name: "join",
    next: words("join {object}", "join {object}"),
    outcomes: &[JOIN_JOINED, JOIN_WAITS],
    ..Op::PLAIN
};
pub const JOIN_JOINED: Outcome = Outcome::new(
    0,
    "joined",
    "joined {object}",
    "join 完 {object}",
    "All tasks of {object} are done: {actor's} join returns.",
    "{object} 的任务都完成了：{actor} 的 join 返回。",
);
pub const JOIN_WAITS: Outcome = Outcome::new(
    1,
    "waits",
    "join {object}",
    "join {object}",
    "Tasks of {object} are not done: {actor} waits in the server until they are.",
    "{object} 还有任务没有完成：{actor} 在服务器进程里等待。",
);
