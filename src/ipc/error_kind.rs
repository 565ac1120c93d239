//! The kinds of errors that a script can tell apart.

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
    MemoryError,
}

impl ErrorKind {
    const ALL: [ErrorKind; 17] = [
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
        ErrorKind::MemoryError,
    ];

    /// The kind of a name; none for a name that the language does not have.
    pub fn of_name(name: &str) -> Option<ErrorKind> {
        ErrorKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The name that a script sees and compares with.
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
            ErrorKind::MemoryError => "MemoryError",
        }
    }
}
