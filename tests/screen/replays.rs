//! A recording on the screen.

use std::path::Path;
use std::process::{Command, Stdio};

use super::pty::{Screen, actors};
use super::reading::*;

/// Records a run without a screen.
pub(crate) fn record(scenario: &str, file: &Path) {
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
    // At its newest step the same key leads to its end.
    screen.key(END);
    let ended = wait_sign(&screen, "ENDED (recording)");
    assert!(ended.contains("main: event is set"), "{ended}");
    screen.key("r");
    wait_sign(&screen, "PAUSED (recording)");
    let played = run_to(&screen, "ENDED (recording)");
    // The panels below may leave room for another row.
    assert_eq!(rows(&played, 12..=99), rows(&ended, 12..=99));
    assert_eq!(screen.quit(), 0);
}
