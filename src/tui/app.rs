//! The loop: keys in, frames out.
//!
//! A frame is drawn only when something changed, at most sixty times a second, and it reads no more
//! than its window needs, so a key is answered at once even while the run goes at full pace.

use std::io::{self, Stdout};
use std::time::{Duration, Instant};

use crossterm::event::{self, Event as TermEvent, KeyEvent};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use super::keys::{self, Place};
use super::library::{Entry, Library};
use super::scene::Scene;
use super::source::{Intent, Playing, Source, Status};
use super::state::{Options, Overlay, Ui};
use super::update::{self, Effect};
use super::{terminal, view};

/// The least time between two frames.
const FRAME: Duration = Duration::from_millis(16);
/// How often a run that stands still is looked at.
const IDLE: Duration = Duration::from_millis(100);
/// How often it is looked at for a while after a key, since the answer is on its way.
const EAGER: Duration = Duration::from_millis(4);
const EAGER_FOR: Duration = Duration::from_millis(250);

/// What the screen opens with.
pub enum Start {
    /// The list of scenarios.
    List(Box<dyn Library>),
    /// A run, and the list behind it if there is one.
    Open(Box<dyn Source>, Option<Box<dyn Library>>),
}

/// Shows the screen until the user quits; gives the exit status of the last run shown.
pub fn run(start: Start, options: Options) -> io::Result<i32> {
    terminal::enter()?;
    let result = Loop::new(start, &options).and_then(|mut screen| {
        let probe = terminal::probe()?;
        screen.ui.ascii |= !probe.narrow;
        screen.go(probe.keys)
    });
    terminal::restore();
    result
}

struct Loop {
    terminal: Terminal<CrosstermBackend<Stdout>>,
    ui: Ui,
    library: Option<Box<dyn Library>>,
    entries: Vec<Entry>,
    source: Option<Box<dyn Source>>,
    /// What the last frame showed of the run, to see whether it changed.
    seen: Option<(u64, Status)>,
    scene: Option<Scene>,
    exit: i32,
}

/// Whether the loop goes on.
#[derive(PartialEq, Eq)]
enum Flow {
    On,
    Quit,
}

impl Loop {
    fn new(start: Start, options: &Options) -> io::Result<Loop> {
        let terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
        let (source, library) = match start {
            Start::List(library) => (None, Some(library)),
            Start::Open(source, library) => (Some(source), library),
        };
        let entries = library.as_ref().map(|library| library.entries()).unwrap_or_default();
        Ok(Loop { terminal, ui: Ui::new(options), library, entries, source, seen: None, scene: None, exit: 0 })
    }

    fn go(&mut self, early: Vec<KeyEvent>) -> io::Result<i32> {
        let mut dirty = true;
        let mut drawn: Option<Instant> = None;
        let mut eager_until = Instant::now() + EAGER_FOR;
        for key in early {
            if self.key(key) == Flow::Quit {
                return Ok(self.exit);
            }
        }
        loop {
            let since_frame = drawn.map_or(FRAME, |at| at.elapsed());
            if !dirty {
                dirty = self.changed();
            }
            if dirty && since_frame >= FRAME {
                self.draw()?;
                drawn = Some(Instant::now());
                dirty = false;
            }
            let running = self.seen.as_ref().is_some_and(|(_, status)| status.playing == Playing::Running);
            let wait = match (dirty, running) {
                (true, _) => FRAME.saturating_sub(drawn.map_or(FRAME, |at| at.elapsed())),
                (false, _) if Instant::now() < eager_until => EAGER,
                (false, true) => FRAME,
                (false, false) => IDLE,
            };
            if !event::poll(wait)? {
                continue;
            }
            // All keys that are there already are answered by one frame.
            while event::poll(Duration::ZERO)? {
                match event::read()? {
                    TermEvent::Key(key) => {
                        // A key acts on what is so now, not on what the last frame showed.
                        self.look();
                        if self.key(key) == Flow::Quit {
                            return Ok(self.exit);
                        }
                        eager_until = Instant::now() + EAGER_FOR;
                        drawn = None;
                        dirty = true;
                    }
                    TermEvent::Resize(..) => dirty = true,
                    _ => {}
                }
            }
        }
    }

    /// Whether the run is not as it was drawn.
    fn changed(&self) -> bool {
        let Some(source) = &self.source else { return false };
        let mut length = 0;
        source.with_timeline(&mut |timeline| length = timeline.len());
        self.seen.as_ref().is_none_or(|(seen, status)| *seen != length || *status != source.status())
    }

    /// Reads the scene anew if the run has changed.
    fn look(&mut self) {
        if self.scene.is_some() && !self.changed() {
            return;
        }
        self.read();
    }

    fn read(&mut self) {
        let Some(source) = &self.source else {
            self.scene = None;
            return;
        };
        let window = self.terminal.size().map_or(24, |size| size.height) as usize;
        let status = source.status();
        if status.notice.is_none() {
            self.ui.dismissed = None;
        }
        let mut scene = None;
        let mut length = 0;
        source.with_timeline(&mut |timeline| {
            length = timeline.len();
            scene = Some(Scene::read(timeline, status.clone(), &self.ui, window));
        });
        self.scene = scene;
        self.seen = Some((length, status));
    }

    fn draw(&mut self) -> io::Result<()> {
        self.read();
        let (ui, entries, scene) = (&self.ui, &self.entries, &self.scene);
        self.terminal.draw(|frame| {
            let area = frame.area();
            match scene {
                Some(scene) => view::run(frame.buffer_mut(), area, scene, ui),
                None => view::scenarios(frame.buffer_mut(), area, entries, ui),
            }
        })?;
        Ok(())
    }

    fn key(&mut self, key: KeyEvent) -> Flow {
        let effects = match &self.scene {
            None if self.source.is_none() => {
                let Some(action) = keys::action(key, Place::List) else { return Flow::On };
                update::on_list(&mut self.ui, action, self.entries.len())
            }
            None => {
                self.read();
                return if self.scene.is_some() { self.key(key) } else { Flow::On };
            }
            Some(scene) => {
                let Some(action) = keys::action(key, Place::Run) else { return Flow::On };
                update::on_run(&mut self.ui, action, scene, self.library.is_some())
            }
        };
        for effect in effects {
            match effect {
                Effect::Quit => {
                    self.close();
                    return Flow::Quit;
                }
                Effect::ToList => {
                    self.close();
                    self.ui.forget_run();
                    self.exit = 0;
                }
                Effect::Open(at) => self.open(at),
                Effect::Tell(intent) => self.tell(intent),
            }
        }
        // What the user set may show another point of the run.
        self.read();
        Flow::On
    }

    fn tell(&mut self, intent: Intent) {
        if let Some(source) = &mut self.source
            && let Err(why) = source.tell(intent)
        {
            self.ui.message = Some(why);
        }
    }

    fn open(&mut self, at: usize) {
        let (Some(library), Some(entry)) = (&mut self.library, self.entries.get(at)) else { return };
        match library.open(&entry.name) {
            Ok(source) => {
                self.ui.forget_run();
                self.source = Some(source);
                self.seen = None;
            }
            Err(why) => self.ui.overlay = Some(Overlay::Text(why)),
        }
    }

    /// Ends the run that is shown.
    fn close(&mut self) {
        if let Some(mut source) = self.source.take() {
            self.exit = source.status().exit.unwrap_or(0);
            // A run that cannot be closed is one that is closed already.
            let _ = source.tell(Intent::Close);
        }
        self.scene = None;
        self.seen = None;
    }
}
