//! Anything at all, again and again: keys, clicks, sizes and a run that goes on meanwhile. Nothing breaks,
//! and what is shown is always a point of the run that there is.
//!
//! The run behind the screen is not a real one, but it has a state: it steps, plays, branches, begins
//! again and refuses, as a real one does. Everything follows from a seed.

use std::cell::RefCell;
use std::rc::Rc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::views::SIZES;
use super::{bilingual, gallery, runs, scenario, status};
use crate::kind::{Lang, words};
use crate::trace::{Body, Event, Phase};
use crate::tui::keys::GROUPS;
use crate::tui::library::{Entry, Library};
use crate::tui::scene::Scene;
use crate::tui::session::{Flow, Session, Start};
use crate::tui::source::{Draft, DraftFault, Edited, Inside, InsideFact, Intent, Source, SourceKind, Status};
use crate::tui::state::{At, Chosen, Options, Overlay};
use crate::tui::view;
use crate::world::Timeline;

/// Numbers that follow from a seed alone: splitmix64 (<https://prng.di.unimi.it/splitmix64.c>).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// A run with a state, seen from both sides.
struct State {
    events: Vec<Event>,
    timeline: Timeline,
    status: Status,
    told: Vec<Intent>,
    edits: u32,
}

impl State {
    fn new(name: &str, source: &str, events: Vec<Event>, kind: SourceKind) -> State {
        let timeline = Timeline::new();
        let mut status = status(&scenario(name, source), timeline.head());
        status.kind = kind;
        let mut state = State { events, timeline, status, told: Vec::new(), edits: 0 };
        state.again(0);
        state
    }

    /// The run from its start, up to a step.
    fn again(&mut self, step: u64) {
        self.timeline = Timeline::new();
        self.status.phase = Phase::Paused;
        // What is there before the first step.
        self.go(|state, next| matches!(next.body, Body::Granted { .. } | Body::Clock { .. }) && state.timeline.head().step >= step);
    }

    /// Takes up events as long as there are some and `stop` does not say so of the next.
    fn go(&mut self, stop: impl Fn(&State, &Event) -> bool) {
        while let Some(next) = self.events.get(self.timeline.len() as usize).cloned() {
            if stop(self, &next) {
                break;
            }
            assert!(self.timeline.push(&next).is_ok());
        }
        let head = self.timeline.head();
        self.status.begun = head.step > 0;
        if self.timeline.len() as usize >= self.events.len() {
            self.status.phase = if head.stuck() { Phase::Stuck } else { Phase::Ended };
        }
    }

    fn step(&mut self) {
        let step = self.timeline.head().step + 1;
        self.go(|state, next| matches!(next.body, Body::Granted { .. } | Body::Clock { .. }) && state.timeline.head().step >= step);
    }

    /// Time goes by: a run that plays goes on.
    fn tick(&mut self) {
        if self.status.phase == Phase::Running {
            self.step();
        }
    }

    fn tell(&mut self, intent: Intent) -> Result<(), String> {
        self.told.push(intent.clone());
        let live = matches!(self.status.phase, Phase::Paused | Phase::Running);
        match intent {
            Intent::Step(count) => (0..count).for_each(|_| self.step()),
            Intent::StepActor(_) => self.step(),
            Intent::ToEnd => self.go(|_, _| false),
            Intent::Run | Intent::RunUntil(_) if live => self.status.phase = Phase::Running,
            Intent::Pause if live => self.status.phase = Phase::Paused,
            Intent::SetPace(pace) => self.status.pace = pace,
            Intent::Free => self.status.gated = false,
            Intent::Gated => self.status.gated = true,
            Intent::Again => self.again(0),
            Intent::Reseed(seed) => {
                self.status.seed = seed;
                self.again(0);
            }
            Intent::Branch(point) if point % 5 == 3 => return Err("the run was free before this point".to_owned()),
            Intent::Branch(point) => self.again(self.timeline.world_at(point).step),
            Intent::SetParam { text, .. } if text.len() > 9 => return Err("that is too much".to_owned()),
            Intent::SetParam { .. } => self.again(0),
            Intent::Hand(_, _, Some(value)) if value.len() % 2 == 1 => return Err("that is no value".to_owned()),
            Intent::Hand(..) | Intent::HandEntry { .. } | Intent::Signal(..) => {
                let said = bilingual("the hand is still busy, and says so in many words", "手还在忙，并且说了很多话");
                self.status.notice = if self.status.notice.is_none() { Some(said) } else { None };
                self.step();
            }
            _ => {}
        }
        Ok(())
    }
}

struct Run(Rc<RefCell<State>>);

impl Source for Run {
    fn with_timeline(&self, read: &mut dyn FnMut(&Timeline)) {
        read(&self.0.borrow().timeline);
    }

    fn status(&self) -> Status {
        self.0.borrow().status.clone()
    }

    fn inside(&self, of: Inside, _: Lang) -> Option<Vec<InsideFact>> {
        let state = self.0.borrow();
        if state.status.kind == SourceKind::Recorded {
            return None;
        }
        let count = if matches!(of, Inside::Actor(_)) { 4 } else { 1 };
        let fact = InsideFact { what: words("state", "状态"), kernel: "S (sleeping)".to_owned(), drawn: "R".to_owned(), agrees: false };
        Some(vec![fact; count])
    }

    fn edit(&mut self, _: Lang) -> Result<Edited, String> {
        let mut state = self.0.borrow_mut();
        state.edits += 1;
        match state.edits % 4 {
            0 => Err("no such editor".to_owned()),
            1 => Ok(Edited::Same),
            2 => {
                let faults = vec![DraftFault { line: 2, said: bilingual("there is no such function", "没有这个函数") }];
                Ok(Edited::Faulty(Draft { file: "x".to_owned(), source: "a();\nb();\n".to_owned(), faults }))
            }
            _ => {
                state.again(0);
                Ok(Edited::Anew)
            }
        }
    }

    fn tell(&mut self, intent: Intent, _: Lang) -> Result<(), String> {
        self.0.borrow_mut().tell(intent)
    }
}

struct Shelf(Rc<RefCell<State>>);

impl Library for Shelf {
    fn entries(&self) -> Vec<Entry> {
        let entry = |name: &str| Entry { name: name.to_owned(), title: bilingual(name, name), intro: bilingual("a lesson", "一课") };
        ["event", "broken", "你好", "last"].map(entry).to_vec()
    }

    fn open(&mut self, name: &str) -> Result<Box<dyn Source>, String> {
        if name == "broken" {
            return Err("it has a mistake\nin line 3".to_owned());
        }
        self.0.borrow_mut().again(0);
        Ok(Box::new(Run(Rc::clone(&self.0))))
    }
}

/// A screen, the run behind it, and its size.
struct Play {
    session: Session,
    state: Rc<RefCell<State>>,
    area: Rect,
    numbers: Numbers,
    /// Whether the list is shown, as far as the keys tell.
    closed: bool,
}

impl Play {
    fn new(seed: u64) -> Play {
        let mut numbers = Numbers(seed);
        let all = [
            ("queue", runs::QUEUE, runs::queue as fn() -> Vec<Event>),
            ("event", runs::EVENT, runs::event),
            ("condition", runs::CONDITION, runs::condition),
            ("pipe", runs::PIPE, runs::stuck),
            ("gallery", gallery::SOURCE, gallery::events),
        ];
        let (name, source, events) = numbers.of(&all);
        let kind = if numbers.below(4) == 0 { SourceKind::Recorded } else { SourceKind::Live };
        let state = Rc::new(RefCell::new(State::new(name, source, events(), kind)));
        let options =
            Options { lang: if numbers.below(2) == 0 { Lang::En } else { Lang::Zh }, ascii: numbers.below(8) == 0, ..Options::default() };
        let session = Session::new(Start::Open(Box::new(Run(Rc::clone(&state))), Some(Box::new(Shelf(Rc::clone(&state))))), &options);
        let mut play = Play { session, state, area: Rect::new(0, 0, 80, 24), numbers, closed: false };
        play.draw();
        play
    }

    fn draw(&mut self) -> Buffer {
        let mut buf = Buffer::empty(self.area);
        self.session.draw(&mut buf, self.area);
        buf
    }

    /// Any size from a single cell to more than a projector, the usual ones more often than others.
    fn resize(&mut self) {
        let (width, height) = match self.numbers.below(10) {
            0 => (1 + self.numbers.below(12), 1 + self.numbers.below(5)),
            1..=3 => {
                let (width, height) = *self.numbers.of(&SIZES);
                (width as usize, height as usize)
            }
            4 => (10, 3),
            _ => (10 + self.numbers.below(191), 3 + self.numbers.below(58)),
        };
        self.area = Rect::new(0, 0, width as u16, height as u16);
        self.session.ui.settled = Default::default();
    }

    /// A key, a click, a turn of the wheel, a pasted text. Whether the screen is still there.
    fn press(&mut self) -> Flow {
        match self.numbers.below(20) {
            0..=2 => {
                let kinds = [
                    MouseEventKind::Down(MouseButton::Left),
                    MouseEventKind::Down(MouseButton::Right),
                    MouseEventKind::Up(MouseButton::Left),
                    MouseEventKind::Drag(MouseButton::Left),
                    MouseEventKind::Moved,
                    MouseEventKind::ScrollUp,
                    MouseEventKind::ScrollDown,
                ];
                let kind = *self.numbers.of(&kinds);
                // Beyond the edge too, as after a resize that the terminal has not told yet.
                let column = self.numbers.below(self.area.width as usize + 9) as u16;
                let row = self.numbers.below(self.area.height as usize + 9) as u16;
                self.session.mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }, self.area);
                Flow::On
            }
            3 => {
                self.session.paste(["3 = 4", "你好\nx", "\u{7}", ""][self.numbers.below(4)]);
                Flow::On
            }
            4..=5 => {
                let others = [KeyCode::Backspace, KeyCode::F(5), KeyCode::Insert, KeyCode::Delete, KeyCode::Null, KeyCode::Char('你')];
                let code = *self.numbers.of(&others);
                self.key(code)
            }
            6 => {
                let digit = char::from(b'0' + self.numbers.below(10) as u8);
                self.key(KeyCode::Char(digit))
            }
            7..=13 => {
                let code = self.likely();
                self.key(code)
            }
            _ => {
                let group = self.numbers.of(GROUPS);
                let binding = self.numbers.of(group.bindings);
                // Keys with Control are the terminal's business.
                let Some(code) = binding.keys.get(self.numbers.below(binding.keys.len().max(1))).copied() else {
                    return Flow::On;
                };
                // Whoever quits at once sees little.
                if code == KeyCode::Char('q') && self.numbers.below(20) > 0 { Flow::On } else { self.key(code) }
            }
        }
    }

    /// A key that leads on from where one is, so that every place is seen often and runs come far.
    fn likely(&mut self) -> KeyCode {
        use KeyCode::{Char, Down, End, Enter, Esc, Home, Tab};
        let keys: &[KeyCode] = match (&self.session.ui.overlay, self.session.shown()) {
            (Some(Overlay::Prompt(_)), _) => &[Enter, Enter, Char('2'), Char('='), Esc],
            (Some(_), _) => &[Enter, Down, Down, Esc, Esc],
            (None, None) => &[Enter, Enter, Down],
            (None, Some(_)) => &[
                Char('n'),
                Char('n'),
                Char('n'),
                Char('n'),
                Char('n'),
                Char('n'),
                Char(' '),
                Char(','),
                Char(','),
                Char(','),
                Char('['),
                Char(']'),
                Char('s'),
                Char('c'),
                Char('K'),
                Tab,
                Tab,
                Enter,
                Home,
                End,
            ],
        };
        *self.numbers.of(keys)
    }

    fn key(&mut self, code: KeyCode) -> Flow {
        let flow = self.session.key(KeyEvent::new(code, KeyModifiers::NONE), self.area.height);
        if flow == Flow::Edit {
            self.session.edit();
            return Flow::On;
        }
        flow
    }

    /// What holds after every key.
    fn check(&mut self, before: At, told_before: usize, what: &str) {
        let state = self.state.borrow();
        let ui = &self.session.ui;
        let rows = state.timeline.rows().len();
        if let At::Past(shown) = ui.at {
            assert!(shown <= rows, "{what}: {shown} of {rows} rows are shown");
        }
        let head = state.timeline.head();
        match ui.chosen {
            Some(Chosen::Actor(id)) => assert!(head.actor(id).is_some(), "{what}: {id:?} is chosen, and is not there"),
            Some(Chosen::Object(id)) => assert!(head.object(id).is_some(), "{what}: {id:?} is chosen, and is not there"),
            None => {}
        }
        if let Some(Overlay::Menu(menu)) = &ui.overlay {
            assert!(menu.at < menu.items.len().max(1), "{what}: line {} of {}", menu.at, menu.items.len());
        }
        assert!(ui.listed < 4, "{what}: line {} of the list", ui.listed);
        for intent in &state.told[told_before..] {
            let goes_on = matches!(
                intent,
                Intent::Step(_)
                    | Intent::StepActor(_)
                    | Intent::Run
                    | Intent::RunUntil(_)
                    | Intent::Hand(..)
                    | Intent::HandEntry { .. }
                    | Intent::Signal(..)
            );
            assert!(before == At::Now || !goes_on, "{what}: {intent:?} was told in the past");
            let acts = goes_on && !matches!(intent, Intent::Step(_) | Intent::Run);
            assert!(state.status.kind == SourceKind::Live || !acts, "{what}: {intent:?} was told to a recording");
        }
        let closes = state.told[told_before..].contains(&Intent::Close);
        drop(state);
        self.closed = (self.closed || closes) && self.session.shown().is_none();
        assert_eq!(self.session.shown().is_none(), self.closed, "{what}: a run is lost");
    }

    /// The frame is the one that the run as it is now gives: nothing that was read before is left in it.
    fn check_frame(&mut self, what: &str) {
        let drawn = self.draw();
        if self.session.shown().is_none() {
            return;
        }
        let state = self.state.borrow();
        let mut ui = self.session.ui.clone();
        let mut scene = Scene::read(&state.timeline, state.status.clone(), &ui, self.area.height as usize);
        if let At::Past(rows) = ui.at {
            let point = state.timeline.rows().get(rows).copied().unwrap_or(state.timeline.len());
            assert!(scene.world.events <= point, "{what}: later events are shown");
        }
        assert_eq!(scene.world, runs::fold(&state.events[..scene.world.events as usize]), "{what}: another world is shown");
        scene.inside = self.session.shown().and_then(|shown| shown.inside.clone());
        view::settle(self.area, &scene, &mut ui);
        let mut fresh = Buffer::empty(self.area);
        view::run(&mut fresh, self.area, &scene, &ui);
        assert_eq!(super::text(&drawn), super::text(&fresh), "{what}");
    }
}

/// So many keys on a run, with sizes between them; begins anew where one quits.
fn play(seed: u64, keys: usize, keys_per_size: usize, keys_per_frame: usize) {
    let mut play = Play::new(seed);
    for at in 0..keys {
        let what = format!("seed {seed}, key {at}");
        if at % keys_per_size == 0 {
            play.resize();
            play.check_frame(&what);
        }
        let before = play.session.ui.at;
        let told = play.state.borrow().told.len();
        let flow = play.press();
        if flow != Flow::On {
            assert!(play.session.shown().is_none(), "{what}: the run is not closed");
            play = Play::new(seed.wrapping_mul(31).wrapping_add(at as u64));
            continue;
        }
        play.check(before, told, &what);
        if at % 3 == 0 {
            play.state.borrow_mut().tick();
        }
        if at % keys_per_frame == 0 {
            play.check_frame(&what);
        }
    }
}

// A hundred thousand keys on a thousand sizes in all, in four parts that run side by side.

#[test]
fn anything_may_be_pressed_1() {
    play(1, 25_000, 100, 90);
}

#[test]
fn anything_may_be_pressed_2() {
    play(2, 25_000, 100, 90);
}

#[test]
fn anything_may_be_pressed_3() {
    play(3, 25_000, 100, 90);
}

#[test]
fn anything_may_be_pressed_4() {
    play(4, 25_000, 100, 90);
}
