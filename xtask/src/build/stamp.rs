//! Knowing that a result is up to date: a file beside it with the hash of everything it was made from.
//!
//! Contents count, not times, so a fresh checkout or a switched branch does not fool it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use sha2::{Digest, Sha256};

use crate::workspace;

/// The inputs' present hash and the file that remembers the one built from.
pub struct Stamp {
    file: PathBuf,
    hash: String,
}

impl Stamp {
    /// Hashes files and folders given relative to the workspace; one that is missing counts as empty.
    pub fn of(inputs: &[&str], file: PathBuf) -> anyhow::Result<Self> {
        let mut hasher = Sha256::new();
        for input in inputs {
            add(&mut hasher, &workspace::root().join(input))?;
        }
        let hash = hasher
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(Self { file, hash })
    }

    /// Whether the last result was made from the same content.
    pub fn is_current(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|hash| hash == self.hash)
    }

    /// Forgets the last result, so that a build that breaks off is not taken for a finished one.
    pub fn clear(&self) -> anyhow::Result<()> {
        if self.file.exists() {
            fs::remove_file(&self.file)?;
        }
        Ok(())
    }

    /// Remembers that the result belongs to the present content.
    pub fn write(&self) -> anyhow::Result<()> {
        fs::write(&self.file, &self.hash)
            .with_context(|| format!("cannot write {}", self.file.display()))
    }
}

fn add(hasher: &mut Sha256, input: &Path) -> anyhow::Result<()> {
    let mut waiting = vec![input.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path)?.collect::<Result<Vec<_>, _>>()?;
            let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
            paths.sort();
            waiting.extend(paths);
        } else if path.is_file() {
            let content =
                fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            hasher.update(path.to_string_lossy().as_bytes());
            hasher.update(content.len().to_le_bytes());
            hasher.update(content);
        }
    }
    Ok(())
}
