//! The `spanfall` program: reads the command line and runs what it says.

use std::process::ExitCode;

/// Decoding makes a dozen small allocations a span.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::main()
}
