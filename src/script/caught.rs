//! What a `catch` gets of an error that the engine itself raised: kind and message in our words, as of any other.
//! The engine makes a map of its own of such an error. It is put right before the first thing that the block does,
//! which is the first time that anybody could look at it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rhai::{ASTNode, EvalAltResult, Expr, Map, Position, Scope, Stmt};

use super::fault;
use super::raise::raise_named;
use super::runtime::Runtime;

/// The first thing that each `catch` does, by its address in the tree, and what the block calls its error.
#[derive(Default)]
pub(super) struct Catches(RefCell<BTreeMap<usize, String>>);

impl Catches {
    /// The language comes to a node of the tree.
    pub(super) fn reach(&self, node: &ASTNode<'_>, scope: &mut Scope<'_>, runtime: &Runtime) {
        if let ASTNode::Stmt(Stmt::TryCatch(flow, _)) = node
            && let (Some(first), Expr::Variable(name, ..)) = (flow.branch.statements().first(), &flow.expr)
        {
            self.0.borrow_mut().insert(address(first), name.1.to_string());
        }
        let catches = self.0.borrow();
        let name = match node {
            _ if catches.is_empty() => None,
            ASTNode::Stmt(statement) => catches.get(&address(statement)),
            ASTNode::Expr(expr) => catches.get(&std::ptr::from_ref::<Expr>(expr).addr()),
            _ => None,
        };
        let Some(caught) = name.and_then(|name| scope.get_mut(name)) else { return };
        let ours = caught.read_lock::<Map>().and_then(|map| of_engine(&map)).and_then(|error| in_our_words(&error, runtime));
        if let Some(EvalAltResult::ErrorRuntime(value, _)) = ours.as_deref() {
            *caught = value.clone();
        }
    }
}

/// An error of the engine's own in our words, where it was.
pub(super) fn in_our_words(error: &EvalAltResult, runtime: &Runtime) -> Option<Box<EvalAltResult>> {
    let (fault, said) = fault::in_our_words(error)?;
    let (kind, message) = fault.kind_and_message();
    let mut ours = raise_named(&kind, message.clone());
    let inner = error.unwrap_inner();
    let place = inner.position();
    // Of what grows too large in a function the engine tells where the function was called.
    let called = matches!(inner, EvalAltResult::ErrorDataTooLarge(..)) && place.line() != Some(runtime.line() as usize);
    ours.set_position(if called { Position::new(u16::try_from(runtime.line()).unwrap_or_default(), 0) } else { place });
    runtime.keep_told(message, said);
    Some(ours)
}

/// Where a statement lies. The engine does not tell of one that is an expression, but of the expression.
fn address(statement: &Stmt) -> usize {
    match statement {
        Stmt::Expr(expr) => std::ptr::from_ref::<Expr>(expr).addr(),
        statement => std::ptr::from_ref::<Stmt>(statement).addr(),
    }
}

/// The error of which the engine made a map. None for a map that somebody threw.
fn of_engine(map: &Map) -> Option<EvalAltResult> {
    let value = |key: &str| map.get(key).cloned().unwrap_or_default();
    let text = |key: &str| value(key).to_string();
    let count = |key: &str| value(key).as_int().unwrap_or_default();
    let length = || usize::try_from(count("length")).unwrap_or_default();
    let number = |key: &str| usize::try_from(count(key)).ok().and_then(|number| u16::try_from(number).ok());
    let at = match (number("line"), number("position")) {
        (Some(line), Some(column)) if line > 0 => Position::new(line, column),
        _ => Position::NONE,
    };
    Some(match map.get("error")?.as_immutable_string_ref().ok()?.as_str() {
        "ErrorFunctionNotFound" => EvalAltResult::ErrorFunctionNotFound(text("function"), at),
        "ErrorNonPureMethodCallOnConstant" => EvalAltResult::ErrorNonPureMethodCallOnConstant(text("function"), at),
        "ErrorMismatchDataType" => EvalAltResult::ErrorMismatchDataType(text("requested"), text("actual"), at),
        "ErrorMismatchOutputType" => EvalAltResult::ErrorMismatchOutputType(text("requested"), text("actual"), at),
        "ErrorArrayBounds" => EvalAltResult::ErrorArrayBounds(length(), count("index"), at),
        "ErrorStringBounds" => EvalAltResult::ErrorStringBounds(length(), count("index"), at),
        "ErrorBitFieldBounds" => EvalAltResult::ErrorBitFieldBounds(length(), count("index"), at),
        "ErrorVariableNotFound" => EvalAltResult::ErrorVariableNotFound(text("variable"), at),
        "ErrorPropertyNotFound" => EvalAltResult::ErrorPropertyNotFound(text("variable"), at),
        "ErrorDataRace" => EvalAltResult::ErrorDataRace(text("variable"), at),
        "ErrorAssignmentToConstant" => EvalAltResult::ErrorAssignmentToConstant(text("variable"), at),
        "ErrorIndexNotFound" => EvalAltResult::ErrorIndexNotFound(value("index"), at),
        "ErrorDotExpr" => EvalAltResult::ErrorDotExpr(text("property"), at),
        "ErrorIndexingType" => EvalAltResult::ErrorIndexingType(text("type"), at),
        "ErrorUnboundThis" => EvalAltResult::ErrorUnboundThis(at),
        "ErrorFor" => EvalAltResult::ErrorFor(at),
        "ErrorArithmetic" => EvalAltResult::ErrorArithmetic(text("message"), at),
        _ => return None,
    })
}
