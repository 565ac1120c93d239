//! Wiring only: what was asked for on the command line, done with host, texts and screen.

mod edit;
mod headless;
mod library;
mod live;
mod new;
mod outlet;
mod output;
mod placing;
mod recorder;
mod replay;
mod signals;

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::CommandFactory;
use nix::errno::Errno;
use signal_hook::consts::SIGHUP;

use output::{answer, complain, say, written};

use crate::cli::{Cli, Command, Output, RunArgs, ThemeArg, chinese};
use crate::kind::Lang;
use crate::script;
use crate::text::visible::{visible, visible_text};
use crate::trace::Pace;
use crate::trace::scenario::Scenario;
use crate::tui::{self, Options, Start, Theme};

/// Usage, or a scenario that cannot be loaded.
pub const USAGE: i32 = 2;

/// Does what the command line says and gives the exit status.
pub fn main(cli: Cli) -> i32 {
    let lang = cli.look.lang.map_or_else(environment_lang, Lang::from);
    let variable = |name| std::env::var(name).unwrap_or_default();
    let options = Options {
        lang,
        theme: theme(cli.look.theme),
        ascii: cli.look.ascii,
        sixteen: tui::sixteen::suits(&variable("TERM"), &variable("COLORTERM")),
        mouse: !cli.look.no_mouse,
        still: cli.look.no_motion,
        present: cli.look.present,
    };
    match cli.command {
        None => open_list(options),
        Some(Command::Run(args)) => run(args, options),
        Some(Command::List) => list(lang),
        Some(Command::Check { file }) => check(&file, lang),
        Some(Command::New { file }) => new::new(&file, lang),
        Some(Command::Completions { shell }) => completions(shell, lang),
        Some(Command::Replay { file, output }) => replay::replay(&file, output, options),
    }
}

/// Says what clap found to say instead of running: how to use the program, its version, what was wrong. Gives
/// the exit status.
pub fn usage(told: &clap::Error) -> i32 {
    let lang = asked_lang();
    if !told.use_stderr() {
        // The same arguments, to a command line whose help is in the language.
        let said = match lang {
            Lang::En => None,
            Lang::Zh => chinese::command().try_get_matches_from(std::env::args_os()).err(),
        };
        return written(said.as_ref().unwrap_or(told).print(), lang);
    }
    // What was wrong with an argument is told with the argument, which may have anything in it.
    let plain = match lang {
        Lang::En => told.render().to_string(),
        Lang::Zh => chinese::told(told),
    };
    let shown = visible_text(&plain);
    let _ = if shown == plain && lang == Lang::En { told.print() } else { write!(io::stderr(), "{shown}") };
    told.exit_code()
}

/// The language that was asked for by arguments which may be wrong otherwise.
fn asked_lang() -> Lang {
    let args: Vec<String> = std::env::args().collect();
    let value = |at: usize| {
        args[at].strip_prefix("--lang=").or_else(|| (args[at] == "--lang").then(|| args.get(at + 1)).flatten().map(String::as_str))
    };
    match (0..args.len()).find_map(value) {
        Some("zh") => Lang::Zh,
        Some("en") => Lang::En,
        _ => environment_lang(),
    }
}

/// This program, to be started again for every process of a run.
pub(crate) fn own_program() -> PathBuf {
    PathBuf::from("/proc/self/exe")
}

fn open_list(options: Options) -> i32 {
    if !has_screen() {
        return complain(match options.lang {
            Lang::En => {
                "the list of scenarios needs a terminal. Without one: `ipcscope list` names them, and \
                 `ipcscope run NAME --plain` runs one (--linear and --json tell every step)."
            }
            Lang::Zh => {
                "场景列表需要终端。没有终端时：`ipcscope list` 列出场景，`ipcscope run 名字 --plain` 运行一个\
                （--linear 和 --json 讲述每一步）。"
            }
        });
    }
    match library::BuiltIn::new(options.lang) {
        Ok(library) => show(Start::List(Box::new(library)), options),
        Err(error) => complain(&error.render(options.lang)),
    }
}

/// Shows the screen; a signal that ends the program restores the terminal first.
pub(crate) fn show(start: Start, options: Options) -> i32 {
    signals::restore_terminal_and_exit();
    match tui::run(start, options) {
        Ok(code) => code,
        // A terminal that was taken away fails, and sends a signal: whichever is noticed first, it is the same end.
        Err(error) if error.raw_os_error() == Some(Errno::EIO as i32) || !has_screen() => signals::exit_status(SIGHUP),
        Err(error) => complain(&format!("the terminal does not answer: {error}")),
    }
}

/// Whether there is a terminal to draw on and to read keys from.
pub(crate) fn has_screen() -> bool {
    io::stdout().is_terminal() && io::stdin().is_terminal()
}

fn list(lang: Lang) -> i32 {
    let scenarios = match script::library() {
        Ok(scenarios) => scenarios,
        Err(error) => return complain(&error.render(lang)),
    };
    let width = scenarios.iter().map(|scenario| scenario.name.len()).max().unwrap_or(0);
    let line = |scenario: &Scenario| {
        let title = if lang == Lang::En { &scenario.title.en } else { &scenario.title.zh };
        format!("{:width$}  {title}\n", scenario.name)
    };
    answer(&scenarios.iter().map(line).collect::<String>(), lang)
}

fn completions(shell: clap_complete::Shell, lang: Lang) -> i32 {
    // Into memory first, since whoever reads may stop reading.
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "ipcscope", &mut text);
    answer(&String::from_utf8_lossy(&text), lang)
}

fn check(file: &Path, lang: Lang) -> i32 {
    let (scenario, questions) = match script::load_leniently(&file.to_string_lossy()) {
        Ok(loaded) => loaded,
        Err(error) => return complain(&error.render(lang)),
    };
    let mut faults = script::check(&scenario);
    faults.extend(questions.into_iter().map(|fault| *fault));
    if faults.is_empty() {
        for note in script::notes(&scenario) {
            say(&note.render(lang));
        }
        let good = if lang == Lang::En { "no mistakes found" } else { "没有发现错误" };
        return answer(&format!("{}: {good}\n", visible(&scenario.file)), lang);
    }
    for fault in &faults {
        say(&fault.render(lang));
    }
    USAGE
}

/// Loads a scenario with the parameters of the command line.
fn load(args: &RunArgs, lang: Lang) -> Result<Scenario, String> {
    let mut scenario = script::load(&args.scenario).map_err(|error| error.render(lang))?;
    for assignment in &args.set {
        script::params::assign(&mut scenario, assignment).map_err(|error| error.render(lang))?;
    }
    match script::Program::compile(&scenario) {
        Ok(_) => Ok(scenario),
        Err(fault) => Err(fault.render(lang)),
    }
}

fn run(args: RunArgs, options: Options) -> i32 {
    let screen = has_screen() && !wants_text(args.output);
    if args.paused && !screen {
        return complain(match options.lang {
            Lang::En => "--paused needs the screen: without one, nobody could let the run go on",
            Lang::Zh => "--paused 需要屏幕：没有屏幕，就没有人能让运行继续",
        });
    }
    let scenario = match load(&args, options.lang) {
        Ok(scenario) => Arc::new(scenario),
        Err(text) => return complain(&text),
    };
    if !screen {
        return headless::run(&args, scenario, options.lang);
    }
    let pace = args.pace.unwrap_or(scenario.pace);
    let wish = live::Wish {
        seed: args.seed.unwrap_or(scenario.seed),
        walk: args.order,
        free: args.free,
        pace: Pace::Steps(pace),
        paused: args.paused || (args.pace.is_none() && !args.free),
        record: destination(&args),
        time_limit: args.time_limit,
        memory: args.memory << 20,
        pause_to_ask: true,
        repeat: None,
    };
    match live::Live::start(scenario, wish, options.lang) {
        Ok(source) => {
            let library = library::BuiltIn::new(options.lang).ok().map(|library| Box::new(library) as Box<dyn tui::Library>);
            show(Start::Open(Box::new(source), library), options)
        }
        Err(text) => complain(&text),
    }
}

/// Where the command line wants a recording.
fn destination(args: &RunArgs) -> Option<recorder::Destination> {
    let path = args.record.clone()?;
    Some(recorder::Destination { path, force: args.force, ours: None })
}

pub(crate) fn wants_text(output: Output) -> bool {
    output.plain || output.linear || output.json
}

fn theme(wanted: Option<ThemeArg>) -> Theme {
    match wanted {
        Some(ThemeArg::Dark) => Theme::Dark,
        Some(ThemeArg::Light) => Theme::Light,
        Some(ThemeArg::HighContrast) => Theme::HighContrast,
        Some(ThemeArg::Mono) => Theme::Mono,
        // https://no-color.org
        None if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) => Theme::Mono,
        None => Theme::Dark,
    }
}

/// The environment's language: the first of the usual variables that is set decides.
fn environment_lang() -> Lang {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    match set {
        Some(value) if value.starts_with("zh") => Lang::Zh,
        _ => Lang::En,
    }
}
