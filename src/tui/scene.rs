//! What one frame shows, read out of a timeline in one go, so that drawing holds nothing up.
//!
//! Invariant: everything in a scene is of one point of the trace, the shown one; only `head`, which
//! gives columns their fixed places, may know more. The work is bounded by the window's height.

use crate::text::Chain;
use crate::text::chosen::Stands;
use crate::trace::{Body, Event, Phase};
use crate::world::remedy::{Remedy, remedies};
use crate::world::{Landmark, PrintedLine, Timeline, World};

use super::asking::Asking;
use super::narrate;
use super::row::Row;
use super::source::{InsideFact, SourceKind, Status};
use super::state::{At, Chosen, Ui};

/// What one frame shows of a run.
pub struct Scene {
    pub status: Status,
    /// How many events the trace has up to the shown point.
    pub point: u64,
    /// The world at the shown point.
    pub world: World,
    /// The world before the last shown row.
    pub before: World,
    /// The newest world.
    pub head: World,
    /// The last rows up to the shown point.
    pub rows: Vec<Row>,
    /// Rows that the run had so far, and how many of them lie before the shown point's end.
    pub rows_total: usize,
    pub rows_shown: usize,
    /// How many of them are not kept any more.
    pub rows_before: usize,
    first_step: u64,
    /// What happened before the first row is not kept any more.
    pub begins_late: bool,
    /// What stands out of the run.
    pub landmarks: Vec<Landmark>,
    /// The event of the last shown row.
    pub event: Option<Event>,
    /// What is asked and answered at the shown point.
    pub asking: Asking,
    /// Why the last shown row came about, or what is proved of a run that is stuck.
    pub why: Vec<String>,
    /// Who waits for whom: the one who acted and the chosen one, or everybody in a run that is stuck.
    pub chains: Vec<Chain>,
    /// How it stands with what is chosen, where that is no chain.
    pub chosen: Option<String>,
    /// What could be done now for a run that is stuck.
    pub remedies: Vec<Remedy>,
    /// The kernel's view of what is chosen, while the user looks at it: whose, and the facts.
    pub inside: Option<(String, Vec<InsideFact>)>,
    /// The last printed lines up to the shown point, and how many there are before them.
    pub printed: Vec<PrintedLine>,
    pub printed_before: usize,
}

impl Scene {
    /// Reads what a frame of so many rows needs.
    pub fn read(timeline: &Timeline, status: Status, ui: &Ui, window: usize) -> Scene {
        let rows_shown = match ui.at {
            At::Now => timeline.rows_total(),
            At::Past(shown) => shown.clamp(timeline.rows_before(), timeline.rows_total()),
        };
        let point = match ui.at {
            At::Now => timeline.len(),
            At::Past(_) => point_of(timeline, rows_shown),
        };
        let first = rows_shown.saturating_sub(window.max(1)).max(timeline.rows_before());
        let head = timeline.head().clone();
        let mut rows = Vec::with_capacity(rows_shown - first);
        let mut before = World::new();
        let mut event = None;
        let world = if first < rows_shown {
            let mut at = timeline.row(first + 1).unwrap_or(point);
            let mut world = timeline.world_at(at);
            while at < point {
                let Some(next) = timeline.event(at) else { break };
                if crate::world::timeline::is_row(&next) {
                    before = world.clone();
                    world.apply(&next);
                    let ordinal = first + rows.len() + 1;
                    rows.push(Row { ordinal, ..Row::read(at, &before, &world, &next, ui.lang) });
                    event = Some(next);
                } else if let (Some(row), Body::Also { .. }, Some(Body::Died(_))) =
                    (rows.last_mut(), &next.body, event.as_ref().map(|event: &Event| &event.body))
                {
                    // A death's consequences come in several events; they are one row.
                    let earlier = world.clone();
                    world.apply(&next);
                    row.more_changes(&earlier, &world, &next);
                } else {
                    world.apply(&next);
                }
                at += 1;
            }
            world
        } else {
            timeline.world_at(point)
        };
        let Reasons { said: why, chains, chosen, remedies } = reasons(&before, &world, event.as_ref(), &status, ui);
        let lines = timeline.lines();
        let upto = lines.partition_point(|line| line.event < point);
        let printed_before = upto.saturating_sub(window.max(1));
        Scene {
            printed: lines[printed_before..upto].to_vec(),
            printed_before,
            status,
            point,
            world,
            before,
            head,
            rows,
            rows_total: timeline.rows_total(),
            rows_shown,
            rows_before: timeline.rows_before(),
            landmarks: timeline.landmarks().to_vec(),
            first_step: first_step(timeline),
            begins_late: timeline.first() > 0,
            event,
            inside: None,
            asking: Asking::read(timeline, point),
            why,
            chains,
            chosen,
            remedies,
        }
    }

    /// Whether an earlier point than the newest is shown.
    pub fn past(&self, ui: &Ui) -> bool {
        matches!(ui.at, At::Past(_))
    }

    /// The number of the shown step, and of the newest: grants, or rows where the kernel schedules.
    pub fn steps(&self) -> (u64, u64) {
        match self.head.step {
            0 => (self.rows_shown as u64, self.rows_total as u64),
            newest => (self.world.step, newest),
        }
    }

    /// The number of the first step that can be shown.
    pub fn first_step(&self) -> u64 {
        self.first_step
    }

    /// Nothing has happened yet, so there is time to read the lesson.
    pub fn at_start(&self) -> bool {
        self.rows_shown == 0 && self.world.step == 0
    }
}

/// The number of the first step that history reaches: 0 where that is the beginning.
fn first_step(timeline: &Timeline) -> u64 {
    match timeline.first() {
        0 => 0,
        _ if timeline.head().step == 0 => timeline.rows_before() as u64,
        first => timeline.world_at(first).step,
    }
}

/// The number of events that belong to the first `rows` rows: each row's event with what was
/// announced and found at rest after it.
fn point_of(timeline: &Timeline, rows: usize) -> u64 {
    let mut at = timeline.row(rows).map_or(timeline.first(), |last| last + 1);
    while let Some(event) = timeline.event(at) {
        match event.body {
            Body::Announced(_) | Body::Rest(_) | Body::Also { .. } | Body::Mode(_) => at += 1,
            // A birth before the first step belongs to the beginning; later ones to the step that asks for them.
            Body::Born(_) if rows == 0 => at += 1,
            _ => break,
        }
    }
    at
}

/// What is told beside the picture.
#[derive(Default)]
struct Reasons {
    said: Vec<String>,
    chains: Vec<Chain>,
    chosen: Option<String>,
    remedies: Vec<Remedy>,
}

fn reasons(before: &World, world: &World, event: Option<&Event>, status: &Status, ui: &Ui) -> Reasons {
    let mut out = Reasons::default();
    let (now, lang) = (ui.at == At::Now, ui.lang);
    if world.stuck() || (now && status.phase == Phase::Stuck) {
        let still = narrate::standstill(world, lang);
        (out.said, out.chains) = (still.said, still.chains);
        if now && status.kind == SourceKind::Live {
            out.remedies = remedies(world);
        }
    } else if let Some(event) = event {
        // Where there is room for little, this is what one must know.
        out.said.extend(narrate::held_up(world, lang));
        out.said.extend(narrate::busy(world, lang));
        out.said.push(narrate::sentence(before, world, event, lang));
        if now && status.phase == Phase::Ended {
            out.said.extend(narrate::proved(world, lang).into_iter().filter(|said| narrate::busy(world, lang).as_ref() != Some(said)));
        }
        // Who waits now, waits for somebody: the chain says whether that one can go on.
        let acted = world.actor(event.actor).filter(|actor| actor.process == actor.id);
        let of = match ui.chosen {
            Some(Chosen::Actor(id)) => Some(id),
            _ => acted.map(|actor| actor.id),
        };
        out.chains.extend(of.and_then(|id| narrate::chain(world, id, lang)));
    }
    match ui.chosen.and_then(|chosen| narrate::chosen(world, chosen, lang)) {
        Some(Stands::Said(said)) => out.chosen = Some(said),
        // In a run that is stuck everybody's chain is there already.
        Some(Stands::Waits(_)) | None => {}
    }
    out
}
