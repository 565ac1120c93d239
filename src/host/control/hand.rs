//! The hand: what the user does to the run, as steps of an actor of its own.

use std::os::fd::{AsFd, OwnedFd};

use super::{Command, Control};
use crate::arena::actors::{Kin, State};
use crate::arena::layout::actor::FLAG_ANNOUNCED;
use crate::host::processes::turn_at_descriptors;
use crate::ipc::Value;
use crate::ipc::control as wire;
use crate::kind::{self, Op, Outcome, Shape, process};
use crate::sys;
use crate::trace::{Acted, ActorId, Body, Grant, Next, ObjectId, On, OpId, PartRef, Role};

/// The largest value, encoded, that the hand carries: one that surely fits a pipe that has room at all.
const VALUE_LIMIT: usize = 2000;

impl Control {
    pub(super) fn act_by_hand(&mut self, command: Command) {
        if let Command::Outside(actor, signal) = command {
            return self.signal_again(actor, signal);
        }
        if self.arena.state(ActorId::HAND) == State::Unused {
            let kin = Kin { process: ActorId::HAND, creator: None, role: Role::Hand, works_for: None };
            self.arena.register(ActorId::HAND, kin, "hand", "");
            if !self.start_own(ActorId::HAND) {
                self.notice("the hand's process could not be started", "无法启动你的手所用的进程");
                return;
            }
        }
        if self.arena.state(ActorId::HAND) == State::Dead {
            self.notice(
                "the hand's process has been killed from outside; start the run again",
                "你的手所用的进程被外部杀掉了；请重新开始运行",
            );
            return;
        }
        let step = self.step + 1;
        crate::host::locked(&self.shown).by_hand.push((step, command.clone()));
        match command {
            Command::Hand(op, on, value) => self.hand_acts(op, on, value),
            Command::Signal(actor, signal) => self.hand_signals(actor, signal),
            _ => {}
        }
    }

    pub(super) fn hand_acts(&mut self, op: OpId, on: On, value: Option<Value>) {
        let allowed = on.object().and_then(|object| kind::kind(self.arena.facts(object).kind)).is_some_and(|kind| kind.hand.contains(&op));
        if !allowed {
            return self.notice("the hand cannot do this here", "这里不能这样做");
        }
        if value.as_ref().is_some_and(|value| value.encode_message().map_or(true, |bytes| bytes.len() > VALUE_LIMIT)) {
            let (en, zh) =
                (format!("the hand carries values of up to {VALUE_LIMIT} bytes"), format!("你的手最多能拿 {VALUE_LIMIT} 字节的值"));
            return self.notice(&en, &zh);
        }
        if let Some((object, kept_by)) = self.kept(on) {
            return self.hand_asks(object, kept_by, &wire::Order::Act { op, on, value, ends: Vec::new() });
        }
        if !self.wait_for(|control| control.arena.state(ActorId::HAND) == State::Idle) {
            return self.notice("the hand is still busy", "上一个动作还没做完");
        }
        let Some(hand) = self.children.get(ActorId::HAND) else { return };
        let told = {
            let _turn = turn_at_descriptors();
            let (ends, fds) = self.borrow_ends(on);
            self.arena.set_state(ActorId::HAND, State::Starting);
            let fds: Vec<_> = fds.iter().map(|fd| fd.as_fd()).collect();
            wire::command(&hand.control, &wire::Order::Act { op, on, value, ends }, &fds)
        };
        if told.is_err() {
            self.arena.set_state(ActorId::HAND, State::Idle);
            return self.notice("the hand's process does not answer", "你的手所用的进程没有回答");
        }
        if self.arena.gated() {
            // It comes to the gate, or refuses before and is idle again.
            self.wait_for(|control| control.arena.state(ActorId::HAND) != State::Starting);
            self.let_the_hand_go();
        }
    }

    /// What lies in the memory of a manager's server, and the manager.
    fn kept(&self, on: On) -> Option<(ObjectId, ObjectId)> {
        let object = on.object().filter(|object| kind::is_kept(self.arena.facts(*object).kind))?;
        Some((object, self.arena.manager_of(object)?))
    }

    /// The hand is no candidate: what it was told to do, it does at once.
    pub(super) fn let_the_hand_go(&mut self) {
        if self.arena.state(ActorId::HAND) == State::Parked {
            self.arena.lower_flag(ActorId::HAND, FLAG_ANNOUNCED);
            self.grant(ActorId::HAND, Grant::Proceed);
        }
    }

    /// Copies, from whoever holds them, of the ends that an action needs.
    fn borrow_ends(&self, on: On) -> (Vec<(PartRef, u8)>, Vec<OwnedFd>) {
        let Some(object) = on.object() else { return Default::default() };
        let Some(kind) = kind::kind(self.arena.facts(object).kind) else { return Default::default() };
        let mut borrowed = (Vec::new(), Vec::new());
        for (at, part) in kind.parts.iter().enumerate() {
            let Shape::Ends(names) = part.shape else { continue };
            let part = PartRef::new(object, at as u8);
            let wanted = (0..names.len() as u8).filter(|end| !matches!(on, On::End(_, only) if only != *end));
            for end in wanted {
                let holders = self.arena.part_at(object, part.part).holders(end);
                let copy = holders.into_iter().find_map(|(process, fd)| {
                    let child = self.children.get(process)?;
                    sys::pidfd::borrow_fd(child.pidfd.as_fd(), fd).ok()
                });
                if let Some(copy) = copy {
                    borrowed.0.push((part, end));
                    borrowed.1.push(copy);
                }
            }
        }
        borrowed
    }

    /// Sends what a run before this one got from outside. Its news tell the rest.
    fn signal_again(&mut self, actor: ActorId, signal: i32) {
        let sent = self.children.get(actor).is_some_and(|child| sys::pidfd::signal(child.pidfd.as_fd(), signal).is_ok());
        if sent {
            self.stops.expecting = Some((actor, signal));
        }
    }

    pub(super) fn hand_signals(&mut self, actor: ActorId, signal: i32) {
        use nix::sys::signal::Signal::{SIGCONT, SIGKILL, SIGSTOP, SIGTERM};
        let process = self.arena.kin(actor).process;
        let Some(child) = self.children.get(process).filter(|_| process != ActorId::HAND) else {
            return self.notice("that process has ended already", "那个进程已经结束");
        };
        let stopped = self.stops.stopped.contains(&process);
        let sigterm_sent = if stopped { &process::TERMINATE_PENDING } else { &process::TERMINATE_SENT };
        let words: Option<(&Op, &Outcome)> = [
            (SIGKILL as i32, (&process::KILL, &process::KILL_SENT)),
            (SIGTERM as i32, (&process::TERMINATE, sigterm_sent)),
            (SIGSTOP as i32, (&process::STOP, &process::STOP_SENT)),
            (SIGCONT as i32, (&process::CONTINUE, &process::CONTINUE_SENT)),
        ]
        .into_iter()
        .find_map(|(number, words)| (number == signal).then_some(words));
        let Some((op, outcome)) = words else { return };
        if signal == SIGCONT as i32 && !stopped || signal == SIGSTOP as i32 && stopped {
            return match stopped {
                true => self.notice("that process is stopped already", "那个进程已经停住"),
                false => self.notice("that process is not stopped", "那个进程没有停住"),
            };
        }
        self.begin_step(ActorId::HAND, Grant::Proceed);
        self.arena.wait_for_room();
        let acted =
            Acted { op: op.id, outcome: outcome.id, on: On::Actor(process), line: 0, detail: None, next: Next::Goes, changes: Vec::new() };
        self.arena.emit_as(ActorId::HOST, ActorId::HAND, Body::Acted(acted));
        // SIGTERM does nothing to a stopped process until it is continued.
        if signal != SIGTERM as i32 || !stopped {
            self.stops.expecting = Some((process, signal));
        }
        if sys::pidfd::signal(child.pidfd.as_fd(), signal).is_err() {
            self.stops.expecting = None;
            self.notice("the process could not be signalled: it has just ended", "无法向进程发信号：它刚刚结束");
        }
    }
}
