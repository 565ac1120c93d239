//! What the engine says of a fault, as sentences of ours with the right form beside them.

use std::collections::BTreeMap;

use rhai::{EvalAltResult, Position};

pub(super) use parse::of_parse;
use parse::said_of_parse;

use super::afar;
use super::binding::{Class, Function};
use super::diagnostic::{Diagnostic, Place, Said, nearest, say};
use super::language::{CLASSES, FUNCTIONS, function};
use super::raise::{kind_and_message, kind_of_engine_error};
use super::runtime::{ANONYMOUS, Runtime};
use crate::ipc::fault::{Fault, Spot, Way};

mod parse;

/// Functions that other languages have, and what stands for them here.
const FOREIGN: &[(&str, &str)] = &[
    ("str", "x.to_string()"),
    ("int", "parse_int(text)"),
    ("float", "parse_float(text)"),
    ("format", "`x = ${x}`"),
    ("append", "list.push(x)"),
    ("range", "for i in 0..n { … }"),
    ("list", "[1, 2, 3]"),
    ("dict", "#{ a: 1 }"),
    ("enumerate", "for (x, i) in list { … }"),
    ("isinstance", "type_of(x) == \"array\""),
    ("type", "type_of(x)"),
    ("getpid", "current_process().pid"),
    ("notifyAll", "condition.notify_all()"),
    ("isSet", "event.is_set()"),
    ("size", "list.len()"),
    ("length", "list.len()"),
    ("strlen", "text.len()"),
    ("upper", "text.to_upper()"),
    ("lower", "text.to_lower()"),
    ("sum", "list.reduce(|sum, x| sum + x, 0)"),
    ("sorted", "list.sort()"),
    ("slice", "list.extract(i..j)"),
    ("ValueError", "throw \"why\";"),
    ("TypeError", "throw \"why\";"),
    ("RuntimeError", "throw \"why\";"),
    ("Exception", "throw \"why\";"),
    ("quit", "exit()"),
    ("max", "if a > b { a } else { b }"),
];

pub(super) fn place(position: Position) -> Place {
    Place { line: position.line().unwrap_or(0) as u32, column: position.position().unwrap_or(0) as u32 }
}

pub(super) fn diagnostic(file: &str, source: &str, place: Place, (sentence, hint): Said) -> Diagnostic {
    let fault = Diagnostic::new(file, source, place, sentence);
    match hint {
        Some(hint) => fault.with_hint(hint),
        None => fault,
    }
}

fn only(en: impl Into<String>, zh: impl Into<String>) -> Said {
    (say(en, zh), None)
}

fn hinted(en: impl Into<String>, zh: impl Into<String>, right: impl Into<String>) -> Said {
    let right = right.into();
    (say(en, zh), Some(say(right.clone(), right)))
}

/// A call of a function that there is not.
pub(super) fn no_function(name: &str, count: usize, script: &BTreeMap<String, Vec<usize>>) -> Said {
    if let Some(takes) = script.get(name) {
        let takes: Vec<String> = takes.iter().map(usize::to_string).collect();
        return only(
            format!("{name} takes {} argument{}, but {count} {} given", takes.join(" or "), plural(&takes), be(count)),
            format!("{name} 需要 {} 个参数，但给了 {count} 个", takes.join(" 或 ")),
        );
    }
    if let Some(known) = function(name) {
        return wrong_count(known, count);
    }
    if let Some((_, right)) = FOREIGN.iter().find(|(foreign, _)| *foreign == name) {
        return hinted(format!("There is no function `{name}`"), format!("没有函数 `{name}`"), *right);
    }
    let known = script.keys().map(String::as_str).chain(FUNCTIONS.iter().flat_map(|table| table.iter()).map(|function| function.name));
    match nearest(name, known) {
        Some(meant) => hinted(format!("There is no function `{name}`"), format!("没有函数 `{name}`"), meant),
        None => only(format!("There is no function `{name}`"), format!("没有函数 `{name}`")),
    }
}

/// A call of a method that there is not; the class where it is known.
pub(super) fn no_method(name: &str, count: usize, class: Option<&Class>) -> Said {
    let offered = |class: &'static Class| class.methods.iter();
    let methods: Vec<&'static Function> = match class {
        Some(class) => CLASSES.iter().copied().filter(|known| known.name == class.name).flat_map(offered).collect(),
        None => CLASSES.iter().copied().flat_map(offered).collect(),
    };
    if let Some(known) = methods.iter().find(|method| method.name == name) {
        return wrong_count(known, count);
    }
    let (en, zh) = match class {
        Some(class) => (format!("{} has no method `{name}`", class.name), format!("{} 没有方法 `{name}`", class.name)),
        None => (format!("There is no method `{name}`"), format!("没有方法 `{name}`")),
    };
    if let Some((_, right)) = FOREIGN.iter().find(|(foreign, _)| *foreign == name) {
        return hinted(en, zh, *right);
    }
    if class.is_some_and(|class| class.properties.iter().any(|property| property.name == name)) {
        return hinted(en, zh, format!(".{name}"));
    }
    // Of another class: whoever writes it has taken the wrong one.
    let owners: Vec<String> = CLASSES
        .iter()
        .filter(|other| function(other.name).is_some() && offered(other).any(|method| method.name == name))
        .map(|other| format!("{}.{name}()", other.name))
        .collect();
    if !owners.is_empty() {
        return hinted(en, zh, owners.join(" "));
    }
    match (nearest(name, methods.iter().map(|method| method.name)), class) {
        (Some(meant), _) => hinted(en, zh, format!(".{meant}()")),
        (None, Some(class)) => {
            let all: Vec<String> = class.methods.iter().map(|method| format!(".{}", method.signature())).collect();
            hinted(en, zh, all.join(" "))
        }
        (None, None) => only(en, zh),
    }
}

fn wrong_count(known: &Function, count: usize) -> Said {
    let signature = known.signature();
    hinted(
        format!("{} cannot take {count} argument{}", known.name, if count == 1 { "" } else { "s" }),
        format!("{} 不接受 {count} 个参数", known.name),
        signature,
    )
}

fn plural(takes: &[String]) -> &'static str {
    if takes.len() == 1 && takes[0] == "1" { "" } else { "s" }
}

fn be(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// Counting with a shared object as if it were what it holds.
pub(super) fn no_number(class: &Class, variable: &str) -> Said {
    let (en, zh) = (format!("TypeError: {} is not a number itself", class.name), format!("TypeError：{} 本身不是数", class.name));
    match class.name {
        "Value" => hinted(en, zh, format!("{variable}.value += 1;")),
        "Array" => hinted(en, zh, format!("{variable}[0] += 1;")),
        _ => only(en, zh),
    }
}

/// A shared object where what it holds is meant, and what else stands in the expression, behind it.
pub(super) fn no_value(class: &Class, variable: &str, other: &str, rest: &str) -> Said {
    let (en, zh) = (
        format!("TypeError: `{variable}` is of class {}, and is no number, text or list itself", class.name),
        format!("TypeError：`{variable}` 是 {}，它本身不是数、文本或列表", class.name),
    );
    match meant(class.name, other, variable) {
        Some(right) => hinted(en, zh, format!("{right}{rest}")),
        None => only(en, zh),
    }
}

/// A shared object where a yes or no is wanted.
pub(super) fn no_truth(class: &Class, variable: &str) -> Said {
    let (en, zh) = (
        format!("TypeError: `{variable}` is of class {}, and is neither true nor false", class.name),
        format!("TypeError：`{variable}` 是 {}，它既不是 true 也不是 false", class.name),
    );
    match truth(class.name, variable) {
        Some(right) => hinted(en, zh, right),
        None => only(en, zh),
    }
}

/// A written argument of a type that a call cannot take. A yes or no is Python's `block`.
pub(super) fn wrong_argument(known: &Function, argument: &str, wanted: &str, got: &str) -> Said {
    let zh = match wanted {
        "a number" => "数",
        "an integer" => "整数",
        "a text" => "文本",
        "a function" => "函数",
        _ => "列表",
    };
    let en = format!("TypeError: {}: {argument} must be {wanted}, not {got}", known.name);
    let zh = format!("TypeError：{} 的参数 {argument} 应为{zh}，而不是 {got}", known.name);
    let right = match (known.name, got) {
        ("acquire", "bool") => "try_acquire()".to_owned(),
        ("get", "bool") => "get_nowait()".to_owned(),
        ("put", "bool") => "put_nowait(value)".to_owned(),
        _ => known.signature(),
    };
    hinted(en, zh, right)
}

/// `for (k, v) in d.items()`: the second name is a counter.
pub(super) fn pairs(item: &str, count: &str) -> Said {
    hinted(
        format!("The second name of a `for` counts; `{item}` is the pair itself"),
        format!("`for` 的第二个名字是序号；`{item}` 才是那一对"),
        format!("for pair in d.items() {{ let {item} = pair[0]; let {count} = pair[1]; }}"),
    )
}

/// A range as an index of a shared object.
pub(super) fn no_part(class: &Class, variable: &str, from: i64, to: i64) -> Said {
    let (en, zh) = (
        format!("TypeError: an index of class {} is one place, not a range", class.name),
        format!("TypeError：{} 的下标是一个位置，不是范围", class.name),
    );
    match class.methods.iter().any(|method| method.name == "slice") {
        true => hinted(en, zh, format!("{variable}.slice({from}, {to})")),
        false => only(en, zh),
    }
}

/// An integer that is too large to be one.
pub(super) fn too_large(digits: &str) -> Said {
    only(format!("{digits} is too large for an integer: at most {}", i64::MAX), format!("{digits} 超出整数范围：最大为 {}", i64::MAX))
}

/// What has no order, or cannot be multiplied, as it is written out.
pub(super) fn no_order(operator: &str, left: &str, right: &str) -> Said {
    match operator {
        "*" => hinted(
            format!("TypeError: {left} * {right} cannot be computed; a text is repeated with `repeat`"),
            format!("TypeError：无法计算 {left} * {right}；重复文本用 `repeat`"),
            "repeat(\"x\", 5)",
        ),
        _ => only(
            format!("TypeError: {left} and {right} have no order, so `{operator}` does not compare them"),
            format!("TypeError：{left} 和 {right} 之间没有大小，不能用 `{operator}` 比较"),
        ),
    }
}

/// A shared object that has no items, where something is gone through.
pub(super) fn no_items(class: &Class, variable: &str) -> Said {
    only(
        format!("TypeError: `{variable}` is of class {}, and cannot be gone through with `for`", class.name),
        format!("TypeError：`{variable}` 是 {}，不能用 `for` 遍历", class.name),
    )
}

/// An error that nothing caught: its kind and its fault. `told`: the sentence, where the error was put into
/// our words before.
pub(super) fn of_run(file: &str, source: &str, error: &EvalAltResult, told: Option<Said>, last_line: u32) -> (String, Diagnostic) {
    let inner = error.unwrap_inner();
    let mut at = place(inner.position());
    // Of an endless recursion the engine tells the outermost place, which says nothing.
    if at.line == 0 || matches!(inner, EvalAltResult::ErrorStackOverflow(_)) && last_line > 0 {
        at = Place::new(last_line, 0);
    }
    let (kind, said) = match inner {
        EvalAltResult::ErrorRuntime(value, _) | EvalAltResult::ErrorTerminated(value, _) => {
            let (kind, message) = kind_and_message(value);
            let text = if kind == "Error" { format!("uncaught: {message}") } else { format!("{kind}: {message}") };
            (kind, told.unwrap_or_else(|| only(text.clone(), text)))
        }
        other => (kind_of(other), said_of_run(other)),
    };
    (kind, diagnostic(file, source, at, said))
}

/// An error of the engine's own as one that a script can catch as it catches ours, with its sentence.
pub(super) fn in_our_words(error: &EvalAltResult) -> Option<(Fault, Said)> {
    let inner = error.unwrap_inner();
    let kind = kind_of_engine_error(&variant(inner))?.name();
    let said = said_of_run(inner);
    let message = said.0.en.strip_prefix(kind).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(&said.0.en);
    Some((Fault::named(kind, message), said))
}

/// What a function raised, as it can travel to whoever asks for its result.
pub(super) fn raised(error: &EvalAltResult, runtime: &Runtime) -> Fault {
    if let Some(fault) = afar::fault_of(error, runtime) {
        return fault;
    }
    let inner = error.unwrap_inner();
    let fault = match in_our_words(inner) {
        Some((fault, _)) => fault,
        None => Fault::named(&kind_of(inner), said_of_run(inner).0.en),
    };
    Fault { raised: afar::spot(error, runtime), ..fault }
}

/// Puts a fault at the place where it was raised in another process, with the places it came through since.
pub(super) fn traced(diagnostic: Diagnostic, source: &str, fault: &Fault) -> Diagnostic {
    let place = |at: &Spot| Place::new(at.line, at.column);
    let passed = |(at, way): &(Spot, Way)| {
        let how = match way {
            Way::Task => say("in a task applied at", "在任务中，任务提交于"),
            Way::Result => say("in a task whose result is asked for at", "在任务中，结果取于"),
            Way::Method => say("in a method called at", "在方法中，方法调用于"),
        };
        (place(at), how)
    };
    diagnostic.passed_through(source, place(&fault.raised), fault.trail.iter().map(passed).collect())
}

fn kind_of(error: &EvalAltResult) -> String {
    kind_of_engine_error(&variant(error)).map_or("Error", |kind| kind.name()).to_owned()
}

/// The engine's name for an error, as it also stands in what a script catches.
fn variant(error: &EvalAltResult) -> String {
    let mut name = format!("{error:?}");
    name.truncate(name.find('(').unwrap_or(name.len()));
    name
}

fn said_of_run(error: &EvalAltResult) -> Said {
    match error {
        EvalAltResult::ErrorFunctionNotFound(signature, _) => not_found(signature),
        EvalAltResult::ErrorVariableNotFound(name, _) => {
            only(format!("KeyError: there is no variable `{name}` here"), format!("KeyError：这里没有变量 `{name}`"))
        }
        EvalAltResult::ErrorStackOverflow(_) => {
            only("Functions call each other too deep: is there a way out of the recursion?", "函数互相调用得太深：递归有出口吗？")
        }
        EvalAltResult::ErrorArrayBounds(len, index, _) => only(
            format!("IndexError: the list has {len} item{}, there is no [{index}]", if *len == 1 { "" } else { "s" }),
            format!("IndexError：列表有 {len} 项，没有 [{index}]"),
        ),
        EvalAltResult::ErrorStringBounds(len, index, _) => only(
            format!("IndexError: the text has {len} character{}, there is no [{index}]", if *len == 1 { "" } else { "s" }),
            format!("IndexError：文本有 {len} 个字符，没有 [{index}]"),
        ),
        EvalAltResult::ErrorIndexNotFound(key, _) => only(format!("KeyError: there is no [{key}]"), format!("KeyError：没有 [{key}]")),
        EvalAltResult::ErrorPropertyNotFound(name, _) => {
            only(format!("KeyError: there is no `.{name}`"), format!("KeyError：没有 `.{name}`"))
        }
        EvalAltResult::ErrorDotExpr(what, _) => {
            // `Unknown property 'size' - a getter is not registered for type 'Array'`
            let quoted: Vec<&str> = what.split('\'').skip(1).step_by(2).collect();
            match quoted.as_slice() {
                [property, owner, ..] => {
                    let owner = word(owner);
                    only(format!("TypeError: {owner} has no `.{property}`"), format!("TypeError：{owner} 没有 `.{property}`"))
                }
                _ => only(format!("TypeError: {what}"), format!("TypeError：{what}")),
            }
        }
        EvalAltResult::ErrorMismatchDataType(wanted, got, _) | EvalAltResult::ErrorMismatchOutputType(wanted, got, _) => {
            let (wanted, got) = (word(wanted), word(got));
            let (en, zh) =
                (format!("TypeError: {wanted} is wanted here, not {got}"), format!("TypeError：这里需要 {wanted}，而不是 {got}"));
            let part = (got == "range").then(|| "list.extract(i..j)".to_owned());
            match truth(got, "x").filter(|_| wanted == "bool").or(part) {
                Some(right) => hinted(en, zh, right),
                None => only(en, zh),
            }
        }
        EvalAltResult::ErrorIndexingType(what, _) => {
            let what = word(what.split(['[', ' ']).next().unwrap_or(what));
            let (en, zh) = (format!("TypeError: {what} has no items to index"), format!("TypeError：{what} 不能用下标"));
            // Braces with nothing in them are an empty block, whose value is ().
            if what == "()" { hinted(en, zh, "#{ }") } else { only(en, zh) }
        }
        EvalAltResult::ErrorFor(_) => only("TypeError: this cannot be gone through with `for`", "TypeError：不能用 `for` 遍历它"),
        EvalAltResult::ErrorBitFieldBounds(len, index, _) => only(
            format!("IndexError: the integer has {len} bits, there is no [{index}]"),
            format!("IndexError：整数有 {len} 位，没有 [{index}]"),
        ),
        EvalAltResult::ErrorArithmetic(reason, _) => arithmetic(reason),
        EvalAltResult::ErrorAssignmentToConstant(name, _) => hinted(
            format!("TypeError: `{name}` is a constant and cannot be changed"),
            format!("TypeError：`{name}` 是常量，不能修改"),
            format!("let {name} = …;"),
        ),
        EvalAltResult::ErrorNonPureMethodCallOnConstant(name, _) => {
            let method = name.strip_prefix("get$").or_else(|| name.strip_prefix("set$")).unwrap_or(name);
            let what = if method.starts_with("index$") { "[…]".to_owned() } else { format!(".{method}") };
            hinted(
                format!("TypeError: this is a constant, and `{what}` would change it"),
                format!("TypeError：这是常量，而 `{what}` 会修改它"),
                "let x = …;",
            )
        }
        EvalAltResult::ErrorModuleNotFound(..) => only("There are no modules here", "这里没有模块"),
        EvalAltResult::ErrorDataTooLarge(what, _) => {
            let (en, zh) = if what.contains("string") { ("text", "文本") } else { ("list or map", "列表或映射") };
            only(format!("ValueError: the {en} grows too large"), format!("ValueError：{zh}变得太大"))
        }
        EvalAltResult::ErrorDataRace(name, _) => only(
            format!("TypeError: {name} is used twice in one call: take a copy of it first"),
            format!("TypeError：{name} 在一次调用中用了两次：请先复制一份"),
        ),
        EvalAltResult::ErrorUnboundThis(_) => only(
            "TypeError: `this` is nothing here: the function was not called as a method",
            "TypeError：这里没有 `this`：函数不是作为方法调用的",
        ),
        EvalAltResult::LoopBreak(..) => only("break and continue stand inside a loop", "break 和 continue 要放在循环里"),
        EvalAltResult::ErrorParsing(error, _) => said_of_parse(error),
        other => only(other.to_string(), other.to_string()),
    }
}

/// `Addition overflow: 1 + 2`: the reason in our words, the numbers as they were.
fn arithmetic(reason: &str) -> Said {
    // `Error parsing integer number 'x': invalid digit found in string`
    let quoted = reason.split('\'').nth(1).filter(|_| reason.starts_with("Error parsing"));
    let numbers = quoted.or_else(|| reason.split_once(": ").map(|(_, numbers)| numbers)).unwrap_or_default();
    let what = reason.to_lowercase();
    let (en, zh) = if what.contains("cannot be zero") {
        ("a step of 0 comes to no end", "步长为 0 就永远到不了头")
    } else if what.contains("by zero") {
        ("nothing can be divided by 0", "不能除以 0")
    } else if what.contains("overflow") || what.contains("too large an index") {
        ("the result is too large for its type", "结果太大，这个类型放不下")
    } else if what.contains("negative power") {
        ("an integer has no negative power: begin with a float", "整数没有负数次幂：请从小数开始")
    } else if what.contains("parsing") {
        ("this text is no number", "这段文本不是数")
    } else if what.contains("log of") || what.contains("square root of") {
        ("there is no such number", "没有这样的数")
    } else {
        return only(format!("ValueError: {reason}"), format!("ValueError：{reason}"));
    };
    match numbers {
        "" => only(format!("ValueError: {en}"), format!("ValueError：{zh}")),
        numbers => only(format!("ValueError: {en}: {numbers}"), format!("ValueError：{zh}：{numbers}")),
    }
}

/// `put (Queue, i64)`: which function was looked for with which types.
fn not_found(signature: &str) -> Said {
    let (name, types) = signature.split_once(" (").unwrap_or((signature, ""));
    let types: Vec<&str> = types.strip_suffix(')').unwrap_or(types).split(", ").filter(|name| !name.is_empty()).map(word).collect();
    let class = types.first().and_then(|first| CLASSES.iter().find(|class| class.name == *first)).copied();
    if let Some(property) = name.strip_prefix("get$").or_else(|| name.strip_prefix("set$")) {
        let owner = types.first().copied().unwrap_or("()");
        if class.is_some_and(|class| class.methods.iter().any(|method| method.name == property)) {
            return hinted(
                format!("TypeError: {owner} has no `.{property}`"),
                format!("TypeError：{owner} 没有 `.{property}`"),
                format!(".{property}()"),
            );
        }
        return only(format!("TypeError: {owner} has no `.{property}`"), format!("TypeError：{owner} 没有 `.{property}`"));
    }
    if let Some(class) = class.filter(|_| name.starts_with(|first: char| first.is_alphabetic() || first == '_')) {
        let (said, right) = no_method(name, types.len() - 1, Some(class));
        return (say(format!("TypeError: {}", said.en), format!("TypeError：{}", said.zh)), right);
    }
    if !name.starts_with(|first: char| first.is_alphabetic() || first == '_') {
        return match types.as_slice() {
            [one] => {
                let (en, zh) = (format!("TypeError: {name} cannot be applied to {one}"), format!("TypeError：{name} 不能用于 {one}"));
                match truth(one, "x").filter(|_| name == "!").or_else(|| meant(one, "", "x")) {
                    Some(right) => hinted(en, zh, right),
                    None => only(en, zh),
                }
            }
            [left, right, ..] => {
                let right_form = match (*left, *right) {
                    ("string", _) if name == "%" => Some("`x = ${x}`".to_owned()),
                    (left, right) => meant(left, right, "x").or_else(|| meant(right, left, "x")),
                };
                let sentence = match name {
                    "==" | "!=" | "<" | "<=" | ">" | ">=" => {
                        say(format!("TypeError: {left} and {right} cannot be compared"), format!("TypeError：{left} 和 {right} 无法比较"))
                    }
                    _ => say(
                        format!("TypeError: {left} {name} {right} cannot be computed"),
                        format!("TypeError：无法计算 {left} {name} {right}"),
                    ),
                };
                (sentence, right_form.map(|form| say(form.clone(), form)))
            }
            [] => only(format!("TypeError: {name} cannot be applied"), format!("TypeError：{name} 无法应用")),
        };
    }
    // A function without a name, by the engine's name for it.
    if name.starts_with(ANONYMOUS) {
        return only(
            format!("TypeError: this function does not take {} argument{}", types.len(), if types.len() == 1 { "" } else { "s" }),
            format!("TypeError：这个函数不接受 {} 个参数", types.len()),
        );
    }
    let sentence = say(
        format!("TypeError: there is no function {name}({})", types.join(", ")),
        format!("TypeError：没有函数 {name}({})", types.join(", ")),
    );
    let right = FOREIGN.iter().find(|(foreign, _)| *foreign == name).map(|(_, right)| say(*right, *right));
    (sentence, right)
}

/// What is written where the value was meant that a handle stands for, beside a value of another type.
fn meant(class: &str, other: &str, variable: &str) -> Option<String> {
    let stands = CLASSES.iter().find(|known| known.name == class)?.stands;
    let form = if matches!(other, "array" | "map") { stands.all } else { stands.one };
    (!form.is_empty()).then(|| format!("{variable}{form}"))
}

/// What is written where a value of a type was meant as a yes or no.
fn truth(name: &str, variable: &str) -> Option<String> {
    let form = match name {
        "integer" | "float" => " != 0",
        "array" | "map" => ".len() > 0",
        "string" => " != \"\"",
        "()" => " != ()",
        class => CLASSES.iter().find(|known| known.name == class)?.stands.truth,
    };
    (!form.is_empty()).then(|| format!("{variable}{form}"))
}

/// A type of the engine in the words of the language.
fn word(name: &str) -> &str {
    match name {
        "i64" => "integer",
        "f64" => "float",
        "Fn" => "function",
        name if name.contains("ImmutableString") || name == "string" || name.contains("&str") => "string",
        name if name.contains("Range") => "range",
        // Where the engine asks the value and not its own list of names, it gets the compiler's.
        name => CLASSES.iter().find(|class| (class.type_name)() == name).map_or(name, |class| class.name),
    }
}
