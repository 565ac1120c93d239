//! A run without a screen: its trace as lines on stdout, its end as an exit status and a message.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use super::output::{complain, say, written};
use super::recorder::Recording;
use super::{USAGE, own_program, signals};
use crate::cli::{Output, RunArgs};
use crate::host::{Config, Ended, Run};
use crate::kind::Lang;
use crate::sys;
use crate::text;
use crate::text::json::Json;
use crate::text::linear::Linear;
use crate::text::plain::Plain;
use crate::trace::scenario::Scenario;
use crate::trace::{Cause, Event, Pace};
use crate::world::Activity;
use crate::world::PrintedLine;

/// Turns events into lines.
pub enum Telling {
    Plain(Plain),
    Linear(Box<Linear>),
    Json(Box<Json>),
}

impl Telling {
    /// `volatile`: numbers that differ from run to run may be told.
    pub fn new(output: Output, lang: Lang, scenario: &Scenario, volatile: bool) -> Telling {
        if output.linear {
            Telling::Linear(Box::new(Linear::new(lang).asking(scenario)))
        } else if output.json {
            Telling::Json(Box::new(Json::new(volatile)))
        } else {
            Telling::Plain(Plain::new())
        }
    }

    /// Writes what an event is worth.
    pub fn push(&mut self, event: &Event) -> io::Result<()> {
        match self {
            Telling::Plain(plain) => write_plain(plain.push(event)),
            Telling::Linear(linear) => write_lines(linear.push(event)),
            Telling::Json(json) => write_lines([json.push(event)]),
        }
    }

    /// Writes what was begun and never finished.
    pub fn finish(&mut self) -> io::Result<()> {
        match self {
            Telling::Plain(plain) => write_plain(plain.finish()),
            Telling::Linear(linear) => write_lines(linear.finish()),
            Telling::Json(_) => Ok(()),
        }
    }
}

fn write_lines(lines: impl IntoIterator<Item = String>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    lines.into_iter().try_for_each(|line| writeln!(out, "{line}"))
}

fn write_plain(lines: Vec<PrintedLine>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in lines {
        if line.error {
            say(&line.text);
        } else {
            writeln!(out, "{}", line.text)?;
        }
    }
    Ok(())
}

/// Runs a scenario and gives the exit status.
pub fn run(args: &RunArgs, scenario: Arc<Scenario>, lang: Lang) -> i32 {
    let gated = !args.free && (args.seed.is_some() || args.pace.is_some());
    let seed = args.seed.unwrap_or_else(|| if gated { scenario.seed } else { sys::clock::monotonic() });
    let mut recording = match &args.record {
        Some(path) => match Recording::begin(path, &scenario, seed, gated, lang) {
            Ok(recording) => Some(recording),
            Err(text) => return complain(&text),
        },
        None => None,
    };
    let (sender, events) = crossbeam_channel::unbounded();
    let interruption = signals::interruption();
    let config = Config {
        gated,
        pace: args.pace.map_or(Pace::Unlimited, Pace::Steps),
        time_limit: args.time_limit.map(Duration::from_secs_f64),
        // When nobody listens any more, the run is being closed.
        listener: Some(Box::new(move |event: &Event| drop(sender.send(event.clone())))),
        exe: own_program(),
        ..Config::new(scenario.clone(), seed)
    };
    let mut run = match Run::start(config) {
        Ok(run) => run,
        Err(error) => return complain(&error.told(lang)),
    };
    let mut telling = Telling::new(args.output, lang, &scenario, args.seed.is_none() || !gated);
    let mut take = |event: &Event, telling: &mut Telling| {
        if let Some(recording) = &mut recording {
            recording.push(event);
        }
        telling.push(event)
    };
    let mut outcome = Ok(());
    let mut interrupted = None;
    loop {
        crossbeam_channel::select! {
            recv(events) -> event => match event {
                Ok(event) => outcome = take(&event, &mut telling),
                Err(_) => break,
            },
            recv(interruption) -> signal => if let Ok(signal) = signal {
                interrupted = Some(signal);
            },
            default(Duration::from_millis(10)) => {}
        }
        if outcome.is_err() || interrupted.is_some() || (events.is_empty() && run.shown().ended.is_some()) {
            break;
        }
    }
    let stuck = (run.shown().ended == Some(Ended::Stuck)).then(|| text::stuck(run.timeline().head(), lang));
    run.close();
    if outcome.is_ok() {
        outcome = events.try_iter().try_for_each(|event| take(&event, &mut telling)).and_then(|()| telling.finish());
    }
    let shown = run.shown();
    let recorded = recording.as_mut().map_or(Ok(()), Recording::finish);
    if let Err(text) = &recorded {
        complain(text);
    }
    if let Some(signal) = interrupted {
        return signals::exit_status(signal);
    }
    if outcome.is_err() {
        return written(outcome, lang);
    }
    if let Some(text) = stuck {
        say(&text);
    }
    if let Some(Ended::TimeLimit(lines)) = &shown.ended {
        say_time_limit(lines, &scenario.file, lang);
    }
    let unstarted = run.timeline().head().all_actors().find_map(|actor| match actor.activity {
        Activity::Dead(Cause::NotStarted(errno)) if actor.creator.is_none() => Some(errno),
        _ => None,
    });
    if let Some(errno) = unstarted {
        let why = text::unstarted::reason(errno, lang);
        return complain(&match lang {
            Lang::En => format!("could not start the process main: {why}"),
            Lang::Zh => format!("无法启动进程 main：{why}"),
        });
    }
    match shown.exit {
        Some(0) if recorded.is_err() => 1,
        Some(code) => code,
        None => USAGE,
    }
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
