//! The input line: what keys and pasted text do to it while it is open.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::answer::Effect;
use super::source::Intent;
use super::state::{Overlay, Ui};
use crate::text::visible::is_hidden;

/// As long as a value may be that the hand carries, in bytes.
const INPUT_LIMIT: usize = 1000;

/// Takes pasted text into an open input line.
pub(super) fn on_paste(ui: &mut Ui, text: &str) {
    let typed = match &mut ui.overlay {
        Some(Overlay::Prompt(prompt)) => &mut prompt.text,
        Some(Overlay::Filter) => &mut ui.sight.filter,
        _ => return,
    };
    let line = text.lines().next().unwrap_or_default();
    if typed.len() + line.len() <= INPUT_LIMIT {
        typed.extend(line.chars().filter(|c| !is_hidden(*c)));
    }
}

/// What a key does to an open input line; none if there is none.
pub(super) fn on_prompt(ui: &mut Ui, key: KeyEvent) -> Option<Vec<Effect>> {
    let lang = ui.lang;
    let typed = match &mut ui.overlay {
        Some(Overlay::Prompt(prompt)) => &mut prompt.text,
        Some(Overlay::Filter) => &mut ui.sight.filter,
        _ => return None,
    };
    if key.kind == KeyEventKind::Release {
        return Some(Vec::new());
    }
    match key.code {
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => return Some(vec![Effect::Quit]),
        KeyCode::Char('u') if key.modifiers.contains(KeyModifiers::CONTROL) => typed.clear(),
        KeyCode::Char(c) if typed.len() < INPUT_LIMIT && !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => {
            typed.push(c);
        }
        KeyCode::Backspace => {
            typed.pop();
        }
        _ => {}
    }
    let prompt = match &mut ui.overlay {
        Some(Overlay::Prompt(prompt)) => prompt,
        _ => {
            on_filter(ui, key.code);
            return Some(Vec::new());
        }
    };
    match key.code {
        KeyCode::Esc => ui.overlay = None,
        KeyCode::Enter => match prompt.effect(lang) {
            Ok(effect) => {
                // What the run may refuse stays open: an answer closes it or says why not.
                if !matches!(effect, Effect::Tell(Intent::SetParam { .. } | Intent::Hand(..) | Intent::HandEntry { .. })) {
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

/// The filter holds while it is typed; Enter leaves it so, Esc takes it away.
fn on_filter(ui: &mut Ui, key: KeyCode) {
    match key {
        KeyCode::Enter => ui.overlay = None,
        KeyCode::Esc => {
            ui.sight.filter.clear();
            ui.overlay = None;
        }
        _ => {}
    }
    if ui.sight.filter.trim().is_empty() && ui.overlay.is_none() {
        ui.sight.filter.clear();
    }
    // What the filter lets through decides anew what can be scrolled to.
    ui.sight.scroll = None;
}
