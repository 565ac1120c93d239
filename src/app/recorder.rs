//! Records a run while it goes. A disk that fills up ends the recording, not the run.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::trace::Event;
use crate::trace::recording::{Header, Recorder, WriteError};
use crate::trace::scenario::Scenario;

/// A recording being written.
pub struct Recording {
    path: PathBuf,
    recorder: Option<Recorder<BufWriter<File>>>,
    failure: Option<WriteError>,
}

impl Recording {
    /// Creates the file and writes what the recording begins with.
    pub fn begin(path: &Path, scenario: &Arc<Scenario>, seed: u64, gated: bool) -> Result<Recording, String> {
        let file = File::create(path).map_err(|error| format!("cannot create the recording {}: {error}", path.display()))?;
        let header = Header { program: env!("CARGO_PKG_VERSION").to_owned(), scenario: (**scenario).clone(), seed, gated };
        let recorder = Recorder::begin(BufWriter::new(file), path, &header).map_err(|error| error.to_string())?;
        Ok(Recording { path: path.to_owned(), recorder: Some(recorder), failure: None })
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
            Some(error) => Err(format!("the recording {} is incomplete: {error}", self.path.display())),
            None => Ok(()),
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        // Whoever wants to know of a failure has called `finish` before.
        let _ = self.finish();
    }
}
