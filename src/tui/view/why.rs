//! Why: the sentence or two about the last step, how it stands with what is chosen, and, when nobody can go
//! on, who waits for whom and what could be done.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::text::visible::visible_lines;
use crate::trace::Phase;
use crate::tui::labels;
use crate::tui::narrate;
use crate::tui::paint;
use crate::tui::scene::Scene;
use crate::tui::source::SourceKind;
use crate::tui::state::{At, Ui};
use crate::tui::theme::Role;
use crate::tui::view::{chain, question, titled};
use crate::world::remedy::{Deed, Remedy};

/// The most remedies of one sort that are spelt out; the others are counted.
const REMEDIES: usize = 3;

/// How many lines it needs at a width.
pub fn wanted(scene: &Scene, ui: &Ui, width: u16) -> u16 {
    lines(scene, ui, width.saturating_sub(2)).len().min(u16::MAX as usize) as u16
}

pub fn draw(buf: &mut Buffer, area: Rect, scene: &Scene, ui: &Ui) {
    if area.is_empty() {
        return;
    }
    let title = question::title(scene, ui).unwrap_or(labels::WHY.get(ui.lang));
    let inner = titled(buf, area, title, ui);
    let lines = lines(scene, ui, inner.width.saturating_sub(2));
    let shown = lines.len().min(inner.height as usize);
    for (at, (text, role)) in lines.iter().take(shown).enumerate() {
        let cut = at + 1 == shown && lines.len() > shown;
        let text = if cut { paint::clip(&format!("{text} …"), inner.width.saturating_sub(1)) } else { text.clone() };
        paint::put(buf, inner, inner.x + 1, inner.y + at as u16, &text, ui.theme.style(*role));
    }
}

fn lines(scene: &Scene, ui: &Ui, width: u16) -> Vec<(String, Role)> {
    // What is asked must not be cut off, so the reasons come after it.
    let mut out = question::lines(scene, ui, width);
    out.extend(reasons(scene, ui, width));
    out
}

/// The reasons of the last step, of a standstill, and what can be done now.
pub fn reasons(scene: &Scene, ui: &Ui, width: u16) -> Vec<(String, Role)> {
    let mut out = Vec::new();
    let stuck = scene.world.stuck();
    for (at, text) in scene.why.iter().enumerate() {
        let role = if stuck && at == 0 { Role::Bad } else { Role::Text };
        out.extend(paint::wrap(&visible_lines(text), width).into_iter().map(|line| (line, role)));
    }
    for one in &scene.chains {
        // Only what is proved is drawn as a ring; else the last link says who comes again.
        out.extend(chain::lines(one, stuck, width).into_iter().map(|line| (line, Role::Text)));
    }
    if let Some(chosen) = &scene.chosen {
        out.extend(paint::wrap(chosen, width).into_iter().map(|line| (line, Role::Text)));
    }
    out.extend(remedies(scene, ui, width));
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
        return labels::ALL_ENDED.get(ui.lang).to_owned();
    }
    match scene.status.kind {
        SourceKind::Recorded => labels::RECORDING_ENDS.get(ui.lang).to_owned(),
        SourceKind::Live => format!("{} {}", labels::TIME_LIMIT.get(ui.lang), narrate::whereabouts(&scene.head, ui.lang)),
    }
}

/// What could be done, a line for each.
fn remedies(scene: &Scene, ui: &Ui, width: u16) -> Vec<(String, Role)> {
    // A branch repeats grants: all of them must be kept.
    let possible = |remedy: &&Remedy| !matches!(remedy.deed, Deed::Branch(_)) || (scene.status.gated && !scene.begins_late);
    let all: Vec<&Remedy> = scene.remedies.iter().filter(possible).collect();
    if all.is_empty() {
        return Vec::new();
    }
    let mut out = vec![(labels::COULD_DO.get(ui.lang).to_owned(), Role::Title)];
    let (mut told, mut acts, mut kills) = (0, 0, 0);
    for remedy in &all {
        let count = if matches!(remedy.deed, Deed::Kill(_)) { &mut kills } else { &mut acts };
        *count += 1;
        if *count > REMEDIES {
            continue;
        }
        told += 1;
        let lines = paint::wrap(&narrate::remedy(&scene.world, remedy, ui.lang), width.saturating_sub(2));
        out.extend(lines.into_iter().enumerate().map(|(at, line)| (format!("{}{line}", if at == 0 { "  " } else { "    " }), Role::Text)));
    }
    if told < all.len() {
        out.push((format!("  +{} {}", all.len() - told, labels::MORE.get(ui.lang)), Role::Faint));
    }
    out
}
