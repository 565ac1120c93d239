//! What `/proc` tells of a process: whether it runs or sleeps, and what its descriptors lead to.
//!
//! For showing, for audits, and for who has waited long for another: nothing here decides what is drawn.

use std::io;
use std::os::fd::RawFd;

/// A thread as `/proc/PID/task/TID/stat` shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// R runs, S sleeps, D sleeps without being interruptible, T stopped, t traced, Z ended and not
    /// reaped, X gone.
    pub state: char,
    /// The parent's pid.
    pub parent: u32,
    /// Processor time used, its own and the kernel's for it, in ticks of 10 ms.
    pub cpu_ticks: u64,
    /// When it started, in ticks since the machine did; with the pid this names a process for ever.
    pub start_ticks: u64,
}

/// The system call that a thread waits in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Syscall {
    pub number: i64,
    pub args: [u64; 6],
}

/// Reads `/proc/PID/task/TID/stat`. The main thread's `tid` is the pid.
pub fn stat(pid: u32, tid: u32) -> io::Result<Stat> {
    parse_stat(&read(pid, tid, "stat")?).ok_or_else(|| unreadable("stat", pid))
}

/// Reads `/proc/PID/task/TID/wchan`: the kernel function that the thread waits in, or "0".
pub fn wchan(pid: u32, tid: u32) -> io::Result<String> {
    read(pid, tid, "wchan")
}

/// Reads `/proc/PID/task/TID/syscall`: the call that the thread waits in; `None` where it runs, or
/// waits outside of any.
pub fn syscall(pid: u32, tid: u32) -> io::Result<Option<Syscall>> {
    parse_syscall(&read(pid, tid, "syscall")?).ok_or_else(|| unreadable("syscall", pid))
}

/// The name of a call that threads often wait in (syscalls(2)); others by number.
pub fn call_name(number: i64) -> String {
    use nix::libc;
    let known = [
        (libc::SYS_futex, "futex"),
        (libc::SYS_ppoll, "ppoll"),
        (libc::SYS_read, "read"),
        (libc::SYS_write, "write"),
        (libc::SYS_recvmsg, "recvmsg"),
        (libc::SYS_exit_group, "exit_group"),
    ];
    known.iter().find(|(known, _)| *known == number).map_or_else(|| format!("#{number}"), |(_, name)| (*name).to_owned())
}

/// Reads `/proc/PID/fd`: every open descriptor and what it leads to, like `pipe:[123]`, by number.
pub fn links(pid: u32) -> io::Result<Vec<(RawFd, String)>> {
    let mut links = Vec::new();
    for entry in std::fs::read_dir(format!("/proc/{pid}/fd"))? {
        let entry = entry?;
        let number = entry.file_name().to_str().and_then(|name| name.parse().ok());
        // A descriptor that was closed since the listing is none.
        if let (Some(number), Ok(target)) = (number, std::fs::read_link(entry.path())) {
            links.push((number, target.to_string_lossy().into_owned()));
        }
    }
    links.sort_unstable();
    Ok(links)
}

fn read(pid: u32, tid: u32, file: &str) -> io::Result<String> {
    std::fs::read_to_string(format!("/proc/{pid}/task/{tid}/{file}"))
}

fn unreadable(file: &str, pid: u32) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("/proc/{pid}/{file} has another form than proc(5) says"))
}

/// Fields are counted after the last ")", for the name before it may hold anything.
fn parse_stat(line: &str) -> Option<Stat> {
    let fields: Vec<&str> = line.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| -> Option<u64> { fields.get(at)?.parse().ok() };
    Some(Stat {
        state: fields.first()?.chars().next()?,
        parent: u32::try_from(number(1)?).ok()?,
        cpu_ticks: number(11)?.checked_add(number(12)?)?,
        start_ticks: number(19)?,
    })
}

/// The line is "running", or "-1 SP PC" outside of a call, or a number with six arguments, SP, PC.
fn parse_syscall(line: &str) -> Option<Option<Syscall>> {
    let mut fields = line.split_whitespace();
    let number = match fields.next()? {
        "running" | "-1" => return Some(None),
        number => number.parse().ok()?,
    };
    let mut args = [0; 6];
    for arg in &mut args {
        *arg = u64::from_str_radix(fields.next()?.strip_prefix("0x")?, 16).ok()?;
    }
    Some(Some(Syscall { number, args }))
}

#[cfg(all(test, not(miri)))]
mod tests {
    use super::*;
    use crate::sys::{child, pipe};
    use std::os::fd::{AsFd, AsRawFd};

    #[test]
    fn a_name_with_brackets_does_not_shift_the_fields() {
        let line = "7 (a) R 9 (b)) S 5 7 7 0 -1 4194560 1 0 0 0 30 12 0 0 20 0 1 0 4711 1000 2";
        assert_eq!(parse_stat(line), Some(Stat { state: 'S', parent: 5, cpu_ticks: 42, start_ticks: 4711 }));
        assert_eq!(parse_stat("7 (a"), None);
        assert_eq!(parse_stat("7 (a) S 5"), None);
    }

    #[test]
    fn a_system_call_has_a_number_and_arguments() {
        let call = Syscall { number: 202, args: [0x7f00, 0, 1, 0, 0, 0xff] };
        assert_eq!(parse_syscall("202 0x7f00 0x0 0x1 0x0 0x0 0xff 0x7ffe 0x7f01\n"), Some(Some(call)));
        assert_eq!(parse_syscall("running\n"), Some(None));
        assert_eq!(parse_syscall("-1 0x7ffe 0x7f01\n"), Some(None));
        assert_eq!(parse_syscall(""), None);
        assert_eq!(parse_syscall("202 0x7f00"), None);
    }

    #[test]
    fn tells_of_this_very_thread() -> io::Result<()> {
        let (pid, tid) = (std::process::id(), child::tid());
        assert_eq!(stat(pid, tid)?.state, 'R');
        assert_eq!(stat(pid, pid)?.parent, std::os::unix::process::parent_id());
        assert!(wchan(pid, tid).is_ok());
        let (reader, _writer) = pipe::simplex()?;
        let link = (reader.as_raw_fd(), format!("pipe:[{}]", pipe::inode(reader.as_fd())?));
        assert!(links(pid)?.contains(&link));
        Ok(())
    }
}
