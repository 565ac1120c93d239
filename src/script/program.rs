//! A scenario as a program: parsed and checked once by each process, run at the top level or at one
//! function.

use std::rc::Rc;

use rhai::{AST, CallFnOptions, Dynamic, Engine, EvalAltResult, Module, Scope, Stmt};

use super::diagnostic::Diagnostic;
use super::engine::show_constants;
use super::language::makers;
use super::names::Names;
use super::parsed::{Parsed, steady_constants};
use super::raise::{Leave, raise, type_error};
use super::runtime::Runtime;
use super::shelter::sheltered;
use super::{afar, check, convert, fault, registered};
use crate::ipc::result::Answer;
use crate::ipc::{Context, ErrorKind, Value};
use crate::trace::ObjectId;
use crate::trace::scenario::Scenario;

/// How a script ends other than by coming to its end.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ScriptError {
    #[error("exit({0})")]
    Exit(i32),
    /// The process ends with exit code 1, and the diagnostic is its last words.
    #[error("{diagnostic}")]
    Uncaught { diagnostic: Box<Diagnostic>, kind: String },
}

/// A scenario that is ready to run, once.
pub struct Program {
    scenario: Scenario,
    runtime: Rc<Runtime>,
    engine: Engine,
    ast: AST,
}

impl Program {
    /// Parses and checks a scenario. The error is its first fault.
    pub fn compile(scenario: &Scenario) -> Result<Program, Box<Diagnostic>> {
        let parsed = match Parsed::new(scenario) {
            Ok(parsed) => parsed,
            Err(fault) => return Err(check::check(scenario).into_iter().next().map_or(fault, Box::new)),
        };
        match check::faults(&parsed).into_iter().next() {
            Some(fault) => Err(Box::new(fault)),
            None => Program::of_parsed(parsed),
        }
    }

    /// Parses a scenario that was checked before, by the process that began the run.
    pub fn of_checked(scenario: &Scenario) -> Result<Program, Box<Diagnostic>> {
        Program::of_parsed(Parsed::new(scenario)?)
    }

    fn of_parsed(Parsed { scenario, runtime, engine, ast }: Parsed) -> Result<Program, Box<Diagnostic>> {
        Program { scenario, runtime, engine, ast }.with_constants()
    }

    /// Evaluates the constants that functions see, and shows them to all functions.
    fn with_constants(mut self) -> Result<Program, Box<Diagnostic>> {
        let statements: Vec<Stmt> = steady_constants(&self.ast).into_iter().cloned().collect();
        let mut scope = Scope::new();
        self.engine
            .run_ast_with_scope(&mut scope, &AST::new(statements, Module::new()))
            .map_err(|error| Box::new(fault::of_run(&self.scenario.file, &self.scenario.source, &error, None, 0).1))?;
        // Shared, as what a closure takes along at the top level is: it stays a constant there.
        let constants = scope.iter().map(|(name, _, value)| (name.to_owned(), value.into_read_only().into_shared())).collect();
        show_constants(&mut self.engine, constants);
        // After the check, which would believe that there are such methods.
        registered::register_methods(&mut self.engine, &self.runtime, &self.ast);
        Ok(self)
    }

    /// Runs the top level.
    pub fn run_main(self, context: Rc<Context>) -> Result<(), ScriptError> {
        self.begin(context);
        self.ended(sheltered(&self.runtime, || self.engine.run_ast_with_scope(&mut Scope::new(), &self.ast)))
    }

    /// Runs one function, as a process does that was started with it.
    pub fn run_function(self, context: Rc<Context>, name: &str, args: Vec<Value>) -> Result<(), ScriptError> {
        self.begin(context);
        let result = self.evaluate(name, args, None).map(|_| ());
        self.ended(result)
    }

    /// Gets ready to run functions one after the other, as a worker does.
    pub fn serve(&self, context: Rc<Context>) {
        self.begin(context);
    }

    /// Runs one function of many, and gives what came of it. Error: it left with `exit`.
    pub fn call(&self, name: &str, args: Vec<Value>) -> Result<Answer, i32> {
        self.answer(name, self.evaluate(name, args, None))
    }

    /// As [`Program::call`], with a `this` that stands for an object of a manager's server.
    pub fn call_on(&self, object: ObjectId, name: &str, args: Vec<Value>) -> Result<Answer, i32> {
        self.answer(name, self.evaluate(name, args, Some(&mut registered::this(object))))
    }

    fn answer(&self, name: &str, given: Result<Dynamic, Box<EvalAltResult>>) -> Result<Answer, i32> {
        let given = given.and_then(|given| {
            let lost = |why| raise(ErrorKind::TypeError, format!("what {name} gives back cannot travel: {why}"));
            convert::to_value(&given, &self.runtime).map_err(lost)
        });
        match given {
            Ok(value) => Ok(Ok(value)),
            Err(error) => match left_with(&error) {
                Some(code) => Err(code),
                None => Ok(Err(fault::raised(&error, &self.runtime))),
            },
        }
    }

    fn evaluate(&self, name: &str, args: Vec<Value>, this: Option<&mut Dynamic>) -> Result<Dynamic, Box<EvalAltResult>> {
        let args: Vec<Dynamic> = args.into_iter().map(|arg| convert::to_dynamic(arg, &self.runtime)).collect::<Result<_, _>>()?;
        let options = CallFnOptions::new().eval_ast(false);
        let options = match this {
            Some(this) => options.bind_this_ptr(this),
            None => options,
        };
        let name = self.runtime.name_of(name);
        self.runtime.fits(name, args.len()).map_err(type_error)?;
        sheltered(&self.runtime, || self.engine.call_fn_with_options::<Dynamic>(options, &mut Scope::new(), &self.ast, name, args))
    }

    fn begin(&self, context: Rc<Context>) {
        self.runtime.begin(context, &self.ast, Names::of(&self.ast, &makers()));
    }

    fn ended(&self, result: Result<(), Box<EvalAltResult>>) -> Result<(), ScriptError> {
        let Err(error) = result else { return Ok(()) };
        if let Some(code) = left_with(&error) {
            return Err(ScriptError::Exit(code));
        }
        let (file, source) = (&self.scenario.file, &self.scenario.source);
        let (kind, mut diagnostic) = fault::of_run(file, source, &error, self.runtime.told(&error), self.runtime.line());
        if let Some(fault) = afar::fault_of(&error, &self.runtime).filter(|fault| !fault.trail.is_empty()) {
            diagnostic = fault::traced(diagnostic, source, &fault);
        }
        Err(ScriptError::Uncaught { diagnostic: Box::new(diagnostic), kind })
    }
}

/// The exit code of a script that called `exit`.
fn left_with(error: &EvalAltResult) -> Option<i32> {
    match error.unwrap_inner() {
        EvalAltResult::ErrorTerminated(token, _) => token.read_lock::<Leave>().map(|leave| leave.0),
        _ => None,
    }
}
