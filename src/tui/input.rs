//! The input line: what keys and pasted text do to it while it is open.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::source::Intent;
use super::state::{Overlay, Ui};
use super::update::Effect;

/// As long as a value may be that the hand carries, in bytes.
const INPUT_LIMIT: usize = 1000;

/// Takes pasted text into an open input line.
pub fn on_paste(ui: &mut Ui, text: &str) {
    if let Some(Overlay::Prompt(prompt)) = &mut ui.overlay {
        let line = text.lines().next().unwrap_or_default();
        if prompt.text.len() + line.len() <= INPUT_LIMIT {
            prompt.text.extend(line.chars().filter(|c| !c.is_control()));
        }
    }
}

/// What a key does to an open input line; none if there is none.
pub fn on_prompt(ui: &mut Ui, key: KeyEvent) -> Option<Vec<Effect>> {
    let lang = ui.lang;
    let Some(Overlay::Prompt(prompt)) = &mut ui.overlay else { return None };
    if key.kind == KeyEventKind::Release {
        return Some(Vec::new());
    }
    match key.code {
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => return Some(vec![Effect::Quit]),
        KeyCode::Char('u') if key.modifiers.contains(KeyModifiers::CONTROL) => prompt.text.clear(),
        KeyCode::Char(c) if prompt.text.len() < INPUT_LIMIT && !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => {
            prompt.text.push(c);
        }
        KeyCode::Backspace => {
            prompt.text.pop();
        }
        KeyCode::Esc => ui.overlay = None,
        KeyCode::Enter => match prompt.effect(lang) {
            Ok(effect) => {
                // What the run may refuse stays open: an answer closes it or says why not.
                if !matches!(effect, Effect::Tell(Intent::SetParam { .. })) {
                    ui.overlay = None;
                }
                return Some(vec![effect]);
            }
            Err(why) => prompt.wrong = Some(why),
        },
        _ => {}
    }
    Some(Vec::new())
}
