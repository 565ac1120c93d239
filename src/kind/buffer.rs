//! A process's buffer for one queue, and the feeder thread that empties it into the pipe.

use super::{Gives, Kind, Op, Outcome, Part, Shape, words};
use crate::trace::{KindId, OpId};

pub const ID: KindId = KindId(5);

pub const KIND: Kind = Kind {
    id: ID,
    name: "buffer",
    about: words("what one process has put and its feeder has not yet written", "一个进程已放入、写入线程尚未写出的消息"),
    parts: PARTS,
    ops: OPS,
    hand: &[],
    kept: false,
};

/// Indices of the parts.
pub const SLOTS: u8 = 0;
pub const CLOSING: u8 = 1;

const PARTS: &[Part] = &[Part::new(Shape::Slots, "buffer", "缓冲区"), Part::new(Shape::Flag, "closing flag", "关闭标志")];

const OPS: &[Op] = &[MAKE, FEED];

pub const MAKE: Op =
    Op { id: OpId::new(ID, 1), name: "buffer", next: words("start the feeder", "启动写入线程"), outcomes: &[MAKE_MADE], ..Op::PLAIN };
pub const MAKE_MADE: Outcome = Outcome::new(
    0,
    "made",
    "feeder",
    "写入线程",
    "{actor's} first put started a thread, the feeder, which writes to the pipe what {actor} puts.",
    "{actor} 的第一次 put 启动了写入线程，由它把放入的消息写进管道。",
);

pub const FEED: Op = Op {
    id: OpId::new(ID, 2),
    name: "feed",
    next: words("write to the pipe", "写进管道"),
    outcomes: &[FEED_WROTE, FEED_IDLE, FEED_WAITS_LOCK, FEED_PARTLY, FEED_ENDED, FEED_FULL],
    gives: &[Gives::Takes(SLOTS)],
    ..Op::PLAIN
};
pub const FEED_WROTE: Outcome = Outcome::new(
    0,
    "wrote",
    "feeds {message}",
    "送出 {message}",
    "The feeder of {actor} wrote {message} to the pipe: now everybody can see it.",
    "{actor} 的写入线程把 {message} 写进管道：现在所有进程都能看到它。",
);
pub const FEED_IDLE: Outcome = Outcome::new(
    1,
    "idle",
    "feeder waits",
    "写入线程等待",
    "The feeder of {actor} has nothing to write and waits for the next put.",
    "{actor} 的写入线程没有可写的消息，等待。",
);
pub const FEED_WAITS_LOCK: Outcome = Outcome::new(
    2,
    "waits_lock",
    "feeder waits",
    "写入线程等待",
    "{owner} holds the write lock of the pipe: the feeder of {actor} waits.",
    "{owner} 持有管道的写锁：{actor} 的写入线程等待。",
);
pub const FEED_PARTLY: Outcome = Outcome::new(
    3,
    "partly",
    "feeds {message} …",
    "送出 {message} …",
    "{message} does not fit the pipe: the feeder of {actor} wrote {written} of its {frame} bytes and keeps the rest until somebody reads. The pipe is full: {fill}.",
    "{message} 装不进管道：{actor} 的写入线程写了 {frame} 字节中的 {written} 字节，其余留在它手里，等有人读取。管道满了：{fill}。",
);
pub const FEED_ENDED: Outcome = Outcome::new(
    4,
    "ended",
    "feeder ends",
    "写入线程结束",
    "The feeder of {actor} has written everything and ends.",
    "{actor} 的写入线程已全部写完，结束了。",
);

/// Nothing of the message has found room.
pub const FEED_FULL: Outcome = Outcome::new(
    5,
    "full",
    "feeder waits",
    "写入线程等待",
    "The pipe is full, {fill}: the feeder of {actor} waits with {message} until somebody reads. What does not fit into the rest of the last page takes a page of its own.",
    "管道满了，{fill}：{actor} 的写入线程拿着 {message}，等有人读取。最后一页剩下的地方放不下的，要另占一页。",
);
