//! The slips of hands that know Python or C, each answered with the right form.
//! Looked for only in sources that are faulty, so a row may be plain-minded. Pure.

use super::diagnostic::{Diagnostic, Place, say};
use super::tokens::{Sort, Token, tokens};
use crate::trace::scenario::Bilingual;
use shape::{
    begins_argument, begins_line, closes_call, divides, has_assignment, in_brackets, inside, inside_call, is_compared_wrongly,
    is_constant_loop, is_several, is_tuple, is_value, open_bracket, rest_of_line, written,
};
use words::{MODULES, OPENERS, RESERVED, TYPES, WIDE_MARKS, WORDS};

mod shape;
mod words;

/// All slips in a source, in order.
pub(super) fn slips(file: &str, source: &str) -> Vec<Diagnostic> {
    let all = tokens(source);
    let mut found: Vec<Diagnostic> = divisions(file, source, &all).collect();
    let code: Vec<Token> = all.into_iter().filter(|token| token.sort != Sort::Comment).collect();
    let mut at = 0;
    while at < code.len() {
        if let Some((slip, taken)) = slip(&code, at) {
            // Several slips in one line are named one after the other; those inside a comment's words are not.
            found.push(Diagnostic::new(file, source, code[at].place, slip.0).with_hint(slip.1));
            at += taken;
        } else {
            at += 1;
        }
    }
    found
}

/// Where `//` was meant to divide, as it does in Python. Such a source may parse all the same: what should be divided may
/// be the last thing of a block.
pub(super) fn divisions(file: &str, source: &str, all: &[Token]) -> impl Iterator<Item = Diagnostic> {
    let pairs = all.windows(2).filter(|pair| pair[1].sort == Sort::Comment && divides(&pair[0], &pair[1]));
    pairs.map(move |pair| {
        let said =
            say("`//` begins a comment; `/` between whole numbers gives a whole number", "`//` 是注释的开头；整数之间的 `/` 得到整数");
        Diagnostic::new(file, source, pair[1].place, said).with_hint(say("7 / 2", "7 / 2"))
    })
}

type Slip = (Bilingual, Bilingual);

fn row(en: &str, zh: &str, right: impl Into<String>) -> Slip {
    let right = right.into();
    (say(en, zh), say(right.clone(), right))
}

/// The slip that begins at a token, and how many tokens it takes.
fn slip(code: &[Token], at: usize) -> Option<(Slip, usize)> {
    let token = &code[at];
    let before = at.checked_sub(1).map(|before| &code[before]);
    let after = code.get(at + 1);
    let is_after = |text: &str| after.is_some_and(|after| after.is(text));
    match token.sort {
        Sort::Single => quotes(token).map(|slip| (slip, 1)),
        Sort::Mark => {
            if narrow(&token.text) != token.text {
                return Some((wide_marks(code, at), rest_of_line(code, at)));
            }
            if token.is("(") && is_tuple(code, at) {
                let inside: Vec<&Token> = in_brackets(code, at).collect();
                let right = format!("[{}]", written(&inside));
                return Some((row("A row of values is a list in square brackets", "一组值写成方括号里的列表", right), 1));
            }
            mark(code, at, before, after).map(|slip| (slip, if token.is("#") { rest_of_line(code, at) } else { 1 }))
        }
        Sort::Word => {
            // A method or property may be called as it likes.
            if before.is_some_and(|before| before.is(".") || before.is("?.")) {
                let bare = after.is_some_and(|after| after.place.line == token.place.line && begins_argument(after));
                return bare.then(|| (unbracketed(code, at), 1));
            }
            if narrow(&token.text) != token.text {
                return Some((wide_marks(code, at), rest_of_line(code, at)));
            }
            if !token.text.is_ascii() {
                return Some((row("A name is made of Latin letters, digits and `_`", "名字由英文字母、数字和 `_` 组成", "queue_1"), 1));
            }
            if let Some(opened) = opener(code, at) {
                return Some((opened, rest_of_line(code, at)));
            }
            if matches!(token.text.as_str(), "f" | "F")
                && let Some(text) = after.filter(|after| matches!(after.sort, Sort::Text | Sort::Single) && after.place == token.end)
            {
                return Some((row("A text with values in it stands in backticks", "带有值的文本写在反引号里", template(&text.text)), 2));
            }
            if MODULES.contains(&token.text.as_str()) && is_after(".") {
                let name = code.get(at + 2).map_or("sleep", |name| name.text.as_str());
                let right = match name {
                    "getpid" => "current_process().pid".to_owned(),
                    "kill" => "p.kill()".to_owned(),
                    "_exit" => "exit(1)".to_owned(),
                    name => format!("{name}(…)"),
                };
                return Some((row("There are no modules: a function stands by itself", "没有模块：函数名单独写", right), 3));
            }
            if token.is("for") && is_after("(") && code[at..].iter().take_while(|next| !next.is(")")).any(|next| next.is(";")) {
                return Some((
                    row("`for` goes through a range or a list", "`for` 遍历一个范围或列表", "for i in 0..n { … }"),
                    rest_of_line(code, at),
                ));
            }
            if TYPES.contains(&token.text.as_str())
                && after.is_some_and(|after| after.sort == Sort::Word)
                && (token.text != "const" || code.get(at + 2).is_some_and(|third| third.sort == Sort::Word))
            {
                let name = after.map_or("x", |after| after.text.as_str());
                if code.get(at + 2).is_some_and(|third| third.is("(")) {
                    return Some(match name {
                        "main" => (
                            row(
                                "The top level is the main process: it needs no `main`",
                                "顶层代码就是主进程：不需要 `main`",
                                "let q = Queue();",
                            ),
                            2,
                        ),
                        _ => (
                            row(
                                "A function begins with `fn`, without types",
                                "函数以 `fn` 开头，不写类型",
                                format!("fn {name}(a, b) {{ … }}"),
                            ),
                            2,
                        ),
                    });
                }
                return Some((
                    row("A variable begins with `let`, without a type", "变量以 `let` 开头，不写类型", format!("let {name} = …;")),
                    2,
                ));
            }
            if token.is("let") && is_several(code, at + 1) {
                let said = row(
                    "One `let` makes one variable",
                    "一个 `let` 只声明一个变量",
                    "let ends = Pipe(); let a = ends[0]; let b = ends[1];",
                );
                return Some((said, rest_of_line(code, at)));
            }
            if token.is("let") && code.get(at + 2).is_some_and(|third| third.is("=")) {
                let rest = &code[at + 3..at + rest_of_line(code, at)];
                let name = after.map_or("x", |after| after.text.as_str());
                // `let a = b = 1`, `let a = 1, b = 2`
                if let [other, equals, ..] = rest
                    && equals.is("=")
                    && other.sort == Sort::Word
                {
                    let right = format!("let {} = …; let {name} = {};", other.text, other.text);
                    return Some((row("One `=` gives one variable its value", "一个 `=` 只给一个变量赋值", right), rest_of_line(code, at)));
                }
                if let [_, comma, other, equals, ..] = rest
                    && (comma.is(","), other.sort, equals.is("=")) == (true, Sort::Word, true)
                {
                    let right = format!("let {name} = …; let {} = …;", other.text);
                    return Some((row("One `let` makes one variable", "一个 `let` 只声明一个变量", right), rest_of_line(code, at)));
                }
            }
            if token.is("let") && code.get(at + 2).is_some_and(|third| third.is(":")) {
                let name = after.map_or("x", |after| after.text.as_str());
                return Some((row("A variable has no written type", "变量不写类型", format!("let {name} = …;")), 3));
            }
            if is_after("=") && before.is_some_and(|before| before.is("(") || before.is(",")) && inside_call(code, at) {
                // `fn f(a, b = 2)`
                if let Some(open) = open_bracket(code, at).filter(|open| *open > 1 && code[*open - 2].is("fn")) {
                    let name = &code[open - 1].text;
                    let (taken, default) = (written(&code[open + 1..at].iter().collect::<Vec<_>>()), code.get(at + 2));
                    let all = format!("{taken} {}", default.map_or("1", |value| &value.text));
                    let right = format!("fn {name}({}) {{ {name}({}) }}", taken.trim_end_matches(','), all.trim());
                    return Some((
                        row(
                            "Every argument is given; a second function may leave one out",
                            "参数都要给出；可以再写一个少一个参数的函数",
                            right,
                        ),
                        2,
                    ));
                }
                let right = by_place(code, at);
                // A False is explained by the call that needs none.
                let taken = if code.get(at + 2).is_some_and(|value| value.is("True") || value.is("False")) { 3 } else { 2 };
                return Some((row("Arguments are told apart by their place, not by a name", "参数按位置区分，不写名字", right), taken));
            }
            if token.is("new") && after.is_some_and(|after| after.sort == Sort::Word) {
                let class = after.map_or("Queue", |after| after.text.as_str());
                return Some((
                    row("An object is made by calling its name, without `new`", "直接调用名字来创建对象，不写 `new`", format!("{class}()")),
                    2,
                ));
            }
            if token.is("if") && before.is_some_and(|before| is_value(before) && before.place.line == token.place.line) {
                let said = row("A choice between two values is an `if`", "二选一写成 `if`", "if a { b } else { c }");
                return Some((said, rest_of_line(code, at)));
            }
            if matches!(token.text.as_str(), "while" | "if") && is_compared_wrongly(code, at) {
                return Some((row("A comparison is written `==`", "比较写作 `==`", "a == b"), 1));
            }
            if token.is("while") && is_constant_loop(code, at) {
                return Some((row("A loop without an end is a `loop`", "没有尽头的循环用 `loop`", "loop { … }"), 1));
            }
            if token.is("print")
                && after
                    .is_some_and(|after| after.place.line == token.place.line && (begins_argument(after) || after.is("-") || after.is("[")))
            {
                return Some((unbracketed(code, at), 1));
            }
            if is_after(":")
                && code.get(at + 2).is_some_and(|third| third.sort == Sort::Word)
                && code.get(at + 3).is_some_and(|mark| mark.is("="))
            {
                return Some((row("A variable has no written type", "变量不写类型", format!("let {} = …;", token.text)), 3));
            }
            if is_after(",") && begins_line(code, at) && has_assignment(code, at) && is_several(code, at) {
                let said = row(
                    "One `let` makes one variable",
                    "一个 `let` 只声明一个变量",
                    "let ends = Pipe(); let a = ends[0]; let b = ends[1];",
                );
                return Some((said, rest_of_line(code, at)));
            }
            if token.is("for") && after.is_some_and(|after| after.sort == Sort::Word) && code.get(at + 2).is_some_and(|third| third.is(","))
            {
                let said =
                    row("`for` goes through a list, with a number for each item", "`for` 遍历列表，可以带序号", "for (x, i) in list { … }");
                return Some((said, rest_of_line(code, at)));
            }
            if token.is("for") && inside(code, at) == Some("[") {
                let said = row("A list is made of another with `map`", "用 `map` 从一个列表得到另一个", "list.map(|x| x + 1)");
                return Some((said, rest_of_line(code, at)));
            }
            if token.is("not") && is_after("in") {
                return Some((row("`not in` is written `!in`", "`not in` 写作 `!in`", "x !in list"), 2));
            }
            if let Some((_, right, en, zh)) = WORDS.iter().find(|(word, ..)| *word == token.text) {
                let taken = if matches!(token.text.as_str(), "import" | "from" | "__name__") { rest_of_line(code, at) } else { 1 };
                return Some((row(en, zh, *right), taken));
            }
            reserved(token, before, after).map(|slip| (slip, 1))
        }
        Sort::Number | Sort::Text | Sort::Template | Sort::Comment => None,
    }
}

/// A mark as the language knows it, or a text with the letters and marks of a wide keyboard as it knows them.
fn narrow(text: &str) -> String {
    if let Some((_, meant)) = WIDE_MARKS.iter().find(|(wide, _)| *wide == text) {
        return (*meant).to_owned();
    }
    let narrow = |c: char| match c {
        // Unicode's wide forms stand in the order of ASCII.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c if c.is_whitespace() => ' ',
        c => c,
    };
    text.chars().map(narrow).collect()
}

/// Marks as a Chinese keyboard types them: the whole line with those that are meant.
fn wide_marks(code: &[Token], at: usize) -> Slip {
    let (en, zh) = match code[at].text.trim().is_empty() {
        true => ("This blank is not an ordinary one", "这不是普通的空格"),
        false => ("This mark is a full-width one; the language knows the half-width", "这是全角符号；这里要用半角符号"),
    };
    let mut in_text = false;
    let line: Vec<Token> = code
        .iter()
        .filter(|token| token.place.line == code[at].place.line)
        .map(|token| {
            let meant = narrow(&token.text);
            let quote = token.sort == Sort::Mark && meant == "\"";
            in_text ^= quote;
            // What stands in a text may be as wide as it likes.
            let keep = in_text && !quote || !matches!(token.sort, Sort::Mark | Sort::Word);
            Token { text: if keep { token.text.clone() } else { meant }, ..token.clone() }
        })
        .collect();
    row(en, zh, written(&line.iter().collect::<Vec<_>>()))
}

/// `f"x is {x}"` as it is written here.
fn template(text: &str) -> String {
    let inside = text.trim_matches(['"', '\'']);
    // What follows a colon is a format, which a text does not have here.
    if !inside.contains('{') || inside.contains([':', '`', '$']) {
        return "`x = ${x}`".to_owned();
    }
    format!("`{}`", inside.replace('{', "${"))
}

/// `print x` or `q.put x`, with its brackets.
fn unbracketed(code: &[Token], at: usize) -> Slip {
    let end = |token: &&Token| token.place.line == code[at].place.line && !token.is(";") && !token.is("{") && !token.is("}");
    let arguments: Vec<&Token> = code[at + 1..].iter().take_while(end).collect();
    let right = format!("{}({})", code[at].text, written(&arguments));
    row("The arguments of a call stand in brackets", "调用的参数写在括号里", right)
}

/// `'text'`: single quotes hold one character.
fn quotes(token: &Token) -> Option<Slip> {
    let inner = token.text.strip_prefix('\'')?;
    let inner = inner.strip_suffix('\'').unwrap_or(inner);
    let is_character =
        inner.chars().count() == 1 || (inner.starts_with('\\') && inner.len() > 1 && !inner.contains(' ') && inner.chars().count() <= 10);
    (!is_character).then(|| {
        row(
            "A text stands in double quotes; single quotes hold one character",
            "文本用双引号；单引号里只放一个字符",
            format!("\"{inner}\""),
        )
    })
}

fn mark(code: &[Token], at: usize, before: Option<&Token>, after: Option<&Token>) -> Option<Slip> {
    let token = &code[at];
    match token.text.as_str() {
        "#" if after.is_some_and(|after| after.is("include") || after.is("import")) => {
            Some(row("There is nothing to include: everything is at hand", "不必 include：需要的都已就绪", "let q = Queue();"))
        }
        "#" => {
            let words: Vec<&str> =
                code[at + 1..].iter().take_while(|next| next.place.line == token.place.line).map(|next| next.text.as_str()).collect();
            Some(row("A comment begins with two slashes", "注释以两个斜杠开头", format!("// {}", words.join(" ")).trim_end().to_owned()))
        }
        "++" => Some(row("`++` is written `+= 1`", "`++` 写作 `+= 1`", "x += 1;")),
        "--" => Some(row("`--` is written `-= 1`", "`--` 写作 `-= 1`", "x -= 1;")),
        "==" | "!=" if after.is_some_and(|after| after.is("=") && after.place == token.end) => {
            Some(row("Two signs compare", "比较用两个符号", format!("a {} b", token.text)))
        }
        "<" if after.is_some_and(|after| after.is(">") && after.place == token.end) => {
            Some(row("`<>` is written `!=`", "`<>` 写作 `!=`", "a != b"))
        }
        ":" if at > 0 && begins_line(code, at - 1) && after.is_some_and(|after| after.is("=") && after.place == token.end) => {
            Some(row("`:=` is written `=`", "`:=` 写作 `=`", "x = 3;"))
        }
        "~" if !before.is_some_and(is_value) => Some(row("`~` is written with `^`", "`~` 用 `^` 来写", "x ^ -1")),
        "?" => Some(row("A choice between two values is an `if`", "二选一写成 `if`", "if a { b } else { c }")),
        ":" | "::" if inside(code, at) == Some("[") => Some(row(
            "A part of a list is taken with `extract`, of an Array with `slice`",
            "取列表的一段用 `extract`，Array 用 `slice`",
            "list.extract(i..j)",
        )),
        ")" if before.is_some_and(|before| before.is(",")) && !closes_call(code, at) => {
            Some(row("A row of values is a list in square brackets", "一组值写成方括号里的列表", "[a, b]"))
        }
        "%" if before.is_some_and(|before| before.sort == Sort::Text) => {
            Some(row("A text with values in it stands in backticks", "带有值的文本写在反引号里", "`x = ${x}`"))
        }
        "->" if before.is_some_and(|before| before.sort == Sort::Word) => {
            let (whose, what) = (before.map_or("p", |before| &before.text), after.map_or("x", |after| &after.text));
            Some(row("`->` is written `.`", "`->` 写作 `.`", format!("{whose}.{what}")))
        }
        "&" if after.is_some_and(|after| after.sort == Sort::Word) && !before.is_some_and(is_value) => {
            let name = after.map_or("x", |after| after.text.as_str());
            Some(row("There are no addresses: an object is passed as it is", "没有地址：对象直接传递", name))
        }
        "{" if after.is_some_and(|after| matches!(after.sort, Sort::Text | Sort::Single))
            && code.get(at + 2).is_some_and(|third| third.is(":")) =>
        {
            Some(row("A map begins with `#{`", "映射以 `#{` 开头", "#{ a: 1 }"))
        }
        "{" if before.is_some_and(|before| before.is("=")) && after.is_some_and(|after| after.is("}")) => {
            Some(row("A map begins with `#{`", "映射以 `#{` 开头", "#{ }"))
        }
        "->" if after.is_some() => Some(row("A function tells no type of its result", "函数不写返回类型", "fn name(a, b) { … }")),
        _ => None,
    }
}

/// The call with the argument at its place, where it is the only one.
fn by_place(code: &[Token], at: usize) -> String {
    let key = code[at].text.as_str();
    if matches!(key, "end" | "sep" | "flush") {
        return "print(`${a}, ${b}`)".to_owned();
    }
    if matches!(key, "target" | "args" | "name" | "daemon" | "kwargs") {
        return "Process(\"name\", work, [q])".to_owned();
    }
    let called =
        open_bracket(code, at).filter(|open| *open + 1 == at).and_then(|open| open.checked_sub(1)).map(|name| code[name].text.as_str());
    match (called, code.get(at + 2), code.get(at + 3)) {
        (Some("acquire"), Some(value), _) if value.is("False") => "try_acquire()".to_owned(),
        (Some("get"), Some(value), _) if value.is("False") => "get_nowait()".to_owned(),
        (Some(name), Some(value), Some(end)) if end.is(")") && key != "block" && is_value(value) => format!("{name}({})", value.text),
        _ => positional(code, at),
    }
}

/// The call around a named argument with all its arguments by place; those that nothing here takes are left out.
fn positional(code: &[Token], at: usize) -> String {
    let Some(open) = open_bracket(code, at).filter(|open| *open > 0) else { return "f(a, b)".to_owned() };
    let inside: Vec<&Token> = in_brackets(code, open).collect();
    let mut arguments: Vec<Vec<&Token>> = vec![Vec::new()];
    let mut depth = 0;
    for token in inside {
        depth += i32::from(["(", "[", "{", "#{"].iter().any(|mark| token.is(mark)));
        depth -= i32::from([")", "]", "}"].iter().any(|mark| token.is(mark)));
        match arguments.last_mut() {
            Some(last) if depth > 0 || !token.is(",") => last.push(token),
            _ => arguments.push(Vec::new()),
        }
    }
    let value = |argument: &Vec<&Token>| match argument.as_slice() {
        [key, equals, ..] if equals.is("=") && matches!(key.text.as_str(), "maxtasksperchild" | "chunksize" | "block" | "context") => None,
        [_, equals, value] if equals.is("=") && value.is("False") => Some("false".to_owned()),
        [_, equals, value] if equals.is("=") && value.is("True") => Some("true".to_owned()),
        [_, equals, value] if equals.is("=") && value.is("None") => Some("()".to_owned()),
        [_, equals, rest @ ..] if equals.is("=") => Some(written(rest)),
        [] => None,
        all => Some(written(all)),
    };
    let waits = !arguments
        .iter()
        .any(|argument| matches!(argument.as_slice(), [key, equals, value] if key.is("block") && equals.is("=") && value.is("False")));
    let name = match code[open - 1].text.as_str() {
        "put" if !waits => "put_nowait",
        name => name,
    };
    format!("{name}({})", arguments.iter().filter_map(value).collect::<Vec<_>>().join(", "))
}

/// `if a:` and its kin: a block stands in braces.
fn opener(code: &[Token], at: usize) -> Option<Slip> {
    let token = &code[at];
    if !OPENERS.contains(&token.text.as_str()) {
        return None;
    }
    let line: Vec<&Token> = code[at..].iter().take_while(|next| next.place.line == token.place.line).collect();
    let colon = line.iter().position(|next| next.is(":"))?;
    if line.iter().any(|next| next.is("{") || next.is("#{")) || inside(code, at + colon) == Some("[") {
        return None;
    }
    if line.iter().any(|next| next.is("__name__")) {
        return Some(row(
            "The top level is the main process: no guard is needed",
            "顶层代码就是主进程：不需要这个判断",
            "let q = Queue();",
        ));
    }
    if token.is("class") {
        return Some(row("There are no classes: a process runs a function", "没有类：进程运行的是函数", "fn work(q) { … }"));
    }
    let head = match token.text.as_str() {
        "elif" => "else if a",
        "def" | "fn" => "fn name(a, b)",
        "except" => "catch (e)",
        "else" => "else",
        "try" => "try",
        "loop" => "loop",
        "for" => "for x in list",
        "with" => "with lock",
        "while" => "while a",
        _ => "if a",
    };
    Some(row("A block stands in braces", "代码块写在花括号里", format!("{head} {{ … }}")))
}

/// A word of the language where a name should be.
fn reserved(token: &Token, before: Option<&Token>, after: Option<&Token>) -> Option<Slip> {
    let names_something = before.is_some_and(|before| ["let", "const", "fn", "for", "|"].iter().any(|word| before.is(word)))
        || after.is_some_and(|after| after.is("=")) && !matches!(token.text.as_str(), "do" | "in")
        || before.is_some_and(|before| before.is("(") || before.is(",")) && after.is_some_and(|after| after.is(",") || after.is(")"));
    if !names_something
        || !RESERVED.contains(&token.text.as_str())
        || matches!(token.text.as_str(), "exit" | "this" | "end" | "begin" | "then" | "each")
    {
        return None;
    }
    let name = &token.text;
    Some((
        say(format!("`{name}` is a word of the language and makes no name"), format!("`{name}` 是语言的保留字，不能用作名字")),
        say(format!("{name}_1"), format!("{name}_1")),
    ))
}

/// Just behind the last token that lies before a place: where a missing mark belongs.
pub(super) fn end_before(source: &str, place: Place) -> Option<Place> {
    tokens(source).into_iter().rfind(|token| token.sort != Sort::Comment && token.place < place).map(|token| token.end)
}

#[cfg(test)]
mod tests;
