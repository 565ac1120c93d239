//! A source that does not parse: what the engine says of it, as a sentence of ours at the place where something is missing.

use rhai::{LexError, ParseError, ParseErrorType};

use super::{diagnostic, hinted, only, place};
use crate::script::diagnostic::{Diagnostic, Place, Said};
use crate::script::slips::end_before;

/// A source that does not parse.
pub(crate) fn of_parse(file: &str, source: &str, error: &ParseError) -> Diagnostic {
    let at = place(error.position());
    // The engine names the token where it gave up; what is missing belongs behind the one before.
    if let ParseErrorType::MissingToken(token, _) = error.err_type()
        && matches!(token.as_str(), ";" | ")" | "]" | "}" | ",")
        && let Some(end) = end_before(source, at)
    {
        let said = match token.as_str() {
            ";" => hinted("A statement ends with a semicolon", "语句以分号结尾", format!("{};", before(source, end))),
            _ => only(format!("`{token}` is missing here"), format!("这里缺少 `{token}`")),
        };
        return diagnostic(file, source, end, said);
    }
    diagnostic(file, source, at, said_of_parse(error.err_type()))
}

/// The line up to a place, without what stands before its first word.
fn before(source: &str, place: Place) -> String {
    let line = source.lines().nth(place.line as usize - 1).unwrap_or_default();
    line.chars().take(place.column as usize - 1).collect::<String>().trim_start().to_owned()
}

pub(super) fn said_of_parse(error: &ParseErrorType) -> Said {
    match error {
        ParseErrorType::UnexpectedEOF => only(
            "The source ends in the middle of something: a bracket or a block is still open",
            "源代码在中途结束：还有括号或代码块没有关上",
        ),
        ParseErrorType::BadInput(LexError::UnterminatedString) => only("This text is not closed", "这段文本没有结束引号"),
        ParseErrorType::BadInput(LexError::MalformedNumber(number)) if number.is_empty() => only("This is no number", "这不是数"),
        ParseErrorType::BadInput(LexError::MalformedNumber(number)) => {
            only(format!("`{number}` is no number"), format!("`{number}` 不是数"))
        }
        ParseErrorType::BadInput(LexError::MalformedEscapeSequence(text)) => {
            hinted(format!("`{text}` means nothing in a text"), format!("`{text}` 在文本里没有意义"), r#"\n \t \" \\"#)
        }
        ParseErrorType::BadInput(LexError::MalformedChar(text)) => hinted(
            "Single quotes hold one character; a text stands in double quotes",
            "单引号里只放一个字符；文本用双引号",
            format!("\"{text}\""),
        ),
        ParseErrorType::BadInput(LexError::UnexpectedInput(text)) => {
            only(format!("`{text}` means nothing here"), format!("`{text}` 在这里没有意义"))
        }
        ParseErrorType::BadInput(LexError::ImproperSymbol(symbol, _)) => disabled(symbol),
        ParseErrorType::Reserved(word) => reserved(word),
        ParseErrorType::MissingToken(token, _) if token == "{" => {
            hinted("A block stands in braces: `{` is missing here", "代码块写在花括号里：这里缺少 `{`", "if a { … }")
        }
        ParseErrorType::MissingToken(token, _) if token == "catch" => {
            hinted("A `try` is followed by a `catch`", "`try` 后面要有 `catch`", "try { … } catch (e) { … }")
        }
        ParseErrorType::MissingToken(token, _) => only(format!("`{token}` is missing here"), format!("这里缺少 `{token}`")),
        ParseErrorType::ExprExpected(_) => only("A value is missing here", "这里缺少一个值"),
        ParseErrorType::VariableExpected => only("A variable's name is missing here", "这里缺少变量名"),
        ParseErrorType::PropertyExpected => only("The name of a property or method is missing here", "这里缺少属性名或方法名"),
        ParseErrorType::AssignmentToConstant(name) if name.is_empty() => only("Nothing can be assigned to this", "不能给它赋值"),
        ParseErrorType::AssignmentToConstant(name) => hinted(
            format!("`{name}` is a constant and cannot be changed"),
            format!("`{name}` 是常量，不能修改"),
            format!("let {name} = …;"),
        ),
        ParseErrorType::AssignmentToInvalidLHS(_) => only("Nothing can be assigned to this", "不能给它赋值"),
        ParseErrorType::FnMissingName => only("The function's name is missing", "缺少函数名"),
        ParseErrorType::FnMissingParams(name) => hinted(
            format!("The arguments of {name} stand in brackets"),
            format!("{name} 的参数写在括号里"),
            format!("fn {name}(a, b) {{ … }}"),
        ),
        ParseErrorType::FnMissingBody(name) => {
            hinted(format!("The body of {name} stands in braces"), format!("{name} 的函数体写在花括号里"), format!("fn {name}() {{ … }}"))
        }
        ParseErrorType::FnDuplicatedDefinition(name, count) => {
            only(format!("There are two functions {name} with {count} arguments"), format!("有两个 {name} 函数都带 {count} 个参数"))
        }
        ParseErrorType::FnDuplicatedParam(name, param) => {
            only(format!("{name} has two arguments of the name {param}"), format!("{name} 有两个参数都叫 {param}"))
        }
        ParseErrorType::WrongFnDefinition => {
            only("A function is defined at the top level, not inside of something", "函数要定义在顶层，不能放在别的东西里面")
        }
        ParseErrorType::LoopBreak => only("break and continue stand inside a loop", "break 和 continue 要放在循环里"),
        ParseErrorType::ExprTooDeep => only("This lies too deep inside of other things: take it apart", "这里嵌套得太深：请拆开来写"),
        ParseErrorType::DuplicatedProperty(name) => only(format!("The map has `{name}` twice"), format!("映射里有两个 `{name}`")),
        ParseErrorType::UnknownOperator(symbol) => only(format!("`{symbol}` means nothing here"), format!("`{symbol}` 在这里没有意义")),
        ParseErrorType::MalformedCapture(_) => only("`!` means nothing here", "`!` 在这里没有意义"),
        ParseErrorType::MalformedIndexExpr(_) => only("An index is an integer, and of a map a text", "下标是整数，映射的下标是文本"),
        ParseErrorType::DuplicatedVariable(name) => {
            only(format!("There are two variables `{name}` here"), format!("这里有两个变量 `{name}`"))
        }
        ParseErrorType::WrongSwitchDefaultCase => {
            hinted("`_` is the last case of a `switch`", "`_` 是 `switch` 的最后一个分支", "switch x { 1 => …, _ => … }")
        }
        ParseErrorType::WrongSwitchIntegerCase => hinted(
            "In a `switch` single numbers stand before ranges",
            "在 `switch` 里，单个的数写在范围之前",
            "switch x { 1 => …, 2..5 => … }",
        ),
        ParseErrorType::WrongSwitchCaseCondition => hinted(
            "`_` stands for all the rest, and takes no condition",
            "`_` 代表其余的一切，不带条件",
            "switch x { n if n > 3 => …, _ => … }",
        ),
        ParseErrorType::MismatchedType(wanted, got) => mismatched(wanted, got),
        ParseErrorType::LiteralTooLarge(..) => only("This is too long to be written out", "这太长了，不能直接写出来"),
        ParseErrorType::WrongDocComment => {
            hinted("A comment with three slashes stands before a function", "三个斜杠的注释要写在函数前面", "// comment")
        }
        ParseErrorType::ForbiddenVariable(name) | ParseErrorType::VariableExists(name) => {
            only(format!("`{name}` makes no name here"), format!("`{name}` 在这里不能用作名字"))
        }
        // What else there is belongs to parts of the engine that are switched off.
        other => only(other.to_string(), other.to_string()),
    }
}

/// What is written out where something else must stand: `if 1 { … }`.
fn mismatched(wanted: &str, got: &str) -> Said {
    let (en, zh) = match got {
        "a number" | "a floating-point number" => ("a number", "数"),
        "a character" | "a string" => ("a text", "文本"),
        "a boolean" => ("true or false", "true 或 false"),
        "an array" => ("a list", "列表"),
        "an object map" => ("a map", "映射"),
        other => (other, other),
    };
    if wanted.contains("iterable") {
        return hinted(
            format!("`for` goes through a list or a range, not {en}"),
            format!("`for` 遍历列表或范围，不能遍历{zh}"),
            "for i in 0..n { … }",
        );
    }
    hinted(format!("A condition is true or false, not {en}"), format!("条件应为 true 或 false，而不是{zh}"), "if a > 0 { … }")
}

fn disabled(symbol: &str) -> Said {
    match symbol {
        "import" | "export" => {
            hinted("There is nothing to import: everything is at hand", "不必 import：需要的都已就绪", "let q = Queue();")
        }
        "eval" => only("A scenario cannot make code while it runs", "场景运行时不能生成代码"),
        "===" | "!==" => hinted("Two signs compare", "比较用两个符号", format!("a {} b", &symbol[..2])),
        ":=" => hinted("`:=` is written `=`", "`:=` 写作 `=`", "x = 3;"),
        "=" => hinted("A comparison is written `==`", "比较写作 `==`", "a == b"),
        "debug" => hinted("`debug` is written `print`", "`debug` 写作 `print`", "print(x);"),
        _ => only(format!("`{symbol}` means nothing here"), format!("`{symbol}` 在这里没有意义")),
    }
}

fn reserved(word: &str) -> Said {
    if word.starts_with(|first: char| first.is_alphabetic()) {
        hinted(
            format!("`{word}` is a word of the language and makes no name"),
            format!("`{word}` 是语言的保留字，不能用作名字"),
            format!("{word}_1"),
        )
    } else {
        only(format!("`{word}` means nothing here"), format!("`{word}` 在这里没有意义"))
    }
}
