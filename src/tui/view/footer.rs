//! The footer: the keys that matter now, or the answer to the last one.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::text::visible::visible_lines;
use crate::trace::Phase;
use crate::tui::keys::{self, Action, Place};
use crate::tui::labels;
use crate::tui::narrate;
use crate::tui::paint;
use crate::tui::scene::Scene;
use crate::tui::source::SourceKind;
use crate::tui::state::{At, Ui};
use crate::tui::theme::Role;
use crate::tui::update;

/// What the footer shows, in order of use; what does not fit is left to the help.
const RUN: &[(Action, &str)] = &[
    (Action::Next, "n"),
    (Action::Back, ","),
    (Action::RunPause, "Space"),
    (Action::Guess, "a"),
    (Action::Faster, "+/-"),
    (Action::ChooseNext, "Tab"),
    (Action::Act, "Enter"),
    (Action::Help, "?"),
    (Action::Quit, "q"),
    (Action::Params, "p"),
    (Action::Again, "r"),
    (Action::StepChosen, "s"),
    (Action::ChooseGrant, "c"),
    (Action::Flag, "e"),
    (Action::Signals, "K"),
    (Action::Reseed, "R"),
    (Action::Language, "L"),
];
/// The same where nobody can go on: the keys that help there.
const STUCK: &[(Action, &str)] = &[
    (Action::Back, ","),
    (Action::Guess, "a"),
    (Action::ChooseNext, "Tab"),
    (Action::Act, "Enter"),
    (Action::Signals, "K"),
    (Action::Why, "w"),
    (Action::Again, "r"),
    (Action::Help, "?"),
    (Action::Quit, "q"),
    (Action::Params, "p"),
    (Action::Flag, "e"),
    (Action::Reseed, "R"),
    (Action::Language, "L"),
];
/// The same in the presenter's layout: a class need not read it.
const PRESENTER: &[(Action, &str)] =
    &[(Action::Next, "n"), (Action::Back, ","), (Action::RunPause, "Space"), (Action::Quit, "q"), (Action::Help, "?")];
/// The same where nobody can go on.
const PRESENTER_STUCK: &[(Action, &str)] = &[
    (Action::Back, ","),
    (Action::ChooseNext, "Tab"),
    (Action::Act, "Enter"),
    (Action::Why, "w"),
    (Action::Again, "r"),
    (Action::Quit, "q"),
    (Action::Help, "?"),
];
/// Where all have ended: nobody can take a step, be run or be acted on; the run can be looked through and run again.
const ENDED: &[(Action, &str)] = &[
    (Action::Back, ","),
    (Action::Again, "r"),
    (Action::ChooseNext, "Tab"),
    (Action::Why, "w"),
    (Action::Help, "?"),
    (Action::Quit, "q"),
    (Action::Params, "p"),
    (Action::Reseed, "R"),
    (Action::Language, "L"),
];
/// The same in the presenter's layout.
const PRESENTER_ENDED: &[(Action, &str)] =
    &[(Action::Back, ","), (Action::Again, "r"), (Action::Why, "w"), (Action::Quit, "q"), (Action::Help, "?")];
/// In the past: nothing can be done there, but a run can go on from there.
const PAST: &[(Action, &str)] = &[
    (Action::Next, "n"),
    (Action::Back, ","),
    (Action::Branch, "b"),
    (Action::End, "End"),
    (Action::FollowBack, "["),
    (Action::FollowOn, "]"),
    (Action::GoTo, "g"),
    (Action::Guess, "a"),
    (Action::ChooseNext, "Tab"),
    (Action::Help, "?"),
    (Action::Quit, "q"),
];
const LIST: &[(Action, &str)] =
    &[(Action::Down, "↑↓"), (Action::Act, "Enter"), (Action::Language, "L"), (Action::Help, "?"), (Action::Quit, "q")];

/// Draws news, else the last key's answer, else the keys that matter at this place. No scene: the list is shown.
pub fn draw(buf: &mut Buffer, area: Rect, place: Place, scene: Option<&Scene>, ui: &Ui) {
    if area.is_empty() {
        return;
    }
    let news = scene.and_then(|scene| scene.status.notice.clone()).filter(|news| ui.dismissed.as_ref() != Some(news));
    let notice = ui.message.clone().or(news.map(|news| labels::of(&news, ui.lang).to_owned()));
    if let Some(notice) = notice {
        return said(buf, area, "!", &notice, ui.theme.style(Role::Bad));
    }
    if let Some(answer) = &ui.answer {
        return said(buf, area, "", answer, ui.theme.style(Role::Text));
    }
    let mut x = area.x + 1;
    if scene.is_some() && (buf.area().width < 80 || buf.area().height < 24) {
        x = paint::put(buf, area, x, area.y, labels::TOO_SMALL.get(ui.lang), ui.theme.style(Role::Faint)) + 3;
    }
    let wanted = match place {
        Place::List => LIST,
        _ if ui.presenting && scene.is_some_and(|scene| is_stuck(scene, ui)) => PRESENTER_STUCK,
        _ if ui.presenting && scene.is_some_and(|scene| has_ended(scene, ui)) => PRESENTER_ENDED,
        _ if ui.presenting => PRESENTER,
        _ if scene.is_some_and(|scene| is_stuck(scene, ui)) => STUCK,
        _ if scene.is_some_and(|scene| has_ended(scene, ui)) => ENDED,
        _ if ui.at != At::Now => PAST,
        _ => RUN,
    };
    for (action, shown) in wanted {
        let Some(binding) = keys::bindings(place).find(|binding| binding.action == *action) else { continue };
        // What cannot be done at all is not offered.
        if *action == Action::Flag && !scene.is_some_and(|scene| update::has_event(&scene.world)) {
            continue;
        }
        if *action == Action::Params && scene.is_some_and(|scene| scene.status.scenario.params.is_empty()) {
            continue;
        }
        let choices = |scene: &Scene| scene.asking.open_question(scene, ui).is_some_and(|(_, question)| !question.choices.is_empty());
        if *action == Action::Guess && !scene.is_some_and(choices) {
            continue;
        }
        if *action == Action::Branch && scene.is_none_or(|scene| !can_branch(scene)) {
            continue;
        }
        let passes = scene.filter(|_| *action == Action::Next).and_then(|scene| narrate::passes(scene, ui));
        let brief = match (action, place) {
            (Action::Act, Place::List) => crate::kind::words("open", "打开").get(ui.lang),
            _ => passes.as_deref().unwrap_or(binding.brief.get(ui.lang)),
        };
        let needed = paint::width(shown) + 1 + paint::width(brief);
        if x + needed > area.right() {
            continue;
        }
        x = paint::put(buf, area, x, area.y, shown, ui.theme.style(Role::Key));
        x = paint::put(buf, area, x + 1, area.y, brief, ui.theme.style(Role::Text)) + 2;
    }
}

/// Whether somebody would have to act for the run to go on.
fn is_stuck(scene: &Scene, ui: &Ui) -> bool {
    ui.at == At::Now && scene.status.phase == Phase::Stuck && scene.status.kind == SourceKind::Live
}

/// Whether a live run is over and the screen shows its end.
fn has_ended(scene: &Scene, ui: &Ui) -> bool {
    ui.at == At::Now && scene.status.phase == Phase::Ended && scene.status.kind == SourceKind::Live
}

/// Whether a branch could be begun here, as far as the screen knows.
fn can_branch(scene: &Scene) -> bool {
    scene.status.kind == SourceKind::Live && scene.status.gated && !scene.begins_late
}

/// What the last key did or could not do. It can be read to its end: a long one takes lines of the panel above
/// until the next key.
fn said(buf: &mut Buffer, area: Rect, sign: &str, text: &str, style: Style) {
    let indent = paint::width(sign) + if sign.is_empty() { 1 } else { 2 };
    let lines = paint::wrap(&visible_lines(text), area.width.saturating_sub(indent));
    let most = (buf.area().height / 2).max(1);
    let height = (lines.len().min(usize::from(u16::MAX)) as u16).clamp(1, most);
    let area = Rect { y: area.bottom().saturating_sub(height), height, ..area };
    let shown = usize::from(height);
    for (at, line) in lines.iter().take(shown).enumerate() {
        let before = if at == 0 { format!(" {sign}") } else { String::new() };
        let cut = if at + 1 == shown && lines.len() > shown { " …" } else { "" };
        let line = format!("{}{line}{cut}", paint::pad(&before, indent));
        paint::put(buf, area, area.x, area.y + at as u16, &paint::pad(&line, area.width), style);
    }
}
