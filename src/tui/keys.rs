//! What keys ask for. The map is data, and dispatch, the footer and the help read this one table.

mod map;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::kind::Words;

use super::state::Focus;
pub use map::{GROUPS, Group};

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Help,
    Quit,
    /// Stop until the shell continues the program; the screen itself has no part in it.
    Suspend,
    Leave,
    RunPause,
    Next,
    StepChosen,
    Back,
    Start,
    End,
    Faster,
    Slower,
    Free,
    Again,
    Reseed,
    Flag,
    Signals,
    Act,
    Branch,
    ChooseGrant,
    RunUntil,
    Edit,
    FollowOn,
    FollowBack,
    Mark,
    MarkNext,
    MarkBefore,
    GoTo,
    Inside,
    /// All of why in a window.
    Why,
    Params,
    /// The presenter's layout, and out of it.
    Present,
    /// Show nothing until the next key.
    Blank,
    Notes,
    /// Say what one expects of the step that is asked about.
    Guess,
    /// Ask questions or not.
    Questions,
    Focus(Focus),
    ChooseNext,
    ChooseBefore,
    Left,
    Right,
    Up,
    Down,
    ChooseNothing,
    Fold,
    Narrow,
    ScrollLeft,
    ScrollRight,
    Filter,
    Language,
    Theme,
}

/// Where a key means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On the screen of a run.
    Run,
    /// In the list of scenarios.
    List,
    Both,
}

/// One row of the key map.
#[derive(Debug)]
pub struct Binding {
    pub keys: &'static [KeyCode],
    /// The keys as the help shows them.
    pub shown: &'static str,
    pub action: Action,
    pub place: Place,
    /// What it does, for the help.
    pub help: Words,
    /// The same in a word or two, for the footer; empty if the footer does not show it.
    pub brief: Words,
}

/// What a key event asks for at a place; none if it means nothing there.
pub fn action(event: KeyEvent, place: Place) -> Option<Action> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    if event.modifiers.contains(KeyModifiers::CONTROL) {
        return match event.code {
            KeyCode::Char('c') => Some(Action::Quit),
            KeyCode::Char('z') => Some(Action::Suspend),
            _ => None,
        };
    }
    if event.modifiers.contains(KeyModifiers::ALT) {
        return None;
    }
    bindings(place).find(|binding| binding.keys.contains(&event.code)).map(|binding| binding.action)
}

/// The rows of the map that hold at a place.
pub fn bindings(place: Place) -> impl Iterator<Item = &'static Binding> {
    GROUPS.iter().flat_map(move |group| group.at(place))
}

impl Group {
    /// Its rows that hold at a place.
    pub fn at(&self, place: Place) -> impl Iterator<Item = &'static Binding> + use<> {
        self.bindings.iter().filter(move |binding| binding.place == place || binding.place == Place::Both)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things() {
        let all: Vec<&Binding> = GROUPS.iter().flat_map(|group| group.bindings).collect();
        for (at, one) in all.iter().enumerate() {
            for other in &all[at + 1..] {
                for key in one.keys {
                    assert!(!other.keys.contains(key), "{key:?} is bound twice");
                }
            }
        }
    }

    #[test]
    fn every_action_has_words_in_both_languages() {
        for binding in GROUPS.iter().flat_map(|group| group.bindings) {
            assert!(!binding.help.en.is_empty() && !binding.help.zh.is_empty(), "{:?}", binding.action);
            assert_eq!(binding.brief.en.is_empty(), binding.brief.zh.is_empty(), "{:?}", binding.action);
        }
    }

    #[test]
    fn keys_with_control_mean_the_same_everywhere_and_releases_mean_nothing() {
        for (c, meant) in [('c', Some(Action::Quit)), ('z', Some(Action::Suspend)), ('n', None)] {
            let key = KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL);
            assert_eq!(action(key, Place::Run), meant);
            assert_eq!(action(key, Place::List), meant);
        }
        let release = KeyEvent::new_with_kind(KeyCode::Char('n'), KeyModifiers::NONE, KeyEventKind::Release);
        assert_eq!(action(release, Place::Run), None);
        assert_eq!(action(KeyEvent::new(KeyCode::Char('n'), KeyModifiers::NONE), Place::List), None);
    }
}
