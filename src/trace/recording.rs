//! A recording: a run's trace as a file that replays without the scenario.
//!
//! ```text
//! "ipcscope"  8 bytes
//! version     2 bytes, little-endian
//! records     length (4 bytes), that many bytes, checksum (8 bytes); the first record is the header,
//!             each further one an event; a record of length 0 ends the file
//! ```
//!
//! Invariant: a record's checksum is FNV-1a over all records up to it, so that none can be changed, left
//! out or put elsewhere unnoticed. What comes before the first damage is read; no length that a damaged
//! file claims makes the reader ask for memory that the file does not fill.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use bincode::{Decode, Encode};

use super::codec::{self, CodecError, EVENT_LIMIT, HEADER_LIMIT};
use super::course::Walk;
use super::event::Event;
use super::fnv::{self, add};
use super::scenario::Scenario;

const MAGIC: &[u8; 8] = b"ipcscope";

/// Grows whenever the header or an event gets another form: a program reads its own version alone.
pub const VERSION: u16 = 4;

/// What a recording is of.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
pub struct Header {
    /// The version of the program that wrote it.
    pub program: String,
    /// With the values that its parameters had.
    pub scenario: Scenario,
    /// The run's seed.
    pub seed: u64,
    /// How the seed decided who goes next.
    pub walk: Walk,
    /// Whether the run was gated from the start; else the kernel scheduled.
    pub gated: bool,
}

/// A recording that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("cannot {doing} the recording {}: {source}", path.display())]
    Io { doing: &'static str, path: PathBuf, source: io::Error },
    #[error("cannot record into {}: {source}", path.display())]
    Codec { path: PathBuf, source: CodecError },
}

/// A recording that could not be opened at all.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("this is not a recording of ipcscope (it does not begin with its mark)")]
    Foreign,
    #[error("this recording has version {0}, and this program reads version {VERSION}: a newer ipcscope can replay it")]
    Newer(u16),
    #[error("this recording has version {0}, and this program reads version {VERSION}: the older ipcscope that wrote it can replay it")]
    Older(u16),
    #[error("the recording's header cannot be read: {0}")]
    Header(Damage),
    #[error("cannot read the recording: {0}")]
    Io(#[from] io::Error),
}

/// Where a recording stops being one, and how.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} (at byte {offset})")]
pub struct Damage {
    /// Start of the record that cannot be read.
    pub offset: u64,
    pub what: String,
}

/// A recording as far as it could be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    pub header: Header,
    pub events: Vec<Event>,
    /// Where reading had to stop; none if the file is whole.
    pub damage: Option<Damage>,
}

/// Writes a recording event by event.
pub struct Recorder<W: Write> {
    out: W,
    path: PathBuf,
    sum: u64,
}

impl<W: Write> Recorder<W> {
    /// Begins a recording; `path` is what errors name. The writer should be buffered.
    pub fn begin(out: W, path: &Path, header: &Header) -> Result<Recorder<W>, WriteError> {
        let mut recorder = Recorder { out, path: path.to_owned(), sum: fnv::BASIS };
        let header = codec::encode_header(header).map_err(|source| recorder.codec(source))?;
        recorder.write("begin", MAGIC)?;
        recorder.write("begin", &VERSION.to_le_bytes())?;
        recorder.record("begin", &header)?;
        recorder.flush()?;
        Ok(recorder)
    }

    /// Adds an event to the file. Errors: it cannot be encoded, or the file cannot be written.
    pub fn push(&mut self, event: &Event) -> Result<(), WriteError> {
        let event = codec::encode(event).map_err(|source| self.codec(source))?;
        self.record("write", &event)
    }

    /// Hands everything written so far to the operating system.
    pub fn flush(&mut self) -> Result<(), WriteError> {
        self.out.flush().map_err(|source| WriteError::Io { doing: "write", path: self.path.clone(), source })
    }

    /// Writes the end mark. Without it a reader tells that the recording was cut off.
    pub fn finish(mut self) -> Result<W, WriteError> {
        self.record("finish", &[])?;
        self.flush()?;
        Ok(self.out)
    }

    fn record(&mut self, doing: &'static str, bytes: &[u8]) -> Result<(), WriteError> {
        let length = (bytes.len() as u32).to_le_bytes();
        self.sum = add(add(self.sum, &length), bytes);
        self.write(doing, &length)?;
        self.write(doing, bytes)?;
        self.write(doing, &self.sum.to_le_bytes())
    }

    fn write(&mut self, doing: &'static str, bytes: &[u8]) -> Result<(), WriteError> {
        self.out.write_all(bytes).map_err(|source| WriteError::Io { doing, path: self.path.clone(), source })
    }

    fn codec(&self, source: CodecError) -> WriteError {
        WriteError::Codec { path: self.path.clone(), source }
    }
}

/// Reads a recording event by event.
pub struct Player<R: Read> {
    input: R,
    header: Header,
    offset: u64,
    sum: u64,
    end: Option<Result<(), Damage>>,
}

impl<R: Read> Player<R> {
    /// Reads the header. The reader should be buffered.
    pub fn open(mut input: R) -> Result<Player<R>, ReadError> {
        let mark = read_upto(&mut input, MAGIC.len())?;
        if mark != MAGIC {
            return Err(ReadError::Foreign);
        }
        let version = read_upto(&mut input, 2)?;
        let offset = (mark.len() + version.len()) as u64;
        let version = match version.as_slice() {
            [low, high] => u16::from_le_bytes([*low, *high]),
            _ => return Err(ReadError::Header(cut_off(offset))),
        };
        if version > VERSION {
            return Err(ReadError::Newer(version));
        }
        if version < VERSION {
            return Err(ReadError::Older(version));
        }
        let mut player = Player { input, header: Header::default(), offset, sum: fnv::BASIS, end: None };
        let header = match player.record(HEADER_LIMIT) {
            Ok(Some(bytes)) => codec::decode_header(&bytes).map_err(|error| Damage { offset, what: error.to_string() }),
            Ok(None) => Err(Damage { offset, what: "it is empty".to_owned() }),
            Err(damage) => Err(damage),
        };
        player.header = header.map_err(ReadError::Header)?;
        Ok(player)
    }

    /// The next event; none at the end or at a damage.
    pub fn next_event(&mut self) -> Option<Event> {
        if self.end.is_some() {
            return None;
        }
        let offset = self.offset;
        let event = self.record(EVENT_LIMIT).and_then(|bytes| match bytes {
            None => Ok(None),
            Some(bytes) => match codec::decode(&bytes) {
                Ok((event, used)) if used == bytes.len() => Ok(Some(event)),
                Ok(_) => Err(Damage { offset, what: "an event is followed by bytes that do not belong to it".to_owned() }),
                Err(error) => Err(Damage { offset, what: error.to_string() }),
            },
        });
        match event {
            Ok(Some(event)) => return Some(event),
            Ok(None) => self.end = Some(self.nothing_follows()),
            Err(damage) => self.end = Some(Err(damage)),
        }
        None
    }

    /// What stopped the reading, if it was not the recording's end.
    pub fn damage(&self) -> Option<&Damage> {
        self.end.as_ref()?.as_ref().err()
    }

    /// One record's bytes, checked; none for the end mark.
    fn record(&mut self, limit: usize) -> Result<Option<Vec<u8>>, Damage> {
        let offset = self.offset;
        let damage = |what: String| Damage { offset, what };
        let failed = |error: io::Error| damage(format!("it cannot be read further: {error}"));
        let length = read_upto(&mut self.input, 4).map_err(failed)?;
        let Ok(length): Result<[u8; 4], _> = length.try_into() else { return Err(cut_off(offset)) };
        let size = u32::from_le_bytes(length) as usize;
        if size > limit {
            return Err(damage(format!("a record claims {size} bytes, where {limit} are the most")));
        }
        let bytes = read_upto(&mut self.input, size).map_err(failed)?;
        let sum = read_upto(&mut self.input, 8).map_err(failed)?;
        let Ok(sum): Result<[u8; 8], _> = sum.try_into() else { return Err(cut_off(offset)) };
        self.sum = add(add(self.sum, &length), &bytes);
        if u64::from_le_bytes(sum) != self.sum {
            return Err(damage("a checksum does not match: the file was damaged".to_owned()));
        }
        self.offset += (4 + size + 8) as u64;
        if size == 0 { Ok(None) } else { Ok(Some(bytes)) }
    }

    fn nothing_follows(&mut self) -> Result<(), Damage> {
        let offset = self.offset;
        match read_upto(&mut self.input, 1) {
            Ok(more) if more.is_empty() => Ok(()),
            Ok(_) => Err(Damage { offset, what: "something follows the recording's end".to_owned() }),
            Err(error) => Err(Damage { offset, what: format!("it cannot be read further: {error}") }),
        }
    }
}

/// Reads a whole recording, or as much of it as there is.
pub fn read(input: impl Read) -> Result<Recording, ReadError> {
    let mut player = Player::open(input)?;
    let mut events = Vec::new();
    while let Some(event) = player.next_event() {
        events.push(event);
    }
    let damage = player.damage().cloned();
    Ok(Recording { header: player.header, events, damage })
}

fn cut_off(offset: u64) -> Damage {
    Damage { offset, what: "the file ends before the recording does: it was cut off".to_owned() }
}

/// At most `size` bytes; fewer at the end of the file. Memory grows with what is there, not with `size`.
fn read_upto(input: &mut impl Read, size: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.by_ref().take(size as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::arbitrary;
    use proptest::prelude::*;

    fn header() -> Header {
        let scenario = Scenario { name: "queue".into(), source: "print(1);\n".into(), pace: 1.5, ..Scenario::default() };
        Header { program: "0.1.0".into(), scenario, seed: 7, walk: Walk::Mixed, gated: true }
    }

    fn recorded(events: &[Event]) -> Vec<u8> {
        let mut recorder = Recorder::begin(Vec::new(), Path::new("x.rec"), &header()).expect("begins");
        for event in events {
            recorder.push(event).expect("an event fits");
        }
        recorder.finish().expect("ends")
    }

    fn some_events() -> Vec<Event> {
        crate::trace::arbitrary::few()
    }

    #[test]
    fn a_foreign_file_is_told_from_a_newer_one() {
        let check = |bytes: &[u8], expected: &str| {
            let said = read(bytes).map(|_| String::new()).unwrap_or_else(|error| error.to_string());
            assert!(said.contains(expected), "{said}");
        };
        check(b"", "not a recording");
        check(b"PK\x03\x04 something else", "not a recording");
        check(b"ipcscope", "cut off");
        check(b"ipcscope\xff\xff", "version 65535");
        check(b"ipcscope\x01\x00\x00\x00\x00\x00", &format!("version 1, and this program reads version {VERSION}: the older"));
        let ours = |rest: &[u8]| [b"ipcscope", &VERSION.to_le_bytes()[..], rest].concat();
        check(&ours(b"\x00\x00\x00\x00"), "cut off");
        check(&ours(b"\xff\xff\xff\xff\x00"), "claims 4294967295 bytes");
    }

    #[test]
    fn a_file_cut_at_any_byte_gives_what_came_before() {
        let events = some_events();
        let bytes = recorded(&events);
        let whole = read(bytes.as_slice()).expect("reads");
        assert_eq!((&whole.events, &whole.damage), (&events, &None));
        for cut in 0..bytes.len() {
            if let Ok(part) = read(&bytes[..cut]) {
                assert!(part.damage.is_some(), "cut at {cut}");
                assert!(events.starts_with(&part.events), "cut at {cut}");
            }
        }
    }

    #[test]
    fn a_changed_byte_is_noticed_wherever_it_is() {
        let events = some_events();
        let bytes = recorded(&events);
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x41;
            if let Ok(part) = read(damaged.as_slice()) {
                assert!(part.damage.is_some(), "byte {at}");
                assert!(events.starts_with(&part.events), "byte {at}");
            }
        }
        let mut longer = bytes;
        longer.push(0);
        assert!(read(longer.as_slice()).is_ok_and(|read| read.damage.is_some() && read.events == events));
    }

    #[test]
    fn records_left_out_or_put_elsewhere_are_noticed() {
        let event = |time| Event { actor: crate::trace::ActorId::MAIN, time, wall: 0, body: crate::trace::Body::Lost { count: 1 } };
        let bytes = recorded(&[event(1), event(2), event(3)]);
        let header = recorded(&[]).len() - 12;
        let size = (bytes.len() - header - 12) / 3;
        let (first, second) = (header..header + size, header + size..header + 2 * size);
        let without = [&bytes[..first.start], &bytes[first.end..]].concat();
        let swapped = [&bytes[..first.start], &bytes[second.clone()], &bytes[first], &bytes[second.end..]].concat();
        for damaged in [without, swapped] {
            let part = read(damaged.as_slice()).expect("the header is whole");
            assert!(part.damage.is_some_and(|damage| damage.what.contains("checksum")));
            assert_eq!(part.events, []);
        }
    }

    #[test]
    fn a_full_disk_is_an_error_with_the_files_name() {
        struct Full(usize);
        impl Write for Full {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0 = self.0.checked_sub(bytes.len()).ok_or_else(|| io::Error::from(io::ErrorKind::StorageFull))?;
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let room = recorded(&[]).len();
        let mut recorder = Recorder::begin(Full(room), Path::new("x.rec"), &header()).expect("begins");
        let failed = some_events().iter().find_map(|event| recorder.push(event).err());
        let said = failed.map(|error| error.to_string()).unwrap_or_default();
        assert!(said.starts_with("cannot write the recording x.rec: "), "{said}");
    }

    proptest! {
        #[test]
        fn any_events_come_back(events in prop::collection::vec(arbitrary::event(), 0..20)) {
            let read = read(recorded(&events).as_slice()).expect("reads");
            prop_assert_eq!(read.header, header());
            prop_assert_eq!(read.events, events);
            prop_assert_eq!(read.damage, None);
        }

        #[test]
        fn rubbish_is_no_recording_and_does_no_harm(rubbish in prop::collection::vec(any::<u8>(), 0..400), keep in 0usize..60) {
            let mut bytes = recorded(&some_events());
            let keep = keep.min(bytes.len());
            bytes.truncate(keep);
            bytes.extend(rubbish);
            if let Ok(part) = read(bytes.as_slice()) {
                prop_assert!(part.damage.is_some());
            }
        }
    }
}
