//! Why: chains of the chosen, rings of a run that is stuck, and what could be done, with keys that do it.

use super::{Look, runs};
use crate::kind::{self, Lang};
use crate::text::chosen::Stands;
use crate::trace::{ActorId, Event, ObjectId};
use crate::tui::answer::Effect;
use crate::tui::keys::Action;
use crate::tui::menu::Choice;
use crate::tui::source::{Intent, SourceKind};
use crate::tui::state::{At, Chosen, Overlay};
use crate::tui::{labels, narrate, paint};
use crate::world::remedy::Deed;
use crate::world::sample;

const LOCKS: &str = r#"let a = Lock();
let b = Lock();
let p1 = Process("p1", first, [a, b]); p1.start();
let p2 = Process("p2", second, [a, b]); p2.start();

p1.join();


fn first(a, b) {
    a.acquire();
    b.acquire();
}

// The other way round.



fn second(a, b) {

    b.acquire();
    a.acquire();
}
"#;

const ASLEEP: &str = r#"let cond = Condition();
let ready = Event();
Process("sleeper", sleep_on, [cond]).start();
let waiter = Process("waiter", wait_for, [ready]); waiter.start();

waiter.join();

fn sleep_on(cond) {
    with cond {
        cond.wait();
    }
}



// Nobody sets the flag.


fn wait_for(ready) {
    ready.wait();
}
"#;

pub(super) fn look(name: &str, lang: Lang) -> Look {
    let (source, events): (&str, Vec<Event>) = match name {
        "locks" => (LOCKS, runs::gated(&sample::locks_run())),
        "permits" => (LOCKS, runs::gated(&sample::permits_run())),
        "flags" => (LOCKS, runs::gated(&sample::flags_run())),
        "asleep" => (ASLEEP, runs::gated(&sample::asleep_run())),
        "pipe" => (runs::PIPE, runs::stuck()),
        "condition" => (runs::CONDITION, runs::condition()),
        _ => (runs::QUEUE, runs::queue()),
    };
    Look::new(name, source, &events, lang)
}

#[test]
fn a_standstill_is_drawn_with_its_ways_out() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        for name in ["locks", "permits", "flags", "asleep"] {
            let look = look(name, lang);
            insta::assert_snapshot!(format!("stuck_{name}_80x24_{tag}"), look.text(80, 24));
            insta::assert_snapshot!(format!("stuck_{name}_120x40_{tag}"), look.text(120, 40));
        }
    }
}

#[test]
fn what_is_chosen_is_told_of() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let mut waiting = look("condition", lang);
        waiting.ui.chosen = Some(Chosen::Actor(ActorId(3)));
        insta::assert_snapshot!(format!("chosen_waits_80x24_{tag}"), waiting.text(80, 24));
        let mut ready = look("queue", lang);
        ready.ui.at = At::Past(12);
        ready.ui.chosen = Some(Chosen::Actor(ActorId(3)));
        insta::assert_snapshot!(format!("chosen_ready_120x40_{tag}"), ready.text(120, 40));
        ready.ui.chosen = Some(Chosen::Object(ObjectId(1)));
        insta::assert_snapshot!(format!("chosen_object_80x24_{tag}"), ready.text(80, 24));
    }
}

/// The chosen one is told of at every moment, in a screen of any width.
#[test]
fn a_chosen_one_is_never_left_out() {
    for name in ["queue", "condition", "locks", "permits", "flags", "asleep", "pipe"] {
        for lang in [Lang::En, Lang::Zh] {
            let mut look = look(name, lang);
            for rows in 1..=look.timeline.rows_total() {
                look.ui.at = At::Past(rows);
                let world = look.scene(60).world;
                for actor in world.processes().filter(|actor| actor.id != ActorId::HAND) {
                    look.ui.chosen = Some(Chosen::Actor(actor.id));
                    let Some(stands) = narrate::chosen(&world, Chosen::Actor(actor.id), lang) else { continue };
                    let said = match stands {
                        Stands::Said(said) => said,
                        // In a standstill everybody's chain is there, perhaps as a part of another's.
                        Stands::Waits(_) if world.stuck() => continue,
                        Stands::Waits(chain) => chain.to_string(),
                    };
                    for width in [80, 120] {
                        let drawn = squeezed(&look.text(width, 60));
                        assert!(
                            drawn.contains(&squeezed(&said)),
                            "{name} after {rows} rows, {}: {said}\n{}",
                            actor.name,
                            look.text(width, 60)
                        );
                    }
                }
            }
        }
    }
}

/// A text without what wrapping and drawing put between its words.
pub(super) fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric() || paint::char_width(*c) == 2).collect()
}

/// Whoever does as he is told finds the line in the menu, and what it asks for is what was proposed.
#[test]
fn every_proposed_key_does_what_it_says() {
    for name in ["locks", "asleep", "pipe"] {
        let mut look = look(name, Lang::En);
        let remedies = look.scene(24).remedies;
        assert!(remedies.len() > 1);
        for remedy in remedies {
            look.ui.overlay = None;
            let key = match remedy.deed {
                Deed::Act(op, on) => {
                    if op == kind::event::SET.id {
                        look.ui.chosen = None;
                        assert_eq!(look.act(Action::Flag), [Effect::Tell(Intent::Hand(op, on, None))]);
                    }
                    look.ui.chosen = on.object().map(Chosen::Object);
                    Action::Act
                }
                Deed::Kill(id) => {
                    look.ui.chosen = Some(Chosen::Actor(id));
                    Action::Signals
                }
                Deed::Branch(step, _) => {
                    look.ui.at = At::Past(look.timeline.rows_at_step(step - 1));
                    assert_eq!(look.scene(24).world.step, step - 1);
                    assert_eq!(look.act(Action::Branch), [Effect::Tell(Intent::Branch(look.scene(24).point))]);
                    look.ui.at = At::Now;
                    continue;
                }
            };
            look.act(key);
            let Some(Overlay::Menu(menu)) = &look.ui.overlay else { panic!("{remedy:?} has no menu: {:?}", look.ui.message) };
            let found = menu.items.iter().any(|(_, choice)| match (choice, remedy.deed) {
                (Choice::Tell(Intent::Hand(op, on, None)), Deed::Act(wanted, at)) => (*op, *on) == (wanted, at),
                (Choice::Ask(prompt), Deed::Act(op, on)) => prompt.target == crate::tui::menu::Target::On(op, on),
                (Choice::Tell(Intent::Signal(id, _)), Deed::Kill(killed)) => *id == killed,
                _ => false,
            });
            assert!(found, "{remedy:?} is not in {menu:?}");
        }
    }
}

#[test]
fn nothing_is_proposed_where_nothing_can_be_done() {
    let mut look = look("locks", Lang::En);
    assert!(look.text(80, 24).contains(labels::COULD_DO.en));
    assert!(look.text(80, 24).contains("then b: the run again"));
    look.status.gated = false;
    assert!(!look.text(80, 24).contains("then b: the run again"));
    look.status.kind = SourceKind::Recorded;
    assert!(!look.text(80, 24).contains(labels::COULD_DO.en));
    look.status.kind = SourceKind::Live;
    look.ui.at = At::Past(look.timeline.rows_total());
    assert!(!look.text(80, 24).contains(labels::COULD_DO.en));
}
