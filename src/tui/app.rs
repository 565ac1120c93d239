//! The loop: keys in, frames out.
//!
//! A frame is drawn only when something changed, at most sixty times a second, and it reads no more
//! than its window needs, so a key is answered at once even while the run goes at full pace. Whether the terminal has
//! another size is asked before each look, not waited for: a frame never has the size of the one before.

use std::io::{self, Stdout};
use std::time::{Duration, Instant};

use crossterm::event::{self, Event as TermEvent, KeyEvent};
use ratatui::Terminal;
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};

use super::labels;
use super::session::{Flow, Session, Start};
use super::state::Options;
use super::terminal;

/// The least time between two frames.
const FRAME: Duration = Duration::from_millis(16);
/// The least time between two frames of a run that goes by itself, for those who want no motion.
const CALM: Duration = Duration::from_millis(500);
/// How often a run that stands still is looked at.
const IDLE: Duration = Duration::from_millis(100);
/// How long a further key is waited for that is there already: a source of events that waits for no time does not look.
const MORE: Duration = Duration::from_millis(1);
/// How often it is looked at for a while after a key, since the answer is on its way.
const EAGER: Duration = Duration::from_millis(4);
const EAGER_FOR: Duration = Duration::from_millis(250);

/// Shows the screen until the user quits; gives the exit status of the last run shown.
pub fn run(start: Start, options: Options) -> io::Result<i32> {
    terminal::enter(options.mouse)?;
    let result = show(Session::new(start, &options));
    terminal::restore();
    result
}

fn show(mut session: Session) -> io::Result<i32> {
    let mut screen = Terminal::new(CrosstermBackend::new(io::stdout()))?;
    // The first frame does not wait for the terminal's answer.
    let mut under = Vec::new();
    draw_and_look(&mut screen, &mut session, |drawn| under = at_probe(drawn))?;
    let probe = terminal::probe()?;
    terminal::frame(|| screen.backend_mut().draw(under.iter().map(|(x, y, cell)| (*x, *y, cell))))?;
    if !probe.narrow && !session.ui.ascii {
        session.ui.ascii = true;
        screen.clear()?;
    }
    for key in probe.keys {
        if let Some(exit) = press(&mut screen, &mut session, key)? {
            return Ok(exit);
        }
    }
    watch(&mut screen, &mut session)
}

fn watch(screen: &mut Terminal<CrosstermBackend<Stdout>>, session: &mut Session) -> io::Result<i32> {
    let mut dirty = true;
    let mut drawn: Option<Instant> = None;
    let mut size = screen.size()?;
    let mut eager_until = Instant::now() + EAGER_FOR;
    loop {
        if terminal::retake(session.ui.mouse)? {
            screen.clear()?;
            drawn = None;
            dirty = true;
        }
        let now = screen.size()?;
        if now != size {
            size = now;
            session.ui.settled = (0, 0);
            dirty = true;
        }
        dirty = dirty || session.changed();
        let least = if session.ui.still && session.running() { CALM } else { FRAME };
        let since = drawn.map_or(least, |at| at.elapsed());
        if dirty && since >= least {
            draw(screen, session)?;
            drawn = Some(Instant::now());
            dirty = false;
        }
        let wait = match (dirty, session.running()) {
            (true, _) => least.saturating_sub(since),
            (false, _) if Instant::now() < eager_until => EAGER,
            (false, true) => FRAME,
            (false, false) => IDLE,
        };
        if !event::poll(wait)? {
            continue;
        }
        // All keys that are there already are answered by one frame.
        while event::poll(MORE)? {
            match event::read()? {
                TermEvent::Key(key) => {
                    if let Some(exit) = press(screen, session, key)? {
                        return Ok(exit);
                    }
                    eager_until = Instant::now() + EAGER_FOR;
                    drawn = None;
                    dirty = true;
                }
                TermEvent::Mouse(event) => {
                    let area = Rect::from((Position::ORIGIN, screen.size()?));
                    dirty = session.mouse(event, area) || dirty;
                }
                TermEvent::Paste(text) => {
                    session.paste(&text);
                    dirty = true;
                }
                // The next turn asks for the size.
                _ => {}
            }
        }
    }
}

/// Does what a key asks for; the exit status if it quits.
fn press(screen: &mut Terminal<CrosstermBackend<Stdout>>, session: &mut Session, key: KeyEvent) -> io::Result<Option<i32>> {
    match session.key(key, screen.size()?.height) {
        Flow::On => {}
        Flow::Quit(exit) => return Ok(Some(exit)),
        Flow::Suspend if terminal::suspend(terminal::restore) => {}
        Flow::Suspend => session.ui.message = Some(labels::REFUSE_NO_SHELL.get(session.ui.lang).to_owned()),
        Flow::Edit => {
            terminal::restore();
            session.edit();
            terminal::enter(session.ui.mouse)?;
            // The editor has drawn over everything.
            screen.clear()?;
        }
    }
    Ok(None)
}

fn draw(screen: &mut Terminal<CrosstermBackend<Stdout>>, session: &mut Session) -> io::Result<()> {
    draw_and_look(screen, session, |_| ())
}

/// The same, and lends what was drawn.
fn draw_and_look(screen: &mut Terminal<CrosstermBackend<Stdout>>, session: &mut Session, look: impl FnOnce(&Buffer)) -> io::Result<()> {
    terminal::frame(|| {
        let drawn = screen.draw(|frame| {
            let area = frame.area();
            session.draw(frame.buffer_mut(), area);
        })?;
        look(drawn.buffer);
        Ok(())
    })
}

/// The cells that the probe writes over, two where its character is wide.
fn at_probe(drawn: &Buffer) -> Vec<(u16, u16, Cell)> {
    let Position { x, y } = terminal::PROBED;
    [x, x + 1].into_iter().filter_map(|x| Some((x, y, drawn.cell((x, y))?.clone()))).collect()
}
