//! What can be proved of a run from who waits for whom: small independent rules, each with its sentence.
//! Pure reading of a world; knows parts, not primitives.
//!
//! Invariant: a verdict is proved by the world alone. Rules about waits speak only where the run is stuck,
//! since as long as anybody moves a wait may still end. What is only likely says "as it seems".

use super::waits::{Edges, is_guarded, is_listed, might_wait_for, reached, waiting_for_good, waits_for, waits_for_good, wanting};
use super::{Activity, Actor, PartState, World};
use crate::kind::{self, Words, words};
use crate::trace::{ActorId, MessageId, ObjectId, PartRef, Until};

/// One proved statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    pub rule: &'static Rule,
    /// Whom it is about, sorted.
    pub actors: Vec<ActorId>,
    pub objects: Vec<ObjectId>,
    pub messages: Vec<MessageId>,
    /// Who else is concerned: those who wait for what the dead hold.
    pub others: Vec<ActorId>,
}

/// One kind of verdict. The sentence's slots: `{actors}`, `{objects}`, `{messages}`, `{others}`,
/// `{circle}` for who waits for whom among the actors, `{awaited}` for what they wait for, and `{but}` for the others
/// as an exception: those who could have helped and wait themselves. `{pulse}` says when the first object's flag was up,
/// `{since}` is the step of the last change of anything.
#[derive(Debug)]
pub struct Rule {
    /// For `--json`, tests and a scenario's `shows`.
    pub name: &'static str,
    pub sentence: Words,
    find: fn(&World) -> Vec<Found>,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Rule) -> bool {
        self.name == other.name
    }
}

/// What a rule found.
#[derive(Clone, Default)]
struct Found {
    actors: Vec<ActorId>,
    objects: Vec<ObjectId>,
    messages: Vec<MessageId>,
    others: Vec<ActorId>,
}

/// All rules, in the order in which they are told.
pub const RULES: &[Rule] = &[
    Rule {
        name: "deadlock",
        sentence: words("Deadlock: {circle}. No other process can help.", "死锁：{circle}。没有别的进程能帮忙。"),
        find: knots,
    },
    Rule {
        name: "open_end",
        sentence: words(
            "Kept open: {others} still holds the other end of {objects}, so {actors} gets no end of file, and {others} waits for {actors}.",
            "没有关闭：{others} 还握着 {objects} 的另一端，所以 {actors} 等不到文件结束，而 {others} 在等 {actors}。",
        ),
        find: open_ends,
    },
    Rule {
        name: "circle",
        sentence: words(
            "A deadlock, as it seems: {circle}. Whoever could help is waiting too.",
            "看来是死锁：{circle}。能帮忙的都在等待。",
        ),
        find: circles,
    },
    Rule {
        name: "self_deadlock",
        sentence: words(
            "Deadlock with itself: {actors} waits for {objects}, which it holds already.",
            "自己锁住自己：{actors} 在等它已经持有的 {objects}。",
        ),
        find: waits_for_itself,
    },
    Rule {
        name: "dead_holder",
        sentence: words(
            "Held by the dead: {actors} ended without releasing {objects}. Waiting for it: {others}.",
            "被死者持有：{actors} 没有释放 {objects} 就结束了。在等它的：{others}。",
        ),
        find: held_by_the_dead,
    },
    Rule {
        name: "lost_wakeup",
        sentence: words(
            "Asleep for good: nobody{but} is left to notify {actors} on {objects}. A notification is not remembered, so one that comes before the wait is lost.",
            "永远睡着：{but}再没有谁能在 {objects} 上通知 {actors}。通知不会被记住，早于 wait 的通知就丢失了。",
        ),
        find: asleep_for_good,
    },
    Rule {
        name: "lost_set",
        sentence: words(
            "Set too early: {pulse}; {actors} came to wait only after that. A set that was cleared is not remembered.",
            "设置得太早：{pulse}；{actors} 在那之后才开始等。被清除的设置不会被记住。",
        ),
        find: lost_sets,
    },
    Rule {
        name: "never_set",
        sentence: words(
            "Never set: nobody{but} is left to set {objects}, for which {actors} would wait for ever.",
            "无人设置：{but}再没有谁能设置 {objects}，{actors} 将永远等下去。",
        ),
        find: never_set,
    },
    Rule {
        name: "unfinished",
        sentence: words(
            "Never done: {actors} waits until everything that was put into {objects} is done, but nobody{but} is left to say so with task_done.",
            "永远完不成：{actors} 在等放入 {objects} 的一切都完成，可{but}再没有谁会用 task_done 来说明。",
        ),
        find: unfinished,
    },
    Rule {
        name: "incomplete",
        sentence: words(
            "Never complete: {actors} waits at {objects} until all are there, but nobody{but} is left to come.",
            "永远到不齐：{actors} 在 {objects} 等大家到齐，可{but}再没有谁会来。",
        ),
        find: incomplete,
    },
    Rule {
        name: "not_given_back",
        sentence: words(
            "Never given back: {others} ended without giving {awaited} back, for which {actors} would wait for ever.",
            "无人归还：{others} 没有归还 {awaited}就结束了，{actors} 将永远等下去。",
        ),
        find: not_given_back,
    },
    Rule {
        name: "used_up",
        sentence: words(
            "Never given: nobody{but} is left to give {awaited}, for which {actors} would wait for ever.",
            "无人给出：{but}再没有谁能给出 {awaited}，{actors} 将永远等下去。",
        ),
        find: used_up,
    },
    Rule {
        name: "never_put",
        sentence: words(
            "Never put: nobody{but} is left to put anything into {objects}, for which {actors} would wait for ever.",
            "无人放入：{but}再没有谁能往 {objects} 放入什么，{actors} 将永远等下去。",
        ),
        find: never_put,
    },
    Rule {
        name: "never_taken",
        sentence: words(
            "Never taken: nobody{but} is left to make room in {objects} by receiving, for which {actors} would wait for ever.",
            "无人取走：{but}再没有谁会接收而在 {objects} 中腾出空间，{actors} 将永远等下去。",
        ),
        find: never_taken,
    },
    Rule {
        name: "leaked_end",
        sentence: words(
            "Leaked end: the other end of {objects} is held by nobody but {actors}, the very reader, so the end of file never comes.",
            "泄漏的一端：{objects} 的另一端，只有读它的 {actors} 自己还持有副本，所以永远等不到文件结束。",
        ),
        find: leaked_ends,
    },
    Rule {
        name: "busy",
        sentence: words(
            "Busy waiting without end, as it seems: since step {since} {actors} only looked, and nobody changed anything.",
            "看来是没有尽头的忙等：自第 {since} 步起，{actors} 只是反复查看，而谁也没有改变任何东西。",
        ),
        find: busy,
    },
    Rule {
        name: "unread",
        sentence: words("Never received: {messages}, left in {objects}.", "从未被接收：{messages}，留在 {objects} 中。"),
        find: unread,
    },
    Rule {
        name: "lost_messages",
        sentence: words("Lost, and never received: {messages}.", "已丢失，从未被接收：{messages}。"),
        find: lost_messages,
    },
];

/// What can be proved of a world, in the order of the rules.
pub fn verdicts(world: &World) -> Vec<Verdict> {
    RULES
        .iter()
        .flat_map(|rule| {
            let verdict = move |found: Found| Verdict {
                rule,
                actors: found.actors,
                objects: found.objects,
                messages: found.messages,
                others: found.others,
            };
            (rule.find)(world).into_iter().map(verdict)
        })
        .collect()
}

/// Groups of actors that wait for one another and for nobody beside them, so that none of them can be first.
/// Where one of them waits for somebody outside too, that one's wait is what keeps them.
fn groups(world: &World, edges: Edges) -> Vec<Vec<ActorId>> {
    let waiting = waiting_for_good(world);
    let reach: Vec<Vec<ActorId>> = waiting.iter().map(|actor| reached(world, actor.id, edges)).collect();
    let mut found: Vec<Vec<ActorId>> = Vec::new();
    for (actor, reached) in waiting.iter().zip(&reach) {
        let mut group: Vec<ActorId> = waiting
            .iter()
            .zip(&reach)
            .filter(|(other, back)| reached.contains(&other.id) && back.contains(&actor.id))
            .map(|(other, _)| other.id)
            .collect();
        group.sort();
        // Whatever the hand could do: no process can.
        let by_hand = |id: ActorId| world.actor(id).is_some_and(|actor| actor.process == ActorId::HAND);
        let closed = reached.iter().all(|id| group.contains(id) || by_hand(*id));
        if group.len() > 1 && closed && !found.contains(&group) {
            found.push(group);
        }
    }
    found
}

fn knots(world: &World) -> Vec<Found> {
    let kept = open_ends(world);
    // The end that is kept open says more of the two than that they wait for each other.
    let says_more =
        |group: &[ActorId]| kept.iter().any(|found| group.iter().all(|id| found.actors.contains(id) || found.others.contains(id)));
    let proved = groups(world, waits_for).into_iter().filter(|group| is_proved(world, group) && !says_more(group));
    proved.map(|actors| Found { actors, ..Found::default() }).collect()
}

/// Whether nobody beside a group can help it. What only its holder lets go is let go by the group or not at all; a
/// permit could be given by anybody, who must then wait for the group himself to be past helping.
fn is_proved(world: &World, group: &[ActorId]) -> bool {
    let permits = group.iter().filter_map(|id| world.actor(*id)).flat_map(untils).any(|until| matches!(until, Until::CountAbove(..)));
    let past_helping =
        |process: &Actor| group.contains(&process.id) || reached(world, process.id, waits_for).iter().any(|id| group.contains(id));
    !permits || living(world).all(past_helping)
}

/// The processes that live and run a function of the scenario's by themselves: no server's, no pool's, not the hand's.
fn living(world: &World) -> impl Iterator<Item = &Actor> {
    world.processes().filter(|process| process.id != ActorId::HAND && process.object.is_none() && !process.is_dead())
}

/// Rings that are as good as closed: each waits for what another one has and anybody could give, or for what only
/// such a one is about to give.
fn circles(world: &World) -> Vec<Found> {
    let known = groups(world, waits_for);
    let (proved, likely): (Vec<_>, Vec<_>) = known.into_iter().partition(|group| is_proved(world, group));
    let apart = |group: &Vec<ActorId>| proved.iter().chain(&likely).flatten().all(|id| !group.contains(id));
    let guessed: Vec<Vec<ActorId>> = groups(world, might_wait_for).into_iter().filter(apart).collect();
    likely.into_iter().chain(guessed).map(|actors| Found { actors, ..Found::default() }).collect()
}

/// Who is in a ring already, and needs no sentence besides.
fn in_rings(world: &World) -> Vec<ActorId> {
    [knots(world), circles(world)].concat().into_iter().flat_map(|found| found.actors).collect()
}

fn untils(actor: &Actor) -> &[Until] {
    match &actor.activity {
        Activity::Waiting(wait) => &wait.until,
        _ => &[],
    }
}

/// The same found, with those who live beside its actors and could have helped. A server's thread waits in the place
/// of its client, who is no other.
fn with_others(world: &World, found: Vec<Found>) -> Vec<Found> {
    let serves =
        |id: &ActorId| world.actor(*id).and_then(|thread| world.actor(thread.process)).is_some_and(|server| server.object.is_some());
    let others = |found: &Found| {
        let is_client = |other: &Actor| waits_for(world, other.id).iter().any(|id| serves(id) && found.actors.contains(id));
        living(world).filter(|other| !found.actors.contains(&other.id) && !is_client(other)).map(|other| other.id).collect()
    };
    found.into_iter().map(|found| Found { others: others(&found), ..found }).collect()
}

fn waits_for_itself(world: &World) -> Vec<Found> {
    let itself = waits_for_good(world).into_iter().filter_map(|(actor, until)| match until {
        Until::OwnerFree(part, sleepers) if !sleepers.is_some_and(|sleepers| is_listed(world, sleepers, actor.id)) => {
            let owned = matches!(world.part(part), Some(PartState::Owner { owner: Some(owner), .. }) if *owner == actor.id);
            owned.then_some(Found { actors: vec![actor.id], objects: vec![part.object], ..Found::default() })
        }
        // Others could give a permit too: only if all of them wait for this one it is past helping. One that waits for
        // it at a lock might be about to give one, as whoever empties what this one fills: that makes a ring.
        Until::CountAbove(part, _)
            if waits_for(world, actor.id) == [actor.id] && is_proved(world, &[actor.id]) && !in_rings(world).contains(&actor.id) =>
        {
            Some(Found { actors: vec![actor.id], objects: vec![part.object], ..Found::default() })
        }
        _ => None,
    });
    itself.collect()
}

/// Locks that a dead process still holds, waited for or not.
fn held_by_the_dead(world: &World) -> Vec<Found> {
    let mut found = Vec::new();
    for object in world.all_objects() {
        for (at, part) in object.parts.iter().enumerate() {
            let PartState::Owner { owner: Some(owner), .. } = part else { continue };
            if !world.actor(*owner).is_some_and(Actor::is_dead) {
                continue;
            }
            let part = PartRef::new(object.id, at as u8);
            // What the host frees is about to be free.
            if kind::kind(object.kind).and_then(|kind| kind.parts.get(at)).is_some_and(|part| part.robust) {
                continue;
            }
            found.push(Found { actors: vec![*owner], objects: vec![object.id], others: wanting(world, part), ..Found::default() });
        }
    }
    found
}

fn asleep_for_good(world: &World) -> Vec<Found> {
    with_others(
        world,
        by_object(waits_for_good(world).into_iter().filter_map(|(actor, until)| match until {
            Until::OwnerFree(_, Some(sleepers)) if is_listed(world, sleepers, actor.id) => Some((sleepers.object, actor.id)),
            _ => None,
        })),
    )
}

fn never_set(world: &World) -> Vec<Found> {
    let told: Vec<ActorId> = [lost_sets(world).into_iter().flat_map(|found| found.actors).collect(), in_rings(world)].concat();
    with_others(
        world,
        by_object(waits_for_good(world).into_iter().filter_map(|(actor, until)| match until {
            Until::Left(list) if wanted_from(world, list, |part| matches!(part, PartState::Flag { up: false })) => {
                (!told.contains(&actor.id)).then_some((list.object, actor.id))
            }
            _ => None,
        })),
    )
}

/// Those who wait for a flag that was up before they came, and who have not noticed it.
fn lost_sets(world: &World) -> Vec<Found> {
    by_object(waits_for_good(world).into_iter().filter_map(|(actor, until)| match until {
        Until::FlagUp(flag) if wants_flag(world, flag) && world.has_missed(actor.id, flag) => Some((flag.object, actor.id)),
        _ => None,
    }))
}

/// Whether a flag is one that somebody may wait for on a list, as an Event's is.
fn wants_flag(world: &World, flag: PartRef) -> bool {
    let def = world.kind_of(flag.object).and_then(kind::kind).and_then(|kind| kind.parts.get(flag.part as usize));
    def.is_some_and(|def| def.waiters.is_some())
}

fn busy(world: &World) -> Vec<Found> {
    world.idling().into_iter().map(|idling| Found { actors: idling.actors, ..Found::default() }).collect()
}

/// Whether a list is of those who want a part that is like this.
fn wanted_from(world: &World, list: PartRef, like: impl Fn(&PartState) -> bool) -> bool {
    let Some(object) = world.object(list.object) else { return false };
    let Some(kind) = kind::kind(object.kind) else { return false };
    kind.parts.iter().zip(&object.parts).any(|(def, state)| def.waiters == Some(list.part) && like(state))
}

/// Joins of what will never be done.
fn unfinished(world: &World) -> Vec<Found> {
    with_others(
        world,
        by_object(waits_for_good(world).into_iter().filter_map(|(actor, until)| match until {
            Until::Left(list) if wanted_from(world, list, |part| matches!(part, PartState::Count { .. })) => Some((list.object, actor.id)),
            _ => None,
        })),
    )
}

/// Those who wait until all are there, and somebody never comes.
fn incomplete(world: &World) -> Vec<Found> {
    with_others(
        world,
        by_object(waits_for_good(world).into_iter().filter_map(|(actor, until)| match until {
            Until::Left(list) if !wanted_from(world, list, |_| true) => Some((list.object, actor.id)),
            _ => None,
        })),
    )
}

/// Readers of what nobody fills any more: slots in memory, or a queue into which only the reader itself could
/// put anything. A feeder with nothing to write is none: it waits for the end of its work too.
fn never_put(world: &World) -> Vec<Found> {
    with_others(
        world,
        by_object(waits_for_good(world).into_iter().filter_map(|(actor, until)| match until {
            Until::SlotsFilled(part) if wants_one_thing(actor) => Some((part.object, actor.id)),
            Until::Readable(part, end)
                if wants_one_thing(actor) && is_guarded(world, part.object) && only_itself(world, actor, part, end) =>
            {
                Some((part.object, actor.id))
            }
            _ => None,
        })),
    )
}

/// Those who wait for room that only their own process could make.
fn never_taken(world: &World) -> Vec<Found> {
    with_others(
        world,
        by_object(waits_for_good(world).into_iter().filter_map(|(actor, until)| match until {
            Until::Writable(part, end) if wants_one_thing(actor) && only_itself(world, actor, part, end) => Some((part.object, actor.id)),
            _ => None,
        })),
    )
}

fn wants_one_thing(actor: &Actor) -> bool {
    matches!(&actor.activity, Activity::Waiting(wait) if wait.until.len() == 1)
}

/// The processes that hold what lies opposite to an end; copies in messages are the host's.
fn opposite(world: &World, part: PartRef, end: u8) -> Vec<ActorId> {
    let Some(PartState::Ends { ends }) = world.part(part) else { return Vec::new() };
    let far = ends.iter().enumerate().filter(|(at, _)| *at != end as usize);
    far.flat_map(|(_, end)| &end.holders).map(|holder| holder.process).collect()
}

/// Whether nobody but an actor's own process holds what lies opposite to its end.
fn only_itself(world: &World, actor: &Actor, part: PartRef, end: u8) -> bool {
    let holders = opposite(world, part, end);
    !holders.is_empty() && holders.iter().all(|process| *process == actor.process)
}

/// Counts that nobody adds to any more. Where those who took from it live, it is up to them.
fn used_up(world: &World) -> Vec<Found> {
    let told = in_rings(world);
    with_others(
        world,
        by_object(waits_for_good(world).into_iter().filter_map(|(actor, until)| match until {
            Until::CountAbove(part, _) if world.takes(part).next().is_none() && !told.contains(&actor.id) => Some((part.object, actor.id)),
            _ => None,
        })),
    )
}

/// Permits that went with those who had taken them.
fn not_given_back(world: &World) -> Vec<Found> {
    let is_dead = |id: ActorId| world.actor(id).is_some_and(Actor::is_dead);
    let waits = waits_for_good(world);
    let gone = |part: PartRef| world.takes(part).next().is_some() && world.takes(part).all(|take| is_dead(take.actor));
    let mut found = by_object(waits.iter().filter_map(|(actor, until)| match until {
        Until::CountAbove(part, _) if gone(*part) => Some((part.object, actor.id)),
        _ => None,
    }));
    for one in &mut found {
        let parts = waits.iter().filter_map(|(_, until)| until.part()).filter(|part| one.objects.contains(&part.object));
        one.others = parts.flat_map(|part| world.takes(part)).map(|take| take.actor).collect();
        one.others.sort();
        one.others.dedup();
    }
    found
}

/// Readers whose end of file is kept from coming by those who wait for them to end, and hold the other end.
fn open_ends(world: &World) -> Vec<Found> {
    let waits = waits_for_good(world);
    let joins =
        |process: ActorId, reader: ActorId| waits.iter().any(|(actor, until)| actor.id == process && *until == Until::Ended(reader));
    let found = waits.iter().filter_map(|(actor, until)| {
        let Until::Readable(part, end) = *until else { return None };
        let mut holders = opposite(world, part, end);
        holders.retain(|process| *process != actor.process);
        let all_join = !holders.is_empty() && holders.iter().all(|process| joins(*process, actor.process));
        (all_join && !is_guarded(world, part.object)).then(|| Found {
            actors: vec![actor.id],
            objects: vec![part.object],
            others: holders,
            ..Found::default()
        })
    });
    found.collect()
}

/// Readers that keep themselves waiting for the end of file: the other end is open nowhere but with those who
/// read from this one.
fn leaked_ends(world: &World) -> Vec<Found> {
    let waits = waits_for_good(world);
    let reads = |process: ActorId, what: Until| {
        waits.iter().any(|(actor, until)| *until == what && actor.id == actor.process && actor.process == process)
    };
    by_object(waits.iter().filter_map(|(actor, until)| {
        let Until::Readable(part, end) = *until else { return None };
        let holders = opposite(world, part, end);
        let own = holders.contains(&actor.process) && holders.iter().all(|process| reads(*process, *until));
        // No end of file is part of what a queue promises.
        (own && !is_guarded(world, part.object)).then_some((part.object, actor.id))
    }))
}

/// At the end of a run, messages that came somewhere on their way and were never taken on.
fn unread(world: &World) -> Vec<Found> {
    if !world.ended() {
        return Vec::new();
    }
    let mut found: Vec<Found> = Vec::new();
    for message in world.messages.iter().filter(|message| !message.lost && !world.has_arrived(message)) {
        let Some(place) = message.place else { continue };
        match found.iter_mut().find(|known| known.objects == [place.object]) {
            Some(known) => known.messages.push(message.id),
            None => found.push(Found { objects: vec![place.object], messages: vec![message.id], ..Found::default() }),
        }
    }
    found
}

fn lost_messages(world: &World) -> Vec<Found> {
    if !world.ended() && !world.stuck() {
        return Vec::new();
    }
    let messages: Vec<MessageId> = world.messages.iter().filter(|message| message.lost).map(|message| message.id).collect();
    if messages.is_empty() { Vec::new() } else { vec![Found { messages, ..Found::default() }] }
}

/// Puts together what concerns the same object.
fn by_object(pairs: impl Iterator<Item = (ObjectId, ActorId)>) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for (object, actor) in pairs {
        match found.iter_mut().find(|known| known.objects == [object]) {
            // An actor may wait for the same thing in two ways.
            Some(known) if known.actors.contains(&actor) => {}
            Some(known) => known.actors.push(actor),
            None => found.push(Found { actors: vec![actor], objects: vec![object], ..Found::default() }),
        }
    }
    found
}

#[cfg(test)]
mod tests;
