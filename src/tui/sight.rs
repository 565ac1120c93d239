//! What of a run the user wants to see: which threads and lanes are folded, which names the filter
//! lets through, how far the picture is scrolled sideways.
//!
//! Invariant: it only hides. Whatever it hides is counted by [`Sight::hidden`], so that a view can say so.

use std::collections::BTreeSet;

use crate::kind::{self, Lang};
use crate::trace::{ActorId, ObjectId, Role};
use crate::world::{Actor, Object, World};

use super::narrate;
use super::state::Chosen;

/// What is folded, narrowed, filtered and scrolled away.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sight {
    /// Helper threads have lanes of their own, also those that are yet to be born.
    pub unfolded: bool,
    /// The threads for which it is the other way round.
    pub except: BTreeSet<ActorId>,
    /// Processes whose lanes are narrowed to a glyph.
    pub narrow: BTreeSet<ActorId>,
    /// Words of names or kinds that are shown; empty shows all.
    pub filter: String,
    /// The first lane and the first object's column that the user scrolled to; else the picture follows.
    pub scroll: Option<(usize, usize)>,
    /// The first lane and the first object's column as they were drawn last.
    pub drawn: (usize, usize),
}

impl Sight {
    /// Forgets what is about the actors of one run.
    pub fn forget_run(&mut self) {
        *self = Sight { unfolded: self.unfolded, filter: std::mem::take(&mut self.filter), ..Sight::default() };
    }

    /// Whether a helper thread has a lane of its own.
    pub fn is_unfolded(&self, id: ActorId) -> bool {
        self.unfolded != self.except.contains(&id)
    }

    /// Folds some threads if any of them has a lane of its own, else unfolds them all.
    pub fn turn(&mut self, threads: &[ActorId]) {
        let unfold = !threads.iter().any(|id| self.is_unfolded(*id));
        for id in threads {
            if unfold == self.unfolded {
                self.except.remove(id);
            } else {
                self.except.insert(*id);
            }
        }
    }

    /// Folds or unfolds all threads, also those to come.
    pub fn turn_all(&mut self, world: &World) {
        let any = threads(world).any(|thread| self.is_unfolded(thread.id));
        self.unfolded = if threads(world).next().is_some() { !any } else { !self.unfolded };
        self.except.clear();
    }

    /// All lanes of a world in order: each process with its unfolded threads, then the hand's if it
    /// ever did something; without those that the filter hides.
    pub fn lanes(&self, world: &World) -> Vec<ActorId> {
        let mut out = Vec::new();
        for process in world.processes().filter(|process| process.id != ActorId::HAND) {
            out.extend(self.shows_actor(world, process.id).then_some(process.id));
            let own = threads(world).filter(|thread| thread.process == process.id && self.is_unfolded(thread.id));
            out.extend(own.map(|thread| thread.id).filter(|id| self.shows_actor(world, *id)));
        }
        let hand = world.actor(ActorId::HAND).filter(|hand| hand.doing.is_some() && self.shows_actor(world, hand.id));
        out.extend(hand.map(|hand| hand.id));
        out
    }

    /// The outermost objects that the filter lets through, those that a scenario speaks of first: a manager and
    /// the ways to its server stand behind what is kept there.
    pub fn objects(&self, world: &World) -> impl Iterator<Item = ObjectId> {
        let mut all: Vec<&Object> =
            world.all_objects().filter(|object| object.owner.is_none() && self.shows_object(world, object.id)).collect();
        all.sort_by_key(|object| {
            [kind::manager::ID, kind::connection::ID].iter().position(|kind| *kind == object.kind).map_or(0, |at| at + 1)
        });
        all.into_iter().map(|object| object.id)
    }

    /// What can be chosen, in the order in which Tab goes through it.
    pub fn choices(&self, world: &World) -> Vec<Chosen> {
        let lanes: Vec<ActorId> = self.lanes(world).into_iter().filter(|id| *id != ActorId::HAND).collect();
        let (before, after) = lanes.split_at(self.objects_stand(world, &lanes));
        let actors = |some: &[ActorId]| -> Vec<Chosen> { some.iter().copied().map(Chosen::Actor).collect() };
        let objects = self.objects(world).map(Chosen::Object).collect();
        [actors(before), objects, actors(after)].concat()
    }

    /// Before which of some lanes the objects' columns stand: before the last process, since what they carry goes
    /// from one side to the other; else before the hand, or after all.
    pub fn objects_stand(&self, world: &World, lanes: &[ActorId]) -> usize {
        let own = |id: &ActorId| world.actor(*id).is_some_and(|actor| actor.process == *id && *id != ActorId::HAND);
        let hand = lanes.iter().position(|id| *id == ActorId::HAND);
        lanes.iter().rposition(own).filter(|at| *at > 0).or(hand).unwrap_or(lanes.len())
    }

    /// Whether the filter lets an actor through.
    pub fn shows_actor(&self, world: &World, id: ActorId) -> bool {
        if self.filter.is_empty() {
            return true;
        }
        let Some(actor) = world.actor(id) else { return true };
        let kind = match actor.role {
            // A thread goes with the object that it works for.
            Role::Helper => format!("thread 线程 {}", actor.object.map_or_else(String::new, |object| object_text(world, object))),
            Role::Hand => "hand".to_owned(),
            Role::Process => "process 进程".to_owned(),
        };
        let [en, zh] = [Lang::En, Lang::Zh].map(|lang| narrate::thread(world, id, lang));
        self.lets_through(&format!("{} {} {kind} {en} {zh}", actor.name, actor.function))
    }

    /// Whether the filter lets an object through, or the one that it belongs to.
    pub fn shows_object(&self, world: &World, id: ObjectId) -> bool {
        self.filter.is_empty() || self.lets_through(&object_text(world, id))
    }

    /// How many processes and objects the filter hides.
    pub fn hidden(&self, world: &World) -> usize {
        if self.filter.is_empty() {
            return 0;
        }
        let lanes = world.processes().filter(|process| process.id != ActorId::HAND && !self.shows_actor(world, process.id)).count();
        let objects = world.all_objects().filter(|object| object.owner.is_none() && !self.shows_object(world, object.id)).count();
        lanes + objects
    }

    /// Any of the words is in the text, and none of those with a minus before them.
    fn lets_through(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let filter = self.filter.to_lowercase();
        let (out, wanted): (Vec<&str>, Vec<&str>) = filter.split_whitespace().partition(|word| word.len() > 1 && word.starts_with('-'));
        let any = wanted.is_empty() || wanted.iter().any(|word| text.contains(word));
        any && !out.iter().any(|word| text.contains(&word[1..]))
    }
}

/// Name and kind of an object, or of the one that it belongs to.
fn object_text(world: &World, id: ObjectId) -> String {
    let Some(object) = world.outermost(id).and_then(|id| world.object(id)) else { return String::new() };
    format!("{} {}", object.name, kind::kind(object.kind).map_or("", |kind| kind.name))
}

/// The threads that work for objects.
pub fn threads(world: &World) -> impl Iterator<Item = &Actor> {
    world.all_actors().filter(|actor| actor.role == Role::Helper && actor.process != actor.id)
}

/// The threads that work for an object, or for one that belongs to it.
pub fn threads_of(world: &World, object: ObjectId) -> Vec<ActorId> {
    let works_for = |thread: &&Actor| thread.object.and_then(|own| world.outermost(own)) == Some(object);
    threads(world).filter(works_for).map(|thread| thread.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lets_through(filter: &str, text: &str) -> bool {
        Sight { filter: filter.to_owned(), ..Sight::default() }.lets_through(text)
    }

    #[test]
    fn any_word_will_do_and_none_with_a_minus_may() {
        for (filter, text, through) in [
            ("", "writer", true),
            ("wri", "Writer process", true),
            ("WRITER q", "q Queue", true),
            ("writer q", "reader", false),
            ("-read", "reader", false),
            ("-read", "writer", true),
            ("r -read", "writer", true),
            ("r -read", "reader", false),
            ("-", "a-b", true),
            ("线程", "writer 的写入线程", true),
            ("   ", "anything", true),
        ] {
            assert_eq!(lets_through(filter, text), through, "{filter:?} on {text:?}");
        }
    }
}
