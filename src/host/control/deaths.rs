//! News of processes: deaths and what they entail, stops, and births whose teller died.

use super::Control;
use crate::arena::actors::State;
use crate::arena::layout::actor::FLAG_BORN;
use crate::host::processes::News;
use crate::trace::{ActorId, Body, Born, Cause, Died};

impl Control {
    pub(super) fn take_news(&mut self) {
        while let Ok(news) = self.news.try_recv() {
            match news {
                News::Refused(why) => self.notice(&why),
                News::Died(actor, cause) => self.early_deaths.push((actor, cause)),
                News::Stopped(actor, stopped) => {
                    if stopped {
                        self.stopped.insert(actor);
                    } else {
                        self.stopped.remove(&actor);
                    }
                    if self.expecting.is_some_and(|(expected, _)| expected == actor) {
                        self.expecting = None;
                    }
                    self.rest = None;
                    self.emit(Body::Stopped { actor, stopped });
                }
            }
        }
        for (actor, cause) in std::mem::take(&mut self.early_deaths) {
            if self.arena.flag(actor, FLAG_BORN) || self.tell_late_birth(actor) {
                self.bury(actor, cause);
            } else if self.arena.state(actor) == State::Starting {
                // Its creator waits for it, and will tell of both.
                self.arena.set_state(actor, State::Dead);
            } else if self.arena.state(actor) != State::Dead {
                self.early_deaths.push((actor, cause));
            }
        }
    }

    /// Tells of a birth whose creator died before it could. False: the creator will still do so.
    pub(super) fn tell_late_birth(&self, actor: ActorId) -> bool {
        let kin = self.arena.kin(actor);
        let Some(creator) = kin.creator.filter(|creator| self.arena.state(*creator) == State::Dead) else { return false };
        let (pid, tid) = self.arena.ids(actor);
        let born = Born {
            actor,
            role: kin.role,
            process: kin.process,
            creator: Some(creator),
            object: kin.works_for,
            name: self.arena.actor_name(actor),
            function: self.arena.actor_function(actor),
            pid,
            tid,
        };
        self.arena.wait_for_room();
        self.arena.emit_as(ActorId::HOST, creator, Body::Born(born));
        self.arena.raise_flag(actor, FLAG_BORN);
        self.arena.bump(actor);
        true
    }

    /// Everything that a death entails. `Dead` is written last.
    pub(super) fn bury(&mut self, actor: ActorId, cause: Cause) {
        let dead: Vec<ActorId> = self.arena.threads_of(actor).filter(|id| self.arena.state(*id) != State::Dead || *id == actor).collect();
        self.rest = None;
        self.stopped.remove(&actor);
        self.expecting = self.expecting.filter(|(expected, _)| *expected != actor);
        let together = self.arena.gated();
        if together {
            let changes = self.arena.repair(actor, &dead, true);
            self.emit(Body::Died(Died { actor, cause, changes }));
        } else {
            self.emit(Body::Died(Died { actor, cause, changes: Vec::new() }));
            let rest = self.arena.repair(actor, &dead, false);
            debug_assert!(rest.is_empty());
        }
        for id in &dead {
            self.arena.set_state(*id, State::Dead);
        }
        // Children whose birth it did not live to tell of.
        let orphans: Vec<ActorId> =
            self.arena.actor_ids().filter(|id| self.arena.kin(*id).creator == Some(actor) && !self.arena.flag(*id, FLAG_BORN)).collect();
        for orphan in orphans {
            match self.arena.state(orphan) {
                // Reserved and never asked for, or a thread that went with it.
                State::Starting if self.children.get(orphan).is_none() => self.arena.set_state(orphan, State::Dead),
                State::Dead => {}
                _ => {
                    self.tell_late_birth(orphan);
                }
            }
        }
        self.arena.bump_everyone();
        self.children.poke_everyone();
    }
}
