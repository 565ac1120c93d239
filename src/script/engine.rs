//! A scenario as a program: parsed once by each process, run at the top level or at one function.
//!
//! Each process has an engine of its own. The engine is held to what a scenario may do: it reads no
//! files, makes no code, and everything that waits, prints or depends on chance is ours.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rhai::debugger::DebuggerCommand;
use rhai::packages::{
    BasicArrayPackage, BasicBlobPackage, BasicMapPackage, BasicMathPackage, BitFieldPackage, CorePackage, LogicPackage, MoreStringPackage,
    Package,
};
use rhai::{
    AST, ASTFlags, ASTNode, CallFnOptions, Dynamic, Engine, EvalAltResult, Expr, Module, OptimizationLevel, Scope, ScriptFuncDef, Stmt,
};

use super::binding::{iterators, register_class, register_functions, replace};
use super::diagnostic::Diagnostic;
use super::language::{CLASSES, FUNCTIONS, STEADY, makers};
use super::names::Names;
use super::print::TEXT_LIMIT;
use super::raise::{Leave, kind_of_engine_error};
use super::runtime::Runtime;
use super::{check, convert, fault, with};
use crate::ipc::{Context, Value};
use crate::trace::scenario::Scenario;

/// Calls inside of calls. The engine takes about 10 KiB of stack for each in a plain build.
const CALL_DEPTH: usize = 128;

/// Expressions inside of expressions, at the top level and in functions.
const EXPRESSION_DEPTH: usize = 64;

/// Items of one array or map.
const ITEM_LIMIT: usize = 1 << 20;

/// Functions without a name are named by a hash: with one seed the same in all processes.
const HASHING_SEED: [u64; 4] = [0x6970_6373, 0x636f_7065, 0x7363_656e, 0x6172_696f];

/// How a script ends other than by coming to its end.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ScriptError {
    #[error("exit({0})")]
    Exit(i32),
    /// The process ends with exit code 1, and the diagnostic is its last words.
    #[error("{diagnostic}")]
    Uncaught { diagnostic: Box<Diagnostic>, kind: String },
}

/// A scenario that is ready to run.
pub struct Program {
    scenario: Scenario,
    ast: AST,
    /// The constants of the top level, which functions see.
    constants: Vec<(String, Dynamic)>,
}

/// The engine's own functions by name, with their numbers of arguments.
pub struct Natives {
    counts: BTreeMap<String, BTreeSet<usize>>,
    /// Those that are for values of any type.
    for_anything: BTreeMap<String, BTreeSet<usize>>,
}

impl Natives {
    pub fn has(&self, name: &str, count: usize) -> bool {
        self.counts.get(name).is_some_and(|counts| counts.contains(&count))
    }

    pub fn takes_anything(&self, name: &str, count: usize) -> bool {
        self.for_anything.get(name).is_some_and(|counts| counts.contains(&count))
    }
}

impl Program {
    /// Parses and checks a scenario. The error is its first fault.
    pub fn compile(scenario: &Scenario) -> Result<Program, Box<Diagnostic>> {
        let (ast, natives) = match parse(scenario) {
            Ok(parsed) => parsed,
            Err(fault) => return Err(check::check(scenario).into_iter().next().map_or(fault, Box::new)),
        };
        if let Some(fault) = check::faults(scenario, &ast, &natives).into_iter().next() {
            return Err(Box::new(fault));
        }
        let constants = constants(scenario, &ast)?;
        Ok(Program { scenario: scenario.clone(), ast, constants })
    }

    /// Runs the top level.
    pub fn run_main(&self, context: Rc<Context>) -> Result<(), ScriptError> {
        let runtime = self.runtime(context);
        let engine = self.engine(&runtime)?;
        let result = engine.run_ast_with_scope(&mut Scope::new(), &self.ast);
        self.ended(result, &runtime)
    }

    /// Runs one function, as a process does that was started with it.
    pub fn run_function(&self, context: Rc<Context>, name: &str, args: Vec<Value>) -> Result<(), ScriptError> {
        let runtime = self.runtime(context);
        let engine = self.engine(&runtime)?;
        let args: Result<Vec<Dynamic>, _> = args.into_iter().map(|arg| convert::to_dynamic(arg, &runtime)).collect();
        let result = args.and_then(|args| {
            let options = CallFnOptions::new().eval_ast(false);
            engine.call_fn_with_options::<Dynamic>(options, &mut Scope::new(), &self.ast, name, args).map(|_| ())
        });
        self.ended(result, &runtime)
    }

    fn runtime(&self, context: Rc<Context>) -> Rc<Runtime> {
        Rc::new(Runtime::acting(context, &self.scenario, &self.ast, Names::of(&self.ast, &makers())))
    }

    fn engine(&self, runtime: &Rc<Runtime>) -> Result<Engine, ScriptError> {
        let mut engine = engine(runtime).map_err(|error| self.uncaught(&error, 0))?;
        let mut module = Module::new();
        for (name, value) in &self.constants {
            module.set_var(name.as_str(), value.clone());
        }
        engine.register_global_module(module.into());
        follow(&mut engine, runtime);
        Ok(engine)
    }

    fn ended(&self, result: Result<(), Box<EvalAltResult>>, runtime: &Runtime) -> Result<(), ScriptError> {
        let Err(error) = result else { return Ok(()) };
        if let EvalAltResult::ErrorTerminated(token, _) = error.unwrap_inner()
            && let Some(leave) = token.read_lock::<Leave>()
        {
            return Err(ScriptError::Exit(leave.0));
        }
        Err(self.uncaught(&error, runtime.line()))
    }

    fn uncaught(&self, error: &EvalAltResult, last_line: u32) -> ScriptError {
        let (kind, diagnostic) = fault::of_run(&self.scenario.file, &self.scenario.source, error, last_line);
        ScriptError::Uncaught { diagnostic: Box::new(diagnostic), kind }
    }
}

/// Visits the statements of one function of the script. (The engine's type for a body has no public
/// name, but a tree of this one function can be walked.)
pub fn statements_of(definition: &ScriptFuncDef, mut visit: impl FnMut(&Stmt)) {
    let mut module = Module::new();
    module.set_script_fn(definition.clone());
    let alone = AST::new([], module);
    alone.walk(&mut |path: &[ASTNode]| {
        if let [ASTNode::Stmt(statement)] = path {
            visit(statement);
        }
        true
    });
}

/// The tree of a scenario, and what its engine brings along.
pub fn parse(scenario: &Scenario) -> Result<(AST, Natives), Box<Diagnostic>> {
    let runtime = Rc::new(Runtime::idle(scenario));
    let unfit = |error: &EvalAltResult| Box::new(fault::of_run(&scenario.file, &scenario.source, error, 0).1);
    let engine = engine(&runtime).map_err(|error| unfit(&error))?;
    let ast = engine.compile(&scenario.source).map_err(|error| Box::new(fault::of_parse(&scenario.file, &scenario.source, &error)))?;
    Ok((ast, natives(&engine)))
}

fn natives(engine: &Engine) -> Natives {
    let any = std::any::TypeId::of::<Dynamic>();
    let all = engine.collect_fn_metadata(
        None,
        |info| {
            let metadata = info.metadata;
            Some((metadata.name.to_string(), metadata.num_params, metadata.param_types.first().is_none_or(|first| *first == any)))
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
fn engine(runtime: &Rc<Runtime>) -> Result<Engine, Box<EvalAltResult>> {
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
        replace(&mut engine, runtime, functions);
    }
    engine.register_global_module(iterators(runtime, CLASSES).into());
    with::register(&mut engine, runtime)?;
    name_errors(&mut engine);
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

/// `e.kind` also for errors that the engine itself raises.
fn name_errors(engine: &mut Engine) {
    engine.on_map_missing_property(|map, property, _| {
        if property == "kind"
            && let Some(name) = map.get("error").and_then(|name| name.as_immutable_string_ref().ok().map(|name| name.to_string()))
        {
            let kind = kind_of_engine_error(&name).map_or("Error", |kind| kind.name());
            return Ok(Dynamic::from(kind).into());
        }
        Ok(Dynamic::UNIT.into())
    });
}

/// Lets the runtime know at which line the script is.
#[expect(deprecated, reason = "the engine marks functions as deprecated whose form may change; there is no other way to know the line")]
fn follow(engine: &mut Engine, runtime: &Rc<Runtime>) {
    let runtime = runtime.clone();
    engine.register_debugger(
        |_, debugger| debugger,
        move |_, _, node, _, position| {
            // A function's end is told of as a statement that does nothing.
            if !matches!(node, ASTNode::Stmt(Stmt::Noop(_))) {
                runtime.reach(position);
            }
            // Any other answer skips statements in loops and functions.
            Ok(DebuggerCommand::StepInto)
        },
    );
}

/// The constants of the top level that depend on nothing but literals and parameters, in order.
/// Others, such as a shared object, are made by main alone and seen by no function.
pub fn steady_constants(ast: &AST) -> Vec<&Stmt> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut statements = Vec::new();
    for statement in ast.statements() {
        if let Stmt::Var(var, flags, _) = statement
            && flags.contains(ASTFlags::CONSTANT)
            && is_steady(&var.1, &names)
        {
            names.insert(var.0.name.to_string());
            statements.push(statement);
        }
    }
    statements
}

fn constants(scenario: &Scenario, ast: &AST) -> Result<Vec<(String, Dynamic)>, Box<Diagnostic>> {
    let statements: Vec<Stmt> = steady_constants(ast).into_iter().cloned().collect();
    let runtime = Rc::new(Runtime::idle(scenario));
    let failed = |error: &EvalAltResult| Box::new(fault::of_run(&scenario.file, &scenario.source, error, 0).1);
    let engine = engine(&runtime).map_err(|error| failed(&error))?;
    let mut scope = Scope::new();
    engine.run_ast_with_scope(&mut scope, &AST::new(statements, Module::new())).map_err(|error| failed(&error))?;
    Ok(scope.iter().map(|(name, _, value)| (name.to_owned(), value)).collect())
}

fn is_steady(expr: &Expr, known: &BTreeSet<String>) -> bool {
    let all = |items: &[Expr]| items.iter().all(|item| is_steady(item, known));
    match expr {
        Expr::DynamicConstant(..)
        | Expr::BoolConstant(..)
        | Expr::IntegerConstant(..)
        | Expr::FloatConstant(..)
        | Expr::CharConstant(..)
        | Expr::StringConstant(..)
        | Expr::Unit(..) => true,
        Expr::InterpolatedString(items, _) | Expr::Array(items, _) => all(items),
        Expr::Map(map, _) => map.0.iter().all(|(_, item)| is_steady(item, known)),
        // `${…}` in a text is a block.
        Expr::Stmt(block) => block.iter().all(|statement| match statement {
            Stmt::Expr(expr) => is_steady(expr, known),
            Stmt::FnCall(call, _) => STEADY.contains(&call.name.as_str()) && all(&call.args),
            _ => false,
        }),
        Expr::And(items, _) | Expr::Or(items, _) | Expr::Coalesce(items, _) => all(items),
        Expr::Variable(variable, ..) => known.contains(variable.1.as_str()),
        // Operators, steady functions of ours, and none that could be the script's own.
        Expr::FnCall(call, _) => (call.is_operator_call() || STEADY.contains(&call.name.as_str())) && all(&call.args),
        _ => false,
    }
}
