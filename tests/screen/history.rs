//! Through a long run by marks and by step numbers, with keys alone.

use super::pty::Screen;
use super::reading::*;

#[test]
fn a_run_is_gone_through_by_marks_and_numbers() {
    let screen = Screen::open(&["run", "queue", "--seed", "1"], 80, 24);
    wait_sign(&screen, "PAUSED");
    steps(&screen, 6);
    screen.key("m");
    screen.wait_text("Step 6 is marked");
    screen.key(FULL_PACE);
    screen.key(" ");
    let text = wait_sign(&screen, "ENDED");
    let last = step(&text).expect("the last step");
    // Backwards: the last death but one, the other deaths, and the mark.
    let mut before = last;
    for _ in 0..2 {
        screen.key("{");
        let text = screen.wait_for("a death before", |text| header(text).contains("PAST") && step(text) < Some(before));
        assert!(text.lines().any(|line| line.starts_with('•') && line.contains('✝')), "{text}");
        before = step(&text).expect("a step");
    }
    screen.key("{");
    let text = screen.wait_for("the mark", |text| step(text) == Some(6));
    assert!(text.contains('◆'), "{text}");
    screen.key("}");
    screen.wait_for("the death after it", |text| step(text) == Some(before));
    screen.key("g");
    screen.wait_text("go to step (0");
    screen.key("0999999\r");
    screen.wait_text("The steps are 0 to");
    screen.key("\u{15}9\r");
    screen.wait_for("step nine", |text| step(text) == Some(9) && !text.contains("go to step"));
    screen.key(&format!("g{last}\r"));
    wait_sign(&screen, "ENDED");
    // Another run has marks of its own.
    screen.key("r");
    wait_sign(&screen, "PAUSED");
    screen.key("{");
    screen.wait_text("No mark, death, error or standstill lies before");
    assert_eq!(screen.quit(), 0);
}
