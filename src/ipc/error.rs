//! What an operation may raise: a kind that the script can tell apart, and a sentence.

use std::io;

pub use super::error_kind::ErrorKind;
use super::fault::Fault;
use super::value::Unfit;
use crate::arena::objects::NoRoom;
use crate::kind::Lang;
use crate::text::unstarted;

/// An operation's failure: what failed, on what, and why, in one sentence.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}: {message}", kind.name())]
pub struct IpcError {
    pub kind: ErrorKind,
    pub message: String,
    /// What a function of the scenario threw in another process, where that is the failure.
    pub thrown: Option<Box<Fault>>,
}

impl IpcError {
    /// An error of the library's own, which no script threw.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> IpcError {
        IpcError { kind, message: message.into(), thrown: None }
    }
}

impl From<IpcError> for Fault {
    fn from(error: IpcError) -> Fault {
        match error.thrown {
            Some(fault) => *fault,
            None => Fault::new(error.kind, error.message),
        }
    }
}

impl From<Fault> for IpcError {
    /// A kind that the scenario has chosen is told in the message.
    fn from(fault: Fault) -> IpcError {
        let (kind, message) = fault.kind_and_message();
        let error = match ErrorKind::of_name(&kind) {
            Some(kind) => IpcError::new(kind, message),
            None => IpcError::new(ErrorKind::RemoteError, fault.to_string()),
        };
        IpcError { thrown: Some(Box::new(fault)), ..error }
    }
}

impl From<Unfit> for IpcError {
    fn from(unfit: Unfit) -> IpcError {
        IpcError::new(unfit.kind, unfit.message)
    }
}

impl From<NoRoom> for IpcError {
    fn from(error: NoRoom) -> IpcError {
        IpcError::new(ErrorKind::OSError, error.to_string())
    }
}

/// What an operation gives, or the error that the script gets.
pub type Result<T> = std::result::Result<T, IpcError>;

/// What the operating system refused to do, as an OSError.
pub(super) fn os_error(what: &str, error: &io::Error) -> IpcError {
    let why = error.raw_os_error().map_or_else(|| error.to_string(), |errno| unstarted::reason(errno, Lang::En));
    IpcError::new(ErrorKind::OSError, format!("could not {what}: {why}"))
}
