//! What one worker of a pool has in hand: it lives in the worker's own process, and dies with it.

use super::{Kind, Part, Shape, words};
use crate::trace::KindId;

pub const ID: KindId = KindId(41);

pub const KIND: Kind = Kind {
    id: ID,
    name: "worker",
    about: words("the task that one worker of a pool has in hand", "进程池的一个工作进程手里的任务"),
    parts: PARTS,
    ops: &[],
    hand: &[],
    kept: false,
};

/// Index of the part.
pub const TASK: u8 = 0;

const PARTS: &[Part] = &[Part::new(Shape::Slots, "task", "任务")];
