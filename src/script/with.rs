//! `with x { … }`: takes x's lock, runs the block, and releases it however the block is left: at its
//! end, by return, throw, break, continue or exit. For every class that has a guard.

use std::rc::Rc;

use rhai::{Dynamic, Engine, EvalAltResult, EvalContext, Expression, LexError, ParseErrorType, Position};

use super::convert::type_name;
use super::raise::{from_ipc, type_error};
use super::runtime::Runtime;

/// Teaches an engine the statement.
pub(super) fn register(engine: &mut Engine, runtime: &Rc<Runtime>) -> Result<(), Box<EvalAltResult>> {
    let runtime = runtime.clone();
    engine
        .register_custom_syntax(["with", "$expr$", "$block$"], false, move |context, inputs| run(context, inputs, &runtime))
        .map(|_| ())
        .map_err(Into::into)
}

fn run(
    context: &mut EvalContext<'_, '_, '_, '_, '_, '_>,
    inputs: &[Expression<'_>],
    runtime: &Rc<Runtime>,
) -> Result<Dynamic, Box<EvalAltResult>> {
    let [holder, block] = inputs else {
        let fault = ParseErrorType::BadInput(LexError::Runtime("with takes a lock and a block".to_owned()));
        return Err(EvalAltResult::ErrorParsing(fault, Position::NONE).into());
    };
    let place = holder.position();
    let value = context.eval_expression_tree(holder)?.flatten();
    let held = runtime.types().iter().find_map(|class| {
        let object = class.shared.and_then(|shared| (shared.object)(&value))?;
        class.guard.map(|guard| (object, guard))
    });
    let Some((object, (take, release))) = held else {
        let wrong = type_error(format!("with: a lock, a semaphore or a Condition is wanted, not {}", type_name(&value, runtime)));
        return Err(at(wrong, place));
    };
    let ctx = runtime.context()?;
    runtime.enter(place);
    take(ctx, object).map_err(|error| at(from_ipc(error), place))?;
    let left = context.eval_expression_tree(block);
    // The release belongs to the line at which the block was left, as far as the engine knows it.
    runtime.stay();
    match release(ctx, object) {
        Ok(()) => left.map(|_| Dynamic::UNIT),
        // What the block threw says more than a release that failed because of it.
        Err(error) => left.and_then(|_| Err(at(from_ipc(error), place))),
    }
}

fn at(mut error: Box<EvalAltResult>, place: Position) -> Box<EvalAltResult> {
    error.set_position(place);
    error
}
