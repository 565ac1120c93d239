//! Queue: each process's buffer and feeder thread (`buffer`), then one kernel pipe with a read lock and a write lock.

use super::pipe::READER_WRITER;
use super::{Asks, Gives, Guarded, Kind, Op, Outcome, Part, Shape, words};
use crate::trace::{KindId, OpId};

pub const ID: KindId = KindId(4);

pub const KIND: Kind = Kind {
    id: ID,
    name: "Queue",
    about: words("values that any process may put and any may get, in order", "任何进程都可放入、任何进程都可取出的有序队列"),
    parts: PARTS,
    ops: OPS,
    hand: &[PUT.id, GET.id],
    kept: false,
};

/// Indices of the parts.
pub const PIPE: u8 = 0;
pub const BYTES: u8 = 1;
pub const ENDS: u8 = 2;
pub const SLOTS: u8 = 3;
pub const SLOT_WAITERS: u8 = 4;
pub const READ_LOCK: u8 = 5;
pub const READ_WAITERS: u8 = 6;
pub const WRITE_LOCK: u8 = 7;
pub const WRITE_WAITERS: u8 = 8;

pub const PARTS: &[Part] = &[
    Part::new(Shape::Slots, "kernel pipe", "内核管道").read_at(ENDS, 0),
    Part::new(Shape::Bytes, "bytes in the pipe", "管道中的字节").read_at(ENDS, 0),
    Part::new(READER_WRITER, "ends", "两端"),
    Part::new(Shape::Count, "free slots", "空位")
        .wanted_by(SLOT_WAITERS)
        .free_of(PIPE)
        .awaited("a free slot of {object}", "{object} 的空位"),
    Part::new(Shape::Waiters, "want a slot", "等空位"),
    Part::new(Shape::Owner, "read lock", "读锁").wanted_by(READ_WAITERS).guards(Guarded::Reading).robust(),
    Part::new(Shape::Waiters, "want to read", "等读锁"),
    Part::new(Shape::Owner, "write lock", "写锁").wanted_by(WRITE_WAITERS).guards(Guarded::Writing).robust(),
    Part::new(Shape::Waiters, "want to write", "等写锁"),
];

const OPS: &[Op] = &[MAKE, PUT, GET, QSIZE, EMPTY, FULL, CLOSE, JOIN_THREAD, CANCEL_JOIN_THREAD];

/// Whether processes have buffers and feeders for objects of a kind.
pub fn has_feeders(kind: KindId) -> bool {
    kind == ID || kind == super::joinable_queue::ID
}

pub const MAKE: Op = Op { id: OpId::new(ID, 1), name: "Queue", next: words("Queue()", "Queue()"), outcomes: &[MAKE_MADE], ..Op::PLAIN };
pub const MAKE_MADE: Outcome =
    Outcome::new(0, "made", "Queue() {object}", "Queue() {object}", "{actor} made the queue {object}.", "{actor} 创建了队列 {object}。");

pub const PUT: Op = Op {
    id: OpId::new(ID, 2),
    name: "put",
    next: words("put {detail}", "put {detail}"),
    outcomes: &[PUT_BUFFERED, PUT_WAITS, PUT_EXPIRED, PUT_COUNTED],
    gives: &[Gives::Fills(PIPE), Gives::Lessens(SLOTS)],
    asks: Asks::Value,
};
pub const PUT_BUFFERED: Outcome = Outcome::new(
    0,
    "buffered",
    "put {message}",
    "put {message}",
    "{actor} put {message} into {its} own buffer. Only {its} feeder writes to the pipe: until then {object}.empty() does not see it.",
    "{actor} 把 {message} 放进自己的缓冲区。只有它的写入线程会写管道：在那之前 {object}.empty() 看不到它。",
);
pub const PUT_WAITS: Outcome = Outcome::new(
    1,
    "waits",
    "put {detail} …",
    "put {detail} …",
    "{object} has no free slot: {actor} waits until somebody gets a message.",
    "{object} 没有空位：{actor} 等待有人取走消息。",
);
pub const PUT_EXPIRED: Outcome = Outcome::new(
    2,
    "expired",
    "put: Full",
    "put：Full",
    "No slot of {object} became free in time: {actor's} put gave up with Full.",
    "{object} 没有及时空出位置：{actor} 的 put 以 Full 放弃。",
);

/// A JoinableQueue's.
pub const PUT_COUNTED: Outcome = Outcome::new(
    3,
    "counted",
    "put {message}",
    "put {message}",
    "{actor} put {message} into {its} own buffer; until somebody says task_done it counts as unfinished: {count} now.",
    "{actor} 把 {message} 放进自己的缓冲区；在有人调用 task_done 之前算作未完成：现有 {count} 个。",
);

pub const GET: Op = Op {
    id: OpId::new(ID, 3),
    name: "get",
    next: words("get {object}", "get {object}"),
    outcomes: &[GET_GOT, GET_WAITS, GET_WAITS_LOCK, GET_PARTLY, GET_EXPIRED],
    gives: &[Gives::Takes(PIPE), Gives::Adds(SLOTS)],
    ..Op::PLAIN
};
pub const GET_GOT: Outcome = Outcome::new(
    0,
    "got",
    "get {message}",
    "get {message}",
    "{actor} got {message} from the pipe of {object}, which gives a slot back.",
    "{actor} 从 {object} 的管道取到 {message}，并空出一个位置。",
);
pub const GET_WAITS: Outcome = Outcome::new(
    1,
    "waits",
    "get",
    "get",
    "Nothing is in the pipe of {object}: {actor} holds its read lock and waits for a message.",
    "{object} 的管道里没有消息：{actor} 持有读锁，等待消息到来。",
);
pub const GET_WAITS_LOCK: Outcome = Outcome::new(
    2,
    "waits_lock",
    "get",
    "get",
    "{owner} holds the read lock of {object}: {actor} waits behind it.",
    "{owner} 持有 {object} 的读锁：{actor} 排在后面等待。",
);
pub const GET_PARTLY: Outcome = Outcome::new(
    3,
    "partly",
    "get {message} …",
    "get {message} …",
    "{actor} read the part of {message} that has arrived and waits for the rest.",
    "{actor} 读了 {message} 已到达的部分，等待其余部分。",
);
pub const GET_EXPIRED: Outcome = Outcome::new(
    4,
    "expired",
    "get: Empty",
    "get：Empty",
    "{actor's} get could not take anything from {object} in time: it gave up with Empty.",
    "{actor} 没能及时从 {object} 取到消息：get 以 Empty 放弃。",
);

pub const QSIZE: Op =
    Op { id: OpId::new(ID, 4), name: "qsize", next: words("qsize {object}", "qsize {object}"), outcomes: &[QSIZE_READ], ..Op::PLAIN };
pub const QSIZE_READ: Outcome = Outcome::new(
    0,
    "read",
    "qsize: {detail}",
    "qsize：{detail}",
    "{actor} asked for the size of {object}: {detail}. That counts what lies in buffers and in the pipe, and what was lost.",
    "{actor} 问 {object} 的大小：{detail}。缓冲区里、管道里和已丢失的都算在内。",
);

pub const EMPTY: Op =
    Op { id: OpId::new(ID, 5), name: "empty", next: words("empty {object}", "empty {object}"), outcomes: &[EMPTY_READ], ..Op::PLAIN };
pub const EMPTY_READ: Outcome = Outcome::new(
    0,
    "read",
    "empty: {detail}",
    "empty：{detail}",
    "{actor} asked whether the pipe of {object} is empty: {detail}. What still lies in a buffer is not seen.",
    "{actor} 问 {object} 的管道是否为空：{detail}。还在缓冲区里的看不到。",
);

pub const FULL: Op =
    Op { id: OpId::new(ID, 6), name: "full", next: words("full {object}", "full {object}"), outcomes: &[FULL_READ], ..Op::PLAIN };
pub const FULL_READ: Outcome = Outcome::new(
    0,
    "read",
    "full: {detail}",
    "full：{detail}",
    "{actor} asked whether {object} has no free slot: {detail}.",
    "{actor} 问 {object} 是否没有空位：{detail}。",
);

pub const CLOSE: Op = Op {
    id: OpId::new(ID, 7),
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
    "{actor} will put and get no more on {object}; what it has buffered is still sent.",
    "{actor} 不再对 {object} 放入或取出；已缓冲的仍会送出。",
);

pub const JOIN_THREAD: Op = Op {
    id: OpId::new(ID, 8),
    name: "join_thread",
    next: words("join_thread {object}", "join_thread {object}"),
    outcomes: &[JOIN_THREAD_JOINED, JOIN_THREAD_WAITS],
    ..Op::PLAIN
};
pub const JOIN_THREAD_JOINED: Outcome = Outcome::new(
    0,
    "joined",
    "join_thread",
    "join_thread",
    "{actor's} feeder for {object} has written everything.",
    "{actor} 在 {object} 上的写入线程已写完一切。",
);
pub const JOIN_THREAD_WAITS: Outcome = Outcome::new(
    1,
    "waits",
    "join_thread",
    "join_thread",
    "{actor} waits until its feeder for {object} has written everything.",
    "{actor} 等待它在 {object} 上的写入线程写完。",
);

pub const CANCEL_JOIN_THREAD: Op = Op {
    id: OpId::new(ID, 9),
    name: "cancel_join_thread",
    next: words("cancel_join_thread", "cancel_join_thread"),
    outcomes: &[CANCEL_JOIN_THREAD_CANCELLED],
    ..Op::PLAIN
};
pub const CANCEL_JOIN_THREAD_CANCELLED: Outcome = Outcome::new(
    0,
    "cancelled",
    "cancel_join_thread",
    "cancel_join_thread",
    "{actor} will not wait for its feeder at its end: what is still buffered then is lost.",
    "{actor} 结束时不再等写入线程：那时仍在缓冲区里的会丢失。",
);
