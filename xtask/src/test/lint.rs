//! Format and clippy, for the server's and the browser's half.

use super::one;
use crate::build::{cargo, wasm};
use crate::step::{note, run as run_command};
use crate::summary::Count;

/// Three checks, each counted as a test.
pub fn run() -> Count {
    let mut count = one("Format", || run_command(cargo().args(["fmt", "--all", "--check"])));
    count += one("Clippy, all crates", || {
        run_command(
            cargo()
                .args(["clippy", "--workspace", "--all-targets", "--features", "xtask/pack"])
                .args(["--", "--deny", "warnings"]),
        )
    });
    if wasm::ensure_target() {
        count += one("Clippy, the browser half", || {
            run_command(
                cargo()
                    .args(["clippy", "--package", "app", "--lib", "--no-default-features"])
                    .args(["--features", "hydrate", "--target", "wasm32-unknown-unknown"])
                    .arg("--target-dir")
                    .arg(wasm::target_dir())
                    .args(["--", "--deny", "warnings"]),
            )
        });
    } else {
        note("clippy for the browser half is skipped: this toolchain has no target for it");
        count += Count { skipped: 1, ..Count::default() };
    }
    count
}
