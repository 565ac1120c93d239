//! `ipcscope new`: a scenario to begin with, and its texts beside it.
//! Invariant: nothing that is there already is written over, and what could not be written whole is not there.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::output::{answer, complain};
use super::placing::Placing;
use crate::kind::Lang;
use crate::script::start::{self, EXTENSION};
use crate::text::os_error;
use crate::text::visible::visible;

/// Writes both files and says what to do with them.
pub(super) fn new(file: &Path, lang: Lang) -> i32 {
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
    let mut written = Vec::new();
    for (path, text) in [(&source, start::source(lang)), (&texts, start::TEXTS.to_owned())] {
        if let Err(error) = write(path, &text) {
            // One without the other would be in the way of the next try.
            written.iter().for_each(|path| _ = fs::remove_file(path));
            let why = os_error(&error, lang);
            return complain(&match lang {
                Lang::En => format!("cannot write {}: {why}", path.display()),
                Lang::Zh => format!("无法写入 {}：{why}", path.display()),
            });
        }
        written.push(path);
    }
    let [source, texts] = [source, texts].map(|path| visible(&path.to_string_lossy()));
    let told = match lang {
        Lang::En => format!("{source} and {texts} are written. Try: ipcscope run {source}\n"),
        Lang::Zh => format!("已写好 {source} 和 {texts}。试试：ipcscope run {source}\n"),
    };
    answer(&told, lang)
}

/// Writes a file that is not there yet, as a whole. Somebody else may have made it since.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    let (mut file, placing) = Placing::begin(path, false)?;
    match file.write_all(text.as_bytes()).and_then(|()| placing.publish()) {
        Ok(()) => Ok(()),
        Err(error) => {
            placing.discard();
            Err(error)
        }
    }
}
