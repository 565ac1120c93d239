//! What can be done to the chosen thing: the menu, and the input line for what needs a value.
//!
//! What the hand may do to an object, and what it is asked for, its kind says; whether it can be done now, the
//! world. What cannot stands there all the same, dim and with the reason.

use crate::kind::{self, Asks, Gives, Keys, Kind, Lang, Op, Words};
use crate::trace::scenario::{Param, Scenario, Setting};
use crate::trace::{ActorId, Goal, ObjectId, On, OpId};
use crate::world::{Object, PartState, World, hand};

use super::answer::Effect;
use super::labels;
use super::narrate;
use super::source::{HandSignal, Intent};

/// Things that can be done, one of them under the cursor.
#[derive(Clone, Debug, PartialEq)]
pub struct Menu {
    pub title: String,
    pub items: Vec<(String, Choice)>,
    /// A few words about each item; empty if the items say it all.
    pub notes: Vec<String>,
    pub at: usize,
}

/// What a line of a menu does.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    Tell(Intent),
    /// Asks for a value first.
    Ask(Prompt),
    /// Asks further.
    More(Menu),
    /// Cannot be done now, for this reason.
    Cannot(String),
    /// What the user says to a question: which question, and which of its choices.
    Guess(usize, usize),
}

/// An input line.
#[derive(Clone, Debug, PartialEq)]
pub struct Prompt {
    pub title: String,
    pub text: String,
    pub target: Target,
    /// Why the last input would not do.
    pub wrong: Option<String>,
}

/// What a typed value is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The hand's operation.
    On(OpId, On),
    /// The hand's operation on a cell of an object with so many; the input says which one.
    Cell(OpId, ObjectId, u32),
    /// The hand's writing of the value of a key, which the input names too. True: keys are names.
    Entry(OpId, ObjectId, bool),
    /// A parameter of the scenario.
    Param(String),
    /// A line of so many to run up to.
    Line(u32),
    /// A step between these two to go to.
    Step(u64, u64),
}

/// The menu of a process. `by_steps`: there are steps to take, and the user grants them.
pub fn of_process(world: &World, id: ActorId, by_steps: bool, lang: Lang) -> Option<Menu> {
    let actor = world.actor(id)?;
    let mut items: Vec<(String, Choice)> = Vec::new();
    let mut add = |label: &str, intent: Intent| items.push((label.to_owned(), Choice::Tell(intent)));
    if !actor.is_dead() {
        // A signal goes to the whole process of a thread, and it is the process that ends.
        if by_steps {
            add(labels::ACT_STEP.get(lang), Intent::StepActor(id));
            add(labels::ACT_UNTIL_END.get(lang), Intent::RunUntil(Goal::Ended(actor.process)));
        }
        for (label, signal) in signals(actor.stopped) {
            add(label.get(lang), Intent::Signal(actor.process, signal));
        }
    }
    Some(Menu { title: format!("{} {}", narrate::thread(world, id, lang), actor.pid), items, notes: Vec::new(), at: 0 })
}

/// The menu of signals alone.
pub fn of_signals(world: &World, id: ActorId, lang: Lang) -> Option<Menu> {
    let actor = world.actor(id)?;
    let items = signals(actor.stopped)
        .into_iter()
        .map(|(label, signal)| (label.get(lang).to_owned(), Choice::Tell(Intent::Signal(id, signal))))
        .collect();
    Some(Menu { title: format!("{} {}", actor.name, actor.pid), items, notes: Vec::new(), at: 0 })
}

fn signals(stopped: bool) -> [(kind::Words, HandSignal); 3] {
    let third = if stopped { (labels::ACT_CONTINUE, HandSignal::Continue) } else { (labels::ACT_STOP, HandSignal::Stop) };
    [(labels::ACT_KILL, HandSignal::Kill), (labels::ACT_TERMINATE, HandSignal::Terminate), third]
}

/// The menu of an object, with what can be done to the locks that belong to it.
pub fn of_object(world: &World, id: ObjectId, by_steps: bool, lang: Lang) -> Option<Menu> {
    let object = world.object(id)?;
    let mut items = Vec::new();
    for part in std::iter::once(object).chain(world.belonging_to(id)) {
        for op in hand_of(part) {
            items.extend(hand::places(part, op).into_iter().map(|on| line(world, part, op, on, lang)));
        }
    }
    let at = preferred(world, &items);
    if by_steps {
        let until = labels::ACT_UNTIL_TOUCHED.get(lang).to_owned();
        items.push((until, Choice::Tell(Intent::RunUntil(Goal::Object(id)))));
    }
    Some(Menu { title: narrate::object(world, id), items, notes: Vec::new(), at })
}

/// The first line that can be acted upon and would change something: a flag that is up is cleared.
fn preferred(world: &World, items: &[(String, Choice)]) -> usize {
    let idle = |choice: &Choice| match choice {
        Choice::Cannot(_) => true,
        Choice::Tell(Intent::Hand(op, on, _)) => is_idle(world, *op, *on),
        _ => false,
    };
    items.iter().position(|(_, choice)| !idle(choice)).unwrap_or(0)
}

/// Whether an operation would leave all flags as they are, which is all that it does.
fn is_idle(world: &World, op: OpId, on: On) -> bool {
    let Some((op, object)) = kind::op(op).zip(on.object().and_then(|object| world.object(object))) else { return false };
    let is = |part: &u8, wanted: bool| matches!(object.parts.get(*part as usize), Some(PartState::Flag { up }) if *up == wanted);
    let idle = |gives: &Gives| match gives {
        Gives::Raises(part) => is(part, true),
        Gives::Lowers(part) => is(part, false),
        _ => false,
    };
    !op.gives.is_empty() && op.gives.iter().all(idle)
}

/// What the hand may do to an object.
pub fn hand_of(object: &Object) -> impl Iterator<Item = &'static Op> + use<> {
    kind::kind(object.kind).into_iter().flat_map(Kind::by_hand)
}

/// The line for one action at one place.
fn line(world: &World, object: &Object, op: &Op, on: On, lang: Lang) -> (String, Choice) {
    let label = match on {
        On::End(_, end) => format!("{} {}[{end}]", op.name, object.name),
        _ => format!("{} {}", op.name, object.name),
    };
    if let Some(obstacle) = hand::obstacle(world, op, on) {
        let why = narrate::obstacle(world, obstacle, lang);
        let colon = if lang == Lang::Zh { "：" } else { ": " };
        return (format!("{label}{colon}{why}"), Choice::Cannot(why));
    }
    let ask = |hint: Words, target: Target| {
        let title = format!("{label}: {}", hint.get(lang));
        (format!("{label} …"), Choice::Ask(Prompt { title, text: String::new(), target, wrong: None }))
    };
    let keys = |part: u8| kind::kind(object.kind).and_then(|kind| kind.parts.get(part as usize)).map_or(Keys::One, |part| part.keys);
    match op.asks {
        Asks::Nothing | Asks::End(_) => (label, Choice::Tell(Intent::Hand(op.id, on, None))),
        Asks::Value | Asks::EndAndValue(_) => ask(labels::HINT_VALUE, Target::On(op.id, on)),
        Asks::Cell(part) => match keys(part) {
            Keys::One => ask(labels::HINT_VALUE, Target::On(op.id, on)),
            Keys::Index => ask(labels::HINT_CELL, Target::Cell(op.id, object.id, cells(object, part))),
            Keys::Value => ask(labels::HINT_KEY, Target::Entry(op.id, object.id, false)),
            Keys::Name => ask(labels::HINT_NAME, Target::Entry(op.id, object.id, true)),
        },
    }
}

fn cells(object: &Object, part: u8) -> u32 {
    match object.parts.get(part as usize) {
        Some(PartState::Cells { cells }) => cells.len() as u32,
        _ => 0,
    }
}

/// The scenario's parameters, each with the values that it may have; none if it has no parameter.
pub fn of_params(scenario: &Scenario, lang: Lang) -> Option<Menu> {
    let items: Vec<(String, Choice)> =
        scenario.params.iter().map(|param| (format!("{} = {}", param.name, param.value), values(param, lang))).collect();
    let notes = scenario.params.iter().map(|param| labels::of(&param.help, lang).to_owned()).collect();
    (!items.is_empty()).then(|| Menu { title: labels::PARAMETERS.get(lang).to_owned(), items, notes, at: 0 })
}

/// A choice among the values that there are, or an input line.
fn values(param: &Param, lang: Lang) -> Choice {
    let both = [Setting::Bool(false), Setting::Bool(true)];
    let choices: &[Setting] = if matches!(param.default, Setting::Bool(_)) { &both } else { &param.choices };
    if choices.is_empty() {
        let range = param.range.map(|(least, most)| format!(" ({least} – {most})")).unwrap_or_default();
        let title = format!("{}{range}", param.name);
        return Choice::Ask(Prompt { title, text: param.value.to_string(), target: Target::Param(param.name.clone()), wrong: None });
    }
    let items = choices
        .iter()
        .map(|value| {
            let text = value.to_string();
            (text.clone(), Choice::Tell(Intent::SetParam { name: param.name.clone(), text, lang }))
        })
        .collect();
    let at = choices.iter().position(|value| *value == param.value).unwrap_or(0);
    Choice::More(Menu { title: param.name.clone(), items, notes: Vec::new(), at })
}

impl Prompt {
    /// What follows from the typed text, or why it will not do.
    pub fn effect(&self, lang: Lang) -> Result<Effect, String> {
        match self.target {
            Target::Step(first, last) => step(self.text.trim(), first, last, lang).map(Effect::GoTo),
            _ => self.intent(lang).map(Effect::Tell),
        }
    }

    /// What the typed text asks of the run.
    fn intent(&self, lang: Lang) -> Result<Intent, String> {
        let text = self.text.trim();
        let (op, on, value) = match &self.target {
            Target::Param(name) => return Ok(Intent::SetParam { name: name.clone(), text: text.to_owned(), lang }),
            Target::Line(lines) => return line_of(text, *lines, lang),
            // It asks nothing of the run.
            Target::Step(..) => return Err(String::new()),
            Target::On(op, on) => (*op, *on, text),
            Target::Cell(op, object, count) => {
                let cell = text.split_once('=').and_then(|(index, value)| Some((index.trim().parse::<u32>().ok()?, value.trim())));
                let (index, value) = cell.ok_or_else(|| labels::WRONG_CELL.get(lang).to_owned())?;
                if index >= *count {
                    return Err(match lang {
                        Lang::En => format!("The cells are 0 to {}.", count.saturating_sub(1)),
                        Lang::Zh => format!("单元的下标是 0 到 {}。", count.saturating_sub(1)),
                    });
                }
                (*op, On::Cell(*object, index), value)
            }
            Target::Entry(op, object, names) => {
                let wrong = if *names { labels::WRONG_NAME } else { labels::WRONG_KEY };
                let (key, value) = entry(text).ok_or_else(|| wrong.get(lang).to_owned())?;
                if value.is_empty() {
                    return Err(labels::WRONG_EMPTY.get(lang).to_owned());
                }
                return Ok(Intent::HandEntry { op: *op, object: *object, key: key.to_owned(), value: value.to_owned() });
            }
        };
        if value.is_empty() {
            return Err(labels::WRONG_EMPTY.get(lang).to_owned());
        }
        Ok(Intent::Hand(op, on, Some(value.to_owned())))
    }
}

/// A key and its value, apart at the first `=` that is not in a quoted key.
fn entry(text: &str) -> Option<(&str, &str)> {
    let quoted = |key: &str| key.starts_with('"') && (key.len() == 1 || !key.ends_with('"'));
    let mut parts = text.match_indices('=').map(|(at, _)| (text[..at].trim(), text[at + 1..].trim()));
    parts.find(|(key, _)| !quoted(key)).filter(|(key, _)| !key.is_empty())
}

fn line_of(text: &str, lines: u32, lang: Lang) -> Result<Intent, String> {
    let line = text.parse().ok().filter(|line| (1..=lines).contains(line));
    line.map(|line| Intent::RunUntil(Goal::Line(line))).ok_or_else(|| match lang {
        Lang::En => format!("The lines are 1 to {lines}."),
        Lang::Zh => format!("行号是 1 到 {lines}。"),
    })
}

fn step(text: &str, first: u64, last: u64, lang: Lang) -> Result<u64, String> {
    text.parse().ok().filter(|step| (first..=last).contains(step)).ok_or_else(|| match lang {
        Lang::En => format!("The steps are {first} to {last}."),
        Lang::Zh => format!("步号是 {first} 到 {last}。"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prompt(target: Target, text: &str) -> Result<Intent, String> {
        Prompt { title: String::new(), text: text.to_owned(), target, wrong: None }.intent(Lang::En)
    }

    #[test]
    fn a_cell_is_written_as_index_and_value() {
        let target = Target::Cell(kind::array::WRITE.id, ObjectId(2), 4);
        let told = Intent::Hand(kind::array::WRITE.id, On::Cell(ObjectId(2), 3), Some("-5".to_owned()));
        assert_eq!(prompt(target.clone(), " 3 = -5 "), Ok(told));
        assert_eq!(prompt(target.clone(), "4 = 1"), Err("The cells are 0 to 3.".to_owned()));
        for wrong in ["", "5", "x = 1", "-1 = 1", "1 ="] {
            assert!(prompt(target.clone(), wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_entry_is_written_as_key_and_value() {
        let target = |names| Target::Entry(kind::managed::WRITE.id, ObjectId(2), names);
        let check = |text: &str, key: &str, value: &str| {
            let (key, value) = (key.to_owned(), value.to_owned());
            let told = Intent::HandEntry { op: kind::managed::WRITE.id, object: ObjectId(2), key, value };
            assert_eq!(prompt(target(false), text), Ok(told), "{text}");
        };
        check("a = 3", "a", "3");
        check(" 0.5=[1, 2] ", "0.5", "[1, 2]");
        check("a = b = c", "a", "b = c");
        check("\"a = b\" = \"c\"", "\"a = b\"", "\"c\"");
        for wrong in ["", "a", "= 3", "\"a = 3"] {
            assert_eq!(prompt(target(false), wrong), Err(labels::WRONG_KEY.en.to_owned()), "{wrong}");
            assert_eq!(prompt(target(true), wrong), Err(labels::WRONG_NAME.en.to_owned()), "{wrong}");
        }
        assert_eq!(prompt(target(true), "a ="), Err(labels::WRONG_EMPTY.en.to_owned()));
    }

    #[test]
    fn a_line_is_one_of_the_scenario() {
        assert_eq!(prompt(Target::Line(9), " 9 "), Ok(Intent::RunUntil(Goal::Line(9))));
        for wrong in ["", "0", "10", "x", "-1"] {
            assert_eq!(prompt(Target::Line(9), wrong), Err("The lines are 1 to 9.".to_owned()));
        }
    }
}
