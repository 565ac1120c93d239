//! One thing has one name, in each language: what it is not called any more, over everything that a person reads.

use std::fs;
use std::path::{Path, PathBuf};

use super::gallery;
use crate::kind::Lang;
use crate::text;
use crate::trace::{Body, Event};
use crate::tui::narrate;
use crate::tui::state::Chosen;
use crate::world::World;
use crate::world::remedy::remedies;

/// A name or a phrase that is not used, and what is said in its place.
const NOT_SAID: &[(&str, &str)] = &[
    ("no limit, {", "no bound; {"),
    ("feeder thread", "feeder"),
    ("helper thread", "thread, or feeder"),
    ("empty or free", "which locks are free"),
    ("个空闲部分", "哪些锁空闲"),
    ("送料", "写入线程"),
    ("辅助线程", "线程，或写入线程"),
    ("旗", "标志"),
    ("服务进程", "服务器进程"),
    ("服务端", "服务器端"),
    ("槽", "空位"),
    ("闸门", "放行"),
    ("旅行", "传、寄"),
    ("放不开", "谁也不会因此继续"),
    ("又醒了", "醒来"),
    ("的时间到了", "时间到"),
    ("得到同一样", "抢同一样东西"),
    ("刚走完", "走完之后"),
    ("（来自", "（能发送的"),
    ("被继续", "恢复运行"),
    ("被停止", "被停住"),
    ("走到尽头", "代码走完"),
    ("到了终点", "代码走完"),
    ("正在关闭", "关闭标志"),
    ("长睡不醒", "永远睡着"),
];

/// English that stands inside of Chinese where Chinese has a word for it. Names that a script can have, like
/// `main`, and words of the language, like `put`, stay.
const NOT_IN_CHINESE: &[(&str, &str)] = &[("feeder", "写入线程"), (" manager ", "管理器"), ("manager 的", "管理器的"), ("flag", "标志")];

/// The files with words for people. Tests say what they like.
fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = vec![root.join("README.md"), root.join("GUIDE.md")];
    let mut folders = vec![root.join("src"), root.join("scenarios")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the project").filter_map(Result::ok) {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            match path.is_dir() {
                true if name == "tests" || name == "snapshots" => {}
                true => folders.push(path),
                false if name.contains("tests") || name == "sample.rs" => {}
                false => found.push(path),
            }
        }
    }
    found
}

/// The lines of a file that are shown to somebody; comments, and tests at its end, are not. A line in both languages
/// counts as two.
fn shown(text: &str, is_rust: bool) -> impl Iterator<Item = &str> {
    let text = if is_rust { text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text) } else { text };
    text.lines().filter(move |line| !is_rust || !line.trim_start().starts_with("//")).flat_map(|line| line.split(" / "))
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

/// A blank between two Chinese characters, which Chinese does not write.
fn torn(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    chars.windows(3).any(|three| is_han(three[0]) && three[1] == ' ' && is_han(three[2]))
}

#[test]
fn no_thing_is_called_by_an_old_name() {
    let mut wrong = Vec::new();
    for path in files() {
        let is_rust = path.extension().is_some_and(|end| end == "rs");
        let text = fs::read_to_string(&path).expect("a readable file");
        for line in shown(&text, is_rust) {
            let chinese = line.chars().any(is_han);
            let other = NOT_IN_CHINESE.iter().filter(|(old, _)| chinese && chinese_pieces(line).any(|piece| piece.contains(old)));
            for (old, new) in NOT_SAID.iter().filter(|(old, _)| line.contains(old)).chain(other) {
                wrong.push(format!("{}: {old:?} is called {new:?}: {}", path.display(), line.trim()));
            }
            if chinese_pieces(line).any(torn) {
                wrong.push(format!("{}: a blank between Chinese words: {}", path.display(), line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The texts of a line, parted at quotes, that have Chinese in them: a line of Rust has English beside it.
fn chinese_pieces(line: &str) -> impl Iterator<Item = &str> {
    line.split('"').filter(|piece| piece.chars().any(is_han))
}

/// All that is said in Chinese of a run, event by event, of everybody and everything.
fn said(events: &[Event]) -> Vec<String> {
    let lang = Lang::Zh;
    let mut said = Vec::new();
    let mut world = World::new();
    for event in events {
        let before = world.clone();
        world.apply(event);
        said.push(text::sentence(&before, &world, event, lang));
        said.push(text::row(&before, &world, event, lang));
        for actor in world.all_actors() {
            said.extend(text::waiting(&world, actor.id, lang));
            said.extend(text::announced(&world, actor.id, lang));
            said.extend(text::chain(&world, actor.id, lang).map(|chain| chain.to_string()));
            said.push(narrate::stands(&world, actor.id, lang));
        }
        let chosen = world.all_objects().filter_map(|object| narrate::chosen(&world, Chosen::Object(object.id), lang));
        said.extend(chosen.map(|stands| format!("{stands:?}")));
        said.push(text::stuck(&world, lang));
        said.extend(text::proved(&world, lang));
        let still = text::standstill(&world, lang);
        said.extend(still.said.into_iter().chain(still.chains.iter().map(ToString::to_string)));
        said.extend(remedies(&world).iter().map(|remedy| narrate::remedy(&world, remedy, lang)));
    }
    said
}

#[test]
fn chinese_has_no_blank_between_its_words_whatever_the_processes_are_called() {
    use crate::world::sample;
    let mut runs: Vec<Vec<Event>> =
        [sample::queue_run(), sample::condition_run(), sample::stuck_run(), sample::locks_run(), sample::asleep_run(), sample::event_run()]
            .into_iter()
            .map(|run| run.events)
            .collect();
    runs.extend([gallery::events(), gallery::others(), gallery::lost(), gallery::running()]);
    let mut wrong = Vec::new();
    for events in &mut runs {
        for (at, event) in events.iter_mut().enumerate() {
            if let Body::Born(born) = &mut event.body {
                born.name = ["甲", "乙", "丙", "丁"][at % 4].to_owned();
            }
        }
        // The blanks in what a scenario prints are its own.
        wrong.extend(said(events).into_iter().filter(|text| torn(text) && !text.contains("取到 你好")));
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Beside the mark of who can go on, a step that leaves a wait does not say so a second time.
#[test]
fn a_step_out_of_a_wait_does_not_say_twice_that_it_goes_on() {
    let mut left = 0;
    for run in [crate::world::sample::queue_run().events, gallery::events(), gallery::others()] {
        let mut world = World::new();
        for event in &run {
            world.apply(event);
            for actor in world.all_actors() {
                let Some(next) = text::announced(&world, actor.id, Lang::Zh) else { continue };
                assert!(!next.starts_with("继续："), "{next}");
                left += usize::from(next.starts_with("接着"));
            }
        }
    }
    assert!(left > 0, "nobody left a wait");
}
