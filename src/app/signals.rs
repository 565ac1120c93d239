//! Signals that are to end the program end it in order: the terminal is restored, and the run's
//! processes end with the thread that started them. Those of a shell's job control give the terminal
//! back for as long as the program is stopped.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::Receiver;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;

use super::recorder;
use crate::tui::terminal;

/// How long a terminal may take to accept what restores it.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a shell says of a program that a signal ended.
pub(super) fn exit_status(signal: i32) -> i32 {
    128 + signal
}

/// From now on SIGTERM, SIGHUP, SIGINT and SIGQUIT restore the terminal and end the program, and SIGTSTP stops it.
pub(super) fn restore_terminal_and_exit() {
    let Ok(mut signals) = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT]) else { return };
    let waiting = move || {
        for signal in signals.forever() {
            match signal {
                // Without a shell nobody would continue it: the kernel does not stop such a program either.
                SIGTSTP => _ = terminal::suspend(restore_in_time),
                SIGCONT => terminal::continued(),
                SIGINT | SIGQUIT if EDITING.load(Ordering::SeqCst) => {}
                _ => {
                    restore_in_time();
                    recorder::finish_open();
                    std::process::exit(exit_status(signal));
                }
            }
        }
    };
    // Without the thread the signals would be ignored; there is nothing better to do than to say so.
    if thread::Builder::new().name("signals".to_owned()).spawn(waiting).is_err() {
        terminal::restore();
        std::process::exit(1);
    }
}

/// An editor has the terminal.
static EDITING: AtomicBool = AtomicBool::new(false);

/// Does something while Ctrl-C and Ctrl-\ are an editor's: the terminal sends it to us as well.
pub(super) fn with_editor<T>(edit: impl FnOnce() -> T) -> T {
    EDITING.store(true, Ordering::SeqCst);
    let done = edit();
    EDITING.store(false, Ordering::SeqCst);
    done
}

/// Restores the terminal, but does not wait for one that takes no more output (a lost connection).
fn restore_in_time() {
    let (done, restored) = crossbeam_channel::bounded(1);
    let restoring = move || {
        terminal::restore();
        let _ = done.send(());
    };
    if thread::Builder::new().name("restore".to_owned()).spawn(restoring).is_ok() {
        let _ = restored.recv_timeout(PATIENCE);
    }
}

/// How long a run without a screen may take to end in order. Whoever reads its output may have
/// stalled, and with it the thread that writes.
const ORDERLY: Duration = Duration::from_secs(3);

/// The program ends with this status soon, whatever keeps it from ending by itself. The processes of its runs end with it.
pub(super) fn exit_soon(status: i32) {
    // Without the thread the program ends when its messages are read.
    let _ = thread::Builder::new().name("end".to_owned()).spawn(move || {
        thread::sleep(PATIENCE);
        std::process::exit(status);
    });
}

/// The first signal that is to end a run without a screen. If the run does not end by itself soon
/// after, the program ends all the same, and its processes with it.
pub(super) fn interruption() -> Receiver<i32> {
    let (sender, receiver) = crossbeam_channel::bounded(1);
    if let Ok(mut signals) = Signals::new([SIGTERM, SIGHUP, SIGINT]) {
        // Without the thread the program cannot be interrupted in order, only killed.
        let _ = thread::Builder::new().name("signals".to_owned()).spawn(move || {
            if let Some(signal) = signals.forever().next() {
                // A run that has ended meanwhile does not listen.
                let _ = sender.send(signal);
                thread::sleep(ORDERLY);
                std::process::exit(exit_status(signal));
            }
        });
    }
    receiver
}
