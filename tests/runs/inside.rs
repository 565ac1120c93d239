//! The kernel's view agrees with what is drawn of every object and process, after every step; and a
//! difference is marked.

use crate::common::{live, settle, step_through, step_until_rest};
use ipcscope::host::Run;
use ipcscope::kind::{self, Lang};
use ipcscope::trace::{ActorId, ObjectId};
use ipcscope::world::Activity;

#[test]
fn memory_and_kernel_say_what_is_drawn() {
    for scenario in ["queue", "pipe", "event", "condition", "shared-memory", "tests/killed/ends-travel.rhai"] {
        let mut run = live(scenario, 1, &[]);
        let mut told = 0;
        step_through(&run, |step| {
            // Who has just said that it stands may be on its way to sleep for a moment.
            settle(&run);
            let (objects, actors): (Vec<ObjectId>, Vec<ActorId>) = {
                let timeline = run.timeline();
                let world = timeline.head();
                let living = world.all_actors().filter(|actor| !actor.is_dead() && actor.activity != Activity::Ending);
                (world.all_objects().map(|object| object.id).collect(), living.map(|actor| actor.id).collect())
            };
            for lang in [Lang::En, Lang::Zh] {
                for object in &objects {
                    let facts = run.inside_object(*object, lang);
                    assert!(facts.iter().all(|fact| fact.agrees), "{scenario}, step {step}: {facts:#?}");
                    assert!(!facts.is_empty(), "{scenario}, step {step}: nothing is said of object {}", object.0);
                    told += facts.iter().filter(|fact| fact.what.en == "waits here").count();
                }
                for actor in &actors {
                    let facts = run.inside_actor(*actor, lang);
                    assert!(facts.iter().all(|fact| fact.agrees), "{scenario}, step {step}: {facts:#?}");
                }
            }
        });
        assert!(told > 0 || scenario == "shared-memory", "{scenario}: nobody was seen waiting for an object");
        run.close();
    }
}

/// Behind the program's back, a flag goes up that is drawn as down.
#[test]
fn what_differs_is_marked() {
    let mut run = live("event", 1, &[]);
    let event = loop {
        let step = run.shown().step;
        assert!(step_until_rest(&run, step + 1), "an Event is made");
        let timeline = run.timeline();
        let found = timeline.head().all_objects().next().map(|object| object.id);
        if let Some(found) = found {
            break found;
        }
    };
    assert!(run.inside_object(event, Lang::En).iter().all(|fact| fact.agrees));
    run.arena.part_at(event, 0).set_flag(true);
    let facts = run.inside_object(event, Lang::En);
    let flag = facts.iter().find(|fact| fact.what.en == "flag").expect("the flag");
    assert_eq!((flag.kernel.as_str(), flag.drawn.as_str(), flag.agrees), ("1", "0", false));
    run.close();
}

/// A byte that nobody sent lies in a queue's pipe.
#[test]
fn bytes_that_nobody_drew_are_marked() {
    let mut run = live("queue", 1, &[]);
    for step in 1..=2 {
        assert!(step_until_rest(&run, step), "a Queue is made");
    }
    assert!(run.catch_up());
    let (queue, pid) = {
        let timeline = run.timeline();
        let world = timeline.head();
        let main = world.actor(ActorId::MAIN).expect("main");
        (world.all_objects().next().expect("the queue").id, main.pid)
    };
    let bytes = |run: &Run| {
        let facts = run.inside_object(queue, Lang::En);
        let found = facts.into_iter().find(|fact| fact.what.en == "bytes in the pipe").expect("the bytes");
        (found.kernel, found.drawn, found.agrees)
    };
    assert_eq!(bytes(&run), ("0".to_owned(), "0".to_owned(), true));
    let holders = run.arena.part_at(queue, kind::queue::ENDS).holders(1);
    let (_, fd) = holders.into_iter().find(|(process, _)| *process == ActorId::MAIN).expect("main may write");
    let mut end = std::fs::OpenOptions::new().write(true).open(format!("/proc/{pid}/fd/{fd}")).expect("the writing end");
    std::io::Write::write_all(&mut end, b"x").expect("a byte");
    assert_eq!(bytes(&run), ("1".to_owned(), "0".to_owned(), false));
    run.close();
}
