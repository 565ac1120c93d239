//! A pseudo-terminal with the program in it: its screen as text, keys, sizes, and what it leaves behind.
//!
//! Invariant: nothing here sleeps. A wait ends with the program's next output, or fails at its
//! deadline and shows the screen. It knows the program from outside only: as a user, and as `/proc`.

use std::fs;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{LocalFlags, Termios, tcgetattr};
use nix::unistd::Pid;
use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use tempfile::TempDir;

/// How long anything may take on a slow machine that does much else.
pub(crate) const DEADLINE: Duration = Duration::from_secs(300);

/// One pseudo-terminal is made at a time: its master is inheritable for a moment, and another
/// program that took it along would keep it alive.
static MAKING: Mutex<()> = Mutex::new(());

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn size(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).expect("a terminal has at least one row and one column")
}

/// What the parser leaves to its user: the terminal's answers, and where a frame begins and ends.
#[derive(Default)]
struct Frames {
    /// The terminal draws line characters in two cells, as East Asian ones may.
    wide_lines: bool,
    answers: Vec<u8>,
    /// The screen as it was at the end of the last frame: what a user sees.
    text: String,
    count: u64,
}

impl vt100::Callbacks for Frames {
    fn unhandled_csi(&mut self, screen: &mut vt100::Screen, first: Option<u8>, _: Option<u8>, params: &[&[u16]], last: char) {
        match (first, params, last) {
            (None, [[6]], 'n') => {
                let (row, mut column) = screen.cursor_position();
                let written = screen.cell(row, column.saturating_sub(1)).map(vt100::Cell::contents);
                if self.wide_lines && written == Some("─") {
                    column += 1;
                }
                self.answers.extend(format!("\x1b[{};{}R", row + 1, column + 1).bytes());
            }
            (Some(b'?'), [[2026]], 'l') => {
                self.text = screen.contents();
                self.count += 1;
            }
            _ => {}
        }
    }
}

struct Shown {
    parser: vt100::Parser<Frames>,
    /// All that was written so far.
    output: Vec<u8>,
    /// Nobody has the terminal open any more.
    closed: bool,
}

/// The program in a terminal of its own.
pub(crate) struct Screen {
    /// Where the program runs, so that what it writes goes with it.
    folder: TempDir,
    child: Child,
    terminal: Arc<Pty>,
    before: Termios,
    shown: Arc<(Mutex<Shown>, Condvar)>,
    reader: Option<JoinHandle<()>>,
}

impl Screen {
    /// Starts the program in a terminal of this size.
    pub(crate) fn open(args: &[&str], columns: u16, rows: u16) -> Screen {
        Screen::open_with(args, columns, rows, &[])
    }

    /// The same with more in its environment.
    pub(crate) fn open_with(args: &[&str], columns: u16, rows: u16, environment: &[(&str, &str)]) -> Screen {
        Screen::start(env!("CARGO_BIN_EXE_ipcscope"), args, columns, rows, environment)
    }

    /// The same in a terminal that draws line characters in two cells.
    pub(crate) fn open_wide(args: &[&str], columns: u16, rows: u16) -> Screen {
        Screen::spawn(env!("CARGO_BIN_EXE_ipcscope"), args, columns, rows, &[], Frames { wide_lines: true, ..Frames::default() })
    }

    /// Any program in a terminal.
    pub(crate) fn start(program: &str, args: &[&str], columns: u16, rows: u16, environment: &[(&str, &str)]) -> Screen {
        Screen::spawn(program, args, columns, rows, environment, Frames::default())
    }

    fn spawn(program: &str, args: &[&str], columns: u16, rows: u16, environment: &[(&str, &str)], frames: Frames) -> Screen {
        let _one = lock(&MAKING);
        let (terminal, slave) = open().expect("a pseudo-terminal");
        terminal.resize(Size::new(rows, columns)).expect("a size");
        let before = tcgetattr(&terminal).expect("the terminal's settings");
        let folder = tempfile::tempdir().expect("a folder");
        let child = Command::new(program)
            .args(args)
            .current_dir(folder.path())
            .env_remove("NO_COLOR")
            .env_remove("LC_ALL")
            .env_remove("LC_MESSAGES")
            .env("TERM", "xterm-256color")
            .env("LANG", "C.UTF-8")
            .envs(environment.iter().copied())
            .spawn(slave)
            .expect("the program starts");
        let terminal = Arc::new(terminal);
        let parser = vt100::Parser::new_with_callbacks(size(rows), size(columns), 0, frames);
        let shown = Arc::new((Mutex::new(Shown { parser, output: Vec::new(), closed: false }), Condvar::new()));
        let reader = {
            let (terminal, shown) = (terminal.clone(), shown.clone());
            thread::spawn(move || read(&terminal, &shown))
        };
        Screen { folder, child, terminal, before, shown, reader: Some(reader) }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The lines of the last whole frame.
    pub(crate) fn text(&self) -> String {
        contents(&lock(&self.shown.0))
    }

    /// The colour behind a place of the screen, from 0; none for the terminal's own.
    pub(crate) fn paper(&self, column: u16, row: u16) -> Option<vt100::Color> {
        lock(&self.shown.0).parser.screen().cell(row, column).map(vt100::Cell::bgcolor)
    }

    /// The program has a screen of its own now, and the keys as they are pressed.
    pub(crate) fn is_taken(&self) -> bool {
        let raw = tcgetattr(&*self.terminal).is_ok_and(|now| !now.local_flags.contains(LocalFlags::ICANON));
        lock(&self.shown.0).parser.screen().alternate_screen() && raw
    }

    /// How many frames were drawn so far.
    pub(crate) fn frames(&self) -> u64 {
        lock(&self.shown.0).parser.callbacks().count
    }

    /// All bytes that the program wrote so far.
    pub(crate) fn output(&self) -> Vec<u8> {
        lock(&self.shown.0).output.clone()
    }

    /// Waits until the screen is as wanted and gives its text.
    #[track_caller]
    pub(crate) fn wait_for(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + DEADLINE;
        let mut shown = lock(&self.shown.0);
        loop {
            let text = contents(&shown);
            if wanted(&text) {
                return text;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || shown.closed {
                let how = if shown.closed { "the program ended" } else { "in vain" };
                let last = last_output(&shown);
                drop(shown);
                panic!("waited for {what}, {how}:\n{text}\nThe last that was written is {last:?}");
            }
            shown = self.shown.1.wait_timeout(shown, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits until these words are on the screen.
    #[track_caller]
    pub(crate) fn wait_text(&self, words: &str) -> String {
        self.wait_for(&format!("{words:?}"), |text| text.contains(words))
    }

    /// Waits until this was written, within a frame or not.
    #[track_caller]
    pub(crate) fn wait_written(&self, words: &str) {
        await_that(words, || self.output().windows(words.len()).any(|some| some == words.as_bytes()));
    }

    /// The same of what was written after so many bytes.
    #[track_caller]
    pub(crate) fn wait_written_after(&self, before: usize, words: &str) {
        await_that(words, || self.output()[before..].windows(words.len()).any(|some| some == words.as_bytes()));
    }

    /// Waits for a frame after so many.
    #[track_caller]
    pub(crate) fn wait_for_frame(&self, before: u64) {
        let deadline = Instant::now() + DEADLINE;
        let mut shown = lock(&self.shown.0);
        while shown.parser.callbacks().count <= before {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || shown.closed {
                let text = contents(&shown);
                let last = last_output(&shown);
                drop(shown);
                panic!("no frame came after\n{text}\nThe last that was written is {last:?}");
            }
            shown = self.shown.1.wait_timeout(shown, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Types: characters, or the bytes that a terminal sends for a key.
    pub(crate) fn key(&self, bytes: &str) {
        self.send(bytes.as_bytes());
    }

    /// Pastes a text, marked as such if the program has asked for that.
    pub(crate) fn paste(&self, text: &str) {
        let marked = lock(&self.shown.0).parser.screen().bracketed_paste();
        self.key(&if marked { format!("\x1b[200~{text}\x1b[201~") } else { text.to_owned() });
    }

    pub(crate) fn send(&self, bytes: &[u8]) {
        // A program that has ended reads no keys; whoever typed will see that it did.
        let _ = (&*self.terminal).write_all(bytes);
    }

    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        let mut shown = lock(&self.shown.0);
        shown.parser.set_size(size(rows), size(columns));
        self.terminal.resize(Size::new(rows, columns)).expect("another size");
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(self.process(), signal).expect("the program is there");
    }

    /// Waits until a signal has stopped all threads of the program.
    #[track_caller]
    pub(crate) fn wait_stopped(&self) {
        let state = |task: &fs::DirEntry| fs::read_to_string(task.path().join("stat")).ok()?.rsplit_once(") ")?.1.chars().next();
        let tasks = format!("/proc/{}/task", self.pid());
        await_that("the program's stop", || {
            fs::read_dir(&tasks).expect("the program's threads").flatten().all(|task| state(&task) == Some('T'))
        });
    }

    fn process(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.pid()).expect("a pid"))
    }

    /// Reads nothing until the program waits to write, sends it the signal, and gives its exit status.
    #[track_caller]
    pub(crate) fn end_unread(&mut self, signal: Signal) -> i32 {
        let unread = lock(&self.shown.0);
        let pid = self.pid();
        let in_kernel = move || fs::read_to_string(format!("/proc/{pid}/task/{pid}/wchan")).unwrap_or_default();
        await_that("the program waits to write", || ["n_tty_write", "wait_woken"].contains(&in_kernel().as_str()));
        self.signal(signal);
        let mut status = None;
        await_that("the program's end", || {
            status = self.child.try_wait().expect("the program's end");
            status.is_some()
        });
        drop(unread);
        code(status.expect("an ended program"))
    }

    /// Presses `q` and gives the exit status, as [`Screen::end`] does.
    #[track_caller]
    pub(crate) fn quit(self) -> i32 {
        self.key("q");
        self.end()
    }

    /// Waits for the program's end and gives its exit status. The terminal must be as it was, and no
    /// process of the run may be left.
    #[track_caller]
    pub(crate) fn end(mut self) -> i32 {
        let status = self.wait();
        self.check_end();
        status
    }

    /// The same for a status that is known, and gives all that was written.
    #[track_caller]
    pub(crate) fn after_end(mut self, status: i32) -> String {
        assert_eq!(self.wait(), status, "{}", String::from_utf8_lossy(&self.output()));
        self.check_end();
        String::from_utf8_lossy(&self.output()).into_owned()
    }

    #[track_caller]
    fn check_end(&self) {
        let shown = lock(&self.shown.0);
        let screen = shown.parser.screen();
        assert!(!screen.alternate_screen(), "the other screen was not left:\n{}", contents(&shown));
        assert!(!screen.hide_cursor(), "the cursor is still hidden");
        assert!(!screen.bracketed_paste(), "pasted text is still marked");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None, "the mouse is still told");
        let after = tcgetattr(&*self.terminal).expect("the terminal's settings");
        assert_eq!(after, self.before, "the terminal's settings are not what they were");
        assert!(!contents(&shown).contains("contradictions in the trace"), "the picture contradicts itself:\n{}", contents(&shown));
        drop(shown);
        await_none_left(self.pid());
    }

    /// Waits for the program's end, whatever it leaves behind: 128 and the signal that killed it, as
    /// a shell says it, or its exit status.
    #[track_caller]
    pub(crate) fn wait(&mut self) -> i32 {
        let deadline = Instant::now() + DEADLINE;
        let mut shown = lock(&self.shown.0);
        while !shown.closed {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let text = contents(&shown);
                drop(shown);
                panic!("the program did not end:\n{text}");
            }
            shown = self.shown.1.wait_timeout(shown, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(shown);
        code(self.child.wait().expect("the program's end"))
    }
}

/// Starts the program in a terminal, and takes the terminal away when these words were written.
/// Gives the program's pid and its exit status.
#[track_caller]
pub(crate) fn hang_up_after(args: &[&str], words: &str) -> (u32, i32) {
    let (mut terminal, child) = {
        let _one = lock(&MAKING);
        let (terminal, slave) = open().expect("a pseudo-terminal");
        terminal.resize(Size::new(24, 80)).expect("a size");
        let child = Command::new(env!("CARGO_BIN_EXE_ipcscope")).args(args).env("LANG", "C.UTF-8").spawn(slave);
        (terminal, child.expect("the program starts"))
    };
    let mut child = Ending(child);
    let (mut output, mut bytes) = (Vec::<u8>::new(), [0; 4096]);
    while !output.windows(words.len()).any(|some| some == words.as_bytes()) {
        let count = terminal.read(&mut bytes).expect("the program's output");
        output.extend(&bytes[..count]);
    }
    drop(terminal);
    let mut status = None;
    await_that("the program's end", || {
        status = child.0.try_wait().expect("the program's end");
        status.is_some()
    });
    (child.0.id(), code(status.expect("an ended program")))
}

/// What a shell says of an ended program.
fn code(status: ExitStatus) -> i32 {
    status.code().or(status.signal().map(|signal| 128 + signal)).expect("an ended program")
}

/// Waits for something that only looking tells.
#[track_caller]
fn await_that(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !is_so() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        thread::yield_now();
    }
}

/// A program that a failed test does not leave behind.
struct Ending(Child);

impl Drop for Ending {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Screen {
    /// A failed test leaves no program behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

/// The last whole frame.
fn contents(shown: &Shown) -> String {
    shown.parser.callbacks().text.clone()
}

/// What explains an end before any frame.
fn last_output(shown: &Shown) -> String {
    String::from_utf8_lossy(&shown.output[shown.output.len().saturating_sub(500)..]).into_owned()
}

/// Draws what the program writes, and answers it, until nobody has the terminal open.
fn read(terminal: &Pty, shown: &(Mutex<Shown>, Condvar)) {
    let mut bytes = [0; 65536];
    loop {
        let count = match (&mut &*terminal).read(&mut bytes) {
            Ok(count) if count > 0 => count,
            _ => break,
        };
        let mut now = lock(&shown.0);
        now.output.extend(&bytes[..count]);
        now.parser.process(&bytes[..count]);
        let answers = std::mem::take(&mut now.parser.callbacks_mut().answers);
        drop(now);
        shown.1.notify_all();
        let _ = (&mut &*terminal).write_all(&answers);
    }
    lock(&shown.0).closed = true;
    shown.1.notify_all();
}

/// A process of a run: its pid, its name in `ps`, its parent, and its state as one letter.
#[derive(Debug)]
pub(crate) struct Actor {
    pub pid: u32,
    pub name: String,
    pub parent: u32,
    pub state: String,
}

/// The processes of the run that this program hosts. One that has ended and waits to be collected is none.
pub(crate) fn actors(host: u32) -> Vec<Actor> {
    let marks = ["IPCSCOPE_ACTOR=".to_owned(), format!(":{host}")];
    let mine = |environment: &[u8]| {
        environment.split(|byte| *byte == 0).any(|variable| {
            let variable = String::from_utf8_lossy(variable);
            variable.starts_with(&marks[0]) && variable.ends_with(&marks[1])
        })
    };
    let pids = fs::read_dir("/proc").expect("/proc").flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid: &u32| fs::read(format!("/proc/{pid}/environ")).is_ok_and(|environment| mine(&environment)))
        .filter_map(|pid| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            let (head, tail) = stat.rsplit_once(')')?;
            let mut fields = tail.split_whitespace();
            let state = fields.next()?;
            let parent = fields.next()?.parse().ok()?;
            let name = head.split_once('(').map_or("", |(_, name)| name).to_owned();
            (state != "Z").then(|| Actor { pid, name, parent, state: state.to_owned() })
        })
        .collect()
}

/// Waits until no process of this host's run is left. Processes that a signal has just ended need a moment.
#[track_caller]
pub(crate) fn await_none_left(host: u32) {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let left = actors(host);
        if left.is_empty() {
            return;
        }
        assert!(Instant::now() < deadline, "left behind: {left:?}");
        thread::yield_now();
    }
}

/// The run's process of this name, once there is one that is as wanted.
#[track_caller]
pub(crate) fn await_actor(host: u32, name: &str, wanted: impl Fn(&Actor) -> bool) -> Actor {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(actor) = actors(host).into_iter().find(|actor| actor.name == name && wanted(actor)) {
            return actor;
        }
        assert!(Instant::now() < deadline, "no such process {name}: {:?}", actors(host));
        thread::yield_now();
    }
}
