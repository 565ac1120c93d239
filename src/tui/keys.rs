//! The key map as data: key, action, words. Dispatch, the footer and the help read this one table.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::kind::{Words, words};

use super::state::Focus;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Help,
    Quit,
    Leave,
    RunPause,
    Next,
    StepChosen,
    Back,
    Start,
    End,
    Faster,
    Slower,
    Free,
    Again,
    Reseed,
    Flag,
    Signals,
    Act,
    Branch,
    ChooseGrant,
    RunUntil,
    Edit,
    FollowOn,
    FollowBack,
    Mark,
    MarkNext,
    MarkBefore,
    GoTo,
    Inside,
    Params,
    /// The presenter's layout, and out of it.
    Present,
    /// Show nothing until the next key.
    Blank,
    Notes,
    /// Say what one expects of the step that is asked about.
    Guess,
    /// Ask questions or not.
    Questions,
    Focus(Focus),
    ChooseNext,
    ChooseBefore,
    Left,
    Right,
    Up,
    Down,
    ChooseNothing,
    Fold,
    Narrow,
    ScrollLeft,
    ScrollRight,
    Filter,
    Language,
    Theme,
}

/// Where a key means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On the screen of a run.
    Run,
    /// In the list of scenarios.
    List,
    Both,
}

/// One row of the key map.
#[derive(Debug)]
pub struct Binding {
    pub keys: &'static [KeyCode],
    /// The keys as the help shows them.
    pub shown: &'static str,
    pub action: Action,
    pub place: Place,
    /// What it does, for the help.
    pub help: Words,
    /// The same in a word or two, for the footer; empty if the footer does not show it.
    pub brief: Words,
}

const fn key(keys: &'static [KeyCode], shown: &'static str, action: Action, place: Place, help: Words, brief: Words) -> Binding {
    Binding { keys, shown, action, place, help, brief }
}

const NONE: Words = words("", "");

/// All keys, in the order of the help.
pub const BINDINGS: &[Binding] = &[
    key(
        &[KeyCode::Char('n'), KeyCode::PageDown],
        "n PageDown",
        Action::Next,
        Place::Run,
        words("next step; in the past: one step forward", "下一步；在历史中：前进一步"),
        words("step", "下一步"),
    ),
    key(
        &[KeyCode::Char('s')],
        "s",
        Action::StepChosen,
        Place::Run,
        words("a step of the chosen process", "让选中的进程走一步"),
        words("step chosen", "选中者走"),
    ),
    key(
        &[KeyCode::Char('c')],
        "c",
        Action::ChooseGrant,
        Place::Run,
        words("choose who takes the next step, of all who can", "从能走的当中选谁走下一步"),
        words("who goes", "选谁走"),
    ),
    key(
        &[KeyCode::Char('u')],
        "u",
        Action::RunUntil,
        Place::Run,
        words("run until a line, rivals, an object or an end", "运行到某一行、争抢、某个对象或某个结束"),
        NONE,
    ),
    key(
        &[KeyCode::Char(','), KeyCode::PageUp],
        ", PageUp",
        Action::Back,
        Place::Run,
        words("back one step, into the past", "后退一步，进入历史"),
        words("back", "后退"),
    ),
    key(&[KeyCode::Home], "Home", Action::Start, Place::Run, words("to the first step", "到第一步"), NONE),
    key(
        &[KeyCode::End, KeyCode::Char('G')],
        "End G",
        Action::End,
        Place::Run,
        words("out of the past, to now", "离开历史，回到现在"),
        NONE,
    ),
    key(&[KeyCode::Char(' ')], "Space", Action::RunPause, Place::Run, words("run or pause", "运行或暂停"), words("run", "运行")),
    key(
        &[KeyCode::Char('+'), KeyCode::Char('=')],
        "+",
        Action::Faster,
        Place::Run,
        words("more steps a second", "每秒更多步"),
        words("pace", "节奏"),
    ),
    key(&[KeyCode::Char('-'), KeyCode::Char('_')], "-", Action::Slower, Place::Run, words("fewer steps a second", "每秒更少步"), NONE),
    key(
        &[KeyCode::Char('F')],
        "F",
        Action::Free,
        Place::Run,
        words("free: the kernel schedules; again: steps are granted", "放开：由内核调度；再按：逐步放行"),
        NONE,
    ),
    key(
        &[KeyCode::Char('r')],
        "r",
        Action::Again,
        Place::Run,
        words("the very same run again", "同样的运行再来一次"),
        words("again", "重来"),
    ),
    key(
        &[KeyCode::Char('R')],
        "R",
        Action::Reseed,
        Place::Run,
        words("a new run with another seed", "换一个种子，重新运行"),
        words("reseed", "换种子"),
    ),
    key(
        &[KeyCode::Char('p')],
        "p",
        Action::Params,
        Place::Run,
        words("parameters: a new value starts the run again", "参数：新的值会重新开始运行"),
        words("parameters", "参数"),
    ),
    key(
        &[KeyCode::Char('a')],
        "a",
        Action::Guess,
        Place::Run,
        words("answer the question that stands, by a choice", "选一个答案，回答当前的问题"),
        words("answer", "回答"),
    ),
    key(
        &[KeyCode::Char('Q')],
        "Q",
        Action::Questions,
        Place::Run,
        words("no questions, and no pauses for them; again: ask", "不提问，也不为提问而暂停；再按：恢复"),
        NONE,
    ),
    key(
        &[KeyCode::Char('P'), KeyCode::F(5)],
        "P F5",
        Action::Present,
        Place::Run,
        words("the presenter's layout, for projectors; again: out", "演示布局，用于投影；再按：离开"),
        words("present", "演示"),
    ),
    key(&[KeyCode::Char('.')], ".", Action::Blank, Place::Run, words("an empty screen until the next key", "清空屏幕，按任意键恢复"), NONE),
    key(&[KeyCode::Char('N')], "N", Action::Notes, Place::Run, words("the teacher's notes", "教师备注"), NONE),
    key(&[KeyCode::Char('E')], "E", Action::Edit, Place::Run, words("edit the scenario in your editor", "用你的编辑器修改场景"), NONE),
    key(
        &[KeyCode::Tab],
        "Tab",
        Action::ChooseNext,
        Place::Run,
        words("choose the next process or object", "选择下一个进程或对象"),
        words("choose", "选择"),
    ),
    key(&[KeyCode::BackTab], "Shift-Tab", Action::ChooseBefore, Place::Run, words("choose the one before", "选择上一个"), NONE),
    key(
        &[KeyCode::Left, KeyCode::Char('h')],
        "← h",
        Action::Left,
        Place::Run,
        words("choose the process to the left", "选择左边的进程"),
        NONE,
    ),
    key(
        &[KeyCode::Right, KeyCode::Char('l')],
        "→ l",
        Action::Right,
        Place::Run,
        words("choose the process to the right", "选择右边的进程"),
        NONE,
    ),
    key(
        &[KeyCode::Up, KeyCode::Char('k')],
        "↑ k",
        Action::Up,
        Place::Both,
        words("choose the object or line above", "选择上面的对象或行"),
        NONE,
    ),
    key(
        &[KeyCode::Down, KeyCode::Char('j')],
        "↓ j",
        Action::Down,
        Place::Both,
        words("choose the object or line below", "选择下面的对象或行"),
        words("choose", "选择"),
    ),
    key(
        &[KeyCode::Char('0')],
        "0",
        Action::ChooseNothing,
        Place::Run,
        words("choose nothing: follow whoever acts", "什么都不选：跟随正在行动者"),
        NONE,
    ),
    key(
        &[KeyCode::Char('f')],
        "f",
        Action::Fold,
        Place::Run,
        words("unfold or fold the helper threads of the chosen, or all", "展开或折叠所选的（或全部）辅助线程"),
        NONE,
    ),
    key(
        &[KeyCode::Char('z')],
        "z",
        Action::Narrow,
        Place::Run,
        words("narrow the chosen lane to a glyph, or widen it", "把选中的泳道收窄成一个符号，或还原"),
        NONE,
    ),
    key(&[KeyCode::Char('<')], "<", Action::ScrollLeft, Place::Run, words("lanes and objects further left", "看更左边的泳道和对象"), NONE),
    key(
        &[KeyCode::Char('>')],
        ">",
        Action::ScrollRight,
        Place::Run,
        words("lanes and objects further right", "看更右边的泳道和对象"),
        NONE,
    ),
    key(
        &[KeyCode::Char('/')],
        "/",
        Action::Filter,
        Place::Run,
        words("filter: only names or kinds with these words", "筛选：只显示名称或种类含这些词的"),
        NONE,
    ),
    key(
        &[KeyCode::Enter],
        "Enter",
        Action::Act,
        Place::Both,
        words("act on what is chosen; in the list: open", "操作所选；在列表中：打开"),
        words("act", "操作"),
    ),
    key(
        &[KeyCode::Char('b')],
        "b",
        Action::Branch,
        Place::Run,
        words("in the past: the same steps up to here, then live", "在历史中：重走到这里，然后实时继续"),
        NONE,
    ),
    key(
        &[KeyCode::Char(']')],
        "]",
        Action::FollowOn,
        Place::Run,
        words("along the message's way: its next step", "沿着消息的路：它的下一步"),
        NONE,
    ),
    key(
        &[KeyCode::Char('[')],
        "[",
        Action::FollowBack,
        Place::Run,
        words("along the message's way: its step before", "沿着消息的路：它的上一步"),
        NONE,
    ),
    key(
        &[KeyCode::Char('m')],
        "m",
        Action::Mark,
        Place::Run,
        words("mark this step, or take its mark away", "标记这一步，或取消标记"),
        NONE,
    ),
    key(
        &[KeyCode::Char('{')],
        "{",
        Action::MarkBefore,
        Place::Run,
        words("to the mark, death, error or standstill before", "到前一个标记、死亡、错误或卡住处"),
        NONE,
    ),
    key(&[KeyCode::Char('}')], "}", Action::MarkNext, Place::Run, words("to the next of those", "到后一个标记、死亡、错误或卡住处"), NONE),
    key(&[KeyCode::Char('g')], "g", Action::GoTo, Place::Run, words("to a step by its number", "按步号到某一步"), NONE),
    key(
        &[KeyCode::Char('x')],
        "x",
        Action::Inside,
        Place::Run,
        words("inside: the kernel's view of what is chosen", "内部：内核如何看所选之物"),
        NONE,
    ),
    key(
        &[KeyCode::Char('e')],
        "e",
        Action::Flag,
        Place::Run,
        words("set or clear the chosen Event (or the only one)", "设置或清除选中的（或唯一的）Event"),
        words("set Event", "设置 Event"),
    ),
    key(
        &[KeyCode::Char('K')],
        "K",
        Action::Signals,
        Place::Run,
        words("kill, terminate, stop or continue the chosen process", "杀死、终止、停住或继续选中的进程"),
        words("signals", "信号"),
    ),
    key(&[KeyCode::Char('L')], "L", Action::Language, Place::Both, words("English or Chinese", "英文或中文"), words("中文", "English")),
    key(&[KeyCode::Char('1')], "1", Action::Focus(Focus::Everything), Place::Run, words("show everything", "显示全部"), NONE),
    key(
        &[KeyCode::Char('2')],
        "2",
        Action::Focus(Focus::SpaceTime),
        Place::Run,
        words("the space-time picture alone", "只显示时空图"),
        NONE,
    ),
    key(&[KeyCode::Char('3')], "3", Action::Focus(Focus::Objects), Place::Run, words("the objects alone", "只显示对象"), NONE),
    key(&[KeyCode::Char('4')], "4", Action::Focus(Focus::Code), Place::Run, words("the source and what was printed", "源代码与输出"), NONE),
    key(
        &[KeyCode::Char('t')],
        "t",
        Action::Theme,
        Place::Both,
        words("theme: dark, light, high contrast, mono", "主题：深色、浅色、高对比、单色"),
        NONE,
    ),
    key(&[KeyCode::Char('?')], "?", Action::Help, Place::Both, words("these keys", "按键说明"), words("keys", "按键")),
    key(
        &[KeyCode::Esc],
        "Esc",
        Action::Leave,
        Place::Both,
        words("close what is open; from a run: back to the list", "关闭弹出的窗口；从运行回到列表"),
        NONE,
    ),
    key(&[KeyCode::Char('q')], "q Ctrl-C", Action::Quit, Place::Both, words("quit", "退出"), words("quit", "退出")),
];

/// What a key event asks for at a place; none if it means nothing there.
pub fn action(event: KeyEvent, place: Place) -> Option<Action> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    if event.modifiers.contains(KeyModifiers::CONTROL) {
        return (event.code == KeyCode::Char('c')).then_some(Action::Quit);
    }
    if event.modifiers.contains(KeyModifiers::ALT) {
        return None;
    }
    bindings(place).find(|binding| binding.keys.contains(&event.code)).map(|binding| binding.action)
}

/// The rows of the map that hold at a place.
pub fn bindings(place: Place) -> impl Iterator<Item = &'static Binding> {
    BINDINGS.iter().filter(move |binding| binding.place == place || binding.place == Place::Both)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things() {
        for (at, one) in BINDINGS.iter().enumerate() {
            for other in &BINDINGS[at + 1..] {
                for key in one.keys {
                    assert!(!other.keys.contains(key), "{key:?} is bound twice");
                }
            }
        }
    }

    #[test]
    fn every_action_has_words_in_both_languages() {
        for binding in BINDINGS {
            assert!(!binding.help.en.is_empty() && !binding.help.zh.is_empty(), "{:?}", binding.action);
            assert_eq!(binding.brief.en.is_empty(), binding.brief.zh.is_empty(), "{:?}", binding.action);
        }
    }

    #[test]
    fn control_c_quits_everywhere_and_releases_mean_nothing() {
        let quit = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(action(quit, Place::Run), Some(Action::Quit));
        assert_eq!(action(quit, Place::List), Some(Action::Quit));
        let release = KeyEvent::new_with_kind(KeyCode::Char('n'), KeyModifiers::NONE, KeyEventKind::Release);
        assert_eq!(action(release, Place::Run), None);
        assert_eq!(action(KeyEvent::new(KeyCode::Char('n'), KeyModifiers::NONE), Place::List), None);
    }
}
