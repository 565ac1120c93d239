//! Runs scenarios of one process in this one, for tests: the gate is open, time runs a thousand times
//! as fast, and nobody can be started.

use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::program::{Program, ScriptError};
use crate::arena::Arena;
use crate::arena::actors::{Kin, State};
use crate::arena::layout::actor::FLAG_BORN;
use crate::arena::ring::Pop;
use crate::ipc::seat::{ProcessState, Seat};
use crate::ipc::{Context, Value};
use crate::sys;
use crate::trace::codec;
use crate::trace::scenario::{Param, Scenario, Setting};
use crate::trace::{ActorId, Body, Change, Event, Role};

/// What became of a run.
pub(super) struct Ran {
    pub result: Result<(), ScriptError>,
    pub events: Vec<Event>,
}

impl Ran {
    /// What it printed, line by line.
    pub(super) fn printed(&self) -> Vec<String> {
        let texts = self.events.iter().filter_map(|event| match &event.body {
            Body::Printed(printed) => Some(printed.text.clone()),
            _ => None,
        });
        texts.collect()
    }

    /// The operations that were finished, each with its line: `queue.put/buffered:3`.
    pub(super) fn steps(&self) -> Vec<String> {
        let steps = self.events.iter().filter_map(|event| match &event.body {
            Body::Acted(acted) => {
                let name = crate::kind::op(acted.op).map_or("?", |op| op.name);
                Some(format!("{name}:{}", acted.line))
            }
            Body::Printed(printed) => Some(format!("print:{}", printed.line)),
            _ => None,
        });
        steps.collect()
    }

    /// Names of the objects that were made, in order.
    pub(super) fn made(&self) -> Vec<String> {
        let changes = self.events.iter().filter_map(|event| match &event.body {
            Body::Acted(acted) => Some(&acted.changes),
            _ => None,
        });
        let names = changes.flatten().filter_map(|change| match change {
            Change::Made { name, owner: None, .. } => Some(name.clone()),
            _ => None,
        });
        names.collect()
    }

    /// The error's kind and text; empty where there was none.
    pub(super) fn error(&self) -> String {
        match &self.result {
            Ok(()) => String::new(),
            Err(error) => error.to_string(),
        }
    }
}

/// A scenario without a file.
pub(super) fn scenario(source: &str) -> Scenario {
    let param = |name: &str, value: Setting| Param {
        name: name.to_owned(),
        help: Default::default(),
        default: value.clone(),
        value,
        choices: Vec::new(),
        range: None,
    };
    Scenario {
        name: "test".to_owned(),
        file: "test.rhai".to_owned(),
        source: source.to_owned(),
        params: vec![param("count", Setting::Int(3)), param("who", Setting::Text("Ada".to_owned()))],
        ..Scenario::default()
    }
}

/// Runs a source's top level.
pub(super) fn run(source: &str) -> Ran {
    act(source, 7, |program, context| program.run_main(context))
}

/// Runs a source's top level with another seed.
pub(super) fn run_seeded(source: &str, seed: u64) -> Ran {
    act(source, seed, |program, context| program.run_main(context))
}

/// Runs one function of a source.
pub(super) fn run_function(source: &str, name: &'static str, args: Vec<Value>) -> Ran {
    act(source, 7, move |program, context| program.run_function(context, name, args))
}

fn act(source: &str, seed: u64, how: impl FnOnce(Program, Rc<Context>) -> Result<(), ScriptError> + Send + 'static) -> Ran {
    let scenario = scenario(source);
    let (arena, _memory) = Arena::create().expect("memory");
    let arena = Arc::new(arena);
    arena.set_gated(false);
    arena.set_clock(0, 1_000_000);
    let kin = |id| Kin { process: id, creator: None, role: Role::Process, works_for: None };
    let main = arena.reserve_actor(kin, "main", "").expect("the first actor");
    assert_eq!(main, ActorId::MAIN);
    arena.raise_flag(main, FLAG_BORN);
    arena.set_random_seed(main, seed);
    arena.set_state(main, State::Run);

    let events = Arc::new(Mutex::new(Vec::new()));
    let done = Arc::new(AtomicBool::new(false));
    let reader = std::thread::spawn({
        let (arena, events, done) = (arena.clone(), events.clone(), done.clone());
        move || {
            let mut bytes = Vec::new();
            loop {
                let (last, seen) = (done.load(SeqCst), arena.drain_requests());
                while !matches!(arena.ring().pop(&mut bytes, |_| false), Pop::Empty) {
                    events.lock().expect("events").push(codec::decode(&bytes).expect("an event").0);
                    arena.made_room();
                }
                if last {
                    return;
                }
                arena.wait_to_drain(seen, Duration::from_millis(20));
            }
        }
    });
    // As much stack as a process's main thread has.
    let actor = std::thread::Builder::new().stack_size(8 << 20).spawn({
        let arena = arena.clone();
        move || {
            let (control, _other) = sys::socket::pair().expect("a socket");
            let eventfd = sys::pipe::eventfd().expect("an eventfd");
            let seat = Seat::new(arena, main, Arc::new(ProcessState::new(main, control)), eventfd);
            let program = match Program::compile(&scenario) {
                Ok(program) => program,
                Err(diagnostic) => return Err(ScriptError::Uncaught { diagnostic, kind: "compile".to_owned() }),
            };
            how(program, Rc::new(Context::new(seat, Arc::new(scenario))))
        }
    });
    let result = actor.expect("a thread").join().expect("no panic");
    done.store(true, SeqCst);
    arena.ask_to_drain();
    reader.join().expect("no panic");
    let events = std::mem::take(&mut *events.lock().expect("events"));
    Ran { result, events }
}
