//! What the last step changed about a part: who came and went, what a value was before and whose write
//! it was. It looks at the ends of long contents only.

use std::sync::Arc;

use crate::kind::Lang;
use crate::trace::{ActorId, MessageId, Preview};
use crate::tui::labels;
use crate::tui::narrate;
use crate::tui::paint;
use crate::world::object::{Cell, Cells, End, stamp_of};
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
            let since = match before {
                Some((earlier, PartState::Cells { cells })) => Some((earlier.events, cells)),
                _ => None,
            };
            written(world, cells, since, lang)
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
    join([
        named(world, &labels::opened(end.name.get(lang), lang), &opened, lang),
        named(world, &labels::closed(end.name.get(lang), lang), &closed, lang),
    ])
}

/// The cells that were written since an event with what they were, those that came and went, and whose
/// doing it was; without a change who wrote last.
fn written(world: &World, cells: &Cells, since: Option<(u64, &Cells)>, lang: Lang) -> String {
    let by = |cell: &Cell| cell.writer.map_or_else(String::new, |writer| labels::by(&narrate::thread(world, writer, lang), lang));
    let place = |at: usize| match &cells[at].key {
        Some(key) => format!("{}: ", paint::clip(&key.text, VALUE)),
        None if cells.len() > 1 => format!("[{at}] "),
        None => String::new(),
    };
    let Some((begun, old)) = since else {
        return cells.newest().map_or_else(String::new, |(at, cell)| format!("{}{}", place(at), by(cell)));
    };
    let new: Vec<(usize, &Arc<Cell>)> = cells.stamped_since(stamp_of(begun)).collect();
    // A cell that was not before has no value before.
    let came = new.iter().filter(|(_, cell)| cell.before.is_none()).count();
    let went = (old.len() + came).saturating_sub(cells.len());
    let value = |value: &Preview| paint::clip(&value.text, VALUE);
    let out = told(labels::OUT.get(lang), went, || {
        let now = cells.iter().map(Some).chain(std::iter::repeat(None));
        let gone = old.iter().zip(now).find(|(cell, now)| now.is_none_or(|now| now.key != cell.key || now.value != cell.value));
        gone.map_or_else(String::new, |(cell, _)| paint::clip(&cell.shown(), VALUE))
    });
    let into = match new.as_slice() {
        [] => String::new(),
        [(at, cell)] => match &cell.before {
            Some(before) => format!("{}{} → {} {}", place(*at), value(before), value(&cell.value), by(cell)),
            None => format!("{} {} {}", labels::IN.get(lang), paint::clip(&cell.shown(), VALUE), by(cell)),
        },
        [(_, first), ..] => format!("×{} {}", new.len(), by(first)),
    };
    join([out, into])
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let cell = |value: &str, before: Option<&str>, at: u64| Cell {
            key: None,
            value: Preview::new(value),
            before: before.map(Preview::new),
            writer: (at > 0).then_some(ActorId::HAND),
            written_at: at,
        };
        let of = |cells: &[Cell]| cells.iter().cloned().map(Arc::new).collect::<Cells>();
        let check = |cells: &[Cell], old: &[Cell], told: &str| assert_eq!(written(&world, &of(cells), Some((5, &of(old))), Lang::En), told);
        let [one, two, three] = [cell("1", None, 0), cell("2", Some("0"), 3), cell("3", None, 0)];
        let old = [one.clone(), two.clone(), three.clone()];
        assert_eq!(written(&world, &of(&old), None, Lang::En), "[1] by you");
        check(&[one.clone(), two.clone(), cell("-9", Some("3"), 8)], &old, "[2] 3 → -9 by you");
        check(&[cell("7", Some("1"), 8), cell("8", Some("2"), 8), three.clone()], &old, "×2 by you");
        check(&[cell("5", Some("4"), 8)], &[cell("4", None, 2)], "4 → 5 by you");
        // A list grows and shrinks anywhere.
        check(&[cell("0", None, 8), one.clone(), two.clone(), three.clone()], &old, "in 0 by you");
        check(&[one.clone(), three.clone()], &old, "out 2");
        check(&[], &old, "out ×3");
        let keyed = |value: &str, before: Option<&str>| Cell { key: Some(Preview::new("k")), ..cell(value, before, 8) };
        check(&[keyed("2", Some("1"))], &[keyed("1", None)], "k: 1 → 2 by you");
        check(&[one.clone(), two.clone(), three.clone(), keyed("2", None)], &old, "in k: 2 by you");
        assert_eq!(written(&world, &of(&[]), None, Lang::En), "");
    }
}
