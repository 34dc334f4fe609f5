//! wasm-bindgen as a library: nothing to install, and its version cannot drift from Cargo.lock.

use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;

/// Writes `spanfall.js` and `spanfall_bg.wasm` into `out`.
pub fn run(input: &Path, out: &Path) -> anyhow::Result<()> {
    Bindgen::new()
        .input_path(input)
        .out_name("spanfall")
        .web(true)?
        .typescript(false)
        // The page names the hashed module itself; no default path may creep into the glue.
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(out)
}
