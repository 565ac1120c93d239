//! Every theme can be read, and told apart by eyes that lack one of the three cones.

use crate::tui::theme::{Role, Theme};
use ratatui::style::Color;

type Three = [f64; 3];

/// What eyes see that lack a sort of cone: Machado, Oliveira and Fernandes, "A Physiologically-based Model for
/// Simulation of Color Vision Deficiency" (2009), at full severity, on linear light.
const EYES: [(&str, [Three; 3]); 4] = [
    ("three cones", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    ("protanopia", [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]]),
    ("deuteranopia", [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]]),
    ("tritanopia", [[1.255_528, -0.076_749, -0.178_779], [-0.078_411, 0.930_809, 0.147_602], [0.004_733, 0.691_367, 0.303_900]]),
];

/// Linear light of one of the colours that terminals number from 16 on.
fn light(colour: Option<Color>) -> Three {
    let Some(Color::Indexed(number @ 16..)) = colour else { panic!("{colour:?} is not one of the fixed colours") };
    const LEVELS: [f64; 6] = [0.0, 95.0, 135.0, 175.0, 215.0, 255.0];
    let level = |at: u8| LEVELS[usize::from(at % 6)];
    let rgb = match number - 16 {
        cube @ 0..216 => [level(cube / 36), level(cube / 6), level(cube)],
        grey => [f64::from(grey - 216) * 10.0 + 8.0; 3],
    };
    rgb.map(|part| {
        let part = part / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    })
}

fn times(rows: &[Three; 3], light: Three) -> Three {
    rows.map(|row| row.iter().zip(light).map(|(one, other)| one * other).sum::<f64>().clamp(0.0, 1.0))
}

fn luminance([red, green, blue]: Three) -> f64 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// The contrast of two colours as WCAG 2 counts it, from 1 to 21.
fn contrast(one: Three, other: Three) -> f64 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

/// How far two colours lie apart in CIELAB.
fn distance(one: Three, other: Three) -> f64 {
    let lab = |[red, green, blue]: Three| {
        let xyz = [
            (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047,
            luminance([red, green, blue]),
            (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883,
        ];
        let [x, y, z] = xyz.map(|part: f64| if part > 0.008_856 { part.cbrt() } else { 7.787 * part + 16.0 / 116.0 });
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    };
    lab(one).iter().zip(lab(other)).map(|(one, other)| (one - other).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn all_eyes_tell_the_colours_of_a_theme_apart() {
    // One role for each of a theme's hues.
    let hues = [Role::Waiting, Role::Title, Role::Next, Role::Value, Role::Bad, Role::Asleep];
    for theme in [Theme::Dark, Theme::Light, Theme::HighContrast] {
        for (at, one) in hues.iter().enumerate() {
            for other in &hues[at + 1..] {
                for (eyes, sees) in &EYES {
                    let apart = distance(times(sees, light(theme.style(*one).fg)), times(sees, light(theme.style(*other).fg)));
                    assert!(apart >= 14.0, "{theme:?}: {one:?} and {other:?} lie {apart:.1} apart with {eyes}");
                }
            }
        }
    }
}

#[test]
fn all_text_can_be_read_on_its_paper() {
    for (theme, least) in [(Theme::Dark, 4.5), (Theme::Light, 4.5), (Theme::HighContrast, 7.0)] {
        for role in Role::ALL {
            let style = theme.style(role);
            let contrast = contrast(light(style.fg), light(style.bg));
            assert!(contrast >= least, "{theme:?}: {role:?} has a contrast of {contrast:.1}");
        }
    }
}

#[test]
fn names_and_words_are_clear_on_the_dark_paper() {
    let read = [Role::Text, Role::Faint, Role::Title, Role::Done, Role::Next, Role::Waiting, Role::Asleep, Role::Value, Role::Changed];
    for role in read.into_iter().chain([Role::Chosen, Role::Key, Role::Keyword, Role::String, Role::Number]) {
        let style = Theme::Dark.style(role);
        let contrast = contrast(light(style.fg), light(style.bg));
        assert!(contrast >= 7.0, "{role:?} has a contrast of {contrast:.1}");
    }
}

#[test]
fn what_has_just_happened_can_be_read_on_its_own_paper_and_is_louder_than_what_may_come() {
    for theme in [Theme::Dark, Theme::HighContrast] {
        let paper = theme.loud();
        for role in [Role::Done, Role::Bad, Role::Changed, Role::Value, Role::Next, Role::Faint] {
            let contrast = contrast(light(theme.style(role).fg), light(paper));
            assert!(contrast >= 4.5, "{theme:?}: {role:?} has a contrast of {contrast:.1}");
        }
    }
    let bold = |theme: Theme, role| theme.style(role).add_modifier.contains(ratatui::style::Modifier::BOLD);
    for theme in Theme::ALL {
        assert!(bold(theme, Role::Done) && !bold(theme, Role::Next), "{theme:?}");
    }
}
