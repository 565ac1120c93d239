//! The lessons: under every seed a run goes as its law says, with the audit after every step. A fault
//! shows under some seeds and, where it is a race, not under others; with its fix it never shows.

use std::collections::BTreeSet;
use std::thread;

use super::{Done, to_its_end};
use crate::common::{config, live, printed, run, step_through};
use ipcscope::host::Phase;
use ipcscope::kind::Lang;
use ipcscope::text;

/// Says what is wrong, if anything is.
type Law = fn(&Done) -> Result<(), String>;

/// A lesson with some of its parameters set.
struct Lesson {
    name: &'static str,
    set: &'static [&'static str],
    law: Law,
    /// Exit statuses, each of which some seed must have; 3 where the run gets stuck.
    exits: &'static [i32],
    seeds: u64,
    free: u64,
}

/// So many seeds are audited where a parameter is set; without, all are.
const AUDITED: u64 = 5;

/// A run of one step after the other, with the audit after each.
fn audited(name: &str, seed: u64, set: &[&str]) -> Done {
    let mut run = live(name, seed, set);
    let mut waiting = 0;
    step_through(&run, |n| {
        let wrong = run.audit();
        assert!(wrong.is_empty(), "{name} {set:?}, seed {seed}, step {n}: {wrong:#?}");
        let timeline = run.timeline();
        let placed = timeline.head().messages.iter().filter(|message| !message.lost && message.place.is_some());
        waiting = waiting.max(placed.count());
    });
    let shown = run.shown();
    let lines = printed(&run);
    let timeline = run.timeline();
    let world = timeline.head();
    assert_eq!((&world.faults[..], world.lost), (&[][..], 0), "{name} {set:?}, seed {seed}");
    let is_stuck = shown.phase == Phase::Stuck;
    let stuck = if is_stuck { text::stuck(world, Lang::En) } else { String::new() };
    let left = world.messages.iter().filter(|message| !message.lost).count();
    drop(timeline);
    run.close();
    Done { lines, exit: if is_stuck { Some(3) } else { shown.exit }, stuck, left, waiting }
}

/// A run of the program itself, whose steps the kernel schedules.
fn free_run(name: &str, set: &[&str]) -> Done {
    let set: Vec<String> = set.iter().map(|setting| format!("--set={setting}")).collect();
    let output = run(&[&["run", name, "--plain"], &set.iter().map(String::as_str).collect::<Vec<_>>()[..]].concat());
    let lines = output.stdout.lines().map(|line| (String::new(), line.to_owned())).collect();
    Done { lines, exit: output.code, stuck: output.stderr, left: 0, waiting: 0 }
}

/// Runs a lesson and gives what its gated runs gave. A law does not ask what a free run left over.
fn check(lesson: Lesson) -> Vec<Done> {
    let Lesson { name, set, law, exits, seeds, free } = lesson;
    // The free ones sleep most of the time, so they do it side by side.
    let free: Vec<_> = (0..free).map(|_| thread::spawn(move || free_run(name, set))).collect();
    let one = |seed| if set.is_empty() || seed < AUDITED { audited(name, seed, set) } else { to_its_end(config(name, seed, set)) };
    // The others wait for their processes half of the time, so two of them share a processor well.
    let (even, odd): (Vec<u64>, Vec<u64>) = (0..seeds).partition(|seed| seed % 2 == 0);
    let both = |mine: Vec<u64>| mine.into_iter().map(|seed| (seed, one(seed))).collect::<Vec<_>>();
    let mut gated = thread::scope(|scope| {
        let odd = scope.spawn(|| both(odd));
        let mut all = both(even);
        all.extend(odd.join().unwrap_or_else(|failure| std::panic::resume_unwind(failure)));
        all
    });
    gated.sort_by_key(|(seed, _)| *seed);
    let gated: Vec<Done> = gated.into_iter().map(|(_, done)| done).collect();
    let free: Vec<Done> = free.into_iter().map(|run| run.join().expect("the run ends")).collect();
    for (kind, runs) in [("seed", &gated), ("free run", &free)] {
        for (number, done) in runs.iter().enumerate() {
            let what = format!("{name} {set:?}, {kind} {number}");
            if let Err(wrong) = law(done) {
                panic!("{what}: {wrong}\n{:#?}\n{}", done.lines, done.stuck);
            }
            assert!(done.exit.is_some_and(|exit| exits.contains(&exit)), "{what}: exit {:?}\n{}", done.exit, done.stuck);
        }
    }
    let seen: BTreeSet<i32> = gated.iter().filter_map(|done| done.exit).collect();
    assert!(exits.iter().all(|exit| seen.contains(exit)), "{name} {set:?}: the exits {seen:?} alone among {seeds} seeds");
    gated
}

// What a law is made of.

impl Done {
    /// What was printed, whoever did it.
    fn texts(&self) -> Vec<&str> {
        self.lines.iter().map(|(_, line)| line.as_str()).collect()
    }

    fn count(&self, wanted: impl Fn(&str) -> bool) -> usize {
        self.texts().into_iter().filter(|line| wanted(line)).count()
    }

    fn place(&self, wanted: &str) -> Option<usize> {
        self.texts().iter().position(|line| *line == wanted)
    }
}

/// Each of these comes before the next.
fn in_order(done: &Done, lines: &[&str]) -> Result<(), String> {
    let mut from = 0;
    for line in lines {
        let at = done.texts()[from..].iter().position(|found| found == line);
        from += at.ok_or_else(|| format!("{line:?} is missing or too early"))? + 1;
    }
    Ok(())
}

fn prints(done: &Done, lines: &[&str]) -> Result<(), String> {
    if done.texts() == lines { Ok(()) } else { Err(format!("not the lines {lines:?}")) }
}

/// These lines and no other, in any order.
fn prints_all(done: &Done, lines: &[&str]) -> Result<(), String> {
    let (mut found, mut wanted) = (done.texts(), lines.to_vec());
    found.sort_unstable();
    wanted.sort_unstable();
    if found == wanted { Ok(()) } else { Err(format!("not the lines {lines:?}")) }
}

fn holds(what: &str, it_does: bool) -> Result<(), String> {
    if it_does { Ok(()) } else { Err(what.to_owned()) }
}

/// The message of the stuck run says this.
fn proves(done: &Done, sentence: &str) -> Result<(), String> {
    holds(&format!("the message does not say: {sentence}"), done.stuck.contains(sentence))
}

/// The number at the end of the last line.
fn last_number(done: &Done) -> Result<i64, String> {
    let last = done.texts().last().and_then(|line| line.rsplit(' ').next()).and_then(|number| number.parse().ok());
    last.ok_or_else(|| "no number at the end".to_owned())
}

// Memory

#[test]
fn private_memory() {
    let law: Law = |done| {
        let after = ["add_one: count is 1", "main, after the call: count is 1", "add_one: count is 2"];
        prints(done, &[&after[..], &["main, after the process: count is 1"]].concat())
    };
    check(Lesson { name: "private-memory", set: &[], law, exits: &[0], seeds: 50, free: 5 });
    let law: Law = |done| holds("the process changes it", last_number(done) == Ok(2));
    check(Lesson { name: "private-memory", set: &["shared=true"], law, exits: &[0], seeds: 10, free: 2 });
}

#[test]
fn lost_update() {
    let law: Law = |done| holds("from 2 to 6", done.lines.len() == 1 && (2..=6).contains(&last_number(done)?));
    let runs = check(Lesson { name: "lost-update", set: &[], law, exits: &[0], seeds: 50, free: 5 });
    let right = runs.iter().filter(|done| last_number(done) == Ok(6)).count();
    assert!((1..50).contains(&right), "right under {right} of 50 seeds");
    let law: Law = |done| holds("none is lost", last_number(done)? == 6);
    check(Lesson { name: "lost-update", set: &["lock=true"], law, exits: &[0], seeds: 50, free: 5 });
}

// Locks

#[test]
fn two_locks() {
    let law: Law = |done| match done.exit {
        Some(3) => {
            prints_all(done, &["p1 has its first lock", "p2 has its first lock"])?;
            proves(done, "Deadlock: p1 waits for p2, p2 waits for p1. No other process can help.")
        }
        _ => holds("both transfers", done.lines.len() == 5 && done.texts()[4] == "Both transfers are done"),
    };
    check(Lesson { name: "two-locks", set: &[], law, exits: &[0, 3], seeds: 50, free: 5 });
    check(Lesson { name: "two-locks", set: &["same_order=true"], law, exits: &[0], seeds: 50, free: 5 });
}

/// The circle of waits that closes when each has taken its first fork.
fn circle(philosophers: usize) -> String {
    let waits: Vec<String> = (0..philosophers).map(|i| format!("phil_{i} waits for phil_{}", (i + 1) % philosophers)).collect();
    format!("Deadlock: {}. No other process can help.", waits.join(", "))
}

#[test]
fn philosophers() {
    let law: Law = |done| match done.exit {
        Some(3) => proves(done, &circle(3)),
        _ => holds("three eat", done.count(|line| line.ends_with(" eats")) == 3 && done.texts()[3] == "All have eaten"),
    };
    check(Lesson { name: "philosophers", set: &[], law, exits: &[0, 3], seeds: 50, free: 5 });
    check(Lesson { name: "philosophers", set: &["one_differs=true"], law, exits: &[0], seeds: 50, free: 5 });
    let law: Law = |done| match done.exit {
        Some(3) => proves(done, &circle(2)),
        _ => holds("each eats twice", done.count(|line| line.ends_with(" eats")) == 4),
    };
    check(Lesson { name: "philosophers", set: &["philosophers=2", "meals=2"], law, exits: &[0, 3], seeds: 20, free: 2 });
    let law: Law = |done| holds("five eat", done.count(|line| line.ends_with(" eats")) == 5);
    check(Lesson { name: "philosophers", set: &["philosophers=5", "one_differs=true"], law, exits: &[0], seeds: 10, free: 5 });
}

// Waiting for one another

#[test]
fn lost_wakeup() {
    let law: Law = |done| match done.exit {
        Some(3) => {
            prints(done, &["cook: I have called"])?;
            proves(done, "Asleep for good: nobody but main (which waits itself) is left to notify guest on cond.")
        }
        _ => prints_all(done, &["cook: I have called", "guest: the table is laid"]),
    };
    check(Lesson { name: "lost-wakeup", set: &[], law, exits: &[0, 3], seeds: 50, free: 5 });
    check(Lesson { name: "lost-wakeup", set: &["check=under the lock"], law, exits: &[0], seeds: 50, free: 5 });
}

#[test]
fn rendezvous() {
    let law: Law = |done| {
        prints_all(done, &["a goes up to the hut", "b goes up to the hut"])?;
        proves(done, "A deadlock, as it seems: a waits for b_is_here to be set, which b could bring about, b waits for a_is_here")
    };
    check(Lesson { name: "rendezvous", set: &[], law, exits: &[3], seeds: 50, free: 5 });
    let law: Law = |done| {
        let up = ["a goes up to the hut", "b goes up to the hut"].map(|line| done.place(line));
        let on = ["a goes on", "b goes on"].map(|line| done.place(line));
        holds("both go up, then both go on", done.lines.len() == 5 && up.iter().max() < on.iter().min() && up[0].is_some())
    };
    check(Lesson { name: "rendezvous", set: &["first=set"], law, exits: &[0], seeds: 20, free: 2 });
}

// Queues and pipes

#[test]
fn empty_lies() {
    let law: Law = |done| {
        let got = done.texts().len() - 1;
        let letters = ["got A", "got B", "got C"];
        prints(done, &[&letters[..got], &[&*format!("Done! qsize says {}", 3 - got)]].concat())
    };
    let runs = check(Lesson { name: "empty-lies", set: &[], law, exits: &[0], seeds: 50, free: 5 });
    assert!(runs.iter().all(|done| Ok(done.left as i64) == last_number(done)), "the others stay in the queue");
    let seen: BTreeSet<usize> = runs.iter().map(|done| done.left).collect();
    assert!(seen.contains(&0) && seen.contains(&3), "left in the queue: {seen:?}");
    let law: Law = |done| prints(done, &["got A", "got B", "got C", "Done! qsize says 0"]);
    check(Lesson { name: "empty-lies", set: &["ask=get"], law, exits: &[0], seeds: 20, free: 2 });
}

#[test]
fn end_of_file() {
    let law: Law = |done| {
        prints(done, &["child: one", "child: two"])?;
        proves(done, "Leaked end: the other end of pipe is held by nobody but child, the very reader")
    };
    check(Lesson { name: "end-of-file", set: &[], law, exits: &[3], seeds: 50, free: 5 });
    let law: Law = |done| {
        prints(done, &["child: one", "child: two"])?;
        proves(done, "Kept open: main still holds the other end of pipe, so child gets no end of file, and main waits for child.")
    };
    check(Lesson { name: "end-of-file", set: &["leak=main"], law, exits: &[3], seeds: 20, free: 2 });
    let law: Law = |done| prints(done, &["child: one", "child: two", "child: EOFError", "Done!"]);
    check(Lesson { name: "end-of-file", set: &["leak=nobody"], law, exits: &[0], seeds: 20, free: 2 });
}

#[test]
fn join_before_drain() {
    let law: Law = |done| {
        prints(done, &["child: put has returned"])?;
        proves(done, "Deadlock: main waits for child, child waits for child's feeder, child's feeder waits for main.")
    };
    check(Lesson { name: "join-before-drain", set: &[], law, exits: &[3], seeds: 50, free: 5 });
    let law: Law = |done| prints_all(done, &["child: put has returned", "main: got 1000000 letters", "Done!"]);
    check(Lesson { name: "join-before-drain", set: &["first=get"], law, exits: &[0], seeds: 20, free: 2 });
    let law: Law = |done| prints(done, &["child: put has returned", "main: got 60000 letters", "Done!"]);
    check(Lesson { name: "join-before-drain", set: &["size=60000"], law, exits: &[0], seeds: 10, free: 2 });
    let law: Law = |done| proves(done, "Deadlock: main waits for child");
    check(Lesson { name: "join-before-drain", set: &["size=70000"], law, exits: &[3], seeds: 10, free: 2 });
}

#[test]
fn pipeline() {
    let law: Law = |done| {
        let squares: Vec<String> = (1..=6).map(|i| format!("square: {}", i * i)).collect();
        let squares: Vec<&str> = squares.iter().map(String::as_str).collect();
        prints(done, &[&squares[..], &["Done!"]].concat())
    };
    let runs = check(Lesson { name: "pipeline", set: &[], law, exits: &[0], seeds: 50, free: 5 });
    assert!(runs.iter().all(|done| done.waiting >= 4), "without a limit they pile up");
    let runs = check(Lesson { name: "pipeline", set: &["room=1"], law, exits: &[0], seeds: 20, free: 2 });
    assert!(runs.iter().all(|done| done.waiting <= 2) && runs[0].waiting > 0, "one in each queue, and no more");
}

#[test]
fn forgotten_pill() {
    let law: Law = |done| {
        holds("four jobs are done", done.count(|line| line.contains(" does job ")) == 4)?;
        holds("two go home", done.count(|line| line.ends_with(" goes home")) == 2)?;
        let last = ["w1", "w2", "w3"].into_iter().find(|name| done.place(&format!("{name} goes home")).is_none());
        let last = last.ok_or("all went home")?;
        proves(done, &format!("Deadlock: main waits for {last}, {last} waits for main. No other process can help."))
    };
    check(Lesson { name: "forgotten-pill", set: &[], law, exits: &[3], seeds: 50, free: 5 });
    let law: Law = |done| {
        holds("three go home", done.count(|line| line.ends_with(" goes home")) == 3)?;
        holds("all go home", done.texts().last() == Some(&"All have gone home"))
    };
    let runs = check(Lesson { name: "forgotten-pill", set: &["pills=3"], law, exits: &[0], seeds: 20, free: 2 });
    assert!(runs.iter().all(|done| done.left == 0));
    let runs = check(Lesson { name: "forgotten-pill", set: &["pills=4"], law, exits: &[0], seeds: 10, free: 2 });
    assert!(runs.iter().all(|done| done.left == 1), "one pill is left");
}

#[test]
fn turnstile() {
    let law: Law = |done| {
        holds("three come, one gets through", done.count(|line| line.ends_with(" comes")) == 3 && done.lines.len() == 4)?;
        proves(done, "Never given: nobody but main (which waits itself) is left to give a permit of turnstile")
    };
    check(Lesson { name: "turnstile", set: &[], law, exits: &[3], seeds: 50, free: 5 });
    let law: Law = |done| {
        let come = done.texts().iter().rposition(|line| line.ends_with(" comes"));
        let through = done.texts().iter().position(|line| line.ends_with(" is through"));
        holds("all come before any is through", come.is_some() && come < through && done.lines.len() == 7)
    };
    check(Lesson { name: "turnstile", set: &["pass_on=true"], law, exits: &[0], seeds: 20, free: 2 });
}

#[test]
fn bounded_buffer() {
    let got = |done: &Done| (1..).zip(done.texts()).take_while(|(i, line)| *line == format!("got {i}")).count();
    let law: Law = |done| match done.exit {
        Some(3) => proves(done, "A deadlock, as it seems: producer waits for ").and(proves(done, "waits for a permit of f")),
        _ => prints(done, &["got 1", "got 2", "got 3", "got 4", "got 5", "Done!"]),
    };
    let runs = check(Lesson { name: "bounded-buffer", set: &[], law, exits: &[0, 3], seeds: 50, free: 5 });
    assert!(runs.iter().all(|done| done.exit == Some(0) || got(done) == done.lines.len()), "in order, up to where it stops");
    let law: Law = |done| prints(done, &["got 1", "got 2", "got 3", "got 4", "got 5", "Done!"]);
    check(Lesson { name: "bounded-buffer", set: &["lock_first=false"], law, exits: &[0], seeds: 50, free: 5 });
}

#[test]
fn missing_task_done() {
    let law: Law = |done| {
        prints(done, &["worker: did job 1", "worker: job 2 cannot be done", "worker: did job 3"])?;
        proves(done, "Never done: main waits until everything that was put into q is done")
    };
    check(Lesson { name: "missing-task-done", set: &[], law, exits: &[3], seeds: 50, free: 5 });
    let law: Law = |done| holds("join returns last", done.lines.len() == 4 && done.texts()[3] == "main: no job is open any more");
    check(Lesson { name: "missing-task-done", set: &["tell=true"], law, exits: &[0], seeds: 20, free: 2 });
}

// The programs with tasks and managers

/// One line for each task with its consumer, one "Exiting" for each of them after its own tasks.
fn works(done: &Done) -> Result<(), String> {
    holds("it begins", done.texts().first() == Some(&"Creating 3 consumers"))?;
    for i in 0..10 {
        holds("one consumer begins each task", done.count(|line| line.ends_with(&format!(": {i} * {i}"))) == 1)?;
    }
    for name in ["Consumer-1", "Consumer-2", "Consumer-3"] {
        let exiting = done.texts().iter().position(|line| *line == format!("{name}: Exiting"));
        let last = done.texts().iter().rposition(|line| line.starts_with(name));
        holds("a consumer prints nothing after it exits", exiting.is_none() || exiting == last)?;
    }
    Ok(())
}

/// The results come after every "Exiting"; of one consumer's, in the order in which it worked.
fn results(done: &Done) -> Result<(), String> {
    let first = done.texts().iter().position(|line| line.starts_with("Result: ")).ok_or("no result")?;
    let exiting = done.texts().iter().rposition(|line| line.ends_with(": Exiting"));
    holds("nobody exits after the first result", exiting.is_some_and(|exiting| exiting < first))?;
    let lines = done.texts();
    holds("ten results", lines.len() - first == 10)?;
    for name in ["Consumer-1", "Consumer-2", "Consumer-3"] {
        let tasks = lines.iter().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": ")?.split(" * ").next()?.parse::<i64>().ok());
        let own: Vec<String> = tasks.map(|i| format!("Result: {i} * {i} = {}", i * i)).collect();
        in_order(done, &own.iter().map(String::as_str).collect::<Vec<_>>())?;
    }
    Ok(())
}

fn exits(done: &Done) -> usize {
    done.count(|line| line.ends_with(": Exiting"))
}

#[test]
fn joinable_queue() {
    let law: Law = |done| {
        holds("three exit", exits(done) == 3)?;
        works(done).and_then(|()| results(done))
    };
    let runs = check(Lesson { name: "joinable-queue", set: &[], law, exits: &[0], seeds: 50, free: 20 });
    assert!(runs.iter().all(|done| done.left == 0), "both queues are empty");
}

#[test]
fn joinable_queue_with_something_left_out() {
    let law: Law = |done| {
        holds("all work is printed, and no result", exits(done) == 3 && done.lines.len() == 14)?;
        works(done)?;
        proves(done, "Never done: main waits until everything that was put into tasks is done")
    };
    check(Lesson { name: "joinable-queue", set: &["omit=task_done for tasks"], law, exits: &[3], seeds: 10, free: 2 });
    check(Lesson { name: "joinable-queue", set: &["omit=task_done for pills"], law, exits: &[3], seeds: 10, free: 2 });
    let law: Law = |done| {
        holds("two exit", exits(done) == 2)?;
        works(done)?;
        results(done)?;
        let names = ["Consumer-1", "Consumer-2", "Consumer-3"];
        let last = names.into_iter().find(|name| done.place(&format!("{name}: Exiting")).is_none()).ok_or("all exit")?;
        proves(done, &format!("Deadlock: main waits for {last}, {last} waits for main."))
    };
    check(Lesson { name: "joinable-queue", set: &["omit=a pill"], law, exits: &[3], seeds: 10, free: 2 });
}

#[test]
fn manager_string() {
    let law: Law = |done| prints(done, &["Hello, World!"]);
    check(Lesson { name: "manager-string", set: &[], law, exits: &[0], seeds: 50, free: 20 });
    let whole = |done: &Done| done.texts() == ["Hello, World!, World!"];
    let law: Law = |done| holds("once or twice", matches!(done.texts()[..], ["Hello, World!" | "Hello, World!, World!"]));
    let runs = check(Lesson { name: "manager-string", set: &["greeters=2"], law, exits: &[0], seeds: 50, free: 5 });
    assert!((1..50).contains(&runs.iter().filter(|done| whole(done)).count()), "under some seeds one is lost, under others none");
    let law: Law = |done| prints(done, &["Hello, World!, World!"]);
    check(Lesson { name: "manager-string", set: &["greeters=2", "lock=true"], law, exits: &[0], seeds: 20, free: 2 });
}

#[test]
fn manager_collections() {
    const REVERSED: &str = "[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]";
    let law: Law = |done| prints(done, &["#{1: \"1\", \"2\": 2, 0.25: ()}", REVERSED]);
    check(Lesson { name: "manager-collections", set: &[], law, exits: &[0], seeds: 50, free: 20 });
    let law: Law = |done| prints(done, &["#{1: \"1\", \"2\": 2, 0.25: (), \"inner\": [1]}", REVERSED]);
    check(Lesson { name: "manager-collections", set: &["inner=changed"], law, exits: &[0], seeds: 10, free: 2 });
    let law: Law = |done| prints(done, &["#{1: \"1\", \"2\": 2, 0.25: (), \"inner\": [1, 2]}", REVERSED]);
    check(Lesson { name: "manager-collections", set: &["inner=put back"], law, exits: &[0], seeds: 10, free: 2 });
}

#[test]
fn manager_queue() {
    let law: Law = |done| {
        let stars = ["**********"; 5];
        prints(done, &[&stars[..], &["5"]].concat())
    };
    check(Lesson { name: "manager-queue", set: &[], law, exits: &[0], seeds: 50, free: 20 });
    // The error lies unread in the results.
    let law: Law = |done| prints(done, &["0"]);
    check(Lesson { name: "manager-queue", set: &["managed=false"], law, exits: &[0], seeds: 10, free: 2 });
    let law: Law = |done| holds("no task has printed", done.count(|line| line.starts_with('*')) == 0);
    check(Lesson { name: "manager-queue", set: &["managed=false", "ask=true"], law, exits: &[1], seeds: 5, free: 1 });
}

/// The lines of the five tasks in a legal order, with so many workers; pids and seconds are what they are.
fn tasks_are_run(done: &Done, workers: usize) -> Result<(), String> {
    let lines: Vec<&str> = done.texts().into_iter().filter(|line| !line.is_empty()).collect();
    holds("fourteen lines", lines.len() == 14)?;
    holds("main begins", lines[0].starts_with("Parent process "))?;
    let (mut open, mut most) = (BTreeSet::new(), 0);
    for line in &lines[..12] {
        if let Some(name) = line.strip_prefix("Run task ") {
            open.insert(&name[..1]);
            most = most.max(open.len());
        } else if let Some(name) = line.strip_prefix("Task ") {
            holds("a task runs before it has run", open.remove(&name[..1]))?;
        }
    }
    holds("each runs, as many at a time as there are workers", open.is_empty() && most <= workers)?;
    holds("main waits for all", lines[12] == "All subprocesses done." && lines[..12].contains(&"Waiting for all subprocesses done..."))
}

#[test]
fn shared_object() {
    let law: Law = |done| {
        tasks_are_run(done, 2)?;
        holds("all are counted", last_number(done) == Ok(250))
    };
    check(Lesson { name: "shared-object", set: &[], law, exits: &[0], seeds: 50, free: 20 });
    let law: Law = |done| {
        tasks_are_run(done, 2)?;
        holds("all are counted", last_number(done) == Ok(10))
    };
    check(Lesson { name: "shared-object", set: &["increments=2"], law, exits: &[0], seeds: 10, free: 2 });
    let law: Law = |done| tasks_are_run(done, 5);
    let set = &["increments=5", "workers=5", "lock=false"];
    let runs = check(Lesson { name: "shared-object", set, law, exits: &[0], seeds: 10, free: 2 });
    let counts: Vec<i64> = runs.iter().filter_map(|done| last_number(done).ok()).collect();
    assert!(counts.iter().all(|count| (5..=25).contains(count)) && counts.iter().any(|count| *count < 25), "{counts:?}");
}
