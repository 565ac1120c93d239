//! A chain of who waits for whom, broken between its links where a line is too short, and a ring closed
//! at its side.
//!
//! ```text
//! ╭► p1 → a (held by p2 since step 9, 0.01 s)
//! │     → b (held by p1 since step 8, 0.01 s) ─╮
//! ╰────────────────────────────────────────────╯
//! ```

use crate::text::Chain;
use crate::tui::paint;

/// The chain's lines in so many cells, its links in brief or with since when. A ring is `closed` at its side, or its
/// first link comes again as its last.
pub fn lines(chain: &Chain, closed: bool, brief: bool, room: u16) -> Vec<String> {
    let mut links: Vec<&str> = chain.links.iter().map(|link| if brief { &link.brief } else { &link.full }).map(String::as_str).collect();
    if !chain.ring {
        return broken(&links, room);
    }
    if !closed {
        links.push(&chain.who);
        return broken(&links, room);
    }
    let inner = broken(&links, room.saturating_sub(FRAME));
    let wide = inner.iter().map(|line| paint::width(line)).max().unwrap_or(0);
    let last = inner.len().saturating_sub(1);
    let mut out: Vec<String> = Vec::with_capacity(inner.len() + 1);
    for (at, line) in inner.iter().enumerate() {
        let before = if at == 0 { "╭► " } else { "│  " };
        let after = if at == last { format!(" {}─╮", "─".repeat(usize::from(wide - paint::width(line)))) } else { String::new() };
        out.push(format!("{before}{line}{after}"));
    }
    if let Some(line) = out.last() {
        let below = paint::width(line).saturating_sub(2);
        out.push(format!("╰{}╯", "─".repeat(usize::from(below))));
    }
    out
}

/// Cells that a ring's frame takes at both sides.
const FRAME: u16 = 6;
const ARROW: &str = "→ ";

/// The links, as many on a line as fit; further lines begin with an arrow under the first one.
fn broken(links: &[&str], room: u16) -> Vec<String> {
    let indent = 2.min(room / 4);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for (at, link) in links.iter().enumerate() {
        let link = if at == 0 { (*link).to_owned() } else { format!("{ARROW}{link}") };
        if line.is_empty() {
            line = link;
        } else if paint::width(&line) + 1 + paint::width(&link) <= room {
            line = format!("{line} {link}");
        } else {
            lines.push(std::mem::replace(&mut line, format!("{}{link}", " ".repeat(usize::from(indent)))));
        }
    }
    lines.push(line);
    // A single link may be longer than a line.
    lines.into_iter().flat_map(|line| hung(&line, room)).collect()
}

/// A line wrapped, its further lines under its first word.
fn hung(line: &str, room: u16) -> Vec<String> {
    if paint::width(line) <= room {
        return vec![line.to_owned()];
    }
    let text = line.trim_start();
    let indent = paint::width(line) - paint::width(text);
    let deeper = if text.starts_with(ARROW) { indent + paint::width(ARROW) } else { indent };
    let wrapped = paint::wrap(text, room.saturating_sub(deeper));
    let place = |at: usize| usize::from(if at == 0 { indent } else { deeper });
    wrapped.into_iter().enumerate().map(|(at, text)| format!("{}{text}", " ".repeat(place(at)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chain(links: &[&str], ring: bool) -> Chain {
        Chain { who: String::new(), links: links.iter().map(|link| (*link).to_owned().into()).collect(), ring }
    }

    #[test]
    fn a_chain_breaks_between_its_links() {
        let long = chain(&["main", "join p1 4703", "lock of cond (held by p3)", "p3 sleeps until 2.00 s"], false);
        assert_eq!(lines(&long, true, false, 80), ["main → join p1 4703 → lock of cond (held by p3) → p3 sleeps until 2.00 s"]);
        assert_eq!(lines(&long, true, false, 30), ["main → join p1 4703", "  → lock of cond (held by p3)", "  → p3 sleeps until 2.00 s"]);
        assert_eq!(lines(&chain(&["p", "a long link"], false), true, false, 9), ["p", "  → a", "    long", "    link"]);
    }

    #[test]
    fn in_brief_the_links_say_less() {
        let link = |full: &str, brief: &str| crate::text::Link { full: full.to_owned(), brief: brief.to_owned() };
        let links = vec![link("p1 (waits since step 3)", "p1"), link("a (held by p2 since step 1)", "a (held by p2)")];
        let chain = Chain { who: "p1".to_owned(), links, ring: false };
        assert_eq!(lines(&chain, true, true, 80), ["p1 → a (held by p2)"]);
        assert_eq!(lines(&chain, true, false, 80), ["p1 (waits since step 3) → a (held by p2 since step 1)"]);
    }

    #[test]
    fn a_ring_is_closed() {
        let ring = chain(&["p1", "a (held by p2)", "b (held by p1)"], true);
        let drawn = lines(&ring, true, false, 60).join("\n");
        assert_eq!(drawn, "╭► p1 → a (held by p2) → b (held by p1) ─╮\n╰────────────────────────────────────────╯");
        let drawn = lines(&ring, true, false, 32).join("\n");
        assert_eq!(drawn, "╭► p1 → a (held by p2)\n│    → b (held by p1) ──╮\n╰───────────────────────╯");
    }

    proptest! {
        /// Whatever the width, no word is lost and no line is longer than there is room.
        #[test]
        fn nothing_is_cut(words in prop::collection::vec("[a-z]{1,9}( [a-z]{1,9}){0,3}", 2..8), room in 24u16..100, ring: bool, closed: bool) {
            let chain = Chain { who: String::new(), links: words.iter().cloned().map(Into::into).collect(), ring };
            let drawn = lines(&chain, closed, false, room);
            for line in &drawn {
                prop_assert!(paint::width(line) <= room, "{drawn:#?}");
            }
            let letters = |text: &str| text.chars().filter(char::is_ascii_alphabetic).collect::<String>();
            prop_assert_eq!(letters(&drawn.concat()), letters(&words.concat()));
        }
    }
}
