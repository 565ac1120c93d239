//! The lesson: its text before the first step, questions before and answers after their steps, and the
//! presenter's layout with what a clicker sends.

use std::sync::Arc;

use super::{Look, bilingual, runs};
use crate::kind::Lang;
use crate::trace::scenario::{Question, Scenario};
use crate::trace::{ActorId, Body, Cause, Event, Phase};
use crate::tui::answer::Effect;
use crate::tui::keys::{self, Action, Place};
use crate::tui::labels;
use crate::tui::mouse;
use crate::tui::source::Intent;
use crate::tui::state::{At, Focus};
use crate::tui::windows::by_number;
use crate::world::{Asked, Timeline};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseEvent, MouseEventKind};

/// A run of the queue with a question at the line of `put`, and one with no choices at `get`.
pub(super) fn look(lang: Lang) -> Look {
    let mut look = Look::new("queue", runs::QUEUE, &[], lang);
    let put = Question {
        line: 11,
        who: Some("writer".to_owned()),
        nth: 1,
        ask: bilingual("writer is about to put A. Where will A be right after this step?", "writer 正要放入 A。这一步刚走完，A 在哪里？"),
        answer: bilingual(
            "put ends there; the feeder takes it to the pipe in a step of its own.",
            "put 到此为止；feeder 用它自己的一步把它送进管道。",
        ),
        choices: vec![bilingual("in the pipe", "在管道里"), bilingual("in the writer's buffer", "在 writer 的缓冲区")],
        right: 2,
        ..Question::default()
    };
    let get = Question {
        line: 20,
        nth: 1,
        ask: bilingual("What comes out?", "取出来的是什么？"),
        answer: bilingual("A.", "A。"),
        ..Question::default()
    };
    let scenario = Scenario {
        questions: vec![put, get],
        notes: bilingual("Ask the class where A is.", "问问全班：A 在哪里？"),
        ..(*look.status.scenario).clone()
    };
    look.timeline = Timeline::asking(Asked::of(&scenario));
    for event in runs::queue() {
        assert!(look.timeline.push(&event).is_ok());
    }
    look.status.phase = Phase::Paused;
    look.status.begun = true;
    look.status.scenario = Arc::new(scenario);
    look
}

/// The number of rows after which a question is open, and no row sooner.
pub(super) fn asked_at(look: &mut Look, question: usize) -> usize {
    for rows in 0..=look.timeline.rows().len() {
        look.ui.at = At::Past(rows);
        if look.scene(24).asking.open == Some(question) {
            return rows;
        }
    }
    panic!("question {question} is never asked");
}

/// Presses a key as the terminal sends it; what it asks for.
fn press(look: &mut Look, code: KeyCode) -> Vec<Effect> {
    look.settle(80, 24);
    let key = KeyEvent::new(code, KeyModifiers::NONE);
    match by_number(&mut look.ui, key).or_else(|| keys::action(key, Place::Run)) {
        Some(action) => look.act(action),
        None => Vec::new(),
    }
}

#[test]
fn a_question_stands_before_its_step_and_its_answer_after_it() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let mut look = look(lang);
        let at = asked_at(&mut look, 0);
        insta::assert_snapshot!(format!("question_80x24_{tag}"), look.text(80, 24));
        insta::assert_snapshot!(format!("question_120x40_{tag}"), look.text(120, 40));
        assert_eq!(press(&mut look, KeyCode::Char('a')), []);
        insta::assert_snapshot!(format!("guess_80x24_{tag}"), look.text(80, 24));
        // The number of a choice is that choice.
        press(&mut look, KeyCode::Char('2'));
        assert_eq!((look.ui.guess, &look.ui.overlay), (Some((0, 1)), &None));
        let taken = (at..).find(|rows| {
            look.ui.at = At::Past(*rows);
            look.scene(24).asking.answered == Some((0, 1))
        });
        assert!(taken.is_some());
        insta::assert_snapshot!(format!("answer_80x24_{tag}"), look.text(80, 24));
        insta::assert_snapshot!(format!("answer_120x40_{tag}"), look.text(120, 40));
        // Going back asks again, and what was said is still there.
        press(&mut look, KeyCode::PageUp);
        let drawn = look.text(80, 24);
        assert!(drawn.contains(&look.status.scenario.questions[0].choices[1].en) || lang == Lang::Zh, "{drawn}");
        assert!(drawn.contains(labels::YOU.get(lang)), "{drawn}");
    }
}

#[test]
fn a_wrong_guess_is_told_kindly_and_none_costs_nothing() {
    let mut look = look(Lang::En);
    let at = asked_at(&mut look, 0);
    press(&mut look, KeyCode::Char('a'));
    press(&mut look, KeyCode::Enter);
    look.ui.at = At::Past(at + 1);
    assert!(look.text(120, 40).contains("You said 1). Answer: 2) in the writer's buffer."));
    look.ui.guess = None;
    assert!(look.text(120, 40).contains(" Answer: 2) in the writer's buffer."));
    // One without choices is to be said aloud; where none stands, that is said.
    asked_at(&mut look, 1);
    press(&mut look, KeyCode::Char('a'));
    assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_NO_CHOICES.en));
    look.ui.at = At::Past(1);
    press(&mut look, KeyCode::Char('a'));
    assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_NO_QUESTION.en));
}

#[test]
fn questions_can_be_switched_off() {
    let mut look = look(Lang::En);
    asked_at(&mut look, 0);
    assert_eq!(press(&mut look, KeyCode::Char('Q')), [Effect::Tell(Intent::PauseToAsk(false))]);
    let drawn = look.text(80, 24);
    assert!(!drawn.contains("Where will A be") && drawn.contains(labels::UNASKED.en), "{drawn}");
    look.ui.forget_run();
    assert!(look.ui.unasked, "it holds for the session");
    assert_eq!(press(&mut look, KeyCode::Char('Q')), [Effect::Tell(Intent::PauseToAsk(true))]);
}

/// An answer goes with the next step, but stays for a few rows while the run goes on, so that it can be read.
#[test]
fn an_answer_goes_with_the_next_step() {
    let mut look = look(Lang::En);
    let mut scenario = (*look.status.scenario).clone();
    scenario.questions.truncate(1);
    look.timeline = Timeline::asking(Asked::of(&scenario));
    assert!(runs::queue().iter().all(|event| look.timeline.push(event).is_ok()));
    let at = asked_at(&mut look, 0);
    let mut shown_while = |phase: Phase| -> Vec<usize> {
        look.status.phase = phase;
        let rows = at..look.timeline.rows().len();
        rows.filter(|rows| {
            look.ui.at = At::Past(*rows);
            look.text(120, 40).contains("Answer: 2)")
        })
        .collect()
    };
    assert_eq!(shown_while(Phase::Paused), [at + 1]);
    let shown = shown_while(Phase::Running);
    assert!((3..=5).contains(&shown.len()) && shown.windows(2).all(|two| two[1] == two[0] + 1), "{shown:?}");
}

#[test]
fn the_presenters_layout() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let mut look = look(lang);
        look.ui.presenting = true;
        look.ui.at = At::Past(0);
        insta::assert_snapshot!(format!("presenter_lesson_80x24_{tag}"), look.text(80, 24));
        let at = asked_at(&mut look, 0);
        insta::assert_snapshot!(format!("presenter_question_80x24_{tag}"), look.text(80, 24));
        look.ui.at = At::Past(at + 1);
        look.ui.focus = Focus::Objects;
        insta::assert_snapshot!(format!("presenter_objects_80x24_{tag}"), look.text(80, 24));
        look.ui.focus = Focus::Code;
        insta::assert_snapshot!(format!("presenter_code_80x24_{tag}"), look.text(80, 24));
    }
    let mut look = look(Lang::Zh);
    look.ui.presenting = true;
    for rows in 0..=look.timeline.rows().len() {
        look.ui.at = At::Past(rows);
        for (width, height) in [(1, 1), (3, 3), (12, 5), (40, 8), (80, 24), (200, 60)] {
            for focus in [Focus::Everything, Focus::Objects, Focus::Code] {
                look.ui.focus = focus;
                look.draw(width, height);
            }
        }
    }
}

/// All that a clicker sends, and nothing of it ends the run or changes it.
#[test]
fn a_clicker_is_enough() {
    let mut look = look(Lang::En);
    let point = look.timeline.rows().len() / 2;
    look.ui.at = At::Past(point);
    assert_eq!(press(&mut look, KeyCode::F(5)), []);
    assert!(look.ui.presenting);
    assert_eq!(press(&mut look, KeyCode::PageDown), []);
    assert_eq!(press(&mut look, KeyCode::PageUp), []);
    assert_eq!(look.ui.at, At::Past(point));
    for key in ['.', 'b'] {
        assert_eq!(press(&mut look, KeyCode::Char(key)), []);
        assert_eq!((look.ui.blank, look.text(80, 24).trim()), (true, ""));
        look.ui.blank = false;
    }
    assert_eq!(press(&mut look, KeyCode::Char('N')), []);
    assert_eq!((look.ui.message.as_deref(), &look.ui.overlay), (Some(labels::REFUSE_NOTES.en), &None));
    // Escape closes a window first, then the layout, and the run only after that.
    press(&mut look, KeyCode::Char('?'));
    assert_eq!(press(&mut look, KeyCode::Esc), []);
    assert!(look.ui.presenting);
    assert_eq!(press(&mut look, KeyCode::Esc), []);
    assert_eq!((look.ui.presenting, look.ui.at), (false, At::Past(point)));
    // Outside the layout b is what it was.
    assert!(matches!(press(&mut look, KeyCode::Char('b'))[..], [Effect::Tell(Intent::Branch(_))]));
    press(&mut look, KeyCode::Char('N'));
    insta::assert_snapshot!("notes_80x24_en", look.text(80, 24));
}

/// A long text of several paragraphs.
fn long(look: &mut Look) {
    let paragraph = "One puts letters into a queue and another takes them out, again and again. ".repeat(6);
    let zh = "一个把字母放进队列，另一个把它们取出来，一遍又一遍。".repeat(9);
    let intro = bilingual(&format!("{paragraph}\n\n{paragraph}"), &format!("{zh}\n\n{zh}"));
    look.status.scenario = Arc::new(Scenario { intro, ..(*look.status.scenario).clone() });
    look.ui.at = At::Past(0);
}

#[test]
fn the_text_is_paged_through_before_the_first_step() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let mut look = look(lang);
        long(&mut look);
        press(&mut look, KeyCode::F(5));
        look.settle(80, 24);
        assert_eq!((look.ui.page.at, look.ui.page.last), (0, 1));
        insta::assert_snapshot!(format!("presenter_page_80x24_{tag}"), look.text(80, 24));
        press(&mut look, KeyCode::PageDown);
        assert_eq!((look.ui.page.at, look.ui.at), (1, At::Past(0)));
        press(&mut look, KeyCode::PageDown);
        assert_eq!(look.ui.at, At::Past(1));
        press(&mut look, KeyCode::PageUp);
        assert_eq!((look.ui.page.at, look.ui.at), (1, At::Past(0)));
        press(&mut look, KeyCode::PageUp);
        assert_eq!(look.ui.page.at, 0);
        press(&mut look, KeyCode::PageUp);
        assert_eq!(look.ui.message.as_deref(), Some(labels::REFUSE_BEGINNING.get(lang)));
    }
}

#[test]
fn a_lesson_longer_than_its_place_counts_its_lines_and_scrolls() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let mut look = look(lang);
        long(&mut look);
        look.settle(80, 24);
        insta::assert_snapshot!(format!("lesson_long_80x24_{tag}"), look.text(80, 24));
        let last = look.ui.scroll.last;
        assert!(last > 5);
        for _ in 0..last + 3 {
            press(&mut look, KeyCode::Down);
        }
        assert_eq!(look.ui.scroll.at, last);
        insta::assert_snapshot!(format!("lesson_long_end_80x24_{tag}"), look.text(80, 24));
        press(&mut look, KeyCode::Up);
        assert_eq!(look.ui.scroll.at, last - 1);
    }
}

#[test]
fn the_wheel_scrolls_a_long_lesson_and_walks_through_history_else() {
    let turned = |look: &Look| {
        let event = MouseEvent { kind: MouseEventKind::ScrollDown, column: 9, row: 9, modifiers: KeyModifiers::NONE };
        mouse::wheel(&event, Some(&look.scene(24)), &look.ui)
    };
    let mut look = look(Lang::En);
    look.timeline = Timeline::new();
    long(&mut look);
    look.ui.at = At::Now;
    assert_eq!(turned(&look), None, "nothing is known of its length yet");
    look.settle(80, 24);
    assert_eq!(turned(&look), Some(Action::Down));
    look.ui.presenting = true;
    assert_eq!(turned(&look), None);
}

/// Whatever the place in it, what is drawn and what is counted make the whole lesson.
#[test]
fn no_line_of_the_lesson_is_lost() {
    let mut look = look(Lang::En);
    long(&mut look);
    let whole = look.text(80, 200);
    let body = |drawn: &str| -> Vec<String> {
        let lines = drawn.lines().skip_while(|line| !line.starts_with("─lesson")).skip(1);
        lines.take_while(|line| !line.starts_with('─')).map(str::to_owned).collect()
    };
    // Where there is room for all, an empty line stands before it.
    let all: Vec<String> = body(&whole).into_iter().skip_while(String::is_empty).collect();
    let count = all.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    look.settle(80, 24);
    for at in 0..=look.ui.scroll.last {
        look.ui.scroll.at = at;
        let shown = body(&look.text(80, 24));
        let hidden = |sign: char| {
            let line = shown.iter().find(|line| line.starts_with(" …") && line.ends_with(sign));
            line.map_or(0, |line| line.split_whitespace().nth(1).and_then(|number| number.parse::<usize>().ok()).expect("a number"))
        };
        let markers = usize::from(hidden('↑') > 0) + usize::from(hidden('↓') > 0);
        assert_eq!(hidden('↑') + hidden('↓') + shown.len() - markers, count, "from line {at}: {shown:#?}");
        assert!(shown.iter().filter(|line| !line.starts_with(" …")).all(|line| all.contains(line)));
    }
}

#[test]
fn questions_ask_for_no_more_work_in_a_long_run() {
    let mut asked = look(Lang::En).status.scenario.questions.clone();
    asked.push(Question { line: 1, nth: u32::MAX, ..Question::default() });
    let asked = Asked::of(&Scenario { questions: asked, ..Scenario::default() });
    let mut timeline = Timeline::asking(asked);
    // The hand and a signal end the questions; this run comes to both.
    let ends = |event: &Event| match &event.body {
        Body::Acted(_) => event.actor == ActorId::HAND,
        Body::Died(died) => matches!(died.cause, Cause::Signal(_)),
        _ => false,
    };
    let events: Vec<Event> = runs::queue().into_iter().take_while(|event| !ends(event)).collect();
    for event in events.iter().cycle().take(events.len() * 40) {
        assert!(timeline.push(event).is_ok());
    }
    // Each was asked once, however often its line came.
    assert_eq!(timeline.asked().moments().len(), 2);
    assert!(timeline.asked().is_waiting());
}

#[test]
fn the_action_of_every_clicker_key_is_bound() {
    let bound = |code| keys::action(KeyEvent::new(code, KeyModifiers::NONE), Place::Run);
    let expected = [
        (KeyCode::PageDown, Action::Next),
        (KeyCode::PageUp, Action::Back),
        (KeyCode::F(5), Action::Present),
        (KeyCode::Esc, Action::Leave),
        (KeyCode::Char('.'), Action::Blank),
    ];
    for (code, action) in expected {
        assert_eq!(bound(code), Some(action));
    }
    assert_eq!(keys::action(KeyEvent::new(KeyCode::F(5), KeyModifiers::SHIFT), Place::Run), Some(Action::Present));
}
