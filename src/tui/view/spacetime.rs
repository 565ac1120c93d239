//! The space-time picture: a lane per process, time running down, one step a row.
//!
//! A lane's text is what its process did; `│` it can go on, `┃` it runs, `:` it waits, `z` it sleeps,
//! `‖` it is stopped, `✝` it has ended. Arrows are what moved and who was woken. `•` is the step just
//! done; the row of `►` is not a step but what can come next. A folded thread acts in its object's
//! column, an unfolded one in its own lane.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::trace::{ActorId, ObjectId};
use crate::tui::labels;
use crate::tui::narrate;
use crate::tui::paint;
use crate::tui::row::{Flow, Mark, Row};
use crate::tui::scene::Scene;
use crate::tui::state::Ui;
use crate::tui::theme::Role;
use crate::tui::view::columns::{Column, Columns};
use crate::tui::view::{below, heading, runbar, standing};

/// Draws the heading, the rows up to the shown point, and below them how everybody stands.
pub fn draw(buf: &mut Buffer, area: Rect, scene: &Scene, ui: &Ui) {
    if area.is_empty() {
        return;
    }
    let columns = Columns::place(scene, ui, area.x, area.width);
    heading::draw(buf, area, &columns, scene, ui);
    let inner = below(area, 1);
    if inner.height == 0 {
        return;
    }
    let (shown, now_row) = shown(inner, scene);
    let picture = Picture { area: inner, columns: &columns, scene, ui };
    for (at, row) in shown.iter().enumerate() {
        let new_step = at == 0 || shown[at - 1].step != row.step || row.step == 0;
        let last = at + 1 == shown.len();
        draw_row(buf, inner.y + at as u16, row, new_step, last, &picture);
    }
    if now_row {
        standing::draw(buf, inner, inner.y + shown.len() as u16, &columns, scene, ui);
    }
}

/// As many cells tell who did what, in short.
const ASIDE: u16 = 16;
/// An arrow's head between two spaces.
const ARROW: u16 = 3;

/// The rows that fit, the newest last, and whether a line is left below them for what comes next.
fn shown(inner: Rect, scene: &Scene) -> (&[Row], bool) {
    let room = inner.height as usize;
    let now_row = room >= 2;
    let rows = room - usize::from(now_row);
    (&scene.rows[scene.rows.len().saturating_sub(rows)..], now_row)
}

/// The row that stands in a line of the picture, by its place among all rows.
pub fn rows_at(area: Rect, scene: &Scene, y: u16) -> Option<usize> {
    let inner = below(area, 1);
    let (shown, _) = shown(inner, scene);
    Some(shown.get(usize::from(y.checked_sub(inner.y)?))?.ordinal)
}

/// What stands before a row: a glyph, and the step's number.
pub fn gutter(buf: &mut Buffer, area: Rect, y: u16, (glyph, role): (&str, Role), step: Option<String>, ui: &Ui) {
    paint::put(buf, area, area.x, y, glyph, ui.theme.style(role));
    if let Some(step) = step {
        let role = if role == Role::Text { Role::Faint } else { role };
        paint::put(buf, area, area.x + 1, y, &step, ui.theme.style(role));
    }
}

/// What all rows of a picture share.
struct Picture<'a> {
    area: Rect,
    columns: &'a Columns,
    scene: &'a Scene,
    ui: &'a Ui,
}

fn draw_row(buf: &mut Buffer, y: u16, row: &Row, new_step: bool, last: bool, picture: &Picture<'_>) {
    let Picture { area, columns, scene, ui } = *picture;
    let number = if scene.head.step == 0 { row.ordinal as u64 } else { row.step };
    let step = (new_step && number > 0).then(|| format!("{number:>width$}", width = columns.digits as usize));
    let (glyph, role) = if last { ("•", Role::Done) } else { (" ", Role::Text) };
    gutter(buf, area, y, (glyph, role), step, ui);
    if ui.marks.contains(&row.ordinal) {
        paint::put(buf, area, area.x + 1 + columns.digits, y, runbar::MARK, ui.theme.style(Role::Key));
    }
    let text_role = match (row.bad, last) {
        (true, _) => Role::Bad,
        (false, true) => Role::Done,
        (false, false) => Role::Text,
    };
    let place = Placed::new(row, picture);
    // Lines lie under the lifelines that they cross.
    place.lines(buf, area, y, ui);
    for lane in &columns.lanes.shown {
        let mark = row.marks.iter().find(|(id, _)| *id == lane.id).map_or(Mark::Absent, |(_, mark)| *mark);
        if mark != Mark::Absent && lane.id != ActorId::HAND {
            let role = mark_role(mark);
            let role = if role == Role::Faint { Role::Line } else { role };
            paint::put(buf, area, lane.x, y, mark.glyph(), ui.theme.style(role));
        }
    }
    for (id, compact) in &row.things {
        if let Some(thing) = columns.thing(*id) {
            let text = compact.text(thing.width.saturating_sub(2), ui.lang);
            let x = paint::put(buf, area, thing.x, y, &text, ui.theme.style(if last { Role::Changed } else { Role::Value }));
            // Arrows that pass leave the picture alone.
            paint::put(buf, area, thing.x.saturating_sub(1), y, " ", ui.theme.style(Role::Text));
            paint::put(buf, area, x, y, " ", ui.theme.style(Role::Text));
            if place.lane.is_none() && row.worker {
                paint::put(buf, area, x, y, &by_thread(row, thing, x, picture), ui.theme.style(Role::Faint));
            }
        }
    }
    if let Some(lane) = place.lane {
        paint::put(buf, area, lane.x, y, &place.text, ui.theme.style(text_role));
    }
    for (lane, word) in &place.answers {
        let x = paint::put(buf, area, lane.x, y, word, ui.theme.style(Role::Next));
        paint::put(buf, area, lane.x.saturating_sub(1), y, " ", ui.theme.style(Role::Text));
        paint::put(buf, area, x, y, " ", ui.theme.style(Role::Text));
    }
    place.heads(buf, area, y, ui);
    if place.own.is_none() && row.passed.is_none() {
        place.aside(buf, area, y, row, text_role, picture);
    }
    if row.passed.is_some() {
        let text = format!("··· {} ···", row.text);
        let x = columns.lanes.shown.first().map_or(area.x + columns.digits + 3, |lane| lane.x + 2);
        paint::put(buf, area, x, y, &text, ui.theme.style(if last { Role::Done } else { Role::Asleep }));
    }
    if let (true, Some(paper)) = (last, ui.theme.loud()) {
        buf.set_style(Rect { y, height: 1, ..area }, Style::new().bg(paper));
    }
}

/// The colour of a state.
pub fn mark_role(mark: Mark) -> Role {
    match mark {
        Mark::Absent | Mark::Unborn | Mark::Ready | Mark::Dead => Role::Faint,
        Mark::Running => Role::Next,
        Mark::Waiting => Role::Waiting,
        Mark::Asleep => Role::Asleep,
        Mark::Stopped => Role::Bad,
    }
}

/// Which thread moved something inside an object's column, if there is room to say it.
fn by_thread(row: &Row, thing: Column<ObjectId>, end: u16, picture: &Picture<'_>) -> String {
    let Some(thread) = row.actor else { return String::new() };
    let by = format!(" {} ", labels::by(&narrate::short(&picture.scene.world, thread, picture.ui.lang), picture.ui.lang));
    if end + paint::width(&by) + 1 < thing.x + thing.width { by } else { String::new() }
}

/// A row with its places: the acting lane's text, the lanes that answer, the arrows between.
struct Placed {
    lane: Option<Column<ActorId>>,
    /// Where what acts begins and ends: the lane's text, or the picture in an object's column.
    own: Option<(u16, u16)>,
    text: String,
    /// Lanes that something happens to: woken, born, signalled.
    answers: Vec<(Column<ActorId>, String)>,
    /// Arrows between the acting lane and objects: the object's column, and whether it goes there.
    ties: Vec<(u16, u16, bool)>,
}

impl Placed {
    fn new(row: &Row, picture: &Picture<'_>) -> Placed {
        let Picture { columns, scene, ui, .. } = *picture;
        let own_lane = row.actor.and_then(|id| columns.lane(id));
        let folded = row.worker && own_lane.is_none();
        let column = row.things.iter().filter(|_| folded).find_map(|(id, compact)| columns.thing(*id).map(|thing| (thing, compact)));
        let process = || columns.lane(row.actor.and_then(|id| scene.head.actor(id))?.process);
        let lane = if column.is_some() { None } else { own_lane.or_else(process) };
        let text = match lane {
            // In a narrowed lane stands only that something was done.
            Some(lane) if lane.narrow => if row.text.starts_with('✝') { "✝" } else { "•" }.to_owned(),
            Some(lane) => {
                let edge = picture.area.right().saturating_sub(lane.x);
                paint::clip_middle(&row.text, room(row, lane, columns).min(edge))
            }
            None => String::new(),
        };
        let own = match column {
            Some((thing, compact)) => {
                let end = thing.x + paint::width(&compact.text(thing.width.saturating_sub(2), ui.lang));
                Some((thing.x, end + paint::width(&by_thread(row, thing, end, picture)).saturating_sub(1)))
            }
            None => lane.map(|lane| (lane.x, lane.x + paint::width(&text))),
        };
        let mut placed = Placed { lane, own, text, answers: Vec::new(), ties: Vec::new() };
        for flow in &row.flows {
            match *flow {
                // What a folded thread moves, it moves within the object's column.
                Flow::Into(_) | Flow::OutOf(_) if folded => {}
                Flow::Into(object) | Flow::OutOf(object) => {
                    if let Some(thing) = columns.thing(object) {
                        let content = row.things.iter().find(|(id, _)| *id == object);
                        let wide = content.map_or(0, |(_, compact)| paint::width(&compact.text(thing.width.saturating_sub(2), ui.lang)));
                        placed.ties.push((thing.x, thing.x + wide, matches!(flow, Flow::Into(_))));
                    }
                }
                Flow::Wakes(actor) => placed.answer(columns, actor, labels::WOKEN.get(ui.lang).to_owned()),
                Flow::Frees(actor) => placed.answer(columns, actor, labels::CAN_GO.get(ui.lang).to_owned()),
                Flow::Starts(actor) => placed.answer(columns, actor, labels::BORN.get(ui.lang).to_owned()),
                Flow::Signals(actor) => placed.answer(columns, actor, labels::SIGNAL.get(ui.lang).to_owned()),
            }
        }
        placed
    }

    fn answer(&mut self, columns: &Columns, actor: ActorId, word: String) {
        if let Some(lane) = columns.lane(actor).filter(|lane| self.lane.is_none_or(|own| own.id != lane.id)) {
            let word = paint::clip(&word, lane.width.saturating_sub(1));
            self.answers.push((lane, word));
        }
    }

    /// What nobody in the picture did stands at the side where its lane would be, with the name; at the
    /// other one where somebody in the picture answers it there.
    fn aside(&self, buf: &mut Buffer, area: Rect, y: u16, row: &Row, role: Role, picture: &Picture<'_>) {
        let Picture { columns, scene, ui, .. } = *picture;
        let left = columns.lanes.shown.first().map_or(area.x + columns.digits + 3, |lane| lane.x);
        let Some(actor) = row.actor else {
            paint::put(buf, area, left + 2, y, &format!("··· {} ···", row.text), ui.theme.style(role));
            return;
        };
        let process = scene.head.actor(actor).map_or(actor, |actor| actor.process);
        let colon = if ui.lang == crate::kind::Lang::Zh { "：" } else { ": " };
        let text = format!("{}{colon}{}", narrate::thread(&scene.head, actor, ui.lang), row.text);
        // What stands in the row already, in the lanes that answer and in the columns of objects.
        let answers = self.answers.iter().map(|(lane, word)| (lane.x, lane.x + paint::width(word)));
        let things = row.things.iter().filter_map(|(id, compact)| columns.thing(*id).map(|thing| (thing, compact)));
        let things =
            things.map(|(thing, compact)| (thing.x, thing.x + paint::width(&compact.text(thing.width.saturating_sub(2), ui.lang))));
        let taken: Vec<(u16, u16)> = self.ties.iter().map(|(start, end, _)| (*start, *end)).chain(answers).chain(things).collect();
        let before = taken.iter().map(|(start, _)| *start).min().unwrap_or(area.right()).saturating_sub(left + 3);
        let after = area.right().saturating_sub(taken.iter().map(|(_, end)| *end).max().map_or(left, |end| end + 3) + 2);
        // The hand's lane is the last.
        let is_left = process != ActorId::HAND && columns.lanes.shown.first().is_some_and(|lane| process < lane.id);
        if if is_left { before >= ASIDE || before > after } else { after < ASIDE && before > after } {
            let sign = if is_left { "◄ " } else { "" };
            paint::put(buf, area, left, y, &format!("{sign}{} ", paint::clip_middle(&text, before)), ui.theme.style(role));
        } else {
            let sign = if is_left { "" } else { " ►" };
            let text = format!(" {}{sign}", paint::clip_middle(&text, after.saturating_sub(1)));
            paint::put(buf, area, area.right().saturating_sub(paint::width(&text)), y, &text, ui.theme.style(role));
        }
    }

    fn lines(&self, buf: &mut Buffer, area: Rect, y: u16, ui: &Ui) {
        let Some((left, right)) = self.own else { return };
        let style = ui.theme.style(Role::Line);
        let mut span = |from: u16, to: u16| {
            for x in from..to {
                paint::put(buf, area, x, y, "─", style);
            }
        };
        for (start, end, _) in &self.ties {
            if *start > right {
                span(right + 1, start.saturating_sub(1));
            } else {
                span(end + 1, left.saturating_sub(1));
            }
        }
        for (lane, word) in &self.answers {
            if lane.x > right {
                span(right + 1, lane.x.saturating_sub(1));
            } else {
                span(lane.x + paint::width(word) + 1, left.saturating_sub(1));
            }
        }
    }

    fn heads(&self, buf: &mut Buffer, area: Rect, y: u16, ui: &Ui) {
        let Some((left, right)) = self.own else { return };
        let style = ui.theme.style(Role::Next);
        let mut head = |x: u16, glyph: &str| {
            paint::put(buf, area, x, y, glyph, style);
        };
        for (start, end, into) in &self.ties {
            match (*start > right, into) {
                (true, true) => head(start.saturating_sub(2).max(right + 1), "►"),
                (true, false) => head(right + 1, "◄"),
                (false, true) => head(end + 1, "◄"),
                (false, false) => head(left.saturating_sub(2), "►"),
            }
        }
        for (lane, word) in &self.answers {
            if lane.x > right {
                head(lane.x.saturating_sub(2).max(right + 1), "►");
            } else {
                head(lane.x + paint::width(word) + 1, "◄");
            }
        }
    }
}

/// How far a lane's text may reach: over columns and lanes beside it, where nothing stands in them.
fn room(row: &Row, lane: Column<ActorId>, columns: &Columns) -> u16 {
    let there = |id: ActorId| row.marks.iter().any(|(other, mark)| *other == id && *mark != Mark::Absent);
    let lanes = columns.lanes.shown.iter().filter(|other| there(other.id)).map(|other| other.x);
    let until = next(lane, lanes);
    // An arrow to the right needs its place, and so does what stands there.
    let tied = |object: ObjectId| row.flows.iter().any(|flow| matches!(flow, Flow::Into(id) | Flow::OutOf(id) if *id == object));
    let things = row.things.iter().filter_map(|(id, _)| Some((columns.thing(*id)?.x, if tied(*id) { ARROW } else { 1 })));
    let answers = row.flows.iter().filter_map(|flow| match *flow {
        Flow::Wakes(id) | Flow::Frees(id) | Flow::Starts(id) | Flow::Signals(id) => Some((columns.lane(id)?.x, ARROW)),
        Flow::Into(_) | Flow::OutOf(_) => None,
    });
    let nearest = things.chain(answers).filter(|(x, _)| *x > lane.x).map(|(x, before)| x - before).min();
    nearest.unwrap_or(u16::MAX).min(lane.x + until).saturating_sub(lane.x)
}

/// From a lane to the next one, or to the edge.
pub fn reach(lane: Column<ActorId>, columns: &Columns) -> u16 {
    next(lane, columns.lanes.shown.iter().map(|other| other.x))
}

/// How many cells there are from a lane to the next of some places.
fn next(lane: Column<ActorId>, places: impl Iterator<Item = u16>) -> u16 {
    let next = places.filter(|x| *x > lane.x).min();
    (next.unwrap_or(u16::MAX) - lane.x).max(lane.width).saturating_sub(1)
}
