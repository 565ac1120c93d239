//! Free functions about texts and parameters: print, fixed, repeat, param.

use rhai::Dynamic;

use super::binding::{Call, Function, Given};
use super::convert::shown;
use super::diagnostic::nearest;
use super::raise::{from_ipc, raise};
use crate::ipc::{ErrorKind, life};

/// The longest text that a script may make, in bytes.
pub(super) const TEXT_LIMIT: usize = 16 << 20;

/// Digits behind the point that a float can show.
const MOST_DIGITS: i64 = 50;

pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "print", takes: &["value…"], run: print },
    Function { name: "fixed", takes: &["number", "digits"], run: fixed },
    Function { name: "repeat", takes: &["text", "count"], run: repeat },
    Function { name: "param", takes: &["name"], run: param },
];

/// One line: the values with a space between.
fn print(call: &Call<'_>) -> Given {
    let line = (0..call.count()).map(|at| shown(call.arg(at), call.runtime)).collect::<Vec<_>>().join(" ");
    life::print(call.ctx()?, &line).map(Dynamic::from).map_err(from_ipc)
}

/// A number with so many digits behind the point.
fn fixed(call: &Call<'_>) -> Given {
    let (number, digits) = (call.number(0, "number")?, call.int(1, "digits")?);
    if !(0..=MOST_DIGITS).contains(&digits) {
        return Err(raise(ErrorKind::ValueError, format!("fixed: digits must lie between 0 and {MOST_DIGITS}, not {digits}")));
    }
    Ok(format!("{number:.*}", digits as usize).into())
}

/// A text so many times.
fn repeat(call: &Call<'_>) -> Given {
    let (text, count) = (call.text(0, "text")?, call.int(1, "count")?.max(0) as usize);
    if text.len().saturating_mul(count) > TEXT_LIMIT {
        return Err(raise(ErrorKind::ValueError, format!("repeat: the text would be longer than {} MiB", TEXT_LIMIT >> 20)));
    }
    Ok(text.repeat(count).into())
}

/// What the run has for a parameter of the scenario.
fn param(call: &Call<'_>) -> Given {
    let name = call.text(0, "name")?;
    call.runtime.param(&name).ok_or_else(|| {
        let names = call.runtime.param_names();
        let rest = match nearest(&name, names.iter().copied()) {
            Some(meant) => format!("; did you mean `{meant}`?"),
            None if names.is_empty() => ": it has none".to_owned(),
            None => format!("; it has {}", names.join(", ")),
        };
        raise(ErrorKind::KeyError, format!("the scenario has no parameter `{name}`{rest}"))
    })
}
