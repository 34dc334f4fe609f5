//! Where things are.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The folder of the workspace's `Cargo.toml`.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate is inside the workspace")
}

/// Cargo's target folder: `target`, or what `CARGO_TARGET_DIR` says.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// How thoroughly this call builds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grade {
    /// As people get it: optimised and small.
    #[default]
    Finished,
    /// For the next look at a change: unoptimised, in folders of its own.
    Quick,
}

static GRADE: OnceLock<Grade> = OnceLock::new();

/// Decides for the whole call; only the first decision counts.
pub fn set_grade(grade: Grade) {
    let _ = GRADE.set(grade);
}

/// What was decided.
pub fn grade() -> Grade {
    GRADE.get().copied().unwrap_or_default()
}

/// `name` in the target folder, with a folder for each grade.
pub fn of_grade(name: &str) -> PathBuf {
    target().join(match grade() {
        Grade::Finished => name.to_owned(),
        Grade::Quick => format!("{name}-quick"),
    })
}

/// The site.
pub fn site() -> PathBuf {
    of_grade("site")
}

/// The server.
pub fn server() -> PathBuf {
    target().join(match grade() {
        Grade::Finished => "release/spanfall",
        Grade::Quick => "debug/spanfall",
    })
}
