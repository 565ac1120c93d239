//! How a death is told: what it was, and everything that the dead left behind.

use super::name::{self, pick};
use super::sentence::begin;
use super::template::Term;
use super::unstarted;
use crate::kind::{self, Lang};
use crate::trace::{ActorId, Cause, Change, Died, PartRef};
use crate::world::{PartState, World};

/// The death in one sentence, and one more for each kind of thing that it left.
pub(super) fn sentence(before: &World, after: &World, died: &Died, lang: Lang) -> String {
    let threads: Vec<ActorId> =
        after.all_actors().filter(|actor| actor.id == died.actor || actor.process == died.actor).map(|actor| actor.id).collect();
    let mut sentences = vec![cause(after, died, lang)];
    let held = owned_by(after, &threads).into_iter().filter(|part| !is_robust(after, *part));
    if let Some(held) = names(held.map(|part| name::part(after, part, lang)), lang) {
        sentences.push(pick(
            lang,
            format!("It still holds {held}: death releases nothing."),
            format!("它仍持有 {held}：死亡不会释放任何东西。"),
        ));
    }
    sentences.extend(left(before, after, &threads, &died.changes, lang));
    join(&sentences, lang)
}

/// What a death before this event changed further: free runs tell of it object by object.
pub(super) fn aftermath(before: &World, after: &World, changes: &[Change], lang: Lang) -> String {
    let dead: Vec<ActorId> = after.all_actors().filter(|actor| actor.is_dead()).map(|actor| actor.id).collect();
    let mut sentences = left(before, after, &dead, changes, lang);
    if sentences.is_empty() {
        sentences.push(pick(lang, "This belongs to the event before.", "这属于前一个事件。"));
    }
    join(&sentences, lang)
}

/// Whether an event's changes are such an aftermath.
pub(super) fn any_left(before: &World, after: &World, changes: &[Change]) -> bool {
    let dead: Vec<ActorId> = after.all_actors().filter(|actor| actor.is_dead()).map(|actor| actor.id).collect();
    !left(before, after, &dead, changes, Lang::En).is_empty()
}

fn join(sentences: &[String], lang: Lang) -> String {
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
            let reason = unstarted::reason(errno, lang);
            pick(lang, format!("{who} could not be started: {reason}."), format!("{who} 无法启动：{reason}。"))
        }
    }
}

/// What the dead left: locks now free, lost messages, closed ends, waits, broken objects.
fn left(before: &World, after: &World, threads: &[ActorId], changes: &[Change], lang: Lang) -> Vec<String> {
    let mut said = Vec::new();

    let still = owned_by(after, threads);
    let freed = owned_by(before, threads).into_iter().filter(|part| !still.contains(part));
    if let Some(freed) = names(freed.map(|part| name::part(after, part, lang)), lang) {
        said.push(pick(lang, format!("It held {freed}, now free again."), format!("它曾持有 {freed}，现已空闲。")));
    }

    let lost = after.messages.iter().filter(|message| message.lost && before.message(message.id).is_none_or(|then| !then.lost));
    if let Some(lost) = names(lost.map(|message| Term::name(name::message(&message.value, lang))), lang) {
        said.push(pick(lang, format!("Lost with it, never to arrive: {lost}."), format!("随之丢失、永远不会到达：{lost}。")));
    }

    let closed: Vec<(PartRef, u8)> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Closed { part, end, process } if threads.contains(process) => Some((*part, *end)),
            _ => None,
        })
        .collect();
    // Each end is told of once: with the last copy the end itself is gone.
    let (gone, copies): (Vec<_>, Vec<_>) = closed.iter().partition(|(part, end)| nobody_holds(after, *part, *end));
    let ends = |some: &[&(PartRef, u8)]| names(some.iter().map(|(part, end)| name::end(after, part.object, *end, lang)), lang);
    if let Some(ends) = ends(&copies) {
        said.push(pick(lang, format!("The kernel closed what it held: {ends}."), format!("内核关闭了它持有的：{ends}。")));
    }
    if let Some(ends) = ends(&gone) {
        said.push(pick(
            lang,
            format!("The kernel closed the last copy: nobody holds {ends} any more."),
            format!("内核关闭了最后一份副本：再没有人持有 {ends}。"),
        ));
    }
    let flew: Vec<(PartRef, u8)> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Closed { part, end, process: ActorId::HOST } => Some((*part, *end)),
            _ => None,
        })
        .collect();
    if let Some(ends) = names(flew.iter().map(|(part, end)| name::end(after, part.object, *end, lang)), lang) {
        said.push(pick(
            lang,
            format!("What it had sent off and nobody had received went with it: {ends}."),
            format!("它已寄出而无人收到的随之消失：{ends}。"),
        ));
    }

    let waits = changes.iter().filter_map(|change| match change {
        Change::Left { part, actor } if threads.contains(actor) => Some(name::object(after, part.object, lang)),
        _ => None,
    });
    if let Some(waits) = names(waits, lang) {
        said.push(pick(lang, format!("It no longer waits for {waits}."), format!("它不再等待 {waits}。")));
    }

    let broken = changes.iter().filter_map(|change| match change {
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

/// Whether the host frees a part whose holder has died.
fn is_robust(world: &World, part: PartRef) -> bool {
    let kind = world.kind_of(part.object).and_then(kind::kind);
    kind.and_then(|kind| kind.parts.get(part.part as usize)).is_some_and(|part| part.robust)
}

fn nobody_holds(world: &World, part: PartRef, end: u8) -> bool {
    match world.part(part) {
        Some(PartState::Ends { ends }) => ends.get(end as usize).is_some_and(|end| end.holders.is_empty()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::{condition, event, lock, pipe, queue};
    use crate::text::sentence;
    use crate::trace::{Body, Event, MessageId, ObjectId, Preview};
    use crate::world::sample::{MAIN, Sample, made};

    const VICTIM: ActorId = ActorId(3);

    /// A process that holds a lock, a queue's read lock and an end, waits for an Event, and has sent half a message.
    fn busy() -> (Sample, Vec<Change>) {
        let (l, q, p, e) = (ObjectId(1), ObjectId(2), ObjectId(3), ObjectId(4));
        let mut run = Sample::new();
        run.born(VICTIM, "victim", "f", Some(MAIN));
        let message = MessageId(1);
        let read_lock = PartRef::new(q, queue::READ_LOCK);
        let ends = PartRef::new(p, pipe::ENDS);
        let waiters = PartRef::new(e, event::WAITERS);
        let changes = vec![
            made(l, lock::ID, "l", None),
            made(q, queue::ID, "q", None),
            made(p, pipe::ID, "p", None),
            made(e, event::ID, "e", None),
            made(ObjectId(5), condition::ID, "c", None),
            Change::Owned { part: PartRef::new(l, lock::OWNER), owner: Some(VICTIM), depth: 1 },
            Change::Owned { part: read_lock, owner: Some(VICTIM), depth: 1 },
            Change::Opened { part: ends, end: 0, process: VICTIM },
            Change::Opened { part: ends, end: 1, process: VICTIM },
            Change::Opened { part: ends, end: 1, process: MAIN },
            Change::Queued { part: waiters, actor: VICTIM },
        ];
        run.host(Body::Also { changes });
        let half = vec![
            Change::Composed { message, value: Preview::new("long") },
            Change::Moved { message, from: None, to: Some(PartRef::new(p, pipe::TO_1)) },
            Change::Passed { message, written: 10, read: 0, frame: 20 },
        ];
        run.push(VICTIM, Body::Also { changes: half });
        let closed = |end| Change::Closed { part: ends, end, process: VICTIM };
        let left = vec![
            Change::Left { part: waiters, actor: VICTIM },
            Change::Owned { part: read_lock, owner: None, depth: 0 },
            Change::Broken { object: q },
            closed(0),
            closed(1),
        ];
        (run, left)
    }

    fn told(run: &mut Sample, body: Body, lang: Lang) -> String {
        let before = run.world.clone();
        run.host(body.clone());
        assert_eq!(run.world.faults, []);
        let event = Event { actor: ActorId::HOST, time: 0, wall: 0, body };
        sentence(&before, &run.world, &event, lang)
    }

    #[test]
    fn a_death_names_all_that_it_left() {
        for lang in [Lang::En, Lang::Zh] {
            let (mut run, changes) = busy();
            let death = told(&mut run, Body::Died(Died { actor: VICTIM, cause: Cause::Signal(9), changes }), lang);
            insta::assert_snapshot!(format!("death_{lang:?}"), death.replace(". ", ".\n").replace('。', "。\n"));
        }
    }

    #[test]
    fn a_free_runs_death_is_told_object_by_object() {
        let (mut run, changes) = busy();
        let died = told(&mut run, Body::Died(Died { actor: VICTIM, cause: Cause::Exit(1), changes: vec![] }), Lang::En);
        assert_eq!(
            died,
            "victim ended with exit code 1: something went wrong. It still holds l: death releases nothing. \
             Lost with it, never to arrive: “long”."
        );
        let said: Vec<String> = changes.into_iter().map(|change| told(&mut run, Body::Also { changes: vec![change] }, Lang::En)).collect();
        assert_eq!(
            said,
            [
                "It no longer waits for e.",
                "It held the read lock of q, now free again.",
                "It died inside q, which is broken now: whoever uses it gets an error.",
                "The kernel closed the last copy: nobody holds end 0 of p any more.",
                "The kernel closed what it held: end 1 of p.",
            ]
        );
    }
}
