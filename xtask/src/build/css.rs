//! One style sheet from many: the files that `style/main.css` imports, in its order.
//!
//! `main.css` holds a line that fixes the order of the layers and then lines of the form
//! `@import "folder/file.css" layer(name);`. Each imported file is put in its place, and files of one
//! layer that follow each other are wrapped in it together; `folder/*.css` stands for all files of a folder by name. A sheet that no line imports is an
//! error, and so is an import inside an imported file: one list, in one place.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// Reads `main` and writes the joined sheet to `out`.
pub fn join(main: &Path, out: &Path) -> anyhow::Result<()> {
    let folder = main.parent().context("the style sheet is in a folder")?;
    let mut left: BTreeSet<PathBuf> = sheets_below(folder)?;
    left.remove(main);
    let mut joined = String::new();
    let list = read(main)?;
    let mut open = None;
    for line in list.lines() {
        let found = import(line.trim());
        let layer = found.map(|(_, layer)| layer);
        if open != layer {
            joined += if open.is_some() { "}\n" } else { "" };
            joined += &layer.map_or_else(String::new, |layer| format!("@layer {layer} {{\n"));
            open = layer;
        }
        match found {
            Some((pattern, _)) => {
                for file in matching(folder, pattern)? {
                    let content = read(&file)?;
                    if content.contains("@import") {
                        bail!(
                            "{} imports another file; main.css does that",
                            file.display()
                        );
                    }
                    joined += content.trim_end();
                    joined.push('\n');
                    left.remove(&file);
                }
            }
            None if line.trim_start().starts_with("@import") => {
                bail!("main.css: expected `@import \"file.css\" layer(name);`, found `{line}`");
            }
            None => {
                joined += line;
                joined.push('\n');
            }
        }
    }
    joined += if open.is_some() { "}\n" } else { "" };
    if let Some(file) = left.first() {
        bail!("main.css does not import {}", file.display());
    }
    fs::write(out, joined).with_context(|| format!("cannot write {}", out.display()))
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// File pattern and layer of an import line.
fn import(line: &str) -> Option<(&str, &str)> {
    let (file, rest) = line.strip_prefix("@import \"")?.split_once('"')?;
    let layer = rest.trim().strip_prefix("layer(")?.strip_suffix(");")?;
    Some((file, layer))
}

/// The one file of that name, or all sheets of a folder in the order of their names.
fn matching(folder: &Path, pattern: &str) -> anyhow::Result<Vec<PathBuf>> {
    match pattern.strip_suffix("/*.css") {
        Some(inner) => {
            let inner = folder.join(inner);
            let sheets = sheets_below(&inner)?;
            Ok(sheets
                .into_iter()
                .filter(|file| file.parent() == Some(&inner))
                .collect())
        }
        None => Ok(vec![folder.join(pattern)]),
    }
}

/// All `.css` files below a folder; none if there is no such folder.
fn sheets_below(folder: &Path) -> anyhow::Result<BTreeSet<PathBuf>> {
    let mut sheets = BTreeSet::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "css") {
                sheets.insert(path);
            }
        }
    }
    Ok(sheets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn import_names_file_and_layer() {
        let line = "@import \"widgets/tabs.css\" layer(widgets);";
        assert_eq!(import(line), Some(("widgets/tabs.css", "widgets")));
    }

    #[test]
    fn import_without_layer_is_not_understood() {
        assert_eq!(import("@import \"tabs.css\";"), None);
    }
}
