//! One part as text with roles: a few lines for each shape, and nothing that knows a primitive.

use crate::kind::Lang;
use crate::trace::ActorId;
use crate::tui::labels;
use crate::tui::narrate;
use crate::tui::paint;
use crate::tui::theme::Role;
use crate::world::{PartState, World};

/// Text in pieces, each with its role.
pub type Spans = Vec<(String, Role)>;

/// A bound that stands for none: what a semaphore's counter can hold at most.
const NO_LIMIT: i64 = 1 << 30;

/// A part's content in about so many cells; whatever is left out is counted. `main`: the part is
/// what its object is for.
pub fn content(world: &World, part: &PartState, main: bool, room: u16, lang: Lang) -> Spans {
    match part {
        PartState::Slots { messages } => {
            let boxes = messages.iter().map(|id| match world.message(*id) {
                Some(message) => {
                    let mut text = paint::visible(&message.value.to_string());
                    if let Some(passed) = message.passed.filter(|passed| passed.written < passed.frame || passed.read > 0) {
                        let done = if passed.read > 0 { passed.read } else { passed.written };
                        text = format!("{text} {done}/{}", passed.frame);
                    }
                    if message.lost { (format!("{text} {}", labels::LOST.get(lang)), Role::Bad) } else { (text, Role::Value) }
                }
                None => ("?".to_owned(), Role::Bad),
            });
            row_of_boxes(boxes, messages.len(), room)
        }
        PartState::Cells { cells } => {
            let newest = cells.iter().map(|cell| cell.written_at).max();
            let boxes = cells.iter().map(|cell| {
                let new = cell.writer.is_some() && Some(cell.written_at) == newest && cell.written_at + 1 >= world.events.saturating_sub(8);
                (paint::visible(&cell.value.to_string()), if new { Role::Changed } else { Role::Value })
            });
            // A write beyond the edge must be seen: the window moves on to it.
            let written = cells.iter().position(|cell| cell.writer.is_some() && Some(cell.written_at) == newest).unwrap_or(0);
            let boxes: Vec<(String, Role)> = boxes.collect();
            cells_around(&boxes, written, room)
        }
        PartState::Bytes { bytes } => vec![(format!("{bytes} {}", labels::BYTES.get(lang)), Role::Value)],
        PartState::Ends { ends } => {
            let mut out = Spans::new();
            for end in ends {
                if !out.is_empty() {
                    out.push(("  ".to_owned(), Role::Text));
                }
                out.push((format!("{} ", end.name), Role::Faint));
                if end.holders.is_empty() {
                    out.push((labels::NOBODY.get(lang).to_owned(), Role::Bad));
                }
                let names: Vec<String> = end
                    .holders
                    .iter()
                    .map(|holder| {
                        let name = narrate::actor(world, holder.process, lang);
                        if holder.copies > 1 { format!("{name}×{}", holder.copies) } else { name }
                    })
                    .collect();
                out.push((names.join(" "), Role::Value));
                if end.seen_closed {
                    out.push((format!(" ({})", labels::SEEN_CLOSED.get(lang)), Role::Bad));
                }
            }
            out
        }
        PartState::Count { value, max: Some(max) } if *max >= NO_LIMIT => {
            let taken = max - value;
            let text = match lang {
                Lang::En => format!("no limit, {taken} taken"),
                Lang::Zh => format!("无上限，已占用 {taken}"),
            };
            vec![(text, Role::Value)]
        }
        PartState::Count { value, max: Some(max) } => vec![(format!("{value}/{max}"), Role::Value)],
        PartState::Count { value, max: None } if *value >= NO_LIMIT / 2 => vec![(labels::NO_LIMIT.get(lang).to_owned(), Role::Value)],
        PartState::Count { value, max: None } => vec![(value.to_string(), Role::Value)],
        PartState::Flag { up: true } => vec![(format!("▲ {}", labels::UP.get(lang)), Role::Next)],
        PartState::Flag { up: false } => vec![(format!("▼ {}", labels::DOWN.get(lang)), Role::Waiting)],
        PartState::Owner { owner: None, .. } if main => vec![(labels::NOBODY.get(lang).to_owned(), Role::Text)],
        PartState::Owner { owner: None, .. } => vec![(labels::FREE_OWNER.get(lang).to_owned(), Role::Text)],
        PartState::Owner { owner: Some(owner), depth } => {
            let dead = world.actor(*owner).is_some_and(|actor| actor.is_dead());
            let name = named(world, *owner, lang);
            let text = if *depth > 1 { format!("{name} ×{depth}") } else { name };
            if dead { vec![(format!("{text} ✝"), Role::Bad)] } else { vec![(text, Role::Value)] }
        }
        PartState::Waiters { waiters } if waiters.is_empty() => vec![(labels::NOBODY.get(lang).to_owned(), Role::Faint)],
        PartState::Waiters { waiters } => {
            let boxes = waiters.iter().map(|waiter| {
                let name = named(world, waiter.actor, lang);
                if waiter.from_wait { (format!("{name} {}", labels::WOKEN.get(lang)), Role::Changed) } else { (name, Role::Waiting) }
            });
            row_of_boxes(boxes, waiters.len(), room)
        }
    }
}

/// An actor's name; a feeder's with its process.
fn named(world: &World, id: ActorId, lang: Lang) -> String {
    narrate::thread(world, id, lang)
}

/// How many cells spans take.
pub fn width(spans: &Spans) -> u16 {
    spans.iter().map(|(text, _)| paint::width(text)).sum()
}

fn row_of_boxes(boxes: impl Iterator<Item = (String, Role)>, total: usize, room: u16) -> Spans {
    if total == 0 {
        return vec![("[ ]".to_owned(), Role::Faint)];
    }
    let mut out = Spans::new();
    let mut used = 0;
    for (at, (text, role)) in boxes.enumerate() {
        let left = total - at - 1;
        let after = if left > 0 { 1 + left.to_string().len() as u16 } else { 0 };
        let mut piece = format!("[{text}]");
        if used + paint::width(&piece) + after > room {
            if at > 0 {
                out.push((format!("+{}", total - at), Role::Faint));
                break;
            }
            piece = format!("[{}]", paint::clip(&text, room.saturating_sub(2 + after).max(1)));
        }
        used += paint::width(&piece);
        out.push((piece, role));
    }
    out
}

/// Cells in boxes with the index in front where the first ones are left out.
fn cells_around(boxes: &[(String, Role)], written: usize, room: u16) -> Spans {
    let wide: u16 = boxes.iter().map(|(text, _)| paint::width(text) + 2).fold(0, u16::saturating_add);
    if wide <= room || boxes.len() <= 1 {
        return row_of_boxes(boxes.iter().cloned(), boxes.len(), room);
    }
    let mut first = 0;
    let reach =
        |first: usize| -> u16 { boxes[first..=written].iter().map(|(text, _)| paint::width(text) + 2).fold(0, u16::saturating_add) };
    while first < written && reach(first) + 10 > room {
        first += 1;
    }
    let mut out = Spans::new();
    if first > 0 {
        out.push((format!("{first}+"), Role::Faint));
    }
    let used = width(&out);
    out.extend(row_of_boxes(boxes[first..].iter().cloned(), boxes.len() - first, room.saturating_sub(used)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(spans: &Spans) -> String {
        spans.iter().map(|(text, _)| text.as_str()).collect()
    }

    fn boxes(count: usize) -> Vec<(String, Role)> {
        (0..count).map(|at| (at.to_string(), Role::Value)).collect()
    }

    #[test]
    fn boxes_that_do_not_fit_are_counted() {
        assert_eq!(text(&row_of_boxes(boxes(3).into_iter(), 3, 9)), "[0][1][2]");
        assert_eq!(text(&row_of_boxes(boxes(5).into_iter(), 5, 9)), "[0][1]+3");
        assert_eq!(text(&row_of_boxes(std::iter::empty(), 0, 9)), "[ ]");
    }

    #[test]
    fn the_written_cell_is_always_among_the_shown() {
        for written in 0..40 {
            let shown = text(&cells_around(&boxes(40), written, 30));
            assert!(shown.contains(&format!("[{written}]")), "{written}: {shown}");
        }
    }
}
