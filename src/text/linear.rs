//! `--linear`: one plain sentence for each step, with its time and number, for screen readers and logs.
//! No colours, no columns, no glyphs.

use super::name::{pick, seconds_to_the_step};
use super::plain::Plain;
use super::{death, sentence, stuck};
use crate::kind::Lang;
use crate::trace::{ActorId, Body, Event, Printed};
use crate::world::World;
use crate::world::timeline::is_row;

/// Tells a run event by event.
pub struct Linear {
    world: World,
    plain: Plain,
    lang: Lang,
}

impl Linear {
    pub fn new(lang: Lang) -> Linear {
        Linear { world: World::new(), plain: Plain::new(), lang }
    }

    /// The world after all events so far.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Takes the next event, giving the lines that tell it: none for the host's own business.
    pub fn push(&mut self, event: &Event) -> Vec<String> {
        let mut after = self.world.clone();
        after.apply(event);
        let mut told = Vec::new();
        match &event.body {
            // A text that comes in pieces is told once, when it is whole.
            Body::Printed(_) => {
                for line in self.plain.push(event) {
                    let printed = Printed { text: line.text, line: line.line, more: false, error: line.error };
                    let whole = Event { actor: line.actor, body: Body::Printed(printed), ..*event };
                    told.push(self.tell(&after, &whole));
                }
            }
            Body::Rest(rest) if rest.stuck => {
                told.extend(stuck(&after, self.lang).lines().map(str::to_owned));
            }
            Body::Also { changes } if event.actor == ActorId::HOST && death::any_left(&self.world, &after, changes) => {
                told.push(self.tell(&after, event));
            }
            Body::Mode(_) => told.push(self.tell(&after, event)),
            _ if is_row(event) => told.push(self.tell(&after, event)),
            _ => {}
        }
        self.world = after;
        told
    }

    fn tell(&self, after: &World, event: &Event) -> String {
        let said = sentence(&self.world, after, event, self.lang);
        let said = said.lines().collect::<Vec<_>>().join(" / ");
        let time = seconds_to_the_step(event.time.max(after.now));
        match after.step {
            0 => pick(self.lang, format!("{time} s: {said}"), format!("{time} 秒：{said}")),
            step => pick(self.lang, format!("Step {step}, {time} s: {said}"), format!("第 {step} 步，{time} 秒：{said}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::sample;

    fn told(run: &sample::Sample, lang: Lang) -> String {
        let mut linear = Linear::new(lang);
        let lines: Vec<String> = run.events.iter().flat_map(|event| linear.push(event)).collect();
        assert_eq!(linear.world(), &run.world);
        lines.join("\n")
    }

    #[test]
    fn each_step_is_a_line() {
        insta::assert_snapshot!("linear_queue_en", told(&sample::queue_run(), Lang::En));
        insta::assert_snapshot!("linear_stuck_zh", told(&sample::stuck_run(), Lang::Zh));
    }

    #[test]
    fn a_text_of_several_lines_stays_one_line() {
        let mut run = sample::Sample::new();
        run.print(sample::MAIN, 1, "one\ntwo");
        assert!(told(&run, Lang::En).ends_with("main printed: one / two"));
    }
}
