//! The scenario language: how it binds each primitive, parameters, current line, diagnostics.

pub mod diagnostic;
pub mod params;
pub mod scenario;

pub use diagnostic::{Diagnostic, Place};
pub use scenario::{LoadError, library, load};
