//! What can be proved of a run from who waits for whom: small independent rules, each with its sentence.
//! Pure reading of a world; knows parts, not primitives.
//!
//! Invariant: a verdict is proved by the world alone. Rules about waits speak only where the run is stuck,
//! since as long as anybody moves a wait may still end.

use super::waits::{is_listed, reached, waiting_for_good, waits_for_good};
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

/// One kind of verdict. The sentence's slots: `{actors}`, `{objects}`, `{messages}`, `{others}`, and
/// `{circle}` for who waits for whom among the actors.
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
#[derive(Default)]
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
        sentence: words("Deadlock: {circle}. Nobody else can help.", "死锁：{circle}。没有别人能帮忙。"),
        find: knots,
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
            "Asleep for good: nobody is left to notify {actors} on {objects}. A notification is not remembered, so one that comes before the wait is lost.",
            "长睡不醒：再没有谁能在 {objects} 上通知 {actors}。通知不会被记住，早于 wait 的通知就丢失了。",
        ),
        find: asleep_for_good,
    },
    Rule {
        name: "never_set",
        sentence: words(
            "Never set: nobody is left to set {objects}, for which {actors} would wait for ever.",
            "无人设置：再没有谁能设置 {objects}，{actors} 将永远等下去。",
        ),
        find: never_set,
    },
    Rule {
        name: "unfinished",
        sentence: words(
            "Never done: {actors} waits until everything that was put into {objects} is done, but nobody is left to say so with task_done.",
            "永远完不成：{actors} 在等放入 {objects} 的一切都完成，可再没有谁会用 task_done 来说明。",
        ),
        find: unfinished,
    },
    Rule {
        name: "incomplete",
        sentence: words(
            "Never complete: {actors} waits at {objects} until all are there, but nobody is left to come.",
            "永远到不齐：{actors} 在 {objects} 等大家到齐，可再没有谁会来。",
        ),
        find: incomplete,
    },
    Rule {
        name: "used_up",
        sentence: words(
            "Used up: whoever could give something of {objects} back waits too or has ended, so {actors} would wait for ever.",
            "已用尽：能归还 {objects} 的，要么也在等待，要么已结束，所以 {actors} 将永远等下去。",
        ),
        find: used_up,
    },
    Rule {
        name: "leaked_end",
        sentence: words(
            "Leaked end: {actors} waits for {objects} to end, but holds a copy of the other end itself, so the end never comes.",
            "泄漏的一端：{actors} 在等 {objects} 结束，可它自己还持有另一端的副本，所以永远等不到结束。",
        ),
        find: leaked_ends,
    },
    Rule {
        name: "unread",
        sentence: words("Never received: {messages}, left in {objects}.", "从未被接收：{messages}，留在 {objects} 中。"),
        find: unread,
    },
    Rule { name: "lost_messages", sentence: words("Lost on the way: {messages}.", "在途中丢失：{messages}。"), find: lost_messages },
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

/// Groups of actors that wait for one another, so that none of them can be first.
fn knots(world: &World) -> Vec<Found> {
    let waiting = waiting_for_good(world);
    let reach: Vec<Vec<ActorId>> = waiting.iter().map(|actor| reached(world, actor.id)).collect();
    let mut found: Vec<Found> = Vec::new();
    for (actor, reached) in waiting.iter().zip(&reach) {
        let mut group: Vec<ActorId> = waiting
            .iter()
            .zip(&reach)
            .filter(|(other, back)| reached.contains(&other.id) && back.contains(&actor.id))
            .map(|(other, _)| other.id)
            .collect();
        group.sort();
        if group.len() > 1 && found.iter().all(|known| known.actors != group) {
            found.push(Found { actors: group, ..Found::default() });
        }
    }
    found
}

fn waits_for_itself(world: &World) -> Vec<Found> {
    let itself = waits_for_good(world).into_iter().filter_map(|(actor, until)| match until {
        Until::OwnerFree(part, sleepers) if !sleepers.is_some_and(|sleepers| is_listed(world, sleepers, actor.id)) => {
            let owned = matches!(world.part(part), Some(PartState::Owner { owner: Some(owner), .. }) if *owner == actor.id);
            owned.then_some(Found { actors: vec![actor.id], objects: vec![part.object], ..Found::default() })
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
            let wants = |actor: &&Actor| match &actor.activity {
                Activity::Waiting(wait) => wait.until.iter().any(|until| matches!(until, Until::OwnerFree(wanted, _) if *wanted == part)),
                _ => false,
            };
            let others = world.all_actors().filter(wants).map(|actor| actor.id).collect();
            found.push(Found { actors: vec![*owner], objects: vec![object.id], others, ..Found::default() });
        }
    }
    found
}

fn asleep_for_good(world: &World) -> Vec<Found> {
    by_object(waits_for_good(world).into_iter().filter_map(|(actor, until)| match until {
        Until::OwnerFree(_, Some(sleepers)) if is_listed(world, sleepers, actor.id) => Some((sleepers.object, actor.id)),
        _ => None,
    }))
}

fn never_set(world: &World) -> Vec<Found> {
    by_object(waits_for_good(world).into_iter().filter_map(|(actor, until)| match until {
        Until::Left(list) if wanted_from(world, list, |part| matches!(part, PartState::Flag { up: false })) => {
            Some((list.object, actor.id))
        }
        _ => None,
    }))
}

/// Whether a list is of those who want a part that is like this.
fn wanted_from(world: &World, list: PartRef, like: impl Fn(&PartState) -> bool) -> bool {
    let Some(object) = world.object(list.object) else { return false };
    let Some(kind) = kind::kind(object.kind) else { return false };
    kind.parts.iter().zip(&object.parts).any(|(def, state)| def.waiters == Some(list.part) && like(state))
}

/// Joins of what will never be done.
fn unfinished(world: &World) -> Vec<Found> {
    by_object(waits_for_good(world).into_iter().filter_map(|(actor, until)| match until {
        Until::Left(list) if wanted_from(world, list, |part| matches!(part, PartState::Count { .. })) => Some((list.object, actor.id)),
        _ => None,
    }))
}

/// Those who wait until all are there, and somebody never comes.
fn incomplete(world: &World) -> Vec<Found> {
    by_object(waits_for_good(world).into_iter().filter_map(|(actor, until)| match until {
        Until::Left(list) if !wanted_from(world, list, |_| true) => Some((list.object, actor.id)),
        _ => None,
    }))
}

/// Counts that nobody adds to any more.
fn used_up(world: &World) -> Vec<Found> {
    by_object(waits_for_good(world).into_iter().filter_map(|(actor, until)| match until {
        Until::CountAbove(part, _) => Some((part.object, actor.id)),
        _ => None,
    }))
}

/// Readers that keep themselves waiting: their own process holds the end whose closing they wait for.
fn leaked_ends(world: &World) -> Vec<Found> {
    by_object(waits_for_good(world).into_iter().filter_map(|(actor, until)| {
        let Until::Readable(part, end) = until else { return None };
        let object = world.object(part.object)?;
        // Whoever uses a queue holds both its ends; no end of file is part of its promise.
        let guarded = object.parts.iter().any(|part| matches!(part, PartState::Owner { .. }));
        let Some(PartState::Ends { ends }) = object.parts.get(part.part as usize) else { return None };
        let far = ends.iter().enumerate().filter(|(at, _)| *at != end as usize);
        let own = far.flat_map(|(_, end)| &end.holders).any(|holder| holder.process == actor.process);
        (own && !guarded).then_some((part.object, actor.id))
    }))
}

/// At the end of a run, messages that arrived somewhere and were never taken.
fn unread(world: &World) -> Vec<Found> {
    if !world.ended() {
        return Vec::new();
    }
    let mut found: Vec<Found> = Vec::new();
    for message in world.messages.iter().filter(|message| !message.lost) {
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
mod tests {
    use super::super::sample::{self, Did, MAIN, Sample, made, waits};
    use super::*;
    use crate::kind::{condition, event, lock, pipe, process};
    use crate::trace::{Body, Change, Died, Next, On};

    const A: ActorId = ActorId(3);
    const B: ActorId = ActorId(4);

    fn names(run: &Sample) -> Vec<(&'static str, Vec<u16>)> {
        assert_eq!(run.world.faults, []);
        verdicts(&run.world).iter().map(|verdict| (verdict.rule.name, verdict.actors.iter().map(|id| id.0).collect())).collect()
    }

    /// Two processes and a lock each.
    fn with_locks() -> (Sample, PartRef, PartRef) {
        let mut run = Sample::new();
        run.make(MAIN, ObjectId(1), lock::ID, "l", 1);
        run.make(MAIN, ObjectId(2), lock::ID, "m", 2);
        run.start(A, "a", "f", 3);
        run.start(B, "b", "f", 4);
        (run, PartRef::new(ObjectId(1), lock::OWNER), PartRef::new(ObjectId(2), lock::OWNER))
    }

    fn take(run: &mut Sample, who: ActorId, part: PartRef) {
        let changes = vec![Change::Owned { part, owner: Some(who), depth: 1 }];
        run.step(who, &lock::ACQUIRE, &lock::ACQUIRE_TOOK, Did { on: On::Object(part.object), changes, ..Did::default() });
    }

    fn want(run: &mut Sample, who: ActorId, part: PartRef) {
        let next = waits(vec![Until::OwnerFree(part, None)], None);
        run.step(who, &lock::ACQUIRE, &lock::ACQUIRE_WAITS, Did { on: On::Object(part.object), next, ..Did::default() });
    }

    #[test]
    fn a_deadlock_is_a_knot_and_only_where_the_run_is_stuck() {
        let (mut run, l, m) = with_locks();
        take(&mut run, A, l);
        take(&mut run, B, m);
        want(&mut run, A, m);
        want(&mut run, B, l);
        run.join(A, 9);
        assert_eq!(names(&run), []);
        run.rest(&[], true);
        assert_eq!(names(&run), [("deadlock", vec![3, 4])]);
        let mut run = sample::stuck_run();
        assert_eq!(names(&run), [("deadlock", vec![3, 4])]);
        // Another that could send makes it part of the knot.
        let ends = PartRef::new(ObjectId(1), pipe::ENDS);
        run.host(Body::Also { changes: vec![Change::Opened { part: ends, end: 0, process: MAIN }] });
        run.rest(&[], true);
        assert_eq!(names(&run), [("deadlock", vec![2, 3, 4])]);
    }

    #[test]
    fn one_that_waits_for_its_own_lock_waits_for_itself() {
        let (mut run, l, _) = with_locks();
        take(&mut run, A, l);
        want(&mut run, A, l);
        run.rest(&[], true);
        assert_eq!(names(&run), [("self_deadlock", vec![3])]);
    }

    #[test]
    fn a_lock_stays_with_the_dead() {
        let (mut run, l, _) = with_locks();
        take(&mut run, A, l);
        want(&mut run, B, l);
        run.host(Body::Died(Died { actor: A, cause: crate::trace::Cause::Signal(9), changes: vec![] }));
        assert_eq!(names(&run), [("dead_holder", vec![3])]);
        assert_eq!(verdicts(&run.world)[0].others, [B]);
    }

    #[test]
    fn sleepers_without_a_notifier_and_waiters_without_a_setter() {
        let mut run = Sample::new();
        let (cond, e) = (ObjectId(1), ObjectId(3));
        run.make(MAIN, cond, condition::ID, "cond", 1);
        let inner = made(ObjectId(2), lock::ID, "cond.lock", Some(cond));
        run.also(MAIN, &lock::MAKE, &lock::MAKE_MADE, Did { on: On::Object(ObjectId(2)), changes: vec![inner], ..Did::default() });
        run.make(MAIN, e, event::ID, "e", 2);
        run.start(A, "a", "f", 3);
        run.start(B, "b", "f", 4);
        let sleepers = PartRef::new(cond, condition::SLEEPERS);
        let owner = PartRef::new(ObjectId(2), lock::OWNER);
        let next = waits(vec![Until::OwnerFree(owner, Some(sleepers))], None);
        let changes = vec![Change::Queued { part: sleepers, actor: A }];
        run.step(A, &condition::WAIT, &condition::WAIT_SLEEPS, Did { on: On::Object(cond), next, changes, ..Did::default() });
        let waiters = PartRef::new(e, event::WAITERS);
        let changes = vec![Change::Queued { part: waiters, actor: B }];
        let next = waits(vec![Until::FlagUp(PartRef::new(e, event::FLAG)), Until::Left(waiters)], None);
        run.step(B, &event::WAIT, &event::WAIT_WAITS, Did { on: On::Object(e), next, changes, ..Did::default() });
        run.join(A, 9);
        assert_eq!(names(&run), []);
        run.rest(&[], true);
        assert_eq!(names(&run), [("lost_wakeup", vec![3]), ("never_set", vec![4])]);
    }

    #[test]
    fn a_reader_that_holds_the_writer_waits_for_ever() {
        let mut run = Sample::new();
        let p = ObjectId(1);
        let ends = PartRef::new(p, pipe::ENDS);
        run.make(MAIN, p, pipe::SIMPLEX_ID, "p", 1);
        let opened = |end| Change::Opened { part: ends, end, process: MAIN };
        run.host(Body::Also { changes: vec![opened(0), opened(1)] });
        let next = waits(vec![Until::Readable(ends, 0)], None);
        run.step(MAIN, &pipe::RECV, &pipe::RECV_WAITS, Did { on: On::End(p, 0), next, ..Did::default() });
        run.rest(&[], true);
        assert_eq!(names(&run), [("leaked_end", vec![2])]);
    }

    #[test]
    fn what_is_left_at_the_end_is_told() {
        let mut run = Sample::new();
        let p = ObjectId(1);
        run.make(MAIN, p, pipe::ID, "p", 1);
        let message = MessageId(1);
        let changes = vec![
            Change::Composed { message, value: crate::trace::Preview::new("hello") },
            Change::Moved { message, from: None, to: Some(PartRef::new(p, pipe::TO_1)) },
        ];
        run.step(MAIN, &pipe::SEND, &pipe::SEND_SENT, Did { on: On::End(p, 0), changes, ..Did::default() });
        run.step(MAIN, &process::END, &process::END_ENDED, Did { next: Next::Ends, ..Did::default() });
        assert_eq!(names(&run), []);
        run.end(MAIN, vec![]);
        assert_eq!(names(&run), [("unread", vec![])]);
        assert_eq!(names(&sample::queue_run()), [("lost_messages", vec![])]);
    }
}
