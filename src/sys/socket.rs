//! Whole messages between two processes, with descriptors riding on them.
//!
//! A message arrives as it was sent or not at all, and a descriptor that arrives with a message
//! that is refused is closed, never leaked.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
    SocketFlags, SocketType,
};

/// The most descriptors that one message carries. The kernel's own limit is 253 (SCM_MAX_FD).
pub const MOST_FDS: usize = 250;

/// `socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC)`: two ends that carry whole messages. They
/// block; `pipe::poll` waits for one with a timeout.
pub fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(rustix::net::socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?)
}

/// `sendmsg(MSG_NOSIGNAL)` with SCM_RIGHTS: sends one message, waiting for room. An empty message
/// is an error, since at the other side it would look like the end of the file.
pub fn send(sock: BorrowedFd<'_>, bytes: &[u8], fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    deliver(sock, bytes, fds, SendFlags::NOSIGNAL)
}

/// As [`send`], but `WouldBlock` where there is no room (MSG_DONTWAIT): for one who must not be kept waiting.
pub fn send_now(sock: BorrowedFd<'_>, bytes: &[u8], fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    deliver(sock, bytes, fds, SendFlags::NOSIGNAL | SendFlags::DONTWAIT)
}

fn deliver(sock: BorrowedFd<'_>, bytes: &[u8], fds: &[BorrowedFd<'_>], flags: SendFlags) -> io::Result<()> {
    if bytes.is_empty() || fds.len() > MOST_FDS {
        let error = format!("a message of {} bytes with {} descriptors cannot be sent", bytes.len(), fds.len());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, error));
    }
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_FDS))];
    loop {
        let mut control = SendAncillaryBuffer::new(&mut space);
        if !fds.is_empty() && !control.push(SendAncillaryMessage::ScmRights(fds)) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        match rustix::net::sendmsg(sock, &[IoSlice::new(bytes)], &mut control, flags) {
            Err(Errno::INTR) => {}
            // A message goes whole or not at all.
            result => return Ok(result.map(drop)?),
        }
    }
}

/// `recvmsg(MSG_CMSG_CLOEXEC)`: the next message and its descriptors, waiting for it; `None` at the
/// end of the file. A message of more than `limit` bytes, or one whose descriptors could not all be
/// taken, is an error. A peer that died with messages of ours unread gives `ConnectionReset` once.
pub fn recv(sock: BorrowedFd<'_>, limit: usize) -> io::Result<Option<(Vec<u8>, Vec<OwnedFd>)>> {
    let mut bytes = vec![0; limit];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_FDS))];
    // Descriptors that are not taken out of the buffer are closed when it is dropped.
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let message = loop {
        match rustix::net::recvmsg(sock, &mut [IoSliceMut::new(&mut bytes)], &mut control, RecvFlags::CMSG_CLOEXEC) {
            Err(Errno::INTR) => {}
            result => break result?,
        }
    };
    if message.flags.intersects(ReturnFlags::TRUNC | ReturnFlags::CTRUNC) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a message of more than {limit} bytes or too many descriptors")));
    }
    if message.bytes == 0 {
        return Ok(None);
    }
    let mut fds = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            fds.extend(rights);
        }
    }
    bytes.truncate(message.bytes);
    Ok(Some((bytes, fds)))
}

#[cfg(all(test, not(miri)))]
mod tests {
    use super::*;
    use crate::sys::pipe;
    use std::os::fd::AsFd;

    #[test]
    fn messages_keep_their_bounds_and_descriptors() -> io::Result<()> {
        let (one, other) = pair()?;
        let (reader, writer) = pipe::simplex()?;
        send(one.as_fd(), b"first", &[writer.as_fd(), reader.as_fd()])?;
        send(one.as_fd(), b"second", &[])?;
        let (bytes, fds) = recv(other.as_fd(), 100)?.expect("a message");
        assert_eq!((bytes.as_slice(), fds.len()), (b"first".as_slice(), 2));
        assert!(rustix::io::fcntl_getfd(&fds[0])?.contains(rustix::io::FdFlags::CLOEXEC));
        pipe::write(fds[0].as_fd(), b"x")?;
        assert_eq!(pipe::unread(reader.as_fd())?, 1);
        assert_eq!(recv(other.as_fd(), 6)?.expect("a message").0, b"second");
        drop(one);
        assert!(recv(other.as_fd(), 100)?.is_none());
        Ok(())
    }

    #[test]
    fn many_descriptors_go_and_too_many_are_refused() -> io::Result<()> {
        let (one, other) = pair()?;
        let many = vec![one.as_fd(); MOST_FDS];
        send(one.as_fd(), b"x", &many)?;
        assert_eq!(recv(other.as_fd(), 1)?.expect("a message").1.len(), MOST_FDS);
        assert!(send(one.as_fd(), b"x", &vec![one.as_fd(); MOST_FDS + 1]).is_err());
        assert!(send(one.as_fd(), b"", &[]).is_err());
        Ok(())
    }

    #[test]
    fn descriptors_of_a_message_too_long_are_closed() -> io::Result<()> {
        let (one, other) = pair()?;
        let (reader, writer) = pipe::simplex()?;
        send(one.as_fd(), b"too long", &[writer.as_fd()])?;
        drop(writer);
        assert_eq!(recv(other.as_fd(), 4).unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert_eq!(pipe::read(reader.as_fd(), &mut [0; 1])?, 0, "no writer is left");
        Ok(())
    }

    #[test]
    fn who_must_not_wait_is_told_that_there_is_no_room() -> io::Result<()> {
        let (one, other) = pair()?;
        let full = std::iter::repeat_with(|| send_now(one.as_fd(), &[0; 4096], &[])).find_map(Result::err);
        assert_eq!(full.expect("a socket holds only so much").kind(), io::ErrorKind::WouldBlock);
        assert_eq!(recv(other.as_fd(), 4096)?.expect("a message").0.len(), 4096);
        Ok(())
    }

    #[test]
    fn a_lost_peer_is_an_error_and_no_signal() -> io::Result<()> {
        let (one, other) = pair()?;
        drop(other);
        assert_eq!(send(one.as_fd(), b"x", &[]).unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        Ok(())
    }
}
