//! What is open on the screen: the list or a run, and what a key does to it. No terminal, no time.

use crossterm::event::{KeyEvent, KeyEventKind, KeyModifiers, MouseEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::answer::{self, Effect};
use super::keys::{self, Action, Place};
use super::labels;
use super::library::{Entry, Library};
use super::mouse::{self, Hit};
use super::narrate;
use super::scene::Scene;
use super::sight::Sight;
use super::source::{Edited, Inside, Intent, Source, Status};
use super::state::{At, Chosen, Options, Overlay, Reach, Ui};
use super::update;
use super::view;
use super::{follow, input, windows};
use crate::trace::Phase;

/// What the screen opens with.
pub enum Start {
    /// The list of scenarios.
    List(Box<dyn Library>),
    /// A run, and the list behind it if there is one.
    Open(Box<dyn Source>, Option<Box<dyn Library>>),
}

/// What is open on the screen, and what the user has set there.
pub struct Session {
    pub ui: Ui,
    library: Option<Box<dyn Library>>,
    entries: Vec<Entry>,
    source: Option<Box<dyn Source>>,
    /// What was read of the run last, to see whether it changed.
    seen: Option<(u64, Status)>,
    scene: Option<Scene>,
    exit: i32,
}

/// Whether the screen stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    On,
    /// The scenario is to be edited: leave the terminal, call [`Session::edit`], and take it again.
    Edit,
    /// The program is to stop until the shell continues it.
    Suspend,
    /// The user has quit; the exit status of the run that was shown.
    Quit(i32),
}

impl Session {
    /// Opens the list or a run. No frame has been read of a run yet, and the exit status is 0.
    pub fn new(start: Start, options: &Options) -> Session {
        let (source, library) = match start {
            Start::List(library) => (None, Some(library)),
            Start::Open(source, library) => (Some(source), library),
        };
        let entries = library.as_ref().map(|library| library.entries()).unwrap_or_default();
        Session { ui: Ui::new(options), library, entries, source, seen: None, scene: None, exit: 0 }
    }

    /// What is shown of the open run; none while the list is.
    #[cfg(test)]
    pub fn shown(&self) -> Option<&Scene> {
        self.source.as_ref().and(self.scene.as_ref())
    }

    /// Whether the run goes by itself, so that it must be looked at often.
    pub fn running(&self) -> bool {
        self.seen.as_ref().is_some_and(|(_, status)| status.phase == Phase::Running)
    }

    /// Whether the run is not as it was read last.
    pub fn changed(&self) -> bool {
        let Some(source) = &self.source else { return false };
        // The kernel's view changes without an event.
        if self.ui.inside && self.ui.at == At::Now {
            return true;
        }
        let mut length = 0;
        source.with_timeline(&mut |timeline| length = timeline.len());
        self.seen.as_ref().is_none_or(|(seen, status)| *seen != length || *status != source.status())
    }

    /// Reads what a frame of so many lines shows.
    fn read(&mut self, lines: u16) {
        let Some(source) = &self.source else {
            self.scene = None;
            return;
        };
        let status = source.status();
        if status.notice.is_none() {
            self.ui.dismissed = None;
        }
        let mut scene = None;
        let mut length = 0;
        source.with_timeline(&mut |timeline| {
            length = timeline.len();
            scene = Some(Scene::read(timeline, status.clone(), &self.ui, lines as usize));
        });
        self.scene = scene;
        self.tell_of_a_question(&status);
        self.seen = Some((length, status));
        self.look_inside();
    }

    /// A run that went by itself and stands at a question says why it stands.
    fn tell_of_a_question(&mut self, status: &Status) {
        let went = self.seen.as_ref().is_some_and(|(_, before)| before.phase == Phase::Running);
        let question = self.scene.as_ref().and_then(|scene| scene.asking.open_question(scene, &self.ui));
        if let (true, Some((_, question)), Phase::Paused, At::Now) = (went, question, status.phase, self.ui.at) {
            let said = if question.choices.is_empty() { labels::AT_AN_OPEN_QUESTION } else { labels::AT_A_QUESTION };
            self.ui.answer = Some(said.get(self.ui.lang).to_owned());
        }
    }

    /// Reads the run as it is now, and draws it.
    pub fn draw(&mut self, buf: &mut Buffer, area: Rect) {
        self.read(area.height);
        if let Some(scene) = &self.scene {
            view::settle(area, scene, &mut self.ui);
        }
        view::settle_window(area, self.scene.as_ref(), &mut self.ui);
        match &self.scene {
            Some(scene) => view::run(buf, area, scene, &self.ui),
            None => view::scenarios(buf, area, &self.entries, &self.ui),
        }
    }

    /// Does what a key asks for. A key acts on what is so now, not on what the last frame showed.
    pub fn key(&mut self, key: KeyEvent, lines: u16) -> Flow {
        if self.scene.is_none() || self.changed() {
            self.read(lines);
        }
        let place = if self.scene.is_some() { Place::Run } else { Place::List };
        // It changes nothing here, whatever is open.
        if keys::action(key, place) == Some(Action::Suspend) {
            return Flow::Suspend;
        }
        if self.ui.blank && key.kind != KeyEventKind::Release && !key.modifiers.contains(KeyModifiers::CONTROL) {
            self.ui.blank = false;
            return Flow::On;
        }
        if let Some(effects) = input::on_prompt(&mut self.ui, key) {
            return self.follow(effects, lines);
        }
        let Some(action) = windows::by_number(&mut self.ui, key).or_else(|| keys::action(key, place)) else { return Flow::On };
        let effects = self.act(action);
        self.follow(effects, lines)
    }

    /// Does what a click or the wheel asks for, on a screen of this size. True if something was meant.
    pub fn mouse(&mut self, event: MouseEvent, area: Rect) -> bool {
        if self.scene.is_none() || self.changed() {
            self.read(area.height);
        }
        if self.ui.blank {
            return false;
        }
        let hit = match &self.scene {
            Some(scene) => mouse::hit(&event, scene, &self.ui, area),
            None => mouse::hit_list(&event, &self.entries, &self.ui, area),
        };
        let effects = match (mouse::wheel(&event, self.scene.as_ref(), &self.ui), hit) {
            (Some(action), _) => self.act(action),
            (None, Some(hit)) => self.clicked(hit),
            (None, None) => return false,
        };
        self.follow(effects, area.height);
        true
    }

    /// Does what a click stands for.
    fn clicked(&mut self, hit: Hit) -> Vec<Effect> {
        let action = match (hit, &self.scene) {
            (Hit::Choose(chosen), _) => {
                self.ui.chosen = Some(chosen);
                return Vec::new();
            }
            (Hit::Point(rows), Some(scene)) => return answer::go_to(&mut self.ui, scene, rows),
            (Hit::Entry(entry), _) if entry != self.ui.listed => {
                self.ui.listed = entry;
                return Vec::new();
            }
            (Hit::Item(item), _) => {
                if let Some(Overlay::Menu(menu)) = &mut self.ui.overlay {
                    menu.at = item;
                }
                Action::Act
            }
            (Hit::Entry(_), _) => Action::Act,
            (Hit::More(right), _) => {
                if right {
                    Action::ScrollRight
                } else {
                    Action::ScrollLeft
                }
            }
            (Hit::Step, _) => Action::StepChosen,
            (Hit::Beside, _) => Action::Leave,
            (Hit::Point(_), None) => return Vec::new(),
        };
        self.act(action)
    }

    /// Does an action, on the run or on the list.
    fn act(&mut self, action: Action) -> Vec<Effect> {
        match &self.scene {
            Some(scene) => update::on_run(&mut self.ui, action, scene, self.library.is_some()),
            None => update::on_list(&mut self.ui, action, self.entries.len()),
        }
    }

    /// Pasted text is for an input line; elsewhere it is no key.
    pub fn paste(&mut self, text: &str) {
        input::on_paste(&mut self.ui, text);
    }

    fn follow(&mut self, effects: Vec<Effect>, lines: u16) -> Flow {
        for effect in effects {
            match effect {
                Effect::Quit => {
                    self.close();
                    return Flow::Quit(self.exit);
                }
                Effect::ToList => {
                    let shown = self.source.as_ref().map(|source| source.status().scenario.name.clone());
                    if let Some(at) = self.entries.iter().position(|entry| Some(&entry.name) == shown.as_ref()) {
                        self.ui.listed = at;
                    }
                    self.close();
                    self.ui.forget_run();
                    self.exit = 0;
                }
                Effect::Edit => return Flow::Edit,
                Effect::GoTo(step) => self.go_to(step),
                Effect::Follow(forward) => self.follow_message(forward),
                Effect::Open(at) => self.open(at),
                Effect::Tell(intent) => self.tell(intent),
            }
        }
        // What the user set may show another point of the run.
        self.read(lines);
        Flow::On
    }

    /// Goes to another step of the message that the shown step moved, or that was followed before.
    fn follow_message(&mut self, forward: bool) {
        let (Some(source), Some(scene)) = (&self.source, &self.scene) else { return };
        let rows = scene.rows_shown;
        let mut found = None;
        let mut message = None;
        let followed = self.ui.followed;
        source.with_timeline(&mut |timeline| {
            let here = follow::message_at(timeline, rows);
            // A step that moves several messages keeps to the one that is followed.
            message = followed.filter(|_| here.is_none()).or(here).or_else(|| follow::message_before(timeline, rows));
            found = message.and_then(|message| follow::next(timeline, rows, message, forward));
        });
        self.ui.followed = message;
        match found {
            Some(at) => self.ui.at = if at >= scene.rows_total { At::Now } else { At::Past(at) },
            None if message.is_none() => self.ui.message = Some(labels::REFUSE_NO_MESSAGE.get(self.ui.lang).to_owned()),
            None if forward => self.ui.message = Some(labels::REFUSE_NO_LATER_MOVE.get(self.ui.lang).to_owned()),
            None => self.ui.message = Some(labels::REFUSE_NO_EARLIER_MOVE.get(self.ui.lang).to_owned()),
        }
    }

    /// The kernel's view of what is chosen, or of the one whose line is followed; nothing of the past.
    fn look_inside(&mut self) {
        let (Some(source), Some(scene)) = (&self.source, &mut self.scene) else { return };
        if !self.ui.inside || self.ui.at != At::Now {
            return;
        }
        let of = match self.ui.chosen {
            Some(Chosen::Object(id)) => Some((Inside::Object(id), narrate::object(&scene.world, id))),
            _ => view::code::focus(scene, &self.ui).map(|id| (Inside::Actor(id), narrate::actor(&scene.world, id, self.ui.lang))),
        };
        scene.inside = of.and_then(|(of, name)| Some((name, source.inside(of, self.ui.lang)?)));
    }

    fn tell(&mut self, intent: Intent) {
        let Some(source) = &mut self.source else { return };
        let branches = matches!(intent, Intent::Branch(_) | Intent::SetParam { .. });
        match source.tell(intent, self.ui.lang) {
            // What is shown now is another run.
            Ok(()) if branches => self.ui.forget_run(),
            Ok(()) if matches!(self.ui.overlay, Some(Overlay::Prompt(_))) => self.ui.overlay = None,
            Ok(()) => {}
            // An input line whose text will not do says so and stays.
            Err(why) => match &mut self.ui.overlay {
                Some(Overlay::Prompt(prompt)) => prompt.wrong = Some(why),
                _ => self.ui.message = Some(why),
            },
        }
    }

    /// Shows the point after a step.
    fn go_to(&mut self, step: u64) {
        let (Some(source), Some(scene)) = (&self.source, &self.scene) else { return };
        let mut rows = 0;
        source.with_timeline(&mut |timeline| rows = timeline.rows_at_step(step));
        answer::show_point(&mut self.ui, scene, rows);
    }

    /// Lets the user edit the scenario. To be called while the terminal is not the screen's.
    pub fn edit(&mut self) {
        let Some(source) = &mut self.source else { return };
        match source.edit(self.ui.lang) {
            Ok(Edited::Same) => {
                self.ui.draft = None;
                self.ui.message = Some(labels::EDIT_SAME.get(self.ui.lang).to_owned());
            }
            Ok(Edited::Anew) => self.ui.forget_run(),
            Ok(Edited::Faulty(draft)) => {
                self.ui.inside = false;
                self.ui.draft = Some(draft);
                self.ui.message = Some(labels::EDIT_FAULTY.get(self.ui.lang).to_owned());
            }
            Err(why) => self.ui.message = Some(why),
        }
    }

    fn open(&mut self, at: usize) {
        let (Some(library), Some(entry)) = (&mut self.library, self.entries.get(at)) else { return };
        match library.open(&entry.name) {
            Ok(source) => {
                self.ui.forget_run();
                // Another scenario has other names.
                self.ui.sight = Sight::default();
                self.source = Some(source);
                self.seen = None;
                if self.ui.unasked {
                    self.tell(Intent::PauseToAsk(false));
                }
            }
            Err(why) => self.ui.overlay = Some(Overlay::Text(why, Reach::default())),
        }
    }

    /// Ends the run that is shown.
    fn close(&mut self) {
        if let Some(mut source) = self.source.take() {
            self.exit = source.status().exit.unwrap_or(0);
            // A run that cannot be closed is one that is closed already.
            let _ = source.tell(Intent::Close, self.ui.lang);
        }
        self.scene = None;
        self.seen = None;
    }
}
