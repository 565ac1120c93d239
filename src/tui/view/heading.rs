//! The heading of the space-time picture: what each lane and column is, and how many more there are on
//! either side.
//!
//! `▸` chosen, `✝` dead, `└` a thread of the lane to its left, `‹w›` a narrowed lane.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::kind;
use crate::trace::{ActorId, Role as ActorRole};
use crate::tui::labels;
use crate::tui::narrate;
use crate::tui::paint;
use crate::tui::scene::Scene;
use crate::tui::state::{Chosen, Ui};
use crate::tui::theme::Role;
use crate::tui::view::code;
use crate::tui::view::columns::{Column, Columns};
use crate::tui::view::rule;

/// Draws the names of the lanes and columns, and at both edges how many more there are.
pub fn draw(buf: &mut Buffer, area: Rect, columns: &Columns, scene: &Scene, ui: &Ui) {
    rule(buf, area, area.y, ui);
    if columns.lanes.before == 0 {
        paint::put(buf, area, area.x + 1, area.y, labels::STEP.get(ui.lang), ui.theme.style(Role::Title));
    }
    let right = to_the_right(columns, ui, area.right());
    let names = Rect { width: area.width.saturating_sub(paint::width(&right)), ..area };
    let style = |chosen: bool| ui.theme.style(if chosen { Role::Chosen } else { Role::Title });
    for lane in &columns.lanes.shown {
        let room = (names.right().saturating_sub(lane.x + 1)).min(lane.width.saturating_sub(2));
        let text = lane_text(scene, ui, lane, room);
        paint::put(buf, names, lane.x, area.y, &text, style(ui.chosen == Some(Chosen::Actor(lane.id))));
    }
    for (at, thing) in columns.things.shown.iter().enumerate() {
        let text = thing_heading(scene, ui, columns, at).concat();
        paint::put(buf, names, thing.x, area.y, &text, style(ui.chosen == Some(Chosen::Object(thing.id))));
    }
    if columns.lanes.before > 0 {
        let text = paint::pad(&format!("◄{}", columns.lanes.before), LEFT_EDGE);
        paint::put(buf, area, area.x + 1, area.y, &text, ui.theme.style(Role::Next));
    }
    let x = area.right().saturating_sub(paint::width(&right)).max(area.x);
    paint::put(buf, area, x, area.y, &right, ui.theme.style(Role::Next));
}

/// Cells of the number of lanes that are out of sight on the left.
const LEFT_EDGE: u16 = 4;

/// The side of which a mark at a place of the heading says that there is more: true for the right one.
pub fn more_at(area: Rect, columns: &Columns, scene: &Scene, ui: &Ui, x: u16) -> Option<bool> {
    if columns.lanes.before > 0 && (area.x + 1..area.x + 1 + LEFT_EDGE).contains(&x) {
        return Some(false);
    }
    if x >= area.right().saturating_sub(paint::width(&to_the_right(columns, ui, area.right()))) {
        return Some(true);
    }
    columns.things.shown.iter().enumerate().find_map(|(at, thing)| {
        let [before, name, after] = thing_heading(scene, ui, columns, at).map(|text| paint::width(&text));
        let cell = x.checked_sub(thing.x)?;
        match () {
            () if cell < before => Some(false),
            () if (before + name..before + name + after).contains(&cell) => Some(true),
            () => None,
        }
    })
}

/// An object's name in the heading, between the numbers of those that are out of sight.
fn thing_heading(scene: &Scene, ui: &Ui, columns: &Columns, at: usize) -> [String; 3] {
    let thing = &columns.things.shown[at];
    let last = columns.things.shown.len() - 1;
    let before = if at == 0 && columns.things.before > 0 { format!("◄{} ", columns.things.before) } else { String::new() };
    let after = if at == last && columns.things.after > 0 { format!(" {}►", columns.things.after) } else { String::new() };
    let room = thing.width.saturating_sub(1 + paint::width(&before) + paint::width(&after));
    [before, thing_text(scene, ui, thing, room), after]
}

/// What does not fit on the right: lanes, and objects where none of them has a column. It leaves the name of the last
/// lane some cells.
fn to_the_right(columns: &Columns, ui: &Ui, edge: u16) -> String {
    let lanes = if columns.lanes.after > 0 { format!(" {}►", columns.lanes.after) } else { String::new() };
    if !columns.things.shown.is_empty() || columns.things.after == 0 {
        return lanes;
    }
    let full = format!(" +{}{lanes}", labels::objects(columns.things.after, ui.lang));
    let begins = edge.saturating_sub(paint::width(&full));
    match columns.lanes.shown.last() {
        Some(lane) if begins < lane.x + LAST_NAME => format!(" +{}…{lanes}", columns.things.after),
        _ => full,
    }
}

/// Cells that a lane's name needs at least to be known.
const LAST_NAME: u16 = 4;

/// A space, as many letters of a kind as tell it, and what stands for the others.
const KIND_LEAST: u16 = 6;

fn lane_text(scene: &Scene, ui: &Ui, lane: &Column<ActorId>, room: u16) -> String {
    let Some(actor) = scene.world.actor(lane.id) else { return String::new() };
    let chosen = ui.chosen == Some(Chosen::Actor(lane.id));
    if lane.narrow {
        let first = match () {
            () if chosen => "▸",
            () if actor.is_dead() => "✝",
            () => "‹",
        };
        let tag = match actor.role {
            ActorRole::Helper => narrate::short(&scene.world, lane.id, ui.lang).chars().take(3).collect(),
            _ => code::tag(&scene.world, lane.id),
        };
        return format!("{first}{}›", paint::clip(&tag, lane.width.saturating_sub(3)));
    }
    let thread = if actor.process == actor.id { "" } else { "└" };
    let marks = format!("{thread}{}{}", if chosen { "▸" } else { "" }, if actor.is_dead() { "✝" } else { "" });
    let name = format!("{marks}{}", narrate::short(&scene.world, lane.id, ui.lang));
    // A pid is shown whole or not at all: half a number is a wrong one.
    let pid = format!(" {}", actor.pid);
    let whole = actor.pid > 0 && thread.is_empty() && paint::width(&name) + paint::width(&pid) <= room;
    if whole { format!("{name}{pid}") } else { shortened(&name, room) }
}

/// A name without its middle, if it ends in a number or an index: that is what tells it from its like.
fn shortened(name: &str, room: u16) -> String {
    let digits = name.chars().rev().take_while(char::is_ascii_digit).count();
    if name.ends_with(']') || digits == 0 {
        return paint::clip_middle(name, room);
    }
    paint::clip_to_tail(name, name.len() - digits, room)
}

fn thing_text(scene: &Scene, ui: &Ui, thing: &Column<crate::trace::ObjectId>, room: u16) -> String {
    let Some(object) = scene.world.object(thing.id) else { return String::new() };
    let chosen = ui.chosen == Some(Chosen::Object(thing.id));
    let kind = kind::kind(object.kind).map_or("", |kind| kind.name);
    let name = format!("{}{}", if chosen { "▸" } else { "" }, object.name);
    // Where a buffer and a pipe stand side by side below, it says which is which.
    let sides = format!("{name} {}", labels::BUFFER_PIPE.get(ui.lang));
    if kind::queue::has_feeders(object.kind) && paint::width(&sides) <= room {
        return sides;
    }
    // A kind of which too few letters would be seen is left out for the name's sake.
    let with_kind = format!("{name} {kind}");
    if paint::width(&with_kind).min(paint::width(&name) + KIND_LEAST) <= room {
        paint::clip(&with_kind, room)
    } else {
        shortened(&name, room)
    }
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn the_number_at_a_names_end_stays() {
        let check = |name: &str, room: u16, shown: &str| assert_eq!(shortened(name, room), shown);
        check("PoolWorker-2", 12, "PoolWorker-2");
        check("PoolWorker-2", 10, "PoolWork…2");
        check("PoolWorker-12", 10, "PoolWor…12");
        check("a-long-name", 6, "a-lon…");
        check("worker-123456", 6, "worke…");
        check("写者一号2", 6, "写者…2");
        check("forks[1]", 7, "for…[1]");
    }
}
