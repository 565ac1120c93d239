//! How a primitive tells the language what it offers: a table per class and one of free functions.
//! The same tables make the engine's functions, the static check, and the sentences about wrong calls.
//! This file knows no primitive.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::rc::Rc;

use rhai::{Array, Dynamic, Engine, EvalAltResult, FnPtr, Module, NativeCallContext, Position};

use super::afar;
use super::convert;
use super::links::Link;
use super::raise::type_error;
use super::runtime::Runtime;
use super::types::{Hold, Object, Shared, Type};
use crate::ipc::fault::Way;
use crate::ipc::{Context, ErrorKind, Patience, Value, copies};
use crate::trace::ObjectId;

/// The most arguments of a function that takes any number.
const MANY: usize = 12;

/// What a bound function gives back or raises.
pub(super) type Given = Result<Dynamic, Box<EvalAltResult>>;

/// What happens at a call.
pub(super) type Run = fn(&Call<'_>) -> Given;

/// One function or method.
#[derive(Clone, Copy)]
pub(super) struct Function {
    pub name: &'static str,
    /// Names of the arguments; one that ends in `?` may be left out, a last one that ends in `…` may come
    /// as often as [`MANY`].
    pub takes: &'static [&'static str],
    pub run: Run,
}

/// One property of a class.
pub(super) struct Property {
    pub name: &'static str,
    pub get: Run,
    pub set: Option<Run>,
}

/// What can be done with one type of values.
pub(super) struct Class {
    /// As `type_of` says it.
    pub name: &'static str,
    pub type_id: fn() -> TypeId,
    pub type_name: fn() -> &'static str,
    pub methods: &'static [Function],
    pub properties: &'static [Property],
    /// `a + b`, `a += b`: what the value on the left can do with anything on the right.
    pub operators: &'static [Function],
    /// `a[i]`: read, and write with a third argument.
    pub index: Option<(Run, Run)>,
    /// Its length and one of its items, for `for x in a`.
    pub items: Option<Items>,
    /// For classes of shared objects.
    pub shared: Option<Shared>,
    /// `a == b`: whether two values stand for the same thing.
    pub same: fn(&Dynamic, &Dynamic) -> bool,
    /// What is written where the number, the list or the yes and no is meant that a handle stands for.
    pub stands: Stands,
    /// What a value of the class is shown as, where that is not its name.
    pub text: Option<fn(&Context, ObjectId) -> Option<String>>,
    /// `with x { … }`: what takes and what releases.
    pub guard: Option<(Hold, Hold)>,
    /// What is read of a value is the value's own and not a copy: a change of it is written.
    pub own: bool,
}

/// What a handle holds, as it is asked for behind its name; empty where there is no such thing.
#[derive(Clone, Copy)]
pub(super) struct Stands {
    /// One value: `.value`.
    pub one: &'static str,
    /// All of several values: `.copy()`.
    pub all: &'static str,
    /// As a condition: `.is_set()`.
    pub truth: &'static str,
}

impl Stands {
    pub(super) const FOR_NOTHING: Stands = Stands::of("", "");

    /// For what holds one value.
    pub(super) const fn of(one: &'static str, truth: &'static str) -> Stands {
        Stands { one, all: one, truth }
    }
}

/// How a class is gone through in order.
#[derive(Clone, Copy)]
pub(super) struct Items {
    /// None: it ends where there is no further item.
    pub len: Option<fn(&Context, ObjectId) -> i64>,
    pub item: fn(&Context, ObjectId, i64) -> crate::ipc::Result<Value>,
}

impl Class {
    /// What is known of its values without a call.
    pub(super) fn facts(&self) -> Type {
        Type { name: self.name, type_id: (self.type_id)(), shared: self.shared, text: self.text, guard: self.guard }
    }

    /// A class of shared objects, to be completed by struct update.
    pub(super) const fn shared<const KIND: u8>(name: &'static str) -> Class {
        Class {
            name,
            type_id: Object::<KIND>::type_id,
            type_name: Object::<KIND>::type_name,
            methods: &[],
            properties: &[],
            operators: &[],
            index: None,
            items: None,
            shared: Some(Object::<KIND>::SHARED),
            same: |a, b| Object::<KIND>::object(a) == Object::<KIND>::object(b),
            stands: Stands::FOR_NOTHING,
            text: None,
            guard: None,
            own: false,
        }
    }
}

impl Function {
    pub(super) fn least(&self) -> usize {
        self.takes.iter().filter(|name| !name.ends_with(['?', '…'])).count()
    }

    pub(super) fn most(&self) -> usize {
        if self.takes.last().is_some_and(|name| name.ends_with('…')) { MANY } else { self.takes.len() }
    }

    /// `put(value, seconds?)`.
    pub(super) fn signature(&self) -> String {
        format!("{}({})", self.name, self.takes.join(", "))
    }
}

/// One call of a bound function: its arguments and where it acts.
pub(super) struct Call<'c> {
    pub runtime: &'c Rc<Runtime>,
    pub native: &'c NativeCallContext<'c>,
    pub name: &'static str,
    receiver: Dynamic,
    /// Without the receiver.
    args: Vec<Dynamic>,
    unit: Dynamic,
}

impl<'c> Call<'c> {
    fn new(
        runtime: &'c Rc<Runtime>,
        native: &'c NativeCallContext<'c>,
        name: &'static str,
        args: &mut [&mut Dynamic],
        is_method: bool,
    ) -> Call<'c> {
        // The engine may lend a variable as the first argument, which must stay; the others are temporary.
        let mut args: Vec<Dynamic> =
            args.iter_mut().enumerate().map(|(at, arg)| if at == 0 { arg.flatten_clone() } else { arg.take().flatten() }).collect();
        let receiver = if is_method && !args.is_empty() { args.remove(0) } else { Dynamic::UNIT };
        runtime.enter(native.call_position());
        Call { runtime, native, name, receiver, args, unit: Dynamic::UNIT }
    }

    /// A call of a method whose name only the script knows.
    pub(super) fn of_method(runtime: &'c Rc<Runtime>, native: &'c NativeCallContext<'c>, args: &mut [&mut Dynamic]) -> Call<'c> {
        Call::new(runtime, native, "method", args, true)
    }

    /// What the process acts with. Where no process runs, as in `check`, there is nothing to act with.
    pub(super) fn ctx(&self) -> Result<&'c Context, Box<EvalAltResult>> {
        self.runtime.context()
    }

    pub(super) fn count(&self) -> usize {
        self.args.len()
    }

    /// An argument; `()` where it was left out.
    pub(super) fn arg(&self, at: usize) -> &Dynamic {
        self.args.get(at).unwrap_or(&self.unit)
    }

    pub(super) fn receiver(&self) -> &Dynamic {
        &self.receiver
    }

    /// The object of a method's receiver.
    pub(super) fn object<const KIND: u8>(&self) -> Result<ObjectId, Box<EvalAltResult>> {
        Object::<KIND>::object(&self.receiver)
            .ok_or_else(|| type_error(format!("{} is no method of {}", self.name, self.kind_of(&self.receiver))))
    }

    /// An argument as a value that travels.
    pub(super) fn value(&self, at: usize) -> Result<Value, Box<EvalAltResult>> {
        convert::to_value(self.arg(at), self.runtime).map_err(|problem| type_error(format!("{}: {problem}", self.name)))
    }

    /// How long to wait: the argument in seconds, or forever without one.
    pub(super) fn patience(&self, at: usize) -> Result<Patience, Box<EvalAltResult>> {
        if self.arg(at).is_unit() {
            return Ok(Patience::Forever);
        }
        self.number(at, "seconds").map(Patience::seconds)
    }

    pub(super) fn number(&self, at: usize, what: &str) -> Result<f64, Box<EvalAltResult>> {
        let arg = self.arg(at);
        let number = arg.as_float().or_else(|_| arg.as_int().map(|int| int as f64));
        number.ok().filter(|number| !number.is_nan()).ok_or_else(|| self.wrong(what, "a number", arg))
    }

    pub(super) fn int(&self, at: usize, what: &str) -> Result<i64, Box<EvalAltResult>> {
        self.arg(at).as_int().map_err(|_| self.wrong(what, "an integer", self.arg(at)))
    }

    pub(super) fn text(&self, at: usize, what: &str) -> Result<String, Box<EvalAltResult>> {
        convert::text(self.arg(at)).ok_or_else(|| self.wrong(what, "a text", self.arg(at)))
    }

    pub(super) fn bool(&self, at: usize, what: &str) -> Result<bool, Box<EvalAltResult>> {
        self.arg(at).as_bool().map_err(|_| self.wrong(what, "true or false", self.arg(at)))
    }

    pub(super) fn function(&self, at: usize, what: &str) -> Result<FnPtr, Box<EvalAltResult>> {
        self.arg(at).clone().try_cast::<FnPtr>().ok_or_else(|| self.wrong(what, "a function", self.arg(at)))
    }

    /// A list, or a range as the list of its numbers.
    pub(super) fn list(&self, at: usize, what: &str) -> Result<Vec<Dynamic>, Box<EvalAltResult>> {
        convert::list(self.arg(at)).ok_or_else(|| self.wrong(what, "a list", self.arg(at)))
    }

    /// The type of a value as the language names it.
    pub(super) fn kind_of(&self, value: &Dynamic) -> String {
        convert::type_name(value, self.runtime)
    }

    /// The name for an object that is made here.
    pub(super) fn object_name(&self) -> Option<String> {
        self.runtime.object_name(self.native.call_position())
    }

    /// Calls a function of the script and comes back to this call's line.
    pub(super) fn invoke(&self, function: &FnPtr) -> Given {
        let result = function.call_within_context(self.native, ());
        self.runtime.enter(self.native.call_position());
        result
    }

    pub(super) fn wrong(&self, what: &str, wanted: &str, got: &Dynamic) -> Box<EvalAltResult> {
        type_error(format!("{}: {what} must be {wanted}, not {}", self.name, self.kind_of(got)))
    }
}

/// Gives the engine functions whose first argument is a list. They may be called as a method is
/// (`wait`), which those that take anything must not: the engine would prefer them.
pub(super) fn register_list_functions(engine: &mut Engine, runtime: &Rc<Runtime>, functions: &'static [Function]) {
    for function in functions {
        for count in function.least()..=function.most() {
            let mut types = vec![TypeId::of::<Dynamic>(); count];
            types[0] = TypeId::of::<Array>();
            register(engine, runtime, function.name, types, false, function.run);
        }
    }
}

/// Gives the engine all functions of a table.
pub(super) fn register_functions(engine: &mut Engine, runtime: &Rc<Runtime>, functions: &'static [Function]) {
    for function in functions {
        for count in function.least()..=function.most() {
            register(engine, runtime, function.name, vec![TypeId::of::<Dynamic>(); count], false, function.run);
        }
    }
}

/// Takes the place of the engine's own functions of the same names, whatever types they are for.
pub(super) fn replace(engine: &mut Engine, runtime: &Rc<Runtime>, tables: &[&'static [Function]], classes: &[&'static Class]) {
    let ours: BTreeMap<&str, &'static Function> =
        tables.iter().flat_map(|table| table.iter()).map(|function| (function.name, function)).collect();
    let standard = engine.collect_fn_metadata(
        None,
        |info| {
            let function = ours.get(info.metadata.name.as_str())?;
            let types = &info.metadata.param_types;
            // A method of ours may bear the name of a function: `manager.Queue()`.
            let ours = types.first().is_some_and(|first| classes.iter().any(|class| (class.type_id)() == *first));
            let fits = (function.least()..=function.most()).contains(&info.metadata.num_params);
            (fits && !ours).then(|| (*function, info.metadata.param_types.to_vec()))
        },
        true,
    );
    for (function, types) in standard {
        register(engine, runtime, function.name, types, false, function.run);
    }
}

/// Gives the engine a class with all that it offers.
pub(super) fn register_class(engine: &mut Engine, runtime: &Rc<Runtime>, class: &'static Class) {
    let this = (class.type_id)();
    let any = TypeId::of::<Dynamic>();
    engine.register_type_with_name_raw((class.type_name)(), class.name);
    for method in class.methods.iter().chain(class.operators) {
        for count in method.least()..=method.most() {
            let types = std::iter::once(this).chain(std::iter::repeat_n(any, count)).collect();
            register(engine, runtime, method.name, types, true, method.run);
        }
    }
    // The names under which the engine looks for a property's and an index's functions.
    for property in class.properties {
        register_read(engine, runtime, &format!("get${}", property.name), property.name, vec![this], property.get);
        if let Some(set) = property.set {
            register_write(engine, runtime, &format!("set${}", property.name), property.name, vec![this, any], class, set);
        }
    }
    if let Some((get, set)) = class.index {
        register_read(engine, runtime, "index$get$", "[]", vec![this, any], get);
        register_write(engine, runtime, "index$set$", "[]", vec![this, any, any], class, set);
    }
    let same = class.same;
    engine.register_raw_fn("==", [this, this], move |_, args| Ok(same(args[0], args[1])));
    engine.register_raw_fn("!=", [this, this], move |_, args| Ok(!same(args[0], args[1])));
    for types in [[this, any], [any, this]] {
        // What has no order would be less than nothing and more than nothing, were the engine asked.
        for operator in ["<", "<=", ">", ">="] {
            let runtime = runtime.clone();
            engine.register_raw_fn(operator, types, move |_, args| Err::<bool, _>(incomparable(operator, args, &runtime)));
        }
        // A shared object is no number, though it may hold one. What a queue or a pipe gives may be compared with
        // the text or number that ends the work, whatever it is.
        for operator in ["==", "!="].into_iter().filter(|_| class.shared.is_some()) {
            let runtime = runtime.clone();
            engine.register_raw_fn(operator, types, move |_, args| {
                match args.iter().all(|arg| arg.is_unit() || convert::is_handle(arg, &runtime)) {
                    true => Ok(operator == "!="),
                    false => Err(incomparable(operator, args, &runtime)),
                }
            });
        }
    }
    // In texts a handle stands as `print` would show it.
    for name in ["to_string", "to_debug"] {
        let runtime = runtime.clone();
        engine.register_raw_fn(name, [this], move |_, args| Ok(convert::shown(args[0], &runtime)));
    }
}

/// The engine's own error of an operator that does not fit, so that it is worded as those are; and lists that look
/// for an item take it for a no.
fn incomparable(operator: &str, args: &[&mut Dynamic], runtime: &Runtime) -> Box<EvalAltResult> {
    let types: Vec<String> = args.iter().map(|arg| convert::type_name(arg, runtime)).collect();
    EvalAltResult::ErrorFunctionNotFound(format!("{operator} ({})", types.join(", ")), Position::NONE).into()
}

fn register(engine: &mut Engine, runtime: &Rc<Runtime>, name: &'static str, types: Vec<TypeId>, is_method: bool, run: Run) {
    register_as(engine, runtime, name, name, types, is_method, run);
}

/// `known_as` is the engine's name, `name` the one that people read.
fn register_as(
    engine: &mut Engine,
    runtime: &Rc<Runtime>,
    known_as: &str,
    name: &'static str,
    types: Vec<TypeId>,
    is_method: bool,
    run: Run,
) {
    let runtime = runtime.clone();
    engine.register_raw_fn(known_as, types, move |native, args| run(&Call::new(&runtime, &native, name, args, is_method)));
}

/// As [`register_as`], for what reads a part of a value. Where the chain goes on from there, what was read is kept.
fn register_read(engine: &mut Engine, runtime: &Rc<Runtime>, known_as: &str, name: &'static str, types: Vec<TypeId>, run: Run) {
    let runtime = runtime.clone();
    engine.register_raw_fn(known_as, types, move |native, args| {
        let given = run(&Call::new(&runtime, &native, name, args, true))?;
        if runtime.link(native.call_position()).is_some() {
            runtime.lend(native.call_position(), native.call_level(), given.clone());
        }
        Ok(given)
    });
}

/// As [`register_as`], for what writes a part of a value. At a link that another one follows nothing is assigned: the
/// engine hands back what the next link worked on.
fn register_write(
    engine: &mut Engine,
    runtime: &Rc<Runtime>,
    known_as: &str,
    name: &'static str,
    types: Vec<TypeId>,
    class: &'static Class,
    run: Run,
) {
    let runtime = runtime.clone();
    engine.register_raw_fn(known_as, types, move |native, args| {
        let (place, depth) = (native.call_position(), native.call_level());
        let Some(link) = runtime.link(place) else { return run(&Call::new(&runtime, &native, name, args, true)) };
        let read = runtime.lent(place, depth).unwrap_or_default();
        let handed_back = args.last().map(|arg| arg.flatten_clone()).unwrap_or_default();
        let (Ok(read), Ok(now)) = (convert::to_value(&read, &runtime), convert::to_value(&handed_back, &runtime)) else {
            return Ok(Dynamic::UNIT);
        };
        // By what is shown of them: no number is other than itself.
        if format!("{read:?}") == format!("{now:?}") {
            return Ok(Dynamic::UNIT);
        }
        let call = Call::new(&runtime, &native, name, args, true);
        if class.own {
            return run(&call);
        }
        own_copy_changed(&call, link, &now)
    });
}

/// Tells that the caller changed its own copy of what it read of an object.
fn own_copy_changed(call: &Call<'_>, link: Link, now: &Value) -> Given {
    let Some(object) = convert::object_of(call.receiver(), call.runtime) else { return Ok(Dynamic::UNIT) };
    let ctx = call.ctx()?;
    let part = match link {
        Link::Index => format!("[{}]", convert::to_value(call.arg(0), call.runtime).map_err(type_error)?),
        Link::Name if call.count() > 1 => format!(".{}", call.text(0, "name")?),
        Link::Name => format!(".{}", call.name),
    };
    copies::changed(ctx, object, &part, now);
    Ok(Dynamic::UNIT)
}

/// `for x in a` for the classes that can be gone through: each item is read when its turn comes.
pub(super) fn iterators(runtime: &Rc<Runtime>, classes: &[&'static Class]) -> Module {
    let mut module = Module::new();
    for class in classes {
        let (Some(items), Some(shared)) = (class.items, class.shared) else { continue };
        let runtime = runtime.clone();
        module.set_iter_result((class.type_id)(), move |value| {
            let runtime = runtime.clone();
            let object = (shared.object)(&value);
            // Each item is read by the loop, whatever line its body ended at.
            let line = runtime.line();
            let mut at = 0;
            Box::new(std::iter::from_fn(move || {
                let (object, ctx) = (object?, runtime.context().ok()?);
                if items.len.is_some_and(|len| at >= len(ctx, object)) {
                    return None;
                }
                runtime.enter_line(line);
                let item = match (items.item)(ctx, object, at) {
                    Err(error) if items.len.is_none() && error.kind == ErrorKind::IndexError => return None,
                    Err(error) => Err(afar::raise(error, Way::Result, &runtime)),
                    Ok(item) => convert::to_dynamic(item, &runtime),
                };
                at += 1;
                Some(item)
            }))
        });
    }
    module
}
