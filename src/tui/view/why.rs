//! Why: the sentence or two about the last step, how it stands with what is chosen, and, when nobody can go
//! on, who waits for whom and what could be done.
//!
//! Where lines are short the links of chains lose their times first, then the less likely remedies are counted,
//! and at last the rest is cut off with a sign. The window of `w` leaves nothing out.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::text::visible::visible_lines;
use crate::trace::{Phase, Role as ActorRole};
use crate::tui::labels;
use crate::tui::narrate;
use crate::tui::paint;
use crate::tui::scene::Scene;
use crate::tui::source::SourceKind;
use crate::tui::state::{At, Ui};
use crate::tui::theme::Role;
use crate::tui::view::{chain, question, titled};
use crate::world::remedy::{Deed, Remedy};

/// How much is told.
#[derive(Clone, Copy)]
struct Telling {
    /// Chains without their times.
    brief: bool,
    /// The most remedies of one sort that are spelt out; the others are counted.
    remedies: usize,
}

/// From all that a panel would say to the least.
const TELLINGS: [Telling; 4] = [
    Telling { brief: false, remedies: 3 },
    Telling { brief: true, remedies: 3 },
    Telling { brief: true, remedies: 2 },
    Telling { brief: true, remedies: 1 },
];

/// Lines with the role of their words.
type Lines = Vec<(String, Role)>;

/// How many lines it needs at a width.
pub fn wanted(scene: &Scene, ui: &Ui, width: u16) -> u16 {
    lines(scene, ui, width.saturating_sub(2), usize::MAX).len().min(u16::MAX as usize) as u16
}

/// Draws the panel, under the question's title where one is asked.
pub fn draw(buf: &mut Buffer, area: Rect, scene: &Scene, ui: &Ui) {
    if area.is_empty() {
        return;
    }
    let title = question::title(scene, ui).unwrap_or(labels::WHY.get(ui.lang));
    let inner = titled(buf, area, title, ui);
    let lines = lines(scene, ui, inner.width.saturating_sub(2), usize::from(inner.height));
    draw_lines(buf, inner, &lines, ui);
}

/// Draws as many lines as there is room for; if there are more, the last one says which key shows them.
pub fn draw_lines(buf: &mut Buffer, area: Rect, lines: &[(String, Role)], ui: &Ui) {
    let shown = lines.len().min(usize::from(area.height));
    let width = area.width.saturating_sub(2);
    for (at, (text, role)) in lines.iter().take(shown).enumerate() {
        let y = area.y + at as u16;
        if at + 1 < shown || lines.len() == shown {
            paint::put(buf, area, area.x + 1, y, text, ui.theme.style(*role));
            continue;
        }
        let hint = labels::ALL_OF_IT.get(ui.lang);
        let text = if paint::width(text) + 2 + paint::width(hint) <= width {
            format!("{text} …")
        } else {
            paint::clip(&format!("{text} …"), width.saturating_sub(1 + paint::width(hint)))
        };
        let x = paint::put(buf, area, area.x + 1, y, &text, ui.theme.style(*role));
        if paint::width(hint) < width {
            paint::put(buf, area, x + 1, y, hint, ui.theme.style(Role::Key));
        }
    }
}

fn lines(scene: &Scene, ui: &Ui, width: u16, room: usize) -> Lines {
    // What is asked must not be cut off, so the reasons come after it.
    let mut out = question::lines(scene, ui, width);
    out.extend(reasons(scene, ui, width, room.saturating_sub(out.len())));
    out
}

/// The reasons of the last step, of a standstill, and what can be done now: as much as so many lines can hold.
pub fn reasons(scene: &Scene, ui: &Ui, width: u16, room: usize) -> Lines {
    let mut out = Vec::new();
    for telling in TELLINGS {
        out = told(scene, ui, width, telling);
        if out.len() <= room {
            break;
        }
    }
    out
}

/// All of it, and where everybody is, for a window of its own.
pub fn all(scene: &Scene, ui: &Ui, width: u16) -> Lines {
    let mut out = question::lines(scene, ui, width);
    out.extend(told(scene, ui, width, Telling { brief: false, remedies: usize::MAX }));
    let mut places = Vec::new();
    for actor in scene.world.all_actors().filter(|actor| actor.role != ActorRole::Hand && !actor.is_dead()) {
        let stands = narrate::stands(&scene.world, actor.id, ui.lang);
        places.extend(paint::wrap(&stands, width).into_iter().map(|line| (line, Role::Text)));
        let source = actor.line.checked_sub(1).and_then(|at| scene.status.scenario.source.lines().nth(at as usize));
        places.extend(source.map(|line| (paint::clip(&format!("    {}", line.trim()), width), Role::Faint)));
    }
    if !places.is_empty() {
        out.push((String::new(), Role::Text));
        out.push((labels::WHERE_ALL_ARE.get(ui.lang).to_owned(), Role::Title));
        out.extend(places);
    }
    out
}

fn told(scene: &Scene, ui: &Ui, width: u16, telling: Telling) -> Lines {
    let mut out = Vec::new();
    let stuck = scene.world.stuck();
    for (at, text) in scene.why.iter().enumerate() {
        let role = if stuck && at == 0 { Role::Bad } else { Role::Text };
        out.extend(paint::wrap(&visible_lines(text), width).into_iter().map(|line| (line, role)));
    }
    for one in &scene.chains {
        // Only what is proved is drawn as a ring; else the last link says who comes again.
        out.extend(chain::lines(one, stuck, telling.brief, width).into_iter().map(|line| (line, Role::Text)));
    }
    if let Some(chosen) = &scene.chosen {
        out.extend(paint::wrap(chosen, width).into_iter().map(|line| (line, Role::Text)));
    }
    out.extend(remedies(scene, ui, width, telling.remedies));
    let ended = ui.at == At::Now && scene.status.phase == Phase::Ended;
    if scene.at_start() && !ended {
        let text = match () {
            () if scene.world.events == 0 => labels::NO_EVENTS_YET,
            () if scene.past(ui) => labels::BEGINNING,
            () => labels::PRESS_TO_BEGIN,
        };
        out.extend(paint::wrap(text.get(ui.lang), width).into_iter().map(|line| (line, Role::Text)));
    }
    if ended {
        out.extend(paint::wrap(&how_it_ended(scene, ui), width).into_iter().map(|line| (line, Role::Text)));
    }
    if scene.past(ui) && !scene.at_start() {
        out.push((labels::LATER.get(ui.lang).to_owned(), Role::Faint));
    }
    out
}

/// Whether all came to their end, or what cut them off and where they were.
fn how_it_ended(scene: &Scene, ui: &Ui) -> String {
    if scene.head.ended() {
        return match narrate::ended_badly(&scene.head, ui.lang) {
            Some(badly) => format!("{badly}{}", labels::AGAIN.get(ui.lang)),
            None => labels::ALL_ENDED.get(ui.lang).to_owned(),
        };
    }
    match scene.status.kind {
        SourceKind::Recorded => labels::RECORDING_ENDS.get(ui.lang).to_owned(),
        SourceKind::Live => narrate::cut_off(&scene.head, ui.lang),
    }
}

/// What could be done, a line for each, and so many at most of each sort.
fn remedies(scene: &Scene, ui: &Ui, width: u16, most: usize) -> Lines {
    // A branch repeats grants: all of them must be kept.
    let possible = |remedy: &&Remedy| !matches!(remedy.deed, Deed::Branch(..)) || (scene.status.gated && !scene.begins_late);
    let all: Vec<&Remedy> = scene.remedies.iter().filter(possible).collect();
    if all.is_empty() {
        return Vec::new();
    }
    // With the gate open the kernel lets go on whoever can.
    let title = if scene.status.gated { labels::COULD_DO } else { labels::COULD_DO_FREE };
    let mut out = vec![(title.get(ui.lang).to_owned(), Role::Title)];
    let (mut told, mut orders, mut acts, mut kills) = (0, 0, 0, 0);
    for remedy in &all {
        let count = match remedy.deed {
            Deed::Branch(..) => &mut orders,
            Deed::Act(..) => &mut acts,
            Deed::Kill(_) => &mut kills,
        };
        *count += 1;
        if *count > most {
            continue;
        }
        told += 1;
        let lines = paint::wrap(&narrate::remedy(&scene.world, remedy, ui.lang), width.saturating_sub(2));
        out.extend(lines.into_iter().enumerate().map(|(at, line)| (format!("{}{line}", if at == 0 { "  " } else { "    " }), Role::Text)));
    }
    if told < all.len() {
        let more = labels::more_in_the_window(all.len() - told, ui.lang);
        out.push((format!("  {more}"), Role::Faint));
    }
    out
}
