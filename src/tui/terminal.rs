//! The terminal's state: taken for the screen, and given back as it was, whatever ends the program.
//!
//! [`restore`] may be called any number of times and from anywhere; only the first call after an
//! [`enter`] does something. Where a shell has stopped the program and continued it, the terminal is
//! nobody's until [`retake`].

use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture, KeyCode, KeyEvent, KeyModifiers,
};
use crossterm::{cursor, execute, terminal};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{getpgid, getpgrp, getpid, getppid, getsid, tcgetpgrp};
use ratatui::layout::Position;

static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal was taken, and a shell has had it since.
static LOST: AtomicBool = AtomicBool::new(false);

/// How long a terminal may take to say where its cursor is, far away as it may be. The first frame is
/// there already.
const PROBE: Duration = Duration::from_secs(2);

/// How long a key waits for that.
const KEY_WAIT: Duration = Duration::from_millis(250);

/// Raw mode on another screen, with clicks and the wheel if they are wanted, and a panic hook that leaves it before the message is printed.
pub fn enter(mouse: bool) -> io::Result<()> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            restore();
            before(info);
        }));
    });
    terminal::enable_raw_mode()?;
    LOST.store(false, Ordering::SeqCst);
    TAKEN.store(true, Ordering::SeqCst);
    // Pasted text comes as one piece then, and its letters are not taken for keys.
    execute!(io::stdout(), terminal::EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)?;
    if mouse { execute!(io::stdout(), EnableMouseCapture) } else { Ok(()) }
}

/// Lets `draw` write a frame, which the terminal shows as a whole. A terminal that was given back
/// meanwhile, by a signal's thread, is not drawn on any more.
pub fn frame(draw: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    // Who holds the lock may take it again, so `draw` and a panic inside it can write too.
    let mut output = io::stdout().lock();
    if !TAKEN.load(Ordering::SeqCst) {
        return Ok(());
    }
    execute!(output, terminal::BeginSynchronizedUpdate)?;
    draw()?;
    execute!(output, terminal::EndSynchronizedUpdate)
}

/// Gives the terminal back. Its settings come first: that never waits, as writing may. One that was stopped and goes on
/// may end before it has taken the terminal again: what it left there then is still its own.
pub fn restore() {
    let left_behind = LOST.load(Ordering::SeqCst) && tcgetpgrp(io::stdin()) == Ok(getpgrp()) && LOST.swap(false, Ordering::SeqCst);
    if TAKEN.swap(false, Ordering::SeqCst) || left_behind {
        // Nothing can be done about an error here, and nobody is left to hear of it.
        let _ = terminal::disable_raw_mode();
        let _ = execute!(
            io::stdout().lock(),
            terminal::EndSynchronizedUpdate,
            DisableMouseCapture,
            DisableBracketedPaste,
            terminal::LeaveAlternateScreen,
            cursor::Show
        );
    }
}

/// Gives the terminal back and stops this program until a shell continues it, as Ctrl-Z does with others.
/// The processes of a run have groups of their own and are not stopped with it. False: no shell would.
/// `give_back` calls [`restore`], and need not wait for its end.
pub fn suspend(give_back: impl FnOnce()) -> bool {
    // As the kernel sees it: a group is stopped by the terminal only if somebody of another group of the
    // session has started it.
    let shell = getppid();
    if getsid(Some(shell)) != getsid(None) || getpgid(Some(shell)) == Ok(getpgrp()) {
        return false;
    }
    if TAKEN.load(Ordering::SeqCst) {
        give_back();
        LOST.store(true, Ordering::SeqCst);
    }
    kill(getpid(), Signal::SIGSTOP).is_ok()
}

/// The program was stopped and goes on. Whatever stopped it, the shell has set the terminal for itself.
pub fn continued() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        LOST.store(true, Ordering::SeqCst);
    }
}

/// Takes a lost terminal again, as soon as the shell lets this program have it. True: all must be drawn anew.
pub fn retake(mouse: bool) -> io::Result<bool> {
    if !LOST.load(Ordering::SeqCst) || tcgetpgrp(io::stdin()) != Ok(getpgrp()) {
        return Ok(false);
    }
    // Not the shell's settings are to be left at the end, but those of the start.
    terminal::disable_raw_mode()?;
    enter(mouse)?;
    Ok(true)
}

/// Where [`probe`] writes; nearly all screens have this very character there.
pub const PROBED: Position = Position { x: 0, y: 1 };

/// What [`probe`] found.
pub struct Probe {
    /// The drawing character takes one cell. True where the terminal did not answer.
    pub narrow: bool,
    /// Keys that were pressed meanwhile.
    pub keys: Vec<KeyEvent>,
}

/// Writes `─` and asks where the cursor is: a terminal set to an East Asian width draws it in two cells. The
/// caller draws again what was there: in the terminal's own colours the character would be a blot on its screen.
pub fn probe() -> io::Result<Probe> {
    let mut found = Probe { narrow: true, keys: Vec::new() };
    let input = io::stdin();
    if !input.is_terminal() {
        return Ok(found);
    }
    let mut output = io::stdout();
    write!(output, "\x1b[{};{}H─\x1b[6n", PROBED.y + 1, PROBED.x + 1)?;
    output.flush()?;
    let asked = Instant::now();
    let mut bytes = Vec::new();
    loop {
        let limit = if bytes.is_empty() { PROBE } else { KEY_WAIT };
        let Some(left) = limit.checked_sub(asked.elapsed()) else { break };
        let mut fds = [PollFd::new(input.as_fd(), PollFlags::POLLIN)];
        let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::ZERO);
        let mut room = [0u8; 64];
        let count = match poll(&mut fds, timeout) {
            Ok(0) => break,
            Ok(_) => nix::unistd::read(input.as_fd(), &mut room),
            Err(error) => Err(error),
        };
        let count = match count {
            // It was stopped and goes on, or its terminal has another size.
            Err(Errno::EINTR) => continue,
            count => count?,
        };
        bytes.extend_from_slice(&room[..count]);
        if count == 0 {
            break;
        }
        if let Some(column) = take_answer(&mut bytes) {
            found.narrow = column == 2;
            break;
        }
    }
    found.keys = keys(&bytes);
    Ok(found)
}

/// Takes `ESC [ row ; column R` out of the bytes and gives the column.
fn take_answer(bytes: &mut Vec<u8>) -> Option<u16> {
    let starts = bytes.windows(2).enumerate().filter(|(_, two)| two == b"\x1b[").map(|(at, _)| at);
    let (range, column) = starts
        .filter_map(|start| {
            let length = bytes[start + 2..].iter().position(|byte| (b'@'..=b'~').contains(byte))?;
            let end = start + 2 + length;
            let (_, column) = std::str::from_utf8(&bytes[start + 2..end]).ok()?.split_once(';')?;
            (bytes[end] == b'R').then_some((start..=end, column.parse().ok()?))
        })
        .next()?;
    bytes.drain(range);
    Some(column)
}

/// The keys that came before the answer: those of one byte, and what a clicker sends. Anything else (a
/// function key, a pasted text) is dropped as a whole, so that no part of it is taken for a key.
fn keys(bytes: &[u8]) -> Vec<KeyEvent> {
    const PASTE_ENDS: &[u8] = b"\x1b[201~";
    let mut found = Vec::new();
    let mut rest = bytes;
    loop {
        rest = match rest {
            [] => return found,
            [0x1b, b'[', b'2', b'0', b'0', b'~', pasted @ ..] => {
                let end = pasted.windows(PASTE_ENDS.len()).position(|end| end == PASTE_ENDS);
                end.map_or(&[][..], |end| &pasted[end + PASTE_ENDS.len()..])
            }
            [0x1b, b'[', sequence @ ..] => {
                let end = sequence.iter().position(|byte| (b'@'..=b'~').contains(byte)).map_or(sequence.len(), |end| end + 1);
                found.extend(sequence_key(&sequence[..end]));
                &sequence[end..]
            }
            [0x1b, b'O', _, after @ ..] | [0x1b, _, after @ ..] => after,
            [byte, after @ ..] => {
                found.extend(key(*byte));
                after
            }
        };
    }
}

/// The key of a sequence after its `ESC [`.
fn sequence_key(sequence: &[u8]) -> Option<KeyEvent> {
    let code = match sequence {
        b"A" => KeyCode::Up,
        b"B" => KeyCode::Down,
        b"5~" => KeyCode::PageUp,
        b"6~" => KeyCode::PageDown,
        b"15~" => KeyCode::F(5),
        _ => return None,
    };
    Some(KeyEvent::new(code, KeyModifiers::NONE))
}

/// The key of one byte.
fn key(byte: u8) -> Option<KeyEvent> {
    let code = match byte {
        b'\r' => KeyCode::Enter,
        b'\t' => KeyCode::Tab,
        0x03 => return Some(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)),
        0x1a => return Some(KeyEvent::new(KeyCode::Char('z'), KeyModifiers::CONTROL)),
        b' '..=b'~' => KeyCode::Char(char::from(byte)),
        _ => return None,
    };
    Some(KeyEvent::new(code, KeyModifiers::NONE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_found_among_keys() {
        let mut bytes = b"n\x1b[1;3Rq".to_vec();
        assert_eq!(take_answer(&mut bytes), Some(3));
        assert_eq!(bytes, b"nq");
        assert_eq!(take_answer(&mut b"\x1b[1;".to_vec()), None);
        assert_eq!(take_answer(&mut b"\x1b[xR".to_vec()), None);
    }

    #[test]
    fn the_answer_is_found_after_other_sequences() {
        let mut bytes = b"\x1b[Bn\x1b[200~R;\x1b[201~\x1b[2;2R".to_vec();
        assert_eq!(take_answer(&mut bytes), Some(2));
        assert_eq!(bytes, b"\x1b[Bn\x1b[200~R;\x1b[201~");
    }

    #[test]
    fn only_whole_keys_count() {
        let pressed = |bytes: &[u8]| keys(bytes).into_iter().filter_map(|key| key.code.as_char()).collect::<String>();
        assert_eq!(pressed(b"nn\x1b[6~s\x1bOPt\x1bq"), "nnst");
        assert_eq!(pressed(b"a\x1b[200~quit K\x1b[201~b"), "ab");
        assert_eq!(pressed(b"a\x1b[200~quit"), "a");
        assert_eq!(pressed(b"a\x1b["), "a");
        assert_eq!(pressed(b"a\x1b"), "a");
        let codes = |bytes: &[u8]| keys(bytes).into_iter().map(|key| key.code).collect::<Vec<_>>();
        assert_eq!(codes(b"\x1b[15~\x1b[6~\x1b[17~\x1b[5~\x1b[A"), [KeyCode::F(5), KeyCode::PageDown, KeyCode::PageUp, KeyCode::Up]);
    }

    #[test]
    fn restoring_without_entering_does_nothing() {
        restore();
        restore();
    }
}
