//! Setting up what is not Rust: npm and Python packages from lock files, Debian packages.

pub mod apt;
pub mod npm;
pub mod python;
