//! Who goes next: seeded, recorded, or chosen by the user. Pure: given the candidates, an order names
//! one of them.

use std::collections::VecDeque;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use crate::trace::{ActorId, Candidate};

/// An order of grants.
pub struct Order {
    rng: ChaCha8Rng,
    /// Grants to repeat before the seed decides.
    recorded: VecDeque<ActorId>,
    /// The user's choice for the next grant.
    chosen: Option<ActorId>,
}

impl Order {
    pub fn seeded(seed: u64) -> Order {
        Order { rng: ChaCha8Rng::seed_from_u64(seed), recorded: VecDeque::new(), chosen: None }
    }

    /// Repeats these grants first.
    pub fn recorded(seed: u64, grants: impl IntoIterator<Item = ActorId>) -> Order {
        Order { recorded: grants.into_iter().collect(), ..Order::seeded(seed) }
    }

    /// The next grant goes to this actor, if it can go.
    pub fn choose(&mut self, actor: ActorId) {
        self.chosen = Some(actor);
    }

    /// Names one of the candidates; none only if there are none. The seed's stream moves on by one
    /// number with every grant, whoever decides, so that a choice by hand changes nothing else.
    pub fn pick(&mut self, candidates: &[Candidate]) -> Option<Candidate> {
        if candidates.is_empty() {
            return None;
        }
        let number = self.rng.next_u32() as usize;
        let wanted = self.recorded.pop_front();
        let wanted = self.chosen.take().or(wanted);
        let found = wanted.and_then(|actor| candidates.iter().find(|candidate| candidate.actor == actor));
        Some(*found.unwrap_or(&candidates[number % candidates.len()]))
    }
}

#[cfg(test)]
mod tests {
    use super::Order;
    use crate::trace::{ActorId, Candidate, Grant};

    fn candidates(ids: &[u16]) -> Vec<Candidate> {
        ids.iter().map(|id| Candidate { actor: ActorId(*id), grant: Grant::Proceed }).collect()
    }

    fn picks(order: &mut Order, count: usize) -> Vec<u16> {
        (0..count).filter_map(|_| order.pick(&candidates(&[2, 3, 4]))).map(|picked| picked.actor.0).collect()
    }

    #[test]
    fn one_seed_gives_one_order_and_another_seed_another() {
        assert_eq!(picks(&mut Order::seeded(7), 20), picks(&mut Order::seeded(7), 20));
        assert_ne!(picks(&mut Order::seeded(7), 20), picks(&mut Order::seeded(8), 20));
    }

    #[test]
    fn a_recorded_order_is_repeated_and_then_the_seed_goes_on() {
        let recorded = picks(&mut Order::seeded(7), 5);
        let mut order = Order::recorded(7, recorded.iter().map(|id| ActorId(*id)));
        assert_eq!(picks(&mut order, 20), picks(&mut Order::seeded(7), 20));
    }

    #[test]
    fn a_choice_decides_one_grant_only_if_it_can_be_granted() {
        let seeded = picks(&mut Order::seeded(7), 3);
        let mut order = Order::seeded(7);
        order.choose(ActorId(4));
        assert_eq!(order.pick(&candidates(&[2, 3, 4])).map(|picked| picked.actor.0), Some(4));
        assert_eq!(picks(&mut order, 2), seeded[1..]);
        order.choose(ActorId(9));
        assert!(order.pick(&candidates(&[2])).is_some());
        // Of a repeated grant too, which is then not made up for.
        let mut order = Order::recorded(7, [2, 3, 4].map(ActorId));
        order.choose(ActorId(4));
        assert_eq!(picks(&mut order, 3), [4, 3, 4]);
        assert!(order.pick(&[]).is_none());
    }
}
