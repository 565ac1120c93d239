//! A scenario's parameters: `name=value` from the command line or the screen, held against default,
//! choices and range. Invariant: a scenario's values are always allowed ones.

use crate::kind::Lang;
use crate::script::diagnostic::nearest;
use crate::trace::scenario::{Param, Scenario, Setting};

/// Why a parameter was not set.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ParamError {
    #[error("`{text}` sets nothing: write NAME=VALUE, as in `timeout=5`")]
    Form { text: String },
    #[error("{scenario} has no parameter `{name}`{}", known(.names, .meant))]
    Unknown { scenario: String, name: String, names: Vec<String>, meant: Option<String> },
    #[error("{name} must be {wanted}, not `{text}`")]
    Type { name: String, wanted: &'static str, text: String },
    #[error("{name} must be one of {}, not `{text}`", choices.join(", "))]
    Choice { name: String, choices: Vec<String>, text: String },
    #[error("{name} must lie between {least} and {most}, not `{text}`")]
    Range { name: String, least: f64, most: f64, text: String },
}

impl ParamError {
    /// The sentence in a language of the screen.
    pub fn render(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            ParamError::Form { text } => format!("`{text}` 没有设置任何东西：请写“名字=值”，例如 `timeout=5`"),
            ParamError::Unknown { scenario, name, names, meant } => {
                let rest = match (names.is_empty(), meant) {
                    (true, _) => "：它没有参数".to_owned(),
                    (false, Some(meant)) => format!("；是 `{meant}` 吗？"),
                    (false, None) => format!("；它有 {}", names.join("、")),
                };
                format!("{scenario} 没有参数 `{name}`{rest}")
            }
            ParamError::Type { name, wanted, text } => {
                let wanted = match *wanted {
                    BOOLEAN => "true 或 false",
                    INTEGER => "整数",
                    _ => "数",
                };
                format!("{name} 必须是{wanted}，而不是 `{text}`")
            }
            ParamError::Choice { name, choices, text } => format!("{name} 必须是 {} 之一，而不是 `{text}`", choices.join("、")),
            ParamError::Range { name, least, most, text } => format!("{name} 必须在 {least} 和 {most} 之间，而不是 `{text}`"),
        }
    }
}

const BOOLEAN: &str = "true or false";
const INTEGER: &str = "an integer";
const NUMBER: &str = "a number";

fn known(names: &[String], meant: &Option<String>) -> String {
    match (names.is_empty(), meant) {
        (true, _) => ": it has none".to_owned(),
        (false, Some(meant)) => format!("; did you mean `{meant}`?"),
        (false, None) => format!("; it has {}", names.join(", ")),
    }
}

/// Sets one parameter of the scenario from `name=value`.
pub fn assign(scenario: &mut Scenario, assignment: &str) -> Result<(), ParamError> {
    let Some((name, text)) = assignment.split_once('=') else {
        return Err(ParamError::Form { text: assignment.to_owned() });
    };
    set(scenario, name.trim(), text.trim())
}

/// Sets one parameter of the scenario from its text.
pub fn set(scenario: &mut Scenario, name: &str, text: &str) -> Result<(), ParamError> {
    let Some(param) = scenario.params.iter_mut().find(|param| param.name == name) else {
        let names: Vec<String> = scenario.params.iter().map(|param| param.name.clone()).collect();
        let meant = nearest(name, names.iter().map(String::as_str)).map(str::to_owned);
        return Err(ParamError::Unknown { scenario: scenario.name.clone(), name: name.to_owned(), names, meant });
    };
    param.value = allowed(param, read(param, text)?)?;
    Ok(())
}

/// The text as a value of the parameter's type, which is that of its default.
fn read(param: &Param, text: &str) -> Result<Setting, ParamError> {
    let wrong = |wanted| ParamError::Type { name: param.name.clone(), wanted, text: text.to_owned() };
    match &param.default {
        Setting::Bool(_) => match text {
            "true" => Ok(Setting::Bool(true)),
            "false" => Ok(Setting::Bool(false)),
            _ => Err(wrong(BOOLEAN)),
        },
        Setting::Int(_) => text.parse().map(Setting::Int).map_err(|_| wrong(INTEGER)),
        Setting::Float(_) => text.parse().ok().filter(|value: &f64| value.is_finite()).map(Setting::Float).ok_or_else(|| wrong(NUMBER)),
        Setting::Text(_) => Ok(Setting::Text(text.to_owned())),
    }
}

/// The value itself, if the parameter's choices and range allow it.
pub fn allowed(param: &Param, value: Setting) -> Result<Setting, ParamError> {
    let text = || value.to_string();
    if !param.choices.is_empty() && !param.choices.contains(&value) {
        let choices = param.choices.iter().map(Setting::to_string).collect();
        return Err(ParamError::Choice { name: param.name.clone(), choices, text: text() });
    }
    let number = match value {
        Setting::Int(value) => Some(value as f64),
        Setting::Float(value) => Some(value),
        Setting::Bool(_) | Setting::Text(_) => None,
    };
    match (number, param.range) {
        (Some(number), Some((least, most))) if !(least..=most).contains(&number) => {
            Err(ParamError::Range { name: param.name.clone(), least, most, text: text() })
        }
        _ => Ok(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario() -> Scenario {
        let param = |name: &str, default: Setting, choices: Vec<Setting>, range| Param {
            name: name.to_owned(),
            help: Default::default(),
            value: default.clone(),
            default,
            choices,
            range,
        };
        Scenario {
            name: "event".to_owned(),
            params: vec![
                param("timeout", Setting::Float(2.0), vec![], Some((0.0, 60.0))),
                param("set_event", Setting::Bool(false), vec![], None),
                param("processes", Setting::Int(1), vec![Setting::Int(1), Setting::Int(2)], None),
                param("who", Setting::Text("a".into()), vec![Setting::Text("a".into()), Setting::Text("b c".into())], None),
            ],
            ..Scenario::default()
        }
    }

    #[track_caller]
    fn check(assignment: &str, expected: &str) {
        let mut scenario = scenario();
        let name = assignment.split('=').next().unwrap_or_default().trim().to_owned();
        let outcome = match assign(&mut scenario, assignment) {
            Ok(()) => format!("{:?}", scenario.params.iter().find(|param| param.name == name).map(|param| &param.value)),
            Err(error) => format!("{error} / {}", error.render(Lang::Zh)),
        };
        assert_eq!(outcome, expected);
    }

    #[test]
    fn a_value_has_the_type_of_the_default() {
        check("timeout=5", "Some(Float(5.0))");
        check("set_event = true", "Some(Bool(true))");
        check("processes=2", "Some(Int(2))");
        check("who=b c", "Some(Text(\"b c\"))");
        check("set_event=yes", "set_event must be true or false, not `yes` / set_event 必须是true 或 false，而不是 `yes`");
        check("processes=two", "processes must be an integer, not `two` / processes 必须是整数，而不是 `two`");
        check("timeout=nan", "timeout must be a number, not `nan` / timeout 必须是数，而不是 `nan`");
    }

    #[test]
    fn choices_and_range_hold() {
        check("processes=3", "processes must be one of 1, 2, not `3` / processes 必须是 1、2 之一，而不是 `3`");
        check("timeout=-1", "timeout must lie between 0 and 60, not `-1.0` / timeout 必须在 0 和 60 之间，而不是 `-1.0`");
    }

    #[test]
    fn what_is_not_a_parameter_is_refused() {
        check("timeot=1", "event has no parameter `timeot`; did you mean `timeout`? / event 没有参数 `timeot`；是 `timeout` 吗？");
        check(
            "colour=1",
            "event has no parameter `colour`; it has timeout, set_event, processes, who / event 没有参数 `colour`；它有 timeout、set_event、processes、who",
        );
        check(
            "timeout",
            "`timeout` sets nothing: write NAME=VALUE, as in `timeout=5` / `timeout` 没有设置任何东西：请写“名字=值”，例如 `timeout=5`",
        );
    }
}
