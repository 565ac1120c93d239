//! What a manager's server keeps in its own memory: a list, a dict, a namespace, a single value. They
//! differ in what can be asked of them, not in what they are made of: cells, whose home is the server.

use super::{Asks, Gives, Keys, Kind, Op, Outcome, Part, Shape, Words, words};
use crate::trace::{KindId, OpId};

pub const LIST_ID: KindId = KindId(32);
pub const DICT_ID: KindId = KindId(33);
pub const NAMESPACE_ID: KindId = KindId(34);
pub const VALUE_ID: KindId = KindId(35);

pub const LIST: Kind = Kind {
    hand: &[WRITE.id, APPEND.id],
    ..kept(LIST_ID, "list", words("a list in a manager's server", "管理器服务器进程中的列表"), BY_INDEX)
};
pub const DICT: Kind = kept(DICT_ID, "dict", words("values by key in a manager's server", "管理器服务器进程中的字典"), BY_VALUE);
pub const NAMESPACE: Kind =
    kept(NAMESPACE_ID, "Namespace", words("values by name in a manager's server", "管理器服务器进程中的命名空间"), BY_NAME);
pub const VALUE: Kind = kept(VALUE_ID, "Value", words("one value in a manager's server", "管理器服务器进程中的一个值"), ALONE);

/// What a function of the script makes, with fields and methods.
pub const OBJECT_ID: KindId = KindId(37);
pub const OBJECT: Kind = kept(OBJECT_ID, "object", words("an object in a manager's server", "管理器服务器进程中的对象"), BY_NAME);

const fn kept(id: KindId, name: &'static str, about: Words, parts: &'static [Part]) -> Kind {
    Kind { id, name, about, parts, ops: OPS, hand: &[WRITE.id], kept: true }
}

/// Index of the part.
pub const CELLS: u8 = 0;

const CONTENT: Part = Part::new(Shape::Cells, "content", "内容");
const BY_INDEX: &[Part] = &[CONTENT.keyed_by(Keys::Index)];
const BY_VALUE: &[Part] = &[CONTENT.keyed_by(Keys::Value)];
const BY_NAME: &[Part] = &[CONTENT.keyed_by(Keys::Name)];
const ALONE: &[Part] = &[CONTENT.keyed_by(Keys::One)];

/// The operations keep their ids whatever they are done to.
const ID: KindId = LIST_ID;

const OPS: &[Op] = &[MAKE, DO, WRITE, APPEND, COPY];

pub const MAKE: Op =
    Op { id: OpId::new(ID, 1), name: "make", next: words("make {detail}", "创建 {detail}"), outcomes: &[MAKE_MADE], ..Op::PLAIN };
pub const MAKE_MADE: Outcome = Outcome::new(
    0,
    "made",
    "makes {object}",
    "创建 {object}",
    "{actor} made {object} in the server's own memory: no other process can touch it but by asking.",
    "{actor} 在服务器进程自己的内存里创建了 {object}：其他进程只能通过请求使用它。",
);

pub const DO: Op = Op {
    id: OpId::new(ID, 2),
    name: "do",
    next: words("{detail}", "{detail}"),
    outcomes: &[DO_READ, DO_CHANGED, DO_SET],
    gives: &[Gives::Writes(CELLS)],
    ..Op::PLAIN
};
pub const DO_READ: Outcome =
    Outcome::new(0, "read", "{detail}", "{detail}", "In the server, {actor} read: {detail}.", "{actor} 在服务器进程里读取：{detail}。");
pub const DO_CHANGED: Outcome = Outcome::new(
    1,
    "changed",
    "{detail}",
    "{detail}",
    "In the server, {actor} carried out {detail}: one request is one step that nobody can come between.",
    "{actor} 在服务器进程里执行 {detail}：一次请求是一步，谁也插不进来。",
);
pub const DO_SET: Outcome = Outcome::new(
    2,
    "set",
    "{detail}",
    "{detail}",
    "In the server, {actor} wrote {detail}: one step of a method; between two of them others may come.",
    "{actor} 在服务器进程里写入 {detail}：方法中的一步；两步之间别的线程可能插进来。",
);

/// What the hand writes; everybody else asks for it, with `DO`.
pub const WRITE: Op = Op {
    id: OpId::new(ID, 3),
    name: "write",
    next: words("{detail}", "{detail}"),
    outcomes: &[WRITE_WROTE],
    gives: &[Gives::Writes(CELLS)],
    asks: Asks::Cell(CELLS),
};
pub const WRITE_WROTE: Outcome = Outcome::new(
    0,
    "wrote",
    "{detail}",
    "{detail}",
    "{actor} wrote {detail}, in the server's own memory: its main thread did it for you in one step, without a connection.",
    "{actor} 写入 {detail}，就在服务器进程自己的内存里：它的主线程替你一步做完，没有经过连接。",
);

pub const APPEND: Op = Op {
    id: OpId::new(ID, 4),
    name: "append",
    next: words("{detail}", "{detail}"),
    outcomes: &[APPEND_APPENDED],
    gives: &[Gives::Writes(CELLS)],
    asks: Asks::Value,
};
pub const APPEND_APPENDED: Outcome = Outcome::new(
    0,
    "appended",
    "{detail}",
    "{detail}",
    "{actor} did {detail}, in the server's own memory: its main thread did it for you in one step, without a connection.",
    "{actor} 执行了 {detail}，就在服务器进程自己的内存里：它的主线程替你一步做完，没有经过连接。",
);

/// What was read of a shared object is the reader's own; a change of it stays there. Also an operation of Value and
/// Array.
pub const COPY: Op = Op {
    id: OpId::new(ID, 5),
    name: "copy",
    next: words("own copy of {detail}", "自己的副本 {detail}"),
    outcomes: &[COPY_CHANGED],
    ..Op::PLAIN
};
pub const COPY_CHANGED: Outcome = Outcome::new(
    0,
    "changed",
    "own copy of {detail}",
    "自己的副本 {detail}",
    "{actor} changed its own copy of {detail}. {object} keeps what it had: only an assignment would change it there.",
    "{actor} 改的是自己手里的副本 {detail}。{object} 里的原样不变：只有赋值才能改到那里。",
);
