//! A mailbox: what the host wants done where only one process can do it, and which lies in memory because
//! that process's socket may be read by another of its threads just now.
//!
//! Invariant: one message at a time. The word says whose it is; whoever takes it marks the word first, so
//! that what it reads is whole and cannot be taken back any more.

use std::sync::atomic::Ordering::SeqCst;

use super::Arena;
use super::layout::{MAIL_WORDS, word64};
use crate::sys::mapping::{read_bytes, write_bytes};
use crate::trace::ActorId;

/// The most bytes of a message.
pub const MAIL_LIMIT: usize = MAIL_WORDS * 8;

/// Marks a message that is being read.
const TAKEN: u64 = 1 << 32;

fn word_for(actor: ActorId) -> u64 {
    u64::from(actor.0) + 1
}

impl Arena {
    /// Whose message lies here; none once it has been read.
    pub fn mail_for(&self) -> Option<ActorId> {
        let word = self.word64(word64::MAIL_FOR).load(SeqCst) as u32;
        (word > 0).then(|| ActorId((word - 1) as u16))
    }

    /// Lays down a message (host only). False: it is too long, or the last one is still to be read by
    /// somebody who can.
    pub fn lay_mail(&self, to: ActorId, bytes: &[u8]) -> bool {
        if bytes.len() > MAIL_LIMIT || self.mail_for().is_some_and(|other| !self.is_gone(other)) {
            return false;
        }
        write_bytes(self.words64(word64::MAIL, MAIL_WORDS), bytes);
        self.word64(word64::MAIL_LEN).store(bytes.len() as u64, SeqCst);
        self.word64(word64::MAIL_FOR).store(word_for(to), SeqCst);
        true
    }

    /// Takes a message of one's own.
    pub fn take_mail(&self, me: ActorId) -> Option<Vec<u8>> {
        let mail = self.word64(word64::MAIL_FOR);
        mail.compare_exchange(word_for(me), word_for(me) | TAKEN, SeqCst, SeqCst).ok()?;
        let length = self.word64(word64::MAIL_LEN).load(SeqCst) as usize;
        let bytes = read_bytes(self.words64(word64::MAIL, MAIL_WORDS), length);
        mail.store(0, SeqCst);
        Some(bytes)
    }

    /// Takes a message back (host only). False: it has been taken, or is just being read.
    pub fn withdraw_mail(&self, to: ActorId) -> bool {
        self.word64(word64::MAIL_FOR).compare_exchange(word_for(to), 0, SeqCst, SeqCst).is_ok()
    }
}

#[cfg(all(test, not(miri)))]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_taken_once_and_by_whose_it_is() {
        let (arena, _fd) = Arena::create().expect("memory");
        let (one, other) = (ActorId(3), ActorId(4));
        assert!(arena.lay_mail(one, b"nine bytes") && arena.mail_for() == Some(one));
        assert!(!arena.lay_mail(one, b"more"), "the first is not taken yet");
        assert_eq!((arena.take_mail(other), arena.withdraw_mail(other)), (None, false));
        assert_eq!(arena.take_mail(one).as_deref(), Some(&b"nine bytes"[..]));
        assert_eq!((arena.take_mail(one), arena.mail_for(), arena.withdraw_mail(one)), (None, None, false));
        assert!(!arena.lay_mail(one, &[7; MAIL_LIMIT + 1]) && arena.lay_mail(one, &[7; MAIL_LIMIT]));
        assert!(arena.withdraw_mail(one) && arena.take_mail(one).is_none());
        // What was laid down for the dead is in nobody's way.
        assert!(arena.lay_mail(one, b"late"));
        arena.set_state(one, crate::arena::actors::State::Dead);
        assert!(arena.lay_mail(other, b"next") && arena.take_mail(one).is_none());
        assert_eq!(arena.take_mail(other).as_deref(), Some(&b"next"[..]));
    }
}
