//! Files without a name that hold bytes for others to read and nobody to change.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::fs::{MemfdFlags, SealFlags};
use rustix::io::Errno;

/// `memfd_create(name)`, `write`, `fcntl(F_ADD_SEALS)`: a file with these bytes, sealed against
/// writing and cutting. `name` shows in `/proc/PID/fd`.
pub fn sealed(name: &str, bytes: &[u8]) -> io::Result<OwnedFd> {
    let fd = rustix::fs::memfd_create(name, MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    let mut at = 0;
    while at < bytes.len() {
        match rustix::io::pwrite(&fd, &bytes[at..], at as u64) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => at += written,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    rustix::fs::fcntl_add_seals(&fd, SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
    Ok(fd)
}

/// `pread` from the start to the end: several processes may read the same description at once.
/// More than `limit` bytes are an error.
pub fn read_all(fd: BorrowedFd<'_>, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 8192];
    loop {
        match rustix::io::pread(fd, &mut chunk, bytes.len() as u64) {
            Ok(0) => return Ok(bytes),
            Ok(read) if bytes.len() + read > limit => {
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("the file has more than {limit} bytes")));
            }
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(all(test, not(miri)))]
mod tests {
    use super::*;
    use std::os::fd::AsFd;

    #[test]
    fn is_read_again_and_again_and_never_written() -> io::Result<()> {
        let bytes: Vec<u8> = (0..20_000).map(|at| at as u8).collect();
        let fd = sealed("ipcscope-test", &bytes)?;
        assert_eq!(read_all(fd.as_fd(), 20_000)?, bytes);
        assert_eq!(read_all(fd.as_fd(), 20_000)?, bytes);
        assert_eq!(read_all(fd.as_fd(), 19_999).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert!(rustix::io::pwrite(&fd, b"x", 0).is_err());
        assert_eq!(read_all(sealed("ipcscope-test", b"")?.as_fd(), 0)?, b"");
        Ok(())
    }
}
