//! How much memory this process has asked for: an allocator that counts, and passes everything on to the system's.
//!
//! Each thread counts by itself and tells the process only of what makes a difference, so that counting costs an
//! allocation next to nothing. What a process uses is thereby known to within [`GRAIN`] bytes for each of its threads.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::AtomicIsize;
use std::sync::atomic::Ordering::Relaxed;

/// Bytes that a thread may have counted for itself.
const GRAIN: isize = 64 << 10;

static USED: AtomicIsize = AtomicIsize::new(0);

thread_local! {
    /// What this thread has counted and not yet told. It needs no destructor, so it can be used at any time.
    static OWN: Cell<isize> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

/// Bytes that this process has allocated and not given back.
pub fn used() -> u64 {
    let own = OWN.try_with(Cell::get).unwrap_or(0);
    u64::try_from(USED.load(Relaxed) + own).unwrap_or(0)
}

fn count(bytes: isize) {
    // A thread that has ended already counts no more: it only gives back what is little.
    let _ = OWN.try_with(|own| {
        let counted = own.get() + bytes;
        if counted.abs() < GRAIN {
            own.set(counted);
        } else {
            own.set(0);
            USED.fetch_add(counted, Relaxed);
        }
    });
}

// SAFETY: every call is passed on to the system's allocator as it came, and what that gives is given back as it
// is. Counting allocates nothing: a thread's cell is constant to begin with and has no destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps to what the trait asks for, which is what the system's allocator asks for.
        let given = unsafe { System.alloc(layout) };
        if !given.is_null() {
            count(layout.size() as isize);
        }
        given
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        let given = unsafe { System.alloc_zeroed(layout) };
        if !given.is_null() {
            count(layout.size() as isize);
        }
        given
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: as above; whatever this allocator gave came from the system's.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        let given = unsafe { System.realloc(at, layout, size) };
        if !given.is_null() {
            count(size as isize - layout.size() as isize);
        }
        given
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// More than all that other tests have at one time by chance.
    const MUCH: usize = 1 << 30;

    #[test]
    fn what_is_taken_and_given_back_is_counted() {
        let before = used();
        // Never touched, so the system gives no page of it.
        let much: Vec<u8> = Vec::with_capacity(MUCH);
        let with = used();
        assert!(with - before > (MUCH / 2) as u64, "{before} {with}");
        drop(much);
        assert!(with.saturating_sub(used()) > (MUCH / 2) as u64);
    }
}
