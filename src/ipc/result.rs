//! AsyncResult: what a pool gave for tasks, kept in the process that handed them in. How many answers
//! are there is a count in the arena, which is what one waits for; the values are this process's own.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use super::context::{Context, Patience};
use super::error::{ErrorKind, IpcError, Result};
use super::fault::Fault;
use super::seat::{locked, until};
use super::value::Value;
use super::wake::Wake;
use crate::arena::Arena;
use crate::kind::result::{
    ANSWERS, GET, GET_EXPIRED, GET_GOT, GET_RAISED, GET_WAITS, KIND, NEXT, NEXT_GOT, NEXT_RAISED, NEXT_WAITS, READY, READY_READ,
    SUCCESSFUL, SUCCESSFUL_READ, THERE, WAIT, WAIT_EXPIRED, WAIT_RETURNED, WAIT_WAITS, WAITERS,
};
use crate::kind::{Op, Outcome};
use crate::trace::{Body, Change, Grant, MessageId, ObjectId, On, PartRef, Preview, Until};

/// What a process's pools gave for its tasks, by result.
#[derive(Default)]
pub(super) struct Results(pub(super) Mutex<BTreeMap<ObjectId, Answers>>);

/// Moves in one event.
const MOVES_AT_ONCE: usize = 24;

/// What came of one task.
pub type Answer = std::result::Result<Value, Fault>;

/// In which order answers can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// All at once.
    Together,
    /// Each as soon as all before it are there.
    Given,
    /// Each as it comes.
    Arrival,
}

/// The answers to some tasks, as far as they have come.
pub struct Answers {
    order: Order,
    /// One value rather than a list of them.
    single: bool,
    given: Vec<Option<Answer>>,
    arrived: Vec<usize>,
    first_fault: Option<Fault>,
    /// The messages that brought answers, in order, each with the first of its answers and their number.
    messages: VecDeque<(MessageId, usize, usize)>,
    /// Which answers somebody has taken.
    taken: Vec<bool>,
}

impl Answers {
    pub(super) fn new(order: Order, single: bool, total: usize) -> Answers {
        Answers {
            order,
            single,
            given: vec![None; total],
            arrived: Vec::new(),
            first_fault: None,
            messages: VecDeque::new(),
            taken: vec![false; total],
        }
    }

    pub(super) fn total(&self) -> usize {
        self.given.len()
    }

    /// Takes in answers from a place on, and gives how many can be taken now.
    pub(super) fn take_in(&mut self, first: usize, answers: Vec<Answer>, message: Option<MessageId>) -> i64 {
        self.messages.extend(message.map(|message| (message, first, answers.len())));
        for (at, answer) in answers.into_iter().enumerate().map(|(at, answer)| (first + at, answer)) {
            let Some(place) = self.given.get_mut(at).filter(|place| place.is_none()) else { continue };
            if let (None, Err(fault)) = (&self.first_fault, &answer) {
                self.first_fault = Some(fault.clone());
            }
            *place = Some(answer);
            self.arrived.push(at);
        }
        match self.order {
            Order::Given => self.given.iter().take_while(|answer| answer.is_some()).count() as i64,
            Order::Together | Order::Arrival => self.arrived.len() as i64,
        }
    }

    /// One answer in its turn.
    fn item(&mut self, at: usize) -> Option<Answer> {
        let at = if self.order == Order::Arrival { *self.arrived.get(at)? } else { at };
        if let Some(taken) = self.taken.get_mut(at) {
            *taken = true;
        }
        self.given.get(at).cloned().flatten()
    }

    /// The messages of which all answers have been taken, as far as none lies before them.
    fn leaving(&mut self) -> Vec<MessageId> {
        let taken = &self.taken;
        let done = |(_, first, count): &(MessageId, usize, usize)| taken.iter().skip(*first).take(*count).all(|taken| *taken);
        let count = self.messages.iter().take_while(|message| done(message)).count();
        self.messages.drain(..count).map(|(message, ..)| message).collect()
    }

    /// The whole, once it is there: the value or the list, or the error that came first.
    fn whole(&mut self) -> Answer {
        self.taken.fill(true);
        if let Some(fault) = &self.first_fault {
            return Err(fault.clone());
        }
        let mut values = self.given.iter().filter_map(|answer| answer.clone()?.ok());
        if self.single { Ok(values.next().unwrap_or(Value::Unit)) } else { Ok(Value::Array(values.collect())) }
    }
}

/// Makes the result of tasks that are to be handed in, giving what the trace has to be told.
pub(super) fn make(ctx: &Context, name: &str, pool: ObjectId, answers: Answers) -> Result<(ObjectId, Vec<Change>)> {
    let home = Some(ctx.process.id);
    let (object, made) = ctx.new_object_at(&KIND, name, Some(pool), home, 0)?;
    let total = Some(answers.total() as i64);
    ctx.arena.part_at(object, THERE).set_count(0, total);
    locked(&ctx.process.own::<Results>().0).insert(object, answers);
    Ok((object, vec![made, Change::Counted { part: PartRef::new(object, THERE), value: 0, max: total }]))
}

/// What arrived is laid to the answers and counted; gives whom to wake. To be called under the
/// result's internal lock, with the event that tells the changes.
pub(super) fn laid(arena: &Arena, object: ObjectId, there: i64, message: Option<MessageId>, changes: &mut Vec<Change>) -> Wake {
    if let Some(message) = message {
        arena.part_at(object, ANSWERS).slots_push(message);
    }
    let count = arena.part_at(object, THERE);
    if count.count() != there {
        count.set_count(there, count.count_max());
        changes.push(Change::Counted { part: PartRef::new(object, THERE), value: there, max: count.count_max() });
    }
    Wake::first_of(arena.part_at(object, WAITERS))
}

/// Where answers lie.
pub(super) fn place(object: ObjectId) -> PartRef {
    PartRef::new(object, ANSWERS)
}

fn with<T>(ctx: &Context, object: ObjectId, read: impl FnOnce(&mut Answers) -> T) -> Result<T> {
    locked(&ctx.process.own::<Results>().0).get_mut(&object).map(read).ok_or_else(|| {
        IpcError::new(ErrorKind::AssertionError, format!("only the process that handed the tasks in can use {}", ctx.object_text(object)))
    })
}

/// Waits until more than `number` answers are there. False: patience ended before.
fn wait_for(ctx: &Context, object: ObjectId, number: i64, patience: Patience, op: &Op, waits: &Outcome) -> bool {
    let on = On::Object(object);
    let list = PartRef::new(object, WAITERS);
    let wait = until(Until::CountAbove(PartRef::new(object, THERE), number), patience.deadline(ctx.now()));
    let mut expired = patience == Patience::No;
    let mut queued = false;
    loop {
        {
            let _inner = ctx.arena.lock(object, ctx.me());
            let there = ctx.arena.part_at(object, THERE).count() > number;
            if there || expired {
                // That one waits no more is told with what comes of it.
                return there;
            }
            if !queued {
                queued = true;
                ctx.arena.part_at(object, WAITERS).push_waiter(ctx.me());
                ctx.waits(op, waits, on, None, &wait, vec![Change::Queued { part: list, actor: ctx.me() }]);
            }
        }
        expired = ctx.wait(&wait) == Grant::Expire;
    }
}

/// Leaves the list of those who wait, and tells what came of it. Messages of which nothing is left to take
/// leave the result.
fn over(ctx: &Context, object: ObjectId, op: &Op, outcome: &Outcome, detail: Option<Preview>) {
    let leaving = with(ctx, object, Answers::leaving).unwrap_or_default();
    let _inner = ctx.arena.lock(object, ctx.me());
    let left = ctx.arena.part_at(object, WAITERS).remove_waiter(ctx.me());
    let mut changes = if left { vec![Change::Left { part: PartRef::new(object, WAITERS), actor: ctx.me() }] } else { Vec::new() };
    let mut moves = leaving.into_iter().map(|message| {
        ctx.arena.part_at(object, ANSWERS).slots_pop(message);
        Change::Moved { message, from: Some(place(object)), to: None }
    });
    changes.extend(moves.by_ref().take(MOVES_AT_ONCE));
    ctx.done(op, outcome, On::Object(object), detail, changes);
    loop {
        let more: Vec<Change> = moves.by_ref().take(MOVES_AT_ONCE).collect();
        if more.is_empty() {
            return;
        }
        ctx.arena.emit(ctx.me(), Body::Also { changes: more });
    }
}

/// The result once it is there: `Ok(Err(fault))` is the error of the task itself.
/// Errors: TimeoutError (not in time).
pub fn get(ctx: &Context, object: ObjectId, patience: Patience) -> Result<Answer> {
    ctx.begin_op(&GET, On::Object(object), None);
    let fail = |error| ctx.failed(&GET, On::Object(object), error);
    let total = with(ctx, object, |answers| answers.total()).map_err(fail)? as i64;
    if !wait_for(ctx, object, total - 1, patience, &GET, &GET_WAITS) {
        over(ctx, object, &GET, &GET_EXPIRED, None);
        return Err(IpcError::new(ErrorKind::TimeoutError, format!("{} was not there in time", ctx.object_text(object))));
    }
    let answer = with(ctx, object, Answers::whole)?;
    tell(ctx, object, &answer, &GET, &GET_GOT, &GET_RAISED);
    Ok(answer)
}

/// One answer in its turn. None: there are no more.
pub fn next(ctx: &Context, object: ObjectId, at: usize) -> Result<Option<Answer>> {
    if at >= len(ctx, object)? {
        return Ok(None);
    }
    ctx.begin_op(&NEXT, On::Object(object), None);
    wait_for(ctx, object, at as i64, Patience::Forever, &NEXT, &NEXT_WAITS);
    let answer = with(ctx, object, |answers| answers.item(at))?;
    if let Some(answer) = &answer {
        tell(ctx, object, answer, &NEXT, &NEXT_GOT, &NEXT_RAISED);
    }
    Ok(answer)
}

fn tell(ctx: &Context, object: ObjectId, answer: &Answer, op: &Op, got: &Outcome, raised: &Outcome) {
    match answer {
        Ok(value) => over(ctx, object, op, got, Some(value.preview())),
        Err(fault) => over(ctx, object, op, raised, Some(Preview::new(&fault.to_string()))),
    }
}

/// How many answers there will be.
pub fn len(ctx: &Context, object: ObjectId) -> Result<usize> {
    with(ctx, object, |answers| answers.total())
}

/// Waits until the result is there, or patience has ended.
pub fn wait(ctx: &Context, object: ObjectId, patience: Patience) -> Result<()> {
    ctx.begin_op(&WAIT, On::Object(object), None);
    let total = with(ctx, object, |answers| answers.total()).map_err(|error| ctx.failed(&WAIT, On::Object(object), error))? as i64;
    let there = wait_for(ctx, object, total - 1, patience, &WAIT, &WAIT_WAITS);
    over(ctx, object, &WAIT, if there { &WAIT_RETURNED } else { &WAIT_EXPIRED }, None);
    Ok(())
}

/// Whether the result is there.
pub fn ready(ctx: &Context, object: ObjectId) -> Result<bool> {
    ctx.begin_op(&READY, On::Object(object), None);
    let total = with(ctx, object, |answers| answers.total()).map_err(|error| ctx.failed(&READY, On::Object(object), error))? as i64;
    let _inner = ctx.arena.lock(object, ctx.me());
    let ready = ctx.arena.part_at(object, THERE).count() >= total;
    ctx.done(&READY, &READY_READ, On::Object(object), Some(Value::Bool(ready).preview()), Vec::new());
    Ok(ready)
}

/// Whether no task of a result that is there failed. Errors: ValueError (not there yet).
pub fn successful(ctx: &Context, object: ObjectId) -> Result<bool> {
    let on = On::Object(object);
    ctx.begin_op(&SUCCESSFUL, on, None);
    let (total, faultless) = with(ctx, object, |answers| (answers.total() as i64, answers.first_fault.is_none()))
        .map_err(|error| ctx.failed(&SUCCESSFUL, on, error))?;
    let inner = ctx.arena.lock(object, ctx.me());
    if ctx.arena.part_at(object, THERE).count() < total {
        drop(inner);
        let error = IpcError::new(ErrorKind::ValueError, format!("{} is not there yet: ask ready() first", ctx.object_text(object)));
        return Err(ctx.failed(&SUCCESSFUL, on, error));
    }
    ctx.done(&SUCCESSFUL, &SUCCESSFUL_READ, on, Some(Value::Bool(faultless).preview()), Vec::new());
    Ok(faultless)
}

#[cfg(test)]
mod tests {
    use super::{Answer, Answers, Fault, Order};
    use crate::ipc::value::Value;
    use crate::trace::MessageId;

    fn fault(text: &str) -> Answer {
        Err(Fault::new(super::ErrorKind::ValueError, text))
    }

    fn check(order: Order, arrivals: &[usize], expected: &[i64]) {
        let mut answers = Answers::new(order, false, 3);
        let found: Vec<i64> = arrivals.iter().map(|at| answers.take_in(*at, vec![Ok(Value::Int(*at as i64))], None)).collect();
        assert_eq!(found, expected, "{order:?}");
    }

    #[test]
    fn answers_can_be_taken_in_the_order_that_was_asked_for() {
        check(Order::Given, &[2, 0, 1], &[0, 1, 3]);
        check(Order::Arrival, &[2, 0, 1], &[1, 2, 3]);
        check(Order::Together, &[2, 0, 1], &[1, 2, 3]);
    }

    #[test]
    fn the_first_error_to_arrive_is_the_one_that_is_raised() {
        let mut answers = Answers::new(Order::Together, false, 2);
        answers.take_in(1, vec![fault("second")], Some(MessageId(7)));
        answers.take_in(0, vec![fault("first")], Some(MessageId(8)));
        assert_eq!(answers.whole(), fault("second"));
        // An answer that comes twice changes nothing.
        assert_eq!(answers.take_in(0, vec![Ok(Value::Unit)], None), 2);
        assert_eq!(answers.whole(), fault("second"));
        assert_eq!(answers.leaving(), [MessageId(7), MessageId(8)]);
    }

    #[test]
    fn a_message_leaves_when_its_answers_and_those_before_it_are_taken() {
        let mut answers = Answers::new(Order::Given, false, 3);
        for (at, id) in [(2, 12), (0, 10), (1, 11)] {
            answers.take_in(at, vec![Ok(Value::Unit)], Some(MessageId(id)));
        }
        let mut next = |at| {
            assert!(answers.item(at).is_some());
            answers.leaving()
        };
        assert_eq!(next(0), []);
        assert_eq!(next(1), []);
        assert_eq!(next(2), [MessageId(12), MessageId(10), MessageId(11)]);
    }
}
