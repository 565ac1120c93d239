//! `TABLE.md`: all cases and what became of them, written from `cases.toml` and the programs' headers.
//! `IPCSCOPE_WRITE_TABLE=1 cargo test --test conformance table` writes it anew.

use std::fmt::Write;
use std::fs;

use super::cases::{self, Case};
use super::program::{self, Program};

const TOP: &str = "\
# Conformance

What each primitive promises, and whether it holds here. Written by the tests from `cases.toml` and the
headers of the programs; do not edit. Each program is run free and under 20 seeds (a large one beside it
under fewer); *Python* means that
CPython's own `multiprocessing` is held to the same outcomes by the program `.py` beside it.
";

fn row(case: &Case, programs: &[Program]) -> String {
    let own: Vec<&Program> = programs.iter().filter(|program| program.case == case.number).collect();
    let (verdict, why) = match (&case.differs, &case.not_applicable, &case.open) {
        (Some(why), ..) => ("differs on purpose", &why[..]),
        (_, Some(why), _) => ("not applicable", &why[..]),
        (.., Some(why)) => ("**open**", &why[..]),
        _ => ("holds", ""),
    };
    let link = |program: &&Program| format!("[{}]({}.rhai)", program.name, program.name);
    let links: Vec<String> = own.iter().map(link).collect();
    let python = match own.iter().filter(|program| program.python.is_ok()).count() {
        0 => "",
        count if count == own.len() => "Python",
        _ => "Python, in part",
    };
    let mut verdict = if why.is_empty() { verdict.to_owned() } else { format!("{verdict}: {why}") };
    if let Some(left_out) = &case.left_out {
        let _ = write!(verdict, "; not tried: {left_out}");
    }
    format!("| {} | {} | {verdict} | {} | {python} |\n", case.number, case.promise, links.join("<br>"))
}

fn table() -> String {
    let (cases, programs) = (cases::all(), program::all());
    let mut table = TOP.to_owned();
    let count = |what: fn(&Case) -> bool| cases.iter().filter(|case| what(case)).count();
    let (differ, absent, open) =
        (count(|case| case.differs.is_some()), count(|case| case.not_applicable.is_some()), count(|case| case.open.is_some()));
    let _ = writeln!(
        table,
        "\n{} cases: {} hold, {differ} differ on purpose, {absent} are not applicable, {open} are open.",
        cases.len(),
        cases.len() - differ - absent - open
    );
    for case in &cases {
        if let Some(about) = &case.about {
            let _ = write!(table, "\n## {about}\n\n| | promise | here | programs | |\n|---|---|---|---|---|\n");
        }
        table.push_str(&row(case, &programs));
    }
    table
}

#[test]
fn the_table_is_up_to_date() {
    let path = program::directory().join("TABLE.md");
    let table = table();
    if std::env::var_os("IPCSCOPE_WRITE_TABLE").is_some() {
        fs::write(&path, &table).expect("the table is written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == table, "TABLE.md is out of date: IPCSCOPE_WRITE_TABLE=1 cargo test --test conformance table");
}
