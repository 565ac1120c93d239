//! The kernel's view of a process and of an object, beside what is drawn of them. Asked for while it
//! is looked at; nothing is drawn from it.

use std::os::fd::AsFd;

use super::audit;
use super::processes::{Children, turn_at_descriptors};
use crate::arena::Arena;
use crate::kind::{self, Words, words};
use crate::sys;
use crate::sys::procfs;
use crate::trace::{ActorId, ObjectId};
use crate::world::{Activity, World};

/// One fact: what the kernel says, what is drawn, and whether they agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub what: Words,
    pub kernel: String,
    /// Empty where nothing of the kind is drawn.
    pub drawn: String,
    pub agrees: bool,
}

fn fact(what: Words, kernel: impl Into<String>, drawn: impl Into<String>, agrees: bool) -> Fact {
    Fact { what, kernel: kernel.into(), drawn: drawn.into(), agrees }
}

const STATE: Words = words("state", "状态");
const PARENT: Words = words("parent", "父进程");
const WAITS_IN: Words = words("waits in", "等待于");
const CALL: Words = words("system call", "系统调用");
const CPU: Words = words("processor time", "处理器时间");
const OPEN: Words = words("open descriptors", "打开的描述符");
const BYTES: Words = words("bytes in the pipe", "管道中的字节");
const HELD: Words = words("held by", "持有者");
const DISAGREES: Words = words("disagrees", "不一致");

/// What the kernel says of an actor's thread.
pub fn of_actor(world: &World, id: ActorId) -> Vec<Fact> {
    let Some(actor) = world.actor(id) else { return Vec::new() };
    let tid = if actor.tid == 0 { actor.pid } else { actor.tid };
    let stat = match procfs::stat(actor.pid, tid) {
        Ok(stat) => stat,
        Err(error) => return vec![fact(STATE, format!("- ({error})"), drawn_state(&actor.activity, actor.stopped), actor.is_dead())],
    };
    let sleeps = matches!(stat.state, 'S' | 'D');
    let agrees = match &actor.activity {
        _ if actor.stopped => stat.state == 'T',
        Activity::Ready(_) | Activity::Waiting(_) | Activity::Unborn => sleeps,
        Activity::Running | Activity::Ending => true,
        Activity::Dead(_) => stat.state == 'Z',
    };
    let mut facts = vec![
        fact(STATE, format!("{} ({})", stat.state, state_word(stat.state)), drawn_state(&actor.activity, actor.stopped), agrees),
        fact(PARENT, stat.parent.to_string(), "ipcscope", stat.parent == std::process::id()),
    ];
    if let Ok(channel) = procfs::wchan(actor.pid, tid) {
        facts.push(fact(WAITS_IN, if channel == "0" { "-".to_owned() } else { channel }, "", true));
    }
    if let Ok(call) = procfs::syscall(actor.pid, tid) {
        facts.push(fact(CALL, call.map_or("-".to_owned(), |call| procfs::call_name(call.number)), "", true));
    }
    facts.push(fact(CPU, format!("{:.2} s", stat.cpu_ticks as f64 / 100.0), "", true));
    if let Ok(links) = procfs::links(actor.pid) {
        let shown: Vec<String> = links.iter().map(|(number, link)| format!("{number} {link}")).collect();
        facts.push(fact(OPEN, shown.join(", "), "", true));
    }
    facts
}

/// What the kernel says of an object's pipes, and, at rest, whatever the audit finds of it: while
/// things move, two looks cannot agree.
pub fn of_object(arena: &Arena, children: &Children, world: &World, id: ObjectId, at_rest: bool) -> Vec<Fact> {
    let Some(object) = world.object(id) else { return Vec::new() };
    let Some(kind) = kind::kind(object.kind) else { return Vec::new() };
    let mut facts = Vec::new();
    for (at, def) in kind.parts.iter().enumerate() {
        let Some((ends, end)) = def.read_at else { continue };
        let holders = arena.part_at(id, ends).holders(end);
        let found = {
            let _turn = turn_at_descriptors();
            let copy = holders.iter().find_map(|(process, fd)| {
                let child = children.get(*process)?;
                sys::pidfd::borrow_fd(child.pidfd.as_fd(), *fd).ok()
            });
            copy.and_then(|copy| sys::pipe::unread(copy.as_fd()).ok())
        };
        let drawn = arena.part_at(id, at as u8).bytes();
        facts.push(fact(
            BYTES,
            found.map_or("-".to_owned(), |found| found.to_string()),
            drawn.to_string(),
            !at_rest || found.is_none_or(|found| found == drawn),
        ));
        let held: Vec<String> = holders.iter().map(|(process, fd)| format!("{}: {fd}", arena.actor_name(*process))).collect();
        facts.push(fact(HELD, held.join(", "), "", true));
    }
    let whole = if at_rest { audit::audit(arena, children, world) } else { Vec::new() };
    let mine = whole.into_iter().filter(|disagreement| disagreement.part.is_some_and(|part| part.object == id));
    facts.extend(
        mine.map(|disagreement| fact(DISAGREES, disagreement.found, format!("{}: {}", disagreement.subject, disagreement.drawn), false)),
    );
    facts
}

fn drawn_state(activity: &Activity, stopped: bool) -> &'static str {
    match activity {
        _ if stopped => "stopped",
        Activity::Unborn => "unborn",
        Activity::Ready(_) => "ready",
        Activity::Running => "running",
        Activity::Waiting(_) => "waiting",
        Activity::Ending => "ending",
        Activity::Dead(_) => "dead",
    }
}

fn state_word(state: char) -> &'static str {
    match state {
        'R' => "running",
        'S' => "sleeping",
        'D' => "sleeping, not interruptible",
        'T' => "stopped",
        't' => "traced",
        'Z' => "zombie",
        _ => "unknown",
    }
}
