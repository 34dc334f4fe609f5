//! Building the site and the server, skipping whatever is up to date.

pub mod css;
pub mod optimise;
pub mod pack;
pub mod stamp;
pub mod wasm;

use std::process::Command;

use crate::step::{note, run, step};
use crate::workspace::{self, Grade};
use stamp::Stamp;

/// What the WebAssembly and its glue depend on.
const WEB_INPUTS: [&str; 9] = [
    "app",
    "domain",
    "formats",
    "Cargo.toml",
    "Cargo.lock",
    ".cargo",
    "xtask/src/build",
    "xtask/src/pack",
    "xtask/node/package-lock.json",
];

/// What the finished site depends on besides.
const SITE_INPUTS: [&str; 2] = ["style", "public"];

/// Builds `target/site`: WebAssembly, glue and style sheet under hashed names, compressed, with a manifest.
pub fn site() -> anyhow::Result<()> {
    let web = workspace::of_grade("web");
    let site = workspace::site();
    let mut inputs = WEB_INPUTS.to_vec();
    let web_stamp = Stamp::of(&inputs, web.join("stamp"))?;
    inputs.extend(SITE_INPUTS);
    let site_stamp = Stamp::of(&inputs, workspace::of_grade("site.stamp"))?;
    if site_stamp.is_current() && site.join("manifest.json").is_file() {
        eprintln!("==> The viewer is up to date");
        return Ok(());
    }
    site_stamp.clear()?;
    let mut is_optimised = true;
    if !web_stamp.is_current() {
        web_stamp.clear()?;
        step(
            "Building the viewer (WebAssembly; minutes the first time)",
            wasm::build,
        )?;
        step("Building the packer (once)", pack::build)?;
        step("Generating the JavaScript glue", || pack::bindgen(&web))?;
        if workspace::grade() == Grade::Finished {
            is_optimised = step("Making WebAssembly and JavaScript smaller", || {
                optimise::web(&web)
            })?;
        }
        // Unoptimised output is used now and tried again by the next build.
        if is_optimised {
            web_stamp.write()?;
        }
    }
    step("Joining the style sheet", || {
        css::join(
            &workspace::root().join("style/main.css"),
            &web.join("spanfall.css"),
        )?;
        optimise::style(&web);
        Ok(())
    })?;
    step("Hashing and compressing the site", || {
        pack::site(&web, &site)
    })?;
    for file in pack::manifest(&site)?
        .files
        .iter()
        .filter(|file| file.role != "public")
    {
        note(format!(
            "{} {} bytes, {} as served",
            file.path, file.bytes, file.served_bytes
        ));
    }
    if is_optimised {
        site_stamp.write()
    } else {
        Ok(())
    }
}

/// Builds the server, [`workspace::server`].
pub fn server() -> anyhow::Result<()> {
    let mut command = cargo();
    command.args(["build", "--package", "server"]);
    let title = match workspace::grade() {
        Grade::Finished => {
            command.arg("--release");
            "Building the server (release; minutes the first time)"
        }
        Grade::Quick => "Building the server (unoptimised)",
    };
    step(title, || run(&mut command))
}

/// Cargo as it was called, in the workspace.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace::root());
    command
}
