//! Each case is a little run of two processes and a Value or what is like one, and what its last step destroys.

use super::super::sample::{self, Did, HAND, MAIN, Sample, made};
use super::*;
use crate::kind::{FAILED, array, connection, managed, process, value};
use crate::trace::{Cause, Died, ObjectId, PartRef};

const A: ActorId = ActorId(3);
const B: ActorId = ActorId(4);
const V: ObjectId = ObjectId(1);
/// The line of the `+=`.
const ADD: u32 = 6;

struct Bench(Sample);

impl Bench {
    /// Two processes, and an Array whose cells are 0.
    fn new() -> Bench {
        let mut run = Sample::new();
        let values = vec![Preview::new("0"); 12];
        let filled = Change::Wrote { part: PartRef::new(V, array::CELLS), first: 0, values };
        let changes = vec![made(V, array::ID, "a", None), filled];
        run.step(MAIN, &array::MAKE, &array::MAKE_MADE, Did { on: On::Object(V), line: 1, changes, ..Did::default() });
        run.start(A, "p1", "work", 2);
        run.start(B, "p2", "work", 3);
        Bench(run)
    }

    fn read(&mut self, who: ActorId, cell: u32, line: u32) {
        self.0.step(who, &array::READ, &array::READ_READ, Did { on: On::Cell(V, cell), line, ..Did::default() });
    }

    /// Writes a cell; what that destroys, in words.
    fn write(&mut self, who: ActorId, cell: u32, value: &str, line: u32) -> String {
        let changes = vec![Change::Wrote { part: PartRef::new(V, array::CELLS), first: cell, values: vec![Preview::new(value)] }];
        self.0.step(who, &array::WRITE, &array::WRITE_WROTE, Did { on: On::Cell(V, cell), line, detail: value, changes, ..Did::default() });
        self.last()
    }

    /// What the last event destroyed.
    fn last(&self) -> String {
        assert_eq!(self.0.world.faults, []);
        let (last, before) = self.0.events.split_last().expect("a run");
        let mut world = World::new();
        before.iter().for_each(|event| world.apply(event));
        let Some(lost) = world.lost_update(last) else { return String::new() };
        let gone = lost.reading.missed.iter().map(|missed| format!(" {}:{}", missed.writer.0, missed.value));
        let more = if lost.reading.more > 0 { format!(" +{}", lost.reading.more) } else { String::new() };
        let word = if lost.proved { "proved" } else { "likely" };
        format!("{word} {} {}→{}{more}{}", lost.writer.0, lost.reading.value, lost.wrote, gone.collect::<String>())
    }
}

#[test]
fn an_increment_from_a_stale_read_destroys_what_came_between() {
    let mut run = Bench::new();
    run.read(A, 0, ADD);
    run.read(B, 0, ADD);
    assert_eq!(run.write(B, 0, "1", ADD), "");
    assert_eq!(run.write(A, 0, "1", ADD), "proved 3 0→1 4:1");
    // The next one reads again and loses nothing.
    run.read(A, 0, ADD);
    assert_eq!(run.write(A, 0, "2", ADD), "");
    // Of many that are gone the first and the last are named.
    run.read(A, 0, ADD);
    for value in ["3", "4", "5", "6", "7"] {
        run.read(B, 0, ADD);
        run.write(B, 0, value, ADD);
    }
    assert_eq!(run.write(A, 0, "3", ADD), "proved 3 2→3 +2 4:3 4:4 4:7");
}

#[test]
fn what_was_read_in_another_line_is_likely_if_it_was_read_last() {
    let stale = |between: &dyn Fn(&mut Bench)| {
        let mut run = Bench::new();
        run.read(A, 0, 10);
        between(&mut run);
        run.write(B, 0, "5", 20);
        run.write(A, 0, "1", 12)
    };
    assert_eq!(stale(&|_| {}), "likely 3 0→1 4:5");
    assert_eq!(stale(&|run| run.0.step(A, &process::SLEEP, &process::SLEEP_WOKE, Did { line: 11, ..Did::default() })), "likely 3 0→1 4:5");
    assert_eq!(stale(&|run| run.0.print(A, 11, "I have read it")), "likely 3 0→1 4:5");
    // Read for a print, or before another read.
    assert_eq!(stale(&|run| run.0.print(A, 10, "0")), "");
    assert_eq!(stale(&|run| run.read(A, 1, 11)), "");
    // The other's doing was over when it was joined, so the write comes after it by intent.
    let joins = |run: &mut Bench| {
        run.0.host(Body::Died(Died { actor: MAIN, cause: Cause::Exit(0), changes: vec![] }));
        run.0.step(A, &process::JOIN, &process::JOIN_RETURNED, Did { on: On::Actor(MAIN), line: 11, ..Did::default() });
    };
    assert_eq!(stale(&joins), "");
    assert_eq!(
        stale(&|run| run.0.step(A, &process::IS_ALIVE, &process::IS_ALIVE_READ, Did { on: On::Actor(B), ..Did::default() })),
        "likely 3 0→1 4:5"
    );
}

/// A read and a write in one line with another read between them: `a[0] = a[0] + a[1]`.
#[test]
fn in_one_line_other_reads_make_no_difference() {
    let mut run = Bench::new();
    run.read(A, 0, ADD);
    run.read(A, 1, ADD);
    run.write(B, 0, "5", ADD);
    assert_eq!(run.write(A, 0, "1", ADD), "proved 3 0→1 4:5");
    // Having been in another line between, it is only likely; and not even that after another read.
    run.read(A, 0, ADD);
    run.0.step(A, &process::SLEEP, &process::SLEEP_WOKE, Did { line: 7, ..Did::default() });
    run.write(B, 0, "9", ADD);
    assert_eq!(run.write(A, 0, "2", ADD), "likely 3 1→2 4:9");
}

#[test]
fn a_write_that_no_read_led_to_destroys_nothing() {
    let mut run = Bench::new();
    run.write(B, 0, "5", 20);
    assert_eq!(run.write(A, 0, "1", ADD), "");
    // Its own write has used its read up.
    run.read(A, 0, ADD);
    run.write(A, 0, "2", ADD);
    run.write(B, 0, "6", 20);
    assert_eq!(run.write(A, 0, "3", ADD), "");
    // Another cell's read is another's.
    run.read(A, 1, ADD);
    run.write(B, 0, "7", 20);
    assert_eq!(run.write(A, 0, "4", ADD), "");
    // One that failed, or waits, has read nothing.
    run.0.step(A, &array::READ, &FAILED, Did { on: On::Cell(V, 0), line: ADD, ..Did::default() });
    let next = sample::waits(vec![crate::trace::Until::Deadline], None);
    run.0.step(A, &array::READ, &array::READ_WAITS, Did { on: On::Cell(V, 0), line: ADD, next, ..Did::default() });
    run.write(B, 0, "8", 20);
    assert_eq!(run.write(A, 0, "5", ADD), "");
}

#[test]
fn what_is_as_it_would_be_anyway_is_not_lost() {
    let mut run = Bench::new();
    run.read(A, 0, ADD);
    run.write(B, 0, "5", 20);
    run.write(B, 0, "0", 20);
    assert_eq!(run.write(A, 0, "1", ADD), "", "what was read stands there again");
    run.read(A, 1, ADD);
    run.write(B, 1, "true", 20);
    assert_eq!(run.write(A, 1, "true", ADD), "", "both said the same");
    run.read(A, 2, ADD);
    run.write(B, 2, "1", 20);
    assert_eq!(run.write(A, 2, "1", ADD), "proved 3 0→1 4:1", "of a count that is what a lost step looks like");
}

#[test]
fn the_hand_destroys_nothing_and_can_be_written_over() {
    let mut run = Bench::new();
    run.0.born(HAND, "you", "", None);
    run.read(A, 0, ADD);
    assert_eq!(run.write(HAND, 0, "7", 0), "");
    assert_eq!(run.write(A, 0, "1", ADD), format!("proved 3 0→1 {}:7", HAND.0));
}

#[test]
fn only_a_few_reads_are_remembered_and_none_of_the_dead() {
    let mut run = Bench::new();
    (0..12).for_each(|cell| run.read(A, cell, ADD));
    assert_eq!(run.0.world.readings.0.len(), READ_LIMIT);
    run.write(B, 0, "5", 20);
    run.write(B, 11, "5", 20);
    assert_eq!(run.write(A, 0, "1", ADD), "");
    assert_eq!(run.write(A, 11, "1", ADD), "proved 3 0→1 4:5");
    run.0.host(Body::Died(Died { actor: A, cause: Cause::Exit(0), changes: vec![] }));
    assert_eq!(run.0.world.readings, Readings::default());
}

/// A manager's threads read and write for those who made the connections; the line is the client's where the
/// thread has none. Cells that move take along what was read of them.
#[test]
fn a_managers_threads_act_for_their_clients() {
    let (server, of_a, of_b) = (ActorId(5), ActorId(6), ActorId(7));
    let (list, ca, cb) = (ObjectId(2), ObjectId(3), ObjectId(4));
    let cells = PartRef::new(list, managed::CELLS);
    let mut run = Bench::new();
    run.0.start(server, "m", "", 4);
    for (thread, client, object) in [(of_a, A, ca), (of_b, B, cb)] {
        let changes = vec![made(object, connection::KIND.id, "c", None)];
        run.0.step(client, &connection::CONNECT, &connection::CONNECT_CONNECTED, Did { line: 5, changes, ..Did::default() });
        run.0.helper(thread, server, object);
    }
    let inserted = |at: u32| Change::Inserted { part: cells, at, key: None, value: Preview::new("0") };
    let changes = vec![made(list, managed::LIST.id, "l", None), inserted(0), inserted(1)];
    run.0.step(of_a, &managed::MAKE, &managed::MAKE_MADE, Did { on: On::Object(list), changes, ..Did::default() });
    let step = |run: &mut Bench, thread: ActorId, on: On, line: u32, changes: Vec<Change>| {
        let outcome = if changes.is_empty() { &managed::DO_READ } else { &managed::DO_CHANGED };
        run.0.step(thread, &managed::DO, outcome, Did { on, line, changes, ..Did::default() });
        run.last()
    };
    let asks = |run: &mut Bench, who: ActorId, line: u32| {
        run.0.step(who, &connection::ASK, &connection::ASK_ASKED, Did { line, ..Did::default() });
    };
    let wrote = |at: u32, value: &str| vec![Change::Wrote { part: cells, first: at, values: vec![Preview::new(value)] }];
    asks(&mut run, A, ADD);
    step(&mut run, of_a, On::Cell(list, 1), 0, vec![]);
    step(&mut run, of_b, On::Object(list), 0, vec![inserted(0)]);
    step(&mut run, of_b, On::Cell(list, 2), 0, wrote(2, "5"));
    asks(&mut run, A, ADD);
    assert_eq!(step(&mut run, of_a, On::Cell(list, 2), 0, wrote(2, "1")), "proved 3 0→1 4:5");
    // In one step of its own the object reads what is there.
    asks(&mut run, A, 9);
    step(&mut run, of_a, On::Cell(list, 2), 0, vec![]);
    step(&mut run, of_b, On::Cell(list, 2), 0, wrote(2, "7"));
    assert_eq!(step(&mut run, of_a, On::Object(list), 0, wrote(2, "8")), "");
    // In a method the line is the thread's own; a print in the client's uses up what it got there.
    step(&mut run, of_a, On::Cell(list, 0), 30, vec![]);
    step(&mut run, of_b, On::Cell(list, 0), 30, wrote(0, "2"));
    assert_eq!(step(&mut run, of_a, On::Cell(list, 0), 30, wrote(0, "1")), "proved 3 0→1 4:2");
    step(&mut run, of_a, On::Cell(list, 0), 30, vec![]);
    run.0.print(A, 9, "1");
    step(&mut run, of_b, On::Cell(list, 0), 30, wrote(0, "2"));
    assert_eq!(step(&mut run, of_a, On::Cell(list, 0), 31, wrote(0, "3")), "");
    // Whose cell is gone cannot be written over.
    step(&mut run, of_a, On::Cell(list, 2), 0, vec![]);
    step(&mut run, of_b, On::Object(list), 0, vec![Change::Removed { part: cells, first: 1, count: 2 }]);
    step(&mut run, of_b, On::Object(list), 0, vec![inserted(1), inserted(2)]);
    assert_eq!(step(&mut run, of_a, On::Cell(list, 2), 0, wrote(2, "1")), "");
}

#[test]
fn the_sample_of_the_screen_loses_its_update_in_the_last_step() {
    let run = sample::lost_update_run();
    assert_eq!(run.world.faults, []);
    assert_eq!(run.world.kind_of(ObjectId(1)), Some(value::ID));
    assert_eq!(Bench(run).last(), "proved 4 1→2 3:2 3:3");
}
