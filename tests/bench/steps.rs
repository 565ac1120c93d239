//! How fast a run goes: seeded steps a second at unlimited pace, from the first process to the last
//! death, and a whole small scenario. Pinned to one CPU (`taskset -c 0 cargo bench --bench steps`) a
//! step needs no wake-up across CPUs and is several times faster.

use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ipcscope::host::{Config, Run};
use ipcscope::script;

/// Two processes that take a lock in turn.
const LOCKS: &str = "
fn work(l, n) { for i in 0..n { with l {} } }
let l = Lock();
let a = Process(work, [l, 500]);
let b = Process(work, [l, 500]);
a.start();
b.start();
";

/// Two processes that talk through a pipe.
const TALK: &str = "
fn ping(p, n) { for i in 0..n { p.send(i); p.recv(); } }
fn pong(p, n) { for i in 0..n { p.send(p.recv()); } }
let p = Pipe();
let a = Process(ping, [p[0], 250]);
let b = Process(pong, [p[1], 250]);
a.start();
b.start();
";

/// Runs a source to its end and gives the number of its steps.
fn steps(name: &str, source: &str) -> u64 {
    let scenario = script::scenario::assemble(name, name, source, None).expect("a scenario");
    let config = Config { exe: PathBuf::from(env!("CARGO_BIN_EXE_ipcscope")), ..Config::new(Arc::new(scenario), 1) };
    let run = Run::start(config).expect("a run");
    assert_eq!(run.wait().exit, Some(0));
    run.timeline().head().step
}

fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("seeded");
    group.sample_size(10);
    for (name, source) in [("locks", LOCKS), ("talk", TALK)] {
        group.throughput(Throughput::Elements(steps(name, source)));
        group.bench_function(name, |bencher| bencher.iter(|| black_box(steps(name, source))));
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
