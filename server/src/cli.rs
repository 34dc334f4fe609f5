//! The command line. Exit codes: 0 done, 1 failed while running, 2 wrong usage.

use std::error::Error;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::config::{Config, ConfigError, Settings, bytes, duration};
use crate::gc::{self, Job, Shrink};
use crate::retention::Policy;
use crate::{check, serve};

/// A trace store and viewer for GenAI applications that speaks the MLflow tracing protocol and OTLP.
#[derive(Parser)]
#[command(name = "spanfall", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve traces until told to stop
    #[command(after_help = "\
Example:
  spanfall serve --port 5000 --backend-store-uri sqlite:///spanfall.db

  then, in the application: mlflow.set_tracking_uri(\"http://127.0.0.1:5000\")")]
    Serve(Options),
    /// Fill an empty store with recorded runs of real agents, then serve it
    #[command(after_help = "\
Example:
  spanfall demo --port 5000

  Keeps its traces in spanfall-demo.db unless told otherwise; a store that holds traces is served as it is.")]
    Demo(Options),
    /// Look for damage in a store that no server has open
    #[command(after_help = "\
Example:
  spanfall check --backend-store-uri sqlite:///spanfall.db

  Prints each problem on a line of its own; exit code 1 if there is any.")]
    Check(Store),
    /// Delete old traces with their files, also while a server has the store open
    #[command(after_help = "\
Examples:
  spanfall gc --older-than 30d --dry-run
  spanfall gc --max-size 20GB --backend-store-uri sqlite:////var/lib/spanfall/spanfall.db
  spanfall gc --older-than 7d --experiment load-test

  Also removes traces of experiments that were deleted more than 30 days ago, and files left behind by deleted
  traces. Space that becomes free is used for new traces; --shrink gives it back to the system.")]
    Gc(GcOptions),
}

#[derive(Args)]
struct Options {
    /// TOML file with settings, one a line, named like the flags: port = 5000
    #[arg(long, env = "SPANFALL_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Args)]
struct Store {
    /// TOML file with settings, one a line, named like the flags
    #[arg(long, env = "SPANFALL_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where traces are kept [default: sqlite:///spanfall.db]
    #[arg(long, env = "SPANFALL_BACKEND_STORE_URI", value_name = "URI")]
    backend_store_uri: Option<String>,
}

#[derive(Args)]
struct GcOptions {
    #[command(flatten)]
    store: Store,
    /// Folder of uploaded files [default: ./spanfall-artifacts]; a running server knows its own
    #[arg(long, env = "SPANFALL_ARTIFACTS_DESTINATION", value_name = "FOLDER")]
    artifacts_destination: Option<String>,
    /// Delete traces that began longer ago than this: 90s, 45m, 12h, 30d, 2w
    #[arg(long, value_name = "AGE", value_parser = duration)]
    older_than: Option<Duration>,
    /// Delete the oldest traces until the database holds no more than this: 20GB, 500MiB
    #[arg(long, value_name = "SIZE", value_parser = bytes, conflicts_with = "experiment")]
    max_size: Option<u64>,
    /// Delete the traces of experiments that were deleted longer ago than this
    #[arg(long, value_name = "AGE", value_parser = duration, default_value = "30d")]
    deleted_for: Duration,
    /// Only in this experiment, by name or id
    #[arg(long, value_name = "EXPERIMENT")]
    experiment: Option<String>,
    /// Only say what would be deleted
    #[arg(long)]
    dry_run: bool,
    /// Also make the file smaller, which needs the store for itself and room for a copy
    #[arg(long)]
    shrink: bool,
}

/// Runs the program.
pub fn main() -> ExitCode {
    let command = Cli::parse().command;
    log_to_stderr();
    let outcome = match command {
        Command::Serve(options) => config(options).map(|config| run(serve::serve(config))),
        Command::Check(options) => store_path(options).map(|path| run(check::check(path))),
        Command::Gc(options) => gc_job(options).map(|job| run(gc::gc(job))),
        Command::Demo(options) => demo_config(options).map(|config| run(serve::demo(config))),
    };
    match outcome {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(failure)) => {
            eprintln!("spanfall: {failure}");
            ExitCode::FAILURE
        }
        Err(usage) => {
            eprintln!("spanfall: {usage}");
            ExitCode::from(2)
        }
    }
}

fn config(options: Options) -> Result<Config, ConfigError> {
    all_sources(options.settings, options.config)?.into_config()
}

fn gc_job(options: GcOptions) -> Result<Job, ConfigError> {
    let settings = Settings {
        backend_store_uri: options.store.backend_store_uri,
        artifacts_destination: options.artifacts_destination,
        ..Settings::default()
    };
    let settings = all_sources(settings, options.store.config)?;
    Ok(Job {
        store: settings.store_path()?,
        artifacts: settings.artifacts_path()?,
        policy: Policy {
            older_than: options.older_than,
            size_max: options.max_size,
            deleted_for: Some(options.deleted_for),
            experiment: options.experiment,
            is_dry_run: options.dry_run,
        },
        shrink: if options.shrink {
            Shrink::Yes
        } else {
            Shrink::No
        },
    })
}

fn store_path(options: Store) -> Result<PathBuf, ConfigError> {
    let backend_store_uri = options.backend_store_uri;
    let settings = Settings {
        backend_store_uri,
        ..Settings::default()
    };
    all_sources(settings, options.config)?.store_path()
}

/// Flags and `SPANFALL_*` first, then MLflow's variables, then the file.
fn all_sources(settings: Settings, file: Option<PathBuf>) -> Result<Settings, ConfigError> {
    let environment = Settings::from_mlflow_environment(|name| std::env::var(name).ok());
    let file = file
        .as_deref()
        .map(Settings::from_file)
        .transpose()?
        .unwrap_or_default();
    Ok(settings.or(environment).or(file))
}

/// The demo keeps away from real traces unless it is pointed at a store.
fn demo_config(options: Options) -> Result<Config, ConfigError> {
    let apart = Settings {
        backend_store_uri: Some("sqlite:///spanfall-demo.db".to_owned()),
        artifacts_destination: Some("./spanfall-demo-artifacts".to_owned()),
        ..Settings::default()
    };
    config(Options {
        settings: options.settings.or(apart),
        ..options
    })
}

fn run<E>(work: impl Future<Output = Result<(), E>>) -> Result<(), Box<dyn Error>>
where
    E: Error + 'static,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(work)?)
}

/// Logs to stderr, since stdout carries the one line that says where the server listens.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("SPANFALL_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let stderr = std::io::stderr;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal())
        .init();
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_auth_needs_no_value() {
        let cli =
            Cli::try_parse_from(["spanfall", "serve", "--host", "0.0.0.0", "--no-auth"]).unwrap();
        let Command::Serve(options) = cli.command else {
            panic!("serve")
        };
        assert_eq!(options.settings.no_auth, Some(true));
    }
}
