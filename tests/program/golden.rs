//! What the five scenarios say under seed 1, word for word: what they print, the sentence of every step
//! in both languages, and the beginning of their events with a number for all of them.

use crate::common::{SCENARIOS, run};
use ipcscope::trace::fnv1a;

fn said(scenario: &str, more: &[&str]) -> String {
    let output = run(&[&["run", scenario, "--seed", "1"], more].concat());
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""), "{scenario} {more:?}");
    output.stdout
}

#[test]
fn plain() {
    for scenario in SCENARIOS {
        insta::assert_snapshot!(format!("{scenario}_plain"), said(scenario, &["--plain"]));
    }
}

#[test]
fn linear() {
    for scenario in SCENARIOS {
        for lang in ["en", "zh"] {
            insta::assert_snapshot!(format!("{scenario}_linear_{lang}"), said(scenario, &["--linear", "--lang", lang]));
        }
    }
}

#[test]
fn plain_is_the_same_in_both_languages() {
    for scenario in SCENARIOS {
        assert_eq!(said(scenario, &["--plain", "--lang", "zh"]), said(scenario, &["--plain"]));
    }
}

#[test]
fn json() {
    for scenario in SCENARIOS {
        let json = said(scenario, &["--json"]);
        let beginning: Vec<&str> = json.lines().take(24).collect();
        let told = format!("{}\n({} lines in all, {:016x})", beginning.join("\n"), json.lines().count(), fnv1a(json.as_bytes()));
        insta::assert_snapshot!(format!("{scenario}_json"), told);
    }
}

#[test]
fn stuck() {
    for (scenario, set) in [("pipe", "omit=first-send"), ("pipe", "omit=reply"), ("condition", "wake=one"), ("condition", "first=producer")]
    {
        for lang in ["en", "zh"] {
            let output = run(&["run", scenario, "--set", set, "--seed", "1", "--plain", "--lang", lang]);
            assert_eq!(output.code, Some(3), "{output:?}");
            // A terminal shows both outputs: what is told in one is not told in the other.
            let linear = run(&["run", scenario, "--set", set, "--seed", "1", "--linear", "--lang", lang]);
            assert_eq!((linear.code, linear.stderr.as_str()), (Some(3), ""));
            assert!(linear.stdout.ends_with(&output.stderr), "{}", linear.stdout);
            insta::assert_snapshot!(format!("{scenario}_{}_stuck_{lang}", set.replace('=', "_")), output.stderr);
        }
    }
}
