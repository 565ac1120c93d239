//! Windows over the screen: the keys, a menu of things to do by hand, a longer message.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::kind::{Words, words};
use crate::tui::keys::{self, GROUPS, Group, Place};
use crate::tui::labels;
use crate::tui::menu::{Choice, Menu};
use crate::tui::paint;
use crate::tui::scene::Scene;
use crate::tui::state::{Overlay, Ui};
use crate::tui::theme::Role;
use crate::tui::view::why;

/// Draws the open window over what is already drawn, if one is open.
pub fn draw(buf: &mut Buffer, area: Rect, scene: Option<&Scene>, ui: &Ui) {
    match &ui.overlay {
        None => {}
        Some(Overlay::Menu(menu)) => {
            let place = MenuPlace::of(area, menu);
            let MenuPlace { notes: wrapped, room, first, .. } = &place;
            let (room, first) = (*room, *first);
            let inner = window(buf, area, place.outer.width, place.outer.height, &menu.title, ui);
            for (at, line) in wrapped.get(menu.at).into_iter().flatten().enumerate() {
                let y = inner.y + room as u16 + 1 + at as u16;
                paint::put(buf, inner, inner.x + 1, y, line, ui.theme.style(Role::Faint));
            }
            for (row, (at, (text, choice))) in menu.items.iter().enumerate().skip(first).take(room).enumerate() {
                let chosen = at == menu.at;
                let line = format!("{}{} {text}", number(menu, at), if chosen { "►" } else { " " });
                let role = match choice {
                    _ if chosen => Role::Chosen,
                    Choice::Cannot(_) => Role::Faint,
                    _ => Role::Text,
                };
                paint::put(buf, inner, inner.x + 1, inner.y + row as u16, &line, ui.theme.style(role));
            }
            scroll_sign(buf, area, inner, first > 0, first + room < menu.items.len(), ui);
        }
        Some(Overlay::Prompt(prompt)) => {
            let note = match &prompt.wrong {
                Some(why) => (why.as_str(), Role::Bad),
                None => (labels::PROMPT_HINT.get(ui.lang), Role::Faint),
            };
            input_line(buf, area, &prompt.title, &prompt.text, note, ui);
        }
        Some(Overlay::Filter) => {
            let note = (labels::FILTER_HINT.get(ui.lang), Role::Faint);
            input_line(buf, area, labels::FILTER_TITLE.get(ui.lang), &ui.sight.filter, note, ui);
        }
        Some(Overlay::Help(_) | Overlay::Notes(_) | Overlay::Why(_) | Overlay::Text(..)) => {}
    }
    if let Some(text) = text(area, scene, ui) {
        draw_text(buf, area, &text, ui);
    }
}

/// A text in a window of its own, which may be longer than the screen.
pub struct Text {
    title: String,
    width: u16,
    /// Cells before the words for what they explain.
    terms: u16,
    pub lines: Vec<Line>,
    first: u16,
}

/// What is explained, if anything, and the words.
pub struct Line {
    term: String,
    words: String,
    role: Role,
}

/// The text of the open window, if it shows one.
pub fn text(area: Rect, scene: Option<&Scene>, ui: &Ui) -> Option<Text> {
    let plain = |words: String| Line { term: String::new(), words, role: Role::Text };
    let wide = area.width.saturating_sub(8);
    match ui.overlay.as_ref()? {
        Overlay::Help(reach) => Some(help(if scene.is_some() { Place::Run } else { Place::List }, area.width, reach.at, ui)),
        Overlay::Notes(reach) => {
            let width = wide.min(90);
            let notes = scene.map_or("", |scene| labels::of(&scene.status.scenario.notes, ui.lang));
            let lines = paint::wrap(notes, width).into_iter().map(plain).collect();
            Some(Text { title: labels::NOTES.get(ui.lang).to_owned(), width: width + 4, terms: 0, lines, first: reach.at })
        }
        Overlay::Why(reach) => {
            let width = wide.min(100);
            let all = scene.map(|scene| why::all(scene, ui, width)).unwrap_or_default();
            let lines = all.into_iter().map(|(words, role)| Line { term: String::new(), words, role }).collect();
            Some(Text { title: labels::WHY.get(ui.lang).to_owned(), width: width + 4, terms: 0, lines, first: reach.at })
        }
        Overlay::Text(text, reach) => {
            let width = wide.min(100);
            let lines = text.lines().flat_map(|line| paint::wrap(line, width.saturating_sub(4))).map(plain).collect();
            Some(Text { title: String::new(), width, terms: 0, lines, first: reach.at })
        }
        Overlay::Menu(_) | Overlay::Prompt(_) | Overlay::Filter => None,
    }
}

/// The most lines of a text that a window on this screen shows at once.
pub fn lines_seen(area: Rect) -> u16 {
    area.height.saturating_sub(2)
}

fn draw_text(buf: &mut Buffer, area: Rect, text: &Text, ui: &Ui) {
    let inner = window(buf, area, text.width, (text.lines.len() as u16).saturating_add(2), &text.title, ui);
    let room = inner.height as usize;
    let first = (text.first as usize).min(text.lines.len().saturating_sub(room));
    for (at, line) in text.lines.iter().skip(first).take(room).enumerate() {
        let (x, y) = (inner.x + 1, inner.y + at as u16);
        paint::put(buf, inner, x, y, &line.term, ui.theme.style(Role::Key));
        paint::put(buf, inner, x + text.terms, y, &line.words, ui.theme.style(line.role));
    }
    scroll_sign(buf, area, inner, first > 0, first + room < text.lines.len(), ui);
}

/// The key that takes a line of a menu at once; none where there is no choice, or where it brings its own.
fn number(menu: &Menu, at: usize) -> String {
    let bare = menu.items.len() < 2 || matches!(menu.items.first(), Some((_, Choice::Guess(..))));
    match at {
        _ if bare => String::new(),
        0..9 => (at + 1).to_string(),
        _ => " ".to_owned(),
    }
}

/// Where a menu's window and its lines stand.
struct MenuPlace {
    outer: Rect,
    /// What is said about each item, in lines.
    notes: Vec<Vec<String>>,
    /// How many items are seen, from which one on.
    room: usize,
    first: usize,
}

impl MenuPlace {
    fn of(area: Rect, menu: &Menu) -> MenuPlace {
        let mut width = menu.items.iter().map(|(text, _)| paint::width(text)).max().unwrap_or(0).max(paint::width(&menu.title)) + 9;
        if !menu.notes.is_empty() {
            width = width.max(60).min(area.width);
        }
        // The window keeps its size while the cursor moves, so it has room for the longest note.
        let notes: Vec<Vec<String>> = menu.notes.iter().map(|note| paint::wrap(note, width.saturating_sub(4))).collect();
        let below = notes.iter().map(|lines| lines.len() as u16 + 1).max().unwrap_or(0);
        let outer = middle(area, width, menu.items.len() as u16 + below + 2);
        // The line under the cursor is always seen.
        let room = (outer.height.saturating_sub(2 + below) as usize).min(menu.items.len()).max(1);
        MenuPlace { outer, notes, room, first: (menu.at + 1).saturating_sub(room) }
    }
}

/// What lies at a place of a menu's screen: an item, the window's rest, or nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnMenu {
    Item(usize),
    Window,
    Outside,
}

/// What of a menu lies at a place, where the menu is drawn over this area.
pub fn on_menu(area: Rect, menu: &Menu, at: Position) -> OnMenu {
    let place = MenuPlace::of(area, menu);
    if !place.outer.contains(at) {
        return OnMenu::Outside;
    }
    let row = at.y.checked_sub(place.outer.y + 1).map(usize::from).filter(|row| *row < place.room);
    let item = row.map(|row| place.first + row).filter(|item| *item < menu.items.len());
    item.map_or(OnMenu::Window, OnMenu::Item)
}

/// A window with a line to type in, and a note below it.
fn input_line(buf: &mut Buffer, area: Rect, title: &str, text: &str, (note, role): (&str, Role), ui: &Ui) {
    let width = (paint::width(title) + 8).max((paint::width(note) + 4).min(NOTE_WIDTH)).max(40).min(area.width);
    let notes = paint::wrap(note, width.saturating_sub(4));
    let inner = window(buf, area, width, 4 + notes.len() as u16, title, ui);
    // The end of a long input is what is being typed.
    let room = inner.width.saturating_sub(4);
    let typed = paint::clip_front(text, room);
    let x = paint::put(buf, inner, inner.x + 1, inner.y, &format!("› {typed}"), ui.theme.style(Role::Value));
    paint::put(buf, inner, x, inner.y, "_", ui.theme.style(Role::Next));
    for (at, line) in notes.iter().enumerate() {
        paint::put(buf, inner, inner.x + 1, inner.y + 2 + at as u16, line, ui.theme.style(role));
    }
}

/// A longer note has several lines.
const NOTE_WIDTH: u16 = 72;

/// The key map in words, group by group, and what the marks mean.
fn help(place: Place, wide: u16, first: u16, ui: &Ui) -> Text {
    let mut lines: Vec<Line> = Vec::new();
    let line = |term: &str, words: &Words, role| Line { term: term.to_owned(), words: words.get(ui.lang).to_owned(), role };
    // The list has too few keys to be told in groups.
    let groups: &[Group] = if place == Place::Run { GROUPS } else { &[] };
    if place == Place::Run {
        // Nobody can look up a sign by pressing it, so the signs come before the keys.
        lines.push(line("", &labels::SIGNS, Role::Title));
        lines.extend(LEGEND.iter().map(|(signs, words)| line(signs, words, Role::Text)));
    } else {
        lines.extend(keys::bindings(place).map(|binding| line(binding.shown, &binding.help, Role::Text)));
    }
    for group in groups {
        lines.push(line("", &group.title, Role::Title));
        lines.extend(group.at(place).map(|binding| line(binding.shown, &binding.help, Role::Text)));
    }
    let widest = |text: fn(&Line) -> &String| lines.iter().map(|line| paint::width(text(line))).max().unwrap_or(0);
    let (terms, words) = (widest(|line| &line.term) + 2, widest(|line| &line.words));
    let room = wide.saturating_sub(terms + 6).min(words);
    let wrapped = lines.iter().flat_map(|line| {
        let pieces = paint::wrap(&line.words, room).into_iter().enumerate();
        pieces.map(|(at, words)| Line { term: if at == 0 { line.term.clone() } else { String::new() }, words, role: line.role })
    });
    Text { title: labels::KEYS.get(ui.lang).to_owned(), width: terms + room + 6, terms, lines: wrapped.collect(), first }
}

/// Says in a window's frame that there is more above or below.
fn scroll_sign(buf: &mut Buffer, area: Rect, inner: Rect, up: bool, down: bool, ui: &Ui) {
    if (up || down) && inner.width > 4 {
        let more = format!(" {}{} ", if up { "↑" } else { " " }, if down { "↓" } else { " " });
        let x = inner.right().saturating_sub(5);
        paint::put(buf, area, x, inner.y + inner.height, &more, ui.theme.style(Role::Next));
    }
}

const LEGEND: &[(&str, Words)] = &[
    ("· │ ┃ ✝", words("has not begun, is ready, runs, has ended", "未开始、就绪、运行、已结束")),
    (": z ‖", words("waits, sleeps, is stopped", "等待、睡眠、停住")),
    ("• ►", words("just done or changed; may come next", "刚完成或改变；可能接下来")),
    ("▹ →", words("reading gave this; it was this and is that now", "读到的是；从前一个变成后一个")),
    ("[B]│[A]", words("in a queue's buffer │ in its pipe", "队列的缓冲区里 │ 它的管道里")),
    ("● ◆ !", words("on the bar of the run: shown, marked, an error or nobody could go on", "运行条上：所示处、标记、出错或卡住")),
    ("└ ‹ ›", words("a thread of the lane to its left; a narrowed lane", "左边泳道的线程；收窄的泳道")),
    ("◄2 3►", words("so many more on that side: < and > go there", "那一边还有这么多：用 < 和 > 过去")),
];

/// A place of this size in the middle, as far as there is room.
fn middle(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}

/// A framed window in the middle; gives its inside.
fn window(buf: &mut Buffer, area: Rect, width: u16, height: u16, title: &str, ui: &Ui) -> Rect {
    let outer = middle(area, width, height);
    let (width, height) = (outer.width, outer.height);
    let frame = ui.theme.style(Role::Title);
    for y in outer.top()..outer.bottom() {
        for x in outer.left()..outer.right() {
            let edge_y = y == outer.top() || y + 1 == outer.bottom();
            let edge_x = x == outer.left() || x + 1 == outer.right();
            let (glyph, style) = match (edge_x, edge_y) {
                (true, true) => (corner(x == outer.left(), y == outer.top()), frame),
                (true, false) => ("│", frame),
                (false, true) => ("─", frame),
                (false, false) => (" ", ui.theme.style(Role::Text)),
            };
            // A wide character under the window's edge must not stick out of it.
            if let Some(cell) = buf.cell_mut((x, y)) {
                cell.reset();
            }
            paint::put(buf, area, x, y, glyph, style);
        }
        if outer.left() > area.left()
            && let Some(cell) = buf.cell_mut((outer.left() - 1, y))
            && paint::width(cell.symbol()) > 1
        {
            cell.set_symbol(" ");
        }
    }
    if width > 4 {
        let room = Rect { width: width - 2, ..outer };
        paint::put(buf, room, outer.x + 2, outer.y, title, frame);
        let hint = format!(" {} ", labels::CLOSE_HINT.get(ui.lang));
        if paint::width(&hint) + 10 < width {
            paint::put(buf, room, outer.x + 2, outer.bottom() - 1, &hint, ui.theme.style(Role::Faint));
        }
    }
    Rect { x: outer.x + 1, y: outer.y + 1, width: width.saturating_sub(2), height: height.saturating_sub(2) }
}

fn corner(left: bool, top: bool) -> &'static str {
    match (left, top) {
        (true, true) => "┌",
        (false, true) => "┐",
        (true, false) => "└",
        (false, false) => "┘",
    }
}
