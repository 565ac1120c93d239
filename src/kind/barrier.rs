//! Barrier: nobody goes on before so many have come. A round is over when all that it let go have left;
//! only then the next may begin.

use super::{Gives, Kind, Op, Outcome, Part, Shape, words};
use crate::trace::{KindId, OpId};

pub const ID: KindId = KindId(16);

pub const KIND: Kind = Kind {
    id: ID,
    name: "Barrier",
    about: words("nobody goes on before so many have come", "到齐之前谁也不能继续"),
    parts: PARTS,
    ops: &[MAKE, WAIT, RESET, ABORT, N_WAITING, BROKEN_ASKED],
    hand: &[RESET.id, ABORT.id],
    kept: false,
};

/// Indices of the parts.
pub const INSIDE: u8 = 0;
pub const PARTIES: u8 = 1;
pub const LEAVING: u8 = 2;
pub const DOOR: u8 = 3;
pub const BROKEN: u8 = 4;

const PARTS: &[Part] = &[
    Part::new(Shape::Waiters, "have come", "已到").awaited("the others at {object}", "{object} 的其他人"),
    Part::new(Shape::Count, "parties", "应到"),
    Part::new(Shape::Waiters, "let go, not yet gone", "放行未离开")
        .awaited("those of the last round of {object} to leave", "{object} 上一轮的人离开"),
    Part::new(Shape::Waiters, "at the door", "门口").awaited("a place in {object}", "{object} 的位置"),
    Part::new(Shape::Flag, "broken", "已破坏").awaited("{object} to break", "{object} 被破坏"),
];

pub const MAKE: Op = Op {
    id: OpId::new(ID, 1),
    name: "Barrier",
    next: words("Barrier({detail})", "Barrier({detail})"),
    outcomes: &[MAKE_MADE],
    ..Op::PLAIN
};
pub const MAKE_MADE: Outcome = Outcome::new(
    0,
    "made",
    "Barrier() {object}",
    "Barrier() {object}",
    "{actor} made the barrier {object}; it lets go when so many have come: {detail}.",
    "{actor} 创建了屏障 {object}；到齐这么多才放行：{detail}。",
);

pub const WAIT: Op = Op {
    id: OpId::new(ID, 2),
    name: "wait",
    next: words("wait {object}", "wait {object}"),
    outcomes: &[WAIT_WAITS, WAIT_OPENED, WAIT_ALONE, WAIT_PASSED, WAIT_DOOR, WAIT_BROKE, WAIT_THROWN],
    gives: &[Gives::WakesAll(INSIDE)],
    ..Op::PLAIN
};
pub const WAIT_WAITS: Outcome = Outcome::new(
    0,
    "waits",
    "wait {object}",
    "wait {object}",
    "{actor} has come to {object} ({detail}) and waits for the others.",
    "{actor} 到达 {object}（{detail}），等待其他人。",
);
pub const WAIT_OPENED: Outcome = Outcome::new(
    1,
    "opened",
    "wait: {detail}",
    "wait：{detail}",
    "{actor} is the last to come to {object}, which lets everybody go: {moved}. Its own wait returns {detail}, its place in the row.",
    "{actor} 最后到达 {object}，大家都放行：{moved}。它自己的 wait 返回 {detail}，即它到达的序号。",
);
pub const WAIT_ALONE: Outcome = Outcome::new(
    2,
    "alone",
    "wait: {detail}",
    "wait：{detail}",
    "{object} is for one, so {actor's} wait returns {detail} at once.",
    "{object} 只要一个，{actor} 的 wait 立即返回 {detail}。",
);
pub const WAIT_PASSED: Outcome = Outcome::new(
    3,
    "passed",
    "wait: {detail}",
    "wait：{detail}",
    "Everybody had come to {object}, so {actor's} wait returns {detail}, its place in the row.",
    "大家都已到达 {object}，{actor} 的 wait 返回 {detail}，即它到达的序号。",
);
pub const WAIT_DOOR: Outcome = Outcome::new(
    4,
    "waits_at_door",
    "wait {object}",
    "wait {object}",
    "Not everybody has left the last round of {object}: {actor} waits at the door.",
    "{object} 上一轮还有人没离开：{actor} 在门口等待。",
);
pub const WAIT_BROKE: Outcome = Outcome::new(
    5,
    "broke",
    "wait: BrokenBarrier",
    "wait：BrokenBarrier",
    "The others did not come in time: {actor's} wait breaks {object} for everybody and fails with BrokenBarrier.",
    "其他人没有及时到达：{actor} 的 wait 为所有人破坏了 {object}，并以 BrokenBarrier 失败。",
);
pub const WAIT_THROWN: Outcome = Outcome::new(
    6,
    "thrown",
    "wait: BrokenBarrier",
    "wait：BrokenBarrier",
    "{object} does not let {actor} pass: it was broken or reset, so the wait fails with BrokenBarrier.",
    "{object} 不让 {actor} 通过：它被破坏或重置了，wait 以 BrokenBarrier 失败。",
);

pub const RESET: Op = Op {
    id: OpId::new(ID, 3),
    name: "reset",
    next: words("reset {object}", "reset {object}"),
    outcomes: &[RESET_EMPTY, RESET_THREW, RESET_NOTHING],
    gives: &[Gives::WakesAll(INSIDE), Gives::Lowers(BROKEN)],
    ..Op::PLAIN
};
pub const RESET_EMPTY: Outcome = Outcome::new(
    0,
    "empty",
    "reset {object}",
    "reset {object}",
    "{actor} reset {object}: nobody was there, and it is as new.",
    "{actor} 重置了 {object}：没有人在里面，它像新的一样。",
);
pub const RESET_THREW: Outcome = Outcome::new(
    1,
    "threw",
    "reset {object}",
    "reset {object}",
    "{actor} reset {object}: whoever was there gets a BrokenBarrier error: {moved}.",
    "{actor} 重置了 {object}：已到的会得到 BrokenBarrier 错误：{moved}。",
);
pub const RESET_NOTHING: Outcome = Outcome::new(
    2,
    "nothing",
    "reset {object}",
    "reset {object}",
    "{object} is just letting everybody go, so {actor's} reset changes nothing.",
    "{object} 正在放行，{actor} 的 reset 没有改变什么。",
);

pub const ABORT: Op = Op {
    id: OpId::new(ID, 4),
    name: "abort",
    next: words("abort {object}", "abort {object}"),
    outcomes: &[ABORT_BROKE, ABORT_THREW],
    gives: &[Gives::WakesAll(INSIDE), Gives::Raises(BROKEN)],
    ..Op::PLAIN
};
pub const ABORT_BROKE: Outcome = Outcome::new(
    0,
    "broke",
    "abort {object}",
    "abort {object}",
    "{actor} broke {object}: whoever comes gets a BrokenBarrier error, until somebody resets it.",
    "{actor} 破坏了 {object}：在有人重置之前，来者都会得到 BrokenBarrier 错误。",
);
pub const ABORT_THREW: Outcome = Outcome::new(
    1,
    "threw",
    "abort {object}",
    "abort {object}",
    "{actor} broke {object}: {moved} and whoever comes gets a BrokenBarrier error, until somebody resets it.",
    "{actor} 破坏了 {object}：{moved} 以及后来者都会得到 BrokenBarrier 错误，直到有人重置它。",
);

pub const N_WAITING: Op = Op {
    id: OpId::new(ID, 5),
    name: "n_waiting",
    next: words("n_waiting {object}", "n_waiting {object}"),
    outcomes: &[N_WAITING_READ],
    ..Op::PLAIN
};
pub const N_WAITING_READ: Outcome = Outcome::new(
    0,
    "read",
    "n_waiting: {detail}",
    "n_waiting：{detail}",
    "{actor} asked how many wait at {object}: {detail}, at this moment.",
    "{actor} 问有多少在 {object} 等待：此刻是 {detail}。",
);

pub const BROKEN_ASKED: Op =
    Op { id: OpId::new(ID, 6), name: "broken", next: words("broken {object}", "broken {object}"), outcomes: &[BROKEN_READ], ..Op::PLAIN };
pub const BROKEN_READ: Outcome = Outcome::new(
    0,
    "read",
    "broken: {detail}",
    "broken：{detail}",
    "{actor} asked whether {object} is broken: {detail}, at this moment.",
    "{actor} 问 {object} 是否已破坏：此刻是 {detail}。",
);
