//! Runs to look at: the samples of `world`, with what a gated host adds between the steps.

use std::collections::BTreeMap;

use crate::trace::{Acted, ActorId, Announced, Body, Candidate, Event, Grant, Next, On, Preview, Rest, Role};
use crate::world::sample::{self, Sample};
use crate::world::{Activity, World, waits};

// The runs' sources: what matters is that each line is the one that the events name.
pub(super) const QUEUE: &str = r#"let q = Queue();
let w = Process("writer", write, [q]); w.start();
let r = Process("reader", read, [q]); r.start();
w.join();
r.join();

// One process puts letters into a queue.
fn write(q) {
    for value in ["A", "B", "C"] {
        print(`Put ${value} to queue...`);
        q.put(value);
        sleep(random() * 2.0);
    }
}

// Another takes them out.
fn read(q) {
    let first = ();

    first = q.get();
    print(first);
}
"#;
pub(super) const CONDITION: &str = r#"let cond = Condition();
for name in ["p1", "p2"] { Process(name, consumer, [cond]).start(); }
let p3 = Process("p3", producer, [cond]); p3.start();


// Consumers sleep until they are woken.

fn consumer(cond) {

    with cond {
        cond.wait();
        print("consumer after wait");
    }
}

// The producer wakes them.

fn producer(cond) {

    with cond {
        cond.notify_all();
    }
}
"#;
pub(super) const EVENT: &str = r#"let e = Event();
let a = Array("i", [0, 1]);
Process("block", wait_for_event, [e]).start();
Process("nonblock", negate, [a]).start();

// One waits for the flag, at most two seconds.

fn wait_for_event(e) {
    e.wait(2);
    print("set:", e.is_set());
}

fn negate(a) {
    a[1] = -a[1];
}
"#;
pub(super) const PIPE: &str = r#"let p = Pipe();
Process("proc_1", talk, [p[0]]).start();
Process("proc_2", talk, [p[1]]).start();


for child in active_children() { child.join(); }

// Both listen, nobody speaks.
fn talk(end) {
    print(end.recv());
    end.send("hello");
}
"#;

pub(super) fn queue() -> Vec<Event> {
    gated(&sample::queue_run())
}

pub(super) fn condition() -> Vec<Event> {
    gated(&sample::condition_run())
}

pub(super) fn event() -> Vec<Event> {
    gated(&sample::event_run())
}

pub(super) fn stuck() -> Vec<Event> {
    gated(&sample::stuck_run())
}

/// The world after some events.
pub(super) fn fold(events: &[Event]) -> World {
    let mut world = World::new();
    for event in events {
        world.apply(event);
    }
    world
}

/// Puts announcements and rests where a gated host has them: after each step everybody who is new at
/// the gate tells what comes next, and then it is said who could go.
pub(super) fn gated(run: &Sample) -> Vec<Event> {
    let mut out: Vec<Event> = Vec::new();
    let mut world = World::new();
    let mut announced: BTreeMap<ActorId, usize> = BTreeMap::new();
    let events = &run.events;
    for (at, event) in events.iter().enumerate() {
        let begins = matches!(event.body, Body::Granted { .. } | Body::Clock { .. });
        if begins {
            let news: Vec<ActorId> = world
                .all_actors()
                .filter(|actor| actor.role != Role::Hand && matches!(actor.activity, Activity::Unborn | Activity::Running))
                .filter(|actor| announced.get(&actor.id).is_none_or(|until| *until <= at))
                .map(|actor| actor.id)
                .collect();
            for id in news {
                if let Some((until, body)) = next_of(&events[at..], id) {
                    announced.insert(id, at + until + 1);
                    push(&mut out, &mut world, event.time, id, body);
                }
            }
            let candidates = candidates(&world);
            let stuck = false;
            let rest = Rest { candidates, next_deadline: None, stuck };
            push(&mut out, &mut world, event.time, ActorId::HOST, Body::Rest(rest));
        }
        if !matches!(&event.body, Body::Rest(rest) if !rest.stuck) {
            push(&mut out, &mut world, event.time, event.actor, event.body.clone());
        }
    }
    if !world.ended() && !world.stuck() {
        let rest = Rest { candidates: candidates(&world), next_deadline: None, stuck: false };
        push(&mut out, &mut world, run.world.now, ActorId::HOST, Body::Rest(rest));
    }
    out
}

fn push(out: &mut Vec<Event>, world: &mut World, time: u64, actor: ActorId, body: Body) {
    let event = Event { actor, time, wall: 0, body };
    world.apply(&event);
    out.push(event);
}

/// Who could go, as far as the world can tell.
pub(super) fn candidates(world: &World) -> Vec<Candidate> {
    world
        .all_actors()
        .filter(|actor| !actor.stopped)
        .filter(|actor| match &actor.activity {
            Activity::Ready(_) => true,
            Activity::Waiting(wait) => wait.until.iter().any(|until| waits::holds(world, actor.id, until)),
            _ => false,
        })
        .map(|actor| Candidate { actor: actor.id, grant: Grant::Proceed })
        .collect()
}

/// The next thing that an actor does, as it would announce it, and how far away it is.
fn next_of(events: &[Event], id: ActorId) -> Option<(usize, Body)> {
    events.iter().enumerate().find_map(|(at, event)| {
        if event.actor != id {
            return None;
        }
        match &event.body {
            Body::Acted(Acted { op, on, line, detail, next: Next::Goes | Next::Waits(_) | Next::Ends, .. }) => {
                Some((at, Body::Announced(Announced { op: *op, on: *on, line: *line, detail: detail.clone() })))
            }
            Body::Printed(printed) => {
                let op = crate::kind::process::PRINT.id;
                Some((
                    at,
                    Body::Announced(Announced { op, on: On::Nothing, line: printed.line, detail: Some(Preview::new(&printed.text)) }),
                ))
            }
            _ => None,
        }
    })
}
