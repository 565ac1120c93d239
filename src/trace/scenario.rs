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
    /// What the lesson is about: a verdict's name, or a piece of the only source line that has it.
    pub shows: String,
    pub params: Vec<Param>,
    /// What to predict before a step, in the order of the texts.
    pub questions: Vec<Question>,
}

impl Scenario {
    /// Whether a question is asked at all in a run with these parameters.
    pub fn asks(&self, question: &Question) -> bool {
        question.when.iter().all(|(name, value)| self.params.iter().any(|param| param.name == *name && param.value == *value))
    }
}

/// A question to predict: asked when somebody comes to a line, answered when that step was taken.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode, Serialize)]
pub struct Question {
    /// Line in the source, from 1.
    pub line: u32,
    /// The process that must come to the line; none: whoever does.
    pub who: Option<String>,
    /// Which time, from 1.
    pub nth: u32,
    /// It is asked only where these parameters have these values.
    pub when: Vec<(String, Setting)>,
    pub ask: Bilingual,
    pub answer: Bilingual,
    /// Short answers to choose from; none if it is to be said freely.
    pub choices: Vec<Bilingual>,
    /// Which of them is right, from 1; 0 if there are none.
    pub right: u32,
}

impl Question {
    /// The most choices that a question may have.
    pub const CHOICES: usize = 4;
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
