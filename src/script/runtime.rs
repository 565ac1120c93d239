//! What the bound functions of one process share: what it acts with, where it is, its random stream.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rhai::{AST, Dynamic, EvalAltResult, Position, ScriptFuncDef, Shared};

use super::diagnostic::Said;
use super::links::{Link, Links};
use super::names::Names;
use super::raise::{from_ipc, kind_and_message, raise};
use super::types::Type;
use crate::ipc::fault::{Fault, Way};
use crate::ipc::{Context, ErrorKind, life};
use crate::trace::scenario::{Scenario, Setting};

/// So many operations of the language without a call are a step of their own.
const COMPUTE_STEP: u64 = 10_000;

/// How the engine names functions that have no name in the source.
pub(super) const ANONYMOUS: &str = "anon$";

/// What the bound functions of one process share.
pub struct Runtime {
    types: Vec<Type>,
    params: Vec<(String, Setting)>,
    acting: OnceCell<Acting>,
    line: Cell<u32>,
    operations: Cell<u64>,
    /// The last error that came from another process, how, and in which line it came here.
    afar: RefCell<Option<(Fault, Way, u32)>>,
    /// The last error of the engine's own that was put into our words: its message, and its sentence.
    told: RefCell<Option<(String, Said)>>,
    /// What was last read at a link that another one follows, by its place and the depth of calls.
    lent: RefCell<BTreeMap<(Position, usize), Dynamic>>,
}

/// What there is once a process runs; `check` does without.
struct Acting {
    context: Rc<Context>,
    names: Names,
    links: Links,
    /// The script's functions, each with one definition per number of parameters.
    functions: BTreeMap<String, Vec<Shared<ScriptFuncDef>>>,
    random: RefCell<ChaCha8Rng>,
}

impl Runtime {
    /// For one process; `types` are those of the language's own values.
    pub fn new(scenario: &Scenario, types: Vec<Type>) -> Runtime {
        Runtime {
            types,
            params: scenario.params.iter().map(|param| (param.name.clone(), param.value.clone())).collect(),
            acting: OnceCell::new(),
            line: Cell::new(0),
            operations: Cell::new(0),
            afar: RefCell::new(None),
            told: RefCell::new(None),
            lent: RefCell::default(),
        }
    }

    /// The types of the language's own values.
    pub fn types(&self) -> &[Type] {
        &self.types
    }

    /// Keeps an error that comes from another process at the current line.
    pub fn keep_afar(&self, fault: Fault, way: Way) {
        *self.afar.borrow_mut() = Some((fault, way, self.line()));
    }

    /// The last error that came from another process, if it came at this line.
    pub fn afar(&self, line: u32) -> Option<(Fault, Way)> {
        self.afar.borrow().as_ref().filter(|(.., at)| *at == line).map(|(fault, way, _)| (fault.clone(), *way))
    }

    /// Keeps the sentence of an error of the engine's own that was put into our words.
    pub fn keep_told(&self, message: String, said: Said) {
        *self.told.borrow_mut() = Some((message, said));
    }

    /// The sentence of an error that was put into our words.
    pub fn told(&self, error: &EvalAltResult) -> Option<Said> {
        let EvalAltResult::ErrorRuntime(value, _) = error.unwrap_inner() else { return None };
        let message = kind_and_message(value).1;
        self.told.borrow().as_ref().filter(|(told, _)| *told == message).map(|(_, said)| said.clone())
    }

    /// From here on a process runs. The first time counts.
    pub fn begin(&self, context: Rc<Context>, ast: &AST, names: Names) {
        self.acting.get_or_init(|| {
            let random = RefCell::new(ChaCha8Rng::seed_from_u64(context.random_seed()));
            Acting { context, names, links: Links::of(ast), functions: functions(ast), random }
        });
    }

    fn acting(&self) -> Result<&Acting, Box<EvalAltResult>> {
        self.acting.get().ok_or_else(|| raise(ErrorKind::OSError, "no process runs here"))
    }

    /// The context of the acting actor. Errors: the script is only being read, no actor runs it.
    pub fn context(&self) -> Result<&Context, Box<EvalAltResult>> {
        self.acting().map(|acting| &*acting.context)
    }

    /// A call begins: the next operation's line is the call's, or the current statement's.
    pub fn enter(&self, place: Position) {
        if let Some(line) = place.line() {
            self.line.set(line as u32);
        }
        self.stay();
    }

    /// Called as a line of the script begins; later events carry it.
    pub fn enter_line(&self, line: u32) {
        self.line.set(line);
        self.stay();
    }

    /// The next operation's line is the current one.
    pub fn stay(&self) {
        self.operations.set(0);
        if let Some(acting) = self.acting.get() {
            acting.context.set_line(self.line.get());
        }
    }

    /// The language comes to a statement or expression.
    pub fn reach(&self, place: Position) {
        if let Some(line) = place.line() {
            self.line.set(line as u32);
        }
    }

    /// An error if the run's processes use more memory than they may, and this one has just taken of it.
    pub fn over_budget(&self) -> Option<Box<EvalAltResult>> {
        self.acting.get()?.context.check_memory().err().map(from_ipc)
    }

    /// The line of the script that runs now.
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
        match self.acting.get() {
            Some(acting) => life::compute(&acting.context).map_err(from_ipc),
            None => Err(raise(ErrorKind::ValueError, "this computes for too long to be a constant")),
        }
    }

    /// The setting of a parameter; `None` if the scenario has none of this name.
    pub fn param(&self, name: &str) -> Option<Dynamic> {
        self.params.iter().find(|(known, _)| known == name).map(|(_, value)| match value {
            Setting::Bool(value) => (*value).into(),
            Setting::Int(value) => (*value).into(),
            Setting::Float(value) => (*value).into(),
            Setting::Text(value) => value.clone().into(),
        })
    }

    /// The names of all parameters.
    pub fn param_names(&self) -> Vec<&str> {
        self.params.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The script's functions of a name.
    pub fn functions(&self, name: &str) -> &[Shared<ScriptFuncDef>] {
        self.acting.get().and_then(|acting| acting.functions.get(name)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a function of the script takes so many arguments. The error says how many it takes.
    pub fn fits(&self, name: &str, count: usize) -> Result<(), String> {
        let definitions = self.functions(name);
        if definitions.is_empty() || definitions.iter().any(|definition| definition.params.len() == count) {
            return Ok(());
        }
        let takes: Vec<String> = definitions.iter().map(|definition| format!("({})", definition.params.join(", "))).collect();
        let given = if count == 1 { "1 argument is".to_owned() } else { format!("{count} arguments are") };
        Err(format!("{} takes {}, but {given} given", self.label(name), takes.join(" or ")))
    }

    /// What a function is called: its name, or its place where it has none, as in `fn:12`.
    pub fn label(&self, name: &str) -> String {
        match self.functions(name) {
            [definition] if name.starts_with(ANONYMOUS) => {
                let place = definition.body.start_position();
                let (line, column) = (place.line().unwrap_or(0), place.position().unwrap_or(0));
                let neighbours = self.acting.get().into_iter().flat_map(|acting| &acting.functions).filter(|(name, definitions)| {
                    name.starts_with(ANONYMOUS) && definitions.iter().any(|other| other.body.start_position().line() == Some(line))
                });
                if neighbours.count() > 1 { format!("fn:{line}:{column}") } else { format!("fn:{line}") }
            }
            _ => name.to_owned(),
        }
    }

    /// The name under which the engine knows what is called so.
    pub fn name_of<'a>(&'a self, label: &'a str) -> &'a str {
        let functions = self.acting.get().map(|acting| &acting.functions);
        let known = functions
            .into_iter()
            .flat_map(|functions| functions.keys())
            .find(|name| name.starts_with(ANONYMOUS) && self.label(name) == label);
        known.map_or(label, String::as_str)
    }

    /// The next 64 bits of the process's random stream.
    pub fn random(&self) -> Result<u64, Box<EvalAltResult>> {
        Ok(self.acting()?.random.borrow_mut().next_u64())
    }

    /// The name for the next object that is made at a place; none where no variable tells it.
    pub fn object_name(&self, place: Position) -> Option<String> {
        self.acting.get()?.names.next(place)
    }
}

/// What a chain read and works on: kept from its read to the end of its next link.
impl Runtime {
    /// How the link at a place reads, if another one follows it there.
    pub fn link(&self, place: Position) -> Option<Link> {
        self.acting.get()?.links.at(place)
    }

    /// Keeps what was read at a link that another one follows.
    pub fn lend(&self, place: Position, depth: usize, read: Dynamic) {
        self.lent.borrow_mut().insert((place, depth), read);
    }

    /// What was read at a link, once.
    pub fn lent(&self, place: Position, depth: usize) -> Option<Dynamic> {
        self.lent.borrow_mut().remove(&(place, depth))
    }
}

/// All functions of a script by name.
pub(super) fn functions(ast: &AST) -> BTreeMap<String, Vec<Shared<ScriptFuncDef>>> {
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
