//! Processes and what they do on their own: begin, end, start, join, print, sleep, compute.

use super::{Kind, Op, Outcome, Part, words};
use crate::trace::{KindId, OpId};

pub const ID: KindId = KindId(1);

pub const KIND: Kind = Kind {
    id: ID,
    name: "Process",
    about: words("a program in execution, with memory of its own", "一个正在执行的程序，有自己的内存"),
    parts: PARTS,
    ops: OPS,
    hand: &[KILL.id, TERMINATE.id, STOP.id, CONTINUE.id],
    kept: false,
};

const PARTS: &[Part] = &[];

const OPS: &[Op] =
    &[BEGIN, END, START, JOIN, IS_ALIVE, EXITCODE, TERMINATE, KILL, CLOSE, PRINT, SLEEP, COMPUTE, EXIT, STOP, CONTINUE, ACTIVE_CHILDREN];

pub const BEGIN: Op = Op { id: OpId::new(ID, 1), name: "begin", next: words("begin", "开始"), outcomes: &[BEGIN_BEGAN], ..Op::PLAIN };
pub const BEGIN_BEGAN: Outcome =
    Outcome::new(0, "began", "begins", "开始", "{actor} begins to run {function}.", "{actor} 开始运行 {function}。");

pub const END: Op = Op {
    id: OpId::new(ID, 2),
    name: "end",
    next: words("end", "结束"),
    outcomes: &[END_ENDED, END_JOINS, END_FLUSHES, END_ERROR, END_STOPS_POOL],
    ..Op::PLAIN
};
pub const END_ENDED: Outcome =
    Outcome::new(0, "ended", "ends", "结束", "{actor} has nothing more to do and ends.", "{actor} 没有更多事情可做，结束了。");
pub const END_JOINS: Outcome = Outcome::new(
    1,
    "joins",
    "ends: joins {other}",
    "结束前等 {other}",
    "{actor} is at its end, but a process ends only after its children: it waits for {other}.",
    "{actor} 的代码走完了，但进程要等子进程先结束：它在等 {other}。",
);
pub const END_FLUSHES: Outcome = Outcome::new(
    2,
    "flushes",
    "ends: flushes",
    "结束前等写入线程",
    "{actor} is at its end, but a process ends only after its feeders: it waits until its feeder has written what is left to the pipe.",
    "{actor} 的代码走完了，但进程要等它的写入线程先结束：它在等写入线程把剩下的消息写进管道。",
);
pub const END_STOPS_POOL: Outcome = Outcome::new(
    4,
    "stops_pool",
    "ends: stops {object}",
    "结束前终止 {object}",
    "{actor} is at its end and nobody has closed {object} and waited for it: the pool is terminated, and what is left to do there is lost.",
    "{actor} 的代码走完了，而 {object} 没有先 close 再 join：进程池被终止，剩下的任务都丢失。",
);
pub const END_ERROR: Outcome = Outcome::new(
    3,
    "error",
    "ends: error",
    "出错结束",
    "{actor} ends with an uncaught error: {detail}.",
    "{actor} 因未捕获的错误而结束：{detail}。",
);

pub const START: Op =
    Op { id: OpId::new(ID, 3), name: "start", next: words("start {other}", "start {other}"), outcomes: &[START_STARTED], ..Op::PLAIN };
pub const START_STARTED: Outcome = Outcome::new(
    0,
    "started",
    "start {other}",
    "start {other}",
    "{actor} started {other}: a new process with a pid and a memory of its own.",
    "{actor} 启动了 {other}：一个新进程，有自己的 pid 和自己的内存。",
);

pub const JOIN: Op = Op {
    id: OpId::new(ID, 4),
    name: "join",
    next: words("join {other}", "join {other}"),
    outcomes: &[JOIN_JOINED, JOIN_WAITS, JOIN_RETURNED, JOIN_EXPIRED],
    ..Op::PLAIN
};
pub const JOIN_JOINED: Outcome = Outcome::new(
    0,
    "joined",
    "join {other}",
    "join {other}",
    "{other} had already ended, so {actor's} join returned at once.",
    "{other} 早已结束，{actor} 的 join 立即返回。",
);
pub const JOIN_WAITS: Outcome = Outcome::new(
    1,
    "waits",
    "join {other}",
    "join {other}",
    "{actor} waits in the kernel until {other} has ended.",
    "{actor} 在内核里等待 {other} 结束。",
);
pub const JOIN_RETURNED: Outcome = Outcome::new(
    2,
    "returned",
    "joined {other}",
    "join 完 {other}",
    "{other} has ended, so {actor's} join returns.",
    "{other} 已结束，{actor} 的 join 返回。",
);
pub const JOIN_EXPIRED: Outcome = Outcome::new(
    3,
    "expired",
    "join: time is up",
    "join：超时",
    "{actor's} time is up: its join returns although {other} is still alive.",
    "{actor} 超时：join 返回，尽管 {other} 还活着。",
);

pub const IS_ALIVE: Op = Op {
    id: OpId::new(ID, 5),
    name: "is_alive",
    next: words("is_alive {other}", "is_alive {other}"),
    outcomes: &[IS_ALIVE_READ],
    ..Op::PLAIN
};
pub const IS_ALIVE_READ: Outcome = Outcome::new(
    0,
    "read",
    "is_alive: {detail}",
    "is_alive：{detail}",
    "{actor} asked whether {other} is alive: {detail}.",
    "{actor} 问 {other} 是否还活着：{detail}。",
);

pub const EXITCODE: Op = Op {
    id: OpId::new(ID, 6),
    name: "exitcode",
    next: words("exitcode {other}", "exitcode {other}"),
    outcomes: &[EXITCODE_READ],
    ..Op::PLAIN
};
pub const EXITCODE_READ: Outcome = Outcome::new(
    0,
    "read",
    "exitcode: {detail}",
    "exitcode：{detail}",
    "{actor} read {other's} exit code: {detail}.",
    "{actor} 读取了 {other} 的退出码：{detail}。",
);

pub const TERMINATE: Op = Op {
    id: OpId::new(ID, 7),
    name: "terminate",
    next: words("terminate {other}", "terminate {other}"),
    outcomes: &[TERMINATE_SENT, TERMINATE_NOTHING, TERMINATE_PENDING],
    ..Op::PLAIN
};
pub const TERMINATE_SENT: Outcome = Outcome::new(
    0,
    "sent",
    "terminate {other}",
    "terminate {other}",
    "{actor} sent SIGTERM to {other}: it ends at once and cleans nothing up.",
    "{actor} 向 {other} 发送了 SIGTERM：它立刻结束，来不及清理任何东西。",
);
pub const TERMINATE_NOTHING: Outcome = Outcome::new(
    1,
    "nothing",
    "terminate {other}",
    "terminate {other}",
    "{other} had already ended: {actor's} terminate did nothing.",
    "{other} 早已结束：{actor} 的 terminate 什么也没做。",
);
/// A stopped process gets SIGTERM when it is continued, not before: signal(7).
pub const TERMINATE_PENDING: Outcome = Outcome::new(
    2,
    "pending",
    "terminate {other}",
    "terminate {other}",
    "{actor} sent SIGTERM to {other}, which is stopped: as soon as it is continued it ends, and cleans nothing up.",
    "{actor} 向 {other} 发送了 SIGTERM，但它正被停住：一恢复运行就结束，来不及清理任何东西。",
);

pub const KILL: Op = Op {
    id: OpId::new(ID, 8),
    name: "kill",
    next: words("kill {other}", "kill {other}"),
    outcomes: &[KILL_SENT, KILL_NOTHING],
    ..Op::PLAIN
};
pub const KILL_SENT: Outcome = Outcome::new(
    0,
    "sent",
    "kill {other}",
    "kill {other}",
    "{actor} sent SIGKILL to {other}: it ends at once and cleans nothing up.",
    "{actor} 向 {other} 发送了 SIGKILL：它立刻结束，来不及清理任何东西。",
);
pub const KILL_NOTHING: Outcome = Outcome::new(
    1,
    "nothing",
    "kill {other}",
    "kill {other}",
    "{other} had already ended: {actor's} kill did nothing.",
    "{other} 早已结束：{actor} 的 kill 什么也没做。",
);

pub const CLOSE: Op =
    Op { id: OpId::new(ID, 9), name: "close", next: words("close {other}", "close {other}"), outcomes: &[CLOSE_CLOSED], ..Op::PLAIN };
pub const CLOSE_CLOSED: Outcome = Outcome::new(
    0,
    "closed",
    "close {other}",
    "close {other}",
    "{actor} gave up its handle of {other}.",
    "{actor} 放弃了 {other} 的句柄。",
);

pub const PRINT: Op =
    Op { id: OpId::new(ID, 10), name: "print", next: words("print {detail}", "print {detail}"), outcomes: &[PRINT_PRINTED], ..Op::PLAIN };
pub const PRINT_PRINTED: Outcome =
    Outcome::new(0, "printed", "print {detail}", "print {detail}", "{actor} printed: {detail}", "{actor} 打印：{detail}");

pub const SLEEP: Op = Op {
    id: OpId::new(ID, 11),
    name: "sleep",
    next: words("sleep {detail}", "sleep {detail}"),
    outcomes: &[SLEEP_SLEEPS, SLEEP_WOKE],
    ..Op::PLAIN
};
pub const SLEEP_SLEEPS: Outcome =
    Outcome::new(0, "sleeps", "sleep {detail}", "sleep {detail}", "{actor} sleeps for {detail} s.", "{actor} 睡眠 {detail} 秒。");
pub const SLEEP_WOKE: Outcome = Outcome::new(1, "woke", "awake", "醒来", "{actor's} sleep is over.", "{actor} 睡醒了。");

pub const COMPUTE: Op =
    Op { id: OpId::new(ID, 12), name: "compute", next: words("compute", "计算"), outcomes: &[COMPUTE_COMPUTED], ..Op::PLAIN };
pub const COMPUTE_COMPUTED: Outcome = Outcome::new(
    0,
    "computed",
    "computes",
    "计算",
    "{actor} computed for a while without calling anything.",
    "{actor} 计算了一阵，没有调用任何操作。",
);

pub const EXIT: Op =
    Op { id: OpId::new(ID, 13), name: "exit", next: words("exit({detail})", "exit({detail})"), outcomes: &[EXIT_LEFT], ..Op::PLAIN };
pub const EXIT_LEFT: Outcome =
    Outcome::new(0, "left", "exit {detail}", "exit {detail}", "{actor} called exit({detail}).", "{actor} 调用了 exit({detail})。");

pub const STOP: Op =
    Op { id: OpId::new(ID, 14), name: "stop", next: words("stop {other}", "stop {other}"), outcomes: &[STOP_SENT], ..Op::PLAIN };
pub const STOP_SENT: Outcome = Outcome::new(
    0,
    "sent",
    "stop {other}",
    "stop {other}",
    "{actor} sent SIGSTOP to {other}: it stands still until it is continued.",
    "{actor} 向 {other} 发送了 SIGSTOP：它停住，直到收到 SIGCONT。",
);

pub const CONTINUE: Op = Op {
    id: OpId::new(ID, 15),
    name: "continue",
    next: words("continue {other}", "continue {other}"),
    outcomes: &[CONTINUE_SENT],
    ..Op::PLAIN
};
pub const CONTINUE_SENT: Outcome = Outcome::new(
    0,
    "sent",
    "continue {other}",
    "continue {other}",
    "{actor} sent SIGCONT to {other}: it may go on.",
    "{actor} 向 {other} 发送了 SIGCONT：它可以继续了。",
);

pub const ACTIVE_CHILDREN: Op = Op {
    id: OpId::new(ID, 16),
    name: "active_children",
    next: words("active_children", "active_children"),
    outcomes: &[ACTIVE_CHILDREN_READ],
    ..Op::PLAIN
};
pub const ACTIVE_CHILDREN_READ: Outcome = Outcome::new(
    0,
    "read",
    "active_children: {detail}",
    "active_children：{detail}",
    "{actor} asked for its living children: {detail}.",
    "{actor} 询问它活着的子进程：{detail}。",
);
