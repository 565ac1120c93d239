//! Keys: what each does, what is refused and why, and that no sequence of them breaks anything.

use super::{Look, runs, told};
use crate::kind::{Lang, event};
use crate::trace::scenario::Bilingual;
use crate::trace::{ActorId, Body, ObjectId, On, Pace, Phase};
use crate::tui::answer::Effect;
use crate::tui::keys::{Action, Place};
use crate::tui::source::{HandSignal, Intent, SourceKind};
use crate::tui::state::{At, Chosen, Overlay};
use crate::tui::update::{on_list, on_run};
use crate::tui::{labels, state::Ui};
use crate::world::sample::Sample;
use proptest::prelude::*;

fn of_event() -> Look {
    Look::new("event", runs::EVENT, &runs::event(), Lang::En)
}

#[test]
fn now_a_key_asks_the_run_and_in_the_past_it_moves_through_it() {
    let mut look = of_event();
    let rows = look.timeline.rows().len();
    assert_eq!(look.act(Action::Next), told(Intent::Step(1)));
    assert_eq!(look.act(Action::RunPause), told(Intent::Run));
    assert_eq!(look.act(Action::Back), []);
    assert_eq!(look.ui.at, At::Past(rows - 1));
    assert_eq!(look.act(Action::RunPause), []);
    assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_PAST.en));
    assert_eq!(look.act(Action::Flag), []);
    assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_PAST.en));
    assert_eq!(look.act(Action::Next), []);
    assert_eq!(look.ui.at, At::Now);
    assert_eq!(look.act(Action::Start), []);
    assert_eq!(look.ui.at, At::Past(0));
    assert_eq!(look.act(Action::Back), []);
    assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_BEGINNING.en));
    assert_eq!(look.act(Action::End), []);
    assert_eq!(look.ui.at, At::Now);
}

#[test]
fn looking_back_pauses_a_run() {
    let mut look = of_event();
    look.status.phase = Phase::Running;
    assert_eq!(look.act(Action::Back), told(Intent::Pause));
    assert_eq!(look.act(Action::RunPause), told(Intent::Pause));
}

#[test]
fn the_only_event_is_set_or_cleared_whatever_is_chosen() {
    let mut look = of_event();
    // The hand set it in this run, so now it is cleared.
    assert_eq!(look.act(Action::Flag), told(Intent::Hand(event::CLEAR.id, On::Object(ObjectId(1)), None)));
    let mut look = Look::new("queue", runs::QUEUE, &runs::queue()[..20], Lang::En);
    assert_eq!(look.act(Action::Flag), []);
    assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_NO_EVENT.en));
}

#[test]
fn signals_go_to_the_chosen_process() {
    let mut look = of_event();
    assert_eq!(look.act(Action::Signals), []);
    assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_NO_PROCESS.en));
    look.ui.chosen = Some(Chosen::Actor(ActorId(3)));
    look.act(Action::Signals);
    assert!(matches!(look.ui.overlay, Some(Overlay::Menu(_))));
    look.act(Action::Down);
    assert_eq!(look.act(Action::Act), told(Intent::Signal(ActorId(3), HandSignal::Terminate)));
    assert_eq!(look.ui.overlay, None);
}

#[test]
fn a_process_that_cannot_go_is_not_stepped_and_the_reason_is_given() {
    let mut look = Look::new("pipe", runs::PIPE, &runs::stuck(), Lang::En);
    look.ui.chosen = Some(Chosen::Actor(ActorId(3)));
    assert_eq!(look.act(Action::StepChosen), []);
    assert!(look.ui.message.as_deref().is_some_and(|message| message.contains("proc_1: waits for")), "{:?}", look.ui.message);
    assert_eq!(look.act(Action::Next), []);
    assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_STUCK.en));
}

/// Steps that were asked for while only a signal could let anybody go would all be taken after it.
#[test]
fn where_everybody_waits_for_the_stopped_no_step_is_asked_for() {
    const CHILD: ActorId = ActorId(3);
    let mut run = Sample::new();
    run.start(CHILD, "p", "work", 1);
    run.join(CHILD, 2);
    run.host(Body::Stopped { actor: CHILD, stopped: true });
    run.rest(&[], false);
    let mut look = Look::new("event", runs::EVENT, &run.events, Lang::En);
    let why = "Nobody can go: p is stopped by a signal. K continues it.";
    let text = super::text(&look.draw(80, 24));
    assert!(text.contains(why), "{text}");
    for action in [Action::Next, Action::RunPause] {
        look.ui.message = None;
        assert_eq!(look.act(action), []);
        assert_eq!(look.ui.message.as_deref(), Some(why));
    }
}

#[test]
fn a_recording_is_looked_at_only() {
    let mut look = of_event();
    look.status.kind = SourceKind::Recorded;
    use Action::{Act, ChooseGrant, Edit, Flag, Free, Params, Reseed, RunUntil, Signals, StepChosen};
    for action in [Flag, Signals, StepChosen, ChooseGrant, RunUntil, Free, Reseed, Act, Params, Edit] {
        assert_eq!(look.act(action), [], "{action:?}");
        assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_RECORDED.en), "{action:?}");
    }
    assert_eq!(look.act(Action::Next), told(Intent::Step(1)));
    assert_eq!(look.act(Action::End), told(Intent::ToEnd));
}

#[test]
fn the_pace_has_an_end_at_both_sides() {
    let mut look = of_event();
    look.status.pace = Pace::Steps(4.0);
    assert_eq!(look.act(Action::Faster), told(Intent::SetPace(Pace::Steps(5.0))));
    assert_eq!(look.act(Action::Slower), told(Intent::SetPace(Pace::Steps(2.0))));
    look.status.pace = Pace::Steps(1000.0);
    assert_eq!(look.act(Action::Faster), told(Intent::SetPace(Pace::Unlimited)));
    look.status.pace = Pace::Unlimited;
    assert_eq!(look.act(Action::Slower), told(Intent::SetPace(Pace::Steps(1000.0))));
    look.status.pace = Pace::Steps(0.5);
    assert_eq!(look.act(Action::Slower), told(Intent::SetPace(Pace::Steps(0.5))));
}

#[test]
fn tab_goes_through_everything_and_arrows_through_one_sort() {
    let mut look = of_event();
    let mut seen = Vec::new();
    for _ in 0..5 {
        look.act(Action::ChooseNext);
        seen.push(look.ui.chosen);
    }
    // In the order in which they stand: the objects before the last process.
    let actor = |id| Some(Chosen::Actor(id));
    let object = |id| Some(Chosen::Object(ObjectId(id)));
    assert_eq!(seen, [actor(ActorId::MAIN), actor(ActorId(3)), object(1), object(2), actor(ActorId(4))]);
    look.act(Action::Right);
    assert_eq!(look.ui.chosen, actor(ActorId::MAIN));
    look.act(Action::Left);
    assert_eq!(look.ui.chosen, actor(ActorId(4)));
    look.act(Action::Up);
    assert_eq!(look.ui.chosen, Some(Chosen::Object(ObjectId(2))));
}

#[test]
fn escape_leaves_what_is_open_then_the_past_then_the_run() {
    let mut look = of_event();
    look.act(Action::Back);
    look.act(Action::Help);
    assert_eq!(look.act(Action::Leave), []);
    assert_eq!(look.ui.overlay, None);
    assert_eq!(look.act(Action::Leave), []);
    assert_eq!(look.ui.at, At::Now);
    // A run that goes on would end: that takes two in a row.
    for _ in 0..2 {
        assert_eq!(look.act(Action::Leave), []);
        assert_eq!(look.ui.message.as_deref(), Some(labels::LEAVE_ENDS_RUN.en));
        look.act(Action::Down);
    }
    look.act(Action::Leave);
    assert_eq!(look.act(Action::Leave), [Effect::ToList]);
    look.status.phase = Phase::Ended;
    look.act(Action::Down);
    assert_eq!(look.act(Action::Leave), [Effect::ToList]);
}

#[test]
fn news_stay_until_the_next_key() {
    let mut look = of_event();
    look.status.notice = Some(Bilingual { en: "the hand is still busy".to_owned(), zh: String::new() });
    assert!(look.text(80, 24).contains("still busy"));
    look.act(Action::ChooseNext);
    assert!(!look.text(80, 24).contains("still busy"));
    look.status.notice = Some(Bilingual { en: "something else".to_owned(), zh: String::new() });
    assert!(look.text(80, 24).contains("something else"));
}

#[test]
fn the_list_stays_within_its_lines() {
    let mut ui = Ui::default();
    on_list(&mut ui, Action::Up, 2);
    assert_eq!(ui.listed, 0);
    on_list(&mut ui, Action::Down, 2);
    on_list(&mut ui, Action::Down, 2);
    assert_eq!(ui.listed, 1);
    assert_eq!(on_list(&mut ui, Action::Act, 2), [Effect::Open(1)]);
    assert_eq!(on_list(&mut ui, Action::Act, 0), []);
    assert_eq!(on_list(&mut ui, Action::Quit, 2), [Effect::Quit]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is pressed on whichever run at whatever size: it draws, and quits when told.
    #[test]
    fn no_sequence_of_keys_breaks_the_screen(
        keys in prop::collection::vec(0..crate::tui::keys::bindings(Place::Run).count(), 0..40),
        run in 0..4usize,
        (width, height) in (1u16..140, 1u16..50),
        cut in 0..80usize,
    ) {
        let (source, events) = [
            (runs::QUEUE, runs::queue()), (runs::EVENT, runs::event()), (runs::CONDITION, runs::condition()), (runs::PIPE, runs::stuck()),
        ][run].clone();
        let cut = cut.min(events.len());
        let mut look = Look::new("run", source, &events[..cut], Lang::En);
        let actions: Vec<Action> = crate::tui::keys::bindings(Place::Run).map(|binding| binding.action).collect();
        for key in keys {
            let scene = look.scene(height);
            let effects = on_run(&mut look.ui, actions[key], &scene, false);
            prop_assert!(effects.len() <= 1);
            look.draw(width, height);
        }
    }
}

/// The help is turned by lines and by pages; at its end no key is lost, so that the next one leads back at once.
#[test]
fn the_help_is_turned_by_lines_and_pages_and_ends_at_its_end() {
    let mut look = of_event();
    look.act(Action::Help);
    let press = |look: &mut Look, action: Action, times: usize| {
        for _ in 0..times {
            look.settle_window(80, 24);
            look.act(action);
        }
        look.text(80, 24)
    };
    let first = press(&mut look, Action::Up, 1);
    let second = press(&mut look, Action::Next, 1);
    let shown = |text: &str| text.lines().map(str::trim).filter(|line| line.contains('│')).map(str::to_owned).collect::<Vec<_>>();
    // A line is seen again, so that the eye finds on.
    assert_eq!(shown(&first).last(), shown(&second).first());
    let last = press(&mut look, Action::Down, 200);
    assert!(first.contains("signs in the picture") && last.contains("q Ctrl-C"), "{last}");
    assert_ne!(press(&mut look, Action::Up, 1), last);
    assert_eq!(press(&mut look, Action::End, 1), last);
    assert_eq!(press(&mut look, Action::Start, 1), first);
}

/// Whatever is refused can be read to its end.
#[test]
fn a_long_refusal_takes_the_lines_that_it_needs() {
    let mut look = of_event();
    let why = "the editor `/a/long/way/to/an/editor/with/a/long/name` did not end well (exit status: 3): the run stays as it is";
    look.ui.message = Some(why.to_owned());
    let drawn = look.text(80, 24);
    let tail: Vec<&str> = drawn.lines().skip(22).collect();
    assert!(tail[0].starts_with(" ! the editor") && tail[1].ends_with("the run stays as it is"), "{drawn}");
    look.ui.message = None;
    look.ui.answer = Some(why.to_owned());
    assert!(look.text(40, 12).contains("stays as it is"));
}

/// Where nobody can go on, or all have ended, no step and no run is offered, in neither layout.
#[test]
fn the_footer_offers_nothing_that_must_be_refused() {
    for phase in [Phase::Stuck, Phase::Ended] {
        for presenting in [false, true] {
            let mut look = of_event();
            let footer = |look: &mut Look| look.text(80, 24).lines().last().unwrap_or_default().to_owned();
            look.ui.presenting = presenting;
            assert!(footer(&mut look).contains("n step"), "a run that goes on");
            look.status.phase = phase;
            let shown = footer(&mut look);
            assert!(!shown.contains("n step") && !shown.contains("Space"), "{phase:?}, presenting {presenting}: {shown}");
            assert!(shown.contains("r again"), "{phase:?}, presenting {presenting}: {shown}");
            assert_eq!(shown.contains("Enter"), phase == Phase::Stuck, "{shown}");
        }
    }
}
