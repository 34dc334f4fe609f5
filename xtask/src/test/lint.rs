//! Format and clippy, for the server's and the browser's half.

use super::Tally;
use crate::build::{cargo, wasm};
use crate::step::{note, run as run_command};
use crate::summary::Count;

const BROWSER_HALF: &str = "Clippy, the browser half";

/// Three checks, each counted as a test.
pub fn run(tally: &mut Tally) {
    tally.one("Format", || {
        run_command(cargo().args(["fmt", "--all", "--check"]))
    });
    tally.one("Clippy, all crates", || {
        run_command(
            cargo()
                .args([
                    "clippy",
                    "--workspace",
                    "--all-targets",
                    "--features",
                    "xtask/pack",
                ])
                .args(["--", "--deny", "warnings"]),
        )
    });
    if wasm::ensure_target() {
        tally.one(BROWSER_HALF, || {
            run_command(
                cargo()
                    .args([
                        "clippy",
                        "--package",
                        "app",
                        "--lib",
                        "--no-default-features",
                    ])
                    .args([
                        "--features",
                        "hydrate",
                        "--target",
                        "wasm32-unknown-unknown",
                    ])
                    .arg("--target-dir")
                    .arg(wasm::target_dir())
                    .args(["--", "--deny", "warnings"]),
            )
        });
    } else {
        note("clippy for the browser half is skipped: this toolchain has no target for it");
        let skipped = Count {
            skipped: 1,
            ..Count::default()
        };
        tally.add(BROWSER_HALF, skipped);
    }
}
