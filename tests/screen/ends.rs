//! However the program ends: the terminal is as it was, and nothing is left behind.

use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGKILL, SIGTERM};

use super::pty::{Screen, actors, await_none_left, hang_up_after};
use super::reading::*;

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
fn a_terminal_that_takes_no_output_does_not_keep_the_program() {
    let endless = Endless::new();
    let mut screen = endless.running(200, 60);
    assert_eq!(screen.end_unread(SIGTERM), 128 + SIGTERM as i32);
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

/// The picture of a run that was cut off says so, and where everybody was.
#[test]
fn a_time_limit_is_told_with_everyones_line() {
    let endless = Endless::new();
    let screen = Screen::open(&["run", &endless.path(), "--time-limit", "2", "--pace", "50"], 120, 40);
    let text = wait_sign(&screen, "ENDED");
    assert!(!text.contains("All processes have ended"), "{text}");
    for said in ["The time limit has come", "main at line "] {
        assert!(text.contains(said), "{text}");
    }
    assert_eq!(screen.quit(), 124);
}
