//! `ipcscope new`: a scenario to begin with, and its texts beside it.
//! Invariant: nothing that is there already is written over.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::output::{answer, complain};
use crate::kind::Lang;
use crate::script::start::{self, EXTENSION};
use crate::text::visible::visible;

/// Writes both files and says what to do with them.
pub fn new(file: &Path, lang: Lang) -> i32 {
    let source = match file.extension() {
        Some(_) => file.to_owned(),
        None => file.with_extension(EXTENSION),
    };
    let texts = source.with_extension("toml");
    if texts == source {
        return complain(&match lang {
            Lang::En => format!("a scenario is a file such as my.{EXTENSION}; its texts go to my.toml"),
            Lang::Zh => format!("场景是 my.{EXTENSION} 这样的文件；它的说明放在 my.toml"),
        });
    }
    // Both are looked for before either is written.
    if let Some(there) = [&source, &texts].into_iter().find(|path| path.symlink_metadata().is_ok()) {
        return complain(&match lang {
            Lang::En => format!("{} is there already, and stays as it is", there.display()),
            Lang::Zh => format!("{} 已经存在，保持原样", there.display()),
        });
    }
    for (path, text) in [(&source, start::source(lang)), (&texts, start::TEXTS.to_owned())] {
        if let Err(error) = write(path, &text) {
            return complain(&match lang {
                Lang::En => format!("cannot write {}: {error}", path.display()),
                Lang::Zh => format!("无法写入 {}：{error}", path.display()),
            });
        }
    }
    let [source, texts] = [source, texts].map(|path| visible(&path.to_string_lossy()));
    let told = match lang {
        Lang::En => format!("{source} and {texts} are written. Try: ipcscope run {source}\n"),
        Lang::Zh => format!("已写好 {source} 和 {texts}。试试：ipcscope run {source}\n"),
    };
    answer(&told, lang)
}

fn write(path: &PathBuf, text: &str) -> io::Result<()> {
    // Somebody else may have made it since.
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}
