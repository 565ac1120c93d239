//! Copies of ends that travel in messages: of which end each is, and where its message is.
//!
//! The rule is the kernel's for descriptors in a socket's messages (SCM_RIGHTS, unix(7)): a copy lives as
//! long as somebody can receive its message, whatever has become of the sender. Nobody can, where the
//! message is in the hands of a dead process, or in a broken object, or in a pipe whose receiving end is
//! held by nobody: not even by a message that somebody can receive. That last point makes it a search, as
//! the kernel's own collector of sockets is one that were sent into themselves.
//!
//! What nobody can receive stays so, whoever acts meanwhile. The host alone looks for it ([`Arena::stranded`])
//! and closes it; everybody else changes only what is theirs: the copies of a message in their hands.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::SeqCst;

use super::Arena;
use super::actors::State;
use super::layout::{FLIGHT_WORDS, MAX_FLIGHTS, flight, word64};
use super::repair::reader_word;
use crate::trace::{ActorId, Body, Change, MessageId, ObjectId, PartRef};

/// One copy that travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlightId(pub u16);

/// An end of a pipe or a queue, by the part that counts its holders.
pub type End = (PartRef, u8);

/// Where the message of a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// A process has it: it is sending it, or has just received it.
    Hands(ActorId),
    /// It is whole in a pipe, and can be received at this end.
    At(End),
    /// Nowhere any more.
    Lost,
}

impl Arena {
    fn flight(&self, id: usize) -> &[AtomicU64] {
        self.words64(word64::FLIGHTS + id.min(MAX_FLIGHTS - 1) * FLIGHT_WORDS, FLIGHT_WORDS)
    }

    /// To be called after each change; see `stranded`.
    fn flights_changed(&self) {
        self.word64(word64::FLIGHTS_CHANGED).fetch_add(1, SeqCst);
    }

    /// A process is about to send off a copy of an end. None: too many are on their way.
    pub fn begin_flight(&self, end: End, sender: ActorId) -> Option<FlightId> {
        let mine = pack(Place::Hands(sender));
        let free = |id: &usize| self.flight(*id)[flight::PLACE].compare_exchange(0, mine, SeqCst, SeqCst).is_ok();
        let id = (0..MAX_FLIGHTS).find(free)?;
        self.flight(id)[flight::MESSAGE].store(0, SeqCst);
        self.flight(id)[flight::END].store(pack_end(end), SeqCst);
        self.flights_changed();
        Some(FlightId(id as u16))
    }

    /// The message that carries these copies is whole in a pipe, and can be received at an end of it. To be
    /// called under the internal lock under which it was written.
    pub fn board(&self, flights: &[FlightId], message: MessageId, at: End) {
        for id in flights {
            self.flight(id.0.into())[flight::MESSAGE].store(message.0, SeqCst);
            self.flight(id.0.into())[flight::PLACE].store(pack(Place::At(at)), SeqCst);
            self.flights_changed();
        }
    }

    /// A process has received a message, and has what it carries in its hands. To be called under the
    /// internal lock under which it was read.
    pub fn alight(&self, message: MessageId, receiver: ActorId) -> Vec<FlightId> {
        let carried = |(id, place): &(FlightId, Place)| {
            matches!(place, Place::At(_)) && self.flight(id.0.into())[flight::MESSAGE].load(SeqCst) == message.0
        };
        let flights: Vec<FlightId> = self.all_flights().into_iter().filter(carried).map(|(id, _)| id).collect();
        for id in &flights {
            self.flight(id.0.into())[flight::PLACE].store(pack(Place::Hands(receiver)), SeqCst);
            self.flights_changed();
        }
        flights
    }

    /// The message that was to carry these copies, and is in the caller's hands, will not arrive.
    pub fn strand(&self, flights: &[FlightId]) {
        for id in flights {
            self.flight(id.0.into())[flight::PLACE].store(pack(Place::Lost), SeqCst);
            self.flights_changed();
        }
        if !flights.is_empty() {
            self.ring_bell();
        }
    }

    /// The end that a copy is of.
    pub fn flight_end(&self, id: FlightId) -> End {
        unpack_end(self.flight(id.0.into())[flight::END].load(SeqCst))
    }

    /// A copy travels no more: it has arrived, has come back, or is closed. Under the internal lock of the
    /// object whose end it is. The change to be told, if its departure was told.
    pub fn end_flight(&self, id: FlightId) -> Option<Change> {
        let (part, end) = self.flight_end(id);
        let was_drawn = self.part(part).remove_in_flight(end, id);
        self.flight(id.0.into())[flight::PLACE].store(0, SeqCst);
        self.flights_changed();
        self.bump_pipe_version(part.object);
        was_drawn.then_some(Change::Closed { part, end, process: ActorId::HOST })
    }

    /// Somebody has let go of an end, at which messages may have waited that carry copies.
    pub fn let_go(&self) {
        if self.word64(word64::FLIGHTS_CHANGED).load(SeqCst) > 0 {
            self.ring_bell();
        }
    }

    fn all_flights(&self) -> Vec<(FlightId, Place)> {
        let place = |id: usize| Some((FlightId(id as u16), unpack(self.flight(id)[flight::PLACE].load(SeqCst))?));
        (0..MAX_FLIGHTS).filter_map(place).collect()
    }

    /// The copies whose messages nobody can receive any more (host only). None are found while a flight or
    /// a start changes what is looked at: whoever does that rings the bell before long.
    pub fn stranded(&self) -> Vec<FlightId> {
        let changes = || self.word64(word64::FLIGHTS_CHANGED).load(SeqCst);
        let before = changes();
        // The flights first, then who holds what: an end that goes from hand to hand is held by the one
        // before its flight begins, and by the other before its flight ends.
        let flights = if before == 0 { Vec::new() } else { self.all_flights() };
        if flights.is_empty() || self.actor_ids().any(|id| self.state(id) == State::Starting) {
            return Vec::new();
        }
        let mut safe: Vec<FlightId> = Vec::new();
        loop {
            let can_be_received = |place: Place| match place {
                Place::Hands(process) => self.state(process) != State::Dead,
                Place::At(at) => self.can_receive(at) || safe.iter().any(|id| self.flight_end(*id) == at) && !self.is_blocked(at),
                Place::Lost => false,
            };
            let found: Vec<FlightId> =
                flights.iter().filter(|(id, place)| !safe.contains(id) && can_be_received(*place)).map(|(id, _)| *id).collect();
            if found.is_empty() {
                break;
            }
            safe.extend(found);
        }
        if changes() != before {
            return Vec::new();
        }
        flights.into_iter().map(|(id, _)| id).filter(|id| !safe.contains(id)).collect()
    }

    fn can_receive(&self, at: End) -> bool {
        !self.is_blocked(at) && self.part(at.0).holders(at.1).iter().any(|(holder, _)| *holder != ActorId::HOST)
    }

    /// Whether nobody gets a message out any more, not even a holder.
    fn is_blocked(&self, (part, end): End) -> bool {
        // Who died in the middle of a message has left the rest of it before all that follow.
        let reader = self.own_word(part.object, reader_word(end)).load(SeqCst);
        let died_midway = reader.checked_sub(1).is_some_and(|reader| self.state(ActorId(reader as u16)) == State::Dead);
        died_midway || self.facts(part.object).broken
    }

    /// Closes the copies whose messages nobody can receive any more, as far as their objects' locks are to
    /// be had (host only). True: there were some; the descriptors are still to be closed.
    pub fn close_stranded(&self) -> bool {
        let stranded = self.stranded();
        for id in &stranded {
            let (part, _) = self.flight_end(*id);
            self.wait_for_room();
            let Some(_inner) = self.lock_for_repair(part.object) else { continue };
            if let Some(closed) = self.end_flight(*id) {
                self.emit(ActorId::HOST, Body::Also { changes: vec![closed] });
            }
        }
        !stranded.is_empty()
    }
}

fn pack_end((part, end): End) -> u64 {
    u64::from(part.object.0) | u64::from(part.part) << 16 | u64::from(end) << 24
}

fn unpack_end(word: u64) -> End {
    (PartRef::new(ObjectId(word as u16), (word >> 16) as u8), (word >> 24) as u8)
}

/// A place as a word; 0 is no flight.
fn pack(place: Place) -> u64 {
    match place {
        Place::Hands(process) => 1 | u64::from(process.0) << 8,
        Place::At(end) => 2 | pack_end(end) << 8,
        Place::Lost => 3,
    }
}

fn unpack(word: u64) -> Option<Place> {
    match word as u8 {
        1 => Some(Place::Hands(ActorId((word >> 8) as u16))),
        2 => Some(Place::At(unpack_end(word >> 8))),
        3 => Some(Place::Lost),
        _ => None,
    }
}

#[cfg(all(test, not(miri)))]
mod tests {
    use super::*;
    use crate::arena::actors::Kin;
    use crate::kind::pipe::{ENDS, KIND};
    use crate::trace::Role;

    struct Bench(Arena);

    impl Bench {
        fn process(&self) -> ActorId {
            let kin = |id| Kin { process: id, creator: None, role: Role::Process, works_for: None };
            let process = self.0.reserve_actor(kin, "p", "").expect("room");
            self.0.set_state(process, State::Parked);
            process
        }

        /// A pipe whose ends nobody holds.
        fn pipe(&self) -> ObjectId {
            self.0.make_object(&KIND, "pipe", None, None, 0).expect("room")
        }

        fn holds(&self, process: ActorId, (part, end): End) {
            self.0.part(part).add_holder(end, process, 7);
        }

        fn sent(&self, end: End, by: ActorId) -> FlightId {
            let flight = self.0.begin_flight(end, by).expect("room");
            self.0.part(end.0).add_in_flight(end.1, flight);
            flight
        }

        fn check(&self, what: &str, stranded: &[FlightId]) {
            assert_eq!(self.0.stranded(), stranded, "{what}");
        }
    }

    fn end(pipe: ObjectId, end: u8) -> End {
        (PartRef::new(pipe, ENDS), end)
    }

    #[test]
    fn a_copy_lives_as_long_as_its_message_can_be_received() {
        let bench = Bench(Arena::create().expect("memory").0);
        let [sender, receiver] = [bench.process(), bench.process()];
        let [talk, link] = [bench.pipe(), bench.pipe()];
        bench.holds(receiver, end(link, 1));
        let flight = bench.sent(end(talk, 0), sender);
        bench.check("in the sender's hands", &[]);
        bench.0.board(&[flight], MessageId(5), end(link, 1));
        bench.0.set_state(sender, State::Dead);
        bench.check("in the pipe, the sender dead", &[]);
        assert_eq!(bench.0.alight(MessageId(4), receiver), []);
        assert_eq!(bench.0.alight(MessageId(5), receiver), [flight]);
        assert_eq!(bench.0.alight(MessageId(5), receiver), [], "it is received once");
        bench.check("in the receiver's hands", &[]);
        bench.0.set_state(receiver, State::Dead);
        bench.check("in the hands of the dead", &[flight]);
        assert!(bench.0.close_stranded());
        assert!(!bench.0.part(PartRef::new(talk, ENDS)).is_in_flight(0));
        bench.check("closed", &[]);
    }

    #[test]
    fn nobody_receives_where_nobody_holds_or_something_is_broken() {
        let bench = Bench(Arena::create().expect("memory").0);
        let [sender, receiver] = [bench.process(), bench.process()];
        let [talk, unheld, broken, blocked] = [bench.pipe(), bench.pipe(), bench.pipe(), bench.pipe()];
        let flights = [unheld, broken, blocked].map(|link| {
            bench.holds(receiver, end(link, 1));
            let flight = bench.sent(end(talk, 0), sender);
            bench.0.board(&[flight], MessageId(5), end(link, 1));
            flight
        });
        bench.check("all are held", &[]);
        bench.0.part(PartRef::new(unheld, ENDS)).remove_holder(1, receiver);
        bench.check("one is held by nobody", &flights[..1]);
        bench.0.mark_broken(broken);
        bench.check("one is broken", &flights[..2]);
        let midway = bench.process();
        bench.0.own_word(blocked, reader_word(1)).store(u64::from(midway.0) + 1, SeqCst);
        bench.check("one is being read", &flights[..2]);
        bench.0.set_state(midway, State::Dead);
        bench.check("somebody died reading it", &flights);
        let lost = bench.sent(end(talk, 0), sender);
        bench.0.strand(&[lost]);
        bench.check("one was dropped", &[&flights[..], &[lost]].concat());
        // Somebody who is being started may be about to hold any of them.
        let child = bench.process();
        bench.0.set_state(child, State::Starting);
        bench.check("somebody is on its way", &[]);
    }

    #[test]
    fn an_end_in_a_message_keeps_other_messages_receivable_but_not_itself() {
        let bench = Bench(Arena::create().expect("memory").0);
        let process = bench.process();
        let [talk, inner, outer, own, one, two] = [(); 6].map(|()| bench.pipe());
        let send = |what: End, at: End| {
            let flight = bench.sent(what, process);
            bench.0.board(&[flight], MessageId(5), at);
            flight
        };
        bench.holds(process, end(outer, 1));
        let chain = [send(end(talk, 0), end(inner, 1)), send(end(inner, 1), end(outer, 1))];
        bench.check("two deep", &[]);
        let circle = [send(end(own, 1), end(own, 1)), send(end(one, 1), end(two, 1)), send(end(two, 1), end(one, 1))];
        bench.check("round in a circle", &circle);
        bench.0.part(PartRef::new(outer, ENDS)).remove_holder(1, process);
        bench.check("the outermost let go", &[&chain[..], &circle].concat());
    }
}
