//! Operators between a shared object and something else, as far as the source tells: `v == 0` where `v.value == 0` is
//! meant. What cannot be known before the run is left to it. Pure.

use rhai::{Expr, FnCallExpr, Position};

use crate::script::binding::Class;
use crate::script::diagnostic::Said;
use crate::script::fault;

/// The class, name and place of a variable that is known to stand for an object.
pub fn handle(expr: &Expr, class_of: impl Fn(&str) -> Option<&'static Class>) -> Option<(&'static Class, &str, Position)> {
    match expr {
        Expr::Variable(variable, _, position) if variable.2.is_empty() => Some((class_of(&variable.1)?, variable.1.as_str(), *position)),
        _ => None,
    }
}

/// What is wrong with an operator's operands, and where.
pub fn unfit(call: &FnCallExpr, class_of: impl Fn(&str) -> Option<&'static Class>) -> Option<(Position, Said)> {
    let name = call.name.as_str();
    match &call.args[..] {
        [one] => {
            let (class, variable, place) = handle(one, class_of)?;
            let said = if name == "!" { fault::no_truth(class, variable) } else { fault::no_value(class, variable, "", "") };
            Some((place, said))
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
