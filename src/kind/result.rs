//! AsyncResult: what a pool gave for a task, or for all tasks of one map, once it is there.

use super::{Kind, Op, Outcome, Part, Shape, words};
use crate::trace::{KindId, OpId};

pub const ID: KindId = KindId(42);

pub const KIND: Kind = Kind {
    id: ID,
    name: "AsyncResult",
    about: words("what a pool gives for tasks, once it is there", "进程池对任务的答复，到了就可以取"),
    parts: PARTS,
    ops: OPS,
    hand: &[],
    kept: false,
};

/// Indices of the parts.
pub const ANSWERS: u8 = 0;
pub const THERE: u8 = 1;
pub const WAITERS: u8 = 2;

const PARTS: &[Part] = &[
    Part::new(Shape::Slots, "answers", "答复").arrived(),
    Part::new(Shape::Count, "results there", "已到的结果").wanted_by(WAITERS).awaited("the result {object}", "结果 {object}"),
    Part::new(Shape::Waiters, "waiting", "等待者"),
];

const OPS: &[Op] = &[GET, WAIT, READY, SUCCESSFUL, NEXT];

const WAITS_EN: &str = "{object} is not there yet: {actor} waits for it.";
const WAITS_ZH: &str = "{object} 还没有到：{actor} 等待它。";

pub const GET: Op = Op {
    id: OpId::new(ID, 1),
    name: "get",
    next: words("get {object}", "get {object}"),
    outcomes: &[GET_GOT, GET_WAITS, GET_EXPIRED, GET_RAISED],
    ..Op::PLAIN
};
pub const GET_GOT: Outcome = Outcome::new(
    0,
    "got",
    "get: {detail}",
    "get：{detail}",
    "{actor} read the result {object}: {detail}.",
    "{actor} 读取结果 {object}：{detail}。",
);
pub const GET_WAITS: Outcome = Outcome::new(1, "waits", "get {object} …", "get {object} …", WAITS_EN, WAITS_ZH);
pub const GET_EXPIRED: Outcome = Outcome::new(
    2,
    "expired",
    "get: TimeoutError",
    "get：TimeoutError",
    "{object} was not there in time: {actor's} get gave up with TimeoutError.",
    "{object} 没有及时到：{actor} 的 get 以 TimeoutError 放弃。",
);
pub const GET_RAISED: Outcome = Outcome::new(
    3,
    "raised",
    "get: {detail}",
    "get：{detail}",
    "The task behind {object} failed, and get raises its error where the result is asked for: {detail}.",
    "{object} 背后的任务失败了，get 在取结果的地方抛出它的错误：{detail}。",
);

pub const WAIT: Op = Op {
    id: OpId::new(ID, 2),
    name: "wait",
    next: words("wait for {object}", "等待 {object}"),
    outcomes: &[WAIT_RETURNED, WAIT_WAITS, WAIT_EXPIRED],
    ..Op::PLAIN
};
pub const WAIT_RETURNED: Outcome =
    Outcome::new(0, "returned", "wait {object}", "wait {object}", "{object} is there: {actor} goes on.", "{object} 已到：{actor} 继续。");
pub const WAIT_WAITS: Outcome = Outcome::new(1, "waits", "wait {object} …", "wait {object} …", WAITS_EN, WAITS_ZH);
pub const WAIT_EXPIRED: Outcome = Outcome::new(
    2,
    "expired",
    "wait: time is up",
    "wait：超时",
    "{object} was not there in time; wait returns all the same, so {actor} has to ask ready().",
    "{object} 没有及时到；wait 照样返回，所以 {actor} 要问 ready()。",
);

pub const READY: Op =
    Op { id: OpId::new(ID, 3), name: "ready", next: words("ready {object}", "ready {object}"), outcomes: &[READY_READ], ..Op::PLAIN };
pub const READY_READ: Outcome = Outcome::new(
    0,
    "read",
    "ready: {detail}",
    "ready：{detail}",
    "{actor} asked whether {object} is there: {detail}.",
    "{actor} 问 {object} 到了没有：{detail}。",
);

pub const SUCCESSFUL: Op = Op {
    id: OpId::new(ID, 4),
    name: "successful",
    next: words("successful {object}", "successful {object}"),
    outcomes: &[SUCCESSFUL_READ],
    ..Op::PLAIN
};
pub const SUCCESSFUL_READ: Outcome = Outcome::new(
    0,
    "read",
    "successful: {detail}",
    "successful：{detail}",
    "{actor} asked whether the tasks behind {object} ended without an error: {detail}.",
    "{actor} 问 {object} 背后的任务是否都没有出错：{detail}。",
);

pub const NEXT: Op = Op {
    id: OpId::new(ID, 5),
    name: "next",
    next: words("next of {object}", "{object} 的下一个"),
    outcomes: &[NEXT_GOT, NEXT_WAITS, NEXT_RAISED],
    ..Op::PLAIN
};
pub const NEXT_GOT: Outcome = Outcome::new(
    0,
    "got",
    "next: {detail}",
    "下一个：{detail}",
    "{actor} took the next result of {object}: {detail}.",
    "{actor} 取到 {object} 的下一个结果：{detail}。",
);
pub const NEXT_WAITS: Outcome = Outcome::new(
    1,
    "waits",
    "next …",
    "下一个 …",
    "The next result of {object} is not there yet: {actor} waits for it.",
    "{object} 的下一个结果还没有到：{actor} 等待它。",
);
pub const NEXT_RAISED: Outcome = Outcome::new(
    2,
    "raised",
    "next: {detail}",
    "下一个：{detail}",
    "The next task of {object} failed; its error is raised here: {detail}.",
    "{object} 的下一个任务失败了，它的错误在这里抛出：{detail}。",
);
