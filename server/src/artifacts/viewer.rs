//! Files as the viewer reads them.

use app::error::AppError;
use app::files::{Answer, Beginning, Entry, Files};
use tokio::io::AsyncReadExt;

use super::{ArtifactError, ArtifactFolder};

impl Files for ArtifactFolder {
    fn list<'a>(&'a self, folder: &'a str) -> Answer<'a, Vec<Entry>> {
        Box::pin(async move {
            let entries = ArtifactFolder::list(self, folder).await.map_err(told)?;
            let entries = entries.into_iter().map(|entry| Entry {
                name: entry.name,
                bytes: entry.file_size,
            });
            Ok(entries.collect())
        })
    }

    fn beginning<'a>(&'a self, path: &'a str, most: u64) -> Answer<'a, Option<Beginning>> {
        Box::pin(async move {
            let Some((file, whole)) = self.open(path).await.map_err(told)? else {
                return Ok(None);
            };
            let mut bytes = Vec::new();
            let read = file.take(most).read_to_end(&mut bytes).await;
            read.map_err(|error| told(error.into()))?;
            Ok(Some(Beginning { bytes, whole }))
        })
    }
}

/// Paths are the reader's mistake; what the system says is logged and stays here.
fn told(error: ArtifactError) -> AppError {
    match error {
        ArtifactError::Path => AppError::Refused("There is no such path.".to_owned()),
        error => {
            tracing::error!(%error, "the viewer could not read a file");
            AppError::Failed("The file could not be read.".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[tokio::test]
    async fn a_file_is_read_up_to_a_limit() {
        let root = tempfile::tempdir().unwrap();
        let folder = ArtifactFolder::new(root.path().join("files"));
        folder
            .write("1/a.txt", Body::from("hello"), 10)
            .await
            .unwrap();
        let files: &dyn Files = &folder;
        let beginning = files.beginning("1/a.txt", 2).await.unwrap().unwrap();
        assert_eq!(
            (beginning.bytes.as_slice(), beginning.whole),
            (&b"he"[..], 5)
        );
        assert_eq!(files.beginning("1", 2).await.unwrap(), None);
        assert_eq!(files.list("1").await.unwrap().len(), 1);
        let refused = files.beginning("../x", 2).await;
        assert!(matches!(refused, Err(AppError::Refused(_))));
    }
}
