//! Lock: held by one at a time; anyone may release it. Its acquire and release are those of RLock too,
//! which alone comes to the outcomes *nested* and *unnested*.

use super::{Gives, Kind, Op, Outcome, Part, Shape, words};
use crate::trace::{KindId, OpId};

pub const ID: KindId = KindId(7);

pub const KIND: Kind = Kind {
    id: ID,
    name: "Lock",
    about: words("at most one process holds it", "最多一个进程持有"),
    parts: PARTS,
    ops: OPS,
    hand: &[ACQUIRE.id, RELEASE.id],
    kept: false,
};

/// Indices of the parts.
pub const OWNER: u8 = 0;
pub const WAITERS: u8 = 1;

pub const PARTS: &[Part] =
    &[Part::new(Shape::Owner, "held by", "持有者").wanted_by(WAITERS), Part::new(Shape::Waiters, "want it", "等待者")];

const OPS: &[Op] = &[MAKE, ACQUIRE, RELEASE];

pub const MAKE: Op = Op { id: OpId::new(ID, 1), name: "Lock", next: words("Lock()", "Lock()"), outcomes: &[MAKE_MADE], ..Op::PLAIN };
pub const MAKE_MADE: Outcome = Outcome::new(
    0,
    "made",
    "Lock() {object}",
    "Lock() {object}",
    "{actor} made {object}, which nobody holds.",
    "{actor} 创建了 {object}；还没有人持有它。",
);

pub const ACQUIRE: Op = Op {
    id: OpId::new(ID, 2),
    name: "acquire",
    next: words("acquire {object}", "acquire {object}"),
    outcomes: &[ACQUIRE_TOOK, ACQUIRE_WAITS, ACQUIRE_GOT, ACQUIRE_EXPIRED, ACQUIRE_BUSY, ACQUIRE_NESTED],
    gives: &[Gives::Owns(OWNER)],
    ..Op::PLAIN
};
pub const ACQUIRE_TOOK: Outcome = Outcome::new(
    0,
    "took",
    "acquire {object}",
    "acquire {object}",
    "{object} was free: {actor} took it.",
    "{object} 空闲：{actor} 拿到了它。",
);
pub const ACQUIRE_WAITS: Outcome = Outcome::new(
    1,
    "waits",
    "acquire {object}",
    "acquire {object}",
    "{owner} holds {object}: {actor} waits for it.",
    "{owner} 持有 {object}：{actor} 等待它。",
);
pub const ACQUIRE_GOT: Outcome = Outcome::new(
    2,
    "got",
    "has {object}",
    "拿到 {object}",
    "{object} is free and {actor} takes it.",
    "{object} 空闲了，{actor} 拿到了它。",
);
pub const ACQUIRE_EXPIRED: Outcome = Outcome::new(
    3,
    "expired",
    "acquire: false",
    "acquire：false",
    "{actor's} time is up: its acquire of {object} returns false.",
    "{actor} 超时：对 {object} 的 acquire 返回 false。",
);
pub const ACQUIRE_BUSY: Outcome = Outcome::new(
    4,
    "busy",
    "acquire: false",
    "acquire：false",
    "{owner} holds {object}: {actor} did not wait and did not get it.",
    "{owner} 持有 {object}：{actor} 没有等待，也没有拿到。",
);
pub const ACQUIRE_NESTED: Outcome = Outcome::new(
    5,
    "nested",
    "acquire {object}",
    "acquire {object}",
    "{actor} already holds {object} and took it once more: it must release it as often as it took it.",
    "{actor} 已持有 {object}，又拿了一次：拿几次就要释放几次。",
);

pub const RELEASE: Op = Op {
    id: OpId::new(ID, 3),
    name: "release",
    next: words("release {object}", "release {object}"),
    outcomes: &[RELEASE_FREED, RELEASE_PASSED, RELEASE_UNNESTED],
    gives: &[Gives::Frees(OWNER)],
    ..Op::PLAIN
};
pub const RELEASE_FREED: Outcome = Outcome::new(
    0,
    "freed",
    "release {object}",
    "release {object}",
    "{actor} released {object}; nobody was waiting for it.",
    "{actor} 释放了 {object}；没有人在等它。",
);
pub const RELEASE_PASSED: Outcome = Outcome::new(
    1,
    "passed",
    "release {object}",
    "release {object}",
    "{actor} released {object}. {waiters} may take it now, whoever comes first.",
    "{actor} 释放了 {object}。{waiters} 现在可以拿它，先到先得。",
);
pub const RELEASE_UNNESTED: Outcome = Outcome::new(
    2,
    "unnested",
    "release {object}",
    "release {object}",
    "{actor} released {object} once and still holds it.",
    "{actor} 释放了一次 {object}，仍持有它。",
);
