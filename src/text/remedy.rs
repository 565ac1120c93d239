//! What could be done for a run that is stuck, in words: the deed, and what comes of it. Which key does it is
//! the screen's to say.

use super::name::{self, pick};
use super::template::{Term, tight};
use crate::kind::{self, Asks, Lang};
use crate::trace::{On, PartRef};
use crate::world::remedy::{Deed, Remedy};
use crate::world::{PartState, World};

/// What is to be done: "release", "put a value", "kill".
pub fn deed(world: &World, remedy: &Remedy, lang: Lang) -> String {
    match remedy.deed {
        Deed::Act(op, on) => {
            let (verb, asks) = kind::op(op).map_or(("", Asks::Nothing), |op| (op.name, op.asks));
            let valued = matches!(asks, Asks::Value | Asks::EndAndValue(_));
            let at = match on {
                On::End(object, end) => {
                    let end = name::end_in_code(world, object, end, lang).text;
                    pick(lang, format!(" at {end}"), format!("（{end} 端）"))
                }
                _ => String::new(),
            };
            let value = if valued { pick(lang, " a value", " 一个值") } else { String::new() };
            format!("{verb}{value}{at}")
        }
        Deed::Kill(_) => pick(lang, "kill", "杀死"),
        Deed::Branch(step, _) => pick(lang, format!("before step {step}"), format!("第 {step} 步之前")),
    }
}

/// How parts stay that a death does not give back: a lock has a holder, permits are only taken.
fn kept_as(world: &World, keeps: &[PartRef]) -> (&'static str, &'static str) {
    let is_held = |part: &PartRef| matches!(world.part(*part), Some(PartState::Owner { .. }));
    match (keeps.iter().all(is_held), keeps.len()) {
        (true, 1) => ("stays held", "仍被持有"),
        (true, _) => ("stay held", "仍被持有"),
        (false, 1) => ("stays taken", "仍被占用"),
        (false, _) => ("stay taken", "仍被占用"),
    }
}

/// What comes of it: "p1 goes on", "frees nobody, for death does not release b".
pub fn effect(world: &World, remedy: &Remedy, lang: Lang) -> String {
    if let Deed::Branch(_, first) = remedy.deed {
        let first = name::actor(world, first, lang).text;
        return pick(lang, format!("let {first} go first"), tight(&format!("让 {first} 先走")));
    }
    let kept: Vec<Term> = remedy.keeps.iter().map(|part| name::part(world, *part, lang)).collect();
    let kept = (!kept.is_empty()).then(|| name::list(&kept, lang).text);
    let goes = match (remedy.frees.as_slice(), remedy.one) {
        ([], _) => None,
        ([only], _) => {
            let name = name::actor(world, *only, lang).text;
            Some(pick(lang, format!("{name} goes on"), format!("{name} 继续")))
        }
        (some, true) => {
            let names = name::either(world, some, lang);
            Some(pick(lang, format!("{names} goes on"), format!("{names} 继续")))
        }
        (all, false) => {
            let names = name::actors(world, all, lang).text;
            Some(pick(lang, format!("{names} go on"), format!("{names} 都继续")))
        }
    };
    match (goes, kept) {
        (Some(goes), None) => goes,
        (Some(goes), Some(kept)) => {
            let (stays, still) = kept_as(world, &remedy.keeps);
            pick(lang, format!("{goes}, but {kept} {stays}"), format!("{goes}，但 {kept} {still}"))
        }
        (None, Some(kept)) => {
            pick(lang, format!("frees nobody, for death does not release {kept}"), format!("谁也不会因此继续，因为死亡不会释放 {kept}"))
        }
        (None, None) if !remedy.room_for.is_empty() => {
            let names = name::actors(world, &remedy.room_for, lang).text;
            pick(lang, format!("makes room, for which {names} waits"), tight(&format!("腾出 {names} 在等的空间")))
        }
        (None, None) => pick(lang, "frees nobody", "谁也不会因此继续"),
    }
}
