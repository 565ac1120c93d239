//! Turns while the gate is open: nothing to grant, but perhaps to prove that nobody can move.

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use super::Control;
use crate::arena::actors::State;
use crate::arena::gate::is_pipe;
use crate::arena::layout::actor::FLAG_FRESH;
use crate::host::Ended;
use crate::trace::{ActorId, Body, Rest};

impl Control {
    /// One turn while the gate is open: deaths have been dealt with; is anyone able to move?
    pub(super) fn free_turn(&mut self) -> Option<Duration> {
        self.close_stranded_ends();
        if let Some(command) = self.hand.next.pop_front() {
            self.act_by_hand(command);
            return None;
        }
        if let Some(words) = self.stuck_at.take() {
            // The proof stands until anybody's word changes.
            if self.nobody_moves().as_ref() == Some(&words) {
                self.stuck_at = Some(words);
                return if self.rules.end_when_stuck { self.conclude(Ended::Stuck) } else { Some(Duration::from_millis(250)) };
            }
            self.rest = None;
            self.show();
        }
        self.stuck_at = self.prove_stuck();
        if self.stuck_at.is_none() {
            return Some(Duration::from_millis(250));
        }
        let rest = Rest { candidates: Vec::new(), next_deadline: None, stuck: true };
        self.emit(Body::Rest(rest.clone()));
        self.rest = Some(rest);
        self.show();
        None
    }

    /// The words of all actors, if every one is parked without a timer, stopped by nobody, and waits
    /// for something that does not hold in memory.
    pub(super) fn nobody_moves(&self) -> Option<Vec<u32>> {
        let mut words = Vec::new();
        for id in self.arena.actor_ids() {
            let word = self.arena.actor_word(id).load(SeqCst);
            match State::of(word) {
                State::Dead | State::Idle | State::Unused => {}
                State::Parked => {
                    let wait = self.arena.read_wait(id);
                    if self.is_stopped(id)
                        || self.arena.flag(id, FLAG_FRESH)
                        || self.arena.deadline_of(id, &wait).is_some()
                        || wait.until.iter().any(|until| self.arena.holds(id, *until) == Some(true))
                    {
                        return None;
                    }
                }
                _ => return None,
            }
            words.push(word);
        }
        Some(words)
    }

    /// Two looks with the same wait numbers and the same count of events, and between them the kernel
    /// says of every pipe that it is not ready.
    pub(super) fn prove_stuck(&mut self) -> Option<Vec<u32>> {
        let writes = self.arena.writes();
        let buried = self.deaths.buried;
        for id in self.arena.actor_ids().filter(|id| self.arena.state(*id) == State::Probe).collect::<Vec<_>>() {
            self.probe(id);
        }
        self.nobody_moves()?;
        let waiting: Vec<ActorId> = self
            .arena
            .actor_ids()
            .filter(|id| self.arena.state(*id) == State::Parked && self.arena.read_wait(*id).until.iter().any(|until| is_pipe(*until)))
            .collect();
        for id in waiting {
            if self.probe(id) != Some(false) {
                return None;
            }
        }
        let first = self.nobody_moves()?;
        let second = self.nobody_moves()?;
        let quiet = second == first && self.arena.writes() == writes && self.deaths.buried == buried;
        let nothing_comes =
            self.stops.expecting.is_none() && self.news.is_empty() && self.deaths.early.is_empty() && self.deaths.orphans.is_empty();
        // Ends in messages that nobody can receive are about to be closed, which somebody may wait for.
        let nothing_strands = self.arena.stranded().is_empty();
        (quiet && nothing_comes && nothing_strands && !self.somebody_has_ended()).then_some(first)
    }
}
