//! What a lesson is about, as its `shows` names it: the name of a verdict, or a piece of the only source
//! line that has it. Reached when that verdict is proved, or when somebody executes that line.
//! Invariant: what a loaded scenario shows is one or the other; a `shows` that is neither is a fault.

use toml::Spanned;

use super::diagnostic::{Diagnostic, nearest, say};
use super::questions::Background;
use crate::trace::scenario::Scenario;
use crate::world::verdict::RULES;

/// What a lesson is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// A line of the source, from 1.
    Line(u32),
    /// A verdict, by its rule's name.
    Verdict(&'static str),
}

/// What a scenario shows; none where its texts do not say.
pub fn shows(scenario: &Scenario) -> Option<Shows> {
    let wanted = scenario.shows.as_str();
    if let Some(rule) = RULES.iter().find(|rule| rule.name == wanted) {
        return Some(Shows::Verdict(rule.name));
    }
    let mut lines = scenario.source.lines().zip(1..).filter(|(line, _)| !wanted.is_empty() && line.contains(wanted));
    match (lines.next(), lines.next()) {
        (Some((_, number)), None) => Some(Shows::Line(number)),
        _ => None,
    }
}

/// Holds a `shows` against the verdicts there are and the source.
pub(super) fn check(shows: &Spanned<String>, background: &Background) -> Result<(), Box<Diagnostic>> {
    let wanted = shows.get_ref().as_str();
    if RULES.iter().any(|rule| rule.name == wanted) {
        return Ok(());
    }
    let Err(fault) = background.line(shows) else { return Ok(()) };
    match nearest(wanted, RULES.iter().map(|rule| rule.name)) {
        Some(meant) if fault.hint.is_none() => Err(Box::new(fault.with_hint(say(meant, meant)))),
        _ => Err(fault),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Lang;
    use crate::script::scenario::assemble;

    const SOURCE: &str = "let q = Queue();\nq.put(1);\nq.put(2);\nprint(q.get());\n";

    fn read(texts: &str) -> Result<Option<Shows>, String> {
        assemble("a", "a.rhai", SOURCE, Some(texts)).map(|scenario| shows(&scenario)).map_err(|error| error.render(Lang::En))
    }

    #[test]
    fn a_verdict_or_the_only_line_with_a_text() {
        assert_eq!(read("shows = 'deadlock'"), Ok(Some(Shows::Verdict("deadlock"))));
        assert_eq!(read("shows = 'put(2)'"), Ok(Some(Shows::Line(3))));
        assert_eq!(read("seed = 1"), Ok(None));
    }

    #[test]
    fn neither_is_a_fault_at_its_place() {
        let check = |texts: &str, fault: &str| assert_eq!(read(texts).expect_err("it is faulty"), fault);
        check(
            "seed = 1\nshows = 'put('",
            "a.toml:2:9: 2 lines of a.rhai have `put(` in them: 2, 3\n  2 | shows = 'put('\n    |         ^\n  try: give more of the line, so that it is the only one",
        );
        check(
            "shows = 'dead_lock'",
            "a.toml:1:9: no line of a.rhai has `dead_lock` in it\n  1 | shows = 'dead_lock'\n    |         ^\n  try: deadlock",
        );
        check("shows = ''", "a.toml:1:9: a piece of a source line is wanted here\n  1 | shows = ''\n    |         ^");
    }
}
