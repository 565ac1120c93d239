//! Lanes: threads unfolded beside their process, lanes narrowed, scrolled and filtered.

use super::{Look, runs};
use crate::kind::Lang;
use crate::trace::{ActorId, Event, ObjectId};
use crate::tui::answer::Effect;
use crate::tui::keys::Action;
use crate::tui::labels;
use crate::tui::source::Intent;
use crate::tui::state::{Chosen, Overlay};
use crate::tui::view;
use crate::world::sample::{self, Sample};
use crossterm::event::KeyCode;

const FEEDER: ActorId = ActorId(5);
const WRITER: ActorId = ActorId(3);

/// A run up to its first so many rows.
fn upto(source: &str, events: Vec<Event>, rows: usize, lang: Lang) -> Look {
    let mut left = rows + 1;
    let begins = |event: &Event| matches!(event.body, crate::trace::Body::Granted { .. } | crate::trace::Body::Clock { .. });
    let cut = events.iter().position(|event| {
        left -= usize::from(begins(event));
        left == 0
    });
    Look::new("run", source, &events[..cut.unwrap_or(events.len())], lang)
}

fn queue(lang: Lang) -> Look {
    upto(runs::QUEUE, runs::queue(), 13, lang)
}

fn heading(look: &Look, width: u16) -> String {
    look.text(width, 24).lines().nth(1).unwrap_or_default().to_owned()
}

/// Processes by the dozen, and objects that they share.
pub(super) fn crowd(processes: u16, objects: u16) -> Look {
    let mut run = Sample::new();
    for at in 0..objects {
        let kind = [crate::kind::event::ID, crate::kind::queue::ID][usize::from(at % 2)];
        run.make(ActorId::MAIN, ObjectId(1 + at), kind, &format!("o{at}"), 1);
    }
    for at in 0..processes {
        run.start(ActorId(3 + at), &format!("worker-{at}"), "work", 2);
    }
    Look::new("crowd", "// crowd", &runs::gated(&run), Lang::En)
}

#[test]
fn a_feeder_is_unfolded_beside_its_process() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let mut look = queue(lang);
        look.act(Action::Fold);
        insta::assert_snapshot!(format!("unfolded_80x24_{tag}"), look.text(80, 24));
        insta::assert_snapshot!(format!("unfolded_120x40_{tag}"), look.text(120, 40));
        look.act(Action::Fold);
        assert_eq!(look.text(80, 24), queue(lang).text(80, 24), "folding undoes unfolding");
    }
}

#[test]
fn threads_are_unfolded_by_object_by_process_or_all() {
    for chosen in [None, Some(Chosen::Object(ObjectId(1))), Some(Chosen::Actor(WRITER))] {
        let mut look = queue(Lang::En);
        look.ui.chosen = chosen;
        look.act(Action::Fold);
        assert!(heading(&look, 100).contains("└feeder"), "{chosen:?}");
        look.act(Action::Fold);
        assert!(!heading(&look, 100).contains("feeder"), "{chosen:?}");
    }
    let mut look = queue(Lang::En);
    look.ui.chosen = Some(Chosen::Actor(ActorId(4)));
    look.act(Action::Fold);
    assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_NO_THREADS.en));
}

/// An unfolded thread is one like any other: chosen, stepped, and left when its lane is folded.
#[test]
fn an_unfolded_thread_is_chosen_and_stepped() {
    let mut look = queue(Lang::En);
    look.act(Action::Fold);
    for _ in 0..3 {
        look.act(Action::Right);
    }
    assert_eq!(look.ui.chosen, Some(Chosen::Actor(FEEDER)));
    assert_eq!(look.act(Action::StepChosen), [Effect::Tell(Intent::StepActor(FEEDER))]);
    let drawn = look.text(80, 24);
    assert!(drawn.contains("└▸feeder") && drawn.contains("code run:12 writer's feeder"), "{drawn}");
    look.act(Action::Fold);
    assert_eq!(look.ui.chosen, Some(Chosen::Actor(WRITER)));
}

#[test]
fn a_lane_is_narrowed_to_its_glyph_and_widened_again() {
    let mut look = queue(Lang::En);
    look.act(Action::Narrow);
    assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_NO_PROCESS.en));
    look.ui.chosen = Some(Chosen::Actor(ActorId::MAIN));
    look.act(Action::Narrow);
    look.ui.chosen = Some(Chosen::Actor(ActorId(4)));
    look.act(Action::Narrow);
    insta::assert_snapshot!("narrowed_80x24", look.text(80, 24));
    look.act(Action::Narrow);
    look.act(Action::ChooseNothing);
    look.act(Action::Narrow);
    assert_eq!(look.text(80, 24), queue(Lang::En).text(80, 24), "with nothing chosen all lanes are widened");
}

/// Whatever does not fit is counted, and scrolling goes through all of it and back.
#[test]
fn scrolling_shows_every_lane_and_every_object() {
    let mut look = crowd(12, 9);
    insta::assert_snapshot!("crowd_120x40", look.text(120, 40));
    let (mut lanes, mut things) = (Vec::new(), Vec::new());
    for _ in 0..30 {
        look.act(Action::ScrollLeft);
        look.settle(200, 40);
    }
    for _ in 0..30 {
        let drawn = heading(&look, 200);
        lanes.extend((0..12).filter(|at| drawn.contains(&format!("worker-{at}"))));
        things.extend((0..9).filter(|at| drawn.contains(&format!("o{at} "))));
        let scene = look.scene(40);
        let columns = view::columns::Columns::place(&scene, &look.ui, 0, 200);
        assert_eq!(columns.lanes.before + columns.lanes.shown.len() + columns.lanes.after, 13);
        assert_eq!(columns.things.before + columns.things.shown.len() + columns.things.after, 9);
        look.act(Action::ScrollRight);
        look.settle(200, 40);
    }
    for all in [&mut lanes, &mut things] {
        all.sort_unstable();
        all.dedup();
    }
    assert_eq!(lanes, (0..12).collect::<Vec<_>>());
    assert_eq!(things, (0..9).collect::<Vec<_>>());
    // At the right end nothing is left there, and one key goes back by one.
    let end = look.ui.sight.drawn;
    look.act(Action::ScrollLeft);
    look.settle(200, 40);
    assert_eq!(look.ui.sight.drawn, (end.0 - 1, end.1 - 1));
    look.act(Action::ChooseNext);
    assert_eq!(look.ui.sight.scroll, None, "what is chosen is seen");
}

/// Neither the hand nor a crowd pushes the chosen object or the chosen lane out of the picture.
#[test]
fn what_is_chosen_stands_in_the_picture() {
    let event = upto(runs::EVENT, runs::event(), 9, Lang::En);
    for (mut look, objects) in [(event, 2), (crowd(12, 9), 9)] {
        for object in (1..=objects).map(ObjectId) {
            look.ui.chosen = Some(Chosen::Object(object));
            for width in [60, 80, 100, 110, 120, 200] {
                let heading = heading(&look, width);
                let left: String = heading.chars().take(if width >= 110 { usize::from(width) * 64 / 100 } else { width.into() }).collect();
                assert!(left.contains('▸'), "{object:?} at {width}: {heading}");
            }
        }
    }
}

#[test]
fn objects_without_a_column_are_counted() {
    let mut look = crowd(12, 3);
    assert!(heading(&look, 40).ends_with("+3 objects"), "{}", heading(&look, 40));
    assert!(heading(&look, 80).contains(" 2►"), "{}", heading(&look, 80));
    look.ui.lang = Lang::Zh;
    assert!(heading(&look, 40).ends_with("+3 个对象"), "{}", heading(&look, 40));
}

#[test]
fn the_filter_shows_what_has_its_words_and_counts_the_rest() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let mut look = queue(lang);
        look.act(Action::Filter);
        look.type_in("main Queue");
        insta::assert_snapshot!(format!("filter_typed_80x24_{tag}"), look.text(80, 24));
        look.type_key(KeyCode::Enter);
        assert_eq!(look.ui.overlay, None);
        insta::assert_snapshot!(format!("filtered_80x24_{tag}"), look.text(80, 24));
        insta::assert_snapshot!(format!("filtered_120x40_{tag}"), look.text(120, 40));
    }
}

#[test]
fn the_filter_holds_for_tab_and_the_objects_too() {
    let mut look = upto(runs::EVENT, runs::event(), 8, Lang::En);
    look.ui.sight.filter = "-array -main".to_owned();
    let drawn = look.text(120, 40);
    assert!(drawn.contains("─objects (1 hidden)") && !drawn.contains("a Array") && drawn.contains("/-array -main 2 hidden"), "{drawn}");
    let mut seen = Vec::new();
    for _ in 0..4 {
        look.act(Action::ChooseNext);
        seen.extend(look.ui.chosen);
    }
    let [block, nonblock] = [ActorId(3), ActorId(4)].map(Chosen::Actor);
    assert_eq!(seen, [block, Chosen::Object(ObjectId(1)), nonblock, block]);
    // Nothing at all is shown, and it is said how to see again.
    look.ui.sight.filter = "nothing of this name".to_owned();
    look.act(Action::ChooseNext);
    assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_ALL_HIDDEN.en));
    look.text(80, 24);
    look.act(Action::Leave);
    assert_eq!(look.ui.sight.filter, "");
    assert!(look.text(120, 40).contains("a Array"));
}

/// A thread goes with its own name and with its object's.
#[test]
fn the_filter_holds_for_threads() {
    let mut look = queue(Lang::En);
    look.act(Action::Fold);
    for (filter, shown) in [("feeder", true), ("queue", true), ("-feeder", false), ("-queue", false), ("reader", false)] {
        look.ui.sight.filter = filter.to_owned();
        assert_eq!(heading(&look, 80).contains("└feeder"), shown, "{filter}: {}", heading(&look, 80));
    }
}

#[test]
fn escape_in_the_line_takes_the_filter_away() {
    let mut look = queue(Lang::En);
    look.act(Action::Filter);
    assert_eq!(look.ui.overlay, Some(Overlay::Filter));
    look.type_in("writer");
    assert_eq!(look.ui.sight.filter, "writer");
    look.type_key(KeyCode::Esc);
    assert_eq!((look.ui.sight.filter.as_str(), &look.ui.overlay), ("", &None));
    assert_eq!(look.text(80, 24), queue(Lang::En).text(80, 24));
}

/// What is hidden can still take the next step, and that is told.
#[test]
fn the_hidden_who_can_go_are_told_of() {
    let mut look = queue(Lang::En);
    look.ui.sight.filter = "writer's".to_owned();
    let drawn = look.text(120, 40);
    assert!(drawn.contains("2 others, hidden by the filter"), "{drawn}");
    let standing = drawn.lines().find(|line| line.starts_with('►')).unwrap_or_default();
    assert!(standing.contains("+3 can go") || standing.contains("+2 can go"), "{standing}");
}

/// Every state is seen in a lane by glyph and word, and no two are alike.
#[test]
fn no_two_states_look_alike_in_a_lane() {
    let mut run = sample::Sample::new();
    let [sleeper, waiter, stopped, dead, unborn, ready, running] = [3, 4, 5, 6, 7, 8, 9].map(ActorId);
    for (id, name) in [(sleeper, "s"), (waiter, "w"), (stopped, "t"), (dead, "d"), (ready, "r"), (running, "n")] {
        run.start(id, name, "work", 2);
    }
    run.end(dead, Vec::new());
    let next = sample::waits(vec![crate::trace::Until::Deadline], Some(5_000_000_000));
    let did = sample::Did { line: 3, next, ..Default::default() };
    run.step(sleeper, &crate::kind::process::SLEEP, &crate::kind::process::SLEEP_SLEEPS, did);
    run.join(ready, 9);
    let next = sample::waits(vec![crate::trace::Until::Ended(ready)], None);
    let did = sample::Did { on: crate::trace::On::Actor(ready), next, ..Default::default() };
    run.step(waiter, &crate::kind::process::JOIN, &crate::kind::process::JOIN_WAITS, did);
    run.host(crate::trace::Body::Stopped { actor: stopped, stopped: true });
    let announced = crate::trace::Announced { op: crate::kind::process::COMPUTE.id, on: crate::trace::On::Nothing, line: 4, detail: None };
    run.push(ready, crate::trace::Body::Announced(announced));
    run.born(unborn, "u", "work", Some(ActorId::MAIN));
    run.print(running, 5, "hello");
    run.print(running, 5, "hello");
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let mut look = Look::new("states", "// states", &run.events, lang);
        look.ui.focus = crate::tui::state::Focus::SpaceTime;
        insta::assert_snapshot!(format!("states_120x24_{tag}"), look.text(120, 24));
        // The same in lanes of a glyph each.
        look.ui.sight.narrow = (1..12).map(ActorId).collect();
        let drawn = look.text(120, 24);
        let rows: Vec<&str> = drawn.lines().collect();
        let now = rows.iter().rposition(|row| row.contains('z') && row.contains('‖')).unwrap_or(0);
        let mut glyphs: Vec<&str> = rows[now].split_whitespace().collect();
        let count = glyphs.len();
        glyphs.sort_unstable();
        glyphs.dedup();
        // main waits, as the waiter does.
        assert_eq!(glyphs.len(), count - 1, "{drawn}");
        assert_eq!(count, 8, "{drawn}");
    }
}
