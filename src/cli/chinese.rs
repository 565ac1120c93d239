//! The command line in Chinese: its help, and what is wrong with an argument. The library that reads arguments knows
//! English alone, so what it says is put together anew from what it found.

use std::error::Error;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, CommandFactory};

use super::{Cli, Wrong};

/// What each command does; the program itself has no name.
const COMMANDS: &[(&str, &str)] = &[
    ("", "把小程序作为真正的进程运行，实时显示它们之间传递的东西。\n\n不带命令时打开场景列表。"),
    ("run", "运行一个场景，带屏幕或不带屏幕"),
    ("list", "列出内置的场景"),
    ("check", "不运行，只查找场景里的错误"),
    ("new", "写一个可以着手的小场景：FILE，以及旁边的文字"),
    ("completions", "写出 shell 补全本程序参数所需的内容"),
    ("replay", "显示一份录制，带屏幕或不带屏幕"),
    ("help", "显示本帮助，或某个命令的帮助"),
];

/// What each argument is for. One name means the same in all commands, except `file`.
const ARGUMENTS: &[(&str, &str)] = &[
    ("lang", "屏幕的语言；不给则按环境（LC_ALL、LC_MESSAGES、LANG）"),
    ("theme", "屏幕的颜色"),
    ("ascii", "只用 ASCII 字符绘制"),
    ("present", "一开始就用演示布局：一个大视图加说明，适合投影和翻页笔"),
    ("no_motion", "屏幕保持平静：自动运行时每秒最多两帧，运行暂停前源代码不滚动"),
    ("no_mouse", "把鼠标留给终端（用来选取文字）"),
    ("scenario", "内置场景的名字，或一个文件"),
    ("set", "设置场景的一个参数；可以给出多次"),
    ("seed", "重现这个数字所代表的运行：种子相同，运行相同"),
    (
        "order",
        "种子怎样决定下一个轮到谁：random（每步任选）、priority 或 priority:DEPTH（有一个一直领先，另有 DEPTH - 1 次换别的领先）、\
         mixed（奇数种子用 random，偶数用 priority）",
    ),
    ("pace", "每秒步数，每一步由 ipcscope 放行"),
    ("free", "由内核调度，按真实时间"),
    ("paused", "一开始就暂停（带屏幕时本来如此，除非给出 --pace 或 --free）"),
    ("record", "把运行录制下来：先写到 FILE.part，运行结束后成为 FILE"),
    ("force", "允许 --record 覆盖已有的文件"),
    ("time_limit", "经过这么多秒真实时间后结束运行，退出状态 124"),
    ("memory", "运行的各进程合计可用的内存，以 MiB 计；要得更多的得到 MemoryError"),
    ("plain", "不带屏幕：按顺序整行输出场景打印的内容"),
    ("linear", "不带屏幕：每一步一句话"),
    ("json", "不带屏幕：每个事件一个 JSON 对象"),
    ("shell", "哪一种 shell"),
    ("help", "显示帮助"),
    ("version", "显示版本"),
    ("subcommand", "要看哪个命令的帮助"),
];

/// What a command's file is.
const FILES: &[(&str, &str)] = &[("check", "场景的文件"), ("new", "一个还不存在的文件，例如 my.rhai"), ("replay", "录制文件")];

fn of<'a>(table: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    table.iter().find(|(known, _)| *known == name).map(|(_, words)| *words)
}

/// The command line with all its help in Chinese.
pub fn command() -> Command {
    let mut command = Cli::command();
    command.build();
    translated(command, "")
}

fn translated(command: Command, name: &str) -> Command {
    let about = of(COMMANDS, name).unwrap_or_default();
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").replace("[OPTIONS]", "[选项]").replace("[COMMAND]", "[命令]");
    command
        .about(about.lines().next().unwrap_or_default().to_owned())
        .long_about(about)
        .override_usage(usage)
        .subcommand_help_heading("命令")
        .help_template("{about-with-newline}\n用法：{usage}\n\n{all-args}")
        .mut_args(|arg| argument(arg, name))
        .mut_subcommands(|sub| {
            let name = sub.get_name().to_owned();
            translated(sub, &name)
        })
}

fn argument(arg: Arg, command: &str) -> Arg {
    let id = arg.get_id().as_str();
    let mut help = if id == "file" { of(FILES, command) } else { of(ARGUMENTS, id) }.unwrap_or_default().to_owned();
    let values: Vec<String> =
        arg.get_possible_values().iter().filter(|value| !value.is_hide_set()).map(|value| value.get_name().to_owned()).collect();
    if !values.is_empty() && arg.get_action().takes_values() {
        help += &format!("（可取 {}）", values.join("、"));
    }
    let usual: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    if !usual.is_empty() && arg.get_action().takes_values() {
        help += &format!("（默认 {}）", usual.join("、"));
    }
    let heading = if arg.is_positional() { "参数" } else { "选项" };
    arg.help(help.clone()).long_help(help).help_heading(heading).hide_default_value(true).hide_possible_values(true)
}

/// What is wrong with the arguments, in Chinese.
pub fn told(error: &clap::Error) -> String {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join("、"),
        Some(ContextValue::StyledStrs(texts)) => texts.iter().map(ToString::to_string).collect::<Vec<_>>().join("、"),
        Some(ContextValue::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let (argument, value) = (context(ContextKind::InvalidArg), context(ContextKind::InvalidValue));
    let sentence = match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} 需要一个值"),
        ErrorKind::InvalidValue => format!("{argument} 的值不能是“{value}”：可取 {}", context(ContextKind::ValidValue)),
        ErrorKind::ValueValidation => {
            let why = error.source().and_then(|source| source.downcast_ref::<Wrong>()).map(|wrong| wrong.0.zh.clone());
            // Of a number the library itself says, in English, between which bounds it lies.
            let why = why.or_else(|| error.source().map(|source| in_numbers(&source.to_string())));
            format!("{argument} 的值不能是“{value}”：{}", why.unwrap_or_default())
        }
        ErrorKind::UnknownArgument => format!("没有参数 {argument}"),
        ErrorKind::InvalidSubcommand => format!("没有命令 {}", context(ContextKind::InvalidSubcommand)),
        ErrorKind::ArgumentConflict => match context(ContextKind::PriorArg) {
            prior if prior.is_empty() || prior == argument => format!("{argument} 只能给一次"),
            prior => format!("{argument} 不能和 {prior} 一起用"),
        },
        ErrorKind::MissingRequiredArgument => format!("缺少 {argument}"),
        ErrorKind::NoEquals | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => format!("{argument} 的值的个数不对"),
        ErrorKind::TooManyValues => format!("{argument} 不接受这么多值：“{value}”"),
        ErrorKind::InvalidUtf8 => "参数不是有效的 UTF-8 文本".to_owned(),
        _ => "参数不对".to_owned(),
    };
    let near = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue].map(context);
    let near = near.into_iter().find(|near| !near.is_empty()).map(|near| format!("\n  是不是 {near}？")).unwrap_or_default();
    format!("错误：{sentence}{near}\n\n更多说明：ipcscope --help\n")
}

/// The bounds that are in a sentence about a number, or that it must be one.
fn in_numbers(why: &str) -> String {
    match why.rsplit_once(" is not in ") {
        Some((_, bounds)) => format!("应在 {} 之间", bounds.replace("..=", " 到 ").replace("..", " 到 ")),
        None => "应为整数".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn has_english_words(text: &str) -> bool {
        // Names of things stand as they are; a sentence of ours has three small words in a row.
        let words: Vec<&str> = text.split_whitespace().collect();
        words.windows(3).any(|three| three.iter().all(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase())))
    }

    #[test]
    fn every_command_and_argument_has_its_chinese_words() {
        fn all(command: &Command, name: &str) {
            assert!(of(COMMANDS, name).is_some(), "the command {name}");
            for arg in command.get_arguments() {
                let id = arg.get_id().as_str();
                assert!(if id == "file" { of(FILES, name) } else { of(ARGUMENTS, id) }.is_some(), "{id} of {name}");
            }
            for sub in command.get_subcommands().filter(|_| name != "help") {
                all(sub, sub.get_name());
            }
        }
        let mut command = Cli::command();
        command.build();
        all(&command, "");
    }

    #[test]
    fn no_help_is_english() {
        for name in ["", "run", "replay", "new", "check", "list", "completions"] {
            let args: Vec<&str> = ["ipcscope", name, "--help"].into_iter().filter(|arg| !arg.is_empty()).collect();
            let help = command().try_get_matches_from(args).expect_err("help").render().to_string();
            assert!(!has_english_words(&help), "{help}");
            assert!(help.contains("用法：ipcscope") && help.contains("选项"), "{help}");
            for english in ["Usage", "Options", "Arguments", "Commands", "default", "possible values", "Print"] {
                assert!(!help.contains(english), "{english}: {help}");
            }
        }
    }

    #[test]
    fn what_is_wrong_with_an_argument_is_told_in_chinese() {
        let check = |args: &[&str], words: &[&str]| {
            let args = [&["ipcscope"], args].concat();
            let text = told(&Cli::try_parse_from(&args).expect_err("it is wrong"));
            assert!(!has_english_words(&text), "{args:?}: {text}");
            for word in words {
                assert!(text.contains(word), "{args:?}: {word}: {text}");
            }
        };
        check(&["run", "queue", "--pace", "x"], &["--pace", "“x”", "节奏应为数字"]);
        check(&["run", "queue", "--pace", "0"], &["0.1", "10000"]);
        check(&["run", "queue", "--order", "no"], &["priority:DEPTH"]);
        check(&["run", "queue", "--memory", "1"], &["--memory", "64 到 1048576"]);
        check(&["run", "queue", "--seed", "x"], &["--seed", "整数"]);
        check(&["run", "queue", "--lang", "fr"], &["--lang", "en、zh"]);
        check(&["run", "queue", "--sead", "3"], &["没有参数", "--sead", "是不是 --seed"]);
        check(&["rum"], &["没有命令 rum", "run"]);
        check(&["run"], &["缺少"]);
        check(&["run", "queue", "--pace", "1", "--free"], &["不能和", "一起用"]);
        check(&["run", "queue", "--plain", "--json"], &["不能和"]);
        check(&["run", "queue", "--force"], &["缺少", "--record"]);
        check(&["run", "queue", "--seed"], &["--seed", "需要一个值"]);
    }
}
