//! What can be done to a child by its pidfd, which names one process for ever, unlike a number.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd, RawFd};

use rustix::io::Errno;
use rustix::process::{PidfdGetfdFlags, Signal, WaitId, WaitIdOptions, WaitIdStatus};

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It exited with this status.
    Code(i32),
    /// It was killed by this signal.
    Signal(i32),
}

/// `pidfd_open(pid, 0)`: a descriptor for a process by its number. The caller makes sure that the
/// number still is that process's.
pub fn open(pid: u32) -> io::Result<OwnedFd> {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw).ok_or(io::ErrorKind::InvalidInput)?;
    Ok(rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty())?)
}

/// `pidfd_send_signal(pidfd, sig)`. A process that has been reaped gives ESRCH; a number that names
/// no ordinary signal is an error too.
pub fn signal(pidfd: BorrowedFd<'_>, sig: i32) -> io::Result<()> {
    let Some(named) = Signal::from_named_raw(sig) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{sig} is not a signal")));
    };
    Ok(rustix::process::pidfd_send_signal(pidfd, named)?)
}

/// `waitid(P_PIDFD, pidfd, WEXITED)`: waits for a child's end, reaps it and says how it ended. Reaping
/// twice gives ECHILD.
pub fn reap(pidfd: BorrowedFd<'_>) -> io::Result<Exit> {
    let status = wait(pidfd, WaitIdOptions::EXITED)?;
    let exit = status.and_then(|status| status.exit_status().map(Exit::Code).or(status.terminating_signal().map(Exit::Signal)));
    exit.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "waitid told of no end"))
}

/// `waitid(P_PIDFD, pidfd, WSTOPPED | WCONTINUED | WNOHANG)`: whether the child was stopped
/// (`true`) or continued (`false`) since the last call, if either.
pub fn stop_state(pidfd: BorrowedFd<'_>) -> io::Result<Option<bool>> {
    let status = wait(pidfd, WaitIdOptions::STOPPED | WaitIdOptions::CONTINUED | WaitIdOptions::NOHANG)?;
    Ok(status.map(|status| status.stopped()))
}

/// `pidfd_getfd(pidfd, fd)`: a duplicate of another process's descriptor. It counts as a further
/// holder until it is closed.
pub fn borrow_fd(pidfd: BorrowedFd<'_>, fd: RawFd) -> io::Result<OwnedFd> {
    Ok(rustix::process::pidfd_getfd(pidfd, fd, PidfdGetfdFlags::empty())?)
}

fn wait(pidfd: BorrowedFd<'_>, options: WaitIdOptions) -> io::Result<Option<WaitIdStatus>> {
    loop {
        match rustix::process::waitid(WaitId::PidFd(pidfd), options) {
            Err(Errno::INTR) => {}
            result => return Ok(result?),
        }
    }
}
