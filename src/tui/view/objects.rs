//! The objects as things: each with its parts, the objects that belong to it under it, and `•` before
//! every part that the last step changed.
//!
//! Where lines are short the chosen object, or the one that was touched last, gets them first; the
//! others keep one line each, and those that get none are counted.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::kind;
use crate::trace::{ObjectId, Pages, PartRef};
use crate::tui::labels;
use crate::tui::narrate;
use crate::tui::paint;
use crate::tui::scene::Scene;
use crate::tui::state::{Chosen, Ui};
use crate::tui::theme::Role;
use crate::tui::view::boxes;
use crate::tui::view::changed::{self, Before};
use crate::tui::view::part::{self, Spans};
use crate::tui::view::titled;
use crate::world::{Activity, Object, PartState, waits};

/// How much room an object gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Boxes of three lines under headings.
    Boxes,
    /// Contents in a line under headings.
    Lines,
    /// All in one flow.
    Flow,
}

/// A part ready to be placed.
struct Block {
    heading: String,
    content: Spans,
    /// What the last step changed about it, or who did last.
    note: String,
    changed: bool,
    /// Drawn as boxes where there is room, perhaps with indices. Waiters are not: a panel that grew and
    /// shrank with them would be restless.
    boxes: Option<boxes::Edge>,
    /// The next block is where its messages go.
    flows: bool,
    /// Empty or free, and not by the last step.
    quiet: bool,
    /// It is a lock.
    lock: bool,
}

/// How many lines the panel would like to have on a screen. What a third of the screen cannot hold is
/// not counted further, so that many objects cost no more than some.
pub fn wanted(scene: &Scene, ui: &Ui, screen: Rect) -> u16 {
    let width = if screen.width >= 110 { screen.width * 64 / 100 } else { screen.width };
    let most = usize::from(screen.height / 3).max(12);
    let mut wanted = 0;
    for object in outer(scene, ui) {
        wanted += lines(scene, ui, object, width.saturating_sub(2), Form::Boxes).len();
        if wanted > most {
            break;
        }
    }
    wanted.min(u16::MAX as usize) as u16
}

/// Draws the objects that the filter lets through; the title counts the others. In less than two lines it draws
/// nothing.
pub fn draw(buf: &mut Buffer, area: Rect, scene: &Scene, ui: &Ui) {
    if area.height < 2 {
        return;
    }
    let hidden =
        scene.world.all_objects().filter(|object| object.owner.is_none() && !ui.sight.shows_object(&scene.world, object.id)).count();
    let title = match hidden {
        0 => labels::OBJECTS.get(ui.lang).to_owned(),
        hidden => format!("{} ({hidden} {})", labels::OBJECTS.get(ui.lang), labels::HIDDEN.get(ui.lang)),
    };
    let inner = titled(buf, area, &title, ui);
    let width = inner.width.saturating_sub(2);
    let height = inner.height as usize;
    let objects: Vec<&Object> = outer(scene, ui).collect();
    if objects.is_empty() && hidden > 0 {
        return;
    }
    if objects.is_empty() {
        paint::put(buf, inner, inner.x + 1, inner.y, labels::NOT_MADE.get(ui.lang), ui.theme.style(Role::Faint));
        return;
    }
    let out = laid(scene, ui, width, height);
    for (at, (_, line)) in out.iter().take(height).enumerate() {
        let mut x = inner.x + 1;
        for (text, role) in line {
            x = paint::put(buf, inner, x, inner.y + at as u16, text, ui.theme.style(*role));
        }
    }
}

/// Lines with the object that each belongs to; none for the number of those that got no line.
type Laid = Vec<(Option<ObjectId>, Spans)>;

/// The object whose line lies at a row of the screen.
pub fn object_at(area: Rect, scene: &Scene, ui: &Ui, y: u16) -> Option<ObjectId> {
    let line = usize::from(y.checked_sub(area.y + 1)?);
    laid(scene, ui, area.width.saturating_sub(2), usize::from(area.height.saturating_sub(1))).get(line)?.0
}

/// The panel's lines.
fn laid(scene: &Scene, ui: &Ui, width: u16, height: usize) -> Laid {
    let objects: Vec<&Object> = outer(scene, ui).collect();
    if objects.is_empty() {
        return Vec::new();
    }
    // All of them in a form, if they fit.
    let fitting = |form: Form| {
        let mut all = Vec::new();
        for object in &objects {
            all.extend(lines(scene, ui, object, width, form).into_iter().map(|line| (Some(object.id), line)));
            if all.len() > height {
                return None;
            }
        }
        Some(all)
    };
    let mut out: Laid = Vec::new();
    if let Some(all) = fitting(Form::Boxes).or_else(|| fitting(Form::Lines)) {
        out = all;
    } else {
        let flat: Vec<Vec<Spans>> = objects.iter().map(|object| lines(scene, ui, object, width, Form::Flow)).collect();
        let focus = focus(scene, ui).and_then(|id| objects.iter().position(|object| object.id == id)).unwrap_or(0);
        // A third of the lines for the one in focus, one for everybody else as far as there are lines, and
        // the rest for whoever wants it.
        let least = flat[focus].len().min((height / 3).max(1));
        let others = (objects.len() - 1).min(height.saturating_sub(least));
        let own = flat[focus].len().min(height - others);
        let mut spare = height - others - own;
        // Where nobody can go on, what they wait for is seen before what nobody needs.
        let awaited = awaited(scene);
        let mut seen: Vec<usize> = (0..objects.len()).filter(|at| *at != focus).collect();
        seen.sort_by_key(|at| !awaited.contains(&objects[*at].id));
        seen.truncate(others);
        let mut hidden = 0;
        for (at, lines) in flat.into_iter().enumerate() {
            let room = if at == focus {
                own
            } else if seen.contains(&at) {
                let more = (lines.len() - 1).min(spare);
                spare -= more;
                1 + more
            } else {
                hidden += 1;
                0
            };
            shorten(&mut out, objects[at].id, lines, room, width);
        }
        if hidden > 0 {
            let more = format!("  {}", labels::more_things(hidden, ui.lang));
            if out.len() < height {
                out.push((None, vec![(more, Role::Faint)]));
            } else if let Some((_, last)) = out.last_mut() {
                cut(last, width.saturating_sub(paint::width(&more)));
                last.push((more, Role::Faint));
            }
        }
    }
    out
}

/// Takes the first lines of an object; if there are more, the last one says so.
fn shorten(out: &mut Laid, id: ObjectId, lines: Vec<Spans>, room: usize, width: u16) {
    let cut_off = lines.len() > room;
    out.extend(lines.into_iter().take(room).map(|line| (Some(id), line)));
    if let (true, true, Some((_, last))) = (cut_off, room > 0, out.last_mut()) {
        cut(last, width.saturating_sub(2));
        if last.last().is_some_and(|(text, _)| text.ends_with('…')) {
            return;
        }
        last.push((" …".to_owned(), Role::Faint));
    }
}

/// Shortens spans to so many cells.
fn cut(spans: &mut Spans, room: u16) {
    let mut used = 0;
    for at in 0..spans.len() {
        let wide = paint::width(&spans[at].0);
        if used == room {
            spans.truncate(at);
            return;
        }
        if used + wide > room {
            spans[at].0 = paint::clip(&spans[at].0, room - used);
            spans.truncate(at + 1);
            return;
        }
        used += wide;
    }
}

/// Objects that belong to none and that the filter lets through, in order of id.
fn outer<'a>(scene: &'a Scene, ui: &Ui) -> impl Iterator<Item = &'a Object> {
    ui.sight.objects(&scene.world).filter_map(|id| scene.world.object(id))
}

/// What processes wait for in a run in which nobody can go on.
fn awaited(scene: &Scene) -> BTreeSet<ObjectId> {
    let world = &scene.world;
    if !world.stuck() {
        return BTreeSet::new();
    }
    let waits = world.processes().filter_map(|actor| match &actor.activity {
        Activity::Waiting(wait) => Some(&wait.until),
        _ => None,
    });
    waits.flatten().filter_map(|until| world.outermost(until.part()?.object)).collect()
}

/// The object that matters now: the chosen one, or the one that was touched last.
fn focus(scene: &Scene, ui: &Ui) -> Option<ObjectId> {
    if let Some(Chosen::Object(id)) = ui.chosen {
        return Some(id);
    }
    scene.rows.iter().rev().find_map(|row| row.things.first().map(|(id, _)| *id))
}

/// An object's lines: under a heading with blocks of two lines each, or all in one flow.
fn lines(scene: &Scene, ui: &Ui, object: &Object, width: u16, form: Form) -> Vec<Spans> {
    let kind_name = kind::kind(object.kind).map_or("?", |kind| kind.name);
    let chosen = ui.chosen == Some(Chosen::Object(object.id));
    let mut heading = vec![
        if chosen { ("▸".to_owned(), Role::Chosen) } else { (" ".to_owned(), Role::Text) },
        (object.name.clone(), if chosen { Role::Chosen } else { Role::Done }),
        (format!(" {kind_name}"), Role::Text),
    ];
    if object.broken {
        heading.push((format!("  {}", labels::BROKEN.get(ui.lang)), Role::Bad));
    }
    // In a flow what comes first stands beside the name, so that an object's only line says something.
    let beside = if form == Form::Flow { part::width(&heading) } else { 0 };
    let all = blocks(scene, ui, object, width.saturating_sub(beside));
    let (quiet, loud): (Vec<Block>, Vec<Block>) = all.into_iter().partition(|block| block.quiet);
    if form != Form::Flow {
        if let Some(kind) = kind::kind(object.kind) {
            heading.push((format!("  {}", kind.about.get(ui.lang)), Role::Faint));
        }
        cut(&mut heading, width);
        let mut out = vec![heading];
        out.extend(side_by_side(&loud, width, form));
        if !quiet.is_empty() {
            out.extend(flow(vec![(" ".to_owned(), Role::Text)], &quiet, width));
        }
        return out;
    }
    let mut out = flow(heading, &loud, width);
    if !quiet.is_empty()
        && let Some(last) = out.last_mut()
    {
        // Of what is at ease, free locks are worth their names where there is room for them.
        let free: Vec<&str> = quiet.iter().filter(|block| block.lock).map(|block| block.heading.as_str()).collect();
        let free = format!("   {}", labels::free(&free, ui.lang));
        if quiet.iter().any(|block| block.lock) && part::width(last) + paint::width(&free) <= width {
            last.push((free, Role::Faint));
        }
    }
    out
}

/// Blocks one after the other, on as many lines as they need.
fn flow(start: Spans, blocks: &[Block], width: u16) -> Vec<Spans> {
    let mut out = Vec::new();
    let indent = 3;
    let mut line = start;
    for block in blocks {
        let fits = |line: &Spans, spans: &Spans| part::width(line) + 2 + part::width(spans) <= width;
        let mut spans = one_line(block, true);
        // Beside a name stands the content at least: what is said about it may go to the next line.
        let parted = out.is_empty() && !block.flows && !fits(&line, &spans) && fits(&line, &one_line(block, false));
        if parted {
            spans = one_line(block, false);
        }
        if !fits(&line, &spans) && part::width(&line) > indent {
            out.push(std::mem::replace(&mut line, vec![(" ".to_owned(), Role::Text)]));
        }
        line.push(("  ".to_owned(), Role::Text));
        line.extend(spans);
        if parted {
            out.push(std::mem::replace(&mut line, vec![("  ".to_owned(), Role::Text)]));
            line.push(note(block));
        }
    }
    out.push(line);
    out
}

/// A block in one line, with what is said about it or without.
fn one_line(block: &Block, noted: bool) -> Spans {
    let mut spans = vec![(mark(block).to_owned(), Role::Changed), (format!("{} ", block.heading), Role::Faint)];
    spans.extend(block.content.iter().cloned());
    if noted && !block.note.is_empty() {
        spans.push(note(block));
    }
    if block.flows {
        spans.push((" ──►".to_owned(), Role::Faint));
    }
    spans
}

/// What is said about a block, in brackets, since it may look like content.
fn note(block: &Block) -> (String, Role) {
    (format!(" ({})", block.note), if block.changed { Role::Changed } else { Role::Faint })
}

fn mark(block: &Block) -> &'static str {
    if block.changed { "•" } else { "" }
}

/// Blocks side by side: headings in one line, contents below them.
fn side_by_side(blocks: &[Block], width: u16, form: Form) -> Vec<Spans> {
    let mut out = Vec::new();
    let start = || vec![(" ".repeat(INDENT as usize), Role::Text)];
    let drawn: Vec<Vec<Spans>> = blocks.iter().map(|block| drawn(block, width, form)).collect();
    let mut from = 0;
    while from < blocks.len() {
        // As many as fit, one at least.
        let mut used = INDENT;
        let mut to = from;
        while to < blocks.len() && (to == from || used + wide(&blocks[to], &drawn[to]) <= width) {
            used += wide(&blocks[to], &drawn[to]) + GAP;
            to += 1;
        }
        let height = drawn[from..to].iter().map(Vec::len).max().unwrap_or(1);
        let mut heading = start();
        for (block, lines) in blocks[from..to].iter().zip(&drawn[from..to]) {
            let role = if block.changed { Role::Changed } else { Role::Faint };
            heading.push((paint::pad(&titled_block(block), wide(block, lines) + GAP), role));
        }
        out.push(heading);
        for row in 0..height {
            let mut line = start();
            for (block, lines) in blocks[from..to].iter().zip(&drawn[from..to]) {
                // What has one line only stands in the middle of boxes beside it.
                let own = if lines.len() == 1 { (row == height / 2).then(|| &lines[0]) } else { lines.get(row) };
                let spans = own.cloned().unwrap_or_default();
                let fill = (wide(block, lines) + GAP).saturating_sub(part::width(&spans));
                line.extend(spans);
                line.push((" ".repeat(fill as usize), Role::Text));
            }
            out.push(line);
        }
        from = to;
    }
    out
}

/// Cells before the blocks of an object, and between two of them.
const INDENT: u16 = 3;
const GAP: u16 = 3;

/// The most cells of a note.
const NOTE: u16 = 40;

fn titled_block(block: &Block) -> String {
    let space = if block.note.is_empty() { "" } else { "  " };
    format!("{}{}{space}{}", mark(block), block.heading, block.note)
}

/// A block's content in lines, with the arrow to where its messages go.
fn drawn(block: &Block, width: u16, form: Form) -> Vec<Spans> {
    let arrow = || (" ────►".to_owned(), Role::Faint);
    let boxes = block
        .boxes
        .and_then(|edge| boxes::boxed(&block.content, edge))
        .filter(|lines| form == Form::Boxes && part::width(&lines[1]) + 12 <= width);
    let mut lines = match boxes {
        Some(lines) => lines.to_vec(),
        None => vec![block.content.clone()],
    };
    if block.flows {
        let middle = lines.len() / 2;
        lines[middle].push(arrow());
    }
    lines
}

fn wide(block: &Block, lines: &[Spans]) -> u16 {
    lines.iter().map(part::width).max().unwrap_or(0).max(paint::width(&titled_block(block)))
}

/// The parts of an object and of those that belong to it, buffers that flow into it first.
fn blocks(scene: &Scene, ui: &Ui, object: &Object, width: u16) -> Vec<Block> {
    let world = &scene.world;
    let has_slots = |object: &Object| object.parts.iter().any(|part| matches!(part, PartState::Slots { .. }));
    let (sources, rest): (Vec<&Object>, Vec<&Object>) =
        world.belonging_to(object.id).partition(|inner| has_slots(inner) && has_slots(object));
    let mut out = Vec::new();
    // What flows into the object stands right before it, whatever else a source has comes after.
    let (flowing, beside): (Vec<Block>, Vec<Block>) =
        sources.into_iter().flat_map(|inner| blocks_of(scene, ui, inner, Some(object), width)).partition(|block| block.flows);
    // Several sources stand side by side: the arrow after the last one is everybody's.
    let sources = flowing.len();
    out.extend(flowing.into_iter().enumerate().map(|(at, block)| Block { flows: at + 1 == sources, ..block }));
    out.extend(blocks_of(scene, ui, object, None, width));
    out.extend(beside);
    for inner in rest {
        out.extend(blocks_of(scene, ui, inner, Some(object), width));
    }
    out
}

fn blocks_of(scene: &Scene, ui: &Ui, object: &Object, owner: Option<&Object>, width: u16) -> Vec<Block> {
    let world = &scene.world;
    let Some(kind) = kind::kind(object.kind) else { return Vec::new() };
    let mut out = Vec::new();
    for (at, (state, def)) in object.parts.iter().zip(kind.parts).enumerate() {
        let place = PartRef::new(object.id, at as u8);
        let before = scene.before.part(place).filter(|before| *before != state);
        let changed = scene.rows_shown > 0 && (before.is_some() || scene.before.part(place).is_none());
        let role = def.role.get(ui.lang);
        let heading = match (object.home, owner) {
            (Some(home), _) => narrate::own(world, home, role, ui.lang),
            (None, Some(_)) => format!("{} {role}", kind.name),
            (None, None) => role.to_owned(),
        };
        let flows = owner.is_some() && object.home.is_some() && matches!(state, PartState::Slots { .. });
        let room = width.saturating_sub(paint::width(&heading) + 12).clamp(8, 60);
        // A part's first place in its object says that it is what the object is for.
        let idle = match state {
            PartState::Slots { .. } | PartState::Cells { .. } | PartState::Count { .. } => false,
            PartState::Flag { up } => object.home.is_some() && !up,
            PartState::Owner { owner: held, .. } => held.is_none() && at > 0,
            PartState::Waiters { waiters } => waiters.is_empty() && at > 0,
            // How many bytes there are matters only where no more find room.
            PartState::Bytes { pages, .. } => !pages.is_some_and(Pages::are_all_used),
            PartState::Ends { ends } => at > 0 && ends.iter().all(|end| !end.holders.is_empty() && !end.seen_closed),
        };
        // Bytes follow every message; marking them too would only be noise.
        let changed = changed && !matches!(state, PartState::Bytes { .. });
        let quiet = idle && !changed;
        let boxes = match state {
            PartState::Cells { cells } if cells.len() > 1 => Some(boxes::Edge::Indexed),
            PartState::Slots { .. } | PartState::Cells { .. } => Some(boxes::Edge::Plain),
            _ => None,
        };
        let before = before.filter(|_| scene.rows_shown > 0).map(|part| Before { world: &scene.before, part });
        let mut content = part::content(world, def, state, before, at == 0, room, ui.lang);
        let taken = narrate::taken(world, PartRef::new(object.id, at as u8), ui.lang);
        if !taken.is_empty() {
            let left = room.saturating_sub(part::width(&content) + 2);
            content.push((format!("  {}", paint::clip(&taken, left)), Role::Waiting));
        }
        let note = match rest(scene, object, owner, state, ui) {
            Some(rest) => rest,
            None => changed::note(world, state, before, ui.lang),
        };
        let note = paint::clip(&note, width.saturating_sub(INDENT).min(NOTE));
        let lock = matches!(state, PartState::Owner { .. });
        out.push(Block { heading, content, note, changed, boxes, flows, quiet, lock });
    }
    out
}

/// Where messages lie of which a part is in the pipe already: who has the rest, and how much that is. With a
/// queue it is told beside the buffer that the message came from, else beside the pipe.
fn rest(scene: &Scene, object: &Object, owner: Option<&Object>, state: &PartState, ui: &Ui) -> Option<String> {
    let PartState::Slots { messages } = state else { return None };
    let world = &scene.world;
    let (writer, bytes) = match (object.home, owner) {
        (Some(home), Some(owner)) => {
            let (_, bytes) = waits::rest_of_message(world, owner.id, home)?;
            (labels::FEEDER.get(ui.lang).to_owned(), bytes)
        }
        _ if world.belonging_to(object.id).any(|inner| inner.home.is_some()) => return None,
        _ => {
            let from = world.message(*messages.back()?)?.from;
            let process = world.actor(from).map_or(from, |actor| actor.process);
            let (message, bytes) = waits::rest_of_message(world, object.id, process)?;
            (messages.back() == Some(&message)).then(|| (narrate::actor(world, from, ui.lang), bytes))?
        }
    };
    Some(labels::has_the_rest(&writer, bytes, ui.lang))
}
