//! Value: one typed cell in shared memory, with a lock unless it was made without.

use super::managed::COPY;
use super::{Asks, Gives, Keys, Kind, Op, Outcome, Part, Shape, words};
use crate::trace::{KindId, OpId};

pub const ID: KindId = KindId(10);

pub const KIND: Kind = Kind {
    id: ID,
    name: "Value",
    about: words("one number in memory that processes share", "进程共享内存中的一个数"),
    parts: PARTS,
    ops: OPS,
    hand: &[WRITE.id],
    kept: false,
};

/// Indices of the parts.
pub const CELLS: u8 = 0;

const PARTS: &[Part] = &[Part::new(Shape::Cells, "value", "值").keyed_by(Keys::One)];

const OPS: &[Op] = &[MAKE, READ, WRITE, COPY];

pub const MAKE: Op =
    Op { id: OpId::new(ID, 1), name: "Value", next: words("Value()", "Value()"), outcomes: &[MAKE_MADE, MAKE_FILLED], ..Op::PLAIN };
pub const MAKE_MADE: Outcome = Outcome::new(
    0,
    "made",
    "Value() {object}",
    "Value() {object}",
    "{actor} made {object}, memory that processes share.",
    "{actor} 创建了 {object}，一块进程共享的内存。",
);
pub const MAKE_FILLED: Outcome =
    Outcome::new(1, "filled", "fill {object}", "填充 {object}", "{actor} gave {object} its first value.", "{actor} 给 {object} 赋了初值。");

pub const READ: Op = Op {
    id: OpId::new(ID, 2),
    name: "read",
    next: words("read {object}", "read {object}"),
    outcomes: &[READ_READ, READ_WAITS],
    ..Op::PLAIN
};
pub const READ_READ: Outcome = Outcome::new(
    0,
    "read",
    "{object} ▹ {detail}",
    "{object} ▹ {detail}",
    "{actor} read {object}: {detail}.",
    "{actor} 读取 {object}：{detail}。",
);
pub const READ_WAITS: Outcome = Outcome::new(
    1,
    "waits",
    "read {object}",
    "read {object}",
    "{owner} holds the lock of {object}: {actor} waits before it may read.",
    "{owner} 持有 {object} 的锁：{actor} 要先等到锁，才能读取。",
);

pub const WRITE: Op = Op {
    id: OpId::new(ID, 3),
    name: "write",
    next: words("{object} = {detail}", "{object} = {detail}"),
    outcomes: &[WRITE_WROTE, WRITE_WAITS],
    gives: &[Gives::Writes(CELLS)],
    asks: Asks::Cell(CELLS),
};
pub const WRITE_WROTE: Outcome = Outcome::new(
    0,
    "wrote",
    "{object} = {detail}",
    "{object} = {detail}",
    "{actor} wrote {detail} to {object}: every process that shares it sees the new value.",
    "{actor} 把 {detail} 写入 {object}：所有共享它的进程都看到新值。",
);
pub const WRITE_WAITS: Outcome = Outcome::new(
    1,
    "waits",
    "write {object}",
    "write {object}",
    "{owner} holds the lock of {object}: {actor} waits before it may write.",
    "{owner} 持有 {object} 的锁：{actor} 要先等到锁，才能写入。",
);
