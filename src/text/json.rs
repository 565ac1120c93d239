//! `--json`: one JSON object for each event, one a line, keys always in the same order.
//!
//! ```text
//! {"n":7,"step":3,"time":3000000,"actor":{"id":3,"name":"writer"},"event":"acted",
//!  "op":"queue.put","outcome":"buffered","on":{"object":{"id":1,"name":"q"}},"line":4,"detail":"A",
//!  "next":"goes","changes":[{"change":"moved","message":1,"to":{"object":{"id":2,"name":"q.buffer"},"part":0,"role":"buffer"}}]}
//! ```
//!
//! - `n` counts events from 0; `step` is the last grant's; `time` is the run's clock in nanoseconds.
//!   With `volatile`, `wall` follows (nanoseconds since the start), and `born` carries `pid` and `tid`;
//!   these differ from run to run, all else is the same for the same seed.
//! - `event` is one of mode, born, announced, rest, granted, clock, acted, printed, died, stopped, also, lost;
//!   the keys after it are that event's own.
//! - Actors and objects are `{"id":…,"name":…}`, parts `{"object":…,"part":index,"role":…}`; messages are numbers.
//! - `op` is `kind.operation`, `outcome` one of its outcomes ("failed" for an error); unknown ones are numbers.
//! - `on`: absent, or one key of `object`, `cell` (with `index`), `end_of` (with `end`), `actor`.
//! - `next`: "goes", "ends", or `{"waits":[…],"deadline":…}` with what ends the wait, each an object with
//!   `until`: deadline, flag_up, count_above, owner_free, slots_filled, readable, writable, ended, left, emptied.
//! - `changes` are those of parts, all in one moment, each an object with `change`: made, composed, moved, passed,
//!   dropped, finished, wrote, inserted, removed, counted, raised, owned, queued, left, requeued, filled, opened,
//!   closed, seen_closed, under, broken.
//! - `lost_update` follows where a write destroys what others wrote: `proved` (else only likely), `writer`, the value that
//!   it had `read` and `read_in_step` (gated), and what is `gone`, each with `writer` and `value`; `more` counts those
//!   between the last two that are not named.
//! - Values are texts; one that was cut is `{"text":…,"len":…,"hash":…}` with length and FNV-1a of the whole.
//! - A key whose value is nothing is left out.

mod fields;

use fields::{Fields, array, text};

use crate::kind;
use crate::trace::{ActorId, Body, Candidate, Cause, Change, Event, Grant, Mode, Next, ObjectId, On, OpId, PartRef, Preview, Until, Wait};
use crate::world::lost_update::Missed;
use crate::world::{LostUpdate, World};

/// Writes events as JSON, one after the other.
pub struct Json {
    world: World,
    volatile: bool,
}

impl Json {
    /// `volatile`: with pids and wall time, which differ from run to run.
    pub fn new(volatile: bool) -> Json {
        Json { world: World::new(), volatile }
    }

    /// Takes the next event, giving its line.
    pub fn push(&mut self, event: &Event) -> String {
        let n = self.world.events;
        let lost = self.world.lost_update(event);
        self.world.apply(event);
        let mut out = Fields::new();
        out.put("n", &n);
        out.put("step", &self.world.step);
        out.put("time", &event.time);
        if self.volatile {
            out.put("wall", &event.wall);
        }
        out.raw("actor", &self.actor(event.actor));
        self.body(&mut out, &event.body);
        if let Some(lost) = lost {
            out.raw("lost_update", &self.lost_update(&lost));
        }
        out.end()
    }

    fn lost_update(&self, lost: &LostUpdate) -> String {
        let mut out = Fields::new();
        out.put("proved", &lost.proved);
        out.raw("writer", &self.actor(lost.writer));
        out.raw("read", &preview(&lost.reading.value));
        if lost.reading.step > 0 {
            out.put("read_in_step", &lost.reading.step);
        }
        let gone = |missed: &Missed| {
            let mut one = Fields::new();
            one.raw("writer", &self.actor(missed.writer));
            one.raw("value", &preview(&missed.value));
            one.end()
        };
        out.raw("gone", &array(lost.reading.missed.iter().map(gone)));
        if lost.reading.more > 0 {
            out.put("more", &lost.reading.more);
        }
        out.end()
    }

    fn body(&self, out: &mut Fields, body: &Body) {
        match body {
            Body::Mode(mode) => {
                out.put("event", "mode");
                match mode {
                    Mode::Gated => out.put("mode", "gated"),
                    Mode::Free { milli_speed } => {
                        out.put("mode", "free");
                        out.put("milli_speed", milli_speed);
                    }
                }
            }
            Body::Born(born) => {
                out.put("event", "born");
                out.raw("born", &self.actor(born.actor));
                out.put("role", &born.role);
                out.raw("process", &self.actor(born.process));
                if let Some(creator) = born.creator {
                    out.raw("creator", &self.actor(creator));
                }
                if let Some(object) = born.object {
                    out.raw("object", &self.object(object));
                }
                out.put("function", &born.function);
                if self.volatile {
                    out.put("pid", &born.pid);
                    out.put("tid", &born.tid);
                }
            }
            Body::Announced(announced) => {
                out.put("event", "announced");
                out.raw("op", &self.op(announced.op, announced.on));
                self.on(out, announced.on);
                out.put("line", &announced.line);
                detail(out, &announced.detail);
            }
            Body::Rest(rest) => {
                out.put("event", "rest");
                let candidate = |Candidate { actor, grant }: &Candidate| {
                    let mut one = Fields::new();
                    one.raw("actor", &self.actor(*actor));
                    one.put("grant", grant);
                    one.end()
                };
                out.raw("candidates", &array(rest.candidates.iter().map(candidate)));
                if let Some(deadline) = rest.next_deadline {
                    out.put("next_deadline", &deadline);
                }
                out.put("stuck", &rest.stuck);
            }
            Body::Granted { actor, grant, .. } => {
                out.put("event", "granted");
                out.raw("to", &self.actor(*actor));
                out.put("grant", grant as &Grant);
            }
            Body::Clock { to, .. } => {
                out.put("event", "clock");
                out.put("to", to);
            }
            Body::Acted(acted) => {
                out.put("event", "acted");
                out.raw("op", &self.op(acted.op, acted.on));
                match kind::outcome(acted.op, acted.outcome) {
                    Some(outcome) => out.put("outcome", outcome.name),
                    None => out.put("outcome", &acted.outcome),
                }
                self.on(out, acted.on);
                out.put("line", &acted.line);
                detail(out, &acted.detail);
                match &acted.next {
                    Next::Goes => out.put("next", "goes"),
                    Next::Ends => out.put("next", "ends"),
                    Next::Waits(wait) => out.raw("next", &self.wait(wait)),
                }
                self.changes(out, &acted.changes);
            }
            Body::Printed(printed) => {
                out.put("event", "printed");
                out.put("text", &printed.text);
                out.put("line", &printed.line);
                out.put("more", &printed.more);
                out.put("error", &printed.error);
            }
            Body::Died(died) => {
                out.put("event", "died");
                out.raw("died", &self.actor(died.actor));
                match died.cause {
                    Cause::Exit(code) => out.put("exit", &code),
                    Cause::Signal(number) => out.put("signal", &number),
                    Cause::Returned => out.put("returned", &true),
                    Cause::NotStarted(errno) => out.put("not_started", &errno),
                }
                self.changes(out, &died.changes);
            }
            Body::Stopped { actor, stopped } => {
                out.put("event", "stopped");
                out.raw("who", &self.actor(*actor));
                out.put("stopped", stopped);
            }
            Body::Also { changes } => {
                out.put("event", "also");
                self.changes(out, changes);
            }
            Body::Lost { count } => {
                out.put("event", "lost");
                out.put("count", count);
            }
        }
    }

    fn wait(&self, wait: &Wait) -> String {
        let mut out = Fields::new();
        out.raw("waits", &array(wait.until.iter().map(|until| self.until(until))));
        if let Some(deadline) = wait.deadline {
            out.put("deadline", &deadline);
        }
        out.end()
    }

    fn until(&self, until: &Until) -> String {
        let mut out = Fields::new();
        match until {
            Until::Deadline => out.put("until", "deadline"),
            Until::FlagUp(part) => {
                out.put("until", "flag_up");
                out.raw("part", &self.part(*part));
            }
            Until::CountAbove(part, number) => {
                out.put("until", "count_above");
                out.raw("part", &self.part(*part));
                out.put("number", number);
            }
            Until::OwnerFree(part, sleepers) => {
                out.put("until", "owner_free");
                out.raw("part", &self.part(*part));
                if let Some(sleepers) = sleepers {
                    out.raw("not_among", &self.part(*sleepers));
                }
            }
            Until::SlotsFilled(part) => {
                out.put("until", "slots_filled");
                out.raw("part", &self.part(*part));
            }
            Until::Readable(part, end) => {
                out.put("until", "readable");
                out.raw("part", &self.part(*part));
                out.put("end", end);
            }
            Until::Writable(part, end) => {
                out.put("until", "writable");
                out.raw("part", &self.part(*part));
                out.put("end", end);
            }
            Until::Ended(actor) => {
                out.put("until", "ended");
                out.raw("actor", &self.actor(*actor));
            }
            Until::Left(part) => {
                out.put("until", "left");
                out.raw("part", &self.part(*part));
            }
            Until::Emptied(part) => {
                out.put("until", "emptied");
                out.raw("part", &self.part(*part));
            }
        }
        out.end()
    }

    fn on(&self, out: &mut Fields, on: On) {
        let mut it = Fields::new();
        match on {
            On::Nothing => return,
            On::Object(object) => it.raw("object", &self.object(object)),
            On::Cell(object, index) => {
                it.raw("cell", &self.object(object));
                it.put("index", &index);
            }
            On::End(object, end) => {
                it.raw("end_of", &self.object(object));
                it.put("end", &end);
            }
            On::Actor(actor) => it.raw("actor", &self.actor(actor)),
        }
        out.raw("on", &it.end());
    }

    fn changes(&self, out: &mut Fields, changes: &[Change]) {
        if !changes.is_empty() {
            out.raw("changes", &array(changes.iter().map(|change| self.change(change))));
        }
    }

    fn change(&self, change: &Change) -> String {
        let mut out = Fields::new();
        match change {
            Change::Made { object, kind, name, owner, home } => {
                out.put("change", "made");
                out.put("object", object);
                match kind::kind(*kind) {
                    Some(kind) => out.put("kind", kind.name),
                    None => out.put("kind", kind),
                }
                out.put("name", name);
                if let Some(owner) = owner {
                    out.raw("owner", &self.object(*owner));
                }
                if let Some(home) = home {
                    out.raw("home", &self.actor(*home));
                }
            }
            Change::Composed { message, value } => {
                out.put("change", "composed");
                out.put("message", message);
                out.raw("value", &preview(value));
            }
            Change::Moved { message, from, to } => {
                out.put("change", "moved");
                out.put("message", message);
                if let Some(from) = from {
                    out.raw("from", &self.part(*from));
                }
                if let Some(to) = to {
                    out.raw("to", &self.part(*to));
                }
            }
            Change::Passed { message, written, read, frame } => {
                out.put("change", "passed");
                out.put("message", message);
                out.put("written", written);
                out.put("read", read);
                out.put("frame", frame);
            }
            Change::Dropped { message } => {
                out.put("change", "dropped");
                out.put("message", message);
            }
            Change::Finished { message } => {
                out.put("change", "finished");
                out.put("message", message);
            }
            Change::Wrote { part, first, values } => {
                self.of_part(&mut out, "wrote", *part);
                out.put("first", first);
                out.raw("values", &array(values.iter().map(preview)));
            }
            Change::Inserted { part, at, key, value } => {
                self.of_part(&mut out, "inserted", *part);
                out.put("at", at);
                if let Some(key) = key {
                    out.raw("key", &preview(key));
                }
                out.raw("value", &preview(value));
            }
            Change::Removed { part, first, count } => {
                self.of_part(&mut out, "removed", *part);
                out.put("first", first);
                out.put("count", count);
            }
            Change::Counted { part, value, max } => {
                self.of_part(&mut out, "counted", *part);
                out.put("value", value);
                if let Some(max) = max {
                    out.put("max", max);
                }
            }
            Change::Raised { part, up } => {
                self.of_part(&mut out, "raised", *part);
                out.put("up", up);
            }
            Change::Owned { part, owner, depth } => {
                self.of_part(&mut out, "owned", *part);
                if let Some(owner) = owner {
                    out.raw("owner", &self.actor(*owner));
                }
                out.put("depth", depth);
            }
            Change::Queued { part, actor } => {
                self.of_part(&mut out, "queued", *part);
                out.raw("actor", &self.actor(*actor));
            }
            Change::Left { part, actor } => {
                self.of_part(&mut out, "left", *part);
                out.raw("actor", &self.actor(*actor));
            }
            Change::Requeued { from, to, actor } => {
                out.put("change", "requeued");
                out.raw("from", &self.part(*from));
                out.raw("to", &self.part(*to));
                out.raw("actor", &self.actor(*actor));
            }
            Change::Filled { part, bytes, pages } => {
                self.of_part(&mut out, "filled", *part);
                out.put("bytes", bytes);
                if let Some(pages) = pages {
                    out.put("pages", &pages.used);
                    out.put("of_pages", &pages.of);
                }
            }
            Change::Opened { part, end, process } => self.of_end(&mut out, "opened", *part, *end, Some(*process)),
            Change::Closed { part, end, process } => self.of_end(&mut out, "closed", *part, *end, Some(*process)),
            Change::SeenClosed { part, end } => self.of_end(&mut out, "seen_closed", *part, *end, None),
            Change::Under { object, lock } => {
                out.put("change", "under");
                out.raw("object", &self.object(*object));
                out.raw("lock", &self.object(*lock));
            }
            Change::Broken { object } => {
                out.put("change", "broken");
                out.raw("object", &self.object(*object));
            }
        }
        out.end()
    }

    fn of_part(&self, out: &mut Fields, change: &str, part: PartRef) {
        out.put("change", change);
        out.raw("part", &self.part(part));
    }

    fn of_end(&self, out: &mut Fields, change: &str, part: PartRef, end: u8, process: Option<ActorId>) {
        self.of_part(out, change, part);
        out.put("end", &end);
        if let Some(process) = process {
            out.raw("process", &self.actor(process));
        }
    }

    fn actor(&self, id: ActorId) -> String {
        let name = match self.world.actor(id) {
            Some(actor) => Some(actor.name.as_str()),
            None if id == ActorId::HOST => Some("host"),
            None if id == ActorId::HAND => Some("hand"),
            None => None,
        };
        named(id.0, name)
    }

    fn object(&self, id: ObjectId) -> String {
        named(id.0, self.world.object(id).map(|object| object.name.as_str()))
    }

    fn part(&self, part: PartRef) -> String {
        let mut out = Fields::new();
        out.raw("object", &self.object(part.object));
        out.put("part", &part.part);
        let def = self.world.kind_of(part.object).and_then(kind::kind).and_then(|kind| kind.parts.get(part.part as usize));
        if let Some(def) = def {
            out.put("role", def.role.en);
        }
        out.end()
    }

    /// An operation that several kinds share bears the name of the kind that it was done to.
    fn op(&self, id: OpId, on: On) -> String {
        let shared = on.object().and_then(|object| self.world.kind_of(object)).and_then(kind::kind);
        let kind = shared.filter(|kind| kind.ops.iter().any(|op| op.id == id)).or_else(|| kind::kind(id.kind()));
        match (kind, kind::op(id)) {
            (Some(kind), Some(op)) => text(&format!("{}.{}", kind.name, op.name).to_lowercase()),
            _ => text(&id),
        }
    }
}

fn named(id: u16, name: Option<&str>) -> String {
    let mut out = Fields::new();
    out.put("id", &id);
    if let Some(name) = name {
        out.put("name", name);
    }
    out.end()
}

fn detail(out: &mut Fields, detail: &Option<Preview>) {
    if let Some(detail) = detail {
        out.raw("detail", &preview(detail));
    }
}

fn preview(value: &Preview) -> String {
    if value.is_whole() { text(&value.text) } else { text(value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::arbitrary;
    use crate::world::sample;
    use proptest::prelude::*;
    use serde_json::Value;

    fn lines(events: &[Event], volatile: bool) -> Vec<String> {
        let mut json = Json::new(volatile);
        events.iter().map(|event| json.push(event)).collect()
    }

    #[test]
    fn events_as_json() {
        insta::assert_snapshot!("json_queue", lines(&sample::queue_run().events, false).join("\n"));
        insta::assert_snapshot!("json_condition", lines(&sample::condition_run().events, false).join("\n"));
    }

    #[test]
    fn every_line_is_json_without_what_differs_from_run_to_run() {
        for run in [sample::queue_run(), sample::condition_run(), sample::stuck_run(), sample::event_run()] {
            let mut other = run.events.clone();
            for event in &mut other {
                event.wall += 17;
                if let Body::Born(born) = &mut event.body {
                    born.pid += 1000;
                    born.tid += 1000;
                }
            }
            assert_eq!(lines(&run.events, false), lines(&other, false));
            assert_ne!(lines(&run.events, true), lines(&other, true));
            for line in lines(&run.events, true) {
                let value: Result<serde_json::Value, _> = serde_json::from_str(&line);
                assert!(value.is_ok_and(|value| value["event"].is_string()), "{line}");
            }
        }
    }

    /// The words under some keys, wherever they stand.
    fn words(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    match value {
                        Value::String(word) if ["event", "until", "change"].contains(&key.as_str()) => found.push(word.clone()),
                        value => words(value, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| words(item, found)),
            _ => {}
        }
    }

    proptest! {
        #[test]
        fn the_opening_names_every_word(events in prop::collection::vec(arbitrary::event(), 0..60)) {
            let opening: String = include_str!("json.rs").lines().take_while(|line| line.starts_with("//!")).collect();
            let known: Vec<&str> = opening.split(|letter: char| letter != '_' && !letter.is_alphanumeric()).collect();
            for line in lines(&events, true) {
                let mut found = Vec::new();
                words(&serde_json::from_str(&line).expect("JSON"), &mut found);
                prop_assert!(!found.is_empty());
                for word in found {
                    prop_assert!(known.contains(&word.as_str()), "{word} in {line}");
                }
            }
        }
    }
}
