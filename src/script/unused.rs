//! Variables that are made and never read: no fault, but seldom meant. A name that is read anywhere in
//! the script counts as read everywhere, so that nothing is called unused that is used. Pure.

use std::collections::BTreeSet;

use rhai::{AST, ASTNode, Expr, Stmt};

use super::diagnostic::{Diagnostic, say};
use super::fault::place;
use crate::trace::scenario::Scenario;

/// A word for each variable that nobody reads.
pub(super) fn unused(scenario: &Scenario, ast: &AST) -> Vec<Diagnostic> {
    let (mut made, mut read) = (Vec::new(), BTreeSet::new());
    ast.walk(&mut |path: &[ASTNode]| {
        match path.last() {
            Some(ASTNode::Stmt(Stmt::Var(var, ..))) => made.push((var.0.name.to_string(), place(var.0.pos))),
            Some(ASTNode::Expr(expr @ Expr::Variable(variable, ..))) if !is_set(path, expr) => {
                read.insert(variable.1.to_string());
            }
            _ => {}
        }
        true
    });
    made.into_iter()
        // Who begins a name with `_` means it so.
        .filter(|(name, _)| !name.starts_with('_') && !read.contains(name))
        .map(|(name, place)| {
            let sentence = say(format!("`{name}` is never read"), format!("`{name}` 从未被读取"));
            let hint = say(format!("leave it out, or call it _{name}"), format!("去掉它，或改名为 _{name}"));
            Diagnostic::new(&scenario.file, &scenario.source, place, sentence).with_hint(hint)
        })
        .collect()
}

/// Whether a variable stands there only to be given a value.
fn is_set(path: &[ASTNode], variable: &Expr) -> bool {
    let [.., ASTNode::Stmt(Stmt::Assignment(assignment)), _] = path else { return false };
    std::ptr::eq(&assignment.1.lhs, variable)
}

#[cfg(test)]
mod tests {
    use crate::script::bench::scenario;
    use crate::script::check::notes;

    #[track_caller]
    fn check(source: &str, names: &[&str]) {
        let found: Vec<String> = notes(&scenario(source)).into_iter().map(|note| note.sentence.en).collect();
        assert_eq!(found, names.iter().map(|name| format!("`{name}` is never read")).collect::<Vec<_>>(), "{source}");
    }

    #[test]
    fn what_is_made_and_never_read() {
        check("let q = Queue(); let x = 1; q.put(2);", &["x"]);
        check("let n = 0; n += 1; n = 5;", &["n"]);
        check("const N = 3; fn f(a) { let b = a; } f(1);", &["N", "b"]);
        check("fn f() {} let p = Process(f);", &["p"]);
    }

    #[test]
    fn what_is_read_in_whatever_way() {
        for source in [
            "let a = [1]; a[0] = 2;",
            "let m = #{ a: 1 }; m.a = 2;",
            "let n = 1; let f = |x| x + n; print(f.call(1));",
            "const N = 3; fn f() { print(`${N}`); } f();",
            "let l = Lock(); with l { print(1); }",
            "let x = 1; let y = if x == 1 { x } else { 0 }; switch y { 1 => print(1), _ => () }",
            "let n = 0; while n < 3 { n += 1; }",
            "let _ignored = 1; for i in 0..3 { print(1); } fn f(a) {} f(1);",
            "let x = 1; { let x = 2; print(x); }",
        ] {
            check(source, &[]);
        }
        for scenario in crate::script::library().expect("they are part of the program") {
            assert_eq!(notes(&scenario), [], "{}", scenario.name);
        }
    }

    #[test]
    fn a_division_that_is_a_comment() {
        let said = |source: &str| notes(&scenario(source)).iter().map(|note| (note.place.line, note.place.column)).collect::<Vec<_>>();
        // It parses, and gives n.
        assert_eq!(said("fn half(n) {\n    n // 2\n}\nprint(half(10));"), [(2, 7)]);
        assert_eq!(said("fn half(n) {\n    n // 2 of them, say\n}\nprint(half(10)); // 10"), []);
    }
}
