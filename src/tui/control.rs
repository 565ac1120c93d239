//! Control of a live run beyond the next step: who goes next, how far it runs, and who schedules.
//!
//! Pure: each gives a menu or an intent, or the reason why it cannot be.

use crate::kind::Lang;
use crate::trace::{ActorId, Candidate, Goal, Grant, Phase, Role};
use crate::world::World;

use super::answer::{Answer, Effect, must_be_now, tell};
use super::labels;
use super::menu::{Choice, Menu, Prompt, Target};
use super::narrate;
use super::scene::Scene;
use super::source::{Intent, SourceKind};
use super::state::{At, Chosen, Overlay, Ui};

/// Opens the menu of those who can go, the chosen process's line under the cursor.
pub fn choose_next(ui: &mut Ui, scene: &Scene) -> Answer {
    must_go_on_by_steps(ui, scene)?;
    if scene.status.phase == Phase::Running {
        return tell(Intent::Pause);
    }
    let world = &scene.head;
    let candidates = world.rest.as_ref().map_or(&[][..], |rest| &rest.candidates);
    if candidates.is_empty() {
        return Err(labels::REFUSE_ONLY_TIME.get(ui.lang).to_owned());
    }
    let items = candidates.iter().map(|one| (would(world, one, ui.lang), Choice::Tell(Intent::StepActor(one.actor)))).collect();
    let chosen = |one: &Candidate| ui.chosen == Some(Chosen::Actor(one.actor));
    let at = candidates.iter().position(chosen).unwrap_or(0);
    ui.overlay = Some(Overlay::Menu(Menu { title: labels::WHO_GOES.get(ui.lang).to_owned(), items, notes: Vec::new(), at }));
    Ok(Vec::new())
}

/// Who a candidate is, and what it will do.
fn would(world: &World, candidate: &Candidate, lang: Lang) -> String {
    let name = narrate::thread(world, candidate.actor, lang);
    let what = narrate::announced(world, candidate.actor, lang);
    match candidate.grant {
        Grant::Proceed => format!("{name}  {what}"),
        Grant::Expire => format!("{name}  {what} ({})", labels::TIME_IS_UP.get(lang)),
    }
}

/// Opens the menu of what a run can run up to: a line, something done to an object, a process's end.
pub fn until(ui: &mut Ui, scene: &Scene) -> Answer {
    must_go_on_by_steps(ui, scene)?;
    let (world, lang) = (&scene.head, ui.lang);
    let chosen_line = match ui.chosen {
        Some(Chosen::Actor(id)) => world.actor(id).filter(|actor| !actor.is_dead() && actor.line > 0).map(|actor| actor.line),
        _ => None,
    };
    let mut items: Vec<(String, Choice)> = Vec::new();
    if let Some(line) = chosen_line {
        items.push((line_comes(line, lang), Choice::Tell(Intent::RunUntil(Goal::Line(line)))));
    }
    let lines = scene.status.scenario.source.lines().count() as u32;
    let title = format!("{} (1–{lines})", labels::WHICH_LINE.get(lang));
    let prompt = Prompt { title, text: String::new(), target: Target::Line(lines), wrong: None };
    items.push((labels::UNTIL_LINE.get(lang).to_owned(), Choice::Ask(prompt)));
    items.push((labels::UNTIL_RIVALS.get(lang).to_owned(), Choice::Tell(Intent::RunUntil(Goal::Rivals))));
    let mut at = 0;
    for object in world.all_objects().filter(|object| object.owner.is_none()) {
        if ui.chosen == Some(Chosen::Object(object.id)) {
            at = items.len();
        }
        let label = match lang {
            Lang::En => format!("something happens to {}", object.name),
            Lang::Zh => format!("{} 上发生了什么", object.name),
        };
        items.push((label, Choice::Tell(Intent::RunUntil(Goal::Object(object.id)))));
    }
    for process in world.processes().filter(|process| process.id != ActorId::HAND && process.role == Role::Process && !process.is_dead()) {
        let label = match lang {
            Lang::En => format!("{} has ended", process.name),
            Lang::Zh => format!("{} 结束", process.name),
        };
        items.push((label, Choice::Tell(Intent::RunUntil(Goal::Ended(process.id)))));
    }
    ui.overlay = Some(Overlay::Menu(Menu { title: labels::RUN_UNTIL.get(lang).to_owned(), items, notes: Vec::new(), at }));
    Ok(Vec::new())
}

fn line_comes(line: u32, lang: Lang) -> String {
    match lang {
        Lang::En => format!("line {line} comes next again"),
        Lang::Zh => format!("又轮到第 {line} 行"),
    }
}

/// Opens the gate, so that the kernel schedules, or closes it again.
pub fn gate(ui: &Ui, scene: &Scene) -> Answer {
    must_be_now(ui, scene)?;
    if scene.status.phase == Phase::Ended {
        return Err(labels::REFUSE_ENDED.get(ui.lang).to_owned());
    }
    tell(if scene.status.gated { Intent::Free } else { Intent::Gated })
}

/// Repeats the run up to the shown point, and goes on live from there.
pub fn branch(ui: &Ui, scene: &Scene) -> Answer {
    if scene.status.kind == SourceKind::Recorded {
        return Err(labels::REFUSE_RECORDED.get(ui.lang).to_owned());
    }
    match ui.at {
        At::Now => Err(labels::REFUSE_BRANCH_NOW.get(ui.lang).to_owned()),
        At::Past(_) => tell(Intent::Branch(scene.point)),
    }
}

/// There are steps to take, and the user grants them.
pub(super) fn must_go_on_by_steps(ui: &Ui, scene: &Scene) -> Result<(), String> {
    must_be_now(ui, scene)?;
    let why = match scene.status.phase {
        Phase::Ended => labels::REFUSE_ENDED,
        Phase::Stuck => labels::REFUSE_STUCK,
        Phase::Paused | Phase::Running if !scene.status.gated => labels::REFUSE_FREE_STEP,
        Phase::Paused | Phase::Running => return Ok(()),
    };
    Err(why.get(ui.lang).to_owned())
}

/// Asks for the editor.
pub fn edit(ui: &Ui, scene: &Scene) -> Answer {
    match scene.status.kind {
        SourceKind::Recorded => Err(labels::REFUSE_RECORDED.get(ui.lang).to_owned()),
        SourceKind::Live => Ok(vec![Effect::Edit]),
    }
}
