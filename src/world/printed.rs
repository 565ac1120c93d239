//! What a scenario printed, line by line. A long text comes in pieces, and pieces of several actors may
//! mix; lines do not.
//!
//! Invariant: lines stand in the order of their first pieces, and no piece goes on what another actor began.

use crate::trace::{ActorId, Body, Event, Nanos};

/// A line that the scenario printed.
#[derive(Clone, Debug, PartialEq)]
pub struct PrintedLine {
    /// Index of the event of its first piece.
    pub event: u64,
    pub time: Nanos,
    pub actor: ActorId,
    /// Without its end of line; it may hold several if the scenario printed such a text.
    pub text: String,
    /// Where in the scenario the first piece was printed.
    pub line: u32,
    /// An uncaught error's message.
    pub error: bool,
    /// All its pieces have come.
    pub whole: bool,
}

/// All lines so far.
#[derive(Clone, Debug, Default)]
pub struct PrintedLines {
    lines: Vec<PrintedLine>,
    /// Lines whose last piece has not come yet: their actors and first events.
    open: Vec<(ActorId, u64)>,
}

impl PrintedLines {
    /// Takes a run's next event.
    pub fn push(&mut self, index: u64, event: &Event) {
        match &event.body {
            Body::Printed(printed) => {
                let begun = self.open.iter().position(|(actor, _)| *actor == event.actor).map(|at| self.open.swap_remove(at).1);
                let line = begun.and_then(|first| {
                    let at = self.lines.binary_search_by_key(&first, |line| line.event).ok()?;
                    self.lines.get_mut(at)
                });
                // What began a line may be forgotten: then it begins here.
                let first = line.as_ref().map_or(index, |line| line.event);
                match line {
                    Some(line) => {
                        line.text.push_str(&printed.text);
                        line.whole = !printed.more;
                    }
                    None => self.lines.push(PrintedLine {
                        event: index,
                        time: event.time,
                        actor: event.actor,
                        text: printed.text.clone(),
                        line: printed.line,
                        error: printed.error,
                        whole: !printed.more,
                    }),
                }
                if printed.more {
                    self.open.push((event.actor, first));
                }
            }
            // The dead print no more: what they had begun is all there will be.
            Body::Died(died) => self.open.retain(|(actor, _)| *actor != died.actor),
            _ => {}
        }
    }

    /// All lines, in order of their first pieces.
    pub fn all(&self) -> &[PrintedLine] {
        &self.lines
    }

    /// All the lines, for a caller that needs the rest no more.
    pub fn into_all(self) -> Vec<PrintedLine> {
        self.lines
    }

    /// The lines up to the first to which pieces may still come; they are not kept.
    pub fn take_settled(&mut self) -> Vec<PrintedLine> {
        let first_open = self.open.iter().map(|(_, first)| *first).min().unwrap_or(u64::MAX);
        let settled = self.lines.partition_point(|line| line.event < first_open);
        self.lines.drain(..settled).collect()
    }

    /// Drops the lines that began before an event.
    pub fn forget(&mut self, before: u64) {
        self.lines.drain(..self.lines.partition_point(|line| line.event < before));
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

    fn died(actor: u16) -> Event {
        let body = Body::Died(Died { actor: ActorId(actor), cause: Cause::Signal(9), changes: vec![] });
        Event { actor: ActorId::HOST, time: 0, wall: 0, body }
    }

    fn told(lines: &PrintedLines) -> Vec<(u64, &str, bool)> {
        lines.all().iter().map(|line| (line.event, line.text.as_str(), line.whole)).collect()
    }

    #[test]
    fn a_line_has_all_its_pieces_and_a_dead_ones_stays_begun() {
        let events = [piece(2, "a", true), piece(3, "b", false), piece(2, "c", false), piece(2, "d", true), died(2), piece(2, "e", false)];
        let mut lines = PrintedLines::default();
        (0..).zip(&events).for_each(|(index, event)| lines.push(index, event));
        assert_eq!(told(&lines), [(0, "ac", true), (1, "b", true), (3, "d", false), (5, "e", true)]);
    }

    #[test]
    fn pieces_whose_beginning_is_forgotten_are_one_line() {
        let mut lines = PrintedLines::default();
        lines.push(0, &piece(2, "a", true));
        lines.forget(1);
        lines.push(1, &piece(2, "b", true));
        lines.push(2, &piece(2, "c", false));
        assert_eq!(told(&lines), [(1, "bc", true)]);
    }
}
