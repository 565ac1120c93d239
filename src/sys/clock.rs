//! The wall clock that never goes back. Virtual time is the arena's and is not known here.

use rustix::time::{ClockId, clock_gettime};

/// `clock_gettime(CLOCK_MONOTONIC)`: nanoseconds since an unspecified start, the same in all
/// processes of the machine.
pub fn monotonic() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

#[cfg(test)]
mod tests {
    #[test]
    fn never_goes_back() {
        let first = super::monotonic();
        assert!(first > 0 && super::monotonic() >= first);
    }
}
