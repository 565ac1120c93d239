//! What is written where there is no screen: narration and complaints on stderr, answers on stdout.
//!
//! Invariant: no narration moves the cursor, and no answer that could not be written counts as given. What a
//! scenario itself prints is not narration: it goes out as it is, as from any other program.

use std::io::{self, Write};

use super::USAGE;
use crate::kind::Lang;
use crate::text::os_error;
use crate::text::visible::visible_lines;

/// Says something on stderr. Nobody may be listening; the exit status says it too.
pub(super) fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{}", visible_lines(text));
}

/// Says why something could not be done, and gives the exit status for that.
pub(super) fn complain(text: &str) -> i32 {
    say(&format!("ipcscope: {text}"));
    USAGE
}

/// Writes an answer, whole lines, and gives the exit status.
pub(super) fn answer(text: &str, lang: Lang) -> i32 {
    let mut out = io::stdout().lock();
    written(out.write_all(text.as_bytes()).and_then(|()| out.flush()), lang)
}

/// The exit status of having written to stdout. A reader that stops reading has seen enough.
pub(super) fn written(outcome: io::Result<()>, lang: Lang) -> i32 {
    match outcome {
        Ok(()) => 0,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
        Err(error) => {
            complain(&match lang {
                Lang::En => format!("cannot write to stdout: {error}"),
                Lang::Zh => format!("无法写到标准输出：{}", os_error(&error, lang)),
            });
            1
        }
    }
}
