//! JoinableQueue: a Queue that also counts what was put and not yet said to be done. All that a Queue has
//! and does is a Queue's; the count and those who wait for it to come to nothing stand beside it.

use super::queue::{self, CANCEL_JOIN_THREAD, CLOSE, EMPTY, FULL, GET, JOIN_THREAD, PUT, QSIZE};
use super::{Gives, Kind, Op, Outcome, Part, Shape, words};
use crate::trace::{KindId, OpId};

pub const ID: KindId = KindId(15);

pub const KIND: Kind = Kind {
    id: ID,
    name: "JoinableQueue",
    about: words("a queue that counts what is not yet done", "会记录未完成数目的队列"),
    parts: &PARTS,
    ops: &[MAKE, PUT, GET, QSIZE, EMPTY, FULL, CLOSE, JOIN_THREAD, CANCEL_JOIN_THREAD, TASK_DONE, JOIN],
    hand: &[PUT.id, GET.id, TASK_DONE.id],
    kept: false,
};

/// Indices of the parts that a Queue has not.
pub const UNFINISHED: u8 = queue::PARTS.len() as u8;
pub const JOINERS: u8 = UNFINISHED + 1;

const PARTS: [Part; JOINERS as usize + 1] = {
    let unfinished = Part::new(Shape::Count, "unfinished", "未完成").wanted_by(JOINERS);
    let mut parts = [unfinished; JOINERS as usize + 1];
    let mut at = 0;
    while at < queue::PARTS.len() {
        parts[at] = queue::PARTS[at];
        at += 1;
    }
    parts[JOINERS as usize] =
        Part::new(Shape::Waiters, "joining", "在 join").awaited("everything put into {object} to be done", "放入 {object} 的一切完成");
    parts
};

pub const MAKE: Op = Op {
    id: OpId::new(ID, 1),
    name: "JoinableQueue",
    next: words("JoinableQueue()", "JoinableQueue()"),
    outcomes: &[MAKE_MADE],
    ..Op::PLAIN
};
pub const MAKE_MADE: Outcome = Outcome::new(
    0,
    "made",
    "JoinableQueue() {object}",
    "JoinableQueue() {object}",
    "{actor} made the queue {object}, which counts what was put and is not yet done.",
    "{actor} 创建了队列 {object}，它会记录已放入而未完成的数目。",
);

pub const TASK_DONE: Op = Op {
    id: OpId::new(ID, 2),
    name: "task_done",
    next: words("task_done {object}", "task_done {object}"),
    outcomes: &[TASK_DONE_DONE, TASK_DONE_LAST, TASK_DONE_WOKE],
    gives: &[Gives::Lessens(UNFINISHED)],
    ..Op::PLAIN
};
pub const TASK_DONE_DONE: Outcome = Outcome::new(
    0,
    "done",
    "task_done",
    "task_done",
    "{actor} said that {message} is done. Still unfinished of what was put into {object}: {count}.",
    "{actor} 说明 {message} 已完成；放入 {object} 的还有 {count} 个未完成。",
);
pub const TASK_DONE_LAST: Outcome = Outcome::new(
    1,
    "last",
    "task_done: 0",
    "task_done：0",
    "{actor} said that {message} is done: nothing that was put into {object} is unfinished now.",
    "{actor} 说明 {message} 已完成：放入 {object} 的现在全部完成。",
);
pub const TASK_DONE_WOKE: Outcome = Outcome::new(
    2,
    "woke",
    "task_done: 0",
    "task_done：0",
    "{actor} said that {message} is done, the last one in {object}: that wakes {moved}.",
    "{actor} 说明 {message} 已完成，它是 {object} 里最后一个：唤醒 {moved}。",
);

pub const JOIN: Op = Op {
    id: OpId::new(ID, 3),
    name: "join",
    next: words("join {object}", "join {object}"),
    outcomes: &[JOIN_PASSED, JOIN_WAITS, JOIN_RETURNED, JOIN_LATE],
    ..Op::PLAIN
};
pub const JOIN_PASSED: Outcome = Outcome::new(
    0,
    "passed",
    "join {object}",
    "join {object}",
    "Nothing in {object} is unfinished, so {actor's} join returns at once.",
    "{object} 里没有未完成的，{actor} 的 join 立即返回。",
);
pub const JOIN_WAITS: Outcome = Outcome::new(
    1,
    "waits",
    "join {object}",
    "join {object}",
    "{actor} waits until everything that was put into {object} is done; {detail} unfinished.",
    "{actor} 等待放入 {object} 的一切完成；还有 {detail} 个未完成。",
);
pub const JOIN_RETURNED: Outcome = Outcome::new(
    2,
    "returned",
    "joined {object}",
    "join 完 {object}",
    "Everything that was put into {object} is done, so {actor's} join returns.",
    "放入 {object} 的一切已完成，{actor} 的 join 返回。",
);
pub const JOIN_LATE: Outcome = Outcome::new(
    3,
    "late",
    "joined {object}",
    "join 完 {object}",
    "Everything in {object} was done once, so {actor's} join returns, although {detail} have been put since.",
    "{object} 里的一切曾全部完成，{actor} 的 join 返回，尽管之后又放入了 {detail} 个。",
);
