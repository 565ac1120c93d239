//! What an operation may raise: a kind that the script can tell apart, and a sentence.

use super::fault::Fault;
use crate::arena::objects::NoRoom;

/// Kinds of errors, with the names that the language shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    Full,
    Empty,
    ValueError,
    TypeError,
    AssertionError,
    RuntimeError,
    IndexError,
    KeyError,
    EOFError,
    BrokenPipe,
    ConnectionReset,
    OSError,
    TimeoutError,
    BrokenBarrier,
    RemoteError,
    OwnerDied,
}

impl ErrorKind {
    const ALL: [ErrorKind; 16] = [
        ErrorKind::Full,
        ErrorKind::Empty,
        ErrorKind::ValueError,
        ErrorKind::TypeError,
        ErrorKind::AssertionError,
        ErrorKind::RuntimeError,
        ErrorKind::IndexError,
        ErrorKind::KeyError,
        ErrorKind::EOFError,
        ErrorKind::BrokenPipe,
        ErrorKind::ConnectionReset,
        ErrorKind::OSError,
        ErrorKind::TimeoutError,
        ErrorKind::BrokenBarrier,
        ErrorKind::RemoteError,
        ErrorKind::OwnerDied,
    ];

    /// The kind of a name; none for a name that the language does not have.
    pub fn of_name(name: &str) -> Option<ErrorKind> {
        ErrorKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            ErrorKind::Full => "Full",
            ErrorKind::Empty => "Empty",
            ErrorKind::ValueError => "ValueError",
            ErrorKind::TypeError => "TypeError",
            ErrorKind::AssertionError => "AssertionError",
            ErrorKind::RuntimeError => "RuntimeError",
            ErrorKind::IndexError => "IndexError",
            ErrorKind::KeyError => "KeyError",
            ErrorKind::EOFError => "EOFError",
            ErrorKind::BrokenPipe => "BrokenPipe",
            ErrorKind::ConnectionReset => "ConnectionReset",
            ErrorKind::OSError => "OSError",
            ErrorKind::TimeoutError => "TimeoutError",
            ErrorKind::BrokenBarrier => "BrokenBarrier",
            ErrorKind::RemoteError => "RemoteError",
            ErrorKind::OwnerDied => "OwnerDied",
        }
    }
}

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
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> IpcError {
        IpcError { kind, message: message.into(), thrown: None }
    }
}

impl From<NoRoom> for IpcError {
    fn from(error: NoRoom) -> IpcError {
        IpcError::new(ErrorKind::OSError, error.to_string())
    }
}

pub type Result<T> = std::result::Result<T, IpcError>;
