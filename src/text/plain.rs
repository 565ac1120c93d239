//! `--plain`: what a scenario prints, as whole lines. A long text comes in pieces, and pieces of several
//! actors may mix; lines do not.
//!
//! Invariant: lines come in the order of their first pieces, each when it and all begun before it are whole.

use std::collections::VecDeque;

use crate::trace::{ActorId, Body, Event};

/// A printed line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub actor: ActorId,
    /// Without its end of line; it may hold several if the scenario printed such a text.
    pub text: String,
    /// Where in the scenario the first piece was printed.
    pub line: u32,
    /// An uncaught error's message, not a print.
    pub error: bool,
}

/// Puts pieces together to lines.
#[derive(Default)]
pub struct Plain {
    /// Lines in order of their first piece, and whether they are whole.
    begun: VecDeque<(Line, bool)>,
}

impl Plain {
    pub fn new() -> Plain {
        Plain::default()
    }

    /// Takes the next event, giving the lines that can be shown now.
    pub fn push(&mut self, event: &Event) -> Vec<Line> {
        match &event.body {
            Body::Printed(printed) => {
                let open = self.begun.iter_mut().find(|(line, whole)| !whole && line.actor == event.actor);
                match open {
                    Some((line, whole)) => {
                        line.text.push_str(&printed.text);
                        *whole = !printed.more;
                    }
                    None => {
                        let line = Line { actor: event.actor, text: printed.text.clone(), line: printed.line, error: printed.error };
                        self.begun.push_back((line, !printed.more));
                    }
                }
            }
            // The dead say no more: what they had begun is all there will be.
            Body::Died(died) => {
                if let Some((_, whole)) = self.begun.iter_mut().find(|(line, whole)| !whole && line.actor == died.actor) {
                    *whole = true;
                }
            }
            _ => {}
        }
        let mut lines = Vec::new();
        while self.begun.front().is_some_and(|(_, whole)| *whole) {
            lines.extend(self.begun.pop_front().map(|(line, _)| line));
        }
        lines
    }

    /// At the end of the trace: what was begun and never finished.
    pub fn finish(&mut self) -> Vec<Line> {
        self.begun.drain(..).map(|(line, _)| line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Cause, Died, Printed};

    fn piece(actor: u16, text: &str, more: bool) -> Event {
        let body = Body::Printed(Printed { text: text.into(), line: 1, more, error: false });
        Event { actor: ActorId(actor), time: 0, wall: 0, body }
    }

    fn check(events: &[Event], expected: &[&[&str]], at_end: &[&str]) {
        let mut plain = Plain::new();
        let texts = |lines: Vec<Line>| lines.into_iter().map(|line| line.text).collect::<Vec<_>>();
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
