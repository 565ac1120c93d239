//! The actor table: one record for each thread that performs operations. A process's facts are in
//! its main thread's record.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::SeqCst;

use super::Arena;
use super::layout::{ACTOR_WORDS, MAX_ACTORS, actor, word32, word64};
use crate::sys::mapping::{read_bytes, write_bytes};
use crate::trace::{ActorId, Cause, ObjectId, On, OpId, Preview, Role, beginning};

/// What an actor is doing, as the gate sees it: the low four bits of its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum State {
    /// Nobody has this id.
    Unused = 0,
    /// Reserved by its creator; not yet at the gate. No rest.
    Starting = 1,
    /// At the gate.
    Parked = 2,
    /// Granted, or free.
    Run = 3,
    /// Granted because its time is up.
    RunExpired = 4,
    /// Asked by the host whether a pipe is ready. No rest.
    Probe = 5,
    /// On its way to its death. No rest.
    Exiting = 6,
    /// Ended, and everything that its death changes has been done.
    Dead = 7,
    /// The hand's process between two actions.
    Idle = 8,
}

impl State {
    /// Reads the state out of an actor's word. A number that stands for none counts as [`State::Unused`].
    pub fn of(word: u32) -> State {
        match word & 15 {
            1 => State::Starting,
            2 => State::Parked,
            3 => State::Run,
            4 => State::RunExpired,
            5 => State::Probe,
            6 => State::Exiting,
            7 => State::Dead,
            8 => State::Idle,
            _ => State::Unused,
        }
    }
}

/// The word that follows `seen` with a new state: every change has a number of its own.
pub fn next_word(seen: u32, state: State) -> u32 {
    (seen & !15).wrapping_add(16) | state as u32
}

/// Who an actor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kin {
    pub process: ActorId,
    pub creator: Option<ActorId>,
    pub role: Role,
    /// The object that a helper works for.
    pub works_for: Option<ObjectId>,
}

/// The run has had as many actors as it can.
#[derive(Debug, thiserror::Error)]
#[error("a run can have {MAX_ACTORS} processes and threads in all, and this would be one more")]
pub struct TooManyActors;

impl Arena {
    pub(super) fn actor(&self, id: ActorId) -> &[AtomicU64] {
        self.words64(word64::ACTORS + (id.0 as usize).min(MAX_ACTORS - 1) * ACTOR_WORDS, ACTOR_WORDS)
    }

    /// An actor's own word: its state, and what it sleeps on.
    pub fn actor_word(&self, id: ActorId) -> &AtomicU32 {
        self.word32(word32::ACTORS + (id.0 as usize).min(MAX_ACTORS - 1))
    }

    /// The state in the low bits of the actor's word, as of now: it may have moved on at once.
    pub fn state(&self, id: ActorId) -> State {
        State::of(self.actor_word(id).load(SeqCst))
    }

    /// One more than the greatest id in use.
    pub fn actor_count(&self) -> usize {
        (self.word64(word64::NEXT_ACTOR).load(SeqCst) as usize).min(MAX_ACTORS)
    }

    /// Reserves an id for a new actor; its state is `Starting`.
    pub fn reserve_actor(&self, kin: impl FnOnce(ActorId) -> Kin, name: &str, function: &str) -> Result<ActorId, TooManyActors> {
        let next = self.word64(word64::NEXT_ACTOR);
        let id = next.fetch_update(SeqCst, SeqCst, |id| (id < MAX_ACTORS as u64).then_some(id + 1)).map_err(|_| TooManyActors)?;
        let id = ActorId(id as u16);
        self.register(id, kin(id), name, function);
        Ok(id)
    }

    /// Fills an actor's record; its state becomes `Starting`.
    pub fn register(&self, id: ActorId, kin: Kin, name: &str, function: &str) {
        let record = self.actor(id);
        let role = match kin.role {
            Role::Process => 0u64,
            Role::Helper => 1,
            Role::Hand => 2,
        };
        let creator = kin.creator.map_or(0, |creator| u64::from(creator.0) + 1);
        record[actor::KIN].store(u64::from(kin.process.0) | creator << 16 | role << 48, SeqCst);
        record[actor::WORKS_FOR].store(kin.works_for.map_or(0, |object| u64::from(object.0) + 1), SeqCst);
        record[actor::DEADLINE].store(u64::MAX, SeqCst);
        write_text(&record[actor::NAME_LEN], &record[actor::NAME..actor::NAME + actor::NAME_WORDS], name);
        write_text(&record[actor::FUNCTION_LEN], &record[actor::FUNCTION..actor::FUNCTION + actor::FUNCTION_WORDS], function);
        self.set_state(id, State::Starting);
    }

    /// Changes an actor's state, whatever it was, and wakes whoever sleeps on its word.
    pub fn set_state(&self, id: ActorId, state: State) {
        let word = self.actor_word(id);
        let mut seen = word.load(SeqCst);
        while let Err(now) = word.compare_exchange(seen, next_word(seen, state), SeqCst, SeqCst) {
            seen = now;
        }
        crate::sys::futex::wake_all(word);
    }

    /// Changes an actor's own state, unless its death is on its way: then nothing changes any more.
    pub fn enter(&self, id: ActorId, state: State) {
        let word = self.actor_word(id);
        let mut seen = word.load(SeqCst);
        while !matches!(State::of(seen), State::Exiting | State::Dead) {
            match word.compare_exchange(seen, next_word(seen, state), SeqCst, SeqCst) {
                Ok(_) => return crate::sys::futex::wake_all(word),
                Err(now) => seen = now,
            }
        }
    }

    /// What the actor was born as: its process, its creator, its role and the object that it works for.
    pub fn kin(&self, id: ActorId) -> Kin {
        let record = self.actor(id);
        let word = record[actor::KIN].load(SeqCst);
        let creator = (word >> 16) as u32;
        let works_for = record[actor::WORKS_FOR].load(SeqCst);
        Kin {
            process: ActorId(word as u16),
            creator: (creator > 0).then(|| ActorId((creator - 1) as u16)),
            role: match word >> 48 {
                0 => Role::Process,
                1 => Role::Helper,
                _ => Role::Hand,
            },
            works_for: (works_for > 0).then(|| ObjectId((works_for - 1) as u16)),
        }
    }

    /// The actor's name as its creator wrote it, cut to the room of its record.
    pub fn actor_name(&self, id: ActorId) -> String {
        let record = self.actor(id);
        read_text(&record[actor::NAME_LEN], &record[actor::NAME..actor::NAME + actor::NAME_WORDS])
    }

    /// The function that the actor runs, cut to the room of its record; empty for one without a function.
    pub fn actor_function(&self, id: ActorId) -> String {
        let record = self.actor(id);
        read_text(&record[actor::FUNCTION_LEN], &record[actor::FUNCTION..actor::FUNCTION + actor::FUNCTION_WORDS])
    }

    /// Process and thread number, as the system knows them; 0 before registration.
    pub fn ids(&self, id: ActorId) -> (u32, u32) {
        let word = self.actor(id)[actor::IDS].load(SeqCst);
        (word as u32, (word >> 32) as u32)
    }

    /// Writes the numbers of the system: process id and thread id.
    pub fn set_ids(&self, id: ActorId, pid: u32, tid: u32) {
        self.actor(id)[actor::IDS].store(u64::from(pid) | u64::from(tid) << 32, SeqCst);
    }

    /// The seed of the actor's own random numbers.
    pub fn random_seed(&self, id: ActorId) -> u64 {
        self.actor(id)[actor::RANDOM].load(SeqCst)
    }

    /// Sets the seed of the actor's own random numbers.
    pub fn set_random_seed(&self, id: ActorId, seed: u64) {
        self.actor(id)[actor::RANDOM].store(seed, SeqCst);
    }

    /// What whoever made an actor wait in a row, or let it go, has noted of it.
    pub fn place(&self, id: ActorId) -> u64 {
        self.actor(id)[actor::PLACE].load(SeqCst)
    }

    /// Notes something of an actor that waits in a row, or was let go: what [`Self::place`] gives.
    pub fn set_place(&self, id: ActorId, place: u64) {
        self.actor(id)[actor::PLACE].store(place, SeqCst);
    }

    /// Counts one more child of an actor, giving its number from 1 on.
    pub fn count_child(&self, id: ActorId) -> u64 {
        self.actor(id)[actor::CHILDREN].fetch_add(1, SeqCst) + 1
    }

    /// Counts one more start by an actor: random streams are told apart by it.
    pub fn count_start(&self, id: ActorId) -> u64 {
        self.actor(id)[actor::STARTS].fetch_add(1, SeqCst) + 1
    }

    /// A deadly signal of some process is on its way to another: there is no rest until that is dead. One that
    /// has been stopped may stay so for long, so the host does not wait for that.
    pub fn expect_death(&self, process: ActorId, signal: i32, sender: ActorId) {
        self.actor(process)[actor::EXPECTS].store(u64::from(signal as u16) | (u64::from(sender.0) + 1) << 16, SeqCst);
        let word = self.actor_word(process);
        let mut seen = word.load(SeqCst);
        while !matches!(State::of(seen), State::Dead | State::Unused | State::Starting) && process.0 != 0 {
            match word.compare_exchange(seen, next_word(seen, State::Exiting), SeqCst, SeqCst) {
                Ok(_) => break,
                Err(now) => seen = now,
            }
        }
    }

    /// The processes to whom a signal of this one is on its way, which it may not have lived to send.
    pub fn expected_of(&self, sender: ActorId) -> Vec<(ActorId, i32)> {
        let signal = |id: ActorId| {
            let word = self.actor(id)[actor::EXPECTS].load(SeqCst);
            (word >> 16 == u64::from(sender.0) + 1 && self.state(id) == State::Exiting).then_some((id, i32::from(word as u16)))
        };
        self.actor_ids().filter_map(signal).collect()
    }

    /// Whether an actor can never act again: it has ended, or its process has been reaped.
    pub fn is_gone(&self, id: ActorId) -> bool {
        self.state(id) == State::Dead || self.flag(self.kin(id).process, actor::FLAG_GONE)
    }

    /// Whether any bit of the mask `flag` is up.
    pub fn flag(&self, id: ActorId, flag: u64) -> bool {
        self.actor(id)[actor::FLAGS].load(SeqCst) & flag != 0
    }

    /// Puts up the bits of the mask `flag`; the others stay.
    pub fn raise_flag(&self, id: ActorId, flag: u64) {
        self.actor(id)[actor::FLAGS].fetch_or(flag, SeqCst);
    }

    /// Takes down the bits of the mask `flag`; the others stay.
    pub fn lower_flag(&self, id: ActorId, flag: u64) {
        self.actor(id)[actor::FLAGS].fetch_and(!flag, SeqCst);
    }

    /// How an actor ended; none while it lives.
    pub fn cause(&self, id: ActorId) -> Option<Cause> {
        let word = self.actor(id)[actor::CAUSE].load(SeqCst);
        let number = word as u32 as i32;
        match word >> 32 {
            1 => Some(Cause::Exit(number)),
            2 => Some(Cause::Signal(number)),
            3 => Some(Cause::Returned),
            4 => Some(Cause::NotStarted(number)),
            _ => None,
        }
    }

    /// Writes how the process ended: an exit code, a signal, a return, or the error number of a failed start.
    pub fn set_cause(&self, id: ActorId, cause: Cause) {
        let word = match cause {
            Cause::Exit(number) => 1 << 32 | u64::from(number as u32),
            Cause::Signal(number) => 2 << 32 | u64::from(number as u32),
            Cause::Returned => 3 << 32,
            Cause::NotStarted(number) => 4 << 32 | u64::from(number as u32),
        };
        self.actor(id)[actor::CAUSE].store(word, SeqCst);
    }

    /// Writes what an actor does (or is about to do) and where in the source.
    pub fn write_step(&self, id: ActorId, op: OpId, on: On, line: u32) {
        let record = self.actor(id);
        record[actor::OP].store(u64::from(op.0) | u64::from(line) << 32, SeqCst);
        record[actor::ON].store(pack_on(on), SeqCst);
    }

    /// The announced step: its operation, what it is on, and its line in the script.
    pub fn read_step(&self, id: ActorId) -> (OpId, On, u32) {
        let record = self.actor(id);
        let op = record[actor::OP].load(SeqCst);
        (OpId(op as u16), unpack_on(record[actor::ON].load(SeqCst)), (op >> 32) as u32)
    }

    /// Writes what only the actor knows of its next step.
    pub fn write_detail(&self, id: ActorId, detail: Option<&Preview>) {
        let record = self.actor(id);
        let Some(detail) = detail else {
            record[actor::DETAIL_LEN].store(u64::MAX, SeqCst);
            return;
        };
        write_text(&record[actor::DETAIL_LEN], &record[actor::DETAIL..actor::DETAIL + actor::DETAIL_WORDS], &detail.text);
        record[actor::DETAIL_WHOLE].store(detail.len, SeqCst);
        record[actor::DETAIL_HASH].store(detail.hash, SeqCst);
    }

    /// The detail of the announced step with its whole length and hash; `None` if the step has none.
    pub fn read_detail(&self, id: ActorId) -> Option<Preview> {
        let record = self.actor(id);
        if record[actor::DETAIL_LEN].load(SeqCst) == u64::MAX {
            return None;
        }
        Some(Preview {
            text: read_text(&record[actor::DETAIL_LEN], &record[actor::DETAIL..actor::DETAIL + actor::DETAIL_WORDS]),
            len: record[actor::DETAIL_WHOLE].load(SeqCst),
            hash: record[actor::DETAIL_HASH].load(SeqCst),
        })
    }

    /// Whether the actor's last probe found that it could go on.
    pub fn probe_answer(&self, id: ActorId) -> bool {
        self.actor(id)[actor::PROBE].load(SeqCst) != 0
    }

    /// Writes down whether the actor's probe found that it could go on.
    pub fn set_probe_answer(&self, id: ActorId, ready: bool) {
        self.actor(id)[actor::PROBE].store(u64::from(ready), SeqCst);
    }

    /// All actors whose ids are in use, in order.
    pub fn actor_ids(&self) -> impl Iterator<Item = ActorId> + '_ {
        (ActorId::HAND.0..self.actor_count() as u16).map(ActorId).filter(|id| self.state(*id) != State::Unused)
    }

    /// A process's actors: its main thread and its helpers.
    pub fn threads_of(&self, process: ActorId) -> impl Iterator<Item = ActorId> + '_ {
        self.actor_ids().filter(move |id| self.kin(*id).process == process)
    }
}

/// What an operation is about, as one word.
pub fn pack_on(on: On) -> u64 {
    match on {
        On::Nothing => 0,
        On::Object(object) => 1 | u64::from(object.0) << 8,
        On::Cell(object, index) => 2 | u64::from(object.0) << 8 | u64::from(index) << 32,
        On::End(object, end) => 3 | u64::from(object.0) << 8 | u64::from(end) << 32,
        On::Actor(actor) => 4 | u64::from(actor.0) << 8,
    }
}

/// Reads what a step is on out of one word; a word of no known tag is `On::Nothing`.
pub fn unpack_on(word: u64) -> On {
    let number = (word >> 8) as u16;
    match word as u8 {
        1 => On::Object(ObjectId(number)),
        2 => On::Cell(ObjectId(number), (word >> 32) as u32),
        3 => On::End(ObjectId(number), (word >> 32) as u8),
        4 => On::Actor(ActorId(number)),
        _ => On::Nothing,
    }
}

/// Writes as much of a text as there is room for, cut at a character.
pub(super) fn write_text(length: &AtomicU64, words: &[AtomicU64], text: &str) {
    let text = beginning(text, words.len() * 8);
    write_bytes(words, text.as_bytes());
    length.store(text.len() as u64, SeqCst);
}

pub(super) fn read_text(length: &AtomicU64, words: &[AtomicU64]) -> String {
    String::from_utf8_lossy(&read_bytes(words, length.load(SeqCst) as usize)).into_owned()
}
