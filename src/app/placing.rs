//! A file that gets its name when it is whole: it is written under a name of its own beside it, and moved.
//!
//! Invariant: what has the name already is never touched by a file that does not become whole.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::sys;

/// What the name ends with as long as a file is not whole.
pub(super) const PART: &str = "part";

/// As many unfinished files may lie beside one name.
const MOST_PARTS: usize = 1000;

/// A file that is being written. Dropped, it stays under its own name.
#[derive(Debug)]
pub(super) struct Placing {
    part: PathBuf,
    target: PathBuf,
    replace: bool,
}

impl Placing {
    /// Makes a file beside `target` that is to become it. `replace`: whatever has the name then goes.
    pub(super) fn begin(target: &Path, replace: bool) -> io::Result<(File, Placing)> {
        let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
        for part in parts(target) {
            match OpenOptions::new().write(true).create_new(true).open(&part) {
                Ok(file) => return Ok((file, Placing { part, target: target.to_owned(), replace })),
                // Somebody's unfinished file is somebody's.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    /// Where it is until it is whole.
    pub(super) fn part(&self) -> &Path {
        &self.part
    }

    /// It is whole: gives it its name.
    pub(super) fn publish(&self) -> io::Result<()> {
        if self.replace { fs::rename(&self.part, &self.target) } else { sys::rename::to_new(&self.part, &self.target) }
    }

    /// It will never be whole: takes it away.
    pub(super) fn discard(self) {
        // What cannot be taken away stays, under a name that says what it is.
        let _ = fs::remove_file(&self.part);
    }
}

/// Names for what is to become `target`, in the order in which they are tried.
fn parts(target: &Path) -> impl Iterator<Item = PathBuf> {
    let name = target.file_name().unwrap_or_default().to_os_string();
    (1..=MOST_PARTS).map(move |count| {
        let mut part = name.clone();
        part.push(if count == 1 { format!(".{PART}") } else { format!(".{count}.{PART}") });
        target.with_file_name(part)
    })
}

/// The unfinished files that lie beside a name.
pub(super) fn unfinished(target: &Path) -> Vec<PathBuf> {
    parts(target).take_while(|part| part.exists()).collect()
}

/// Which file it is, whatever it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity(u64, u64);

impl Identity {
    pub(super) fn of(metadata: &Metadata) -> Identity {
        Identity(metadata.dev(), metadata.ino())
    }

    /// Of what a path leads to; none where it leads nowhere.
    pub(super) fn at(path: &Path) -> Option<Identity> {
        fs::metadata(path).ok().map(|metadata| Identity::of(&metadata))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_file_has_its_name_when_it_is_whole_and_not_before() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let target = folder.path().join("a.rec");
        let (mut file, placing) = Placing::begin(&target, false)?;
        file.write_all(b"half")?;
        assert_eq!((target.exists(), unfinished(&target)), (false, vec![folder.path().join("a.rec.part")]));
        let (_, second) = Placing::begin(&target, false)?;
        assert_eq!(second.part(), folder.path().join("a.rec.2.part"));
        placing.publish()?;
        assert_eq!(fs::read(&target)?, b"half");
        // Somebody was faster: nothing of anybody's is lost.
        assert_eq!(second.publish().unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!((fs::read(&target)?, second.part().exists()), (b"half".to_vec(), true));
        second.discard();
        assert_eq!(fs::read_dir(folder.path())?.count(), 1);
        let (mut file, third) = Placing::begin(&target, true)?;
        file.write_all(b"another")?;
        assert_eq!(fs::read(&target)?, b"half");
        third.publish()?;
        assert_eq!(fs::read(&target)?, b"another");
        Ok(())
    }
}
