//! Compares the drawn state with memory and kernel, at rest. Whatever disagrees is named: object, part,
//! what is drawn and what was found. Knows parts, no primitive.

use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::AsFd;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Instant;

use super::PATIENCE;
use super::processes::{Children, turn_at_descriptors};
use crate::arena::Arena;
use crate::arena::actors::{State, next_word};
use crate::arena::layout::actor::FLAG_FRESH;
use crate::arena::parts::slots_digest;
use crate::ipc::cells;
use crate::ipc::hosted::cells_digest;
use crate::kind::{self, Shape};
use crate::sys;
use crate::trace::{ActorId, Cause, ObjectId, Pages, PartRef};
use crate::world::{Activity, Actor, Object, PartState, World};

/// Something that is not as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// `queue q, kernel pipe` or `process writer`.
    pub subject: String,
    pub part: Option<PartRef>,
    pub drawn: String,
    pub found: String,
}

impl std::fmt::Display for Disagreement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: drawn {}, found {}", self.subject, self.drawn, self.found)
    }
}

/// What the kernel says each process's descriptors are: `pipe:[123]`, by number.
type Links = BTreeMap<ActorId, BTreeMap<i32, String>>;

/// Compares everything. The run must be at rest, and the world must have everything that was written.
pub fn audit(arena: &Arena, children: &Children, world: &World) -> Vec<Disagreement> {
    let homes: BTreeSet<ActorId> = world.all_objects().filter(|object| has_cells(object)).filter_map(|object| object.home).collect();
    let answered = homes.into_iter().filter(|home| ask(arena, children, *home)).collect();
    let mut audit = Audit { arena, children, world, links: BTreeMap::new(), answered, found: Vec::new() };
    audit.actors();
    for object in world.all_objects() {
        audit.object(object);
    }
    for flight in arena.stranded() {
        let (part, end) = arena.flight_end(flight);
        let name = world.object(part.object).map_or_else(String::new, |object| object.name.clone());
        audit.say(format!("{name} end {end}, in flight"), Some(part), "on its way".to_owned(), "nobody can receive it".to_owned());
    }
    let drawn = world.all_objects().count();
    // One whose maker died before it told of it is nobody's.
    let there = arena.object_ids().filter(|id| world.object(*id).is_some() || arena.is_told(*id)).count();
    if drawn != there {
        audit.say("the run".to_owned(), None, format!("{drawn} objects"), format!("{there} in memory"));
    }
    audit.found
}

fn has_cells(object: &Object) -> bool {
    object.parts.iter().any(|part| matches!(part, PartState::Cells { .. }))
}

/// Asks a process to write down what lies in its own memory. False: it is dead, stopped, or not at rest.
fn ask(arena: &Arena, children: &Children, process: ActorId) -> bool {
    let Some(child) = children.get(process) else { return false };
    let stopped = || sys::procfs::stat(child.pid, child.pid).is_ok_and(|stat| matches!(stat.state, 'T' | 't'));
    let word = arena.actor_word(process);
    let seen = word.load(SeqCst);
    if State::of(seen) != State::Parked || stopped() || word.compare_exchange(seen, next_word(seen, State::Probe), SeqCst, SeqCst).is_err()
    {
        return false;
    }
    sys::futex::wake_all(word);
    children.poke(process);
    let deadline = Instant::now() + PATIENCE;
    loop {
        let seen = word.load(SeqCst);
        if State::of(seen) != State::Probe {
            return State::of(seen) == State::Parked;
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return false;
        }
        sys::futex::wait(word, seen, Some(left));
    }
}

struct Audit<'a> {
    arena: &'a Arena,
    children: &'a Children,
    world: &'a World,
    links: Links,
    /// Processes that have written down what lies in their own memory.
    answered: Vec<ActorId>,
    found: Vec<Disagreement>,
}

impl Audit<'_> {
    fn say(&mut self, subject: String, part: Option<PartRef>, drawn: String, found: String) {
        self.found.push(Disagreement { subject, part, drawn, found });
    }

    fn compare<T: PartialEq + std::fmt::Debug>(&mut self, subject: &str, part: Option<PartRef>, drawn: T, found: T) {
        if drawn != found {
            self.say(subject.to_owned(), part, format!("{drawn:?}"), format!("{found:?}"));
        }
    }

    fn actors(&mut self) {
        for actor in self.world.all_actors() {
            let subject = format!("process {}", actor.name);
            // A helper's last event is its end; a process is dead only once it has been reaped.
            let drawn = actor.is_dead() || actor.process != actor.id && actor.activity == Activity::Ending;
            self.compare(&subject, None, drawn, self.arena.state(actor.id) == State::Dead);
            if let Activity::Waiting(wait) = &actor.activity {
                let parked = self.arena.state(actor.id) == State::Parked;
                let waits = self.arena.read_wait(actor.id);
                if !actor.stopped && (!parked || waits.until != wait.until) {
                    self.say(
                        subject.clone(),
                        None,
                        format!("waiting for {:?}", wait.until),
                        format!("{:?} for {:?}", self.arena.state(actor.id), waits.until),
                    );
                }
            }
            if matches!(actor.activity, Activity::Ready(_)) && !actor.stopped {
                let fresh = self.arena.state(actor.id) == State::Parked && self.arena.flag(actor.id, FLAG_FRESH);
                self.compare(&subject, None, "at the gate", if fresh { "at the gate" } else { "elsewhere" });
            }
            if actor.process != actor.id || drawn {
                continue;
            }
            self.compare(&subject, None, Some(actor.pid), self.children.get(actor.id).map(|child| child.pid));
            match sys::procfs::stat(actor.pid, actor.tid) {
                // Stopped from outside, or not: the screen must say the same.
                Ok(stat) => self.compare(&subject, None, actor.stopped, matches!(stat.state, 'T' | 't')),
                Err(error) => self.say(subject.clone(), None, "alive".to_owned(), format!("no such process ({error})")),
            }
            let links = sys::procfs::links(actor.pid).unwrap_or_default();
            self.links.insert(actor.id, links.into_iter().collect());
        }
    }

    fn object(&mut self, object: &Object) {
        let Some(kind) = kind::kind(object.kind) else { return };
        self.compare(&format!("{} {}", kind.name, object.name), None, object.broken, self.arena.facts(object.id).broken);
        let killed = |home: &Actor| matches!(home.activity, Activity::Dead(Cause::Signal(_)));
        if object.home.and_then(|home| self.world.actor(home)).is_some_and(killed) {
            // It belonged to one process alone, and nobody can tell any more what that was in the middle of.
            return;
        }
        for (at, (def, state)) in kind.parts.iter().zip(&object.parts).enumerate() {
            let name = PartRef::new(object.id, at as u8);
            let subject = format!("{} {}, {}", kind.name, object.name, def.role.en);
            let part = self.arena.part_at(object.id, at as u8);
            match state {
                // What lies in a broken object, or in what belongs to one, nobody knows any more; the screen
                // says that it is broken.
                PartState::Slots { .. } if object.broken || self.belongs_to_broken(object) => {}
                PartState::Slots { messages } => {
                    // What a dead process held is drawn as lost; its own memory is gone.
                    let drawn = (messages.len() as u64, slots_digest(messages.iter().copied()));
                    self.compare(&subject, Some(name), drawn, (part.slots_len(), part.slots_digest()));
                }
                PartState::Cells { .. } if object.home.is_some_and(|home| !self.answered.contains(&home)) => {}
                PartState::Cells { cells } if object.home.is_some() => {
                    let digest = cells_digest(cells.iter().map(|cell| (cell.key.clone(), cell.value.clone())));
                    self.compare(&subject, Some(name), (cells.len(), digest), part.cells_digest());
                }
                PartState::Cells { cells } => {
                    self.compare(&subject, Some(name), cells.len(), part.cells_len());
                    for (index, cell) in cells.iter().enumerate() {
                        let found = cells::preview_of(self.arena, object.id, index);
                        if found.as_ref() != Some(&cell.value) {
                            let found = found.map_or("nothing".to_owned(), |found| found.to_string());
                            self.say(format!("{subject} [{index}]"), Some(name), cell.value.to_string(), found);
                        }
                    }
                }
                PartState::Bytes { bytes, pages } => {
                    self.compare(&subject, Some(name), (*bytes, *pages), (part.bytes(), part.pages()));
                    if let Some((ends, end)) = def.read_at.filter(|_| !object.broken) {
                        self.kernel_bytes(object.id, &subject, name, *bytes, ends, end);
                        self.kernel_pages(object.id, &subject, name, *pages, ends, end);
                    }
                }
                PartState::Ends { ends } => {
                    for (index, end) in ends.iter().enumerate() {
                        let mut found: BTreeMap<ActorId, u32> = BTreeMap::new();
                        for (process, _) in part.holders(index as u8) {
                            *found.entry(process).or_default() += 1;
                        }
                        let drawn: BTreeMap<ActorId, u32> = end.holders.iter().map(|holder| (holder.process, holder.copies)).collect();
                        self.compare(&format!("{subject} {}", end.name.en), Some(name), drawn, found);
                        let travels = part.is_in_flight(index as u8);
                        let kept = self.children.keeps(object.id, index as u8);
                        self.compare(&format!("{subject} {}, in flight", end.name.en), Some(name), travels, kept);
                    }
                    if let Shape::Ends(names) = def.shape {
                        self.kernel_ends(object.id, &subject, name, names.len() as u8);
                    }
                }
                PartState::Count { value, max } => self.compare(&subject, Some(name), (*value, *max), (part.count(), part.count_max())),
                PartState::Flag { up } => self.compare(&subject, Some(name), *up, part.flag()),
                PartState::Owner { owner, depth } => self.compare(&subject, Some(name), (*owner, *depth), (part.owner(), part.depth())),
                PartState::Waiters { waiters } => {
                    let drawn: Vec<ActorId> = waiters.iter().map(|waiter| waiter.actor).collect();
                    self.compare(&subject, Some(name), drawn, part.waiters());
                }
            }
        }
    }

    fn belongs_to_broken(&self, object: &Object) -> bool {
        object.owner.and_then(|owner| self.world.object(owner)).is_some_and(|owner| owner.broken)
    }

    /// Asks the kernel how many bytes wait at an end, through a copy that is closed again at once.
    fn kernel_bytes(&mut self, object: ObjectId, subject: &str, part: PartRef, drawn: u64, ends: u8, end: u8) {
        let holder =
            self.arena.part_at(object, ends).holders(end).into_iter().find_map(|(process, fd)| Some((self.children.get(process)?, fd)));
        let Some((child, fd)) = holder else { return };
        let unread = {
            let _turn = turn_at_descriptors();
            sys::pidfd::borrow_fd(child.pidfd.as_fd(), fd).and_then(|copy| sys::pipe::unread(copy.as_fd()))
        };
        match unread {
            Ok(found) => self.compare(&format!("{subject} (kernel)"), Some(part), drawn, found),
            // Some systems forbid looking into one's own children; then memory is all that can be compared.
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {}
            Err(error) => {
                self.say(format!("{subject} (kernel)"), Some(part), format!("{drawn} bytes"), format!("no such descriptor ({error})"))
            }
        }
    }

    /// Asks the kernel whether a pipe is full, and how many page slots it has: through a copy of the end that is
    /// written, closed again at once. How many are in use it tells nobody.
    fn kernel_pages(&mut self, object: ObjectId, subject: &str, part: PartRef, drawn: Option<Pages>, ends: u8, end: u8) {
        let ends = self.arena.part_at(object, ends);
        let writer = if end == 0 { 1 } else { 0 };
        let holder = ends.holders(writer).into_iter().find_map(|(process, fd)| Some((self.children.get(process)?, fd)));
        let (Some((child, fd)), false) = (holder, ends.holders(end).is_empty()) else { return };
        let found = {
            let _turn = turn_at_descriptors();
            let copy = sys::pidfd::borrow_fd(child.pidfd.as_fd(), fd);
            // A socket has no pages.
            copy.ok().and_then(|copy| Some((sys::pipe::slots(copy.as_fd()).ok()?, !sys::pipe::writable(copy.as_fd()))))
        };
        let Some((slots, full)) = found else { return };
        let drawn = drawn.map(|pages| (usize::from(pages.of), pages.are_all_used()));
        self.compare(&format!("{subject}, pages and whether all are in use (kernel)"), Some(part), drawn, Some((slots, full)));
    }

    /// Asks the kernel whether every holder's number names the same pipe, and whether anybody of the
    /// run holds a copy that is not drawn.
    fn kernel_ends(&mut self, object: ObjectId, subject: &str, part: PartRef, ends: u8) {
        let mut drawn: BTreeMap<String, BTreeMap<ActorId, usize>> = BTreeMap::new();
        for end in 0..ends {
            let mut names: Vec<String> = Vec::new();
            for (process, fd) in self.arena.part_at(object, part.part).holders(end) {
                let Some(links) = self.links.get(&process) else { continue };
                match links.get(&fd) {
                    Some(link) => {
                        *drawn.entry(link.clone()).or_default().entry(process).or_default() += 1;
                        names.push(link.clone());
                    }
                    None => self.say(
                        format!("{subject} (kernel)"),
                        Some(part),
                        format!("end {end} held as {fd} by actor {}", process.0),
                        "no such descriptor".to_owned(),
                    ),
                }
            }
            names.dedup();
            if names.len() > 1 {
                self.say(format!("{subject} (kernel)"), Some(part), format!("one end {end}"), format!("{names:?}"));
            }
        }
        for (link, holders) in drawn {
            let found: BTreeMap<ActorId, usize> = self
                .links
                .iter()
                .map(|(process, links)| (*process, links.values().filter(|other| **other == link).count()))
                .filter(|(_, count)| *count > 0)
                .collect();
            self.compare(&format!("{subject} (kernel)"), Some(part), holders, found);
        }
    }
}
