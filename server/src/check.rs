//! `spanfall check`: looks for damage in a store that no server has open.

use std::io::Write;
use std::path::PathBuf;

use store::OpenError;

/// Why a check could not be made, or what it comes to.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// There is no store at the address.
    #[error("there is no store {0}")]
    Missing(String),
    /// The store cannot be opened.
    #[error("{0}")]
    Store(#[from] OpenError),
    /// The store is damaged; the problems have been printed.
    #[error("{0} problems")]
    Damaged(u64),
}

/// Checks a store and prints what is wrong with it, one line each.
///
/// # Errors
/// [`CheckError`]; also if there are problems.
pub async fn check(path: PathBuf) -> Result<(), CheckError> {
    if !path.is_file() {
        return Err(CheckError::Missing(path.display().to_string()));
    }
    let report = store::check(&path).await?;
    let mut stdout = std::io::stdout().lock();
    for problem in &report.problems {
        // A closed stdout is nobody reading; the exit code still tells.
        let _ = writeln!(stdout, "{problem}");
    }
    if report.problem_count > 0 {
        return Err(CheckError::Damaged(report.problem_count));
    }
    let (traces, spans) = (report.traces, report.spans);
    let _ = writeln!(stdout, "no problems in {traces} traces and {spans} spans");
    Ok(())
}
