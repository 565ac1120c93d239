//! Records a run while it goes. A disk that fills up ends the recording, not the run.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::kind::Lang;
use crate::trace::Event;
use crate::trace::recording::{Header, Recorder, WriteError};
use crate::trace::scenario::Scenario;

/// A recording being written.
pub struct Recording {
    path: PathBuf,
    recorder: Option<Recorder<BufWriter<File>>>,
    failure: Option<WriteError>,
    lang: Lang,
}

impl Recording {
    /// Creates the file and writes what the recording begins with. An error is one sentence for the user.
    pub fn begin(path: &Path, scenario: &Arc<Scenario>, seed: u64, gated: bool, lang: Lang) -> Result<Recording, String> {
        let file = File::create(path).map_err(|error| match lang {
            Lang::En => format!("cannot create the recording {}: {error}", path.display()),
            Lang::Zh => format!("无法创建录制文件 {}：{error}", path.display()),
        })?;
        let header = Header { program: env!("CARGO_PKG_VERSION").to_owned(), scenario: (**scenario).clone(), seed, gated };
        let recorder = Recorder::begin(BufWriter::new(file), path, &header).map_err(|error| told(&error, lang))?;
        Ok(Recording { path: path.to_owned(), recorder: Some(recorder), failure: None, lang })
    }

    pub fn push(&mut self, event: &Event) {
        if let Some(recorder) = &mut self.recorder
            && let Err(error) = recorder.push(event)
        {
            self.failure = Some(error);
            self.recorder = None;
        }
    }

    /// Writes what is still in memory. An error is one sentence for the user.
    pub fn finish(&mut self) -> Result<(), String> {
        if let Some(recorder) = self.recorder.take()
            && let Err(error) = recorder.finish()
        {
            self.failure = Some(error);
        }
        match self.failure.take() {
            Some(error) => Err(match self.lang {
                Lang::En => format!("the recording {} is incomplete: {error}", self.path.display()),
                Lang::Zh => format!("录制文件 {} 不完整：{}", self.path.display(), told(&error, Lang::Zh)),
            }),
            None => Ok(()),
        }
    }
}

fn told(error: &WriteError, lang: Lang) -> String {
    match (lang, error) {
        (Lang::En, error) => error.to_string(),
        (Lang::Zh, WriteError::Io { path, source, .. }) => format!("无法写入录制文件 {}：{source}", path.display()),
        (Lang::Zh, WriteError::Codec { path, source }) => format!("无法录制到 {}：{source}", path.display()),
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        // Whoever wants to know of a failure has called `finish` before.
        let _ = self.finish();
    }
}
