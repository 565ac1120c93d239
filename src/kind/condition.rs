//! Condition: holders of a lock sleep until another holder notifies them. The lock is an object of its own.

use super::{Gives, Kind, Op, Outcome, Part, Shape, words};
use crate::trace::{KindId, OpId};

pub const ID: KindId = KindId(9);

pub const KIND: Kind = Kind {
    id: ID,
    name: "Condition",
    about: words("holders of its lock sleep on it until another holder notifies them", "锁的持有者在此睡眠，直到另一持有者通知"),
    parts: PARTS,
    ops: OPS,
    hand: &[NOTIFY.id, NOTIFY_ALL.id],
    kept: false,
};

/// Indices of the parts.
pub const SLEEPERS: u8 = 0;

const PARTS: &[Part] = &[Part::new(Shape::Waiters, "asleep", "睡眠者").awaited("a notification on {object}", "{object} 的通知")];

const OPS: &[Op] = &[MAKE, WAIT, NOTIFY, NOTIFY_ALL];

pub const MAKE: Op =
    Op { id: OpId::new(ID, 1), name: "Condition", next: words("Condition()", "Condition()"), outcomes: &[MAKE_MADE], ..Op::PLAIN };
pub const MAKE_MADE: Outcome = Outcome::new(
    0,
    "made",
    "Condition() {object}",
    "Condition() {object}",
    "{actor} made the Condition {object}.",
    "{actor} 创建了 Condition {object}。",
);

pub const WAIT: Op = Op {
    id: OpId::new(ID, 2),
    name: "wait",
    next: words("wait {object}", "wait {object}"),
    outcomes: &[WAIT_SLEEPS, WAIT_RETURNED, WAIT_EXPIRED, WAIT_GAVE_UP],
    ..Op::PLAIN
};
pub const WAIT_SLEEPS: Outcome = Outcome::new(
    0,
    "sleeps",
    "wait: asleep",
    "wait：睡眠",
    "{actor} released the lock of {object} and sleeps until it is notified.",
    "{actor} 释放了 {object} 的锁，睡眠直到被通知。",
);
pub const WAIT_RETURNED: Outcome = Outcome::new(
    1,
    "returned",
    "wait: true",
    "wait：true",
    "{actor} was notified and has the lock of {object} again: its wait returns true.",
    "{actor} 已被通知，并重新拿到 {object} 的锁：wait 返回 true。",
);
pub const WAIT_EXPIRED: Outcome = Outcome::new(
    2,
    "expired",
    "wait: time is up",
    "wait：超时",
    "{actor's} time is up, but its wait returns only with the lock, which {owner} holds.",
    "{actor} 超时了，但要拿到锁 wait 才能返回，而锁由 {owner} 持有。",
);
pub const WAIT_GAVE_UP: Outcome = Outcome::new(
    3,
    "gave_up",
    "wait: false",
    "wait：false",
    "Nobody notified {actor} in time. It has the lock of {object} again, and its wait returns false.",
    "没有人及时通知 {actor}。它重新拿到 {object} 的锁，wait 返回 false。",
);

pub const NOTIFY: Op = Op {
    id: OpId::new(ID, 3),
    name: "notify",
    next: words("notify {object}", "notify {object}"),
    outcomes: &[NOTIFY_WOKE, NOTIFY_LOST],
    gives: &[Gives::Wakes(SLEEPERS)],
    ..Op::PLAIN
};
pub const NOTIFY_WOKE: Outcome = Outcome::new(
    0,
    "woke",
    "notify",
    "notify",
    "{actor} woke {moved}. The lock is still held: a wait returns only after it is released.",
    "{actor} 唤醒了 {moved}，但仍持有锁：要等 {actor} 释放，wait 才能返回。",
);
pub const NOTIFY_LOST: Outcome = Outcome::new(
    1,
    "lost",
    "notify: nobody",
    "notify：无人",
    "{actor} notified, but nobody was asleep on {object}: a notification is not remembered.",
    "{actor} 发出通知，但没有人睡在 {object} 上：通知不会被记住。",
);

pub const NOTIFY_ALL: Op = Op {
    id: OpId::new(ID, 4),
    name: "notify_all",
    next: words("notify_all {object}", "notify_all {object}"),
    outcomes: &[NOTIFY_ALL_WOKE, NOTIFY_ALL_LOST],
    gives: &[Gives::WakesAll(SLEEPERS)],
    ..Op::PLAIN
};
pub const NOTIFY_ALL_WOKE: Outcome = Outcome::new(
    0,
    "woke",
    "notify_all",
    "notify_all",
    "{actor} woke {moved}. The lock is still held: no wait returns before it is released.",
    "{actor} 唤醒了 {moved}，但仍持有锁：在 {actor} 释放之前，谁的 wait 都不能返回。",
);
pub const NOTIFY_ALL_LOST: Outcome = Outcome::new(
    1,
    "lost",
    "notify_all: nobody",
    "notify_all：无人",
    "{actor} notified, but nobody was asleep on {object}: a notification is not remembered.",
    "{actor} 发出通知，但没有人睡在 {object} 上：通知不会被记住。",
);
