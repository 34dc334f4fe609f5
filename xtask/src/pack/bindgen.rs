//! wasm-bindgen as a library: nothing to install, and its version cannot drift from Cargo.lock.

use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;

use super::split;

/// Writes `spanfall.js`, `spanfall_bg.wasm`, the modules of screens that are loaded when they are opened, and `chunks.json` into
/// `out`.
pub fn run(input: &Path, out: &Path) -> anyhow::Result<()> {
    let main = split::run(input, out)?;
    Bindgen::new()
        .input_path(&main)
        .out_name("spanfall")
        .web(true)?
        .typescript(false)
        // The page names the hashed module itself; no default path may creep into the glue.
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        // The modules split off find what they share with the main one by the names the linker gave.
        .keep_lld_exports(true)
        .demangle(false)
        .generate(out)?;
    split::join(out)
}
