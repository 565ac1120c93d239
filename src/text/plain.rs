//! `--plain`: what a scenario prints, as whole lines.
//!
//! Invariant: lines come in the order of their first pieces, each when it and all begun before it are whole.

use crate::trace::Event;
use crate::world::{PrintedLine, PrintedLines};

/// Puts pieces together to lines.
#[derive(Default)]
pub struct Plain {
    lines: PrintedLines,
    events: u64,
}

impl Plain {
    /// With no event taken and no line begun.
    pub fn new() -> Plain {
        Plain::default()
    }

    /// Takes the next event, giving the lines that can be shown now.
    pub fn push(&mut self, event: &Event) -> Vec<PrintedLine> {
        self.lines.push(self.events, event);
        self.events += 1;
        self.lines.take_settled()
    }

    /// At the end of the trace: what was begun and never finished.
    pub fn finish(&mut self) -> Vec<PrintedLine> {
        std::mem::take(&mut self.lines).into_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{ActorId, Body, Cause, Died, Printed};

    fn piece(actor: u16, text: &str, more: bool) -> Event {
        let body = Body::Printed(Printed { text: text.into(), line: 1, more, error: false });
        Event { actor: ActorId(actor), time: 0, wall: 0, body }
    }

    fn check(events: &[Event], expected: &[&[&str]], at_end: &[&str]) {
        let mut plain = Plain::new();
        let texts = |lines: Vec<PrintedLine>| lines.into_iter().map(|line| line.text).collect::<Vec<_>>();
        let said: Vec<Vec<String>> = events.iter().map(|event| texts(plain.push(event))).collect();
        assert_eq!(said, expected);
        assert_eq!(texts(plain.finish()), at_end);
    }

    #[test]
    fn lines_are_whole_and_in_order_of_their_first_pieces() {
        check(&[piece(2, "a", false), piece(3, "b", false)], &[&["a"], &["b"]], &[]);
        check(&[piece(2, "long ", true), piece(3, "b", false), piece(2, "text", false)], &[&[], &[], &["long text", "b"]], &[]);
        check(&[piece(2, "a", true), piece(2, "b", true), piece(2, "c", false)], &[&[], &[], &["abc"]], &[]);
        check(&[piece(2, "half", true)], &[&[]], &["half"]);
        let died = Body::Died(Died { actor: ActorId(2), cause: Cause::Signal(9), changes: vec![] });
        let died = Event { actor: ActorId::HOST, time: 0, wall: 0, body: died };
        check(&[piece(2, "half", true), piece(3, "b", false), died], &[&[], &[], &["half", "b"]], &[]);
    }
}
