//! The `spanfall` program: reads the command line and runs what it says.

mod memory;

use std::process::ExitCode;

/// Decoding makes a dozen small allocations a span.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    memory::give_back();
    server::cli::main()
}
