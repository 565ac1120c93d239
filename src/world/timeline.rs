//! A run's whole trace in memory: every event encoded, with keyframes to seek from.
//!
//! The law: for every point that history still reaches, `world_at(n)` equals folding the first n events.
//!
//! Events lie in stretches, each with the world before its first event. History is bounded: when events
//! and keyframes take more than the limit, the oldest stretch goes, and `first` tells where history
//! begins. Indices of events and numbers of rows never change.

use std::collections::VecDeque;

use super::landmark::{Landmark, Sign};
use super::{Asked, PartState, World};
use crate::trace::codec::{self, CodecError};
use crate::trace::{ActorId, Body, Cause, Event, Nanos};

/// The fewest events between two keyframes.
const KEYFRAME_EVERY: usize = 256;

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
    lines: Vec<PrintedLine>,
    /// Lines whose last piece has not come yet, by actor.
    open: Vec<(ActorId, u64)>,
    /// The scenario's questions.
    asked: Asked,
}

/// Some events in a row.
struct Stretch {
    /// Index of its first event.
    first: u64,
    /// The world before that event.
    keyframe: World,
    bytes: Vec<u8>,
    /// Where each event starts in `bytes`.
    starts: Vec<u32>,
    /// About how many bytes the keyframe takes.
    weight: usize,
}

/// A line that the scenario printed.
#[derive(Clone, Debug, PartialEq)]
pub struct PrintedLine {
    /// Index of the event of its first piece.
    pub event: u64,
    pub time: Nanos,
    pub actor: ActorId,
    pub text: String,
    /// An uncaught error's message.
    pub error: bool,
    /// All its pieces have come.
    pub whole: bool,
}

impl Default for Timeline {
    fn default() -> Self {
        Timeline::new()
    }
}

impl Timeline {
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
        let first = Stretch::new(0, &head);
        let weight = first.weight;
        Timeline {
            stretches: VecDeque::from([first]),
            weight,
            limit,
            head,
            rows: Vec::new(),
            rows_before: 0,
            landmarks: Vec::new(),
            lines: Vec::new(),
            open: Vec::new(),
            asked: Asked::default(),
        }
    }

    /// Adds an event at the end.
    pub fn push(&mut self, event: &Event) -> Result<(), CodecError> {
        let encoded = codec::encode(event)?;
        let index = self.len();
        if self.stretches.back().is_none_or(Stretch::is_full) {
            if let Some(full) = self.stretches.back_mut() {
                // It grows no more, so it needs no room to grow.
                full.bytes.shrink_to_fit();
                full.starts.shrink_to_fit();
            }
            let stretch = Stretch::new(index, &self.head);
            self.weight += stretch.weight;
            self.stretches.push_back(stretch);
            self.forget();
        }
        if let Some(last) = self.stretches.back_mut() {
            last.starts.push(last.bytes.len() as u32);
            last.bytes.extend_from_slice(&encoded);
            self.weight += encoded.len() + size_of::<u32>();
        }
        self.head.apply(event);
        self.asked.apply(index, event, &self.head);
        if is_row(event) {
            self.rows.push(index);
        }
        self.mark(event);
        self.print(index, event);
        Ok(())
    }

    /// Drops the oldest stretches while history is longer than its limit.
    fn forget(&mut self) {
        let before = self.first();
        while self.weight > self.limit && self.stretches.len() > 1 {
            if let Some(oldest) = self.stretches.pop_front() {
                self.weight -= oldest.weight + oldest.bytes.len() + oldest.starts.len() * size_of::<u32>();
            }
        }
        let first = self.first();
        if first > before {
            let gone = self.rows.partition_point(|row| *row < first);
            self.rows.drain(..gone);
            self.rows_before += gone;
            self.landmarks.drain(..self.landmarks.partition_point(|landmark| landmark.rows <= self.rows_before));
            self.lines.drain(..self.lines.partition_point(|line| line.event < first));
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

    fn print(&mut self, index: u64, event: &Event) {
        match &event.body {
            Body::Printed(printed) => {
                let begun = self.open.iter().position(|(actor, _)| *actor == event.actor);
                let line = begun.and_then(|at| {
                    let first = self.open[at].1;
                    self.lines.binary_search_by_key(&first, |line| line.event).ok()
                });
                match line {
                    Some(at) => {
                        self.lines[at].text.push_str(&printed.text);
                        self.lines[at].whole = !printed.more;
                    }
                    None => self.lines.push(PrintedLine {
                        event: index,
                        time: event.time,
                        actor: event.actor,
                        text: printed.text.clone(),
                        error: printed.error,
                        whole: !printed.more,
                    }),
                }
                if !printed.more {
                    self.open.retain(|(actor, _)| *actor != event.actor);
                } else if begun.is_none() {
                    self.open.push((event.actor, index));
                }
            }
            // The dead print no more: another actor's text never goes on what they began.
            Body::Died(died) => self.open.retain(|(actor, _)| *actor != died.actor),
            _ => {}
        }
    }

    /// Number of events so far, those that history no longer reaches among them.
    pub fn len(&self) -> u64 {
        self.stretches.back().map_or(0, |last| last.first + last.starts.len() as u64)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Index of the first event that history still reaches; 0 unless older ones were folded away.
    pub fn first(&self) -> u64 {
        self.stretches.front().map_or(0, |oldest| oldest.first)
    }

    /// The world after all events.
    pub fn head(&self) -> &World {
        &self.head
    }

    /// The event with an index; none past the end or before the beginning of history.
    pub fn event(&self, index: u64) -> Option<Event> {
        let stretch = self.stretch(index)?;
        let start = *stretch.starts.get((index - stretch.first) as usize)?;
        codec::decode(stretch.bytes.get(start as usize..)?).ok().map(|(event, _)| event)
    }

    /// The world after the first `count` events: all of them if there are fewer, the beginning of history
    /// if that is later.
    pub fn world_at(&self, count: u64) -> World {
        if count >= self.len() {
            return self.head.clone();
        }
        let count = count.max(self.first());
        let Some(stretch) = self.stretch(count) else { return self.head.clone() };
        let mut world = stretch.keyframe.clone();
        for index in stretch.first..count {
            if let Some(event) = self.event(index) {
                world.apply(&event);
            }
        }
        world
    }

    /// The stretch that an index lies in, or would.
    fn stretch(&self, index: u64) -> Option<&Stretch> {
        let after = self.stretches.partition_point(|stretch| stretch.first <= index);
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
        &self.lines
    }
}

impl Stretch {
    fn new(first: u64, keyframe: &World) -> Stretch {
        Stretch { first, keyframe: keyframe.clone(), bytes: Vec::new(), starts: Vec::new(), weight: weight(keyframe) }
    }

    /// Whether the next event begins a new stretch. A heavy world has fewer keyframes, so that they take
    /// about what the events take.
    fn is_full(&self) -> bool {
        self.starts.len() >= KEYFRAME_EVERY && self.bytes.len() >= self.weight
    }
}

/// About how many bytes a keyframe takes: messages it shares with its neighbours, but for those that moved
/// in between.
fn weight(world: &World) -> usize {
    let own = |messages: usize| messages.min(2 * KEYFRAME_EVERY);
    let mut weight = size_of::<World>() + (world.actors.len() + world.objects.len()) * 8;
    weight += world.all_actors().count() * 400 + own(world.messages.len()) * 250 + world.messages.len() / 8;
    for part in world.all_objects().flat_map(|object| &object.parts) {
        weight += 100
            + match part {
                PartState::Cells { cells } => cells.len() * 150,
                PartState::Slots { messages } => own(messages.len()) * 8 + messages.len() / 8,
                PartState::Waiters { waiters } => waiters.len() * 4,
                PartState::Ends { ends } => ends.iter().map(|end| 64 + end.holders.len() * 8).sum(),
                _ => 0,
            };
    }
    weight
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
    use crate::trace::arbitrary;
    use crate::world::sample;
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
        let stretches: usize = timeline.stretches.iter().map(|s| s.weight + s.bytes.len() + s.starts.len() * 4).sum();
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
    fn a_printed_line_has_all_its_pieces_and_a_dead_ones_stays_begun() {
        let piece = |actor, text: &str, more| {
            let printed = crate::trace::Printed { text: text.into(), line: 1, more, error: false };
            Event { actor: ActorId(actor), time: 0, wall: 0, body: Body::Printed(printed) }
        };
        let died = crate::trace::Died { actor: ActorId(2), cause: crate::trace::Cause::Signal(9), changes: vec![] };
        let died = Event { actor: ActorId::HOST, time: 0, wall: 0, body: Body::Died(died) };
        let events = [piece(2, "a", true), piece(3, "b", false), piece(2, "c", false), piece(2, "d", true), died, piece(2, "e", false)];
        let timeline = timeline(&events, HISTORY_LIMIT);
        let lines: Vec<(u64, &str, bool)> = timeline.lines().iter().map(|line| (line.event, line.text.as_str(), line.whole)).collect();
        assert_eq!(lines, [(0, "ac", true), (1, "b", true), (3, "d", false), (5, "e", true)]);
    }

    proptest! {
        #[test]
        fn seeking_equals_folding(events in prop::collection::vec(arbitrary::event(), 0..60), limit in 0usize..20_000) {
            check_law(&events, limit);
        }
    }
}
