//! Event: a flag that processes wait for. Everyone waiting when it goes up is woken.

use super::{Gives, Kind, Op, Outcome, Part, Shape, words};
use crate::trace::{KindId, OpId};

pub const ID: KindId = KindId(6);

pub const KIND: Kind = Kind {
    id: ID,
    name: "Event",
    about: words("a flag that processes wait for", "进程可以等待的标志"),
    parts: PARTS,
    ops: OPS,
    hand: &[SET.id, CLEAR.id],
    kept: false,
};

/// Indices of the parts.
pub const FLAG: u8 = 0;
pub const WAITERS: u8 = 1;

const PARTS: &[Part] = &[
    Part::new(Shape::Flag, "flag", "标志").wanted_by(WAITERS).awaited("{object} to be set", "{object} 被设置"),
    Part::new(Shape::Waiters, "waiting", "等待者").awaited("{object} to be set", "{object} 被设置"),
];

const OPS: &[Op] = &[MAKE, SET, CLEAR, IS_SET, WAIT];

pub const MAKE: Op = Op { id: OpId::new(ID, 1), name: "Event", next: words("Event()", "Event()"), outcomes: &[MAKE_MADE], ..Op::PLAIN };
pub const MAKE_MADE: Outcome = Outcome::new(
    0,
    "made",
    "Event() {object}",
    "Event() {object}",
    "{actor} made the Event {object}; its flag is down.",
    "{actor} 创建了 Event {object}；标志尚未设置。",
);

pub const SET: Op = Op {
    id: OpId::new(ID, 2),
    name: "set",
    next: words("set {object}", "set {object}"),
    outcomes: &[SET_RAISED, SET_WOKE, SET_ALREADY],
    gives: &[Gives::Raises(FLAG)],
    ..Op::PLAIN
};
pub const SET_RAISED: Outcome = Outcome::new(
    0,
    "raised",
    "set {object}",
    "set {object}",
    "{actor} set {object}; nobody was waiting for it. It stays set until somebody clears it.",
    "{actor} 设置了 {object}；没有人在等它。在有人清除之前，它一直是设置的。",
);
pub const SET_WOKE: Outcome = Outcome::new(
    1,
    "woke",
    "set {object}",
    "set {object}",
    "{actor} set {object}, which wakes everybody who waits for it: {moved}.",
    "{actor} 设置了 {object}，唤醒所有等它的：{moved}。",
);
pub const SET_ALREADY: Outcome = Outcome::new(
    2,
    "already",
    "set {object}",
    "set {object}",
    "{object} was already set: {actor's} set changed nothing.",
    "{object} 早已设置：{actor} 的 set 没有改变什么。",
);

pub const CLEAR: Op = Op {
    id: OpId::new(ID, 3),
    name: "clear",
    next: words("clear {object}", "clear {object}"),
    outcomes: &[CLEAR_LOWERED],
    gives: &[Gives::Lowers(FLAG)],
    ..Op::PLAIN
};
pub const CLEAR_LOWERED: Outcome = Outcome::new(
    0,
    "lowered",
    "clear {object}",
    "clear {object}",
    "{actor} cleared {object}: whoever waits from now on waits for the next set.",
    "{actor} 清除了 {object}：之后的等待者要等下一次 set。",
);

pub const IS_SET: Op =
    Op { id: OpId::new(ID, 4), name: "is_set", next: words("is_set {object}", "is_set {object}"), outcomes: &[IS_SET_READ], ..Op::PLAIN };
pub const IS_SET_READ: Outcome = Outcome::new(
    0,
    "read",
    "is_set: {detail}",
    "is_set：{detail}",
    "{actor} asked whether {object} is set: {detail}, at this moment.",
    "{actor} 问 {object} 是否已设置：此刻是 {detail}。",
);

pub const WAIT: Op = Op {
    id: OpId::new(ID, 5),
    name: "wait",
    next: words("wait {object}", "wait {object}"),
    outcomes: &[WAIT_PASSED, WAIT_WAITS, WAIT_WOKEN, WAIT_EXPIRED],
    ..Op::PLAIN
};
pub const WAIT_PASSED: Outcome = Outcome::new(
    0,
    "passed",
    "wait: true",
    "wait：true",
    "{object} is set, so {actor's} wait returns at once.",
    "{object} 已设置，{actor} 的 wait 立即返回。",
);
pub const WAIT_WAITS: Outcome = Outcome::new(
    1,
    "waits",
    "wait",
    "wait",
    "{object} is not set{pulse}: {actor} waits in the kernel.",
    "{object} 未设置{pulse}：{actor} 在内核里等待。",
);
pub const WAIT_WOKEN: Outcome = Outcome::new(
    2,
    "woken",
    "wait: {detail}",
    "wait：{detail}",
    "{actor} was woken by a set; its wait returns {detail}, which is what the flag says now.",
    "{actor} 被 set 唤醒；wait 返回 {detail}，即标志此刻的值。",
);
pub const WAIT_EXPIRED: Outcome = Outcome::new(
    3,
    "expired",
    "wait: {detail}",
    "wait：{detail}",
    "{object} was not set in time: {actor's} wait returns {detail}.",
    "{object} 没有及时被设置：{actor} 的 wait 返回 {detail}。",
);
