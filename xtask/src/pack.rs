//! The heavy half of the site build, a program of its own: `pack bindgen` makes the JavaScript glue,
//! `pack site` names files by their content, compresses them and writes the manifest.
//!
//! It is called by `cargo xtask site`; what is built before and between the two is decided there.

mod pack {
    pub mod bindgen;
    pub mod manifest;
    pub mod shared;
    pub mod site;
    pub mod split;
}

use std::path::PathBuf;

use clap::Parser;

#[derive(Parser)]
enum Command {
    /// Turn cargo's WebAssembly into a module for the browser and its JavaScript glue.
    Bindgen {
        /// The `.wasm` file that cargo built.
        input: PathBuf,
        /// The folder for `spanfall.js`, `spanfall_bg.wasm` and the modules split off.
        out: PathBuf,
    },
    /// Lay out the finished site.
    Site {
        /// The folder with `spanfall.js`, `spanfall_bg.wasm`, `spanfall.css`, and the modules that `chunks.json` lists.
        web: PathBuf,
        /// The folder of files that keep their names.
        public: PathBuf,
        /// The folder to write.
        out: PathBuf,
        /// Compress little, in a second instead of a minute.
        #[arg(long)]
        quick: bool,
    },
}

fn main() -> anyhow::Result<()> {
    match Command::parse() {
        Command::Bindgen { input, out } => pack::bindgen::run(&input, &out),
        Command::Site {
            web,
            public,
            out,
            quick,
        } => {
            let effort = if quick {
                pack::site::Effort::Little
            } else {
                pack::site::Effort::Most
            };
            pack::site::run(&web, &public, &out, effort)
        }
    }
}
