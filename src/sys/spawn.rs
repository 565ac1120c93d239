//! Starting a process with exactly the descriptors that it is to have.
//!
//! `fork` and `exec` are done here rather than by the standard library, whose own descriptor for
//! reporting a failed exec may lie at a number that the new process is promised. Between the two,
//! the child calls nothing but async-signal-safe functions (signal-safety(7)): everything that
//! needs memory is made before. Descriptors are first duplicated above all promised numbers, so
//! that no source is overwritten before it has been put in its place.

use std::ffi::{CString, OsString};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::ptr;
use std::time::{Duration, Instant};

use nix::libc;
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags};

use super::pipe::{self, Interest};
use super::procfs;

/// A process to be started.
#[derive(Debug)]
pub struct Spawn<'a> {
    /// The program.
    pub exe: &'a Path,
    /// Its `argv[0]`, which is all of its arguments, and what `ps` shows.
    pub name: &'a str,
    /// What its environment has beyond or instead of ours.
    pub env: &'a [(&'a str, String)],
    /// The most bytes of memory of its own that the kernel gives it (RLIMIT_DATA), if not as many as us.
    pub data: Option<u64>,
    /// Which descriptors of ours it gets, and under which numbers. Where no 0, 1 or 2 is among
    /// these numbers, it gets `/dev/null` there; all else is closed.
    pub fds: &'a [(BorrowedFd<'a>, RawFd)],
}

/// A started child. Dropping it neither ends nor reaps the process: `pidfd::reap` does.
#[derive(Debug)]
pub struct Child {
    pub pid: u32,
    pub pidfd: OwnedFd,
    /// None once its program has taken over.
    pub pending: Option<Pending>,
}

/// A child whose program has not taken over yet, because it was stopped before: what comes of it is still to
/// be read. The descriptor becomes readable with that.
#[derive(Debug)]
pub struct Pending(OwnedFd);

impl AsFd for Pending {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Pending {
    /// What has come of it; none as long as nothing has. A child that was killed before is no error here: its
    /// death tells. Errors: the program could not be started; the child ends by itself.
    pub fn outcome(&self) -> Option<io::Result<()>> {
        pipe::readable(self.as_fd()).then(|| read_report(self.as_fd()).map_or(Ok(()), Err))
    }
}

/// The longest that a child may keep its starter waiting for its program to take over.
const TO_TAKE_OVER: Duration = Duration::from_secs(5);

/// How often its starter looks meanwhile whether somebody has stopped it.
const LOOK: Duration = Duration::from_millis(20);

/// A start that failed: what, and the system's own error.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {source}")]
struct Refusal {
    what: String,
    source: io::Error,
}

/// The system's number for an error, also for one of [`Spawn::spawn`]; 0 where there is none.
pub fn errno(error: &io::Error) -> i32 {
    let refused = || error.get_ref()?.downcast_ref::<Refusal>()?.source.raw_os_error();
    error.raw_os_error().or_else(refused).unwrap_or(0)
}

impl Spawn<'_> {
    /// `fork`, `execve`, `pidfd_open`: starts the process in a group of its own and returns once
    /// its program has taken over, or, where it is stopped before, with that [`Pending`]. No signal is blocked or handled there, SIGPIPE is ignored, and
    /// the kernel kills it when *the calling thread* ends (prctl(2), PR_SET_PDEATHSIG).
    pub fn spawn(&self) -> io::Result<Child> {
        self.start().map_err(|source| {
            let refusal = Refusal { what: format!("cannot start {} ({})", self.name, self.exe.display()), source };
            io::Error::new(refusal.source.kind(), refusal)
        })
    }

    fn start(&self) -> io::Result<Child> {
        let exe = CString::new(self.exe.as_os_str().as_bytes())?;
        let name = CString::new(self.name)?;
        let env = self.environment()?;
        let argv = [name.as_ptr(), ptr::null()];
        let envp: Vec<*const libc::c_char> = env.iter().map(|entry| entry.as_ptr()).chain([ptr::null()]).collect();

        let floor = self.fds.iter().map(|&(_, number)| number).max().unwrap_or(0).max(2).saturating_add(1);
        let places = self.places(floor)?;
        let (report, low) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
        let reporter = rustix::io::fcntl_dupfd_cloexec(&low, floor)?;
        // The report ends when the last writer is gone, so no second one may be left with us.
        drop(low);
        let plan = Plan {
            exe: exe.as_ptr(),
            argv: argv.as_ptr(),
            envp: envp.as_ptr(),
            places: &places,
            reporter: reporter.as_raw_fd(),
            parent: rustix::process::getpid().as_raw_pid(),
            data: self.data.map(data_limit),
            #[cfg(test)]
            stops: self.exe.ends_with(STOPPED),
        };

        // Signals wait until the child has let go of our handlers, which would act on what is ours.
        let blocked = block_signals()?;
        // SAFETY: the child calls `take_over` only, which keeps to async-signal-safe functions.
        let forked = match unsafe { libc::fork() } {
            // SAFETY: this is the forked child, and the plan's pointers lead to memory that the
            // parent made before and that the child has its own copy of.
            0 => unsafe { take_over(&plan) },
            -1 => Err(io::Error::last_os_error()),
            pid => Ok(pid),
        };
        restore_signals(&blocked);
        let pid = forked?;
        drop(reporter);

        let pidfd = Pid::from_raw(pid).ok_or(Errno::SRCH).and_then(|pid| rustix::process::pidfd_open(pid, PidfdFlags::empty()));
        let pid = pid as u32;
        let took_over = pidfd.map_err(io::Error::from).and_then(|pidfd| Ok((pidfd, has_taken_over(report.as_fd(), pid)?)));
        match took_over {
            Ok((pidfd, true)) => Ok(Child { pid, pidfd, pending: None }),
            Ok((pidfd, false)) => Ok(Child { pid, pidfd, pending: Some(Pending(report)) }),
            Err(error) => {
                end(pid as libc::pid_t);
                Err(error)
            }
        }
    }

    /// Our environment with the given entries in it.
    fn environment(&self) -> io::Result<Vec<CString>> {
        let ours = std::env::vars_os().filter(|(key, _)| !self.env.iter().any(|&(given, _)| key == given));
        let given = self.env.iter().map(|(key, value)| (OsString::from(*key), OsString::from(value)));
        let entry = |(mut key, value): (OsString, OsString)| {
            key.push("=");
            key.push(value);
            Ok(CString::new(key.into_vec())?)
        };
        ours.chain(given).map(entry).collect()
    }

    /// Duplicates at or above `floor`, each with the number where the child is to find it.
    fn places(&self, floor: RawFd) -> io::Result<Vec<(OwnedFd, RawFd)>> {
        let mut places = Vec::new();
        for stream in 0..=2 {
            if !self.fds.iter().any(|&(_, number)| number == stream) {
                let null = rustix::fs::open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
                places.push((rustix::io::fcntl_dupfd_cloexec(&null, floor)?, stream));
            }
        }
        for (fd, number) in self.fds {
            if *number < 0 {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{number} cannot be a descriptor's number")));
            }
            places.push((rustix::io::fcntl_dupfd_cloexec(fd, floor)?, *number));
        }
        Ok(places)
    }
}

/// A limit of the child's memory: no higher than what we ourselves were given.
fn data_limit(bytes: u64) -> libc::rlimit {
    let ours = rustix::process::getrlimit(rustix::process::Resource::Data);
    let least = |ours: Option<u64>| ours.map_or(bytes, |ours| ours.min(bytes));
    libc::rlimit { rlim_cur: least(ours.current), rlim_max: least(ours.maximum) }
}

/// All that the child needs between fork and exec, made by the parent.
struct Plan<'a> {
    exe: *const libc::c_char,
    argv: *const *const libc::c_char,
    envp: *const *const libc::c_char,
    places: &'a [(OwnedFd, RawFd)],
    reporter: RawFd,
    parent: libc::pid_t,
    data: Option<libc::rlimit>,
    /// It stops itself before its program takes over, as somebody else might stop it there.
    #[cfg(test)]
    stops: bool,
}

/// The name of a program that is not there, and whose process stops before it finds that out.
#[cfg(test)]
pub const STOPPED: &str = "stopped-before-exec";

/// Turns the forked child into the new process; where something fails, reports the error number.
///
/// # Safety
///
/// To be called in a forked child only. The plan's pointers lead to NUL-terminated strings and
/// NULL-terminated lists.
unsafe fn take_over(plan: &Plan<'_>) -> ! {
    // SAFETY: every function called is in signal-safety(7)'s list or a bare system call, and gets
    // numbers, pointers to locals, or the plan's pointers.
    unsafe {
        let prepared = libc::setpgid(0, 0) == 0
            && libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) == 0
            && default_signals() == 0
            && plan.data.as_ref().is_none_or(|limit| libc::setrlimit(libc::RLIMIT_DATA, limit) == 0)
            && close_all_on_exec()
            && plan.places.iter().all(|(source, number)| libc::dup2(source.as_raw_fd(), *number) >= 0);
        // Where the parent died before the signal above was asked for, nobody would end this process.
        if libc::getppid() != plan.parent {
            libc::_exit(127);
        }
        #[cfg(test)]
        if plan.stops {
            libc::raise(libc::SIGSTOP);
        }
        if prepared {
            libc::execve(plan.exe, plan.argv, plan.envp);
        }
        let error = *libc::__errno_location();
        libc::write(plan.reporter, (&raw const error).cast(), size_of::<i32>());
        libc::_exit(127)
    }
}

/// Makes every descriptor close-on-exec, those too that our own starter left open in us. Kernels
/// before 5.11 cannot, and then those few are inherited.
fn close_all_on_exec() -> bool {
    // SAFETY: a bare system call on numbers; it closes nothing yet.
    let done = unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC) };
    done == 0 || matches!(io::Error::last_os_error().raw_os_error(), Some(libc::ENOSYS | libc::EINVAL))
}

/// Gives every signal its default action, but SIGPIPE, which is ignored, and unblocks all. Some
/// numbers (SIGKILL, those that the C library keeps) refuse, which is as well.
///
/// # Safety
///
/// To be called in a forked child only, where nobody relies on the handlers.
unsafe fn default_signals() -> libc::c_int {
    // SAFETY: the two actions have no handler that could be called, and the set is a local that
    // sigemptyset fills.
    unsafe {
        for signal in 1..=64 {
            libc::signal(signal, libc::SIG_DFL);
        }
        libc::signal(libc::SIGPIPE, libc::SIG_IGN);
        let mut none: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &none, ptr::null_mut())
    }
}

/// Blocks all signals for this thread and gives what was blocked before.
fn block_signals() -> io::Result<libc::sigset_t> {
    // SAFETY: both sets are locals, of a type for which all zeros are valid.
    let (blocked, error) = unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        let mut blocked: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&mut all);
        let error = libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut blocked);
        (blocked, error)
    };
    if error == 0 { Ok(blocked) } else { Err(io::Error::from_raw_os_error(error)) }
}

fn restore_signals(blocked: &libc::sigset_t) {
    // SAFETY: the set came from pthread_sigmask, which thus takes it back.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, blocked, ptr::null_mut()) };
}

/// Waits until a child's program has taken over; false if that may take long, because it has been stopped
/// before. Errors: the program could not be started.
fn has_taken_over(report: BorrowedFd<'_>, pid: u32) -> io::Result<bool> {
    let deadline = Instant::now() + TO_TAKE_OVER;
    while !pipe::poll(&[(report, Interest::Read)], Some(LOOK))? {
        let stopped = procfs::stat(pid, pid).is_ok_and(|stat| matches!(stat.state, 'T' | 't'));
        if stopped || Instant::now() >= deadline {
            return Ok(false);
        }
    }
    read_report(report).map_or(Ok(true), Err)
}

/// Waits for the exec, which closes the reporter, or for the number of the error before it.
fn read_report(report: BorrowedFd<'_>) -> Option<io::Error> {
    let mut number = [0; size_of::<i32>()];
    loop {
        match rustix::io::read(report, &mut number) {
            Err(Errno::INTR) => {}
            Err(error) => return Some(error.into()),
            Ok(read) if read == number.len() => return Some(io::Error::from_raw_os_error(i32::from_ne_bytes(number))),
            Ok(_) => return None,
        }
    }
}

/// Ends and reaps a child that did not become what it should.
fn end(pid: libc::pid_t) {
    // SAFETY: the child has not been reaped, so the number is still its own; a null status is allowed.
    unsafe {
        libc::kill(pid, libc::SIGKILL);
        while libc::waitpid(pid, ptr::null_mut(), 0) == -1 && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted {}
    }
}

#[cfg(all(test, not(miri)))]
mod tests {
    use super::*;
    use crate::sys::pidfd::{self, Exit};
    use crate::sys::{memfile, pipe, procfs};
    use rustix::io::FdFlags;
    use std::time::Duration;

    fn survives_exec(fd: impl AsFd) -> bool {
        rustix::io::fcntl_getfd(fd).is_ok_and(|flags| !flags.contains(FdFlags::CLOEXEC))
    }

    /// Starts a shell that reads `script` as its standard input and has `fds` besides.
    fn shell(script: &str, fds: &[(BorrowedFd<'_>, RawFd)]) -> io::Result<Child> {
        let script = memfile::sealed("script", script.as_bytes())?;
        let fds: Vec<_> = [(script.as_fd(), 0)].into_iter().chain(fds.iter().copied()).collect();
        Spawn { exe: Path::new("/bin/sh"), name: "shell", env: &[("GREETING", "hello".into())], data: None, fds: &fds }.spawn()
    }

    /// All that a shell writes to its standard output, and how it ended.
    fn output(script: &str, fds: &[(BorrowedFd<'_>, RawFd)]) -> io::Result<(String, Exit)> {
        let (reader, writer) = pipe::simplex()?;
        let fds: Vec<_> = fds.iter().copied().chain([(writer.as_fd(), 1)]).collect();
        let child = shell(script, &fds)?;
        drop(fds);
        drop(writer);
        let mut output = Vec::new();
        let mut chunk = [0; 4096];
        while pipe::poll(&[(reader.as_fd(), pipe::Interest::Read)], Some(Duration::from_secs(300)))? {
            match pipe::read(reader.as_fd(), &mut chunk)? {
                0 => break,
                read => output.extend_from_slice(&chunk[..read]),
            }
        }
        Ok((String::from_utf8_lossy(&output).into_owned(), pidfd::reap(child.pidfd.as_fd())?))
    }

    #[test]
    fn a_child_is_reaped_with_its_exit() -> io::Result<()> {
        for (script, exit) in [("exit 3", Exit::Code(3)), ("", Exit::Code(0)), ("kill -TERM $$", Exit::Signal(15))] {
            let child = shell(script, &[])?;
            assert_eq!(pidfd::reap(child.pidfd.as_fd())?, exit, "{script}");
            assert!(pidfd::reap(child.pidfd.as_fd()).is_err(), "it was reaped");
            assert!(pidfd::signal(child.pidfd.as_fd(), libc::SIGTERM).is_err(), "nobody is there");
        }
        Ok(())
    }

    #[test]
    fn a_child_is_stopped_continued_and_killed() -> io::Result<()> {
        let child = Spawn { exe: Path::new("/bin/sh"), name: "sleeper", env: &[], data: None, fds: &[] };
        let (reader, _writer) = pipe::simplex()?;
        rustix::io::ioctl_fionbio(&reader, false)?;
        let child = Spawn { fds: &[(reader.as_fd(), 0)], ..child }.spawn()?;
        let pidfd = child.pidfd.as_fd();
        assert!(!pipe::readable(pidfd), "it lives");
        assert_eq!(pidfd::stop_state(pidfd)?, None);
        for (signal, stopped) in [(libc::SIGSTOP, true), (libc::SIGCONT, false)] {
            pidfd::signal(pidfd, signal)?;
            // Stopping takes a moment; the kernel says when.
            let seen = rustix::process::waitid(
                rustix::process::WaitId::PidFd(pidfd),
                rustix::process::WaitIdOptions::STOPPED
                    | rustix::process::WaitIdOptions::CONTINUED
                    | rustix::process::WaitIdOptions::NOWAIT,
            )?;
            assert!(seen.is_some());
            assert_eq!(pidfd::stop_state(pidfd)?, Some(stopped));
            assert_eq!(pidfd::stop_state(pidfd)?, None);
        }
        assert!(pidfd::signal(pidfd, 0).is_err() && pidfd::signal(pidfd, 500).is_err());
        pidfd::signal(pidfd, libc::SIGKILL)?;
        assert_eq!(pidfd::reap(pidfd)?, Exit::Signal(9));
        Ok(())
    }

    #[test]
    fn name_group_environment_and_parent_are_as_asked() -> io::Result<()> {
        let (text, exit) = output("echo $0 $GREETING; ps -o pgid= -p $$ 2>/dev/null || cut -d' ' -f5 /proc/$$/stat; echo $$ $PPID", &[])?;
        let words: Vec<&str> = text.split_whitespace().collect();
        assert_eq!(exit, Exit::Code(0));
        assert_eq!(words[..2], ["shell", "hello"]);
        assert_eq!(words[2], words[3], "a group of its own");
        assert_eq!(words[4], std::process::id().to_string());
        Ok(())
    }

    #[test]
    fn descriptors_land_where_asked_though_sources_and_targets_overlap() -> io::Result<()> {
        let one = memfile::sealed("one", b"one\n")?;
        let two = memfile::sealed("two", b"two\n")?;
        let (at_one, at_two) = (one.as_raw_fd(), two.as_raw_fd());
        // Each goes to the other's number, and one of them to its own as well as to a third.
        let fds = [(one.as_fd(), at_two), (two.as_fd(), at_one), (one.as_fd(), at_one.max(at_two) + 5)];
        let script = format!("cat /proc/self/fd/{at_one} /proc/self/fd/{at_two} /proc/self/fd/{}", at_one.max(at_two) + 5);
        assert_eq!(output(&script, &fds)?.0, "two\none\none\n");
        let script = format!("cat /proc/self/fd/{at_one}");
        assert_eq!(output(&script, &[(one.as_fd(), at_one)])?.0, "one\n");
        assert!(!survives_exec(&one), "ours stays close-on-exec");
        Ok(())
    }

    #[test]
    fn nothing_else_is_inherited() -> io::Result<()> {
        let (_reader, writer) = pipe::simplex()?;
        let child = shell("kill -STOP $$; :", &[(writer.as_fd(), 77)])?;
        let seen = rustix::process::waitid(
            rustix::process::WaitId::PidFd(child.pidfd.as_fd()),
            rustix::process::WaitIdOptions::STOPPED | rustix::process::WaitIdOptions::NOWAIT,
        )?;
        assert!(seen.is_some());
        let links = procfs::links(child.pid)?;
        let borrowed = pidfd::borrow_fd(child.pidfd.as_fd(), 77)?;
        assert_eq!(pipe::inode(borrowed.as_fd())?, pipe::inode(writer.as_fd())?);
        assert!(!survives_exec(&borrowed));
        assert!(pidfd::borrow_fd(child.pidfd.as_fd(), 78).is_err());
        assert_eq!(procfs::stat(child.pid, child.pid)?.state, 'T');
        assert_eq!(procfs::stat(child.pid, child.pid)?.parent, std::process::id());
        pidfd::signal(child.pidfd.as_fd(), libc::SIGKILL)?;
        pidfd::reap(child.pidfd.as_fd())?;
        // A shell may keep a duplicate of its script at a number of its own.
        let others: Vec<_> = links.iter().filter(|(_, target)| !target.contains("memfd:script")).collect();
        assert_eq!(others.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 2, 77], "{links:?}");
        assert_eq!(others[0].1, "/dev/null");
        Ok(())
    }

    #[test]
    fn signals_are_at_their_defaults_but_a_broken_pipe() -> io::Result<()> {
        let (text, _) = output("while read line; do echo $line; done < /proc/$$/status", &[])?;
        let mask = |name: &str| {
            let digits = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name} in {text}"));
            // The C library keeps 32 and 33 for itself and lets nobody change them.
            u64::from_str_radix(digits.trim(), 16).expect("a mask") & !(0b11 << 31)
        };
        assert_eq!(mask("SigBlk:"), 0);
        assert_eq!(mask("SigIgn:"), 1 << (libc::SIGPIPE - 1));
        Ok(())
    }

    #[test]
    fn a_program_that_cannot_be_started_is_an_error_with_its_name() {
        let error = Spawn { exe: Path::new("/no/such/program"), name: "ghost", env: &[], data: None, fds: &[] }.spawn().unwrap_err();
        assert_eq!((error.kind(), errno(&error)), (io::ErrorKind::NotFound, libc::ENOENT));
        assert!(error.to_string().starts_with("cannot start ghost (/no/such/program): "), "{error}");
        let strange = Spawn { exe: Path::new("/bin/sh"), name: "a\0b", env: &[], data: None, fds: &[] };
        assert!(strange.spawn().is_err());
        let (reader, _writer) = pipe::simplex().expect("a pipe");
        assert!(Spawn { fds: &[(reader.as_fd(), -1)], name: "x", ..strange }.spawn().is_err());
    }

    #[test]
    fn who_is_stopped_before_its_program_takes_over_keeps_nobody_waiting() -> io::Result<()> {
        let program = Path::new("/no/such").join(STOPPED);
        let spawn = Spawn { exe: &program, name: "sleeper", env: &[], data: None, fds: &[] };
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            // The child dies with the thread that started it.
            let (over, until) = std::sync::mpsc::channel::<()>();
            scope.spawn(move || {
                let _ = sender.send(spawn.spawn());
                let _ = until.recv();
            });
            let child = receiver.recv_timeout(Duration::from_secs(60)).expect("its starter goes on")?;
            let (pending, pidfd) = (child.pending.expect("it is stopped"), child.pidfd.as_fd());
            assert_eq!(procfs::stat(child.pid, child.pid)?.state, 'T');
            assert!(pending.outcome().is_none());
            pidfd::signal(pidfd, libc::SIGCONT)?;
            assert!(pipe::poll(&[(pending.as_fd(), Interest::Read)], Some(Duration::from_secs(60)))?);
            let error = pending.outcome().expect("there is news").expect_err("there is no such program");
            assert_eq!(error.raw_os_error(), Some(libc::ENOENT));
            assert_eq!(pidfd::reap(pidfd)?, Exit::Code(127));
            drop(over);
            Ok(())
        })
    }

    #[test]
    fn no_child_has_more_memory_than_it_was_given() -> io::Result<()> {
        let script = memfile::sealed("script", b"ulimit -d; ulimit -H -d")?;
        let (reader, writer) = pipe::simplex()?;
        let fds = [(script.as_fd(), 0), (writer.as_fd(), 1)];
        let child = Spawn { exe: Path::new("/bin/sh"), name: "shell", env: &[], data: Some(64 << 20), fds: &fds }.spawn()?;
        assert_eq!(pidfd::reap(child.pidfd.as_fd())?, Exit::Code(0));
        let mut text = [0; 100];
        let count = pipe::read(reader.as_fd(), &mut text)?;
        assert_eq!(String::from_utf8_lossy(&text[..count]), "65536\n65536\n");
        Ok(())
    }

    #[test]
    fn a_child_dies_with_the_thread_that_started_it() -> io::Result<()> {
        let (reader, writer) = pipe::simplex()?;
        let started = std::thread::spawn(move || shell("while :; do :; done", &[(writer.as_fd(), 9)])).join().expect("the thread ends")?;
        // The end of the file comes when the last holder of the writing end is gone.
        assert!(pipe::poll(&[(reader.as_fd(), pipe::Interest::Read)], Some(Duration::from_secs(300)))?);
        assert_eq!(pidfd::reap(started.pidfd.as_fd())?, Exit::Signal(9));
        Ok(())
    }
}
