//! The row below the last step: how everybody stands now, by glyph and word, and who can go.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::kind::{self, Lang};
use crate::text::name::seconds;
use crate::trace::{ActorId, Grant, Nanos, On, Phase};
use crate::tui::labels;
use crate::tui::narrate;
use crate::tui::paint;
use crate::tui::row::Mark;
use crate::tui::scene::Scene;
use crate::tui::state::{At, Ui};
use crate::tui::theme::Role;
use crate::tui::view::columns::{Column, Columns};
use crate::tui::view::spacetime::{gutter, mark_role, reach};
use crate::world::Activity;

/// A thread that can go and has no lane of its own.
struct Folded {
    process: ActorId,
    /// The left edge of its object's column, if that has one.
    column: Option<u16>,
    name: String,
}

/// Draws the row at line `y` of the area, in columns that are already placed.
pub fn draw(buf: &mut Buffer, area: Rect, y: u16, columns: &Columns, scene: &Scene, ui: &Ui) {
    let world = &scene.world;
    // Whoever was cut off by the end of a run could have gone, and will not.
    let rest = world.rest.as_ref().filter(|_| !is_over(scene, ui));
    let candidates = rest.map_or(&[][..], |rest| &rest.candidates);
    // Where nobody can go but somebody sleeps, time itself takes the next step.
    let can_go = !candidates.is_empty() || rest.is_some_and(|rest| rest.next_deadline.is_some() && !rest.stuck);
    let next = can_go.then(|| format!("{:>width$}", scene.steps().0 + 1, width = columns.digits as usize));
    gutter(buf, area, y, (if can_go { "►" } else { " " }, Role::Next), next, ui);

    let mut folded = Vec::new();
    let mut outside = 0;
    for candidate in candidates.iter().filter(|candidate| columns.lane(candidate.actor).is_none()) {
        let Some(actor) = world.actor(candidate.actor).filter(|actor| actor.id != ActorId::HAND) else { continue };
        let object = actor.object.filter(|_| actor.process != actor.id).and_then(|object| world.outermost(object));
        let column = object.and_then(|object| columns.thing(object)).map(|thing| thing.x);
        if column.is_none() && (actor.process == actor.id || columns.lane(actor.process).is_none()) {
            outside += 1;
        } else {
            folded.push(Folded { process: actor.process, column, name: narrate::short(world, actor.id, ui.lang) });
        }
    }
    // Whoever can go and is not in the picture is told of at its edge.
    let more = if outside > 0 { labels::more_can_go(outside, ui.lang) } else { String::new() };
    let inner = Rect { width: area.width.saturating_sub(paint::width(&more)), ..area };
    for lane in &columns.lanes.shown {
        let Some((text, role)) =
            standing(scene, ui, lane, candidates.iter().find(|candidate| candidate.actor == lane.id).map(|one| one.grant))
        else {
            continue;
        };
        let in_columns = folded.iter().any(|thread| thread.column.is_some());
        let room = if in_columns { lane.width.saturating_sub(1) } else { reach(*lane, columns) };
        let room = room.min(inner.right().saturating_sub(lane.x));
        // Where the object has no column, its thread stands with its process.
        let with = folded.iter().find(|thread| thread.column.is_none() && thread.process == lane.id && !lane.narrow);
        let (text, role) = match with {
            None => (text, role),
            Some(thread) if text.starts_with('►') => {
                let thread = format!(" ► {}", thread.name);
                (paint::clip(&text, room.saturating_sub(paint::width(&thread)).max(2)) + thread.as_str(), role)
            }
            Some(thread) => (format!("► {}", thread.name), Role::Next),
        };
        paint::put(buf, inner, lane.x, y, &paint::clip_middle(&text, room), ui.theme.style(role));
    }
    for thing in &columns.things.shown {
        let here: Vec<&Folded> = folded.iter().filter(|thread| thread.column == Some(thing.x)).collect();
        let Some(first) = here.first() else { continue };
        let count = if here.len() > 1 { format!(" ×{}", here.len()) } else { String::new() };
        let room = thing.width.saturating_sub(2 + paint::width(&count));
        let text = paint::clip(&format!("► {}", first.name), room) + count.as_str();
        paint::put(buf, inner, thing.x, y, &text, ui.theme.style(Role::Next));
    }
    paint::put(buf, area, inner.right(), y, &more, ui.theme.style(Role::Next));
}

/// Whether nothing comes after what is shown.
fn is_over(scene: &Scene, ui: &Ui) -> bool {
    ui.at == At::Now && scene.status.phase == Phase::Ended
}

/// How a lane stands: its glyph with what it does or a word; the glyph alone in a narrowed lane.
fn standing(scene: &Scene, ui: &Ui, lane: &Column<ActorId>, grant: Option<Grant>) -> Option<(String, Role)> {
    let world = &scene.world;
    let actor = world.actor(lane.id).filter(|actor| actor.id != ActorId::HAND)?;
    let mark = Mark::of(actor, world.rest.is_some());
    let what = match (grant, mark) {
        (Some(Grant::Expire), _) => labels::TIME_IS_UP.get(ui.lang).to_owned(),
        (Some(Grant::Proceed), _) => {
            let what = narrate::announced(world, lane.id, ui.lang);
            if what.is_empty() { doing(scene, lane.id) } else { what }
        }
        (None, Mark::Waiting) => match &actor.activity {
            // Until when it waits at most, where that fits beside what it waits in.
            Activity::Waiting(wait) => {
                let doing = doing(scene, lane.id);
                let limit = wait.deadline.map(|deadline| format!("{doing} {} {}", labels::UNTIL.get(ui.lang), seconds(deadline)));
                limit.filter(|limit| paint::width(limit) + 3 <= lane.width).unwrap_or_else(|| match wait.deadline {
                    Some(deadline) if paint::width(&doing) + 9 <= lane.width => format!("{doing} ≤{}", seconds(deadline)),
                    Some(deadline) => format!("≤{} s", seconds(deadline)),
                    None => doing,
                })
            }
            _ => doing(scene, lane.id),
        },
        (None, Mark::Asleep) => match &actor.activity {
            Activity::Waiting(wait) => wait.deadline.map_or_else(String::new, |deadline| until(deadline, lane, ui)),
            _ => String::new(),
        },
        // It is not ready for anything any more: what is left to tell is where it was.
        (None, Mark::Ready | Mark::Running) if is_over(scene, ui) && actor.line > 0 => labels::at_line(actor.line, ui.lang),
        (None, mark) => mark.word().get(ui.lang).to_owned(),
    };
    let (glyph, role) = if grant.is_some() { ("►", Role::Next) } else { (mark.glyph(), mark_role(mark)) };
    Some((if lane.narrow || what.is_empty() { glyph.to_owned() } else { format!("{glyph} {what}") }, role))
}

/// Until when somebody sleeps; in a tight lane the time alone.
fn until(deadline: Nanos, lane: &Column<ActorId>, ui: &Ui) -> String {
    let time = seconds(deadline);
    let long = format!("{} {time}", labels::UNTIL.get(ui.lang));
    if paint::width(&long) + 3 <= lane.width { long } else { format!("{time} s") }
}

/// The operation that an actor is in, in a word or two.
fn doing(scene: &Scene, id: ActorId) -> String {
    let Some((op, on)) = scene.world.actor(id).and_then(|actor| actor.doing) else { return String::new() };
    let name = kind::op(op).map_or("", |op| op.name);
    match on {
        On::Actor(other) => format!("{name} {}", narrate::actor(&scene.world, other, Lang::En)),
        on => match on.object() {
            Some(object) => format!("{name} {}", narrate::object(&scene.world, object)),
            None => name.to_owned(),
        },
    }
}
