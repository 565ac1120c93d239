//! Records a run while it goes, on a thread of its own. A disk that fills up ends the recording, not the run.
//!
//! Invariants: no file that was there is written over unless that was asked for, and never the scenario being run. A
//! recording has its name when it is whole; until then it is beside it, as FILE.part, and a host that is killed leaves
//! there what happened until a second before. What is no regular file (a pipe, a terminal) is written to as it is.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::outlet::{Intake, Outlet, Sink};
use super::placing::{Identity, Placing};
use crate::kind::Lang;
use crate::text::os_error;
use crate::trace::recording::{Header, Recorder, WriteError};
use crate::trace::scenario::Scenario;
use crate::trace::{Event, Walk};

/// The longest time for which events are held back from the operating system.
const FLUSH: Duration = Duration::from_millis(500);

/// How long the end of a recording may take without getting on, where nobody could say that it should not be waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where a recording is to go.
#[derive(Clone, Debug)]
pub(super) struct Destination {
    pub path: PathBuf,
    /// Whatever file has that name may go.
    pub force: bool,
    /// A file that this very program recorded before, so that it may go too: the last run of a session is kept.
    pub ours: Option<Identity>,
}

/// A recording being written.
pub(super) struct Recording {
    path: PathBuf,
    /// Where it is while it is not whole, if that is elsewhere.
    part: Option<PathBuf>,
    identity: Option<Identity>,
    outlet: Outlet<Failure>,
    end: Option<Result<(), Failure>>,
}

/// Why a recording is not whole.
#[derive(Debug)]
enum Failure {
    Write(WriteError),
    /// It is whole, but could not be given its name.
    Name(io::Error),
    /// Whoever reads it does not.
    Unread,
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Failure {
        Failure::Write(error)
    }
}

/// What is to be finished if a signal ends the program.
static OPEN: Mutex<Weak<Mutex<Recording>>> = Mutex::new(Weak::new());

impl Recording {
    /// Makes the file and writes what the recording begins with. An error is one sentence for the user.
    pub(super) fn begin(
        to: &Destination,
        scenario: &Scenario,
        (seed, walk): (u64, Walk),
        gated: bool,
        lang: Lang,
    ) -> Result<Recording, String> {
        refuse_scenario(&to.path, scenario, lang)?;
        let uncreated = |error: io::Error| match lang {
            Lang::En => format!("cannot create the recording {}: {error}", to.path.display()),
            Lang::Zh => format!("无法创建录制文件 {}：{}", to.path.display(), os_error(&error, lang)),
        };
        let (file, placing) = if is_stream(&to.path) {
            (OpenOptions::new().append(true).open(&to.path).map_err(uncreated)?, None)
        } else {
            let replace = to.force || (to.ours.is_some() && to.ours == Identity::at(&to.path));
            if !replace && to.path.symlink_metadata().is_ok() {
                return Err(match lang {
                    Lang::En => format!("{} is there already, and stays as it is (--force writes over it)", to.path.display()),
                    Lang::Zh => format!("{} 已经存在，保持原样（--force 才覆盖它）", to.path.display()),
                });
            }
            create(&to.path, replace).map_err(uncreated)?
        };
        let identity = file.metadata().ok().map(|metadata| Identity::of(&metadata));
        let part = placing.as_ref().map(|placing| placing.part().to_owned());
        let header = Header { program: env!("CARGO_PKG_VERSION").to_owned(), scenario: scenario.clone(), seed, walk, gated };
        let begun = Recorder::begin(BufWriter::new(file), &to.path, &header);
        let recorder = match (begun, placing.as_ref()) {
            (Ok(recorder), _) => recorder,
            (Err(error), Some(_)) => {
                // Nobody has seen it yet.
                placing.into_iter().for_each(Placing::discard);
                return Err(told(&error, lang));
            }
            (Err(error), None) => return Err(told(&error, lang)),
        };
        let sink = Writing { recorder: Some(recorder), placing, flushed: Instant::now() };
        let outlet = Outlet::start("recorder", sink).map_err(uncreated)?;
        Ok(Recording { path: to.path.clone(), part, identity, outlet, end: None })
    }

    /// What the run's reader hands its events to.
    pub(super) fn intake(&self) -> Intake {
        self.outlet.intake()
    }

    /// The file that it is, whatever it is called by now.
    pub(super) fn identity(&self) -> Option<Identity> {
        self.identity
    }

    /// A recording that this program finishes if a signal ends it.
    pub(super) fn shared(self) -> Arc<Mutex<Recording>> {
        let shared = Arc::new(Mutex::new(self));
        *OPEN.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(&shared);
        shared
    }

    /// Why it is incomplete, if that is so already: one sentence for the user.
    pub(super) fn failure(&mut self, lang: Lang) -> Option<String> {
        if self.end.is_none() {
            self.end = self.outlet.done().try_recv().ok();
        }
        self.end.as_ref()?.as_ref().err().map(|failure| self.told(failure, lang))
    }

    /// Writes what has been pushed, ends the recording and gives it its name, as long as `patient` says to wait (see
    /// [`Outlet::wait`]). An error is one sentence for the user.
    pub(super) fn finish(&mut self, lang: Lang, patient: impl FnMut(Duration) -> bool) -> Result<(), String> {
        if self.end.is_none() {
            self.outlet.finish();
            self.end = Some(self.outlet.wait(patient).unwrap_or(Err(Failure::Unread)));
        }
        self.failure(lang).map_or(Ok(()), Err)
    }

    /// The same where nobody could say that it takes too long.
    pub(super) fn finish_soon(&mut self) -> Result<(), String> {
        self.finish(Lang::En, |stalled| stalled < PATIENCE)
    }

    fn told(&self, failure: &Failure, lang: Lang) -> String {
        let path = self.path.display();
        let why = match failure {
            Failure::Write(error) => told(error, lang),
            Failure::Name(error) => os_error(error, lang),
            Failure::Unread => match lang {
                Lang::En => "it is not read".to_owned(),
                Lang::Zh => "没有人读它".to_owned(),
            },
        };
        let part = self.part.as_ref().map(|part| part.display().to_string());
        match (lang, failure, part) {
            (Lang::En, Failure::Name(_), Some(part)) => format!("the recording could not be called {path}: {why}; it is in {part}"),
            (Lang::Zh, Failure::Name(_), Some(part)) => format!("录制文件无法命名为 {path}：{why}；内容在 {part} 中"),
            (Lang::En, _, Some(part)) => format!("the recording {path} is incomplete: {why}; what was written is in {part}"),
            (Lang::Zh, _, Some(part)) => format!("录制文件 {path} 不完整：{why}；已写的内容在 {part} 中"),
            (Lang::En, _, None) => format!("the recording {path} is incomplete: {why}"),
            (Lang::Zh, _, None) => format!("录制文件 {path} 不完整：{why}"),
        }
    }
}

/// A signal ends the program while a run is shown: what was recorded is a whole recording.
pub(super) fn finish_open() {
    let open = OPEN.lock().unwrap_or_else(PoisonError::into_inner).upgrade();
    if let Some(recording) = open {
        // The terminal is gone: nobody could be told.
        let _ = recording.lock().unwrap_or_else(PoisonError::into_inner).finish_soon();
    }
}

/// The thread's side of a recording.
struct Writing {
    recorder: Option<Recorder<BufWriter<File>>>,
    placing: Option<Placing>,
    flushed: Instant,
}

impl Sink for Writing {
    type Error = Failure;

    fn push(&mut self, event: &Event) -> Result<(), Failure> {
        if let Some(recorder) = &mut self.recorder {
            recorder.push(event)?;
        }
        if self.flushed.elapsed() >= FLUSH { self.idle() } else { Ok(()) }
    }

    fn idle(&mut self) -> Result<(), Failure> {
        self.flushed = Instant::now();
        self.recorder.as_mut().map_or(Ok(()), |recorder| Ok(recorder.flush()?))
    }

    fn finish(&mut self) -> Result<(), Failure> {
        if let Some(recorder) = self.recorder.take() {
            recorder.finish()?;
        }
        self.placing.as_ref().map_or(Ok(()), Placing::publish).map_err(Failure::Name)
    }
}

/// A file that is to become `path`; beside it where that can be done, else the file itself.
fn create(path: &Path, replace: bool) -> io::Result<(File, Option<Placing>)> {
    // A link stays one: what it leads to is replaced.
    let target = if replace { path.canonicalize().unwrap_or_else(|_| path.to_owned()) } else { path.to_owned() };
    match Placing::begin(&target, replace) {
        Ok((file, placing)) => Ok((file, Some(placing))),
        // The folder takes no other file, or the name has no room for an ending.
        Err(_) if replace => Ok((File::create(path)?, None)),
        Err(_) => Ok((OpenOptions::new().write(true).create_new(true).open(path)?, None)),
    }
}

/// Whether a path is a way to write rather than a file: a pipe, a device, a descriptor that is open already.
fn is_stream(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) || leads_to_descriptor(path)
}

/// Whether a path is, or is a link to, one of `/proc/PID/fd`: `/dev/stdout` is, whatever it was redirected to.
fn leads_to_descriptor(path: &Path) -> bool {
    /// As many links as the kernel follows.
    const MOST_LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let Ok(folder) = folder.canonicalize() else { return false };
        if folder.starts_with("/proc") && folder.ends_with("fd") {
            return true;
        }
        match fs::read_link(&path) {
            Ok(next) => path = folder.join(next),
            Err(_) => return false,
        }
    }
    false
}

/// The scenario that is run, and its texts, are no place for a recording, whatever the user says.
fn refuse_scenario(path: &Path, scenario: &Scenario, lang: Lang) -> Result<(), String> {
    let source = PathBuf::from(&scenario.file);
    let texts = source.with_extension("toml");
    let full = |path: &Path| {
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        path.canonicalize().ok().or_else(|| Some(folder.canonicalize().ok()?.join(path.file_name()?)))
    };
    let same = |other: &Path| {
        let (one, two) = (Identity::at(path), Identity::at(other));
        (one.is_some() && one == two) || full(path).is_some_and(|path| Some(path) == full(other))
    };
    let Some(own) = [&source, &texts].into_iter().find(|own| same(own)) else { return Ok(()) };
    Err(match lang {
        Lang::En => format!("{} belongs to the scenario that is run: record into another file", own.display()),
        Lang::Zh => format!("{} 属于正在运行的场景：请录制到别的文件", own.display()),
    })
}

fn told(error: &WriteError, lang: Lang) -> String {
    match (lang, error) {
        (Lang::En, error) => error.to_string(),
        (Lang::Zh, WriteError::Io { path, source, .. }) => {
            format!("无法写入录制文件 {}：{}", path.display(), os_error(source, lang))
        }
        (Lang::Zh, WriteError::Codec { path, .. }) => format!("无法录制到 {}：有一个事件太长", path.display()),
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        // Whoever wants to know of a failure has called `finish` before.
        let _ = self.finish_soon();
    }
}
