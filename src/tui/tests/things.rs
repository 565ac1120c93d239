//! Objects as things: what the last step changed, and long contents with their number.

use super::{Look, runs};
use crate::kind::{Lang, Outcome, UNBOUNDED_SLOTS, array, event, lock, managed_queue, pipe, queue, semaphore, value};
use crate::trace::{ActorId, Change, MessageId, ObjectId, On, PartRef, Preview};
use crate::tui::state::{At, Focus};
use crate::tui::view::{changed, part};
use crate::world::sample::{Did, MAIN, Sample};
use crate::world::{Holder, PartState, World};

/// Steps that each change one part, in the order of the list below.
fn changes() -> Sample {
    let mut run = Sample::new();
    let [q, a, v, l, e, p] = [1, 2, 3, 4, 5, 6].map(ObjectId);
    let kinds =
        [(q, queue::ID, "q"), (a, array::ID, "a"), (v, value::ID, "v"), (l, lock::ID, "l"), (e, event::ID, "e"), (p, pipe::ID, "p")];
    for (object, kind, name) in kinds {
        run.make(MAIN, object, kind, name, 1);
    }
    run.start(ActorId(3), "other", "work", 2);
    let mut step = |changes: Vec<Change>, on: ObjectId, op, outcome: &Outcome| {
        run.step(MAIN, op, outcome, Did { on: On::Object(on), line: 3, changes, ..Did::default() });
    };
    let cells = |object| PartRef::new(object, 0);
    let write = |object, first, values: &[&str]| Change::Wrote {
        part: cells(object),
        first,
        values: values.iter().map(|value| Preview::new(value)).collect(),
    };
    step(vec![write(a, 0, &["1", "2", "3"]), write(v, 0, &["10"])], a, &array::WRITE, &array::WRITE.outcomes[0]);
    step(vec![write(a, 1, &["-2"])], a, &array::WRITE, &array::WRITE.outcomes[0]);
    step(vec![write(v, 0, &["11"])], v, &value::WRITE, &value::WRITE.outcomes[0]);
    let slots = PartRef::new(q, queue::PIPE);
    let put = |id: u64, text: &str| {
        let message = MessageId(id);
        let composed = Change::Composed { message, value: Preview::new(text) };
        vec![composed, Change::Moved { message, from: None, to: Some(slots) }]
    };
    step(put(1, "A"), q, &queue::PUT, &queue::PUT.outcomes[0]);
    step(put(2, "B"), q, &queue::PUT, &queue::PUT.outcomes[0]);
    step(vec![Change::Moved { message: MessageId(1), from: Some(slots), to: None }], q, &queue::GET, &queue::GET.outcomes[0]);
    step(vec![Change::Owned { part: cells(l), owner: Some(MAIN), depth: 1 }], l, &lock::ACQUIRE, &lock::ACQUIRE.outcomes[0]);
    step(vec![Change::Owned { part: cells(l), owner: None, depth: 0 }], l, &lock::RELEASE, &lock::RELEASE.outcomes[0]);
    step(vec![Change::Raised { part: cells(e), up: true }], e, &event::SET, &event::SET.outcomes[0]);
    run
}

/// After the step that changed it, a part says what came, went or was before; a step later it does not.
#[test]
fn what_the_last_step_changed_is_told_for_one_step() {
    let events = runs::gated(&changes());
    let mut look = Look::new("changes", "// changes", &events, Lang::En);
    look.ui.focus = Focus::Objects;
    let rows = look.timeline.rows().len();
    let told = [
        "•cells  [1] 2 → -2 by main",
        "•value  10 → 11 by main",
        "•kernel pipe  in A",
        "•kernel pipe  in B",
        "•kernel pipe  out A",
        "nobody → main",
        "main → nobody",
        "▼ down → ▲ up",
    ];
    let mut pictures = Vec::new();
    for at in rows - told.len()..=rows {
        look.ui.at = At::Past(at);
        pictures.push(look.text(120, 60));
    }
    for (at, told) in told.iter().enumerate() {
        for (other, picture) in pictures.iter().enumerate() {
            assert_eq!(picture.contains(told), other == at + 1, "{told:?} after change {other}:\n{picture}");
        }
    }
    look.ui.at = At::Past(rows);
    insta::assert_snapshot!("changed_last_120x40", look.text(120, 40));
    look.ui.lang = Lang::Zh;
    look.ui.at = At::Past(rows - 7);
    insta::assert_snapshot!("changed_cell_120x40_zh", look.text(120, 40));
}

/// A queue of ten thousand is shown by its first messages and a number, at any width.
#[test]
fn long_contents_are_counted() {
    let mut run = Sample::new();
    run.make(MAIN, ObjectId(1), queue::ID, "q", 1);
    run.make(MAIN, ObjectId(2), array::ID, "a", 1);
    let slots = PartRef::new(ObjectId(1), queue::PIPE);
    let did = |on: u16, changes| Did { on: On::Object(ObjectId(on)), line: 2, changes, ..Did::default() };
    for first in (1..10_000).step_by(10) {
        let put = |id| {
            let (message, value) = (MessageId(id), Preview::new(&format!("m{id}")));
            [Change::Composed { message, value }, Change::Moved { message, from: None, to: Some(slots) }]
        };
        run.step(MAIN, &queue::PUT, &queue::PUT.outcomes[0], did(1, (first..first + 10).flat_map(put).collect()));
    }
    let cells = PartRef::new(ObjectId(2), 0);
    let wrote =
        |first: u32, count| Change::Wrote { part: cells, first, values: (0..count).map(|at| Preview::new(&at.to_string())).collect() };
    for first in (0..5_000).step_by(20) {
        run.step(MAIN, &array::WRITE, &array::WRITE.outcomes[0], did(2, vec![wrote(first, 20)]));
    }
    run.step(MAIN, &array::WRITE, &array::WRITE.outcomes[0], did(2, vec![wrote(4_321, 1)]));
    let mut look = Look::new("long", "// long", &runs::gated(&run), Lang::En);
    look.ui.focus = Focus::Objects;
    for width in [40, 60, 80, 120, 200] {
        let drawn = look.text(width, 24);
        let line = |what: &str| drawn.lines().find(|line| line.contains(what)).unwrap_or_default().to_owned();
        let messages = line("m1");
        let shown = (1..100).take_while(|id| messages.contains(&format!("m{id} ")) || messages.contains(&format!("[m{id}]"))).count();
        assert!(shown > 0 && messages.contains(&format!("+{}", 10_000 - shown)), "{width}: {drawn}");
        assert!(drawn.contains("[4321] 1 → 0 by main"), "{width}: {drawn}");
    }
}

/// The holders of an end are named as far as there is room, and the others counted.
#[test]
fn holders_that_do_not_fit_are_counted() {
    let mut run = Sample::new();
    run.make(MAIN, ObjectId(1), pipe::ID, "p", 1);
    let ends = PartRef::new(ObjectId(1), pipe::ENDS);
    for at in 0..20 {
        run.start(ActorId(3 + at), &format!("worker-{at}"), "work", 2);
        let opened = vec![Change::Opened { part: ends, end: 0, process: ActorId(3 + at) }];
        run.step(
            MAIN,
            &pipe::MAKE,
            &pipe::MAKE.outcomes[0],
            Did { on: On::Object(ObjectId(1)), line: 3, changes: opened, ..Did::default() },
        );
    }
    let mut look = Look::new("holders", "// holders", &runs::gated(&run), Lang::En);
    look.ui.focus = Focus::Objects;
    for width in [40, 80, 120, 200] {
        let drawn = look.text(width, 24);
        let line = drawn.lines().find(|line| line.contains("worker-0")).unwrap_or_default();
        let named = line.matches("worker-").count();
        assert!(named < 20 && line.contains(&format!(" +{}", 20 - named)), "{width}: {drawn}");
        assert!(drawn.contains("0 opened by worker-19"), "{width}: {drawn}");
    }
}

/// Names of ends are words of the screen's language, beside their holders and in what is said of a change.
#[test]
fn ends_are_named_in_the_language_of_the_screen() {
    let (world, none) = (World::new(), PartState::new(pipe::READER_WRITER));
    let mut held = none.clone();
    if let PartState::Ends { ends } = &mut held {
        ends[0].holders.push(Holder { process: MAIN, copies: 1 });
    }
    for (lang, names) in [(Lang::En, ["reader", "writer"]), (Lang::Zh, ["读端", "写端"])] {
        let drawn: String = part::content(&world, &pipe::SIMPLEX.parts[pipe::ENDS as usize], &held, None, true, 60, lang)
            .into_iter()
            .map(|(text, _)| text)
            .collect();
        assert!(names.iter().all(|name| drawn.contains(&format!("{name} "))), "{drawn}");
        let before = changed::Before { world: &world, part: &none };
        let note = changed::note(&world, &held, Some(before), lang);
        assert!(note.starts_with(names[0]), "{note}");
    }
}

/// A bound is drawn as large as it is; where there is none the number from which slots are counted means nothing.
#[test]
fn a_large_bound_is_no_lack_of_one() {
    let world = World::new();
    for (kind, part) in [(&queue::KIND, queue::SLOTS), (&managed_queue::KIND, managed_queue::FREE), (&semaphore::KIND, semaphore::PERMITS)]
    {
        let def = &kind.parts[part as usize];
        let drawn = |value, max| -> String {
            let spans = part::content(&world, def, &PartState::Count { value, max }, None, false, 60, Lang::En);
            spans.into_iter().map(|(text, _)| text).collect()
        };
        let large = UNBOUNDED_SLOTS - 1;
        assert_eq!(drawn(large, Some(large)), format!("{large}/{large}"));
        assert_eq!(drawn(large, None).contains("no bound"), def.unbounded().is_some(), "{}", kind.name);
    }
}
