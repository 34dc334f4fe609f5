//! `cargo xtask bench search`: how long a page of 100 takes, for each kind of search, over many traces. The store is built
//! through OTLP over HTTP with bodies made on the fly; with `--keep` it stays and a later run with as many traces uses it.

mod kinds;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, bail};
use serde_json::{Value, json};

use self::kinds::{KINDS, Kind, ORDERS};
use super::client::Client;
use super::ingest::{Log, send};
use super::reference::Reference;
use super::rng::Rng;
use super::server::Server;
use super::workload::{SPANS_PER_TRACE, TRACES_PER_REQUEST, Variety, Workload};
use crate::workspace;

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct SearchOptions {
    /// How many traces of 12 spans to build.
    #[arg(long, default_value_t = 100_000)]
    traces: u64,
    /// Searches of each kind, each with other values.
    #[arg(long, default_value_t = 500)]
    rounds: u64,
    /// Keep the store, and use the one kept before if it has as many traces.
    #[arg(long)]
    keep: bool,
    /// Only kinds whose name contains this.
    #[arg(long)]
    only: Option<String>,
    /// Also ask a real `mlflow server` 3.17.2, over as many traces as it takes in two minutes.
    #[arg(long)]
    reference: bool,
}

/// Says that a store was built to its end.
const MARK: &str = "complete";
/// Connections that build.
const WORKERS: u64 = 2;
/// Requests of which one has a run, and one a rating for its last trace.
const RUN_EVERY: u64 = 5;
const RATING_EVERY: u64 = 4;
/// While the text index lags an answer that is whole takes no longer than this.
const LAGGING_MAX: Duration = Duration::from_secs(5);
/// Bytes a span in the database without the text index, and MiB of anonymous memory of the server.
const BYTES_GOAL: f64 = 400.0;
const MEMORY_GOAL: f64 = 256.0;
/// A kind is measured no longer than this.
const KIND_SECONDS: u64 = 60;
/// The reply's header that says that a search has not seen everything, or had to look at much.
const NOTE: &str = "x-spanfall-note";

/// Builds, measures, prints; an error if a goal is missed.
pub fn search(options: &SearchOptions) -> anyhow::Result<()> {
    let folder = workspace::target().join("bench-search");
    let server = open(&folder, options)?;
    let mut client = Client::connect(server.port)?;
    wait_for_index(&mut client)?;
    let spans = (options.traces * SPANS_PER_TRACE) as f64;
    let (database, text) = (
        server.database_bytes() as f64,
        server.text_index_bytes() as f64,
    );
    println!("{} traces, {spans} spans, a page of 100", options.traces);
    println!(
        "{:<44} {:>9} {:>9} {:>6}  goal (p99)",
        "", "p50 ms", "p99 ms", "rows"
    );
    let is_wanted = |name: &str| {
        options
            .only
            .as_ref()
            .is_none_or(|only| name.contains(only.as_str()))
    };
    let mut missed = 0;
    for kind in KINDS
        .iter()
        .chain(ORDERS)
        .filter(|kind| is_wanted(kind.name))
    {
        let times = measure(&mut client, kind, options, options.rounds)?;
        let is_met = times.quantile(0.99) <= kind.goal_ms;
        missed += u32::from(!is_met);
        let verdict = if is_met { "" } else { "  MISSED" };
        println!("{:<44} {times}  {:>5.0}{verdict}", kind.name, kind.goal_ms);
    }
    let (bytes, memory) = (database / spans, server.anonymous_mib());
    println!("database without text index   {bytes:.0} bytes a span (goal {BYTES_GOAL:.0})");
    println!(
        "database with text index      {:.0} bytes a span",
        (database + text) / spans
    );
    println!("anonymous memory              {memory:.0} MiB (goal {MEMORY_GOAL:.0})");
    missed += u32::from(bytes > BYTES_GOAL) + u32::from(memory > MEMORY_GOAL);
    server.stop()?;
    if options.reference {
        against_reference(options)?;
    }
    if !options.keep {
        std::fs::remove_dir_all(&folder)?;
    }
    if missed > 0 {
        bail!("{missed} goals are missed");
    }
    Ok(())
}

/// Starts the server on a store with as many traces as asked for.
fn open(folder: &Path, options: &SearchOptions) -> anyhow::Result<Server> {
    let binary = workspace::server();
    let mark = folder.join(MARK);
    let wanted = options.traces.to_string();
    if options.keep && std::fs::read_to_string(&mark).is_ok_and(|built| built == wanted) {
        return Server::open(&binary, folder);
    }
    let server = Server::start(&binary, folder)?;
    let began = Instant::now();
    build(server.port, options.traces, Duration::MAX)?;
    println!("built in {:.0} s", began.elapsed().as_secs_f64());
    std::fs::write(mark, wanted)?;
    Ok(server)
}

/// Sends traces from several connections, no longer than a time; returns how many.
fn build(port: u16, traces: u64, time: Duration) -> anyhow::Result<u64> {
    let requests = traces.div_ceil(TRACES_PER_REQUEST);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let week_ns = 7 * 86_400 * 1_000_000_000_u64;
    let begin_ns = u64::try_from(now.as_nanos())? - week_ns;
    let step_ns = week_ns / traces.max(1);
    let variety = Variety { cases: traces / 10 };
    let taken = AtomicU64::new(0);
    let start = Instant::now();
    std::thread::scope(|scope| {
        let senders: Vec<_> = (0..WORKERS)
            .map(|worker| {
                let taken = &taken;
                scope.spawn(move || {
                    let step_ns = step_ns * WORKERS;
                    let mut work = Workload::varied(worker + 1, begin_ns, step_ns, variety);
                    let mut client = Client::connect(port)?;
                    let mut log = Log::default();
                    let mut sent = 0;
                    while start.elapsed() < time {
                        let number = taken.fetch_add(1, Ordering::Relaxed);
                        if number >= requests {
                            break;
                        }
                        send_one(&mut client, &mut work, number, start, &mut log)?;
                        sent += TRACES_PER_REQUEST;
                    }
                    anyhow::Ok(sent)
                })
            })
            .collect();
        let mut sent = 0;
        for sender in senders {
            sent += sender
                .join()
                .map_err(|_| anyhow::anyhow!("a sender panicked"))??;
        }
        Ok(sent)
    })
}

fn send_one(
    client: &mut Client,
    work: &mut Workload,
    number: u64,
    start: Instant,
    log: &mut Log,
) -> anyhow::Result<()> {
    let run = format!("run-{}", number % 300);
    let mut headers = vec![
        ("content-type", "application/x-protobuf"),
        ("x-mlflow-experiment-id", "0"),
    ];
    if number.is_multiple_of(RUN_EVERY) {
        headers.push(("x-mlflow-run-id", run.as_str()));
    }
    send(client, &headers, work.next_body(), start, log)?;
    if number.is_multiple_of(RATING_EVERY) {
        let id = work.last_trace();
        let body = json!({ "assessment": {
            "assessment_name": "rating",
            "source": { "source_type": "HUMAN", "source_id": "bench" },
            "feedback": { "value": number % 5 + 1 },
        }});
        let path = format!("/api/3.0/mlflow/traces/{id}/assessments");
        post(client, &path, &body)?;
    }
    Ok(())
}

fn post(client: &mut Client, path: &str, body: &Value) -> anyhow::Result<super::client::Reply> {
    let headers = [("content-type", "application/json")];
    let reply = client.send("POST", path, &headers, body.to_string().as_bytes())?;
    if reply.status >= 300 {
        bail!(
            "{path}: status {}: {}",
            reply.status,
            String::from_utf8_lossy(&reply.body)
        );
    }
    Ok(reply)
}

/// One search; the number of traces on the page, and whether there is something to say about the answer.
fn ask(client: &mut Client, filter: &str, order: &[&str]) -> anyhow::Result<(usize, bool)> {
    let body = json!({
        "locations": [{ "type": "MLFLOW_EXPERIMENT", "mlflow_experiment": { "experiment_id": "0" } }],
        "filter": filter,
        "max_results": 100,
        "order_by": order,
    });
    let reply = post(client, "/api/3.0/mlflow/traces/search", &body)?;
    let page: Value = serde_json::from_slice(&reply.body).context("not JSON")?;
    let rows = page
        .get("traces")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    Ok((rows, reply.headers.iter().any(|(name, _)| name == NOTE)))
}

/// Searches in the text of spans until the index has caught up: that none has, that ten have, that very many have. Says how long
/// somebody waited at most; an answer that took long must say that it is not whole.
fn wait_for_index(client: &mut Client) -> anyhow::Result<()> {
    let began = Instant::now();
    let (mut searches, mut longest) = (0, Duration::ZERO);
    for filter in [
        "trace.text LIKE '%nobody wrote this%'",
        "trace.text LIKE '%case-000017x%'",
        "span.content LIKE '%about glacier%'",
    ]
    .iter()
    .cycle()
    {
        let at = Instant::now();
        let (_, is_noted) = ask(client, filter, &[])?;
        let took = at.elapsed();
        // Whoever looks for what nobody wrote is told so until everything is indexed.
        if filter.contains("nobody") && !is_noted {
            break;
        }
        searches += 1;
        longest = longest.max(took);
        if took > LAGGING_MAX && !is_noted {
            bail!("an answer took {took:?} and says nothing about it");
        }
        if began.elapsed() > Duration::from_secs(3600) {
            bail!("the text index does not catch up");
        }
        std::thread::sleep(Duration::from_millis(300));
    }
    println!(
        "text index caught up after {:.0} s; {searches} searches meanwhile, the longest {:.1} s",
        began.elapsed().as_secs_f64(),
        longest.as_secs_f64()
    );
    Ok(())
}

/// How long the searches of a kind took.
struct Times {
    seconds: Vec<f64>,
    rows: usize,
}

impl Times {
    /// Milliseconds.
    fn quantile(&self, share: f64) -> f64 {
        let index = (self.seconds.len() as f64 * share) as usize;
        let last = self.seconds.len().saturating_sub(1);
        self.seconds.get(index.min(last)).copied().unwrap_or(0.0) * 1e3
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rows = self.rows as f64 / self.seconds.len().max(1) as f64;
        let (half, most) = (self.quantile(0.5), self.quantile(0.99));
        write!(f, "{half:>9.2} {most:>9.2} {rows:>6.1}")
    }
}

fn measure(
    client: &mut Client,
    kind: &Kind,
    options: &SearchOptions,
    rounds: u64,
) -> anyhow::Result<Times> {
    let mut rng = Rng::new(7);
    let mut times = Times {
        seconds: Vec::new(),
        rows: 0,
    };
    let began = Instant::now();
    for _ in 0..rounds {
        let filter = kind.filter(&mut rng, options.traces);
        let at = Instant::now();
        let (rows, _) = ask(client, &filter, kind.order)?;
        times.seconds.push(at.elapsed().as_secs_f64());
        times.rows += rows;
        if began.elapsed() > Duration::from_secs(KIND_SECONDS) {
            break;
        }
    }
    times.seconds.sort_by(f64::total_cmp);
    Ok(times)
}

fn against_reference(options: &SearchOptions) -> anyhow::Result<()> {
    let reference = Reference::start("bench-reference")?;
    let most = options.traces.min(1_000);
    let traces = build(reference.port, most, Duration::from_secs(120))?;
    println!("mlflow server 3.17.2 over {traces} traces");
    let mut client = Client::connect(reference.port)?;
    for kind in KINDS.iter().chain(ORDERS).filter(|kind| kind.in_reference) {
        match measure(&mut client, kind, options, 20) {
            Ok(times) => println!("{:<44} {times}", kind.name),
            Err(error) => println!("{:<44} {error:#}", kind.name),
        }
    }
    Ok(())
}
