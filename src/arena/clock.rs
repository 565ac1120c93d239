//! The run's clock. Gated it stands and is set by the host, step by step; free it runs with the wall
//! clock times a speed. Written by the host alone, read by everyone (a sequence lock).

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use super::Arena;
use super::layout::{word32, word64};
use crate::sys::clock::monotonic;
use crate::trace::Nanos;

/// What the clock was last set to.
#[derive(Clone, Copy)]
struct Setting {
    virtual_time: Nanos,
    wall: u64,
    /// Thousandths of virtual time per wall time.
    milli_speed: u64,
}

impl Arena {
    /// The run's time now, in nanoseconds.
    pub fn now(&self) -> Nanos {
        let setting = self.clock_setting();
        match setting.milli_speed {
            0 => setting.virtual_time,
            speed => setting.virtual_time + scale(monotonic().saturating_sub(setting.wall), speed, 1000),
        }
    }

    /// How much wall time passes until a virtual time; none while the clock stands.
    pub fn wall_until(&self, time: Nanos) -> Option<Duration> {
        let setting = self.clock_setting();
        match setting.milli_speed {
            0 => None,
            speed => Some(Duration::from_nanos(scale(time.saturating_sub(self.now()), 1000, speed))),
        }
    }

    /// Sets the clock (host only); speed 0 stops it.
    pub fn set_clock(&self, virtual_time: Nanos, milli_speed: u32) {
        let sequence = self.word32(word32::CLOCK_SEQUENCE);
        sequence.fetch_add(1, SeqCst);
        self.word64(word64::CLOCK_VIRTUAL).store(virtual_time, SeqCst);
        self.word64(word64::CLOCK_WALL).store(monotonic(), SeqCst);
        self.word64(word64::CLOCK_SPEED).store(u64::from(milli_speed), SeqCst);
        sequence.fetch_add(1, SeqCst);
    }

    fn clock_setting(&self) -> Setting {
        let sequence = self.word32(word32::CLOCK_SEQUENCE);
        loop {
            let before = sequence.load(SeqCst);
            let setting = Setting {
                virtual_time: self.word64(word64::CLOCK_VIRTUAL).load(SeqCst),
                wall: self.word64(word64::CLOCK_WALL).load(SeqCst),
                milli_speed: self.word64(word64::CLOCK_SPEED).load(SeqCst),
            };
            if before.is_multiple_of(2) && sequence.load(SeqCst) == before {
                return setting;
            }
            std::hint::spin_loop();
        }
    }
}

fn scale(value: u64, times: u64, by: u64) -> u64 {
    (u128::from(value) * u128::from(times) / u128::from(by)).min(u128::from(u64::MAX)) as u64
}
