//! What a function of the scenario threw in another process, as it arrives at whoever asked for its result: the very
//! value that was thrown, the place where that happened, and the way since. It knows no primitive.

use std::collections::BTreeMap;

use super::error_kind::ErrorKind;
use super::value::Value;

/// A place in the scenario's source. Lines and columns start at 1; 0 is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    pub line: u32,
    pub column: u32,
}

/// How an error came from one process to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Out of a task that a call waits for: `pool.apply(f)`.
    Task,
    /// Out of a task whose result is taken later: `result.get()`.
    Result,
    /// Out of a method of a registered object.
    Method,
}

impl Way {
    const ALL: [Way; 3] = [Way::Task, Way::Result, Way::Method];
}

/// An error as it travels.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub thrown: Value,
    /// Where it was thrown; unknown where no line of the scenario did it.
    pub raised: Spot,
    /// Where it came into each further process since, and how.
    pub trail: Vec<(Spot, Way)>,
}

impl Fault {
    /// An error of ours, which no line threw.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Fault {
        Fault::named(kind.name(), message)
    }

    /// An error of a kind that the scenario may have chosen.
    pub fn named(kind: &str, message: impl Into<String>) -> Fault {
        let entries = [("kind", kind.to_owned()), ("message", message.into())];
        let thrown = Value::Map(entries.into_iter().map(|(key, text)| (key.to_owned(), Value::Str(text))).collect());
        Fault { thrown, raised: Spot::default(), trail: Vec::new() }
    }

    /// Its kind and message: of a map that has both, else what was thrown is the message.
    pub fn kind_and_message(&self) -> (String, String) {
        let text = |value: &Value| if let Value::Str(text) = value { text.clone() } else { value.to_string() };
        let entry = |entries: &BTreeMap<String, Value>, key| entries.get(key).map(text);
        if let Value::Map(entries) = &self.thrown
            && let (Some(kind), Some(message)) = (entry(entries, "kind"), entry(entries, "message"))
        {
            return (kind, message);
        }
        ("Error".to_owned(), text(&self.thrown))
    }

    /// The same, or, where what was thrown cannot travel in a message, its kind and message at its places.
    pub fn fit_to_travel(self) -> Fault {
        match self.thrown.encode_message() {
            Ok(_) => self,
            Err(_) => {
                let (kind, message) = self.kind_and_message();
                // What is too large to travel has a text that is too large as well.
                let message = message.chars().take(1000).collect::<String>();
                Fault { thrown: Fault::named(&kind, message).thrown, ..self }
            }
        }
    }

    /// As a value, to be put into a message.
    pub(super) fn value(&self) -> Value {
        let spot = |at: Spot| [Value::Int(at.line.into()), Value::Int(at.column.into())];
        let hops = self.trail.iter().map(|(at, way)| {
            let [line, column] = spot(*at);
            Value::Array(vec![line, column, Value::Int(*way as i64)])
        });
        let [line, column] = spot(self.raised);
        Value::Array(vec![self.thrown.clone(), line, column, Value::Array(hops.collect())])
    }

    /// Out of a message. None: it is no fault.
    pub(super) fn parse(value: Value) -> Option<Fault> {
        let Value::Array(parts) = value else { return None };
        let [thrown, line, column, Value::Array(hops)] = <[Value; 4]>::try_from(parts).ok()? else { return None };
        let hop = |hop: &Value| {
            let Value::Array(parts) = hop else { return None };
            let [line, column, way] = parts.as_slice() else { return None };
            Some((spot(line, column)?, *Way::ALL.get(number(way)? as usize)?))
        };
        Some(Fault { thrown, raised: spot(&line, &column)?, trail: hops.iter().map(hop).collect::<Option<_>>()? })
    }
}

fn number(value: &Value) -> Option<u32> {
    if let Value::Int(number) = value { u32::try_from(*number).ok() } else { None }
}

fn spot(line: &Value, column: &Value) -> Option<Spot> {
    Some(Spot { line: number(line)?, column: number(column)? })
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, message) = self.kind_and_message();
        write!(f, "{kind}: {message}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_arrives_as_it_was_sent() {
        let map = Value::Map([("code".to_owned(), Value::Int(7))].into());
        for thrown in [Value::Int(7), Value::Str("no 7".into()), Value::Unit, map.clone(), Value::Array(vec![map])] {
            let trail = vec![(Spot { line: 4, column: 2 }, Way::Method), (Spot { line: 9, column: 0 }, Way::Result)];
            let fault = Fault { thrown, raised: Spot { line: 3, column: 5 }, trail };
            assert_eq!(Fault::parse(fault.value()), Some(fault.clone()));
            assert_eq!(fault.clone().fit_to_travel(), fault);
        }
        for damaged in [Value::Unit, Value::Array(vec![Value::Unit]), Value::Array(vec![Value::Int(-1); 4])] {
            assert_eq!(Fault::parse(damaged), None);
        }
    }

    #[test]
    fn what_cannot_travel_leaves_kind_and_message() {
        let end = Value::End { object: crate::trace::ObjectId(3), end: 0, kind: crate::kind::pipe::ID };
        let fault = Fault { thrown: end, raised: Spot { line: 2, column: 1 }, trail: Vec::new() };
        let fit = fault.clone().fit_to_travel();
        assert_eq!(fit.kind_and_message(), fault.kind_and_message());
        assert!(fit.thrown.encode_message().is_ok() && fit.raised == fault.raised);
    }
}
