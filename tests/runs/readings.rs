//! What only reads writes nothing: every function of the engine, called on an item of each kind that a shared
//! object may hold. A change of what was read is told as a change of the reader's own copy; where a method of an object
//! works on its own fields it is a write. Which functions change what they are called on, the engine says by itself.

use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::ops::{Range, RangeInclusive};
use std::path::PathBuf;
use std::sync::Arc;

use rhai::{Array, Blob, Dynamic, Engine, FLOAT, FnPtr, INT, ImmutableString, Map};

use crate::common::{PATIENCE, events};
use ipcscope::host::{Config, Ended, Run};
use ipcscope::kind::managed::COPY;
use ipcscope::script::scenario::assemble;
use ipcscope::trace::{Acted, Body, Change};

/// An item of each kind.
const ITEMS: &[(&str, &str)] = &[
    ("unit", "()"),
    ("yes", "true"),
    ("number", "3"),
    ("fraction", "1.5"),
    ("text", "\"12\""),
    ("bytes", "blob(4, 7)"),
    ("list", "[3, 1, 2]"),
    ("map", "#{a: 1, b: [2]}"),
];

/// Where an item may be read, with `ITEM` for its name.
const HOLDERS: &[&str] = &["l[at.ITEM]", "d[\"ITEM\"]", "d.ITEM", "ns.ITEM", "deep[\"all\"][\"ITEM\"]"];

/// These are about the whole process or its source, not about an item.
const NOT_OF_ITEMS: [&str; 3] = ["eval", "exit", "sleep"];

/// A call on an item, and whether it changes what it is called on.
struct Line {
    source: String,
    changes: bool,
}

/// How an argument of a type is written; none for types that no item can be given as.
fn argument(of: TypeId) -> Option<&'static str> {
    let written: &[(TypeId, &str)] = &[
        (TypeId::of::<Dynamic>(), "1"),
        (TypeId::of::<bool>(), "true"),
        (TypeId::of::<INT>(), "1"),
        (TypeId::of::<FLOAT>(), "2.0"),
        (TypeId::of::<char>(), "'o'"),
        (TypeId::of::<ImmutableString>(), "\"o\""),
        (TypeId::of::<Array>(), "[9]"),
        (TypeId::of::<Blob>(), "blob(1, 9)"),
        (TypeId::of::<Map>(), "#{z: 9}"),
        (TypeId::of::<FnPtr>(), "|x| x"),
        (TypeId::of::<Range<INT>>(), "0..1"),
        (TypeId::of::<RangeInclusive<INT>>(), "0..=1"),
    ];
    written.iter().find(|(known, _)| *known == of).map(|(_, written)| *written)
}

/// All calls `item.name(…)` that the engine knows for an item, with arguments that fit their types.
fn calls(engine: &Engine, item: &str) -> BTreeSet<String> {
    let value: Dynamic = engine.eval(item).expect("an item");
    let of = value.type_id();
    let known = engine.collect_fn_metadata(None, |info| Some((info.metadata.name.to_string(), info.metadata.param_types.to_vec())), true);
    let is_name = |name: &str| name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
    known
        .into_iter()
        .filter(|(name, types)| is_name(name) && !NOT_OF_ITEMS.contains(&name.as_str()) && types.first() == Some(&of))
        .filter_map(|(name, types)| {
            let args: Option<Vec<_>> = types[1..].iter().map(|of| argument(*of)).collect();
            Some(format!("{name}({})", args?.join(", ")))
        })
        // A reserved word is no method.
        .filter(|call| engine.compile(format!("item.{call}")).is_ok())
        .collect()
}

/// Whether a call changes an item, by what the engine alone makes of it.
fn changes(engine: &Engine, item: &str, call: &str) -> bool {
    engine
        .eval(&format!("let item = {item}; let before = item.to_debug(); try {{ item.{call}; }} catch {{}} item.to_debug() != before"))
        .unwrap_or_else(|error| panic!("{item}.{call}: {error}"))
}

/// A program whose process calls everything on everything, a call a line; the lines by their numbers.
fn program() -> (String, BTreeMap<u32, Line>) {
    let engine = Engine::new();
    let mut lines = BTreeMap::new();
    let mut source = String::new();
    let mut line_of = |source: &mut String, held: &str, call: &str, changes| {
        let line = format!("try {{ {held}.{call}; }} catch {{}}");
        writeln!(source, "{line}").expect("a text");
        lines.insert(source.lines().count() as u32, Line { source: line, changes });
    };
    source.push_str("fn all(v, a, l, d, ns, deep, kept) {\nlet at = #{");
    for (at, (name, _)) in ITEMS.iter().enumerate() {
        write!(source, "{name}: {at}, ").expect("a text");
    }
    source.push_str("};\n");
    for (name, item) in ITEMS {
        for call in calls(&engine, item) {
            let changes = changes(&engine, item, &call);
            for holder in HOLDERS {
                line_of(&mut source, &holder.replace("ITEM", name), &call, changes);
            }
        }
    }
    for call in calls(&engine, "3") {
        let changes = changes(&engine, "3", &call);
        line_of(&mut source, "v.value", &call, changes);
        line_of(&mut source, "a[0]", &call, changes);
    }
    source.push_str("kept.all();\n}\nfn Kept() { #{ all: own, ");
    let items: Vec<String> = ITEMS.iter().map(|(name, item)| format!("{name}: {item}")).collect();
    writeln!(source, "{} }} }}\nfn own() {{", items.join(", ")).expect("a text");
    for (name, item) in ITEMS {
        for call in calls(&engine, item) {
            // Each call has the field as it was made, whatever the calls before it did: that is a line of its own.
            writeln!(source, "this.{name} = {item};").expect("a text");
            let changes = changes(&engine, item, &call);
            line_of(&mut source, &format!("this.{name}"), &call, changes);
        }
    }
    let (values, map): (Vec<&str>, String) = (ITEMS.iter().map(|(_, item)| *item).collect(), items.join(", "));
    write!(
        source,
        r#"}}
let k = Manager();
let m = BaseManager();
m.register("Kept", Kept);
m.start();
let ns = k.Namespace();
{}
let p = Process(all, [Value("i", 3), Array("i", [3]), k.list([{}]), k.dict(#{{{map}}}), ns, k.dict(#{{all: #{{{map}}}}}), m.create("Kept", [])]);
p.start();
p.join();
print(p.exitcode);
"#,
        ITEMS.iter().map(|(name, item)| format!("ns.{name} = {item};")).collect::<String>(),
        values.join(", "),
    )
    .expect("a text");
    (source, lines)
}

fn writes(acted: &Acted) -> bool {
    acted.changes.iter().any(|change| matches!(change, Change::Wrote { .. }))
}

#[test]
fn no_function_of_the_engine_writes_what_the_source_does_not() {
    let (source, lines) = program();
    let scenario = Arc::new(assemble("readings", "readings.rhai", &source, None).unwrap_or_else(|wrong| panic!("{wrong:?}")));
    let config = Config { exe: PathBuf::from(env!("CARGO_BIN_EXE_ipcscope")), time_limit: Some(PATIENCE), ..Config::new(scenario, 1) };
    let mut run = Run::start(config).expect("the run starts");
    let ended = run.wait().ended;
    let (mut written, mut copies) = (BTreeMap::<u32, usize>::new(), BTreeMap::<u32, usize>::new());
    let mut printed = String::new();
    for event in events(&run) {
        match event.body {
            Body::Acted(acted) if acted.op == COPY.id => *copies.entry(acted.line).or_default() += 1,
            Body::Acted(acted) if writes(&acted) => *written.entry(acted.line).or_default() += 1,
            Body::Printed(text) => printed.push_str(&text.text),
            _ => {}
        }
    }
    run.close();
    assert_eq!((ended, printed.trim()), (Some(Ended::Finished), "0"), "the process did it all");
    let mut wrong = Vec::new();
    for (number, line) in &lines {
        let own = line.source.contains("this.");
        let told = (written.get(number).copied().unwrap_or(0), copies.get(number).copied().unwrap_or(0));
        let right = if own { (usize::from(line.changes), 0) } else { (0, usize::from(line.changes)) };
        if told != right {
            wrong.push(format!("{}: (writes, copies) are {told:?} instead of {right:?}", line.source));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), lines.len(), wrong.join("\n"));
    // Else the engine's list was not read.
    assert!(lines.len() > 1000 && lines.values().filter(|line| line.changes).count() > 100, "{} calls", lines.len());
}
