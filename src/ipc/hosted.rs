//! What a manager's server keeps in its own memory: rows of cells, with or without keys. Every change of
//! one makes the change that the trace is told of, so that the two cannot differ.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use super::seat::locked;
use super::value::{Named, Value};
use crate::arena::Arena;
use crate::kind::managed::{CELLS, DICT_ID};
use crate::trace::{Change, KindId, MessageId, ObjectId, PartRef, Preview};

/// Values in one change: as many as surely fit an event.
const VALUES_AT_ONCE: usize = 6;

/// An object's methods by name: the functions of the script, each with its bound arguments.
pub(super) type Methods = BTreeMap<String, (String, Vec<Value>)>;

/// A queue's messages that wait, with their values.
pub(super) type Messages = VecDeque<(MessageId, Value)>;

/// Everything that one server keeps.
#[derive(Default)]
pub struct Hosted {
    objects: Mutex<BTreeMap<ObjectId, Kept>>,
    queues: Mutex<BTreeMap<ObjectId, Messages>>,
    methods: Mutex<BTreeMap<ObjectId, Methods>>,
    /// Functions of the script that make objects, by the names under which they are registered.
    registered: Mutex<BTreeMap<String, String>>,
}

impl Hosted {
    pub(super) fn objects(&self) -> MutexGuard<'_, BTreeMap<ObjectId, Kept>> {
        locked(&self.objects)
    }

    pub(super) fn queues(&self) -> MutexGuard<'_, BTreeMap<ObjectId, Messages>> {
        locked(&self.queues)
    }

    pub(super) fn methods(&self) -> MutexGuard<'_, BTreeMap<ObjectId, Methods>> {
        locked(&self.methods)
    }

    pub(super) fn registered(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        locked(&self.registered)
    }

    /// Writes down what every object holds now, for the host to compare with what is drawn.
    pub(super) fn write_digests(&self, arena: &Arena) {
        for (object, kept) in self.objects().iter() {
            let digest = cells_digest(kept.shown());
            arena.part_at(*object, CELLS).set_cells_digest(kept.len(), digest);
        }
    }
}

/// One object.
pub(super) struct Kept {
    object: ObjectId,
    kind: KindId,
    /// Keys where the object has them; a list's cells have none.
    cells: Vec<(Option<Value>, Value)>,
    /// What was changed and is still to be told.
    changes: Vec<Change>,
    /// Knows what other objects are called.
    arena: Arc<Arena>,
}

impl Kept {
    pub(super) fn new(arena: &Arc<Arena>, object: ObjectId, kind: KindId) -> Kept {
        Kept { object, kind, cells: Vec::new(), changes: Vec::new(), arena: arena.clone() }
    }

    pub(super) fn kind(&self) -> KindId {
        self.kind
    }

    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &Value> {
        self.cells.iter().map(|(_, value)| value)
    }

    /// Cells with their keys.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&Value, &Value)> {
        self.cells.iter().filter_map(|(key, value)| Some((key.as_ref()?, value)))
    }

    pub(super) fn value(&self, at: usize) -> Option<&Value> {
        self.cells.get(at).map(|(_, value)| value)
    }

    /// Where the cell of a key is.
    pub(super) fn find(&self, key: &Value) -> Option<usize> {
        self.cells.iter().position(|(known, _)| known.as_ref().is_some_and(|known| same(known, key)))
    }

    /// What was changed since the last call.
    pub(super) fn changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    fn part(&self) -> PartRef {
        PartRef::new(self.object, CELLS)
    }

    pub(super) fn write(&mut self, at: usize, value: Value) {
        let values = vec![self.written(&value)];
        if let Some((_, cell)) = self.cells.get_mut(at) {
            *cell = value;
            self.changes.push(Change::Wrote { part: self.part(), first: at as u32, values });
        }
    }

    /// Writes all cells anew, in as few changes as can be. As many as there are.
    pub(super) fn rewrite(&mut self, values: Vec<Value>) {
        let part = self.part();
        for (at, chunk) in values.chunks(VALUES_AT_ONCE).enumerate() {
            let values = chunk.iter().map(|value| self.written(value)).collect();
            self.changes.push(Change::Wrote { part, first: (at * VALUES_AT_ONCE) as u32, values });
        }
        for ((_, cell), value) in self.cells.iter_mut().zip(values) {
            *cell = value;
        }
    }

    pub(super) fn insert(&mut self, at: usize, key: Option<Value>, value: Value) {
        let at = at.min(self.cells.len());
        let shown = key.as_ref().map(|key| self.key_shown(key));
        self.changes.push(Change::Inserted { part: self.part(), at: at as u32, key: shown, value: self.written(&value) });
        self.cells.insert(at, (key, value));
    }

    pub(super) fn push(&mut self, key: Option<Value>, value: Value) {
        self.insert(self.cells.len(), key, value);
    }

    pub(super) fn remove(&mut self, at: usize) -> Option<(Option<Value>, Value)> {
        if at >= self.cells.len() {
            return None;
        }
        self.changes.push(Change::Removed { part: self.part(), first: at as u32, count: 1 });
        Some(self.cells.remove(at))
    }

    pub(super) fn clear(&mut self) {
        if !self.cells.is_empty() {
            self.changes.push(Change::Removed { part: self.part(), first: 0, count: self.cells.len() as u32 });
            self.cells.clear();
        }
    }

    /// Writes the value of a key, which is new or not.
    pub(super) fn set(&mut self, key: Value, value: Value) {
        match self.find(&key) {
            Some(at) => self.write(at, value),
            None => self.push(Some(key), value),
        }
    }

    /// A value in a cell: as the language writes it, texts in quotes.
    fn written(&self, value: &Value) -> Preview {
        Preview::new(&Named(value, &self.arena).to_string())
    }

    /// A key as it is shown: of a dict as the language writes it, of names bare.
    fn key_shown(&self, key: &Value) -> Preview {
        if self.kind == DICT_ID { Preview::new(&key.to_string()) } else { key.preview() }
    }

    /// Every cell as the trace should have it.
    pub(super) fn shown(&self) -> impl Iterator<Item = (Option<Preview>, Preview)> {
        self.cells.iter().map(|(key, value)| (key.as_ref().map(|key| self.key_shown(key)), self.written(value)))
    }
}

/// Cells with their keys as one number.
pub fn cells_digest(cells: impl IntoIterator<Item = (Option<Preview>, Preview)>) -> u64 {
    let mix = |digest: u64, word: u64| (digest.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    cells.into_iter().fold(0, |digest, (key, value)| {
        let digest = key.map_or(digest, |key| mix(mix(digest, 1), key.hash));
        mix(digest, value.hash)
    })
}

/// Whether two values are the same: numbers by what they are worth.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Int(a), Value::Float(b)) | (Value::Float(b), Value::Int(a)) => *a as f64 == *b,
        _ => a == b,
    }
}
