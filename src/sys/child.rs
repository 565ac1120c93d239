//! What a started process does to itself: takes over the descriptors that it was given, makes sure
//! that it dies with its parent, names itself, ends.

use std::ffi::CString;
use std::io;
use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::sync::Mutex;

use rustix::io::{Errno, FdFlags};
use rustix::process::Signal;

/// `fcntl(fd, F_GETFD)`, `fcntl(fd, F_SETFD, FD_CLOEXEC)`: takes over a descriptor that the starter
/// put at this number. Each can be taken once: what is close-on-exec already belongs to somebody,
/// and is refused, as are the standard streams.
pub fn adopt(fd: RawFd) -> io::Result<OwnedFd> {
    // Two threads that adopt the same number must not both find it free.
    static ADOPTING: Mutex<()> = Mutex::new(());
    let _adopting = ADOPTING.lock();
    let refused = |why: &str| io::Error::new(io::ErrorKind::InvalidInput, format!("descriptor {fd} {why}"));
    if fd <= 2 {
        return Err(refused("cannot be taken over"));
    }
    // SAFETY: borrowed for the two calls below only, which are sound for any number: the kernel
    // answers EBADF where it is not open.
    let borrowed = unsafe { BorrowedFd::borrow_raw(fd) };
    match rustix::io::fcntl_getfd(borrowed) {
        Ok(flags) if flags.contains(FdFlags::CLOEXEC) => return Err(refused("belongs to somebody already")),
        Ok(_) => rustix::io::fcntl_setfd(borrowed, FdFlags::CLOEXEC)?,
        Err(Errno::BADF) => return Err(refused("is not open")),
        Err(error) => return Err(error.into()),
    }
    // SAFETY: the number is open, and nobody in this process owns it: everything that Rust opens is
    // close-on-exec, and so is what was adopted before.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `prctl(PR_SET_NAME)`: the calling thread's name in `ps -L` and `/proc`, cut to 15 bytes between
/// two characters.
pub fn set_name(name: &str) {
    let name = name.split('\0').next().unwrap_or_default();
    let mut end = name.len().min(15);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    if let Ok(name) = CString::new(&name[..end]) {
        // Of all its errors only a bad pointer applies, and this one is good.
        let _ = rustix::thread::set_name(&name);
    }
}

/// `getppid`: whether this process is still the child of `pid`.
pub fn parent_is(pid: u32) -> bool {
    rustix::process::getppid().is_some_and(|parent| parent.as_raw_pid() as u32 == pid)
}

/// `prctl(PR_SET_PDEATHSIG, SIGKILL)`, then `getppid`: asks to be killed when the thread that
/// started this process ends, and says whether `expected` is still the parent. Where it is not, the
/// parent died before the signal was asked for, and the caller must end by itself.
pub fn die_with_parent(expected: u32) -> bool {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL)).is_ok() && parent_is(expected)
}

/// `gettid`: the calling thread's number in `/proc/PID/task`.
pub fn tid() -> u32 {
    rustix::thread::gettid().as_raw_pid() as u32
}

/// `signal(SIGSEGV, SIG_DFL)`, `signal(SIGBUS, SIG_DFL)`: takes away the handlers that the standard library has set to
/// tell of an overflowing stack. They take the first signal that somebody sent for a fault that comes again, and
/// return. An overflow still ends the process by that signal.
pub fn default_faults() {
    for signal in [nix::libc::SIGSEGV, nix::libc::SIGBUS] {
        // SAFETY: the default action runs no code of this process.
        unsafe { nix::libc::signal(signal, nix::libc::SIG_DFL) };
    }
}

/// `signal(SIGXFSZ, SIG_IGN)`: to write or make a file beyond `ulimit -f` is an error (EFBIG) then, and not the end.
pub fn survive_file_limit() {
    // SAFETY: an ignored signal runs no code of this process.
    unsafe { nix::libc::signal(nix::libc::SIGXFSZ, nix::libc::SIG_IGN) };
}

/// `readlink(/proc/self/fd/N)`: whether a descriptor is a memfd of this name.
pub fn is_memfd(fd: RawFd, name: &str) -> bool {
    std::fs::read_link(format!("/proc/self/fd/{fd}")).is_ok_and(|link| link.to_string_lossy() == format!("/memfd:{name} (deleted)"))
}

/// `_exit(code)`: ends the process at once. No destructor runs and nothing is flushed.
pub fn exit_now(code: i32) -> ! {
    // SAFETY: the call takes a number and does not return.
    unsafe { nix::libc::_exit(code) }
}

#[cfg(all(test, not(miri)))]
mod tests {
    use super::*;
    use std::os::fd::{AsFd, AsRawFd, IntoRawFd};

    fn survives_exec(fd: impl AsFd) -> bool {
        rustix::io::fcntl_getfd(fd).is_ok_and(|flags| !flags.contains(FdFlags::CLOEXEC))
    }

    #[test]
    fn a_descriptor_is_adopted_once() -> io::Result<()> {
        let (reader, _writer) = crate::sys::pipe::simplex()?;
        assert!(adopt(reader.as_raw_fd()).is_err(), "it belongs to this test");
        let given = rustix::io::dup(&reader)?;
        assert!(survives_exec(&given));
        let number = given.into_raw_fd();
        let adopted = adopt(number)?;
        assert_eq!(adopted.as_raw_fd(), number);
        assert!(!survives_exec(&adopted));
        assert!(adopt(number).is_err(), "it was adopted already");
        Ok(())
    }

    #[test]
    fn closed_and_standard_numbers_are_refused() {
        for fd in [-1, 0, 1, 2, 1 << 20] {
            assert!(adopt(fd).is_err(), "{fd}");
        }
    }

    #[test]
    fn a_name_is_cut_between_characters() -> io::Result<()> {
        let check = |name: &str, shown: &str| -> io::Result<()> {
            set_name(name);
            assert_eq!(std::fs::read_to_string(format!("/proc/self/task/{}/comm", tid()))?.trim_end(), shown);
            Ok(())
        };
        std::thread::spawn(move || {
            check("worker 1", "worker 1")?;
            check("a-name-far-too-long", "a-name-far-too-")?;
            check("工人工人工人", "工人工人工")?;
            check("abcdefghijklmn工", "abcdefghijklmn")?;
            check("cut\0here", "cut")
        })
        .join()
        .expect("the thread ends")
    }

    #[test]
    fn knows_its_parent() {
        let parent = std::os::unix::process::parent_id();
        assert!(parent_is(parent) && !parent_is(parent + 1));
    }
}
