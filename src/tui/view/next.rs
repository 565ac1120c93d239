//! Who can go next, who sleeps, who waits and for what.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::kind::Lang;
use crate::text::name::seconds;
use crate::trace::{ActorId, Candidate, Grant, Phase, Role as ActorRole};
use crate::tui::labels;
use crate::tui::narrate;
use crate::tui::paint;
use crate::tui::row::Mark;
use crate::tui::scene::Scene;
use crate::tui::state::{At, Chosen, Ui};
use crate::tui::theme::Role;
use crate::tui::view::titled;
use crate::world::Activity;

/// One line: the state in a word, who, and what.
struct Line {
    word: &'static str,
    role: Role,
    glyph: &'static str,
    actor: ActorId,
    name: String,
    what: String,
}

/// How many lines the panel would like to have without its title, 20 at most.
pub fn wanted(scene: &Scene, ui: &Ui) -> u16 {
    lines(scene, ui).len().min(20) as u16
}

/// Draws a line for each actor, and counts those that have no room. In less than two lines it draws nothing.
pub fn draw(buf: &mut Buffer, area: Rect, scene: &Scene, ui: &Ui) {
    if area.height < 2 {
        return;
    }
    let inner = titled(buf, area, labels::NEXT.get(ui.lang), ui);
    let lines = lines(scene, ui);
    if lines.is_empty() {
        paint::put(buf, inner, inner.x + 1, inner.y, labels::NOBODY.get(ui.lang), ui.theme.style(Role::Faint));
    }
    let words = lines.iter().map(|line| paint::width(line.word)).max().unwrap_or(0);
    let names = lines.iter().map(|line| paint::width(&line.name)).max().unwrap_or(0).min(18);
    let room = inner.height as usize;
    for (at, line) in lines.iter().take(room).enumerate() {
        let y = inner.y + at as u16;
        if at + 1 == room && lines.len() > room {
            let more = labels::more_lines(lines.len() - at, ui.lang);
            paint::put(buf, inner, inner.x + 1, y, &more, ui.theme.style(Role::Faint));
            break;
        }
        let x = paint::put(buf, inner, inner.x + 1, y, line.glyph, ui.theme.style(line.role));
        let x = paint::put(buf, inner, x + 1, y, &paint::pad(line.word, words), ui.theme.style(line.role));
        let name_role = if ui.chosen == Some(Chosen::Actor(line.actor)) { Role::Chosen } else { Role::Text };
        paint::put(buf, inner, x + 2, y, &paint::clip(&line.name, names), ui.theme.style(name_role));
        let x = if line.name.is_empty() { x + 2 } else { x + 4 + names };
        let what = without_aside(&line.what, inner.right().saturating_sub(x));
        paint::put(buf, inner, x, y, &what, ui.theme.style(Role::Text));
    }
}

/// A text in at most so many cells. Half of what stands in brackets at its end says nothing, so it goes as a whole.
fn without_aside(text: &str, room: u16) -> String {
    let aside = text.rfind(['(', '（']).map(|at| text[..at].trim_end());
    match aside.filter(|front| paint::width(text) > room && !front.is_empty() && paint::width(front) + 2 <= room) {
        Some(front) => format!("{front} …"),
        // What is left of it still ends where the sentence does.
        None => match aside.filter(|front| paint::width(text) > room && !front.is_empty()) {
            Some(front) => paint::clip_middle(&format!("{front}…"), room),
            None => paint::clip_middle(text, room),
        },
    }
}

/// Who is told of in a row of the screen; nobody for time that passes and for those who are counted only.
pub fn actor_at(area: Rect, scene: &Scene, ui: &Ui, y: u16) -> Option<ActorId> {
    let row = usize::from(y.checked_sub(area.y + 1)?);
    let lines = lines(scene, ui);
    let room = usize::from(area.height.saturating_sub(1));
    let counted = row + 1 == room && lines.len() > room;
    let actor = lines.get(row).filter(|_| row < room && !counted)?.actor;
    scene.world.actor(actor).map(|actor| actor.id)
}

fn lines(scene: &Scene, ui: &Ui) -> Vec<Line> {
    let (world, lang) = (&scene.world, ui.lang);
    let mut out = Vec::new();
    if ui.at == At::Now && scene.status.phase == Phase::Ended {
        // Whoever was cut off could have gone, and will not.
        return out;
    }
    let candidates = world.rest.as_ref().map(|rest| rest.candidates.as_slice()).unwrap_or_default();
    let (shown, hidden): (Vec<&Candidate>, Vec<&Candidate>) =
        candidates.iter().partition(|candidate| ui.sight.shows_actor(world, candidate.actor));
    for candidate in shown {
        let up = candidate.grant == Grant::Expire;
        let what = narrate::announced(world, candidate.actor, lang);
        let word = if up { labels::TIME_IS_UP } else { labels::CAN_GO };
        out.push(Line {
            word: word.get(lang),
            role: Role::Next,
            glyph: "►",
            actor: candidate.actor,
            name: narrate::thread(world, candidate.actor, lang),
            what,
        });
    }
    if !hidden.is_empty() {
        // What the filter hides can still take the next step.
        let what = labels::others_hidden(hidden.len(), lang);
        out.push(Line { word: labels::CAN_GO.get(lang), role: Role::Next, glyph: "►", actor: ActorId::HOST, name: String::new(), what });
    }
    if let (true, Some(deadline)) = (candidates.is_empty() && !world.stuck(), world.rest.as_ref().and_then(|rest| rest.next_deadline)) {
        let what = match lang {
            Lang::En => format!("passes until {} s: nobody can go before", seconds(deadline)),
            Lang::Zh => format!("过到 {} 秒：在那之前谁也不能继续", seconds(deadline)),
        };
        out.push(Line { word: labels::TIME.get(lang), role: Role::Next, glyph: "►", actor: ActorId::HOST, name: String::new(), what });
    }
    let mut others: Vec<(u8, Line)> = world
        .all_actors()
        .filter(|actor| {
            actor.role != ActorRole::Hand
                && !actor.is_dead()
                && ui.sight.shows_actor(world, actor.id)
                && !candidates.iter().any(|other| other.actor == actor.id)
        })
        .filter_map(|actor| {
            let mark = Mark::of(actor, world.rest.is_some());
            let (rank, role) = match mark {
                Mark::Absent | Mark::Dead => return None,
                Mark::Running => (0, Role::Next),
                Mark::Asleep => (1, Role::Asleep),
                Mark::Waiting => (2, Role::Waiting),
                Mark::Stopped => (3, Role::Bad),
                Mark::Ready | Mark::Unborn => (3, Role::Text),
            };
            let what = match (&actor.activity, mark) {
                (Activity::Waiting(wait), Mark::Asleep) => {
                    wait.deadline.map(|deadline| format!("{} {} s", labels::UNTIL.get(lang), seconds(deadline))).unwrap_or_default()
                }
                _ => narrate::waiting(world, actor.id, lang).unwrap_or_else(|| narrate::announced(world, actor.id, lang)),
            };
            let line = Line {
                word: mark.word().get(lang),
                role,
                glyph: mark.glyph(),
                actor: actor.id,
                name: narrate::thread(world, actor.id, lang),
                what,
            };
            Some((rank, line))
        })
        .collect();
    others.sort_by_key(|(rank, _)| *rank);
    out.extend(others.into_iter().map(|(_, line)| line));
    out
}

#[cfg(test)]
mod tests {
    use super::without_aside;

    #[test]
    fn what_stands_in_brackets_goes_as_a_whole() {
        let text = "waits for a lock (line 9, since 2 s)";
        for (room, shown) in
            [(36, text), (35, "waits for a lock …"), (18, "waits for a lock …"), (17, "waits for a lock…"), (9, "waits fo…")]
        {
            assert_eq!(without_aside(text, room), shown, "{room}");
        }
        assert_eq!(without_aside("等待锁（第 9 行）", 16), "等待锁 …");
        assert_eq!(without_aside("(all of it)", 8), "(all of…");
    }
}
