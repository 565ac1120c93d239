//! The tables of kinds: numbers are unique, and what an operation names is there and of the right shape.

use std::collections::BTreeMap;

use super::*;

#[test]
fn no_two_kinds_operations_or_outcomes_have_one_number() {
    let mut kinds = BTreeMap::new();
    let mut ops: BTreeMap<OpId, &Op> = BTreeMap::new();
    for kind in ALL {
        assert_eq!(kinds.insert(kind.id, kind.about.en), None, "the number of {} is taken", kind.name);
        for known in kind.ops {
            // A kind may list another's operations, but not other operations under their numbers.
            let before = ops.insert(known.id, known);
            assert!(before.is_none_or(|before| format!("{before:?}") == format!("{known:?}")), "two operations are {:?}", known.id);
            let mut outcomes = vec![FAILED.id];
            for outcome in known.outcomes {
                assert!(!outcomes.contains(&outcome.id), "{}.{}: two outcomes are {}", kind.name, known.name, outcome.id);
                outcomes.push(outcome.id);
            }
        }
        let names: Vec<&str> = kind.ops.iter().map(|op| op.name).collect();
        for (at, name) in names.iter().enumerate() {
            assert!(!names[..at].contains(name), "{} has two operations {name}", kind.name);
        }
    }
    for (id, known) in ops {
        assert_eq!(op(id).map(|found| found.name), Some(known.name), "the kind that numbers an operation lists it");
    }
}

#[test]
fn what_an_operation_gives_and_asks_for_is_there() {
    for kind in ALL {
        let shape = |part: u8| kind.parts[part as usize].shape;
        for op in kind.ops {
            for gives in op.gives {
                let right = match *gives {
                    Gives::Raises(part) | Gives::Lowers(part) => shape(part) == Shape::Flag,
                    Gives::Owns(part) | Gives::Frees(part) => shape(part) == Shape::Owner,
                    Gives::Adds(part) | Gives::Lessens(part) => shape(part) == Shape::Count,
                    Gives::Fills(part) | Gives::Takes(part) => shape(part) == Shape::Slots,
                    Gives::Sends(part) | Gives::Receives(part) | Gives::LetsGo(part) => matches!(shape(part), Shape::Ends(_)),
                    Gives::Wakes(part) | Gives::WakesAll(part) => shape(part) == Shape::Waiters,
                    Gives::Writes(part) => shape(part) == Shape::Cells,
                };
                assert!(right, "{}.{}: {gives:?}", kind.name, op.name);
            }
            let right = match op.asks {
                Asks::Nothing | Asks::Value => true,
                Asks::Cell(part) => shape(part) == Shape::Cells,
                Asks::End(part) | Asks::EndAndValue(part) => matches!(shape(part), Shape::Ends(_)),
            };
            assert!(right, "{}.{} asks for {:?}", kind.name, op.name, op.asks);
        }
        for id in kind.hand {
            assert!(kind.ops.iter().any(|op| op.id == *id), "{}: the hand does what is not listed", kind.name);
        }
    }
}

#[test]
fn what_a_part_is_to_another_is_there() {
    for kind in ALL {
        let shape = |part: u8| kind.parts[part as usize].shape;
        let of = |at: usize| format!("{} {}", kind.name, kind.parts[at].role.en);
        for (at, part) in kind.parts.iter().enumerate() {
            assert!(part.waiters.is_none_or(|list| shape(list) == Shape::Waiters), "{}", of(at));
            assert!(part.free_of.is_none_or(|slots| part.shape == Shape::Count && shape(slots) == Shape::Slots), "{}", of(at));
            assert!(part.guards.is_none() || part.shape == Shape::Owner, "{}", of(at));
            let Some((ends, end)) = part.read_at else { continue };
            assert!(matches!(part.shape, Shape::Bytes | Shape::Slots), "{}", of(at));
            assert!(matches!(shape(ends), Shape::Ends(names) if usize::from(end) < names.len()), "{}", of(at));
            let rivals = kind.parts.iter().filter(|other| other.shape == part.shape && other.read_at == part.read_at);
            assert_eq!(rivals.count(), 1, "{}: two come out at one end", of(at));
        }
    }
}
