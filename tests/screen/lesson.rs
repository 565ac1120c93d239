//! A lesson in front of a class: with a clicker alone, and with questions that pause the run.

use super::pty::{Screen, actors};
use super::reading::*;
use super::replays::record;

const PAGE_DOWN: &str = "\x1b[6~";
const PAGE_UP: &str = "\x1b[5~";
const F5: &str = "\x1b[15~";

const WHERE_IS_A: &str = "? pw is about to put A. Where will A be right after this step?";
const ANSWER: &str = "Answer: 1) in pw's own buffer.";

fn presented(text: &str) -> bool {
    text.contains(" n step  , back  Space run  q quit  ? keys") && !text.contains("─code") && !text.contains("─why")
}

#[test]
fn a_clicker_is_enough_for_a_lesson() {
    let screen = Screen::open(&["run", "queue"], 80, 24);
    wait_sign(&screen, "PAUSED");
    screen.key(F5);
    screen.wait_for("the lesson, large", |text| presented(text) && text.contains("Two processes own no memory in common."));
    // Forward to the question, over its step, back to it and over it again.
    let mut shown = 0;
    while !screen.text().contains(WHERE_IS_A) {
        shown += 1;
        assert!(shown < 30, "the question never comes:\n{}", screen.text());
        screen.key(PAGE_DOWN);
        screen.wait_for(&format!("step {shown}"), |text| presented(text) && step(text) == Some(shown) && at_rest(text));
    }
    let mut text = screen.text();
    while text.contains(WHERE_IS_A) {
        shown += 1;
        screen.key(PAGE_DOWN);
        text = screen.wait_for(&format!("step {shown}"), |text| step(text) == Some(shown) && at_rest(text));
    }
    assert!(text.contains(ANSWER) && presented(&text), "{text}");
    screen.key(PAGE_UP);
    screen.wait_for("the question again", |text| text.contains(WHERE_IS_A) && header(text).contains("PAST"));
    screen.key(PAGE_DOWN);
    screen.wait_for("the answer again", |text| text.contains(ANSWER) && header(text).contains("PAUSED"));
    // An empty screen, until any key.
    for blank in [".", "b"] {
        screen.key(blank);
        screen.wait_for("nothing", |text| text.trim().is_empty());
        screen.key(PAGE_DOWN);
        screen.wait_for("the same step", |text| text.contains(ANSWER) && step(text) == Some(shown));
    }
    // Escape leaves the layout, and the run is still there.
    screen.key(ESCAPE);
    screen.wait_for("all panels", |text| text.contains("─code") && step(text) == Some(shown));
    assert!(!actors(screen.pid()).is_empty(), "the run goes on");
    screen.key(F5);
    screen.wait_for("the layout again", presented);
    assert_eq!(screen.quit(), 0);
}

#[test]
fn the_layout_can_be_had_from_the_start() {
    let screen = Screen::open(&["run", "pipe", "--present", "--lang", "zh"], 80, 24);
    let lesson = |text: &str| text.contains("Pipe() 给出两端。") && !text.contains("─代码");
    screen.wait_for("the lesson with nothing else", |text| lesson(text) && text.lines().nth(1).is_some_and(|line| line.trim().is_empty()));
    screen.key(PAGE_DOWN);
    screen.wait_for("a step", |text| text.contains("main 开始运行场景的顶层代码。"));
    assert_eq!(screen.quit(), 0);
}

#[test]
fn a_run_pauses_for_questions_until_they_are_switched_off() {
    let screen = Screen::open(&["run", "queue", "--pace", "200"], 120, 40);
    screen.wait_for("the first question", |text| text.contains(WHERE_IS_A) && header(text).contains("PAUSED"));
    screen.key("a");
    screen.wait_text("what do you say?");
    screen.key("3");
    screen.wait_text("3) at pr ◄ you");
    screen.key(" ");
    screen.wait_for("the second question", |text| text.contains("? pr has slept for a second.") && header(text).contains("PAUSED"));
    screen.key("Q ");
    let ended = wait_sign(&screen, "ENDED");
    assert!(header(&ended).contains("no questions"), "{ended}");
    // It holds for the next run as well.
    screen.key("r");
    wait_sign(&screen, "PAUSED");
    screen.key(" ");
    wait_sign(&screen, "ENDED");
    assert_eq!(screen.quit(), 0);
}

#[test]
fn a_recording_asks_as_the_run_did() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("event.trace");
    record("event", &file);
    let screen = Screen::open(&["replay", &file.display().to_string()], 120, 40);
    wait_sign(&screen, "PAUSED (recording)");
    screen.key("++++++ ");
    let asked = screen.wait_for("the question", |text| text.contains("What does e.is_set() say now?") && header(text).contains("PAUSED"));
    assert!(!asked.contains("wait_for_event_timeout: e.is_set()-> false"), "{asked}");
    screen.key("n");
    screen.wait_text("Answer: 2) false.");
    screen.key(",");
    screen.wait_for("the question again", |text| text.contains("What does e.is_set() say now?") && header(text).contains("PAST"));
    assert_eq!(screen.quit(), 0);
}
