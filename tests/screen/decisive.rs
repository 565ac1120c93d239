//! The moment that a lesson is about, as a class sees it: the whole screen at the step that decides.

use super::pty::Screen;
use super::reading::*;

/// A scenario, how it is started, and the step that it is about.
const MOMENTS: &[(&str, &[&str], u64)] = &[
    // p1 destroys what p2 wrote.
    ("lost-update", &[], 11),
    // The feeder keeps what the pipe has no room for, and nobody is left to read it.
    ("join-before-drain", &[], 9),
    // proc_1 waits; this send lets it go on, and the sender too.
    ("pipe", &[], 14),
    // The item that was changed is a copy: the server's stays.
    ("manager-collections", &["--set", "inner=changed"], 36),
];

/// The screen without what differs from run to run: a head's pid, which is there only where the whole of it fits.
fn lasting(text: &str) -> String {
    let head = |line: &str| {
        let mut chars: Vec<char> = line.chars().collect();
        let mut at = 0;
        while at < chars.len() {
            let digits = chars[at + 1..].iter().take_while(|c| c.is_ascii_digit()).count();
            // `─` and nothing else follows a pid.
            if chars[at] == ' ' && digits > 0 && chars.get(at + 1 + digits).is_none_or(|c| *c == '─') {
                chars[at..=at + digits].fill('─');
            }
            at += 1 + digits;
        }
        String::from_iter(chars)
    };
    text.lines().map(|line| if line.starts_with('─') && line.contains("─main ") { head(line) } else { line.to_owned() } + "\n").collect()
}

#[test]
fn the_step_that_decides_is_told_and_seen() {
    for (name, set, step) in MOMENTS {
        for lang in ["en", "zh"] {
            let args = [&["run", *name, "--seed", "1", "--lang", lang], *set].concat();
            let screen = Screen::open(&args, 80, 24);
            screen.wait_for("the first picture", |text| self::step(text) == Some(0));
            let text = steps(&screen, *step);
            insta::assert_snapshot!(format!("{name}_{lang}"), lasting(&text));
            assert_eq!(screen.quit(), 0);
        }
    }
}
