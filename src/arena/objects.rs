//! Objects as records: what each is, what it is called, to whom it belongs, and where its parts lie.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::SeqCst;

use super::Arena;
use super::actors::{read_text, write_text};
use super::layout::{HEAP_WORDS, MAX_CELLS, MAX_OBJECTS, OBJECT_WORDS, object, word64};
use super::parts::Part;
use crate::kind::Kind;
use crate::trace::{ActorId, KindId, ObjectId, PartRef};

/// An object could not be made.
#[derive(Debug, thiserror::Error)]
pub enum NoRoom {
    #[error("a run can have {MAX_OBJECTS} objects in all, and this would be one more")]
    Objects,
    #[error("the shared memory of a run holds {} MiB of objects, and this one does not fit", (HEAP_WORDS * 8) >> 20)]
    Memory,
    #[error("the arrays of a run have {MAX_CELLS} cells in all, and with this one they would have more")]
    Cells,
}

/// What an object's record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectFacts {
    pub kind: KindId,
    pub owner: Option<ObjectId>,
    /// The process whose memory it lives in.
    pub home: Option<ActorId>,
    pub broken: bool,
}

impl Arena {
    pub(super) fn object(&self, id: ObjectId) -> &[AtomicU64] {
        self.words64(word64::OBJECTS + (id.0 as usize).min(MAX_OBJECTS - 1) * OBJECT_WORDS, OBJECT_WORDS)
    }

    /// Makes an object with all its parts in their first state; `cells` is how many cells it has.
    pub fn make_object(
        &self,
        kind: &Kind,
        name: &str,
        owner: Option<ObjectId>,
        home: Option<ActorId>,
        cells: usize,
    ) -> Result<ObjectId, NoRoom> {
        // A Value is no array, and what has no cells takes none.
        if cells > 1 {
            let fits = |made: u64| (made + cells as u64 <= MAX_CELLS as u64).then_some(made + cells as u64);
            self.word64(word64::CELLS).fetch_update(SeqCst, SeqCst, fits).map_err(|_| NoRoom::Cells)?;
        }
        let next = self.word64(word64::NEXT_OBJECT);
        let id = next.fetch_update(SeqCst, SeqCst, |id| (id < MAX_OBJECTS as u64).then_some(id + 1)).map_err(|_| NoRoom::Objects)?;
        let id = ObjectId(id as u16);
        let record = self.object(id);
        for (at, part) in kind.parts.iter().enumerate() {
            let lies_at = self.allocate(Part::words_for(part.shape, cells))?;
            record[object::PARTS + at].store(lies_at as u64, SeqCst);
            Part::new(self, lies_at).begin(part, cells);
        }
        let owner = owner.map_or(0, |owner| u64::from(owner.0) + 1);
        let home = home.map_or(0, |home| u64::from(home.0) + 1);
        write_text(&record[object::NAME_LEN], &record[object::NAME..object::NAME + object::NAME_WORDS], name);
        record[object::KIND].store(u64::from(kind.id.0) | owner << 8 | home << 32, SeqCst);
        Ok(id)
    }

    /// The name that an object will have in messages.
    pub fn object_name(&self, id: ObjectId) -> String {
        let record = self.object(id);
        read_text(&record[object::NAME_LEN], &record[object::NAME..object::NAME + object::NAME_WORDS])
    }

    fn allocate(&self, words: usize) -> Result<usize, NoRoom> {
        let next = self.word64(word64::NEXT_HEAP);
        let fits = |at: u64| (at as usize).checked_add(words).filter(|end| *end <= HEAP_WORDS).map(|end| end as u64);
        next.fetch_update(SeqCst, SeqCst, fits).map(|at| word64::HEAP + at as usize).map_err(|_| NoRoom::Memory)
    }

    /// How many objects were given a number, at most `MAX_OBJECTS`.
    pub fn object_count(&self) -> usize {
        (self.word64(word64::NEXT_OBJECT).load(SeqCst) as usize).min(MAX_OBJECTS)
    }

    /// All objects that are wholly made, in order.
    pub fn object_ids(&self) -> impl Iterator<Item = ObjectId> + '_ {
        (0..self.object_count() as u16).map(ObjectId).filter(|id| self.object(*id)[object::KIND].load(SeqCst) != 0)
    }

    /// What an object was made as, and whether it is broken.
    pub fn facts(&self, id: ObjectId) -> ObjectFacts {
        let record = self.object(id);
        let word = record[object::KIND].load(SeqCst);
        let owner = (word >> 8) as u32 & 0xff_ffff;
        let home = (word >> 32) as u32;
        ObjectFacts {
            kind: KindId(word as u8),
            owner: (owner > 0).then(|| ObjectId((owner - 1) as u16)),
            home: (home > 0).then(|| ActorId((home - 1) as u16)),
            broken: record[object::BROKEN].load(SeqCst) != 0,
        }
    }

    pub(super) fn mark_broken(&self, id: ObjectId) {
        self.object(id)[object::BROKEN].store(object::BROKEN_TOLD, SeqCst);
    }

    /// Whether it became broken and the trace did not say so until now; from now on it does.
    pub(super) fn tell_broken(&self, id: ObjectId) -> bool {
        let broken = &self.object(id)[object::BROKEN];
        broken.compare_exchange(object::BROKEN_NEW, object::BROKEN_TOLD, SeqCst, SeqCst).is_ok()
    }

    pub(super) fn set_told(&self, id: ObjectId) {
        self.object(id)[object::TOLD].store(1, SeqCst);
    }

    /// Whether the trace tells of an object's making.
    pub fn is_told(&self, id: ObjectId) -> bool {
        self.object(id)[object::TOLD].load(SeqCst) != 0
    }

    /// The manager that keeps an object for others.
    pub fn manager_of(&self, id: ObjectId) -> Option<ObjectId> {
        let word = self.object(id)[object::KEPT_BY].load(SeqCst);
        (word > 0).then(|| ObjectId((word - 1) as u16))
    }

    /// Says that `manager` keeps the object.
    pub fn set_manager_of(&self, id: ObjectId, manager: ObjectId) {
        self.object(id)[object::KEPT_BY].store(u64::from(manager.0) + 1, SeqCst);
    }

    /// A word whose meaning the object's own file in `ipc` knows.
    pub fn own_word(&self, id: ObjectId, at: usize) -> &AtomicU64 {
        &self.object(id)[object::OWN + at.min(object::OWN_WORDS - 1)]
    }

    /// Counts everything that may change what a pipe is ready for.
    pub fn pipe_version(&self, id: ObjectId) -> u64 {
        self.object(id)[object::VERSION].load(SeqCst)
    }

    /// Counts a pipe's version up by one; it wakes no waiter.
    pub fn bump_pipe_version(&self, id: ObjectId) {
        self.object(id)[object::VERSION].fetch_add(1, SeqCst);
    }

    /// The state of a part of an object.
    pub fn part_at(&self, id: ObjectId, part: u8) -> Part<'_> {
        self.part(PartRef::new(id, part))
    }

    pub(super) fn part(&self, part: PartRef) -> Part<'_> {
        let record = self.object(part.object);
        Part::new(self, record[object::PARTS + part.part as usize].load(SeqCst) as usize)
    }
}
