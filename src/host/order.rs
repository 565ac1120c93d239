//! Who goes next: seeded, recorded, or chosen by the user. Pure: given the candidates, an order names
//! one of them.
//!
//! A seed walks in one of two ways ([`Walk`]). At random, each grant goes to any candidate: everybody comes
//! along at about the same rate, and what needs one to be far ahead is hardly ever seen. By priority, each actor
//! has a rank that the seed gives it, and the candidate of the highest rank goes, until one of few *changes* puts
//! whoever has just gone below all others: so somebody runs ahead while somebody else stands still. With d − 1
//! changes every failure that needs d orderings is found with a probability that can be computed (PCT: Burckhardt,
//! Kothari, Musuvathi, Nagarakatte, ASPLOS 2010). How long a run will be is not known here, so a change comes at
//! a step whose logarithm is uniform, and not the step itself.
//!
//! Invariant: whoever decides a grant (seed, recording, user), the streams move on alike, so that a choice by hand
//! changes nothing else.

use std::collections::{BTreeMap, VecDeque};

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::trace::{ActorId, Candidate, Walk};

/// An order of grants.
pub struct Order {
    rng: ChaCha8Rng,
    /// Ranks and changes, if the seed walks by priority.
    priorities: Option<Priorities>,
    /// Grants to repeat before the seed decides.
    recorded: VecDeque<ActorId>,
    /// The user's choice for the next grant.
    chosen: Option<ActorId>,
}

impl Order {
    /// Picks by this seed alone: by priorities where the walk of the seed has them, else at random.
    pub fn seeded(seed: u64, walk: Walk) -> Order {
        let priorities = match walk.of_seed(seed) {
            Walk::Priority { depth } => Some(Priorities::new(seed, depth)),
            Walk::Random | Walk::Mixed => None,
        };
        Order { rng: ChaCha8Rng::seed_from_u64(seed), priorities, recorded: VecDeque::new(), chosen: None }
    }

    /// Repeats these grants first.
    pub fn recorded(seed: u64, walk: Walk, grants: impl IntoIterator<Item = ActorId>) -> Order {
        Order { recorded: grants.into_iter().collect(), ..Order::seeded(seed, walk) }
    }

    /// The next grant goes to this actor, if it can go.
    pub fn choose(&mut self, actor: ActorId) {
        self.chosen = Some(actor);
    }

    /// Names one of the candidates; none only if there are none.
    pub fn pick(&mut self, candidates: &[Candidate]) -> Option<Candidate> {
        if candidates.is_empty() {
            return None;
        }
        let number = self.rng.next_u32() as usize;
        let wanted = self.recorded.pop_front();
        let wanted = self.chosen.take().or(wanted);
        let found = wanted.and_then(|actor| candidates.iter().find(|candidate| candidate.actor == actor));
        let seeded = match &mut self.priorities {
            Some(priorities) => priorities.first(candidates)?,
            None => candidates[number % candidates.len()],
        };
        let picked = found.copied().unwrap_or(seeded);
        if let Some(priorities) = &mut self.priorities {
            priorities.granted(picked.actor, candidates.len() > 1);
        }
        Some(picked)
    }
}

/// Grants in a row after which an actor steps back for the others: one that asks in a loop for what only another
/// can bring would otherwise keep that other from going for ever.
const IN_A_ROW: u32 = 100;

/// Changes come within so many doublings of the first step.
const OCTAVES: u32 = 11;

/// Who goes before whom, and when that changes.
struct Priorities {
    seed: u64,
    /// What the seed gave each actor, once it was seen.
    ranks: BTreeMap<ActorId, u32>,
    /// Those who stepped back, each below all that did so before.
    back: BTreeMap<ActorId, u64>,
    /// The grants after which whoever had one steps back.
    changes: Vec<u64>,
    grants: u64,
    /// Who was granted last, and how often in a row although others could go.
    row: (ActorId, u32),
}

impl Priorities {
    fn new(seed: u64, depth: u32) -> Priorities {
        let mut rng = stream(seed, 0);
        let change = |rng: &mut ChaCha8Rng| {
            let octave = rng.next_u32() % OCTAVES;
            (1u64 << octave) + u64::from(rng.next_u32()) % (1u64 << octave)
        };
        let changes = (1..depth).map(|_| change(&mut rng)).collect();
        Priorities { seed, ranks: BTreeMap::new(), back: BTreeMap::new(), changes, grants: 0, row: (ActorId::HOST, 0) }
    }

    /// The candidate that goes before all others.
    fn first(&mut self, candidates: &[Candidate]) -> Option<Candidate> {
        let (seed, ranks, back) = (self.seed, &mut self.ranks, &self.back);
        let mut place = |actor: ActorId| {
            let rank = *ranks.entry(actor).or_insert_with(|| stream(seed, 1 + u64::from(actor.0)).next_u32());
            (std::cmp::Reverse(back.get(&actor).copied().unwrap_or(0)), rank)
        };
        candidates.iter().max_by_key(|candidate| place(candidate.actor)).copied()
    }

    fn granted(&mut self, actor: ActorId, others_could: bool) {
        self.grants += 1;
        self.row = match self.row {
            (before, count) if before == actor && others_could => (actor, count + 1),
            _ => (actor, 1),
        };
        if self.changes.contains(&self.grants) || self.row.1 >= IN_A_ROW {
            self.row = (actor, 0);
            self.back.insert(actor, self.grants);
        }
    }
}

/// One of the streams of a seed, apart from the one that random grants are taken from.
fn stream(seed: u64, number: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(1 + number);
    rng
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{IN_A_ROW, Order};
    use crate::trace::{ActorId, Candidate, Grant, Walk};

    const BY_PRIORITY: Walk = Walk::Priority { depth: 3 };

    fn candidates(ids: &[u16]) -> Vec<Candidate> {
        ids.iter().map(|id| Candidate { actor: ActorId(*id), grant: Grant::Proceed }).collect()
    }

    fn picks(order: &mut Order, count: usize) -> Vec<u16> {
        (0..count).filter_map(|_| order.pick(&candidates(&[2, 3, 4]))).map(|picked| picked.actor.0).collect()
    }

    #[test]
    fn one_seed_gives_one_order_and_another_seed_another() {
        for walk in [Walk::Random, BY_PRIORITY, Walk::Mixed] {
            let order = |seed| picks(&mut Order::seeded(seed, walk), 2000);
            assert_eq!(order(7), order(7), "{walk:?}");
            assert_ne!(order(7), order(8), "{walk:?}");
        }
    }

    #[test]
    fn mixed_seeds_are_random_and_by_priority_in_turn() {
        let same = |seed, one, other| picks(&mut Order::seeded(seed, one), 100) == picks(&mut Order::seeded(seed, other), 100);
        assert!(same(7, Walk::Mixed, Walk::Random) && same(8, Walk::Mixed, BY_PRIORITY));
        assert!(!same(7, Walk::Mixed, BY_PRIORITY) && !same(8, Walk::Mixed, Walk::Random));
    }

    #[test]
    fn by_priority_one_runs_ahead_and_every_rank_occurs() {
        let first: BTreeSet<u16> = (0..50).flat_map(|seed| picks(&mut Order::seeded(seed, BY_PRIORITY), 1)).collect();
        assert_eq!(first, BTreeSet::from([2, 3, 4]));
        for seed in 0..50 {
            let picked = picks(&mut Order::seeded(seed, Walk::Priority { depth: 1 }), IN_A_ROW as usize);
            assert!(picked.iter().all(|actor| actor == &picked[0]), "without a change the first goes on: {picked:?}");
            let changed = picks(&mut Order::seeded(seed, BY_PRIORITY), IN_A_ROW as usize);
            let changes = changed.windows(2).filter(|pair| pair[0] != pair[1]).count();
            assert!(changes <= 2, "of depth 3 there are two changes: {changed:?}");
        }
    }

    #[test]
    fn who_asks_in_a_loop_steps_back_for_everybody() {
        for seed in 0..50 {
            let seen: BTreeSet<u16> = picks(&mut Order::seeded(seed, BY_PRIORITY), 3 * IN_A_ROW as usize).into_iter().collect();
            assert_eq!(seen, BTreeSet::from([2, 3, 4]), "seed {seed}");
        }
    }

    #[test]
    fn a_recorded_order_is_repeated_and_then_the_seed_goes_on() {
        for walk in [Walk::Random, BY_PRIORITY] {
            let seeded = picks(&mut Order::seeded(7, walk), 500);
            let mut order = Order::recorded(7, walk, seeded[..250].iter().map(|id| ActorId(*id)));
            assert_eq!(picks(&mut order, 500), seeded);
        }
    }

    #[test]
    fn a_choice_decides_one_grant_only_if_it_can_be_granted() {
        let seeded = picks(&mut Order::seeded(7, Walk::Random), 3);
        let mut order = Order::seeded(7, Walk::Random);
        order.choose(ActorId(4));
        assert_eq!(order.pick(&candidates(&[2, 3, 4])).map(|picked| picked.actor.0), Some(4));
        assert_eq!(picks(&mut order, 2), seeded[1..]);
        order.choose(ActorId(9));
        assert!(order.pick(&candidates(&[2])).is_some());
        // Of a repeated grant too, which is then not made up for.
        let mut order = Order::recorded(7, Walk::Random, [2, 3, 4].map(ActorId));
        order.choose(ActorId(4));
        assert_eq!(picks(&mut order, 3), [4, 3, 4]);
        assert!(order.pick(&[]).is_none());
    }
}
