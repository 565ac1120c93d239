//! The step that destroys an update, as somebody sees it who has never seen the program: that something is lost,
//! and whose it was, stands in the lane and in the sentence.

use super::{Look, runs};
use crate::kind::Lang;
use crate::world::sample;

const SOURCE: &str = include_str!("../../../scenarios/lost-update.rhai");

fn look(lang: Lang) -> Look {
    Look::new("lost-update", SOURCE, &runs::gated(&sample::lost_update_run()), lang)
}

#[test]
fn the_step_that_destroys_an_update_says_so_and_whose_it_was() {
    for (lang, tag, mark, whose) in [(Lang::En, "en", "[3 lost] v = 2", "p1's 2 and 3"), (Lang::Zh, "zh", "[3 丢失] v = 2", "p1 的 2 和 3")]
    {
        let look = look(lang);
        for (width, height) in [(80, 24), (120, 40)] {
            let drawn = look.text(width, height);
            assert!(drawn.contains(mark) && drawn.contains(whose), "{drawn}");
            insta::assert_snapshot!(format!("lost_update_{width}x{height}_{tag}"), drawn);
        }
    }
}
