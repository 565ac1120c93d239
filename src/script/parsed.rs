//! A scenario's source as the engine reads it: the tree, the engine that will run it, and what is read off the tree.

use std::collections::BTreeSet;
use std::rc::Rc;

use rhai::{AST, ASTFlags, ASTNode, Engine, EvalAltResult, Expr, Module, ScriptFuncDef, Stmt};

use super::diagnostic::Diagnostic;
use super::engine::{Natives, engine, natives};
use super::fault;
use super::language::{STEADY, types};
use super::runtime::Runtime;
use crate::trace::scenario::Scenario;

/// A scenario that parses, with the engine of the process that is to run it.
pub struct Parsed {
    pub scenario: Scenario,
    pub runtime: Rc<Runtime>,
    pub engine: Engine,
    pub ast: AST,
}

impl Parsed {
    /// Parses a scenario, and no more. The error is what the engine stumbled over first.
    pub fn new(scenario: &Scenario) -> Result<Parsed, Box<Diagnostic>> {
        let runtime = Rc::new(Runtime::new(scenario, types()));
        let unfit = |error: &EvalAltResult| Box::new(fault::of_run(&scenario.file, &scenario.source, error, None, 0).1);
        let engine = engine(&runtime).map_err(|error| unfit(&error))?;
        let ast = engine.compile(&scenario.source).map_err(|error| Box::new(fault::of_parse(&scenario.file, &scenario.source, &error)))?;
        Ok(Parsed { scenario: scenario.clone(), runtime, engine, ast })
    }

    /// What the engine offers.
    pub fn natives(&self) -> Natives {
        natives(&self.engine)
    }
}

/// Visits the statements of one function of the script. (The engine's type for a body has no public
/// name, but a tree of this one function can be walked.)
pub(super) fn statements_of(definition: &ScriptFuncDef, mut visit: impl FnMut(&Stmt)) {
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

/// The constants of the top level that depend on nothing but literals and parameters, in order.
/// Others, such as a shared object, are made by main alone and seen by no function.
pub(super) fn steady_constants(ast: &AST) -> Vec<&Stmt> {
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
