//! What the hand does to what a manager keeps: it lies in the server's own memory, so the server's main thread
//! does it. The order is laid into the mailbox and that thread is let go, between two callers: one step, which
//! the trace tells of as the hand's.

use std::cell::Cell;

use super::Control;
use crate::arena::actors::State;
use crate::ipc::control::Order;
use crate::ipc::manager;
use crate::trace::scenario::Bilingual;
use crate::trace::{ActorId, Grant, ObjectId};

impl Control {
    pub(super) fn hand_asks(&mut self, object: ObjectId, kept_by: ObjectId, order: &Order) {
        // What is kept was made by a server, so there is one, or was.
        let Some(server) = manager::server_of(&self.arena, kept_by) else { return };
        // Free, it may be taking in a caller just now; and the audit may be asking it something.
        self.wait_for(|control| control.stands_still(server) || control.is_stopped(server));
        if let Some(why) = self.obstacle(server, kept_by) {
            return self.tell_user(why);
        }
        if !order.encode().is_ok_and(|bytes| self.arena.lay_mail(server, &bytes)) {
            return self.notice("the hand is still busy", "上一个动作还没做完");
        }
        if self.arena.gated() {
            self.begin_step(ActorId::HAND, Grant::Proceed);
            self.touched = Some(object);
        }
        let goes = Cell::new(false);
        self.wait_for(|control| {
            if control.waits_for_callers(server, kept_by) {
                goes.set(control.let_go(server, State::Run));
            }
            goes.get() || control.arena.mail_for().is_none() || control.obstacle(server, kept_by).is_some()
        });
        // Once it goes it finds the order, or dies.
        if !goes.get()
            && self.arena.withdraw_mail(server)
            && let Some(why) = self.obstacle(server, kept_by)
        {
            self.tell_user(why);
        }
    }

    /// Why a server can do nothing for the hand; none while it can, or soon can.
    fn obstacle(&self, server: ActorId, of: ObjectId) -> Option<Bilingual> {
        let name = self.arena.object_name(of);
        let (en, zh) = if self.arena.is_gone(server) {
            (
                format!("the server of {name} has ended, and with it what it kept"),
                format!("{name} 的服务器进程已经结束，它保管的东西也随之消失"),
            )
        } else if self.is_stopped(server) {
            (format!("the server of {name} is stopped; let it go on first"), format!("{name} 的服务器进程停住了；先让它继续"))
        } else if self.stands_still(server) && !self.waits_for_callers(server, of) {
            (format!("the server of {name} is about to end"), format!("{name} 的服务器进程就要结束了"))
        } else {
            return None;
        };
        Some(Bilingual { en, zh })
    }

    /// Whether a server's main thread is between two callers, and can do something else now.
    fn waits_for_callers(&self, server: ActorId, of: ObjectId) -> bool {
        self.arena.state(server) == State::Parked && self.arena.read_wait(server) == manager::waits_for_callers(of)
    }
}
