//! `cargo xtask bench ingest`: how many spans a second are acknowledged as on disk.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, bail};

use super::client::Client;
use super::reference::Reference;
use super::server::Server;
use super::workload::{SPANS_PER_TRACE, TRACES_PER_REQUEST, Workload};
use crate::workspace;

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct IngestOptions {
    /// How many traces of 12 spans to build the store up to.
    #[arg(long, default_value_t = 500_000)]
    traces: u64,
    /// Connections that send at the same time.
    #[arg(long, default_value_t = 4)]
    workers: u64,
    /// Also send the same bodies to a real `mlflow server` 3.17.2 for a minute and print the ratio.
    #[arg(long)]
    reference: bool,
}

/// Seconds that the figure for an empty store covers.
const EMPTY_SECONDS: f64 = 20.0;
/// Seconds at the end that the figure for a full store covers.
const LAST_SECONDS: f64 = 60.0;
/// Spans a second below which the run fails, on an empty store and at its end.
const BOUNDS: (f64, f64) = (30_000.0, 20_000.0);
/// What design asks for.
const GOALS: (f64, f64) = (60_000.0, 40_000.0);

/// Measures and prints; an error if a bound is missed.
pub fn ingest(options: &IngestOptions) -> anyhow::Result<()> {
    let binary = workspace::server();
    let folder = workspace::target().join("bench-ingest");
    let server = Server::start(&binary, &folder)?;
    println!(
        "{} traces of {SPANS_PER_TRACE} spans, {} a request, {} connections",
        options.traces,
        SPANS_PER_TRACE * TRACES_PER_REQUEST,
        options.workers
    );
    let memory = Arc::new(Mutex::new(0.0_f64));
    let headers = [
        ("content-type", "application/x-protobuf"),
        ("x-mlflow-experiment-id", "0"),
    ];
    let log = run(
        server.port,
        &headers,
        options.workers,
        Limit::Traces(options.traces),
        |done, rate| {
            let mib = server.anonymous_mib();
            let mut peak = memory
                .lock()
                .expect("no thread panics while it holds the figure");
            *peak = peak.max(mib);
            eprintln!("    {done:>9} traces  {rate:>7.0} spans/s  {mib:.0} MiB anonymous");
        },
    )?;
    let empty = log.rate(0.0, EMPTY_SECONDS);
    let last = log.rate((log.seconds() - LAST_SECONDS).max(0.0), log.seconds());
    let spans = log.acknowledged * TRACES_PER_REQUEST * SPANS_PER_TRACE;
    let bytes = server.database_bytes() as f64 / spans as f64;
    let peak = *memory.lock().expect("the run is over");
    println!(
        "empty store, first {EMPTY_SECONDS:.0} s   {empty:>8.0} spans/s   (bound {:.0}, goal {:.0})",
        BOUNDS.0, GOALS.0
    );
    println!(
        "full store, last {LAST_SECONDS:.0} s     {last:>8.0} spans/s   (bound {:.0}, goal {:.0})",
        BOUNDS.1, GOALS.1
    );
    println!(
        "request p50 / p99         {:.1} / {:.1} ms",
        log.latency(0.5),
        log.latency(0.99)
    );
    println!("database                  {bytes:.0} bytes a span (goal 400)");
    println!("anonymous memory, peak    {peak:.0} MiB (goal 256)");
    println!("refused with 429          {}", log.refused);
    server.stop()?;
    if options.reference {
        against_reference(empty)?;
    }
    if empty < BOUNDS.0 || last < BOUNDS.1 {
        bail!("below the bound");
    }
    Ok(())
}

fn against_reference(ours: f64) -> anyhow::Result<()> {
    let reference = Reference::start("bench-reference")?;
    let headers = [
        ("content-type", "application/x-protobuf"),
        ("x-mlflow-experiment-id", "0"),
    ];
    let limit = Limit::Seconds(60.0);
    let log = run(reference.port, &headers, 1, limit, |done, rate| {
        eprintln!("    reference: {done} traces  {rate:.0} spans/s");
    })?;
    let theirs = log.rate(0.0, log.seconds());
    println!(
        "mlflow server 3.17.2      {theirs:>8.0} spans/s, {} requests refused",
        log.failed
    );
    println!(
        "ratio                     {:.0} times",
        ours / theirs.max(1.0)
    );
    Ok(())
}

enum Limit {
    Traces(u64),
    Seconds(f64),
}

/// When each request was acknowledged, in seconds from the start, and how long it took.
#[derive(Default)]
pub(super) struct Log {
    requests: Vec<(f64, f64)>,
    acknowledged: u64,
    refused: u64,
    failed: u64,
}

impl Log {
    fn seconds(&self) -> f64 {
        self.requests.iter().map(|r| r.0).fold(0.0, f64::max)
    }

    /// Spans a second acknowledged between two moments.
    fn rate(&self, from: f64, to: f64) -> f64 {
        let to = to.min(self.seconds());
        let count = self
            .requests
            .iter()
            .filter(|r| r.0 >= from && r.0 <= to)
            .count() as u64;
        (count * TRACES_PER_REQUEST * SPANS_PER_TRACE) as f64 / (to - from).max(0.001)
    }

    fn latency(&self, share: f64) -> f64 {
        let mut all: Vec<f64> = self.requests.iter().map(|r| r.1).collect();
        all.sort_by(f64::total_cmp);
        let index = ((all.len() as f64 * share) as usize).min(all.len().saturating_sub(1));
        all.get(index).copied().unwrap_or(0.0) * 1e3
    }
}

/// Sends until the limit from several connections, and reports every five seconds.
fn run(
    port: u16,
    headers: &[(&str, &str)],
    workers: u64,
    limit: Limit,
    mut report: impl FnMut(u64, f64) + Send,
) -> anyhow::Result<Log> {
    let (most, seconds) = match limit {
        Limit::Traces(traces) => (traces.div_ceil(TRACES_PER_REQUEST), f64::INFINITY),
        Limit::Seconds(seconds) => (u64::MAX, seconds),
    };
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let week_ns = 7 * 86_400 * 1_000_000_000_u64;
    let begin_ns = u64::try_from(since_epoch.as_nanos())? - week_ns;
    let step_ns = week_ns / most.min(25_000).saturating_mul(TRACES_PER_REQUEST).max(1);
    let (taken, done) = (AtomicU64::new(0), AtomicU64::new(0));
    let finished = AtomicBool::new(false);
    let start = Instant::now();
    std::thread::scope(|scope| {
        let senders: Vec<_> = (0..workers)
            .map(|worker| {
                let (taken, done) = (&taken, &done);
                scope.spawn(move || {
                    let mut work = Workload::new(worker + 1, begin_ns, step_ns * workers);
                    let mut log = Log::default();
                    let mut client = Client::connect(port)?;
                    while start.elapsed().as_secs_f64() < seconds
                        && taken.fetch_add(1, Ordering::Relaxed) < most
                    {
                        send(&mut client, headers, work.next_body(), start, &mut log)?;
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                    anyhow::Ok(log)
                })
            })
            .collect();
        let watcher = scope.spawn(|| {
            let mut before = 0;
            let mut at = Instant::now();
            while !finished.load(Ordering::Relaxed) {
                std::thread::park_timeout(Duration::from_secs(5));
                let now = done.load(Ordering::Relaxed);
                let rate = ((now - before) * TRACES_PER_REQUEST * SPANS_PER_TRACE) as f64
                    / at.elapsed().as_secs_f64();
                (before, at) = (now, Instant::now());
                report(now * TRACES_PER_REQUEST, rate);
            }
        });
        let mut all = Log::default();
        let mut outcome = Ok(());
        for sender in senders {
            match sender.join() {
                Ok(Ok(log)) => {
                    all.requests.extend(log.requests);
                    all.acknowledged += log.acknowledged;
                    all.refused += log.refused;
                    all.failed += log.failed;
                }
                Ok(Err(error)) => outcome = Err(error),
                Err(_) => outcome = Err(anyhow::anyhow!("a sender panicked")),
            }
        }
        finished.store(true, Ordering::Relaxed);
        watcher.thread().unpark();
        outcome.map(|()| all)
    })
    .context("while sending")
}

/// Sends one body until it is acknowledged; a full queue is waited for, as an exporter would.
pub(super) fn send(
    client: &mut Client,
    headers: &[(&str, &str)],
    body: &[u8],
    start: Instant,
    log: &mut Log,
) -> anyhow::Result<()> {
    loop {
        let began = Instant::now();
        let reply = client.send("POST", "/v1/traces", headers, body)?;
        match reply.status {
            200 => {
                let took = began.elapsed().as_secs_f64();
                log.requests.push((start.elapsed().as_secs_f64(), took));
                log.acknowledged += 1;
                return Ok(());
            }
            429 => {
                log.refused += 1;
                let wait = reply.retry_after.unwrap_or(0.05).min(1.0);
                std::thread::sleep(Duration::from_secs_f64(wait));
            }
            500.. => {
                log.failed += 1;
                return Ok(());
            }
            status => bail!("status {status}: {}", String::from_utf8_lossy(&reply.body)),
        }
    }
}
