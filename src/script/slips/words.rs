//! The words and marks that hands bring along from Python and C, as tables. Data only.

/// Words that are written otherwise here: the word, the right form, and why (English, Chinese).
pub(super) const WORDS: &[(&str, &str, &str, &str)] = &[
    ("and", "a && b", "`and` is written `&&`", "`and` 写作 `&&`"),
    ("or", "a || b", "`or` is written `||`", "`or` 写作 `||`"),
    ("not", "!a", "`not` is written `!`", "`not` 写作 `!`"),
    ("is", "a == b", "`is` is written `==`", "`is` 写作 `==`"),
    ("None", "()", "`None` is written `()`", "`None` 写作 `()`"),
    ("null", "()", "`null` is written `()`", "`null` 写作 `()`"),
    ("NULL", "()", "`NULL` is written `()`", "`NULL` 写作 `()`"),
    ("nil", "()", "`nil` is written `()`", "`nil` 写作 `()`"),
    ("True", "true", "`True` is written `true`", "`True` 写作 `true`"),
    ("False", "false", "`False` is written `false`", "`False` 写作 `false`"),
    ("elif", "else if a { … }", "`elif` is written `else if`", "`elif` 写作 `else if`"),
    ("def", "fn name(a, b) { … }", "A function begins with `fn`", "函数以 `fn` 开头"),
    ("lambda", "|x| x + 1", "A function without a name is written between bars", "无名函数写在竖线之间"),
    ("except", "try { … } catch (e) { … }", "`except` is written `catch (e)`", "`except` 写作 `catch (e)`"),
    ("raise", "throw \"why\"", "`raise` is written `throw`", "`raise` 写作 `throw`"),
    ("pass", "{ }", "An empty block needs no `pass`", "空的代码块不需要 `pass`"),
    ("self", "this", "`self` is written `this`", "`self` 写作 `this`"),
    ("import", "let q = Queue();", "There is nothing to import: everything is at hand", "不必 import：需要的都已就绪"),
    ("from", "let q = Queue();", "There is nothing to import: everything is at hand", "不必 import：需要的都已就绪"),
    ("class", "fn work(q) { … }", "There are no classes: a process runs a function", "没有类：进程运行的是函数"),
    ("__name__", "let q = Queue();", "The top level is the main process: no guard is needed", "顶层代码就是主进程：不需要这个判断"),
    ("mut", "let x = 1;", "Every `let` may be changed: leave out `mut`", "`let` 的变量都可修改：去掉 `mut`"),
    ("var", "let x = 1;", "A variable begins with `let`", "变量以 `let` 开头"),
    ("case", "switch x { 1 => …, _ => … }", "`case` is written with an arrow", "`case` 用箭头来写"),
    (
        "finally",
        "try { … } catch (e) { … }",
        "There is no `finally`; `with` releases a lock however its block is left",
        "没有 `finally`；`with` 总会释放锁，不管怎样离开代码块",
    ),
    ("assert", "if !a { throw \"why\"; }", "`assert` is written as an `if`", "`assert` 写成 `if`"),
    ("global", "fn work(x) { … }", "A function sees its arguments and constants only", "函数只看得见自己的参数和常量"),
    ("nonlocal", "fn work(x) { … }", "A function sees its arguments and constants only", "函数只看得见自己的参数和常量"),
    ("del", "x = ();", "Nothing is deleted: a value goes when nobody has it", "不用删除：没人再用的值自己消失"),
    ("struct", "#{ a: 1, b: 2 }", "A record is a map", "结构就是映射"),
    ("extends", "fn work(q) { … }", "There are no classes: a process runs a function", "没有类：进程运行的是函数"),
    (
        "as",
        "let lock = Lock(); with lock { … }",
        "`with` gives no name: it is given before, with `let`",
        "`with` 不起名字：先用 `let` 起名",
    ),
    ("printf", "print(`x = ${x}`)", "`printf` is written `print`", "`printf` 写作 `print`"),
    ("println", "print(`x = ${x}`)", "`println` is written `print`", "`println` 写作 `print`"),
];

/// Types that C puts before a variable.
pub(super) const TYPES: &[&str] = &["int", "float", "double", "char", "bool", "string", "auto", "long", "unsigned", "const", "String"];

/// Words that the language keeps for itself and that make no name.
pub(super) const RESERVED: &[&str] = &[
    "new",
    "shared",
    "thread",
    "spawn",
    "sync",
    "async",
    "await",
    "yield",
    "go",
    "goto",
    "static",
    "public",
    "protected",
    "package",
    "super",
    "default",
    "match",
    "use",
    "module",
    "void",
    "private",
    "export",
    "is_shared",
    "curry",
    "call",
    "eval",
    "debug",
    "this",
    "with",
    "do",
    "until",
    "in",
    "exit",
    "each",
    "then",
    "end",
    "begin",
];

/// Marks as a Chinese keyboard types them, and what is meant, beside those that Unicode has as wide forms of ASCII.
pub(super) const WIDE_MARKS: &[(&str, &str)] = &[
    ("【", "["),
    ("】", "]"),
    ("「", "\""),
    ("」", "\""),
    ("『", "\""),
    ("』", "\""),
    ("“", "\""),
    ("”", "\""),
    ("‘", "'"),
    ("’", "'"),
    ("。", ";"),
    ("、", ","),
];

/// Blocks that Python opens with a colon.
pub(super) const OPENERS: &[&str] =
    &["if", "elif", "else", "while", "for", "def", "fn", "with", "try", "except", "class", "loop", "catch", "finally"];

/// Python's modules, whose functions stand here without them.
pub(super) const MODULES: &[&str] = &["time", "random", "mp", "multiprocessing", "os", "sys", "threading", "math"];
