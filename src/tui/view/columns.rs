//! Where the lanes and the objects' columns of the space-time picture stand.
//!
//! Places follow from the newest world, not from the shown one, so that nothing moves while the user
//! walks through the past. Between the processes stand as many objects as fit. What does not fit is
//! counted on the side where it is, and reached by scrolling or by choosing it: what is chosen always
//! stands there.

use std::ops::Range;

use crate::trace::{ActorId, ObjectId};
use crate::tui::paint;
use crate::tui::scene::Scene;
use crate::tui::state::{Chosen, Ui};
use crate::tui::thing::Compact;
use crate::world::World;

/// Digits of a step's number at least.
const DIGITS: u16 = 3;
const LANE_LEAST: u16 = 12;
/// A lane is not narrowed below this for the sake of a further object's column.
const LANE_GOOD: u16 = 15;
const LANE_MOST: u16 = 34;
/// The hand says little.
const HAND_WIDTH: u16 = 13;
/// A lane that the user narrowed: a short name between marks.
const NARROW: u16 = 6;
const THING_LEAST: u16 = 14;
const THING_MOST: u16 = 21;
/// A glyph and a word, as `▼ down`, or a short name.
const SNUG: u16 = 9;
/// The number of lanes to the right stands at the edge.
const EDGE: u16 = 4;

/// A lane or an object's column: where it begins and how wide it is, in cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column<T> {
    pub id: T,
    pub x: u16,
    pub width: u16,
    /// Only a glyph stands in it.
    pub narrow: bool,
}

/// A row of columns of which not all fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Strip<T> {
    pub shown: Vec<Column<T>>,
    /// How many do not fit, on either side.
    pub before: usize,
    pub after: usize,
}

impl<T> Default for Strip<T> {
    fn default() -> Self {
        Strip { shown: Vec::new(), before: 0, after: 0 }
    }
}

/// All that stands side by side in the picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    pub lanes: Strip<ActorId>,
    pub things: Strip<ObjectId>,
    /// How many digits the greatest step has.
    pub digits: u16,
}

impl Columns {
    /// The lane of an actor, if it is on the screen.
    pub fn lane(&self, id: ActorId) -> Option<Column<ActorId>> {
        self.lanes.shown.iter().copied().find(|lane| lane.id == id)
    }

    /// The column of an object, if it is on the screen.
    pub fn thing(&self, id: ObjectId) -> Option<Column<ObjectId>> {
        self.things.shown.iter().copied().find(|thing| thing.id == id)
    }

    /// Places everything in a width that starts at `x`.
    pub fn place(scene: &Scene, ui: &Ui, x: u16, width: u16) -> Columns {
        let head = &scene.head;
        let lanes = ui.sight.lanes(head);
        let things: Vec<ObjectId> = ui.sight.objects(head).filter(|id| Compact::read(head, *id, u64::MAX) != Compact::Nothing).collect();
        let digits = digits(scene);
        let mut room = width.saturating_sub(digits + 3);

        let chosen_thing = match ui.chosen {
            Some(Chosen::Object(id)) => things.iter().position(|other| Some(*other) == head.outermost(id)),
            _ => None,
        };
        // One object's column comes before a third lane, the chosen one's before a second.
        let before = if chosen_thing.is_some() { 1 } else { 2 };
        let kept = if !things.is_empty() && room >= before * LANE_LEAST + THING_LEAST { THING_LEAST } else { 0 };
        let least: Vec<u16> = lanes.iter().map(|id| own_width(ui, &lanes, *id).unwrap_or(LANE_LEAST)).collect();
        if least.iter().sum::<u16>() + kept > room {
            room = room.saturating_sub(EDGE);
        }
        let scroll = ui.sight.scroll;
        let shown = window(&least, wanted_lane(scene, ui, &lanes), scroll.map(|(lane, _)| lane), room.saturating_sub(kept));
        let own = |id: &ActorId| own_width(ui, &lanes, *id);
        let fixed: u16 = lanes[shown.clone()].iter().filter_map(own).sum();
        let wide = lanes[shown.clone()].iter().filter(|id| own(id).is_none()).count() as u16;
        room = room.saturating_sub(fixed);

        // One object may make lanes tight, further ones may not.
        let fit = (room.saturating_sub(wide * LANE_GOOD) / THING_LEAST).max(u16::from(room >= wide * LANE_LEAST + THING_LEAST));
        let thing_widths = vec![THING_LEAST; things.len()];
        let wanted = chosen_thing.or_else(|| touched(scene, &things));
        let shown_things = match (fit as usize, wanted, scroll) {
            (fit, Some(at), None) if fit > 0 => page(at, fit, things.len()),
            (fit, _, scroll) => window(&thing_widths, 0, scroll.map(|(_, thing)| thing).or(Some(0)), fit as u16 * THING_LEAST),
        };
        let shown_things = if fit == 0 { 0..0 } else { shown_things };
        let count = shown_things.len() as u16;
        let most = things[shown_things.clone()].iter().map(|id| match Compact::read(head, *id, u64::MAX) {
            Compact::Slots(..) => THING_MOST,
            Compact::Cells { .. } => THING_LEAST + 2,
            _ => THING_LEAST,
        });
        let most = most.max().unwrap_or(THING_LEAST);
        let spare = room.saturating_sub(wide * LANE_GOOD);
        let thing_width = spare.checked_div(count).map_or(0, |share| share.clamp(THING_LEAST, most));
        let lane_width = room.saturating_sub(count * thing_width).checked_div(wide).unwrap_or(0).min(LANE_MOST);

        // Where all objects can be seen in less, they all are: a fork without a column is one that nobody looks at.
        let all = lanes.len() == shown.len() && shown_things.len() < things.len();
        let snug: Vec<u16> = things.iter().map(|id| snug_width(head, *id)).collect();
        let together = snug.iter().sum::<u16>();
        let (shown_things, thing_widths, lane_width) = match all && scroll.is_none() && wide * LANE_LEAST + together <= room {
            true => (0..things.len(), snug, (room - together).checked_div(wide).unwrap_or(0).min(LANE_MOST)),
            false => (shown_things, vec![thing_width; things.len()], lane_width),
        };

        let mut columns = Columns { digits, ..Columns::default() };
        columns.lanes.before = shown.start;
        columns.lanes.after = lanes.len() - shown.end;
        columns.things.before = shown_things.start;
        columns.things.after = things.len() - shown_things.end;
        let before_last = ui.sight.objects_stand(head, &lanes[shown.clone()]);
        let mut x = x + digits + 3;
        for at in 0..=shown.len() {
            if at == before_last {
                for (id, width) in things[shown_things.clone()].iter().zip(&thing_widths[shown_things.clone()]) {
                    columns.things.shown.push(Column { id: *id, x, width: *width, narrow: false });
                    x += width;
                }
            }
            if let Some(id) = lanes[shown.clone()].get(at) {
                let width = own_width(ui, &lanes, *id).unwrap_or(lane_width);
                columns.lanes.shown.push(Column { id: *id, x, width, narrow: ui.sight.narrow.contains(id) });
                x += width;
            }
        }
        columns
    }
}

/// The width in which an object with one small thing to show can still be read: its name, and a name or a word.
fn snug_width(world: &World, id: ObjectId) -> u16 {
    match Compact::read(world, id, 0) {
        Compact::Slots(..) => THING_LEAST,
        Compact::Cells { total, .. } if total > 1 => THING_LEAST,
        _ => world.object(id).map_or(0, |object| paint::width(&object.name) + 2).clamp(SNUG, THING_LEAST),
    }
}

/// The width of a lane that does not share what is left over.
fn own_width(ui: &Ui, lanes: &[ActorId], id: ActorId) -> Option<u16> {
    match () {
        () if ui.sight.narrow.contains(&id) => Some(NARROW),
        () if id == ActorId::HAND && lanes.len() > 1 => Some(HAND_WIDTH),
        () => None,
    }
}

fn digits(scene: &Scene) -> u16 {
    let greatest = scene.steps().1.to_string().len() as u16;
    greatest.max(DIGITS)
}

/// The lane that must be seen: the chosen one, or that of the one that acted last.
fn wanted_lane(scene: &Scene, ui: &Ui, lanes: &[ActorId]) -> usize {
    let at = |id: ActorId| lanes.iter().position(|other| *other == id);
    // A thread without a lane stands with its process.
    let or_process = |id: ActorId| at(id).or_else(|| at(scene.head.actor(id)?.process));
    let wanted = match ui.chosen {
        Some(Chosen::Actor(id)) => or_process(id),
        _ => None,
    };
    wanted.or_else(|| or_process(scene.rows.last()?.actor?)).unwrap_or(0)
}

/// The object that was touched last, if it has a column.
fn touched(scene: &Scene, things: &[ObjectId]) -> Option<usize> {
    let (id, _) = scene.rows.iter().rev().find_map(|row| row.things.first())?;
    things.iter().position(|other| other == id)
}

/// As many columns as fit, from the first that the user scrolled to, or around the wanted one.
fn window(widths: &[u16], wanted: usize, first: Option<usize>, room: u16) -> Range<usize> {
    let wide = |range: Range<usize>| widths[range].iter().copied().fold(0, u16::saturating_add);
    if widths.is_empty() || wide(0..widths.len()) <= room {
        return 0..widths.len();
    }
    let (mut start, mut end) = match first {
        Some(first) => {
            // Scrolling ends when the last one is seen.
            let last = (0..widths.len()).find(|first| wide(*first..widths.len()) <= room).unwrap_or(widths.len() - 1);
            (first.min(last), first.min(last) + 1)
        }
        None => (wanted.min(widths.len() - 1), wanted.min(widths.len() - 1) + 1),
    };
    let mut left = first.is_none();
    loop {
        let can_left = first.is_none() && start > 0 && wide(start - 1..end) <= room;
        let can_right = end < widths.len() && wide(start..end + 1) <= room;
        match (can_left, can_right) {
            (false, false) => return start..end,
            (true, can_right) if left || !can_right => start -= 1,
            _ => end += 1,
        }
        left = !left;
    }
}

/// The page of columns that one of them is on, so that neighbours do not make the picture move.
fn page(at: usize, fit: usize, count: usize) -> Range<usize> {
    let start = (at / fit * fit).min(count.saturating_sub(fit));
    start..(start + fit).min(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_holds_what_is_wanted_and_is_as_wide_as_it_can_be() {
        let widths = [12, 6, 12, 13, 6, 6, 12, 12];
        for room in 0..90u16 {
            for wanted in 0..widths.len() {
                let shown = window(&widths, wanted, None, room);
                let wide = |range: Range<usize>| widths[range].iter().sum::<u16>();
                assert!(shown.contains(&wanted), "{room} {wanted}");
                assert!(shown.len() == 1 || wide(shown.clone()) <= room);
                assert!(shown.start == 0 || wide(shown.start - 1..shown.end) > room);
                assert!(shown.end == widths.len() || wide(shown.start..shown.end + 1) > room);
            }
        }
    }

    #[test]
    fn scrolling_reaches_both_ends_and_no_further() {
        let widths = [12; 10];
        assert_eq!(window(&widths, 0, Some(0), 40), 0..3);
        assert_eq!(window(&widths, 0, Some(5), 40), 5..8);
        assert_eq!(window(&widths, 0, Some(99), 40), 7..10);
        assert_eq!(window(&widths, 0, Some(3), 200), 0..10);
    }

    #[test]
    fn a_page_holds_its_column() {
        for count in 1..20 {
            for fit in 1..8 {
                for at in 0..count {
                    let shown = page(at, fit, count);
                    assert!(shown.contains(&at) && shown.len() == fit.min(count), "{at} {fit} {count}");
                }
            }
        }
    }
}
