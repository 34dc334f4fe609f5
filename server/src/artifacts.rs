//! The folder of uploaded files.
//!
//! A file is written beside its place, forced to disk and then moved there, so that a reader sees the old
//! file or the new one, never half of it, and an acknowledged file outlives a crash. What files mean
//! (`traces.json`) is not known here.

use std::io;
use std::path::{Path, PathBuf};

use axum::body::{Body, Bytes};
use http_body_util::BodyExt;
use hyper::body::Frame;
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;

use crate::{clock, limits};

mod traces;
mod viewer;

/// Files by their path on the wire, such as `1/traces/tr-…/artifacts/traces.json`.
#[derive(Debug)]
pub struct ArtifactFolder {
    root: PathBuf,
}

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// The path leaves the folder, or is no path.
    #[error("Invalid path")]
    Path,
    /// A file stands where a folder is needed, or the other way round.
    #[error("the path crosses a file, or names a folder")]
    Shape,
    /// The file is longer than allowed.
    #[error("the file is longer than {0} bytes")]
    TooLarge(u64),
    /// The sender broke off.
    #[error("the upload broke off")]
    BrokeOff,
    /// The system failed.
    #[error("artifact folder: {0}")]
    Io(#[from] io::Error),
}

/// An entry of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactEntry {
    /// The last part of its path.
    pub name: String,
    /// Bytes of a file, `None` for a folder.
    pub file_size: Option<u64>,
}

/// Folder for files that are being written; no path on the wire begins with a dot.
const INCOMING: &str = ".incoming";

impl ArtifactFolder {
    /// The folder need not exist.
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Writes a file of at most `limit` bytes, piece by piece.
    ///
    /// # Errors
    /// All of [`ArtifactError`]; nothing is left of a file that failed.
    pub async fn write(&self, path: &str, body: Body, limit: u64) -> Result<(), ArtifactError> {
        let target = self.resolve(path)?;
        let incoming = self.root.join(INCOMING);
        fs::create_dir_all(&incoming).await?;
        let temporary = incoming.join(clock::random_hex());
        let written = self.receive(&temporary, body, limit).await;
        let placed = match written {
            Ok(()) => self.place(&temporary, &target).await,
            Err(error) => Err(error),
        };
        if placed.is_err() {
            // It may be gone already; the next start has another name anyway.
            let _ = fs::remove_file(&temporary).await;
        }
        placed
    }

    /// Opens a file; `None` if there is none. Also gives its length.
    ///
    /// # Errors
    /// [`ArtifactError::Path`], [`ArtifactError::Io`].
    pub async fn open(&self, path: &str) -> Result<Option<(File, u64)>, ArtifactError> {
        let file = match File::open(self.resolve(path)?).await {
            Ok(file) => file,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let about = file.metadata().await?;
        Ok(about.is_file().then_some((file, about.len())))
    }

    /// The entries of a folder, sorted by name; empty if there is no such folder.
    ///
    /// # Errors
    /// [`ArtifactError::Path`], [`ArtifactError::Io`].
    pub async fn list(&self, path: &str) -> Result<Vec<ArtifactEntry>, ArtifactError> {
        let folder = if path.is_empty() {
            self.root.clone()
        } else {
            self.resolve(path)?
        };
        let mut reader = match fs::read_dir(folder).await {
            Ok(reader) => reader,
            Err(error) if is_absent(&error) => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut entries = Vec::new();
        while let Some(entry) = reader.next_entry().await? {
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            if name.starts_with('.') {
                continue;
            }
            let about = entry.metadata().await?;
            let file_size = about.is_file().then_some(about.len());
            entries.push(ArtifactEntry { name, file_size });
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    /// Removes a file or a folder with all that is in it; one that is not there is fine.
    ///
    /// # Errors
    /// [`ArtifactError::Path`], [`ArtifactError::Io`].
    pub async fn remove(&self, path: &str) -> Result<(), ArtifactError> {
        let target = self.resolve(path)?;
        let removed = match fs::symlink_metadata(&target).await {
            Ok(about) if about.is_dir() => fs::remove_dir_all(&target).await,
            Ok(_) => fs::remove_file(&target).await,
            Err(error) => Err(error),
        };
        match removed {
            Err(error) if !is_absent(&error) => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// The place of a path on the wire.
    fn resolve(&self, path: &str) -> Result<PathBuf, ArtifactError> {
        const PATH_MAX: usize = 1024;
        const NAME_MAX: usize = 255;
        if path.is_empty() || path.len() > PATH_MAX {
            return Err(ArtifactError::Path);
        }
        let mut place = self.root.clone();
        for name in path.strip_suffix('/').unwrap_or(path).split('/') {
            let is_plain = !name.is_empty() && !name.starts_with('.') && name.len() <= NAME_MAX;
            if !is_plain || name.contains(['\\', '\0', ':']) {
                return Err(ArtifactError::Path);
            }
            place.push(name);
        }
        Ok(place)
    }

    async fn receive(
        &self,
        temporary: &Path,
        mut body: Body,
        limit: u64,
    ) -> Result<(), ArtifactError> {
        let mut file = File::create(temporary).await?;
        let mut length = 0_u64;
        while let Some(frame) = next_frame(&mut body).await? {
            let Ok(data) = frame.into_data() else {
                continue;
            };
            length += data.len() as u64;
            if length > limit {
                return Err(ArtifactError::TooLarge(limit));
            }
            file.write_all(&data).await?;
        }
        file.flush().await?;
        file.sync_all().await?;
        Ok(())
    }

    async fn place(&self, temporary: &Path, target: &Path) -> Result<(), ArtifactError> {
        let folder = target.parent().ok_or(ArtifactError::Path)?;
        let new_folders = self.missing_folders(folder).await;
        fs::create_dir_all(folder).await.map_err(misshapen)?;
        fs::rename(temporary, target).await.map_err(misshapen)?;
        // A name is on disk once its folder is, and a new folder once the one above it is.
        sync_folder(folder).await?;
        for new in new_folders {
            if let Some(above) = new.parent() {
                sync_folder(above).await?;
            }
        }
        Ok(())
    }

    async fn missing_folders(&self, folder: &Path) -> Vec<PathBuf> {
        let mut missing = Vec::new();
        for folder in folder
            .ancestors()
            .take_while(|folder| folder.starts_with(&self.root))
        {
            if fs::try_exists(folder).await.unwrap_or_default() {
                break;
            }
            missing.push(folder.to_owned());
        }
        missing
    }
}

async fn next_frame(body: &mut Body) -> Result<Option<Frame<Bytes>>, ArtifactError> {
    match tokio::time::timeout(limits::UPLOAD_PAUSE, body.frame()).await {
        Ok(None) => Ok(None),
        Ok(Some(Ok(frame))) => Ok(Some(frame)),
        Ok(Some(Err(_))) | Err(_) => Err(ArtifactError::BrokeOff),
    }
}

async fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    File::open(folder).await?.sync_all().await
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn misshapen(error: io::Error) -> ArtifactError {
    match error.kind() {
        io::ErrorKind::NotADirectory
        | io::ErrorKind::IsADirectory
        | io::ErrorKind::AlreadyExists
        | io::ErrorKind::DirectoryNotEmpty => ArtifactError::Shape,
        _ => ArtifactError::Io(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    fn folder() -> (tempfile::TempDir, ArtifactFolder) {
        let root = tempfile::tempdir().unwrap();
        let folder = ArtifactFolder::new(root.path().join("files"));
        (root, folder)
    }

    #[tokio::test]
    async fn written_files_are_read_listed_and_removed() {
        let (_root, folder) = folder();
        folder
            .write("1/run/a.txt", Body::from("hello"), 5)
            .await
            .unwrap();
        let (mut file, length) = folder.open("1/run/a.txt").await.unwrap().unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).await.unwrap();
        assert_eq!((text.as_str(), length), ("hello", 5));
        let entry = |name: &str, file_size| ArtifactEntry {
            name: name.into(),
            file_size,
        };
        assert_eq!(folder.list("").await.unwrap(), [entry("1", None)]);
        assert_eq!(
            folder.list("1/run").await.unwrap(),
            [entry("a.txt", Some(5))]
        );
        folder.remove("1").await.unwrap();
        assert!(folder.open("1/run/a.txt").await.unwrap().is_none());
        folder.remove("1").await.unwrap();
    }

    #[tokio::test]
    async fn paths_cannot_leave_the_folder() {
        let (_root, folder) = folder();
        for path in [
            "../x",
            "/etc/passwd",
            "a/../../x",
            "a\\b",
            "a//b",
            "",
            ".incoming/x",
            "a\0b",
        ] {
            assert!(
                matches!(folder.open(path).await, Err(ArtifactError::Path)),
                "{path:?}"
            );
        }
    }

    #[tokio::test]
    async fn nothing_is_left_of_a_file_that_is_too_long() {
        let (root, folder) = folder();
        let error = folder
            .write("a", Body::from("123456"), 5)
            .await
            .unwrap_err();
        assert!(matches!(error, ArtifactError::TooLarge(5)));
        assert!(folder.open("a").await.unwrap().is_none());
        let incoming = root.path().join("files").join(INCOMING);
        assert_eq!(std::fs::read_dir(incoming).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn files_and_folders_do_not_mix() {
        let (_root, folder) = folder();
        folder.write("a", Body::from("x"), 5).await.unwrap();
        assert!(matches!(
            folder.write("a/b", Body::from("x"), 5).await,
            Err(ArtifactError::Shape)
        ));
        folder.write("c/d", Body::from("x"), 5).await.unwrap();
        assert!(matches!(
            folder.write("c", Body::from("x"), 5).await,
            Err(ArtifactError::Shape)
        ));
    }
}
