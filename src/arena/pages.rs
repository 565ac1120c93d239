//! How many pages of a kernel pipe are in use. Linux gives a pipe a row of page slots, 16 as a rule, and it is
//! full when all of them are taken, however few bytes lie in them. The kernel tells nobody how many are, so
//! they are counted from what is written and read, under the pipe's internal lock, by the kernel's own rules
//! (`pipe_write` and `pipe_read` in fs/pipe.c, see also pipe(7)):
//!
//! - A write first adds what it has beyond whole pages to the last page, if all of that fits behind what lies
//!   there, also where no slot is free. The rest goes into pages of its own, as long as slots are free.
//! - A read takes from the front. What has been read of a page leaves no room in it; an empty page is free.
//!
//! Invariant: what this says is what the kernel did, or it says nothing. A write that came out otherwise than
//! foretold ends the counting for this pipe.

use super::parts::Part;
use crate::trace::Pages;

/// The most page slots that can be counted. A pipe has no more unless somebody asks for them.
pub(super) const MOST: usize = 16;

/// Words of a bytes part before those of its pages: its bytes, slots with the size of a page, pages in use with
/// the place of the first.
const BYTES: usize = 0;
const SLOTS: usize = 1;
const IN_USE: usize = 2;
const PAGES: usize = 3;
pub(super) const WORDS: usize = PAGES + MOST;

/// One page: how many bytes of it are still to be read, and where in it the next one would be written.
#[derive(Clone, Copy)]
struct Page {
    unread: u64,
    end: u64,
}

impl Part<'_> {
    /// From now on the pages of a new pipe are counted. One with more slots than can be counted is not.
    pub fn begin_pages(self, slots: usize, page_size: usize) {
        if (1..=MOST).contains(&slots) {
            self.put(IN_USE, 0);
            self.put(SLOTS, slots as u64 | (page_size as u64) << 32);
        }
    }

    /// The pages of this pipe are not counted any more: nobody knows what was being done to them.
    pub fn forget_pages(self) {
        self.put(SLOTS, 0);
    }

    /// How many pages are in use; none where that is not counted.
    pub fn pages(self) -> Option<Pages> {
        let (slots, _) = self.slots()?;
        Some(Pages { used: self.in_use().0 as u16, of: slots as u16 })
    }

    /// Of `asked` bytes that were to be written the kernel took so many. Adds them, giving all that lie there.
    pub fn bytes_written(self, asked: u64, took: u64) -> u64 {
        if self.slots().is_some() && self.fill_pages(asked) != took {
            self.forget_pages();
        }
        let bytes = self.bytes() + took;
        self.put(BYTES, bytes);
        bytes
    }

    /// So many bytes were read. Takes them off, giving how many still lie there.
    pub fn bytes_read(self, count: u64) -> u64 {
        if self.slots().is_some() {
            self.empty_pages(count);
        }
        let bytes = self.bytes().saturating_sub(count);
        self.put(BYTES, bytes);
        bytes
    }

    /// Lays bytes into pages as the kernel does, giving how many find room.
    fn fill_pages(self, asked: u64) -> u64 {
        let Some((slots, size)) = self.slots() else { return 0 };
        let (mut used, first) = self.in_use();
        let mut left = asked;
        let odd = asked % size;
        if let Some(last) = used.checked_sub(1).filter(|_| odd > 0) {
            let at = (first + last) % MOST;
            let page = self.page(at);
            if page.end + odd <= size {
                self.set_page(at, Page { unread: page.unread + odd, end: page.end + odd });
                left -= odd;
            }
        }
        while left > 0 && used < slots {
            let part = left.min(size);
            self.set_page((first + used) % MOST, Page { unread: part, end: part });
            used += 1;
            left -= part;
        }
        self.set_in_use(used, first);
        asked - left
    }

    fn empty_pages(self, count: u64) {
        let (mut used, mut first) = self.in_use();
        let mut left = count;
        while left > 0 && used > 0 {
            let page = self.page(first);
            let part = left.min(page.unread);
            left -= part;
            if part < page.unread {
                self.set_page(first, Page { unread: page.unread - part, ..page });
            } else {
                first = (first + 1) % MOST;
                used -= 1;
            }
        }
        self.set_in_use(used, first);
    }

    /// How many slots there are, and how large a page is; none where pages are not counted.
    fn slots(self) -> Option<(usize, u64)> {
        let word = self.get(SLOTS);
        (word > 0).then_some(((word as u32) as usize, word >> 32))
    }

    /// How many pages are in use, and where the first is.
    fn in_use(self) -> (usize, usize) {
        let word = self.get(IN_USE);
        (((word as u32) as usize).min(MOST), (word >> 32) as usize % MOST)
    }

    fn set_in_use(self, used: usize, first: usize) {
        self.put(IN_USE, used as u64 | (first as u64) << 32);
    }

    fn page(self, at: usize) -> Page {
        let word = self.get(PAGES + at);
        Page { unread: word & 0xffff_ffff, end: word >> 32 }
    }

    fn set_page(self, at: usize, page: Page) {
        self.put(PAGES + at, page.unread | page.end << 32);
    }
}

#[cfg(all(test, not(miri)))]
mod tests {
    use std::os::fd::AsFd;

    use rand_chacha::ChaCha8Rng;
    use rand_core::{Rng, SeedableRng};

    use crate::arena::Arena;
    use crate::kind::pipe::{BYTES_TO_0, SIMPLEX};
    use crate::sys::pipe;

    /// A pipe beside the counting of its pages.
    struct Counted {
        arena: Arena,
        object: crate::trace::ObjectId,
        ends: (std::os::fd::OwnedFd, std::os::fd::OwnedFd),
    }

    impl Counted {
        fn new() -> Counted {
            let (arena, _) = Arena::create().expect("memory");
            let object = arena.make_object(&SIMPLEX, "p", None, None, 0).expect("room");
            let ends = pipe::simplex().expect("a pipe");
            let slots = pipe::slots(ends.1.as_fd()).expect("it is a pipe");
            arena.part_at(object, BYTES_TO_0).begin_pages(slots, pipe::page_size());
            Counted { arena, object, ends }
        }

        fn part(&self) -> crate::arena::parts::Part<'_> {
            self.arena.part_at(self.object, BYTES_TO_0)
        }

        /// Writes as one message is written: what the kernel takes now. Whatever it says is what was counted.
        fn write(&self, length: usize) -> usize {
            let took = pipe::write(self.ends.1.as_fd(), &vec![b'x'; length]).unwrap_or(0);
            self.part().bytes_written(length as u64, took as u64);
            self.agrees();
            took
        }

        fn read(&self, length: usize) -> usize {
            let count = pipe::read(self.ends.0.as_fd(), &mut vec![0; length]).unwrap_or(0);
            self.part().bytes_read(count as u64);
            self.agrees();
            count
        }

        #[track_caller]
        fn agrees(&self) {
            let pages = self.part().pages().expect("every write came out as foretold");
            assert_eq!(self.part().bytes(), pipe::unread(self.ends.0.as_fd()).expect("a pipe"));
            assert_eq!(pages.used < pages.of, pipe::writable(self.ends.1.as_fd()), "{pages:?}");
            assert_eq!(pages.used == 0, !pipe::readable(self.ends.0.as_fd()), "{pages:?}");
        }
    }

    /// Messages of 2,072 bytes lie one in a page, though two and a half would fit into three.
    #[test]
    fn a_pipe_is_full_by_pages_and_not_by_bytes() {
        let pipe = Counted::new();
        let (slots, page) = (pipe::slots(pipe.ends.1.as_fd()).expect("a pipe"), pipe::page_size());
        let message = page / 2 + 24;
        let mut written = 0;
        while pipe.write(message) > 0 {
            written += 1;
        }
        assert_eq!(written, slots);
        assert_eq!((pipe.part().bytes(), pipe.part().pages().map(|pages| pages.used)), ((slots * message) as u64, Some(slots as u16)));
        // What fits behind the last one still goes, as long as it does.
        assert_eq!((pipe.write(page - message), pipe.write(1)), (page - message, 0));
    }

    #[test]
    fn the_kernel_and_the_counting_agree_whatever_is_written_and_read() {
        for seed in 0..60 {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let mut below = |most: u64| (random.next_u64() % most) as usize;
            let pipe = Counted::new();
            let page = pipe::page_size() as u64;
            // Small messages, some about a page, some that do not fit the pipe; readers fast and slow.
            let (sizes, reads) = ([40, 700, 2 * page, 6 * page, 30 * page], [1, 3, 9]);
            let (size, slow) = (sizes[below(5)], reads[below(3)]);
            for _ in 0..400 {
                if below(slow + 1) > 0 {
                    pipe.write(1 + below(size));
                } else {
                    pipe.read(1 + below(size));
                }
            }
            while pipe.read(1 << 16) > 0 {}
            assert_eq!(pipe.part().pages().map(|pages| pages.used), Some(0));
        }
    }

    #[test]
    fn what_came_out_otherwise_is_not_counted_any_more() {
        let pipe = Counted::new();
        assert_eq!(pipe.part().bytes_written(100, 99), 99);
        assert_eq!(pipe.part().pages(), None);
        assert_eq!((pipe.part().bytes_written(100, 100), pipe.part().bytes_read(50)), (199, 149));
    }
}
