//! `cargo xtask bench sdk`: how fast the official Python SDK logs through its fluent API, in several processes, against Spanfall and
//! against a server that keeps nothing, one after the other and more than once.

use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::Instant;

use anyhow::{Context, bail};

use super::null_server::NullServer;
use super::server::Server;
use crate::{tools, workspace};

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct SdkOptions {
    /// Traces that each process logs in each round.
    #[arg(long, default_value_t = 400)]
    traces: u64,
    /// Processes that log at the same time.
    #[arg(long, default_value_t = 4)]
    processes: u64,
    /// Rounds; each asks both servers.
    #[arg(long, default_value_t = 3)]
    rounds: u64,
}

/// Spans a trace of the script.
const SPANS_PER_TRACE: u64 = 6;
/// The share of the null server's rate that must be reached.
const BOUND: f64 = 0.85;

/// Logs traces and says when it begins and that everything has arrived.
const SCRIPT: &str = r#"
import sys, time, mlflow
mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_experiment(experiment_id="0")
text = "refund order flight booking policy customer account reservation " * 6

@mlflow.trace(span_type="TOOL")
def look_up(question, n):
    return {"answer": question, "n": n}

@mlflow.trace(span_type="LLM")
def ask(question, n):
    return {"content": question, "n": n}

@mlflow.trace(span_type="AGENT")
def agent(question):
    for n in range(4):
        look_up(question, n)
    return ask(question, 0)

agent(text)
mlflow.flush_trace_async_logging()
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(sys.argv[2])):
    agent(text)
mlflow.flush_trace_async_logging()
print("done", flush=True)
"#;

/// Measures and prints; an error if the bound is missed.
pub fn sdk(options: &SdkOptions) -> anyhow::Result<()> {
    let lock = workspace::root().join("xtask/python/reference.lock");
    let python = tools::python::environment("reference", &lock)?;
    let script = workspace::target().join("bench-sdk.py");
    std::fs::write(&script, SCRIPT)?;
    let folder = workspace::target().join("bench-sdk");
    let server = Server::start(&workspace::server(), &folder)?;
    let null = NullServer::start()?;
    let rate = |port: u16| -> anyhow::Result<f64> {
        let mut loggers = Vec::new();
        for _ in 0..options.processes {
            loggers.push(Logger::start(&python, &script, port, options.traces)?);
        }
        for logger in &mut loggers {
            logger.wait_for("ready")?;
        }
        let begin = Instant::now();
        for logger in &mut loggers {
            logger.go()?;
        }
        for logger in &mut loggers {
            logger.wait_for("done")?;
        }
        let spans = options.processes * options.traces * SPANS_PER_TRACE;
        Ok(spans as f64 / begin.elapsed().as_secs_f64())
    };
    let (mut ours, mut nothing) = (Vec::new(), Vec::new());
    for round in 1..=options.rounds {
        // Turn about, so that a machine that becomes busy slows both.
        let pair = if round % 2 == 0 {
            let first = rate(server.port)?;
            (first, rate(null.port)?)
        } else {
            let first = rate(null.port)?;
            (rate(server.port)?, first)
        };
        eprintln!(
            "    round {round}: {:.0} spans/s, null server {:.0}",
            pair.0, pair.1
        );
        ours.push(pair.0);
        nothing.push(pair.1);
    }
    server.stop()?;
    let (ours, nothing) = (median(ours), median(nothing));
    let ratio = ours / nothing;
    println!(
        "Python SDK 3.17.2, fluent API, async, {} processes",
        options.processes
    );
    println!("Spanfall                  {ours:>8.0} spans/s");
    println!(
        "null server               {nothing:>8.0} spans/s, {} requests",
        null.requests.load(Ordering::Relaxed)
    );
    println!(
        "ratio                     {:.0} % (bound {:.0} %)",
        ratio * 100.0,
        BOUND * 100.0
    );
    if ratio < BOUND {
        bail!("below the bound");
    }
    Ok(())
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or(0.0)
}

/// A Python process that logs; killed when dropped.
struct Logger {
    child: Child,
    lines: std::io::Lines<std::io::BufReader<std::process::ChildStdout>>,
}

impl Logger {
    fn start(
        python: &std::path::Path,
        script: &std::path::Path,
        port: u16,
        traces: u64,
    ) -> anyhow::Result<Self> {
        use std::io::BufRead;
        let mut child = Command::new(python)
            .arg(script)
            .args([format!("http://127.0.0.1:{port}"), traces.to_string()])
            .env("MLFLOW_DISABLE_TELEMETRY", "true")
            .env("DO_NOT_TRACK", "true")
            .env("MLFLOW_ENABLE_ASYNC_TRACE_LOGGING", "true")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()?;
        let output = child.stdout.take().context("the output is a pipe")?;
        Ok(Self {
            child,
            lines: std::io::BufReader::new(output).lines(),
        })
    }

    fn wait_for(&mut self, word: &str) -> anyhow::Result<()> {
        for line in &mut self.lines {
            if line?.trim() == word {
                return Ok(());
            }
        }
        bail!("a logging process ended early")
    }

    fn go(&mut self) -> anyhow::Result<()> {
        use std::io::Write;
        let input = self.child.stdin.as_mut().context("the input is a pipe")?;
        writeln!(input, "go")?;
        input.flush()?;
        Ok(())
    }
}

impl Drop for Logger {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
