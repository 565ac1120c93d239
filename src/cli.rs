//! The command line: what can be asked for, as data. What it means is `app`'s business.

pub mod chinese;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::kind::Lang;
use crate::trace::Walk;
use crate::trace::scenario::Bilingual;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "ipcscope", version, about = "An oscilloscope for inter-process communication", max_term_width = 100)]
#[command(long_about = "Runs small programs as real processes and shows, live, what passes between them.\n\n\
    Without a command it opens the list of scenarios.")]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub look: Look,
}

/// How the screen looks and speaks.
#[derive(Clone, Debug, Args)]
pub struct Look {
    /// Language of the screen; otherwise the environment's (LC_ALL, LC_MESSAGES, LANG)
    #[arg(long, global = true, value_enum)]
    pub lang: Option<LangArg>,
    /// Colours of the screen
    #[arg(long, global = true, value_enum)]
    pub theme: Option<ThemeArg>,
    /// Draw with ASCII characters alone
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Begin in the presenter's layout: one large view and a caption, for projectors and clickers
    #[arg(long, global = true)]
    pub present: bool,
    /// Keep the screen calm: of a run that goes by itself at most two frames a second, and the source stays
    /// where it is until the run pauses
    #[arg(long, global = true)]
    pub no_motion: bool,
    /// Leave the mouse to the terminal (to select text with it)
    #[arg(long, global = true)]
    pub no_mouse: bool,
}

/// A language, as `--lang` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LangArg {
    En,
    Zh,
}

impl From<LangArg> for Lang {
    fn from(lang: LangArg) -> Lang {
        match lang {
            LangArg::En => Lang::En,
            LangArg::Zh => Lang::Zh,
        }
    }
}

/// A theme, as `--theme` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ThemeArg {
    Dark,
    Light,
    HighContrast,
    Mono,
}

/// What to do instead of showing the list of scenarios.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a scenario, on the screen or without one
    Run(RunArgs),
    /// List the built-in scenarios
    List,
    /// Look for mistakes in a scenario without running it
    Check {
        /// The scenario's file
        file: PathBuf,
    },
    /// Write a small scenario to begin with: FILE, and its texts beside it
    New {
        /// A file that there is not yet, such as my.rhai
        file: PathBuf,
    },
    /// Write what a shell needs to complete this program's arguments
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Show a recording, on the screen or without one
    Replay {
        /// The recording
        file: PathBuf,
        #[command(flatten)]
        output: Output,
    },
}

/// What a run is made of, and how it begins.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// A built-in scenario's name, or a file
    pub scenario: String,
    /// Set a parameter of the scenario; may be given several times
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Repeat the run that this number stands for: same seed, same run
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// How a seed decides who goes next: random (anybody, at each step), priority or priority:DEPTH (somebody runs
    /// ahead, and DEPTH - 1 times another takes the lead), mixed (odd seeds random, even ones priority)
    #[arg(long, value_name = "ORDER", default_value = "mixed", value_parser = order)]
    pub order: Walk,
    /// Steps a second, each granted by ipcscope
    #[arg(long, value_name = "N", conflicts_with = "free", value_parser = pace)]
    pub pace: Option<f64>,
    /// Let the kernel schedule, in real time
    #[arg(long)]
    pub free: bool,
    /// Begin paused (on the screen it does anyway, unless --pace or --free is given)
    #[arg(long)]
    pub paused: bool,
    /// Write a recording of the run: to FILE.part, which becomes FILE when the run has ended
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Let --record write over a file that is there
    #[arg(long, requires = "record")]
    pub force: bool,
    /// End the run after so many seconds of wall time, with exit status 124
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub time_limit: Option<f64>,
    /// Memory that the processes of the run may use together, in MiB; whoever takes more gets a MemoryError
    #[arg(long, value_name = "MIB", default_value_t = crate::host::MEMORY >> 20, value_parser = clap::value_parser!(u64).range(64..=1 << 20))]
    pub memory: u64,
    #[command(flatten)]
    pub output: Output,
}

/// What is written instead of a screen.
#[derive(Clone, Copy, Debug, Args)]
#[group(multiple = false)]
pub struct Output {
    /// No screen: what the scenario prints, as whole lines in order
    #[arg(long)]
    pub plain: bool,
    /// No screen: one plain sentence for each step
    #[arg(long)]
    pub linear: bool,
    /// No screen: one JSON object for each event
    #[arg(long)]
    pub json: bool,
}

/// Why an argument's value will not do.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", .0.en)]
pub struct Wrong(pub Bilingual);

fn wrong<T>(en: String, zh: String) -> Result<T, Wrong> {
    Err(Wrong(Bilingual { en, zh }))
}

/// A number between two bounds, of what is called so.
fn positive(text: &str, (en, zh): (&str, &str), least: f64, most: f64) -> Result<f64, Wrong> {
    match text.parse::<f64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        Ok(_) => wrong(format!("{en} lies between {least} and {most}"), format!("{zh}应在 {least} 到 {most} 之间")),
        Err(_) => wrong(format!("{en} is a number"), format!("{zh}应为数字")),
    }
}

fn order(text: &str) -> Result<Walk, Wrong> {
    let depth = text.strip_prefix("priority").map(|rest| match rest.strip_prefix(':') {
        Some(depth) => depth.parse().ok().filter(|depth| (1..=100).contains(depth)),
        None => rest.is_empty().then_some(Walk::DEPTH),
    });
    match (text, depth) {
        ("random", _) => Ok(Walk::Random),
        ("mixed", _) => Ok(Walk::Mixed),
        (_, Some(Some(depth))) => Ok(Walk::Priority { depth }),
        _ => wrong(
            "an order is random, priority, priority:DEPTH (1 to 100) or mixed".to_owned(),
            "次序是 random、priority、priority:DEPTH（1 到 100）或 mixed".to_owned(),
        ),
    }
}

fn pace(text: &str) -> Result<f64, Wrong> {
    positive(text, ("a pace", "节奏"), 0.1, 10_000.0)
}

fn seconds(text: &str) -> Result<f64, Wrong> {
    positive(text, ("a time limit", "时限"), 0.001, 1_000_000.0)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
