//! One style sheet from many: the files that `style/main.css` imports, in its order.
//!
//! `main.css` holds a line that fixes the order of the layers and then lines of the form
//! `@import "folder/file.css" layer(name);`. Each imported file is put in its place, wrapped in its
//! layer. Imports inside imported files are refused: one list, in one place.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

/// Reads `main` and writes the joined sheet to `out`.
pub fn join(main: &Path, out: &Path) -> anyhow::Result<()> {
    let folder = main.parent().context("the style sheet is in a folder")?;
    let mut joined = String::new();
    for line in read(main)?.lines() {
        match import(line.trim()) {
            Some((file, layer)) => {
                let content = read(&folder.join(file))?;
                if content.contains("@import") {
                    bail!("{file} imports another file; list that file in main.css");
                }
                joined += &format!("@layer {layer} {{\n{}\n}}\n", content.trim_end());
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
    fs::write(out, joined).with_context(|| format!("cannot write {}", out.display()))
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// File and layer of an import line.
fn import(line: &str) -> Option<(&str, &str)> {
    let (file, rest) = line.strip_prefix("@import \"")?.split_once('"')?;
    let layer = rest.trim().strip_prefix("layer(")?.strip_suffix(");")?;
    Some((file, layer))
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
