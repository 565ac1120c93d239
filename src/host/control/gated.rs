//! Turns while the gate is closed: find rest, say who could go, grant to one.

use std::collections::BTreeSet;
use std::os::fd::AsFd;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use super::{Control, Goal};
use crate::arena::actors::{State, next_word};
use crate::arena::gate::is_pipe;
use crate::arena::layout::actor::{FLAG_ANNOUNCED, FLAG_BORN, FLAG_FRESH};
use crate::host::{Ended, PATIENCE, Pace};
use crate::sys;
use crate::trace::{ActorId, Announced, Body, Candidate, Grant, Nanos, PartRef, Rest, Until, Wait};
use crate::world::Asked;

/// What a step takes of the run's time.
const STEP_TIME: Nanos = 1_000_000;

impl Control {
    /// One turn while the gate is closed; gives how long to sleep if there is nothing to do.
    pub(super) fn gated_turn(&mut self) -> Option<Duration> {
        if self.stops.expecting.is_some() || !self.at_rest() {
            return Some(Duration::from_millis(200));
        }
        if self.arena.state(ActorId::HAND) == State::Parked {
            // The gate was closed while it acted.
            self.let_the_hand_go();
            return None;
        }
        if self.rest.is_none() {
            self.close_stranded_ends();
            let from = *self.announced_from.get_or_insert(self.wires.arena.ring().head());
            self.tell_announcements();
            let rest = self.find_rest()?;
            self.announced_from = None;
            self.emit(Body::Rest(rest.clone()));
            self.rest = Some(rest);
            if self.reached_goal() {
                self.course.playing = false;
                self.course.goal = None;
            } else if self.pauses_to_ask() && self.is_asked_since(from) {
                self.course.playing = false;
            }
            self.show();
            if !self.course.playing || self.course.pace != Pace::Unlimited {
                self.arena.ask_to_drain();
            }
        }
        if self.hand.due.front().is_some_and(|(step, _)| *step <= self.step + 1) {
            self.hand.next.extend(self.hand.due.pop_front().map(|(_, command)| command));
        }
        if let Some(command) = self.hand.next.pop_front() {
            if self.rest.as_ref().is_some_and(|rest| rest.stuck) {
                // A run that stands still does so after an act by hand too, however it came here.
                self.course.playing = false;
                self.course.goal = None;
            }
            self.act_by_hand(command);
            return None;
        }
        let rest = self.rest.as_ref()?;
        if rest.stuck {
            return if self.rules.end_when_stuck { self.conclude(Ended::Stuck) } else { Some(Duration::from_secs(3600)) };
        }
        if rest.candidates.is_empty() && rest.next_deadline.is_none() {
            // Nobody can move, but somebody is stopped or on its way to its end.
            return Some(Duration::from_millis(200));
        }
        if self.step < self.rules.repeat_to {
            // A branch: these steps have been seen before.
        } else if self.course.wanted > 0 {
            self.course.wanted -= 1;
        } else if self.course.playing {
            if let Pace::Steps(per_second) = self.course.pace {
                let now = Instant::now();
                if now < self.course.next_grant {
                    return Some(self.course.next_grant - now);
                }
                self.course.next_grant = now.max(self.course.next_grant) + Duration::from_secs_f64(1.0 / per_second.max(0.01));
            }
        } else {
            return Some(Duration::from_secs(3600));
        }
        self.take_step();
        None
    }

    /// Whether the run pauses if a question is asked. Who runs up to something has asked for that, and is not held
    /// up on the way.
    fn pauses_to_ask(&self) -> bool {
        self.course.playing && self.course.pause_to_ask && self.course.goal.is_none() && self.course.pace != Pace::Unlimited
    }

    /// Whether a question of the scenario is open that was asked by one of the events from this one on. When one is
    /// asked and when no more are follows from the events, which the timeline folds.
    fn is_asked_since(&self, from: u64) -> bool {
        let is_open = |asked: &Asked| asked.moments().iter().any(|moment| moment.opened >= from && moment.closed.is_none());
        {
            let timeline = self.log.timeline();
            if !timeline.asked().is_waiting() {
                return is_open(timeline.asked());
            }
        }
        self.log.catch_up_with_listener(PATIENCE);
        is_open(self.log.timeline().asked())
    }

    /// Whether what the user wanted to see has come, since the step at which the user asked for it.
    fn reached_goal(&mut self) -> bool {
        let Some((goal, _)) = self.course.goal.filter(|(_, asked_at)| self.step > *asked_at) else { return false };
        match goal {
            Goal::Line(line) => self
                .arena
                .actor_ids()
                .any(|id| self.arena.state(id) == State::Parked && self.arena.flag(id, FLAG_FRESH) && self.arena.read_step(id).2 == line),
            Goal::Object(object) => {
                self.touched.is_some_and(|touched| touched == object || self.arena.facts(touched).owner == Some(object))
            }
            Goal::Ended(actor) => self.arena.state(actor) == State::Dead,
            Goal::Rivals => {
                let now = self.rivalries();
                let before = std::mem::replace(&mut self.course.rivalries, now);
                !self.course.rivalries.is_subset(&before)
            }
        }
    }

    /// The things that two or more of those who could go wait for, of which there is only one: each of them
    /// would have it, and who comes later waits on. What all can have together, as a raised flag, is none.
    pub(super) fn rivalries(&self) -> BTreeSet<(PartRef, u8)> {
        let candidates = self.rest.iter().flat_map(|rest| &rest.candidates);
        let mut wanted = BTreeSet::new();
        candidates
            .filter(|candidate| candidate.grant == Grant::Proceed && !self.arena.flag(candidate.actor, FLAG_FRESH))
            .flat_map(|candidate| self.arena.read_wait(candidate.actor).until)
            .filter_map(|until| match until {
                Until::OwnerFree(part, _) | Until::CountAbove(part, _) | Until::SlotsFilled(part) => Some((part, 0)),
                Until::Readable(part, end) | Until::Writable(part, end) => Some((part, end)),
                Until::Deadline | Until::FlagUp(_) | Until::Ended(_) | Until::Left(_) | Until::Emptied(_) => None,
            })
            .filter(|thing| !wanted.insert(*thing))
            .collect()
    }

    /// Nobody moves: everyone is parked, stopped, idle or dead.
    pub(super) fn at_rest(&self) -> bool {
        self.deaths.early.is_empty()
            && self.deaths.orphans.is_empty()
            && self.arena.actor_ids().all(|id| self.stands_still(id) || self.is_stopped(id))
    }

    /// Whether an actor does nothing, and will do nothing before it is let go.
    pub(super) fn stands_still(&self, id: ActorId) -> bool {
        match self.arena.state(id) {
            State::Parked | State::Dead | State::Idle | State::Unused => true,
            State::Starting | State::Run | State::RunExpired | State::Probe | State::Exiting => false,
        }
    }

    /// Emits what everyone newly parked will do next, in order of actor id. A newborn has to wait until its
    /// creator, which may be stopped in the middle of it, has told of the birth.
    pub(super) fn tell_announcements(&mut self) {
        let fresh: Vec<ActorId> =
            self.arena.actor_ids().filter(|id| self.arena.flag(*id, FLAG_ANNOUNCED) && self.arena.flag(*id, FLAG_BORN)).collect();
        for id in fresh {
            self.arena.lower_flag(id, FLAG_ANNOUNCED);
            if self.arena.state(id) != State::Parked {
                continue;
            }
            let (op, on, line) = self.arena.read_step(id);
            let detail = self.arena.read_detail(id);
            self.arena.wait_for_room();
            self.arena.emit_as(ActorId::HOST, id, Body::Announced(Announced { op, on, line, detail }));
        }
    }

    /// Who could go. None: something changed while asking.
    pub(super) fn find_rest(&mut self) -> Option<Rest> {
        let now = self.arena.now();
        let buried = self.deaths.buried;
        let parked: Vec<ActorId> = self
            .arena
            .actor_ids()
            .filter(|id| *id != ActorId::HAND && self.arena.flag(*id, FLAG_BORN))
            .filter(|id| self.arena.state(*id) == State::Parked && !self.is_stopped(*id))
            .collect();
        let mut candidates = Vec::new();
        let mut next_deadline: Option<Nanos> = None;
        for id in &parked {
            if self.arena.flag(*id, FLAG_FRESH) {
                candidates.push(Candidate { actor: *id, grant: Grant::Proceed });
                continue;
            }
            let wait = self.arena.read_wait(*id);
            if self.holds(*id, &wait) {
                candidates.push(Candidate { actor: *id, grant: Grant::Proceed });
                continue;
            }
            match self.arena.deadline_of(*id, &wait) {
                Some(deadline) if deadline <= now => candidates.push(Candidate { actor: *id, grant: Grant::Expire }),
                Some(deadline) => next_deadline = Some(next_deadline.map_or(deadline, |next| next.min(deadline))),
                None => {}
            }
        }
        if !self.at_rest() || !self.news.is_empty() || self.deaths.buried != buried {
            return None;
        }
        let anyone = self.arena.actor_ids().any(|id| id != ActorId::HAND && self.arena.state(id) != State::Dead);
        let stuck = anyone && candidates.is_empty() && next_deadline.is_none() && self.stops.stopped.is_empty();
        if stuck && self.somebody_has_ended() {
            return None;
        }
        Some(Rest { candidates, next_deadline, stuck })
    }

    /// Whether a process has ended and the news of it is still on its way.
    pub(super) fn somebody_has_ended(&self) -> bool {
        self.children.all().iter().any(|(_, child)| sys::pipe::readable(child.pidfd.as_fd()))
    }

    pub(super) fn is_stopped(&self, id: ActorId) -> bool {
        self.stops.stopped.contains(&self.arena.kin(id).process)
    }

    /// Whether a wait holds; for pipes the parked actor itself is asked.
    pub(super) fn holds(&mut self, id: ActorId, wait: &Wait) -> bool {
        if wait.until.iter().any(|until| self.arena.holds(id, *until) == Some(true)) {
            return true;
        }
        if !wait.until.iter().any(|until| is_pipe(*until)) {
            return false;
        }
        let version = wait.until.iter().map(|until| self.pipe_version(*until)).fold(0, u64::wrapping_add);
        if let Some((asked, when, answer)) = self.probes.get(&id)
            && asked == wait
            && *when == version
        {
            return *answer;
        }
        match self.probe(id) {
            Some(answer) => {
                self.probes.insert(id, (wait.clone(), version, answer));
                answer
            }
            None => false,
        }
    }

    pub(super) fn pipe_version(&self, until: Until) -> u64 {
        match until {
            Until::Readable(part, _) | Until::Writable(part, _) => self.arena.pipe_version(part.object),
            _ => 0,
        }
    }

    /// Asks a parked actor for a `poll(0)` of its pipes. None: it died or moved meanwhile.
    pub(super) fn probe(&mut self, id: ActorId) -> Option<bool> {
        let word = self.arena.actor_word(id);
        let seen = word.load(SeqCst);
        match State::of(seen) {
            State::Parked if word.compare_exchange(seen, next_word(seen, State::Probe), SeqCst, SeqCst).is_ok() => {}
            // Asked before, and too slow to answer then.
            State::Probe => {}
            _ => return None,
        }
        sys::futex::wake_all(word);
        self.children.poke(id);
        let answered = self.wait_for(|control| control.arena.state(id) != State::Probe || control.is_stopped(id));
        (answered && self.arena.state(id) != State::Probe).then(|| self.arena.probe_answer(id))
    }

    /// Grants to one of the candidates, or lets time pass if there are none.
    pub(super) fn take_step(&mut self) {
        let Some(rest) = self.rest.take() else { return };
        match self.course.order.pick(&rest.candidates) {
            Some(candidate) => self.grant(candidate.actor, candidate.grant),
            None => {
                if let Some(to) = rest.next_deadline {
                    self.step += 1;
                    self.touched = None;
                    self.arena.wait_for_room();
                    self.arena.set_clock(to, 0);
                    self.emit(Body::Clock { step: self.step, to });
                }
            }
        }
    }

    /// Lets one actor go: one swap of its word.
    pub(super) fn grant(&mut self, actor: ActorId, grant: Grant) {
        self.begin_step(actor, grant);
        // Read now: at the next rest the actor has announced another step already.
        self.touched = self.arena.read_step(actor).1.object();
        let state = if grant == Grant::Proceed { State::Run } else { State::RunExpired };
        if self.arena.state(actor) == State::Probe {
            // The audit asks it something; it answers at once, unless it has been stopped or has died.
            self.wait_for(|control| control.arena.state(actor) != State::Probe || control.is_stopped(actor));
        }
        self.let_go(actor, state);
    }

    /// One swap of a parked actor's word, which it sleeps on. False: it is not parked.
    pub(super) fn let_go(&self, actor: ActorId, state: State) -> bool {
        let word = self.arena.actor_word(actor);
        let mut seen = word.load(SeqCst);
        let mut gone = false;
        while State::of(seen) == State::Parked && !gone {
            match word.compare_exchange(seen, next_word(seen, state), SeqCst, SeqCst) {
                Ok(_) => gone = true,
                Err(now) => seen = now,
            }
        }
        sys::futex::wake_all(word);
        self.children.poke(actor);
        gone
    }

    pub(super) fn begin_step(&mut self, actor: ActorId, grant: Grant) {
        self.step += 1;
        self.touched = None;
        self.rest = None;
        if self.arena.gated() {
            self.arena.set_clock(self.arena.now() + STEP_TIME, 0);
        }
        self.emit(Body::Granted { step: self.step, actor, grant });
    }
}
