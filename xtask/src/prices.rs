//! Makes the server's price table anew from the one that a release of the Python package `litellm` ships.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use serde_json::{Map, Value};

use crate::step::{note, run, step};
use crate::workspace;

/// The table's place in the package.
const TABLE: &str = "litellm/model_prices_and_context_window_backup.json";
/// Kinds of models that are paid by the token.
const MODES: [&str; 4] = ["chat", "completion", "embedding", "responses"];
const PRICES: [&str; 4] = [
    "input_cost_per_token",
    "output_cost_per_token",
    "cache_read_input_token_cost",
    "cache_creation_input_token_cost",
];
/// Those who make models, before those who only serve them: a model of unknown provider gets the first price.
const MAKERS: [&str; 7] = [
    "openai",
    "anthropic",
    "gemini",
    "mistral",
    "deepseek",
    "xai",
    "cohere_chat",
];

/// Downloads a release, checks nothing but its shape, and writes `server/data/prices/prices.txt`.
pub fn run_for(version: &str) -> anyhow::Result<()> {
    let json = step(&format!("download litellm {version}"), || download(version))?;
    step("write server/data/prices/prices.txt", || {
        let models: Map<String, Value> = serde_json::from_str(&fs::read_to_string(&json)?)?;
        let text = reduced(&models, version);
        let count = text.lines().filter(|line| line.contains('\t')).count();
        if count < 1000 {
            bail!("only {count} models have prices: the package's table has changed its shape");
        }
        note(format!("{count} models, {} bytes", text.len()));
        Ok(fs::write(
            workspace::root().join("server/data/prices/prices.txt"),
            text,
        )?)
    })
}

fn download(version: &str) -> anyhow::Result<PathBuf> {
    let folder = workspace::target().join("prices").join(version);
    fs::create_dir_all(&folder)?;
    run(Command::new("python3")
        .args(["-m", "pip", "download", "--quiet", "--no-deps", "--dest"])
        .arg(&folder)
        .arg(format!("litellm=={version}")))?;
    let wheel = fs::read_dir(&folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|end| end == "whl"))
        .context("the package came without a wheel")?;
    run(Command::new("python3")
        .args(["-m", "zipfile", "-e"])
        .arg(&wheel)
        .arg(&folder))?;
    Ok(folder.join(Path::new(TABLE)))
}

/// The table as the server reads it, see `server/src/prices.rs`.
fn reduced(models: &Map<String, Value>, version: &str) -> String {
    let mut providers: BTreeMap<(usize, String), BTreeMap<String, String>> = BTreeMap::new();
    for (key, model) in models {
        let is_kept = |mode: &str| MODES.contains(&mode);
        let (Some(provider), true) = (
            model["litellm_provider"].as_str(),
            model["mode"].as_str().is_some_and(is_kept),
        ) else {
            continue;
        };
        let prices = PRICES.map(|name| model[name].as_f64());
        if prices[0].or(prices[1]).is_none() {
            continue;
        }
        let provider = provider_name(provider);
        let name = key.split_once('/').map_or(key.as_str(), |(_, name)| name);
        let rank = MAKERS
            .iter()
            .position(|maker| *maker == provider)
            .unwrap_or(MAKERS.len());
        let texts = prices.map(|price| price.map_or_else(String::new, per_million));
        let line = texts.join("\t").trim_end().to_owned();
        // Where two keys mean one model the one without a provider in front is the general one.
        let models = providers.entry((rank, provider)).or_default();
        if key == name {
            models.insert(name.to_owned(), line);
        } else {
            models.entry(name.to_owned()).or_insert(line);
        }
    }
    let mut text = format!(
        "# US dollars for a million tokens: input, output, cache read, cache write.\n\
         # Reduced from {TABLE} of litellm {version} (PyPI), MIT licence, see LICENSE.\n\
         # Made by `cargo xtask prices {version}`; do not edit.\n"
    );
    for ((_, provider), models) in providers {
        writeln!(text, "[{provider}]").expect("a string takes every byte");
        for (model, prices) in models {
            writeln!(text, "{model}\t{prices}").expect("a string takes every byte");
        }
    }
    text
}

/// The package tells flavours of one provider apart, whose models do not overlap.
fn provider_name(provider: &str) -> String {
    match provider {
        "bedrock_converse" => "bedrock",
        flavour if flavour.starts_with("vertex_ai-") => "vertex_ai",
        other => other,
    }
    .to_owned()
}

/// A price with the noise of binary fractions rounded away.
fn per_million(price: f64) -> String {
    let digits = format!("{:.6}", price * 1e6);
    digits
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tables_are_reduced_to_prices_of_tokens() {
        let models = json!({
            "gpt-4o": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 2.5e-6,
                "output_cost_per_token": 1e-5, "cache_read_input_token_cost": 1.25e-6},
            "aihub/gpt-4o": {"litellm_provider": "aihub", "mode": "chat", "input_cost_per_token": 0.0},
            "vertex_ai/claude": {"litellm_provider": "vertex_ai-anthropic_models", "mode": "chat",
                "input_cost_per_token": 3e-6, "cache_creation_input_token_cost": 3.75e-6},
            "dall-e": {"litellm_provider": "openai", "mode": "image_generation", "input_cost_per_token": 1.0},
            "by-second": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_second": 1.0},
        });
        let text = reduced(models.as_object().unwrap(), "1.0");
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        let expected = [
            "[openai]",
            "gpt-4o\t2.5\t10\t1.25",
            "[aihub]",
            "gpt-4o\t0",
            "[vertex_ai]",
            "claude\t3\t\t\t3.75",
        ];
        assert_eq!(lines, expected);
    }
}
