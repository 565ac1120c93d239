//! Where the lanes and the objects' columns of the space-time picture stand.
//!
//! Places follow from the newest world, not from the shown one, so that nothing moves while the user
//! walks through the past. Between the processes stand as many objects as fit; processes that do not
//! fit are reached by choosing them, and their number is shown.

use crate::trace::{ActorId, ObjectId};
use crate::tui::row;
use crate::tui::scene::Scene;
use crate::tui::state::{Chosen, Ui};
use crate::tui::thing::Compact;
use crate::world::World;

/// Digits of a step's number at least.
const DIGITS: u16 = 3;
const LANE_LEAST: u16 = 12;
/// A lane is not narrowed below this for the sake of an object's column.
const LANE_GOOD: u16 = 15;
/// The hand says little.
const HAND_WIDTH: u16 = 13;
const LANE_MOST: u16 = 34;
const THING_LEAST: u16 = 14;
const THING_MOST: u16 = 21;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column<T> {
    pub id: T,
    pub x: u16,
    pub width: u16,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    pub lanes: Vec<Column<ActorId>>,
    pub things: Vec<Column<ObjectId>>,
    /// Lanes that did not fit, on either side.
    pub before: usize,
    pub after: usize,
    /// How many digits the greatest step has.
    pub digits: u16,
}

impl Columns {
    pub fn lane(&self, id: ActorId) -> Option<Column<ActorId>> {
        self.lanes.iter().copied().find(|lane| lane.id == id)
    }

    pub fn thing(&self, id: ObjectId) -> Option<Column<ObjectId>> {
        self.things.iter().copied().find(|thing| thing.id == id)
    }

    /// Places everything in a width that starts at `x`.
    pub fn place(scene: &Scene, ui: &Ui, x: u16, width: u16) -> Columns {
        let all = lanes(&scene.head);
        let digits = digits(scene);
        let gutter = digits + 3;
        let mut room = width.saturating_sub(gutter);
        let mut fit = ((room / LANE_LEAST).max(1) as usize).min(all.len());
        if fit < all.len() {
            // The number of those to the right stands at the edge.
            room = room.saturating_sub(4);
            fit = (room / LANE_LEAST).max(1) as usize;
        }
        let first = if fit < all.len() { window(scene, ui, &all, fit) } else { 0 };
        let shown = &all[first..(first + fit).min(all.len())];
        let hand = if shown.contains(&ActorId::HAND) && shown.len() > 1 { HAND_WIDTH } else { 0 };
        let count = shown.len() as u16 - u16::from(hand > 0);
        let room = room.saturating_sub(hand);
        let spare = room.saturating_sub(count * LANE_GOOD);
        let things = things(&scene.head, ui, (spare / THING_LEAST) as usize);
        let thing_count = things.len() as u16;
        let most = things.iter().map(|id| match Compact::read(&scene.head, *id, 0) {
            Compact::Slots(..) => THING_MOST,
            Compact::Cells { .. } => THING_LEAST + 2,
            _ => THING_LEAST,
        });
        let most = most.max().unwrap_or(THING_LEAST);
        let thing_width = spare.checked_div(thing_count).map_or(0, |share| share.clamp(THING_LEAST, most));
        let lane_width = room.saturating_sub(thing_count * thing_width).checked_div(count).unwrap_or(0).min(LANE_MOST);
        let mut columns = Columns { before: first, after: all.len() - first - shown.len(), digits, ..Columns::default() };
        // Objects stand before the last process: what they carry goes from one side to the other.
        let processes = shown.iter().filter(|id| **id != ActorId::HAND).count();
        let things_at = if processes >= 2 { processes - 1 } else { processes };
        let mut x = x + gutter;
        for at in 0..=shown.len() {
            if at == things_at {
                for id in &things {
                    columns.things.push(Column { id: *id, x, width: thing_width });
                    x += thing_width;
                }
            }
            if let Some(id) = shown.get(at) {
                let width = if hand > 0 && *id == ActorId::HAND { hand } else { lane_width };
                columns.lanes.push(Column { id: *id, x, width });
                x += width;
            }
        }
        columns
    }
}

fn digits(scene: &Scene) -> u16 {
    let greatest = scene.steps().1.to_string().len() as u16;
    greatest.max(DIGITS)
}

/// All lanes in order: processes, then the hand's if it ever did something.
fn lanes(head: &World) -> Vec<ActorId> {
    let processes = head.processes().filter(|actor| actor.id != ActorId::HAND).map(|actor| actor.id);
    let hand = head.actor(ActorId::HAND).filter(|hand| hand.doing.is_some()).map(|hand| hand.id);
    processes.chain(hand).collect()
}

/// The first of `fit` lanes such that the chosen one, or the one that acted last, is among them.
fn window(scene: &Scene, ui: &Ui, all: &[ActorId], fit: usize) -> usize {
    let wanted = match ui.chosen {
        Some(Chosen::Actor(id)) => Some(id),
        _ => scene.rows.last().and_then(|row| row.actor).and_then(|id| scene.head.actor(id)).map(|actor| actor.process),
    };
    let at = wanted.and_then(|id| all.iter().position(|other| *other == id)).unwrap_or(0);
    at.saturating_sub(fit / 2).min(all.len() - fit)
}

/// The objects with a picture to show, the chosen one surely among them.
fn things(head: &World, ui: &Ui, room: usize) -> Vec<ObjectId> {
    let mut all: Vec<ObjectId> = head
        .all_objects()
        .filter(|object| object.owner.is_none() && Compact::read(head, object.id, u64::MAX) != Compact::Nothing)
        .map(|object| object.id)
        .collect();
    if let Some(Chosen::Object(id)) = ui.chosen {
        let id = row::outermost(head, id).unwrap_or(id);
        if let Some(at) = all.iter().position(|other| *other == id).filter(|at| *at >= room && room > 0) {
            all.swap(at, room - 1);
        }
    }
    all.truncate(room);
    all.sort_unstable();
    all
}
