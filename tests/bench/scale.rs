//! A large run: 64 processes, 40 objects, a million events. The goals are a frame in 2 ms at 120×40
//! and in 5 ms at 200×60, any seek in 16 ms, and 100 bytes of memory for an event. And long arrays, written
//! cell by cell: the same goals hold for them.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use criterion::{Criterion, criterion_group, criterion_main};
use ipcscope::kind::{array, buffer, event, lock, queue};
use ipcscope::trace::scenario::Scenario;
use ipcscope::trace::*;
use ipcscope::trace::{Pace, Phase};
use ipcscope::tui::scene::Scene;
use ipcscope::tui::state::{At, Ui};
use ipcscope::tui::{SourceKind, Status, view};
use ipcscope::world::Timeline;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const PROCESSES: u16 = 64;
const EVENTS: u64 = 1_000_000;
/// Of each of the four kinds; a queue has a buffer beside it.
const EACH: u16 = 8;

struct Run {
    timeline: Timeline,
    time: Nanos,
    step: u64,
}

impl Run {
    fn push(&mut self, actor: u16, body: Body) {
        self.time += 1_000_000;
        let event = Event { actor: ActorId(actor), time: self.time, wall: 0, body };
        assert!(self.timeline.push(&event).is_ok());
    }

    fn act(&mut self, actor: u16, op: &ipcscope::kind::Op, object: u16, changes: Vec<Change>) {
        let outcome = op.outcomes[0].id;
        let acted = Acted { op: op.id, outcome, on: On::Object(ObjectId(object)), line: 3, detail: None, next: Next::Goes, changes };
        self.push(actor, Body::Acted(acted));
    }

    fn make(&mut self, op: &ipcscope::kind::Op, object: u16, name: String, owner: Option<u16>) {
        let (owner, home) = (owner.map(ObjectId), owner.map(|_| ActorId(2)));
        let made = Change::Made { object: ObjectId(object), kind: op.id.kind(), name, owner, home };
        self.act(2, op, object, vec![made]);
    }

    /// What was announced, a rest at which half of all could go, and a grant.
    fn grant(&mut self, actor: u16) {
        let on = On::Object(ObjectId(1));
        self.push(actor, Body::Announced(Announced { op: queue::PUT.id, on, line: 3, detail: None }));
        let candidate = |at| Candidate { actor: ActorId(2 + at), grant: Grant::Proceed };
        let candidates = (0..PROCESSES).filter(|at| at % 2 == 0).map(candidate).collect();
        self.push(0, Body::Rest(Rest { candidates, next_deadline: None, stuck: false }));
        self.step += 1;
        let step = self.step;
        self.push(0, Body::Granted { step, actor: ActorId(actor), grant: Grant::Proceed });
    }
}

fn large_run() -> Timeline {
    let mut run = Run { timeline: Timeline::new(), time: 0, step: 0 };
    for at in 0..PROCESSES {
        let actor = ActorId(2 + at);
        let name = if at == 0 { "main".to_owned() } else { format!("worker-{at}") };
        let (role, pid) = (Role::Process, 4700 + u32::from(at));
        let function = "work".to_owned();
        run.push(0, Body::Born(Born { actor, role, process: actor, creator: None, object: None, name, function, pid, tid: pid }));
    }
    for at in 0..EACH {
        let first = 1 + at * 5;
        run.make(&queue::MAKE, first, format!("q[{at}]"), None);
        run.make(&buffer::MAKE, first + 1, "buffer".to_owned(), Some(first));
        run.make(&lock::MAKE, first + 2, format!("lock[{at}]"), None);
        run.make(&event::MAKE, first + 3, format!("ready[{at}]"), None);
        run.make(&array::MAKE, first + 4, format!("cells[{at}]"), None);
        let part = PartRef::new(ObjectId(first + 4), array::CELLS);
        let values = (0..16).map(|value| Preview::new(&value.to_string())).collect();
        run.act(2, &array::MAKE, first + 4, vec![Change::Wrote { part, first: 0, values }]);
    }
    let mut round = 0;
    while run.timeline.len() < EVENTS {
        let actor = 2 + (round % u64::from(PROCESSES)) as u16;
        let first = 1 + (round % u64::from(EACH)) as u16 * 5;
        let part = |object: u16, part: u8| PartRef::new(ObjectId(first + object), part);
        let message = MessageId(round);
        let (buffered, piped) = (part(1, buffer::SLOTS), part(0, queue::PIPE));
        run.grant(actor);
        let value = Preview::new(&format!("letter {round}"));
        let put = vec![Change::Composed { message, value }, Change::Moved { message, from: None, to: Some(buffered) }];
        run.act(actor, &queue::PUT, first, put);
        run.act(actor, &buffer::FEED, first + 1, vec![Change::Moved { message, from: Some(buffered), to: Some(piped) }]);
        if let Some(old) = round.checked_sub(u64::from(EACH) * 5) {
            run.grant(actor);
            run.act(actor, &queue::GET, first, vec![Change::Moved { message: MessageId(old), from: Some(piped), to: None }]);
        }
        run.grant(actor);
        let owner = part(2, lock::OWNER);
        run.act(actor, &lock::ACQUIRE, first + 2, vec![Change::Owned { part: owner, owner: Some(ActorId(actor)), depth: 1 }]);
        run.grant(actor);
        let written = vec![Change::Wrote { part: part(4, array::CELLS), first: (round % 16) as u32, values: vec![Preview::new("42")] }];
        run.act(actor, &array::WRITE, first + 4, written);
        run.act(actor, &lock::RELEASE, first + 2, vec![Change::Owned { part: owner, owner: None, depth: 0 }]);
        if round % 8 == 0 {
            run.grant(actor);
            run.push(actor, Body::Printed(Printed { text: format!("round {round}"), line: 9, more: false, error: false }));
        }
        round += 1;
    }
    assert_eq!(run.timeline.head().faults, []);
    run.timeline
}

/// Two processes that write an array again and again: one from its first cell to its last, the other here
/// and there.
fn array_run(cells: u32, events: u64) -> Timeline {
    let mut run = Run { timeline: Timeline::new(), time: 0, step: 0 };
    for at in 0..3 {
        let (actor, name, function) = (ActorId(2 + at), format!("writer-{at}"), "write".to_owned());
        let born = Born { actor, role: Role::Process, process: actor, creator: None, object: None, name, function, pid: 4700, tid: 4700 };
        run.push(0, Body::Born(born));
    }
    run.make(&array::MAKE, 1, "cells".to_owned(), None);
    let part = PartRef::new(ObjectId(1), array::CELLS);
    for first in (0..cells).step_by(6) {
        let values = vec![Preview::new("0"); 6.min(cells - first) as usize];
        run.act(2, &array::MAKE, 1, vec![Change::Wrote { part, first, values }]);
    }
    let mut round = 0;
    while run.timeline.len() < events {
        let (actor, cell) = match round % 2 {
            0 => (3, round / 2 % u64::from(cells)),
            _ => (4, round * 618_033 % u64::from(cells)),
        };
        run.grant(actor);
        let values = vec![Preview::new(&round.to_string())];
        run.act(actor, &array::WRITE, 1, vec![Change::Wrote { part, first: cell as u32, values }]);
        round += 1;
    }
    assert_eq!(run.timeline.head().faults, []);
    run.timeline
}

/// Memory that the program has in use, in bytes.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    pages.and_then(|text| text.split(' ').nth(1)?.parse::<u64>().ok()).unwrap_or(0) * 4096
}

/// A frame in the middle of a run, and seeks from one end of it to the other.
fn measure(criterion: &mut Criterion, name: &str, timeline: &Timeline) {
    let scenario = Scenario { name: "scale".to_owned(), source: "let q = Queue();\n".repeat(60), ..Scenario::default() };
    let status = Status {
        kind: SourceKind::Live,
        scenario: Arc::new(scenario),
        phase: Phase::Running,
        gated: true,
        pace: Pace::Unlimited,
        seed: 1,
        walk: ipcscope::trace::Walk::Random,
        begun: true,
        notice: None,
        exit: None,
    };
    let rows = timeline.rows().len();
    for (place, at) in [("now", At::Now), ("past", At::Past(rows / 2))] {
        for (width, height) in [(120, 40), (200, 60)] {
            let area = Rect::new(0, 0, width, height);
            let ui = Ui { at, ..Ui::default() };
            criterion.bench_function(&format!("{name}: frame {width}x{height} {place}"), |bench| {
                bench.iter(|| {
                    let scene = Scene::read(timeline, status.clone(), &ui, height as usize);
                    let mut buf = Buffer::empty(area);
                    view::run(&mut buf, area, &scene, &ui);
                    black_box(buf)
                });
            });
        }
    }
    let (mut at, events) = (0, timeline.len());
    criterion.bench_function(&format!("{name}: seek anywhere"), |bench| {
        bench.iter(|| {
            at = (at + 618_033) % events;
            black_box(timeline.world_at(at))
        });
    });
}

fn scale(criterion: &mut Criterion) {
    fold(criterion, "large", large_run);
    fold(criterion, "10,000 cells", || array_run(10_000, EVENTS));
    fold(criterion, "1,000,000 cells", || array_run(1_000_000, EVENTS));
}

fn fold(criterion: &mut Criterion, name: &str, run: impl FnOnce() -> Timeline) {
    let (before, begun) = (resident(), Instant::now());
    let timeline = run();
    let memory = resident().saturating_sub(before) / timeline.len();
    println!("{name}: {memory} bytes of memory an event, folded in {:?}", begun.elapsed());
    measure(criterion, name, &timeline);
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30).measurement_time(std::time::Duration::from_secs(2)).warm_up_time(std::time::Duration::from_millis(500));
    targets = scale
}
criterion_main!(benches);
