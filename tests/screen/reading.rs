//! What a user types, and reads on the screen: the first line, rows, pids.

use std::ops::RangeInclusive;

use super::pty::Screen;

pub(crate) const LIST: &str = "Choose a program to watch.";

/// The keys that go from the top of the list to a scenario.
pub(crate) fn down_to(name: &str) -> String {
    let library = ipcscope::script::library().expect("they are part of the program");
    "j".repeat(library.iter().position(|scenario| scenario.name == name).expect("it is in the list"))
}
/// More than there are paces.
pub(crate) const FULL_PACE: &str = "++++++++++";

pub(crate) const DOWN: &str = "\x1b[B";
pub(crate) const LEFT: &str = "\x1b[D";
pub(crate) const HOME: &str = "\x1b[H";
pub(crate) const END: &str = "\x1b[F";
pub(crate) const ESCAPE: &str = "\x1b";
pub(crate) const ENTER: &str = "\r";

/// The first line: what runs, and how it stands.
pub(crate) fn header(text: &str) -> &str {
    text.lines().next().unwrap_or("")
}

/// The number of the step that is shown.
pub(crate) fn step(text: &str) -> Option<u64> {
    let (_, after) = header(text).split_once("step ").or_else(|| header(text).split_once("第 "))?;
    after.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Whether the row of this step is there: a step is counted when it is granted, and has its row when
/// it is done.
pub(crate) fn has_row(text: &str, step: u64) -> bool {
    text.lines().any(|line| line.trim_start_matches([' ', '•', '*']).starts_with(&format!("{step} ")))
}

/// Whether all have come to rest after the shown step, and the picture tells of it: there is a row of who can
/// go, or nobody can any more. Before that, what comes with a rest (a question, who could go) is not there yet.
pub(crate) fn at_rest(text: &str) -> bool {
    let over = ["ENDED", "STUCK", "结束", "卡住"].iter().any(|sign| header(text).contains(sign));
    over || text.lines().any(|line| line.starts_with(['►', '>']))
}

/// The rows of these steps in the picture, without what else is on their lines.
pub(crate) fn rows(text: &str, steps: RangeInclusive<u64>) -> Vec<String> {
    let row = |step: u64| text.lines().find(|line| line.trim_start_matches([' ', '•']).starts_with(&format!("{step} ")));
    steps.filter_map(row).map(|line| line.chars().take(70).collect::<String>().trim_end().to_owned()).collect()
}

/// Presses `n` so many times, each when all are at rest after the step before. Gives the picture of the last rest.
#[track_caller]
pub(crate) fn steps(screen: &Screen, count: u64) -> String {
    let mut text = screen.text();
    for _ in 0..count {
        let next = step(&text).expect("a step's number") + 1;
        screen.key("n");
        text = screen.wait_for(&format!("step {next}"), |text| step(text) == Some(next) && has_row(text, next) && at_rest(text));
    }
    text
}

#[track_caller]
pub(crate) fn wait_sign(screen: &Screen, sign: &str) -> String {
    screen.wait_for(sign, |text| header(text).contains(sign))
}

/// Waits until what is shown tells of every key that was pressed so far: a word typed after them is read
/// after them. What a frame shows before that may be older than a key, whatever it shows.
#[track_caller]
pub(crate) fn all_keys_read(screen: &Screen) -> String {
    screen.key("/after");
    screen.wait_for("a word in the input line", |text| text.lines().any(|line| line.contains("/after")));
    screen.key(ESCAPE);
    screen.wait_for("no input line", |text| !text.contains("/after"))
}

/// Runs on as fast as it can, to this sign.
#[track_caller]
pub(crate) fn run_to(screen: &Screen, sign: &str) -> String {
    screen.key(FULL_PACE);
    screen.wait_text("full pace");
    screen.key(" ");
    wait_sign(screen, sign)
}

/// The pid that a lane's head shows.
pub(crate) fn pid_on_screen(text: &str, name: &str) -> Option<u32> {
    let heads = text.lines().find(|line| line.starts_with("─step"))?;
    let (_, after) = heads.split_once(&format!("─{name} "))?;
    after.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Chooses a process by keys.
#[track_caller]
pub(crate) fn choose(screen: &Screen, name: &str) {
    let chosen = |text: &str| text.split_once('▸').and_then(|(_, after)| after.split_whitespace().next()).map(str::to_owned);
    let mut now = chosen(&screen.text());
    let mut keys = 0;
    while now.as_deref() != Some(name) {
        keys += 1;
        assert!(keys < 9, "{name} is never chosen:\n{}", screen.text());
        screen.key(LEFT);
        now = chosen(&screen.wait_for("somebody else chosen", |text| chosen(text) != now));
    }
}

/// A scenario that never ends, in a file of the test's own.
pub(crate) struct Endless(tempfile::TempDir);

impl Endless {
    pub(crate) fn new() -> Endless {
        let folder = tempfile::tempdir().expect("a folder");
        let text = r#"
fn give(q) { let n = 0; loop { q.put(n); n += 1; } }
fn take(q) { loop { q.get(); } }
let q = Queue(3);
let a = Process("a", give, [q]);
let b = Process("b", take, [q]);
a.start();
b.start();
a.join();
"#;
        std::fs::write(folder.path().join("endless.rhai"), text).expect("the scenario");
        Endless(folder)
    }

    pub(crate) fn path(&self) -> String {
        self.0.path().join("endless.rhai").display().to_string()
    }

    /// The scenario on the screen, going at full pace.
    pub(crate) fn running(&self, columns: u16, rows: u16) -> Screen {
        let screen = Screen::open(&["run", &self.path()], columns, rows);
        wait_sign(&screen, "PAUSED");
        run_to(&screen, "LIVE");
        screen.wait_for("many steps", |text| step(text) > Some(200));
        screen
    }
}
