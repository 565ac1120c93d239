//! A run in which nobody can go on, on a screen of few lines: who waits for whom, the lanes, and a line of the
//! source stay beside each other, and what has no room there is in the window of `w`.

use super::why::{self, squeezed};
use super::{Look, runs};
use crate::kind::{self, Lang};
use crate::trace::{ActorId, Change, Event, ObjectId, On, PartRef, Until};
use crate::tui::keys::Action;
use crate::tui::state::{Chosen, Overlay};
use crate::tui::view::{self, layout};
use crate::tui::{labels, narrate};
use crate::world::sample::{Did, MAIN, Sample, waits};
use ratatui::layout::Rect;

const TABLE: &str = r#"fn philosopher(first, second) {
    with first {
        with second {
            print("eats");
        }
    }
}

let philosophers = [];
for p in philosophers { p.start(); }
for p in philosophers { p.join(); }
"#;

/// Philosophers round a table, each with the fork to its left, and things that nobody needs.
fn table(philosophers: u16, idle: u16) -> Vec<Event> {
    let who = |at: u16| ActorId(3 + (at % philosophers));
    let fork = |at: u16| ObjectId(1 + idle + (at % philosophers));
    let mut run = Sample::new();
    for at in 0..idle {
        run.make(MAIN, ObjectId(1 + at), kind::lock::ID, &format!("idle_{at}"), 9);
    }
    for at in 0..philosophers {
        run.make(MAIN, fork(at), kind::lock::ID, &format!("forks[{at}]"), 9);
    }
    for at in 0..philosophers {
        run.start(who(at), &format!("phil_{at}"), "philosopher", 10);
    }
    for at in 0..philosophers {
        let changes = vec![Change::Owned { part: PartRef::new(fork(at), kind::lock::OWNER), owner: Some(who(at)), depth: 1 }];
        let did = Did { on: On::Object(fork(at)), line: 2, changes, ..Did::default() };
        run.step(who(at), &kind::lock::ACQUIRE, &kind::lock::ACQUIRE_TOOK, did);
    }
    for at in 0..philosophers {
        let next = waits(vec![Until::OwnerFree(PartRef::new(fork(at + 1), kind::lock::OWNER), None)], None);
        let changes = vec![Change::Queued { part: PartRef::new(fork(at + 1), kind::lock::WAITERS), actor: who(at) }];
        let did = Did { on: On::Object(fork(at + 1)), line: 3, next, changes, ..Did::default() };
        run.step(who(at), &kind::lock::ACQUIRE, &kind::lock::ACQUIRE_WAITS, did);
    }
    run.join(who(0), 11);
    run.rest(&[], true);
    runs::gated(&run)
}

fn looks(lang: Lang) -> Vec<Look> {
    let mut looks: Vec<Look> = ["locks", "asleep", "pipe"].map(|name| why::look(name, lang)).into();
    looks.extend([(3, 0), (5, 0), (9, 4), (12, 0)].map(|(philosophers, idle)| Look::new("table", TABLE, &table(philosophers, idle), lang)));
    looks
}

fn places(look: &Look, width: u16, height: u16) -> layout::Places {
    view::places(Rect::new(0, 0, width, height), &look.scene(height), &look.ui)
}

/// Whoever is chosen, its line of the source is there, and so are lanes, objects and the reasons.
#[test]
fn no_panel_pushes_out_another() {
    for lang in [Lang::En, Lang::Zh] {
        for mut look in looks(lang) {
            let world = look.scene(24).world;
            for actor in world.processes().filter(|actor| actor.line > 0) {
                look.ui.chosen = Some(Chosen::Actor(actor.id));
                for (width, height) in [(80, 24), (80, 30), (100, 27), (120, 40)] {
                    let places = places(&look, width, height);
                    assert!(places.spacetime.height >= 6 && places.objects.height >= 2 && places.why.height >= 5, "{places:?}");
                    let drawn = look.text(width, height);
                    let source = look.status.scenario.source.lines().nth(actor.line as usize - 1).unwrap_or_default();
                    // A long line ends with an ellipsis.
                    let shown: String = source.chars().take(20).collect();
                    let (from, to) = (usize::from(places.code.y), usize::from(places.code.bottom()));
                    let code: Vec<&str> = drawn.lines().skip(from).take(to - from).collect();
                    let found = code.iter().any(|line| line.contains(&format!("►{:>2}", actor.line)) && line.contains(&shown));
                    assert!(found, "{} at line {} in {code:#?}\n{drawn}", actor.name, actor.line);
                }
            }
        }
    }
}

#[test]
fn a_large_ring_at_80x24() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let mut look = Look::new("table", TABLE, &table(5, 0), lang);
        insta::assert_snapshot!(format!("stuck_table_80x24_{tag}"), look.text(80, 24));
        look.act(Action::Why);
        look.settle_window(80, 24);
        insta::assert_snapshot!(format!("window_of_why_80x24_{tag}"), look.text(80, 24));
        look.act(Action::End);
        insta::assert_snapshot!(format!("window_of_why_end_80x24_{tag}"), look.text(80, 24));
    }
}

/// What stands in a window over a screen of 80×24, from a row on; a wide character's second cell is a space.
fn inside(look: &Look, from: u16) -> String {
    let drawn = look.draw(80, 24);
    (from..23).flat_map(|y| (3..77).map(move |x| (x, y))).map(|at| drawn[at].symbol()).collect()
}

/// Read line by line, the window tells every chain with its times, every remedy, and where everybody is.
#[test]
fn the_window_leaves_nothing_out() {
    for lang in [Lang::En, Lang::Zh] {
        for mut look in looks(lang) {
            let scene = look.scene(24);
            look.act(Action::Why);
            look.settle_window(80, 24);
            let mut read = inside(&look, 0);
            while look.ui.overlay.as_mut().and_then(Overlay::reach).is_some_and(|reach| reach.at < reach.last) {
                look.act(Action::Down);
                // A line further, the last line is new.
                read.push_str(&inside(&look, 22));
            }
            let read = squeezed(&read);
            let remedies = scene.remedies.iter().map(|remedy| narrate::remedy(&scene.world, remedy, lang));
            let alive = scene.world.processes().filter(|actor| actor.id != ActorId::HAND && !actor.is_dead());
            let stands = alive.map(|actor| narrate::stands(&scene.world, actor.id, lang));
            let chains = scene.chains.iter().flat_map(|chain| &chain.links).map(|link| link.full.clone());
            for said in remedies.chain(stands).chain(chains) {
                assert!(read.contains(&squeezed(&said)), "{said}\nis not in\n{read}");
            }
        }
    }
}

/// What a panel counts or cuts off, it gives a key for; where all is there, it does not.
#[test]
fn the_panel_names_the_key_of_the_window() {
    for lang in [Lang::En, Lang::Zh] {
        for mut look in looks(lang) {
            for present in [false, true] {
                look.ui.presenting = present;
                let scene = look.scene(24);
                let places = places(&look, 80, 24);
                let panel = if present { places.caption } else { places.why };
                let drawn = look.text(80, 24);
                let said: String = drawn.lines().skip(usize::from(panel.y)).take(usize::from(panel.height)).collect();
                let all =
                    scene.remedies.iter().all(|remedy| squeezed(&said).contains(&squeezed(&narrate::remedy(&scene.world, remedy, lang))));
                let more = labels::more_in_the_window(10, lang);
                let counted = more.split("10").nth(1).is_some_and(|rest| said.contains(rest));
                let keyed = counted || said.contains(labels::ALL_OF_IT.get(lang));
                assert_eq!(all, !keyed, "{drawn}");
            }
        }
    }
}

/// Where lines are few, what is waited for is shown before what nobody needs.
#[test]
fn what_is_waited_for_is_seen_first() {
    let look = Look::new("table", TABLE, &table(3, 6), Lang::En);
    let places = places(&look, 80, 24);
    let drawn = look.text(80, 24);
    let objects: Vec<&str> = drawn.lines().skip(usize::from(places.objects.y) + 1).take(usize::from(places.objects.height) - 1).collect();
    assert!(objects.iter().all(|line| line.contains("forks[")), "{objects:#?}");
    assert!(objects.iter().any(|line| line.contains("+7 more")), "{objects:#?}");
}
