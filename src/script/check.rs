//! Looks a scenario over without running it: does it parse, does everything that it names exist, are
//! calls made with as many arguments as there are. It never calls a right program wrong: where the
//! language leaves something open until the run, so does the check.

use std::collections::{BTreeMap, BTreeSet};

use rhai::{AST, ASTNode, Expr, FnCallExpr, Position, Stmt};

use super::binding::{Class, Function};
use super::diagnostic::{Diagnostic, Said, nearest, say};
use super::engine::Natives;
use super::fault::{self, diagnostic, place};
use super::language::{CLASSES, function};
use super::parsed::{self, Parsed};
use super::tokens::tokens;
use super::unused::unused;
use super::{runtime, slips};
use crate::trace::scenario::Scenario;

/// Words that are called like functions and belong to the language itself.
const BUILT_IN: &[&str] = &["Fn", "call", "curry", "type_of", "is_def_var", "is_def_fn", "is_shared", "tag", "set_tag"];

/// All faults of a scenario's source, in order.
pub fn check(scenario: &Scenario) -> Vec<Diagnostic> {
    match Parsed::new(scenario) {
        Ok(parsed) => faults(&parsed),
        Err(fault) => in_order(slips::slips(&scenario.file, &scenario.source), vec![*fault]),
    }
}

/// All faults of a source that parses.
pub fn faults(parsed: &Parsed) -> Vec<Diagnostic> {
    let scenario = &parsed.scenario;
    let found = Checker::new(scenario, &parsed.ast, &parsed.natives()).run(&parsed.ast);
    if found.is_empty() {
        return found;
    }
    in_order(slips::slips(&scenario.file, &scenario.source), found)
}

/// What is no fault, but seldom meant, in order; none where the source does not parse.
pub fn notes(scenario: &Scenario) -> Vec<Diagnostic> {
    let Ok(parsed) = Parsed::new(scenario) else { return Vec::new() };
    let mut found = unused(scenario, &parsed.ast);
    found.extend(slips::divisions(&scenario.file, &scenario.source, &tokens(&scenario.source)));
    found.sort_by_key(|note| note.place);
    found
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
    /// Some objects may be of a manager's, with whatever methods its server knows.
    has_registered: bool,
    has_manager: bool,
    scope: Vec<Variable>,
    in_function: bool,
    /// Blocks of `try` around: what fails in one is caught there.
    tries: usize,
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
        let constants: BTreeSet<String> = parsed::steady_constants(ast).into_iter().filter_map(name).collect();
        let outer = ast.statements().iter().filter_map(name).filter(|name| !constants.contains(name)).collect();
        let (mut assigned, mut keys) = (BTreeSet::new(), BTreeSet::new());
        let (mut has_registered, mut has_manager) = (false, false);
        ast.walk(&mut |path: &[ASTNode]| {
            match path.last() {
                Some(ASTNode::Stmt(Stmt::Assignment(assignment))) => {
                    // `x += 1` leaves x what it is, or cannot be.
                    if let (Expr::Variable(variable, ..), false) = (&assignment.1.lhs, assignment.0.is_op_assignment()) {
                        assigned.insert(variable.1.to_string());
                    }
                }
                Some(ASTNode::Expr(Expr::FnCall(call, _))) => {
                    has_registered |= call.name == "BaseManager";
                    has_manager |= call.name == "Manager";
                }
                Some(ASTNode::Expr(Expr::Map(map, _))) => keys.extend(map.0.iter().map(|(key, _)| key.name.to_string())),
                Some(ASTNode::Expr(Expr::Property(property, _))) => {
                    keys.insert(property.2.to_string());
                }
                _ => {}
            }
            true
        });
        Checker {
            scenario,
            natives,
            functions,
            constants,
            outer,
            assigned,
            keys,
            has_registered,
            has_manager,
            scope: Vec::new(),
            in_function: false,
            tries: 0,
            found: Vec::new(),
        }
    }

    fn run(mut self, ast: &AST) -> Vec<Diagnostic> {
        self.statements(ast.statements());
        self.in_function = true;
        for definition in runtime::functions(ast).values().flatten() {
            self.scope = definition.params.iter().map(|name| Variable { name: name.to_string(), class: None }).collect();
            parsed::statements_of(definition, |statement| self.statement(statement));
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
                let class = if self.assigned.contains(&name) { None } else { self.made_class(&var.1) };
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
                    if let (Expr::Variable(variable, _, position), true) = (&assignment.1.lhs, assignment.0.is_op_assignment())
                        && let Some(class) = self.class_of(&variable.1)
                        && class.operators.is_empty()
                    {
                        self.tell(*position, fault::no_number(class, &variable.1));
                    }
                }
                self.expression(&assignment.1.rhs);
            }
            Stmt::If(flow, _) => {
                self.condition(&flow.expr);
                self.block(&[], &flow.body);
                self.block(&[], &flow.branch);
            }
            Stmt::While(flow, _) | Stmt::Do(flow, ..) => {
                self.condition(&flow.expr);
                self.block(&[], &flow.body);
            }
            Stmt::For(parts, _) => {
                let (item, count, flow) = &**parts;
                if let (Some(count), true) = (count, operands::gives_pairs(&flow.expr)) {
                    self.tell(count.pos, fault::pairs(&item.name, &count.name));
                }
                match operands::handle(&flow.expr, |name| self.class_of(name)) {
                    Some((class, variable, position)) if class.items.is_none() => self.tell(position, fault::no_items(class, variable)),
                    _ => self.expression(&flow.expr),
                }
                let names: Vec<&str> = [Some(item), count.as_ref()].into_iter().flatten().map(|name| name.name.as_str()).collect();
                self.block(&names, &flow.body);
            }
            Stmt::TryCatch(flow, _) => {
                self.tries += 1;
                self.block(&[], &flow.body);
                self.tries -= 1;
                let names: Vec<&str> = match &flow.expr {
                    Expr::Variable(variable, ..) => vec![variable.1.as_str()],
                    _ => Vec::new(),
                };
                self.block(&names, &flow.branch);
            }
            Stmt::Switch(parts, _) => {
                match operands::handle(&parts.0, |name| self.class_of(name)) {
                    Some((class, variable, position)) => self.tell(position, fault::no_value(class, variable, "", "")),
                    None => self.expression(&parts.0),
                }
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
            Expr::FloatConstant(_, position) => self.number(*position),
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
                if let Some((class, variable, position)) = operands::handle(&parts.lhs, |name| self.class_of(name))
                    && let Some((from, to)) = operands::range(&parts.rhs)
                {
                    self.tell(position, fault::no_part(class, variable, from, to));
                }
                self.expression(&parts.lhs);
                self.expression(&parts.rhs);
            }
            Expr::InterpolatedString(items, _) | Expr::Array(items, _) => items.iter().for_each(|item| self.expression(item)),
            Expr::Map(map, _) => map.0.iter().for_each(|(_, item)| self.expression(item)),
            Expr::And(items, _) | Expr::Or(items, _) => items.iter().for_each(|item| self.condition(item)),
            Expr::Coalesce(items, _) => items.iter().for_each(|item| self.expression(item)),
            Expr::Stmt(block) => self.block(&[], block.iter()),
            Expr::Custom(custom, _) => custom.inputs.iter().for_each(|input| self.expression(input)),
            _ => {}
        }
    }

    /// An integer that is written out and does not fit becomes a float, of which nobody is told.
    fn number(&mut self, position: Position) {
        let place = place(position);
        let line = self.scenario.source.lines().nth((place.line as usize).saturating_sub(1)).unwrap_or_default();
        let written: String = line.chars().skip((place.column as usize).saturating_sub(1)).collect();
        let end = written.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.')).unwrap_or(written.len());
        let digits: String = written[..end].replace('_', "");
        if digits.len() > 18 && digits.chars().all(|c| c.is_ascii_digit()) {
            self.tell(position, fault::too_large(&digits));
        }
    }

    /// An expression that must be true or false.
    fn condition(&mut self, expr: &Expr) {
        match operands::handle(expr, |name| self.class_of(name)) {
            Some((class, variable, position)) => self.tell(position, fault::no_truth(class, variable)),
            None => self.expression(expr),
        }
    }

    /// What stands behind a dot whose left side is of a known class.
    fn chained(&mut self, expr: &Expr, class: Option<&'static Class>) {
        match expr {
            Expr::MethodCall(call, position) => self.method(call, *position, class),
            Expr::Dot(parts, ..) | Expr::Index(parts, ..) => {
                let indexed = match &parts.lhs {
                    Expr::Property(property, position) if matches!(expr, Expr::Index(..)) => Some((property.2.as_str(), *position)),
                    _ => None,
                };
                let method =
                    indexed.and_then(|(name, position)| Some((class?.methods.iter().find(|method| method.name == name)?, position)));
                if let Some((method, position)) = method {
                    let right = format!(".{}", method.signature());
                    let said = say(format!("`.{}` is called with round brackets", method.name), format!("`.{}` 用圆括号调用", method.name));
                    return self.tell(position, (said, Some(say(right.clone(), right))));
                }
                self.chained(&parts.lhs, class);
                self.expression(&parts.rhs);
            }
            Expr::Property(property, position) => {
                // Behind what has a text of its own stands a field or a key, which only the run knows.
                if let Some(class) = class
                    && class.text.is_none()
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
        let hint = match function(name) {
            Some(called) => Some(say(called.signature(), called.signature())),
            None => nearest(name, known).map(|meant| say(meant, meant)),
        };
        self.tell(position, (say(format!("There is no variable `{name}` here"), format!("这里没有变量 `{name}`")), hint));
    }

    fn call(&mut self, call: &FnCallExpr, position: Position) {
        call.args.iter().for_each(|arg| self.expression(arg));
        let (name, count) = (call.name.as_str(), call.args.len());
        if call.is_operator_call()
            && let Some((place, said)) = operands::unfit(call, |name| self.class_of(name))
        {
            return self.tell(place, said);
        }
        if call.is_operator_call() || BUILT_IN.contains(&name) || name.contains('$') {
            return;
        }
        if call.is_qualified() {
            return self.tell(position, (say("There are no modules here", "这里没有模块"), None));
        }
        let of_script = self.functions.get(name).is_some_and(|takes| takes.contains(&count));
        // A manager has methods that bear the makers' names, which may be called as functions too.
        let maker = function(name).filter(|_| name.starts_with(char::is_uppercase) && !self.has_manager);
        let takes = maker.map_or_else(|| self.natives.has(name, count), |maker| (maker.least()..=maker.most()).contains(&count));
        if !of_script && !takes {
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
        if let (Some(known), false) = (function(name), of_script) {
            self.literals(known, call);
        }
        match (name, call.args.first()) {
            ("param", Some(Expr::StringConstant(param, position))) => self.param(param, *position),
            ("Process" | "task", Some(_)) => self.process(call),
            _ => {}
        }
    }

    fn method(&mut self, call: &FnCallExpr, position: Position, class: Option<&'static Class>) {
        call.args.iter().for_each(|arg| self.expression(arg));
        let (name, count) = (call.name.as_str(), call.args.len());
        if BUILT_IN.contains(&name) && !(name == "call" && class.is_some()) {
            return;
        }
        let fits =
            |class: &Class| class.methods.iter().any(|method| method.name == name && (method.least()..=method.most()).contains(&count));
        let of_script = self.functions.get(name).is_some_and(|takes| takes.contains(&count));
        let hides = of_script && class.map_or_else(|| CLASSES.iter().any(|class| fits(class)), fits);
        if hides {
            let said = say(
                format!("Your function `{name}` hides the method `.{name}()`: this calls the function"),
                format!("你的函数 `{name}` 遮住了方法 `.{name}()`：这里调用的是那个函数"),
            );
            return self.tell(
                position,
                (said, Some(say(format!("give the function another name: my_{name}"), format!("给函数换个名字：my_{name}")))),
            );
        }
        let right = match class {
            // What makes an object is no method of another, though the engine would call it so.
            Some(class) => {
                fits(class) || of_script || !name.starts_with(char::is_uppercase) && self.natives.takes_anything(name, count + 1)
            }
            None => of_script || self.keys.contains(name) || self.natives.has(name, count + 1) || self.has_registered,
        };
        if !right {
            self.tell(position, fault::no_method(name, count, class));
        } else if let Some(method) = class.filter(|_| !of_script).and_then(|class| class.methods.iter().find(|method| method.name == name))
        {
            self.literals(method, call);
        }
    }

    /// Arguments that are written out and are of a type that the call cannot take; whoever tries it wants the error.
    fn literals(&mut self, known: &Function, call: &FnCallExpr) {
        if self.tries > 0 {
            return;
        }
        for (name, arg) in known.takes.iter().zip(&call.args) {
            // A process may end with any value.
            if known.name != "exit"
                && let Some((wanted, got)) = operands::unfit_literal(name, arg)
            {
                self.tell(arg.position(), fault::wrong_argument(known, name.trim_end_matches('?'), wanted, got));
            }
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

    /// The class of what a call of a maker gives: `Queue(…)`, and `task(…)`, which has none but its own.
    fn made_class(&self, expr: &Expr) -> Option<&'static Class> {
        if let Expr::Dot(parts, ..) = expr
            && let (Expr::Variable(variable, ..), Expr::MethodCall(call, _)) = (&parts.lhs, &parts.rhs)
        {
            let manager = self.class_of(&variable.1).is_some_and(|class| class.name == "Manager");
            let sort = if call.name == "JoinableQueue" { "Queue" } else { call.name.as_str() };
            let lent = format!("managed {sort}");
            let containers = ["list", "dict", "Namespace"];
            let is_meant = |class: &&Class| class.name == lent || class.name == sort && containers.contains(&sort);
            return CLASSES.iter().copied().find(is_meant).filter(|_| manager && !self.functions.contains_key(call.name.as_str()));
        }
        let Expr::FnCall(call, _) = expr else { return None };
        let name = if call.name == "task" { "Task" } else { call.name.as_str() };
        CLASSES.iter().copied().find(|class| class.name == name && !self.functions.contains_key(call.name.as_str()))
    }

    /// `Process(work, [q])`, `task("label", work, [q])`: as many arguments as `work` takes.
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
            Some(Expr::Variable(given, _, position)) if self.class_of(&given.1).is_some() => {
                let right = format!("Process({name}, [{}])", given.1);
                let said = say("The arguments of a process are a list", "进程的参数是一个列表");
                return self.tell(*position, (said, Some(say(right.clone(), right))));
            }
            Some(_) => return,
        };
        if !takes.contains(&given) {
            let said = fault::no_function(name, given, &self.functions);
            self.tell(position, said);
        }
    }
}

mod operands;
#[cfg(test)]
mod tests;
