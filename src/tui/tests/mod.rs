//! The screen on hand-built runs: snapshots of every view, every size, random keys.

mod clipped;
mod colour;
mod columns;
mod control;
mod gallery;
mod history;
mod keys;
mod lanes;
mod lesson;
mod lost_update;
mod mono;
mod mouse;
mod pictures;
mod random;
mod runs;
mod screens;
mod sessions;
mod stuck;
mod things;
mod told;
mod views;
mod why;
mod wording;

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::kind::Lang;
use crate::trace::scenario::{Bilingual, Param, Scenario, Setting};
use crate::trace::{Event, Pace, Phase, Walk};
use crate::world::{Timeline, World};

use super::answer::Effect;
use super::input;
use super::keys::Action;
use super::paint;
use super::scene::Scene;
use super::source::{Intent, SourceKind, Status};
use super::state::Ui;
use super::theme::Theme;
use super::update;
use super::view;

/// A timeline of some events, which must fold without faults.
fn timeline(events: &[Event]) -> Timeline {
    let mut timeline = Timeline::new();
    for event in events {
        assert!(timeline.push(event).is_ok());
    }
    assert_eq!(timeline.head().faults, [], "a test's run must be a possible one");
    timeline
}

fn bilingual(en: &str, zh: &str) -> Bilingual {
    Bilingual { en: en.to_owned(), zh: zh.to_owned() }
}

/// A scenario with a source of its own and texts of the usual length.
fn scenario(name: &str, source: &str) -> Arc<Scenario> {
    Arc::new(Scenario {
        name: name.to_owned(),
        file: name.to_owned(),
        source: source.to_owned(),
        title: bilingual("producer and consumer", "生产者与消费者"),
        intro: bilingual(
            "Two processes own no memory in common. One puts letters into a queue,\nthe other takes them out.\n\nWatch the way of a letter: buffer, feeder, pipe.",
            "两个进程没有共同的内存。一个把字母放进队列，\n另一个把它们取出来。\n\n看一个字母走过的路：缓冲区、写入线程、管道。",
        ),
        tries: vec![
            bilingual("Which line prints next? Say it, then press n.", "接下来打印哪一行？先说出来，再按 n。"),
            bilingual("Kill the writer now (K): where does B go?", "现在杀死 writer（K）：B 去了哪里？"),
        ],
        params: vec![Param {
            name: "reader".to_owned(),
            help: bilingual("read, or write as in the original's slip", "read，或像原程序的笔误那样 write"),
            default: Setting::Text("read".to_owned()),
            value: Setting::Text("read".to_owned()),
            choices: Vec::new(),
            range: None,
        }],
        seed: 7,
        pace: 4.0,
        ..Scenario::default()
    })
}

fn status(scenario: &Arc<Scenario>, world: &World) -> Status {
    let phase = match () {
        () if world.ended() => Phase::Ended,
        () if world.stuck() => Phase::Stuck,
        () => Phase::Paused,
    };
    Status {
        kind: SourceKind::Live,
        scenario: Arc::clone(scenario),
        phase,
        gated: true,
        pace: Pace::Steps(4.0),
        seed: 7,
        walk: Walk::Random,
        begun: world.step > 0,
        notice: None,
        exit: None,
    }
}

/// A user with settings in which nothing depends on colour.
fn user(lang: Lang) -> Ui {
    Ui { lang, theme: Theme::Mono, ..Ui::default() }
}

/// A run as it is looked at.
struct Look {
    timeline: Timeline,
    status: Status,
    ui: Ui,
}

impl Look {
    fn new(name: &str, source: &str, events: &[Event], lang: Lang) -> Look {
        let timeline = timeline(events);
        let status = status(&scenario(name, source), timeline.head());
        Look { timeline, status, ui: user(lang) }
    }

    fn scene(&self, height: u16) -> Scene {
        Scene::read(&self.timeline, self.status.clone(), &self.ui, height as usize)
    }

    /// Does an action, as a key does on the screen of a run.
    fn act(&mut self, action: Action) -> Vec<Effect> {
        let scene = self.scene(24);
        update::on_run(&mut self.ui, action, &scene, true)
    }

    /// Types into the open input line; a line end is Enter.
    fn type_in(&mut self, text: &str) -> Vec<Effect> {
        let code = |c| if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) };
        text.chars().flat_map(|c| self.type_key(code(c))).collect()
    }

    /// Presses one key in the open input line.
    fn type_key(&mut self, code: KeyCode) -> Vec<Effect> {
        input::on_prompt(&mut self.ui, KeyEvent::new(code, KeyModifiers::NONE)).unwrap_or_default()
    }

    /// Empties the open input line, as its key does.
    fn clear_line(&mut self) {
        input::on_prompt(&mut self.ui, KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL));
    }

    /// What the screen remembers of a frame, as the loop does.
    fn settle(&mut self, width: u16, height: u16) {
        let scene = self.scene(height);
        view::settle(Rect::new(0, 0, width, height), &scene, &mut self.ui);
    }

    /// The same of the open window's text.
    fn settle_window(&mut self, width: u16, height: u16) {
        let scene = self.scene(height);
        view::settle_window(Rect::new(0, 0, width, height), Some(&scene), &mut self.ui);
    }

    fn draw(&self, width: u16, height: u16) -> Buffer {
        let area = Rect::new(0, 0, width, height);
        let mut buf = Buffer::empty(area);
        view::run(&mut buf, area, &self.scene(height), &self.ui);
        buf
    }

    fn text(&self, width: u16, height: u16) -> String {
        text(&self.draw(width, height))
    }
}

fn told(intent: Intent) -> Vec<Effect> {
    vec![Effect::Tell(intent)]
}

/// A buffer as lines of text; the cell after a wide character is not one.
fn text(buf: &Buffer) -> String {
    let mut out = String::new();
    let area = *buf.area();
    for y in area.top()..area.bottom() {
        let mut line = String::new();
        let mut x = area.left();
        while x < area.right() {
            let symbol = buf[(x, y)].symbol();
            line.push_str(symbol);
            x += paint::width(symbol).max(1);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
