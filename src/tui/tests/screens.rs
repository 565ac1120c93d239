//! Snapshots of the whole screen, read critically; and that no size and no moment breaks it.

use super::{Look, bilingual, runs, text};
use crate::kind::Lang;
use crate::trace::{ActorId, Event, ObjectId, Phase};
use crate::tui::library::Entry;
use crate::tui::paint;
use crate::tui::source::SourceKind;
use crate::tui::state::{At, Chosen, Focus, Overlay, Reach, Ui};
use crate::tui::{keys::Action, view};
use crate::world::sample;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

fn look(name: &str, lang: Lang) -> Look {
    let (source, events): (&str, Vec<Event>) = match name {
        "queue" => (runs::QUEUE, runs::queue()),
        "condition" => (runs::CONDITION, runs::condition()),
        "event" => (runs::EVENT, runs::event()),
        _ => (runs::PIPE, runs::stuck()),
    };
    Look::new(name, source, &events, lang)
}

/// A run at the point after so many rows.
fn at(name: &str, lang: Lang, rows: usize) -> Look {
    let mut look = look(name, lang);
    let cut = look.timeline.rows().get(rows).copied().unwrap_or(look.timeline.len());
    let events: Vec<Event> = (0..cut).filter_map(|index| look.timeline.event(index)).collect();
    // What was granted for the next row has not happened yet.
    let granted = events.iter().rposition(|event| matches!(event.body, crate::trace::Body::Granted { .. })).unwrap_or(0);
    let last_row = events.iter().rposition(crate::world::timeline::is_row).unwrap_or(0);
    let end = if granted > last_row { granted } else { events.len() };
    look = Look::new(name, &look.status.scenario.source.clone(), &events[..end], lang);
    look
}

#[test]
fn a_queue_at_work() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let look = at("queue", lang, 13);
        insta::assert_snapshot!(format!("queue_80x24_{tag}"), look.text(80, 24));
        insta::assert_snapshot!(format!("queue_120x40_{tag}"), look.text(120, 40));
        insta::assert_snapshot!(format!("queue_200x60_{tag}"), look.text(200, 60));
    }
}

#[test]
fn sleepers_on_a_condition_are_woken() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let look = at("condition", lang, 14);
        insta::assert_snapshot!(format!("condition_80x24_{tag}"), look.text(80, 24));
        insta::assert_snapshot!(format!("condition_120x40_{tag}"), look.text(120, 40));
    }
}

#[test]
fn the_hand_sets_an_event() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let look = at("event", lang, 9);
        insta::assert_snapshot!(format!("event_80x24_{tag}"), look.text(80, 24));
        insta::assert_snapshot!(format!("event_120x40_{tag}"), look.text(120, 40));
    }
}

#[test]
fn nobody_can_go_on() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let look = look("pipe", lang);
        insta::assert_snapshot!(format!("stuck_80x24_{tag}"), look.text(80, 24));
        insta::assert_snapshot!(format!("stuck_120x40_{tag}"), look.text(120, 40));
    }
}

#[test]
fn the_lesson_is_shown_before_the_first_step() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let look = Look::new("queue", runs::QUEUE, &runs::queue()[..4], lang);
        insta::assert_snapshot!(format!("lesson_80x24_{tag}"), look.text(80, 24));
        insta::assert_snapshot!(format!("lesson_120x40_{tag}"), look.text(120, 40));
    }
}

#[test]
fn the_past_and_the_end() {
    let mut look = look("queue", Lang::En);
    insta::assert_snapshot!("ended_80x24", look.text(80, 24));
    look.ui.at = At::Past(12);
    insta::assert_snapshot!("past_80x24", look.text(80, 24));
    look.ui.lang = Lang::Zh;
    insta::assert_snapshot!("past_120x40_zh", look.text(120, 40));
}

#[test]
fn what_is_chosen_is_marked() {
    let mut look = at("queue", Lang::En, 13);
    look.ui.chosen = Some(Chosen::Actor(ActorId(4)));
    insta::assert_snapshot!("chosen_process_80x24", look.text(80, 24));
    look.ui.chosen = Some(Chosen::Object(ObjectId(1)));
    look.act(Action::Act);
    insta::assert_snapshot!("acts_on_a_queue_80x24", look.text(80, 24));
}

/// A thread that can go is seen even where its object has no column.
#[test]
fn a_feeder_without_a_column_stands_with_its_process() {
    let look = at("queue", Lang::En, 13);
    let drawn = look.text(42, 24);
    let next = drawn.lines().find(|line| line.starts_with('►')).unwrap_or_default();
    assert!(!drawn.contains("q Queue──") && next.contains("► feeder"), "{drawn}");
}

#[test]
fn one_view_alone() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let mut look = at("queue", lang, 13);
        for (focus, name) in [(Focus::SpaceTime, "spacetime"), (Focus::Objects, "objects"), (Focus::Code, "code")] {
            look.ui.focus = focus;
            insta::assert_snapshot!(format!("alone_{name}_80x24_{tag}"), look.text(80, 24));
        }
    }
}

#[test]
fn windows() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let mut look = at("event", lang, 9);
        look.ui.overlay = Some(Overlay::Help(Reach::default()));
        insta::assert_snapshot!(format!("help_80x24_{tag}"), look.text(80, 24));
        insta::assert_snapshot!(format!("help_120x40_{tag}"), look.text(120, 40));
        look.ui.overlay = None;
        look.ui.chosen = Some(Chosen::Actor(ActorId(3)));
        look.act(Action::Signals);
        insta::assert_snapshot!(format!("signals_80x24_{tag}"), look.text(80, 24));
    }
}

#[test]
fn the_list_of_scenarios() {
    let entry = |name: &str, en: &str, zh: &str| Entry {
        name: name.to_owned(),
        title: bilingual(en, zh),
        intro: bilingual(
            "Two processes own no memory in common.\nWatch the way of a letter from one to the other.",
            "两个进程没有共同的内存。\n看一个字母怎样从一个走到另一个。",
        ),
    };
    let entries = [
        entry("queue", "Queue: a writer and a reader", "队列：写者与读者"),
        entry("event", "Event: a flag to wait for", "Event：可以等待的标志"),
        entry("shared-memory", "Value and Array", "共享内存"),
    ];
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let ui = Ui { lang, listed: 1, ..super::user(lang) };
        for (width, height) in [(80, 24), (120, 40)] {
            let area = Rect::new(0, 0, width, height);
            let mut buf = Buffer::empty(area);
            view::scenarios(&mut buf, area, &entries, &ui);
            insta::assert_snapshot!(format!("list_{width}x{height}_{tag}"), text(&buf));
        }
        for (width, height) in [(1, 1), (3, 2), (20, 4), (40, 8)] {
            let area = Rect::new(0, 0, width, height);
            view::scenarios(&mut Buffer::empty(area), area, &entries, &ui);
        }
    }
}

/// More processes than fit: the rest are counted, and choosing one brings it in.
#[test]
fn many_processes() {
    let mut run = sample::Sample::new();
    for at in 0..11 {
        run.start(ActorId(3 + at), &format!("worker-{at}"), "work", 2);
    }
    let mut look = Look::new("many", "// many", &runs::gated(&run), Lang::En);
    insta::assert_snapshot!("many_80x24", look.text(80, 24));
    for at in 0..11 {
        look.ui.chosen = Some(Chosen::Actor(ActorId(3 + at)));
        for width in [30, 80, 120] {
            let drawn = look.text(width, 24);
            let heading = drawn.lines().nth(1).unwrap_or_default();
            assert!(heading.contains(&format!("▸worker-{at}")), "{width}: {heading}");
        }
    }
}

#[test]
fn ascii_terminals_get_ascii() {
    let mut look = at("condition", Lang::En, 14);
    look.ui.ascii = true;
    let drawn = look.text(120, 40);
    insta::assert_snapshot!("condition_120x40_ascii", drawn);
    for name in ["queue", "condition", "event", "pipe"] {
        for lang in [Lang::En, Lang::Zh] {
            let mut look = super::screens::look(name, lang);
            look.ui.ascii = true;
            for (focus, overlay) in
                [(Focus::Everything, None), (Focus::Objects, None), (Focus::Code, Some(Overlay::Help(Reach { at: 9, ..Reach::default() })))]
            {
                look.ui.focus = focus;
                look.ui.overlay = overlay;
                for rows in 0..=look.timeline.rows().len() {
                    look.ui.at = At::Past(rows);
                    let drawn = look.text(120, 40);
                    let other: String = drawn.chars().filter(|c| !c.is_ascii() && paint::char_width(*c) == 1).collect();
                    assert_eq!(other, "", "{name} after {rows} rows");
                }
            }
        }
    }
}

/// The states can be told apart by word, whatever the colours.
#[test]
fn every_state_has_a_word_of_its_own() {
    let mut seen = Vec::new();
    for lang in [Lang::En, Lang::Zh] {
        let mut look = at("event", lang, 9);
        let first = |look: &Look| look.text(80, 24).lines().next().unwrap_or_default().to_owned();
        for playing in [Phase::Paused, Phase::Running, Phase::Ended, Phase::Stuck] {
            for kind in [SourceKind::Live, SourceKind::Recorded] {
                look.status.phase = playing;
                look.status.kind = kind;
                seen.push(first(&look));
            }
        }
        look.ui.at = At::Past(2);
        seen.push(first(&look));
    }
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), count, "{seen:#?}");
}

#[test]
fn every_size_draws() {
    for name in ["queue", "condition", "event", "pipe"] {
        let mut look = look(name, Lang::Zh);
        let scene = look.scene(45);
        for width in 1..=130 {
            for height in 1..=45 {
                let area = Rect::new(0, 0, width, height);
                view::run(&mut Buffer::empty(area), area, &scene, &look.ui);
            }
        }
        look.ui.overlay = Some(Overlay::Help(Reach { at: 3, ..Reach::default() }));
        for (width, height) in [(1, 1), (2, 2), (10, 3), (30, 10), (80, 24)] {
            look.draw(width, height);
        }
    }
}

#[test]
fn every_moment_of_every_run_draws_in_both_languages() {
    for name in ["queue", "condition", "event", "pipe"] {
        for lang in [Lang::En, Lang::Zh] {
            let mut look = look(name, lang);
            for rows in 0..=look.timeline.rows().len() {
                look.ui.at = At::Past(rows);
                for (width, height) in [(80, 24), (120, 40), (40, 10)] {
                    look.draw(width, height);
                }
            }
        }
    }
}

/// Of a run that was cut off it is told where everybody was, and nothing that would come next.
#[test]
fn nothing_comes_after_the_end() {
    let events = runs::gated(&sample::queue_run());
    for lang in [Lang::En, Lang::Zh] {
        for upto in 30..events.len() - 10 {
            let mut look = Look::new("queue", runs::QUEUE, &events[..upto], lang);
            let goes_on = look.scene(24).world.rest.is_some_and(|rest| !rest.candidates.is_empty());
            look.ui.focus = Focus::SpaceTime;
            let last = |look: &Look| {
                let place = look.scene(24);
                let area = view::places(Rect::new(0, 0, 80, 24), &place, &look.ui).spacetime;
                let drawn = look.text(80, 24);
                drawn
                    .lines()
                    .skip(usize::from(area.y) + 1)
                    .take(usize::from(area.height) - 1)
                    .filter(|line| !line.is_empty())
                    .map(str::to_owned)
                    .last()
            };
            let row = last(&look).unwrap_or_default();
            assert_eq!(goes_on, row.starts_with('►'), "{row}");
            look.status.phase = Phase::Ended;
            let row = last(&look).unwrap_or_default();
            assert!(!row.starts_with('►') && !row.contains(" ► "), "{row}");
            assert!(look.scene(24).head.ended() || look.text(80, 24).contains(&crate::text::time_limit(lang)), "{}", look.text(80, 24));
        }
    }
}
