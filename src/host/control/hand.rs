//! The hand: what the user does to the run, as steps of an actor of its own.

use std::os::fd::AsFd;

use super::{Command, Control};
use crate::arena::actors::{Kin, State};
use crate::arena::layout::actor::FLAG_ANNOUNCED;
use crate::ipc::control as wire;
use crate::kind::{self, Op, Outcome, process};
use crate::sys;
use crate::trace::{Acted, ActorId, Body, Grant, Next, ObjectId, On, Role};

impl Control {
    pub(super) fn act_by_hand(&mut self, command: Command) {
        if self.arena.state(ActorId::HAND) == State::Unused {
            let kin = Kin { process: ActorId::HAND, creator: None, role: Role::Hand, works_for: None };
            self.arena.register(ActorId::HAND, kin, "hand", "");
            if !self.start_own(ActorId::HAND, "hand", Role::Hand) {
                self.notice("the hand's process could not be started");
                return;
            }
        }
        if self.arena.state(ActorId::HAND) == State::Dead {
            self.notice("the hand's process has been killed from outside; start the run again");
            return;
        }
        match command {
            Command::HandSet(object, up) => self.hand_sets(object, up),
            Command::Signal(actor, signal) => self.hand_signals(actor, signal),
            _ => {}
        }
    }

    pub(super) fn hand_sets(&mut self, object: ObjectId, up: bool) {
        if self.arena.facts(object).kind != kind::event::ID {
            return self.notice("only an Event can be set or cleared");
        }
        if !self.wait_for(|control| control.arena.state(ActorId::HAND) == State::Idle) {
            return self.notice("the hand is still busy");
        }
        let Some(hand) = self.children.get(ActorId::HAND) else { return };
        self.arena.set_state(ActorId::HAND, State::Starting);
        if wire::command(&hand.control, &wire::Order::Set { object, up }, &[]).is_err() {
            return self.notice("the hand's process does not answer");
        }
        if self.arena.gated() {
            self.wait_for(|control| control.arena.state(ActorId::HAND) == State::Parked);
            self.arena.lower_flag(ActorId::HAND, FLAG_ANNOUNCED);
            self.grant(ActorId::HAND, Grant::Proceed);
        }
    }

    pub(super) fn hand_signals(&mut self, actor: ActorId, signal: i32) {
        use nix::sys::signal::Signal::{SIGCONT, SIGKILL, SIGSTOP, SIGTERM};
        let process = self.arena.kin(actor).process;
        let Some(child) = self.children.get(process).filter(|_| process != ActorId::HAND) else {
            return self.notice("that process has ended already");
        };
        let words: Option<(&Op, &Outcome)> = [
            (SIGKILL as i32, (&process::KILL, &process::KILL_SENT)),
            (SIGTERM as i32, (&process::TERMINATE, &process::TERMINATE_SENT)),
            (SIGSTOP as i32, (&process::STOP, &process::STOP_SENT)),
            (SIGCONT as i32, (&process::CONTINUE, &process::CONTINUE_SENT)),
        ]
        .into_iter()
        .find_map(|(number, words)| (number == signal).then_some(words));
        let Some((op, outcome)) = words else { return };
        let stopped = self.stopped.contains(&process);
        if signal == SIGCONT as i32 && !stopped || signal == SIGSTOP as i32 && stopped {
            return self.notice(if stopped { "that process is stopped already" } else { "that process is not stopped" });
        }
        self.begin_step(ActorId::HAND, Grant::Proceed);
        self.arena.wait_for_room();
        let acted =
            Acted { op: op.id, outcome: outcome.id, on: On::Actor(process), line: 0, detail: None, next: Next::Goes, changes: Vec::new() };
        self.arena.emit_as(ActorId::HOST, ActorId::HAND, Body::Acted(acted));
        // SIGTERM does nothing to a stopped process until it is continued.
        if signal == SIGKILL as i32 || !stopped {
            self.expecting = Some((process, signal));
        }
        if sys::pidfd::signal(child.pidfd.as_fd(), signal).is_err() {
            self.expecting = None;
            self.notice("the process could not be signalled: it has just ended");
        }
    }
}
