//! What no user should do, and what a loaded machine does: any size, any keys, any text, full pace.

use nix::sys::signal::Signal;

use super::pty::Screen;
use super::reading::*;

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
            let text = screen
                .wait_for("more steps", |text| text.lines().count() == rows as usize && header(text).contains("LIVE") && step(text) > last);
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
    for round in 0..100 {
        let mut keys = Vec::new();
        for _ in 0..20 {
            match dice.below(3) {
                0 => keys.extend(ODD[dice.below(ODD.len())]),
                1 => keys.extend(&[b"n n+,j\tKels"[dice.below(11)]]),
                _ => keys.push(b' ' + dice.below(95) as u8),
            }
        }
        keys.retain(|key| *key != b'q');
        if round >= 50 {
            // An editor has the terminal for a moment, and would get the Ctrl-C at the end in place of the program.
            keys.retain(|key| *key != b'E');
        }
        // Ends whatever sequence was begun, and is a key of its own.
        keys.extend(b"xxtt");
        let before = screen.frames();
        screen.send(&keys);
        screen.wait_for_frame(before);
    }
    // An input line may be open, and a q would only be one more letter of it.
    screen.key("\x03");
    screen.end();
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

/// Keys that look at a run and leave it as it is: `n` comes only after a step back. None is a sequence: one
/// that a loaded machine hands over in two parts would begin with the key that leaves the run.
const LOOKS: [&str; 20] = [",", ",", ",n", ",,,n", "G", "\t", "h", "j", "k", "l", "1", "2", "3", "4", "?", "L", "t", "x", "[", "]"];

/// A thousand sizes and a thousand keys later it is the very same run, and it ends as it would have.
#[test]
fn a_thousand_resizes_lose_nothing() {
    let plain = std::process::Command::new(env!("CARGO_BIN_EXE_ipcscope"))
        .args(["run", "pipe", "--plain", "--seed", "9"])
        .output()
        .expect("the run without a screen");
    let screen = Screen::open(&["run", "pipe", "--seed", "9"], 200, 60);
    wait_sign(&screen, "PAUSED");
    let before = steps(&screen, 20);
    let mut dice = Dice(3);
    for round in 0..50 {
        for _ in 0..20 {
            let (columns, rows) = match dice.below(8) {
                0 => (1 + dice.below(12), 1 + dice.below(4)),
                1 => (10, 3),
                2 => (200, 60),
                _ => (10 + dice.below(191), 3 + dice.below(58)),
            };
            screen.key(LOOKS[dice.below(LOOKS.len())]);
            screen.resize(columns as u16, rows as u16);
        }
        // The program has read all that, and still answers.
        let frames = screen.frames();
        screen.resize(100, 20 + round % 2);
        screen.wait_for_frame(frames);
    }
    screen.resize(200, 60);
    screen.wait_for("the last size", |text| text.lines().count() == 60);
    // Out of the help and of the past, to the first view.
    screen.key("GG1");
    all_keys_read(&screen);
    if !header(&screen.text()).contains("PAUSED") {
        screen.key("L");
    }
    let after = wait_sign(&screen, "PAUSED");
    assert_eq!(step(&after), step(&before), "{after}");
    let ended = run_to(&screen, "ENDED");
    let mut from = 0;
    for line in String::from_utf8_lossy(&plain.stdout).lines() {
        let found = ended[from..].find(line);
        from += found.unwrap_or_else(|| panic!("{line:?} is missing, or not in its place:\n{ended}"));
    }
    assert_eq!(screen.quit(), 0);
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

/// A key and a change of size that come together, in either order, are both seen: while the program is stopped they wait.
#[test]
fn a_size_and_a_key_that_come_together_are_both_seen() {
    let screen = Screen::open(&["run", "queue", "--seed", "1"], 100, 30);
    let mut last = step(&wait_sign(&screen, "PAUSED"));
    for (round, (columns, rows)) in [(120, 40), (90, 28), (110, 35), (80, 24), (130, 33), (100, 30)].into_iter().enumerate() {
        screen.signal(Signal::SIGSTOP);
        screen.wait_stopped();
        if round % 2 == 0 {
            screen.key("n");
            screen.resize(columns, rows);
        } else {
            screen.resize(columns, rows);
            screen.key("n");
        }
        screen.signal(Signal::SIGCONT);
        let text = screen.wait_for("both", |text| text.lines().count() == rows as usize && step(text) > last);
        last = step(&text);
    }
    assert_eq!(screen.quit(), 0);
}
