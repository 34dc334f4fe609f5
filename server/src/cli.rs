//! The command line. Exit codes: 0 done, 1 failed while running, 2 wrong usage.

use std::error::Error;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::config::{Config, ConfigError, Settings};
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

/// Runs the program.
pub fn main() -> ExitCode {
    let command = Cli::parse().command;
    log_to_stderr();
    let outcome = match command {
        Command::Serve(options) => config(options).map(|config| run(serve::serve(config))),
        Command::Check(options) => store_path(options).map(|path| run(check::check(path))),
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
