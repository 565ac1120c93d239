//! Every template has known slots and both languages, and whole runs read well.

use super::chosen::Stands;
use super::scene::{SLOTS, Scene};
use super::template::{Piece, pieces};
use super::visible::is_hidden;
use super::{announced, chain, chosen, held_up, remedy, row, sentence, standstill, stuck, waiting};
use crate::kind::{self, FAILED, Lang, Words};
use crate::trace::{ActorId, Body, ObjectId, On, Rest, arbitrary};
use crate::world::World;
use crate::world::remedy::remedies;
use crate::world::sample::{self, HAND, Sample};
use proptest::prelude::*;

fn slots(template: &str) -> Vec<&str> {
    pieces(template)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Slot(slot) => Some(slot),
            Piece::Text(_) => None,
        })
        .collect()
}

fn check_words(place: &str, words: Words, allowed: &[&str]) {
    for (text, lang) in [(words.en, "en"), (words.zh, "zh")] {
        assert!(!text.is_empty(), "{place} has no {lang} text");
        for slot in slots(text) {
            assert!(allowed.contains(&slot), "{place} ({lang}): unknown slot {{{slot}}}");
        }
        assert_eq!(text.matches('{').count(), text.matches('}').count(), "{place} ({lang}): braces");
    }
}

#[test]
fn every_template_has_known_slots_in_both_languages() {
    let next = ["object", "other", "detail", "index", "end"];
    for kind in kind::ALL {
        for op in kind.ops {
            let place = format!("{}.{}", kind.name, op.name);
            check_words(&place, op.next, &next);
            for outcome in op.outcomes.iter().chain([&FAILED]) {
                let place = format!("{place}/{}", outcome.name);
                check_words(&place, outcome.row, SLOTS);
                check_words(&place, outcome.sentence, SLOTS);
                assert!(outcome.sentence.en.ends_with(['.', '}']), "{place}: no full stop");
                assert!(outcome.sentence.zh.ends_with(['。', '}']), "{place}: no full stop");
                assert!(!outcome.sentence.en.contains("}'s"), "{place}: write {{actor's}}");
            }
        }
    }
}

#[test]
fn ids_of_operations_and_outcomes_are_unique_within_their_kind() {
    for kind in kind::ALL {
        for (at, op) in kind.ops.iter().enumerate() {
            assert!(kind.ops[..at].iter().all(|other| other.id != op.id && other.name != op.name), "{}.{}", kind.name, op.name);
            for (at, outcome) in op.outcomes.iter().enumerate() {
                let before = &op.outcomes[..at];
                assert!(before.iter().all(|other| other.id != outcome.id && other.name != outcome.name), "{}.{}", kind.name, op.name);
            }
        }
    }
}

#[test]
fn what_the_hand_does_reads_well() {
    let world = World::new();
    for kind in kind::ALL {
        for op in kind.hand.iter().filter_map(|id| kind::op(*id)) {
            // The hand never waits, so no outcome of a wait is its own.
            for outcome in op.outcomes.iter().filter(|outcome| !outcome.name.starts_with("waits") && outcome.name != "partly") {
                let scene = Scene {
                    before: &world,
                    after: &world,
                    actor: HAND,
                    op: op.id,
                    on: On::Nothing,
                    detail: None,
                    changes: &[],
                    next: None,
                    lang: Lang::En,
                    terse: false,
                };
                let said = scene.fill(outcome.sentence.en);
                for wrong in
                    ["ou's", "ou is ", "ou has ", "ou waits", "ou sets", "ou was ", " its own", " its feeder", " its copy", "self "]
                {
                    assert!(!said.contains(wrong), "{said}");
                }
                assert!(["You ", "Your ", " you ", "your "].iter().any(|word| said.contains(word)), "{said}");
            }
        }
    }
}

/// What everyone waits for or will do.
fn waits_told(world: &World, lang: Lang) -> String {
    let mut out = String::new();
    for actor in world.all_actors() {
        let said =
            [waiting(world, actor.id, lang), chain(world, actor.id, lang).map(|chain| chain.to_string()), announced(world, actor.id, lang)];
        for said in said.into_iter().flatten() {
            out.push_str(&format!("     {}: {said}\n", actor.name));
        }
    }
    out
}

/// A run as it reads: each row with its sentence, and at the end who waits.
fn told(run: &Sample, lang: Lang) -> String {
    let mut out = String::new();
    let mut before = World::new();
    let last = run.events.len() - 1;
    let middle = run.events.iter().position(|event| matches!(&event.body, Body::Clock { .. })).unwrap_or(last);
    for (at, event) in run.events.iter().enumerate() {
        let mut after = before.clone();
        after.apply(event);
        let shown = !matches!(event.body, Body::Granted { .. } | Body::Born(_) | Body::Rest(_));
        if shown {
            let (row, sentence) = (row(&before, &after, event, lang), sentence(&before, &after, event, lang));
            for text in [&row, &sentence] {
                assert!(!text.contains('{') && !text.contains('}'), "unfilled: {text}");
            }
            out.push_str(&format!("{:>3}  {row:<24} {sentence}\n", after.step));
        }
        // Who waits is told where time jumps, and at the end.
        if at + 1 == middle || at == last {
            out.push_str(&waits_told(&after, lang));
        }
        before = after;
    }
    if before.stuck() {
        out.push_str(&stuck(&before, lang));
        out.push('\n');
    }
    out
}

#[test]
fn runs_read_well() {
    let runs = [
        ("queue", sample::queue_run()),
        ("condition", sample::condition_run()),
        ("stuck", sample::stuck_run()),
        ("event", sample::event_run()),
    ];
    for (name, run) in &runs {
        insta::assert_snapshot!(format!("{name}_en"), told(run, Lang::En));
        insta::assert_snapshot!(format!("{name}_zh"), told(run, Lang::Zh));
    }
}

/// Everything that is told of what is chosen and of what could be done.
fn told_by_hand(world: &World, lang: Lang) -> String {
    let mut out = Vec::new();
    for actor in world.all_actors().filter(|actor| actor.id != HAND) {
        out.extend(chosen::process(world, actor.id, lang).map(|stands| match stands {
            Stands::Waits(chain) => chain.to_string(),
            Stands::Said(said) => said,
        }));
    }
    out.extend(world.all_objects().filter(|object| object.owner.is_none()).filter_map(|object| chosen::object(world, object.id, lang)));
    if world.stuck() {
        let still = standstill(world, lang);
        out.extend(still.said);
        out.extend(still.chains.iter().map(|chain| format!("{} {chain}", if chain.ring { "ring" } else { "chain" })));
    }
    out.extend(
        remedies(world).iter().map(|remedy| format!("{}: {}", remedy::deed(world, remedy, lang), remedy::effect(world, remedy, lang))),
    );
    out.join("\n")
}

#[test]
fn waits_holders_and_ways_out_read_well() {
    let mut killed = sample::locks_run();
    killed.host(Body::Died(crate::trace::Died { actor: crate::trace::ActorId(4), cause: crate::trace::Cause::Signal(9), changes: vec![] }));
    killed.rest(&[], true);
    let runs = [
        ("locks", sample::locks_run()),
        ("holder_killed", killed),
        ("permits", sample::permits_run()),
        ("flags", sample::flags_run()),
        ("ends", sample::stuck_run()),
        ("asleep", sample::asleep_run()),
        ("condition", sample::condition_run()),
        ("queue", sample::queue_run()),
    ];
    for (name, run) in &runs {
        assert_eq!(run.world.faults, [], "{name}");
        insta::assert_snapshot!(format!("by_hand_{name}_en"), told_by_hand(&run.world, Lang::En));
        insta::assert_snapshot!(format!("by_hand_{name}_zh"), told_by_hand(&run.world, Lang::Zh));
    }
}

#[test]
fn every_end_has_its_own_name_in_both_languages() {
    let mut run = Sample::new();
    let kinds = [kind::connection::ID, kind::manager::ID, kind::queue::ID, kind::pipe::ID];
    let made = (1..).zip(kinds).map(|(at, kind)| sample::made(ObjectId(at), kind, "x", None)).collect();
    run.host(Body::Also { changes: made });
    let check = |object: u16, end: u8, en: &str, zh: &str| {
        let said = [Lang::En, Lang::Zh].map(|lang| super::name::end(&run.world, ObjectId(object), end, lang).text);
        assert_eq!(said, [en, zh]);
    };
    check(1, 0, "the client of x", "x 的客户端");
    check(1, 1, "the server of x", "x 的服务器端");
    check(2, 0, "the listener of x", "x 的监听端");
    check(3, 1, "the writer of x", "x 的写端");
    check(4, 1, "end 1 of x", "x 的 1 端");
}

#[test]
fn a_rest_says_what_nobody_goes_on_before() {
    let mut run = Sample::new();
    let told = |run: &mut Sample, next_deadline| {
        let before = run.world.clone();
        run.host(Body::Rest(Rest { candidates: Vec::new(), next_deadline, stuck: false }));
        run.events.last().map(|event| sentence(&before, &run.world, event, Lang::En)).unwrap_or_default()
    };
    assert_eq!(told(&mut run, Some(5)), "Nobody can go on before time passes.");
    assert_eq!(told(&mut run, None), "Nobody can go on just now.");
    run.host(Body::Stopped { actor: sample::MAIN, stopped: true });
    assert_eq!(told(&mut run, None), "Nobody can go on before a stopped process is continued.");
}

proptest! {
    /// Damaged recordings are shown too: no event and no world makes a sentence panic.
    #[test]
    fn any_event_can_be_told(events in prop::collection::vec(arbitrary::event(), 0..40)) {
        for lang in [Lang::En, Lang::Zh] {
            let mut before = World::new();
            let mut linear = super::linear::Linear::new(lang);
            let mut json = super::json::Json::new(true);
            for event in &events {
                let mut after = before.clone();
                after.apply(event);
                row(&before, &after, event, lang);
                sentence(&before, &after, event, lang);
                let line = json.push(event);
                for line in linear.push(event).iter().chain([&line]) {
                    prop_assert!(!line.contains(|c| is_hidden(c) && !matches!(c, '\u{200c}' | '\u{200d}')), "{:?}", line);
                }
                prop_assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok(), "{}", line);
                before = after;
            }
            for actor in before.all_actors() {
                waiting(&before, actor.id, lang);
                chain(&before, actor.id, lang);
                announced(&before, actor.id, lang);
            }
            stuck(&before, lang);
            told_by_hand(&before, lang);
        }
    }
}

/// Whoever took a semaphore's permits is not known, and nobody can hold an Event: that nobody holds them would
/// answer a question that has no such answer.
#[test]
fn of_what_nobody_waits_for_only_what_can_be_held_is_said_to_be_free() {
    let mut sample = Sample::new();
    let kinds = [kind::lock::ID, kind::semaphore::ID, kind::event::ID, kind::value::ID];
    for (at, kind) in kinds.into_iter().enumerate() {
        sample.make(sample::MAIN, ObjectId(at as u16), kind, "it", 1);
    }
    let said = |lang| -> Vec<String> { (0..4).filter_map(|at| chosen::object(&sample.world, ObjectId(at), lang)).collect() };
    let en = [
        "it: nobody holds it, and nobody waits for it.",
        "it: permits 0, and nobody waits for it.",
        "it: the flag is down, and nobody waits for it.",
        "it: nobody waits for it.",
    ];
    assert_eq!(said(Lang::En), en);
    assert_eq!(
        said(Lang::Zh),
        ["it：没有人持有它，也没有人等它。", "it：许可 0，没有人等它。", "it：标志未设置，没有人等它。", "it：没有人等它。"]
    );
}

#[test]
fn where_only_a_signal_could_let_anybody_go_that_is_said() {
    const CHILD: ActorId = ActorId(3);
    let mut sample = Sample::new();
    sample.start(CHILD, "p", "work", 1);
    sample.join(CHILD, 2);
    let said = |sample: &Sample| [Lang::En, Lang::Zh].map(|lang| held_up(&sample.world, lang));
    sample.rest(&[], false);
    assert_eq!(said(&sample), [None, None], "nobody is stopped: somebody is on its way");
    sample.host(Body::Stopped { actor: CHILD, stopped: true });
    sample.rest(&[CHILD], false);
    assert_eq!(said(&sample), [None, None]);
    sample.rest(&[], false);
    let words = ["Nobody can go: p is stopped by a signal. K continues it.", "谁也不能走：p 被信号停住了。选中后按 K 让它继续。"];
    assert_eq!(said(&sample), words.map(|words| Some(words.to_owned())));
}
