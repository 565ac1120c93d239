//! What the user has set on the screen: language, theme, place in time, choice, open windows.
//!
//! Nothing of the run is in here, so it survives `again` and `reseed`.

use std::collections::BTreeSet;

use crate::kind::Lang;
use crate::trace::scenario::Bilingual;
use crate::trace::{ActorId, MessageId, ObjectId};

use super::menu::{Menu, Prompt};
use super::sight::Sight;
use super::source::Draft;
use super::theme::Theme;

/// The settings that the program starts with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    pub lang: Lang,
    pub theme: Theme,
    /// Draw with ASCII characters alone.
    pub ascii: bool,
    /// The terminal has sixteen colours alone.
    pub sixteen: bool,
    /// Begin in the presenter's layout.
    pub present: bool,
    /// Take clicks and the wheel from the terminal.
    pub mouse: bool,
    /// Few frames, and no source that scrolls, while a run goes by itself.
    pub still: bool,
}

/// The point in time that is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum At {
    /// The newest one.
    #[default]
    Now,
    /// After so many rows of the run, counted from its beginning whether they are still kept or not, so that
    /// the point stays the same while old history is forgotten.
    Past(usize),
}

/// The actor or object that the user has chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    Actor(ActorId),
    Object(ObjectId),
}

/// What the screen is given to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    #[default]
    Everything,
    SpaceTime,
    Objects,
    /// The source and what was printed.
    Code,
}

/// A place in something longer than its room: line or page, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    pub at: u16,
    /// The last place that makes sense; known once it was drawn.
    pub last: u16,
    /// How many places are seen at once; known with the last one.
    pub seen: u16,
}

impl Reach {
    /// One further. False: this is the last place.
    pub fn on(&mut self) -> bool {
        let further = self.at < self.last;
        self.at += u16::from(further);
        further
    }

    /// One back. False: this is the first place.
    pub fn back(&mut self) -> bool {
        let back = self.at > 0;
        self.at -= u16::from(back);
        back
    }

    /// As far on or back as is seen at once, but for one place that is seen again.
    pub fn page(&mut self, on: bool) {
        let page = self.seen.saturating_sub(1).max(1);
        self.at = if on { self.at.saturating_add(page).min(self.last) } else { self.at.saturating_sub(page) };
    }

    /// What was drawn tells how far it goes.
    pub fn settle(&mut self, last: u16, seen: u16) {
        (self.last, self.seen) = (last, seen);
        self.at = self.at.min(last);
    }
}

/// A window over the screen.
#[derive(Clone, Debug, PartialEq)]
pub enum Overlay {
    /// The keys, from this line on.
    Help(Reach),
    Menu(Menu),
    /// An input line.
    Prompt(Prompt),
    /// The line in which the filter is typed; its text is the filter.
    Filter,
    /// A text of several lines, as of a scenario that could not be opened, from this line on.
    Text(String, Reach),
    /// The teacher's notes, from this line on.
    Notes(Reach),
    /// All of why, and where everybody is, from this line on.
    Why(Reach),
}

impl Overlay {
    /// The place in a window's text, if it shows one.
    pub fn reach(&mut self) -> Option<&mut Reach> {
        match self {
            Overlay::Help(reach) | Overlay::Text(_, reach) | Overlay::Notes(reach) | Overlay::Why(reach) => Some(reach),
            Overlay::Menu(_) | Overlay::Prompt(_) | Overlay::Filter => None,
        }
    }
}

/// Everything that the user has set on the screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ui {
    pub lang: Lang,
    pub theme: Theme,
    pub ascii: bool,
    pub sixteen: bool,
    pub mouse: bool,
    pub still: bool,
    /// The first line of the source that is shown while it must not scroll.
    pub code_from: Option<usize>,
    pub at: At,
    pub chosen: Option<Chosen>,
    pub overlay: Option<Overlay>,
    /// Why the last key could not do what it asks for, shown until the next.
    pub message: Option<String>,
    /// What the last key did, where the screen does not show it by itself.
    pub answer: Option<String>,
    /// News of the run that the user has seen: the key that came after it took it away.
    pub dismissed: Option<Bilingual>,
    /// The points that the user has marked, as numbers of rows.
    pub marks: BTreeSet<usize>,
    /// The message whose way is followed.
    pub followed: Option<MessageId>,
    /// The kernel's view is shown in the code's place.
    pub inside: bool,
    pub focus: Focus,
    /// The most lines that panels have wanted in this run, so that they grow but never shrink while one
    /// steps: objects, next.
    pub settled: (u16, u16),
    /// An edited source that cannot run yet.
    pub draft: Option<Draft>,
    /// The presenter's layout.
    pub presenting: bool,
    /// Nothing is shown, so that a class looks at its teacher; any key ends it.
    pub blank: bool,
    /// The first line of the lesson that is shown before the first step.
    pub scroll: Reach,
    /// The page of it in the presenter's layout.
    pub page: Reach,
    /// The user does not want to be asked anything.
    pub unasked: bool,
    /// What the user said to a question of the scenario: which question, and which of its choices.
    pub guess: Option<(usize, usize)>,
    /// The user was told that leaving ends the run, and has done nothing since.
    pub leaving: bool,
    /// The chosen line of the list of scenarios.
    pub listed: usize,
    /// What is folded, filtered away and scrolled to.
    pub sight: Sight,
}

impl Ui {
    /// What the options ask for, at the newest point, with nothing chosen and no window open.
    pub fn new(options: &Options) -> Ui {
        Ui {
            lang: options.lang,
            theme: options.theme,
            ascii: options.ascii,
            sixteen: options.sixteen,
            mouse: options.mouse,
            still: options.still,
            presenting: options.present,
            ..Ui::default()
        }
    }

    /// Forgets what belonged to the run that was shown.
    pub fn forget_run(&mut self) {
        self.at = At::Now;
        self.chosen = None;
        self.overlay = None;
        self.draft = None;
        self.followed = None;
        self.guess = None;
        self.scroll = Reach::default();
        self.page = Reach::default();
        self.marks.clear();
        self.settled = (0, 0);
        self.sight.forget_run();
    }
}
