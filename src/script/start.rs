//! What a new scenario begins as: a script that runs, and the texts beside it.

use crate::kind::Lang;

/// How the name of a script ends.
pub const EXTENSION: &str = "rhai";

/// The texts and the parameter of the script below.
pub const TEXTS: &str = include_str!("start.toml");

/// The script; what its first line says is in the language.
pub fn source(lang: Lang) -> String {
    let first = match lang {
        Lang::En => "// A worker squares numbers for main.",
        Lang::Zh => "// 一个工人替 main 求平方。",
    };
    format!("{first}\n{}", include_str!("start.rhai"))
}
