//! RLock: held by one thread at a time, which may take it several times and alone may release it.
//! Acquire and release are those of Lock, and so are the parts but for who may release.

use super::lock::{self, ACQUIRE, RELEASE};
use super::{Kind, Op, Outcome, Part, words};
use crate::trace::{KindId, OpId};

pub const ID: KindId = KindId(8);

pub const KIND: Kind = Kind {
    id: ID,
    name: "RLock",
    about: words("at most one process holds it, as often as it likes", "最多一个进程持有，可重复获取"),
    parts: PARTS,
    ops: &[MAKE, ACQUIRE, RELEASE],
    hand: &[ACQUIRE.id, RELEASE.id],
    kept: false,
};

const PARTS: &[Part] = &[lock::PARTS[lock::OWNER as usize].owner_alone(), lock::PARTS[lock::WAITERS as usize]];

pub const MAKE: Op = Op { id: OpId::new(ID, 1), name: "RLock", next: words("RLock()", "RLock()"), outcomes: &[MAKE_MADE], ..Op::PLAIN };
pub const MAKE_MADE: Outcome = Outcome { row: words("RLock() {object}", "RLock() {object}"), ..lock::MAKE_MADE };
