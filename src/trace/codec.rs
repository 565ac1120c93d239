//! Events as bytes and back: bincode with a limit, so that no damaged length can ask for memory.

use bincode::config::{Configuration, Limit, LittleEndian, Varint};

use super::event::Event;
use super::recording::Header;
use super::scenario::Scenario;

/// The most bytes that one encoded event may take; a slot of the trace ring holds one event.
pub const EVENT_LIMIT: usize = 1000;

const CONFIG: Configuration<LittleEndian, Varint, Limit<EVENT_LIMIT>> = bincode::config::standard().with_limit::<EVENT_LIMIT>();

/// The most memory that a decoded event may take: lists of changes take more of it than of bytes.
const DECODED_LIMIT: usize = 64 << 10;

const DECODING: Configuration<LittleEndian, Varint, Limit<DECODED_LIMIT>> = bincode::config::standard().with_limit::<DECODED_LIMIT>();

/// An event that could not be encoded or decoded.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    #[error("too long to be encoded: {0}")]
    Encode(#[from] bincode::error::EncodeError),
    #[error("not what was expected here: {0}")]
    Decode(#[from] bincode::error::DecodeError),
}

/// Encodes into `room`, giving the number of bytes used.
pub fn encode_into(event: &Event, room: &mut [u8]) -> Result<usize, CodecError> {
    Ok(bincode::encode_into_slice(event, room, CONFIG)?)
}

/// Encodes into a vector of its own.
pub fn encode(event: &Event) -> Result<Vec<u8>, CodecError> {
    Ok(bincode::encode_to_vec(event, CONFIG)?)
}

/// Decodes one event from the start of `bytes`, giving it and the bytes used.
pub fn decode(bytes: &[u8]) -> Result<(Event, usize), CodecError> {
    Ok(bincode::decode_from_slice(bytes, DECODING)?)
}

/// The most bytes that a scenario with its texts may take.
pub const SCENARIO_LIMIT: usize = 16 << 20;

const SCENARIO_CONFIG: Configuration<LittleEndian, Varint, Limit<SCENARIO_LIMIT>> =
    bincode::config::standard().with_limit::<SCENARIO_LIMIT>();

/// Encodes a scenario, as processes of a run get it and recordings begin with it.
pub fn encode_scenario(scenario: &Scenario) -> Result<Vec<u8>, CodecError> {
    Ok(bincode::encode_to_vec(scenario, SCENARIO_CONFIG)?)
}

/// Reads a scenario. Errors: the bytes are none, or ask for more than the limit.
pub fn decode_scenario(bytes: &[u8]) -> Result<Scenario, CodecError> {
    Ok(bincode::decode_from_slice(bytes, SCENARIO_CONFIG)?.0)
}

/// The most bytes that a recording's header may take: a scenario and a few numbers.
pub const HEADER_LIMIT: usize = SCENARIO_LIMIT + 4096;

const HEADER_CONFIG: Configuration<LittleEndian, Varint, Limit<HEADER_LIMIT>> = bincode::config::standard().with_limit::<HEADER_LIMIT>();

/// Encodes the header of a recording.
pub fn encode_header(header: &Header) -> Result<Vec<u8>, CodecError> {
    Ok(bincode::encode_to_vec(header, HEADER_CONFIG)?)
}

/// Decodes a recording's header.
pub fn decode_header(bytes: &[u8]) -> Result<Header, CodecError> {
    Ok(bincode::decode_from_slice(bytes, HEADER_CONFIG)?.0)
}
