//! Who may import whom. The browser half must stay free of databases and runtimes, and the domain free of
//! everything; a forgotten dependency would otherwise be noticed as a slow build or a large page.

#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn workspace_crates_import_only_what_they_may() {
    let metadata = cargo(&["metadata", "--format-version", "1", "--no-deps"]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let members = ["domain", "formats", "store", "app", "server"];
    let imports = |name: &str| -> BTreeSet<String> {
        let packages = metadata["packages"].as_array().unwrap();
        let package = packages
            .iter()
            .find(|package| package["name"] == name)
            .unwrap();
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        let shipped = dependencies.filter(|dependency| dependency["kind"] != "dev");
        let names = shipped.map(|dependency| dependency["name"].as_str().unwrap().to_owned());
        names
            .filter(|name| members.contains(&name.as_str()))
            .collect()
    };
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(imports("domain"), set(&[]));
    assert_eq!(imports("formats"), set(&["domain"]));
    assert_eq!(imports("store"), set(&["domain"]));
    assert_eq!(imports("app"), set(&["domain", "formats"]));
    assert_eq!(
        imports("server"),
        set(&["app", "domain", "formats", "store"])
    );
}

#[test]
fn the_browser_half_has_no_runtime_and_no_database() {
    let tree = cargo(&[
        "tree",
        "--package",
        "app",
        "--features",
        "hydrate",
        "--target",
        "wasm32-unknown-unknown",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]);
    let crates: BTreeSet<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(crates.contains("leptos"), "{tree}");
    for banned in ["tokio", "sqlx", "sqlx-core", "axum", "hyper", "regex"] {
        assert!(!crates.contains(banned), "{banned} is in the browser half");
    }
}
