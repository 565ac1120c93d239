//! Giving a file its final name.

use std::io;
use std::path::Path;

use rustix::fs::{CWD, RenameFlags};
use rustix::io::Errno;

/// `renameat2(from, to, RENAME_NOREPLACE)`: gives a file a name that nothing has yet, in one move. What has the
/// name already stays as it is, and the error is [`io::ErrorKind::AlreadyExists`].
pub fn to_new(from: &Path, to: &Path) -> io::Result<()> {
    match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // A file system or a kernel that cannot do it in one move: a second name, then one less.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            std::fs::hard_link(from, to)?;
            std::fs::remove_file(from)
        }
        moved => Ok(moved?),
    }
}

#[cfg(all(test, not(miri)))]
mod tests {
    use super::*;

    #[test]
    fn what_has_the_name_already_stays() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let [from, to] = ["from", "to"].map(|name| folder.path().join(name));
        std::fs::write(&from, "new")?;
        std::fs::write(&to, "old")?;
        assert_eq!(to_new(&from, &to).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!((std::fs::read(&from)?, std::fs::read(&to)?), (b"new".to_vec(), b"old".to_vec()));
        std::fs::remove_file(&to)?;
        to_new(&from, &to)?;
        assert_eq!(std::fs::read(&to)?, b"new");
        assert!(!from.exists());
        Ok(())
    }
}
