//! One part as text with roles: a few lines for each shape, and nothing that knows a primitive.

use crate::kind::{Lang, Part};
use crate::text::name;
use crate::text::visible::visible;
use crate::trace::ActorId;
use crate::tui::labels;
use crate::tui::narrate;
use crate::tui::paint;
use crate::tui::theme::Role;
use crate::tui::view::changed::Before;
use crate::world::{PartState, World};

/// Text in pieces, each with its role.
pub type Spans = Vec<(String, Role)>;

/// A part's content in about so many cells; whatever is left out is counted. `def`: what its kind says of it.
/// `main`: the part is what its object is for. `before`: what it was before the last step, if that changed it.
pub fn content(world: &World, def: &Part, part: &PartState, before: Option<Before<'_>>, main: bool, room: u16, lang: Lang) -> Spans {
    // What is one value is told with the value that it was.
    let one_value = |part: &PartState| matches!(part, PartState::Count { .. } | PartState::Flag { .. } | PartState::Owner { .. });
    if let Some(before) = before.filter(|before| one_value(before.part) && one_value(part)) {
        let old: String = content(before.world, def, before.part, None, main, room, lang).into_iter().map(|(text, _)| text).collect();
        let new: String = content(world, def, part, None, main, room, lang).into_iter().map(|(text, _)| text).collect();
        return vec![(format!("{old} →"), Role::Faint), (format!(" {new}"), Role::Changed)];
    }
    match part {
        PartState::Slots { messages } => {
            let boxes = messages.iter().map(|id| match world.message(*id) {
                Some(message) => {
                    let text = visible(&message.value.to_string());
                    match (message.lost, name::part_there(message)) {
                        (true, _) => Boxed::ending(text, labels::LOST.get(lang), Role::Bad),
                        (false, Some(part)) => Boxed::ending(text, &part, Role::Value),
                        (false, None) => Boxed::new(text, Role::Value),
                    }
                }
                None => Boxed::new("?".to_owned(), Role::Bad),
            });
            row_of_boxes(boxes, messages.len(), room)
        }
        PartState::Cells { cells } => {
            // Cells come and go at any place, so what is new is known by when it was written.
            let new = |at: usize| before.is_some_and(|before| cells[at].writer.is_some() && cells[at].written_at >= before.world.events);
            let text = |at: usize| Boxed::new(visible(&cells[at].shown()), if new(at) { Role::Changed } else { Role::Value });
            // A write beyond the edge must be seen: the window moves on to it.
            cells_around(cells.len(), text, cells.newest().map_or(0, |(at, _)| at), room)
        }
        PartState::Bytes { bytes, pages } => vec![(name::fill(*bytes, *pages, lang), Role::Value)],
        PartState::Ends { ends } => {
            let mut out = Spans::new();
            for end in ends {
                let end_name = end.name.get(lang);
                if !out.is_empty() {
                    out.push(("  ".to_owned(), Role::Text));
                }
                out.push((format!("{end_name} "), Role::Faint));
                if end.holders.is_empty() {
                    out.push((labels::NOBODY.get(lang).to_owned(), Role::Bad));
                }
                let names = end.holders.iter().map(|holder| {
                    let name = narrate::actor(world, holder.process, lang);
                    if holder.copies > 1 { format!("{name}×{}", holder.copies) } else { name }
                });
                let share = room / ends.len().max(1) as u16;
                out.push((some_names(names, end.holders.len(), share.saturating_sub(paint::width(end_name) + 1)), Role::Value));
                if end.seen_closed {
                    out.push((format!(" ({})", labels::SEEN_CLOSED.get(lang)), Role::Bad));
                }
            }
            out
        }
        PartState::Count { value, max: Some(max) } => vec![(format!("{value}/{max}"), Role::Value)],
        PartState::Count { value, max: None } => {
            let text = match (def.unbounded().map(|most| most - value), lang) {
                (Some(taken), Lang::En) => format!("no bound; {taken} in it"),
                (Some(taken), Lang::Zh) => format!("无上限；内有 {taken} 条"),
                (None, _) => value.to_string(),
            };
            vec![(text, Role::Value)]
        }
        PartState::Flag { up } => vec![flag(*up, main, lang)],
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
                match waiter.from_wait {
                    true => Boxed::new(format!("{name} {}", labels::WOKEN.get(lang)), Role::Changed),
                    false => Boxed::new(name, Role::Waiting),
                }
            });
            row_of_boxes(boxes, waiters.len(), room)
        }
    }
}

/// A flag: of an object that is one, whether it is set; else whether what its name says is so.
fn flag(up: bool, main: bool, lang: Lang) -> (String, Role) {
    let word = match (up, main) {
        (true, true) => labels::UP,
        (false, true) => labels::DOWN,
        (true, false) => labels::YES,
        (false, false) => labels::NO,
    };
    let (sign, role) = if up { ("▲", Role::Next) } else { ("▼", Role::Waiting) };
    (format!("{sign} {}", word.get(lang)), role)
}

/// An actor's name; a feeder's with its process.
fn named(world: &World, id: ActorId, lang: Lang) -> String {
    narrate::thread(world, id, lang)
}

/// How many cells spans take.
pub fn width(spans: &Spans) -> u16 {
    spans.iter().map(|(text, _)| paint::width(text)).sum()
}

/// What stands in a box. Where it is cut, what matters more than the end of its text stays.
struct Boxed {
    text: String,
    /// Where that begins, with the space before it.
    tail: Option<usize>,
    role: Role,
}

impl Boxed {
    fn new(text: String, role: Role) -> Boxed {
        Boxed { text, tail: None, role }
    }

    fn ending(text: String, tail: &str, role: Role) -> Boxed {
        Boxed { tail: Some(text.len()), text: format!("{text} {tail}"), role }
    }
}

fn row_of_boxes(boxes: impl Iterator<Item = Boxed>, total: usize, room: u16) -> Spans {
    if total == 0 {
        return vec![("[ ]".to_owned(), Role::Faint)];
    }
    let mut out = Spans::new();
    let mut used = 0;
    for (at, Boxed { text, tail, role }) in boxes.enumerate() {
        let left = total - at - 1;
        let after = if left > 0 { 1 + left.to_string().len() as u16 } else { 0 };
        let mut piece = format!("[{text}]");
        if used + paint::width(&piece) + after > room {
            if at > 0 {
                out.push((format!("+{}", total - at), Role::Faint));
                break;
            }
            let inside = room.saturating_sub(2 + after).max(1);
            piece = format!("[{}]", tail.map_or_else(|| paint::clip(&text, inside), |at| paint::clip_to_tail(&text, at, inside)));
        }
        used += paint::width(&piece);
        out.push((piece, role));
    }
    out
}

/// Names with spaces between them; those that do not fit are counted, but one is always named.
fn some_names(names: impl Iterator<Item = String>, total: usize, room: u16) -> String {
    let mut out = String::new();
    for (at, name) in names.enumerate() {
        let left = total - at - 1;
        let after = if left > 0 { 2 + left.to_string().len() as u16 } else { 0 };
        let space = if at > 0 { " " } else { "" };
        if at > 0 && paint::width(&out) + 1 + paint::width(&name) + after > room {
            return format!("{out} +{}", total - at);
        }
        out = format!("{out}{space}{name}");
    }
    out
}

/// Cells in boxes with the index in front where the first ones are left out.
fn cells_around(count: usize, text: impl Fn(usize) -> Boxed, written: usize, room: u16) -> Spans {
    let wide = |at: usize| paint::width(&text(at).text) + 2;
    let mut used = 0;
    // No more of them are looked at than fit.
    let fit = (0..count).take_while(|at| {
        used += wide(*at);
        used <= room
    });
    if fit.count() == count || count <= 1 {
        return row_of_boxes((0..count).map(text), count, room);
    }
    let mut first = written + 1;
    let mut used = 10;
    while first > 0 && (first == written + 1 || used + wide(first - 1) <= room) {
        first -= 1;
        used += wide(first);
    }
    let mut out = Spans::new();
    if first > 0 {
        out.push((format!("{first}+"), Role::Faint));
    }
    let used = width(&out);
    out.extend(row_of_boxes((first..count).map(text), count - first, room.saturating_sub(used)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(spans: &Spans) -> String {
        spans.iter().map(|(text, _)| text.as_str()).collect()
    }

    fn boxes(count: usize) -> Vec<Boxed> {
        (0..count).map(|at| Boxed::new(at.to_string(), Role::Value)).collect()
    }

    #[test]
    fn boxes_that_do_not_fit_are_counted() {
        assert_eq!(text(&row_of_boxes(boxes(3).into_iter(), 3, 9)), "[0][1][2]");
        assert_eq!(text(&row_of_boxes(boxes(5).into_iter(), 5, 9)), "[0][1]+3");
        assert_eq!(text(&row_of_boxes(std::iter::empty(), 0, 9)), "[ ]");
        let lost = [Boxed::ending("a long message".to_owned(), "lost", Role::Bad)];
        assert_eq!(text(&row_of_boxes(lost.into_iter(), 1, 14)), "[a long… lost]");
    }

    #[test]
    fn names_that_do_not_fit_are_counted() {
        let names = |room| some_names(["main", "writer", "reader"].into_iter().map(str::to_owned), 3, room);
        assert_eq!([names(18), names(17), names(14), names(3)], ["main writer reader", "main writer +1", "main writer +1", "main +2"]);
    }

    #[test]
    fn the_written_cell_is_always_among_the_shown() {
        for written in 0..40 {
            let shown = text(&cells_around(40, |at| Boxed::new(at.to_string(), Role::Value), written, 30));
            assert!(shown.contains(&format!("[{written}]")), "{written}: {shown}");
            // Those before, those shown and those after are all of them.
            let (before, rest) = shown.split_once("+[").unwrap_or(("0", &shown));
            let after = rest.rsplit_once("]+").map_or("0", |(_, after)| after);
            let number = |text: &str| text.parse::<usize>().unwrap_or(99);
            assert_eq!(number(before) + shown.matches(']').count() + number(after), 40, "{shown}");
        }
    }
}
