//! A run's whole trace in memory: every event encoded, with keyframes to seek from.
//!
//! The law: `world_at(n)` equals folding the first n events.

use super::World;
use crate::trace::codec::{self, CodecError};
use crate::trace::{ActorId, Body, Event, Nanos};

/// Events between two keyframes.
const KEYFRAME_EVERY: usize = 256;

/// All events so far and ways to find the ones to show.
#[derive(Default)]
pub struct Timeline {
    bytes: Vec<u8>,
    /// Where each event starts in `bytes`.
    starts: Vec<usize>,
    /// The world after every `KEYFRAME_EVERY` events; the first is the empty world.
    keyframes: Vec<World>,
    head: World,
    rows: Vec<u64>,
    lines: Vec<PrintedLine>,
    /// Lines whose last piece has not come yet, by actor.
    open: Vec<(ActorId, usize)>,
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

impl Timeline {
    pub fn new() -> Timeline {
        Timeline { keyframes: vec![World::new()], ..Timeline::default() }
    }

    /// Adds an event at the end.
    pub fn push(&mut self, event: &Event) -> Result<(), CodecError> {
        let encoded = codec::encode(event)?;
        let index = self.len();
        self.starts.push(self.bytes.len());
        self.bytes.extend_from_slice(&encoded);
        self.head.apply(event);
        if self.starts.len().is_multiple_of(KEYFRAME_EVERY) {
            self.keyframes.push(self.head.clone());
        }
        if is_row(event) {
            self.rows.push(index);
        }
        if let Body::Printed(printed) = &event.body {
            let open = self.open.iter().position(|(actor, _)| *actor == event.actor);
            let line = match open {
                Some(at) => {
                    let line = self.open[at].1;
                    self.lines[line].text.push_str(&printed.text);
                    line
                }
                None => {
                    self.lines.push(PrintedLine {
                        event: index,
                        time: event.time,
                        actor: event.actor,
                        text: printed.text.clone(),
                        error: printed.error,
                        whole: false,
                    });
                    self.open.push((event.actor, self.lines.len() - 1));
                    self.lines.len() - 1
                }
            };
            if !printed.more {
                self.lines[line].whole = true;
                self.open.retain(|(actor, _)| *actor != event.actor);
            }
        }
        Ok(())
    }

    /// Number of events.
    pub fn len(&self) -> u64 {
        self.starts.len() as u64
    }

    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The world after all events.
    pub fn head(&self) -> &World {
        &self.head
    }

    /// The event with an index; none past the end.
    pub fn event(&self, index: u64) -> Option<Event> {
        let start = *self.starts.get(index as usize)?;
        codec::decode(&self.bytes[start..]).ok().map(|(event, _)| event)
    }

    /// The world after the first `count` events (all of them if there are fewer).
    pub fn world_at(&self, count: u64) -> World {
        let count = count.min(self.len());
        if count == self.len() {
            return self.head.clone();
        }
        let keyframe = count as usize / KEYFRAME_EVERY;
        let mut world = self.keyframes[keyframe].clone();
        for index in (keyframe * KEYFRAME_EVERY) as u64..count {
            if let Some(event) = self.event(index) {
                world.apply(&event);
            }
        }
        world
    }

    /// Indices of the events that are rows of the space-time picture, in order.
    pub fn rows(&self) -> &[u64] {
        &self.rows
    }

    /// All printed lines, in order of their first piece.
    pub fn lines(&self) -> &[PrintedLine] {
        &self.lines
    }
}

/// Whether an event is a row of its own in the space-time picture: something happened, or time passed.
pub fn is_row(event: &Event) -> bool {
    match &event.body {
        Body::Acted(_) | Body::Clock { .. } | Body::Died(_) | Body::Stopped { .. } | Body::Lost { .. } => true,
        Body::Printed(printed) => !printed.more,
        Body::Mode(_) | Body::Born(_) | Body::Announced(_) | Body::Rest(_) | Body::Granted { .. } | Body::Also { .. } => false,
    }
}
