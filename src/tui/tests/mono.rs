//! Without colour nothing is lost: whatever differs in colour differs in text, or in what every terminal
//! has beside colours.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::style::{Modifier, Style};

use super::views::{LANGS, Stage, VIEWS};
use super::{Look, gallery, runs, text};
use crate::kind::{Lang, Part, Shape, UNBOUNDED_SLOTS, words};
use crate::trace::{ActorId, Announced, Body, Cause, MessageId, ObjectId, On, Pages, Phase, Preview, Rest, Until, Wait};
use crate::tui::paint::record::{self, Note};
use crate::tui::source::SourceKind;
use crate::tui::state::{At, Chosen};
use crate::tui::theme::{Role, Theme};
use crate::tui::view::part;
use crate::world::object::{Cell, End, Holder, Waiter};
use crate::world::{Activity, PartState, World};

/// Spans as they look in the theme without colour.
fn spans(world: &World, state: &PartState, main: bool, room: u16, lang: Lang) -> Vec<(String, Modifier)> {
    // A count of which it can be told how much is taken, and no other shape's business.
    let def = Part::new(Shape::Count, "free slots", "空槽").free_of(0);
    let spans = part::content(world, &def, state, None, main, room, lang);
    spans.into_iter().map(|(text, role)| (text, Theme::Mono.style(role).add_modifier)).collect()
}

#[track_caller]
fn all_differ<T: PartialEq + std::fmt::Debug, N: std::fmt::Debug>(pictures: &[(N, T)]) {
    for (at, (name, picture)) in pictures.iter().enumerate() {
        for (other, twin) in &pictures[..at] {
            assert!(picture != twin, "{name:?} and {other:?} look alike: {picture:#?}");
        }
    }
}

/// A world in which parts can have any state: some of its actors live, one is dead, one message is lost.
fn world() -> World {
    runs::fold(&gallery::events())
}

/// The states of each shape that a student must tell apart.
fn states() -> Vec<(&'static str, Vec<PartState>)> {
    let slots = |ids: &[u64]| PartState::Slots { messages: ids.iter().copied().map(MessageId).collect() };
    let cell = |text: &str| Cell { key: None, value: Preview::new(text), before: None, writer: None, written_at: 0 };
    let cells = |texts: &[&str]| PartState::Cells { cells: texts.iter().map(|text| Arc::new(cell(text))).collect() };
    let keyed = |key: &str| PartState::Cells { cells: [Arc::new(Cell { key: Some(Preview::new(key)), ..cell("0") })].into() };
    let holder = |process: ActorId, copies| Holder { process, copies };
    let end = |holders: Vec<Holder>, seen_closed| End { name: words("reader", "读端"), holders, seen_closed };
    let ends = |ends: Vec<End>| PartState::Ends { ends };
    let owner = |owner: Option<ActorId>, depth| PartState::Owner { owner, depth };
    let waits = |waiters: &[(ActorId, bool)]| PartState::Waiters {
        waiters: waiters.iter().map(|(actor, from_wait)| Waiter { actor: *actor, from_wait: *from_wait }).collect(),
    };
    use gallery::{KILLED, READER, WIDE, WRITER};
    vec![
        // Nothing, a whole message, one that is half through, one that is lost, one of which nothing is known, several.
        ("slots", vec![slots(&[]), slots(&[1]), slots(&[2]), slots(&[4]), slots(&[99]), slots(&[1, 2]), slots(&[2, 1])]),
        ("cells", vec![cells(&[]), cells(&["0"]), cells(&["1"]), cells(&["0", "0"]), cells(&["01"]), keyed("a"), keyed("b")]),
        (
            "bytes",
            vec![
                PartState::Bytes { bytes: 0, pages: None },
                PartState::Bytes { bytes: 20, pages: None },
                PartState::Bytes { bytes: 20, pages: Some(Pages { used: 1, of: 16 }) },
                PartState::Bytes { bytes: 20, pages: Some(Pages { used: 2, of: 16 }) },
            ],
        ),
        (
            "ends",
            vec![
                ends(vec![end(vec![], false)]),
                ends(vec![end(vec![], true)]),
                ends(vec![end(vec![holder(WRITER, 1)], false)]),
                ends(vec![end(vec![holder(WRITER, 1)], true)]),
                ends(vec![end(vec![holder(WRITER, 2)], false)]),
                ends(vec![end(vec![holder(WRITER, 1), holder(WIDE, 1)], false)]),
            ],
        ),
        (
            "count",
            vec![
                PartState::Count { value: 0, max: None },
                PartState::Count { value: 3, max: None },
                PartState::Count { value: 0, max: Some(3) },
                PartState::Count { value: 3, max: Some(3) },
                PartState::Count { value: UNBOUNDED_SLOTS - 1, max: Some(UNBOUNDED_SLOTS) },
                PartState::Count { value: UNBOUNDED_SLOTS - 1, max: None },
            ],
        ),
        ("flag", vec![PartState::Flag { up: true }, PartState::Flag { up: false }]),
        ("owner", vec![owner(None, 0), owner(Some(WRITER), 1), owner(Some(WRITER), 2), owner(Some(READER), 1), owner(Some(KILLED), 1)]),
        (
            "waiters",
            vec![
                waits(&[]),
                waits(&[(READER, false)]),
                waits(&[(READER, true)]),
                waits(&[(READER, false), (WRITER, false)]),
                waits(&[(WRITER, false), (READER, false)]),
            ],
        ),
    ]
}

#[test]
fn no_two_states_of_a_part_look_alike() {
    let world = world();
    for lang in LANGS {
        for (shape, states) in states() {
            assert!(states.iter().all(|state| state.shape_name() == shape), "{shape}");
            for main in [true, false] {
                let pictures: Vec<_> = states.iter().map(|state| (state, spans(&world, state, main, 60, lang))).collect();
                all_differ(&pictures);
            }
        }
    }
    // All shapes that there are.
    let shapes: BTreeSet<&str> = world.all_objects().flat_map(|object| &object.parts).map(PartState::shape_name).collect();
    assert_eq!(shapes, states().iter().map(|(shape, _)| *shape).collect());
}

/// The same part of two worlds, of which one has seen a death more.
#[test]
fn a_dead_holder_and_a_lost_message_are_seen() {
    let events = gallery::events();
    let death = events.iter().position(|event| matches!(event.body, Body::Died(_))).unwrap_or(0);
    let (alive, dead) = (runs::fold(&events[..death]), world());
    for lang in LANGS {
        for state in [PartState::Owner { owner: Some(gallery::KILLED), depth: 1 }, PartState::Slots { messages: [MessageId(4)].into() }] {
            let look = |world: &World| spans(world, &state, true, 60, lang);
            all_differ(&[("alive", look(&alive)), ("dead", look(&dead))]);
        }
    }
}

/// A run with one process beside main, in whatever activity; at rest or not.
fn one(activity: &Activity, stopped: bool, at_rest: bool) -> Look {
    use crate::kind::process;
    use crate::world::sample::{MAIN, Sample};
    let mut run = Sample::new();
    run.step(MAIN, &process::BEGIN, &process::BEGIN_BEGAN, crate::world::sample::Did::default());
    let id = ActorId(3);
    run.born(id, "worker", "work", Some(MAIN));
    let acted = |next| {
        Body::Acted(crate::trace::Acted {
            op: process::SLEEP.id,
            outcome: 0,
            on: On::Nothing,
            line: 2,
            detail: None,
            next,
            changes: vec![],
        })
    };
    match activity {
        Activity::Unborn => {}
        Activity::Ready(announced) => run.push(id, Body::Announced(announced.clone())),
        Activity::Running => run.push(id, acted(crate::trace::Next::Goes)),
        Activity::Waiting(wait) => run.push(id, acted(crate::trace::Next::Waits(wait.clone()))),
        Activity::Ending => run.push(id, acted(crate::trace::Next::Ends)),
        Activity::Dead(cause) => run.host(Body::Died(crate::trace::Died { actor: id, cause: *cause, changes: vec![] })),
    }
    if stopped {
        run.host(Body::Stopped { actor: id, stopped: true });
    }
    if at_rest {
        let candidates = runs::candidates(&run.world);
        run.host(Body::Rest(Rest { candidates, next_deadline: None, stuck: false }));
    }
    Look::new("one", "work();\nwork();\n", &run.events, Lang::En)
}

#[test]
fn no_two_states_of_an_actor_look_alike() {
    let announced = Announced { op: crate::kind::process::SLEEP.id, on: On::Nothing, line: 2, detail: Some(Preview::new("1")) };
    let waits = |until| Activity::Waiting(Wait { until, deadline: Some(2_000_000_000) });
    // One at its end runs, as one that takes any other step.
    let states = [
        ("unborn", Activity::Unborn, false, true),
        ("running", Activity::Running, false, false),
        ("ready", Activity::Ready(announced), false, true),
        ("waiting", waits(vec![Until::Ended(ActorId::MAIN)]), false, true),
        ("asleep", waits(vec![Until::Deadline]), false, true),
        ("stopped", Activity::Running, true, true),
        ("dead", Activity::Dead(Cause::Exit(0)), false, true),
        ("killed", Activity::Dead(Cause::Signal(9)), false, true),
    ];
    for lang in LANGS {
        for (width, height) in [(80, 24), (120, 40)] {
            let mut lanes = Vec::new();
            let mut panels = Vec::new();
            for (name, activity, stopped, at_rest) in &states {
                let mut look = one(activity, *stopped, *at_rest);
                look.ui.lang = lang;
                let drawn = look.draw(width, height);
                lanes.push((*name, lane(&drawn)));
                look.ui.focus = crate::tui::state::Focus::Objects;
                panels.push((*name, panel(&look)));
            }
            all_differ(&lanes);
            all_differ(&panels);
        }
    }
}

/// What the space-time picture shows of the process now: its heading, and its cells in the last row.
fn lane(drawn: &Buffer) -> Vec<String> {
    let lines: Vec<String> = text(drawn).lines().map(str::to_owned).collect();
    let after = lines.iter().position(|line| line.starts_with('•')).unwrap_or(0);
    let x = lines[1].split("worker").next().map_or(0, |before| before.chars().count());
    let of = |line: &str| line.chars().skip(x.saturating_sub(1)).take(20).collect::<String>();
    vec![of(&lines[1]), of(&lines[after]), of(&lines[after + 1])]
}

/// The line of the list of actors that is the process's.
fn panel(look: &Look) -> String {
    text(&look.draw(120, 40)).lines().skip(2).filter(|line| line.contains("worker")).collect::<Vec<_>>().join("\n")
}

#[test]
fn no_two_states_of_a_run_look_alike() {
    for lang in LANGS {
        let mut pictures = Vec::new();
        for kind in [SourceKind::Live, SourceKind::Recorded] {
            for playing in [Phase::Paused, Phase::Running, Phase::Ended, Phase::Stuck] {
                let mut look = Look::new("event", runs::EVENT, &runs::event(), lang);
                (look.status.kind, look.status.phase) = (kind, playing);
                pictures.push(((kind, playing, "now"), text(&look.draw(80, 24))));
            }
        }
        let mut look = Look::new("event", runs::EVENT, &runs::event(), lang);
        look.status.gated = false;
        pictures.push(((SourceKind::Live, Phase::Paused, "free"), text(&look.draw(80, 24))));
        look.status.phase = Phase::Running;
        pictures.push(((SourceKind::Live, Phase::Running, "free"), text(&look.draw(80, 24))));
        look.ui.at = At::Past(look.timeline.rows().len());
        pictures.push(((SourceKind::Live, Phase::Running, "past"), text(&look.draw(80, 24))));
        all_differ(&pictures);
    }
}

/// A broken object, a chosen one, and one that the last step changed are marked in words or signs.
#[test]
fn marks_are_no_colours() {
    let look = |chosen| {
        let mut look = Look::new("gallery", gallery::SOURCE, &gallery::events(), Lang::En);
        look.ui.chosen = chosen;
        look.text(200, 60)
    };
    let mut pictures = vec![(None, look(None))];
    for chosen in [Chosen::Actor(ActorId::MAIN), Chosen::Actor(gallery::WIDE), Chosen::Object(ObjectId(1)), Chosen::Object(ObjectId(8))] {
        pictures.push((Some(chosen), look(Some(chosen))));
    }
    all_differ(&pictures);
}

/// The same words in two colours are two styles without colour as well: by panel, over all views, moments
/// and languages. Source text is left out, where colours only repeat what the characters say.
#[test]
fn whatever_differs_in_colour_differs_without() {
    let mut seen: BTreeMap<(String, String), Vec<(Style, String)>> = BTreeMap::new();
    let mut look_at = |stage: &Stage, (width, height): (u16, u16), view: &str| {
        let notes = record::of(|| {
            stage.draw(width, height);
        });
        let area = ratatui::layout::Rect::new(0, 0, width, height);
        let (scene, ui) = stage.frame(area);
        let places = crate::tui::view::places(area, &scene, &ui);
        let panels = [
            ("header", places.header),
            ("spacetime", places.spacetime),
            ("next", places.next),
            ("objects", places.objects),
            ("printed", places.printed),
            ("why", places.why),
            ("footer", places.footer),
        ];
        for note in notes {
            let Note::Put { x, y, text, style, .. } = note else { continue };
            let panel = panels.iter().find(|(_, rect)| rect.contains((x, y).into()));
            let heading = panel.is_some_and(|(_, rect)| rect.y == y && rect.height > 1);
            // A step's number has a sign before it, `•` done, `►` next; where the shown point lies, the header says.
            let said = text.trim().chars().any(|c| !c.is_ascii_digit() && c != '●');
            if let (Some((panel, _)), true) = (panel, said) {
                let styles = seen.entry((format!("{panel}{}", if heading { " heading" } else { "" }), text)).or_default();
                if !styles.iter().any(|(known, _)| *known == style) {
                    styles.push((style, format!("{view} {width}×{height}")));
                }
            }
        }
    };
    for view in VIEWS {
        for lang in LANGS {
            let mut stage = view.stage(lang);
            if !stage.is_run() || stage.look.ui.overlay.is_some() {
                continue;
            }
            stage.look.ui.theme = Theme::Dark;
            for size in [(80, 24), (120, 40), (200, 60)] {
                look_at(&stage, size, view.name);
            }
        }
    }
    for (name, source, events) in [
        ("queue", runs::QUEUE, runs::queue()),
        ("condition", runs::CONDITION, runs::condition()),
        ("event", runs::EVENT, runs::event()),
        ("pipe", runs::PIPE, runs::stuck()),
    ] {
        let mut stage = Stage::new(name, source, &events, Lang::En);
        stage.look.ui.theme = Theme::Dark;
        for rows in 0..=stage.look.timeline.rows().len() {
            stage.look.ui.at = At::Past(rows);
            look_at(&stage, (120, 40), name);
        }
    }
    let mut alike = Vec::new();
    for ((panel, text), styles) in &seen {
        for (at, (style, place)) in styles.iter().enumerate() {
            for (other, twin_place) in &styles[..at] {
                if without(*style) == without(*other) {
                    alike.push(format!("{panel}: {text:?} as {:?} in {place} and as {:?} in {twin_place}", role(*style), role(*other)));
                }
            }
        }
    }
    assert!(alike.is_empty(), "{alike:#?}");
}

/// The role that has these colours.
fn role(style: Style) -> Role {
    let of = |role: &&Role| {
        let known = Theme::Dark.style(**role);
        (known.fg, known.bg, known.add_modifier) == (style.fg, style.bg, style.add_modifier)
    };
    *Role::ALL.iter().find(of).unwrap_or_else(|| panic!("no role has the style {style:?}"))
}

/// The modifiers that a style has in the theme without colour.
fn without(style: Style) -> Modifier {
    Theme::Mono.style(role(style)).add_modifier
}
