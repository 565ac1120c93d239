//! What the scenarios print is legal: seeded and free, with every parameter. A rule says which
//! sequences of (process, line) are; where it allows several, the seeds must show more than one.

mod lessons;
mod shows;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;

use crate::common::{self, PATIENCE, config, printed};
use ipcscope::host::{Config, Ended, Run};
use ipcscope::kind::Lang;
use ipcscope::script;
use ipcscope::text;

/// Lines with the name of the process that printed each.
type Lines = Vec<(String, String)>;

/// Says what is wrong, if anything is.
type Rule = fn(&[(&str, &str)]) -> Result<(), String>;

/// A run that has ended.
struct Done {
    lines: Lines,
    exit: Option<i32>,
    /// The message of a stuck run.
    stuck: String,
    /// Messages that nobody took.
    left: usize,
    /// The most messages that were somewhere at a time; 0 where nobody looked.
    waiting: usize,
}

fn to_its_end(config: Config) -> Done {
    let mut run = Run::start(Config { time_limit: Some(PATIENCE), ..config }).expect("the run starts");
    let shown = run.wait();
    let lines = printed(&run);
    assert_eq!(common::unsound(&common::events(&run)), Ok(()));
    let timeline = run.timeline();
    let world = timeline.head();
    let stuck = if shown.ended == Some(Ended::Stuck) { text::stuck(world, Lang::En) } else { String::new() };
    let left = world.messages.iter().filter(|message| !message.lost).count();
    drop(timeline);
    run.close();
    Done { lines, exit: shown.exit, stuck, left, waiting: 0 }
}

fn borrowed(lines: &Lines) -> Vec<(&str, &str)> {
    lines.iter().map(|(who, line)| (who.as_str(), line.as_str())).collect()
}

fn hold(rule: Rule, done: &Done, what: &str) {
    if let Err(wrong) = rule(&borrowed(&done.lines)) {
        panic!("{what}: {wrong}\n{:#?}\n{}", done.lines, done.stuck);
    }
}

/// How often and how a scenario is run.
struct Case {
    scenario: &'static str,
    set: &'static [&'static str],
    rule: Rule,
    exit: i32,
    seeds: u64,
    free: u64,
    /// At least so many orders of (process, line) must be seen among the seeds.
    orders: usize,
}

/// Runs a case and gives what its gated runs gave.
fn check(case: Case) -> Vec<Done> {
    let Case { scenario, set, rule, exit, seeds, free, orders } = case;
    // The free ones sleep most of the time, so they do it side by side.
    let sleepers: Vec<_> =
        (0..free).map(|seed| thread::spawn(move || to_its_end(Config { gated: false, ..config(scenario, seed, set) }))).collect();
    let gated: Vec<Done> = (0..seeds).map(|seed| to_its_end(config(scenario, seed, set))).collect();
    let free: Vec<Done> = sleepers.into_iter().map(|run| run.join().expect("the run ends")).collect();
    for (kind, runs) in [("seed", &gated), ("free run", &free)] {
        for (number, done) in runs.iter().enumerate() {
            let what = format!("{scenario} {set:?}, {kind} {number}");
            hold(rule, done, &what);
            assert_eq!(done.exit, Some(exit), "{what}: {}", done.stuck);
        }
    }
    let seen: BTreeSet<&Lines> = gated.iter().map(|done| &done.lines).collect();
    assert!(seen.len() >= orders, "{scenario} {set:?}: {} orders among {seeds} seeds", seen.len());
    gated
}

// What a rule is made of.

/// The lines are these, in any order.
fn same(lines: &[(&str, &str)], expected: &[(&str, &str)]) -> Result<(), String> {
    let (mut found, mut wanted) = (lines.to_vec(), expected.to_vec());
    found.sort();
    wanted.sort();
    if found == wanted { Ok(()) } else { Err(format!("other lines than expected: {wanted:?}")) }
}

/// Each of these comes before the next, in this order.
fn in_order(lines: &[(&str, &str)], expected: &[(&str, &str)]) -> Result<(), String> {
    let mut from = 0;
    for wanted in expected {
        match lines[from..].iter().position(|line| line == wanted) {
            Some(at) => from += at + 1,
            None => return Err(format!("{wanted:?} is missing or too early")),
        }
    }
    Ok(())
}

fn exactly(lines: &[(&str, &str)], expected: &[(&str, &str)]) -> Result<(), String> {
    if lines == expected { Ok(()) } else { Err(format!("not the one legal output: {expected:?}")) }
}

// Queue

const PUT_A: &str = "Put A to queue...";
const PUT_B: &str = "Put B to queue...";
const PUT_C: &str = "Put C to queue...";
const DONE: (&str, &str) = ("main", "Done!");

const GET: [(&str, &str); 3] = [("pr", "Get A from queue."), ("pr", "Get B from queue."), ("pr", "Get C from queue.")];

/// Whatever the clock does: what is got was put before.
fn each_is_got(lines: &[(&str, &str)]) -> Result<(), String> {
    let [a, b, c] = GET;
    same(lines, &[("pw", PUT_A), ("pw", PUT_B), ("pw", PUT_C), a, b, c, DONE])?;
    in_order(lines, &[("pw", PUT_A), a, b, c, DONE])?;
    in_order(lines, &[("pw", PUT_A), ("pw", PUT_B), b])?;
    in_order(lines, &[("pw", PUT_B), ("pw", PUT_C), c])
}

/// The writer rests for less than a second, the reader for a whole one: so the run's own clock has it, while
/// on the wall a busy machine may wake the reader first, where the writer's rest was a long one.
fn reader_and_writer(lines: &[(&str, &str)]) -> Result<(), String> {
    let [a, b, _] = GET;
    each_is_got(lines)?;
    in_order(lines, &[("pw", PUT_B), a])?;
    in_order(lines, &[("pw", PUT_C), b])
}

fn two_writers(lines: &[(&str, &str)]) -> Result<(), String> {
    let [first, second] = ["pw", "pr"].map(|who| [(who, PUT_A), (who, PUT_B), (who, PUT_C), DONE]);
    same(lines, &[&first[..3], &second].concat())?;
    in_order(lines, &first)?;
    in_order(lines, &second)
}

#[test]
fn queue() {
    check(Case { scenario: "queue", set: &[], rule: reader_and_writer, exit: 0, seeds: 50, free: 0, orders: 2 });
    check(Case { scenario: "queue", set: &[], rule: each_is_got, exit: 0, seeds: 0, free: 20, orders: 0 });
}

#[test]
fn queue_with_two_writers() {
    let runs = check(Case { scenario: "queue", set: &["reader=write"], rule: two_writers, exit: 0, seeds: 10, free: 2, orders: 2 });
    for done in runs {
        assert_eq!(done.left, 6, "six letters stay in the queue");
    }
}

// Event

const BEGIN: (&str, &str) = ("main", "begin,e.is_set() false");
const MIDDLE: [(&str, &str); 3] = [
    ("main", "main: waiting before calling Event.set()"),
    ("block", "wait_for_event: starting"),
    ("nonblock", "wait_for_event_timeout: starting"),
];
const BLOCK_TRUE: (&str, &str) = ("block", "wait_for_event: e.is_set()-> true");
const NONBLOCK_FALSE: (&str, &str) = ("nonblock", "wait_for_event_timeout: e.is_set()-> false");
const NONBLOCK_TRUE: (&str, &str) = ("nonblock", "wait_for_event_timeout: e.is_set()-> true");
const IS_SET: (&str, &str) = ("main", "main: event is set");

/// The beginning of every variant; gives the three lines after it.
fn event_begins<'a, 'b>(lines: &'a [(&'b str, &'b str)]) -> Result<&'a [(&'b str, &'b str)], String> {
    if lines.len() != 7 {
        return Err(format!("{} lines", lines.len()));
    }
    exactly(&lines[..1], &[BEGIN])?;
    same(&lines[1..4], &MIDDLE)?;
    Ok(&lines[4..])
}

fn times_out_and_sets(lines: &[(&str, &str)]) -> Result<(), String> {
    exactly(event_begins(lines)?, &[NONBLOCK_FALSE, BLOCK_TRUE, IS_SET])
}

fn untrue_at_three_seconds(lines: &[(&str, &str)]) -> Result<(), String> {
    exactly(event_begins(lines)?, &[IS_SET, NONBLOCK_FALSE, BLOCK_TRUE])
}

fn set_by_main(lines: &[(&str, &str)]) -> Result<(), String> {
    same(event_begins(lines)?, &[NONBLOCK_TRUE, BLOCK_TRUE, IS_SET])
}

#[test]
fn event() {
    check(Case { scenario: "event", set: &[], rule: times_out_and_sets, exit: 0, seeds: 50, free: 20, orders: 2 });
}

#[test]
fn event_where_nonblock_waits_longer() {
    let set = &["timeout=5"];
    check(Case { scenario: "event", set, rule: untrue_at_three_seconds, exit: 0, seeds: 10, free: 1, orders: 2 });
}

#[test]
fn event_set_by_main() {
    let set = &["timeout=5", "set_event=true"];
    check(Case { scenario: "event", set, rule: set_by_main, exit: 0, seeds: 20, free: 2, orders: 2 });
    // Set twice does no harm.
    let set = &["set_event=true"];
    check(Case { scenario: "event", set, rule: times_out_and_sets, exit: 0, seeds: 5, free: 1, orders: 1 });
}

/// Whoever waits for an Event may be killed: it is set all the same.
fn block_is_killed(lines: &[(&str, &str)]) -> Result<(), String> {
    same(lines, &[&[BEGIN], &MIDDLE[..], &[NONBLOCK_FALSE, IS_SET]].concat())
}

#[test]
fn event_whose_waiter_is_killed() {
    let set = &["kill_block=true"];
    check(Case { scenario: "event", set, rule: block_is_killed, exit: 0, seeds: 10, free: 2, orders: 1 });
}

// Pipe

const TWO: (&str, &str) = ("main", "2");
const TYPE: (&str, &str) = ("main", "array");
const HELLO: (&str, &str) = ("proc_2", "proc_2 received: hello");

fn four_received(lines: &[(&str, &str)]) -> Result<(), String> {
    let rest = [
        ("proc_1", "proc_1 received: hello, too"),
        ("proc_2", "proc_2 received: what is your name?"),
        ("proc_1", "proc_1 received: I don't tell you!"),
    ];
    exactly(lines, &[&[TWO, TYPE, HELLO], &rest[..]].concat())
}

fn headers_only(lines: &[(&str, &str)]) -> Result<(), String> {
    exactly(lines, &[TWO, TYPE])
}

fn hello_only(lines: &[(&str, &str)]) -> Result<(), String> {
    exactly(lines, &[TWO, TYPE, HELLO])
}

/// The replies shift by one message.
fn shifted(lines: &[(&str, &str)]) -> Result<(), String> {
    let (first, last) = (("proc_1", "proc_1 received: hello, too"), ("proc_1", "proc_1 received: I don't tell you!"));
    same(lines, &[TWO, TYPE, HELLO, first, last])?;
    in_order(lines, &[TWO, TYPE, HELLO, last])?;
    in_order(lines, &[TYPE, first, last])
}

/// The message of a stuck run names everybody who waits, what for, and the line.
fn names_waits(done: &Done, waits: &[(&str, &str, &str)]) {
    for (who, what, line) in waits {
        let beginning = format!("{who} waits for ");
        let told = done.stuck.lines().map(str::trim_start).filter(|told| told.starts_with(&beginning));
        assert!(told.clone().any(|told| told.contains(what) && told.contains(line)), "{who}, {what}, {line}:\n{}", done.stuck);
    }
}

#[test]
fn pipe() {
    check(Case { scenario: "pipe", set: &[], rule: four_received, exit: 0, seeds: 50, free: 20, orders: 1 });
}

#[test]
fn pipe_without_its_first_send() {
    let set = &["omit=first-send"];
    for done in check(Case { scenario: "pipe", set, rule: headers_only, exit: 3, seeds: 10, free: 3, orders: 1 }) {
        let main = ("main", "proc_2 to end", "line 36");
        names_waits(&done, &[main, ("proc_1", "message at end 0", "line 11"), ("proc_2", "message at end 1", "line 20")]);
    }
}

#[test]
fn pipe_without_its_reply() {
    let set = &["omit=reply"];
    for done in check(Case { scenario: "pipe", set, rule: hello_only, exit: 3, seeds: 10, free: 3, orders: 1 }) {
        names_waits(&done, &[("proc_1", "message at end 0", "line 11"), ("proc_2", "message at end 1", "line 25")]);
    }
}

#[test]
fn pipe_without_its_first_recv() {
    let set = &["omit=first-recv"];
    for done in check(Case { scenario: "pipe", set, rule: shifted, exit: 0, seeds: 20, free: 3, orders: 2 }) {
        assert_eq!(done.left, 1, "one message stays unread");
    }
}

#[test]
fn pipe_where_both_say_a_megabyte_first() {
    let set = &["omit=first-recv-large"];
    for done in check(Case { scenario: "pipe", set, rule: headers_only, exit: 3, seeds: 5, free: 2, orders: 1 }) {
        names_waits(&done, &[("proc_1", "room at end 0", "line 7"), ("proc_2", "room at end 1", "line 18")]);
    }
}

// Condition

const BEFORE: [(&str, &str); 2] = [("p1", "consumer before wait"), ("p2", "consumer before wait")];
const AFTER: [(&str, &str); 2] = [("p1", "consumer after wait"), ("p2", "consumer after wait")];
const NOTIFY: [(&str, &str); 2] = [("p3", "producer before notifyAll"), ("p3", "producer after notifyAll")];

fn all_woken(lines: &[(&str, &str)]) -> Result<(), String> {
    if lines.len() != 6 {
        return Err(format!("{} lines", lines.len()));
    }
    exactly(&lines[..4], &[BEFORE, NOTIFY].concat())?;
    same(&lines[4..], &AFTER)
}

fn one_woken(lines: &[(&str, &str)]) -> Result<(), String> {
    if lines.len() != 5 {
        return Err(format!("{} lines", lines.len()));
    }
    exactly(&lines[..4], &[BEFORE, NOTIFY].concat())?;
    if AFTER.contains(&lines[4]) { Ok(()) } else { Err("nobody came back".to_owned()) }
}

fn notified_too_early(lines: &[(&str, &str)]) -> Result<(), String> {
    exactly(lines, &[NOTIFY, BEFORE].concat())
}

#[test]
fn condition() {
    check(Case { scenario: "condition", set: &[], rule: all_woken, exit: 0, seeds: 50, free: 20, orders: 2 });
}

#[test]
fn condition_that_wakes_one() {
    let set = &["wake=one"];
    for done in check(Case { scenario: "condition", set, rule: one_woken, exit: 3, seeds: 10, free: 2, orders: 1 }) {
        let woken = done.lines[4].0.as_str();
        let asleep = if woken == "p1" { "p2" } else { "p1" };
        names_waits(&done, &[("main", &format!("{asleep} to end"), "line "), (asleep, "notification on condition", "line 9")]);
        assert!(!done.stuck.contains(&format!("{woken} waits")), "{}", done.stuck);
    }
}

#[test]
fn condition_with_its_producer_first() {
    let set = &["first=producer"];
    for done in check(Case { scenario: "condition", set, rule: notified_too_early, exit: 3, seeds: 10, free: 2, orders: 1 }) {
        let sleeps = "notification on condition";
        names_waits(&done, &[("main", "p1 to end", "line 36"), ("p1", sleeps, "line 9"), ("p2", sleeps, "line 9")]);
    }
}

/// A sleeper may be killed: the others wake all the same.
fn p2_alone_wakes(lines: &[(&str, &str)]) -> Result<(), String> {
    exactly(lines, &[&BEFORE[..], &NOTIFY, &AFTER[1..]].concat())
}

#[test]
fn condition_whose_sleeper_is_killed() {
    let set = &["kill_p1=true"];
    check(Case { scenario: "condition", set, rule: p2_alone_wakes, exit: 0, seeds: 10, free: 2, orders: 1 });
}

// Shared memory

const NUMBER: &str = "子进程改变的n 3.1415927";
const ELEMENT: &str = "子进程改变的元素:  ";

fn one_process(lines: &[(&str, &str)]) -> Result<(), String> {
    let elements: Vec<String> = (0..10).map(|i| format!("{ELEMENT}{}", -i)).collect();
    let mut expected = vec![("Process-1", NUMBER)];
    expected.extend(elements.iter().map(|line| ("Process-1", line.as_str())));
    expected.extend([("main", "3.1415927"), ("main", "[0, -1, -2, -3, -4, -5, -6, -7, -8, -9]")]);
    exactly(lines, &expected)
}

/// What the array holds at the end.
fn last_array(lines: &[(&str, &str)]) -> Option<Vec<i64>> {
    let (_, last) = lines.last()?;
    last.strip_prefix('[')?.strip_suffix(']')?.split(", ").map(|number| number.parse().ok()).collect()
}

/// Each process prints its eleven lines in order, each element with either sign.
fn two_processes(lines: &[(&str, &str)]) -> Result<(), String> {
    if lines.len() != 24 {
        return Err(format!("{} lines", lines.len()));
    }
    for who in ["Process-1", "Process-2"] {
        let own: Vec<&str> = lines.iter().filter(|(printer, _)| *printer == who).map(|(_, line)| *line).collect();
        let elements = own[1..].iter().map(|line| line.strip_prefix(ELEMENT).and_then(|number| number.parse::<i64>().ok()).map(i64::abs));
        if own[0] != NUMBER || !elements.eq((0..10).map(Some)) {
            return Err(format!("what {who} printed"));
        }
    }
    exactly(&lines[22..23], &[("main", "3.1415927")])?;
    match last_array(lines) {
        Some(array) if array.iter().map(|number| number.abs()).eq(0..10) => Ok(()),
        array => Err(format!("at the end {array:?}")),
    }
}

/// Every number is negated twice.
fn two_with_lock(lines: &[(&str, &str)]) -> Result<(), String> {
    two_processes(lines)?;
    match last_array(lines) {
        Some(array) if array.iter().copied().eq(0..10) => Ok(()),
        array => Err(format!("a negation was lost: {array:?}")),
    }
}

#[test]
fn shared_memory() {
    check(Case { scenario: "shared-memory", set: &[], rule: one_process, exit: 0, seeds: 50, free: 20, orders: 1 });
}

#[test]
fn shared_memory_of_two_processes() {
    let set = &["processes=2"];
    let runs = check(Case { scenario: "shared-memory", set, rule: two_processes, exit: 0, seeds: 20, free: 5, orders: 2 });
    let lost = runs.iter().filter(|done| two_with_lock(&borrowed(&done.lines)).is_err()).count();
    assert!(lost > 0, "without a lock some seed loses a negation");
}

#[test]
fn shared_memory_without_a_lock_of_its_own() {
    // The lock that is not there guards nothing, and its absence harms nothing else.
    let set = &["processes=2", "raw=true"];
    let runs = check(Case { scenario: "shared-memory", set, rule: two_processes, exit: 0, seeds: 20, free: 2, orders: 2 });
    let lost = runs.iter().filter(|done| two_with_lock(&borrowed(&done.lines)).is_err()).count();
    assert!(lost > 0, "some seed loses a negation");
}

#[test]
fn shared_memory_of_many_passes() {
    // As many negations of each element by each of the two: an even number, if none is lost.
    let set = &["processes=2", "passes=101"];
    let runs = check(Case { scenario: "shared-memory", set, rule: two_processes, exit: 0, seeds: 2, free: 2, orders: 2 });
    // Where one runs far ahead of the other, as under every second seed, none may be lost.
    let lost = runs.iter().filter(|done| two_with_lock(&borrowed(&done.lines)).is_err()).count();
    assert!(lost > 0, "some seed loses a negation");
    let set = &["processes=2", "passes=101", "lock=true"];
    check(Case { scenario: "shared-memory", set, rule: two_with_lock, exit: 0, seeds: 2, free: 1, orders: 1 });
}

#[test]
fn shared_memory_of_two_processes_with_a_lock() {
    let set = &["processes=2", "lock=true"];
    check(Case { scenario: "shared-memory", set, rule: two_with_lock, exit: 0, seeds: 20, free: 5, orders: 2 });
}

#[test]
fn to_sleep_takes_no_time_under_a_seed() {
    // Eleven days; where the clock did not jump, the run would be cut off at its time limit.
    let source = "sleep(1000000); print(time() >= 1000000);";
    let scenario = Arc::new(script::scenario::assemble("a", "a.rhai", source, None).expect("it loads"));
    let done = to_its_end(Config { scenario, ..config("queue", 7, &[]) });
    assert_eq!((done.exit, borrowed(&done.lines)), (Some(0), vec![("main", "true")]));
}

#[test]
fn the_rules_refuse_what_is_not_legal() {
    let wrong = [("pw", PUT_A), ("pr", "Get A from queue."), ("pw", PUT_B), DONE];
    assert!(each_is_got(&wrong).is_err() && two_writers(&wrong).is_err() && four_received(&wrong).is_err());
    let late = [("pw", PUT_A), GET[0], ("pw", PUT_B), ("pw", PUT_C), GET[1], GET[2], DONE];
    assert!(each_is_got(&late).is_ok() && reader_and_writer(&late).is_err());
    let unput = [("pw", PUT_A), GET[0], GET[1], ("pw", PUT_B), ("pw", PUT_C), GET[2], DONE];
    assert!(each_is_got(&unput).is_err());
    let early = [BEFORE[0], NOTIFY[0], NOTIFY[1], BEFORE[1], AFTER[0], AFTER[1]];
    assert!(all_woken(&early).is_err() && one_woken(&early[..5]).is_err() && notified_too_early(&early).is_err());
    let late = [BEGIN, MIDDLE[0], MIDDLE[1], MIDDLE[2], BLOCK_TRUE, NONBLOCK_FALSE, IS_SET];
    assert!(times_out_and_sets(&late).is_err() && untrue_at_three_seconds(&late).is_err() && set_by_main(&late).is_err());
}
