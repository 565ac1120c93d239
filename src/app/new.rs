//! `ipcscope new`: a scenario to begin with, and its texts beside it.
//! Invariant: nothing that is there already is written over.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::complain;
use crate::kind::Lang;

const SOURCE: &str = include_str!("new.rhai");
const TEXTS: &str = include_str!("new.toml");

/// What the first line of the script says, in English and in Chinese.
const FIRST: (&str, &str) = ("// A worker squares numbers for main.", "// 一个工人替 main 求平方。");

/// Writes both files and says what to do with them.
pub fn new(file: &Path, lang: Lang) -> i32 {
    let source = match file.extension() {
        Some(_) => file.to_owned(),
        None => file.with_extension("rhai"),
    };
    let texts = source.with_extension("toml");
    if texts == source {
        return complain(match lang {
            Lang::En => "a scenario is a file such as my.rhai; its texts go to my.toml",
            Lang::Zh => "场景是 my.rhai 这样的文件；它的说明放在 my.toml",
        });
    }
    // Both are looked for before either is written.
    if let Some(there) = [&source, &texts].into_iter().find(|path| path.symlink_metadata().is_ok()) {
        return complain(&match lang {
            Lang::En => format!("{} is there already, and stays as it is", there.display()),
            Lang::Zh => format!("{} 已经存在，保持原样", there.display()),
        });
    }
    let first = if lang == Lang::En { FIRST.0 } else { FIRST.1 };
    for (path, text) in [(&source, format!("{first}\n{SOURCE}")), (&texts, TEXTS.to_owned())] {
        if let Err(error) = write(path, &text) {
            return complain(&match lang {
                Lang::En => format!("cannot write {}: {error}", path.display()),
                Lang::Zh => format!("无法写入 {}：{error}", path.display()),
            });
        }
    }
    tell(&source, &texts, lang);
    0
}

fn write(path: &PathBuf, text: &str) -> io::Result<()> {
    // Somebody else may have made it since.
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}

fn tell(source: &Path, texts: &Path, lang: Lang) {
    let (source, texts) = (source.display(), texts.display());
    // Nobody may be listening.
    let _ = match lang {
        Lang::En => writeln!(io::stdout(), "{source} and {texts} are written. Try: ipcscope run {source}"),
        Lang::Zh => writeln!(io::stdout(), "已写好 {source} 和 {texts}。试试：ipcscope run {source}"),
    };
}
