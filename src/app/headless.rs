//! A run without a screen: its trace as lines on stdout, its end as an exit status and a message.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;

use super::outlet::{Outlet, Sink};
use super::output::{complain, say, written};
use super::recorder::Recording;
use super::{USAGE, destination, own_program, signals};
use crate::cli::{Output, RunArgs};
use crate::host::{Config, Ended, Run};
use crate::kind::Lang;
use crate::sys;
use crate::text;
use crate::text::json::Json;
use crate::text::linear::Linear;
use crate::text::plain::Plain;
use crate::text::unstarted;
use crate::text::visible::visible_text;
use crate::trace::recording::Header;
use crate::trace::scenario::Scenario;
use crate::trace::{Body, Cause, Event, Pace};
use crate::world::{Activity, PrintedLine, Timeline, World};

/// The exit status of a run that its time limit cut off, as timeout(1) gives it.
const TIME_LIMIT: i32 = 124;

/// Turns events into lines.
pub(super) enum Telling {
    /// What is printed, as it is.
    Plain(Plain),
    /// The same of a run that somebody else may have made: what is hidden in it is made visible.
    Replayed(Plain),
    Linear(Box<Linear>),
    Json(Box<Json>),
}

impl Telling {
    /// `volatile`: numbers that differ from run to run may be told.
    pub(super) fn new(output: Output, lang: Lang, scenario: &Scenario, volatile: bool) -> Telling {
        if output.linear {
            Telling::Linear(Box::new(Linear::new(lang).asking(scenario)))
        } else if output.json {
            Telling::Json(Box::new(Json::new(volatile)))
        } else {
            Telling::Plain(Plain::new())
        }
    }

    /// For a recording, which may be a stranger's: nothing in it is for the terminal to obey.
    pub(super) fn of_recording(output: Output, lang: Lang, recorded: &Header) -> Telling {
        match Telling::new(output, lang, &recorded.scenario, !recorded.gated) {
            Telling::Plain(plain) => Telling::Replayed(plain),
            other => other,
        }
    }

    /// Writes what an event is worth.
    pub(super) fn push(&mut self, event: &Event) -> io::Result<()> {
        match self {
            Telling::Plain(plain) => write_plain(plain.push(event), str::to_owned),
            Telling::Replayed(plain) => write_plain(plain.push(event), visible_text),
            Telling::Linear(linear) => write_lines(linear.push(event)),
            Telling::Json(json) => write_lines([json.push(event)]),
        }
    }

    /// Writes what was begun and never finished.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        match self {
            Telling::Plain(plain) => write_plain(plain.finish(), str::to_owned),
            Telling::Replayed(plain) => write_plain(plain.finish(), visible_text),
            Telling::Linear(linear) => write_lines(linear.finish()),
            Telling::Json(_) => Ok(()),
        }
    }
}

fn write_lines(lines: impl IntoIterator<Item = String>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    lines.into_iter().try_for_each(|line| writeln!(out, "{line}"))
}

fn write_plain(lines: Vec<PrintedLine>, shown: fn(&str) -> String) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in lines {
        if line.error {
            say(&line.text);
        } else {
            writeln!(out, "{}", shown(&line.text))?;
        }
    }
    Ok(())
}

/// How long the end of a run that was cut off may take without getting on, and in all: whoever reads what it told may
/// have stalled.
const STALLED: Duration = Duration::from_millis(500);
const ORDERLY: Duration = Duration::from_secs(2);

impl Sink for Telling {
    type Error = io::Error;

    fn push(&mut self, event: &Event) -> io::Result<()> {
        Telling::push(self, event)
    }

    fn finish(&mut self) -> io::Result<()> {
        Telling::finish(self)
    }
}

/// Runs a scenario and gives the exit status.
pub(super) fn run(args: &RunArgs, scenario: Arc<Scenario>, lang: Lang) -> i32 {
    let gated = !args.free && (args.seed.is_some() || args.pace.is_some());
    let seed = args.seed.unwrap_or_else(|| if gated { scenario.seed } else { sys::clock::monotonic() });
    let mut recording = match destination(args).map(|to| Recording::begin(&to, &scenario, (seed, args.order), gated, lang)).transpose() {
        Ok(recording) => recording,
        Err(text) => return complain(&text),
    };
    let telling = Telling::new(args.output, lang, &scenario, args.seed.is_none() || !gated);
    let teller = match Outlet::start("teller", telling) {
        Ok(teller) => teller,
        Err(error) => return complain(&unstarted::reason(sys::spawn::errno(&error), lang)),
    };
    let mut intakes = vec![teller.intake()];
    intakes.extend(recording.as_ref().map(Recording::intake));
    let interruption = signals::interruption();
    let time_limit = args.time_limit.map(Duration::from_secs_f64);
    let config = Config {
        gated,
        walk: args.order,
        pace: args.pace.map_or(Pace::Unlimited, Pace::Steps),
        time_limit,
        memory: args.memory << 20,
        listener: Some(Box::new(intakes)),
        exe: own_program(),
        ..Config::new(scenario.clone(), seed)
    };
    let began = Instant::now();
    let mut run = match Run::start(config) {
        Ok(run) => run,
        Err(error) => return complain(&error.told(lang)),
    };
    let mut end =
        End { interruption, signal: None, deadline: time_limit.and_then(|limit| began.checked_add(limit)), ended: None, late: false };
    let mut told = None;
    while told.is_none() && !end.interrupted() && run.shown().ended.is_none() {
        told = teller.done().recv_timeout(Duration::from_millis(10)).ok();
    }
    let stuck = (run.shown().ended == Some(Ended::Stuck)).then(|| text::stuck(run.timeline().head(), lang));
    run.close();
    let recorded = recording.as_mut().map_or(Ok(()), |recording| recording.finish(lang, |stalled| end.is_waited_for(stalled)));
    teller.finish();
    let told = told.or_else(|| teller.wait(|stalled| end.is_waited_for(stalled)));
    if let Some(status) = end.status() {
        // From here on only messages are written, and stderr may be what nobody reads.
        signals::exit_soon(status);
    }
    if let Err(text) = &recorded {
        complain(text);
    }
    if let Some(signal) = end.signal {
        return signals::exit_status(signal);
    }
    if let Some(Err(error)) = told {
        return written(Err(error), lang);
    }
    // A plain sentence for each step has told it on stdout, where a terminal shows it once.
    if let (Some(text), false) = (stuck, args.output.linear) {
        say(&text);
    }
    let shown = run.shown();
    match &shown.ended {
        Some(Ended::TimeLimit(lines)) => {
            say_time_limit(lines, &scenario.file, lang);
            if let Some(text) = text::busy(&before_the_end(&run.timeline()), lang) {
                say(&text);
            }
        }
        _ if end.late => say_time_limit(&[], &scenario.file, lang),
        _ => {}
    }
    if let Some(errno) = unstarted_main(&run) {
        let why = unstarted::reason(errno, lang);
        return complain(&match lang {
            Lang::En => format!("could not start the process main: {why}"),
            Lang::Zh => format!("无法启动进程 main：{why}"),
        });
    }
    match shown.exit {
        _ if end.late => TIME_LIMIT,
        Some(0) if recorded.is_err() => 1,
        Some(code) => code,
        None => USAGE,
    }
}

/// How long the end of a run is waited for: a signal or the time limit ends that too.
struct End {
    interruption: Receiver<i32>,
    signal: Option<i32>,
    /// When the time limit is over.
    deadline: Option<Instant>,
    /// Since when all should have been told.
    ended: Option<Instant>,
    /// The time limit was over before all was told.
    late: bool,
}

impl End {
    fn interrupted(&mut self) -> bool {
        if self.signal.is_none() {
            self.signal = self.interruption.try_recv().ok();
        }
        self.signal.is_some()
    }

    fn is_over_time(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Whether what has not got on for this long is waited for: without an end, unless the run was cut off.
    fn is_waited_for(&mut self, stalled: Duration) -> bool {
        if !self.interrupted() && !self.is_over_time() {
            return true;
        }
        let ended = *self.ended.get_or_insert_with(Instant::now);
        let waits = stalled < STALLED && ended.elapsed() < ORDERLY;
        self.late |= !waits;
        waits
    }

    /// What the program's exit status will be, if the run was cut off.
    fn status(&mut self) -> Option<i32> {
        if self.interrupted() {
            return self.signal.map(signals::exit_status);
        }
        self.is_over_time().then_some(TIME_LIMIT)
    }
}

/// Why main could not be started, if that is so.
fn unstarted_main(run: &Run) -> Option<i32> {
    run.timeline().head().all_actors().find_map(|actor| match actor.activity {
        Activity::Dead(Cause::NotStarted(errno)) if actor.creator.is_none() => Some(errno),
        _ => None,
    })
}

/// The world before a run was cut off, which ended everybody.
fn before_the_end(timeline: &Timeline) -> World {
    let ends = |event: &Event| matches!(event.body, Body::Died(_) | Body::Also { .. } | Body::Lost { .. } | Body::Stopped { .. });
    let mut count = timeline.len();
    while count > 0 && timeline.event(count - 1).is_none_or(|event| ends(&event)) {
        count -= 1;
    }
    timeline.world_at(count)
}

fn say_time_limit(lines: &[(String, u32)], file: &str, lang: Lang) {
    say(&text::time_limit(lang));
    for (name, line) in lines {
        say(&match (lang, *line) {
            (Lang::En, 0) => format!("  {name}: its beginning"),
            (Lang::Zh, 0) => format!("  {name}：开头"),
            (_, line) => format!("  {name}: {file}:{line}"),
        });
    }
}
