//! RLock: held by one thread at a time, which may take it several times and alone may release it.
//! Parts, acquire and release are those of Lock.

use super::lock::{ACQUIRE, PARTS, RELEASE};
use super::{Kind, Op, Outcome, words};
use crate::trace::{KindId, OpId};

pub const ID: KindId = KindId(8);

pub const KIND: Kind = Kind {
    id: ID,
    name: "RLock",
    about: words("at most one process holds it, as often as it likes", "最多一个进程持有，可重复获取"),
    parts: PARTS,
    ops: &[MAKE, ACQUIRE, RELEASE],
    hand: &[ACQUIRE.id, RELEASE.id],
};

pub const MAKE: Op = Op { id: OpId::new(ID, 1), name: "RLock", next: words("RLock()", "RLock()"), outcomes: &[MAKE_MADE] };
pub const MAKE_MADE: Outcome = Outcome::new(
    0,
    "made",
    "RLock() {object}",
    "RLock() {object}",
    "{actor} made {object}, which nobody holds.",
    "{actor} 创建了 {object}；还没有人持有它。",
);
