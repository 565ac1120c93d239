//! Replays a recording: on the screen as if it were live, or as lines.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::headless::Telling;
use super::output::{complain, written};
use super::placing::unfinished;
use super::{USAGE, has_screen, show, wants_text};
use crate::cli::Output;
use crate::kind::Lang;
use crate::text::os_error;
use crate::trace::recording::{self, Recording};
use crate::trace::scenario::{Bilingual, Scenario};
use crate::trace::{Body, Event, Pace, Phase, Walk};
use crate::tui::{Intent, Options, Source, SourceKind, Start, Status};
use crate::world::{Asked, Timeline};

/// Shows a recording and gives the exit status: 0, or 2 if it could not be read or is damaged.
pub(super) fn replay(path: &Path, output: Output, options: Options) -> i32 {
    let lang = options.lang;
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) => {
            let why = os_error(&error, lang);
            let text = match lang {
                Lang::En => format!("cannot open the recording {}: {why}", path.display()),
                Lang::Zh => format!("无法打开录制文件 {}：{why}", path.display()),
            };
            return complain(&format!("{text}{}", unfinished_text(path, lang)));
        }
    };
    let recording = match recording::read(BufReader::new(file)) {
        Ok(recording) => recording,
        Err(error) => return complain(&format!("{}: {error}", path.display())),
    };
    let damage = recording.damage.as_ref().map(|damage| damage_text(path, &recording, damage));
    let code = if has_screen() && !wants_text(output) {
        show(Start::Open(Box::new(Replay::new(recording, damage.clone())), None), options)
    } else {
        let mut telling = Telling::of_recording(output, options.lang, &recording.header);
        written(recording.events.iter().try_for_each(|event| telling.push(event)).and_then(|()| telling.finish()), lang)
    };
    match damage {
        Some(text) => {
            complain(if lang == Lang::En { &text.en } else { &text.zh });
            USAGE
        }
        None => code,
    }
}

/// Where a run that was cut off has left what it had recorded, if there is such a file.
fn unfinished_text(path: &Path, lang: Lang) -> String {
    let Some(part) = unfinished(path).pop() else { return String::new() };
    match lang {
        Lang::En => format!("\nA run that is going on, or was cut off, has left {0}: ipcscope replay {0}", part.display()),
        Lang::Zh => format!("\n仍在进行或被中断的运行留下了 {0}：ipcscope replay {0}", part.display()),
    }
}

fn damage_text(path: &Path, recording: &Recording, damage: &recording::Damage) -> Bilingual {
    let (path, count, offset, what) = (path.display(), recording.events.len(), damage.offset, &damage.what);
    Bilingual {
        en: format!("{path}: damaged at byte {offset} ({what}); the {count} events before that are shown"),
        zh: format!("{path}：在第 {offset} 字节处损坏（{what}）；显示了此前的 {count} 个事件"),
    }
}

/// A recording on the screen: events come step by step, as they did.
pub(super) struct Replay {
    scenario: Arc<Scenario>,
    seed: u64,
    walk: Walk,
    gated: bool,
    damage: Option<Bilingual>,
    state: Mutex<State>,
}

struct State {
    scenario: Arc<Scenario>,
    /// Pause when a question is asked.
    pause_to_ask: bool,
    events: Vec<Event>,
    /// Events that are in the timeline.
    shown: usize,
    timeline: Timeline,
    playing: bool,
    pace: Pace,
    next: Instant,
    gated: bool,
}

impl Replay {
    pub(super) fn new(recording: Recording, damage: Option<Bilingual>) -> Replay {
        let header = recording.header;
        let scenario = Arc::new(header.scenario);
        let pace = Pace::Steps(scenario.pace.max(0.1));
        let mut state = State {
            scenario: scenario.clone(),
            pause_to_ask: true,
            events: recording.events,
            shown: 0,
            timeline: Timeline::asking(Asked::of(&scenario)),
            playing: false,
            pace,
            next: Instant::now(),
            gated: header.gated,
        };
        state.show_beginning();
        Replay { scenario, seed: header.seed, walk: header.walk, gated: header.gated, damage, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.follow_the_clock();
        state
    }
}

impl State {
    /// What there was before the first step.
    fn show_beginning(&mut self) {
        while self.events.get(self.shown).is_some_and(|event| !self.begins_step(event)) {
            self.push();
        }
    }

    fn push(&mut self) {
        if let Some(event) = self.events.get(self.shown) {
            // What was read from a recording can be encoded again.
            let _ = self.timeline.push(event);
            self.shown += 1;
        }
    }

    fn step(&mut self) {
        self.push();
        self.show_beginning();
    }

    fn at_end(&self) -> bool {
        self.shown == self.events.len()
    }

    fn follow_the_clock(&mut self) {
        let now = Instant::now();
        while self.playing && !self.at_end() && self.next <= now {
            match self.pace {
                Pace::Steps(steps) => {
                    let asked = self.timeline.asked().moments().len();
                    self.step();
                    if self.pause_to_ask && self.timeline.asked().moments().len() > asked {
                        self.playing = false;
                    }
                    self.next += std::time::Duration::from_secs_f64(1.0 / steps.max(0.1));
                }
                Pace::Unlimited => {
                    while !self.at_end() {
                        self.step();
                    }
                }
            }
        }
        if self.at_end() {
            self.playing = false;
        }
    }
}

impl State {
    /// Whether an event is the first of a step: a grant or a jump of the clock, or, where the kernel
    /// scheduled, anything that happened.
    fn begins_step(&self, event: &Event) -> bool {
        match event.body {
            Body::Granted { .. } | Body::Clock { .. } => true,
            Body::Acted(_) | Body::Printed(_) | Body::Died(_) => !self.gated,
            _ => false,
        }
    }
}

impl Source for Replay {
    fn with_timeline(&self, read: &mut dyn FnMut(&Timeline)) {
        read(&self.state().timeline);
    }

    fn status(&self) -> Status {
        let state = self.state();
        let phase = match (state.at_end(), state.timeline.head().stuck(), state.playing) {
            (true, true, _) => Phase::Stuck,
            (true, false, _) => Phase::Ended,
            (false, _, true) => Phase::Running,
            (false, _, false) => Phase::Paused,
        };
        Status {
            kind: SourceKind::Recorded,
            scenario: self.scenario.clone(),
            phase,
            gated: self.gated,
            pace: state.pace,
            seed: self.seed,
            walk: self.walk,
            begun: state.timeline.head().step > 0,
            notice: self.damage.clone(),
            exit: None,
        }
    }

    fn tell(&mut self, intent: Intent, lang: Lang) -> Result<(), String> {
        let mut state = self.state();
        match intent {
            Intent::Step(count) => {
                state.playing = false;
                (0..count).for_each(|_| state.step());
            }
            Intent::ToEnd => {
                while !state.at_end() {
                    state.step();
                }
            }
            Intent::Run => {
                state.playing = true;
                state.next = Instant::now();
            }
            Intent::Pause => state.playing = false,
            Intent::SetPace(pace) => {
                state.pace = pace;
                state.next = Instant::now();
            }
            Intent::PauseToAsk(pause) => state.pause_to_ask = pause,
            Intent::Again => {
                state.shown = 0;
                state.timeline = Timeline::asking(Asked::of(&state.scenario));
                state.playing = false;
                state.show_beginning();
            }
            Intent::Close => {}
            Intent::StepActor(_)
            | Intent::Free
            | Intent::Gated
            | Intent::Reseed(_)
            | Intent::Hand(..)
            | Intent::HandEntry { .. }
            | Intent::RunUntil(_)
            | Intent::Branch(_)
            | Intent::SetParam { .. }
            | Intent::Signal(..) => {
                return Err(match lang {
                    Lang::En => "this is a recording: it can be looked at, not acted upon",
                    Lang::Zh => "这是一段录制：可以看，不能改",
                }
                .to_owned());
            }
        }
        Ok(())
    }
}
