//! What keys do to an open window: the help, a menu, the notes, a text. Pure; an input line has `input`.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::keys::{self, Action, Place};
use super::menu::Choice;
use super::state::{Overlay, Ui};
use super::update::{Effect, everywhere};

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
pub(super) fn on_overlay(ui: &mut Ui, action: Action, place: Place) -> Option<Vec<Effect>> {
    let overlay = ui.overlay.as_mut()?;
    let mut effects = Vec::new();
    match (action, overlay) {
        (Action::Quit, _) => effects.push(Effect::Quit),
        (Action::Language | Action::Theme, Overlay::Help(_)) => everywhere(ui, action),
        (Action::Down | Action::Next, Overlay::Help(line)) => {
            *line = (*line + 1).min(keys::bindings(place).count() as u16);
        }
        (Action::Up | Action::Back, Overlay::Help(line)) => *line = line.saturating_sub(1),
        (Action::Down | Action::Next, Overlay::Notes(reach)) => {
            reach.on();
        }
        (Action::Up | Action::Back, Overlay::Notes(reach)) => {
            reach.back();
        }
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
                Some(Choice::Guess(question, choice)) => {
                    ui.guess = Some((question, choice));
                    None
                }
                None => None,
            };
        }
        (Action::Leave | Action::Help | Action::Act, _) => ui.overlay = None,
        (_, Overlay::Menu(_) | Overlay::Prompt(_) | Overlay::Filter) => {}
        (_, _) => ui.overlay = None,
    }
    Some(effects)
}
