//! The header: what runs, and in which state, by a word that cannot be missed.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::kind::Lang;
use crate::text::name::seconds;
use crate::trace::{Pace, Phase, Walk};
use crate::tui::labels;
use crate::tui::paint;
use crate::tui::scene::Scene;
use crate::tui::source::SourceKind;
use crate::tui::state::{At, Ui};
use crate::tui::theme::Role;

/// Draws the run's name, its state, and what else of step, time, seed and pace has room.
pub fn draw(buf: &mut Buffer, area: Rect, scene: &Scene, ui: &Ui) {
    let status = &scene.status;
    let scenario = &status.scenario;
    let (sign, role) = sign(scene, ui);
    let mut facts = String::new();
    let mut fact = |text: String| {
        if !facts.is_empty() {
            facts.push_str("  ");
        }
        facts.push_str(&text);
    };
    let (step, newest) = scene.steps();
    match ui.at {
        At::Now => fact(nth(step.to_string(), ui.lang)),
        At::Past(_) => fact(nth(format!("{step}/{newest}"), ui.lang)),
    }
    fact(format!("{} s", seconds(scene.world.now)));
    fact(seed(scene, ui.lang, area.width));
    fact(pace(scene, ui.lang));
    if ui.unasked && !scenario.questions.is_empty() {
        fact(labels::UNASKED.get(ui.lang).to_owned());
    }
    let title = labels::of(&scenario.title, ui.lang);
    let name = if title.is_empty() { scenario.name.as_str() } else { title };
    let sign = format!(" {sign} ");
    let right = paint::width(&sign) + 2 + paint::width(&facts) + 1;
    let room = area.width.saturating_sub(right).min(area.width * 9 / 20).saturating_sub(2);
    // What is filtered away must be known before the title is.
    let filter = filter(scene, ui, room);
    let left = room.saturating_sub(if filter.is_empty() { 0 } else { paint::width(&filter) + 2 });
    let mut x = area.x + 1;
    if left >= 8 {
        x = paint::put(buf, area, x, area.y, &paint::clip(name, left), ui.theme.style(Role::Title)) + 2;
    }
    paint::put(buf, area, x, area.y, &filter, ui.theme.style(Role::Key));
    // The sign stands at the same place as long as the facts leave room, so the eye learns where to look.
    let x = area.right().saturating_sub(right).min(area.x + area.width * 9 / 20).max(area.x);
    let mut x = paint::put(buf, area, x, area.y, &sign, ui.theme.style(role));
    // What the picture lacks or contradicts comes before anything that may be cut off.
    let alarms = [(scene.world.lost, labels::LOST_EVENTS), (scene.world.faults.len() as u64, labels::FAULTS)];
    for (count, words) in alarms.into_iter().filter(|(count, _)| *count > 0) {
        x = paint::put(buf, area, x + 1, area.y, &format!("! {count} {}", words.get(ui.lang)), ui.theme.style(Role::Bad));
    }
    paint::put(buf, area, x + 2, area.y, &facts, ui.theme.style(Role::Text));
}

/// The filter that is set, and how much it hides.
fn filter(scene: &Scene, ui: &Ui, room: u16) -> String {
    let words = ui.sight.filter.trim();
    if words.is_empty() {
        return String::new();
    }
    let hidden = format!(" {} {}", ui.sight.hidden(&scene.world), labels::HIDDEN.get(ui.lang));
    format!("/{}{hidden}", paint::clip(words, room.saturating_sub(paint::width(&hidden) + 1).clamp(1, 20)))
}

fn nth(step: String, lang: Lang) -> String {
    match lang {
        Lang::En => format!("step {step}"),
        Lang::Zh => format!("第 {step} 步"),
    }
}

/// The word for how the run stands, and its role.
pub fn sign(scene: &Scene, ui: &Ui) -> (String, Role) {
    let lang = ui.lang;
    let status = &scene.status;
    if scene.past(ui) {
        return (labels::PAST.get(lang).to_owned(), Role::Past);
    }
    let (word, role) = match status.phase {
        Phase::Paused => (labels::PAUSED.get(lang), Role::Paused),
        Phase::Running if status.kind == SourceKind::Recorded => (labels::REPLAYING.get(lang), Role::Live),
        Phase::Running => (labels::LIVE.get(lang), Role::Live),
        Phase::Ended => (labels::ENDED.get(lang), Role::Ended),
        Phase::Stuck => (labels::STUCK.get(lang), Role::Stuck),
    };
    let mut word = word.to_owned();
    if status.kind == SourceKind::Recorded && status.phase != Phase::Running {
        word = format!("{word} ({})", labels::RECORDING.get(lang));
    } else if !status.gated && matches!(status.phase, Phase::Running | Phase::Paused) {
        word = format!("{word} {}", labels::FREE.get(lang));
    }
    (word, role)
}

/// The seed, and where there is room also how it decides who goes next.
fn seed(scene: &Scene, lang: Lang, width: u16) -> String {
    let status = &scene.status;
    let seed = format!("{} {}", labels::SEED.get(lang), status.seed);
    match status.walk.of_seed(status.seed) {
        Walk::Priority { .. } if status.gated && width >= 100 => format!("{seed} {}", labels::BY_PRIORITY.get(lang)),
        _ => seed,
    }
}

fn pace(scene: &Scene, lang: Lang) -> String {
    match scene.status.pace {
        _ if !scene.status.gated => labels::KERNEL_PACE.get(lang).to_owned(),
        Pace::Steps(steps) => format!("{steps} {}", labels::STEPS_A_SECOND.get(lang)),
        Pace::Unlimited => labels::FULL_PACE.get(lang).to_owned(),
    }
}
