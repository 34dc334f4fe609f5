//! Reads the files of a run.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::RunFiles;
use crate::wire::Wire;

/// A folder of a run's files, or a file with the folder that it is in.
///
/// # Errors
/// `NotFound` if there is no such run or the path leads to nothing.
#[server(prefix = "/ui-api", endpoint = "run_files", input = GetUrl, output = Wire)]
pub async fn get_run_files(
    /// The run.
    run_id: String,
    /// A path within the run's files; empty for the top.
    #[server(default)]
    path: String,
) -> Result<RunFiles, AppError> {
    read::files(&run_id, path.trim_matches('/')).await
}

#[cfg(feature = "ssr")]
mod read {
    use std::sync::Arc;

    use leptos::prelude::use_context;

    use super::super::run_facts;
    use crate::address::at;
    use crate::error::AppError;
    use crate::files::{Beginning, Files};
    use crate::model::{CutText, FileContent, FileLine, FilePreview, RunFiles};
    use crate::server_fns::server;
    use crate::url_state::segment;

    /// The most entries of a folder.
    const ENTRIES: usize = 1_000;
    /// The most bytes of a file that are shown.
    const SHOWN: u64 = 64 * 1024;
    /// Images up to this size are shown.
    const IMAGE: u64 = 10 * 1024 * 1024;

    pub async fn files(run_id: &str, path: &str) -> Result<RunFiles, AppError> {
        let store = server::store()?;
        let run = run_facts::found(store.as_ref(), run_id).await?;
        let files: Arc<dyn Files> = use_context()
            .ok_or_else(|| AppError::Failed("The files are not available.".to_owned()))?;
        let root = format!("{}/{}/artifacts", run.experiment_id, run.id);
        let whole = |path: &str| match path {
            "" => root.clone(),
            path => format!("{root}/{path}"),
        };
        let beginning = match path {
            "" => None,
            path => files.beginning(&whole(path), SHOWN).await?,
        };
        let folder = match (&beginning, path.rsplit_once('/')) {
            (None, _) => path,
            (Some(_), Some((folder, _))) => folder,
            (Some(_), None) => "",
        };
        let mut entries: Vec<FileLine> = files
            .list(&whole(folder))
            .await?
            .into_iter()
            .map(|entry| FileLine {
                path: match folder {
                    "" => entry.name.clone(),
                    folder => format!("{folder}/{}", entry.name),
                },
                name: entry.name,
                bytes: entry.bytes,
            })
            .collect();
        if entries.is_empty() && !path.is_empty() {
            return Err(AppError::not_found("file", path));
        }
        // Folders first; both are in order of their names already.
        entries.sort_by_key(|entry| entry.bytes.is_some());
        let is_cut = entries.len() > ENTRIES;
        entries.truncate(ENTRIES);
        Ok(RunFiles {
            folder: folder.to_owned(),
            entries,
            is_cut,
            opened: beginning.map(|beginning| preview(path, &whole(path), beginning)),
        })
    }

    fn preview(path: &str, whole_path: &str, beginning: Beginning) -> FilePreview {
        let name = path.rsplit('/').next().unwrap_or(path).to_owned();
        let encoded: Vec<String> = whole_path.split('/').map(segment).collect();
        let encoded = encoded.join("/");
        FilePreview {
            href: at(&format!(
                "/ajax-api/2.0/mlflow-artifacts/artifacts/{encoded}"
            )),
            content: content(&name, &beginning),
            file: FileLine {
                name,
                path: path.to_owned(),
                bytes: Some(beginning.whole),
            },
        }
    }

    /// What a file holds, by its name and its first bytes.
    fn content(name: &str, beginning: &Beginning) -> FileContent {
        let ending = name
            .rsplit_once('.')
            .map(|(_, ending)| ending.to_ascii_lowercase());
        let ending = ending.as_deref().unwrap_or_default();
        if ["png", "jpg", "jpeg", "gif", "webp"].contains(&ending) {
            return if beginning.whole <= IMAGE {
                FileContent::Image
            } else {
                FileContent::Other
            };
        }
        let Some(text) = text(&beginning.bytes) else {
            return FileContent::Other;
        };
        let is_whole = beginning.whole == beginning.bytes.len() as u64;
        let cut = CutText {
            text,
            whole_bytes: (!is_whole).then_some(beginning.whole),
        };
        match ending {
            "json" if is_whole => FileContent::Json(cut),
            _ => FileContent::Text(cut),
        }
    }

    /// Bytes as text, if they are text; a character that was cut at the end is left out.
    fn text(bytes: &[u8]) -> Option<String> {
        if bytes.contains(&0) {
            return None;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Some(text.to_owned()),
            Err(error) if error.error_len().is_none() => {
                let whole = &bytes[..error.valid_up_to()];
                Some(String::from_utf8_lossy(whole).into_owned())
            }
            Err(_) => None,
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn of(name: &str, bytes: &[u8], whole: u64) -> FileContent {
            let beginning = Beginning {
                bytes: bytes.to_owned(),
                whole,
            };
            content(name, &beginning)
        }

        #[test]
        fn files_show_what_they_hold() {
            let text = |text: &str| CutText::from(text.to_owned());
            assert_eq!(of("a.json", b"{}", 2), FileContent::Json(text("{}")));
            assert_eq!(of("MLmodel", b"a: 1", 4), FileContent::Text(text("a: 1")));
            assert_eq!(of("a.PNG", b"\x89PNG", 4), FileContent::Image);
            assert_eq!(of("a.png", b"\x89PNG", IMAGE + 1), FileContent::Other);
            assert_eq!(of("a.bin", b"a\0b", 3), FileContent::Other);
            assert_eq!(of("a.txt", b"\xff\xfe", 2), FileContent::Other);
        }

        #[test]
        fn a_character_that_was_cut_is_left_out() {
            let cut = CutText {
                text: "a".to_owned(),
                whole_bytes: Some(9),
            };
            assert_eq!(of("a.json", b"a\xc3", 9), FileContent::Text(cut));
        }
    }
}
