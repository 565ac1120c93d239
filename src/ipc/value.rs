//! Values that travel between processes: their encoding, their text, their limits. The only file of
//! `ipc` that names bincode, always with a limit.

use std::collections::BTreeMap;

use bincode::config::{Configuration, Limit, LittleEndian, Varint};
use bincode::{Decode, Encode};

use super::error_kind::ErrorKind;
use crate::arena::Arena;
use crate::kind;
use crate::trace::{ActorId, KindId, ObjectId, Preview};

/// Why a value does not travel, or why bytes are none.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct Unfit {
    pub kind: ErrorKind,
    pub message: String,
}

impl Unfit {
    fn new(kind: ErrorKind, message: impl Into<String>) -> Unfit {
        Unfit { kind, message: message.into() }
    }
}

/// The most bytes that one value may take on its way.
pub const VALUE_LIMIT: usize = 64 << 20;

/// How deep arrays and maps may lie in one another.
pub const DEPTH_LIMIT: usize = 64;

const CONFIG: Configuration<LittleEndian, Varint, Limit<VALUE_LIMIT>> = bincode::config::standard().with_limit::<VALUE_LIMIT>();

/// A value as it travels: a copy that shares nothing with its sender.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub enum Value {
    Unit,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(String),
    Blob(Vec<u8>),
    Array(Vec<Value>),
    Map(BTreeMap<String, Value>),
    /// A function with its bound arguments, shown by its label; without one it is a plain function.
    Task {
        function: String,
        args: Vec<Value>,
        label: String,
    },
    /// One end of a pipe.
    End {
        object: ObjectId,
        end: u8,
        kind: KindId,
    },
    /// An object; only as an argument of a process, which inherits it.
    Object {
        object: ObjectId,
        kind: KindId,
    },
    /// A process's handle; only as an argument of a process.
    Process {
        actor: ActorId,
        name: String,
    },
}

impl Value {
    /// Encodes a message. Objects and process handles are refused: they pass only as arguments of a process.
    /// So are ends of pipes, whose descriptors do not travel with bytes.
    pub fn encode_message(&self) -> Result<Vec<u8>, Unfit> {
        let mut ends = Vec::new();
        self.ends(&mut ends);
        if !ends.is_empty() {
            let why = "an end of a pipe travels through a pipe or a queue, or as an argument of a Process";
            return Err(Unfit::new(ErrorKind::TypeError, why.to_owned()));
        }
        self.encode_with_ends()
    }

    /// Encodes a message beside which its ends of pipes are passed on.
    pub(super) fn encode_with_ends(&self) -> Result<Vec<u8>, Unfit> {
        self.check(0, false)?;
        self.encode()
    }

    /// Encodes the arguments of a process.
    pub fn encode_arguments(arguments: &[Value]) -> Result<Vec<u8>, Unfit> {
        for argument in arguments {
            argument.check(0, true)?;
        }
        bincode::encode_to_vec(arguments, CONFIG).map_err(|error| too_large(&error.to_string()))
    }

    fn encode(&self) -> Result<Vec<u8>, Unfit> {
        bincode::encode_to_vec(self, CONFIG).map_err(|error| too_large(&error.to_string()))
    }

    /// What a peer encoded.
    pub fn decode(bytes: &[u8]) -> Result<Value, Unfit> {
        bincode::decode_from_slice(bytes, CONFIG).map(|(value, _)| value).map_err(damaged)
    }

    /// A process's arguments.
    pub fn decode_arguments(bytes: &[u8]) -> Result<Vec<Value>, Unfit> {
        bincode::decode_from_slice(bytes, CONFIG).map(|(values, _)| values).map_err(damaged)
    }

    fn check(&self, depth: usize, inherited: bool) -> Result<(), Unfit> {
        if depth > DEPTH_LIMIT {
            return Err(Unfit::new(ErrorKind::ValueError, format!("a value may not lie deeper than {DEPTH_LIMIT} arrays or maps")));
        }
        match self {
            Value::Array(items) => items.iter().try_for_each(|item| item.check(depth + 1, inherited)),
            Value::Map(entries) => entries.values().try_for_each(|item| item.check(depth + 1, inherited)),
            Value::Task { args, .. } => args.iter().try_for_each(|item| item.check(depth + 1, inherited)),
            Value::Object { kind, .. } if kind::travels(*kind) => Ok(()),
            Value::Object { .. } | Value::Process { .. } if !inherited => Err(Unfit::new(
                ErrorKind::TypeError,
                "objects and processes are shared by passing them as arguments of a Process, not in a message".to_owned(),
            )),
            _ => Ok(()),
        }
    }

    /// All pipe ends in the value, in order.
    pub fn ends(&self, found: &mut Vec<(ObjectId, u8)>) {
        match self {
            Value::End { object, end, .. } => found.push((*object, *end)),
            Value::Array(items) | Value::Task { args: items, .. } => items.iter().for_each(|item| item.ends(found)),
            Value::Map(entries) => entries.values().for_each(|item| item.ends(found)),
            _ => {}
        }
    }

    /// All objects in the value, in order.
    pub fn objects(&self, found: &mut Vec<(ObjectId, KindId)>) {
        match self {
            Value::Object { object, kind } => found.push((*object, *kind)),
            Value::Array(items) | Value::Task { args: items, .. } => items.iter().for_each(|item| item.objects(found)),
            Value::Map(entries) => entries.values().for_each(|item| item.objects(found)),
            _ => {}
        }
    }

    /// The value as the screen shows it: texts in quotes only inside of others.
    pub fn preview(&self) -> Preview {
        match self {
            Value::Str(text) => Preview::new(text),
            other => Preview::new(&other.to_string()),
        }
    }

    fn write(&self, f: &mut std::fmt::Formatter<'_>, name: &dyn Fn(ObjectId) -> String) -> std::fmt::Result {
        match self {
            Value::Unit => f.write_str("()"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Int(value) => write!(f, "{value}"),
            Value::Float(value) => write!(f, "{value:?}"),
            Value::Str(text) => write!(f, "{text:?}"),
            Value::Blob(bytes) => {
                f.write_str("blob[")?;
                for (at, byte) in bytes.iter().enumerate() {
                    write!(f, "{}{byte:02x}", if at > 0 { " " } else { "" })?;
                }
                f.write_str("]")
            }
            Value::Array(items) => {
                f.write_str("[")?;
                for (at, item) in items.iter().enumerate() {
                    f.write_str(if at > 0 { ", " } else { "" })?;
                    item.write(f, name)?;
                }
                f.write_str("]")
            }
            Value::Map(entries) => {
                f.write_str("#{")?;
                for (at, (key, item)) in entries.iter().enumerate() {
                    write!(f, "{}{key:?}: ", if at > 0 { ", " } else { "" })?;
                    item.write(f, name)?;
                }
                f.write_str("}")
            }
            Value::Task { function, label, .. } => f.write_str(if label.is_empty() { function } else { label }),
            Value::End { object, end, .. } => write!(f, "<end {end} of pipe {}>", object.0),
            Value::Object { object, kind } => {
                write!(f, "<{} {}>", kind::of_handle(*kind).map_or("object", |kind| kind.name), name(*object))
            }
            Value::Process { name, .. } => write!(f, "<process {name}>"),
        }
    }
}

impl std::fmt::Display for Value {
    /// As the language writes it: `true`, `()`, `"text"`, `[1, 2]`, `#{"a": 1}`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.write(f, &|object| object.0.to_string())
    }
}

/// A value in which objects are called by their names.
pub struct Named<'a>(pub &'a Value, pub &'a Arena);

impl std::fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.write(f, &|object| self.1.object_name(object))
    }
}

fn too_large(reason: &str) -> Unfit {
    Unfit::new(ErrorKind::ValueError, format!("the value does not fit {} MiB: {reason}", VALUE_LIMIT >> 20))
}

fn damaged(error: bincode::error::DecodeError) -> Unfit {
    Unfit::new(ErrorKind::OSError, format!("what arrived is no value: {error}"))
}

#[cfg(test)]
mod tests {
    use super::Value;

    #[test]
    fn values_survive_their_way() {
        let nested = Value::Array(vec![Value::Int(1), Value::Map([("k".to_owned(), Value::Str("x".into()))].into())]);
        for value in [Value::Unit, Value::Float(0.1), nested, Value::Blob(vec![0, 255])] {
            let bytes = value.encode_message().expect("a value that travels");
            assert_eq!(Value::decode(&bytes).expect("what was encoded"), value);
        }
    }
}
