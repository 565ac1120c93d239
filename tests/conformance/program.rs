//! The programs of the cases, and what their headers say. A header is the comment at the top of the file:
//! some words on the case, an empty line, and then any of
//!
//! ```text
//! // prints                    the lines follow, indented (see `allowed`); `prints nothing`
//! // or                        another output that is as good
//! // all seen                  each of them must come under some seed
//! // complains                 the lines of uncaught errors' messages follow, of ours only
//! // seeds 1                   fewer seeds than usual, for a large one beside a small one of the same case
//! // exits 1                   the exit status, if it is not 0
//! // stuck: deadlock, unread   nobody can move any more, and these are the verdicts
//! // python prints             and `python exits`, `python is stuck`: where CPython differs on purpose
//! // no python: why            CPython has no counterpart
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use super::allowed::Allowed;

/// How a run ends.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum End {
    Exit(i32),
    /// With these verdicts; Python gives none.
    Stuck(Vec<String>),
}

impl End {
    /// Whether an end is as this says. A verdict that is not named may be there too.
    pub(crate) fn covers(&self, given: &End) -> bool {
        match (self, given) {
            (End::Stuck(wanted), End::Stuck(found)) => wanted.iter().all(|rule| found.contains(rule)),
            _ => self == given,
        }
    }
}

/// What is allowed to happen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Expected {
    pub allowed: Vec<Allowed>,
    pub end: End,
}

pub(crate) struct Program {
    /// The number of its case.
    pub case: u32,
    /// `FAMILY/NNN-name`.
    pub name: String,
    pub family: String,
    /// From the package's root, as messages name it.
    pub path: String,
    pub here: Expected,
    /// Of CPython, or why it has no such program.
    pub python: Result<Expected, String>,
    /// The lines of uncaught errors' messages.
    pub complains: Vec<String>,
    /// Each of the outputs must be seen.
    pub all_seen: bool,
    /// Fewer seeds than usual.
    pub seeds: Option<u64>,
}

impl Program {
    pub(crate) fn python_path(&self) -> PathBuf {
        Path::new(&self.path).with_extension("py")
    }

    /// Whether the header says something of its own about Python.
    pub(crate) fn differs(&self) -> bool {
        self.python.as_ref().is_ok_and(|python| *python != self.here)
    }
}

pub(crate) fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance")
}

/// All programs, sorted by name.
pub(crate) fn all() -> Vec<Program> {
    let mut found = Vec::new();
    for family in entries(&directory()).into_iter().filter(|path| path.is_dir()) {
        let sources = entries(&family).into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rhai"));
        found.extend(sources.map(|path| read(&path).unwrap_or_else(|wrong| panic!("{}: {wrong}", path.display()))));
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

pub(crate) fn entries(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    entries.map(|entry| entry.expect("a directory's entry").path()).collect()
}

fn read(path: &Path) -> Result<Program, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let name = |path: Option<&Path>| path.and_then(Path::file_stem).map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (file, family) = (name(Some(path)), name(path.parent()));
    let case = file.split('-').next().and_then(|number| number.parse().ok()).ok_or("its name begins with no number")?;
    let header = Header::parse(&text)?;
    let here = Expected { allowed: header.here, end: header.end.unwrap_or(End::Exit(0)) };
    if here.allowed.is_empty() {
        return Err("the header does not say what it prints".to_owned());
    }
    let python = match header.no_python {
        Some(why) => Err(why),
        None => Ok(Expected {
            allowed: if header.python.is_empty() { here.allowed.clone() } else { header.python },
            end: header.python_end.unwrap_or_else(|| here.end.clone()),
        }),
    };
    let name = format!("{family}/{file}");
    Ok(Program {
        case,
        path: format!("tests/conformance/{name}.rhai"),
        name,
        family,
        here,
        python,
        complains: header.complains,
        all_seen: header.all_seen,
        seeds: header.seeds,
    })
}

#[derive(Default)]
struct Header {
    here: Vec<Allowed>,
    end: Option<End>,
    python: Vec<Allowed>,
    python_end: Option<End>,
    no_python: Option<String>,
    complains: Vec<String>,
    all_seen: bool,
    seeds: Option<u64>,
}

impl Header {
    fn parse(text: &str) -> Result<Header, String> {
        let lines: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//")).collect();
        let mut lines = lines.into_iter().skip_while(|line| !line.is_empty()).skip(1).peekable();
        let (mut header, mut of_python) = (Header::default(), false);
        while let Some(line) = lines.next() {
            let mut indented = || {
                let mut output = Vec::new();
                while let Some(line) = lines.next_if(|line| line.starts_with("   ")) {
                    output.push(line[3..].to_owned());
                }
                output
            };
            let mut outputs = || {
                Allowed::parse(&indented()).and_then(|allowed| if allowed.len() == 0 { Err("no lines".to_owned()) } else { Ok(allowed) })
            };
            let line = line.trim();
            match line.split_once(' ').unwrap_or((line, "")) {
                ("prints", "nothing") => header.here.push(Allowed::default()),
                ("prints", "") => header.here.push(outputs()?),
                ("or", "") if of_python => header.python.push(outputs()?),
                ("or", "") => header.here.push(outputs()?),
                ("complains", "") => header.complains = indented(),
                ("all", "seen") => header.all_seen = true,
                ("seeds", count) => header.seeds = Some(count.parse().map_err(|_| format!("no number of seeds: {count}"))?),
                ("exits", status) => header.end = Some(exits(status)?),
                ("stuck:", rules) => header.end = Some(End::Stuck(rules.split(", ").map(str::to_owned).collect())),
                ("stuck", "") => header.end = Some(End::Stuck(Vec::new())),
                ("python", "prints nothing") => header.python.push(Allowed::default()),
                ("python", "prints") => {
                    of_python = true;
                    header.python.push(outputs()?);
                }
                ("python", "is stuck") => header.python_end = Some(End::Stuck(Vec::new())),
                ("python", more) if more.starts_with("exits ") => header.python_end = Some(exits(&more[6..])?),
                ("no", why) if why.starts_with("python: ") => header.no_python = Some(why[8..].to_owned()),
                _ => return Err(format!("the header's line is not understood: {line}")),
            }
        }
        Ok(header)
    }
}

fn exits(status: &str) -> Result<End, String> {
    status.parse().map(End::Exit).map_err(|_| format!("no exit status: {status}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_says_what_may_happen() {
        let text = "// Words.\n//\n// prints\n//   a\n// or\n//   b\n// all seen\n// stuck: deadlock\n// python prints\n//   c\n// or\n//   d\nprint(1);";
        let header = Header::parse(text).expect("a header");
        assert_eq!((header.here.len(), header.python.len(), header.all_seen), (2, 2, true));
        assert_eq!(header.end, Some(End::Stuck(vec!["deadlock".to_owned()])));
        for wrong in
            ["// Words.\n//\n// sings\n", "// Words.\n//\n// prints\n", "// Words.\n//\n// exits soon\n", "// Words.\n//\n// seeds some\n"]
        {
            assert!(Header::parse(wrong).is_err(), "{wrong}");
        }
        let stuck = |rules: &[&str]| End::Stuck(rules.iter().map(|rule| (*rule).to_owned()).collect());
        assert!(stuck(&["a"]).covers(&stuck(&["b", "a"])) && !stuck(&["a"]).covers(&stuck(&["b"])) && !stuck(&[]).covers(&End::Exit(0)));
    }
}
