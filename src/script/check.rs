//! Looks a scenario over without running it: does it parse, does everything that it names exist, are
//! calls made with as many arguments as there are. It never calls a right program wrong: where the
//! language leaves something open until the run, so does the check.

use std::collections::{BTreeMap, BTreeSet};

use rhai::{AST, ASTNode, Expr, FnCallExpr, Position, Stmt};

use super::binding::Class;
use super::diagnostic::{Diagnostic, nearest, say};
use super::engine::Natives;
use super::fault::{self, Said, diagnostic, place};
use super::language::CLASSES;
use super::program::{self, Program};
use super::{runtime, slips};
use crate::trace::scenario::Scenario;

/// Words that are called like functions and belong to the language itself.
const BUILT_IN: &[&str] = &["Fn", "call", "curry", "type_of", "is_def_var", "is_def_fn", "is_shared", "tag", "set_tag"];

/// All faults of a scenario's source, in order.
pub fn check(scenario: &Scenario) -> Vec<Diagnostic> {
    match Program::parse(scenario) {
        Ok(program) => faults(scenario, program.ast(), &program.natives()),
        Err(fault) => in_order(slips::slips(&scenario.file, &scenario.source), vec![*fault]),
    }
}

/// All faults of a source that parses.
pub fn faults(scenario: &Scenario, ast: &AST, natives: &Natives) -> Vec<Diagnostic> {
    let found = Checker::new(scenario, ast, natives).run(ast);
    if found.is_empty() {
        return found;
    }
    in_order(slips::slips(&scenario.file, &scenario.source), found)
}

/// Slips first, since they know the right form, then what else is wrong and not explained by one.
fn in_order(slips: Vec<Diagnostic>, others: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let explained =
        |fault: &Diagnostic| slips.iter().any(|slip| slip.place.line == fault.place.line || slip.place.line + 1 == fault.place.line);
    let mut all: Vec<Diagnostic> = others.into_iter().filter(|fault| !explained(fault)).collect();
    all.extend(slips);
    all.sort_by_key(|fault| fault.place);
    all
}

struct Variable {
    name: String,
    /// What it holds, if it is made here and never changed.
    class: Option<&'static Class>,
}

struct Checker<'a> {
    scenario: &'a Scenario,
    natives: &'a Natives,
    /// The script's functions with their numbers of arguments.
    functions: BTreeMap<String, Vec<usize>>,
    constants: BTreeSet<String>,
    /// Variables of the top level, which functions do not see.
    outer: BTreeSet<String>,
    assigned: BTreeSet<String>,
    /// Keys of maps: they may hold functions, which are called like methods.
    keys: BTreeSet<String>,
    scope: Vec<Variable>,
    in_function: bool,
    found: Vec<Diagnostic>,
}

impl<'a> Checker<'a> {
    fn new(scenario: &'a Scenario, ast: &AST, natives: &'a Natives) -> Checker<'a> {
        let functions = runtime::functions(ast)
            .into_iter()
            .map(|(name, definitions)| (name, definitions.iter().map(|definition| definition.params.len()).collect()))
            .collect();
        let name = |statement: &Stmt| match statement {
            Stmt::Var(var, ..) => Some(var.0.name.to_string()),
            _ => None,
        };
        let constants: BTreeSet<String> = program::steady_constants(ast).into_iter().filter_map(name).collect();
        let outer = ast.statements().iter().filter_map(name).filter(|name| !constants.contains(name)).collect();
        let (mut assigned, mut keys) = (BTreeSet::new(), BTreeSet::new());
        ast.walk(&mut |path: &[ASTNode]| {
            match path.last() {
                Some(ASTNode::Stmt(Stmt::Assignment(assignment))) => {
                    if let Expr::Variable(variable, ..) = &assignment.1.lhs {
                        assigned.insert(variable.1.to_string());
                    }
                }
                Some(ASTNode::Expr(Expr::Map(map, _))) => keys.extend(map.0.iter().map(|(key, _)| key.name.to_string())),
                Some(ASTNode::Expr(Expr::Property(property, _))) => {
                    keys.insert(property.2.to_string());
                }
                _ => {}
            }
            true
        });
        Checker { scenario, natives, functions, constants, outer, assigned, keys, scope: Vec::new(), in_function: false, found: Vec::new() }
    }

    fn run(mut self, ast: &AST) -> Vec<Diagnostic> {
        self.statements(ast.statements());
        self.in_function = true;
        for definition in runtime::functions(ast).values().flatten() {
            self.scope = definition.params.iter().map(|name| Variable { name: name.to_string(), class: None }).collect();
            program::statements_of(definition, |statement| self.statement(statement));
        }
        self.found
    }

    fn tell(&mut self, position: Position, said: Said) {
        self.found.push(diagnostic(&self.scenario.file, &self.scenario.source, place(position), said));
    }

    fn statements<'s>(&mut self, statements: impl IntoIterator<Item = &'s Stmt>) {
        statements.into_iter().for_each(|statement| self.statement(statement));
    }

    /// Statements with a scope of their own.
    fn block<'s>(&mut self, names: &[&str], statements: impl IntoIterator<Item = &'s Stmt>) {
        let outside = self.scope.len();
        self.scope.extend(names.iter().map(|name| Variable { name: (*name).to_owned(), class: None }));
        self.statements(statements);
        self.scope.truncate(outside);
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Var(var, ..) => {
                self.expression(&var.1);
                let name = var.0.name.to_string();
                let class = if self.assigned.contains(&name) { None } else { made_class(&var.1) };
                self.scope.push(Variable { name, class });
            }
            Stmt::Assignment(assignment) => {
                if let Expr::Variable(variable, _, position) = &assignment.1.lhs
                    && variable.2.is_empty()
                    && !self.knows(&variable.1)
                    && !self.outer.contains(variable.1.as_str())
                {
                    let name = variable.1.as_str();
                    let right = format!("let {name} = …;");
                    let said =
                        (say(format!("`{name}` is not declared yet"), format!("`{name}` 还没有声明")), Some(say(right.clone(), right)));
                    self.tell(*position, said);
                    self.scope.push(Variable { name: name.to_owned(), class: None });
                } else {
                    self.expression(&assignment.1.lhs);
                }
                self.expression(&assignment.1.rhs);
            }
            Stmt::If(flow, _) => {
                self.expression(&flow.expr);
                self.block(&[], &flow.body);
                self.block(&[], &flow.branch);
            }
            Stmt::While(flow, _) | Stmt::Do(flow, ..) => {
                self.expression(&flow.expr);
                self.block(&[], &flow.body);
            }
            Stmt::For(parts, _) => {
                let (item, count, flow) = &**parts;
                self.expression(&flow.expr);
                let names: Vec<&str> = [Some(item), count.as_ref()].into_iter().flatten().map(|name| name.name.as_str()).collect();
                self.block(&names, &flow.body);
            }
            Stmt::TryCatch(flow, _) => {
                self.block(&[], &flow.body);
                let names: Vec<&str> = match &flow.expr {
                    Expr::Variable(variable, ..) => vec![variable.1.as_str()],
                    _ => Vec::new(),
                };
                self.block(&names, &flow.branch);
            }
            Stmt::Switch(parts, _) => {
                self.expression(&parts.0);
                for case in &parts.1.expressions {
                    self.expression(&case.lhs);
                    self.expression(&case.rhs);
                }
            }
            Stmt::Block(block) => self.block(&[], block.iter()),
            Stmt::FnCall(call, position) => self.call(call, *position),
            Stmt::Expr(expr) => self.expression(expr),
            Stmt::BreakLoop(Some(expr), ..) | Stmt::Return(Some(expr), ..) => self.expression(expr),
            _ => {}
        }
    }

    fn expression(&mut self, expr: &Expr) {
        match expr {
            Expr::Variable(variable, _, position) => {
                if variable.2.is_empty() {
                    self.variable(&variable.1, *position);
                } else {
                    self.tell(*position, (say("There are no modules here", "这里没有模块"), None));
                }
            }
            Expr::FnCall(call, position) => self.call(call, *position),
            Expr::MethodCall(call, position) => self.method(call, *position, None),
            Expr::Dot(parts, ..) => {
                self.expression(&parts.lhs);
                let class = match &parts.lhs {
                    Expr::Variable(variable, ..) => self.class_of(&variable.1),
                    _ => None,
                };
                self.chained(&parts.rhs, class);
            }
            Expr::Index(parts, ..) => {
                self.expression(&parts.lhs);
                self.expression(&parts.rhs);
            }
            Expr::InterpolatedString(items, _) | Expr::Array(items, _) => items.iter().for_each(|item| self.expression(item)),
            Expr::Map(map, _) => map.0.iter().for_each(|(_, item)| self.expression(item)),
            Expr::And(items, _) | Expr::Or(items, _) | Expr::Coalesce(items, _) => items.iter().for_each(|item| self.expression(item)),
            Expr::Stmt(block) => self.block(&[], block.iter()),
            Expr::Custom(custom, _) => custom.inputs.iter().for_each(|input| self.expression(input)),
            _ => {}
        }
    }

    /// What stands behind a dot whose left side is of a known class.
    fn chained(&mut self, expr: &Expr, class: Option<&'static Class>) {
        match expr {
            Expr::MethodCall(call, position) => self.method(call, *position, class),
            Expr::Dot(parts, ..) | Expr::Index(parts, ..) => {
                self.chained(&parts.lhs, class);
                self.expression(&parts.rhs);
            }
            Expr::Property(property, position) => {
                if let Some(class) = class
                    && !class.properties.iter().any(|known| known.name == property.2.as_str())
                {
                    let name = property.2.as_str();
                    let names = class.properties.iter().map(|property| property.name).chain(class.methods.iter().map(|method| method.name));
                    let hint = nearest(name, names).map(|meant| {
                        let right = if class.methods.iter().any(|method| method.name == meant) {
                            format!(".{meant}()")
                        } else {
                            format!(".{meant}")
                        };
                        say(right.clone(), right)
                    });
                    self.tell(*position, (say(format!("{} has no `.{name}`", class.name), format!("{} 没有 `.{name}`", class.name)), hint));
                }
            }
            other => self.expression(other),
        }
    }

    fn knows(&self, name: &str) -> bool {
        self.scope.iter().any(|variable| variable.name == name) || self.constants.contains(name) || self.functions.contains_key(name)
    }

    fn class_of(&self, name: &str) -> Option<&'static Class> {
        self.scope.iter().rev().find(|variable| variable.name == name)?.class
    }

    fn variable(&mut self, name: &str, position: Position) {
        if self.knows(name) {
            return;
        }
        if self.in_function && self.outer.contains(name) {
            let sentence = say(
                format!("A function sees its arguments and constants only, not `{name}` of the top level"),
                format!("函数只看得见自己的参数和常量，看不见顶层的 `{name}`"),
            );
            let hint = say(
                format!("pass it as an argument: fn work({name}) {{ … }} and Process(work, [{name}])"),
                format!("把它作为参数传入：fn work({name}) {{ … }}，Process(work, [{name}])"),
            );
            return self.tell(position, (sentence, Some(hint)));
        }
        let known = self.scope.iter().map(|variable| variable.name.as_str()).chain(self.constants.iter().map(String::as_str));
        let known = known.chain(self.functions.keys().map(String::as_str));
        let hint = nearest(name, known).map(|meant| say(meant, meant));
        self.tell(position, (say(format!("There is no variable `{name}` here"), format!("这里没有变量 `{name}`")), hint));
    }

    fn call(&mut self, call: &FnCallExpr, position: Position) {
        call.args.iter().for_each(|arg| self.expression(arg));
        let (name, count) = (call.name.as_str(), call.args.len());
        if call.is_operator_call() || BUILT_IN.contains(&name) || name.contains('$') {
            return;
        }
        if call.is_qualified() {
            return self.tell(position, (say("There are no modules here", "这里没有模块"), None));
        }
        let of_script = self.functions.get(name).is_some_and(|takes| takes.contains(&count));
        if !of_script && !self.natives.has(name, count) {
            let said = if self.scope.iter().any(|variable| variable.name == name) {
                let right = format!("{name}.call(…)");
                (
                    say(format!("A function in a variable is called with `call`: {name}"), format!("变量里的函数用 `call` 调用：{name}")),
                    Some(say(right.clone(), right)),
                )
            } else {
                fault::no_function(name, count, &self.functions)
            };
            return self.tell(position, said);
        }
        match (name, call.args.first()) {
            ("param", Some(Expr::StringConstant(param, position))) => self.param(param, *position),
            ("Process", Some(_)) => self.process(call),
            _ => {}
        }
    }

    fn method(&mut self, call: &FnCallExpr, position: Position, class: Option<&'static Class>) {
        call.args.iter().for_each(|arg| self.expression(arg));
        let (name, count) = (call.name.as_str(), call.args.len());
        if BUILT_IN.contains(&name) {
            return;
        }
        let fits =
            |class: &Class| class.methods.iter().any(|method| method.name == name && (method.least()..=method.most()).contains(&count));
        let of_script = self.functions.get(name).is_some_and(|takes| takes.contains(&count));
        let right = match class {
            Some(class) => fits(class) || of_script || self.natives.takes_anything(name, count + 1),
            None => of_script || self.keys.contains(name) || self.natives.has(name, count + 1),
        };
        if !right {
            self.tell(position, fault::no_method(name, count, class));
        }
    }

    fn param(&mut self, name: &str, position: Position) {
        if self.scenario.params.iter().any(|param| param.name == name) {
            return;
        }
        let names = || self.scenario.params.iter().map(|param| param.name.as_str());
        let hint = match nearest(name, names()) {
            Some(meant) => Some(say(format!("param(\"{meant}\")"), format!("param(\"{meant}\")"))),
            None if names().next().is_none() => {
                let file = std::path::Path::new(&self.scenario.file).with_extension("toml").display().to_string();
                Some(say(format!("[params.{name}] in {file}"), format!("在 {file} 里写 [params.{name}]")))
            }
            None => Some(say(names().collect::<Vec<_>>().join(", "), names().collect::<Vec<_>>().join("、"))),
        };
        self.tell(position, (say(format!("The scenario has no parameter `{name}`"), format!("场景没有参数 `{name}`")), hint));
    }

    /// `Process(work, [q])`: as many arguments as `work` takes.
    fn process(&mut self, call: &FnCallExpr) {
        let mut args = call.args.iter().peekable();
        if matches!(args.peek(), Some(Expr::StringConstant(..) | Expr::InterpolatedString(..))) {
            args.next();
        }
        let Some(Expr::Variable(function, _, position)) = args.next() else { return };
        let name = function.1.as_str();
        let shadowed = self.scope.iter().any(|variable| variable.name == name);
        let Some(takes) = self.functions.get(name).filter(|_| !shadowed) else { return };
        let (given, position) = match args.next() {
            None => (0, *position),
            Some(Expr::Array(items, position)) => (items.len(), *position),
            Some(_) => return,
        };
        if !takes.contains(&given) {
            let said = fault::no_function(name, given, &self.functions);
            self.tell(position, said);
        }
    }
}

/// The class of what a call of a maker gives.
fn made_class(expr: &Expr) -> Option<&'static Class> {
    let Expr::FnCall(call, _) = expr else { return None };
    CLASSES.iter().copied().find(|class| class.name == call.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::kind::Lang;
    use crate::script::bench::scenario;

    /// A source and its faults: line, column, sentence, hint.
    #[track_caller]
    fn finds(source: &str, faults: &[&str]) {
        let found: Vec<String> = check(&scenario(source))
            .iter()
            .map(|fault| {
                let hint = fault.hint.as_ref().map(|hint| format!(" -> {}", hint.en)).unwrap_or_default();
                format!("{}:{} {}{hint}", fault.place.line, fault.place.column, fault.sentence.en)
            })
            .collect();
        assert_eq!(found, faults, "{source}");
    }

    #[test]
    fn names_that_there_are_not() {
        finds("let q = Quue();", &["1:9 There is no function `Quue` -> Queue"]);
        finds("print(x);", &["1:7 There is no variable `x` here"]);
        finds("let queue = Queue(); queu.put(1);", &["1:22 There is no variable `queu` here -> queue"]);
        finds("x = 1;\nprint(x);", &["1:1 `x` is not declared yet -> let x = …;"]);
        finds("let q = Queue(); q.push(1);", &["1:20 Queue has no method `push` -> .put()"]);
        finds("fn f(q) { q.putt(1); }", &["1:13 There is no method `putt` -> .put()"]);
        finds("let e = Event(); e.isSet();", &["1:20 Event has no method `isSet` -> event.is_set()"]);
        finds(
            "let p = Process(f); fn f() {} print(p.pidd, p.is_alive);",
            &["1:39 Process has no `.pidd` -> .pid", "1:47 Process has no `.is_alive` -> .is_alive()"],
        );
        finds("print(str(1));", &["1:7 There is no function `str` -> x.to_string()"]);
        finds("print(a::b);", &["1:10 There are no modules here"]);
        finds("let f = |x| x; f(1);", &["1:16 A function in a variable is called with `call`: f -> f.call(…)"]);
    }

    #[test]
    fn calls_with_a_wrong_number_of_arguments() {
        finds("let q = Queue(); q.put();", &["1:20 put cannot take 0 arguments -> put(value, seconds?)"]);
        finds("fn f(x) { x.put_nowait(1, 2, 3); }", &["1:13 put_nowait cannot take 3 arguments -> put_nowait(value)"]);
        finds("Lock(1);", &["1:1 Lock cannot take 1 argument -> Lock()"]);
        finds("sleep();", &["1:1 sleep cannot take 0 arguments -> sleep(seconds)"]);
        finds("fn f(a, b) {} f(1);", &["1:15 f takes 2 arguments, but 1 is given"]);
        finds("fn f(a) {} let p = Process(f);", &["1:28 f takes 1 argument, but 0 are given"]);
        finds("fn f(a) {} let p = Process(\"n\", f, [1, 2]);", &["1:36 f takes 1 argument, but 2 are given"]);
        finds("fn f(a) {} let args = [1]; let p = Process(f, args);", &[]);
    }

    #[test]
    fn functions_do_not_see_the_top_level() {
        finds(
            "let q = Queue();\nfn f() { q.put(1); }",
            &[
                "2:10 A function sees its arguments and constants only, not `q` of the top level -> pass it as an argument: fn work(q) { … } and Process(work, [q])",
            ],
        );
        finds(
            "const N = 3; const Q = Queue(); fn f() { print(N); print(Q); }",
            &[
                "1:58 A function sees its arguments and constants only, not `Q` of the top level -> pass it as an argument: fn work(Q) { … } and Process(work, [Q])",
            ],
        );
        finds("let n = 3; let f = || n + 1; print(f.call()); with Lock() { let g = |x| x + n; print(g.call(1)); }", &[]);
    }

    #[test]
    fn parameters() {
        finds(
            "print(param(\"count\"), param(\"cuont\"), param(\"zzz\"));",
            &["1:29 The scenario has no parameter `cuont` -> param(\"count\")", "1:45 The scenario has no parameter `zzz` -> count, who"],
        );
    }

    #[test]
    fn what_does_not_parse() {
        finds("let a = 1\nlet b = 2;", &["1:10 A statement ends with a semicolon -> let a = 1;"]);
        finds("print(1)\n// a comment\nprint(2);", &["1:9 A statement ends with a semicolon -> print(1);"]);
        finds("print((1 + 2;", &["1:13 `)` is missing here"]);
        finds("fn f() {\n    print(1);\n", &["2:14 `}` is missing here"]);
        finds("print(\"abc);", &["1:7 This text is not closed"]);
        finds("let new = 1;", &["1:5 `new` is a word of the language and makes no name -> new_1"]);
        finds("const N = 1; N = 2;", &["1:14 `N` is a constant and cannot be changed -> let N = …;"]);
        finds("break;", &["1:1 break and continue stand inside a loop"]);
        finds("eval(\"1\");", &["1:1 A scenario cannot make code while it runs"]);
        finds("debug(1);", &["1:1 `debug` is written `print` -> print(x);"]);
        finds("import \"x\" as y;", &["1:1 There is nothing to import: everything is at hand -> let q = Queue();"]);
        finds(
            &format!("let x = {}1{};", "(".repeat(200), ")".repeat(200)),
            &["1:40 This lies too deep inside of other things: take it apart"],
        );
    }

    #[test]
    fn slips_stand_for_what_follows_from_them() {
        finds(
            "while True {\n    print('hello');\n}",
            &["1:7 `True` is written `true` -> true", "2:11 A text stands in double quotes; single quotes hold one character -> \"hello\""],
        );
        finds("let q = Queue();\nif q.empty() and q.full() {\n}\nfoo();", &["2:14 `and` is written `&&` -> a && b"]);
        finds("let x = None;\nprint(y);\nprint(zz);", &["1:9 `None` is written `()` -> ()", "3:7 There is no variable `zz` here"]);
        finds("def f(q):\n    q.put(1)\n", &["1:1 A block stands in braces -> fn name(a, b) { … }"]);
    }

    #[test]
    fn right_programs_are_left_alone() {
        for source in [
            "let m = #{ f: |x| x + 1, n: 1 }; print(m.f(1), m.n, m.zzz); m.k = 2; print(m.keys());",
            "fn f(x) { x.value += 1; x } let v = [1, 2, 3].map(|x| x * 2).filter(|x| x > 2); v.push(4); print(v.len(), len(v));",
            "let t = \"abc\"; print(t.len(), t.to_upper(), t[0], t.sub_string(1), `${t.len()}`);",
            "switch 3 { 1 => print(1), 2 | 3 if true => { let x = 2; print(x); }, _ => print(0) }",
            "for (x, i) in [1, 2] { print(x, i); } let i = 0; loop { i += 1; if i > 3 { break; } } do { i -= 1; } while i > 0;",
            "try { throw #{ kind: \"Mine\" }; } catch (e) { print(e.kind, type_of(e)); }",
            "fn later() { g(1) } fn g(n) { n.h() } fn h() { this + 1 } print(later());",
            "let a = [Queue(), Lock()]; a[0].put(1); with a[1] { print(a[0].get(1.5)); } let l = a.map(|q| type_of(q));",
            "const A = [1, 2]; const B = #{ x: A }; fn f() { print(A[0], B.x[1], PI()); } f(); let p = Process(f);",
            "let f = Fn(\"g\"); fn g(a, b) { a + b } print(f.call(1, 2), f.curry(1).call(2)); let p = Process(g.curry(1), [2]);",
        ] {
            finds(source, &[]);
        }
        for scenario in crate::script::library().expect("they are part of the program") {
            assert_eq!(check(&scenario), [], "{}", scenario.name);
        }
    }

    #[test]
    fn a_fault_reads_well_in_both_languages() {
        let source = "let q = Queue();\nfn work() {\n    q.putt(1);\n}\nwork(1);\nlet r = Quue();\n";
        let found = check(&scenario(source));
        let text = |lang| found.iter().map(|fault| fault.render(lang)).collect::<Vec<_>>().join("\n\n");
        insta::assert_snapshot!(format!("{}\n\n{}", text(Lang::En), text(Lang::Zh)));
    }
}
