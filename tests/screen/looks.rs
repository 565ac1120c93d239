//! Languages, colours, wide characters, and no terminal at all.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::pty::{DEADLINE, Screen};
use super::reading::*;

#[test]
fn chinese_and_back() {
    let screen = Screen::open(&["--lang", "zh"], 80, 24);
    screen.wait_text("选择一个要观察的程序。");
    screen.key("L");
    screen.wait_text(LIST);
    screen.key("L");
    screen.key(&down_to("queue"));
    screen.key(ENTER);
    screen.wait_for("the lesson", |text| text.contains("两个进程没有共同的内存") && header(text).contains("暂停"));
    screen.key("n");
    screen.wait_for("第 1 步", |text| header(text).contains("第 1 步") && text.contains("为什么"));
    screen.key("L");
    screen.wait_for("English", |text| header(text).contains("PAUSED") && step(text) == Some(1));
    assert_eq!(screen.quit(), 0);
}

#[test]
fn the_environment_says_the_language() {
    let screen = Screen::open_with(&[], 80, 24, &[("LANG", "zh_CN.UTF-8")]);
    screen.wait_text("选择一个要观察的程序。");
    assert_eq!(screen.quit(), 0);
}

/// Whether anything was written that sets a colour: 30–37, 38, 40–47, 48, 90–97, 100–107.
fn sets_a_colour(output: &[u8]) -> bool {
    let text = String::from_utf8_lossy(output);
    let selections = text.split("\x1b[").skip(1).filter_map(|sequence| {
        let end = sequence.find(|c: char| c.is_ascii_alphabetic())?;
        sequence[end..].starts_with('m').then(|| &sequence[..end])
    });
    let mut numbers = selections.flat_map(|selection| selection.split([';', ':'])).filter_map(|number| number.parse::<u32>().ok());
    numbers.any(|number| matches!(number, 30..=38 | 40..=48 | 90..=97 | 100..=107))
}

#[test]
fn no_color_is_respected() {
    let shown = |environment: &[(&str, &str)]| {
        let screen = Screen::open_with(&[], 120, 40, environment);
        screen.wait_text(LIST);
        screen.key(&down_to("queue"));
        screen.key(ENTER);
        wait_sign(&screen, "PAUSED");
        steps(&screen, 20);
        screen.key("?");
        screen.wait_text("Esc closes");
        let output = screen.output();
        assert_eq!(screen.quit(), 0);
        output
    };
    assert!(!sets_a_colour(&shown(&[("NO_COLOR", "1")])));
    assert!(sets_a_colour(&shown(&[])), "the test sees no colours at all");
}

#[test]
fn where_lines_are_wide_ascii_is_drawn() {
    let screen = Screen::open_wide(&[], 80, 24);
    screen.wait_for("a list of ASCII", |text| text.contains(LIST) && text.contains("-scenarios 1/"));
    screen.key(&down_to("queue"));
    screen.key(ENTER);
    wait_sign(&screen, "PAUSED");
    let text = steps(&screen, 20);
    assert!(!text.contains(['─', '│', '►', '◄', '•']), "{text}");
    assert_eq!(screen.quit(), 0);
}

/// What is asked of the terminal at the start leaves no blot, neither on a line nor on an empty place.
#[test]
fn the_first_screen_is_of_one_paper() {
    for layout in [&[][..], &["--present"]] {
        let screen = Screen::open(&[&["run", "queue", "--theme", "light"], layout].concat(), 80, 24);
        wait_sign(&screen, "PAUSED");
        // Keys are answered only after the terminal has answered.
        steps(&screen, 1);
        let papers: Vec<_> = (0..24).map(|row| screen.paper(0, row)).collect();
        assert!(papers.iter().all(|paper| *paper == papers[0]), "{papers:?}");
        assert_eq!(papers[0], Some(vt100::Color::Idx(231)));
        assert_eq!(screen.quit(), 0);
    }
}

#[test]
fn without_a_terminal_the_list_says_what_to_do() {
    let output = Command::new(env!("CARGO_BIN_EXE_ipcscope"))
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .env("LANG", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("needs a terminal") && text.contains("`ipcscope list`") && text.contains("--plain"), "{text}");
}

/// Whether there were more frames than two in a second, a few at either end aside. A test that comes late sees
/// more time and no more frames.
fn moves(screen: &Screen, began: Instant) -> bool {
    screen.frames() as f64 > 2.0 * began.elapsed().as_secs_f64() + 6.0
}

#[test]
fn without_motion_a_run_has_few_frames() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = folder.path().join("own.rhai");
    fs::write(&scenario, "for i in 0..60 { print(i); }\n").expect("a scenario");
    let began = Instant::now();
    let still = Screen::open(&["run", &scenario.to_string_lossy(), "--pace", "30", "--no-motion"], 80, 24);
    wait_sign(&still, "ENDED");
    assert!(!moves(&still, began), "{} frames in {:?}", still.frames(), began.elapsed());
    assert_eq!(still.quit(), 0);
    // With motion there are more, on a slow machine a little later.
    let endless = Endless::new();
    let began = Instant::now();
    let screen = Screen::open(&["run", &endless.path(), "--pace", "30"], 80, 24);
    while !moves(&screen, began) {
        assert!(began.elapsed() < DEADLINE, "with motion there are no more: {} frames in {:?}", screen.frames(), began.elapsed());
        screen.wait_for_frame(screen.frames());
    }
    assert_eq!(screen.quit(), 0);
}
