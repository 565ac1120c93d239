//! Who goes next, how far a run goes, who schedules, and another scenario while one looks at it.

use std::fs;

use super::pty::Screen;
use super::reading::*;

#[test]
fn the_user_chooses_who_goes_next_and_then_lets_the_kernel_schedule() {
    let screen = Screen::open(&["run", "pipe", "--seed", "1"], 120, 40);
    wait_sign(&screen, "PAUSED");
    let mut text = steps(&screen, 1);
    while text.matches("can go ").count() < 2 {
        text = steps(&screen, 1);
    }
    let before = step(&text).expect("a step");
    screen.key("c");
    screen.wait_text("who goes next");
    screen.key("j");
    screen.key(ENTER);
    screen.wait_for("a step", |text| has_row(text, before + 1) && !text.contains("who goes next"));
    screen.key("F");
    wait_sign(&screen, "ENDED");
    assert_eq!(screen.quit(), 0);
}

#[test]
fn a_run_goes_until_a_line_comes_next() {
    let screen = Screen::open(&["run", "queue"], 120, 40);
    wait_sign(&screen, "PAUSED");
    steps(&screen, 2);
    screen.key("u");
    screen.wait_text("a line comes next");
    screen.key(ENTER);
    screen.wait_text("run until somebody's next step is on line");
    screen.key("999\r");
    screen.wait_text("The lines are 1 to");
    screen.key(ESCAPE);
    screen.wait_for("the line is closed", |text| !text.contains("The lines are"));
    screen.key("u");
    screen.wait_text("something happens to q");
    screen.key("jj\r");
    // The next thing done to the queue, not the next step.
    let text = screen.wait_for("somebody at the queue", |text| header(text).contains("PAUSED") && step(text) > Some(4));
    let last = text.lines().find(|line| line.starts_with('•')).unwrap_or_default();
    assert!(last.contains("put ") || last.contains("get"), "{text}");
    screen.key(FULL_PACE);
    screen.wait_text("full pace");
    screen.key("u");
    screen.wait_text("something happens to q");
    screen.key("jjj");
    screen.wait_text("► main has ended");
    screen.key(ENTER);
    wait_sign(&screen, "ENDED");
    assert_eq!(screen.quit(), 0);
}

/// A raised flag lets both go on: there is nothing to choose. A lock that is freed does not.
#[test]
fn a_run_goes_until_two_can_have_the_same() {
    let shared = "fn user(flag, lock) { flag.wait(); lock.acquire(); sleep(1); lock.release(); }
        let flag = Event(); let lock = Lock();
        let p1 = Process(\"p1\", user, [flag, lock]); let p2 = Process(\"p2\", user, [flag, lock]);
        lock.acquire(); p1.start(); p2.start(); sleep(1); flag.set(); sleep(1); lock.release();";
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("rivals.rhai");
    fs::write(&file, shared).expect("the scenario is written");
    let screen = Screen::open(&["run", &file.to_string_lossy(), "--pace", "200", "--paused"], 120, 40);
    wait_sign(&screen, "PAUSED");
    screen.key("u");
    screen.wait_text("two can have the same");
    screen.key("j\r");
    let text = screen.wait_for("two who could go", |text| header(text).contains("PAUSED") && step(text) > Some(4));
    let last = text.lines().find(|line| line.starts_with('•')).unwrap_or_default();
    assert!(last.contains("release lock"), "{text}");
    screen.key("u");
    screen.wait_text("two can have the same");
    screen.key("j\r");
    // It comes no second time.
    wait_sign(&screen, "ENDED");
    assert_eq!(screen.quit(), 0);
}

/// The first edit makes a mistake, the second mends it.
#[test]
fn an_edited_scenario_runs_once_it_can() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = folder.path().join("own.rhai");
    fs::write(&scenario, "print(\"first\");\n").expect("a scenario");
    let editor = folder.path().join("editor.sh");
    let script = "if grep -q prnt \"$1\"; then echo 'print(\"second\");' > \"$1\"; else echo 'prnt(1);' > \"$1\"; fi\n";
    fs::write(&editor, script).expect("an editor");
    let command = format!("sh {}", editor.display());
    let screen = Screen::open_with(&["run", &scenario.to_string_lossy()], 120, 40, &[("VISUAL", &command)]);
    wait_sign(&screen, "PAUSED");
    steps(&screen, 1);
    screen.key("E");
    let text = screen.wait_text("the old run stays");
    assert!(text.contains("prnt(1);") && text.contains("! "), "{text}");
    screen.key("E");
    screen.wait_for("the new run", |text| text.contains("print(\"second\");") && !text.contains("the old run stays"));
    let text = run_to(&screen, "ENDED");
    assert!(text.contains("second") && !text.contains("first"), "{text}");
    assert_eq!(screen.quit(), 0);
}
