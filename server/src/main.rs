//! The `spanfall` program: reads the command line and runs what it says.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::cli::main()
}
