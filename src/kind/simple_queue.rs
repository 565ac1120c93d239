//! SimpleQueue: one kernel pipe with a read lock and a write lock, and nothing between: who puts writes itself.

use super::pipe::READER_WRITER;
use super::{Asks, Gives, Guarded, Kind, Op, Outcome, Part, Shape, queue, words};
use crate::trace::{KindId, OpId};

pub const ID: KindId = KindId(14);

pub const KIND: Kind = Kind {
    id: ID,
    name: "SimpleQueue",
    about: words("one pipe with two locks: a put writes to it itself", "一条管道加两把锁：put 亲自写入"),
    parts: PARTS,
    ops: &[MAKE, PUT, GET, EMPTY, CLOSE],
    hand: &[PUT.id, GET.id],
    kept: false,
};

/// Indices of the parts.
pub const PIPE: u8 = 0;
pub const BYTES: u8 = 1;
pub const ENDS: u8 = 2;
pub const READ_LOCK: u8 = 3;
pub const READ_WAITERS: u8 = 4;
pub const WRITE_LOCK: u8 = 5;
pub const WRITE_WAITERS: u8 = 6;

const PARTS: &[Part] = &[
    Part::new(Shape::Slots, "kernel pipe", "内核管道").read_at(ENDS, 0),
    Part::new(Shape::Bytes, "bytes in the pipe", "管道中的字节").read_at(ENDS, 0),
    Part::new(READER_WRITER, "ends", "两端"),
    Part::new(Shape::Owner, "read lock", "读锁").wanted_by(READ_WAITERS).guards(Guarded::Reading).robust(),
    Part::new(Shape::Waiters, "want to read", "等读锁"),
    Part::new(Shape::Owner, "write lock", "写锁").wanted_by(WRITE_WAITERS).guards(Guarded::Writing).robust(),
    Part::new(Shape::Waiters, "want to write", "等写锁"),
];

pub const MAKE: Op =
    Op { id: OpId::new(ID, 1), name: "SimpleQueue", next: words("SimpleQueue()", "SimpleQueue()"), outcomes: &[MAKE_MADE], ..Op::PLAIN };
pub const MAKE_MADE: Outcome = Outcome::new(
    0,
    "made",
    "SimpleQueue() {object}",
    "SimpleQueue() {object}",
    "{actor} made the queue {object}: a pipe with two locks, without buffers or feeders.",
    "{actor} 创建了队列 {object}：一条管道加两把锁，没有缓冲区和写入线程。",
);

pub const PUT: Op = Op {
    id: OpId::new(ID, 2),
    name: "put",
    next: words("put {detail}", "put {detail}"),
    outcomes: &[PUT_WROTE, PUT_WAITS_LOCK, PUT_PARTLY, PUT_WAITS],
    gives: &[Gives::Fills(PIPE)],
    asks: Asks::Value,
};
pub const PUT_WROTE: Outcome = Outcome::new(
    0,
    "wrote",
    "put {message}",
    "put {message}",
    "{actor} wrote {message} to the pipe of {object} itself: everybody can see it at once.",
    "{actor} 亲自把 {message} 写进 {object} 的管道：所有进程立刻能看到它。",
);
pub const PUT_WAITS_LOCK: Outcome = Outcome::new(
    1,
    "waits_lock",
    "put {detail} …",
    "put {detail} …",
    "{owner} holds the write lock of {object}: {actor} waits behind it.",
    "{owner} 持有 {object} 的写锁：{actor} 排在后面等待。",
);
pub const PUT_PARTLY: Outcome = Outcome::new(
    2,
    "partly",
    "put {message} …",
    "put {message} …",
    "{message} does not fit the pipe: {actor} wrote {written} of its {frame} bytes and waits until somebody reads. The pipe is full: {fill}.",
    "{message} 装不进管道：{actor} 写了 {frame} 字节中的 {written} 字节，等有人读取。管道满了：{fill}。",
);
pub const PUT_WAITS: Outcome = Outcome::new(
    3,
    "waits",
    "put {detail} …",
    "put {detail} …",
    "The pipe of {object} is full, {fill}: {actor} holds the write lock and waits until somebody reads. What does not fit into the rest of the last page takes a page of its own.",
    "{object} 的管道满了，{fill}：{actor} 持有写锁，等有人读取。最后一页剩下的地方放不下的，要另占一页。",
);

pub const GET: Op = Op {
    id: OpId::new(ID, 3),
    name: "get",
    next: words("get {object}", "get {object}"),
    outcomes: &[GET_GOT, GET_WAITS, GET_WAITS_LOCK, GET_PARTLY, GET_NOTHING],
    gives: &[Gives::Takes(PIPE)],
    ..Op::PLAIN
};
pub const GET_GOT: Outcome = Outcome::new(
    0,
    "got",
    "get {message}",
    "get {message}",
    "{actor} got {message} from the pipe of {object}.",
    "{actor} 从 {object} 的管道取到 {message}。",
);
pub const GET_WAITS: Outcome = queue::GET_WAITS;
pub const GET_WAITS_LOCK: Outcome = queue::GET_WAITS_LOCK;
pub const GET_PARTLY: Outcome = queue::GET_PARTLY;
/// The hand's alone, since every other get waits.
pub const GET_NOTHING: Outcome = Outcome::new(
    4,
    "nothing",
    "get: nothing",
    "get：没有",
    "{actor} could not get anything from {object} at once.",
    "{actor} 没能立即从 {object} 取到消息。",
);

pub const EMPTY: Op =
    Op { id: OpId::new(ID, 4), name: "empty", next: words("empty {object}", "empty {object}"), outcomes: &[EMPTY_READ], ..Op::PLAIN };
pub const EMPTY_READ: Outcome = Outcome::new(
    0,
    "read",
    "empty: {detail}",
    "empty：{detail}",
    "{actor} asked whether the pipe of {object} is empty: {detail}, at this moment.",
    "{actor} 问 {object} 的管道是否为空：此刻是 {detail}。",
);

pub const CLOSE: Op = Op {
    id: OpId::new(ID, 5),
    name: "close",
    next: words("close {object}", "close {object}"),
    outcomes: &[CLOSE_CLOSED],
    gives: &[Gives::LetsGo(ENDS)],
    ..Op::PLAIN
};
pub const CLOSE_CLOSED: Outcome = Outcome::new(
    0,
    "closed",
    "close {object}",
    "close {object}",
    "{actor} closed its copies of both ends of {object}: it can put and get no more.",
    "{actor} 关闭了它持有的 {object} 两端：不能再放入或取出。",
);
