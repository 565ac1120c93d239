//! A session without a terminal: opening from the list, going back, quitting, what a run refuses.

use std::cell::RefCell;
use std::rc::Rc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{bilingual, runs, scenario, status, text, timeline};
use crate::kind::{Lang, words};
use crate::tui::library::{Entry, Library};
use crate::tui::session::{Flow, Session, Start};
use crate::tui::source::{Draft, DraftFault, Edited, Inside, InsideFact, Intent, Source, Status};
use crate::tui::state::{At, Options};
use crate::world::Timeline;

/// What a run was told, seen from outside.
type Told = Rc<RefCell<Vec<Intent>>>;

struct Run {
    timeline: Timeline,
    status: Status,
    told: Told,
    edits: u32,
}

impl Run {
    fn new(told: &Told) -> Run {
        let timeline = timeline(&runs::event());
        let mut status = status(&scenario("event", runs::EVENT), timeline.head());
        status.exit = Some(3);
        Run { timeline, status, told: Rc::clone(told), edits: 0 }
    }
}

impl Source for Run {
    fn with_timeline(&self, read: &mut dyn FnMut(&Timeline)) {
        read(&self.timeline);
    }

    fn status(&self) -> Status {
        self.status.clone()
    }

    fn inside(&self, of: Inside, _: Lang) -> Option<Vec<InsideFact>> {
        let fact = |what, kernel: &str, drawn: &str| InsideFact {
            what: words(what, what),
            kernel: kernel.to_owned(),
            drawn: drawn.to_owned(),
            agrees: kernel == drawn,
        };
        Some(match of {
            Inside::Actor(_) => vec![fact("state", "S (sleeping)", "S (sleeping)"), fact("waits in", "futex", "ppoll")],
            Inside::Object(_) => vec![fact("flag", "1", "1")],
        })
    }

    /// The first edit fails, the next has a fault, the next changes nothing, the last is good.
    fn edit(&mut self, _: Lang) -> Result<Edited, String> {
        self.edits += 1;
        match self.edits {
            1 => Err("no such editor".to_owned()),
            2 => {
                let said = bilingual("there is no function `prnt`", "没有函数 `prnt`");
                Ok(Edited::Faulty(Draft {
                    file: "event".to_owned(),
                    source: "prnt(1);".to_owned(),
                    faults: vec![DraftFault { line: 1, said }],
                }))
            }
            3 => Ok(Edited::Same),
            _ => Ok(Edited::Anew),
        }
    }

    fn tell(&mut self, intent: Intent, _: Lang) -> Result<(), String> {
        self.told.borrow_mut().push(intent.clone());
        if let Intent::SetParam { text, .. } = &intent
            && text == "bad"
        {
            return Err(
                "a value that will not do is told of at length, so that one line cannot hold all that is said of it here".to_owned()
            );
        }
        // The first branch that is asked for cannot be had.
        if let Intent::Branch(_) = intent
            && self.told.borrow().iter().filter(|told| matches!(told, Intent::Branch(_))).count() == 1
        {
            return Err("nothing to branch from".to_owned());
        }
        if intent == Intent::Again { Err("this run cannot be had again".to_owned()) } else { Ok(()) }
    }
}

struct Shelf {
    told: Told,
}

impl Library for Shelf {
    fn entries(&self) -> Vec<Entry> {
        let entry = |name: &str| Entry { name: name.to_owned(), title: bilingual(name, name), intro: bilingual("a lesson", "一课") };
        vec![entry("event"), entry("broken")]
    }

    fn open(&mut self, name: &str) -> Result<Box<dyn Source>, String> {
        match name {
            "event" => Ok(Box::new(Run::new(&self.told))),
            other => Err(format!("{other} has a mistake in line 3")),
        }
    }
}

fn press(session: &mut Session, code: KeyCode) -> Flow {
    session.key(KeyEvent::new(code, KeyModifiers::NONE), 24)
}

fn drawn(session: &mut Session) -> String {
    let area = Rect::new(0, 0, 80, 24);
    let mut buf = Buffer::empty(area);
    session.draw(&mut buf, area);
    text(&buf)
}

fn listed() -> (Session, Told) {
    let told = Told::default();
    let library = Box::new(Shelf { told: Rc::clone(&told) });
    (Session::new(Start::List(library), &Options::default()), told)
}

#[test]
fn from_the_list_to_a_run_and_back() {
    let (mut session, told) = listed();
    assert!(drawn(&mut session).contains("a lesson"));
    assert_eq!(press(&mut session, KeyCode::Enter), Flow::On);
    assert!(drawn(&mut session).contains("PAUSED"));
    press(&mut session, KeyCode::Char('n'));
    press(&mut session, KeyCode::Esc);
    assert_eq!(*told.borrow(), [Intent::Step(1)]);
    press(&mut session, KeyCode::Esc);
    assert_eq!(*told.borrow(), [Intent::Step(1), Intent::Close]);
    assert!(drawn(&mut session).contains("a lesson"));
    assert_eq!(press(&mut session, KeyCode::Char('q')), Flow::Quit(0));
}

#[test]
fn quitting_a_run_closes_it_and_gives_its_exit_status() {
    let told = Told::default();
    let mut session = Session::new(Start::Open(Box::new(Run::new(&told)), None), &Options::default());
    // The very first key counts, even before a frame was drawn.
    assert_eq!(press(&mut session, KeyCode::Char('n')), Flow::On);
    press(&mut session, KeyCode::Esc);
    assert!(drawn(&mut session).contains("There is no list"));
    assert_eq!(press(&mut session, KeyCode::Char('q')), Flow::Quit(3));
    assert_eq!(*told.borrow(), [Intent::Step(1), Intent::Close]);
}

#[test]
fn what_cannot_be_is_said() {
    let (mut session, told) = listed();
    press(&mut session, KeyCode::Down);
    press(&mut session, KeyCode::Enter);
    assert!(drawn(&mut session).contains("broken has a mistake in line 3"));
    press(&mut session, KeyCode::Esc);
    press(&mut session, KeyCode::Up);
    press(&mut session, KeyCode::Enter);
    press(&mut session, KeyCode::Char('r'));
    assert!(drawn(&mut session).contains("this run cannot be had again"));
    assert_eq!(*told.borrow(), [Intent::Again]);
}

#[test]
fn a_branch_leaves_the_past_only_if_it_can_be_had() {
    let told = Told::default();
    let mut session = Session::new(Start::Open(Box::new(Run::new(&told)), None), &Options::default());
    press(&mut session, KeyCode::Home);
    press(&mut session, KeyCode::Char('b'));
    assert!(drawn(&mut session).contains("nothing to branch from"));
    assert!(drawn(&mut session).contains("PAST"));
    press(&mut session, KeyCode::Char('n'));
    press(&mut session, KeyCode::Char('b'));
    assert!(drawn(&mut session).contains("PAUSED"));
}

#[test]
fn a_refused_parameter_can_be_typed_again() {
    let (mut session, _) = listed();
    for key in [KeyCode::Enter, KeyCode::Char('p'), KeyCode::Enter] {
        press(&mut session, key);
    }
    for key in ['\u{8}'; 4].map(|_| KeyCode::Backspace).into_iter().chain("bad".chars().map(KeyCode::Char)).chain([KeyCode::Enter]) {
        press(&mut session, key);
    }
    let drawn_now = drawn(&mut session);
    assert!(drawn_now.contains("› bad_") && drawn_now.contains("all that is") && drawn_now.contains("said of it here"), "{drawn_now}");
    press(&mut session, KeyCode::Char('!'));
    press(&mut session, KeyCode::Enter);
    // Accepted, it is another run.
    assert_eq!(session.ui.overlay, None);
    assert_eq!(session.ui.message, None);
}

#[test]
fn inside_stands_beside_what_is_drawn() {
    let told = Told::default();
    let mut session = Session::new(Start::Open(Box::new(Run::new(&told)), None), &Options::default());
    press(&mut session, KeyCode::Tab);
    press(&mut session, KeyCode::Char('x'));
    insta::assert_snapshot!("inside_80x24", drawn(&mut session));
    assert!(session.changed(), "the kernel's view is refreshed while it is shown");
    press(&mut session, KeyCode::Char(','));
    assert!(drawn(&mut session).contains("asked only about a live run"));
}

#[test]
fn a_message_is_followed_from_put_to_get() {
    let told = Told::default();
    let mut run = Run::new(&told);
    run.timeline = timeline(&runs::queue());
    let mut session = Session::new(Start::Open(Box::new(run), None), &Options::default());
    press(&mut session, KeyCode::Home);
    press(&mut session, KeyCode::Char(']'));
    assert!(drawn(&mut session).contains("No message has moved"));
    let mut seen = Vec::new();
    for _ in 0..8 {
        press(&mut session, KeyCode::Char('n'));
    }
    for _ in 0..3 {
        let screen = drawn(&mut session);
        seen.push(screen.lines().find(|line| line.starts_with('•')).unwrap_or_default().to_owned());
        press(&mut session, KeyCode::Char(']'));
    }
    insta::assert_snapshot!("followed", seen.join("\n"));
    assert!(drawn(&mut session).contains("has not moved since"));
}

#[test]
fn nothing_is_read_again_while_nothing_changes() {
    let (mut session, _) = listed();
    assert!(!session.changed());
    press(&mut session, KeyCode::Enter);
    drawn(&mut session);
    assert!(!session.changed() && !session.running());
}

#[test]
fn an_edited_scenario_runs_only_without_faults() {
    let (mut session, _) = listed();
    press(&mut session, KeyCode::Enter);
    let mut edit = |expected: &str, at: At| {
        press(&mut session, KeyCode::Home);
        assert_eq!(press(&mut session, KeyCode::Char('E')), Flow::Edit);
        session.edit();
        assert!(drawn(&mut session).contains(expected), "{expected}");
        assert_eq!(session.ui.at, at);
    };
    edit("no such editor", At::Past(0));
    edit("there is no function `prnt`", At::Past(0));
    edit("Nothing was changed", At::Past(0));
    edit("PAUSED", At::Now);
    assert_eq!(session.ui.draft, None);
}
