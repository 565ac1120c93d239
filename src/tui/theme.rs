//! Colours by role. No state is told by colour alone, so the theme `mono` loses nothing.
//!
//! The hues are Okabe and Ito's (<https://jfly.uni-koeln.de/color/>), as those near them among the 256
//! colours that nearly every terminal has, such that eyes that lack one of the three cones tell them apart
//! too, and all can be read on their paper.

use ratatui::style::{Color, Modifier, Style};

/// A set of colours, for a kind of paper or a kind of terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    Dark,
    Light,
    HighContrast,
    Mono,
}

/// What a piece of the screen is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Text,
    /// Names of parts, notes, step numbers: what is there to be read, after all else.
    Faint,
    /// Frames, rules and lifelines, which say nothing by themselves.
    Line,
    /// A panel's title.
    Title,
    /// What the last step did.
    Done,
    /// What may come next.
    Next,
    Waiting,
    Asleep,
    /// A message, a value, a thing's content.
    Value,
    /// What the last step changed.
    Changed,
    /// What the user has chosen.
    Chosen,
    /// An error, a loss, a death, a run that is stuck.
    Bad,
    /// Words of the header that say whether this is live.
    Live,
    Paused,
    Past,
    Ended,
    Stuck,
    Key,
    /// In the source.
    Keyword,
    String,
    Number,
}

impl Role {
    pub const ALL: [Role; 21] = [
        Role::Text,
        Role::Faint,
        Role::Line,
        Role::Title,
        Role::Done,
        Role::Next,
        Role::Waiting,
        Role::Asleep,
        Role::Value,
        Role::Changed,
        Role::Chosen,
        Role::Bad,
        Role::Live,
        Role::Paused,
        Role::Past,
        Role::Ended,
        Role::Stuck,
        Role::Key,
        Role::Keyword,
        Role::String,
        Role::Number,
    ];
}

impl Theme {
    pub const ALL: [Theme; 4] = [Theme::Dark, Theme::Light, Theme::HighContrast, Theme::Mono];

    /// The theme after this one; after the last comes the first.
    pub fn next(self) -> Theme {
        let at = Theme::ALL.iter().position(|theme| *theme == self).unwrap_or(0);
        Theme::ALL[(at + 1) % Theme::ALL.len()]
    }

    /// What is laid under the row of the step that has just happened, where a theme has a paper for it; else its
    /// bold words must do.
    pub fn loud(self) -> Option<Color> {
        let palette = match self {
            Theme::Dark => &DARK,
            Theme::Light => &LIGHT,
            Theme::HighContrast => &HIGH,
            Theme::Mono => return None,
        };
        palette.loud.map(Color::Indexed)
    }

    /// The style of a role.
    pub fn style(self, role: Role) -> Style {
        match self {
            Theme::Dark => coloured(role, &DARK),
            Theme::Light => coloured(role, &LIGHT),
            Theme::HighContrast => coloured(role, &HIGH),
            Theme::Mono => mono(role),
        }
    }
}

struct Palette {
    back: u8,
    text: u8,
    faint: u8,
    line: u8,
    /// Under the row of the step that has just happened.
    loud: Option<u8>,
    orange: u8,
    sky: u8,
    green: u8,
    /// Yellow; on white paper a yellow dark enough to be read is a brown beside orange, so magenta.
    value: u8,
    vermilion: u8,
    purple: u8,
    /// Behind words that must be seen from the last row of seats.
    on_sign: u8,
}

const DARK: Palette = Palette {
    back: 233,
    text: 252,
    faint: 248,
    line: 244,
    loud: Some(235),
    orange: 214,
    sky: 75,
    green: 79,
    value: 227,
    vermilion: 203,
    purple: 175,
    on_sign: 232,
};
const LIGHT: Palette = Palette {
    back: 231,
    text: 235,
    faint: 241,
    line: 243,
    loud: None,
    orange: 130,
    sky: 26,
    green: 29,
    value: 126,
    vermilion: 88,
    purple: 54,
    on_sign: 231,
};
const HIGH: Palette = Palette {
    back: 16,
    text: 231,
    faint: 250,
    line: 250,
    loud: Some(235),
    orange: 214,
    sky: 75,
    green: 85,
    value: 227,
    vermilion: 209,
    purple: 218,
    on_sign: 16,
};

fn coloured(role: Role, palette: &Palette) -> Style {
    let base = Style::new().bg(Color::Indexed(palette.back)).fg(Color::Indexed(palette.text));
    let ink = |colour: u8| base.fg(Color::Indexed(colour));
    let sign = |colour: u8| Style::new().bg(Color::Indexed(colour)).fg(Color::Indexed(palette.on_sign)).add_modifier(Modifier::BOLD);
    match role {
        Role::Text => base,
        Role::Faint => ink(palette.faint),
        Role::Line => ink(palette.line),
        Role::Title => ink(palette.sky),
        Role::Done => base.add_modifier(Modifier::BOLD),
        // What has happened is louder than what may come.
        Role::Next => ink(palette.green),
        Role::Waiting => ink(palette.orange),
        Role::Asleep => ink(palette.purple),
        Role::Value => ink(palette.value),
        Role::Changed => ink(palette.value).add_modifier(Modifier::BOLD),
        Role::Chosen => ink(palette.sky).add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
        Role::Bad => ink(palette.vermilion).add_modifier(Modifier::BOLD),
        Role::Live => sign(palette.green),
        Role::Paused => sign(palette.orange),
        Role::Past => sign(palette.purple),
        Role::Ended => sign(palette.sky),
        Role::Stuck => sign(palette.vermilion),
        Role::Key => ink(palette.sky).add_modifier(Modifier::BOLD),
        Role::Keyword => ink(palette.sky),
        Role::String => ink(palette.green),
        Role::Number => ink(palette.purple),
    }
}

fn mono(role: Role) -> Style {
    let base = Style::new();
    match role {
        Role::Text | Role::Value | Role::Waiting | Role::Asleep | Role::Keyword | Role::String | Role::Number | Role::Next => base,
        Role::Faint | Role::Line => base.add_modifier(Modifier::DIM),
        Role::Title | Role::Done | Role::Changed | Role::Key => base.add_modifier(Modifier::BOLD),
        Role::Chosen => base.add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
        Role::Bad => base.add_modifier(Modifier::BOLD | Modifier::REVERSED),
        Role::Live | Role::Paused | Role::Past | Role::Ended | Role::Stuck => base.add_modifier(Modifier::REVERSED | Modifier::BOLD),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_themes_go_round() {
        let mut theme = Theme::Dark;
        for _ in 0..Theme::ALL.len() {
            theme = theme.next();
        }
        assert_eq!(theme, Theme::Dark);
    }

    #[test]
    fn mono_has_no_colour() {
        for role in [Role::Text, Role::Bad, Role::Live, Role::Chosen, Role::Value] {
            let style = Theme::Mono.style(role);
            assert_eq!((style.fg, style.bg), (None, None));
        }
    }
}
