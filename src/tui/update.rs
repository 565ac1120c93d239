//! What an action does: changes what the user has set, and asks the run for things.
//!
//! Pure: `(Ui, Action, Scene)` gives effects. A refusal is a sentence that says why and what to do instead.

use crate::kind::{self, Lang};
use crate::trace::{ActorId, ObjectId, On, Pace, Phase};
use crate::world::{PartState, World};

use super::answer::{Answer, Effect, everywhere, must_be_now, pause_if_running, tell};
use super::arrange;
use super::asking;
use super::control;
use super::history;
use super::keys::Action;
use super::labels;
use super::menu;
use super::presenting;
use super::scene::Scene;
use super::source::{Intent, SourceKind};
use super::state::{At, Chosen, Overlay, Reach, Ui};
use super::windows;

/// Paces that `+` and `-` go through, in steps a second; beyond the last there is no limit.
const PACES: &[f64] = &[0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1000.0];

/// An action on the list of scenarios.
pub fn on_list(ui: &mut Ui, action: Action, entries: usize) -> Vec<Effect> {
    ui.message = None;
    ui.answer = None;
    if let Some(effects) = windows::on_overlay(ui, action) {
        return effects;
    }
    match action {
        Action::Up => ui.listed = ui.listed.saturating_sub(1),
        Action::Down if ui.listed + 1 < entries => ui.listed += 1,
        Action::Act if ui.listed < entries => return vec![Effect::Open(ui.listed)],
        Action::Quit => return vec![Effect::Quit],
        Action::Leave => {}
        other => everywhere(ui, other),
    }
    Vec::new()
}

/// An action on the screen of a run. `listed`: there is a list to go back to.
pub fn on_run(ui: &mut Ui, action: Action, scene: &Scene, listed: bool) -> Vec<Effect> {
    ui.message = None;
    ui.answer = None;
    let asked_before = std::mem::take(&mut ui.leaving);
    ui.dismissed = scene.status.notice.clone();
    if let Some(effects) = windows::on_overlay(ui, action) {
        return effects;
    }
    if presenting::scroll(ui, action, scene) {
        return Vec::new();
    }
    let done: Answer = presenting::on_action(ui, action, scene).unwrap_or_else(|| match action {
        Action::Leave => leave(ui, scene, listed, asked_before),
        _ => anywhere(ui, action, scene),
    });
    done.unwrap_or_else(|why| {
        ui.message = Some(why);
        Vec::new()
    })
}

/// Takes away what lies over the run, one thing at a time, and at last the run itself. One that goes on ends
/// with that, so it takes a second key.
fn leave(ui: &mut Ui, scene: &Scene, listed: bool, asked_before: bool) -> Answer {
    if ui.draft.take().is_some() {
        return Ok(Vec::new());
    }
    if !ui.sight.filter.is_empty() {
        ui.sight.filter.clear();
        return Ok(Vec::new());
    }
    if ui.at != At::Now {
        ui.at = At::Now;
        return Ok(Vec::new());
    }
    if !listed {
        return Err(labels::REFUSE_NO_LIST.get(ui.lang).to_owned());
    }
    let status = &scene.status;
    if status.kind == SourceKind::Live && status.begun && status.phase != Phase::Ended && !asked_before {
        ui.leaving = true;
        return Err(labels::LEAVE_ENDS_RUN.get(ui.lang).to_owned());
    }
    Ok(vec![Effect::ToList])
}

/// An action on the screen of a run, in any layout and with no window open.
fn anywhere(ui: &mut Ui, action: Action, scene: &Scene) -> Answer {
    match action {
        Action::Next => next(ui, scene),
        Action::StepChosen => step_chosen(ui, scene),
        Action::Back => back(ui, scene),
        Action::Start => {
            ui.at = if scene.rows_total == 0 { At::Now } else { At::Past(scene.rows_before) };
            Ok(pause_if_running(scene))
        }
        Action::End => match ui.at {
            At::Past(_) => {
                ui.at = At::Now;
                Ok(Vec::new())
            }
            // All of a recording has happened, shown or not.
            At::Now if scene.status.kind == SourceKind::Recorded && matches!(scene.status.phase, Phase::Paused | Phase::Running) => {
                tell(Intent::ToEnd)
            }
            At::Now => Err(labels::REFUSE_NOW.get(ui.lang).to_owned()),
        },
        Action::RunPause => run_pause(ui, scene),
        Action::Faster => pace(ui, scene, true),
        Action::Slower => pace(ui, scene, false),
        Action::Free => control::gate(ui, scene),
        Action::ChooseGrant => control::choose_next(ui, scene),
        Action::RunUntil => control::until(ui, scene),
        Action::Edit => control::edit(ui, scene),
        Action::Again => {
            ui.forget_run();
            tell(Intent::Again)
        }
        Action::Reseed => {
            if scene.status.kind == SourceKind::Recorded {
                Err(labels::REFUSE_RECORDED.get(ui.lang).to_owned())
            } else {
                ui.forget_run();
                tell(Intent::Reseed(scene.status.seed.wrapping_add(1)))
            }
        }
        Action::Flag => flag(ui, scene),
        Action::Signals => signals(ui, scene),
        Action::Act => act(ui, scene),
        Action::Branch => control::branch(ui, scene),
        Action::FollowOn => Ok(vec![Effect::Follow(true)]),
        Action::FollowBack => Ok(vec![Effect::Follow(false)]),
        Action::Params => params(ui, scene),
        Action::Present => {
            ui.presenting = !ui.presenting;
            Ok(Vec::new())
        }
        Action::Blank => {
            ui.blank = true;
            Ok(Vec::new())
        }
        Action::Notes => presenting::notes(ui, scene),
        Action::Guess => asking::guess(ui, scene),
        Action::Questions => asking::switch(ui),
        Action::Why => {
            ui.overlay = Some(Overlay::Why(Reach::default()));
            Ok(Vec::new())
        }
        Action::Mark => history::mark(ui, scene),
        Action::MarkNext => history::to_mark(ui, scene, true),
        Action::MarkBefore => history::to_mark(ui, scene, false),
        Action::GoTo => history::ask_step(ui, scene),
        Action::Focus(focus) => {
            ui.focus = focus;
            Ok(Vec::new())
        }
        Action::Inside => {
            ui.inside = !ui.inside;
            Ok(Vec::new())
        }
        Action::ChooseNext => choose(ui, scene, true, |_| true),
        Action::ChooseBefore => choose(ui, scene, false, |_| true),
        Action::Right => choose(ui, scene, true, |chosen| matches!(chosen, Chosen::Actor(_))),
        Action::Left => choose(ui, scene, false, |chosen| matches!(chosen, Chosen::Actor(_))),
        Action::Down => choose(ui, scene, true, |chosen| matches!(chosen, Chosen::Object(_))),
        Action::Up => choose(ui, scene, false, |chosen| matches!(chosen, Chosen::Object(_))),
        Action::Fold => arrange::fold(ui, scene),
        Action::Narrow => arrange::narrow(ui),
        Action::ScrollLeft => arrange::scroll(ui, false),
        Action::ScrollRight => arrange::scroll(ui, true),
        Action::Filter => arrange::filter(ui),
        Action::ChooseNothing => arrange::choose_nothing(ui),
        Action::Quit => Ok(vec![Effect::Quit]),
        other => {
            everywhere(ui, other);
            Ok(Vec::new())
        }
    }
}

fn next(ui: &mut Ui, scene: &Scene) -> Answer {
    if let At::Past(_) = ui.at {
        let forward = scene.rows_shown + 1;
        ui.at = if forward >= scene.rows_total { At::Now } else { At::Past(forward) };
        return Ok(Vec::new());
    }
    match scene.status.phase {
        Phase::Running => tell(Intent::Pause),
        Phase::Ended => Err(labels::REFUSE_ENDED.get(ui.lang).to_owned()),
        Phase::Stuck => Err(labels::REFUSE_STUCK.get(ui.lang).to_owned()),
        Phase::Paused if !scene.status.gated && scene.status.kind == SourceKind::Live => {
            Err(labels::REFUSE_FREE_STEP.get(ui.lang).to_owned())
        }
        Phase::Paused => goes(ui, scene, Intent::Step(1)),
    }
}

/// Lets the run go on, unless only a signal could: steps asked for meanwhile would all be taken after it.
fn goes(ui: &Ui, scene: &Scene, intent: Intent) -> Answer {
    match super::narrate::held_up(&scene.head, ui.lang) {
        Some(why) if scene.status.kind == SourceKind::Live => Err(why),
        _ => tell(intent),
    }
}

fn step_chosen(ui: &mut Ui, scene: &Scene) -> Answer {
    must_be_now(ui, scene)?;
    let Some(Chosen::Actor(actor)) = ui.chosen else { return Err(labels::REFUSE_NO_PROCESS.get(ui.lang).to_owned()) };
    match scene.status.phase {
        Phase::Ended => return Err(labels::REFUSE_ENDED.get(ui.lang).to_owned()),
        Phase::Running => return tell(Intent::Pause),
        Phase::Paused | Phase::Stuck => {}
    }
    if !scene.status.gated {
        return Err(labels::REFUSE_FREE_STEP.get(ui.lang).to_owned());
    }
    let can = scene.head.rest.as_ref().is_none_or(|rest| rest.candidates.iter().any(|candidate| candidate.actor == actor));
    if can { tell(Intent::StepActor(actor)) } else { Err(cannot_go(&scene.head, actor, ui.lang)) }
}

/// Why an actor cannot take a step now.
fn cannot_go(world: &World, actor: ActorId, lang: Lang) -> String {
    let name = super::narrate::thread(world, actor, lang);
    match super::narrate::waiting(world, actor, lang) {
        Some(wait) => format!("{name}: {wait}"),
        None => format!("{name} {}", labels::REFUSE_NOT_A_CANDIDATE.get(lang)),
    }
}

fn back(ui: &mut Ui, scene: &Scene) -> Answer {
    let shown = scene.rows_shown;
    if shown == scene.rows_before {
        let why = if scene.begins_late { labels::REFUSE_HISTORY } else { labels::REFUSE_BEGINNING };
        return Err(why.get(ui.lang).to_owned());
    }
    ui.at = At::Past(shown - 1);
    // Who looks back does not want to miss what happens meanwhile.
    Ok(pause_if_running(scene))
}

fn run_pause(ui: &mut Ui, scene: &Scene) -> Answer {
    if scene.status.phase == Phase::Running {
        return tell(Intent::Pause);
    }
    if ui.at != At::Now {
        return Err(labels::REFUSE_PAST.get(ui.lang).to_owned());
    }
    match scene.status.phase {
        Phase::Ended => Err(labels::REFUSE_ENDED.get(ui.lang).to_owned()),
        Phase::Stuck => Err(labels::REFUSE_STUCK.get(ui.lang).to_owned()),
        Phase::Paused | Phase::Running => goes(ui, scene, Intent::Run),
    }
}

fn pace(ui: &mut Ui, scene: &Scene, faster: bool) -> Answer {
    if !scene.status.gated && scene.status.kind == SourceKind::Live {
        return Err(labels::REFUSE_FREE_PACE.get(ui.lang).to_owned());
    }
    let pace = match (scene.status.pace, faster) {
        (Pace::Unlimited, true) => Pace::Unlimited,
        (Pace::Unlimited, false) => Pace::Steps(PACES[PACES.len() - 1]),
        (Pace::Steps(now), true) => PACES.iter().copied().find(|pace| *pace > now).map_or(Pace::Unlimited, Pace::Steps),
        (Pace::Steps(now), false) => Pace::Steps(PACES.iter().rev().copied().find(|pace| *pace < now).unwrap_or(PACES[0])),
    };
    tell(Intent::SetPace(pace))
}

/// The hand's actions on an Event, found by what its kind lets the hand do.
fn settable(world: &World, object: ObjectId) -> bool {
    world.object(object).is_some_and(|object| menu::hand_of(object).any(|op| op.id == kind::event::SET.id))
}

/// Whether there is anything that `e` could set.
pub fn has_event(world: &World) -> bool {
    world.all_objects().any(|object| settable(world, object.id))
}

fn is_up(world: &World, object: ObjectId) -> bool {
    world.object(object).is_some_and(|object| object.parts.iter().any(|part| matches!(part, PartState::Flag { up: true })))
}

fn flag(ui: &mut Ui, scene: &Scene) -> Answer {
    must_be_now(ui, scene)?;
    let world = &scene.head;
    let chosen = match ui.chosen {
        Some(Chosen::Object(object)) if settable(world, object) => object,
        _ => {
            let mut all = world.all_objects().filter(|object| settable(world, object.id)).map(|object| object.id);
            match (all.next(), all.next()) {
                (None, _) => return Err(labels::REFUSE_NO_EVENT.get(ui.lang).to_owned()),
                (Some(only), None) => only,
                (Some(_), Some(_)) => return Err(labels::REFUSE_WHICH_EVENT.get(ui.lang).to_owned()),
            }
        }
    };
    let op = if is_up(world, chosen) { &kind::event::CLEAR } else { &kind::event::SET };
    tell(Intent::Hand(op.id, On::Object(chosen), None))
}

fn signals(ui: &mut Ui, scene: &Scene) -> Answer {
    must_be_now(ui, scene)?;
    let Some(Chosen::Actor(id)) = ui.chosen else { return Err(labels::REFUSE_NO_PROCESS.get(ui.lang).to_owned()) };
    let Some(actor) = scene.head.actor(id) else { return Err(labels::REFUSE_NO_PROCESS.get(ui.lang).to_owned()) };
    if actor.is_dead() {
        return Err(format!("{} {}", actor.name, labels::REFUSE_DEAD.get(ui.lang)));
    }
    ui.overlay = menu::of_signals(&scene.head, actor.process, ui.lang).map(Overlay::Menu);
    Ok(Vec::new())
}

fn act(ui: &mut Ui, scene: &Scene) -> Answer {
    must_be_now(ui, scene)?;
    if scene.status.phase == Phase::Ended {
        return Err(labels::REFUSE_ENDED.get(ui.lang).to_owned());
    }
    // What would be refused is not offered.
    let by_steps = control::must_go_on_by_steps(ui, scene).is_ok();
    let menu = match ui.chosen {
        None => return Err(labels::REFUSE_NOTHING_CHOSEN.get(ui.lang).to_owned()),
        Some(Chosen::Actor(id)) => {
            if let Some(actor) = scene.head.actor(id).filter(|actor| actor.is_dead()) {
                return Err(format!("{} {}", actor.name, labels::REFUSE_DEAD.get(ui.lang)));
            }
            menu::of_process(&scene.head, id, by_steps, ui.lang)
        }
        Some(Chosen::Object(id)) => menu::of_object(&scene.head, id, by_steps, ui.lang),
    };
    if menu.as_ref().is_some_and(|menu| menu.items.is_empty()) {
        return Err(labels::REFUSE_NO_HAND.get(ui.lang).to_owned());
    }
    ui.overlay = menu.map(Overlay::Menu);
    Ok(Vec::new())
}

/// The parameters; a new value starts the run again.
fn params(ui: &mut Ui, scene: &Scene) -> Answer {
    if scene.status.kind == SourceKind::Recorded {
        return Err(labels::REFUSE_RECORDED.get(ui.lang).to_owned());
    }
    let menu = menu::of_params(&scene.status.scenario, ui.lang).ok_or_else(|| labels::REFUSE_NO_PARAMS.get(ui.lang).to_owned())?;
    ui.overlay = Some(Overlay::Menu(menu));
    Ok(Vec::new())
}

fn choose(ui: &mut Ui, scene: &Scene, forward: bool, wanted: impl Fn(&Chosen) -> bool) -> Answer {
    let all: Vec<Chosen> = ui.sight.choices(&scene.world).into_iter().filter(wanted).collect();
    if all.is_empty() {
        return if ui.sight.filter.is_empty() { Ok(Vec::new()) } else { Err(labels::REFUSE_ALL_HIDDEN.get(ui.lang).to_owned()) };
    }
    let at = ui.chosen.and_then(|chosen| all.iter().position(|other| *other == chosen));
    let next = match (at, forward) {
        (None, true) => 0,
        (None, false) => all.len() - 1,
        (Some(at), true) => (at + 1) % all.len(),
        (Some(at), false) => (at + all.len() - 1) % all.len(),
    };
    ui.chosen = Some(all[next]);
    // What is chosen is seen.
    ui.sight.scroll = None;
    Ok(Vec::new())
}
