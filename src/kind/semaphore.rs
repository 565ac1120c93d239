//! Semaphore: so many permits, taken and given back by anyone. A BoundedSemaphore refuses to have more
//! of them than it was made with; in all else the two are one.

use super::{Gives, Kind, Op, Outcome, Part, Shape, lock, words};
use crate::trace::{KindId, OpId};

pub const ID: KindId = KindId(12);
pub const BOUNDED_ID: KindId = KindId(13);

pub const KIND: Kind = Kind {
    id: ID,
    name: "Semaphore",
    about: words("so many permits, which anyone may take and give back", "若干许可，任何进程都可拿走和归还"),
    parts: PARTS,
    ops: &[MAKE, ACQUIRE, RELEASE],
    hand: &[ACQUIRE.id, RELEASE.id],
    kept: false,
};

pub const BOUNDED: Kind = Kind {
    id: BOUNDED_ID,
    name: "BoundedSemaphore",
    about: words(
        "so many permits and never more, which anyone may take and give back",
        "若干许可，不会超过初始数目，任何进程都可拿走和归还",
    ),
    parts: PARTS,
    ops: &[MAKE_BOUNDED, ACQUIRE, RELEASE],
    hand: &[ACQUIRE.id, RELEASE.id],
    kept: false,
};

/// Indices of the parts.
pub const PERMITS: u8 = 0;
pub const WAITERS: u8 = 1;

const PARTS: &[Part] = &[
    Part::new(Shape::Count, "permits", "许可").permits().wanted_by(WAITERS).awaited("a permit of {object}", "{object} 的许可"),
    Part::new(Shape::Waiters, "want one", "等待者"),
];

pub const MAKE: Op = Op {
    id: OpId::new(ID, 1),
    name: "Semaphore",
    next: words("Semaphore({detail})", "Semaphore({detail})"),
    outcomes: &[MAKE_MADE],
    ..Op::PLAIN
};
pub const MAKE_MADE: Outcome = Outcome::new(
    0,
    "made",
    "Semaphore() {object}",
    "Semaphore() {object}",
    "{actor} made the semaphore {object}; its permits: {detail}.",
    "{actor} 创建了信号量 {object}；许可数：{detail}。",
);

pub const MAKE_BOUNDED: Op = Op {
    id: OpId::new(BOUNDED_ID, 1),
    name: "BoundedSemaphore",
    next: words("BoundedSemaphore({detail})", "BoundedSemaphore({detail})"),
    outcomes: &[MAKE_BOUNDED_MADE],
    ..Op::PLAIN
};
pub const MAKE_BOUNDED_MADE: Outcome = Outcome::new(
    0,
    "made",
    "BoundedSemaphore() {object}",
    "BoundedSemaphore() {object}",
    "{actor} made the semaphore {object}; its permits: {detail}, and there can never be more.",
    "{actor} 创建了信号量 {object}；许可数：{detail}，永远不会更多。",
);

pub const ACQUIRE: Op = Op {
    id: OpId::new(ID, 2),
    name: "acquire",
    next: words("acquire {object}", "acquire {object}"),
    outcomes: &[ACQUIRE_TOOK, ACQUIRE_WAITS, ACQUIRE_GOT, ACQUIRE_EXPIRED, ACQUIRE_BUSY],
    gives: &[Gives::Lessens(PERMITS)],
    ..Op::PLAIN
};
pub const ACQUIRE_TOOK: Outcome = Outcome::new(
    0,
    "took",
    "acquire {object}",
    "acquire {object}",
    "{actor} took a permit of {object}; {detail} left.",
    "{actor} 拿了 {object} 的一个许可，还剩 {detail} 个。",
);
pub const ACQUIRE_WAITS: Outcome = Outcome::new(
    1,
    "waits",
    "acquire {object}",
    "acquire {object}",
    "{object} has no permit left{taken}: {actor} waits until one is given.",
    "{object} 没有许可了{taken}：{actor} 等待有人归还。",
);
pub const ACQUIRE_GOT: Outcome = Outcome::new(
    2,
    "got",
    "has {object}",
    "拿到 {object}",
    "There is a permit of {object} again and {actor} takes it; {detail} left.",
    "{object} 又有了许可，{actor} 拿到一个，还剩 {detail} 个。",
);
pub const ACQUIRE_EXPIRED: Outcome = lock::ACQUIRE_EXPIRED;
pub const ACQUIRE_BUSY: Outcome = Outcome::new(
    4,
    "busy",
    "acquire: false",
    "acquire：false",
    "{object} has no permit left: {actor} did not wait and got none.",
    "{object} 没有许可了：{actor} 没有等待，也没有拿到。",
);

pub const RELEASE: Op = Op {
    id: OpId::new(ID, 3),
    name: "release",
    next: words("release {object}", "release {object}"),
    outcomes: &[RELEASE_FREED, RELEASE_PASSED],
    gives: &[Gives::Adds(PERMITS)],
    ..Op::PLAIN
};
pub const RELEASE_FREED: Outcome = Outcome::new(
    0,
    "freed",
    "release {object}",
    "release {object}",
    "{actor} gave a permit of {object} back; {detail} free now, and nobody was waiting.",
    "{actor} 归还了 {object} 的一个许可；现有 {detail} 个，没有人在等。",
);
pub const RELEASE_PASSED: Outcome = Outcome::new(
    1,
    "passed",
    "release {object}",
    "release {object}",
    "{actor} gave a permit of {object} back. {waiters} may take it now, whoever comes first.",
    "{actor} 归还了 {object} 的一个许可。{waiters} 现在可以拿它，先到先得。",
);
