//! Verdicts in words.

use super::name::{self, pick};
use super::template::{Term, fill, tight};
use super::waiting::{at_part, awaited};
use crate::kind::Lang;
use crate::trace::{ActorId, ObjectId, PartRef, Until};
use crate::world::waits::might_wait_for;
use crate::world::{Activity, Actor, Verdict, World, verdicts, waits_for};

/// Everything that can be proved of a world, a sentence each.
pub fn proved(world: &World, lang: Lang) -> Vec<String> {
    verdicts(world).iter().map(|verdict| told(world, verdict, lang)).collect()
}

/// That some wait busily for what nobody changes, as it seems: the one verdict about a run that goes on.
pub fn busy(world: &World, lang: Lang) -> Option<String> {
    world.idling()?;
    verdicts(world).iter().find(|verdict| verdict.rule.name == "busy").map(|verdict| told(world, verdict, lang))
}

/// One verdict's sentence.
pub fn told(world: &World, verdict: &Verdict, lang: Lang) -> String {
    let said = fill(verdict.rule.sentence.get(lang), |slot| match slot {
        "actors" => Some(name::actors(world, &verdict.actors, lang)),
        "others" => Some(name::actors(world, &verdict.others, lang)),
        "objects" => {
            let objects: Vec<Term> = verdict.objects.iter().map(|object| name::object(world, *object, lang)).collect();
            Some(name::list(&objects, lang))
        }
        "messages" => {
            let messages = verdict.messages.iter().filter_map(|message| world.message(*message));
            let messages: Vec<Term> = messages.map(|message| Term::name(name::message(&message.value, lang))).collect();
            Some(name::list(&messages, lang))
        }
        "circle" => Some(Term::name(circle(world, &verdict.actors, lang))),
        "awaited" => awaited_of(world, verdict, lang).map(Term::name),
        "pulse" => verdict.objects.first().map(|object| Term::name(pulse_of(world, *object, lang))),
        "since" => Some(Term::name(world.idling().map_or(0, |idling| idling.since).to_string())),
        "but" => Some(Term::ours(but(world, &verdict.others, lang))),
        _ => None,
    });
    match lang {
        Lang::En => said,
        Lang::Zh => tight(&said),
    }
}

/// What the first of those concerned waits for at an object of the verdict; the others wait for the same.
fn awaited_of(world: &World, verdict: &Verdict, lang: Lang) -> Option<String> {
    let actor = world.actor(*verdict.actors.first()?)?;
    let Activity::Waiting(wait) = &actor.activity else { return None };
    let until = wait.until.iter().find(|until| until.part().is_some_and(|part| verdict.objects.contains(&part.object)))?;
    // Who took it is told by the verdict.
    Some(match until {
        Until::CountAbove(part, _) => at_part(world, *part, lang),
        until => awaited(world, actor, until, lang),
    })
}

/// When an object's flag was up: "e was set by p in step 5 and cleared by q in step 8".
fn pulse_of(world: &World, object: ObjectId, lang: Lang) -> String {
    let name = name::object(world, object, lang).text;
    let parts = world.object(object).map_or(0, |object| object.parts.len());
    let Some((set, cleared)) = (0..parts).find_map(|part| world.pulse(PartRef::new(object, part as u8))) else { return name };
    let [(setter, set_at), (clearer, cleared_at)] =
        [set, cleared].map(|moment| (name::actor(world, moment.actor, lang).text, name::moment(moment.step, moment.time, lang)));
    match lang {
        Lang::En => format!("{name} was set by {setter} {set_at} and cleared by {clearer} {cleared_at}"),
        Lang::Zh => tight(&format!("{name} {set_at}由 {setter} 设置，{cleared_at}由 {clearer} 清除")),
    }
}

/// Those who could have helped, as an exception to "nobody"; empty where there is really nobody.
fn but(world: &World, others: &[ActorId], lang: Lang) -> String {
    let who = name::actors(world, others, lang).text;
    match others.len() {
        0 => String::new(),
        1 => pick(lang, format!(" but {who} (which waits itself)"), format!("除了也在等待的 {who}，")),
        _ => pick(lang, format!(" but {who} (which wait themselves)"), format!("除了也在等待的 {who}，")),
    }
}

/// Who waits for whom: "a waits for b, b waits for a".
fn circle(world: &World, actors: &[ActorId], lang: Lang) -> String {
    let one = |actor: &ActorId| {
        let who = name::actor(world, *actor, lang).text;
        if waits_for(world, *actor).iter().all(|other| other == actor)
            && let Some((waiter, what)) = world.actor(*actor).and_then(|waiter| Some((waiter, first_awaited(world, waiter, lang)?)))
        {
            let whom = name::either(world, &might_wait_for(world, waiter.id), lang);
            return pick(
                lang,
                format!("{who} waits for {what}, which {whom} could bring about"),
                tight(&format!("{who} 等待 {what}（{whom} 可以做到）")),
            );
        }
        let whom = name::either(world, &waits_for(world, *actor), lang);
        pick(lang, format!("{who} waits for {whom}"), format!("{who} 等待 {whom}"))
    };
    let said: Vec<String> = actors.iter().map(one).collect();
    said.join(pick(lang, ", ", "，").as_str())
}

/// What an actor waits for first, in words.
fn first_awaited(world: &World, actor: &Actor, lang: Lang) -> Option<String> {
    let Activity::Waiting(wait) = &actor.activity else { return None };
    Some(awaited(world, actor, wait.until.first()?, lang))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::template::{Piece, pieces};
    use crate::world::sample;
    use crate::world::verdict::RULES;

    #[test]
    fn the_guide_knows_every_rule() {
        let guide = include_str!("../../GUIDE.md");
        for rule in RULES {
            assert!(guide.contains(&format!("`{}`", rule.name)), "{}", rule.name);
        }
    }

    #[test]
    fn every_rule_speaks_both_languages() {
        for rule in RULES {
            for text in [rule.sentence.en, rule.sentence.zh] {
                assert!(!text.is_empty(), "{}", rule.name);
                for piece in pieces(text) {
                    if let Piece::Slot(slot) = piece {
                        assert!(
                            ["actors", "objects", "messages", "others", "circle", "awaited", "but", "pulse", "since"].contains(&slot),
                            "{}: {slot}",
                            rule.name
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn verdicts_in_words() {
        let check = |run: &sample::Sample, lang: Lang, expected: &[&str]| assert_eq!(proved(&run.world, lang), expected);
        let stuck = sample::stuck_run();
        check(&stuck, Lang::En, &["Deadlock: proc_1 waits for proc_2, proc_2 waits for proc_1. No other process can help."]);
        check(&stuck, Lang::Zh, &["死锁：proc_1 等待 proc_2，proc_2 等待 proc_1。没有别的进程能帮忙。"]);
        check(&sample::queue_run(), Lang::En, &["Lost, and never received: B."]);
        // The others live, and could have helped; they wait too.
        let asleep = sample::asleep_run();
        let sleeps = "Asleep for good: nobody but main and waiter (which wait themselves) is left to notify sleeper on cond. \
                      A notification is not remembered, so one that comes before the wait is lost.";
        assert_eq!(proved(&asleep.world, Lang::En).first().map(String::as_str), Some(sleeps));
        let never = "无人设置：除了也在等待的 main 和 sleeper，再没有谁能设置 ready，waiter 将永远等下去。";
        assert_eq!(proved(&asleep.world, Lang::Zh).last().map(String::as_str), Some(never));
    }
}
