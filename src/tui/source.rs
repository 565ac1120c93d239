//! Where a screen's run comes from and what may be asked of it.
//!
//! Invariant: the screen cannot tell a live run from a recorded one but by [`Status::kind`], and it
//! changes nothing itself: it reads a timeline and tells intents. It must not know of processes.

use std::sync::Arc;

use crate::kind::{Lang, Words};
use crate::trace::scenario::{Bilingual, Scenario};
use crate::trace::{ActorId, Goal, ObjectId, On, OpId, Pace, Phase, Walk};
use crate::world::Timeline;

use super::labels;

/// A run to show: live or recorded.
pub trait Source {
    /// Lends the timeline for as long as `read` runs; a reader does little and leaves, since a live
    /// run's events wait meanwhile.
    fn with_timeline(&self, read: &mut dyn FnMut(&Timeline));

    /// How the run stands now.
    fn status(&self) -> Status;

    /// The kernel's view of a process's thread or of an object, beside what is drawn; none for a recording.
    fn inside(&self, _of: Inside, _lang: Lang) -> Option<Vec<InsideFact>> {
        None
    }

    /// Asks for something. An error is one sentence for the user that says why it cannot be.
    fn tell(&mut self, intent: Intent, lang: Lang) -> Result<(), String>;

    /// Lets the user edit the scenario, and runs it anew if it was changed. The screen has left the
    /// terminal to the editor meanwhile. An error is a sentence in the given language.
    fn edit(&mut self, lang: Lang) -> Result<Edited, String> {
        // So it is with a recording.
        Err(labels::REFUSE_RECORDED.get(lang).to_owned())
    }
}

/// What came of editing.
#[derive(Clone, Debug, PartialEq)]
pub enum Edited {
    /// Nothing was changed: the run goes on.
    Same,
    /// What runs now is the new source.
    Anew,
    /// The new source has faults; the run is still the old one.
    Faulty(Draft),
}

/// A source with faults.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    pub file: String,
    pub source: String,
    pub faults: Vec<DraftFault>,
}

/// One fault: its line, from 1 (0: unknown), and what is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftFault {
    pub line: u32,
    pub said: Bilingual,
}

/// What the kernel is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inside {
    Actor(ActorId),
    Object(ObjectId),
}

/// One fact: what the kernel says, what is drawn (empty if nothing of the kind), and whether they agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InsideFact {
    pub what: Words,
    pub kernel: String,
    pub drawn: String,
    pub agrees: bool,
}

/// How a run stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    pub kind: SourceKind,
    pub scenario: Arc<Scenario>,
    pub phase: Phase,
    /// The host grants each step; otherwise the kernel schedules.
    pub gated: bool,
    pub pace: Pace,
    pub seed: u64,
    /// How the seed decides who goes next.
    pub walk: Walk,
    /// The first step was taken.
    pub begun: bool,
    /// News for the user that no event tells.
    pub notice: Option<Bilingual>,
    /// The exit status that this run would give the program, once it is known.
    pub exit: Option<i32>,
}

/// Whether a run still goes on or is only looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    Live,
    Recorded,
}

/// What the user wants of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// So many steps, in the order that the run has.
    Step(u32),
    /// One step of this actor.
    StepActor(ActorId),
    Run,
    /// To the end of a recording, at once. A live run has no end yet, and refuses.
    ToEnd,
    Pause,
    SetPace(Pace),
    /// Whether a run that plays by pace pauses when a question is asked; it does unless told otherwise.
    PauseToAsk(bool),
    /// Open the gate: the kernel schedules from now on.
    Free,
    /// Close it again: steps are granted from now on.
    Gated,
    /// The very same run from its start.
    Again,
    /// A new run with another seed.
    Reseed(u64),
    /// The hand does an operation on something, with a value as the user typed it.
    Hand(OpId, On, Option<String>),
    /// The hand writes the value of a key, which may be new; both as the user typed them.
    HandEntry {
        op: OpId,
        object: ObjectId,
        key: String,
        value: String,
    },
    /// Run on, and pause when this is so.
    RunUntil(Goal),
    /// The same again up to this many events of the trace, then live from there.
    Branch(u64),
    /// The run again with another value of a parameter, as the user typed it. A refusal is in the language.
    SetParam {
        name: String,
        text: String,
        lang: Lang,
    },
    /// The hand sends a signal to a process.
    Signal(ActorId, HandSignal),
    /// The screen will not look at this run any more.
    Close,
}

/// A signal that the hand can send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandSignal {
    Kill,
    Terminate,
    Stop,
    Continue,
}
