//! Runs a script's functions for the threads of a manager's server, each with an engine of its own.

use std::rc::Rc;

use crate::ipc::context::Context;
use crate::ipc::error::{ErrorKind, IpcError, Result};
use crate::ipc::registered::Script;
use crate::ipc::result::Answer;
use crate::ipc::value::Value;
use crate::script::Program;
use crate::trace::ObjectId;

/// One thread's engine.
struct Engine(Program);

/// Gets an engine ready for a thread of a server.
pub(super) fn engine(context: &Rc<Context>) -> Result<Box<dyn Script>> {
    let program = Program::of_checked(context.scenario()).map_err(|fault| IpcError::new(ErrorKind::RemoteError, fault.to_string()))?;
    program.serve(context.clone());
    Ok(Box::new(Engine(program)))
}

/// What came of a function; `exit` ends no server, so it is an error there.
fn outcome(answer: std::result::Result<Answer, i32>) -> Result<Value> {
    match answer {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(fault)) => Err(fault.fit_to_travel().into()),
        Err(code) => Err(IpcError::new(ErrorKind::RemoteError, format!("exit({code}) was called in the server, which goes on"))),
    }
}

impl Script for Engine {
    fn run(&self, function: &str, args: Vec<Value>) -> Result<Value> {
        outcome(self.0.call(function, args))
    }

    fn run_on(&self, object: ObjectId, function: &str, args: Vec<Value>) -> Result<Value> {
        outcome(self.0.call_on(object, function, args))
    }
}
