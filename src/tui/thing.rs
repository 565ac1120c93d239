//! An object in a few cells: what its column in the space-time picture shows in a row.
//!
//! It looks at shapes of parts alone: messages first, else a flag, values, a holder, a count.

use crate::kind::{self, Lang, Words};
use crate::text::name::part_there;
use crate::text::visible::visible;
use crate::trace::ObjectId;
use crate::world::object::stamp_of;
use crate::world::{Message, Object, PartState, World, waits};

use super::labels;
use super::narrate;
use super::paint;

/// The most messages or cells that a compact picture carries; the rest is a number.
const KEPT: usize = 8;

/// In fewer cells a group of slots shows no message that is longer than a letter.
const GROUP_LEAST: u16 = 4;

/// What a column shows of its object.
#[derive(Clone, Debug, PartialEq)]
pub enum Compact {
    /// Groups of slots in the order in which messages flow through them; so many of them are side by
    /// side at the beginning, each process's own.
    Slots(Vec<Group>, usize),
    Flag(bool),
    /// A flag that is not what the object is for: whether what its name says is so.
    Says(Words, bool),
    /// Values from an index on, the one that was just written, and how many there are in all.
    Cells {
        first: usize,
        texts: Vec<String>,
        written: Option<usize>,
        total: usize,
    },
    Owner(Option<String>),
    Asleep(Vec<String>),
    Count(i64),
    Nothing,
}

/// Messages that lie in one row of slots: the first texts, and how many there are in all.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub texts: Vec<String>,
    pub total: usize,
    /// Where the group's messages go, where one object has several: `0◄` before it or `►1` after it.
    pub way: (String, String),
}

impl Compact {
    /// Reads an object as it stands in a world. `event`: the place in the trace of the event whose writing is
    /// marked.
    pub fn read(world: &World, id: ObjectId, event: u64) -> Compact {
        let mut groups = Vec::new();
        for (object, part) in
            world.belonging_to(id).chain(world.object(id)).flat_map(|object| object.parts.iter().map(move |part| (object, part)))
        {
            if let PartState::Slots { messages } = part {
                let texts = messages.iter().take(KEPT).map(|message| world.message(*message).map_or_else(|| "?".to_owned(), shown));
                // Of a message that is partly in the pipe the rest is still where it came from.
                let rest = object.owner.zip(object.home).and_then(|(owner, home)| waits::rest_of_message(world, owner, home));
                let texts: Vec<String> = rest.iter().map(|_| "…".to_owned()).chain(texts).take(KEPT).collect();
                groups.push((object.id, Group { texts, total: messages.len() + rest.iter().len(), way: Default::default() }));
            }
        }
        // Two ways of one object lead to its two ends.
        if let [(one, to_first), (other, to_second)] = groups.as_mut_slice()
            && one == other
        {
            to_first.way.0 = "0◄".to_owned();
            to_second.way.1 = "►1".to_owned();
        }
        let sources = groups.iter().filter(|(object, _)| *object != id).count();
        let groups: Vec<Group> = groups.into_iter().map(|(_, group)| group).collect();
        if !groups.is_empty() {
            return Compact::Slots(groups, sources);
        }
        let Some(object) = world.object(id) else { return Compact::Nothing };
        from_parts(world, object, event)
    }

    /// One cell of an object, as when it is read.
    pub fn cell(world: &World, id: ObjectId, index: u32) -> Compact {
        let cells = world.object(id).and_then(|object| {
            object.parts.iter().find_map(|part| match part {
                PartState::Cells { cells } => Some(cells),
                _ => None,
            })
        });
        let at = index as usize;
        match cells.and_then(|cells| Some((cells.nth(at)?, cells.len()))) {
            Some((cell, total)) => Compact::Cells { first: at, texts: vec![visible(&cell.shown())], written: Some(at), total },
            None => Compact::Nothing,
        }
    }

    /// The picture in at most so many cells.
    pub fn text(&self, room: u16, lang: Lang) -> String {
        match self {
            Compact::Slots(groups, sources) => {
                let share = (room.saturating_sub(groups.len() as u16 - 1) / groups.len().max(1) as u16).max(1);
                let full: Vec<String> = groups.iter().map(|group| group.text(u16::MAX)).collect();
                let joined = join(&full, *sources);
                if paint::width(&joined) <= room {
                    return joined;
                }
                let short: Vec<String> = groups.iter().map(|group| group.text(share)).collect();
                // Many places with a letter each would say nothing: those that lead to the same place become one.
                if share < GROUP_LEAST && groups.len() > 2 {
                    let (own, shared) = groups.split_at((*sources).min(groups.len()));
                    let merged: Vec<Group> = [own, shared].into_iter().filter(|some| !some.is_empty()).map(Group::merged).collect();
                    let sources = usize::from(!own.is_empty());
                    return Compact::Slots(merged, sources).text(room, lang);
                }
                paint::clip(&join(&short, *sources), room)
            }
            Compact::Flag(up) => {
                if *up {
                    format!("▲ {}", labels::UP.get(lang))
                } else {
                    format!("▼ {}", labels::DOWN.get(lang))
                }
            }
            Compact::Says(what, so) => paint::clip(&format!("{} {}", what.get(lang), if *so { "▲" } else { "▼" }), room),
            Compact::Cells { first, texts, written, total } => {
                if *total == 1 {
                    return paint::clip(&format!("[{}]", texts.first().map_or("", String::as_str)), room);
                }
                let all = texts.join(" ");
                if *first == 0 && texts.len() == *total && paint::width(&all) + 2 <= room {
                    return format!("[{all}]");
                }
                let at = written.unwrap_or(*first);
                match texts.get(at - first) {
                    Some(text) => paint::clip(&format!("[{at}]={text}"), room),
                    None => format!("{total}"),
                }
            }
            Compact::Owner(Some(name)) => paint::clip(name, room),
            Compact::Owner(None) => paint::clip(labels::FREE_OWNER.get(lang), room),
            Compact::Asleep(names) if names.is_empty() => paint::clip(&format!(": {}", labels::NOBODY.get(lang)), room),
            Compact::Asleep(names) => paint::clip(&format!(": {}", names.join(" ")), room),
            Compact::Count(value) => paint::clip(&value.to_string(), room),
            Compact::Nothing => String::new(),
        }
    }
}

/// A message's text. How much of it lies there, if it is not all, comes first, so that it is never cut off.
fn shown(message: &Message) -> String {
    let text = visible(&message.value.text);
    part_there(message).map_or_else(|| text.clone(), |part| format!("{part} {text}"))
}

impl Group {
    /// All messages of several groups, without their places.
    fn merged(groups: &[Group]) -> Group {
        Group {
            texts: groups.iter().flat_map(|group| group.texts.iter().cloned()).take(KEPT).collect(),
            total: groups.iter().map(|group| group.total).sum(),
            way: Default::default(),
        }
    }

    /// Boxes for messages; where they do not fit, the first ones and a number, or a number alone.
    pub fn text(&self, room: u16) -> String {
        let (before, after) = &self.way;
        let room = room.saturating_sub(paint::width(before) + paint::width(after));
        format!("{before}{}{after}", self.boxes(room))
    }

    fn boxes(&self, room: u16) -> String {
        if self.total == 0 {
            return "[ ]".to_owned();
        }
        let mut out = String::new();
        for (at, text) in self.texts.iter().enumerate() {
            let piece = format!("[{text}]");
            let left = self.total - at - 1;
            let after = if left > 0 { 1 + left.to_string().len() as u16 } else { 0 };
            if paint::width(&out) + paint::width(&piece) + after > room {
                break;
            }
            out.push_str(&piece);
        }
        let shown = out.matches('[').count().min(self.total);
        if shown == 0 && self.total > 1 {
            // Not even one fits whole beside the number of the others: then the number alone.
            return format!("×{}", self.total);
        }
        if shown == 0 {
            return format!("[{}]", paint::clip(self.texts.first().map_or("", String::as_str), room.saturating_sub(2).max(1)));
        }
        if shown < self.total {
            out.push_str(&format!("+{}", self.total - shown));
        }
        out
    }
}

/// Sources side by side, then what they flow into behind a line.
fn join(groups: &[String], sources: usize) -> String {
    let (own, shared) = groups.split_at(sources.min(groups.len()));
    let own = own.join(" ");
    let shared = shared.join("│");
    if own.is_empty() || shared.is_empty() { format!("{own}{shared}") } else { format!("{own}│{shared}") }
}

fn from_parts(world: &World, object: &Object, event: u64) -> Compact {
    let mut best = Compact::Nothing;
    let mut rank = 0;
    let role = |at: usize| Some(kind::kind(object.kind)?.parts.get(at)?.role);
    for (at, part) in object.parts.iter().enumerate() {
        let (value, compact) = match part {
            PartState::Flag { up } if at == 0 => (5, Compact::Flag(*up)),
            PartState::Flag { up } => (1, role(at).map_or(Compact::Nothing, |role| Compact::Says(role, *up))),
            PartState::Cells { cells } => {
                let written = cells.stamped_since(stamp_of(event)).find(|(_, cell)| cell.written_at == event).map(|(at, _)| at);
                let first = written.unwrap_or(0).saturating_sub(KEPT - 1);
                let texts = (first..cells.len()).take(KEPT).map(|at| visible(&cells[at].shown())).collect();
                (4, Compact::Cells { first, texts, written, total: cells.len() })
            }
            PartState::Owner { owner, .. } => (3, Compact::Owner(owner.map(|id| narrate::actor(world, id, Lang::En)))),
            PartState::Count { value, .. } => (2, Compact::Count(*value)),
            PartState::Waiters { waiters } => {
                // What stands first in an object is what it is for.
                (
                    if at == 0 { 3 } else { 1 },
                    Compact::Asleep(waiters.iter().map(|waiter| narrate::actor(world, waiter.actor, Lang::En)).collect()),
                )
            }
            PartState::Slots { .. } | PartState::Bytes { .. } | PartState::Ends { .. } => (0, Compact::Nothing),
        };
        if value > rank {
            (rank, best) = (value, compact);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(texts: &[&str], total: usize) -> Group {
        Group { texts: texts.iter().map(|text| (*text).to_owned()).collect(), total, way: Default::default() }
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        assert_eq!(group(&["A", "B"], 2).text(6), "[A][B]");
        assert_eq!(group(&["A", "B"], 2).text(5), "[A]+1");
        assert_eq!(group(&["A", "B"], 20).text(9), "[A][B]+18");
        assert_eq!(group(&["a long message"], 1).text(8), "[a lon…]");
        assert_eq!(group(&["a long message", "B"], 2).text(8), "×2");
        assert_eq!(group(&[], 0).text(1), "[ ]");
    }

    #[test]
    fn many_places_are_drawn_as_few() {
        let [none, one, two] = [group(&[], 0), group(&["a request"], 1), group(&["B", "C"], 2)];
        let slots = |groups: &[&Group], sources| Compact::Slots(groups.iter().map(|group| (*group).clone()).collect(), sources);
        let requests = slots(&[&none, &none, &one, &none], 4);
        assert_eq!(requests.text(12, Lang::En), "[a request]");
        assert_eq!(requests.text(40, Lang::En), "[ ] [ ] [a request] [ ]");
        assert_eq!(slots(&[&none; 6], 6).text(12, Lang::En), "[ ]");
        // Where messages come from and where they go stay apart.
        assert_eq!(slots(&[&one, &two, &none, &two], 3).text(14, Lang::En), "×3│[B][C]");
    }

    #[test]
    fn one_written_cell_of_many_shows_with_its_index() {
        let compact = Compact::Cells { first: 0, texts: (0..8).map(|i| i.to_string()).collect(), written: Some(3), total: 100 };
        assert_eq!(compact.text(10, Lang::En), "[3]=3");
    }
}
