//! Pool: worker processes that take tasks from one queue and put results into another; a handler thread
//! in its maker's process hands the results out and replaces workers that died.

use super::{Gives, Kind, Op, Outcome, Part, Shape, words};
use crate::trace::{KindId, OpId};

pub const ID: KindId = KindId(40);

pub const KIND: Kind = Kind {
    id: ID,
    name: "Pool",
    about: words("worker processes that take tasks and give results", "一组工作进程：取走任务，交回结果"),
    parts: PARTS,
    ops: OPS,
    hand: &[],
    kept: false,
};

/// Indices of the parts.
pub const UNFINISHED: u8 = 0;
pub const CLOSED: u8 = 1;
pub const STOPPING: u8 = 2;

const PARTS: &[Part] = &[
    Part::new(Shape::Count, "tasks unfinished", "未完成的任务"),
    Part::new(Shape::Flag, "closed", "已关闭"),
    Part::new(Shape::Flag, "terminated", "已终止"),
];

const OPS: &[Op] = &[MAKE, APPLY, MAP, IMAP, HANDLE, CLOSE, TERMINATE, JOIN];

pub const MAKE: Op = Op { id: OpId::new(ID, 1), name: "Pool", next: words("Pool()", "Pool()"), outcomes: &[MAKE_MADE], ..Op::PLAIN };
pub const MAKE_MADE: Outcome = Outcome::new(
    0,
    "made",
    "Pool() {object}",
    "Pool() {object}",
    "{actor} made the pool {object} with a queue for tasks and one for results; now it starts {detail} workers.",
    "{actor} 创建了进程池 {object}，它有一个任务队列和一个结果队列；接着启动 {detail} 个工作进程。",
);

const HANDED_ROW: &str = "{op} {message}";
const HANDED_EN: &str = "{actor} handed in {message}. Its feeder writes it to the queue of {object}, where any worker may take it.";
const HANDED_ZH: &str = "{actor} 交出了 {message}。它的写入线程会把它写进 {object} 的任务队列，任何工作进程都可以取走。";

pub const APPLY: Op = Op {
    id: OpId::new(ID, 2),
    name: "apply_async",
    next: words("apply_async {detail}", "apply_async {detail}"),
    outcomes: &[APPLY_HANDED, APPLY_REFUSED],
    ..Op::PLAIN
};
pub const APPLY_HANDED: Outcome = Outcome::new(0, "handed", HANDED_ROW, HANDED_ROW, HANDED_EN, HANDED_ZH);
pub const APPLY_REFUSED: Outcome = Outcome::new(
    1,
    "refused",
    "{op}: lost",
    "{op}：丢失",
    "{actor's} task cannot travel to a worker. Nothing is raised here: the error ({detail}) waits in the result until somebody asks for it.",
    "{actor} 的任务无法送到工作进程。这里不会报错：错误（{detail}）留在结果里，直到有人来取。",
);

pub const MAP: Op = Op {
    id: OpId::new(ID, 3),
    name: "map",
    next: words("map: hand in {detail}", "map：交出 {detail}"),
    outcomes: &[MAP_HANDED, MAP_EMPTY, MAP_REFUSED],
    ..Op::PLAIN
};
pub const MAP_HANDED: Outcome = Outcome::new(0, "handed", HANDED_ROW, HANDED_ROW, HANDED_EN, HANDED_ZH);
pub const MAP_EMPTY: Outcome = Outcome::new(
    1,
    "empty",
    "map []",
    "map []",
    "{actor} had no tasks for {object}: the result is there at once.",
    "{actor} 没有任务要交给 {object}：结果立刻就有。",
);
pub const MAP_REFUSED: Outcome = Outcome { id: 2, ..APPLY_REFUSED };

pub const IMAP: Op = Op {
    id: OpId::new(ID, 4),
    name: "imap",
    next: words("imap: hand in {detail}", "imap：交出 {detail}"),
    outcomes: &[IMAP_HANDED, IMAP_EMPTY, IMAP_REFUSED],
    ..Op::PLAIN
};
pub const IMAP_HANDED: Outcome = Outcome::new(0, "handed", HANDED_ROW, HANDED_ROW, HANDED_EN, HANDED_ZH);
pub const IMAP_EMPTY: Outcome = Outcome { id: 1, row: words("imap []", "imap []"), ..MAP_EMPTY };
pub const IMAP_REFUSED: Outcome = Outcome { id: 2, ..APPLY_REFUSED };

pub const HANDLE: Op = Op {
    id: OpId::new(ID, 5),
    name: "handle",
    next: words("look after {object}", "照看 {object}"),
    outcomes: &[HANDLE_IDLE, HANDLE_DEALT, HANDLE_PARTLY, HANDLE_FAILED, HANDLE_NOTED, HANDLE_SENT, HANDLE_GAVE_UP, HANDLE_ENDED],
    ..Op::PLAIN
};
pub const HANDLE_IDLE: Outcome = Outcome::new(
    0,
    "idle",
    "waits for results",
    "等结果",
    "Nothing has come for the handler of {object}: it waits for results, and for the end of a worker.",
    "{object} 的管理线程还没有收到什么：它等待结果，也等待某个工作进程结束。",
);
pub const HANDLE_DEALT: Outcome = Outcome::new(
    1,
    "dealt",
    "{message} to {object}",
    "{message} 交给 {object}",
    "The pool's handler took {message} out of the results and laid it to {object}: whoever waits for it can go on.",
    "进程池的管理线程从结果队列取出 {message}，放进 {object}：等它的进程可以继续了。",
);
pub const HANDLE_PARTLY: Outcome = Outcome::new(
    2,
    "partly",
    "part of a result",
    "结果的一部分",
    "The pool's handler read the part of a result that has arrived, and waits for the rest.",
    "进程池的管理线程读了结果已到达的部分，等待其余部分。",
);
pub const HANDLE_FAILED: Outcome = Outcome::new(
    3,
    "failed",
    "{other} died",
    "{other} 死了",
    "{other} died in the middle of a task: its result is an error that says so, and the pool goes on.",
    "{other} 死在任务中途：这个任务的结果成为一个说明此事的错误，进程池继续工作。",
);
pub const HANDLE_NOTED: Outcome = Outcome::new(
    4,
    "noted",
    "{other} ended",
    "{other} 结束",
    "The pool's handler saw that {other} has ended with no task in hand.",
    "进程池的管理线程看到 {other} 已结束，手里没有任务。",
);
pub const HANDLE_SENT: Outcome = Outcome::new(
    5,
    "sent",
    "end mark",
    "结束标记",
    "There will be no more tasks: the handler of {object} puts an end mark into their queue, and the worker that takes it ends.",
    "不会再有任务：{object} 的管理线程往任务队列里放一个结束标记，取到它的工作进程就结束。",
);
pub const HANDLE_GAVE_UP: Outcome = Outcome::new(
    6,
    "gave_up",
    "{object} is broken",
    "{object} 已损坏",
    "A process died in the middle of an operation on a queue of {object}: what is left to do there fails.",
    "有进程死在对 {object} 的队列操作的中途：剩下的任务都失败。",
);
pub const HANDLE_ENDED: Outcome = Outcome::new(
    7,
    "ended",
    "handler ends",
    "管理线程结束",
    "All workers of {object} have ended, and so does its handler.",
    "{object} 的工作进程都已结束，它的管理线程也结束。",
);

pub const CLOSE: Op = Op {
    id: OpId::new(ID, 6),
    name: "close",
    next: words("close {object}", "close {object}"),
    outcomes: &[CLOSE_CLOSED],
    gives: &[Gives::Raises(CLOSED)],
    ..Op::PLAIN
};
pub const CLOSE_CLOSED: Outcome = Outcome::new(
    0,
    "closed",
    "close {object}",
    "close {object}",
    "{actor} closed {object}: it takes no more tasks, and its workers end when the last one is done.",
    "{actor} 关闭了 {object}：不再接受任务，最后一个任务做完后工作进程就结束。",
);

pub const TERMINATE: Op = Op {
    id: OpId::new(ID, 7),
    name: "terminate",
    next: words("terminate {object}", "terminate {object}"),
    outcomes: &[TERMINATE_STOPPED],
    gives: &[Gives::Raises(STOPPING)],
    ..Op::PLAIN
};
pub const TERMINATE_STOPPED: Outcome = Outcome::new(
    0,
    "stopped",
    "terminate {object}",
    "terminate {object}",
    "{actor} terminated {object}: tasks not yet taken are lost, and its workers get SIGTERM.",
    "{actor} 终止了 {object}：还没被取走的任务丢失，工作进程收到 SIGTERM。",
);

pub const JOIN: Op = Op {
    id: OpId::new(ID, 8),
    name: "join",
    next: words("join {object}", "join {object}"),
    outcomes: &[JOIN_JOINED, JOIN_WAITS],
    ..Op::PLAIN
};
pub const JOIN_JOINED: Outcome = Outcome::new(
    0,
    "joined",
    "join {object}",
    "join {object}",
    "All workers of {object} have ended: {actor} goes on.",
    "{object} 的工作进程都已结束：{actor} 继续。",
);
pub const JOIN_WAITS: Outcome = Outcome::new(
    1,
    "waits",
    "join {object} …",
    "join {object} …",
    "{actor} waits until all workers of {object} have ended.",
    "{actor} 等待 {object} 的所有工作进程结束。",
);
