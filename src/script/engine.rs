//! The engine of one process: the whole language, and nothing that a scenario must not do. It reads no
//! files, makes no code, and everything that waits, prints or depends on chance is ours.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rhai::debugger::{DebuggerCommand, DebuggerEvent};
use rhai::packages::{
    BasicArrayPackage, BasicBlobPackage, BasicMapPackage, BasicMathPackage, BitFieldPackage, CorePackage, LogicPackage, MoreStringPackage,
    Package,
};
use rhai::{ASTNode, Dynamic, Engine, EvalAltResult, OptimizationLevel, Stmt};

use super::binding::{iterators, register_class, register_functions, register_list_functions, replace};
use super::caught::{Catches, in_our_words};
use super::language::{CLASSES, FUNCTIONS, LIST_FUNCTIONS};
use super::print::TEXT_LIMIT;
use super::registered;
use super::runtime::Runtime;
use super::with;

/// Calls inside of calls. The engine takes about 10 KiB of stack for each in a plain build.
const CALL_DEPTH: usize = 128;

/// Expressions inside of expressions, at the top level and in functions.
const EXPRESSION_DEPTH: usize = 64;

/// Items of one array or map.
const ITEM_LIMIT: usize = 1 << 20;

/// Functions without a name are named by a hash: with one seed the same in all processes.
const HASHING_SEED: [u64; 4] = [0x6970_6373, 0x636f_7065, 0x7363_656e, 0x6172_696f];

/// The engine's own functions by name, with their numbers of arguments.
pub struct Natives {
    counts: BTreeMap<String, BTreeSet<usize>>,
    /// Those that are for values of any type.
    for_anything: BTreeMap<String, BTreeSet<usize>>,
}

impl Natives {
    /// Whether a function of this name takes `count` arguments.
    pub fn has(&self, name: &str, count: usize) -> bool {
        self.counts.get(name).is_some_and(|counts| counts.contains(&count))
    }

    /// Whether a function of this name takes `count` arguments of any type.
    pub fn takes_anything(&self, name: &str, count: usize) -> bool {
        self.for_anything.get(name).is_some_and(|counts| counts.contains(&count))
    }
}

/// What an engine offers, ours included.
pub(super) fn natives(engine: &Engine) -> Natives {
    let any = std::any::TypeId::of::<Dynamic>();
    let all = engine.collect_fn_metadata(
        None,
        |info| {
            let metadata = info.metadata;
            // What an object of a manager can do only its server knows.
            let open = metadata.param_types.first() == Some(&(registered::CLASS.type_id)());
            (!open)
                .then(|| (metadata.name.to_string(), metadata.num_params, metadata.param_types.first().is_none_or(|first| *first == any)))
        },
        true,
    );
    let mut natives = Natives { counts: BTreeMap::new(), for_anything: BTreeMap::new() };
    for (name, count, for_anything) in all {
        if for_anything {
            natives.for_anything.entry(name.clone()).or_default().insert(count);
        }
        natives.counts.entry(name).or_default().insert(count);
    }
    natives
}

/// An engine with the whole language and nothing that a scenario must not do.
pub(super) fn engine(runtime: &Rc<Runtime>) -> Result<Engine, Box<EvalAltResult>> {
    // The first engine of the process sets it; that it is set already is no fault.
    let _ = rhai::config::hashing::set_hashing_seed(Some(HASHING_SEED));
    let mut engine = Engine::new_raw();
    for package in [
        CorePackage::new().as_shared_module(),
        BitFieldPackage::new().as_shared_module(),
        LogicPackage::new().as_shared_module(),
        BasicMathPackage::new().as_shared_module(),
        BasicArrayPackage::new().as_shared_module(),
        BasicBlobPackage::new().as_shared_module(),
        BasicMapPackage::new().as_shared_module(),
        MoreStringPackage::new().as_shared_module(),
    ] {
        engine.register_global_module(package);
    }
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_max_call_levels(CALL_DEPTH);
    engine.set_max_expr_depths(EXPRESSION_DEPTH, EXPRESSION_DEPTH);
    engine.set_max_string_size(TEXT_LIMIT);
    engine.set_max_array_size(ITEM_LIMIT);
    engine.set_max_map_size(ITEM_LIMIT);
    engine.set_fail_on_invalid_map_property(false);
    for word in ["import", "export", "eval", "debug"] {
        engine.disable_symbol(word);
    }
    for class in CLASSES {
        register_class(&mut engine, runtime, class);
    }
    for functions in FUNCTIONS {
        register_functions(&mut engine, runtime, functions);
    }
    register_list_functions(&mut engine, runtime, LIST_FUNCTIONS);
    replace(&mut engine, runtime, FUNCTIONS, CLASSES);
    engine.register_global_module(iterators(runtime, CLASSES).into());
    with::register(&mut engine, runtime)?;
    follow(&mut engine, runtime);
    let ticking = runtime.clone();
    engine.on_progress(move |_| ticking.tick().err().map(|error| thrown(&error)));
    Ok(engine)
}

/// What an error throws, as a token that ends the script.
fn thrown(error: &EvalAltResult) -> Dynamic {
    match error {
        EvalAltResult::ErrorRuntime(value, _) => value.clone(),
        other => other.to_string().into(),
    }
}

/// Lets the runtime know at which line the script is, and puts errors of the engine's own that leave a
/// function into our words: who calls it then catches them as it catches ours.
#[expect(deprecated, reason = "the engine marks functions as deprecated whose form may change; there is no other way to know the line")]
fn follow(engine: &mut Engine, runtime: &Rc<Runtime>) {
    let runtime = runtime.clone();
    let catches = Catches::default();
    engine.register_debugger(
        |_, debugger| debugger,
        move |mut context, event, node, _, position| {
            if let DebuggerEvent::FunctionExitWithError(error) = event {
                // A function of the script's own, or what nobody could catch otherwise; a function of the engine's may
                // have been called by another one that makes something of the error.
                let leaves = matches!(error, EvalAltResult::ErrorInFunctionCall(..) | EvalAltResult::ErrorDataTooLarge(..));
                if let Some(error) = leaves.then(|| in_our_words(error, &runtime)).flatten() {
                    return Err(error);
                }
            }
            catches.reach(&node, context.scope_mut(), &runtime);
            // What the last statement made, or left behind in a buffer, may be too much for the run.
            if let Some(mut error) = runtime.over_budget() {
                error.set_position(position);
                return Err(error);
            }
            // A function's end is told of as a statement that does nothing.
            if !matches!(node, ASTNode::Stmt(Stmt::Noop(_))) {
                runtime.reach(position);
            }
            // Any other answer skips statements in loops and functions.
            Ok(DebuggerCommand::StepInto)
        },
    );
}

/// Shows constants to all functions, and to closures inside of functions: what a closure takes along the engine
/// looks for among the variables alone, unless it is told otherwise.
#[expect(
    deprecated,
    reason = "the engine marks functions as deprecated whose form may change; a module's constants are hidden from closures"
)]
pub(super) fn show_constants(engine: &mut Engine, constants: BTreeMap<String, Dynamic>) {
    if !constants.is_empty() {
        // A variable of the same name hides the constant.
        engine.on_var(move |name, _, context| Ok(constants.get(name).filter(|_| !context.scope().contains(name)).cloned()));
    }
}
