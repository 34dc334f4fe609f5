//! `cargo xtask`: build, serve and test Spanfall on a machine that has a Rust toolchain and Node.
//!
//! Each command does its own set-up, says what it is doing and how long it took, and does nothing
//! twice. The heavy half of the site build is the program `pack`, so that this one compiles in seconds.

mod bench;
mod build;
mod compare;
mod dist;
mod prices;
mod serve;
mod step;
mod summary;
mod test;
mod tools;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Build, serve and test Spanfall")]
struct Arguments {
    /// Build unoptimised: minutes become seconds, the site becomes large (before the command).
    #[arg(long)]
    quick: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything and serve it on http://127.0.0.1:5000.
    Serve {
        /// Load the demo data first (before other arguments).
        #[arg(long)]
        demo: bool,
        /// Passed on to `spanfall serve`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Run the tests, all of them unless some parts are named.
    Test {
        /// Which parts.
        #[arg(value_enum)]
        parts: Vec<test::Part>,
    },
    /// Build the browser half into `target/site`.
    Site,
    /// Measure the release build and print figures against their bounds.
    Bench {
        /// Measure the build that is there (before the name of the bench).
        #[arg(long)]
        as_built: bool,
        #[command(subcommand)]
        what: Bench,
    },
    /// Send the same calls to a real `mlflow server` 3.17.2 and to Spanfall, and print where the answers differ.
    Compare(compare::Options),
    /// Build one self-contained binary, `target/dist/spanfall`.
    Dist,
    /// Make the server's price table anew from a release of the Python package litellm.
    Prices {
        /// The release, such as 1.109.1.
        version: String,
    },
}

#[derive(Subcommand)]
enum Bench {
    /// Pauses of readers and writers while a million traces are deleted.
    Gc(bench::GcOptions),
    /// Spans a second acknowledged on disk.
    Ingest(bench::IngestOptions),
    /// How fast the Python SDK logs, beside a server that keeps nothing.
    Sdk(bench::SdkOptions),
    /// Time of a page of each kind of search over many traces.
    Search(bench::SearchOptions),
    /// The viewer in Chromium: bytes, times, frames and memory.
    Ui(bench::UiOptions),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // What is measured or given away is always finished.
    let may_be_quick = matches!(
        arguments.command,
        Command::Serve { .. } | Command::Test { .. } | Command::Site
    );
    workspace::set_grade(if arguments.quick && may_be_quick {
        workspace::Grade::Quick
    } else {
        workspace::Grade::Finished
    });
    let outcome = match arguments.command {
        Command::Serve { demo: true, rest } => serve::run_with_demo(&rest),
        Command::Serve { demo: false, rest } => serve::run(&rest),
        Command::Test { parts } => {
            return if test::run(&parts) {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            };
        }
        Command::Bench { what, as_built } => build_unless(as_built).and_then(|()| match what {
            Bench::Gc(options) => bench::gc(&options),
            Bench::Ingest(options) => bench::ingest(&options),
            Bench::Sdk(options) => bench::sdk(&options),
            Bench::Search(options) => bench::search(&options),
            Bench::Ui(options) => bench::ui(&options),
        }),
        Command::Compare(options) => compare::run(&options),
        Command::Site => build::site(),
        Command::Dist => dist::run(),
        Command::Prices { version } => prices::run_for(&version),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn build_unless(as_built: bool) -> anyhow::Result<()> {
    if as_built {
        return Ok(());
    }
    build::site()?;
    build::server()
}
