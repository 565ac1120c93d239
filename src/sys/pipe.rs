//! Pipes, byte sockets and eventfds, never blocking: waiting is a call of its own.
//!
//! The order of bytes, frames and who holds an end are the business of others.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType};
use rustix::pipe::PipeFlags;

/// What to wait for on a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    Read,
    Write,
}

/// `pipe2(O_CLOEXEC | O_NONBLOCK)`: the end to read and the end to write.
pub fn simplex() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(rustix::pipe::pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?)
}

/// `socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK)`: two ends, each for both.
pub fn duplex() -> io::Result<(OwnedFd, OwnedFd)> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    Ok(rustix::net::socketpair(AddressFamily::UNIX, SocketType::STREAM, flags, None)?)
}

/// `ioctl(FIONREAD)`: how many bytes wait to be read from this end.
pub fn unread(fd: BorrowedFd<'_>) -> io::Result<u64> {
    Ok(rustix::io::ioctl_fionread(fd)?)
}

/// `fcntl(F_GETPIPE_SZ)`, in pages: into how many page slots a pipe takes what is written. A socket has none.
pub fn slots(fd: BorrowedFd<'_>) -> io::Result<usize> {
    Ok(rustix::pipe::fcntl_getpipe_size(fd)? / page_size())
}

/// `sysconf(_SC_PAGESIZE)`: bytes of a page.
pub fn page_size() -> usize {
    rustix::param::page_size()
}

/// Whether a read would return at once: with bytes, the end of the file, or an error.
pub fn readable(fd: BorrowedFd<'_>) -> bool {
    poll(&[(fd, Interest::Read)], Some(Duration::ZERO)).unwrap_or(false)
}

/// Whether a write would return at once: with some bytes taken, or an error.
pub fn writable(fd: BorrowedFd<'_>) -> bool {
    poll(&[(fd, Interest::Write)], Some(Duration::ZERO)).unwrap_or(false)
}

/// `ppoll`: waits until one of the descriptors is ready, at most `timeout`; whether one is.
/// A hang-up and an error count as ready, and signals do not end the wait.
pub fn poll(fds: &[(BorrowedFd<'_>, Interest)], timeout: Option<Duration>) -> io::Result<bool> {
    let flags = |interest| match interest {
        Interest::Read => PollFlags::IN,
        Interest::Write => PollFlags::OUT,
    };
    let mut fds: Vec<PollFd<'_>> = fds.iter().map(|&(fd, interest)| PollFd::from_borrowed_fd(fd, flags(interest))).collect();
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    loop {
        let rest = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let rest = rest.and_then(|rest| Timespec::try_from(rest).ok());
        match rustix::event::poll(&mut fds, rest.as_ref()) {
            Err(Errno::INTR) => {}
            ready => return Ok(ready? > 0),
        }
    }
}

/// `read`: 0 is the end of the file, and `WouldBlock` means that nothing is there yet.
pub fn read(fd: BorrowedFd<'_>, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match rustix::io::read(fd, &mut *buffer) {
            Err(Errno::INTR) => {}
            result => return Ok(result?),
        }
    }
}

/// `write`: how many bytes were taken; `WouldBlock` where there is no room. Where nobody can read
/// any more it is `BrokenPipe`, provided that SIGPIPE is ignored, as Rust programs do.
pub fn write(fd: BorrowedFd<'_>, bytes: &[u8]) -> io::Result<usize> {
    loop {
        match rustix::io::write(fd, bytes) {
            Err(Errno::INTR) => {}
            result => return Ok(result?),
        }
    }
}

/// `eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)`: a bell that stays rung until it is drained.
pub fn eventfd() -> io::Result<OwnedFd> {
    Ok(rustix::event::eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?)
}

/// Rings an eventfd.
pub fn ring(fd: BorrowedFd<'_>) -> io::Result<()> {
    match write(fd, &1u64.to_ne_bytes()) {
        // The counter is full, so it has been rung.
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
        result => result.map(drop),
    }
}

/// Clears an eventfd; how often it had been rung.
pub fn drain(fd: BorrowedFd<'_>) -> io::Result<u64> {
    let mut count = [0; 8];
    match read(fd, &mut count) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
        result => result.map(|_| u64::from_ne_bytes(count)),
    }
}

/// `fstat`: the number by which `/proc/PID/fd` names this pipe or socket, as in `pipe:[123]`.
pub fn inode(fd: BorrowedFd<'_>) -> io::Result<u64> {
    Ok(rustix::fs::fstat(fd)?.st_ino)
}

#[cfg(all(test, not(miri)))]
mod tests {
    use super::*;
    use std::os::fd::AsFd;

    fn check_stream(reader: OwnedFd, writer: OwnedFd) -> io::Result<()> {
        let mut buffer = [0; 16];
        assert!(!readable(reader.as_fd()) && writable(writer.as_fd()));
        assert_eq!(read(reader.as_fd(), &mut buffer).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        assert_eq!(write(writer.as_fd(), b"abc")?, 3);
        assert_eq!(write(writer.as_fd(), b"de")?, 2);
        assert_eq!(unread(reader.as_fd())?, 5);
        assert!(poll(&[(reader.as_fd(), Interest::Read)], None)?);
        assert_eq!(read(reader.as_fd(), &mut buffer)?, 5);
        assert_eq!(&buffer[..5], b"abcde");
        while write(writer.as_fd(), &[0; 4096]).is_ok() {}
        assert!(!writable(writer.as_fd()));
        assert!(!poll(&[(writer.as_fd(), Interest::Write)], Some(Duration::from_millis(1)))?);
        drop(reader);
        assert!(writable(writer.as_fd()), "an error counts as ready");
        assert_eq!(write(writer.as_fd(), b"x").unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        Ok(())
    }

    #[test]
    fn simplex_and_duplex_carry_bytes() -> io::Result<()> {
        let (reader, writer) = simplex()?;
        check_stream(reader, writer)?;
        let (one, other) = duplex()?;
        check_stream(one, other)
    }

    #[test]
    fn the_end_of_the_file_is_readable() -> io::Result<()> {
        let (reader, writer) = simplex()?;
        drop(writer);
        assert!(readable(reader.as_fd()));
        assert_eq!(read(reader.as_fd(), &mut [0; 1])?, 0);
        Ok(())
    }

    #[test]
    fn an_eventfd_stays_rung_until_drained() -> io::Result<()> {
        let bell = eventfd()?;
        assert_eq!(drain(bell.as_fd())?, 0);
        ring(bell.as_fd())?;
        ring(bell.as_fd())?;
        assert!(readable(bell.as_fd()));
        assert_eq!(drain(bell.as_fd())?, 2);
        assert!(!readable(bell.as_fd()));
        Ok(())
    }

    #[test]
    fn both_ends_of_a_pipe_have_one_inode() -> io::Result<()> {
        let (reader, writer) = simplex()?;
        let (other, _) = simplex()?;
        assert_eq!(inode(reader.as_fd())?, inode(writer.as_fd())?);
        assert_ne!(inode(reader.as_fd())?, inode(other.as_fd())?);
        Ok(())
    }
}
