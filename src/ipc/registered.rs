//! Objects of a manager that a function of the script makes: its fields are cells in the server's memory,
//! its methods are run there, each by the thread that serves whoever asked. Every access to a field is a
//! step of its own, so without a lock two threads' steps may mix.

use super::connection::Request;
use super::context::Context;
use super::error::{ErrorKind, IpcError, Result};
use super::hosted::{Hosted, Kept, Methods};
use super::value::{Named, Value};
use crate::kind::managed::{DO, DO_READ, DO_SET, MAKE, MAKE_MADE, OBJECT};
use crate::trace::{ObjectId, On, Preview};

/// The function that asks a manager for an object of a registered name.
pub const CREATE: &str = "create";

/// Runs functions of the script; each thread of a server has one.
pub trait Script {
    /// Runs a function and gives what it gives back.
    fn run(&self, function: &str, args: Vec<Value>) -> Result<Value>;
    /// Runs a function as a method: its `this` stands for an object of the server.
    fn run_on(&self, object: ObjectId, function: &str, args: Vec<Value>) -> Result<Value>;
}

fn unknown(message: String) -> IpcError {
    IpcError::new(ErrorKind::RemoteError, message)
}

/// Makes an object: the function that is registered under the name gives its fields and methods.
pub(super) fn make(ctx: &Context, script: &dyn Script, request: &Request) -> Result<Value> {
    let manager = request.object;
    let [Value::Str(sort), Value::Array(args)] = request.args.as_slice() else {
        return Err(unknown("create takes a registered name and a list of arguments".to_owned()));
    };
    let function = ctx.process.own::<Hosted>().registered().get(sort).cloned();
    let function = function.ok_or_else(|| unknown(format!("nothing is registered with {} as {sort}", ctx.object_text(manager))))?;
    let made = script.run(&function, args.clone())?;
    let Value::Map(entries) = made else {
        return Err(unknown(format!("{sort} must give a map of fields and functions, not {made}")));
    };
    let name = if request.name.is_empty() { ctx.default_name(&sort.to_lowercase()) } else { request.name.clone() };
    ctx.begin_op(&MAKE, On::Object(manager), Some(&Preview::new(sort)));
    let home = Some(ctx.process.id);
    let (object, made) = ctx.new_object_at(&OBJECT, &name, None, home, 1).map_err(|error| ctx.failed(&MAKE, On::Object(manager), error))?;
    ctx.arena.set_manager_of(object, manager);
    let mut changes = vec![made];
    let mut kept = Kept::new(&ctx.arena, object, OBJECT.id);
    let mut methods = Methods::new();
    for (name, value) in entries {
        match value {
            Value::Task { function, args, .. } => {
                methods.insert(name, (function, args));
            }
            value => kept.set(Value::Str(name), value),
        }
    }
    changes.extend(kept.changes());
    ctx.process.own::<Hosted>().objects().insert(object, kept);
    ctx.process.own::<Hosted>().methods().insert(object, methods);
    ctx.done(&MAKE, &MAKE_MADE, On::Object(object), None, changes);
    Ok(Value::Object { object, kind: OBJECT.id })
}

/// Runs a method for whoever asked.
pub(super) fn perform(ctx: &Context, script: &dyn Script, request: &Request) -> Result<Value> {
    let (function, mut args) = method(ctx, request.object, &request.method)?;
    args.extend(request.args.iter().cloned());
    script.run_on(request.object, &function, args)
}

/// A method of an object of this server: the function of the script, with its bound arguments.
pub fn method(ctx: &Context, object: ObjectId, name: &str) -> Result<(String, Vec<Value>)> {
    let hosted = ctx.process.own::<Hosted>();
    let methods = hosted.methods();
    let methods = methods.get(&object).ok_or_else(|| unknown("this server does not keep the object".to_owned()))?;
    methods.get(name).cloned().ok_or_else(|| {
        let known: Vec<&str> = methods.keys().map(String::as_str).collect();
        unknown(format!("{} has no method {name}; it has {}", ctx.object_text(object), known.join(", ")))
    })
}

/// Reads a field, as a step. Errors: KeyError, TypeError (it is no object of this server).
pub fn field(ctx: &Context, object: ObjectId, name: &str) -> Result<Value> {
    access(ctx, object, name, &format!("{}.{name}", ctx.object_text(object)), |kept| {
        kept.find(&Value::Str(name.to_owned()))
            .and_then(|at| kept.value(at))
            .cloned()
            .ok_or_else(|| IpcError::new(ErrorKind::KeyError, format!("this has no field {name}")))
    })
}

/// Writes a field, as a step.
pub fn set_field(ctx: &Context, object: ObjectId, name: &str, value: &Value) -> Result<()> {
    let text = format!("{}.{name} = {}", ctx.object_text(object), Named(value, &ctx.arena));
    access(ctx, object, name, &text, |kept| {
        kept.set(Value::Str(name.to_owned()), value.clone());
        Ok(Value::Unit)
    })
    .map(drop)
}

fn access(ctx: &Context, object: ObjectId, field: &str, text: &str, act: impl FnOnce(&mut Kept) -> Result<Value>) -> Result<Value> {
    let on = On::Object(object);
    ctx.begin_op(&DO, on, Some(&Preview::new(text)));
    let _inner = ctx.arena.lock(object, ctx.me());
    ctx.check_broken(object).map_err(|error| ctx.failed(&DO, on, error))?;
    let hosted = ctx.process.own::<Hosted>();
    let mut objects = hosted.objects();
    let Some(kept) = objects.get_mut(&object) else {
        let error = IpcError::new(ErrorKind::TypeError, "`this` stands for an object of the server, and only there");
        return Err(ctx.failed(&DO, on, error));
    };
    let cell = kept.find(&Value::Str(field.to_owned()));
    let outcome = act(kept).map_err(|error| ctx.failed(&DO, on, error))?;
    let on = cell.map_or(on, |cell| On::Cell(object, cell as u32));
    let changes = kept.changes();
    let told = if changes.is_empty() { &DO_READ } else { &DO_SET };
    let detail = if outcome == Value::Unit { text.to_owned() } else { format!("{text} ▹ {}", Named(&outcome, &ctx.arena)) };
    ctx.done(&DO, told, on, Some(Preview::new(&detail)), changes);
    Ok(outcome)
}
