//! A pool's worker: takes tasks and runs their functions, one after the other, until it is told to end.
//! A task that raises an error is answered with it; one that calls `exit` ends the worker.

use std::rc::Rc;

use crate::ipc::Value;
use crate::ipc::context::Context;
use crate::ipc::error::{ErrorKind, IpcError, Result};
use crate::ipc::pool::worker::Worker;
use crate::script::Program;

/// A worker's life; gives its exit status. Errors: what keeps it from taking or giving back any more.
pub(super) fn live(context: &Rc<Context>, program: &Program, args: &[Value]) -> Result<i32> {
    let worker = Worker::new(context, args)?;
    program.serve(context.clone());
    loop {
        let work = match worker.take(context) {
            Ok(Some(work)) => work,
            Ok(None) => return Ok(0),
            Err(error) if is_orphaned(&error) => return Ok(0),
            Err(error) => return Err(error),
        };
        let mut answers = Vec::with_capacity(work.calls.len());
        for call in &work.calls {
            match program.call(&work.function, call.clone()) {
                Ok(answer) => answers.push(answer),
                Err(code) => return Ok(code),
            }
        }
        // What comes now is the pool's, and stands in no line of the scenario.
        context.set_line(0);
        match worker.finish(context, &work, &answers) {
            Err(error) if is_orphaned(&error) => return Ok(0),
            outcome => outcome?,
        }
    }
}

/// Whether the process that made the pool has gone, so that there is nobody to work for.
fn is_orphaned(error: &IpcError) -> bool {
    matches!(error.kind, ErrorKind::EOFError | ErrorKind::BrokenPipe)
}
