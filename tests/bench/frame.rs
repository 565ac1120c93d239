//! How long one frame takes: reading the scene and drawing it, at the end of a long run and far back
//! in its past, with twenty messages on their way and with ten thousand. The goal is 2 ms at 120×40.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use ipcscope::kind::{buffer, queue};
use ipcscope::trace::scenario::Scenario;
use ipcscope::trace::*;
use ipcscope::trace::{Pace, Phase};
use ipcscope::tui::scene::Scene;
use ipcscope::tui::state::{At, Ui};
use ipcscope::tui::{SourceKind, Status, view};
use ipcscope::world::Timeline;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const QUEUE: ObjectId = ObjectId(1);
const BUFFER: ObjectId = ObjectId(2);

fn born(actor: u16, name: &str) -> Body {
    let actor = ActorId(actor);
    Body::Born(Born {
        actor,
        role: Role::Process,
        process: actor,
        creator: None,
        object: None,
        name: name.to_owned(),
        function: String::new(),
        pid: 4700 + u32::from(actor.0),
        tid: 0,
    })
}

fn acted(op: &ipcscope::kind::Op, changes: Vec<Change>) -> Body {
    let outcome = op.outcomes[0].id;
    Body::Acted(Acted { op: op.id, outcome, on: On::Object(QUEUE), line: 3, detail: None, next: Next::Goes, changes })
}

/// Letters put and taken, again and again, with so many always on their way.
fn long_run(rounds: u64, on_their_way: u64) -> Timeline {
    let mut timeline = Timeline::new();
    let mut time = 0;
    let mut push = |actor: u16, body: Body| {
        time += 1_000_000;
        let event = Event { actor: ActorId(actor), time, wall: 0, body };
        assert!(timeline.push(&event).is_ok());
    };
    for (actor, name) in [(2, "main"), (3, "writer"), (4, "reader")] {
        push(0, born(actor, name));
    }
    let made = |object, kind, name: &str, owner, home| Change::Made { object, kind, name: name.to_owned(), owner, home };
    push(2, acted(&queue::MAKE, vec![made(QUEUE, queue::ID, "q", None, None)]));
    push(3, acted(&buffer::MAKE, vec![made(BUFFER, buffer::ID, "buffer", Some(QUEUE), Some(ActorId(3)))]));
    let (buffered, piped) = (PartRef::new(BUFFER, buffer::SLOTS), PartRef::new(QUEUE, queue::PIPE));
    for round in 0..rounds {
        let message = MessageId(round);
        push(0, Body::Granted { step: round * 2 + 1, actor: ActorId(3), grant: Grant::Proceed });
        let value = Preview::new(&format!("letter {round}"));
        let put = vec![Change::Composed { message, value }, Change::Moved { message, from: None, to: Some(buffered) }];
        push(3, acted(&queue::PUT, put));
        push(3, acted(&buffer::FEED, vec![Change::Moved { message, from: Some(buffered), to: Some(piped) }]));
        push(0, Body::Granted { step: round * 2 + 2, actor: ActorId(4), grant: Grant::Proceed });
        if let Some(old) = round.checked_sub(on_their_way) {
            push(4, acted(&queue::GET, vec![Change::Moved { message: MessageId(old), from: Some(piped), to: None }]));
        }
        push(4, Body::Printed(Printed { text: format!("Get letter {round}"), line: 9, more: false, error: false }));
    }
    assert_eq!(timeline.head().faults, []);
    timeline
}

fn frames(criterion: &mut Criterion) {
    for (what, on_their_way) in [("", 20), (" full", 10_000)] {
        frames_of(criterion, what, &long_run(20_000, on_their_way));
    }
}

fn frames_of(criterion: &mut Criterion, what: &str, timeline: &Timeline) {
    let source = "let q = Queue();\n".repeat(60);
    let scenario = Arc::new(Scenario { name: "queue".to_owned(), source, ..Scenario::default() });
    let status = Status {
        kind: SourceKind::Live,
        scenario,
        phase: Phase::Running,
        gated: true,
        pace: Pace::Unlimited,
        seed: 1,
        walk: ipcscope::trace::Walk::Random,
        begun: true,
        notice: None,
        exit: None,
    };
    for (place, at) in [("now", At::Now), ("past", At::Past(30_000))] {
        for (width, height) in [(80, 24), (120, 40), (200, 60)] {
            let area = Rect::new(0, 0, width, height);
            let ui = Ui { at, ..Ui::default() };
            criterion.bench_function(&format!("frame {width}x{height} {place}{what}"), |bench| {
                bench.iter(|| {
                    let scene = Scene::read(timeline, status.clone(), &ui, height as usize);
                    let mut buf = Buffer::empty(area);
                    view::run(&mut buf, area, &scene, &ui);
                    black_box(buf)
                });
            });
        }
    }
}

criterion_group!(benches, frames);
criterion_main!(benches);
