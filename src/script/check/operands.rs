//! Operators between a shared object and something else, as far as the source tells: `v == 0` where `v.value == 0` is
//! meant. What cannot be known before the run is left to it. Pure.

use rhai::{Expr, FnCallExpr, Position};

use crate::script::binding::Class;
use crate::script::diagnostic::Said;
use crate::script::fault;

/// The class, name and place of a variable that is known to stand for an object.
pub(super) fn handle(expr: &Expr, class_of: impl Fn(&str) -> Option<&'static Class>) -> Option<(&'static Class, &str, Position)> {
    match expr {
        Expr::Variable(variable, _, position) if variable.2.is_empty() => Some((class_of(&variable.1)?, variable.1.as_str(), *position)),
        _ => None,
    }
}

/// What is wrong with an operator's operands, and where.
pub(super) fn unfit(call: &FnCallExpr, class_of: impl Fn(&str) -> Option<&'static Class>) -> Option<(Position, Said)> {
    let name = call.name.as_str();
    match &call.args[..] {
        [one] => {
            let (class, variable, place) = handle(one, class_of)?;
            let said = if name == "!" { fault::no_truth(class, variable) } else { fault::no_value(class, variable, "", "") };
            Some((place, said))
        }
        [left, right] if orderless(name, left, right) => {
            let (left, right) = (literal(left)?, literal(right)?);
            Some((call.args[0].start_position(), fault::no_order(name, left, right)))
        }
        [left, right] => {
            let (at_left, at_right) = (handle(left, &class_of), handle(right, &class_of));
            let (class, variable, place) = at_left.or(at_right)?;
            let other = if at_left.is_some() { right } else { left };
            let kind = literal(other);
            let wrong = match name {
                "<" | "<=" | ">" | ">=" => true,
                // An object is compared with another by which one it is, and with `()`. What comes out of a pipe may be a text.
                "==" | "!=" => kind.is_some() && class.shared.is_some(),
                "+" | "-" | "*" | "/" | "%" | "**" | ".." | "..=" => {
                    let own = at_left.is_some() && class.operators.iter().any(|operator| operator.name == name);
                    matches!(kind, Some("integer" | "float")) && !own
                }
                _ => false,
            };
            let rest = match other {
                Expr::IntegerConstant(number, _) if at_left.is_some() => format!(" {name} {number}"),
                _ => String::new(),
            };
            wrong.then(|| (place, fault::no_value(class, variable, kind.unwrap_or_default(), &rest)))
        }
        _ => None,
    }
}

/// The type of what is written out.
fn literal(expr: &Expr) -> Option<&'static str> {
    match expr {
        Expr::IntegerConstant(..) => Some("integer"),
        Expr::FloatConstant(..) => Some("float"),
        Expr::BoolConstant(..) => Some("bool"),
        Expr::StringConstant(..) | Expr::InterpolatedString(..) | Expr::CharConstant(..) => Some("string"),
        Expr::Array(..) => Some("array"),
        Expr::Map(..) => Some("map"),
        _ => None,
    }
}

/// Whether two values that are written out have no order, or cannot be multiplied: `10 < "9"`, `"x" * 5`.
fn orderless(operator: &str, left: &Expr, right: &Expr) -> bool {
    let number = |kind: &str| matches!(kind, "integer" | "float");
    match (operator, literal(left), literal(right)) {
        ("<" | "<=" | ">" | ">=", Some(left), Some(right)) => !(left == right || number(left) && number(right)),
        ("*", Some("string" | "array"), Some("integer")) | ("*", Some("integer"), Some("string" | "array")) => true,
        _ => false,
    }
}

/// The type that an argument of a name must have, where what is written out is of another.
pub(super) fn unfit_literal(name: &str, arg: &Expr) -> Option<(&'static str, &'static str)> {
    let got = literal(arg)?;
    let (wanted, fits): (_, &[&str]) = match name.trim_end_matches('?') {
        "seconds" => ("a number", &["integer", "float"]),
        "count" | "permits" | "parties" | "workers" | "max" | "digits" | "least" | "most" | "from" | "to" => ("an integer", &["integer"]),
        "text" | "label" | "code" => ("a text", &["string"]),
        "function" => ("a function", &[]),
        "list" | "lists" | "arguments" | "ends" => ("a list", &["array"]),
        _ => return None,
    };
    (!fits.contains(&got)).then_some((wanted, got))
}

/// Whether a loop's list is one of pairs: `d.items()`.
pub(super) fn gives_pairs(expr: &Expr) -> bool {
    matches!(expr, Expr::Dot(parts, ..) if matches!(&parts.rhs, Expr::MethodCall(call, _) if call.name == "items" && call.args.is_empty()))
}

/// The bounds of a range as they are written, where they are whole numbers.
pub(super) fn range(expr: &Expr) -> Option<(i64, i64)> {
    let Expr::FnCall(call, _) = expr else { return None };
    match (call.name.as_str(), &call.args[..]) {
        ("..", [Expr::IntegerConstant(from, _), Expr::IntegerConstant(to, _)]) => Some((*from, *to)),
        ("..=", [Expr::IntegerConstant(from, _), Expr::IntegerConstant(to, _)]) => Some((*from, to.saturating_add(1))),
        _ => None,
    }
}
