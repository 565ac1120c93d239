//! Messages as bytes in a pipe: a header with length and message id, then the value. Reading and
//! writing never block; what passed is told, so that every chunk can be an event of its own.

use std::io;
use std::os::fd::BorrowedFd;

use super::value::{VALUE_LIMIT, Value};
use crate::arena::flights::FlightId;
use crate::sys::pipe;
use crate::trace::MessageId;

/// Bytes before the value: its length (4) and the message's id (8), little-endian.
pub(super) const HEADER: usize = 12;

/// A frame on its way out.
pub(super) struct Outgoing {
    pub message: MessageId,
    /// The copies of ends that go with it.
    pub flights: Vec<FlightId>,
    bytes: Vec<u8>,
    written: usize,
}

impl Outgoing {
    pub(super) fn new(message: MessageId, value: &[u8]) -> Outgoing {
        let mut bytes = Vec::with_capacity(HEADER + value.len());
        bytes.extend_from_slice(&(value.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&message.0.to_le_bytes());
        bytes.extend_from_slice(value);
        Outgoing { message, flights: Vec::new(), bytes, written: 0 }
    }

    /// With copies of the ends that the value names.
    pub(super) fn carrying(self, flights: Vec<FlightId>) -> Outgoing {
        Outgoing { flights, ..self }
    }

    pub(super) fn frame(&self) -> u64 {
        self.bytes.len() as u64
    }

    pub(super) fn written(&self) -> u64 {
        self.written as u64
    }

    pub(super) fn is_done(&self) -> bool {
        self.written == self.bytes.len()
    }

    /// Writes one chunk: as much as the kernel takes now. 0: there is no room.
    pub(super) fn write(&mut self, fd: BorrowedFd<'_>) -> io::Result<u64> {
        match pipe::write(fd, &self.bytes[self.written..]) {
            Ok(count) => {
                self.written += count;
                Ok(count as u64)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
            Err(error) => Err(error),
        }
    }
}

/// A frame on its way in.
#[derive(Default)]
pub(super) struct Incoming {
    bytes: Vec<u8>,
}

/// What came of reading.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// The frame is whole.
    Whole,
    /// Everything that is there has been read, and more is to come.
    Partly,
    /// Nobody can write any more.
    End,
}

impl Incoming {
    pub(super) fn read_so_far(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Whose frame it is, once the header is read.
    pub(super) fn message(&self) -> Option<MessageId> {
        let id = self.bytes.get(4..HEADER)?;
        Some(MessageId(u64::from_le_bytes(id.try_into().ok()?)))
    }

    /// Length of the whole frame, once the header is read.
    pub(super) fn frame(&self) -> Option<u64> {
        self.bytes.get(..HEADER)?;
        let length = self.bytes.get(..4)?;
        Some(HEADER as u64 + u64::from(u32::from_le_bytes(length.try_into().ok()?)))
    }

    /// Reads what is there, up to the end of the frame, and no byte of the next one.
    pub(super) fn read(&mut self, fd: BorrowedFd<'_>) -> io::Result<Arrival> {
        loop {
            let whole = self.frame().unwrap_or(HEADER as u64) as usize;
            if whole > HEADER + VALUE_LIMIT {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "bad message length"));
            }
            if self.bytes.len() >= whole && self.frame().is_some() {
                return Ok(Arrival::Whole);
            }
            let have = self.bytes.len();
            // Memory follows what really arrives, not what a header promises.
            self.bytes.resize(whole.min(have + (64 << 10)), 0);
            let outcome = pipe::read(fd, &mut self.bytes[have..]);
            self.bytes.truncate(have + *outcome.as_ref().unwrap_or(&0));
            match outcome {
                Ok(0) => return Ok(Arrival::End),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Arrival::Partly),
                Err(error) => return Err(error),
            }
        }
    }

    pub(super) fn value(&self) -> Result<Value, super::error::IpcError> {
        Ok(Value::decode(self.bytes.get(HEADER..).unwrap_or_default())?)
    }
}
