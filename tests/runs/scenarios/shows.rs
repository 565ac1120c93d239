//! Each lesson reaches what it shows: at its own seed and pace, with the parameters as they are, within
//! a minute. And what it shows there is the fault, not the lucky case.

use super::to_its_end;
use crate::common::{config, events, live, scenario, step_through};
use ipcscope::host::Run;
use ipcscope::script::{self, Shows};
use ipcscope::trace::Body;
use ipcscope::world::verdicts;

/// As long as a class waits.
const SECONDS: f64 = 60.0;

fn is_reached(run: &Run, shows: Shows) -> bool {
    match shows {
        Shows::Verdict(name) => verdicts(run.timeline().head()).iter().any(|verdict| verdict.rule.name == name),
        Shows::Line(line) => events(run).iter().any(|event| match &event.body {
            Body::Acted(acted) => acted.line == line,
            Body::Printed(printed) => printed.line == line,
            _ => false,
        }),
    }
}

#[test]
fn every_lesson_reaches_what_it_shows_within_a_minute() {
    for lesson in script::library().expect("they are part of the program") {
        let name = lesson.name.as_str();
        let shows = script::shows(&lesson).unwrap_or_else(|| panic!("{name} shows nothing"));
        let mut run = live(name, lesson.seed, &[]);
        let mut reached = None;
        step_through(&run, |n| {
            if reached.is_none() && is_reached(&run, shows) {
                reached = Some(n);
            }
        });
        run.close();
        let reached = reached.unwrap_or_else(|| panic!("{name} never reaches {:?}", lesson.shows));
        let seconds = reached as f64 / lesson.pace;
        assert!(seconds <= SECONDS, "{name} reaches {:?} in step {reached}, after {seconds} s", lesson.shows);
    }
}

/// What a lesson prints last at its own seed.
fn last_line(name: &str) -> String {
    let done = to_its_end(config(name, scenario(name, &[]).seed, &[]));
    done.lines.last().map(|(_, line)| line.clone()).unwrap_or_default()
}

#[test]
fn the_seed_of_a_race_shows_the_fault() {
    // The others get stuck, or print the same under all seeds.
    assert_ne!(last_line("lost-update"), "6 times one was added, the number is 6");
    assert_eq!(last_line("empty-lies"), "Done! qsize says 3");
}
