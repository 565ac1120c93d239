//! A whole lesson with keys alone, for each scenario: from the list through steps, the past, a branch, a
//! deed by hand, another parameter and an edited source to the end; and how few keys the two things
//! take that a lesson is about.

use std::cell::Cell;
use std::fs;

use super::pty::Screen;
use super::reading::*;

/// What is particular to a scenario; each key with what is awaited after it.
struct Play {
    name: &'static str,
    title: &'static str,
    /// Acts on something by hand, and the row of that.
    hand: &'static [(&'static str, &'static str)],
    did: &'static str,
    /// Chooses another value of a parameter, from the open menu on; and how the lesson shows it.
    parameter: &'static [(&'static str, &'static str)],
    set: &'static str,
    /// The sign that the run comes to in the end.
    end: &'static str,
}

/// Adds a line to the source, as an editor would.
const EDITOR: &str = "sh -c 'echo \"print(\\\"edited by hand\\\");\" >> \"$1\"' editor";

fn press(screen: &Screen, keys: &[(&str, &str)]) {
    for (key, awaited) in keys {
        screen.key(key);
        screen.wait_text(awaited);
    }
}

fn play(play: &Play) {
    let screen = Screen::open_with(&[], 160, 50, &[("VISUAL", ""), ("EDITOR", EDITOR)]);
    screen.wait_text(LIST);
    screen.key(&down_to(play.name));
    screen.key(ENTER);
    screen.wait_for(play.title, |text| header(text).contains(play.title) && header(text).contains("PAUSED"));

    // Through, back, and off on a branch.
    steps(&screen, 12);
    screen.key(",,,,");
    screen.wait_for("the past", |text| header(text).contains("PAST") && step(text) == Some(8));
    screen.key("b");
    screen.wait_for("the branch", |text| header(text).contains("PAUSED") && step(text) == Some(8) && at_rest(text));
    steps(&screen, 2);

    press(&screen, play.hand);
    screen.wait_for(play.did, |text| text.contains(play.did) && text.contains("─you "));

    screen.key("p");
    screen.wait_text("─parameters─");
    press(&screen, play.parameter);
    screen.wait_for(play.set, |text| header(text).contains("PAUSED") && step(text) == Some(0) && text.contains(play.set));

    steps(&screen, 2);
    screen.key("E");
    screen.wait_for("the edited run", |text| header(text).contains("PAUSED") && step(text) == Some(0));
    let file = format!("{}.rhai", play.name);
    assert!(fs::read_to_string(screen.folder().join(&file)).is_ok_and(|text| text.ends_with("print(\"edited by hand\");\n")));

    let text = run_to(&screen, play.end);
    assert!(play.end != "ENDED" || text.contains("edited by hand"), "{text}");
    // Nothing but the edited scenario and its texts lies there.
    let left: Vec<_> =
        fs::read_dir(screen.folder()).expect("a folder").filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    assert!(left.iter().all(|name| name.starts_with(play.name)) && left.len() <= 2, "{left:?}");
    assert_eq!(screen.quit(), 0);
}

#[test]
fn a_lesson_on_queue() {
    play(&Play {
        name: "queue",
        title: "Queue: a writer and a reader",
        hand: &[("j", "▸q Queue"), (ENTER, "► put "), (ENTER, "› _"), ("7", "› 7_"), (ENTER, "─you ")],
        did: "put 7",
        parameter: &[(ENTER, "► read"), ("j", "► write"), (ENTER, "reader = write")],
        set: "reader = write",
        end: "ENDED",
    });
}

#[test]
fn a_lesson_on_event() {
    play(&Play {
        name: "event",
        title: "Event: one flag, two ways of waiting",
        hand: &[("e", "─you ")],
        did: "set e",
        parameter: &[("j", "► set_event"), (ENTER, "► false"), ("j", "► true"), (ENTER, "set_event = true")],
        set: "set_event = true",
        end: "ENDED",
    });
}

#[test]
fn a_lesson_on_pipe() {
    play(&Play {
        name: "pipe",
        title: "Pipe: a talk between two",
        hand: &[("j", "▸pipe Pipe"), (ENTER, "► send pipe[0]"), (ENTER, "› _"), ("hi", "› hi_"), (ENTER, "─you ")],
        did: "send hi",
        parameter: &[(ENTER, "► nothing"), ("jjj", "► first-recv"), (ENTER, "omit = first-recv")],
        set: "omit = first-recv",
        end: "ENDED",
    });
}

#[test]
fn a_lesson_on_condition() {
    play(&Play {
        name: "condition",
        title: "Condition: sleepers and the one who wakes them",
        hand: &[("j", "▸condition"), (ENTER, "► notify condition"), (ENTER, "─you ")],
        did: "notify",
        parameter: &[(ENTER, "► all"), ("j", "► one"), (ENTER, "wake = one")],
        set: "wake = one",
        end: "STUCK",
    });
}

#[test]
fn a_lesson_on_shared_memory() {
    play(&Play {
        name: "shared-memory",
        title: "Value and Array: memory in common",
        hand: &[("j", "▸num Value"), (ENTER, "► write num"), (ENTER, "› _"), ("2.5", "› 2.5_"), (ENTER, "─you ")],
        did: "num = 2.5",
        parameter: &[("j", "► lock"), (ENTER, "► false"), ("j", "► true"), (ENTER, "lock = true")],
        set: "lock = true",
        end: "ENDED",
    });
}

/// Keys that are counted.
struct Counted<'a> {
    screen: &'a Screen,
    keys: Cell<usize>,
}

impl Counted<'_> {
    /// One key, and what is awaited after it.
    #[track_caller]
    fn key(&self, key: &str, what: &str, awaited: impl Fn(&str) -> bool) -> String {
        self.keys.set(self.keys.get() + 1);
        self.screen.key(key);
        self.screen.wait_for(what, awaited)
    }
}

/// Whether the list of those who can go on has this process, about to leave its wait.
fn wants_the_lock(text: &str, name: &str) -> bool {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.contains(&format!("can go {name} go on: wait"))
}

/// The number before an item of the open menu.
fn number_of(text: &str, item: &str) -> String {
    let before = text.lines().find_map(|line| line.split_once(item)).map(|(before, _)| before).unwrap_or_default();
    let number = before.trim_end_matches(['►', ' ']).chars().next_back().filter(char::is_ascii_digit).map(String::from);
    number.unwrap_or_else(|| panic!("{item} has no number in\n{text}"))
}

/// From the lesson's first page to the moment when both consumers are woken and could have the lock, and
/// from there to whoever is chosen having it: four keys.
fn gives_the_lock_to(name: &str) {
    let screen = Screen::open(&["run", "condition", "--pace", "50", "--paused"], 120, 40);
    wait_sign(&screen, "PAUSED");
    let counted = Counted { screen: &screen, keys: Cell::new(0) };
    let rivals = "two can have the same";
    let text = counted.key("u", "what to run up to", |text| text.contains(rivals));
    let text = counted.key(&number_of(&text, rivals), "both woken", |text| {
        header(text).contains("PAUSED") && wants_the_lock(text, "p1") && wants_the_lock(text, "p2")
    });
    let (before, would) = (step(&text), format!("{name}  go on: wait"));
    let text = counted.key("c", "who goes next", |text| text.contains("who goes next") && text.contains(&would));
    let text = counted.key(&number_of(&text, &would), "the step", |text| {
        step(text) > before && has_row(text, before.unwrap_or(0) + 1) && !text.contains("who goes next")
    });
    let after_lock = text.lines().skip_while(|line| !line.contains("held by")).nth(1).unwrap_or_default();
    assert!(text.contains(&format!("held by {name}")) || after_lock.contains(name), "{name} does not hold the lock:\n{text}");
    assert_eq!(counted.keys.get(), 4);
    assert_eq!(screen.quit(), 0);
}

#[test]
fn the_lock_goes_to_either_consumer_by_four_keys_from_the_start() {
    gives_the_lock_to("p1");
    gives_the_lock_to("p2");
}

/// The row of the step that is shown.
fn done(text: &str) -> &str {
    text.lines().find(|line| line.starts_with('•')).unwrap_or_default()
}

#[test]
fn message_b_is_followed_from_put_to_get_by_at_most_four_keys() {
    let screen = Screen::open(&["run", "queue"], 120, 40);
    wait_sign(&screen, "PAUSED");
    let mut text = run_to(&screen, "ENDED");
    // To where B was put; the pace of looking back is not what is counted.
    while !done(&text).contains("put B") {
        let before = done(&text).to_owned();
        screen.key(",");
        text = screen.wait_for("a step back", |text| done(text) != before);
    }
    let counted = Counted { screen: &screen, keys: Cell::new(0) };
    while !done(&text).contains("get B") {
        let before = done(&text).to_owned();
        text = counted.key("]", "the next step of B", |text| done(text) != before);
        assert!(counted.keys.get() <= 4, "{} keys lead to\n{text}", counted.keys.get());
    }
    // And back to where it came from.
    while !done(&text).contains("put B") {
        let before = done(&text).to_owned();
        text = counted.key("[", "the step of B before", |text| done(text) != before);
        assert!(counted.keys.get() <= 8, "{} keys lead to\n{text}", counted.keys.get());
    }
    assert_eq!(screen.quit(), 0);
}
