//! The few words that a lane shows: of an event that happened, and of a step that is about to.

use super::lost_update;
use super::name::{actor, pick, seconds, signal};
use super::scene::Scene;
use super::template::tight;
use crate::kind::{self, Lang};
use crate::trace::{ActorId, Body, Cause, Event, Grant, Mode};
use crate::world::{Activity, World};

/// What an event's row shows, in a few words; `before` and `after` are the worlds around the event.
pub fn row(before: &World, after: &World, event: &Event, lang: Lang) -> String {
    let done = deed(before, after, event, lang);
    match before.lost_update(event) {
        Some(lost) => format!("{} {done}", lost_update::mark(&lost, lang)),
        None => done,
    }
}

fn deed(before: &World, after: &World, event: &Event, lang: Lang) -> String {
    match &event.body {
        Body::Acted(acted) => match kind::outcome(acted.op, acted.outcome) {
            Some(outcome) => scene(before, after, event, lang, true).map(|scene| scene.fill(outcome.row.get(lang))).unwrap_or_default(),
            None => pick(lang, format!("operation {}", acted.op.0), format!("操作 {}", acted.op.0)),
        },
        Body::Printed(printed) => {
            let line = printed.text.lines().next().unwrap_or_default();
            match printed.error {
                true => format!("{}{line}", pick(lang, "error: ", "错误：")),
                false => format!("print {line}"),
            }
        }
        Body::Clock { to, .. } => {
            let passed = seconds(to.saturating_sub(before.now));
            pick(lang, format!("{passed} s pass"), format!("过去 {passed} 秒"))
        }
        Body::Died(died) => match died.cause {
            Cause::Exit(code) => pick(lang, format!("ended: exit {code}"), format!("已结束：退出码 {code}")),
            Cause::Signal(number) => pick(lang, format!("killed: {}", signal(number)), format!("被 {} 杀死", signal(number))),
            Cause::Returned => pick(lang, "ended", "已结束"),
            Cause::NotStarted(_) => pick(lang, "not started", "未能启动"),
        },
        Body::Stopped { stopped: true, .. } => pick(lang, "stopped", "已停止"),
        Body::Stopped { stopped: false, .. } => pick(lang, "continued", "已继续"),
        Body::Lost { count } => pick(lang, format!("{count} events lost"), format!("丢失 {count} 个事件")),
        Body::Born(born) => pick(lang, format!("{} is born", born.name), format!("{} 诞生", born.name)),
        Body::Announced(_) => announced(after, event.actor, lang).unwrap_or_default(),
        Body::Granted { actor: who, .. } => {
            pick(lang, format!("{} may go", actor(after, *who, lang).text), format!("轮到 {}", actor(after, *who, lang).text))
        }
        Body::Mode(Mode::Gated) => pick(lang, "gated", "逐步"),
        Body::Mode(Mode::Free { .. }) => pick(lang, "free", "自由"),
        Body::Rest(_) => pick(lang, "at rest", "静止"),
        Body::Also { .. } => String::new(),
    }
}

/// What an actor will do when it is let go: its announced step, or that it leaves its wait. None for one
/// that cannot go.
pub fn announced(world: &World, id: ActorId, lang: Lang) -> Option<String> {
    let found = world.actor(id)?;
    let (op, on, detail) = match &found.activity {
        Activity::Ready(announced) => (announced.op, announced.on, announced.detail.as_ref()),
        Activity::Waiting(_) => {
            let grant = world.rest.as_ref()?.candidates.iter().find(|candidate| candidate.actor == id)?.grant;
            let (op, on) = found.doing?;
            let next = next_words(world, id, op, on, None, lang);
            return Some(match grant {
                Grant::Proceed if next.is_empty() => pick(lang, "go on", "继续"),
                Grant::Proceed => pick(lang, format!("go on: {next}"), tight(&format!("接着 {next}"))),
                Grant::Expire => pick(lang, format!("time is up: {next}"), format!("时间到：{next}")),
            });
        }
        _ => return None,
    };
    Some(match next_words(world, id, op, on, detail, lang) {
        next if next.is_empty() => pick(lang, "go on", "继续"),
        next => next,
    })
}

/// What an actor that can go will do, behind words that say already that it can: the operation alone, whether
/// it begins or leaves a wait. None where there is no more to say.
pub(super) fn step_alone(world: &World, id: ActorId, lang: Lang) -> Option<String> {
    let found = world.actor(id)?;
    let (op, on, detail) = match &found.activity {
        Activity::Ready(announced) => (announced.op, announced.on, announced.detail.as_ref()),
        Activity::Waiting(_) => found.doing.map(|(op, on)| (op, on, None))?,
        _ => return None,
    };
    Some(next_words(world, id, op, on, detail, lang)).filter(|next| !next.is_empty())
}

fn next_words(
    world: &World,
    actor: ActorId,
    op: crate::trace::OpId,
    on: crate::trace::On,
    detail: Option<&crate::trace::Preview>,
    lang: Lang,
) -> String {
    let Some(def) = kind::op(op) else { return String::new() };
    let scene = Scene { before: world, after: world, actor, op, on, detail, changes: &[], next: None, lang, terse: true };
    let template = def.next.get(lang);
    let filled = scene.fill(template);
    // A wait that goes on has no detail of its own: "put" says enough.
    if detail.is_none() { filled.replace(" …", "") } else { filled }
}

/// The scene of an operation's event.
pub(super) fn scene<'a>(before: &'a World, after: &'a World, event: &'a Event, lang: Lang, terse: bool) -> Option<Scene<'a>> {
    let Body::Acted(acted) = &event.body else { return None };
    Some(Scene {
        before,
        after,
        actor: event.actor,
        op: acted.op,
        on: acted.on,
        detail: acted.detail.as_ref(),
        changes: &acted.changes,
        next: Some(&acted.next),
        lang,
        terse,
    })
}
