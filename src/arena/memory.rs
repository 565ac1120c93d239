//! The memory of a run: how much its processes have allocated together, and how much they may. Each tells of its own.

use std::sync::atomic::Ordering::SeqCst;

use super::Arena;
use super::layout::{actor, word64};
use crate::trace::ActorId;

impl Arena {
    /// Says how much the processes of the run may use together, in bytes (host only); until then as much as they like.
    pub fn set_memory_budget(&self, bytes: u64) {
        self.word64(word64::MEMORY_BUDGET).store(bytes, SeqCst);
    }

    /// How much the processes of the run may use together, in bytes.
    pub fn memory_budget(&self) -> u64 {
        self.word64(word64::MEMORY_BUDGET).load(SeqCst)
    }

    /// What a process last said that it uses, in bytes.
    pub fn memory_of(&self, process: ActorId) -> u64 {
        self.actor(process)[actor::MEMORY].load(SeqCst)
    }

    /// From now on a process uses so many bytes; gives what all of them use together.
    pub fn use_memory(&self, process: ActorId, bytes: u64) -> u64 {
        let before = self.actor(process)[actor::MEMORY].swap(bytes, SeqCst);
        let more = bytes.wrapping_sub(before);
        self.word64(word64::MEMORY_USED).fetch_add(more, SeqCst).wrapping_add(more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arena::layout::MAX_CELLS;
    use crate::kind;

    #[test]
    fn what_all_use_is_what_each_uses_and_the_dead_use_nothing() {
        let (arena, _memory) = Arena::create().expect("an arena");
        arena.set_memory_budget(100);
        let (one, other) = (ActorId(2), ActorId(3));
        assert_eq!([arena.use_memory(one, 60), arena.use_memory(other, 30), arena.use_memory(one, 20)], [60, 90, 50]);
        assert_eq!((arena.memory_of(one), arena.use_memory(one, 0), arena.memory_budget()), (20, 30, 100));
    }

    #[test]
    fn the_arrays_of_a_run_have_only_so_many_cells() {
        let (arena, _memory) = Arena::create().expect("an arena");
        let make = |cells| arena.make_object(&kind::array::KIND, "a", None, None, cells).map_err(|error| error.to_string());
        for _ in 0..4 {
            make(MAX_CELLS / 4).expect("there is room");
        }
        let error = make(2).expect_err("there is none any more");
        assert_eq!(error, "the arrays of a run have 4194304 cells in all, and with this one they would have more");
        make(1).expect("a Value is no array");
    }
}
