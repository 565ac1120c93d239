//! What things are called in sentences: actors, objects, ends, values, times. Knows no templates.

use super::template::{Term, is_chinese, tight};
use crate::kind::{self, Lang, Shape, Words};
use crate::trace::{ActorId, KindId, Nanos, ObjectId, Pages, PartRef, Preview, Role};
use crate::world::{Message, PartState, World, waits};

/// Picks the text of the language. In Chinese, names that are Chinese themselves take no blank beside them; so
/// what a scenario wrote, whose blanks are its own, is not to be in these texts.
pub fn pick(lang: Lang, en: impl Into<String>, zh: impl Into<String>) -> String {
    match lang {
        Lang::En => en.into(),
        Lang::Zh => tight(&zh.into()),
    }
}

/// An actor's name; a feeder is named after its process, and the hand is the reader.
pub fn actor(world: &World, id: ActorId, lang: Lang) -> Term {
    match world.actor(id) {
        Some(found) if found.role == Role::Helper && is_feeder(world, found.object) => {
            let process = own(world, found.process, lang);
            match lang {
                Lang::En => Term { text: format!("{} feeder", possessive(&process).text), ours: process.ours },
                Lang::Zh => Term { text: tight(&format!("{} 的写入线程", process.text)), ours: false },
            }
        }
        Some(found) if found.role == Role::Helper && of_kind(world, found.object) == Some(kind::pool::ID) => {
            let pool = found.object.and_then(|pool| world.object(pool)).map_or("", |pool| &pool.name);
            Term::name(pick(lang, format!("{pool}'s handler"), format!("{pool} 的管理线程")))
        }
        _ => own(world, id, lang),
    }
}

fn of_kind(world: &World, object: Option<ObjectId>) -> Option<KindId> {
    object.and_then(|object| world.kind_of(object))
}

/// The name of the process that an actor belongs to. What the host holds travels in a message.
pub fn process(world: &World, id: ActorId, lang: Lang) -> Term {
    if id == ActorId::HOST {
        return Term::ours(pick(lang, "a message in flight", "途中的消息"));
    }
    own(world, world.actor(id).map_or(id, |found| found.process), lang)
}

/// The name that an actor was born with.
fn own(world: &World, id: ActorId, lang: Lang) -> Term {
    match world.actor(id) {
        _ if id == ActorId::HOST => Term::name("ipcscope"),
        _ if id == ActorId::HAND => Term::ours(pick(lang, "you", "你")),
        Some(found) if !found.name.is_empty() => Term::name(found.name.clone()),
        _ => Term::ours(pick(lang, format!("process {}", id.0), format!("进程 {}", id.0))),
    }
}

/// An actor's name with its pid, where it is known.
pub fn with_pid(world: &World, id: ActorId, lang: Lang) -> String {
    let name = actor(world, id, lang).text;
    match world.actor(id) {
        Some(found) if found.pid > 0 && found.process == id && id != ActorId::HAND => format!("{name} {}", found.pid),
        _ => name,
    }
}

fn is_feeder(world: &World, object: Option<ObjectId>) -> bool {
    match object {
        Some(object) => world.kind_of(object).is_none_or(|kind| kind == kind::buffer::ID || kind::queue::has_feeders(kind)),
        None => false,
    }
}

/// The English possessive: "writer's", "your".
pub fn possessive(term: &Term) -> Term {
    let text = if term.ours && term.text == "you" { "your".to_owned() } else { format!("{}'s", term.text) };
    Term { text, ours: term.ours }
}

/// Nobody.
pub fn nobody(lang: Lang) -> Term {
    Term::ours(pick(lang, "nobody", "没有人"))
}

/// Several names: "a, b and c".
pub fn list(terms: &[Term], lang: Lang) -> Term {
    let Some((last, rest)) = terms.split_last() else { return nobody(lang) };
    if rest.is_empty() {
        return last.clone();
    }
    let comma = if lang == Lang::En { ", " } else { "、" };
    let rest: Vec<&str> = rest.iter().map(|term| term.text.as_str()).collect();
    let rest = rest.join(comma);
    let text = match lang {
        Lang::En => format!("{rest} and {}", last.text),
        Lang::Zh => {
            let before = if rest.ends_with(is_chinese) { "" } else { " " };
            let after = if last.text.starts_with(is_chinese) { "" } else { " " };
            format!("{rest}{before}和{after}{}", last.text)
        }
    };
    Term { text, ours: terms.first().is_some_and(|first| first.ours) }
}

/// Actors of whom any one will do: "a or b".
pub fn either(world: &World, ids: &[ActorId], lang: Lang) -> String {
    let names: Vec<String> = ids.iter().map(|id| actor(world, *id, lang).text).collect();
    names.join(&pick(lang, " or ", " 或 "))
}

/// Several actors.
pub fn actors(world: &World, ids: &[ActorId], lang: Lang) -> Term {
    let terms: Vec<Term> = ids.iter().map(|id| actor(world, *id, lang)).collect();
    list(&terms, lang)
}

/// How a sentence calls an object: by its name, or as a part of what it belongs to ("the lock of cond").
pub fn object(world: &World, id: ObjectId, lang: Lang) -> Term {
    let Some(found) = world.object(id) else {
        return Term::ours(pick(lang, format!("object {}", id.0), format!("对象 {}", id.0)));
    };
    let Some(owner) = found.owner.and_then(|owner| world.object(owner)) else { return Term::name(found.name.clone()) };
    if found.kind == kind::buffer::ID {
        let home = found.home.unwrap_or(found.maker);
        let home = actor(world, home, lang);
        return match lang {
            Lang::En => Term { text: format!("{} buffer for {}", possessive(&home).text, owner.name), ours: home.ours },
            Lang::Zh => Term::name(tight(&format!("{} 在 {} 上的缓冲区", home.text, owner.name))),
        };
    }
    if matches!(found.parts.first(), Some(PartState::Owner { .. })) {
        return match lang {
            Lang::En => Term::ours(format!("the lock of {}", owner.name)),
            Lang::Zh => Term::name(tight(&format!("{} 的锁", owner.name))),
        };
    }
    Term::name(found.name.clone())
}

/// How a row calls an object, as the script would: a condition's own lock is taken through the condition.
pub fn object_in_code(world: &World, id: ObjectId, lang: Lang) -> Term {
    let Some(found) = world.object(id) else { return object(world, id, lang) };
    match found.owner.and_then(|owner| world.object(owner)) {
        Some(owner) if owner.kind == kind::condition::ID => Term::name(owner.name.clone()),
        _ => Term::name(found.name.clone()),
    }
}

/// One part of an object: the object itself where the part is what it is about, else by its role.
pub fn part(world: &World, part: PartRef, lang: Lang) -> Term {
    let whole = object(world, part.object, lang);
    let def = world.kind_of(part.object).and_then(kind::kind).and_then(|kind| kind.parts.get(part.part as usize));
    match def {
        Some(def) if part.part > 0 => match lang {
            Lang::En => Term::ours(format!("the {} of {}", def.role.en, whole.text)),
            Lang::Zh => Term::name(tight(&format!("{} 的{}", whole.text, def.role.zh))),
        },
        _ => whole,
    }
}

/// An end of an object: "end 0 of p", "the reader of q".
pub fn end(world: &World, object_id: ObjectId, end: u8, lang: Lang) -> Term {
    let whole = object(world, object_id, lang).text;
    match end_name(world, object_id, end) {
        Some(name) if !name.en.starts_with(|c: char| c.is_ascii_digit()) => match lang {
            Lang::En => Term::ours(format!("the {} of {whole}", name.en)),
            Lang::Zh => Term::name(tight(&format!("{whole} 的{}", name.zh))),
        },
        _ => Term::ours(pick(lang, format!("end {end} of {whole}"), format!("{whole} 的 {end} 端"))),
    }
}

/// An end as the script would write it: `p[0]`.
pub fn end_in_code(world: &World, object: ObjectId, end: u8, lang: Lang) -> Term {
    Term::name(format!("{}[{end}]", object_in_code(world, object, lang).text))
}

fn end_name(world: &World, object: ObjectId, end: u8) -> Option<Words> {
    let def = kind::kind(world.kind_of(object)?)?;
    def.parts.iter().find_map(|part| match part.shape {
        Shape::Ends(names) => names.get(end as usize).copied(),
        _ => None,
    })
}

/// A value as it is shown, with the length of the whole where it was cut.
pub fn value(preview: &Preview, lang: Lang) -> String {
    match lang {
        Lang::En => preview.to_string(),
        Lang::Zh if preview.is_whole() => preview.text.clone(),
        Lang::Zh => format!("{}…（共 {} 字节）", preview.text, preview.len),
    }
}

/// The most characters of a message that a row or a sentence spells out.
const MESSAGE_LIMIT: usize = 24;

/// A message in a row: its beginning, if it is long.
pub fn message_in_row(preview: &Preview) -> String {
    let beginning: String = preview.text.chars().take(MESSAGE_LIMIT).collect();
    if beginning.len() as u64 == preview.len { beginning } else { format!("{beginning}…") }
}

/// A message in a sentence: in quotes, unless it is a number, a single character or has brackets of its
/// own, so that its words do not run into the sentence's.
pub fn message(preview: &Preview, lang: Lang) -> String {
    let beginning = message_in_row(preview);
    if beginning.len() as u64 != preview.len {
        let len = preview.len;
        return match lang {
            Lang::En => format!("“{beginning}” ({len} bytes)"),
            Lang::Zh => format!("“{beginning}”（共 {len} 字节）"),
        };
    }
    let bare = beginning.chars().count() == 1
        || beginning.parse::<f64>().is_ok()
        || beginning.starts_with(['[', '(', '#', '<'])
        || beginning == "true"
        || beginning == "false";
    if bare { beginning } else { format!("“{beginning}”") }
}

/// How much of a message that is partly written or read lies in its pipe, of how many bytes: `65536/1000012`.
/// None for one that is whole.
pub fn part_there(message: &Message) -> Option<String> {
    let passed = message.passed.filter(|passed| passed.written < passed.frame || passed.read > 0)?;
    Some(format!("{}/{}", passed.written.saturating_sub(passed.read), passed.frame))
}

/// A number with its digits in groups of three: `33,216`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}

/// How full a pipe is: "16 of 16 pages, 33,216 bytes".
pub fn fill(bytes: u64, pages: Option<Pages>, lang: Lang) -> String {
    let bytes = grouped(bytes);
    match (pages, lang) {
        (Some(Pages { used, of }), Lang::En) => format!("{used} of {of} pages, {bytes} bytes"),
        (Some(Pages { used, of }), Lang::Zh) => format!("{of} 页用了 {used} 页，{bytes} 字节"),
        (None, Lang::En) => format!("{bytes} bytes"),
        (None, Lang::Zh) => format!("{bytes} 字节"),
    }
}

/// How full it is where somebody writes at an end of an object.
pub fn fill_of(world: &World, ends: PartRef, end: u8, lang: Lang) -> Option<String> {
    match waits::written_at(world, ends, end)? {
        PartState::Bytes { bytes, pages } => Some(fill(*bytes, *pages, lang)),
        _ => None,
    }
}

/// A time in seconds, the same wherever it is told: with two decimals, or three where less than a hundredth counts.
/// What is less than a thousandth is left out.
pub fn seconds(nanos: Nanos) -> String {
    let time = seconds_to_the_step(nanos);
    time.strip_suffix('0').unwrap_or(&time).to_owned()
}

/// The same with three decimals always, for lists in which times stand below each other.
pub fn seconds_to_the_step(nanos: Nanos) -> String {
    let millis = nanos / 1_000_000;
    format!("{}.{:03}", millis / 1000, millis % 1000)
}

/// When something was done: the step, or the time where the kernel scheduled.
pub fn moment(step: u64, time: Nanos, lang: Lang) -> String {
    let time = seconds_to_the_step(time);
    match step {
        0 => pick(lang, format!("at {time} s"), format!("在 {time} 秒时")),
        step => pick(lang, format!("in step {step}"), format!("在第 {step} 步")),
    }
}

/// A signal's name.
pub fn signal(number: i32) -> String {
    let name = match number {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        _ => return format!("signal {number}"),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{seconds, seconds_to_the_step};

    /// Nothing that a step takes is left out, in whatever form.
    #[test]
    fn one_time_is_told_in_one_way() {
        for (micros, told, in_lists) in [
            (0, "0.00", "0.000"),
            (999, "0.00", "0.000"),
            (5_000, "0.005", "0.005"),
            (10_000, "0.01", "0.010"),
            (430_000, "0.43", "0.430"),
            (1_999_000, "1.999", "1.999"),
            (2_000_000, "2.00", "2.000"),
            (3_600_000_000, "3600.00", "3600.000"),
        ] {
            assert_eq!((seconds(micros * 1000).as_str(), seconds_to_the_step(micros * 1000).as_str()), (told, in_lists));
        }
    }
}
