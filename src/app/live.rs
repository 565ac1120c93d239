//! A live run as the screen sees it.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nix::sys::signal::Signal::{SIGCONT, SIGKILL, SIGSTOP, SIGTERM};

use super::placing::Identity;
use super::recorder::{Destination, Recording};
use super::{edit, own_program};
use crate::host::inside;
use crate::host::{Command, Config, Listener, Repetition, Run};
use crate::ipc::Value;
use crate::ipc::typed::typed;
use crate::kind::Lang;
use crate::script;
use crate::trace::scenario::{Bilingual, Scenario};
use crate::trace::{On, Pace, Walk};
use crate::tui::{Edited, HandSignal, Inside, InsideFact, Intent, Source, SourceKind, Status};
use crate::world::Timeline;

/// How the user wants the run.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    pub seed: u64,
    pub walk: Walk,
    pub free: bool,
    pub pace: Pace,
    pub paused: bool,
    pub record: Option<Destination>,
    pub time_limit: Option<f64>,
    /// Bytes that the processes of the run may use together.
    pub memory: u64,
    /// Pause when a question is asked.
    pub pause_to_ask: bool,
    /// A branch: what to repeat before the user goes on.
    pub repeat: Option<Repetition>,
}

pub(super) struct Live {
    scenario: Arc<Scenario>,
    wish: Wish,
    run: Run,
    recording: Option<Arc<Mutex<Recording>>>,
    /// What there is to say of what the user asked for last: what the lesson lost by an edit, what a value was taken for.
    remark: Option<Bilingual>,
}

impl Live {
    pub(super) fn start(scenario: Arc<Scenario>, wish: Wish, lang: Lang) -> Result<Live, String> {
        let recording = match &wish.record {
            Some(to) => Some(Recording::begin(to, &scenario, (wish.seed, wish.walk), !wish.free, lang)?),
            None => None,
        };
        let listener = recording.as_ref().map(|recording| Box::new(recording.intake()) as Box<dyn Listener>);
        let recording = recording.map(Recording::shared);
        let repeat = wish.repeat.clone().unwrap_or_default();
        let config = Config {
            recorded: repeat.grants,
            by_hand: repeat.by_hand,
            repeat_to: repeat.step,
            walk: wish.walk,
            gated: !wish.free,
            pace: wish.pace,
            paused: wish.paused,
            time_limit: wish.time_limit.map(Duration::from_secs_f64),
            memory: wish.memory,
            end_when_stuck: false,
            pause_to_ask: wish.pause_to_ask,
            listener,
            exe: own_program(),
            ..Config::new(scenario.clone(), wish.seed)
        };
        let run = Run::start(config).map_err(|error| error.told(lang))?;
        Ok(Live { scenario, wish, run, recording, remark: None })
    }

    /// Ends this run and begins another.
    fn restart(&mut self, mut wish: Wish, lang: Lang) -> Result<(), String> {
        self.run.close();
        let recorded = self.finish_recording();
        if let Some(to) = &mut wish.record {
            to.ours = recorded.or(to.ours);
        }
        *self = Live::start(self.scenario.clone(), wish, lang)?;
        Ok(())
    }

    /// Ends the recording, and gives the file that it is: the next run's may take its place.
    fn finish_recording(&mut self) -> Option<Identity> {
        let recording = self.recording.take()?;
        let mut recording = recording.lock().unwrap_or_else(PoisonError::into_inner);
        // What could not be recorded was told while the run was shown.
        recording.finish_soon().ok().and_then(|()| recording.identity())
    }

    /// Why the recording is incomplete, where it is.
    fn recording_failure(&self) -> Option<Bilingual> {
        let mut recording = self.recording.as_ref()?.try_lock().ok()?;
        Some(Bilingual { en: recording.failure(Lang::En)?, zh: recording.failure(Lang::Zh)? })
    }

    /// A typed value; where it has no quotes, the user is told what it was taken for.
    fn value(&mut self, text: &str, lang: Lang) -> Result<Value, String> {
        let typed = typed(text).map_err(|why| if lang == Lang::En { why.en } else { why.zh })?;
        self.remark = typed
            .bare
            .then(|| Bilingual {
                en: format!("{text} was taken for a text, \"{text}\"."), zh: format!("{text} 当作文本 \"{text}\"。")
            });
        Ok(typed.value)
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.run.close();
        self.finish_recording();
    }
}

impl Source for Live {
    fn with_timeline(&self, read: &mut dyn FnMut(&Timeline)) {
        read(&self.run.timeline());
    }

    fn status(&self) -> Status {
        let shown = self.run.shown();
        Status {
            kind: SourceKind::Live,
            scenario: self.scenario.clone(),
            phase: shown.phase,
            gated: shown.gated,
            // What was asked for last, so that the next `+` goes on from there though the host has not read it yet.
            pace: self.wish.pace,
            seed: self.wish.seed,
            walk: self.wish.walk,
            begun: shown.step > 0 || !shown.gated,
            notice: shown.notice.or_else(|| self.remark.clone()).or_else(|| self.recording_failure()),
            exit: shown.exit,
        }
    }

    fn inside(&self, of: Inside, lang: Lang) -> Option<Vec<InsideFact>> {
        let facts = match of {
            Inside::Actor(actor) => self.run.inside_actor(actor, lang),
            Inside::Object(object) => self.run.inside_object(object, lang),
        };
        let shown = |fact: inside::Fact| InsideFact { what: fact.what, kernel: fact.kernel, drawn: fact.drawn, agrees: fact.agrees };
        Some(facts.into_iter().map(shown).collect())
    }

    fn edit(&mut self, lang: Lang) -> Result<Edited, String> {
        // Nothing is to be missed meanwhile.
        self.run.command(Command::Pause);
        match edit::edit(&self.scenario, Path::new(""), &edit::editor(), lang)? {
            edit::Edit::Same => Ok(Edited::Same),
            edit::Edit::Faulty(draft) => Ok(Edited::Faulty(draft)),
            edit::Edit::New(scenario, unasked) => {
                self.scenario = Arc::new(*scenario);
                self.restart(Wish { paused: true, repeat: None, ..self.wish.clone() }, lang)?;
                self.remark = (unasked > 0).then(|| Bilingual {
                    en: format!("Left out of the lesson, since their lines are gone: {unasked} (questions, shows)."),
                    zh: format!("所指的行已不在，课程中略去 {unasked} 处（问题、要点）。"),
                });
                Ok(Edited::Anew)
            }
        }
    }

    fn tell(&mut self, intent: Intent, lang: Lang) -> Result<(), String> {
        self.remark = None;
        let command = match intent {
            Intent::Step(count) => Command::Step(count),
            Intent::StepActor(actor) => Command::StepActor(actor),
            Intent::Run => Command::Play,
            Intent::ToEnd => {
                return Err(match lang {
                    Lang::En => "a live run has no end to go to: Space runs it",
                    Lang::Zh => "实时运行还没有结尾可去：按 Space 运行",
                }
                .to_owned());
            }
            Intent::Pause => Command::Pause,
            Intent::SetPace(pace) => {
                self.wish.pace = pace;
                Command::SetPace(pace)
            }
            Intent::PauseToAsk(pause) => {
                self.wish.pause_to_ask = pause;
                Command::PauseToAsk(pause)
            }
            Intent::Free => Command::Free(true),
            Intent::Gated => Command::Free(false),
            Intent::Again => return self.restart(Wish { paused: true, repeat: None, ..self.wish.clone() }, lang),
            Intent::Reseed(seed) => return self.restart(Wish { seed, paused: true, repeat: None, ..self.wish.clone() }, lang),
            Intent::Hand(op, on, None) => Command::Hand(op, on, None),
            Intent::Hand(op, on, Some(text)) => Command::Hand(op, on, Some(self.value(&text, lang)?)),
            Intent::HandEntry { op, object, key, value } => {
                let pair = vec![self.value(&key, lang)?, self.value(&value, lang)?];
                Command::Hand(op, On::Object(object), Some(Value::Array(pair)))
            }
            Intent::RunUntil(goal) => Command::PlayUntil(goal),
            Intent::Branch(point) => {
                self.run.catch_up();
                let Some(repeat) = self.run.repetition(point) else {
                    return Err(match lang {
                        Lang::En => {
                            "a branch repeats what was granted up to here, but the kernel scheduled in between, or a process was killed in the middle of a step: that cannot be repeated"
                        }
                        Lang::Zh => "分支要重复到此为止的每次放行，但其间由内核调度过，或有进程在一步之中被杀：这无法重复",
                    }
                    .to_owned());
                };
                return self.restart(Wish { paused: true, free: false, repeat: Some(repeat), ..self.wish.clone() }, lang);
            }
            Intent::SetParam { name, text, lang } => {
                let mut scenario = (*self.scenario).clone();
                script::params::set(&mut scenario, &name, &text).map_err(|error| error.render(lang))?;
                self.scenario = Arc::new(scenario);
                return self.restart(Wish { paused: true, repeat: None, ..self.wish.clone() }, lang);
            }
            Intent::Signal(actor, signal) => {
                let number = match signal {
                    HandSignal::Kill => SIGKILL,
                    HandSignal::Terminate => SIGTERM,
                    HandSignal::Stop => SIGSTOP,
                    HandSignal::Continue => SIGCONT,
                };
                Command::Signal(actor, number as i32)
            }
            Intent::Close => {
                self.run.close();
                return Ok(());
            }
        };
        self.run.command(command);
        Ok(())
    }
}
