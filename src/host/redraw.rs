//! What the trace has to be told of an object that somebody died inside of: whatever in memory differs
//! from what is drawn. Which messages lie in it nobody can know any more; that is what *broken* says.

use std::collections::BTreeMap;

use crate::arena::Arena;
use crate::arena::parts::Part;
use crate::ipc::cells;
use crate::kind::{self, Shape};
use crate::trace::{ActorId, Change, PartRef};
use crate::world::{End, Object, PartState};

/// The changes that make the drawn object what memory says. Under the object's internal lock, with
/// everything that was written read. Of those whose birth was not told before that, nothing is told:
/// their creators will say what they hold.
pub(super) fn object(arena: &Arena, drawn: &Object, born: &[ActorId]) -> Vec<Change> {
    let mut changes = Vec::new();
    let Some(kind) = kind::kind(drawn.kind) else { return changes };
    for (at, state) in drawn.parts.iter().enumerate().take(kind.parts.len()) {
        let name = PartRef::new(drawn.id, at as u8);
        let part = arena.part_at(drawn.id, at as u8);
        match state {
            PartState::Slots { .. } => {}
            PartState::Cells { .. } if drawn.home.is_some() => {}
            PartState::Cells { cells } => {
                for (index, cell) in cells.iter().enumerate() {
                    if let Some(value) = cells::preview_of(arena, drawn.id, index).filter(|value| *value != cell.value) {
                        changes.push(Change::Wrote { part: name, first: index as u32, values: vec![value] });
                    }
                }
            }
            PartState::Bytes { bytes, pages } => {
                part.forget_pages();
                if (*bytes, *pages) != (part.bytes(), None) {
                    changes.push(Change::Filled { part: name, bytes: part.bytes(), pages: None });
                }
            }
            PartState::Count { value, .. } if *value != part.count() => {
                changes.push(Change::Counted { part: name, value: part.count(), max: part.count_max() });
            }
            PartState::Flag { up } if *up != part.flag() => changes.push(Change::Raised { part: name, up: part.flag() }),
            PartState::Owner { owner, depth } if (*owner, *depth) != (part.owner(), part.depth()) => {
                changes.push(Change::Owned { part: name, owner: None, depth: 0 });
                changes.push(Change::Owned { part: name, owner: part.owner(), depth: part.depth() });
            }
            PartState::Waiters { waiters } => {
                let drawn: Vec<ActorId> = waiters.iter().map(|waiter| waiter.actor).collect();
                let found = part.waiters();
                if drawn != found {
                    changes.extend(drawn.into_iter().map(|actor| Change::Left { part: name, actor }));
                    changes.extend(found.into_iter().map(|actor| Change::Queued { part: name, actor }));
                }
            }
            PartState::Ends { ends } => changes.extend(holders(name, part, kind.parts[at].shape, ends, |process| born.contains(&process))),
            PartState::Count { .. } | PartState::Flag { .. } | PartState::Owner { .. } => {}
        }
    }
    changes
}

/// Copies of ends that some processes hold and that are not drawn, or the other way round.
pub(super) fn holders(name: PartRef, part: Part<'_>, shape: Shape, drawn: &[End], of: impl Fn(ActorId) -> bool) -> Vec<Change> {
    let mut changes = Vec::new();
    let Shape::Ends(names) = shape else { return changes };
    for (end, drawn) in (0..names.len() as u8).zip(drawn) {
        let mut missing: BTreeMap<ActorId, i64> = BTreeMap::new();
        for (process, _) in part.holders(end) {
            *missing.entry(process).or_default() += 1;
        }
        for holder in &drawn.holders {
            *missing.entry(holder.process).or_default() -= i64::from(holder.copies);
        }
        for (process, count) in missing.into_iter().filter(|(process, _)| of(*process)) {
            let change = if count > 0 { Change::Opened { part: name, end, process } } else { Change::Closed { part: name, end, process } };
            changes.extend((0..count.unsigned_abs()).map(|_| change.clone()));
        }
    }
    changes
}
