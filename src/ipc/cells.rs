//! Value and Array: typed cells in shared memory. Each access happens under the object's internal lock
//! together with its event; with a guard (a lock of the user's kind) it also needs that lock to be free
//! or the caller's own, just as if it took and gave it back.
//!
//! Integers wrap like the C types they stand for; `x += 1` is two accesses.

use std::sync::atomic::Ordering::SeqCst;

use super::context::Context;
use super::error::{ErrorKind, IpcError, Result};
use super::hand::{self, Row, Task};
use super::lock;
use super::refusal;
use super::seat::until;
use super::value::Value;
use super::wake::Wake;
use crate::arena::Arena;
use crate::kind::{self, Kind, Op, Outcome, array, value};
use crate::trace::{Change, ObjectId, On, PartRef, Preview, Until};

/// What the hand can do to a Value or an Array.
pub const BY_HAND: &[Row] = &[
    Row::new(&value::WRITE, |ctx, task| by_hand(ctx, &value::WRITE, task)),
    Row::new(&array::WRITE, |ctx, task| by_hand(ctx, &array::WRITE, task)),
];

fn by_hand(ctx: &Context, op: &Op, task: &Task) -> refusal::Outcome {
    let On::Cell(object, index) = task.on else { return Err(hand::cannot()) };
    if !is_open(ctx, object) {
        let name = ctx.arena.object_name(object);
        let (en, zh) = (format!("the lock of {name} is held, and the hand does not wait"), format!("{name} 的锁被持有，而你的手不等待"));
        return Err(hand::told(ctx, op, task.on, en, zh));
    }
    Ok(write(ctx, object, i64::from(index), &task.value)?)
}

/// What protects the cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// A new RLock of its own.
    Own,
    Without,
    Given(ObjectId),
}

const GUARD_WORD: usize = 8;
const CODE_WORD: usize = 9;

/// The most cells that an array may have.
pub const CELL_LIMIT: usize = 1 << 20;

/// Cells in one event of a making.
const CELLS_AT_ONCE: usize = 6;

struct Words {
    kind: &'static Kind,
    make: &'static Op,
    made: &'static Outcome,
    filled: &'static Outcome,
    read: &'static Op,
    read_done: &'static Outcome,
    read_waits: &'static Outcome,
    sliced: &'static Outcome,
    write: &'static Op,
    wrote: &'static Outcome,
    write_waits: &'static Outcome,
}

static VALUE: Words = Words {
    kind: &value::KIND,
    make: &value::MAKE,
    made: &value::MAKE_MADE,
    filled: &value::MAKE_FILLED,
    read: &value::READ,
    read_done: &value::READ_READ,
    read_waits: &value::READ_WAITS,
    sliced: &value::READ_READ,
    write: &value::WRITE,
    wrote: &value::WRITE_WROTE,
    write_waits: &value::WRITE_WAITS,
};

static ARRAY: Words = Words {
    kind: &array::KIND,
    make: &array::MAKE,
    made: &array::MAKE_MADE,
    filled: &array::MAKE_FILLED,
    read: &array::READ,
    read_done: &array::READ_READ,
    read_waits: &array::READ_WAITS,
    sliced: &array::READ_SLICED,
    write: &array::WRITE,
    wrote: &array::WRITE_WROTE,
    write_waits: &array::WRITE_WAITS,
};

/// A C type, by its letter in Python's `array` module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Code {
    /// Width in bits and whether it is signed.
    Integer(u32, bool),
    Float32,
    Float64,
    /// One character, as its Unicode number.
    Character,
}

impl Code {
    fn parse(letter: &str) -> Result<Code> {
        Ok(match letter {
            "b" => Code::Integer(8, true),
            "B" => Code::Integer(8, false),
            "h" => Code::Integer(16, true),
            "H" => Code::Integer(16, false),
            "i" => Code::Integer(32, true),
            "I" => Code::Integer(32, false),
            "l" | "q" => Code::Integer(64, true),
            "L" | "Q" => Code::Integer(64, false),
            "f" => Code::Float32,
            "d" => Code::Float64,
            "c" | "u" => Code::Character,
            other => {
                return Err(IpcError::new(
                    ErrorKind::TypeError,
                    format!("{other:?} is no type code; there are b B h H i I l L q Q f d c u"),
                ));
            }
        })
    }

    /// A value as the cell holds it.
    fn store(self, value: &Value) -> Result<u64> {
        let refuse = || IpcError::new(ErrorKind::TypeError, format!("a cell of this type cannot hold {value}"));
        match (self, value) {
            (Code::Integer(bits, signed), Value::Int(number)) => Ok(wrap(*number, bits, signed) as u64),
            (Code::Float32, Value::Float(number)) => Ok(f64::from(*number as f32).to_bits()),
            (Code::Float32, Value::Int(number)) => Ok(f64::from(*number as f32).to_bits()),
            (Code::Float64, Value::Float(number)) => Ok(number.to_bits()),
            (Code::Float64, Value::Int(number)) => Ok((*number as f64).to_bits()),
            (Code::Character, Value::Str(text)) => {
                let mut characters = text.chars();
                match (characters.next(), characters.next()) {
                    (Some(character), None) => Ok(u64::from(u32::from(character))),
                    _ => Err(refuse()),
                }
            }
            (Code::Character, Value::Int(number)) if (0..256).contains(number) => Ok(*number as u64),
            _ => Err(refuse()),
        }
    }

    fn load(self, word: u64) -> Value {
        match self {
            // What is too large for the language's integers wraps once more: an integer stays one, and none of its bits is lost.
            Code::Integer(..) => Value::Int(word as i64),
            Code::Float32 | Code::Float64 => Value::Float(f64::from_bits(word)),
            Code::Character => Value::Str(char::from_u32(word as u32).unwrap_or('\u{fffd}').to_string()),
        }
    }

    fn zero(self) -> Value {
        self.load(0)
    }
}

/// A number modulo 2^bits, as C stores it.
fn wrap(number: i64, bits: u32, signed: bool) -> i64 {
    if bits == 64 {
        return number;
    }
    let low = number & ((1 << bits) - 1);
    if signed && low >> (bits - 1) == 1 { low - (1 << bits) } else { low }
}

/// Makes one cell. Errors: TypeError (unknown code, unfit value), OSError (no room).
pub fn make_value(ctx: &Context, name: Option<String>, code: &str, initial: &Value, guard: Guard) -> Result<ObjectId> {
    make(ctx, &VALUE, name, code, std::slice::from_ref(initial), guard)
}

/// Makes a row of cells.
pub fn make_array(ctx: &Context, name: Option<String>, code: &str, initial: &[Value], guard: Guard) -> Result<ObjectId> {
    make(ctx, &ARRAY, name, code, initial, guard)
}

fn make(ctx: &Context, words: &'static Words, name: Option<String>, code: &str, initial: &[Value], guard: Guard) -> Result<ObjectId> {
    let kind = Code::parse(code)?;
    if initial.len() > CELL_LIMIT {
        return Err(too_many(initial.len()));
    }
    let cells = initial
        .iter()
        .map(|value| kind.store(if *value == Value::Int(0) { value_zero(kind, value) } else { value }))
        .collect::<Result<Vec<_>>>()?;
    ctx.begin_op(words.make, On::Nothing, None);
    let name = name.unwrap_or_else(|| ctx.default_name(if words.kind.id == value::ID { "value" } else { "array" }));
    let fail = |error| ctx.failed(words.make, On::Nothing, error);
    let (object, made) = ctx.new_object_at(words.kind, &name, None, None, cells.len()).map_err(fail)?;
    let mut changes = vec![made];
    let guard = match guard {
        Guard::Own => {
            let (lock, change) = lock::make_inner(ctx, &name, object).map_err(fail)?;
            changes.push(change);
            Some(lock)
        }
        Guard::Without => None,
        Guard::Given(lock) => {
            changes.push(Change::Under { object, lock });
            Some(lock)
        }
    };
    ctx.arena.own_word(object, GUARD_WORD).store(guard.map_or(0, |lock| u64::from(lock.0) + 1), SeqCst);
    ctx.arena.own_word(object, CODE_WORD).store(u64::from(code.as_bytes()[0]), SeqCst);
    let part = ctx.arena.part_at(object, value::CELLS);
    for (at, word) in cells.iter().enumerate() {
        part.set_cell(at, *word);
    }
    // Nobody else knows the object yet, so a long array may be told of in several events.
    let mut outcome = words.made;
    let mut first = 0;
    for chunk in cells.chunks(CELLS_AT_ONCE) {
        changes.push(Change::Wrote {
            part: PartRef::new(object, value::CELLS),
            first: first as u32,
            values: chunk.iter().map(|word| kind.load(*word).preview()).collect(),
        });
        first += chunk.len();
        if changes.len() >= 4 && first < cells.len() {
            ctx.done(words.make, outcome, On::Object(object), None, std::mem::take(&mut changes));
            ctx.arena.wait_for_room();
            outcome = words.filled;
        }
    }
    ctx.done(words.make, outcome, On::Object(object), None, changes);
    Ok(object)
}

/// A zero fits every type.
fn value_zero(code: Code, value: &Value) -> &Value {
    static ZERO: Value = Value::Float(0.0);
    if matches!(code, Code::Float32 | Code::Float64) { &ZERO } else { value }
}

/// How many cells there are. Not a step: it never changes.
pub fn len(ctx: &Context, object: ObjectId) -> i64 {
    ctx.arena.part_at(object, value::CELLS).cells_len() as i64
}

/// The lock that guards the cells, if there is one.
pub fn lock_of(ctx: &Context, object: ObjectId) -> Option<ObjectId> {
    guard_of(&ctx.arena, object)
}

fn guard_of(arena: &Arena, object: ObjectId) -> Option<ObjectId> {
    let word = arena.own_word(object, GUARD_WORD).load(SeqCst);
    (word > 0).then(|| ObjectId((word - 1) as u16))
}

/// Whether the cells can be written without waiting: nobody holds their lock.
pub fn is_open(ctx: &Context, object: ObjectId) -> bool {
    guard_of(&ctx.arena, object).is_none_or(|guard| is_free(ctx, guard))
}

/// Whether a guard lets this thread in: a lock that it holds itself does so only if it may be taken twice.
fn is_free(ctx: &Context, guard: ObjectId) -> bool {
    let recursive = ctx.arena.facts(guard).kind == kind::rlock::ID;
    lock::holder(&ctx.arena, guard).is_none_or(|(owner, _)| owner == ctx.me() && recursive)
}

fn code_of(arena: &Arena, object: ObjectId) -> Result<Code> {
    let letter = arena.own_word(object, CODE_WORD).load(SeqCst) as u8;
    Code::parse(&char::from(letter).to_string())
}

/// The text of a cell as the arena holds it now: what the audit compares with.
pub fn preview_of(arena: &Arena, object: ObjectId, index: usize) -> Option<Preview> {
    let part = arena.part_at(object, value::CELLS);
    (index < part.cells_len()).then(|| code_of(arena, object).ok().map(|code| code.load(part.cell(index)).preview()))?
}

fn words(arena: &Arena, object: ObjectId) -> &'static Words {
    if arena.facts(object).kind == kind::value::ID { &VALUE } else { &ARRAY }
}

fn place(ctx: &Context, object: ObjectId, index: i64) -> Result<u32> {
    let length = len(ctx, object);
    let at = if index < 0 { index + length } else { index };
    if (0..length).contains(&at) {
        return Ok(at as u32);
    }
    Err(IpcError::new(ErrorKind::IndexError, format!("{} has {length} cells, so there is no cell {index}", ctx.object_text(object))))
}

/// Does one access under guard and internal lock, waiting for the guard if somebody else holds it.
fn access<T>(
    ctx: &Context,
    object: ObjectId,
    op: &Op,
    waits: &Outcome,
    on: On,
    detail: Option<&Preview>,
    act: impl Fn(Vec<Change>) -> T,
) -> Result<T> {
    ctx.begin_op(op, on, detail);
    ctx.check_broken(object).map_err(|error| ctx.failed(op, on, error))?;
    let Some(guard) = guard_of(&ctx.arena, object) else {
        let _inner = ctx.arena.lock(object, ctx.me());
        return Ok(act(Vec::new()));
    };
    let wait = until(Until::OwnerFree(lock::owner_part(guard), None), None);
    let mut queued = false;
    loop {
        {
            let guard_inner = ctx.arena.lock(guard, ctx.me());
            if is_free(ctx, guard) {
                let inner = ctx.arena.lock(object, ctx.me());
                let mut left = Vec::new();
                if queued {
                    ctx.arena.part_at(guard, kind::lock::WAITERS).remove_waiter(ctx.me());
                    left.push(Change::Left { part: lock::waiters_part(guard), actor: ctx.me() });
                }
                let outcome = act(left);
                let is_free = lock::holder(&ctx.arena, guard).is_none();
                let next = if is_free { Wake::first_of(ctx.arena.part_at(guard, kind::lock::WAITERS)) } else { Wake::nobody() };
                drop(inner);
                drop(guard_inner);
                ctx.wake(next);
                return Ok(outcome);
            }
            if !queued {
                queued = true;
                ctx.arena.part_at(guard, kind::lock::WAITERS).push_waiter(ctx.me());
                let change = Change::Queued { part: lock::waiters_part(guard), actor: ctx.me() };
                ctx.waits(op, waits, on, detail.cloned(), &wait, vec![change]);
            }
        }
        ctx.wait(&wait);
        ctx.check_broken(guard).map_err(|error| ctx.gives_up(op, on, lock::waiters_part(guard), error))?;
    }
}

/// Reads a cell; negative indices count from the end. Errors: IndexError.
pub fn read(ctx: &Context, object: ObjectId, index: i64) -> Result<Value> {
    let words = words(&ctx.arena, object);
    let at = place(ctx, object, index)?;
    let code = code_of(&ctx.arena, object)?;
    let on = On::Cell(object, at);
    access(ctx, object, words.read, words.read_waits, on, None, |changes| {
        let value = code.load(ctx.arena.part_at(object, value::CELLS).cell(at as usize));
        ctx.done(words.read, words.read_done, on, Some(value.preview()), changes);
        value
    })
}

/// Writes a cell. Errors: IndexError, TypeError (the cell's type cannot hold it).
pub fn write(ctx: &Context, object: ObjectId, index: i64, value: &Value) -> Result<()> {
    let words = words(&ctx.arena, object);
    let at = place(ctx, object, index)?;
    let code = code_of(&ctx.arena, object)?;
    let word = code.store(value)?;
    let preview = code.load(word).preview();
    let on = On::Cell(object, at);
    access(ctx, object, words.write, words.write_waits, on, Some(&preview), |mut changes| {
        ctx.arena.part_at(object, value::CELLS).set_cell(at as usize, word);
        changes.push(Change::Wrote { part: PartRef::new(object, value::CELLS), first: at, values: vec![preview.clone()] });
        ctx.done(words.write, words.wrote, on, Some(preview.clone()), changes);
    })
}

/// Reads several cells as one step, giving a copy; bounds count from the end if negative, and are clamped.
pub fn slice(ctx: &Context, object: ObjectId, from: i64, to: i64) -> Result<Vec<Value>> {
    let words = words(&ctx.arena, object);
    let code = code_of(&ctx.arena, object)?;
    let length = len(ctx, object);
    let clamp = |at: i64| (if at < 0 { at + length } else { at }).clamp(0, length) as usize;
    let range = clamp(from)..clamp(to);
    access(ctx, object, words.read, words.read_waits, On::Object(object), None, |changes| {
        let part = ctx.arena.part_at(object, value::CELLS);
        let values: Vec<Value> = range.clone().map(|at| code.load(part.cell(at))).collect();
        ctx.done(words.read, words.sliced, On::Object(object), Some(Value::Array(values.clone()).preview()), changes);
        values
    })
}

fn too_many(count: usize) -> IpcError {
    IpcError::new(ErrorKind::ValueError, format!("an array can have {CELL_LIMIT} cells, not {count}"))
}

/// What an array made with a length only begins with.
pub fn zeros(code: &str, count: usize) -> Result<Vec<Value>> {
    let zero = Code::parse(code)?.zero();
    if count > CELL_LIMIT {
        return Err(too_many(count));
    }
    Ok(vec![zero; count])
}

#[cfg(test)]
mod tests {
    use super::Code;
    use crate::ipc::value::Value;

    fn check(code: &str, value: Value, expected: Value) {
        let code = Code::parse(code).expect("a type code");
        assert_eq!(code.store(&value).map(|word| code.load(word)).ok(), Some(expected));
    }

    #[test]
    fn integers_wrap_and_floats_round() {
        check("b", Value::Int(200), Value::Int(-56));
        check("B", Value::Int(-1), Value::Int(255));
        check("h", Value::Int(40000), Value::Int(-25536));
        check("i", Value::Int(1 << 31), Value::Int(-(1 << 31)));
        check("i", Value::Int((1 << 40) + 5), Value::Int(5));
        check("I", Value::Int(-1), Value::Int(4_294_967_295));
        check("f", Value::Float(0.1), Value::Float(0.100_000_001_490_116_12));
        check("f", Value::Float(1e300), Value::Float(f64::INFINITY));
        check("d", Value::Int(3), Value::Float(3.0));
    }

    #[test]
    fn unfit_values_are_refused() {
        for (code, value) in
            [("i", Value::Float(1.0)), ("i", Value::Str("1".into())), ("d", Value::Str("1".into())), ("c", Value::Str("ab".into()))]
        {
            assert!(Code::parse(code).and_then(|code| code.store(&value)).is_err());
        }
        assert!(Code::parse("x").is_err());
    }
}
