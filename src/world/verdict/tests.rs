//! Each rule is shown runs of which it is true, and such as look alike and of which it is not.

use super::super::sample::{self, Did, MAIN, Sample, made, waits};
use super::*;
use crate::kind::{condition, event, lock, managed_queue, pipe, process, result, simple_queue};
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

/// An Event that nobody sets, waited for by somebody.
fn waits_for_event(run: &mut Sample, who: ActorId, e: ObjectId) {
    let list = PartRef::new(e, event::WAITERS);
    let next = waits(vec![Until::FlagUp(PartRef::new(e, event::FLAG)), Until::Left(list)], None);
    let changes = vec![Change::Queued { part: list, actor: who }];
    run.step(who, &event::WAIT, &event::WAIT_WAITS, Did { on: On::Object(e), next, changes, ..Did::default() });
}

fn reads(run: &mut Sample, who: ActorId, p: ObjectId, end: u8) {
    let next = waits(vec![Until::Readable(PartRef::new(p, pipe::ENDS), end)], None);
    run.step(who, &pipe::RECV, &pipe::RECV_WAITS, Did { on: On::End(p, end), next, ..Did::default() });
}

fn open(run: &mut Sample, p: ObjectId, end: u8, process: ActorId) {
    run.host(Body::Also { changes: vec![Change::Opened { part: PartRef::new(p, pipe::ENDS), end, process }] });
}

#[test]
fn whoever_could_be_freed_from_outside_is_in_no_deadlock() {
    let mut run = Sample::new();
    let (p, e) = (ObjectId(1), ObjectId(2));
    run.make(MAIN, p, pipe::ID, "p", 1);
    run.make(MAIN, e, event::ID, "e", 2);
    run.start(A, "a", "f", 3);
    run.start(B, "b", "f", 4);
    for (end, process) in [(0, A), (1, MAIN), (1, B)] {
        open(&mut run, p, end, process);
    }
    // main waits for a, and a for a message of main or of b: b would send it if only e were set.
    reads(&mut run, A, p, 0);
    waits_for_event(&mut run, B, e);
    run.join(A, 9);
    run.rest(&[], true);
    assert_eq!(names(&run), [("never_set", vec![4])]);
    // What the user could do is no process's doing.
    run.born(ActorId::HAND, "you", "", None);
    open(&mut run, p, 1, ActorId::HAND);
    run.host(Body::Died(Died { actor: B, cause: crate::trace::Cause::Exit(0), changes: vec![] }));
    run.rest(&[], true);
    assert_eq!(names(&run), [("deadlock", vec![2, 3])]);
}

#[test]
fn a_sleeper_does_not_wait_for_the_lock_of_the_dead_yet() {
    let mut run = Sample::new();
    let cond = ObjectId(1);
    let (sleepers, owner) = (PartRef::new(cond, condition::SLEEPERS), PartRef::new(ObjectId(2), lock::OWNER));
    run.make(MAIN, cond, condition::ID, "cond", 1);
    run.host(Body::Also { changes: vec![made(ObjectId(2), lock::ID, "cond.lock", Some(cond))] });
    run.start(A, "a", "f", 3);
    run.start(B, "b", "f", 4);
    let next = waits(vec![Until::OwnerFree(owner, Some(sleepers))], None);
    let changes = vec![Change::Queued { part: sleepers, actor: A }];
    run.step(A, &condition::WAIT, &condition::WAIT_SLEEPS, Did { on: On::Object(cond), next, changes, ..Did::default() });
    take(&mut run, B, owner);
    run.host(Body::Died(Died { actor: B, cause: crate::trace::Cause::Signal(9), changes: vec![] }));
    assert_eq!(verdicts(&run.world)[0].others, []);
    let to = PartRef::new(ObjectId(2), lock::WAITERS);
    run.host(Body::Also { changes: vec![Change::Requeued { from: sleepers, to, actor: A }] });
    assert_eq!(verdicts(&run.world)[0].others, [A]);
}

#[test]
fn an_end_is_leaked_only_where_nobody_but_its_readers_holds_the_other() {
    let run = |holders: &[ActorId], readers: &[ActorId]| {
        let mut run = Sample::new();
        let (p, e) = (ObjectId(1), ObjectId(2));
        run.make(MAIN, p, pipe::SIMPLEX_ID, "p", 1);
        run.make(MAIN, e, event::ID, "e", 2);
        run.start(A, "a", "f", 3);
        run.start(B, "b", "f", 4);
        holders.iter().for_each(|process| open(&mut run, p, 1, *process));
        readers.iter().for_each(|process| reads(&mut run, *process, p, 0));
        if !readers.contains(&B) {
            waits_for_event(&mut run, B, e);
        }
        run.rest(&[], true);
        names(&run)
    };
    assert_eq!(run(&[A], &[A]), [("never_set", vec![4]), ("leaked_end", vec![3])]);
    assert_eq!(run(&[A, B], &[A, B]), [("deadlock", vec![3, 4]), ("leaked_end", vec![3, 4])]);
    // b could still send, and so could whoever gets the copy that lies in a message.
    assert_eq!(run(&[A, B], &[A]), [("never_set", vec![4])]);
    assert_eq!(run(&[A, ActorId::HOST], &[A]), [("never_set", vec![4])]);
}

#[test]
fn what_nobody_puts_or_gives_is_told_of_those_who_want_it() {
    let mut run = Sample::new();
    let (q, r) = (ObjectId(1), ObjectId(2));
    let made = |object, kind, name| made(object, kind, name, None);
    run.host(Body::Also { changes: vec![made(q, managed_queue::ID, "q"), made(r, result::ID, "r")] });
    run.start(A, "a", "f", 3);
    run.start(B, "b", "f", 4);
    let wants = |run: &mut Sample, who, object, until| {
        let did = Did { on: On::Object(object), next: waits(until, None), ..Did::default() };
        run.step(who, &managed_queue::GET, &managed_queue::GET_WAITS, did);
    };
    wants(&mut run, A, q, vec![Until::SlotsFilled(PartRef::new(q, managed_queue::SLOTS))]);
    wants(&mut run, B, r, vec![Until::CountAbove(PartRef::new(r, result::THERE), 0)]);
    run.rest(&[], true);
    assert_eq!(names(&run), [("used_up", vec![4]), ("never_put", vec![3])]);
    // A feeder whose buffer is empty waits for nothing that anybody would miss.
    let idle = vec![Until::SlotsFilled(PartRef::new(q, managed_queue::SLOTS)), Until::FlagUp(PartRef::new(q, 9))];
    wants(&mut run, A, q, idle);
    run.rest(&[], true);
    assert_eq!(names(&run), [("used_up", vec![4])]);
}

#[test]
fn what_only_the_one_who_waits_could_put_or_take_is_never_put_or_taken() {
    let run = |holders: &[ActorId], until: fn(PartRef) -> Until| {
        let mut run = Sample::new();
        let (q, e) = (ObjectId(1), ObjectId(2));
        run.make(MAIN, q, simple_queue::ID, "q", 1);
        run.make(MAIN, e, event::ID, "e", 2);
        run.start(A, "a", "f", 3);
        run.start(B, "b", "f", 4);
        let ends = PartRef::new(q, simple_queue::ENDS);
        for process in holders {
            let changes = [0, 1].map(|end| Change::Opened { part: ends, end, process: *process });
            run.host(Body::Also { changes: changes.to_vec() });
        }
        let did = Did { on: On::Object(q), next: waits(vec![until(ends)], None), ..Did::default() };
        run.step(A, &simple_queue::GET, &simple_queue::GET_WAITS, did);
        waits_for_event(&mut run, B, e);
        run.rest(&[], true);
        names(&run)
    };
    assert_eq!(run(&[A], |ends| Until::Readable(ends, 0)), [("never_set", vec![4]), ("never_put", vec![3])]);
    assert_eq!(run(&[A], |ends| Until::Writable(ends, 1)), [("never_set", vec![4]), ("never_taken", vec![3])]);
    // b could still put and take; that it will not is what is said of b.
    assert_eq!(run(&[A, B], |ends| Until::Readable(ends, 0)), [("never_set", vec![4])]);
    assert_eq!(run(&[A, B], |ends| Until::Writable(ends, 1)), [("never_set", vec![4])]);
}

const S: ObjectId = ObjectId(11);
const T: ObjectId = ObjectId(12);

/// Two processes beside main and two semaphores of one permit.
fn with_permits() -> Sample {
    let mut run = Sample::new();
    sample::make_semaphore(&mut run, S, "s", 1);
    sample::make_semaphore(&mut run, T, "t", 1);
    run.start(A, "a", "f", 3);
    run.start(B, "b", "f", 4);
    run
}

#[test]
fn permits_make_a_ring_of_those_who_took_them() {
    let ring = || {
        let mut run = with_permits();
        sample::take_permit(&mut run, A, S, 0);
        sample::take_permit(&mut run, B, T, 0);
        sample::want_permit(&mut run, A, T);
        sample::want_permit(&mut run, B, S);
        run
    };
    // main could give a permit if it went on, but waits for the ring.
    let mut run = ring();
    run.join(A, 9);
    assert_eq!(names(&run), []);
    run.rest(&[], true);
    assert_eq!(names(&run), [("deadlock", vec![3, 4])]);
    // One that waits for something else might give it, if only that came: so nothing is proved.
    let mut run = ring();
    run.make(MAIN, ObjectId(3), event::ID, "e", 5);
    waits_for_event(&mut run, MAIN, ObjectId(3));
    run.rest(&[], true);
    assert_eq!(names(&run), [("circle", vec![3, 4]), ("never_set", vec![2])]);
}

#[test]
fn who_has_the_permits_decides_what_is_said_of_them() {
    let told = |act: &dyn Fn(&mut Sample)| {
        let mut run = with_permits();
        act(&mut run);
        run.rest(&[], true);
        let others = |verdict: &Verdict| verdict.others.iter().map(|id| id.0).collect();
        let told: Vec<(&str, Vec<u16>)> = verdicts(&run.world).iter().map(|verdict| (verdict.rule.name, others(verdict))).collect();
        (names(&run), told.into_iter().map(|(_, others)| others).collect::<Vec<_>>())
    };
    let ends = |run: &mut Sample, who: ActorId| run.end(who, vec![]);
    // Its taker has ended.
    let dead = told(&|run| {
        sample::take_permit(run, A, S, 0);
        ends(run, A);
        sample::want_permit(run, B, S);
        run.join(B, 9);
    });
    assert_eq!(dead, (vec![("not_given_back", vec![4])], vec![vec![3]]));
    // It has it itself, and whoever else lives waits for it.
    let itself = told(&|run| {
        ends(run, B);
        sample::take_permit(run, A, S, 0);
        sample::want_permit(run, A, S);
        run.join(A, 9);
    });
    assert_eq!(itself, (vec![("self_deadlock", vec![3])], vec![vec![]]));
    // b waits at a lock of its, and might be about to give a permit: so it does not hang on itself alone.
    let filled = told(&|run| {
        let l = ObjectId(1);
        run.make(MAIN, l, lock::ID, "l", 1);
        let owner = PartRef::new(l, lock::OWNER);
        take(run, A, owner);
        sample::take_permit(run, A, S, 0);
        want(run, B, owner);
        sample::want_permit(run, A, S);
        run.join(A, 9);
    });
    assert_eq!(filled, (vec![("circle", vec![3, 4])], vec![vec![]]));
    // Nobody took any: main and b could give one, and wait too; or nobody is left.
    let none = told(&|run| {
        sample::take_permit(run, A, S, 0);
        let part = PartRef::new(S, crate::kind::semaphore::PERMITS);
        run.host(Body::Also { changes: vec![Change::Counted { part, value: 1, max: None }] });
        sample::take_permit(run, A, S, 0);
        sample::want_permit(run, B, S);
        ends(run, A);
        run.join(B, 9);
    });
    assert_eq!(none, (vec![("used_up", vec![4])], vec![vec![2]]));
}

#[test]
fn flags_that_each_would_set_for_the_other_are_a_ring_as_it_seems() {
    let (e, f) = (ObjectId(1), ObjectId(2));
    let bench = || {
        let mut run = Sample::new();
        run.make(MAIN, e, event::ID, "e", 1);
        run.make(MAIN, f, event::ID, "f", 2);
        run.start(A, "a", "f", 3);
        run.start(B, "b", "f", 4);
        run
    };
    let mut run = bench();
    waits_for_event(&mut run, A, e);
    waits_for_event(&mut run, B, f);
    run.join(A, 9);
    run.rest(&[], true);
    assert_eq!(names(&run), [("circle", vec![3, 4])]);
    // Whoever waits for the same flag would not set it; main could, and waits itself.
    let mut run = bench();
    waits_for_event(&mut run, A, e);
    waits_for_event(&mut run, B, e);
    run.join(A, 9);
    run.rest(&[], true);
    assert_eq!(names(&run), [("never_set", vec![3, 4])]);
    assert_eq!(verdicts(&run.world)[0].others, [MAIN]);
    // One waits for the other's lock, which is let go only after the flag.
    let (mut run, l, _) = with_locks();
    run.make(MAIN, ObjectId(5), event::ID, "e", 1);
    take(&mut run, A, l);
    want(&mut run, B, l);
    waits_for_event(&mut run, A, ObjectId(5));
    run.join(A, 9);
    run.rest(&[], true);
    assert_eq!(names(&run), [("circle", vec![3, 4])]);
}

#[test]
fn a_set_that_was_cleared_before_anybody_waited_is_lost() {
    let e = ObjectId(1);
    let run = |set_first: bool| {
        let mut run = Sample::new();
        run.make(MAIN, e, event::ID, "e", 1);
        run.start(A, "a", "f", 3);
        let flag = |run: &mut Sample, up: bool| {
            let changes = vec![Change::Raised { part: PartRef::new(e, event::FLAG), up }];
            run.step(MAIN, &event::SET, &event::SET_RAISED, Did { on: On::Object(e), changes, ..Did::default() });
        };
        if set_first {
            flag(&mut run, true);
            flag(&mut run, false);
        }
        waits_for_event(&mut run, A, e);
        run.join(A, 9);
        run.rest(&[], true);
        names(&run)
    };
    assert_eq!(run(true), [("lost_set", vec![3])]);
    assert_eq!(run(false), [("never_set", vec![3])]);
}

#[test]
fn an_end_that_the_one_who_joins_holds_keeps_the_end_of_file_away() {
    let run = |holders: &[ActorId]| {
        let mut run = Sample::new();
        let p = ObjectId(1);
        run.make(MAIN, p, pipe::SIMPLEX_ID, "p", 1);
        run.start(A, "a", "f", 3);
        run.start(B, "b", "f", 4);
        holders.iter().for_each(|holder| open(&mut run, p, 1, *holder));
        open(&mut run, p, 0, A);
        reads(&mut run, A, p, 0);
        run.make(B, ObjectId(2), event::ID, "e", 5);
        waits_for_event(&mut run, B, ObjectId(2));
        run.join(A, 9);
        run.rest(&[], true);
        let named: Vec<(&str, Vec<ActorId>)> =
            verdicts(&run.world).into_iter().map(|verdict| (verdict.rule.name, verdict.others)).collect();
        named.into_iter().filter(|(name, _)| ["open_end", "deadlock"].contains(name)).collect::<Vec<_>>()
    };
    assert_eq!(run(&[MAIN]), [("open_end", vec![MAIN])]);
    assert_eq!(run(&[A, MAIN]), [("open_end", vec![MAIN])]);
    // b holds it too, and does not join.
    assert_eq!(run(&[MAIN, B]), []);
    assert_eq!(run(&[A]), []);
}
