//! The whole program as its user has it: in a terminal, by keys alone.
//!
//! Every test ends through [`Screen::quit`] or [`Screen::end`], which look at what is left: the
//! terminal as it was, and no process.

mod pty;

use std::path::Path;
use std::process::{Command, Stdio};

use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGKILL, SIGTERM};
use pty::{Screen, actors, await_actor, await_none_left, hang_up_after};

const LIST: &str = "Choose a program to watch.";
/// More than there are paces.
const FULL_PACE: &str = "++++++++++";

const DOWN: &str = "\x1b[B";
const LEFT: &str = "\x1b[D";
const HOME: &str = "\x1b[H";
const END: &str = "\x1b[F";
const ESCAPE: &str = "\x1b";
const ENTER: &str = "\r";

/// The first line: what runs, and how it stands.
fn header(text: &str) -> &str {
    text.lines().next().unwrap_or("")
}

/// The number of the step that is shown.
fn step(text: &str) -> Option<u64> {
    let (_, after) = header(text).split_once("step ")?;
    after.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Whether the row of this step is there: a step is counted when it is granted, and has its row when
/// it is done.
fn has_row(text: &str, step: u64) -> bool {
    text.lines().any(|line| line.trim_start_matches([' ', '•', '*']).starts_with(&format!("{step} ")))
}

/// Presses `n` so many times, each when the step before has been shown.
#[track_caller]
fn steps(screen: &Screen, count: u64) -> String {
    let mut text = screen.text();
    for _ in 0..count {
        let next = step(&text).expect("a step's number") + 1;
        screen.key("n");
        text = screen.wait_for(&format!("step {next}"), |text| step(text) == Some(next) && has_row(text, next));
    }
    text
}

#[track_caller]
fn wait_sign(screen: &Screen, sign: &str) -> String {
    screen.wait_for(sign, |text| header(text).contains(sign))
}

/// Runs on as fast as it can, to this sign.
#[track_caller]
fn run_to(screen: &Screen, sign: &str) -> String {
    screen.key(FULL_PACE);
    screen.wait_text("full pace");
    screen.key(" ");
    wait_sign(screen, sign)
}

/// The pid that a lane's head shows.
fn pid_on_screen(text: &str, name: &str) -> Option<u32> {
    let heads = text.lines().find(|line| line.starts_with("─step"))?;
    let (_, after) = heads.split_once(&format!("─{name} "))?;
    after.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// A scenario that never ends, in a file of the test's own.
struct Endless(tempfile::TempDir);

impl Endless {
    fn new() -> Endless {
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

    fn path(&self) -> String {
        self.0.path().join("endless.rhai").display().to_string()
    }

    /// The scenario on the screen, going at full pace.
    fn running(&self, columns: u16, rows: u16) -> Screen {
        let screen = Screen::open(&["run", &self.path()], columns, rows);
        wait_sign(&screen, "PAUSED");
        run_to(&screen, "LIVE");
        screen.wait_for("many steps", |text| step(text) > Some(200));
        screen
    }
}

#[test]
fn the_list_opens_a_run_of_real_processes() {
    let screen = Screen::open(&[], 80, 24);
    screen.wait_text(LIST);
    screen.key(ENTER);
    screen.wait_for("the lesson", |text| header(text).contains("PAUSED") && text.contains("Two processes own no memory in common."));
    let main = await_actor(screen.pid(), "main", |_| true);
    assert_eq!(main.parent, screen.pid());

    screen.key(&"n".repeat(30));
    let text = screen.wait_for("step 30", |text| step(text) == Some(30));
    let real = actors(screen.pid());
    for name in ["main", "pw", "pr"] {
        let shown = pid_on_screen(&text, name);
        let found = real.iter().find(|actor| Some(actor.pid) == shown);
        let found = found.unwrap_or_else(|| panic!("{name} {shown:?} is not among {real:?}:\n{text}"));
        assert_eq!((found.name.as_str(), found.parent), (name, screen.pid()));
    }

    let ended = run_to(&screen, "ENDED");
    assert!(ended.contains("All processes have ended."), "{ended}");
    screen.key(",");
    wait_sign(&screen, "PAST");
    screen.key(HOME);
    screen.wait_for("the beginning", |text| header(text).contains("PAST") && step(text) == Some(0));
    screen.key(END);
    wait_sign(&screen, "ENDED");
    assert_eq!(screen.quit(), 0);
}

/// Opens the scenario at a place of the list, goes forth, back and on to its end, and back to the list.
fn by_keys(place: usize, title: &str, printed: &str) {
    let screen = Screen::open(&[], 120, 40);
    screen.wait_text(LIST);
    screen.key(&"j".repeat(place));
    screen.key(ENTER);
    screen.wait_for(title, |text| header(text).contains(title) && header(text).contains("PAUSED"));
    steps(&screen, 5);
    screen.key(",,");
    screen.wait_for("the past", |text| header(text).contains("PAST") && step(text) == Some(3));
    screen.key("nn");
    screen.wait_for("now", |text| header(text).contains("PAUSED") && step(text) == Some(5));
    steps(&screen, 1);
    let ended = run_to(&screen, "ENDED");
    assert!(ended.contains(printed), "{printed} is not there:\n{ended}");
    screen.key(ESCAPE);
    screen.wait_text(LIST);
    await_none_left(screen.pid());
    assert_eq!(screen.quit(), 0);
}

#[test]
fn queue_by_keys() {
    by_keys(0, "Queue: a writer and a reader", "Done!");
}

#[test]
fn event_by_keys() {
    by_keys(1, "Event: one flag, two ways of waiting", "main: event is set");
}

#[test]
fn pipe_by_keys() {
    by_keys(2, "Pipe: a talk between two", "I don't tell you!");
}

#[test]
fn condition_by_keys() {
    by_keys(3, "Condition: sleepers and the one who wakes them", "consumer after wait");
}

#[test]
fn shared_memory_by_keys() {
    by_keys(4, "Value and Array: memory in common", "[0, -1, -2, -3");
}

#[test]
fn the_hand_sets_an_event_and_the_real_waiter_goes_on() {
    let screen = Screen::open(&["run", "event"], 200, 60);
    let mut text = wait_sign(&screen, "PAUSED");
    while !(text.contains("waiting  block") && text.contains("waiting  nonblock")) {
        text = steps(&screen, 1);
    }
    screen.key("e");
    let text = screen.wait_for("the hand's step", |text| {
        text.lines().any(|line| line.contains("woken ◄") && line.contains("▲ up ◄") && line.contains("── set e"))
    });
    assert!(text.lines().any(|line| line.starts_with("─step") && line.contains("─you ")), "no lane of the hand:\n{text}");
    assert!(text.contains("You set e, which wakes everybody who waits for it: nonblock and block."), "{text}");
    let text = run_to(&screen, "ENDED");
    assert!(text.contains("wait_for_event: e.is_set()-> true"), "{text}");
    assert!(text.contains("wait_for_event_timeout: e.is_set()-> true"), "{text}");
    assert_eq!(screen.quit(), 0);
}

/// Chooses a process by keys.
#[track_caller]
fn choose(screen: &Screen, name: &str) {
    let chosen = |text: &str| text.contains(&format!("▸{name} "));
    for _ in 0..8 {
        if chosen(&screen.text()) {
            break;
        }
        let before = screen.frames();
        screen.key(LEFT);
        screen.wait_for_frame(before);
    }
    screen.wait_for(&format!("{name} chosen"), chosen);
}

/// Chooses a process and sends it the signal at this place of the menu.
#[track_caller]
fn signal_by_keys(screen: &Screen, name: &str, place: usize, what: &str) {
    choose(screen, name);
    screen.key("K");
    screen.wait_text("SIGKILL: it ends at once");
    screen.key(&"j".repeat(place));
    screen.wait_text(&format!("► {what} "));
    screen.key(ENTER);
    screen.wait_for(&format!("{what} {name}"), |text| text.contains(&format!("{what} {name}")) && !text.contains("Esc closes"));
}

#[test]
fn a_stopped_process_is_stopped_and_goes_on() {
    let screen = Screen::open(&["run", "queue"], 160, 50);
    wait_sign(&screen, "PAUSED");
    let mut text = steps(&screen, 8);
    while !text.contains("─pr ") {
        text = steps(&screen, 1);
    }
    signal_by_keys(&screen, "pr", 2, "stop");
    await_actor(screen.pid(), "pr", |actor| actor.state == "T");
    screen.wait_text("stopped");
    signal_by_keys(&screen, "pr", 2, "continue");
    await_actor(screen.pid(), "pr", |actor| actor.state != "T");
    let text = run_to(&screen, "ENDED");
    assert!(text.contains("Done!"), "{text}");
    assert_eq!(screen.quit(), 0);
}

#[test]
fn the_hand_puts_into_a_queue_and_a_real_process_gets_it() {
    let screen = Screen::open(&["run", "queue"], 160, 50);
    wait_sign(&screen, "PAUSED");
    let mut text = screen.text();
    while !text.contains("print Put B") {
        text = steps(&screen, 1);
    }
    screen.key(DOWN);
    screen.wait_text("▸q Queue");
    screen.key(ENTER);
    screen.wait_text("► put ");
    screen.key(ENTER);
    screen.wait_text("› _");
    // What quits elsewhere is a letter here.
    screen.key("q");
    screen.wait_text("› q_");
    screen.paste("uick");
    screen.wait_text("› quick_");
    screen.key(ENTER);
    screen.wait_for("the hand's step", |text| text.contains("put quick") && text.contains("─you "));
    let text = run_to(&screen, "ENDED");
    assert!(text.contains("Get quick from queue."), "{text}");
    assert_eq!(screen.quit(), 0);
}

#[test]
fn a_branch_goes_live_from_the_past_with_other_processes() {
    let screen = Screen::open(&["run", "queue"], 120, 40);
    wait_sign(&screen, "PAUSED");
    let text = steps(&screen, 20);
    let before = pid_on_screen(&text, "pw").expect("pw's pid");
    screen.key(",,,,,");
    screen.wait_for("the past", |text| header(text).contains("PAST") && step(text) == Some(15));
    let past = rows(&screen.text(), 15);
    screen.key("b");
    let text = screen.wait_for("the branch", |text| header(text).contains("PAUSED") && step(text) == Some(15) && has_row(text, 15));
    assert_eq!(rows(&text, 15), past);
    let after = pid_on_screen(&text, "pw").expect("pw's pid");
    assert_ne!(before, after);
    let real = actors(screen.pid());
    assert!(real.iter().any(|actor| actor.pid == after) && real.iter().all(|actor| actor.pid != before), "{real:?}");
    let text = run_to(&screen, "ENDED");
    assert!(text.contains("Done!"), "{text}");
    assert_eq!(screen.quit(), 0);
}

/// The rows of the picture up to a step, without what else is on their lines.
fn rows(text: &str, last: u64) -> Vec<String> {
    let row = |step: u64| text.lines().find(|line| line.trim_start_matches([' ', '•']).starts_with(&format!("{step} ")));
    (1..=last).filter_map(row).map(|line| line.chars().take(70).collect::<String>().trim_end().to_owned()).collect()
}

#[test]
fn inside_is_what_the_kernel_says() {
    let screen = Screen::open(&["run", "queue"], 120, 40);
    wait_sign(&screen, "PAUSED");
    let mut text = screen.text();
    while !text.contains("─pw ") {
        text = steps(&screen, 1);
    }
    choose(&screen, "pw");
    screen.key("x");
    let text = screen.wait_text("─inside pw─");
    let parent = format!("parent {}", screen.pid());
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(&parent), "{parent} is not there:\n{text}");
    assert!(words.contains("waits in futex"), "{text}");
    assert_eq!(screen.quit(), 0);
}

#[test]
fn a_parameter_changed_by_keys_starts_the_run_again() {
    let screen = Screen::open(&["run", "queue"], 120, 40);
    wait_sign(&screen, "PAUSED");
    steps(&screen, 3);
    screen.key("p");
    screen.wait_text("─parameters─");
    screen.key(ENTER);
    screen.wait_text("► read");
    screen.key("j");
    screen.wait_text("► write");
    screen.key(ENTER);
    screen.wait_for("the run from its beginning", |text| step(text) == Some(0) && text.contains("reader = write"));
    let text = run_to(&screen, "ENDED");
    assert!(text.contains("Done!") && text.contains("Never received: A"), "{text}");
    assert_eq!(screen.quit(), 0);
}

#[test]
fn a_lost_notification_is_stuck_until_the_hand_kills() {
    let screen = Screen::open(&["run", "condition", "--set", "first=producer"], 160, 50);
    wait_sign(&screen, "PAUSED");
    let text = run_to(&screen, "STUCK");
    assert!(text.contains("Stuck: nobody can go on"), "{text}");
    assert!(text.contains("nobody is left to notify p1 and p2 on condition"), "{text}");
    signal_by_keys(&screen, "p1", 0, "kill");
    let text = screen.wait_for("stuck over p2", |text| header(text).contains("STUCK") && text.contains("nobody is left to notify p2"));
    assert!(!text.contains("p1 waits"), "the dead do not wait:\n{text}");
    signal_by_keys(&screen, "p2", 0, "kill");
    wait_sign(&screen, "ENDED");
    screen.quit();
}

/// A signal ends the program in order, whether the run goes or stands.
fn ended_by(signal: Signal) {
    let endless = Endless::new();
    let running = endless.running(80, 24);
    running.signal(signal);
    assert_eq!(running.end(), 128 + signal as i32);

    let paused = Screen::open(&["run", "queue"], 80, 24);
    wait_sign(&paused, "PAUSED");
    steps(&paused, 12);
    assert!(actors(paused.pid()).len() >= 3);
    paused.signal(signal);
    assert_eq!(paused.end(), 128 + signal as i32);
}

#[test]
fn sigterm_restores_the_terminal() {
    ended_by(SIGTERM);
}

#[test]
fn sighup_restores_the_terminal() {
    ended_by(SIGHUP);
}

#[test]
fn sigint_restores_the_terminal() {
    ended_by(SIGINT);
}

#[test]
fn sigkill_leaves_no_process() {
    let endless = Endless::new();
    let mut screen = endless.running(80, 24);
    assert!(actors(screen.pid()).len() >= 3);
    screen.signal(SIGKILL);
    assert_eq!(screen.wait(), 128 + SIGKILL as i32);
    await_none_left(screen.pid());
}

#[test]
fn a_terminal_that_is_taken_away_ends_the_program() {
    let (pid, status) = hang_up_after(&["run", "queue", "--pace", "100"], "LIVE");
    assert_eq!(status, 128 + SIGHUP as i32);
    await_none_left(pid);
}

#[test]
fn control_c_quits() {
    let screen = Screen::open(&["run", "queue"], 80, 24);
    wait_sign(&screen, "PAUSED");
    screen.key("\x03");
    assert_eq!(screen.end(), 0);
}

#[test]
fn a_run_goes_on_through_any_resize() {
    let endless = Endless::new();
    let screen = endless.running(200, 60);
    let mut last = step(&screen.text());
    for (columns, rows) in [(10, 3), (80, 24), (1, 1), (200, 60), (79, 23), (300, 2), (2, 100), (120, 40)].repeat(4) {
        let before = screen.frames();
        screen.resize(columns, rows);
        screen.wait_for_frame(before);
        if columns == 120 {
            let text = screen.wait_for("more steps", |text| header(text).contains("LIVE") && step(text) > last);
            last = step(&text);
        }
    }
    assert_eq!(screen.quit(), 0);
}

/// A small generator, so that every run of the test presses the same keys.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// What is not a character: the keys of a terminal, its other reports, and bytes that mean nothing.
const ODD: [&[u8]; 24] = [
    b"\r",
    b"\t",
    b"\x1b[Z",
    b"\x1b[A",
    b"\x1b[B",
    b"\x1b[C",
    b"\x1b[D",
    b"\x1b[5~",
    b"\x1b[6~",
    b"\x1b[H",
    b"\x1b[F",
    b"\x1b",
    b"\x7f",
    b"\x1bOP",
    b"\x1b[24~",
    b"\x1b[<0;10;10M",
    b"\x1b[5;7R",
    b"\x1b]0;title\x07",
    b"\x1b[?1;2c",
    b"\xff\xfe",
    b"\xc0\xaf",
    "中文…".as_bytes(),
    b"\xe4\xb8",
    b"\x1b[200~rK\x1b[201~",
];

/// Two thousand keys, whatever they do, and then `q`. None of them quits.
fn any_keys(scenario: &str, seed: u64) {
    let screen = Screen::open_with(&["run", scenario], 100, 30, &[("EDITOR", "true"), ("VISUAL", "true")]);
    wait_sign(&screen, "PAUSED");
    let mut dice = Dice(seed);
    for _ in 0..100 {
        let mut keys = Vec::new();
        for _ in 0..20 {
            match dice.below(3) {
                0 => keys.extend(ODD[dice.below(ODD.len())]),
                1 => keys.extend(&[b"n n+,j\tKels"[dice.below(11)]]),
                _ => keys.push(b' ' + dice.below(95) as u8),
            }
        }
        keys.retain(|key| *key != b'q');
        // Ends whatever sequence was begun, and is a key of its own.
        keys.extend(b"xxtt");
        let before = screen.frames();
        screen.send(&keys);
        screen.wait_for_frame(before);
    }
    screen.quit();
}

#[test]
fn any_keys_on_queue() {
    any_keys("queue", 11);
}

#[test]
fn any_keys_on_event() {
    any_keys("event", 12);
}

#[test]
fn any_keys_on_pipe() {
    any_keys("pipe", 13);
}

#[test]
fn any_keys_on_condition() {
    any_keys("condition", 14);
}

#[test]
fn any_keys_on_shared_memory() {
    any_keys("shared-memory", 15);
}

#[test]
fn pasted_text_is_no_key() {
    let screen = Screen::open(&["run", "queue"], 80, 24);
    wait_sign(&screen, "PAUSED");
    screen.paste("nnn q\x03 Kr");
    let text = steps(&screen, 2);
    assert_eq!(step(&text), Some(2), "{text}");
    assert_eq!(screen.quit(), 0);
}

fn record(scenario: &str, file: &Path) {
    let status = Command::new(env!("CARGO_BIN_EXE_ipcscope"))
        .args(["run", scenario, "--plain", "--seed", "7", "--record"])
        .arg(file)
        .stdout(Stdio::null())
        .status()
        .expect("the program starts");
    assert!(status.success());
}

#[test]
fn a_recording_is_looked_at_and_not_acted_upon() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("event.trace");
    record("event", &file);
    let screen = Screen::open(&["replay", &file.display().to_string()], 120, 40);
    wait_sign(&screen, "PAUSED (recording)");
    assert!(actors(screen.pid()).is_empty(), "a recording has no processes");
    steps(&screen, 8);
    for key in ["e", "K", "R", "s", "F"] {
        let before = screen.frames();
        screen.key(key);
        screen.wait_for_frame(before);
        screen.wait_text("This is a recording: it can be looked at, not changed.");
        screen.key("?");
        screen.wait_text("Esc closes");
        screen.key(ESCAPE);
        screen.wait_for("no help", |text| !text.contains("Esc closes") && !text.contains("This is a recording"));
    }
    screen.key(",");
    screen.wait_for("the past", |text| header(text).contains("PAST") && step(text) == Some(7));
    screen.key(END);
    screen.wait_for("now", |text| header(text).contains("PAUSED") && step(text) == Some(8));
    let ended = run_to(&screen, "ENDED (recording)");
    assert!(ended.contains("main: event is set"), "{ended}");
    assert_eq!(screen.quit(), 0);
}

#[test]
fn without_a_terminal_the_list_says_what_to_do() {
    let output = Command::new(env!("CARGO_BIN_EXE_ipcscope"))
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .env("LANG", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("needs a terminal") && text.contains("`ipcscope list`") && text.contains("--plain"), "{text}");
}

#[test]
fn chinese_and_back() {
    let screen = Screen::open(&["--lang", "zh"], 80, 24);
    screen.wait_text("选择一个要观察的程序。");
    screen.key("L");
    screen.wait_text(LIST);
    screen.key("L");
    screen.key(ENTER);
    screen.wait_for("the lesson", |text| text.contains("两个进程没有共同的内存") && header(text).contains("暂停"));
    screen.key("n");
    screen.wait_for("第 1 步", |text| header(text).contains("第 1 步") && text.contains("为什么"));
    screen.key("L");
    screen.wait_for("English", |text| header(text).contains("PAUSED") && step(text) == Some(1));
    assert_eq!(screen.quit(), 0);
}

#[test]
fn the_environment_says_the_language() {
    let screen = Screen::open_with(&[], 80, 24, &[("LANG", "zh_CN.UTF-8")]);
    screen.wait_text("选择一个要观察的程序。");
    assert_eq!(screen.quit(), 0);
}

#[test]
fn a_key_is_answered_while_the_run_goes_at_full_pace() {
    let endless = Endless::new();
    let screen = endless.running(120, 40);
    screen.key("?");
    let help = screen.wait_text("Esc closes");
    screen.key(ESCAPE);
    screen
        .wait_for("the run, further on", |text| !text.contains("Esc closes") && header(text).contains("LIVE") && step(text) > step(&help));
    screen.key(" ");
    wait_sign(&screen, "PAUSED");
    assert_eq!(screen.quit(), 0);
}

/// Whether anything was written that sets a colour: 30–37, 38, 40–47, 48, 90–97, 100–107.
fn sets_a_colour(output: &[u8]) -> bool {
    let text = String::from_utf8_lossy(output);
    let selections = text.split("\x1b[").skip(1).filter_map(|sequence| {
        let end = sequence.find(|c: char| c.is_ascii_alphabetic())?;
        sequence[end..].starts_with('m').then(|| &sequence[..end])
    });
    let mut numbers = selections.flat_map(|selection| selection.split([';', ':'])).filter_map(|number| number.parse::<u32>().ok());
    numbers.any(|number| matches!(number, 30..=38 | 40..=48 | 90..=97 | 100..=107))
}

#[test]
fn no_color_is_respected() {
    let shown = |environment: &[(&str, &str)]| {
        let screen = Screen::open_with(&[], 120, 40, environment);
        screen.wait_text(LIST);
        screen.key(ENTER);
        wait_sign(&screen, "PAUSED");
        steps(&screen, 20);
        screen.key("?");
        screen.wait_text("Esc closes");
        let output = screen.output();
        assert_eq!(screen.quit(), 0);
        output
    };
    assert!(!sets_a_colour(&shown(&[("NO_COLOR", "1")])));
    assert!(sets_a_colour(&shown(&[])), "the test sees no colours at all");
}

/// What was printed, as the screen has it at the end.
fn printed(text: &str) -> Vec<String> {
    let lines = text.lines().skip_while(|line| !line.contains("─printed─")).skip(1);
    let cells = lines.filter_map(|line| line.chars().nth(125).map(|_| line.chars().skip(105).collect::<String>().trim().to_owned()));
    cells.take_while(|cell| cell.starts_with(|c: char| c.is_ascii_digit())).collect()
}

#[test]
fn again_is_the_same_run_and_reseed_another() {
    let screen = Screen::open(&["run", "queue", "--seed", "21"], 160, 60);
    wait_sign(&screen, "PAUSED");
    let first = run_to(&screen, "ENDED");
    screen.key("r");
    screen.wait_for("the beginning", |text| header(text).contains("PAUSED") && step(text) == Some(0));
    screen.key(" ");
    let second = wait_sign(&screen, "ENDED");
    assert_eq!((header(&first), printed(&first)), (header(&second), printed(&second)));
    assert!(printed(&first).len() >= 5, "{first}");
    screen.key("R");
    screen.wait_for("another seed", |text| header(text).contains("seed 22") && step(text) == Some(0));
    screen.key(" ");
    let third = wait_sign(&screen, "ENDED");
    assert_ne!(printed(&first), printed(&third), "{third}");
    assert_eq!(screen.quit(), 0);
}

#[test]
fn a_free_run_goes_to_its_end() {
    let screen = Screen::open(&["run", "pipe"], 120, 40);
    wait_sign(&screen, "PAUSED");
    screen.key("F");
    let text = wait_sign(&screen, "ENDED");
    assert!(header(&text).contains("the kernel schedules"), "{text}");
    assert!(text.contains("I don't tell you!"), "{text}");
    assert_eq!(screen.quit(), 0);
}

#[test]
fn keys_typed_ahead_count() {
    let screen = Screen::open(&["run", "queue"], 80, 24);
    screen.key("nn\x1b[6~");
    screen.wait_for("some steps", |text| step(text) >= Some(2));
    steps(&screen, 1);
    assert_eq!(screen.quit(), 0);
}

#[test]
fn where_lines_are_wide_ascii_is_drawn() {
    let screen = Screen::open_wide(&[], 80, 24);
    screen.wait_for("a list of ASCII", |text| text.contains(LIST) && text.contains("-scenarios---"));
    screen.key(ENTER);
    wait_sign(&screen, "PAUSED");
    let text = steps(&screen, 20);
    assert!(!text.contains(['─', '│', '►', '◄', '•']), "{text}");
    assert_eq!(screen.quit(), 0);
}

mod panics {
    //! The screen with a run that panics when it is looked at: in a program of its own, which is this
    //! test's program started once more.

    use std::sync::Arc;

    use ipcscope::script;
    use ipcscope::tui::{self, Intent, Options, Pace, Playing, Source, SourceKind, Start, Status};
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
                playing: Playing::Paused,
                gated: true,
                pace: Pace::Unlimited,
                seed: 1,
                begun: false,
                notice: None,
                exit: None,
            }
        }

        fn tell(&mut self, _: Intent) -> Result<(), String> {
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
}
