//! Every view as data: what is looked at, and how. The tests of pictures go through this one table,
//! so a new view joins all of them by one line.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Look, bilingual, gallery, lesson, runs, why};
use crate::kind::{Lang, words};
use crate::trace::{Event, ObjectId, Phase};
use crate::tui::keys::{Action, Place};
use crate::tui::library::Entry;
use crate::tui::scene::Scene;
use crate::tui::source::{Draft, DraftFault, InsideFact, SourceKind};
use crate::tui::state::{At, Chosen, Focus, Overlay, Reach, Ui};
use crate::tui::{input, keys, view as draw};

/// A view with a name for its snapshots.
pub(super) struct View {
    pub name: &'static str,
    make: fn(Lang) -> Stage,
}

/// A view as it is looked at.
pub(super) struct Stage {
    pub look: Look,
    inside: Option<Vec<InsideFact>>,
    list: Option<Vec<Entry>>,
}

pub(super) const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];
pub(super) const LANGS: [Lang; 2] = [Lang::En, Lang::Zh];

/// All views. One line each: what it shows, and what is pressed.
pub(super) const VIEWS: &[View] = &[
    view("everything", Stage::gallery),
    view("spacetime", |lang| Stage::gallery(lang).focus(Focus::SpaceTime)),
    view("objects", |lang| Stage::gallery(lang).focus(Focus::Objects)),
    view("code", |lang| Stage::gallery(lang).focus(Focus::Code)),
    view("kinds", |lang| Stage::new("kinds", gallery::SOURCE, &gallery::others(), lang).focus(Focus::Objects)),
    view("kinds_everything", |lang| Stage::new("kinds", gallery::SOURCE, &gallery::others(), lang)),
    view("queue", |lang| Stage::gallery(lang).focus(Focus::Objects).choose(Chosen::Object(gallery::QUEUE))),
    view("queue_broken", |lang| Stage::gallery(lang).focus(Focus::Objects).choose(Chosen::Object(ObjectId(3)))),
    view("pipe", |lang| Stage::gallery(lang).focus(Focus::Objects).choose(Chosen::Object(ObjectId(5)))),
    view("cells", |lang| Stage::gallery(lang).choose(Chosen::Object(ObjectId(10)))),
    view("condition", |lang| Stage::gallery(lang).choose(Chosen::Object(ObjectId(14)))),
    view("process", |lang| Stage::gallery(lang).choose(Chosen::Actor(gallery::WIDE))),
    view("running", |lang| Stage::new("gallery", gallery::SOURCE, &gallery::running(), lang).status(Phase::Running)),
    view("lesson", |lang| Stage::new("queue", runs::QUEUE, &runs::queue()[..4], lang)),
    view("stuck", |lang| Stage::new("pipe", runs::PIPE, &runs::stuck(), lang)),
    view("ended", |lang| Stage::new("queue", runs::QUEUE, &runs::queue(), lang)),
    view("ring", |lang| Stage::of(why::look("locks", lang))),
    view("asleep_for_good", |lang| Stage::of(why::look("asleep", lang))),
    view("asked", |lang| Stage::of(lesson::look(lang)).asked()),
    view("answered", |lang| Stage::of(lesson::look(lang)).asked().keys("y2n")),
    view("lost", |lang| Stage::new("gallery", gallery::SOURCE, &gallery::lost(), lang)),
    view("unfolded", |lang| Stage::gallery(lang).choose(Chosen::Actor(gallery::WRITER)).press(Action::Fold)),
    view("filtered", |lang| Stage::gallery(lang).keys("/r")),
    view("presenter", |lang| Stage::gallery(lang).press(Action::Present)),
    view("presenter_objects", |lang| Stage::gallery(lang).press(Action::Present).focus(Focus::Objects)),
    view("presenter_code", |lang| Stage::gallery(lang).press(Action::Present).focus(Focus::Code)),
    view("presenter_lesson", |lang| Stage::new("queue", runs::QUEUE, &runs::queue()[..4], lang).press(Action::Present)),
    view("presenter_asked", |lang| Stage::of(lesson::look(lang)).asked().press(Action::Present)),
    view("notes", |lang| Stage::of(lesson::look(lang)).press(Action::Notes)),
    view("past", |lang| Stage::new("queue", runs::QUEUE, &runs::queue(), lang).at(12)),
    view("replay", |lang| Stage::new("condition", runs::CONDITION, &runs::condition(), lang).recorded()),
    view("free", |lang| Stage::new("event", runs::EVENT, &runs::event(), lang).free()),
    view("help", |lang| Stage::gallery(lang).press(Action::Help)),
    view("menu_object", |lang| Stage::gallery(lang).choose(Chosen::Object(ObjectId(5))).press(Action::Act)),
    view("menu_process", |lang| Stage::gallery(lang).choose(Chosen::Actor(gallery::WIDE)).press(Action::Act)),
    view("menu_who_goes", |lang| Stage::gallery(lang).press(Action::ChooseGrant)),
    view("menu_until", |lang| Stage::gallery(lang).press(Action::RunUntil)),
    view("menu_parameters", |lang| Stage::gallery(lang).press(Action::Params)),
    view("prompt", |lang| Stage::gallery(lang).choose(Chosen::Object(gallery::QUEUE)).press(Action::Act).press(Action::Act)),
    view("text", |lang| Stage::gallery(lang).text()),
    view("window_of_why", |lang| Stage::of(why::look("locks", lang)).press(Action::Why)),
    view("inside", |lang| Stage::gallery(lang).press(Action::Inside).inside()),
    view("draft", |lang| Stage::gallery(lang).draft()),
    view("refused", |lang| Stage::gallery(lang).press(Action::StepChosen)),
    view("list", Stage::list),
];

const fn view(name: &'static str, make: fn(Lang) -> Stage) -> View {
    View { name, make }
}

impl View {
    pub(super) fn stage(&self, lang: Lang) -> Stage {
        (self.make)(lang)
    }
}

impl Stage {
    pub(super) fn new(name: &str, source: &str, events: &[Event], lang: Lang) -> Stage {
        Stage { look: Look::new(name, source, events, lang), inside: None, list: None }
    }

    fn of(look: Look) -> Stage {
        Stage { look, inside: None, list: None }
    }

    fn gallery(lang: Lang) -> Stage {
        Stage::new("gallery", gallery::SOURCE, &gallery::events(), lang)
    }

    fn focus(mut self, focus: Focus) -> Stage {
        self.look.ui.focus = focus;
        self
    }

    fn choose(mut self, chosen: Chosen) -> Stage {
        self.look.ui.chosen = Some(chosen);
        self
    }

    fn at(mut self, rows: usize) -> Stage {
        self.look.ui.at = At::Past(rows);
        self
    }

    fn status(mut self, playing: Phase) -> Stage {
        self.look.status.phase = playing;
        self
    }

    fn recorded(mut self) -> Stage {
        self.look.status.kind = SourceKind::Recorded;
        self
    }

    fn free(mut self) -> Stage {
        self.look.status.gated = false;
        self
    }

    fn press(mut self, action: Action) -> Stage {
        self.look.act(action);
        self
    }

    /// The point at which the first question is open.
    fn asked(mut self) -> Stage {
        let rows = lesson::asked_at(&mut self.look, 0);
        self.look.ui.at = At::Past(rows);
        self
    }

    /// What a user types, on the screen or into a line that is open.
    fn keys(mut self, typed: &str) -> Stage {
        for c in typed.chars() {
            let key = KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE);
            if input::on_prompt(&mut self.look.ui, key).is_none()
                && let Some(action) = keys::action(key, Place::Run)
            {
                self = self.press(action);
            }
        }
        self
    }

    fn inside(mut self) -> Stage {
        let fact = |en, zh, kernel: &str, drawn: &str| InsideFact {
            what: words(en, zh),
            kernel: kernel.to_owned(),
            drawn: drawn.to_owned(),
            agrees: drawn.is_empty() || kernel == drawn,
        };
        self.inside = Some(vec![
            fact("state", "状态", "S (sleeping)", "S (sleeping)"),
            fact("sleeps in", "睡在", "futex_wait_queue", ""),
            fact("system call", "系统调用", "futex(0x7f3a5c0a1b40, FUTEX_WAIT_BITSET, 2, NULL, NULL, 0xffffffff)", ""),
            fact("bytes in the pipe", "管道中的字节", "27", "20"),
            fact(
                "holders of the reader's end",
                "读端的持有者",
                "main 4702, reader 4704, 读者一号 4710, timed-with-a-long-name 4711",
                "reader, 读者一号",
            ),
        ]);
        self
    }

    fn draft(mut self) -> Stage {
        let said = bilingual(
            "there is no function `prnt`; did you mean `print`? A function is called by its name, with its arguments in parentheses",
            "没有函数 `prnt`；是不是想写 `print`？函数用它的名字来调用，参数写在括号里",
        );
        let faults =
            vec![DraftFault { line: 18, said }, DraftFault { line: 0, said: bilingual("the file ends too early", "文件结束得太早") }];
        self.look.ui.draft = Some(Draft { file: "gallery".to_owned(), source: gallery::SOURCE.to_owned(), faults });
        self
    }

    fn text(mut self) -> Stage {
        let lines: Vec<String> =
            (1..=70).map(|line| format!("{line}: 第 {line} 行 of a text that is longer than the screen is high")).collect();
        self.look.ui.overlay = Some(Overlay::Text(lines.join("\n"), Reach::default()));
        self
    }

    /// More scenarios than a small screen has lines.
    fn list(lang: Lang) -> Stage {
        let entry = |at: usize| Entry {
            name: if at % 5 == 3 { format!("a-scenario-with-a-rather-long-name-{at}") } else { format!("scenario-{at}") },
            title: bilingual(
                "a flag to wait for, a queue to write to, and a title that is long",
                "可以等待的标志、可以写入的队列，以及一个很长的标题",
            ),
            intro: bilingual(
                &"Two processes own no memory in common.\nWatch the way of a letter from one to the other.\n\n".repeat(6),
                &"两个进程没有共同的内存。\n看一个字母怎样从一个走到另一个。\n\n".repeat(6),
            ),
        };
        let mut stage = Stage::new("queue", runs::QUEUE, &[], lang);
        stage.list = Some((0..30).map(entry).collect());
        stage.look.ui.listed = 23;
        stage
    }

    /// Whether a run is shown, not the list.
    pub(super) fn is_run(&self) -> bool {
        self.list.is_none()
    }

    /// The scene of a frame, and the settings as they are when it is drawn.
    pub(super) fn frame(&self, area: Rect) -> (Scene, Ui) {
        let mut scene = self.look.scene(area.height);
        scene.inside = self.inside.clone().map(|facts| ("读者一号".to_owned(), facts));
        let mut ui = self.look.ui.clone();
        draw::settle(area, &scene, &mut ui);
        (scene, ui)
    }

    pub(super) fn draw(&self, width: u16, height: u16) -> Buffer {
        let area = Rect::new(0, 0, width, height);
        let mut buf = Buffer::empty(area);
        match &self.list {
            Some(entries) => draw::scenarios(&mut buf, area, entries, &self.look.ui),
            None => {
                let (scene, ui) = self.frame(area);
                draw::run(&mut buf, area, &scene, &ui);
            }
        }
        buf
    }
}
