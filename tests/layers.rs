//! Holds the layers: who may use whom, and where the dangerous and the foreign may be named.
//!
//! It reads the sources as text, so it sees code under every `cfg`, tests included. Comments are
//! left out. Every rule is tried on an offender below, for a rule that catches nothing is none.

use std::fs;
use std::path::{Path, PathBuf};

/// Modules in reading order, from `lib.rs`; each uses only those before it.
fn order(lib: &str) -> Vec<&str> {
    lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect()
}

/// Modules whose own files stand in reading order too, each using only those before it.
const ORDERED: [&str; 2] = ["ipc", "script"];

/// The files of a module in reading order, from its `mod.rs`; those for tests alone have no place in it.
fn files_in_order(module: &str) -> Vec<&str> {
    let lines: Vec<&str> = module.lines().collect();
    let names = lines.iter().enumerate().filter_map(|(at, line)| {
        let name = line.strip_prefix("pub ").unwrap_or(line).strip_prefix("mod ")?.strip_suffix(';')?;
        (at == 0 || lines[at - 1] != "#[cfg(test)]").then_some(name)
    });
    names.collect()
}

/// These work without a single process, so that another front end can feed them.
const PROCESS_FREE: [&str; 5] = ["trace", "kind", "world", "text", "tui"];
const PROCESSES: [&str; 6] = ["sys", "arena", "ipc", "script", "child", "host"];

/// What only some may name: the words, who may, and why nobody else.
const RESERVED: [(&[&str], &[&str], &str); 8] = [
    (&["unsafe", "libc"], &["src/sys/"], "unsafe code has one home"),
    (&["rhai::"], &["src/script/", "src/child/"], "the language is the script's business"),
    (&["ratatui", "crossterm"], &["src/tui/"], "the screen is drawn in one place"),
    (&["bincode"], &["src/trace/", "src/ipc/value.rs"], "bytes are made of events and values only"),
    (
        &["config::standard", "decode_from_slice", "decode_from_reader"],
        &["src/trace/codec.rs", "src/ipc/value.rs"],
        "every decoding has a limit",
    ),
    (&["TODO", "FIXME", "todo!", "unimplemented!", "dbg!", "#[ignore"], &[], "what is not done is not in the code"),
    (
        &["bump"],
        &["src/arena/", "src/host/", "src/ipc/wake.rs", "src/ipc/monitor_tests"],
        "one call wakes, and what it wakes is not forgotten",
    ),
    (&["Instant", "SystemTime", "std::fs"], &NOT_PURE, "the world, the kinds and the sentences are pure"),
];
const NOT_PURE: [&str; 12] = [
    "src/sys/",
    "src/trace/",
    "src/arena/",
    "src/ipc/",
    "src/script/",
    "src/child/",
    "src/host/",
    "src/tui/",
    "src/cli",
    "src/app",
    "src/main.rs",
    "src/lib.rs",
];

/// Where code may switch a lint off: the line that opens `sys` for unsafe code.
const ALLOWED: (&str, &str) = ("src/lib.rs", "#[allow(unsafe_code)]");

/// A source file: its path from the project's root, and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn module(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        inside.split('/').next().map(|first| first.strip_suffix(".rs").unwrap_or(first))
    }

    /// The text with every comment blanked out, line by line.
    fn code(&self) -> String {
        let code = |line: &str| match line.trim_start().starts_with("//") {
            true => String::new(),
            false => line.split(" // ").next().unwrap_or_default().to_owned(),
        };
        self.text.lines().map(|line| code(line) + "\n").collect()
    }

    fn offence(&self, at: usize, why: &str) -> String {
        let line = self.text.lines().nth(at).unwrap_or_default().trim();
        format!("{}:{}: {why}: {line}", self.path, at + 1)
    }
}

fn sources(root: &Path) -> Vec<Source> {
    let mut sources = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("a source").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a text");
                let path = path.strip_prefix(root).expect("under the root").to_string_lossy().into_owned();
                sources.push(Source { path, text });
            }
        }
    }
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    sources
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The lines where `word` stands by itself.
fn lines_with(code: &str, word: &str) -> Vec<usize> {
    let stands_alone = |line: &str| {
        line.match_indices(word).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let after = line[at + word.len()..].chars().next();
            !(word.starts_with(is_word) && before.is_some_and(is_word) || word.ends_with(is_word) && after.is_some_and(is_word))
        })
    };
    code.lines().enumerate().filter(|(_, line)| stands_alone(line)).map(|(at, _)| at).collect()
}

/// The modules that code names after a prefix such as `crate::`, with their lines; groups are opened.
fn used_modules(code: &str, prefix: &str) -> Vec<(usize, String)> {
    let mut used = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        if code[..at].ends_with(|letter| is_word(letter) || letter == '$' || letter == ':') {
            continue;
        }
        let line = code[..at].matches('\n').count();
        let rest = &code[at + prefix.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            used.push((line, rest.chars().take_while(|&letter| is_word(letter)).collect()));
            continue;
        };
        let (mut depth, mut name, mut naming) = (0, String::new(), true);
        for letter in group.chars() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    used.push((line, std::mem::take(&mut name)));
                    naming = true;
                }
                letter if depth == 0 && naming && is_word(letter) => name.push(letter),
                letter if depth == 0 && !letter.is_whitespace() => naming = false,
                _ => {}
            }
        }
        used.push((line, name));
    }
    used
}

fn offences(source: &Source, order: &[&str]) -> Vec<String> {
    let mut offences = Vec::new();
    let code = source.code();
    if !source.text.starts_with("//!") {
        offences.push(source.offence(0, "a file opens with what it is"));
    }
    let module = source.module().unwrap_or_default();
    if let Some(layer) = order.iter().position(|&name| name == module) {
        for (line, used) in used_modules(&code, "crate::") {
            let other = order.iter().position(|&name| name == used);
            if other.is_some_and(|other| other > layer) {
                offences.push(source.offence(line, "uses a later module"));
            }
            if PROCESS_FREE.contains(&module) && PROCESSES.contains(&used.as_str()) {
                offences.push(source.offence(line, "must work without a process"));
            }
        }
    }
    for (words, homes, why) in RESERVED {
        if !homes.iter().any(|home| source.path.starts_with(home)) {
            for word in words {
                offences.extend(lines_with(&code, word).into_iter().map(|line| source.offence(line, why)));
            }
        }
    }
    for line in lines_with(&code, "allow(") {
        if (source.path.as_str(), code.lines().nth(line).unwrap_or_default()) != ALLOWED {
            offences.push(source.offence(line, "no lint is switched off"));
        }
    }
    offences
}

/// What a file of an ordered module uses of those after it. Tests may use what they test with.
fn disorder(source: &Source, files: &[&str]) -> Vec<String> {
    let module = source.module().unwrap_or_default();
    let inside = source.path.split('/').nth(2).unwrap_or_default();
    let Some(place) = files.iter().position(|&name| name == inside.strip_suffix(".rs").unwrap_or(inside)) else { return Vec::new() };
    if source.path.ends_with("/tests.rs") {
        return Vec::new();
    }
    let code = source.code();
    let code = code.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut used = used_modules(code, &format!("crate::{module}::"));
    if inside.ends_with(".rs") {
        used.extend(used_modules(code, "super::"));
    }
    let after = |used: &str| files.iter().position(|&name| name == used).is_some_and(|other| other > place);
    used.into_iter().filter(|(_, used)| after(used)).map(|(line, _)| source.offence(line, "uses a later file of its module")).collect()
}

/// How the items begin that others may use.
const PUBLIC: [&str; 7] = ["pub fn ", "pub const fn ", "pub unsafe fn ", "pub struct ", "pub enum ", "pub trait ", "pub type "];

/// Public items without a comment that says what they are. What is compiled for tests alone needs none.
fn undocumented(source: &Source) -> Vec<String> {
    let lines: Vec<&str> = source.text.lines().collect();
    let mut offences = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        if line.starts_with("mod ") && line.ends_with('{') && at > 0 && lines[at - 1] == "#[cfg(test)]" {
            at += lines[at..].iter().position(|line| *line == "}").unwrap_or(lines.len() - at);
        } else if PUBLIC.iter().any(|start| line.trim_start().starts_with(start)) {
            let (above, for_tests) = above_attributes(&lines[..at]);
            if !for_tests && !above.trim_start().starts_with("///") {
                offences.push(source.offence(at, "a public item says what it is"));
            }
        }
        at += 1;
    }
    offences
}

/// The line above the attributes at the end, which may be of several lines, and whether one of them is for tests.
fn above_attributes<'a>(lines: &[&'a str]) -> (&'a str, bool) {
    let (mut for_tests, mut inside) = (false, false);
    for line in lines.iter().rev() {
        let begins = line.trim_start().starts_with("#[");
        if !begins && !inside && (!line.ends_with(")]") || line.trim_start().starts_with("//")) {
            return (line, for_tests);
        }
        for_tests |= line.trim() == "#[cfg(test)]";
        inside = !begins;
    }
    ("", for_tests)
}

/// The files that a file has for tests alone, as the beginnings of their paths.
fn test_files(source: &Source) -> Vec<String> {
    let own = source.path.strip_suffix(".rs").unwrap_or(&source.path);
    let folder = ["/mod", "/lib", "/main"].iter().find_map(|root| own.strip_suffix(root)).unwrap_or(own);
    let lines: Vec<&str> = source.text.lines().collect();
    let names = lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]").filter_map(|pair| {
        let line = pair[1].strip_prefix("pub ").unwrap_or(pair[1]);
        line.strip_prefix("mod ")?.strip_suffix(';')
    });
    names.flat_map(|name| [format!("{folder}/{name}.rs"), format!("{folder}/{name}/")]).collect()
}

#[test]
fn every_public_item_says_what_it_is() {
    let sources = sources(Path::new(env!("CARGO_MANIFEST_DIR")));
    let for_tests: Vec<String> = sources.iter().flat_map(test_files).collect();
    let own = sources.iter().filter(|source| !for_tests.iter().any(|path| source.path.starts_with(path)));
    let offences: Vec<String> = own.flat_map(undocumented).collect();
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}

#[test]
fn the_files_of_an_ordered_module_use_those_before_them() {
    let sources = sources(Path::new(env!("CARGO_MANIFEST_DIR")));
    for module in ORDERED {
        let list = sources.iter().find(|source| source.path == format!("src/{module}/mod.rs")).expect("a list of files");
        let files = files_in_order(&list.text);
        let own: Vec<&Source> = sources.iter().filter(|source| source.module() == Some(module)).collect();
        let offences: Vec<String> = own.iter().flat_map(|source| disorder(source, &files)).collect();
        assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
        assert!(files.len() > 5, "{module}: {files:?}");
    }
}

#[test]
fn every_source_keeps_to_its_layer() {
    let sources = sources(Path::new(env!("CARGO_MANIFEST_DIR")));
    let lib = sources.iter().find(|source| source.path == "src/lib.rs").expect("the library");
    let order = order(&lib.text);
    let offences: Vec<String> = sources.iter().flat_map(|source| offences(source, &order)).collect();
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}

#[test]
fn the_order_is_the_one_that_was_agreed() {
    let agreed = ["sys", "trace", "kind", "world", "text", "arena", "ipc", "script", "child", "host", "tui", "export"];
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).expect("the library");
    let shared: Vec<&str> = order(&lib).into_iter().filter(|name| agreed.contains(name)).collect();
    let there: Vec<&str> = agreed.into_iter().filter(|name| shared.contains(name)).collect();
    assert_eq!(shared, there);
    assert!(shared.len() >= 11, "{shared:?}");
}

/// What is found in a file at `path` that has these lines after its opening comment.
fn found(path: &str, lines: &str) -> usize {
    let order = ["sys", "trace", "kind", "world", "text", "arena", "ipc", "script", "child", "host", "tui"];
    offences(&Source { path: path.into(), text: format!("//! A file.\n{lines}\n") }, &order).len()
}

#[test]
fn every_rule_catches_its_offender_and_nobody_else() {
    for (path, lines, offences) in [
        ("src/trace/id.rs", "use crate::world::World;", 1),
        ("src/world/fold.rs", "use crate::trace::Event;\nuse crate::{kind, trace::{id, event}};", 0),
        ("src/world/fold.rs", "use crate::{kind::{self, world}, text, trace};", 1),
        ("src/world/fold.rs", "fn f() {\n    crate::tui::draw();\n}", 1),
        ("src/world/fold.rs", "// crate::tui::draw();", 0),
        ("src/tui/view.rs", "use crate::world::World;", 0),
        ("src/tui/view.rs", "use crate::host::Host;", 1),
        ("src/text/mod.rs", "use crate::sys::clock;", 1),
        ("src/host/mod.rs", "use crate::{arena, child, sys};", 0),
        ("src/app.rs", "use crate::{host, tui};", 0),
        ("src/ipc/pipe.rs", "unsafe { f() }", 1),
        ("src/sys/pipe.rs", "unsafe { f() }", 0),
        ("src/ipc/pipe.rs", "let unsafe_code = 1; // unsafe", 0),
        ("src/ipc/pipe.rs", "use rhai::Dynamic;", 1),
        ("src/host/mod.rs", "use ratatui::Frame;", 1),
        ("src/ipc/frame.rs", "use bincode::Encode;", 1),
        ("src/trace/event.rs", "use bincode::Encode;", 0),
        ("src/trace/event.rs", "let c = bincode::config::standard();", 1),
        ("src/kind/lock.rs", "let now = std::time::Instant::now();", 1),
        ("src/ipc/pipe.rs", "#[allow(dead_code)]", 1),
        ("src/lib.rs", "#[allow(unsafe_code)]\npub mod sys;", 0),
        ("src/ipc/pipe.rs", "todo!()", 1),
        ("src/ipc/pipe.rs", "ctx.arena.bump(next);", 1),
        ("src/ipc/wake.rs", "self.arena.bump(next); arena.bump_pipe_version(id);", 0),
    ] {
        assert_eq!(found(path, lines), offences, "{path}: {lines}");
    }
    assert_eq!(offences(&Source { path: "src/ipc/a.rs".into(), text: "use std::io;\n".into() }, &["ipc"]).len(), 1);
}

#[test]
fn an_order_of_files_catches_its_offender_and_nobody_else() {
    let files = files_in_order("//! A list.\npub mod raise;\n\nmod convert;\n\nmod lock;\n\n#[cfg(test)]\nmod bench;\n");
    assert_eq!(files, ["raise", "convert", "lock"]);
    for (path, lines, offences) in [
        ("src/script/raise.rs", "use super::lock::take;", 1),
        ("src/script/raise.rs", "use super::{convert, lock::{take, x}};", 2),
        ("src/script/raise.rs", "fn f() { crate::script::lock::take() }", 1),
        ("src/script/raise.rs", "// super::lock", 0),
        ("src/script/raise.rs", "use crate::ipc::lock;", 0),
        ("src/script/raise.rs", "#[cfg(test)]\nmod tests {\n    use super::lock;\n}", 0),
        ("src/script/lock.rs", "use super::{convert, raise};", 0),
        ("src/script/convert/parse.rs", "use super::lock;\nuse crate::script::lock::take;", 1),
        ("src/script/convert/tests.rs", "use crate::script::lock::take;", 0),
    ] {
        let source = Source { path: path.into(), text: format!("//! A file.\n{lines}\n") };
        assert_eq!(disorder(&source, &files).len(), offences, "{path}: {lines}");
    }
}

#[test]
fn a_public_item_without_a_comment_is_found_and_nothing_else() {
    for (lines, offences) in [
        ("pub fn f() {}", 1),
        ("pub const fn f() {}", 1),
        ("pub unsafe fn f() {}", 1),
        ("pub struct A;\npub enum B {}\npub trait C {}\npub type D = A;", 4),
        ("impl A {\n    pub fn f() {}\n}", 1),
        ("// Not a doc.\npub fn f() {}", 1),
        ("/// Of another.\nfn f() {}\n\npub fn g() {}", 1),
        ("#[derive(Debug)]\n#[repr(u32)]\npub enum A {}", 1),
        ("#[derive(\n    Debug,\n)]\npub enum A {}", 1),
        ("/// Says it.\npub fn f() {}", 0),
        ("impl A {\n    /// Says it.\n    #[inline]\n    pub fn f() {}\n}", 0),
        ("/// Says it.\n#[command(about = \"a\\\n    b\")]\n#[derive(\n    Debug,\n)]\npub struct A;", 0),
        ("/// Says it, as in a[f(1)]\npub fn f() {}", 0),
        ("fn f() {}\npub(crate) fn g() {}\npub(super) struct A;", 0),
        ("#[cfg(test)]\npub fn f() {}", 0),
        ("#[cfg(test)]\nmod tests {\n    pub fn f() {}\n}\n\npub fn g() {}", 1),
        ("#[cfg(test)]\nmod tests;\n\npub fn g() {}", 1),
    ] {
        let source = Source { path: "src/ipc/a.rs".into(), text: format!("//! A file.\n\n{lines}\n") };
        assert_eq!(undocumented(&source).len(), offences, "{lines}");
    }
    let list = |path: &str| test_files(&Source { path: path.into(), text: "pub mod a;\n#[cfg(test)]\nmod b;\n".into() });
    assert_eq!(list("src/ipc/mod.rs"), ["src/ipc/b.rs", "src/ipc/b/"]);
    assert_eq!(list("src/ipc/pipe.rs"), ["src/ipc/pipe/b.rs", "src/ipc/pipe/b/"]);
    assert_eq!(list("src/lib.rs"), ["src/b.rs", "src/b/"]);
}
