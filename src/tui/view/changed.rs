//! What the last step changed about a part: who came and went, what a value was before and whose write
//! it was. It looks at the ends of long contents only.

use crate::kind::Lang;
use crate::trace::{ActorId, MessageId};
use crate::tui::labels;
use crate::tui::narrate;
use crate::tui::paint;
use crate::world::object::{Cell, End};
use crate::world::{PartState, Pieces, World};

/// The most cells that one value takes in a note.
const VALUE: u16 = 12;

/// A part before the last step, with the world that it was in.
#[derive(Clone, Copy)]
pub struct Before<'a> {
    pub world: &'a World,
    pub part: &'a PartState,
}

/// A few words beside a part's heading: what came in and went out, or who wrote what in what's place.
/// Without a change: who wrote last.
pub fn note(world: &World, part: &PartState, before: Option<Before<'_>>, lang: Lang) -> String {
    match (part, before.map(|before| (before.world, before.part))) {
        (PartState::Slots { messages }, Some((earlier, PartState::Slots { messages: old }))) => {
            let (went, came) = moved(old, messages);
            let value = |world: &World, id: Option<&MessageId>| {
                let message = id.and_then(|id| world.message(*id));
                message.map_or_else(|| "?".to_owned(), |message| paint::clip(&message.value.text, VALUE))
            };
            let out = told(labels::OUT.get(lang), went, || value(earlier, old.front()));
            let into = told(labels::IN.get(lang), came, || value(world, messages.back()));
            join([out, into])
        }
        (PartState::Waiters { waiters }, Some((_, PartState::Waiters { waiters: old }))) => {
            let went = old.iter().map(|waiter| waiter.actor).filter(|id| !waiters.iter().any(|waiter| waiter.actor == *id));
            let came = waiters.iter().map(|waiter| waiter.actor).filter(|id| !old.iter().any(|waiter| waiter.actor == *id));
            let (went, came): (Vec<ActorId>, Vec<ActorId>) = (went.collect(), came.collect());
            join([named(world, labels::OUT.get(lang), &went, lang), named(world, labels::IN.get(lang), &came, lang)])
        }
        (PartState::Ends { ends }, Some((_, PartState::Ends { ends: old }))) => {
            let each = ends.iter().zip(old).map(|(end, old)| holders(world, end, old, lang));
            each.filter(|note| !note.is_empty()).collect::<Vec<_>>().join("  ")
        }
        (PartState::Cells { cells }, before) => {
            let old = match before {
                Some((_, PartState::Cells { cells })) => cells.as_slice(),
                _ => &[],
            };
            written(world, cells, old, lang)
        }
        _ => String::new(),
    }
}

/// How many messages left at the front and joined at the back.
fn moved(old: &Pieces<MessageId>, new: &Pieces<MessageId>) -> (usize, usize) {
    let went = match new.front() {
        Some(front) => old.iter().position(|id| id == front).unwrap_or(old.len()),
        None => old.len(),
    };
    (went, new.len() - (old.len() - went).min(new.len()))
}

/// "in B", or "in ×3" for several; nothing for none.
fn told(word: &str, count: usize, one: impl FnOnce() -> String) -> String {
    match count {
        0 => String::new(),
        1 => format!("{word} {}", one()),
        count => format!("{word} ×{count}"),
    }
}

/// The same with the names of a few actors.
fn named(world: &World, word: &str, ids: &[ActorId], lang: Lang) -> String {
    match ids {
        [_, _] | [_, _, _] => {
            let names: Vec<String> = ids.iter().map(|id| narrate::thread(world, *id, lang)).collect();
            format!("{word} {}", names.join(" "))
        }
        ids => told(word, ids.len(), || ids.first().map_or_else(String::new, |id| narrate::thread(world, *id, lang))),
    }
}

fn join(notes: [String; 2]) -> String {
    notes.into_iter().filter(|note| !note.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Who opened and closed an end.
fn holders(world: &World, end: &End, old: &End, lang: Lang) -> String {
    let copies =
        |end: &End, process: ActorId| end.holders.iter().find(|holder| holder.process == process).map_or(0, |holder| holder.copies);
    let all = end.holders.iter().chain(&old.holders).map(|holder| holder.process);
    let mut opened: Vec<ActorId> = all.clone().filter(|id| copies(end, *id) > copies(old, *id)).collect();
    let mut closed: Vec<ActorId> = all.filter(|id| copies(end, *id) < copies(old, *id)).collect();
    opened.dedup();
    closed.dedup();
    join([named(world, &labels::opened(end.name, lang), &opened, lang), named(world, &labels::closed(end.name, lang), &closed, lang)])
}

/// The cells that the last step wrote with what they were, or who wrote last.
fn written(world: &World, cells: &[Cell], old: &[Cell], lang: Lang) -> String {
    let Some((at, newest)) = cells.iter().enumerate().max_by_key(|(_, cell)| (cell.writer.is_some(), cell.written_at)) else {
        return String::new();
    };
    let Some(writer) = newest.writer else { return String::new() };
    let by = labels::by(&narrate::thread(world, writer, lang), lang);
    let new = |at: usize| old.get(at).is_some_and(|old| old.written_at < newest.written_at) && cells[at].written_at == newest.written_at;
    let count = (0..cells.len()).filter(|at| new(*at)).count();
    let place = if cells.len() > 1 { format!("[{at}] ") } else { String::new() };
    match (count, old.get(at)) {
        (1, Some(old)) => {
            let values = [&old.value, &newest.value].map(|value| paint::clip(&value.text, VALUE));
            format!("{place}{} → {} {by}", values[0], values[1])
        }
        (0, _) => format!("{place}{by}"),
        (count, _) => format!("×{count} {by}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Preview;

    #[test]
    fn messages_leave_at_the_front_and_join_at_the_back() {
        let slots = |ids: std::ops::Range<u64>| ids.map(MessageId).collect::<Pieces<MessageId>>();
        for (old, new, told) in [
            (slots(1..4), slots(2..4), (1, 0)),
            (slots(1..4), slots(1..5), (0, 1)),
            (slots(1..4), slots(3..6), (2, 2)),
            (slots(1..4), slots(7..9), (3, 2)),
            (slots(1..4), slots(4..4), (3, 0)),
            (slots(1..1), slots(1..3), (0, 2)),
            (slots(0..10_000), slots(1..10_001), (1, 1)),
        ] {
            assert_eq!(moved(&old, &new), told, "{old:?} {new:?}");
        }
    }

    #[test]
    fn a_written_cell_is_told_with_what_it_was() {
        let world = World::new();
        let cell = |value: &str, at: u64| Cell {
            key: None,
            value: Preview::new(value),
            before: None,
            writer: (at > 0).then_some(ActorId::HAND),
            written_at: at,
        };
        let check = |cells: &[Cell], old: &[Cell], told: &str| assert_eq!(written(&world, cells, old, Lang::En), told);
        let old = [cell("1", 0), cell("2", 3), cell("3", 0)];
        check(&old, &old, "[1] by you");
        check(&[cell("1", 0), cell("2", 3), cell("-9", 8)], &old, "[2] 3 → -9 by you");
        check(&[cell("7", 8), cell("8", 8), cell("3", 0)], &old, "×2 by you");
        check(&[cell("5", 8)], &[cell("4", 2)], "4 → 5 by you");
        check(&[cell("5", 0)], &[], "");
    }
}
