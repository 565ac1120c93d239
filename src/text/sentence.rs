//! Why: one or two sentences for every event.

use super::name::{actor, actors, pick, seconds};
use super::row::{announced, scene};
use super::template::{Term, capitalised};
use super::{death, lost_update};
use crate::kind::{self, Lang};
use crate::trace::{ActorId, Body, Event, Grant, Mode};
use crate::world::{Activity, World};

/// What an event means, in one or two sentences; `before` and `after` are the worlds around it.
pub fn sentence(before: &World, after: &World, event: &Event, lang: Lang) -> String {
    if let Some(lost) = before.lost_update(event) {
        return lost_update::sentence(after, &lost, lang);
    }
    match &event.body {
        Body::Acted(acted) => match kind::outcome(acted.op, acted.outcome) {
            Some(outcome) => {
                scene(before, after, event, lang, false).map(|scene| scene.fill(outcome.sentence.get(lang))).unwrap_or_default()
            }
            None => {
                let who = begin(&actor(after, event.actor, lang));
                pick(lang, format!("{who} did something that this version does not know."), format!("{who} 做了本版本不认识的操作。"))
            }
        },
        Body::Printed(printed) => {
            let who = begin(&actor(after, event.actor, lang));
            let text = &printed.text;
            let did = match printed.error {
                true => pick(lang, format!("{who} ends with an error: "), format!("{who} 因错误而结束：")),
                false => pick(lang, format!("{who} printed: "), format!("{who} 打印：")),
            };
            format!("{did}{text}")
        }
        Body::Clock { to, .. } => clock(before, after, *to, lang),
        Body::Died(died) => death::sentence(before, after, died, lang),
        Body::Stopped { actor: who, stopped } => {
            let who = begin(&actor(after, *who, lang));
            match stopped {
                true => pick(
                    lang,
                    format!("{who} was stopped by a signal: it takes no step until it is continued, and time goes on without it."),
                    format!("{who} 被信号停住：在恢复运行之前它不走一步，而时间照常流逝。"),
                ),
                false => pick(lang, format!("{who} was continued and may go on."), format!("{who} 恢复运行，可以往下走了。")),
            }
        }
        Body::Lost { count } => pick(
            lang,
            format!(
                "{count} events were begun by a process that died before it had written them: they are lost, and the picture may lack them."
            ),
            format!("有 {count} 个事件在写完之前其进程就死了：它们已丢失，画面可能缺少它们。"),
        ),
        Body::Mode(Mode::Free { milli_speed }) => {
            let speed = f64::from(*milli_speed) / 1000.0;
            pick(
                lang,
                format!("The gate is open: the kernel alone decides who runs, at {speed} times the speed of the clock."),
                format!("不再逐步放行：由内核决定谁运行，时钟速度为 {speed} 倍。"),
            )
        }
        Body::Mode(Mode::Gated) => {
            pick(lang, "The gate is closed: one step at a time, and each waits for its turn.", "逐步放行：一次一步，各自等待轮到自己。")
        }
        Body::Born(born) => {
            let who = begin(&actor(after, born.actor, lang));
            match born.creator {
                Some(creator) => {
                    let creator = actor(after, creator, lang).text;
                    pick(
                        lang,
                        format!("{who} exists from here on; {creator} asked for it."),
                        format!("{who} 从这里开始存在，由 {creator} 创建。"),
                    )
                }
                None => pick(lang, format!("{who} exists from here on."), format!("{who} 从这里开始存在。")),
            }
        }
        Body::Announced(_) => {
            let who = begin(&actor(after, event.actor, lang));
            let what = announced(after, event.actor, lang).unwrap_or_default();
            pick(lang, format!("{who} stands at the gate; next: {what}."), format!("{who} 等待放行；下一步：{what}。"))
        }
        Body::Granted { actor: id, grant, .. } => {
            let who = begin(&actor(after, *id, lang));
            match grant {
                Grant::Proceed => pick(lang, format!("It is the turn of {who}."), format!("轮到 {who}。")),
                Grant::Expire => pick(lang, format!("The time of {who} is up."), format!("{who} 设定的时间已到。")),
            }
        }
        Body::Rest(rest) if rest.stuck => pick(lang, "Nobody can go on.", "谁也无法继续。"),
        Body::Rest(rest) => match rest.candidates.len() {
            0 if rest.next_deadline.is_some() => pick(lang, "Nobody can go on before time passes.", "在时间流逝之前，谁也无法继续。"),
            0 if after.processes().any(|actor| actor.stopped && !actor.is_dead()) => {
                pick(lang, "Nobody can go on before a stopped process is continued.", "在被停住的进程恢复运行之前，谁也无法继续。")
            }
            0 => pick(lang, "Nobody can go on just now.", "此刻谁也无法继续。"),
            1 => pick(lang, "One can go on.", "有一个可以继续。"),
            many => pick(lang, format!("{many} can go on; one of them will."), format!("有 {many} 个可以继续；将选其中一个。")),
        },
        Body::Also { changes } if event.actor == ActorId::HOST => death::aftermath(before, after, changes, lang),
        Body::Also { .. } => {
            let who = begin(&actor(after, event.actor, lang));
            pick(lang, format!("This is part of the same step of {who}."), format!("这属于 {who} 的同一步。"))
        }
    }
}

/// A name at the start of a sentence.
pub(super) fn begin(term: &Term) -> String {
    if term.ours { capitalised(&term.text) } else { term.text.clone() }
}

fn clock(before: &World, after: &World, to: u64, lang: Lang) -> String {
    let passed = seconds(to.saturating_sub(before.now));
    let due: Vec<ActorId> = after
        .all_actors()
        .filter(|actor| matches!(&actor.activity, Activity::Waiting(wait) if wait.deadline.is_some_and(|deadline| deadline <= to)))
        .map(|actor| actor.id)
        .collect();
    let text = pick(lang, format!("{passed} s pass: nobody could move before."), format!("过去 {passed} 秒：在此之前谁也无法动。"));
    if due.is_empty() {
        return text;
    }
    let due = actors(after, &due, lang).text;
    pick(lang, format!("{text} Now the time of {due} is up."), format!("{text}{due} 设定的时间已到。"))
}
