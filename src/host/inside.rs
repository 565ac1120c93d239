//! The kernel's view of a process and of an object, beside what is drawn of them. Asked for while it
//! is looked at; nothing is drawn from it.

use std::io;
use std::os::fd::AsFd;

use super::audit;
use super::processes::{Children, turn_at_descriptors};
use crate::arena::Arena;
use crate::ipc::cells as ipc_cells;
use crate::kind::{self, Lang, Words, words};
use crate::sys;
use crate::sys::procfs;
use crate::text::name;
use crate::trace::{ActorId, ObjectId};
use crate::world::{Activity, Actor, Object, PartState, World};

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
const WAITS: Words = words("waits here", "在此等待");
const DISAGREES: Words = words("disagrees", "不一致");

/// What the kernel says of an actor's thread.
pub fn of_actor(world: &World, id: ActorId, lang: Lang) -> Vec<Fact> {
    let Some(actor) = world.actor(id) else { return Vec::new() };
    let tid = if actor.tid == 0 { actor.pid } else { actor.tid };
    let stat = match settled(actor, tid) {
        Ok(stat) => stat,
        Err(error) => {
            return vec![fact(STATE, format!("- ({error})"), drawn_state(&actor.activity, actor.stopped).get(lang), actor.is_dead())];
        }
    };
    let sleeps = matches!(stat.state, 'S' | 'D');
    let agrees = match &actor.activity {
        _ if actor.stopped => stat.state == 'T',
        Activity::Ready(_) | Activity::Waiting(_) | Activity::Unborn => sleeps,
        Activity::Running | Activity::Ending => true,
        Activity::Dead(_) => stat.state == 'Z',
    };
    let mut facts = vec![
        fact(
            STATE,
            format!("{} ({})", stat.state, state_word(stat.state).get(lang)),
            drawn_state(&actor.activity, actor.stopped).get(lang),
            agrees,
        ),
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

/// A thread's state. One that has just said that it stands may be on its way to sleep for a moment, which
/// is no difference, so it is given some.
fn settled(actor: &Actor, tid: u32) -> io::Result<procfs::Stat> {
    let stands = matches!(actor.activity, Activity::Ready(_) | Activity::Waiting(_) | Activity::Unborn);
    let mut stat = procfs::stat(actor.pid, tid)?;
    for _ in 0..LOOKS {
        if !stands || stat.state != 'R' {
            break;
        }
        std::thread::yield_now();
        stat = procfs::stat(actor.pid, tid)?;
    }
    Ok(stat)
}

/// How often a thread that should sleep is looked at before it counts as running: some milliseconds.
const LOOKS: usize = 500;

/// What memory and kernel say of an object, part by part, of those who wait for it, and, at rest, whatever
/// else the audit finds of it: while things move, two looks cannot agree.
pub fn of_object(arena: &Arena, children: &Children, world: &World, id: ObjectId, at_rest: bool, lang: Lang) -> Vec<Fact> {
    let Some(object) = world.object(id) else { return Vec::new() };
    let mut facts = Vec::new();
    for part in std::iter::once(object).chain(world.belonging_to(id)) {
        facts.extend(of_parts(arena, children, world, part, lang));
    }
    for fact in &mut facts {
        fact.agrees |= !at_rest;
    }
    facts.extend(waiting(world, object, lang));
    let whole = if at_rest { audit::audit(arena, children, world) } else { Vec::new() };
    let mine = whole.into_iter().filter(|disagreement| disagreement.part.is_some_and(|part| part.object == id));
    facts.extend(
        mine.map(|disagreement| fact(DISAGREES, disagreement.found, format!("{}: {}", disagreement.subject, disagreement.drawn), false)),
    );
    facts
}

fn of_parts(arena: &Arena, children: &Children, world: &World, object: &Object, lang: Lang) -> Vec<Fact> {
    let Some(kind) = kind::kind(object.kind) else { return Vec::new() };
    let names = |ids: &[ActorId]| ids.iter().map(|id| name::actor(world, *id, lang).text).collect::<Vec<_>>().join(", ");
    let compare = |what: Words, found: String, drawn: String| {
        let agrees = found == drawn;
        fact(what, found, drawn, agrees)
    };
    let mut facts = Vec::new();
    for (at, (def, state)) in kind.parts.iter().zip(&object.parts).enumerate() {
        let part = arena.part_at(object.id, at as u8);
        let role = def.role;
        match state {
            PartState::Slots { messages } => facts.push(compare(role, part.slots_len().to_string(), messages.len().to_string())),
            PartState::Count { value, .. } => facts.push(compare(role, part.count().to_string(), value.to_string())),
            PartState::Flag { up } => facts.push(compare(role, u8::from(part.flag()).to_string(), u8::from(*up).to_string())),
            PartState::Owner { owner, depth } => {
                let held = |owner: Option<ActorId>, depth: u32| match owner {
                    Some(owner) if depth > 1 => format!("{} ×{depth}", names(&[owner])),
                    Some(owner) => names(&[owner]),
                    None => "-".to_owned(),
                };
                facts.push(compare(role, held(part.owner(), part.depth()), held(*owner, *depth)));
            }
            PartState::Waiters { waiters } => {
                let drawn: Vec<ActorId> = waiters.iter().map(|waiter| waiter.actor).collect();
                let found = part.waiters();
                // An empty list is worth a line only where it should not be empty.
                if !found.is_empty() || !drawn.is_empty() {
                    facts.push(compare(role, names(&found), names(&drawn)));
                }
            }
            PartState::Cells { cells } => {
                let found = |index: usize| ipc_cells::preview_of(arena, object.id, index).map_or("-".to_owned(), |value| value.to_string());
                let listed = |value: &dyn Fn(usize) -> String| {
                    let shown: Vec<String> = (0..cells.len().min(CELLS)).map(value).collect();
                    let more = if cells.len() > CELLS { format!(" +{}", cells.len() - CELLS) } else { String::new() };
                    format!("{}{more}", shown.join(", "))
                };
                facts.push(compare(role, listed(&found), listed(&|index| cells[index].value.to_string())));
            }
            PartState::Bytes { bytes, .. } => {
                let Some((ends, end)) = def.read_at else { continue };
                let found = unread(arena, children, object.id, ends, end);
                let agrees = found.is_none_or(|found| found == *bytes);
                facts.push(fact(role, found.map_or("-".to_owned(), |found| found.to_string()), bytes.to_string(), agrees));
            }
            PartState::Ends { ends } => {
                for (index, end) in ends.iter().enumerate() {
                    let copies: Vec<(ActorId, i32)> = part.holders(index as u8);
                    let kept = |process| children.keeps(object.id, index as u8).then(|| name::process(world, process, lang).text);
                    let open: Vec<String> = copies
                        .iter()
                        .filter_map(|(process, fd)| match *process {
                            // The host keeps one copy for however many are on their way.
                            ActorId::HOST => kept(*process),
                            holder => open_end(world, holder, *fd, lang),
                        })
                        .collect();
                    let drawn: u32 = end.holders.iter().map(|holder| holder.copies).sum();
                    let holders: Vec<String> = end.holders.iter().map(|holder| name::process(world, holder.process, lang).text).collect();
                    let what = format!("{} {}", end.name.get(lang), holders.join(", ")).trim_end().to_owned();
                    let found = if open.is_empty() { "-".to_owned() } else { open.join(", ") };
                    facts.push(fact(role, found, what, open.len() == drawn as usize));
                }
            }
        }
    }
    facts
}

/// The most cells that are told of one by one.
const CELLS: usize = 8;

/// How many bytes the kernel says can be read at an end, asked through a copy that is closed again at once.
fn unread(arena: &Arena, children: &Children, object: ObjectId, ends: u8, end: u8) -> Option<u64> {
    let _turn = turn_at_descriptors();
    let copy = arena.part_at(object, ends).holders(end).into_iter().find_map(|(process, fd)| {
        let child = children.get(process)?;
        sys::pidfd::borrow_fd(child.pidfd.as_fd(), fd).ok()
    });
    copy.and_then(|copy| sys::pipe::unread(copy.as_fd()).ok())
}

/// A process's copy of an end, as the kernel names it; none if it has no such descriptor open.
fn open_end(world: &World, process: ActorId, fd: i32, lang: Lang) -> Option<String> {
    let links = procfs::links(world.actor(process)?.pid).ok()?;
    let (_, link) = links.into_iter().find(|(number, _)| *number == fd)?;
    Some(format!("{} {fd} {link}", name::process(world, process, lang).text))
}

/// How each of those sleeps in the kernel who wait for an object.
fn waiting(world: &World, object: &Object, lang: Lang) -> Vec<Fact> {
    let about = |actor: &&Actor| {
        let on = actor.doing.and_then(|(_, on)| on.object());
        let here = on.is_some_and(|on| on == object.id || world.object(on).is_some_and(|on| on.owner == Some(object.id)));
        here && matches!(actor.activity, Activity::Waiting(_))
    };
    let sleeps = |actor: &Actor| {
        let tid = if actor.tid == 0 { actor.pid } else { actor.tid };
        let stat = settled(actor, tid).ok()?;
        let call = procfs::syscall(actor.pid, tid).ok().flatten().map(|call| procfs::call_name(call.number));
        let name = name::actor(world, actor.id, lang).text;
        let found = format!("{name}: {} ({}) {}", stat.state, state_word(stat.state).get(lang), call.unwrap_or_default());
        let agrees = matches!(stat.state, 'S' | 'D') || actor.stopped;
        Some(fact(WAITS, found.trim_end(), drawn_state(&actor.activity, actor.stopped).get(lang), agrees))
    };
    world.all_actors().filter(about).filter_map(sleeps).collect()
}

fn drawn_state(activity: &Activity, stopped: bool) -> Words {
    match activity {
        _ if stopped => words("stopped", "停住"),
        Activity::Unborn => words("unborn", "尚未开始"),
        Activity::Ready(_) => words("ready", "就绪"),
        Activity::Running => words("running", "运行"),
        Activity::Waiting(_) => words("waiting", "等待"),
        Activity::Ending => words("ending", "正在结束"),
        Activity::Dead(_) => words("dead", "已结束"),
    }
}

fn state_word(state: char) -> Words {
    match state {
        'R' => words("running", "运行"),
        'S' => words("sleeping", "睡眠"),
        'D' => words("sleeping, not interruptible", "睡眠，不可中断"),
        'T' => words("stopped", "停住"),
        't' => words("traced", "被跟踪"),
        'Z' => words("zombie", "僵尸"),
        _ => words("unknown", "未知"),
    }
}
