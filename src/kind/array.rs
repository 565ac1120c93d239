//! Array: typed cells in shared memory, with a lock unless it was made without.

use super::managed::COPY;
use super::{Asks, Gives, Kind, Op, Outcome, Part, Shape, words};
use crate::trace::{KindId, OpId};

pub const ID: KindId = KindId(11);

pub const KIND: Kind = Kind {
    id: ID,
    name: "Array",
    about: words("numbers in memory that processes share", "进程共享内存中的一列数"),
    parts: PARTS,
    ops: OPS,
    hand: &[WRITE.id],
    kept: false,
};

/// Indices of the parts.
pub const CELLS: u8 = 0;

const PARTS: &[Part] = &[Part::new(Shape::Cells, "cells", "单元")];

const OPS: &[Op] = &[MAKE, READ, WRITE, COPY];

pub const MAKE: Op =
    Op { id: OpId::new(ID, 1), name: "Array", next: words("Array()", "Array()"), outcomes: &[MAKE_MADE, MAKE_FILLED], ..Op::PLAIN };
pub const MAKE_MADE: Outcome = Outcome::new(
    0,
    "made",
    "Array() {object}",
    "Array() {object}",
    "{actor} made {object}, memory that processes share.",
    "{actor} 创建了 {object}，一块进程共享的内存。",
);
pub const MAKE_FILLED: Outcome = Outcome::new(
    1,
    "filled",
    "fill {object}",
    "填充 {object}",
    "{actor} gave more cells of {object} their first values.",
    "{actor} 给 {object} 的更多单元赋了初值。",
);

pub const READ: Op = Op {
    id: OpId::new(ID, 2),
    name: "read",
    next: words("read {object}[{index}]", "read {object}[{index}]"),
    outcomes: &[READ_READ, READ_WAITS, READ_SLICED],
    ..Op::PLAIN
};
pub const READ_READ: Outcome = Outcome::new(
    0,
    "read",
    "{object}[{index}] ▹ {detail}",
    "{object}[{index}] ▹ {detail}",
    "{actor} read {object}[{index}]: {detail}.",
    "{actor} 读取 {object}[{index}]：{detail}。",
);
pub const READ_WAITS: Outcome = Outcome::new(
    1,
    "waits",
    "read {object}[{index}]",
    "read {object}[{index}]",
    "{owner} holds the lock of {object}: {actor} waits before it may read.",
    "{owner} 持有 {object} 的锁：{actor} 要先等到锁，才能读取。",
);

pub const READ_SLICED: Outcome = Outcome::new(
    2,
    "sliced",
    "{object}[..] ▹ {detail}",
    "{object}[..] ▹ {detail}",
    "{actor} read several cells of {object} at once: {detail}.",
    "{actor} 一次读取了 {object} 的多个单元：{detail}。",
);

pub const WRITE: Op = Op {
    id: OpId::new(ID, 3),
    name: "write",
    next: words("{object}[{index}] = {detail}", "{object}[{index}] = {detail}"),
    outcomes: &[WRITE_WROTE, WRITE_WAITS],
    gives: &[Gives::Writes(CELLS)],
    asks: Asks::Cell(CELLS),
};
pub const WRITE_WROTE: Outcome = Outcome::new(
    0,
    "wrote",
    "{object}[{index}] = {detail}",
    "{object}[{index}] = {detail}",
    "{actor} wrote {detail} to {object}[{index}]: every process that shares it sees the new value.",
    "{actor} 把 {detail} 写入 {object}[{index}]：所有共享它的进程都看到新值。",
);
pub const WRITE_WAITS: Outcome = Outcome::new(
    1,
    "waits",
    "write {object}[{index}]",
    "write {object}[{index}]",
    "{owner} holds the lock of {object}: {actor} waits before it may write.",
    "{owner} 持有 {object} 的锁：{actor} 要先等到锁，才能写入。",
);
