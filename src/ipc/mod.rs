//! How each primitive acts, on arena and sys alone; one file each.

pub mod error;
pub mod value;

pub use error::{ErrorKind, IpcError};
pub use value::Value;
