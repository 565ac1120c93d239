//! Verdicts in words.

use super::name;
use super::template::{Term, fill, tight};
use super::waiting::awaited;
use crate::kind::Lang;
use crate::trace::ActorId;
use crate::world::{Activity, Verdict, World, verdicts, waits_for};

/// Everything that can be proved of a world, a sentence each.
pub fn proved(world: &World, lang: Lang) -> Vec<String> {
    verdicts(world).iter().map(|verdict| told(world, verdict, lang)).collect()
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
    Some(awaited(world, actor, until, lang))
}

/// Who waits for whom: "a waits for b, b waits for a".
fn circle(world: &World, actors: &[ActorId], lang: Lang) -> String {
    let one = |actor: &ActorId| {
        let who = name::actor(world, *actor, lang).text;
        let whom = name::either(world, &waits_for(world, *actor), lang);
        name::pick(lang, format!("{who} waits for {whom}"), format!("{who} 等待 {whom}"))
    };
    let said: Vec<String> = actors.iter().map(one).collect();
    said.join(name::pick(lang, ", ", "，").as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::template::{Piece, pieces};
    use crate::world::sample;
    use crate::world::verdict::RULES;

    #[test]
    fn every_rule_speaks_both_languages() {
        for rule in RULES {
            for text in [rule.sentence.en, rule.sentence.zh] {
                assert!(!text.is_empty(), "{}", rule.name);
                for piece in pieces(text) {
                    if let Piece::Slot(slot) = piece {
                        assert!(["actors", "objects", "messages", "others", "circle", "awaited"].contains(&slot), "{}: {slot}", rule.name);
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
    }
}
