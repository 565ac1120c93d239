//! The built-in scenarios as real processes: whatever the seed, and with the gate open, each prints
//! something that is legal for its program, and where several orders are legal, seeds show several.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

/// How many seeds each scenario is tried with as it is, and how many with other parameters.
const SEEDS: u64 = 50;
const SEEDS_OF_VARIANTS: u64 = 15;

/// A printed line and who printed it.
type Line = (String, String);

struct Ran {
    lines: Vec<Line>,
    status: Option<i32>,
    errors: String,
}

impl Ran {
    fn texts(&self) -> Vec<&str> {
        self.lines.iter().map(|(_, text)| text.as_str()).collect()
    }

    fn at(&self, text: &str) -> usize {
        self.lines.iter().position(|(_, line)| line == text).unwrap_or_else(|| panic!("{text} was not printed: {:?}", self.lines))
    }
}

fn run(scenario: &str, options: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_ipcscope"))
        .args(["run", scenario, "--json", "--time-limit", "60"])
        .args(options)
        .stdin(Stdio::null())
        .output()
        .expect("the program");
    let text = String::from_utf8(output.stdout).expect("text");
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("an object a line"))
        .filter(|event| event["event"] == "printed")
        .map(|event| (event["actor"]["name"].as_str().unwrap_or("?").to_owned(), event["text"].as_str().unwrap_or("?").to_owned()))
        .collect();
    Ran { lines, status: output.status.code(), errors: String::from_utf8_lossy(&output.stderr).into_owned() }
}

/// Tries a scenario with many seeds and once with the gate open, and gives the orders that the seeds showed.
fn try_seeds(scenario: &str, options: &[&str], status: i32, is_legal: impl Fn(&Ran) -> bool) -> BTreeSet<Vec<Line>> {
    let mut orders = BTreeSet::new();
    for seed in 0..if options.is_empty() { SEEDS } else { SEEDS_OF_VARIANTS } {
        let seed = seed.to_string();
        let ran = run(scenario, &[options, &["--seed", &seed]].concat());
        assert_eq!(ran.status, Some(status), "{scenario} {options:?} --seed {seed}: {}", ran.errors);
        assert!(is_legal(&ran), "{scenario} {options:?} --seed {seed}: {:?}", ran.lines);
        orders.insert(ran.lines);
    }
    let free = run(scenario, &[options, &["--free"]].concat());
    assert_eq!(free.status, Some(status), "{scenario} {options:?} --free: {}", free.errors);
    assert!(is_legal(&free), "{scenario} {options:?} --free: {:?}", free.lines);
    orders
}

#[test]
fn the_reader_gets_what_the_writer_put() {
    let orders = try_seeds("queue", &[], 0, |ran| {
        let rises = |texts: &[&str]| texts.windows(2).all(|pair| ran.at(pair[0]) < ran.at(pair[1]));
        ran.lines.len() == 7
            && rises(&["Put A to queue...", "Put B to queue...", "Get A from queue.", "Get B from queue.", "Get C from queue.", "Done!"])
            && rises(&["Put B to queue...", "Put C to queue...", "Get B from queue."])
            && ran.lines.iter().all(|(who, text)| match text.as_bytes()[0] {
                b'P' => who == "pw",
                b'G' => who == "pr",
                _ => who == "main",
            })
    });
    assert!(orders.len() >= 2, "{orders:?}");
}

#[test]
fn two_writers_and_nobody_gets() {
    let orders = try_seeds("queue", &["--set", "reader=write"], 0, |ran| {
        let of = |who: &str| ran.lines.iter().filter(|(by, _)| by == who).map(|(_, text)| text.as_str()).collect::<Vec<_>>();
        let puts = ["Put A to queue...", "Put B to queue...", "Put C to queue..."];
        of("pw") == puts && of("pr") == puts && of("main") == ["Done!"] && ran.texts().last() == Some(&"Done!")
    });
    assert!(orders.len() >= 2, "{orders:?}");
}

#[test]
fn the_event_is_set_by_the_one_that_gave_up() {
    let orders = try_seeds("event", &[], 0, |ran| {
        let middle: BTreeSet<&str> = ran.texts()[1..4].iter().copied().collect();
        ran.texts()[0] == "begin,e.is_set() false"
            && middle
                == BTreeSet::from([
                    "main: waiting before calling Event.set()",
                    "wait_for_event: starting",
                    "wait_for_event_timeout: starting",
                ])
            && ran.texts()[4..] == ["wait_for_event_timeout: e.is_set()-> false", "wait_for_event: e.is_set()-> true", "main: event is set"]
    });
    assert!(orders.len() >= 2, "{orders:?}");
}

#[test]
fn main_says_so_before_it_is_so() {
    let orders = try_seeds("event", &["--set", "timeout=5"], 0, |ran| {
        ran.texts()[4..] == ["main: event is set", "wait_for_event_timeout: e.is_set()-> false", "wait_for_event: e.is_set()-> true"]
    });
    assert!(orders.len() >= 2, "{orders:?}");
}

#[test]
fn main_sets_the_event() {
    let orders = try_seeds("event", &["--set", "timeout=5", "--set", "set_event=true"], 0, |ran| {
        let rest: BTreeSet<&str> = ran.texts()[4..].iter().copied().collect();
        rest == BTreeSet::from(["main: event is set", "wait_for_event_timeout: e.is_set()-> true", "wait_for_event: e.is_set()-> true"])
    });
    assert!(orders.len() >= 2, "{orders:?}");
}

#[test]
fn the_talk_has_one_order() {
    let talk = [
        ("main", "2"),
        ("main", "array"),
        ("proc_2", "proc_2 received: hello"),
        ("proc_1", "proc_1 received: hello, too"),
        ("proc_2", "proc_2 received: what is your name?"),
        ("proc_1", "proc_1 received: I don't tell you!"),
    ];
    let orders = try_seeds("pipe", &[], 0, |ran| ran.lines.iter().map(|(who, text)| (who.as_str(), text.as_str())).eq(talk));
    assert_eq!(orders.len(), 1);
}

#[test]
fn a_sentence_left_out_of_the_talk() {
    for omit in ["omit=first-send", "omit=reply"] {
        let ran = run("pipe", &["--set", omit, "--seed", "1"]);
        assert_eq!(ran.status, Some(3), "{omit}: {}", ran.errors);
        for name in ["proc_1", "proc_2", "main"] {
            assert!(ran.errors.lines().any(|line| line.contains(name) && line.contains("(line ")), "{omit}: {}", ran.errors);
        }
    }
    let ran = run("pipe", &["--set", "omit=first-recv", "--seed", "1"]);
    assert_eq!((ran.status, ran.lines.len()), (Some(0), 5), "{:?}", ran.lines);
}

#[test]
fn all_sleepers_are_woken() {
    let orders = try_seeds("condition", &[], 0, |ran| {
        ran.texts()
            == [
                "consumer before wait",
                "consumer before wait",
                "producer before notifyAll",
                "producer after notifyAll",
                "consumer after wait",
                "consumer after wait",
            ]
    });
    assert!(orders.len() >= 2, "{orders:?}");
}

#[test]
fn a_lost_notification_leaves_sleepers_stuck() {
    for (options, printed) in [(["--set", "first=producer"], 4), (["--set", "wake=one"], 5)] {
        let ran = run("condition", &[&options[..], &["--seed", "1"]].concat());
        assert_eq!((ran.status, ran.lines.len()), (Some(3), printed), "{options:?}: {:?} {}", ran.lines, ran.errors);
        assert!(
            ran.errors.lines().any(|line| line.contains("p2") && line.contains("condition") && line.contains("(line ")),
            "{}",
            ran.errors
        );
    }
}

/// What one process prints of an array of ten, each number negated.
fn negated() -> Vec<String> {
    let elements = (0..10).map(|i| format!("子进程改变的元素:  {}", -i));
    std::iter::once("子进程改变的n 3.1415927".to_owned()).chain(elements).collect()
}

#[test]
fn memory_is_shared() {
    let mut expected = negated();
    expected.extend(["3.1415927".to_owned(), "[0, -1, -2, -3, -4, -5, -6, -7, -8, -9]".to_owned()]);
    try_seeds("shared-memory", &[], 0, |ran| ran.texts() == expected);
}

#[test]
fn two_processes_lose_a_negation_unless_they_hold_the_lock() {
    let last = |ran: &Ran| ran.lines.last().map(|(_, text)| text.clone()).unwrap_or_default();
    let whole = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]";
    let orders = try_seeds("shared-memory", &["--set", "processes=2"], 0, |ran| ran.lines.len() == 24);
    assert!(orders.iter().any(|lines| lines.last().is_some_and(|(_, text)| text != whole)), "no seed lost a negation");
    try_seeds("shared-memory", &["--set", "processes=2", "--set", "lock=true"], 0, |ran| last(ran) == whole);
}
