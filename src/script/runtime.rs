//! What the bound functions of one process share: what it acts with, where it is, its random stream.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rhai::{AST, Dynamic, EvalAltResult, Position, ScriptFuncDef, Shared};

use super::names::Names;
use super::raise::{from_ipc, raise};
use crate::ipc::{Context, ErrorKind, process};
use crate::trace::scenario::{Scenario, Setting};

/// So many operations of the language without a call are a step of their own.
const COMPUTE_STEP: u64 = 10_000;

pub struct Runtime {
    context: Option<Rc<Context>>,
    params: Vec<(String, Setting)>,
    pub names: Names,
    /// The script's functions, each with one definition per number of parameters.
    functions: BTreeMap<String, Vec<Shared<ScriptFuncDef>>>,
    line: Cell<u32>,
    operations: Cell<u64>,
    random: RefCell<Option<ChaCha8Rng>>,
}

impl Runtime {
    /// For parsing and checking: nothing can act.
    pub fn idle(scenario: &Scenario) -> Runtime {
        Runtime {
            context: None,
            params: scenario.params.iter().map(|param| (param.name.clone(), param.value.clone())).collect(),
            names: Names::default(),
            functions: BTreeMap::new(),
            line: Cell::new(0),
            operations: Cell::new(0),
            random: RefCell::new(None),
        }
    }

    /// For one process's run.
    pub fn acting(context: Rc<Context>, scenario: &Scenario, ast: &AST, names: Names) -> Runtime {
        let random = ChaCha8Rng::seed_from_u64(context.random_seed());
        Runtime { context: Some(context), names, functions: functions(ast), random: RefCell::new(Some(random)), ..Runtime::idle(scenario) }
    }

    pub fn context(&self) -> Result<&Context, Box<EvalAltResult>> {
        self.context.as_deref().ok_or_else(|| raise(ErrorKind::OSError, "no process runs here"))
    }

    /// A call begins: the next operation's line is the call's, or the current statement's.
    pub fn enter(&self, place: Position) {
        if let Some(line) = place.line() {
            self.line.set(line as u32);
        }
        self.stay();
    }

    pub fn enter_line(&self, line: u32) {
        self.line.set(line);
        self.stay();
    }

    /// The next operation's line is the current one.
    pub fn stay(&self) {
        self.operations.set(0);
        if let Some(context) = &self.context {
            context.set_line(self.line.get());
        }
    }

    /// The language comes to a statement or expression.
    pub fn reach(&self, place: Position) {
        if let Some(line) = place.line() {
            self.line.set(line as u32);
        }
    }

    pub fn line(&self) -> u32 {
        self.line.get()
    }

    /// One more operation of the language; now and then a step.
    pub fn tick(&self) -> Result<(), Box<EvalAltResult>> {
        let count = self.operations.get() + 1;
        self.operations.set(count);
        if count < COMPUTE_STEP {
            return Ok(());
        }
        self.stay();
        match &self.context {
            Some(context) => process::compute(context).map_err(from_ipc),
            None => Err(raise(ErrorKind::ValueError, "this computes for too long to be a constant")),
        }
    }

    pub fn param(&self, name: &str) -> Option<Dynamic> {
        self.params.iter().find(|(known, _)| known == name).map(|(_, value)| match value {
            Setting::Bool(value) => (*value).into(),
            Setting::Int(value) => (*value).into(),
            Setting::Float(value) => (*value).into(),
            Setting::Text(value) => value.clone().into(),
        })
    }

    pub fn param_names(&self) -> Vec<&str> {
        self.params.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The script's functions of a name.
    pub fn functions(&self, name: &str) -> &[Shared<ScriptFuncDef>] {
        self.functions.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The next 64 bits of the process's random stream.
    pub fn random(&self) -> Result<u64, Box<EvalAltResult>> {
        let mut random = self.random.borrow_mut();
        random.as_mut().map(Rng::next_u64).ok_or_else(|| raise(ErrorKind::OSError, "no process runs here"))
    }
}

/// All functions of a script by name.
pub fn functions(ast: &AST) -> BTreeMap<String, Vec<Shared<ScriptFuncDef>>> {
    let mut found: BTreeMap<String, Vec<Shared<ScriptFuncDef>>> = BTreeMap::new();
    for function in ast.iter_functions() {
        if let Some(definition) = ast.shared_lib().get_script_fn(function.name, function.params.len()) {
            found.entry(function.name.to_owned()).or_default().push(definition.clone());
        }
    }
    // The engine goes through them in the order of their hashes.
    found.values_mut().for_each(|definitions| definitions.sort_by_key(|definition| definition.params.len()));
    found
}
