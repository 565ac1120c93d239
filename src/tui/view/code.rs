//! The scenario's source with everyone's current line in the margin.
//!
//! `•` is the line just done, `►` where an actor will go on; the window follows the chosen process,
//! or the one that acted last.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use crate::trace::{ActorId, Role as ActorRole};
use crate::tui::labels;
use crate::tui::narrate;
use crate::tui::paint;
use crate::tui::scene::Scene;
use crate::tui::state::{Chosen, Ui};
use crate::tui::theme::Role;
use crate::tui::view::{draft, syntax, titled};
use crate::world::{Actor, World, verdicts};

/// Cells for the initials of those who stand at a line.
const MARGIN: u16 = 5;

/// Draws the source, or the edited one that cannot run yet. In less than two lines it draws nothing.
pub fn draw(buf: &mut Buffer, area: Rect, scene: &Scene, ui: &Ui) {
    if area.height < 2 {
        return;
    }
    if let Some(draft) = &ui.draft {
        return draft::draw(buf, area, draft, ui);
    }
    let scenario = &scene.status.scenario;
    let focus = reader(scene, ui);
    // A thread that runs no line of the scenario stands where its process stands.
    let stands =
        |id: ActorId| scene.world.actor(id).and_then(|actor| if actor.line > 0 { Some(actor) } else { scene.world.actor(actor.process) });
    let focus_line = focus.and_then(stands).map_or(0, |actor| actor.line);
    let done = scene.rows.last().map_or(0, |row| row.line);
    let mut title = format!("{} {}", labels::CODE.get(ui.lang), scenario.file);
    if let (Some(id), true) = (focus, focus_line > 0) {
        title = format!("{title}:{focus_line} {}", narrate::thread(&scene.world, id, ui.lang));
    }
    let inner = titled(buf, area, &title, ui);
    let lines: Vec<&str> = scenario.source.lines().collect();
    let height = inner.height as usize;
    let first = ui.code_from.unwrap_or_else(|| first_line(lines.len(), height, focus_line as usize, done as usize));
    let standing = standing(&scene.world);
    let digits = lines.len().max(10).to_string().len() as u16;
    for (row, (number, text)) in lines.iter().enumerate().skip(first).take(height).map(|(at, text)| (at as u32 + 1, text)).enumerate() {
        let y = inner.y + row as u16;
        let here: Vec<&(u32, ActorId)> = standing.iter().filter(|(line, _)| *line == number).collect();
        let tags: Vec<String> = here.iter().map(|(_, id)| tag(&scene.world, *id)).collect();
        let mut margin = tags.join(" ");
        if paint::width(&margin) > MARGIN {
            margin = format!("{}+{}", paint::clip(&tags[0], MARGIN - 2), tags.len() - 1);
        }
        let is_focus = focus.and_then(stands).is_some_and(|focus| here.iter().any(|(_, id)| *id == focus.id));
        let x = inner.x + MARGIN.saturating_sub(paint::width(&margin));
        paint::put(buf, inner, x, y, &margin, ui.theme.style(if is_focus { Role::Next } else { Role::Waiting }));
        let (glyph, role) = match () {
            () if !here.is_empty() => ("►", if is_focus { Role::Next } else { Role::Waiting }),
            () if number == done => ("•", Role::Done),
            () => (" ", Role::Text),
        };
        let x = paint::put(buf, inner, inner.x + MARGIN, y, glyph, ui.theme.style(role));
        let number_text = format!("{number:>width$} ", width = digits as usize);
        let x = paint::put(buf, inner, x, y, &number_text, ui.theme.style(Role::Faint));
        // Shortened as a whole first, so that the `…` stands at the edge.
        let text = paint::clip(&text.replace('\t', "    "), inner.right().saturating_sub(x + 1));
        let mut x = x + 1;
        for (piece, role) in syntax::spans(&text) {
            let style = ui.theme.style(role);
            let style = if is_focus || number == done { style.add_modifier(Modifier::BOLD) } else { style };
            x = paint::put(buf, inner, x, y, &piece, style);
        }
    }
}

/// The first line that is shown in a panel at this place.
pub fn first(area: Rect, scene: &Scene, ui: &Ui) -> usize {
    let focus = reader(scene, ui).and_then(|id| scene.world.actor(id));
    let line = focus.map_or(0, |actor| match actor.line {
        0 => scene.world.actor(actor.process).map_or(0, |process| process.line),
        line => line,
    });
    let done = scene.rows.last().map_or(0, |row| row.line);
    first_line(scene.status.scenario.source.lines().count(), usize::from(area.height.saturating_sub(1)), line as usize, done as usize)
}

/// Who matters now: the chosen one, or the process that acted last.
pub fn focus(scene: &Scene, ui: &Ui) -> Option<ActorId> {
    match ui.chosen {
        Some(Chosen::Actor(id)) => Some(id),
        _ => processes_at_work(scene).next().map(|process| process.id),
    }
}

/// Whose line the window follows: the chosen one's, or that of the last who acted and runs lines at all. A
/// manager's server, say, runs none, and the source stays where its client is.
fn reader(scene: &Scene, ui: &Ui) -> Option<ActorId> {
    match ui.chosen {
        Some(Chosen::Actor(id)) => Some(id),
        _ => {
            let at_work = || processes_at_work(scene).filter(|process| process.line > 0);
            // A run that is stuck is about those who wait for ever; the last who acted may have ended.
            let verdicts = if scene.world.stuck() { verdicts(&scene.world) } else { Vec::new() };
            let about = |process: &&Actor| verdicts.iter().any(|verdict| verdict.actors.contains(&process.id)) && !process.is_dead();
            at_work().find(about).or_else(|| at_work().next()).map(|process| process.id).or_else(|| focus(scene, ui))
        }
    }
}

/// The processes that acted in the shown rows, the last one first; a thread's deeds are its process's.
fn processes_at_work(scene: &Scene) -> impl Iterator<Item = &Actor> {
    let actors = scene.rows.iter().rev().filter_map(|row| row.actor.filter(|id| *id != ActorId::HAND && *id != ActorId::HOST));
    actors.filter_map(|id| scene.world.actor(scene.world.actor(id)?.process))
}

/// Where everybody alive stands: (line, process).
fn standing(world: &World) -> Vec<(u32, ActorId)> {
    world
        .processes()
        .filter(|actor| actor.role == ActorRole::Process && !actor.is_dead() && actor.line > 0)
        .map(|actor| (actor.line, actor.id))
        .collect()
}

/// A process in a letter or three: its first letter and the number at its end, if it has one.
pub fn tag(world: &World, id: ActorId) -> String {
    let Some(actor) = world.actor(id) else { return "?".to_owned() };
    let first: String = actor.name.chars().take(1).collect();
    let reversed: String = actor.name.chars().rev().take_while(char::is_ascii_digit).collect();
    let number: String = reversed.chars().rev().collect();
    let twin = world
        .processes()
        .any(|other| other.id != id && other.name.starts_with(&first) && other.role == ActorRole::Process && other.name != actor.name);
    if number.is_empty() && twin { actor.name.chars().take(3).collect() } else { format!("{first}{number}") }
}

/// The first line (from 0) of a window that shows the current line, and the done one if it can.
fn first_line(lines: usize, height: usize, current: usize, done: usize) -> usize {
    if lines <= height || current == 0 && done == 0 {
        return 0;
    }
    let current = if current == 0 { done } else { current };
    let (low, high) = match done {
        0 => (current, current),
        done if done.abs_diff(current) < height => (done.min(current), done.max(current)),
        _ => (current, current),
    };
    let middle = (low + high) / 2;
    middle.saturating_sub(height / 2 + 1).min(lines - height).min(low.saturating_sub(1)).max(high.saturating_sub(height))
}

#[cfg(test)]
mod tests {
    use super::first_line;

    #[test]
    fn the_window_holds_the_current_line() {
        for height in 1..12 {
            for current in 1..=30 {
                for done in 0..=30 {
                    let first = first_line(30, height, current, done);
                    assert!(first < current && current <= first + height, "{height} {current} {done} {first}");
                }
            }
        }
    }
}
