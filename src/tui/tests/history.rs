//! Marks, steps by number, the bar of the whole run, and points that stay where they are.

use super::{Look, runs};
use crate::kind::Lang;
use crate::trace::{ActorId, Body, Cause, Died, Phase};
use crate::tui::answer::Effect;
use crate::tui::keys::Action;
use crate::tui::labels;
use crate::tui::source::Intent;
use crate::tui::state::At;
use crate::world::Timeline;
use crate::world::sample::{MAIN, Sample};

fn queue(lang: Lang) -> Look {
    Look::new("queue", runs::QUEUE, &runs::queue(), lang)
}

#[test]
fn marks_and_deaths_are_gone_through_in_order() {
    let mut look = queue(Lang::En);
    let total = look.timeline.rows_total();
    let deaths: Vec<usize> = look.timeline.landmarks().iter().map(|landmark| landmark.rows).collect();
    assert_eq!(deaths.len(), 3);
    look.ui.at = At::Past(4);
    look.act(Action::Mark);
    assert_eq!(look.ui.answer.as_deref(), Some("Step 4 is marked: { and } lead here."));
    look.act(Action::MarkBefore);
    assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_NO_EARLIER_MARK.en));
    let mut seen = Vec::new();
    for _ in 0..3 {
        look.act(Action::MarkNext);
        seen.push(look.ui.at);
    }
    // The last death is the end of the run, which is now.
    assert_eq!(seen, [At::Past(deaths[0]), At::Past(deaths[1]), At::Now]);
    assert_eq!(deaths[2], total);
    look.act(Action::MarkNext);
    assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_NO_LATER_MARK.en));
    for _ in 0..3 {
        look.act(Action::MarkBefore);
    }
    assert_eq!(look.ui.at, At::Past(4));
    // The same key takes the mark away, and a run takes its marks with it.
    look.act(Action::Mark);
    assert!(look.ui.marks.is_empty());
    look.act(Action::Mark);
    look.act(Action::Again);
    assert!(look.ui.marks.is_empty());
}

#[test]
fn going_to_a_mark_pauses_a_run() {
    let mut look = Look::new("event", runs::EVENT, &runs::event(), Lang::En);
    look.ui.marks.insert(3);
    look.status.phase = Phase::Running;
    assert_eq!(look.act(Action::MarkBefore), [Effect::Tell(Intent::Pause)]);
    assert_eq!(look.ui.at, At::Past(3));
}

#[test]
fn a_step_is_reached_by_its_number() {
    let mut look = queue(Lang::En);
    let last = look.timeline.head().step;
    look.act(Action::GoTo);
    assert_eq!(look.type_in(&format!("{}\n", last + 1)), []);
    assert!(look.text(80, 24).contains(&format!("The steps are 0 to {last}.")));
    look.clear_line();
    assert_eq!(look.type_in("9\n"), [Effect::GoTo(9)]);
    assert_eq!(look.ui.overlay, None);
    for step in 0..=last {
        look.ui.at = At::Past(look.timeline.rows_at_step(step));
        assert_eq!(look.scene(24).world.step, step);
    }
}

#[test]
fn the_bar_shows_the_whole_run() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let mut look = queue(lang);
        look.ui.at = At::Past(9);
        look.ui.marks.insert(4);
        insta::assert_snapshot!(format!("marked_80x24_{tag}"), look.text(80, 24));
        insta::assert_snapshot!(format!("marked_120x40_{tag}"), look.text(120, 40));
        for (width, height) in [(30, 10), (80, 24), (120, 40), (200, 60)] {
            let drawn = look.text(width, height);
            let bar = drawn.lines().rev().find(|line| line.contains('●')).unwrap_or_default();
            for sign in ["◆", "✝"] {
                assert!(bar.contains(sign), "{width}x{height} has no {sign}: {drawn}");
            }
        }
    }
}

/// A long run of prints, of which little is kept.
fn long(limit: usize, prints: usize) -> (Timeline, Sample) {
    let mut run = Sample::new();
    let mut timeline = Timeline::with_limit(limit);
    for at in 0..prints {
        run.print(MAIN, 1, &format!("line {at}"));
    }
    for event in &run.events {
        assert!(timeline.push(event).is_ok());
    }
    (timeline, run)
}

#[test]
fn the_shown_point_stays_while_old_history_is_forgotten() {
    let mut look = Look::new("long", "print(1);", &[], Lang::En);
    let (timeline, mut run) = long(60_000, 3000);
    look.timeline = timeline;
    let before = look.timeline.rows_before();
    assert!(before > 0);
    look.ui.at = At::Past(2900);
    look.ui.marks.extend([10, 2900]);
    let shown = |look: &Look| {
        let scene = look.scene(24);
        (scene.event.clone(), scene.world.step, scene.rows.last().map(|row| row.ordinal))
    };
    let seen = shown(&look);
    assert_eq!(seen.1, 2900);
    let from = run.events.len();
    for at in 0..800 {
        run.print(MAIN, 1, &format!("more {at}"));
    }
    for event in &run.events[from..] {
        assert!(look.timeline.push(event).is_ok());
    }
    assert!(look.timeline.rows_before() > before);
    assert_eq!(shown(&look), seen);
    // A mark whose step is forgotten leads nowhere.
    look.act(Action::MarkBefore);
    assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_NO_EARLIER_MARK.en));
    // The beginning is where history begins now, and the bar says that there was more.
    look.act(Action::Start);
    assert_eq!(look.ui.at, At::Past(look.timeline.rows_before()));
    look.act(Action::Back);
    assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_HISTORY.en));
    assert!(look.text(80, 24).contains("──…●"), "{}", look.text(80, 24));
    look.act(Action::Next);
    assert_eq!(look.scene(24).rows_shown, look.timeline.rows_before() + 1);
    look.act(Action::GoTo);
    assert_eq!(look.type_in("1\n"), []);
    // A point that is forgotten while it is shown becomes the oldest that is kept.
    look.ui.at = At::Past(5);
    assert_eq!(look.scene(24).rows_shown, look.timeline.rows_before());
}

#[test]
fn a_death_is_a_landmark_of_a_run_that_has_forgotten_its_beginning() {
    let (mut timeline, mut run) = long(60_000, 3000);
    let from = run.events.len();
    run.host(Body::Died(Died { actor: ActorId::MAIN, cause: Cause::Signal(9), changes: vec![] }));
    for event in &run.events[from..] {
        assert!(timeline.push(event).is_ok());
    }
    assert_eq!(timeline.landmarks().last().map(|landmark| landmark.rows), Some(timeline.rows_total()));
}
