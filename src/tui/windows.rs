//! What keys do to an open window: the help, a menu, the notes, a text. Pure; an input line has `input`.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::answer::{Effect, everywhere};
use super::keys::Action;
use super::menu::Choice;
use super::state::{Overlay, Ui};

/// What a key means in a menu whose lines have numbers: the number's line, and to act on it.
pub(super) fn by_number(ui: &mut Ui, key: KeyEvent) -> Option<Action> {
    let (Some(Overlay::Menu(menu)), KeyCode::Char(digit)) = (&mut ui.overlay, key.code) else { return None };
    if key.kind == KeyEventKind::Release || key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
        return None;
    }
    let at = (digit.to_digit(10)? as usize).checked_sub(1).filter(|at| *at < menu.items.len())?;
    menu.at = at;
    Some(Action::Act)
}

/// An open window takes the keys that it knows; none if there is no window.
pub(super) fn on_overlay(ui: &mut Ui, action: Action) -> Option<Vec<Effect>> {
    let overlay = ui.overlay.as_mut()?;
    if action == Action::Quit {
        return Some(vec![Effect::Quit]);
    }
    if overlay.reach().is_some() {
        on_text(ui, action);
        return Some(Vec::new());
    }
    let mut effects = Vec::new();
    match (action, overlay) {
        (Action::Down | Action::ChooseNext, Overlay::Menu(menu)) => menu.at = (menu.at + 1) % menu.items.len().max(1),
        (Action::Up | Action::ChooseBefore, Overlay::Menu(menu)) => {
            menu.at = (menu.at + menu.items.len().max(1) - 1) % menu.items.len().max(1);
        }
        (Action::Act, Overlay::Menu(menu)) => {
            ui.overlay = match menu.items.get(menu.at).map(|(_, choice)| choice.clone()) {
                Some(Choice::Tell(intent)) => {
                    effects.push(Effect::Tell(intent));
                    None
                }
                Some(Choice::Ask(prompt)) => Some(Overlay::Prompt(prompt)),
                Some(Choice::More(menu)) => Some(Overlay::Menu(menu)),
                Some(Choice::Cannot(why)) => {
                    ui.message = Some(why);
                    return Some(effects);
                }
                Some(Choice::Guess(question, choice)) => {
                    ui.guess = Some((question, choice));
                    None
                }
                None => None,
            };
        }
        (Action::Leave | Action::Help | Action::Act, _) => ui.overlay = None,
        (_, _) => {}
    }
    Some(effects)
}

/// Moves the text of a window by a line, a page or to an end; any other key closes the window.
fn on_text(ui: &mut Ui, action: Action) {
    if let (Action::Language | Action::Theme, Some(Overlay::Help(_) | Overlay::Why(_))) = (action, &ui.overlay) {
        return everywhere(ui, action);
    }
    let Some(reach) = ui.overlay.as_mut().and_then(Overlay::reach) else { return };
    match action {
        Action::Down => _ = reach.on(),
        Action::Up => _ = reach.back(),
        Action::Next | Action::Back => reach.page(action == Action::Next),
        Action::Start => reach.at = 0,
        Action::End => reach.at = reach.last,
        _ => ui.overlay = None,
    }
}
