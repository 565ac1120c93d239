//! Errors that a script can catch, `e.kind` and `e.message`, and the ways out that it cannot.

use rhai::{Dynamic, EvalAltResult, Map, Position};

use crate::ipc::{ErrorKind, IpcError};

/// What unwinds a process that called `exit`. Not to be caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Leave(pub i32);

/// An error as a script catches it. The place is filled in by the engine.
pub(super) fn raise(kind: ErrorKind, message: impl Into<String>) -> Box<EvalAltResult> {
    raise_named(kind.name(), message)
}

/// An error of a kind that a task of another process raised.
pub(super) fn raise_named(kind: &str, message: impl Into<String>) -> Box<EvalAltResult> {
    let mut error = Map::new();
    error.insert("kind".into(), kind.to_owned().into());
    error.insert("message".into(), message.into().into());
    EvalAltResult::ErrorRuntime(error.into(), Position::NONE).into()
}

pub(super) fn type_error(message: impl Into<String>) -> Box<EvalAltResult> {
    raise(ErrorKind::TypeError, message)
}

pub(super) fn from_ipc(error: IpcError) -> Box<EvalAltResult> {
    raise(error.kind, error.message)
}

pub(super) fn leave(code: i32) -> Box<EvalAltResult> {
    EvalAltResult::ErrorTerminated(Dynamic::from(Leave(code)), Position::NONE).into()
}

/// Kind and message of a raised value: of ours, or of whatever else a script threw.
pub(super) fn kind_and_message(value: &Dynamic) -> (String, String) {
    if let Some(map) = value.read_lock::<Map>()
        && let (Some(kind), Some(message)) = (map.get("kind"), map.get("message"))
    {
        return (kind.to_string(), message.to_string());
    }
    ("Error".to_owned(), value.to_string())
}

/// The kind of an error that the engine itself raised, by the name that it has for it.
pub(super) fn kind_of_engine_error(name: &str) -> Option<ErrorKind> {
    Some(match name {
        "ErrorArrayBounds" | "ErrorStringBounds" | "ErrorBitFieldBounds" => ErrorKind::IndexError,
        "ErrorIndexNotFound" | "ErrorPropertyNotFound" | "ErrorVariableNotFound" => ErrorKind::KeyError,
        "ErrorMismatchDataType"
        | "ErrorMismatchOutputType"
        | "ErrorIndexingType"
        | "ErrorFor"
        | "ErrorFunctionNotFound"
        | "ErrorDotExpr"
        | "ErrorAssignmentToConstant"
        | "ErrorNonPureMethodCallOnConstant"
        | "ErrorUnboundThis"
        | "ErrorDataRace" => ErrorKind::TypeError,
        "ErrorArithmetic" | "ErrorDataTooLarge" => ErrorKind::ValueError,
        _ => return None,
    })
}
