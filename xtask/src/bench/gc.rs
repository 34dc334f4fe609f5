//! `cargo xtask bench gc`: deleting very many traces while ingest goes on at full rate and somebody reads. What counts is how long
//! anybody has to wait, and how large the write-ahead log gets.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::client::Client;
use super::server::Server;
use super::workload::{SPANS_PER_TRACE, TRACES_PER_REQUEST, Workload};
use crate::workspace;

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct GcOptions {
    /// How many traces of 12 spans to store and then delete.
    #[arg(long, default_value_t = 1_000_000)]
    traces: u64,
}

/// Milliseconds that nobody may wait longer: for a read, for a slice of the deletion.
const BOUNDS_MS: (f64, f64) = (100.0, 50.0);
/// The write-ahead log may hold so many MiB.
const WAL_MIB: f64 = 512.0;
/// Connections that write all the time.
const WRITERS: u64 = 2;
const HEADERS: [(&str, &str); 2] = [
    ("content-type", "application/x-protobuf"),
    ("x-mlflow-experiment-id", "0"),
];

/// Measures and prints; an error if a bound is missed.
pub fn gc(options: &GcOptions) -> anyhow::Result<()> {
    let folder = workspace::target().join("bench-gc");
    let server = Server::start(&workspace::server(), &folder)?;
    let socket = folder.join("spanfall.db.admin");
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let cutoff_ns = u64::try_from(now.as_nanos())? - 3_600_000_000_000;
    println!(
        "storing {} traces of {SPANS_PER_TRACE} spans",
        options.traces
    );
    let requests = options.traces.div_ceil(TRACES_PER_REQUEST);
    let step_ns = 86_400_000_000_000 / (requests * TRACES_PER_REQUEST).max(1);
    let begin = Instant::now();
    let left = AtomicU64::new(requests);
    // Twice the time that is needed, because one connection may send more than the other.
    write(&server, cutoff_ns - 2 * 86_400_000_000_000, step_ns, || {
        left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(1)
        })
        .is_ok()
    })?;
    println!("stored in {:.0} s", begin.elapsed().as_secs_f64());
    // Without the deletion, for comparison, and then with it.
    for doomed in [false, true] {
        figures(&socket)?;
        let is_over = AtomicBool::new(false);
        let begin = Instant::now();
        let (deleted, reads, written) = std::thread::scope(|scope| {
            let work = scope.spawn(|| {
                let deleted = match doomed {
                    true => delete(&server, cutoff_ns),
                    false => {
                        std::thread::sleep(Duration::from_secs(20));
                        Ok(0)
                    }
                };
                is_over.store(true, Ordering::Relaxed);
                deleted
            });
            let reader = scope.spawn(|| read(&server, &is_over));
            // Late traces are an hour late at most, and must not be among those to delete. Each part sends traces of its own: the
            // same once more would be spans of traces that are there.
            let hours = if doomed { 4 } else { 2 };
            let start_ns = cutoff_ns + hours * 3_600_000_000_000;
            let written = write(&server, start_ns, 1_000_000, || {
                !is_over.load(Ordering::Relaxed)
            });
            (work.join(), reader.join(), written)
        });
        let seconds = begin.elapsed().as_secs_f64();
        let deleted = deleted.map_err(|_| anyhow::anyhow!("the deletion panicked"))??;
        let reads = reads.map_err(|_| anyhow::anyhow!("the reader panicked"))??;
        let rate = written? as f64 / seconds;
        let found = figures(&socket)?;
        let figure = |name: &str| found[name].as_f64().unwrap_or(0.0);
        let milliseconds = |name: &str| figure(&format!("{name}_micros")) / 1e3;
        let wal = figure("wal_bytes_max") / f64::from(1 << 20);
        if doomed {
            println!(
                "\ndeleted {deleted} traces in {seconds:.0} s ({:.0} a second)",
                deleted as f64 / seconds
            );
        } else {
            println!("\nwithout a deletion");
        }
        println!("ingest meanwhile          {rate:>8.0} spans/s");
        let percentile = |share: f64| {
            let place = (reads.len() as f64 * share) as usize;
            reads
                .get(place.min(reads.len() - 1))
                .copied()
                .unwrap_or(0.0)
        };
        let over = reads.iter().filter(|took| **took > BOUNDS_MS.0).count();
        println!(
            "reads p50 / p99 / longest {:.1} / {:.1} / {:.1} ms of {}, {over} over the bound of {:.0}",
            percentile(0.5),
            percentile(0.99),
            percentile(1.0),
            reads.len(),
            BOUNDS_MS.0
        );
        println!(
            "writer: longest slice     {:.1} ms (bound {:.0}), with its commit {:.1} ms, any transaction {:.1} ms",
            milliseconds("delete_slice"),
            BOUNDS_MS.1,
            milliseconds("delete_commit"),
            milliseconds("transaction")
        );
        println!("write-ahead log, most     {wal:.0} MiB (bound {WAL_MIB:.0})");
        println!(
            "anonymous memory          {:.0} MiB",
            server.anonymous_mib()
        );
        let is_missed = percentile(1.0) > BOUNDS_MS.0
            || milliseconds("delete_slice") > BOUNDS_MS.1
            || wal > WAL_MIB;
        if doomed && is_missed {
            server.stop()?;
            bail!("a bound is missed");
        }
    }
    server.stop()
}

/// Sends bodies from several connections while there is one to send; gives the spans acknowledged.
fn write(
    server: &Server,
    start_ns: u64,
    step_ns: u64,
    go_on: impl Fn() -> bool + Sync,
) -> anyhow::Result<u64> {
    let acknowledged = AtomicU64::new(0);
    std::thread::scope(|scope| {
        let senders: Vec<_> = (0..WRITERS)
            .map(|worker| {
                let (acknowledged, go_on) = (&acknowledged, &go_on);
                scope.spawn(move || {
                    let mut work = Workload::new(start_ns + worker, start_ns, step_ns * WRITERS);
                    let mut client = Client::connect(server.port)?;
                    while go_on() {
                        let body = work.next_body().to_vec();
                        loop {
                            let reply = client.send("POST", "/v1/traces", &HEADERS, &body)?;
                            match reply.status {
                                200 => break,
                                429 => std::thread::sleep(Duration::from_millis(50)),
                                status => bail!("status {status}"),
                            }
                        }
                        let spans = TRACES_PER_REQUEST * SPANS_PER_TRACE;
                        acknowledged.fetch_add(spans, Ordering::Relaxed);
                    }
                    Ok(())
                })
            })
            .collect();
        for sender in senders {
            sender
                .join()
                .map_err(|_| anyhow::anyhow!("a sender panicked"))??;
        }
        anyhow::Ok(())
    })?;
    Ok(acknowledged.into_inner())
}

/// Asks for pages until it is over; gives the milliseconds each took, sorted.
fn read(server: &Server, is_over: &AtomicBool) -> anyhow::Result<Vec<f64>> {
    let mut client = Client::connect(server.port)?;
    let headers = [("content-type", "application/json")];
    let filters = ["", "attributes.status = 'ERROR'", "span.name = 'llm_3'"];
    let mut times = Vec::new();
    for round in 0.. {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        let body = json!({
            "locations": [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "0"}}],
            "filter": filters[round % filters.len()],
            "max_results": 100,
        });
        let begin = Instant::now();
        let reply = client.send(
            "POST",
            "/api/3.0/mlflow/traces/search",
            &headers,
            body.to_string().as_bytes(),
        )?;
        times.push(begin.elapsed().as_secs_f64() * 1e3);
        if reply.status != 200 {
            bail!("search: status {}", reply.status);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    times.sort_by(f64::total_cmp);
    Ok(times)
}

/// Deletes everything up to a moment and gives the number of traces.
fn delete(server: &Server, cutoff_ns: u64) -> anyhow::Result<u64> {
    let mut client = Client::connect(server.port)?;
    let body = json!({"experiment_id": "0", "max_timestamp_millis": cutoff_ns / 1_000_000});
    let reply = client.send(
        "POST",
        "/api/3.0/mlflow/traces/delete-traces",
        &[("content-type", "application/json")],
        body.to_string().as_bytes(),
    )?;
    let value: Value = serde_json::from_slice(&reply.body)?;
    value["traces_deleted"]
        .as_u64()
        .with_context(|| format!("status {}: {value}", reply.status))
}

/// The figures of the store since they were last asked for.
fn figures(socket: &Path) -> anyhow::Result<Value> {
    let mut stream = UnixStream::connect(socket).context("the admin endpoint")?;
    stream.write_all(b"\"figures\"\n")?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    let mut answer: Value = serde_json::from_str(&line)?;
    Ok(answer["figures"].take())
}
