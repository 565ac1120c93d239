//! One row of the space-time picture as data: who did what, how every lane stood afterwards, what
//! moved from where to where. Drawing places it; nothing here knows of columns or widths.

use crate::kind::{Lang, Words, process, words};
use crate::trace::{ActorId, Body, Change, Event, Nanos, Next, ObjectId, On, Role, Until};
use crate::world::{Activity, Actor, World, waits};

use super::labels;
use super::narrate;
use super::thing::Compact;

/// How a lane stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Nobody is there yet.
    Absent,
    /// Born, and not yet begun.
    Unborn,
    /// At the gate: it can go on.
    Ready,
    Running,
    Waiting,
    Asleep,
    Stopped,
    Dead,
}

impl Mark {
    pub const ALL: [Mark; 8] =
        [Mark::Absent, Mark::Unborn, Mark::Ready, Mark::Running, Mark::Waiting, Mark::Asleep, Mark::Stopped, Mark::Dead];

    /// `rest`: everybody is known to be at rest, so nobody runs.
    pub fn of(actor: &Actor, rest: bool) -> Mark {
        if actor.stopped && !actor.is_dead() {
            return Mark::Stopped;
        }
        match &actor.activity {
            Activity::Unborn => Mark::Unborn,
            Activity::Ready(announced) if announced.op == process::BEGIN.id => Mark::Unborn,
            Activity::Ready(_) => Mark::Ready,
            Activity::Running | Activity::Ending if rest => Mark::Ready,
            Activity::Running | Activity::Ending => Mark::Running,
            Activity::Waiting(wait) if wait.until.iter().all(|until| *until == Until::Deadline) => Mark::Asleep,
            Activity::Waiting(_) => Mark::Waiting,
            Activity::Dead(_) => Mark::Dead,
        }
    }

    /// One character, no two alike.
    pub fn glyph(self) -> &'static str {
        match self {
            Mark::Absent => " ",
            Mark::Unborn => "·",
            Mark::Ready => "│",
            Mark::Running => "┃",
            Mark::Waiting => ":",
            Mark::Asleep => "z",
            Mark::Stopped => "‖",
            Mark::Dead => "✝",
        }
    }

    /// A word, no two alike; none for nobody.
    pub fn word(self) -> Words {
        match self {
            Mark::Absent => words("", ""),
            Mark::Unborn => labels::UNBORN,
            Mark::Ready => labels::READY,
            Mark::Running => labels::RUNNING,
            Mark::Waiting => labels::WAITING,
            Mark::Asleep => labels::ASLEEP,
            Mark::Stopped => labels::STOPPED,
            Mark::Dead => labels::ENDED_THREAD,
        }
    }
}

/// Where something went in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// From the acting lane to an object.
    Into(ObjectId),
    /// From an object to the acting lane.
    OutOf(ObjectId),
    /// From the acting lane to another one, which it woke.
    Wakes(ActorId),
    /// From the acting lane to another one, which may take what was freed, if it comes first.
    Frees(ActorId),
    /// From the acting lane to a lane that begins with it.
    Starts(ActorId),
    /// From the acting lane to a lane that it signalled.
    Signals(ActorId),
}

/// One row of the picture: an event, and how everything stood after it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub event: u64,
    /// Its place among the rows, from 1.
    pub ordinal: usize,
    /// The grant that it followed; 0 where the kernel schedules.
    pub step: u64,
    pub time: Nanos,
    /// Whose lane the text stands in; none for time that passes and events that were lost.
    pub actor: Option<ActorId>,
    /// The actor is a thread that works for an object.
    pub worker: bool,
    pub text: String,
    /// Something went wrong or died.
    pub bad: bool,
    pub line: u32,
    /// How everybody stood, threads included.
    pub marks: Vec<(ActorId, Mark)>,
    pub flows: Vec<Flow>,
    /// Outermost objects that changed, as they looked afterwards.
    pub things: Vec<(ObjectId, Compact)>,
    /// Time passed as a step of its own, so much of it.
    pub passed: Option<Nanos>,
}

impl Row {
    /// Reads an event as a row. `index`: its place in the trace; `before` and `after`: the worlds around it. Its
    /// `ordinal` is 0: whoever counts rows sets it.
    pub fn read(index: u64, before: &World, after: &World, event: &Event, lang: Lang) -> Row {
        let actor = match &event.body {
            Body::Died(died) => Some(died.actor),
            Body::Stopped { actor, .. } => Some(*actor),
            Body::Clock { .. } | Body::Lost { .. } => None,
            _ => Some(event.actor),
        };
        let mut row = Row {
            event: index,
            ordinal: 0,
            step: after.step,
            time: after.now,
            actor,
            worker: actor.and_then(|id| after.actor(id)).is_some_and(|actor| actor.role == Role::Helper),
            text: narrate::row(before, after, event, lang),
            bad: matches!(&event.body, Body::Lost { .. })
                || before.lost_update(event).is_some()
                || matches!(&event.body, Body::Printed(printed) if printed.error)
                || matches!(&event.body, Body::Died(died) if !matches!(died.cause, crate::trace::Cause::Exit(0) | crate::trace::Cause::Returned)),
            line: match &event.body {
                Body::Acted(acted) => acted.line,
                Body::Printed(printed) => printed.line,
                _ => 0,
            },
            marks: marks(after),
            flows: Vec::new(),
            things: Vec::new(),
            passed: match &event.body {
                Body::Clock { to, .. } => Some(to.saturating_sub(before.now)),
                _ => None,
            },
        };
        row.read_flows(before, after, event);
        row.read_things(before, after, event);
        row
    }

    /// Takes up changes that belong to the same happening but came in an event of their own.
    pub fn more_changes(&mut self, before: &World, after: &World, event: &Event) {
        self.read_things(before, after, event);
        self.marks = marks(after);
    }

    fn read_things(&mut self, before: &World, after: &World, event: &Event) {
        for object in event.touched().filter_map(|object| after.outermost(object)) {
            let compact = Compact::read(after, object, self.event);
            let tied = self.flows.iter().any(|flow| matches!(flow, Flow::Into(id) | Flow::OutOf(id) if *id == object));
            // A picture that looks as before would only say that something happened which it does not show.
            if !tied && compact == Compact::read(before, object, self.event) {
                continue;
            }
            match self.things.iter_mut().find(|(known, _)| *known == object) {
                Some((_, known)) => *known = compact,
                None => self.things.push((object, compact)),
            }
        }
    }

    fn read_flows(&mut self, before: &World, after: &World, event: &Event) {
        let mut flows = Vec::new();
        let mut add = |flow: Flow| {
            if !flows.contains(&flow) {
                flows.push(flow);
            }
        };
        for change in event.changes() {
            match change {
                Change::Moved { from, to, .. } => match (from, to) {
                    (None, Some(to)) => add(Flow::Into(after.outermost(to.object).unwrap_or(to.object))),
                    (Some(from), None) => add(Flow::OutOf(after.outermost(from.object).unwrap_or(from.object))),
                    // A thread carries messages from its process's memory on into the object.
                    (Some(_), Some(to)) if self.worker => add(Flow::Into(after.outermost(to.object).unwrap_or(to.object))),
                    _ => {}
                },
                Change::Wrote { part, .. } | Change::Raised { part, .. } => {
                    add(Flow::Into(after.outermost(part.object).unwrap_or(part.object)));
                }
                Change::Requeued { actor, .. } => add(Flow::Wakes(*actor)),
                _ => {}
            }
        }
        if let Body::Acted(acted) = &event.body {
            let read = !acted.changes.iter().any(writes_cells);
            if let (On::Cell(object, index), true, Next::Goes) = (acted.on, read, &acted.next) {
                add(Flow::OutOf(after.outermost(object).unwrap_or(object)));
                // A read changes nothing, but it is seen where it read.
                self.things.push((object, Compact::cell(after, object, index)));
            }
            if let On::Actor(other) = acted.on {
                match acted.op {
                    op if op == process::START.id => add(Flow::Starts(other)),
                    op if [process::KILL.id, process::TERMINATE.id, process::STOP.id, process::CONTINUE.id].contains(&op) => {
                        add(Flow::Signals(other));
                    }
                    _ => {}
                }
            }
        }
        // Whoever waits for something that the event made true can go on because of it.
        for waiter in after.all_actors().filter(|waiter| waiter.id != event.actor) {
            let Activity::Waiting(wait) = &waiter.activity else { continue };
            match wait.until.iter().find(|until| !waits::holds(before, waiter.id, until) && waits::holds(after, waiter.id, until)) {
                Some(Until::OwnerFree(..) | Until::CountAbove(..)) => add(Flow::Frees(waiter.id)),
                Some(_) => add(Flow::Wakes(waiter.id)),
                None => {}
            }
        }
        self.flows = flows;
    }
}

fn writes_cells(change: &Change) -> bool {
    matches!(change, Change::Wrote { .. } | Change::Inserted { .. } | Change::Removed { .. })
}

fn marks(world: &World) -> Vec<(ActorId, Mark)> {
    world.all_actors().map(|actor| (actor.id, Mark::of(actor, world.rest.is_some()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_states_look_alike_without_colour() {
        for (at, mark) in Mark::ALL.iter().enumerate() {
            assert!(Mark::ALL[..at].iter().all(|other| other.glyph() != mark.glyph()), "{mark:?}");
            for lang in [Lang::En, Lang::Zh] {
                assert!(Mark::ALL[..at].iter().all(|other| other.word().get(lang) != mark.word().get(lang)), "{mark:?}");
            }
        }
    }
}
