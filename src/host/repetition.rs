//! What a new run needs to repeat the beginning of another: who went, what the hand did, and which
//! signals came from outside.
//!
//! Invariant: it is made of what the trace tells alone, so what cannot be had again is not promised:
//! where the kernel has scheduled, or a signal from outside met somebody in the middle of a step,
//! there is no repetition.

use std::collections::{BTreeMap, BTreeSet};

use nix::sys::signal::Signal::{SIGCONT, SIGKILL, SIGSTOP, SIGTERM};

use super::Command;
use crate::kind::{manager, process};
use crate::trace::{Acted, ActorId, Body, Cause, Mode, ObjectId, On};
use crate::world::Timeline;

/// How to repeat the beginning of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Repetition {
    pub grants: Vec<ActorId>,
    /// What the hand did and what came from outside, each with the step before which it is due.
    pub by_hand: Vec<(u64, Command)>,
    pub step: u64,
}

impl Repetition {
    /// The run's beginning up to an event; `by_hand` is what its hand was told to do.
    pub fn of(timeline: &Timeline, by_hand: Vec<(u64, Command)>, point: u64) -> Option<Repetition> {
        if timeline.first() > 0 {
            return None;
        }
        let mut grants = Vec::new();
        let mut reached = 0;
        let mut moving = None;
        let mut sent = BTreeSet::new();
        let mut servers = BTreeMap::new();
        let mut outside = Vec::new();
        for event in (0..point).map_while(|index| timeline.event(index)) {
            if moving == Some(event.actor) {
                moving = None;
            }
            match event.body {
                Body::Mode(Mode::Free { .. }) => return None,
                Body::Clock { step, .. } => reached = step,
                Body::Granted { step, actor, .. } => {
                    reached = step;
                    if actor != ActorId::HAND {
                        grants.push(actor);
                        moving = Some(actor);
                    }
                }
                Body::Born(born) => servers.extend(born.object.map(|object| (object, born.process))),
                Body::Acted(acted) => sent.extend(signal_sent(&acted, &servers)),
                Body::Died(died) => {
                    let Cause::Signal(signal) = died.cause else { continue };
                    if moving == Some(died.actor) {
                        return None;
                    }
                    if !sent.remove(&(died.actor, signal)) {
                        outside.push((reached + 1, Command::Outside(died.actor, signal)));
                    }
                }
                Body::Stopped { actor, stopped } => {
                    let signal = if stopped { SIGSTOP } else { SIGCONT } as i32;
                    if !sent.remove(&(actor, signal)) {
                        outside.push((reached + 1, Command::Outside(actor, signal)));
                    }
                }
                _ => {}
            }
        }
        // What came before a step of the hand is sent before it.
        outside.extend(by_hand.into_iter().filter(|(at, _)| *at <= reached));
        outside.sort_by_key(|(at, _)| *at);
        Some(Repetition { grants, by_hand: outside, step: reached })
    }
}

/// The signal that a step of the scenario or of the hand sent, and to whom; `servers` are those of managers.
fn signal_sent(acted: &Acted, servers: &BTreeMap<ObjectId, ActorId>) -> Option<(ActorId, i32)> {
    let to = match acted.on {
        On::Actor(to) => to,
        On::Object(object) => *servers.get(&object)?,
        _ => return None,
    };
    let signals = [
        (&manager::SHUTDOWN, &manager::SHUTDOWN_KILLS, SIGKILL),
        (&manager::SHUTDOWN, &manager::SHUTDOWN_TERMINATES, SIGTERM),
        (&process::KILL, &process::KILL_SENT, SIGKILL),
        (&process::TERMINATE, &process::TERMINATE_SENT, SIGTERM),
        (&process::TERMINATE, &process::TERMINATE_PENDING, SIGTERM),
        (&process::STOP, &process::STOP_SENT, SIGSTOP),
        (&process::CONTINUE, &process::CONTINUE_SENT, SIGCONT),
    ];
    signals.into_iter().find(|(op, outcome, _)| acted.op == op.id && acted.outcome == outcome.id).map(|(.., signal)| (to, signal as i32))
}
