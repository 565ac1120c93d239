//! News of processes: deaths and what they entail, stops, and births whose teller died.

use std::collections::VecDeque;
use std::os::fd::AsFd;

use super::Control;
use crate::arena::actors::State;
use crate::arena::layout::actor::{FLAG_BORN, FLAG_GONE};
use crate::arena::repair::Repair;
use crate::host::processes::{News, turn_at_descriptors};
use crate::host::{PATIENCE, redraw};
use crate::kind;
use crate::sys;
use crate::trace::{ActorId, Body, Born, Cause, Change, Died, PartRef};
use crate::world::{Object, PartState};

impl Control {
    pub(super) fn take_news(&mut self) {
        while let Ok(news) = self.news.try_recv() {
            match news {
                News::Refused(why) => self.tell_user(why),
                News::Died(actor, cause) => {
                    // It may have changed its word and died before it woke its creator, which sleeps on it.
                    self.arena.bump(actor);
                    self.send_in_its_place(actor);
                    self.deaths.early.push((actor, cause));
                }
                News::Stopped(actor, stopped) => {
                    if stopped {
                        self.stops.stopped.insert(actor);
                    } else {
                        self.stops.stopped.remove(&actor);
                    }
                    if self.stops.expecting.is_some_and(|(expected, _)| expected == actor) {
                        self.stops.expecting = None;
                    }
                    self.rest = None;
                    self.stops.untold.retain(|untold| *untold != actor);
                    match self.arena.flag(actor, FLAG_BORN) {
                        true => self.emit(Body::Stopped { actor, stopped }),
                        false if stopped => self.stops.untold.push(actor),
                        false => {}
                    }
                }
            }
        }
        for actor in std::mem::take(&mut self.stops.untold) {
            match self.arena.flag(actor, FLAG_BORN) {
                true => self.emit(Body::Stopped { actor, stopped: true }),
                false if self.stops.stopped.contains(&actor) => self.stops.untold.push(actor),
                false => {}
            }
        }
        let may_bury = self.may_bury();
        // One step may end several processes, and the kernel is free to reap them in any order.
        self.deaths.early.sort_by_key(|(actor, _)| *actor);
        let mut deaths: VecDeque<_> = std::mem::take(&mut self.deaths.early).into();
        while let Some((actor, cause)) = deaths.pop_front() {
            if self.arena.flag(actor, FLAG_BORN) {
                if may_bury {
                    self.bury(actor, cause, &deaths);
                } else {
                    self.deaths.early.push((actor, cause));
                }
            } else if self.arena.state(actor) == State::Starting {
                // Its creator, if it lives, waits for it and will tell of both.
                self.forget_unborn(actor);
            } else if self.creator_died(actor) {
                self.tell_late_birth(actor);
                self.bury(actor, cause, &deaths);
            } else if self.arena.state(actor) != State::Dead {
                self.deaths.early.push((actor, cause));
            }
        }
        self.settle_orphans();
        for mut todo in std::mem::take(&mut self.deaths.unrepaired) {
            self.repair(&mut todo, false);
            if todo.is_done() {
                self.children.poke_everyone();
            } else {
                self.deaths.unrepaired.push(todo);
            }
        }
    }

    /// Whether deaths can be dealt with now. While the gate is closed they wait until nobody is in the middle of a
    /// step or on its way to its end: when in a step the kernel ended somebody is no matter of the seed. But one who
    /// was stopped inside of an object and then killed may be what keeps another in the middle of its step.
    fn may_bury(&self) -> bool {
        let is_dying = |id: ActorId| self.deaths.early.iter().any(|(dying, _)| *dying == self.arena.kin(id).process);
        let is_busy = |id: ActorId| matches!(self.arena.state(id), State::Run | State::RunExpired | State::Probe | State::Exiting);
        !self.arena.gated()
            || self.arena.is_held_up_by(is_dying)
            || self.arena.actor_ids().all(|id| !is_busy(id) || is_dying(id) || self.is_stopped(id))
    }

    /// Signals that a process announced and did not live to send. One that gets it twice dies once.
    fn send_in_its_place(&self, sender: ActorId) {
        for (victim, signal) in self.arena.expected_of(sender) {
            if let Some(child) = self.children.get(victim) {
                let _ = sys::pidfd::signal(child.pidfd.as_fd(), signal);
            }
        }
    }

    fn creator_died(&self, actor: ActorId) -> bool {
        self.arena.kin(actor).creator.is_some_and(|creator| self.arena.state(creator) == State::Dead)
    }

    /// A process that ended before it came to the gate. No ends of it are drawn; what it died inside of is.
    fn forget_unborn(&mut self, actor: ActorId) {
        let mut todo = self.arena.repair_for(actor, vec![actor]);
        let mut changes = self.repair(&mut todo, true);
        changes.retain(|change| !matches!(change, Change::Closed { process, .. } if *process == actor));
        if !changes.is_empty() {
            self.emit(Body::Also { changes });
        }
        if !todo.is_done() {
            self.deaths.unrepaired.push(todo);
        }
        self.stops.stopped.remove(&actor);
        self.stops.expecting = self.stops.expecting.filter(|(expected, _)| *expected != actor);
        self.arena.set_state(actor, State::Dead);
    }

    /// Children of the dead: one that was never asked for is freed, one that has come to the gate is told of.
    fn settle_orphans(&mut self) {
        for orphan in std::mem::take(&mut self.deaths.orphans) {
            match self.arena.state(orphan) {
                State::Dead => self.tell_of_own(orphan),
                State::Starting if self.children.get(orphan).is_some() => self.deaths.orphans.push(orphan),
                // Its death has been reaped, and the news of it is on its way.
                State::Starting if self.arena.flag(orphan, FLAG_GONE) => {}
                State::Starting => self.arena.set_state(orphan, State::Dead),
                _ if self.arena.flag(orphan, FLAG_BORN) => {}
                _ => self.tell_late_birth(orphan),
            }
        }
    }

    /// A process that the host itself wanted has died before its birth was told: nobody else tells of either.
    fn tell_of_own(&self, actor: ActorId) {
        if let (None, false, Some(cause)) = (self.arena.kin(actor).creator, self.arena.flag(actor, FLAG_BORN), self.arena.cause(actor)) {
            self.tell_birth(actor, actor);
            self.arena.raise_flag(actor, FLAG_BORN);
            self.emit(Body::Died(Died { actor, cause, changes: Vec::new() }));
        }
    }

    fn repair(&self, todo: &mut Repair, together: bool) -> Vec<Change> {
        let redraw = |id| {
            let mut born: Vec<ActorId> = self.arena.actor_ids().filter(|id| self.arena.flag(*id, FLAG_BORN)).collect();
            // Copies on their way in messages are the host's.
            born.push(ActorId::HOST);
            self.log.catch_up_with_listener(PATIENCE);
            self.log.timeline().head().object(id).map(|drawn| redraw::object(&self.arena, drawn, &born)).unwrap_or_default()
        };
        self.arena.repair(todo, together, &redraw)
    }

    /// Closes the ends that are in messages which nobody can receive any more. What the dead leave is put right
    /// before, so that the trace tells of each end's departure before it tells of this.
    pub(super) fn close_stranded_ends(&self) {
        if self.deaths.unrepaired.is_empty() && self.deaths.early.is_empty() && self.arena.close_stranded() {
            let _turn = turn_at_descriptors();
            self.children.settle(&self.arena);
        }
    }

    /// Tells of a birth, and of the ends that came with it, as far as a creator that died did not.
    pub(super) fn tell_late_birth(&self, actor: ActorId) {
        self.log.catch_up_with_listener(PATIENCE);
        let (born, opened) = {
            let timeline = self.log.timeline();
            let world = timeline.head();
            let opened: Vec<Change> = world.all_objects().flat_map(|drawn| self.undrawn_ends(drawn, actor)).collect();
            (world.actor(actor).is_some(), opened)
        };
        if !born {
            self.tell_birth(actor, self.arena.kin(actor).creator.unwrap_or(ActorId::HOST));
        }
        if !opened.is_empty() {
            self.emit(Body::Also { changes: opened });
        }
        self.arena.raise_flag(actor, FLAG_BORN);
        self.arena.bump(actor);
    }

    pub(super) fn undrawn_ends(&self, drawn: &Object, process: ActorId) -> Vec<Change> {
        let Some(kind) = kind::kind(drawn.kind) else { return Vec::new() };
        let mut changes = Vec::new();
        for (at, (state, def)) in drawn.parts.iter().zip(kind.parts).enumerate() {
            if let PartState::Ends { ends } = state {
                let (name, part) = (PartRef::new(drawn.id, at as u8), self.arena.part_at(drawn.id, at as u8));
                changes.extend(redraw::holders(name, part, def.shape, ends, |of| of == process));
            }
        }
        changes
    }

    /// Tells of a birth, as `teller` would.
    pub(super) fn tell_birth(&self, actor: ActorId, teller: ActorId) {
        let kin = self.arena.kin(actor);
        let (pid, tid) = self.arena.ids(actor);
        let born = Born {
            actor,
            role: kin.role,
            process: kin.process,
            creator: kin.creator,
            object: kin.works_for,
            name: self.arena.actor_name(actor),
            function: self.arena.actor_function(actor),
            pid,
            tid,
        };
        self.arena.wait_for_room();
        self.arena.emit_as(ActorId::HOST, teller, Body::Born(born));
    }

    /// Everything that a death entails, while some others are known to be dead too. `Dead` is written last.
    fn bury(&mut self, actor: ActorId, cause: Cause, others: &VecDeque<(ActorId, Cause)>) {
        let dead: Vec<ActorId> = self.arena.threads_of(actor).filter(|id| self.arena.state(*id) != State::Dead || *id == actor).collect();
        self.rest = None;
        self.stops.stopped.remove(&actor);
        self.stops.expecting = self.stops.expecting.filter(|(expected, _)| *expected != actor);
        self.deaths.buried += 1;
        let mut todo = self.arena.repair_for(actor, dead.clone());
        // Where others act meanwhile, what they tell must not come before what they build on.
        let gone = |id: ActorId| dead.contains(&id) || others.iter().any(|(other, _)| *other == self.arena.kin(id).process);
        let together = self.arena.gated() && self.arena.actor_ids().all(|id| gone(id) || self.stands_still(id));
        if together {
            let changes = self.repair(&mut todo, true);
            self.emit(Body::Died(Died { actor, cause, changes }));
        } else {
            self.emit(Body::Died(Died { actor, cause, changes: Vec::new() }));
            self.repair(&mut todo, false);
        }
        if !todo.is_done() {
            self.deaths.unrepaired.push(todo);
        }
        for id in &dead {
            self.arena.set_state(*id, State::Dead);
        }
        self.arena.cancel_for(actor);
        self.arena.use_memory(actor, 0);
        // Children whose birth it did not live to tell of.
        let orphans: Vec<ActorId> =
            self.arena.actor_ids().filter(|id| self.arena.kin(*id).creator == Some(actor) && !self.arena.flag(*id, FLAG_BORN)).collect();
        self.deaths.orphans.extend(orphans);
        // With it may have gone what no version tells of: a connection that nobody had taken in yet.
        self.probes.clear();
        self.arena.bump_everyone();
        self.children.poke_everyone();
    }
}
