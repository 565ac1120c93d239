//! Reads a scenario: `NAME.rhai` with an optional `NAME.toml` beside it, or one that is built in.
//! Invariant: a loaded scenario's parameters are consistent; its source may still be faulty.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::diagnostic::{Diagnostic, nearest};
use super::params;
use super::questions::{Background, QuestionTexts, trimmed};
use super::shows;
use crate::kind::Lang;
use crate::trace::scenario::{Bilingual, Param, Scenario, Setting};

/// Name, source and texts of scenarios that the program carries with it.
macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        &[$((
            $name,
            include_str!(concat!("../../scenarios/", $name, ".rhai")),
            include_str!(concat!("../../scenarios/", $name, ".toml")),
        )),*]
    };
}

/// In the order in which a course would take them, which their texts name too.
const BUILT_IN: &[(&str, &str, &str)] = built_in![
    "private-memory",
    "queue",
    "empty-lies",
    "event",
    "pipe",
    "end-of-file",
    "shared-memory",
    "lost-update",
    "two-locks",
    "philosophers",
    "condition",
    "lost-wakeup",
    "rendezvous",
    "turnstile",
    "bounded-buffer",
    "pipeline",
    "forgotten-pill",
    "join-before-drain",
    "joinable-queue",
    "missing-task-done",
    "manager-string",
    "manager-collections",
    "manager-queue",
    "shared-object",
];

/// Steps a second where the texts name no pace.
const DEFAULT_PACE: f64 = 4.0;

/// The largest source that is read; a scenario is a page or two.
const SOURCE_LIMIT: u64 = 1 << 20;

/// Why a scenario could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("there is no scenario `{name}` and no such file{}; `ipcscope list` names the built-in ones", meant(.name))]
    Unknown { name: String },
    #[error("cannot read {}: {error}", path.display())]
    Read { path: PathBuf, error: std::io::Error },
    #[error("{} is larger than {} KiB: that is no scenario", path.display(), SOURCE_LIMIT >> 10)]
    TooLarge { path: PathBuf },
    #[error("{file} is no proper scenario text: {}", error.to_string().trim_end())]
    Texts { file: String, error: Box<toml::de::Error> },
    #[error("{file}: {reason}")]
    Param { file: String, reason: String },
    #[error("{0}")]
    Question(Box<Diagnostic>),
}

impl LoadError {
    /// The sentence in a language of the screen.
    pub fn render(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            LoadError::Unknown { name } => {
                let meant =
                    nearest(name, BUILT_IN.iter().map(|(name, ..)| *name)).map(|name| format!("（是 `{name}` 吗？）")).unwrap_or_default();
                format!("没有场景 `{name}`，也没有这个文件{meant}；`ipcscope list` 列出内置的场景")
            }
            LoadError::Read { path, error } => format!("无法读取 {}：{error}", path.display()),
            LoadError::TooLarge { path } => format!("{} 大于 {} KiB：这不是场景", path.display(), SOURCE_LIMIT >> 10),
            LoadError::Texts { file, error } => format!("{file} 不是合格的场景说明：{}", error.to_string().trim_end()),
            LoadError::Param { file, reason } => format!("{file}：{reason}"),
            LoadError::Question(fault) => fault.render(lang),
        }
    }
}

fn meant(name: &str) -> String {
    nearest(name, BUILT_IN.iter().map(|(name, ..)| *name)).map(|name| format!(" (did you mean `{name}`?)")).unwrap_or_default()
}

/// The built-in scenarios in the order of the list.
pub fn library() -> Result<Vec<Scenario>, LoadError> {
    let mut scenarios = BUILT_IN
        .iter()
        .map(|(name, source, texts)| assemble(name, &format!("{name}.rhai"), source, Some(texts)))
        .collect::<Result<Vec<_>, _>>()?;
    scenarios.sort_by(|a, b| (a.order, &a.name).cmp(&(b.order, &b.name)));
    Ok(scenarios)
}

/// The texts of a built-in scenario, as its `.toml` has them.
pub fn built_in_texts(name: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|(built_in, ..)| *built_in == name).map(|(.., texts)| *texts)
}

/// A scenario by the name of a built-in one or by the path of a file.
pub fn load(path_or_name: &str) -> Result<Scenario, LoadError> {
    load_leniently(path_or_name).and_then(|(scenario, faults)| match faults.into_iter().next() {
        Some(fault) => Err(LoadError::Question(fault)),
        None => Ok(scenario),
    })
}

/// The same, and what is wrong with the questions that were left out of it: who plays with a program
/// need not mend its lesson.
pub fn load_leniently(path_or_name: &str) -> Result<(Scenario, Faults), LoadError> {
    if let Some((name, source, texts)) = BUILT_IN.iter().find(|(name, ..)| *name == path_or_name) {
        return put_together(name, &format!("{name}.rhai"), source, Some(texts));
    }
    let path = Path::new(path_or_name);
    if !path.exists() {
        return Err(LoadError::Unknown { name: path_or_name.to_owned() });
    }
    let source = read(path)?;
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_else(|| path_or_name.to_owned());
    let texts_path = path.with_extension("toml");
    let texts = match texts_path != path && texts_path.exists() {
        true => Some(read(&texts_path)?),
        false => None,
    };
    put_together(&name, path_or_name, &source, texts.as_deref())
}

fn read(path: &Path) -> Result<String, LoadError> {
    let failed = |error| LoadError::Read { path: path.to_owned(), error };
    // What a file says of its length is not asked: a device says nothing, and never ends.
    let mut text = String::new();
    std::fs::File::open(path).and_then(|file| file.take(SOURCE_LIMIT + 1).read_to_string(&mut text)).map_err(failed)?;
    if text.len() as u64 > SOURCE_LIMIT {
        return Err(LoadError::TooLarge { path: path.to_owned() });
    }
    // An editor's byte order mark is no part of the program.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// What a `.toml` may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Texts {
    order: u32,
    title: Bilingual,
    intro: Bilingual,
    r#try: Vec<Bilingual>,
    notes: Bilingual,
    seed: u64,
    pace: Option<f64>,
    shows: Option<Spanned<String>>,
    params: BTreeMap<Spanned<String>, ParamTexts>,
    question: Vec<QuestionTexts>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ParamTexts {
    default: Setting,
    #[serde(default)]
    choices: Vec<Setting>,
    range: Option<(f64, f64)>,
    #[serde(default)]
    help: Bilingual,
}

/// A scenario from its source and texts.
pub fn assemble(name: &str, file: &str, source: &str, texts: Option<&str>) -> Result<Scenario, LoadError> {
    put_together(name, file, source, texts).and_then(|(scenario, faults)| match faults.into_iter().next() {
        Some(fault) => Err(LoadError::Question(fault)),
        None => Ok(scenario),
    })
}

/// What is wrong with questions and with what the lesson shows.
pub type Faults = Vec<Box<Diagnostic>>;

fn put_together(name: &str, file: &str, source: &str, written: Option<&str>) -> Result<(Scenario, Faults), LoadError> {
    let texts_file = || Path::new(file).with_extension("toml").display().to_string();
    let texts: Texts = match written {
        Some(texts) => toml::from_str(texts).map_err(|error| LoadError::Texts { file: texts_file(), error: Box::new(error) })?,
        None => Texts::default(),
    };
    let wrong = |reason: String| LoadError::Param { file: texts_file(), reason };
    let pace = texts.pace.unwrap_or(DEFAULT_PACE);
    if !(pace.is_finite() && pace > 0.0) {
        return Err(wrong(format!("pace must be a number of steps a second above 0, not {pace}")));
    }
    // In the order in which their author wrote them.
    let mut written_params: Vec<_> = texts.params.into_iter().collect();
    written_params.sort_by_key(|(name, _)| name.span().start);
    let params = written_params
        .into_iter()
        .map(|(name, param)| {
            let param = Param {
                name: name.into_inner(),
                help: trimmed(param.help),
                value: param.default.clone(),
                default: param.default,
                choices: param.choices,
                range: param.range,
            };
            params::allowed(&param, param.default.clone()).map_err(|error| wrong(format!("the default does not fit: {error}")))?;
            Ok(param)
        })
        .collect::<Result<Vec<_>, LoadError>>()?;
    let background = Background { file: &texts_file(), texts: written.unwrap_or_default(), source_file: file, source, params: &params };
    let mut faults = Vec::new();
    let read = texts.question.into_iter().filter_map(|question| background.read(question).map_err(|fault| faults.push(fault)).ok());
    let questions = read.collect();
    faults.extend(texts.shows.as_ref().and_then(|shows| shows::check(shows, &background).err()));
    let scenario = Scenario {
        name: name.to_owned(),
        file: file.to_owned(),
        source: source.to_owned(),
        order: texts.order,
        title: if texts.title.en.is_empty() { Bilingual { en: name.to_owned(), zh: name.to_owned() } } else { trimmed(texts.title) },
        intro: trimmed(texts.intro),
        tries: texts.r#try.into_iter().map(trimmed).collect(),
        notes: trimmed(texts.notes),
        seed: texts.seed,
        pace,
        shows: texts.shows.map(Spanned::into_inner).unwrap_or_default(),
        params,
        questions,
    };
    Ok((scenario, faults))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_scenarios_are_whole() {
        let library = library().expect("they are part of the program");
        assert_eq!(
            library.iter().map(|scenario| scenario.name.as_str()).collect::<Vec<_>>(),
            BUILT_IN.iter().map(|(name, ..)| *name).collect::<Vec<_>>()
        );
        for scenario in &library {
            for text in [&scenario.title, &scenario.intro, &scenario.notes]
                .into_iter()
                .chain(&scenario.tries)
                .chain(scenario.params.iter().map(|p| &p.help))
            {
                assert!(!text.en.is_empty() && !text.zh.is_empty(), "{}: {text:?}", scenario.name);
            }
            assert!(shows::shows(scenario).is_some(), "{} shows {:?}", scenario.name, scenario.shows);
            assert!(!scenario.tries.is_empty() && !scenario.params.is_empty(), "{}", scenario.name);
        }
    }

    #[test]
    fn a_file_is_read_with_the_texts_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("mine.rhai");
        std::fs::write(&path, "\u{feff}print(1);\n").expect("a file");
        let scenario = load(&path.to_string_lossy()).expect("a scenario");
        assert_eq!((scenario.name.as_str(), scenario.source.as_str(), scenario.title.zh.as_str()), ("mine", "print(1);\n", "mine"));
        std::fs::write(folder.path().join("mine.toml"), "title.en = \"Mine\"\nseed = 9\n[params.n]\ndefault = 3\nrange = [1, 5]\n")
            .expect("a file");
        let scenario = load(&path.to_string_lossy()).expect("a scenario");
        assert_eq!((scenario.title.en.as_str(), scenario.seed, scenario.params[0].range), ("Mine", 9, Some((1.0, 5.0))));
        let texts = "[params.n]\ndefault = 3\n[params.m]\ndefault = 4\n[params.a]\ndefault = 5\n";
        let scenario = assemble("a", "a.rhai", "", Some(texts)).expect("a scenario");
        assert_eq!(scenario.params.iter().map(|param| param.name.as_str()).collect::<Vec<_>>(), ["n", "m", "a"], "in their author's order");
    }

    #[track_caller]
    fn refuses(texts: &str, reason: &str) {
        let error = assemble("a", "a.rhai", "", Some(texts)).expect_err("it is faulty").to_string();
        assert!(error.contains(reason), "{error}");
    }

    #[test]
    fn faulty_texts_are_refused_with_a_reason() {
        refuses("titel.en = 'x'", "unknown field `titel`");
        refuses("[params.n]\ndefault = 9\nrange = [1, 5]", "a.toml: the default does not fit: n must lie between 1 and 5, not `9`");
        refuses("[params.n]\ndefault = 'x'\nchoices = ['y']", "n must be one of y, not `x`");
        refuses("pace = 0.0", "pace must be a number of steps a second above 0");
        refuses("seed = 'x'", "a.toml is no proper scenario text");
    }

    #[test]
    fn an_unknown_name_names_the_known_ones() {
        let error = load("quue").expect_err("there is none");
        assert_eq!(error.render(Lang::Zh), "没有场景 `quue`，也没有这个文件（是 `queue` 吗？）；`ipcscope list` 列出内置的场景");
        let error = error.to_string();
        assert_eq!(error, "there is no scenario `quue` and no such file (did you mean `queue`?); `ipcscope list` names the built-in ones");
    }
}
