//! Runs by keys: from the list, forth, back and on to the end, again, anew, and branching off.

use super::pty::{Screen, actors, await_actor, await_none_left};
use super::reading::*;

#[test]
fn the_list_opens_a_run_of_real_processes() {
    let screen = Screen::open(&[], 80, 24);
    screen.wait_text(LIST);
    screen.key(&down_to("queue"));
    screen.key(ENTER);
    screen.wait_for("the lesson", |text| header(text).contains("PAUSED") && text.contains("Two processes own no memory in common."));
    let main = await_actor(screen.pid(), "main", |_| true);
    assert_eq!(main.parent, screen.pid());

    screen.key(&"n".repeat(30));
    let text = screen.wait_for("step 30", |text| step(text) == Some(30));
    let real = actors(screen.pid());
    for name in ["main", "pw", "pr"] {
        let shown = pid_on_screen(&text, name);
        let found = real.iter().find(|actor| Some(actor.pid) == shown);
        let found = found.unwrap_or_else(|| panic!("{name} {shown:?} is not among {real:?}:\n{text}"));
        assert_eq!((found.name.as_str(), found.parent), (name, screen.pid()));
    }

    let ended = run_to(&screen, "ENDED");
    assert!(ended.contains("All processes have ended."), "{ended}");
    screen.key(",");
    wait_sign(&screen, "PAST");
    screen.key(HOME);
    screen.wait_for("the beginning", |text| header(text).contains("PAST") && step(text) == Some(0));
    screen.key(END);
    wait_sign(&screen, "ENDED");
    assert_eq!(screen.quit(), 0);
}

/// Opens a scenario from the list, goes forth, back and on to its end, and back to the list.
fn by_keys(name: &str, title: &str, printed: &str) {
    let screen = Screen::open(&[], 120, 40);
    screen.wait_text(LIST);
    screen.key(&down_to(name));
    screen.key(ENTER);
    screen.wait_for(title, |text| header(text).contains(title) && header(text).contains("PAUSED"));
    steps(&screen, 5);
    screen.key(",,");
    screen.wait_for("the past", |text| header(text).contains("PAST") && step(text) == Some(3));
    screen.key("nn");
    screen.wait_for("now", |text| header(text).contains("PAUSED") && step(text) == Some(5));
    steps(&screen, 1);
    let ended = run_to(&screen, "ENDED");
    assert!(ended.contains(printed), "{printed} is not there:\n{ended}");
    screen.key(ESCAPE);
    screen.wait_text(LIST);
    await_none_left(screen.pid());
    assert_eq!(screen.quit(), 0);
}

#[test]
fn queue_by_keys() {
    by_keys("queue", "Queue: a writer and a reader", "Done!");
}

#[test]
fn event_by_keys() {
    by_keys("event", "Event: one flag, two ways of waiting", "main: event is set");
}

#[test]
fn pipe_by_keys() {
    by_keys("pipe", "Pipe: a talk between two", "I don't tell you!");
}

#[test]
fn condition_by_keys() {
    by_keys("condition", "Condition: sleepers and the one who wakes them", "consumer after wait");
}

#[test]
fn shared_memory_by_keys() {
    by_keys("shared-memory", "Value and Array: memory in common", "[0, -1, -2, -3");
}

#[test]
fn every_scenario_of_the_list_comes_to_its_end_on_the_screen() {
    for scenario in ipcscope::script::library().expect("they are part of the program") {
        let name = scenario.name.as_str();
        let screen = Screen::open(&["run", name], 80, 24);
        wait_sign(&screen, "PAUSED");
        // No questions, and as fast as it goes.
        screen.key(&format!("Q{} ", "+".repeat(12)));
        let text = screen.wait_for(name, |text| header(text).contains("ENDED") || header(text).contains("STUCK"));
        // Whoever is to show why nobody can go on gets stuck; the others end.
        let is_stuck = matches!(ipcscope::script::shows(&scenario), Some(ipcscope::script::Shows::Verdict(_)));
        assert_eq!(header(&text).contains("STUCK"), is_stuck, "{name}:\n{text}");
        screen.quit();
    }
}

/// What was printed, as the screen has it at the end.
fn printed(text: &str) -> Vec<String> {
    let lines = text.lines().skip_while(|line| !line.contains("─printed─")).skip(1);
    let cells = lines.filter_map(|line| line.chars().nth(125).map(|_| line.chars().skip(105).collect::<String>().trim().to_owned()));
    cells.take_while(|cell| cell.starts_with(|c: char| c.is_ascii_digit())).collect()
}

#[test]
fn again_is_the_same_run_and_reseed_another() {
    let screen = Screen::open(&["run", "queue", "--seed", "21"], 160, 60);
    wait_sign(&screen, "PAUSED");
    let first = run_to(&screen, "ENDED");
    screen.key("r");
    screen.wait_for("the beginning", |text| header(text).contains("PAUSED") && step(text) == Some(0));
    screen.key(" ");
    let second = wait_sign(&screen, "ENDED");
    assert_eq!((header(&first), printed(&first)), (header(&second), printed(&second)));
    assert!(printed(&first).len() >= 5, "{first}");
    screen.key("R");
    screen.wait_for("another seed", |text| header(text).contains("seed 22") && step(text) == Some(0));
    screen.key(" ");
    let third = wait_sign(&screen, "ENDED");
    assert_ne!(printed(&first), printed(&third), "{third}");
    assert_eq!(screen.quit(), 0);
}

#[test]
fn a_parameter_changed_by_keys_starts_the_run_again() {
    let screen = Screen::open(&["run", "queue"], 120, 40);
    wait_sign(&screen, "PAUSED");
    steps(&screen, 3);
    screen.key("p");
    screen.wait_text("─parameters─");
    screen.key(ENTER);
    screen.wait_text("► read");
    screen.key("j");
    screen.wait_text("► write");
    screen.key(ENTER);
    screen.wait_for("the run from its beginning", |text| step(text) == Some(0) && text.contains("reader = write"));
    let text = run_to(&screen, "ENDED");
    assert!(text.contains("Done!") && text.contains("Never received: A"), "{text}");
    assert_eq!(screen.quit(), 0);
}

#[test]
fn a_branch_goes_live_from_the_past_with_other_processes() {
    let screen = Screen::open(&["run", "queue"], 120, 40);
    wait_sign(&screen, "PAUSED");
    let text = steps(&screen, 20);
    let before = pid_on_screen(&text, "pw").expect("pw's pid");
    screen.key(",,,,,");
    screen.wait_for("the past", |text| header(text).contains("PAST") && step(text) == Some(15));
    let past = rows(&screen.text(), 8..=15);
    screen.key("b");
    let text = screen.wait_for("the branch", |text| header(text).contains("PAUSED") && step(text) == Some(15) && at_rest(text));
    assert_eq!(rows(&text, 8..=15), past);
    assert_eq!(past.len(), 8, "{text}");
    let after = pid_on_screen(&text, "pw").expect("pw's pid");
    assert_ne!(before, after);
    let real = actors(screen.pid());
    assert!(real.iter().any(|actor| actor.pid == after) && real.iter().all(|actor| actor.pid != before), "{real:?}");
    let text = run_to(&screen, "ENDED");
    assert!(text.contains("Done!"), "{text}");
    assert_eq!(screen.quit(), 0);
}

#[test]
fn inside_is_what_the_kernel_says() {
    let screen = Screen::open(&["run", "queue"], 120, 40);
    wait_sign(&screen, "PAUSED");
    let mut text = screen.text();
    while !text.contains("─pw ") {
        text = steps(&screen, 1);
    }
    choose(&screen, "pw");
    screen.key("x");
    let parent = format!("parent {}", screen.pid());
    // At rest it has said that it stands, and may be on its way to sleep for a moment.
    screen.wait_for("pw asleep, as the kernel has it", |text| {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        text.contains("─inside pw─") && words.contains(&parent) && words.contains("waits in futex")
    });
    assert_eq!(screen.quit(), 0);
}

#[test]
fn an_edited_scenario_runs_anew() {
    let screen = Screen::open_with(&["run", "queue"], 120, 40, &[("VISUAL", ""), ("EDITOR", "sed -i s/Done!/Edited!/")]);
    wait_sign(&screen, "PAUSED");
    steps(&screen, 3);
    screen.key("E");
    screen.wait_for("the new run", |text| header(text).contains("PAUSED") && step(text) == Some(0));
    assert!(std::fs::read_to_string(screen.folder().join("queue.rhai")).is_ok_and(|text| text.contains("Edited!")));
    let text = run_to(&screen, "ENDED");
    assert!(text.contains("main  Edited!"), "{text}");
    assert_eq!(screen.quit(), 0);
}

/// The editor's Ctrl-C is the editor's: a terminal sends it to all that run in the foreground.
#[test]
fn control_c_in_the_editor_is_for_the_editor() {
    let editor = r#"trap 'sed -i s/Done!/Edited!/ queue.rhai; exit 0' INT; echo READY; while :; do read line; done; true"#;
    let screen = Screen::open_with(&["run", "queue"], 120, 40, &[("VISUAL", ""), ("EDITOR", editor)]);
    wait_sign(&screen, "PAUSED");
    steps(&screen, 3);
    screen.key("E");
    screen.wait_written("READY");
    screen.key("\x03");
    screen.wait_for("the new run", |text| header(text).contains("PAUSED") && step(text) == Some(0));
    assert_eq!(screen.quit(), 0);
}

#[test]
fn a_free_run_goes_to_its_end() {
    let screen = Screen::open(&["run", "pipe"], 120, 40);
    wait_sign(&screen, "PAUSED");
    screen.key("F");
    let text = wait_sign(&screen, "ENDED");
    assert!(header(&text).contains("the kernel schedules"), "{text}");
    assert!(text.contains("I don't tell you!"), "{text}");
    assert_eq!(screen.quit(), 0);
}

#[test]
fn keys_typed_ahead_count() {
    let screen = Screen::open(&["run", "queue"], 80, 24);
    screen.key("nn\x1b[6~");
    screen.wait_for("three steps", |text| step(text) == Some(3) && at_rest(text));
    steps(&screen, 1);
    assert_eq!(screen.quit(), 0);
}
