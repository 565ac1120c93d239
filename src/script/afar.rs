//! Errors that were thrown in another process: they are raised here as the very value that was thrown there, and
//! keep the places that they came through.

use rhai::{EvalAltResult, Position};

use super::convert;
use super::raise::{from_ipc, kind_and_message};
use super::runtime::Runtime;
use crate::ipc::IpcError;
use crate::ipc::fault::{Fault, Spot, Way};

/// An operation's error as the script catches it: what a function of the scenario threw, or an error of ours.
pub(super) fn raise(error: IpcError, way: Way, runtime: &Runtime) -> Box<EvalAltResult> {
    let Some(fault) = error.thrown else { return from_ipc(error) };
    match convert::to_dynamic(fault.thrown.clone(), runtime) {
        Ok(value) => {
            runtime.keep_afar(*fault, way);
            EvalAltResult::ErrorRuntime(value, Position::NONE).into()
        }
        Err(error) => error,
    }
}

/// An error that leaves a function, as it can travel: what was thrown, where, and the way since.
/// None: it is the engine's own.
pub(super) fn fault_of(error: &EvalAltResult, runtime: &Runtime) -> Option<Fault> {
    let (EvalAltResult::ErrorRuntime(value, _) | EvalAltResult::ErrorTerminated(value, _)) = error.unwrap_inner() else { return None };
    let here = spot(error, runtime);
    let Ok(thrown) = convert::to_value(value, runtime) else {
        let (kind, message) = kind_and_message(value);
        return Some(Fault { raised: here, ..Fault::named(&kind, message) });
    };
    let before = runtime.afar(here.line).filter(|(before, _)| before.thrown == thrown && before.raised.line > 0);
    Some(match before {
        Some((Fault { raised, mut trail, .. }, way)) => {
            trail.push((here, way));
            Fault { thrown, raised, trail }
        }
        None => Fault { thrown, raised: here, trail: Vec::new() },
    })
}

/// The innermost place of an error; the current line where the engine tells none.
pub(super) fn spot(error: &EvalAltResult, runtime: &Runtime) -> Spot {
    let place = error.unwrap_inner().position();
    match place.line() {
        Some(line) => Spot { line: line as u32, column: place.position().unwrap_or(0) as u32 },
        None => Spot { line: runtime.line(), column: 0 },
    }
}
