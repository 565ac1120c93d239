//! Updates that are lost: who wrote a cell what was worked out from a value that others had replaced meanwhile.
//!
//! A world remembers what was read lately and who wrote there since; a write is held against that. A read or a
//! write of one cell is an outcome on that cell (`On::Cell`); what an object does to its cells in one step of its
//! own (a list's `sort`) reads and writes what is there now, so it loses nothing. What a manager's thread does for
//! a process is that process's doing.
//!
//! The rule. A write loses what others wrote to the cell since the writer's last read of it, if
//! - it is *proved*: reader and writer are one, and between read and write it did nothing in another line. So it is
//!   with `v.value += 1`, in a function of its own or not. (Two statements in one line are taken for one.)
//! - it is *likely*: the read was in another line, and is the last one that the writer made of any cell.
//!
//! And it loses nothing where
//! - the writer never read the cell, or wrote it after it had read it: a write without a read before it is meant
//!   to replace whatever is there;
//! - the read was made to be printed, that is: a print follows in its line;
//! - the writer has learnt of another's end since it read: it means to write after the other;
//! - the others have put back what was read, or what is written stands there already and is no number (`true` over
//!   `true`). Of numbers the same one twice is just what a lost increment looks like.
//!
//! Invariant: all of it follows from events alone, and at most [`READ_LIMIT`] reads of each process are remembered.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{PartState, World};
use crate::trace::{Acted, ActorId, Body, Change, Event, Nanos, Next, On, PartRef, Preview, Printed, Role};

/// So many of a process's last reads are remembered.
const READ_LIMIT: usize = 8;

/// So many of the writes that a reader missed are named; of the others only the number is known.
const MISSED_LIMIT: usize = 3;

/// An update that a write destroys.
#[derive(Clone, Debug, PartialEq)]
pub struct LostUpdate {
    /// Whose write it is.
    pub writer: ActorId,
    pub part: PartRef,
    pub cell: u32,
    /// What is written.
    pub wrote: Preview,
    /// What the writer had read, when, and what it missed.
    pub reading: Arc<Reading>,
    /// Proved; else likely.
    pub proved: bool,
}

/// A read of one cell, and what came after it there.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    pub reader: ActorId,
    part: PartRef,
    cell: u32,
    pub value: Preview,
    /// The step; 0 where the kernel scheduled.
    pub step: u64,
    pub time: Nanos,
    /// Whose line it is, and the line.
    place: Place,
    /// The reader's own line, also where a thread of a manager read for it in a method's line.
    asked: u32,
    /// The reader has done something in another line since.
    moved_on: bool,
    /// What others wrote to the cell since: the first of it, and the last.
    pub missed: Vec<Missed>,
    /// And how many writes more, before the last.
    pub more: u64,
}

/// A write that a reader did not see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    pub writer: ActorId,
    pub value: Preview,
}

/// Where in the source something was done: a line, and whose.
type Place = (ActorId, u32);

/// What was read lately, in the order of reading. It follows from events that a digest knows of already.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Readings(Vec<Arc<Reading>>);

impl Hash for Readings {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl World {
    /// The update that an event destroys; `self` is the world before it.
    pub fn lost_update(&self, event: &Event) -> Option<LostUpdate> {
        let Body::Acted(acted) = &event.body else { return None };
        let (part, cell, wrote) = written_cell(acted)?;
        let writer = self.on_behalf_of(event.actor);
        let own = |reading: &&Arc<Reading>| reading.reader == writer;
        let reading = self.readings.0.iter().find(|reading| own(reading) && reading.is_of(part, cell))?;
        let now = &self.cell(part, cell)?.value;
        let harmless = *now == reading.value || (*now == *wrote && wrote.text.parse::<f64>().is_err());
        if reading.missed.is_empty() || harmless {
            return None;
        }
        let place = self.place_of(event.actor, acted);
        let proved = place.1 > 0 && place == reading.place && !reading.moved_on;
        let last = self.readings.0.iter().rfind(own).is_some_and(|last| Arc::ptr_eq(last, reading));
        (proved || last).then(|| LostUpdate { writer, part, cell, wrote: wrote.clone(), reading: reading.clone(), proved })
    }

    /// The process for which an actor acts: a manager's thread for the one that made the connection, others for
    /// their own.
    fn on_behalf_of(&self, id: ActorId) -> ActorId {
        let Some(actor) = self.actor(id) else { return id };
        let served = actor.object.filter(|_| actor.role == Role::Helper).and_then(|object| self.object(object));
        served.and_then(|object| self.actor(object.maker)).unwrap_or(actor).process
    }

    /// Where an outcome was brought about: in a thread's own line, or in that of the process for which it acts.
    fn place_of(&self, id: ActorId, acted: &Acted) -> Place {
        if acted.line > 0 {
            return (id, acted.line);
        }
        let client = self.on_behalf_of(id);
        (client, self.actor(client).map_or(0, |client| client.line))
    }

    fn cell(&self, part: PartRef, cell: u32) -> Option<&super::Cell> {
        match self.part(part)? {
            PartState::Cells { cells } => cells.nth(cell as usize).map(|cell| &**cell),
            _ => None,
        }
    }

    /// Takes up what an outcome says of reads, after its changes were made.
    pub(super) fn note_read(&mut self, id: ActorId, acted: &Acted) {
        if !self.readings.0.is_empty() {
            self.note_line(id, acted.line);
            if let (On::Actor(other), Next::Goes) = (acted.on, &acted.next) {
                self.note_joined(id, other);
            }
        }
        let Some((part, cell)) = self.read_cell(acted) else { return };
        let Some(value) = self.cell(part, cell).map(|cell| cell.value.clone()) else { return };
        let reader = self.on_behalf_of(id);
        let place = self.place_of(id, acted);
        let (step, time) = (self.step, self.now);
        let asked = if reader == id { place.1 } else { self.actor(reader).map_or(0, |reader| reader.line) };
        let reading = Reading { reader, part, cell, value, step, time, place, asked, moved_on: false, missed: Vec::new(), more: 0 };
        let readings = &mut self.readings.0;
        readings.retain(|known| !(known.reader == reader && known.is_of(part, cell)));
        if readings.iter().filter(|known| known.reader == reader).count() >= READ_LIMIT
            && let Some(oldest) = readings.iter().position(|known| known.reader == reader)
        {
            readings.remove(oldest);
        }
        readings.push(Arc::new(reading));
    }

    /// The cell that an outcome read: it is about one cell, and changed none.
    fn read_cell(&self, acted: &Acted) -> Option<(PartRef, u32)> {
        let (On::Cell(object, cell), Next::Goes) = (acted.on, &acted.next) else { return None };
        if acted.outcome == crate::kind::FAILED.id || acted.changes.iter().any(|change| touched_cells(change).is_some()) {
            return None;
        }
        let at = self.object(object)?.parts.iter().position(|part| matches!(part, PartState::Cells { .. }))?;
        Some((PartRef::new(object, at as u8), cell))
    }

    /// An actor's newest deed is in this line, if it is in any.
    fn note_line(&mut self, id: ActorId, line: u32) {
        let elsewhere = |reading: &&mut Arc<Reading>| line > 0 && reading.place.0 == id && reading.place.1 != line && !reading.moved_on;
        for reading in self.readings.0.iter_mut().filter(elsewhere) {
            Arc::make_mut(reading).moved_on = true;
        }
    }

    /// An actor has asked for another one; if that has ended, it knows of all that the other wrote.
    fn note_joined(&mut self, id: ActorId, other: ActorId) {
        if self.actor(other).is_some_and(super::Actor::is_dead) {
            self.forget_reads(id);
        }
    }

    /// What was read in the line of a print was read for the print.
    pub(super) fn note_printed(&mut self, id: ActorId, printed: &Printed) {
        self.readings.0.retain(|reading| !(reading.reader == id && reading.asked == printed.line));
        self.note_line(id, printed.line);
    }

    /// Takes up a change of cells: others have missed it, and its writer's own read is used up.
    pub(super) fn note_cells(&mut self, by: ActorId, change: &Change) {
        if self.readings.0.is_empty() {
            return;
        }
        let by = self.on_behalf_of(by);
        let readings = &mut self.readings.0;
        match change {
            Change::Wrote { part, first, values } => readings.retain_mut(|reading| {
                let Some(value) = reading.cell.checked_sub(*first).and_then(|at| values.get(at as usize)) else { return true };
                if reading.part != *part {
                    return true;
                }
                if reading.reader != by {
                    Arc::make_mut(reading).miss(Missed { writer: by, value: value.clone() });
                }
                reading.reader != by
            }),
            Change::Inserted { part, at, .. } => {
                for reading in readings.iter_mut().filter(|reading| reading.part == *part && reading.cell >= *at) {
                    Arc::make_mut(reading).cell += 1;
                }
            }
            Change::Removed { part, first, count } => {
                let end = first.saturating_add(*count);
                readings.retain(|reading| reading.part != *part || !(*first..end).contains(&reading.cell));
                for reading in readings.iter_mut().filter(|reading| reading.part == *part && reading.cell >= end) {
                    Arc::make_mut(reading).cell -= count;
                }
            }
            _ => {}
        }
    }

    /// The dead write nothing any more.
    pub(super) fn forget_reads(&mut self, id: ActorId) {
        self.readings.0.retain(|reading| reading.reader != id);
    }
}

impl Reading {
    fn is_of(&self, part: PartRef, cell: u32) -> bool {
        (self.part, self.cell) == (part, cell)
    }

    /// The last write that the reader missed: what it wrote over. None where it missed none.
    pub fn last_missed(&self) -> Option<&Missed> {
        self.missed.last()
    }

    fn miss(&mut self, missed: Missed) {
        // The first are named, and the last: that is the one that is written over.
        if self.missed.len() < MISSED_LIMIT {
            self.missed.push(missed);
        } else if let Some(last) = self.missed.last_mut() {
            *last = missed;
            self.more += 1;
        }
    }
}

/// The part whose cells a change writes, inserts or removes.
fn touched_cells(change: &Change) -> Option<PartRef> {
    match change {
        Change::Wrote { part, .. } | Change::Inserted { part, .. } | Change::Removed { part, .. } => Some(*part),
        _ => None,
    }
}

/// The cell that an outcome wrote, and with what: it is about that cell.
fn written_cell(acted: &Acted) -> Option<(PartRef, u32, &Preview)> {
    let On::Cell(object, cell) = acted.on else { return None };
    acted.changes.iter().find_map(|change| match change {
        Change::Wrote { part, first, values } if part.object == object => {
            Some((*part, cell, values.get(cell.checked_sub(*first)? as usize)?))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests;
