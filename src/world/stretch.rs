//! Some events in a row, encoded, with the world before the first of them to seek from.
//!
//! Invariant: a keyframe shares with the one before what did not change between them, and its weight is what
//! it does not share.

use std::sync::Arc;

use super::{Cells, Object, PartState, World};
use crate::trace::{Event, codec};

/// The fewest events between two keyframes.
pub(super) const KEYFRAME_EVERY: usize = 256;

/// The most: to fold so many takes a few milliseconds.
const KEYFRAME_AT_LEAST_EVERY: usize = 64 * KEYFRAME_EVERY;

pub(super) struct Stretch {
    /// Index of its first event.
    first: u64,
    /// The world before that event.
    keyframe: World,
    bytes: Vec<u8>,
    /// Where each event starts in `bytes`.
    starts: Vec<u32>,
    /// About how many bytes the keyframe takes.
    keyframe_weight: usize,
}

impl Stretch {
    /// A stretch without events yet, after another one.
    pub(super) fn new(first: u64, keyframe: &World, before: Option<&Stretch>) -> Stretch {
        let keyframe_weight = weight(keyframe, before.map(|before| &before.keyframe));
        Stretch { first, keyframe: keyframe.clone(), bytes: Vec::new(), starts: Vec::new(), keyframe_weight }
    }

    pub(super) fn push(&mut self, encoded: &[u8]) {
        self.starts.push(self.bytes.len() as u32);
        self.bytes.extend_from_slice(encoded);
    }

    /// It grows no more, so it needs no room to grow.
    pub(super) fn close(&mut self) {
        self.bytes.shrink_to_fit();
        self.starts.shrink_to_fit();
    }

    /// Whether the next event begins a new stretch. A heavy keyframe is followed by more events, so that
    /// keyframes take about what the events take; but not by so many that a seek would be felt.
    pub(super) fn is_full(&self) -> bool {
        let count = self.starts.len();
        count >= KEYFRAME_EVERY && (self.bytes.len() >= self.keyframe_weight || count >= KEYFRAME_AT_LEAST_EVERY)
    }

    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// Index of the event after its last.
    pub(super) fn end(&self) -> u64 {
        self.first + self.starts.len() as u64
    }

    /// About how many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        self.keyframe_weight + self.bytes.len() + self.starts.len() * size_of::<u32>()
    }

    /// One of its events.
    pub(super) fn event(&self, index: u64) -> Option<Event> {
        let start = *self.starts.get(index.checked_sub(self.first)? as usize)?;
        codec::decode(self.bytes.get(start as usize..)?).ok().map(|(event, _)| event)
    }

    /// The world after the first `count` events of the run, as many of them as it has.
    pub(super) fn world_at(&self, count: u64) -> World {
        let mut world = self.keyframe.clone();
        for event in (self.first..count).map_while(|index| self.event(index)) {
            world.apply(&event);
        }
        world
    }
}

/// About how many bytes a keyframe takes beside what it shares with the one before.
fn weight(world: &World, before: Option<&World>) -> usize {
    // Of messages those are its own that moved in between: not more than there are events.
    let own = |messages: usize| messages.min(2 * KEYFRAME_EVERY);
    let mut weight = size_of::<World>() + (world.actors.len() + world.objects.len()) * 8;
    weight += world.all_actors().count() * 400 + own(world.messages.len()) * 250 + world.messages.len() / 8;
    for object in world.objects.iter().flatten() {
        let earlier = before.and_then(|before| before.objects.get(object.id.0 as usize)?.as_ref());
        if earlier.is_some_and(|earlier| Arc::ptr_eq(earlier, object)) {
            continue;
        }
        let since = before.map_or(0, |before| before.events);
        for (at, part) in object.parts.iter().enumerate() {
            weight += 100
                + match part {
                    PartState::Cells { cells } => weight_of_cells(cells, earlier.and_then(|earlier| cells_of(earlier, at)), since),
                    PartState::Slots { messages } => own(messages.len()) * 8 + messages.len() / 8,
                    PartState::Waiters { waiters } => waiters.len() * 4,
                    PartState::Ends { ends } => ends.iter().map(|end| 64 + end.holders.len() * 8).sum(),
                    _ => 0,
                };
        }
    }
    weight
}

/// The pieces that were touched, and in them the cells that were written.
fn weight_of_cells(cells: &Cells, earlier: Option<&Cells>, since: u64) -> usize {
    let pointers = cells.len() / 8;
    let touched = cells.apart(earlier);
    pointers + touched.map(|piece| 40 + piece.len() * 8 + piece.iter().filter(|cell| cell.written_at >= since).count() * 200).sum::<usize>()
}

fn cells_of(object: &Object, part: usize) -> Option<&Cells> {
    match object.parts.get(part)? {
        PartState::Cells { cells } => Some(cells),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::array;
    use crate::trace::{Body, Change, ObjectId, PartRef, Preview};
    use crate::world::Timeline;
    use crate::world::sample::{MAIN, Sample, made};

    const CELLS: PartRef = PartRef::new(ObjectId(1), array::CELLS);

    fn write(run: &mut Sample, first: u32, count: usize) {
        let values = vec![Preview::new("7"); count];
        run.push(MAIN, Body::Also { changes: vec![Change::Wrote { part: CELLS, first, values }] });
    }

    /// A run with an array of so many cells.
    fn with_cells(count: u32) -> Sample {
        let mut run = Sample::new();
        run.push(MAIN, Body::Also { changes: vec![made(ObjectId(1), array::ID, "a", None)] });
        (0..count).step_by(8).for_each(|first| write(&mut run, first, 8));
        run
    }

    #[test]
    fn a_keyframe_weighs_what_was_written_since_the_one_before() {
        let mut run = with_cells(10_000);
        let empty = World::new();
        let all = weight(&run.world, Some(&empty));
        assert!(all > 10_000 * 200, "{all}");
        let before = run.world.clone();
        assert!(weight(&run.world, Some(&before)) < 2_000);
        write(&mut run, 5_000, 1);
        let one = weight(&run.world, Some(&before)) - weight(&before, Some(&before));
        assert!((200..5_000).contains(&one), "{one}");
        (0..10_000).step_by(100).for_each(|at| write(&mut run, at, 1));
        let hundred = weight(&run.world, Some(&before));
        assert!((20_000..200_000).contains(&hundred), "{hundred}");
    }

    #[test]
    fn however_much_changes_a_seek_folds_a_bounded_number_of_events() {
        let mut run = with_cells(50_000);
        let mut timeline = Timeline::new();
        let mut at = 0;
        while run.events.len() < 3 * KEYFRAME_AT_LEAST_EVERY {
            at = (at + 7_919) % 50_000;
            write(&mut run, at, 1);
        }
        for event in &run.events {
            assert!(timeline.push(event).is_ok());
        }
        assert!(timeline.stretches().iter().all(|stretch| stretch.starts.len() <= KEYFRAME_AT_LEAST_EVERY));
        let longest = timeline.stretches().iter().map(|stretch| stretch.starts.len()).max();
        assert_eq!(longest, Some(KEYFRAME_AT_LEAST_EVERY), "the bound is reached");
        assert!(timeline.stretches().len() < 30, "{}", timeline.stretches().len());
        let middle = timeline.world_at(timeline.len() / 2);
        let mut folded = World::new();
        run.events[..run.events.len() / 2].iter().for_each(|event| folded.apply(event));
        assert!(middle == folded);
    }
}
