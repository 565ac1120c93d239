//! What the operating system says when something fails, in both languages.

use std::io;

use super::name::pick;
use crate::kind::Lang;

/// What the C library says to the most frequent error numbers, in Chinese (errno(3); the numbers that Linux has
/// for them on all machines).
const CHINESE: &[(i32, &str)] = &[
    (1, "不允许的操作"),
    (2, "没有这样的文件或目录"),
    (5, "输入输出错误"),
    (6, "没有这样的设备"),
    (9, "错误的文件描述符"),
    (11, "资源暂时不可用"),
    (12, "内存不足"),
    (13, "权限不够"),
    (16, "设备正忙"),
    (17, "文件已经存在"),
    (20, "不是目录"),
    (21, "是一个目录"),
    (22, "参数无效"),
    (23, "系统打开的文件太多"),
    (24, "打开的文件太多"),
    (26, "文件正在执行"),
    (27, "文件太大（调高上限：ulimit -f）"),
    (28, "设备上没有空间"),
    (29, "不能定位"),
    (30, "文件系统只读"),
    (32, "管道已断开"),
    (36, "文件名太长"),
    (40, "符号链接层数太多"),
    (122, "超出磁盘限额"),
];

/// EFBIG: a file longer than the shell's limit, or than the file system can hold.
const TOO_LARGE: i32 = 27;

/// Why an operation failed, as the rest of a sentence.
pub fn os_error(error: &io::Error, lang: Lang) -> String {
    let Some(errno) = error.raw_os_error() else {
        return match (error.kind(), lang) {
            (io::ErrorKind::InvalidData, Lang::Zh) => "不是 UTF-8 文本".to_owned(),
            (io::ErrorKind::UnexpectedEof, Lang::Zh) => "提前结束".to_owned(),
            (io::ErrorKind::WriteZero, Lang::Zh) => "写不进去".to_owned(),
            (io::ErrorKind::AlreadyExists, Lang::Zh) => "文件已经存在".to_owned(),
            _ => error.to_string(),
        };
    };
    let chinese = || CHINESE.iter().find(|(number, _)| *number == errno).map(|(_, said)| *said);
    match lang {
        Lang::En if errno == TOO_LARGE => format!("{error}; raise the limit: ulimit -f unlimited"),
        Lang::En => error.to_string(),
        Lang::Zh => chinese().map_or_else(|| format!("系统错误 {errno}"), str::to_owned),
    }
}

/// The same for an operation whose file is the run's shared memory, or part of it.
pub(super) fn no_memory_file(lang: Lang) -> String {
    pick(
        lang,
        "files may not be as large as a run's shared memory, 300 MB (raise the limit: ulimit -f unlimited)",
        "文件大小的上限小于一次运行的共享内存 300 MB（调高上限：ulimit -f unlimited）",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_says_it_in_chinese() {
        for errno in 1..=133 {
            let error = io::Error::from_raw_os_error(errno);
            let said = os_error(&error, Lang::Zh).replace("ulimit -f", "").replace("UTF-8", "");
            assert!(!said.contains(|c: char| c.is_ascii_alphabetic()) && !said.is_empty(), "{errno}: {said}");
            assert!(os_error(&error, Lang::En).contains(&format!("os error {errno}")));
        }
        assert!(os_error(&io::Error::from_raw_os_error(27), Lang::En).contains("ulimit -f"));
        assert_eq!(os_error(&io::Error::from_raw_os_error(28), Lang::Zh), "设备上没有空间");
    }
}
