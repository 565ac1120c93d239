//! A recording is the run: replayed, it folds to the worlds that were drawn live, and is told in the
//! same words. What is damaged or foreign is said to be so, and whatever could be read is shown.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use crate::common::{Output, PATIENCE, SCENARIOS, config, run, scenario, step_through};
use ipcscope::host::{Config, Run};
use ipcscope::trace::Event;
use ipcscope::trace::recording::{self, Header, Recorder, Recording};
use ipcscope::world::{Timeline, World};
use nix::fcntl::{FcntlArg, fcntl};
use tempfile::TempDir;

/// What was folded live.
#[derive(Default)]
struct Live {
    world: World,
    /// The world's digest after each event.
    digests: Vec<u64>,
    recorder: Option<Recorder<Vec<u8>>>,
}

impl Live {
    fn take(&mut self, event: &Event) {
        self.world.apply(event);
        self.digests.push(self.world.digest());
        if let Some(recorder) = &mut self.recorder {
            recorder.push(event).expect("memory has room");
        }
    }
}

/// A run with a listener that folds and records, whatever else the configuration says.
fn recorded(config: Config) -> (Run, Arc<Mutex<Live>>) {
    let header =
        Header { program: "0".to_owned(), scenario: (*config.scenario).clone(), seed: config.seed, walk: config.walk, gated: config.gated };
    let recorder = Recorder::begin(Vec::new(), Path::new("memory"), &header).expect("memory has room");
    let live = Arc::new(Mutex::new(Live { recorder: Some(recorder), ..Live::default() }));
    let listening = live.clone();
    let listener = Box::new(move |event: &Event| listening.lock().expect("nobody panics").take(event));
    (Run::start(Config { listener: Some(listener), ..config }).expect("the run starts"), live)
}

/// Ends the run; the digests and the recording.
fn end(mut run: Run, live: &Mutex<Live>) -> (Vec<u64>, Recording) {
    run.close();
    let mut live = live.lock().expect("nobody panics");
    let bytes = live.recorder.take().expect("it was recorded").finish().expect("memory has room");
    (std::mem::take(&mut live.digests), recording::read(bytes.as_slice()).expect("a recording"))
}

/// Folding the recording gives the same worlds, event by event and by seeking.
fn folds_to(digests: &[u64], recording: &Recording, what: &str) {
    assert_eq!((recording.damage.as_ref(), recording.events.len()), (None, digests.len()), "{what}");
    let mut world = World::new();
    let mut timeline = Timeline::new();
    for (at, event) in recording.events.iter().enumerate() {
        world.apply(event);
        timeline.push(event).expect("an event fits");
        assert_eq!(world.digest(), digests[at], "{what}, event {at}: {event:?}");
    }
    assert_eq!((timeline.len(), timeline.head().digest()), (digests.len() as u64, world.digest()), "{what}");
    // Here and there, forwards and backwards.
    let mut count = 0usize;
    for _ in 0..200 {
        count = (count * 7919 + 104_729) % (digests.len() + 1);
        let expected = if count == 0 { World::new().digest() } else { digests[count - 1] };
        assert_eq!(timeline.world_at(count as u64).digest(), expected, "{what}, sought {count}");
    }
}

#[test]
fn a_gated_run_folds_to_what_was_drawn_and_audited() {
    for name in SCENARIOS {
        let (run, live) = recorded(Config { paused: true, end_when_stuck: false, ..config(name, 4, &[]) });
        assert!(run.wait_until(PATIENCE, |shown| shown.rest_at == Some(0)));
        step_through(&run, |n| {
            assert_eq!(run.audit(), [], "{name}, step {n}");
            let timeline = run.timeline();
            let drawn = (timeline.len(), timeline.head().digest());
            drop(timeline);
            let live = live.lock().expect("nobody panics");
            assert_eq!(drawn, (live.digests.len() as u64, live.world.digest()), "{name}, step {n}");
        });
        let (digests, recording) = end(run, &live);
        assert_eq!((recording.header.seed, recording.header.gated), (4, true));
        assert_eq!(recording.header.scenario, *scenario(name, &[]));
        folds_to(&digests, &recording, name);
    }
}

#[test]
fn a_free_run_does_too() {
    for (name, set) in [("pipe", &[][..]), ("shared-memory", &["processes=2"]), ("event", &["timeout=0.1"])] {
        let (run, live) = recorded(Config { gated: false, ..config(name, 4, set) });
        assert_eq!(run.wait().exit, Some(0), "{name}");
        let (digests, recording) = end(run, &live);
        assert!(!recording.header.gated);
        folds_to(&digests, &recording, name);
    }
}

/// Runs the program with a recording and gives both.
fn record(folder: &TempDir, name: &str, more: &[&str]) -> (PathBuf, Output) {
    let file = folder.path().join("run.rec");
    let output = run(&[&["run", name, "--force", "--record", &file.to_string_lossy()], more].concat());
    (file, output)
}

fn replay(file: &Path, more: &[&str]) -> Output {
    run(&[&["replay", &file.to_string_lossy()], more].concat())
}

#[test]
fn a_replay_says_what_the_run_said() {
    let folder = TempDir::new().expect("a folder");
    for name in SCENARIOS {
        for (how, lang) in [("--plain", "en"), ("--linear", "en"), ("--linear", "zh"), ("--json", "en")] {
            let (file, live) = record(&folder, name, &["--seed", "6", how, "--lang", lang]);
            assert_eq!((live.code, live.stderr.as_str()), (Some(0), ""), "{name} {how}");
            assert_eq!(replay(&file, &[how, "--lang", lang]), live, "{name} {how} {lang}");
        }
    }
    // Plain is what there is without a terminal.
    let (file, live) = record(&folder, "pipe", &["--seed", "6"]);
    assert_eq!(replay(&file, &[]), live);
}

#[test]
fn a_replay_of_a_free_run_says_what_the_run_said() {
    let folder = TempDir::new().expect("a folder");
    for how in ["--plain", "--linear", "--json"] {
        let (file, live) = record(&folder, "pipe", &["--free", how]);
        assert_eq!(live.code, Some(0));
        assert_eq!(replay(&file, &[how]), live, "{how}");
    }
}

#[test]
fn a_replay_needs_nothing_but_its_file() {
    let folder = TempDir::new().expect("a folder");
    let script = folder.path().join("own.rhai");
    fs::write(&script, "print(\"mine\");\nlet q = Queue();\nq.put(1);\nprint(q.get());\n").expect("a file");
    let (file, live) = record(&folder, &script.to_string_lossy(), &["--seed", "1", "--linear"]);
    assert_eq!((live.code, live.stdout.contains("mine")), (Some(0), true), "{live:?}");
    fs::remove_file(&script).expect("it was there");
    assert_eq!(replay(&file, &["--linear"]), live);
}

#[test]
fn what_is_cut_off_is_shown_as_far_as_it_goes() {
    let folder = TempDir::new().expect("a folder");
    let (file, live) = record(&folder, "queue", &["--seed", "6", "--linear"]);
    let bytes = fs::read(&file).expect("the recording");
    let cut = folder.path().join("cut.rec");
    for (keep, some) in [(bytes.len() - 1, true), (bytes.len() - 200, true), (bytes.len() * 3 / 4, true), (40, false), (9, false)] {
        fs::write(&cut, &bytes[..keep]).expect("a file");
        let output = replay(&cut, &["--linear"]);
        assert_eq!(output.code, Some(2), "{keep} bytes: {output:?}");
        assert!(output.stderr.contains("cut.rec"), "{keep} bytes: {}", output.stderr);
        assert!(live.stdout.starts_with(&output.stdout), "{keep} bytes: {}", output.stdout);
        assert_eq!(!output.stdout.is_empty(), some, "{keep} bytes: {output:?}");
        if some {
            assert!(output.stderr.contains("damaged at byte") && output.stderr.contains("events before that are shown"), "{output:?}");
        }
    }
    // One byte changed in the middle.
    let mut changed = bytes.clone();
    changed[bytes.len() * 3 / 4] ^= 0x20;
    fs::write(&cut, &changed).expect("a file");
    let output = replay(&cut, &["--linear"]);
    assert!(output.code == Some(2) && output.stderr.contains("damaged at byte"), "{output:?}");
    assert!(!output.stdout.is_empty() && live.stdout.starts_with(&output.stdout));
}

#[test]
fn what_is_no_recording_is_said_to_be_none() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("foreign.rec");
    for (bytes, said) in [
        (&b""[..], "not a recording"),
        (b"print(1);\n", "not a recording"),
        (b"\x89PNG\r\n\x1a\n", "not a recording"),
        (b"ipcscope\xff\xff", "version 65535"),
    ] {
        fs::write(&file, bytes).expect("a file");
        let output = replay(&file, &["--plain"]);
        assert_eq!((output.code, output.stdout.as_str()), (Some(2), ""), "{output:?}");
        assert!(output.stderr.contains("foreign.rec") && output.stderr.contains(said), "{}", output.stderr);
    }
    let output = replay(folder.path(), &["--plain"]);
    assert_eq!((output.code, output.stdout.as_str()), (Some(2), ""), "{output:?}");
}

#[test]
fn a_recording_that_fails_on_its_way_does_not_end_the_run() {
    // A reader that has seen enough is a disk that takes no more.
    let folder = TempDir::new().expect("a folder");
    let fifo = folder.path().join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().is_ok_and(|status| status.success()));
    // It takes less at a time than the recording is long, so that the reader is gone before the end.
    let mut reading = File::options().read(true).write(true).open(&fifo).expect("both its ends");
    fcntl(&reading, FcntlArg::F_SETPIPE_SZ(4096)).expect("another size");
    let reader = thread::spawn(move || {
        let mut some = [0; 8];
        reading.read_exact(&mut some).map(|()| some)
    });
    let live = run(&["run", "queue", "--seed", "6", "--plain"]);
    let output = run(&["run", "queue", "--seed", "6", "--plain", "--record", &fifo.to_string_lossy()]);
    assert_eq!(reader.join().expect("it reads").ok().as_ref(), Some(b"ipcscope"));
    assert_eq!((output.stdout, output.code), (live.stdout, Some(1)));
    assert!(output.stderr.contains(&*fifo.to_string_lossy()) && output.stderr.contains("is incomplete"), "{}", output.stderr);
}

#[test]
fn a_full_disk_is_said_before_anything_runs() {
    let output = run(&["run", "pipe", "--seed", "6", "--plain", "--record", "/dev/full"]);
    assert_eq!((output.code, output.stdout.as_str()), (Some(2), ""), "{output:?}");
    assert!(output.stderr.contains("cannot write the recording /dev/full"), "{}", output.stderr);
}

#[test]
fn what_cannot_be_recorded_or_replayed_is_said_in_both_languages() {
    let check = |args: &[&str], en: &str, zh: &str| {
        for (lang, expected) in [("en", en), ("zh", zh)] {
            let output = run(&[args, &["--lang", lang]].concat());
            assert_eq!((output.code, output.stdout.as_str()), (Some(2), ""), "{output:?}");
            assert!(output.stderr.contains(expected), "{}", output.stderr);
        }
    };
    let record = |path| ["run", "pipe", "--seed", "6", "--plain", "--record", path];
    check(&record("/dev/full"), "cannot write the recording /dev/full", "无法写入录制文件 /dev/full");
    check(&record("/no/such/a.rec"), "cannot create the recording /no/such/a.rec", "无法创建录制文件 /no/such/a.rec");
    check(&["replay", "/no/such/a.rec"], "cannot open the recording /no/such/a.rec", "无法打开录制文件 /no/such/a.rec");
}
