//! The words for an update that is lost: at the step that destroys it, whose it was, and how that came.

use super::name::{self, pick};
use super::template::{Term, fill};
use crate::kind::{self, Keys, Lang};
use crate::trace::PartRef;
use crate::world::lost_update::Reading;
use crate::world::{LostUpdate, PartState, World};

/// What a lane's row shows before what was done: the value that is gone, marked as a lost message is.
pub fn mark(lost: &LostUpdate, lang: Lang) -> String {
    let gone = lost.reading.last_missed().map(|missed| name::message_in_row(&missed.value)).unwrap_or_default();
    let doubt = if lost.proved { "" } else { "?" };
    pick(lang, format!("[{gone} lost{doubt}]"), format!("[{gone} 丢失{doubt}]"))
}

/// What happened, in two sentences.
pub fn sentence(world: &World, lost: &LostUpdate, lang: Lang) -> String {
    let reading = &lost.reading;
    let template = match (lang, lost.proved) {
        (Lang::En, true) => {
            "A lost update: {writer} wrote {wrote} to {cell}, worked out from the {read} that it had read {when}. {gone} {are} gone."
        }
        (Lang::En, false) => {
            "Likely a lost update: {writer} wrote {wrote} to {cell}, where it had last read {read}, {when}. \
             It has not seen {gone}, and that is gone."
        }
        (Lang::Zh, true) => "更新丢失：{writer} 把 {wrote} 写入 {cell}，这是用它{when}读到的 {read} 算出来的。{gone} 就此丢失。",
        (Lang::Zh, false) => {
            "更新很可能丢失：{writer} 把 {wrote} 写入 {cell}，而它上次（{when}）读到的是 {read}。它没有看到 {gone}，后者就此丢失。"
        }
    };
    let one = reading.missed.len() == 1 && reading.more == 0;
    fill(template, |slot| {
        Some(match slot {
            "writer" => name::actor(world, lost.writer, lang),
            "wrote" => Term::name(name::message_in_row(&lost.wrote)),
            "cell" => cell(world, lost.part, lost.cell, lang),
            "read" => Term::name(name::message_in_row(&reading.value)),
            "when" => Term::ours(name::moment(reading.step, reading.time, lang)),
            "gone" => gone(world, reading, lang),
            "are" => Term::name(if one { "is" } else { "are" }),
            _ => return None,
        })
    })
}

/// The values that nobody will see again, each writer named where it changes: "p1's 2 and 3".
fn gone(world: &World, reading: &Reading, lang: Lang) -> Term {
    let mut named = None;
    let mut terms: Vec<Term> = Vec::new();
    for (at, missed) in reading.missed.iter().enumerate() {
        if reading.more > 0 && at + 1 == reading.missed.len() {
            terms.push(Term::ours(pick(lang, format!("{} more", reading.more), format!("另外 {} 次写入", reading.more))));
            named = None;
        }
        let value = name::message_in_row(&missed.value);
        let writer = name::actor(world, missed.writer, lang);
        terms.push(match (named.replace(missed.writer) == Some(missed.writer), lang) {
            (true, _) => Term::name(value),
            (false, Lang::En) => Term { text: format!("{} {value}", name::possessive(&writer).text), ours: writer.ours },
            (false, Lang::Zh) => Term::name(format!("{} 的 {value}", writer.text)),
        });
    }
    name::list(&terms, lang)
}

/// A cell as the script would write it: `v`, `a[1]`, `d["k"]`, `ns.x`.
fn cell(world: &World, part: PartRef, at: u32, lang: Lang) -> Term {
    let whole = name::object(world, part.object, lang).text;
    let key = match world.part(part) {
        Some(PartState::Cells { cells }) => cells.nth(at as usize).and_then(|cell| cell.key.as_ref()),
        _ => None,
    };
    let keys = world.kind_of(part.object).and_then(kind::kind).and_then(|kind| kind.parts.get(part.part as usize)).map(|part| part.keys);
    Term::name(match (key, keys) {
        (Some(key), Some(Keys::Value)) => format!("{whole}[{key}]"),
        (Some(key), _) => format!("{whole}.{key}"),
        (None, Some(Keys::One)) => whole,
        (None, _) => format!("{whole}[{at}]"),
    })
}
