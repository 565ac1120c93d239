//! The views: one file per panel, each drawing a scene into an area. They change nothing, and what
//! they draw comes from the scene and the user's settings alone.
//!
//! ```text
//! 80×24                        120×40 and more
//! ┌ header ───────────────┐    ┌ header ──────────────────────────────┐
//! │ space-time (or lesson)│    │ space-time (or lesson) │ code        │
//! │ objects               │    │ next                   │ printed     │
//! │ code                  │    │ objects                │ try         │
//! │ why                   │    │ why                                  │
//! └ footer ───────────────┘    └ run bar, footer ─────────────────────┘
//! ```

pub mod boxes;
pub mod chain;
pub mod changed;
pub mod code;
pub mod columns;
pub mod draft;
pub mod footer;
pub mod header;
pub mod heading;
pub mod inside;
pub mod layout;
pub mod lesson;
pub mod list;
pub mod next;
pub mod objects;
pub mod overlay;
pub mod part;
pub mod presenter;
pub mod printed;
pub mod question;
pub mod runbar;
pub mod spacetime;
pub mod standing;
pub mod syntax;
pub mod tiny;
pub mod why;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::ascii;
use super::keys::Place;
use super::library::Entry;
use super::paint;
use super::scene::Scene;
use super::sixteen;
use super::state::{Focus, Overlay, Ui};
use super::theme::Role;

/// Remembers what panels want, before a frame is drawn.
pub fn settle(area: Rect, scene: &Scene, ui: &mut Ui) {
    if tiny::suits(area) {
        return;
    }
    let objects = if scene.at_start() { 0 } else { objects::wanted(scene, ui, area) };
    ui.settled = (ui.settled.0.max(objects), ui.settled.1.max(next::wanted(scene, ui)));
    let place = places(area, scene, ui).spacetime;
    let columns = columns::Columns::place(scene, ui, place.x, place.width);
    ui.sight.drawn = (columns.lanes.before, columns.things.before);
    // What was scrolled beyond an end does not have to be scrolled back.
    ui.sight.scroll = ui.sight.scroll.map(|_| ui.sight.drawn);
    // Where nothing is to move by itself, the source stays at its place until the run pauses.
    ui.code_from = match ui.still && scene.status.phase == crate::trace::Phase::Running {
        true => ui.code_from.or_else(|| Some(code::first(places(area, scene, ui).code, scene, ui))),
        false => None,
    };
    if scene.at_start() && !place.is_empty() {
        if ui.presenting {
            ui.page.settle(presenter::last_page(scene, ui, place), 1);
        } else {
            ui.scroll.settle(lesson::last_line(scene, ui, place), 1);
        }
    }
}

/// The same for the text of a window, over a run or over the list.
pub fn settle_window(area: Rect, scene: Option<&Scene>, ui: &mut Ui) {
    let Some(text) = overlay::text(area, scene, ui) else { return };
    let (lines, seen) = (text.lines.len().min(u16::MAX as usize) as u16, overlay::lines_seen(area));
    if let Some(reach) = ui.overlay.as_mut().and_then(Overlay::reach) {
        reach.settle(lines.saturating_sub(seen), seen);
    }
}

/// Where the panels of a run stand.
pub fn places(area: Rect, scene: &Scene, ui: &Ui) -> layout::Places {
    if ui.presenting {
        // The lesson comes before every view.
        let focus = if scene.at_start() { Focus::SpaceTime } else { ui.focus };
        return layout::presenter(area, presenter::caption_wanted(scene, ui, area), focus);
    }
    let wants = layout::Wants {
        // The lesson needs the lines more than a panel that has nothing to show yet.
        objects: if scene.at_start() { 0 } else { objects::wanted(scene, ui, area).max(ui.settled.0).max(1) },
        count: ui.sight.objects(&scene.head).count().min(9) as u16,
        stuck: scene.world.stuck(),
        chosen: ui.chosen.is_some() && !scene.at_start(),
        grave: scene.status.phase == crate::trace::Phase::Ended
            || matches!(scene.event.as_ref().map(|event| &event.body), Some(crate::trace::Body::Died(_))),
        asked: question::wanted(scene, ui, area.width),
        why: why::wanted(scene, ui, area.width),
        next: next::wanted(scene, ui).max(ui.settled.1),
        code: match &ui.draft {
            Some(draft) => draft.source.lines().count() as u16 + 6,
            None if ui.inside => inside::wanted(scene, ui, layout::code_width(area)),
            None => scene.status.scenario.source.lines().count() as u16,
        },
        inside: ui.inside,
        tries: if scene.at_start() { 0 } else { lesson::tries_wanted(scene, ui, area.width) },
    };
    layout::places(area, &wants, ui.focus)
}

/// Draws the screen of a run.
pub fn run(buf: &mut Buffer, area: Rect, scene: &Scene, ui: &Ui) {
    ground(buf, area, ui);
    if ui.blank {
        return finish(buf, ui);
    }
    if tiny::suits(area) {
        tiny::draw(buf, area, Some(scene), ui);
        return finish(buf, ui);
    }
    let places = places(area, scene, ui);
    header::draw(buf, places.header, scene, ui);
    if scene.at_start() && ui.presenting {
        presenter::draw_lesson(buf, places.spacetime, scene, ui);
    } else if scene.at_start() {
        lesson::draw(buf, places.spacetime, scene, ui);
    } else {
        spacetime::draw(buf, places.spacetime, scene, ui);
    }
    next::draw(buf, places.next, scene, ui);
    objects::draw(buf, places.objects, scene, ui);
    if ui.inside {
        inside::draw(buf, places.code, scene, ui);
    } else {
        code::draw(buf, places.code, scene, ui);
    }
    printed::draw(buf, places.printed, scene, ui);
    lesson::draw_tries(buf, places.tries, scene, ui);
    why::draw(buf, places.why, scene, ui);
    presenter::draw_caption(buf, places.caption, scene, ui);
    runbar::draw(buf, places.runbar, scene, ui);
    footer::draw(buf, places.footer, Place::Run, Some(scene), ui);
    overlay::draw(buf, area, Some(scene), ui);
    finish(buf, ui);
}

/// Draws the list of scenarios.
pub fn scenarios(buf: &mut Buffer, area: Rect, entries: &[Entry], ui: &Ui) {
    ground(buf, area, ui);
    if tiny::suits(area) {
        tiny::draw(buf, area, None, ui);
        return finish(buf, ui);
    }
    list::draw(buf, area, entries, ui);
    overlay::draw(buf, area, None, ui);
    finish(buf, ui);
}

fn ground(buf: &mut Buffer, area: Rect, ui: &Ui) {
    buf.set_style(area, ui.theme.style(Role::Text));
}

fn finish(buf: &mut Buffer, ui: &Ui) {
    if ui.ascii {
        ascii::flatten(buf);
    }
    if ui.sixteen {
        sixteen::flatten(buf);
    }
}

/// A panel's title in its top line; gives the area below it.
pub fn titled(buf: &mut Buffer, area: Rect, title: &str, ui: &Ui) -> Rect {
    if area.is_empty() {
        return Rect::ZERO;
    }
    rule(buf, area, area.y, ui);
    paint::put(buf, area, area.x + 1, area.y, title, ui.theme.style(Role::Title));
    below(area, 1)
}

/// A line across an area.
pub fn rule(buf: &mut Buffer, area: Rect, y: u16, ui: &Ui) {
    for x in area.left()..area.right() {
        paint::put(buf, area, x, y, "─", ui.theme.style(Role::Line));
    }
}

/// The area without its first lines.
pub fn below(area: Rect, lines: u16) -> Rect {
    let lines = lines.min(area.height);
    Rect { y: area.y + lines, height: area.height - lines, ..area }
}
