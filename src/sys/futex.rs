//! Sleeping on a word of shared memory, and waking those who do.
//!
//! The words may lie in memory that several processes map, hence no `FUTEX_PRIVATE_FLAG`.
//! Every wait may return early; callers look at what they wait for again.

use std::sync::atomic::AtomicU32;
use std::time::Duration;

/// Why a wait returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// Somebody woke the word, a signal came, or the kernel returned for no reason.
    Woken,
    /// The word no longer had the value that the caller had seen, so there was no sleep.
    Changed,
    /// The time was up.
    TimedOut,
}

/// `futex(FUTEX_WAIT, word, seen, timeout)`: sleeps while the word holds `seen`, at most `timeout`.
#[cfg(not(miri))]
pub fn wait(word: &AtomicU32, seen: u32, timeout: Option<Duration>) -> Wake {
    use rustix::io::Errno;
    use rustix::thread::futex;

    // A time too long for the kernel's type is as good as none.
    let timeout = timeout.and_then(|time| futex::Timespec::try_from(time).ok());
    match futex::wait(word, futex::Flags::empty(), seen, timeout.as_ref()) {
        Err(Errno::AGAIN) => Wake::Changed,
        Err(Errno::TIMEDOUT) => Wake::TimedOut,
        Ok(()) | Err(_) => Wake::Woken,
    }
}

/// `futex(FUTEX_WAKE, word, count)`: wakes at most `count` of those who sleep on the word.
#[cfg(not(miri))]
pub fn wake(word: &AtomicU32, count: u32) {
    use rustix::thread::futex;

    // The kernel reads the count as a signed number. An error can only mean that nobody can sleep there.
    let _ = futex::wake(word, futex::Flags::empty(), count.min(i32::MAX as u32));
}

/// Under Miri, which knows no shared futex: a wait that always returns at once.
#[cfg(miri)]
pub fn wait(word: &AtomicU32, seen: u32, timeout: Option<Duration>) -> Wake {
    std::thread::yield_now();
    match word.load(std::sync::atomic::Ordering::SeqCst) == seen {
        false => Wake::Changed,
        true if timeout.is_some() => Wake::TimedOut,
        true => Wake::Woken,
    }
}

/// Under Miri nobody sleeps, so nobody is woken.
#[cfg(miri)]
pub fn wake(_word: &AtomicU32, _count: u32) {}

/// Wakes all who sleep on the word.
pub fn wake_all(word: &AtomicU32) {
    wake(word, u32::MAX);
}

#[cfg(all(test, not(miri)))]
mod tests {
    use super::*;
    use std::sync::atomic::Ordering::SeqCst;
    use std::thread;

    #[test]
    fn returns_at_once_where_the_word_has_changed() {
        assert_eq!(wait(&AtomicU32::new(2), 1, None), Wake::Changed);
    }

    #[test]
    fn times_out() {
        assert_eq!(wait(&AtomicU32::new(1), 1, Some(Duration::from_millis(1))), Wake::TimedOut);
    }

    #[test]
    fn wakes_every_sleeper() {
        let word = AtomicU32::new(0);
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    while word.load(SeqCst) == 0 {
                        // The long timeout is a deadline: a lost wake-up fails the test instead of hanging it.
                        assert_ne!(wait(&word, 0, Some(Duration::from_secs(300))), Wake::TimedOut);
                    }
                });
            }
            word.store(1, SeqCst);
            wake_all(&word);
        });
    }
}
