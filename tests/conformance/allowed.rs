//! Which outputs a program may give. Pure.
//!
//! Lines stand as they are printed. Each line between `{` and `}` is a sequence of its own, with `;`
//! between its lines, and the sequences may be mixed in any way. A word like `0.1+` stands for a time in
//! seconds that is not shorter, and longer only by what the way of running excuses.

/// What may come between the end of a time and its being noticed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Slack {
    /// The run's own clock, which stands still while anybody works: steps of a millisecond each, of which others
    /// may take a hundred first where they go before by priority.
    Virtual,
    /// The clock on the wall of a machine that may be busy; what never ends takes longer still.
    Real,
}

impl Slack {
    fn seconds(self) -> f64 {
        match self {
            Slack::Virtual => 0.15,
            Slack::Real => 20.0,
        }
    }
}

/// Clocks are read a little before and after what they time.
const ROUNDING: f64 = 0.002;

/// One of the outputs that are allowed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Allowed(Vec<Part>);

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Line(String),
    /// Sequences that may be mixed.
    Mixed(Vec<Vec<String>>),
}

impl Allowed {
    pub(crate) fn parse(lines: &[String]) -> Result<Allowed, String> {
        let (mut parts, mut open) = (Vec::new(), None::<Vec<Vec<String>>>);
        for line in lines {
            match (&line[..], open.take()) {
                ("{", None) => open = Some(Vec::new()),
                ("}", Some(sequences)) if sequences.len() > 1 => parts.push(Part::Mixed(sequences)),
                ("{" | "}", _) => return Err(format!("`{line}` without its like, or with less than two lines between")),
                (line, Some(mut sequences)) => {
                    sequences.push(line.split(';').map(|line| line.trim().to_owned()).collect());
                    open = Some(sequences);
                }
                (line, None) => parts.push(Part::Line(line.to_owned())),
            }
        }
        if open.is_some() { Err("`{` without `}`".to_owned()) } else { Ok(Allowed(parts)) }
    }

    /// How many lines it has.
    pub(crate) fn len(&self) -> usize {
        let len = |part: &Part| match part {
            Part::Line(_) => 1,
            Part::Mixed(sequences) => sequences.iter().map(Vec::len).sum(),
        };
        self.0.iter().map(len).sum()
    }

    pub(crate) fn fits(&self, lines: &[String], slack: Slack) -> bool {
        self.begins(lines, slack) && lines.len() == self.len()
    }

    /// Whether it may go on after these lines, or they are all of it.
    pub(crate) fn begins(&self, lines: &[String], slack: Slack) -> bool {
        let mut rest = lines;
        for part in &self.0 {
            let fits = match (part, rest) {
                (_, []) => return true,
                (Part::Line(wanted), [line, ..]) => {
                    rest = &rest[1..];
                    line_fits(wanted, line, slack)
                }
                (Part::Mixed(sequences), _) => {
                    let count = sequences.iter().map(Vec::len).sum::<usize>().min(rest.len());
                    let (mixed, after) = rest.split_at(count);
                    rest = after;
                    mixes(&sequences.iter().map(Vec::as_slice).collect::<Vec<_>>(), mixed, slack)
                }
            };
            if !fits {
                return false;
            }
        }
        rest.is_empty()
    }
}

/// Whether lines are the sequences, or as much of them as there are lines, one put into the other.
fn mixes(sequences: &[&[String]], lines: &[String], slack: Slack) -> bool {
    let Some((line, rest)) = lines.split_first() else { return true };
    (0..sequences.len()).any(|at| {
        let Some((wanted, after)) = sequences[at].split_first() else { return false };
        let mut left = sequences.to_vec();
        left[at] = after;
        line_fits(wanted, line, slack) && mixes(&left, rest, slack)
    })
}

fn line_fits(wanted: &str, line: &str, slack: Slack) -> bool {
    let (wanted, found): (Vec<&str>, Vec<&str>) = (wanted.split(' ').collect(), line.split(' ').collect());
    wanted.len() == found.len() && wanted.iter().zip(found).all(|(wanted, found)| word_fits(wanted, found, slack))
}

fn word_fits(wanted: &str, found: &str, slack: Slack) -> bool {
    match wanted.strip_suffix('+').and_then(|least| least.parse::<f64>().ok()) {
        Some(least) => found.parse().is_ok_and(|found: f64| found >= least - ROUNDING && found < least + slack.seconds()),
        None => wanted == found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(allowed: &[&str], lines: &[&str]) -> bool {
        let own = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        Allowed::parse(&own(allowed)).expect("a proper header").fits(&own(lines), Slack::Virtual)
    }

    #[test]
    fn what_fits_and_what_does_not() {
        assert!(fits(&["a", "b"], &["a", "b"]));
        assert!(!fits(&["a", "b"], &["a"]) && !fits(&["a"], &["a", "b"]) && !fits(&["a", "b"], &["b", "a"]));
        let mixed = ["{", "a; b", "c", "}", "end"];
        for (lines, wanted) in [("abc", true), ("acb", true), ("cab", true), ("bac", false), ("abb", false)] {
            let lines: Vec<String> = lines.chars().map(String::from).chain(["end".to_owned()]).collect();
            assert_eq!(fits(&mixed, &lines.iter().map(String::as_str).collect::<Vec<_>>()), wanted, "{lines:?}");
        }
        let begins = |letters: &str| {
            let lines: Vec<String> = letters.chars().map(String::from).collect();
            Allowed::parse(&["x", "{", "a; b", "c", "}", "y"].map(String::from)).expect("proper").begins(&lines, Slack::Virtual)
        };
        assert!(["", "x", "xc", "xac", "xacb", "xacby"].into_iter().all(begins));
        assert!(!["y", "xb", "xacba", "xaby", "xacbyy"].into_iter().any(begins));
        for (time, wanted) in [("0.1", true), ("0.103", true), ("0.09", false), ("0.26", false), ("soon", false)] {
            assert_eq!(fits(&["took 0.1+"], &[&format!("took {time}")]), wanted, "{time}");
        }
        assert!(Allowed::parse(&["{".to_owned()]).is_err() && Allowed::parse(&["}".to_owned()]).is_err());
    }
}
