//! A session without a terminal: opening from the list, going back, quitting, what a run refuses.

use std::cell::RefCell;
use std::rc::Rc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{bilingual, runs, scenario, status, text, timeline};
use crate::tui::library::{Entry, Library};
use crate::tui::session::{Flow, Session, Start};
use crate::tui::source::{Intent, Source, Status};
use crate::tui::state::Options;
use crate::world::Timeline;

/// What a run was told, seen from outside.
type Told = Rc<RefCell<Vec<Intent>>>;

struct Run {
    timeline: Timeline,
    status: Status,
    told: Told,
}

impl Run {
    fn new(told: &Told) -> Run {
        let timeline = timeline(&runs::event());
        let mut status = status(&scenario("event", runs::EVENT), timeline.head());
        status.exit = Some(3);
        Run { timeline, status, told: Rc::clone(told) }
    }
}

impl Source for Run {
    fn with_timeline(&self, read: &mut dyn FnMut(&Timeline)) {
        read(&self.timeline);
    }

    fn status(&self) -> Status {
        self.status.clone()
    }

    fn tell(&mut self, intent: Intent) -> Result<(), String> {
        self.told.borrow_mut().push(intent.clone());
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
fn nothing_is_read_again_while_nothing_changes() {
    let (mut session, _) = listed();
    assert!(!session.changed());
    press(&mut session, KeyCode::Enter);
    drawn(&mut session);
    assert!(!session.changed() && !session.running());
}
