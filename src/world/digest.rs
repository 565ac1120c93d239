//! A world as one number: what a live run and its replay must have in common.
//!
//! Invariant: worlds that differ in nothing but pids have the same digest. What only says since when something
//! is so is left out, since a recording's older digests know nothing of it. Numbers go in as little-endian
//! bytes of a fixed size, so that a digest can be written down.

use std::hash::{Hash, Hasher};

use super::{Actor, World};
use crate::trace::fnv;

impl World {
    /// FNV-1a over everything but pids and thread ids, which differ from run to run.
    pub fn digest(&self) -> u64 {
        let mut sum = Fnv(fnv::BASIS);
        self.hash(&mut sum);
        sum.finish()
    }
}

impl Hash for Actor {
    fn hash<H: Hasher>(&self, into: &mut H) {
        let Actor { id, role, process, creator, object, name, function, pid: _, tid: _, activity, doing, line, since, step: _, stopped } =
            self;
        (id, role, process, creator, object).hash(into);
        (name, function, activity, doing, line, since, stopped).hash(into);
    }
}

/// FNV-1a as the library's traits want it.
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = fnv::add(self.0, bytes);
    }

    fn write_u16(&mut self, number: u16) {
        self.write(&number.to_le_bytes());
    }

    fn write_u32(&mut self, number: u32) {
        self.write(&number.to_le_bytes());
    }

    fn write_u64(&mut self, number: u64) {
        self.write(&number.to_le_bytes());
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn write_i32(&mut self, number: i32) {
        self.write(&number.to_le_bytes());
    }

    fn write_i64(&mut self, number: i64) {
        self.write(&number.to_le_bytes());
    }

    fn write_isize(&mut self, number: isize) {
        self.write_i64(number as i64);
    }
}

#[cfg(test)]
mod tests {
    use crate::trace::Body;
    use crate::world::{World, sample};

    #[test]
    fn only_what_matters_changes_a_digest() {
        let run = sample::queue_run();
        let fold = |pid: u32, from: usize| {
            let mut world = World::new();
            for event in &run.events[from..] {
                let mut event = event.clone();
                event.wall += u64::from(pid);
                if let Body::Born(born) = &mut event.body {
                    (born.pid, born.tid) = (pid, pid);
                }
                world.apply(&event);
            }
            world.digest()
        };
        assert_eq!(fold(7, 0), fold(8, 0));
        assert_ne!(fold(7, 0), fold(7, 1));
        // Written down, so that a change of what counts is noticed: recordings' digests would change with it.
        assert_eq!(World::new().digest(), 7_340_183_477_244_012_292);
    }

    #[test]
    fn every_step_changes_the_digest() {
        for run in [sample::queue_run(), sample::condition_run(), sample::event_run()] {
            let mut world = World::new();
            let mut before = world.digest();
            for event in &run.events {
                world.apply(event);
                assert_ne!(world.digest(), before);
                before = world.digest();
            }
        }
    }
}
