//! Control and the hand on the screen: menus, typed values, parameters, an edited source.

use super::{Look, runs, told};
use crate::kind::{self, Lang};
use crate::trace::scenario::Setting;
use crate::trace::{ActorId, Body, Change, Event, Goal, ObjectId, On, PartRef, Phase};
use crate::tui::input::on_paste;
use crate::tui::keys::Action;
use crate::tui::labels;
use crate::tui::menu::Choice;
use crate::tui::source::{Draft, DraftFault, Intent};
use crate::tui::state::{At, Chosen, Overlay};
use std::sync::Arc;

fn event() -> Look {
    Look::new("event", runs::EVENT, &runs::event(), Lang::En)
}

/// A run up to its last rest at which so many could go.
fn at_a_choice(name: &str, source: &str, events: &[crate::trace::Event], count: usize, lang: Lang) -> Look {
    let choice = |event: &crate::trace::Event| match &event.body {
        crate::trace::Body::Rest(rest) => rest.candidates.len() == count,
        _ => false,
    };
    let end = events.iter().rposition(choice).map_or(events.len(), |at| at + 1);
    Look::new(name, source, &events[..end], lang)
}

#[test]
fn a_value_is_put_by_hand() {
    // A queue of four whose ends somebody holds, with so many free slots.
    let with_free = |value| {
        let mut events = runs::queue()[..20].to_vec();
        let free = Change::Counted { part: PartRef::new(ObjectId(1), kind::queue::SLOTS), value, max: Some(4) };
        let ends = PartRef::new(ObjectId(1), kind::queue::ENDS);
        let opened = [0, 1].map(|end| Change::Opened { part: ends, end, process: ActorId(3) });
        events.push(Event { body: Body::Also { changes: opened.into_iter().chain([free]).collect() }, ..events[19].clone() });
        let mut look = Look::new("queue", runs::QUEUE, &events, Lang::En);
        look.ui.chosen = Some(Chosen::Object(ObjectId(1)));
        look
    };
    // While no slot is free the line says so, and does nothing but that.
    let mut look = with_free(0);
    look.act(Action::Act);
    assert!(look.text(80, 24).contains("put q: free slots: 0"), "{}", look.text(80, 24));
    assert_eq!(look.act(Action::Act), []);
    assert!(matches!(look.ui.overlay, Some(Overlay::Menu(_))));
    assert_eq!(look.ui.message.as_deref(), Some("free slots: 0"));
    let mut look = with_free(3);
    look.act(Action::Act);
    assert_eq!(look.act(Action::Act), []);
    // An empty line will not do; q is a letter here, not the way out.
    assert_eq!(look.type_in("\n"), []);
    assert!(look.text(80, 24).contains(labels::WRONG_EMPTY.en), "{}", look.text(80, 24));
    let put = Intent::Hand(kind::queue::PUT.id, On::Object(ObjectId(1)), Some("q 1".to_owned()));
    // The line stays until the run has taken the value.
    assert_eq!(look.type_in("q 1\n"), told(put));
    assert!(matches!(look.ui.overlay, Some(Overlay::Prompt(_))));
}

#[test]
fn a_cell_is_written_by_hand() {
    let mut look = event();
    look.ui.chosen = Some(Chosen::Object(ObjectId(2)));
    look.act(Action::Act);
    look.act(Action::Act);
    assert_eq!(look.type_in("7 = 1\n"), []);
    assert!(look.text(80, 24).contains("The cells are 0 to 1."));
    look.clear_line();
    let write = Intent::Hand(kind::array::WRITE.id, On::Cell(ObjectId(2), 1), Some("10".to_owned()));
    assert_eq!(look.type_in("1=10\n"), told(write));
}

/// What a manager keeps is acted on like anything else; where cells have keys, the key is typed too.
#[test]
fn what_a_manager_keeps_is_in_reach() {
    use kind::{managed, managed_queue};
    let events = super::gallery::others();
    let chosen = |kind, lang| {
        let mut look = Look::new("others", "// others", &events, lang);
        let world = look.scene(24).head;
        let object = world.all_objects().find(|object| object.kind == kind).expect("an object of each kind").id;
        look.ui.chosen = Some(Chosen::Object(object));
        look.act(Action::Act);
        (look, object)
    };
    let hand = |op, on, value: &str| told(Intent::Hand(op, on, Some(value.to_owned())));
    let entry = |object, key: &str, value: &str| {
        told(Intent::HandEntry { op: managed::WRITE.id, object, key: key.to_owned(), value: value.to_owned() })
    };
    let (mut look, object) = chosen(managed::VALUE_ID, Lang::En);
    look.act(Action::Act);
    assert_eq!(look.type_in("3\n"), hand(managed::WRITE.id, On::Cell(object, 0), "3"));
    let (mut look, object) = chosen(managed::LIST_ID, Lang::En);
    look.act(Action::Act);
    assert_eq!(look.type_in("0 = 3\n"), hand(managed::WRITE.id, On::Cell(object, 0), "3"));
    let (mut look, object) = chosen(managed::LIST_ID, Lang::En);
    look.act(Action::Down);
    look.act(Action::Act);
    assert_eq!(look.type_in("3\n"), hand(managed::APPEND.id, On::Object(object), "3"));
    for kind in [managed::DICT_ID, managed::NAMESPACE_ID, managed::OBJECT_ID] {
        let (mut look, object) = chosen(kind, Lang::En);
        look.act(Action::Act);
        assert_eq!(look.type_in("new = 3\n"), entry(object, "new", "3"));
    }
    let (mut look, object) = chosen(managed_queue::ID, Lang::En);
    look.act(Action::Act);
    assert_eq!(look.type_in("3\n"), hand(managed_queue::PUT.id, On::Object(object), "3"));
    for (down, op) in [(1, managed_queue::GET.id), (2, managed_queue::TASK_DONE.id)] {
        let (mut look, object) = chosen(managed_queue::ID, Lang::En);
        (0..down).for_each(|_| drop(look.act(Action::Down)));
        assert_eq!(look.act(Action::Act), told(Intent::Hand(op, On::Object(object), None)));
    }
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let (look, _) = chosen(managed_queue::ID, lang);
        insta::assert_snapshot!(format!("kept_menu_80x24_{tag}"), look.text(80, 24));
        let (mut look, _) = chosen(managed::DICT_ID, lang);
        look.act(Action::Act);
        look.type_in("new\n");
        insta::assert_snapshot!(format!("kept_entry_80x24_{tag}"), look.text(80, 24));
    }
}

#[test]
fn a_branch_begins_in_the_past() {
    let mut look = event();
    assert_eq!(look.act(Action::Branch), []);
    assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_BRANCH_NOW.en));
    look.ui.at = At::Past(4);
    assert_eq!(look.act(Action::Branch), told(Intent::Branch(look.scene(24).point)));
}

#[test]
fn a_parameter_is_typed_or_chosen_and_the_run_begins_again() {
    let set = |name: &str, text: &str| told(Intent::SetParam { name: name.to_owned(), text: text.to_owned(), lang: Lang::En });
    let mut look = event();
    look.act(Action::Params);
    look.act(Action::Act);
    on_paste(&mut look.ui, "er\nand more");
    assert_eq!(look.type_in("!\n"), set("reader", "reader!"));
    // The run may refuse it, so the line stays open until it answers.
    assert!(matches!(look.ui.overlay, Some(Overlay::Prompt(_))));
    look.ui.overlay = None;
    let mut scenario = (*look.status.scenario).clone();
    scenario.params[0].choices = ["read", "write"].map(|text| Setting::Text(text.to_owned())).to_vec();
    look.status.scenario = Arc::new(scenario.clone());
    look.act(Action::Params);
    look.act(Action::Act);
    look.act(Action::Down);
    assert_eq!(look.act(Action::Act), set("reader", "write"));
    scenario.params.clear();
    look.status.scenario = Arc::new(scenario);
    assert_eq!(look.act(Action::Params), []);
    assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_NO_PARAMS.en));
}

#[test]
fn the_gate_is_opened_and_closed_at_any_moment() {
    let mut look = event();
    assert_eq!(look.act(Action::Free), told(Intent::Free));
    look.status.gated = false;
    assert!(look.text(80, 24).contains("PAUSED free"));
    assert_eq!(look.act(Action::Free), told(Intent::Gated));
    for action in [Action::Next, Action::ChooseGrant, Action::RunUntil] {
        assert_eq!(look.act(action), [], "{action:?}");
        assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_FREE_STEP.en), "{action:?}");
    }
    assert_eq!(look.act(Action::Faster), []);
    assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_FREE_PACE.en));
    look.status.phase = Phase::Ended;
    assert_eq!(look.act(Action::Free), []);
    assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_ENDED.en));
}

/// What would be refused is not offered, and what has ended offers nothing.
#[test]
fn a_free_run_offers_no_steps() {
    for chosen in [Chosen::Actor(ActorId(3)), Chosen::Object(ObjectId(1))] {
        let mut look = event();
        look.ui.chosen = Some(chosen);
        let offers = |look: &mut Look| {
            look.act(Action::Act);
            match look.ui.overlay.take() {
                Some(Overlay::Menu(menu)) => menu.items.into_iter().map(|(_, choice)| choice).collect::<Vec<_>>(),
                _ => Vec::new(),
            }
        };
        let by_steps = |choice: &Choice| matches!(choice, Choice::Tell(Intent::StepActor(_) | Intent::RunUntil(_)));
        assert!(offers(&mut look).iter().any(by_steps));
        for (gated, playing) in [(false, Phase::Running), (false, Phase::Paused), (true, Phase::Stuck)] {
            (look.status.gated, look.status.phase) = (gated, playing);
            let offered = offers(&mut look);
            assert!(!offered.is_empty() && !offered.iter().any(by_steps), "{playing:?}: {offered:?}");
        }
        look.status.phase = Phase::Ended;
        assert_eq!(offers(&mut look), []);
        assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_ENDED.en));
    }
}

/// With `--no-motion` the source stays where it is while a run goes by itself, and follows again when it pauses.
#[test]
fn the_source_stands_still_while_a_run_goes() {
    let mut look = Look::new("queue", runs::QUEUE, &runs::queue(), Lang::En);
    let area = ratatui::layout::Rect::new(0, 0, 80, 24);
    let lines = |look: &mut Look, playing, rows| {
        (look.status.phase, look.ui.at) = (playing, At::Past(rows));
        look.settle(80, 24);
        let scene = look.scene(24);
        let drawn = look.text(80, 24);
        let place = crate::tui::view::places(area, &scene, &look.ui).code;
        let first = drawn.lines().nth(usize::from(place.y) + 1).unwrap_or_default();
        first.split_whitespace().find_map(|word| word.parse::<u32>().ok()).expect("a line's number")
    };
    for still in [false, true] {
        look.ui.still = still;
        let paused = lines(&mut look, Phase::Paused, 8);
        assert_eq!(lines(&mut look, Phase::Running, 8), paused);
        assert_eq!(lines(&mut look, Phase::Running, 12) == paused, still);
        assert_ne!(lines(&mut look, Phase::Paused, 12), paused);
    }
}

/// Both sleepers want the lock: who gets it is chosen with three keys.
#[test]
fn who_gets_the_lock_is_chosen() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let mut look = at_a_choice("condition", runs::CONDITION, &runs::condition(), 2, lang);
        let candidates = look.scene(24).head.rest.as_ref().map(|rest| rest.candidates.clone()).unwrap_or_default();
        look.act(Action::ChooseGrant);
        insta::assert_snapshot!(format!("who_goes_80x24_{tag}"), look.text(80, 24));
        look.act(Action::Down);
        assert_eq!(look.act(Action::Act), told(Intent::StepActor(candidates[1].actor)));
        // The chosen process is under the cursor at once.
        look.ui.chosen = Some(Chosen::Actor(candidates[1].actor));
        look.act(Action::ChooseGrant);
        assert_eq!(look.act(Action::Act), told(Intent::StepActor(candidates[1].actor)));
        look.ui.at = At::Past(3);
        assert_eq!(look.act(Action::ChooseGrant), []);
        assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_PAST.get(lang)));
    }
}

#[test]
fn a_run_goes_until_a_line_an_object_or_an_end() {
    let mut look = Look::new("queue", runs::QUEUE, &runs::queue()[..20], Lang::En);
    look.ui.chosen = Some(Chosen::Object(ObjectId(1)));
    look.act(Action::RunUntil);
    insta::assert_snapshot!("run_until_80x24_en", look.text(80, 24));
    assert_eq!(look.act(Action::Act), told(Intent::RunUntil(Goal::Object(ObjectId(1)))));
    look.act(Action::RunUntil);
    look.act(Action::Down);
    assert_eq!(look.act(Action::Act), told(Intent::RunUntil(Goal::Ended(ActorId::MAIN))));
    look.ui.chosen = None;
    look.act(Action::RunUntil);
    look.act(Action::Act);
    assert_eq!(look.type_in("99\n"), []);
    assert!(look.text(80, 24).contains("The lines are 1 to"));
    look.clear_line();
    assert_eq!(look.type_in("11\n"), told(Intent::RunUntil(Goal::Line(11))));
    look.act(Action::RunUntil);
    look.act(Action::Down);
    assert_eq!(look.act(Action::Act), told(Intent::RunUntil(Goal::Rivals)));
}

#[test]
fn faults_are_shown_at_their_lines_while_the_old_run_stays() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let mut look = Look::new("event", runs::EVENT, &runs::event(), lang);
        let fault = |line, en, zh| DraftFault { line, said: super::bilingual(en, zh) };
        look.ui.draft = Some(Draft {
            file: "event".to_owned(),
            source: runs::EVENT.replace("print(", "prnt("),
            faults: vec![fault(10, "there is no function `prnt`  → print(…)", "没有函数 `prnt`  → print(…)")],
        });
        insta::assert_snapshot!(format!("draft_80x24_{tag}"), look.text(80, 24));
        insta::assert_snapshot!(format!("draft_120x40_{tag}"), look.text(120, 40));
        for (width, height) in [(1, 1), (10, 3), (30, 8), (110, 24)] {
            look.draw(width, height);
        }
        assert_eq!(look.act(Action::Leave), []);
        assert_eq!(look.ui.draft, None);
    }
}

/// A menu that is higher than the window scrolls, and says so.
#[test]
fn the_line_under_the_cursor_is_always_seen() {
    let mut run = crate::world::sample::Sample::new();
    for at in 0..40 {
        run.start(ActorId(3 + at), &format!("worker-{at}"), "work", 2);
    }
    let mut look = Look::new("many", "// many", &runs::gated(&run), Lang::En);
    look.act(Action::RunUntil);
    let Some(Overlay::Menu(menu)) = &look.ui.overlay else { panic!("no menu") };
    for _ in 0..menu.items.len() {
        let Some(Overlay::Menu(menu)) = &look.ui.overlay else { panic!("no menu") };
        let chosen = format!("► {}", menu.items[menu.at].0.trim_end());
        assert!(look.text(80, 24).contains(&chosen), "{chosen}");
        look.act(Action::Down);
    }
}
