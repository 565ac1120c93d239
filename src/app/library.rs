//! The built-in scenarios, as the screen's list opens them.

use std::sync::Arc;

use super::live::{Live, Wish};
use crate::kind::Lang;
use crate::script::{self, LoadError};
use crate::trace::scenario::Scenario;
use crate::trace::{Pace, Walk};
use crate::tui::{Entry, Library, Source};

pub(super) struct BuiltIn {
    scenarios: Vec<Arc<Scenario>>,
    lang: Lang,
}

impl BuiltIn {
    pub(super) fn new(lang: Lang) -> Result<BuiltIn, LoadError> {
        Ok(BuiltIn { scenarios: script::library()?.into_iter().map(Arc::new).collect(), lang })
    }
}

impl Library for BuiltIn {
    fn entries(&self) -> Vec<Entry> {
        let entry =
            |scenario: &Arc<Scenario>| Entry { name: scenario.name.clone(), title: scenario.title.clone(), intro: scenario.intro.clone() };
        self.scenarios.iter().map(entry).collect()
    }

    fn open(&mut self, name: &str) -> Result<Box<dyn Source>, String> {
        let scenario = self.scenarios.iter().find(|scenario| scenario.name == name).cloned().ok_or_else(|| match self.lang {
            Lang::En => format!("there is no scenario {name}"),
            Lang::Zh => format!("没有场景 {name}"),
        })?;
        let wish = Wish {
            seed: scenario.seed,
            walk: Walk::default(),
            free: false,
            pace: Pace::Steps(scenario.pace),
            paused: true,
            record: None,
            time_limit: None,
            memory: crate::host::MEMORY,
            pause_to_ask: true,
            repeat: None,
        };
        Ok(Box::new(Live::start(scenario, wish, self.lang)?))
    }
}
