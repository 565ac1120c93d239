//! An object as the trace tells of it: its parts and nothing else.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Pieces;
use super::pieces::Stamped;
use crate::kind::{Part, Shape, Words};
use crate::trace::{ActorId, KindId, MessageId, ObjectId, Pages, Preview};

/// An object and the state of its parts, as the events tell of it.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct Object {
    pub id: ObjectId,
    pub kind: KindId,
    pub name: String,
    /// The object that it belongs to.
    pub owner: Option<ObjectId>,
    /// The process whose memory it lives in, if it is not shared memory (a queue's buffer).
    pub home: Option<ActorId>,
    /// The lock, an object too, under which it is used.
    pub lock: Option<ObjectId>,
    /// In the order of the kind's parts.
    pub parts: Vec<PartState>,
    pub maker: ActorId,
    /// A process died inside it.
    pub broken: bool,
}

/// What one part of an object holds, by its shape.
#[derive(Clone, Debug, PartialEq, Hash)]
pub enum PartState {
    Slots { messages: Pieces<MessageId> },
    Cells { cells: Cells },
    Bytes { bytes: u64, pages: Option<Pages> },
    Ends { ends: Vec<End> },
    Count { value: i64, max: Option<i64> },
    Flag { up: bool },
    Owner { owner: Option<ActorId>, depth: u32 },
    Waiters { waiters: VecDeque<Waiter> },
}

/// Worlds share the cells that were not written between them.
pub type Cells = Pieces<Arc<Cell>>;

/// By the event of the last write; what nobody wrote has no stamp.
impl Stamped for Arc<Cell> {
    fn stamp(&self) -> u64 {
        if self.writer.is_some() { stamp_of(self.written_at) } else { 0 }
    }
}

/// The stamp of what an event wrote.
pub fn stamp_of(event: u64) -> u64 {
    event.saturating_add(1)
}

/// One value of a part of cells, with its last write.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct Cell {
    /// What it is found by, where that is not its index.
    pub key: Option<Preview>,
    pub value: Preview,
    /// What it was before the last write, and whose write that was.
    pub before: Option<Preview>,
    pub writer: Option<ActorId>,
    /// Index of the event of the last write.
    pub written_at: u64,
}

/// One end of a pipe or a connection, and the processes that hold it.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct End {
    pub name: Words,
    /// Who holds copies of it, in order of process id.
    pub holders: Vec<Holder>,
    /// Its far side was seen closed before the death behind that was noticed.
    pub seen_closed: bool,
}

/// A process that holds copies of an end, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Holder {
    pub process: ActorId,
    pub copies: u32,
}

/// An actor in a list of waiters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Waiter {
    pub actor: ActorId,
    /// It came here from another list of waiters, by a notification.
    pub from_wait: bool,
}

impl Cell {
    /// A cell as it is shown: with its key, where it has one.
    pub fn shown(&self) -> String {
        match &self.key {
            Some(key) => format!("{key}: {}", self.value),
            None => self.value.to_string(),
        }
    }
}

impl PartState {
    /// The first state of a part of a kind.
    pub fn of(def: &Part) -> PartState {
        match (def.shape, def.unbounded()) {
            (Shape::Count, Some(most)) => PartState::Count { value: most, max: None },
            (shape, _) => PartState::new(shape),
        }
    }

    /// The first state of a shape of part.
    pub fn new(shape: Shape) -> PartState {
        match shape {
            Shape::Slots => PartState::Slots { messages: Pieces::new() },
            Shape::Cells => PartState::Cells { cells: Pieces::new() },
            Shape::Bytes => PartState::Bytes { bytes: 0, pages: None },
            Shape::Ends(names) => {
                PartState::Ends { ends: names.iter().map(|name| End { name: *name, holders: Vec::new(), seen_closed: false }).collect() }
            }
            Shape::Count => PartState::Count { value: 0, max: None },
            Shape::Flag => PartState::Flag { up: false },
            Shape::Owner => PartState::Owner { owner: None, depth: 0 },
            Shape::Waiters => PartState::Waiters { waiters: VecDeque::new() },
        }
    }

    /// The word for the shape, the same in both languages.
    pub fn shape_name(&self) -> &'static str {
        match self {
            PartState::Slots { .. } => "slots",
            PartState::Cells { .. } => "cells",
            PartState::Bytes { .. } => "bytes",
            PartState::Ends { .. } => "ends",
            PartState::Count { .. } => "count",
            PartState::Flag { .. } => "flag",
            PartState::Owner { .. } => "owner",
            PartState::Waiters { .. } => "waiters",
        }
    }
}
