//! How a death is told: what it was, and everything that the dead left behind.

use super::name::{self, pick};
use super::sentence::begin;
use super::template::Term;
use crate::kind::Lang;
use crate::trace::{ActorId, Cause, Change, Died, PartRef};
use crate::world::{PartState, World};

/// The death in one sentence, and one more for each kind of thing that it left.
pub fn sentence(before: &World, after: &World, died: &Died, lang: Lang) -> String {
    let mut sentences = vec![cause(after, died, lang)];
    sentences.extend(left(before, after, died, lang));
    sentences.join(if lang == Lang::En { " " } else { "" })
}

fn cause(after: &World, died: &Died, lang: Lang) -> String {
    let who = begin(&name::actor(after, died.actor, lang));
    match died.cause {
        Cause::Exit(0) => pick(lang, format!("{who} ended with exit code 0."), format!("{who} 结束，退出码 0。")),
        Cause::Exit(code) => pick(
            lang,
            format!("{who} ended with exit code {code}: something went wrong."),
            format!("{who} 结束，退出码 {code}：出了问题。"),
        ),
        Cause::Signal(number) => {
            let signal = name::signal(number);
            pick(
                lang,
                format!("{who} was killed by {signal} and could clean nothing up (exit code -{number})."),
                format!("{who} 被 {signal} 杀死，来不及清理（退出码 -{number}）。"),
            )
        }
        Cause::Returned => pick(lang, format!("{who} has ended."), format!("{who} 结束了。")),
        Cause::NotStarted(errno) => {
            pick(lang, format!("{who} could not be started (error {errno})."), format!("{who} 无法启动（错误 {errno}）。"))
        }
    }
}

/// What the dead left: locks, lost messages, closed ends, waits, broken objects.
fn left(before: &World, after: &World, died: &Died, lang: Lang) -> Vec<String> {
    let threads: Vec<ActorId> =
        after.all_actors().filter(|actor| actor.id == died.actor || actor.process == died.actor).map(|actor| actor.id).collect();
    let mut said = Vec::new();

    let held = names(owned_by(after, &threads).iter().map(|part| name::part(after, *part, lang)), lang);
    if let Some(held) = held {
        said.push(pick(
            lang,
            format!("It still holds {held}: death releases nothing."),
            format!("它仍持有 {held}：死亡不会释放任何东西。"),
        ));
    }
    let still = owned_by(after, &threads);
    let freed = owned_by(before, &threads).into_iter().filter(|part| !still.contains(part));
    if let Some(freed) = names(freed.map(|part| name::part(after, part, lang)), lang) {
        said.push(pick(lang, format!("It held {freed}, now free again."), format!("它曾持有 {freed}，现已空闲。")));
    }

    let lost = after.messages.iter().filter(|message| message.lost && before.message(message.id).is_none_or(|then| !then.lost));
    if let Some(lost) = names(lost.map(|message| Term::name(name::value(&message.value, lang))), lang) {
        said.push(pick(lang, format!("Lost with it, never to arrive: {lost}."), format!("随之丢失、永远不会到达：{lost}。")));
    }

    let closed: Vec<(PartRef, u8)> = died
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::Closed { part, end, process } if *process == died.actor => Some((*part, *end)),
            _ => None,
        })
        .collect();
    if let Some(ends) = names(closed.iter().map(|(part, end)| name::end(after, part.object, *end, lang)), lang) {
        said.push(pick(lang, format!("The kernel closed what it held: {ends}."), format!("内核关闭了它持有的：{ends}。")));
    }
    let gone = closed.iter().filter(|(part, end)| nobody_holds(after, *part, *end));
    if let Some(gone) = names(gone.map(|(part, end)| name::end(after, part.object, *end, lang)), lang) {
        said.push(pick(lang, format!("Nobody holds {gone} any more."), format!("再没有人持有 {gone}。")));
    }

    let waits = died.changes.iter().filter_map(|change| match change {
        Change::Left { part, actor } if threads.contains(actor) => Some(name::object(after, part.object, lang)),
        _ => None,
    });
    if let Some(waits) = names(waits, lang) {
        said.push(pick(lang, format!("It no longer waits for {waits}."), format!("它不再等待 {waits}。")));
    }

    let broken = died.changes.iter().filter_map(|change| match change {
        Change::Broken { object } => Some(name::object(after, *object, lang)),
        _ => None,
    });
    if let Some(broken) = names(broken, lang) {
        said.push(pick(
            lang,
            format!("It died inside {broken}, which is broken now: whoever uses it gets an error."),
            format!("它死在 {broken} 内部，后者已损坏：再使用会得到错误。"),
        ));
    }
    said
}

fn names(terms: impl Iterator<Item = Term>, lang: Lang) -> Option<String> {
    let mut terms: Vec<Term> = terms.collect();
    terms.dedup();
    if terms.is_empty() { None } else { Some(name::list(&terms, lang).text) }
}

fn owned_by(world: &World, threads: &[ActorId]) -> Vec<PartRef> {
    let mut found = Vec::new();
    for object in world.all_objects() {
        for (at, part) in object.parts.iter().enumerate() {
            if matches!(part, PartState::Owner { owner: Some(owner), .. } if threads.contains(owner)) {
                found.push(PartRef::new(object.id, at as u8));
            }
        }
    }
    found
}

fn nobody_holds(world: &World, part: PartRef, end: u8) -> bool {
    match world.part(part) {
        Some(PartState::Ends { ends }) => ends.get(end as usize).is_some_and(|end| end.holders.is_empty()),
        _ => false,
    }
}
