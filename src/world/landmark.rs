//! What stands out of a long run: where somebody died, an error ended a process, nobody could go on, or
//! events were lost. Pure; knows events only.
//!
//! Invariant: there are few, since each kind of them ends something or is told once.

use crate::trace::{ActorId, Body, Cause, Event};

/// One place of a run that a reader looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Landmark {
    /// Rows up to it, its own among them.
    pub rows: usize,
    pub sign: Sign,
}

/// What makes an event a landmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// A process ended as it should.
    Ended(ActorId),
    /// A process was killed, ended with an error, or could not be started.
    Died(ActorId),
    /// An error that nobody caught.
    Error(ActorId),
    /// Nobody could go on.
    Stuck,
    /// Events were lost.
    Lost,
}

impl Sign {
    /// What an event stands out by; none for most.
    pub fn of(event: &Event) -> Option<Sign> {
        match &event.body {
            Body::Died(died) => match died.cause {
                Cause::Returned => None,
                Cause::Exit(0) => Some(Sign::Ended(died.actor)),
                Cause::Exit(_) | Cause::Signal(_) | Cause::NotStarted(_) => Some(Sign::Died(died.actor)),
            },
            Body::Printed(printed) if printed.error && !printed.more => Some(Sign::Error(event.actor)),
            Body::Rest(rest) if rest.stuck => Some(Sign::Stuck),
            Body::Lost { .. } => Some(Sign::Lost),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{Timeline, sample};

    fn landmarks(run: &sample::Sample) -> Vec<Landmark> {
        let mut timeline = Timeline::new();
        run.events.iter().for_each(|event| assert!(timeline.push(event).is_ok()));
        timeline.landmarks().to_vec()
    }

    #[test]
    fn deaths_and_standstills_stand_out() {
        let mut run = sample::stuck_run();
        let stuck = landmarks(&run);
        assert_eq!(stuck, [Landmark { rows: stuck[0].rows, sign: Sign::Stuck }]);
        // Told twice without a step between: one place.
        run.rest(&[], true);
        assert_eq!(landmarks(&run), stuck);
        let signs: Vec<Sign> = landmarks(&sample::queue_run()).into_iter().map(|landmark| landmark.sign).collect();
        assert_eq!(signs, [Sign::Died(ActorId(3)), Sign::Ended(ActorId(4)), Sign::Ended(ActorId::MAIN)]);
    }
}
