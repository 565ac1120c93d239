//! The pictures of every view, in the repository: all sizes and both languages, with and without colour.
//!
//! A screen's text is the same in all themes. Under it stand the lines again that are not all plain, with a
//! letter for the style of each cell, in colour and without, so that a change of style is read as easily as
//! one of words. Styles do not depend on the language, so they stand under English alone.

use std::collections::BTreeMap;
use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Modifier, Style};

use super::text;
use super::views::{LANGS, SIZES, VIEWS, View};
use crate::kind::Lang;
use crate::tui::paint;
use crate::tui::theme::{Role, Theme};

/// A letter for each role, and those for what a view adds to one.
fn letter(role: Role) -> char {
    match role {
        Role::Text => '.',
        Role::Faint => 'f',
        Role::Line => 'l',
        Role::Title => 't',
        Role::Done => 'd',
        Role::Next => 'n',
        Role::Waiting => 'w',
        Role::Asleep => 'z',
        Role::Value => 'v',
        Role::Changed => 'c',
        Role::Chosen => 'C',
        Role::Bad => 'B',
        Role::Live => 'L',
        Role::Paused => 'P',
        Role::Past => 'H',
        Role::Ended => 'E',
        Role::Stuck => 'S',
        Role::Key => 'k',
        Role::Keyword => 'K',
        Role::String => 's',
        Role::Number => '#',
    }
}

/// The letters of a theme's styles; of several roles that look alike the first one's.
struct Legend {
    theme: Theme,
    letters: Vec<(Cell, char, String)>,
}

impl Legend {
    fn new(theme: Theme) -> Legend {
        let mut legend = Legend { theme, letters: Vec::new() };
        for role in Role::ALL {
            legend.learn(theme.style(role), letter(role), format!("{role:?}"));
        }
        legend
    }

    fn learn(&mut self, style: Style, letter: char, name: String) {
        let cell = plain(self.theme, style);
        match self.letters.iter_mut().find(|(known, ..)| *known == cell) {
            Some((_, _, names)) => *names = format!("{names}, {name}"),
            None => self.letters.push((cell, letter, name)),
        }
    }

    /// The letter of a cell's style. What is no role's is a role's in bold: a number tells which.
    fn of(&mut self, cell: &Cell) -> char {
        let mut style = bare(cell);
        // The last row's paper is a test's of its own.
        if Some(style.bg) == self.theme.loud() {
            style.bg = plain(self.theme, Style::new()).bg;
        }
        if let Some((_, letter, _)) = self.letters.iter().find(|(known, ..)| *known == style) {
            return *letter;
        }
        let mut thin = style.clone();
        thin.modifier.remove(Modifier::BOLD);
        let of = self.letters.iter().find(|(known, ..)| *known == thin).map_or("?", |(.., names)| names).to_owned();
        let next = char::from(b'1' + (self.letters.len().saturating_sub(Role::ALL.len() / 2) % 9) as u8);
        let letter = ('1'..='9').find(|digit| self.letters.iter().all(|(_, letter, _)| letter != digit)).unwrap_or(next);
        self.letters.push((style, letter, format!("{of} in bold")));
        letter
    }
}

/// A blank cell with a style as it is on a theme's ground.
fn plain(theme: Theme, style: Style) -> Cell {
    let mut cell = Cell::default();
    cell.set_style(theme.style(Role::Text)).set_style(style);
    cell
}

fn bare(cell: &Cell) -> Cell {
    let mut bare = cell.clone();
    bare.set_symbol(" ");
    bare
}

/// The lines of a screen that are not plain, a letter for a cell.
fn styles(buf: &Buffer, legend: &mut Legend, used: &mut BTreeMap<char, String>) -> String {
    let mut out = String::new();
    let area = *buf.area();
    for y in area.top()..area.bottom() {
        let mut line = String::new();
        let mut x = area.left();
        while x < area.right() {
            let cell = &buf[(x, y)];
            // Of a blank only its ground is seen.
            let letter = if cell.symbol() == " "
                && !cell.modifier.intersects(Modifier::REVERSED | Modifier::UNDERLINED)
                && (cell.bg == plain(legend.theme, Style::new()).bg || Some(cell.bg) == legend.theme.loud())
            {
                ' '
            } else {
                legend.of(cell)
            };
            line.push(letter);
            // A wide character has one letter, as it has one place in the text above.
            x += paint::width(cell.symbol()).max(1);
        }
        let line = line.trim_end();
        if line.chars().any(|letter| !matches!(letter, ' ' | '.')) {
            for letter in line.chars().filter(|letter| *letter != ' ') {
                let name = legend.letters.iter().find(|(_, known, _)| *known == letter).map(|(.., names)| names.clone());
                used.insert(letter, name.unwrap_or_default());
            }
            let _ = writeln!(out, "{:>3} {line}", y + 1);
        }
    }
    out
}

/// All pictures of a view.
fn picture(view: &View) -> String {
    let mut out = String::new();
    let mut legends = [Theme::Dark, Theme::Mono].map(Legend::new);
    let mut used = [BTreeMap::new(), BTreeMap::new()];
    for lang in LANGS {
        for (width, height) in SIZES {
            let mut stage = view.stage(lang);
            let drawn = legends.each_ref().map(|legend| {
                stage.look.ui.theme = legend.theme;
                stage.draw(width, height)
            });
            let [colour, mono] = drawn.each_ref().map(text);
            assert_eq!(colour, mono, "{} says less without colour", view.name);
            let _ = write!(out, "== {width}×{height} {lang:?}\n{colour}");
            if lang == Lang::En {
                for (at, name) in ["in colour", "without colour"].into_iter().enumerate() {
                    let _ = writeln!(out, "-- {name}");
                    out.push_str(&styles(&drawn[at], &mut legends[at], &mut used[at]));
                }
            }
        }
    }
    for (name, used) in ["in colour", "without colour"].into_iter().zip(used) {
        let _ = writeln!(out, "== letters {name}");
        for (letter, name) in used {
            let _ = writeln!(out, "  {letter}  {name}");
        }
    }
    out
}

#[test]
fn every_view_at_every_size_in_both_languages_with_and_without_colour() {
    for view in VIEWS {
        insta::assert_snapshot!(view.name, picture(view));
    }
}
