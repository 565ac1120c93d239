//! What the user does to a run by hand, and what real processes do then.

use super::pty::{Screen, await_actor};
use super::reading::*;

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
    // What is no value is refused, and stays to be mended.
    screen.paste("[1,");
    screen.key(ENTER);
    screen.wait_for("the reason", |text| text.contains("› [1,_") && text.contains("this begins like a list"));
    screen.key(&"\x7f".repeat(3));
    screen.wait_text("› _");
    // What quits elsewhere is a letter here.
    screen.key("q");
    screen.wait_text("› q_");
    screen.paste("uick");
    screen.wait_text("› quick_");
    screen.key(ENTER);
    screen.wait_for("the hand's step", |text| text.contains("put quick") && text.contains("─you "));
    screen.wait_text("quick was taken for a text");
    let text = run_to(&screen, "ENDED");
    assert!(text.contains("Get quick from queue."), "{text}");
    assert_eq!(screen.quit(), 0);
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
fn a_lost_notification_is_stuck_until_the_hand_kills() {
    let screen = Screen::open(&["run", "condition", "--set", "first=producer"], 160, 50);
    wait_sign(&screen, "PAUSED");
    let text = run_to(&screen, "STUCK");
    assert!(text.contains("Stuck: nobody can go on"), "{text}");
    assert!(text.contains("is left to notify p1 and p2 on condition"), "{text}");
    signal_by_keys(&screen, "p1", 0, "kill");
    // What helped is one step; the run goes on when its user says so.
    wait_sign(&screen, "PAUSED");
    screen.key(" ");
    let text = screen.wait_for("stuck over p2", |text| header(text).contains("STUCK") && text.contains("is left to notify p2"));
    assert!(!text.contains("p1 waits"), "the dead do not wait:\n{text}");
    signal_by_keys(&screen, "p2", 0, "kill");
    wait_sign(&screen, "PAUSED");
    screen.key(" ");
    wait_sign(&screen, "ENDED");
    screen.quit();
}
