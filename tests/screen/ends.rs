//! However the program ends: the terminal is as it was, and nothing is left behind.

use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGKILL, SIGQUIT, SIGTERM};
use nix::sys::signal::kill;
use nix::unistd::Pid;

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
fn sigquit_restores_the_terminal() {
    ended_by(SIGQUIT);
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

/// A shell with job control that starts the program, says when it was stopped, and goes on with it at Enter.
fn under_a_shell() -> Screen {
    let program = env!("CARGO_BIN_EXE_ipcscope");
    let script = format!("set -m; {program} run queue --seed 1; while [ $? -gt 128 ]; do echo st''opped; read line; fg; done; echo ended");
    let screen = Screen::start("bash", &["-c", &script], 80, 24, &[]);
    wait_sign(&screen, "PAUSED");
    steps(&screen, 3);
    assert!(screen.is_taken());
    screen
}

/// The only child of the shell.
fn program_of(screen: &Screen) -> Pid {
    let shell = screen.pid();
    let children = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).expect("the shell's children");
    Pid::from_raw(children.trim().parse().expect("one child"))
}

/// Whoever stopped it: the shell has the terminal meanwhile, and at `fg` all is as it was.
#[test]
fn a_shell_has_the_terminal_while_the_program_is_stopped() {
    let screen = under_a_shell();
    let stops: [&dyn Fn(); 2] = [&|| screen.key("\x1a"), &|| kill(program_of(&screen), Signal::SIGTSTP).expect("it is there")];
    for (at, stop) in stops.iter().enumerate() {
        let before = screen.output().len();
        stop();
        screen.wait_written_after(before, "stopped");
        assert!(!screen.is_taken());
        let frames = screen.frames();
        screen.key(ENTER);
        screen.wait_for_frame(frames);
        let text = wait_sign(&screen, "PAUSED");
        assert_eq!(step(&text), Some(3 + at as u64), "{text}");
        assert!(screen.is_taken());
        steps(&screen, 1);
    }
    screen.key("q");
    assert!(screen.after_end(0).contains("ended"));
}

/// Nobody can give a terminal back before SIGSTOP. It is taken again whole.
#[test]
fn a_program_that_was_stopped_by_force_draws_all_again() {
    let mut screen = under_a_shell();
    let before = screen.output().len();
    kill(program_of(&screen), Signal::SIGSTOP).expect("it is there");
    screen.wait_written_after(before, "stopped");
    let frames = screen.frames();
    // The keys are still as the program had them: Enter is no end of a line.
    screen.key("\n");
    screen.wait_for_frame(frames);
    steps(&screen, 1);
    assert!(screen.is_taken());
    screen.key("q");
    // The settings at the end are those that this shell found when the program was stopped.
    assert_eq!(screen.wait(), 0);
    assert!(String::from_utf8_lossy(&screen.output()).contains("ended"));
}

/// The kernel stops nobody whom no shell could continue, and the program says so.
#[test]
fn without_a_shell_it_is_not_stopped() {
    let screen = Screen::open(&["run", "queue"], 80, 24);
    wait_sign(&screen, "PAUSED");
    screen.key("\x1a");
    screen.wait_text("No shell started this");
    screen.signal(Signal::SIGTSTP);
    steps(&screen, 2);
    assert_eq!(screen.quit(), 0);
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
