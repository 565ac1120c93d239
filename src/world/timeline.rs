//! A run's whole trace in memory: every event encoded, with keyframes to seek from.
//!
//! The law: for every point that history still reaches, `world_at(n)` equals folding the first n events.
//!
//! Events lie in stretches, each with the world before its first event. History is bounded: when events
//! and keyframes take more than the limit, the oldest stretch goes, and `first` tells where history
//! begins. Indices of events and numbers of rows never change.

use std::collections::VecDeque;

use super::landmark::{Landmark, Sign};
use super::printed::{PrintedLine, PrintedLines};
use super::stretch::Stretch;
use super::{Asked, World};
use crate::trace::codec::{self, CodecError};
use crate::trace::{Body, Cause, Event};

/// How much history is kept, in bytes.
pub const HISTORY_LIMIT: usize = 512 << 20;

/// All events so far and ways to find the ones to show.
pub struct Timeline {
    /// Never empty; only the last one grows.
    stretches: VecDeque<Stretch>,
    /// Bytes of all stretches.
    weight: usize,
    limit: usize,
    head: World,
    rows: Vec<u64>,
    /// Rows that history no longer reaches.
    rows_before: usize,
    landmarks: Vec<Landmark>,
    lines: PrintedLines,
    /// The scenario's questions.
    asked: Asked,
}

impl Default for Timeline {
    fn default() -> Self {
        Timeline::new()
    }
}

impl Timeline {
    /// No events yet, with the usual limit of kept history.
    pub fn new() -> Timeline {
        Timeline::with_limit(HISTORY_LIMIT)
    }

    /// A timeline that tells when a scenario's questions are asked.
    pub fn asking(asked: Asked) -> Timeline {
        Timeline { asked, ..Timeline::new() }
    }

    /// A timeline that keeps about `limit` bytes of history.
    pub fn with_limit(limit: usize) -> Timeline {
        let head = World::new();
        let first = Stretch::new(0, &head, None);
        let weight = first.weight();
        Timeline {
            stretches: VecDeque::from([first]),
            weight,
            limit,
            head,
            rows: Vec::new(),
            rows_before: 0,
            landmarks: Vec::new(),
            lines: PrintedLines::default(),
            asked: Asked::default(),
        }
    }

    /// Adds an event at the end.
    pub fn push(&mut self, event: &Event) -> Result<(), CodecError> {
        let encoded = codec::encode(event)?;
        let index = self.len();
        if self.stretches.back().is_none_or(Stretch::is_full) {
            if let Some(full) = self.stretches.back_mut() {
                full.close();
            }
            let stretch = Stretch::new(index, &self.head, self.stretches.back());
            self.weight += stretch.weight();
            self.stretches.push_back(stretch);
            self.forget();
        }
        if let Some(last) = self.stretches.back_mut() {
            self.weight -= last.weight();
            last.push(&encoded);
            self.weight += last.weight();
        }
        self.head.apply(event);
        self.asked.apply(index, event, &self.head);
        if is_row(event) {
            self.rows.push(index);
        }
        self.mark(event);
        self.lines.push(index, event);
        Ok(())
    }

    /// Drops the oldest stretches while history is longer than its limit.
    fn forget(&mut self) {
        let before = self.first();
        while self.weight > self.limit && self.stretches.len() > 1 {
            if let Some(oldest) = self.stretches.pop_front() {
                self.weight -= oldest.weight();
            }
        }
        let first = self.first();
        if first > before {
            let gone = self.rows.partition_point(|row| *row < first);
            self.rows.drain(..gone);
            self.rows_before += gone;
            self.landmarks.drain(..self.landmarks.partition_point(|landmark| landmark.rows <= self.rows_before));
            self.lines.forget(first);
        }
    }

    /// Notes what a reader of the whole run looks for.
    fn mark(&mut self, event: &Event) {
        let Some(sign) = Sign::of(event) else { return };
        let landmark = Landmark { rows: self.rows_total(), sign };
        if self.landmarks.last() != Some(&landmark) {
            self.landmarks.push(landmark);
        }
    }

    /// Number of events so far, those that history no longer reaches among them.
    pub fn len(&self) -> u64 {
        self.stretches.back().map_or(0, Stretch::end)
    }

    /// Whether there are no events.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Index of the first event that history still reaches; 0 unless older ones were folded away.
    pub fn first(&self) -> u64 {
        self.stretches.front().map_or(0, Stretch::first)
    }

    /// The world after all events.
    pub fn head(&self) -> &World {
        &self.head
    }

    /// The event with an index; none past the end or before the beginning of history.
    pub fn event(&self, index: u64) -> Option<Event> {
        self.stretch(index)?.event(index)
    }

    /// The world after the first `count` events: all of them if there are fewer, the beginning of history
    /// if that is later.
    pub fn world_at(&self, count: u64) -> World {
        if count >= self.len() {
            return self.head.clone();
        }
        let count = count.max(self.first());
        self.stretch(count).map_or_else(|| self.head.clone(), |stretch| stretch.world_at(count))
    }

    #[cfg(test)]
    pub(super) fn stretches(&self) -> &VecDeque<Stretch> {
        &self.stretches
    }

    /// The stretch that an index lies in, or would.
    fn stretch(&self, index: u64) -> Option<&Stretch> {
        let after = self.stretches.partition_point(|stretch| stretch.first() <= index);
        self.stretches.get(after.checked_sub(1)?)
    }

    /// Indices of the events that are rows of the space-time picture, in order, as far as history reaches.
    pub fn rows(&self) -> &[u64] {
        &self.rows
    }

    /// How many rows there were before the first of [`Timeline::rows`].
    pub fn rows_before(&self) -> usize {
        self.rows_before
    }

    /// Number of rows so far, those that history no longer reaches among them.
    pub fn rows_total(&self) -> usize {
        self.rows_before + self.rows.len()
    }

    /// The event of the row with a number, from 1; none if history does not reach it.
    pub fn row(&self, number: usize) -> Option<u64> {
        self.rows.get(number.checked_sub(self.rows_before + 1)?).copied()
    }

    /// What stands out of the run, in order, as far as history reaches.
    pub fn landmarks(&self) -> &[Landmark] {
        &self.landmarks
    }

    /// The number of rows up to the end of a step, as far as history reaches; steps have numbers where they
    /// are granted, else each row is one.
    pub fn rows_at_step(&self, step: u64) -> usize {
        if self.head.step == 0 {
            return usize::try_from(step).unwrap_or(usize::MAX).clamp(self.rows_before, self.rows_total());
        }
        self.rows_before + self.rows.partition_point(|row| self.world_at(row + 1).step <= step)
    }

    /// When the scenario's questions were asked.
    pub fn asked(&self) -> &Asked {
        &self.asked
    }

    /// All printed lines, in order of their first piece, as far as history reaches.
    pub fn lines(&self) -> &[PrintedLine] {
        self.lines.all()
    }
}

/// Whether an event is a row of its own in the space-time picture: something happened, or time passed.
pub fn is_row(event: &Event) -> bool {
    match &event.body {
        Body::Acted(_) | Body::Clock { .. } | Body::Stopped { .. } | Body::Lost { .. } => true,
        // That a thread came to its end, its last step has told already.
        Body::Died(died) => died.cause != Cause::Returned,
        Body::Printed(printed) => !printed.more,
        Body::Mode(_) | Body::Born(_) | Body::Announced(_) | Body::Rest(_) | Body::Granted { .. } | Body::Also { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{ActorId, arbitrary};
    use crate::world::sample;
    use crate::world::stretch::KEYFRAME_EVERY;
    use proptest::prelude::*;

    fn timeline(events: &[Event], limit: usize) -> Timeline {
        let mut timeline = Timeline::with_limit(limit);
        for event in events {
            timeline.push(event).expect("an event fits");
        }
        timeline
    }

    fn check_law(events: &[Event], limit: usize) -> Timeline {
        let timeline = timeline(events, limit);
        assert_eq!(timeline.len(), events.len() as u64);
        let mut world = World::new();
        for (at, event) in events.iter().enumerate() {
            if at as u64 >= timeline.first() {
                assert_eq!(timeline.world_at(at as u64), world, "before event {at}");
                assert_eq!(timeline.event(at as u64).as_ref(), Some(event));
            } else {
                assert_eq!(timeline.event(at as u64), None);
            }
            world.apply(event);
        }
        assert_eq!(timeline.head(), &world);
        assert_eq!(timeline.world_at(u64::MAX), world);
        timeline
    }

    /// A long run: the same short story again and again.
    fn long(rounds: usize) -> Vec<Event> {
        let run = sample::event_run();
        let mut events = run.events;
        let again = events[events.len() - 4..].to_vec();
        for _ in 0..rounds {
            events.extend(again.iter().cloned());
        }
        events
    }

    #[test]
    fn a_long_run_is_sought_through_keyframes() {
        let timeline = check_law(&long(300), HISTORY_LIMIT);
        assert_eq!(timeline.first(), 0);
        assert!(timeline.stretches.len() > 3);
    }

    #[test]
    fn history_is_bounded_and_tells_where_it_begins() {
        let timeline = check_law(&long(1000), 40_000);
        assert!(timeline.first() > 0 && timeline.first() < timeline.len());
        assert!(timeline.weight <= 40_000 + 2 * KEYFRAME_EVERY * 100, "{}", timeline.weight);
        let stretches: usize = timeline.stretches.iter().map(Stretch::weight).sum();
        assert_eq!(timeline.weight, stretches);
        assert!(timeline.rows().iter().all(|row| *row >= timeline.first()));
        assert_eq!(timeline.world_at(0), timeline.world_at(timeline.first()));
        // A row keeps its number, whatever is forgotten before it.
        let whole = check_law(&long(1000), HISTORY_LIMIT);
        assert_eq!(timeline.rows_total(), whole.rows_total());
        for number in 0..=whole.rows_total() + 1 {
            let kept = whole.row(number).filter(|row| *row >= timeline.first());
            assert_eq!(timeline.row(number), kept, "row {number}");
        }
    }

    #[test]
    fn what_stands_out_is_forgotten_with_its_row() {
        let lost = Event { actor: ActorId::HOST, time: 0, wall: 0, body: Body::Lost { count: 1 } };
        let timeline = timeline(&vec![lost; 2000], 4_000);
        assert!(timeline.rows_before() > 0);
        assert_eq!(timeline.landmarks().iter().map(|landmark| landmark.rows).min(), Some(timeline.rows_before() + 1));
        assert_eq!(timeline.landmarks().len(), timeline.rows().len());
    }

    proptest! {
        #[test]
        fn seeking_equals_folding(events in prop::collection::vec(arbitrary::event(), 0..60), limit in 0usize..20_000) {
            check_law(&events, limit);
        }
    }
}
