//! The server under measurement: the release binary on a free port and an empty folder, ended by its id when dropped.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::Context;

use crate::workspace;

/// A running server of our own.
pub struct Server {
    child: Child,
    pub port: u16,
    folder: PathBuf,
}

impl Server {
    /// Starts `binary` on `folder`, which is emptied first, and waits for the line with its address.
    pub fn start(binary: &Path, folder: &Path) -> anyhow::Result<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
        Self::open(binary, folder)
    }

    /// Starts `binary` on what is in `folder`, and waits for the line with its address.
    pub fn open(binary: &Path, folder: &Path) -> anyhow::Result<Self> {
        let mut child = Command::new(binary)
            .args([
                "serve",
                "--port",
                "0",
                "--backend-store-uri",
                "sqlite:///spanfall.db",
            ])
            .args(["--artifacts-destination", "artifacts"])
            .env("SPANFALL_SITE_ROOT", workspace::site())
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;
        let output = child
            .stdout
            .take()
            .context("standard output was asked for")?;
        let mut port = None;
        for line in BufReader::new(output).lines() {
            let line = line?;
            if let Some(rest) = line.strip_prefix("Spanfall listening on http://") {
                port = rest
                    .rsplit(':')
                    .next()
                    .and_then(|p| p.trim_end_matches('/').parse().ok());
                break;
            }
        }
        let port = port.context("the server did not print its address")?;
        Ok(Self {
            child,
            port,
            folder: folder.to_owned(),
        })
    }

    /// Anonymous memory in MiB, now.
    pub fn anonymous_mib(&self) -> f64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).unwrap_or_default();
        let kib = status.lines().find_map(|line| {
            line.strip_prefix("RssAnon:")?
                .trim()
                .strip_suffix(" kB")?
                .trim()
                .parse::<f64>()
                .ok()
        });
        kib.unwrap_or(0.0) / 1024.0
    }

    /// Bytes of the text index, its log included.
    pub fn text_index_bytes(&self) -> u64 {
        self.bytes_of(|name| name.contains("-text"))
    }

    /// Bytes of the database without the text index, its log included.
    pub fn database_bytes(&self) -> u64 {
        self.bytes_of(|name| name.contains(".db") && !name.contains("-text"))
    }

    fn bytes_of(&self, is_wanted: impl Fn(&str) -> bool) -> u64 {
        let files = std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten();
        files
            .filter(|file| is_wanted(&file.file_name().to_string_lossy()))
            .filter_map(|file| file.metadata().ok())
            .map(|data| data.len())
            .sum()
    }

    /// Asks the server to end (SIGTERM) and waits until it has.
    pub fn stop(mut self) -> anyhow::Result<()> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
