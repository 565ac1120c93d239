//! Why a process could not be started, and what to do about it: the limits of a system in words.

use super::name::pick;
use crate::kind::Lang;

// The numbers that Linux has for them on all machines (errno(3)).
const EAGAIN: i32 = 11;
const ENOMEM: i32 = 12;
const ENFILE: i32 = 23;
const EMFILE: i32 = 24;
const EFBIG: i32 = 27;

/// The reason for an error number, as the rest of a sentence.
pub fn reason(errno: i32, lang: Lang) -> String {
    match errno {
        EMFILE | ENFILE => {
            pick(lang, "too many open files (raise the limit: ulimit -n 1024)", "打开的文件太多（调高上限：ulimit -n 1024）")
        }
        EAGAIN => pick(
            lang,
            "the system allows no more processes (end others, or raise the limit: ulimit -u)",
            "系统不允许更多进程（结束别的进程，或调高上限：ulimit -u）",
        ),
        ENOMEM => pick(
            lang,
            "there is not enough memory (end other programs, or raise the limit: ulimit -v)",
            "内存不足（结束别的程序，或调高上限：ulimit -v）",
        ),
        EFBIG => super::os::no_memory_file(lang),
        0 => pick(lang, "the system gave no reason", "系统没有给出原因"),
        errno => super::os_error(&std::io::Error::from_raw_os_error(errno), lang),
    }
}
