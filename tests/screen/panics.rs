//! The screen with a run that panics when it is looked at: in a program of its own, which is this
//! test's program started once more.

use std::sync::Arc;

use ipcscope::script;
use ipcscope::trace::{Pace, Phase};
use ipcscope::tui::{self, Intent, Options, Source, SourceKind, Start, Status};
use ipcscope::world::Timeline;

use super::pty::Screen;

const VARIABLE: &str = "SCREEN_THAT_PANICS";
const MESSAGE: &str = "this run cannot be looked at";

struct Fragile;

impl Source for Fragile {
    fn with_timeline(&self, _: &mut dyn FnMut(&Timeline)) {
        panic!("{MESSAGE}");
    }

    fn status(&self) -> Status {
        Status {
            kind: SourceKind::Live,
            scenario: Arc::new(script::load("queue").expect("a built-in scenario")),
            phase: Phase::Paused,
            gated: true,
            pace: Pace::Unlimited,
            seed: 1,
            walk: ipcscope::trace::Walk::Random,
            begun: false,
            notice: None,
            exit: None,
        }
    }

    fn tell(&mut self, _: Intent, _: ipcscope::kind::Lang) -> Result<(), String> {
        Ok(())
    }
}

#[test]
fn a_panic_gives_the_terminal_back() {
    if std::env::var_os(VARIABLE).is_some() {
        let _ = tui::run(Start::Open(Box::new(Fragile), None), Options::default());
        return;
    }
    let program = std::env::current_exe().expect("this test's program");
    let args = ["--exact", "panics::a_panic_gives_the_terminal_back", "--nocapture"];
    let screen = Screen::start(&program.display().to_string(), &args, 80, 24, &[(VARIABLE, "1")]);
    let output = screen.after_end(101);
    let (_, after) = output.rsplit_once("\x1b[?1049l").expect("the other screen was left");
    assert!(after.contains(MESSAGE), "the message is not on the user's own screen: {after}");
}
