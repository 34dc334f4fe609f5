//! Splitting the WebAssembly: functions that `app` marks with `wasm_split`, and what only they need, become modules of their own
//! that the page loads when it comes to them.
//!
//! The splitter follows the linker's relocations, so the module must have been linked with `--emit-relocs`. It leaves a small
//! script that loads the modules and that imports the glue, which imports it. [`join`] makes the two one script, because
//! files that are named by their content cannot name each other.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use wasm_split_cli_support::{Options, transform};

/// Name of the list of modules: chunk to file names, in the order to load them.
pub const LIST: &str = "chunks.json";
const LOADER: &str = "./loader.js";

/// Splits `input` into files below `out` and returns the path of the main module, which is not yet fit for a browser.
pub fn run(input: &Path, out: &Path) -> anyhow::Result<PathBuf> {
    for old in fs::read_dir(out)? {
        let old = old?.path();
        if old.extension().is_some_and(|extension| extension == "wasm") {
            fs::remove_file(old)?;
        }
    }
    let bytes = fs::read(input).with_context(|| format!("cannot read {}", input.display()))?;
    let main = out.join("unbound.wasm");
    let mut options = Options::new(&bytes);
    options.output_dir = out;
    options.main_out_path = &main;
    options.link_name = LOADER;
    options.main_module = "./spanfall.js";
    let split = transform(options).map_err(|error| anyhow!("{error:#}"))?;
    let list: BTreeMap<String, Vec<String>> = split
        .prefetch_map
        .into_iter()
        .map(|(chunk, files)| {
            let files = files.into_iter().map(|file| format!("{file}.wasm"));
            (chunk, files.collect())
        })
        .collect();
    fs::write(out.join(LIST), serde_json::to_vec_pretty(&list)?)?;
    Ok(main)
}

/// Puts the loader into the glue that wasm-bindgen made.
pub fn join(out: &Path) -> anyhow::Result<()> {
    let (glue, loader) = (out.join("spanfall.js"), out.join(LOADER));
    let joined = joined(&fs::read_to_string(&glue)?, &fs::read_to_string(&loader)?)?;
    fs::write(glue, joined)?;
    fs::remove_file(loader)?;
    fs::remove_file(out.join("unbound.wasm"))?;
    Ok(())
}

/// The glue with the loader's content in place of its import. Without such an import nothing was split off.
fn joined(glue: &str, loader: &str) -> anyhow::Result<String> {
    let from = format!(" from \"{LOADER}\"");
    let is_import = |line: &&str| line.starts_with("import * as ") && line.contains(&from);
    // One import for each chunk, all of the same file.
    let mut names = Vec::new();
    for import in glue.lines().filter(is_import) {
        let name = import
            .strip_prefix("import * as ")
            .and_then(|rest| rest.split_whitespace().next())
            .context("the glue imports the loader in an unknown way")?;
        names.push(name);
    }
    let Some((name, others)) = names.split_first() else {
        return Ok(glue.to_owned());
    };
    let (mut body, mut exports) = (String::new(), Vec::new());
    for line in loader.lines() {
        if line.starts_with("import { initSync } from ") {
            continue;
        }
        if let Some(rest) = line.strip_prefix("export const ") {
            exports.extend(rest.split_whitespace().next());
            body += "const ";
            body += rest;
        } else {
            body += line;
        }
        body.push('\n');
    }
    let rest: Vec<&str> = glue.lines().filter(|line| !is_import(line)).collect();
    let rest = rest.join("\n");
    let exports = exports.join(", ");
    let others: String = others
        .iter()
        .map(|other| format!("const {other} = {name};\n"))
        .collect();
    Ok(format!(
        "{rest}\nconst {name} = (() => {{\n{body}return {{ {exports} }};\n}})();\n{others}"
    ))
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn the_loader_takes_the_place_of_its_import() {
        let glue = "import * as import1 from \"./loader.js\"\nexport function initSync() {}\n";
        let loader = "import { initSync } from \"./spanfall.js\";\nlet shared = initSync;\nexport const load_a = 1;\n";
        assert_eq!(
            joined(glue, loader).unwrap(),
            "export function initSync() {}\nconst import1 = (() => {\nlet shared = initSync;\nconst load_a = 1;\nreturn { load_a };\n})();\n"
        );
    }

    #[test]
    fn every_import_of_the_loader_is_replaced() {
        let glue = "import * as import1 from \"./loader.js\"\nimport * as import2 from \"./loader.js\"\nlet a;\n";
        let joined = joined(glue, "export const load_a = 1;\n").unwrap();
        assert!(!joined.contains("import *"), "{joined}");
        assert!(joined.ends_with("const import2 = import1;\n"), "{joined}");
    }

    #[test]
    fn glue_without_chunks_stays_as_it_is() {
        assert_eq!(joined("let a;\n", "").unwrap(), "let a;\n");
    }
}
