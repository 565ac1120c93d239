//! Along one message's way: from any step at which it moved to the next or the one before.

use crate::trace::{Body, Change, Event, MessageId};
use crate::world::Timeline;

/// The most rows that one key looks through, so that it is answered at once.
const REACH: usize = 20_000;

/// The message that the last of so many rows moved.
pub fn message_at(timeline: &Timeline, rows: usize) -> Option<MessageId> {
    let event = timeline.event(timeline.row(rows)?)?;
    moved(&event).last()
}

/// The message that moved last before a point, if the point itself moved none.
pub fn message_before(timeline: &Timeline, rows: usize) -> Option<MessageId> {
    (0..=rows).rev().take(REACH).find_map(|rows| message_at(timeline, rows))
}

/// The number of rows up to the next row (or the one before) in which a message moved.
pub fn next(timeline: &Timeline, rows: usize, message: MessageId, forward: bool) -> Option<usize> {
    let moves = |at: &usize| {
        let event = timeline.row(*at).and_then(|index| timeline.event(index));
        event.is_some_and(|event| moved(&event).any(|other| other == message))
    };
    if forward { (rows + 1..=timeline.rows_total()).take(REACH).find(moves) } else { (1..rows).rev().take(REACH).find(moves) }
}

/// The messages that an event moved, lost or was the last of.
fn moved(event: &Event) -> impl DoubleEndedIterator<Item = MessageId> {
    let changes = match &event.body {
        Body::Clock { .. } => &[],
        _ => event.changes(),
    };
    changes.iter().filter_map(|change| match change {
        Change::Moved { message, .. } | Change::Passed { message, .. } | Change::Dropped { message } | Change::Finished { message } => {
            Some(*message)
        }
        _ => None,
    })
}
