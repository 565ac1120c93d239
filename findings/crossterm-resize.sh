#!/usr/bin/env bash
# A finding about crossterm 0.29.0 (a library for terminals): its default source of events loses a Resize that comes
# together with a key, for good. Built with its feature `use-dev-tty` it reports both.
#
# Why: the default source (src/event/source/unix/mio.rs) asks mio, which tells of a descriptor once when it becomes ready
# (edge-triggered epoll). Where one answer of mio names both the terminal and the signal SIGWINCH, `try_read` returns at
# the first event and drops the rest of the answer, and what was dropped is not told again.
#
# What this does: it builds a small program with crossterm =0.29.0 in a temporary folder, once with the default features
# and once with `use-dev-tty`, and runs each in a pseudo-terminal (Python's standard library). Three times it stops the
# program (SIGSTOP), types `n` and changes the terminal's size, and continues it (SIGCONT). Before that it changes the size
# alone, which both report.
#
# Seen on Linux, 3 of 3, whenever it was run:
#   crossterm 0.29.0, default:     size alone: reported; key and size together: key 3 of 3, size 0 of 3
#   crossterm 0.29.0, use-dev-tty: size alone: reported; key and size together: key 3 of 3, size 3 of 3
# The exit status is 0 while that is so, 1 when it is not so any more, 2 if it could not be tried.
#
# Needs bash, cargo, python3, and crates.io.
set -euo pipefail

for tool in cargo python3; do
    command -v "$tool" > /dev/null || { echo "needs $tool" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

mkdir -p "$folder/src"
cat > "$folder/Cargo.toml" <<'END'
[package]
name = "events"
version = "0.0.0"
edition = "2021"

[features]
dev-tty = ["crossterm/use-dev-tty"]

[dependencies]
crossterm = "=0.29.0"
END
cat > "$folder/src/main.rs" <<'END'
use crossterm::event::{poll, read, Event, KeyCode};
use std::time::Duration;

fn main() -> std::io::Result<()> {
    crossterm::terminal::enable_raw_mode()?;
    poll(Duration::from_millis(1))?;
    eprintln!("ready");
    loop {
        if !poll(Duration::from_millis(100))? {
            continue;
        }
        match read()? {
            Event::Key(key) if key.code == KeyCode::Char('q') => break,
            Event::Key(key) => eprintln!("key {}", key.code),
            Event::Resize(columns, rows) => eprintln!("size {columns}x{rows}"),
            _ => {}
        }
    }
    crossterm::terminal::disable_raw_mode()
}
END
cat > "$folder/drive.py" <<'END'
"""Runs the program in a pseudo-terminal; prints how many of three keys and of three sizes it reported."""
import fcntl, os, pty, signal, struct, subprocess, sys, termios, threading, time

PATIENCE = 30     # seconds for what must come
SILENCE = 3       # seconds after which what has not come will not come

def set_size(fd, columns, rows):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

def session():
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)

terminal, inside = pty.openpty()
set_size(terminal, 80, 24)
program = subprocess.Popen([sys.argv[1]], stdin=inside, stdout=inside, stderr=subprocess.PIPE, preexec_fn=session, text=True)
said = []
def listen():
    for line in program.stderr:
        said.append(line.strip())
threading.Thread(target=listen, daemon=True).start()

class Lines:
    """What the program said since the last look."""
    def __init__(self):
        self.at = 0
    def came(self, line, patience):
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if line in said[self.at:]:
                return True
            time.sleep(0.01)
        return False
    def forget(self):
        self.at = len(said)

lines = Lines()
def fail(why):
    program.kill()
    print(why, said, file=sys.stderr)
    sys.exit(2)

if not lines.came("ready", PATIENCE):
    fail("the program did not start")
set_size(terminal, 90, 30)
alone = lines.came("size 90x30", PATIENCE)
keys = sizes = 0
for number in range(3):
    lines.forget()
    os.kill(program.pid, signal.SIGSTOP)
    end = time.monotonic() + PATIENCE
    while open(f"/proc/{program.pid}/stat").read().rsplit(") ", 1)[1][0] != "T":
        if time.monotonic() > end:
            fail("it was not stopped")
        time.sleep(0.01)
    os.write(terminal, b"n")
    # The kernel hands it on in its own time; it must be there before the program goes on.
    while struct.unpack("i", fcntl.ioctl(inside, termios.FIONREAD, b"\0" * 4))[0] == 0:
        if time.monotonic() > end:
            fail("the key does not arrive")
        time.sleep(0.01)
    columns, rows = 100 + number, 40 + number
    set_size(terminal, columns, rows)
    os.kill(program.pid, signal.SIGCONT)
    keys += lines.came("key n", PATIENCE)
    came = lines.came(f"size {columns}x{rows}", SILENCE)
    # A further key brings nothing that was only late.
    os.write(terminal, b"m")
    if not lines.came("key m", PATIENCE):
        fail("it does not read any more")
    sizes += came or lines.came(f"size {columns}x{rows}", 0.5)
os.write(terminal, b"q")
try:
    program.wait(PATIENCE)
except subprocess.TimeoutExpired:
    fail("it did not end")
print(f"size alone: {'reported' if alone else 'lost'}; key and size together: key {keys} of 3, size {sizes} of 3")
END

cd "$folder"
# A configuration or a target folder of the user's is not meant for this.
export CARGO_TARGET_DIR="$folder/target"
changed=0
try() {
    local what=$1 expected=$2 got
    shift 2
    cargo build --quiet "$@" || { echo "could not be built" >&2; exit 2; }
    got=$(python3 drive.py "$CARGO_TARGET_DIR/debug/events") || exit 2
    echo "crossterm 0.29.0, $what: $got"
    if [ "$got" != "$expected" ]; then
        echo "  that was otherwise: $expected"
        changed=1
    fi
}
try "default" "size alone: reported; key and size together: key 3 of 3, size 0 of 3"
try "use-dev-tty" "size alone: reported; key and size together: key 3 of 3, size 3 of 3" --features dev-tty
exit "$changed"
