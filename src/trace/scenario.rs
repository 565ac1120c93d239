//! A scenario as data: its source, texts and parameters. A recording carries one, so that it
//! replays without the scenario's files. Reading a scenario from files is `script`'s job.

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// A text in both languages of the screen.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode, Serialize, Deserialize)]
pub struct Bilingual {
    #[serde(default)]
    pub en: String,
    #[serde(default)]
    pub zh: String,
}

/// A scenario and the settings of one run of it.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode, Serialize)]
pub struct Scenario {
    /// `queue`; the file's stem.
    pub name: String,
    /// The file as the user would name it: `queue.rhai`.
    pub file: String,
    pub source: String,
    /// Place in the list of scenarios; 0 for a user's own.
    pub order: u32,
    pub title: Bilingual,
    pub intro: Bilingual,
    /// Things to try, one each.
    pub tries: Vec<Bilingual>,
    /// For teachers.
    pub notes: Bilingual,
    pub seed: u64,
    /// Steps a second.
    pub pace: f64,
    /// The line or verdict that the lesson is about.
    pub shows: String,
    pub params: Vec<Param>,
}

/// One parameter of a scenario.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize)]
pub struct Param {
    pub name: String,
    pub help: Bilingual,
    pub default: Setting,
    /// What this run has; the default unless it was set.
    pub value: Setting,
    /// Allowed values; empty if there is a range or any value will do.
    pub choices: Vec<Setting>,
    /// Smallest and greatest allowed number.
    pub range: Option<(f64, f64)>,
}

/// A parameter's value.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Setting {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
}

impl std::fmt::Display for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Setting::Bool(value) => write!(f, "{value}"),
            Setting::Int(value) => write!(f, "{value}"),
            Setting::Float(value) => write!(f, "{value:?}"),
            Setting::Text(value) => f.write_str(value),
        }
    }
}
