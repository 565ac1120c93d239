//! Where each panel goes. At 80×24 the panels stand one below the other; from 110 columns on there
//! are two columns. Where lines are short, panels shrink to their least and then vanish, the less
//! needed first: an empty area draws nothing.

use ratatui::layout::Rect;

use crate::tui::state::Focus;

/// How many lines panels would like to have, without their titles.
pub struct Wants {
    pub objects: u16,
    /// How many objects there are.
    pub count: u16,
    pub why: u16,
    /// The reasons matter more than rows: somebody died, or the run is over.
    pub grave: bool,
    /// Lines of the question or answer that stands before the reasons: all of it must be seen.
    pub asked: u16,
    /// Nobody can go on: the reasons, and what could be done, matter most.
    pub stuck: bool,
    /// Something is chosen, of which there is more to tell.
    pub chosen: bool,
    pub next: u16,
    pub code: u16,
    /// The kernel's view stands in the code's place, and all of it should be seen.
    pub inside: bool,
    pub tries: u16,
}

/// Where each panel is drawn, its title included. A panel that has no place is an empty area.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Places {
    pub header: Rect,
    pub spacetime: Rect,
    pub next: Rect,
    pub objects: Rect,
    pub code: Rect,
    pub printed: Rect,
    pub tries: Rect,
    pub why: Rect,
    /// The presenter's sentence, in the place of the reasons.
    pub caption: Rect,
    pub runbar: Rect,
    pub footer: Rect,
}

/// From this width on there are two columns.
const TWO_COLUMNS: u16 = 110;

/// Lines that lanes, objects and source keep below each other while nobody can go on: their titles, the lines of
/// two objects and one of the source, and four rows with where all stand.
const BESIDE_STUCK: u16 = 11;

/// Cells that a panel's short title takes, in both languages, with a bit of the rule after it.
const BESIDE_TITLE: u16 = 10;

/// Divides an area among the panels, by their wishes and by what the screen is given to.
pub fn places(area: Rect, wants: &Wants, focus: Focus) -> Places {
    let mut stack = Stack { rest: area };
    let mut places = Places { header: stack.top(1), ..Places::default() };
    if area.height >= 3 {
        places.footer = stack.bottom(1);
    }
    let wide = has_two_columns(area);
    if area.height >= 30 {
        places.runbar = stack.bottom(1);
    }
    let room = stack.rest.height;
    let short = wants.stuck && !wide && focus == Focus::Everything;
    if room >= 9 {
        let least = if area.height >= 36 { 3 } else { 2 };
        let most = match () {
            // Who waits for whom must not push out who they are and where they wait.
            () if short => (area.height / 2).min(room.saturating_sub(BESIDE_STUCK + 1)),
            () if wants.stuck => area.height / 2,
            () if wants.grave => (area.height / 3).max(2),
            () if wants.asked > 0 => (wants.asked + if area.height >= 36 { 3 } else { 1 }).min(area.height / 2),
            () if wants.chosen => least + 2,
            () => least,
        };
        let most = most.max(least);
        places.why = stack.bottom(1 + wants.why.clamp(most.min(3), most));
    } else if room >= 5 {
        places.why = stack.bottom(2);
    }
    if places.runbar.is_empty() && places.why.width > BESIDE_TITLE {
        // Where no line is left for it, the bar takes the rule beside the title.
        places.runbar = Rect { x: places.why.x + BESIDE_TITLE, width: places.why.width - BESIDE_TITLE, height: 1, ..places.why };
    }
    if focus != Focus::Everything {
        let mut stack = Stack { rest: stack.rest };
        match focus {
            Focus::SpaceTime | Focus::Everything => places.spacetime = stack.rest,
            Focus::Objects => {
                if wants.next > 0 && stack.rest.height >= 12 {
                    places.next = stack.bottom(1 + wants.next.min(stack.rest.height / 3));
                }
                places.objects = stack.rest;
            }
            Focus::Code => {
                places.printed = stack.bottom((stack.rest.height / 3).max(2));
                places.code = stack.rest;
            }
        }
        return places;
    }
    if wide {
        two_columns(stack.rest, wants, &mut places)
    } else {
        one_column(stack.rest, wants, &mut places)
    }
    places
}

/// The presenter's layout: one view, and a caption of so many lines with its rule.
pub fn presenter(area: Rect, caption: u16, focus: Focus) -> Places {
    let mut stack = Stack { rest: area };
    let mut places = Places { header: stack.top(1), ..Places::default() };
    if area.height >= 3 {
        places.footer = stack.bottom(1);
    }
    if area.height >= 5 {
        places.caption = stack.bottom(caption.min((area.height / 3).max(1)));
    }
    match focus {
        Focus::Everything | Focus::SpaceTime => places.spacetime = stack.rest,
        Focus::Objects => places.objects = stack.rest,
        Focus::Code => places.code = stack.rest,
    }
    places
}

fn has_two_columns(area: Rect) -> bool {
    area.width >= TWO_COLUMNS && area.height >= 24
}

fn left_width(width: u16) -> u16 {
    (u32::from(width) * 64 / 100) as u16
}

/// How wide the source's panel is among all.
pub fn code_width(area: Rect) -> u16 {
    if has_two_columns(area) { area.width - left_width(area.width) - 1 } else { area.width }
}

fn one_column(area: Rect, wants: &Wants, places: &mut Places) {
    let mut stack = Stack { rest: area };
    let (least_objects, least_code, least) = match wants.stuck {
        true => (2, 1, BESIDE_STUCK),
        false => (wants.count.clamp(2, 4), 3, 19),
    };
    // What is left over after everybody's least goes to space-time first, up to 16 rows.
    let mut spare = area.height.saturating_sub(least);
    let mut give = |least: u16, want: u16| {
        let more = want.saturating_sub(least).min(spare / 2);
        spare -= more;
        least + more
    };
    let objects = if wants.objects == 0 { 0 } else { give(least_objects, wants.objects.clamp(4, 12)) };
    let code = if wants.inside { wants.code.clamp(3, 10) } else { give(least_code, wants.code.clamp(3, 12)) };
    if area.height >= least.min(15) {
        places.code = stack.bottom(1 + code);
    }
    if area.height >= 10 && objects > 0 {
        places.objects = stack.bottom(1 + objects.min(area.height / 3));
    }
    if area.height >= 34 {
        places.printed = stack.bottom(6);
        places.next = stack.bottom(1 + wants.next.clamp(1, 5));
    }
    places.spacetime = stack.rest;
}

fn two_columns(area: Rect, wants: &Wants, places: &mut Places) {
    let left_width = left_width(area.width);
    let mut left = Stack { rest: Rect { width: left_width, ..area } };
    let mut right = Stack { rest: Rect { x: area.x + left_width + 1, width: area.width - left_width - 1, ..area } };
    let height = area.height;
    if wants.objects > 0 {
        places.objects = left.bottom(1 + wants.objects.clamp(4, (height * 2 / 5).max(4)));
    }
    if height >= 22 {
        places.next = left.bottom(1 + wants.next.clamp(2, if height >= 30 { 6 } else { 3 }));
    }
    places.spacetime = left.rest;
    if height >= 28 && wants.tries > 0 {
        places.tries = right.bottom(1 + wants.tries.min(height / 4));
    }
    let code = (wants.code + 1).clamp(6, (right.rest.height * 3 / 5).max(6));
    places.code = right.top(code);
    places.printed = right.rest;
}

/// An area from which lines are taken at the top and at the bottom.
struct Stack {
    rest: Rect,
}

impl Stack {
    fn top(&mut self, lines: u16) -> Rect {
        let lines = lines.min(self.rest.height);
        let taken = Rect { height: lines, ..self.rest };
        self.rest.y += lines;
        self.rest.height -= lines;
        taken
    }

    fn bottom(&mut self, lines: u16) -> Rect {
        let lines = lines.min(self.rest.height);
        self.rest.height -= lines;
        Rect { y: self.rest.y + self.rest.height, height: lines, ..self.rest }
    }
}
