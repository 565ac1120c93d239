//! The scenario language: how it binds each primitive, parameters, current line, diagnostics.
