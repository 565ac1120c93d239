//! What objects are made of, and what each part is to its object: which list its waiters stand on, where its
//! messages come out, what it counts or guards. Nobody has to guess any of it from a part's place.

use super::{Words, words};

/// Free slots of what has no bound, as CPython counts them: its semaphore's greatest value.
pub const UNBOUNDED_SLOTS: i64 = i32::MAX as i64;

/// One part of a kind and its role in it.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub shape: Shape,
    /// What it is in its object: "kernel pipe", "asleep".
    pub role: Words,
    /// Index of the list of those who want what this part gives.
    pub waiters: Option<u8>,
    /// Freed by the host when its holder dies. A user's lock is not: that is the lesson.
    pub robust: bool,
    /// A count of what is taken to be given back, by whoever took it.
    pub permits: bool,
    /// Messages that lie here have arrived: it is for whoever they were sent to, and goes no further.
    pub arrived: bool,
    /// Released by nobody but its holder.
    pub owner_alone: bool,
    /// For bytes and slots: the ends part and the end at which they come out.
    pub read_at: Option<(u8, u8)>,
    /// For a count: the slots that are still free of that part are what it counts.
    pub free_of: Option<u8>,
    /// For an owner part inside of an object: what nobody does without holding it.
    pub guards: Option<Guarded>,
    /// For cells: how one of them is named.
    pub keys: Keys,
    /// What somebody waits for who waits for this part, with the slot `{object}`: "a free slot of {object}".
    pub awaited: Option<Words>,
}

impl Part {
    /// A part of this shape, with its role in both languages and nothing else said of it: no waiters, not robust,
    /// its cells named by index.
    pub const fn new(shape: Shape, en: &'static str, zh: &'static str) -> Part {
        Part {
            shape,
            role: words(en, zh),
            waiters: None,
            robust: false,
            permits: false,
            arrived: false,
            owner_alone: false,
            read_at: None,
            free_of: None,
            guards: None,
            keys: Keys::Index,
            awaited: None,
        }
    }

    /// The part's list of waiters.
    pub const fn wanted_by(self, waiters: u8) -> Part {
        Part { waiters: Some(waiters), ..self }
    }

    /// Bytes or messages that come out at an end of an ends part.
    pub const fn read_at(self, ends: u8, end: u8) -> Part {
        Part { read_at: Some((ends, end)), ..self }
    }

    /// A count of how many slots of another part are free.
    pub const fn free_of(self, slots: u8) -> Part {
        Part { free_of: Some(slots), ..self }
    }

    /// For a count of free slots: how many there are where nobody set a bound, so that what is taken can be told.
    pub const fn unbounded(&self) -> Option<i64> {
        match self.free_of {
            Some(_) => Some(UNBOUNDED_SLOTS),
            None => None,
        }
    }

    /// A lock inside of the object, which one has to hold for this.
    pub const fn guards(self, what: Guarded) -> Part {
        Part { guards: Some(what), ..self }
    }

    /// Cells that are named like this.
    pub const fn keyed_by(self, keys: Keys) -> Part {
        Part { keys, ..self }
    }

    /// What somebody waits for at this part.
    pub const fn awaited(self, en: &'static str, zh: &'static str) -> Part {
        Part { awaited: Some(words(en, zh)), ..self }
    }

    /// A count of what is taken to be given back.
    pub const fn permits(self) -> Part {
        Part { permits: true, ..self }
    }

    /// Where messages arrive.
    pub const fn arrived(self) -> Part {
        Part { arrived: true, ..self }
    }

    /// Released by nobody but its holder.
    pub const fn owner_alone(self) -> Part {
        Part { owner_alone: true, ..self }
    }

    /// Freed when its holder dies.
    pub const fn robust(self) -> Part {
        Part { robust: true, ..self }
    }
}

/// What parts are made of: the only thing that world, views and audit distinguish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Messages in order.
    Slots,
    /// Values by index.
    Cells,
    /// Bytes that the kernel holds, up to a capacity.
    Bytes,
    /// Named ends and the processes that hold each.
    Ends(&'static [Words]),
    /// A number, perhaps with a bound.
    Count,
    /// Up or down.
    Flag,
    /// One actor and how often it took it.
    Owner,
    /// Actors in order of arrival.
    Waiters,
}

/// What a lock inside of an object stands before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Guarded {
    Reading,
    Writing,
}

/// How one of several cells is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Keys {
    /// There is one cell, which needs no name.
    One,
    /// By its place, from 0.
    Index,
    /// By a value of the language: `"a"`, `0.5`.
    Value,
    /// By a bare name, as a field is.
    Name,
}
