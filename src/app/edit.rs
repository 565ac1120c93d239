//! Lets the user edit a scenario: a built-in one is copied to the working directory first, the
//! user's editor is run on the file, and what came of it is looked over. It starts no run.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::new::write;
use super::signals;
use crate::kind::Lang;
use crate::script::{self, params};
use crate::text::os_error;
use crate::trace::scenario::{Bilingual, Scenario};
use crate::tui::{Draft, DraftFault};

/// What came of it.
#[derive(Debug)]
pub(super) enum Edit {
    Same,
    /// Another scenario, and how much was left out of its lesson: what is about lines that are gone.
    New(Box<Scenario>, usize),
    Faulty(Draft),
}

/// The editor that the environment names, as a shell command.
pub(super) fn editor() -> String {
    let named = ["VISUAL", "EDITOR"].into_iter().filter_map(|name| std::env::var(name).ok());
    named.into_iter().find(|command| !command.trim().is_empty()).unwrap_or_else(|| "vi".to_owned())
}

/// Runs the editor on the scenario's file, taken from `folder` if its name is relative, and looks
/// the result over. The parameters keep their values as far as these still fit.
pub(super) fn edit(scenario: &Scenario, folder: &Path, editor: &str, lang: Lang) -> Result<Edit, String> {
    let path = folder.join(&scenario.file);
    let unwritten = |path: &Path, error: &io::Error| match lang {
        Lang::En => format!("{} cannot be written: {error}", path.display()),
        Lang::Zh => format!("无法写入 {}：{}", path.display(), os_error(error, lang)),
    };
    if !path.exists() {
        copy(scenario, &path).map_err(|(path, error)| unwritten(&path, &error))?;
    }
    run(editor, &path, lang)?;
    let name = path.to_string_lossy();
    // A question whose line is gone is left out: nobody need mend the lesson to play with the program.
    let (mut loaded, unasked) = script::load_leniently(&name).map_err(|error| error.render(lang))?;
    loaded.file.clone_from(&scenario.file);
    for param in &scenario.params {
        // A value that does not fit any more gives way to the new default.
        let _ = params::set(&mut loaded, &param.name, &param.value.to_string());
    }
    if loaded == *scenario {
        return Ok(Edit::Same);
    }
    let faults = script::check(&loaded);
    if faults.is_empty() {
        return Ok(Edit::New(Box::new(loaded), unasked.len()));
    }
    let told = |fault: &script::Diagnostic| DraftFault {
        line: fault.place.line,
        said: match &fault.hint {
            Some(hint) => {
                Bilingual { en: format!("{}  → {}", fault.sentence.en, hint.en), zh: format!("{}  → {}", fault.sentence.zh, hint.zh) }
            }
            None => fault.sentence.clone(),
        },
    };
    Ok(Edit::Faulty(Draft { file: loaded.file, faults: faults.iter().map(told).collect(), source: loaded.source }))
}

/// Writes the scenario's source, and a built-in one's texts beside it unless there are some already.
fn copy(scenario: &Scenario, path: &Path) -> Result<(), (PathBuf, io::Error)> {
    write(path, &scenario.source).map_err(|error| (path.to_owned(), error))?;
    let Some(texts) = script::built_in_texts(&scenario.name) else { return Ok(()) };
    let beside = path.with_extension("toml");
    match write(&beside, texts) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err((beside, error)),
        _ => Ok(()),
    }
}

/// Runs the editor in the foreground. Its name may come with arguments of its own, so the shell reads it.
fn run(editor: &str, path: &Path, lang: Lang) -> Result<(), String> {
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{editor} \"$1\"")).arg("sh").arg(path);
    let status = signals::with_editor(|| command.status());
    let why = match status {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    };
    Err(match lang {
        Lang::En => format!("the editor `{editor}` did not end well ({why}): the run stays as it is"),
        Lang::Zh => format!("编辑器 `{editor}` 没有正常结束（{why}）：运行保持原样"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn scenario(name: &str) -> Scenario {
        script::load(name).expect("a built-in scenario")
    }

    #[test]
    fn a_built_in_is_copied_with_its_texts_and_what_is_there_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let queue = scenario("queue");
        assert!(matches!(edit(&queue, folder.path(), "true", Lang::En), Ok(Edit::Same)));
        let path = folder.path().join(&queue.file);
        assert_eq!(fs::read_to_string(&path).ok(), Some(queue.source.clone()));
        assert!(folder.path().join("queue.toml").exists());
        fs::write(&path, "print(1);").expect("written");
        match edit(&queue, folder.path(), "true", Lang::En) {
            Ok(Edit::New(new, unasked)) => {
                assert_eq!((new.source.as_str(), new.title), ("print(1);", queue.title));
                // Whoever plays with the program need not mend the questions about it.
                assert!(new.questions.is_empty() && unasked >= queue.questions.len() && unasked > 0, "{unasked}");
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn parameters_keep_their_values() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut event = scenario("event");
        params::assign(&mut event, "timeout=5").expect("it fits");
        assert!(matches!(edit(&event, folder.path(), "true", Lang::En), Ok(Edit::Same)));
        match edit(&event, folder.path(), "printf '\\nprint(2);\\n' >>", Lang::En) {
            Ok(Edit::New(new, _)) => assert_eq!(new.params, event.params),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn faults_are_told_at_their_lines() {
        let folder = tempfile::tempdir().expect("a folder");
        let pipe = scenario("pipe");
        match edit(&pipe, folder.path(), "printf 'print(1);\\nprnt(2);\\n' >", Lang::En) {
            Ok(Edit::Faulty(draft)) => {
                assert_eq!((draft.file, draft.faults[0].line), (pipe.file, 2));
                assert!(draft.faults[0].said.en.contains("prnt") && draft.source.starts_with("print(1);"));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_editor_that_fails_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let why = edit(&scenario("pipe"), folder.path(), "false", Lang::En).expect_err("it fails");
        assert!(why.contains("`false`"));
        assert!(edit(&scenario("pipe"), &folder.path().join("nowhere"), "true", Lang::En).is_err());
    }
}
