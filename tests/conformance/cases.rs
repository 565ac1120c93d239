//! `cases.toml`: every case with what it promises, and, where something else than "it holds" is to be
//! said, what and why.

use std::fs;

use serde::Deserialize;

use super::program::{Program, directory};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub number: u32,
    /// The primitive that it is about, where one begins.
    pub about: Option<String>,
    pub promise: String,
    /// A part of the case that no program tries, and why; the rest of it is tried.
    pub left_out: Option<String>,
    /// Where we differ from CPython on purpose, and why.
    pub differs: Option<String>,
    /// Why it is no case here.
    pub not_applicable: Option<String>,
    /// What is missing for it.
    pub open: Option<String>,
}

pub(crate) fn all() -> Vec<Case> {
    let path = directory().join("cases.toml");
    let text = fs::read_to_string(&path).expect("the list of cases");
    toml::from_str::<File>(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())).case
}

/// Every case has programs or says why not, every program belongs to a case, and what is said of Python
/// agrees with the programs' headers.
pub(crate) fn check(cases: &[Case], programs: &[Program]) {
    assert!(cases.is_sorted_by(|a, b| a.number < b.number), "cases.toml: not in order");
    for program in programs {
        assert!(cases.iter().any(|case| case.number == program.case), "{}: cases.toml has no such case", program.name);
        let beside = program.python_path().exists();
        assert_eq!(beside, program.python.is_ok(), "{}: either a program in Python or a word why not", program.name);
    }
    for case in cases {
        let number = case.number;
        let usual = programs.iter().any(|program| program.case == number && program.seeds.is_none());
        let fewer = programs.iter().any(|program| program.case == number && program.seeds.is_some());
        assert!(usual || !fewer, "case {number}: a program under fewer seeds stands beside one under all");
        let own: Vec<&Program> = programs.iter().filter(|program| program.case == number).collect();
        let absent = case.not_applicable.is_some() || case.open.is_some();
        assert_eq!(absent, own.is_empty(), "case {number}: either programs or a word why there are none");
        let said = [&case.differs, &case.not_applicable, &case.open].into_iter().flatten().count();
        assert!(said < 2, "case {number}: one verdict is enough");
        let differs = own.iter().any(|program| program.differs());
        assert!(!differs || case.differs.is_some(), "case {number}: its programs differ from Python's, but cases.toml does not say why");
    }
}
