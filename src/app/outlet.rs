//! A thread of its own for what takes events and may have to wait: for whoever reads a pipe, for a disk.
//!
//! Invariant: events that wait here are bounded ([`WAITING`], and once more what the ring holds at a run's end). While
//! there is no room the run waits, and whoever ends the run does not wait for this thread longer than it wishes.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};

use crate::host::Listener;
use crate::trace::Event;

/// Events that may wait before the run does.
const WAITING: usize = 4096;

/// How long a sink is left alone while no events come.
const IDLE: Duration = Duration::from_millis(250);

/// What takes events. After an error it gets no more.
pub(super) trait Sink: Send + 'static {
    type Error: Send + 'static;

    fn push(&mut self, event: &Event) -> Result<(), Self::Error>;

    /// No events have come for a while.
    fn idle(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    /// The last event was pushed.
    fn finish(&mut self) -> Result<(), Self::Error>;
}

/// A sink on its own thread.
pub(super) struct Outlet<E> {
    intake: Intake,
    done: Receiver<Result<(), E>>,
}

/// What a run's reader hands its events to.
#[derive(Clone)]
pub(super) struct Intake {
    /// None is the end.
    events: Sender<Option<Event>>,
    /// Events that the sink is through with.
    handled: Arc<AtomicU64>,
    /// The sink has ended: there is room for everything.
    ended: Arc<AtomicBool>,
}

impl<E: Send + 'static> Outlet<E> {
    pub(super) fn start(name: &str, mut sink: impl Sink<Error = E>) -> io::Result<Outlet<E>> {
        let (events, waiting) = crossbeam_channel::unbounded();
        let (sender, done) = crossbeam_channel::bounded(1);
        let intake = Intake { events, handled: Arc::default(), ended: Arc::default() };
        let (handled, ended) = (intake.handled.clone(), intake.ended.clone());
        thread::Builder::new().name(name.to_owned()).spawn(move || {
            let outcome = serve(&mut sink, &waiting, &handled);
            ended.store(true, Ordering::SeqCst);
            // The last one to hear of it may have stopped waiting.
            let _ = sender.send(outcome);
        })?;
        Ok(Outlet { intake, done })
    }

    pub(super) fn intake(&self) -> Intake {
        self.intake.clone()
    }

    /// How it ended, where it has: at an error, or after [`Outlet::finish`].
    pub(super) fn done(&self) -> &Receiver<Result<(), E>> {
        &self.done
    }

    /// No event comes any more.
    pub(super) fn finish(&self) {
        // A sink that has failed is not there any more.
        let _ = self.intake.events.send(None);
    }

    /// Waits for the end after [`Outlet::finish`], looking up now and then whether `patient` says to go on. It gets for how
    /// long the sink has not got on. None: it was not waited for any longer.
    pub(super) fn wait(&self, mut patient: impl FnMut(Duration) -> bool) -> Option<Result<(), E>> {
        let mut handled = self.intake.handled.load(Ordering::SeqCst);
        let mut since = Instant::now();
        loop {
            match self.done.recv_timeout(Duration::from_millis(10)) {
                Ok(outcome) => return Some(outcome),
                // The thread panicked, or its outcome was taken before.
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {}
            }
            let now = self.intake.handled.load(Ordering::SeqCst);
            if now != handled {
                (handled, since) = (now, Instant::now());
            }
            if !patient(since.elapsed()) {
                return None;
            }
        }
    }
}

impl Listener for Intake {
    fn take(&mut self, event: &Event) {
        if !self.ended.load(Ordering::SeqCst) {
            // As above.
            let _ = self.events.send(Some(event.clone()));
        }
    }

    fn has_room(&self) -> bool {
        self.events.len() < WAITING || self.ended.load(Ordering::SeqCst)
    }
}

/// Several as one: the slowest decides.
impl<T: Listener> Listener for Vec<T> {
    fn take(&mut self, event: &Event) {
        self.iter_mut().for_each(|one| one.take(event));
    }

    fn has_room(&self) -> bool {
        self.iter().all(Listener::has_room)
    }
}

fn serve<S: Sink>(sink: &mut S, waiting: &Receiver<Option<Event>>, handled: &AtomicU64) -> Result<(), S::Error> {
    loop {
        match waiting.recv_timeout(IDLE) {
            Ok(Some(event)) => sink.push(&event)?,
            Ok(None) | Err(RecvTimeoutError::Disconnected) => return sink.finish(),
            Err(RecvTimeoutError::Timeout) => sink.idle()?,
        }
        handled.fetch_add(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{ActorId, Body};

    fn event(time: u64) -> Event {
        Event { actor: ActorId::MAIN, time, wall: 0, body: Body::Lost { count: 1 } }
    }

    /// Takes an event whenever it is let.
    struct Slow(Receiver<Result<(), &'static str>>, Vec<u64>);

    impl Sink for Slow {
        type Error = (Vec<u64>, &'static str);

        fn push(&mut self, event: &Event) -> Result<(), Self::Error> {
            match self.0.recv() {
                Ok(Err(why)) => return Err((self.1.clone(), why)),
                _ => self.1.push(event.time),
            }
            Ok(())
        }

        fn finish(&mut self) -> Result<(), Self::Error> {
            Err((self.1.clone(), "finished"))
        }
    }

    #[test]
    fn a_sink_that_waits_has_no_room_and_loses_nothing() -> io::Result<()> {
        let (go, gone) = crossbeam_channel::unbounded();
        let outlet = Outlet::start("slow", Slow(gone, Vec::new()))?;
        let mut intake = outlet.intake();
        let mut told = 0;
        while intake.has_room() {
            intake.take(&event(told));
            told += 1;
        }
        // One may be in the sink's hands.
        assert!((WAITING as u64..=WAITING as u64 + 1).contains(&told), "{told}");
        outlet.finish();
        assert_eq!(outlet.wait(|stalled| stalled < Duration::from_millis(50)), None, "it waits still");
        drop(go);
        let (all, end) = outlet.wait(|_| true).expect("waited for").unwrap_err();
        assert_eq!((all, end), ((0..told).collect(), "finished"));
        Ok(())
    }

    #[test]
    fn a_sink_that_failed_holds_nothing_up() -> io::Result<()> {
        let (go, gone) = crossbeam_channel::unbounded();
        let outlet = Outlet::start("failing", Slow(gone, Vec::new()))?;
        let mut intake = outlet.intake();
        let _ = go.send(Ok(()));
        let _ = go.send(Err("full"));
        (0..2).for_each(|time| intake.take(&event(time)));
        assert_eq!(outlet.wait(|_| true), Some(Err((vec![0], "full"))));
        (0..3 * WAITING as u64).for_each(|time| intake.take(&event(time)));
        assert!(intake.has_room());
        outlet.finish();
        assert_eq!(outlet.wait(|_| true), None);
        Ok(())
    }
}
