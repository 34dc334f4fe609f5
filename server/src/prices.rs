//! Where prices of models come from: the table inside the binary, and the operator's file, which goes before it.
//!
//! The table is reduced from the one that the Python package `litellm` ships (`server/data/prices/README.md`); `cargo xtask
//! prices` makes it anew. The rules by which a call is priced are in `domain::pricing`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::pricing::{Price, PriceTable};
use serde::Deserialize;

static BUILT_IN: &str = include_str!("../data/prices/prices.txt");

/// Both kinds of table give prices for this many tokens.
const TOKENS: f64 = 1e6;

/// What is wrong with the operator's file.
#[derive(Debug, thiserror::Error)]
pub enum PriceError {
    /// It cannot be read.
    #[error("cannot read the price table {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is no TOML or has other lines than prices.
    #[error("the price table {path} is not valid: {message}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong and where.
        message: String,
    },
    /// A price cannot be one.
    #[error("the price table {path} is not valid: [prices.{provider}.\"{model}\"] {reason}")]
    Value {
        /// The file.
        path: PathBuf,
        /// Who serves the model.
        provider: String,
        /// The model.
        model: String,
        /// Why not.
        reason: &'static str,
    },
}

/// The table inside the binary.
pub fn built_in() -> PriceTable {
    let mut table = PriceTable::default();
    add_built_in(&mut table);
    table
}

/// The prices to use, with those of the operator's file first.
///
/// # Errors
/// If there is a file that cannot be used.
pub fn load(file: Option<&Path>) -> Result<PriceTable, PriceError> {
    let Some(path) = file else {
        return Ok(built_in());
    };
    let text = std::fs::read_to_string(path).map_err(|source| PriceError::Read {
        path: path.to_owned(),
        source,
    })?;
    let mut table = PriceTable::default();
    if add_file(&mut table, path, &text)? {
        add_built_in(&mut table);
    }
    Ok(table)
}

/// A file of the operator.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    /// Whether the table inside the binary counts too.
    #[serde(default = "yes")]
    built_in: bool,
    /// By provider and model.
    #[serde(default)]
    prices: BTreeMap<String, BTreeMap<String, Entry>>,
}

/// Prices in US dollars for a million tokens.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Entry {
    input: Option<f64>,
    output: Option<f64>,
    cache_read: Option<f64>,
    cache_write: Option<f64>,
}

fn yes() -> bool {
    true
}

/// Returns whether the table inside the binary is wanted as well.
fn add_file(table: &mut PriceTable, path: &Path, text: &str) -> Result<bool, PriceError> {
    let file: File = toml::from_str(text).map_err(|error| PriceError::File {
        path: path.to_owned(),
        message: error.to_string(),
    })?;
    for (provider, models) in &file.prices {
        for (model, entry) in models {
            let price = entry.price().map_err(|reason| PriceError::Value {
                path: path.to_owned(),
                provider: provider.clone(),
                model: model.clone(),
                reason,
            })?;
            table.insert(provider, model, price);
        }
    }
    Ok(file.built_in)
}

impl Entry {
    fn price(&self) -> Result<Price, &'static str> {
        let given = [self.input, self.output, self.cache_read, self.cache_write];
        if self.input.is_none() && self.output.is_none() {
            return Err("needs input or output");
        }
        if given.iter().flatten().any(|p| !p.is_finite() || *p < 0.0) {
            return Err("has a price that is negative or not a number");
        }
        Ok(Price {
            input: self.input.unwrap_or(0.0) / TOKENS,
            output: self.output.unwrap_or(0.0) / TOKENS,
            cache_read: self.cache_read.map(|price| price / TOKENS),
            cache_write: self.cache_write.map(|price| price / TOKENS),
        })
    }
}

/// One provider in brackets, then a line a model: its name and up to four prices with tabs between; an empty price is not known.
fn add_built_in(table: &mut PriceTable) {
    let mut provider = "";
    for line in BUILT_IN.lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[') {
            provider = name.trim_end_matches(']');
            continue;
        }
        let mut fields = line.split('\t');
        let Some(model) = fields.next().filter(|model| !model.is_empty()) else {
            continue;
        };
        let mut next = || fields.next().and_then(|text| text.parse().ok());
        let entry = Entry {
            input: next(),
            output: next(),
            cache_read: next(),
            cache_write: next(),
        };
        if let Ok(price) = entry.price() {
            table.insert(provider, model, price);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_file(text: &str) -> Result<PriceTable, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("prices.toml");
        std::fs::write(&path, text).unwrap();
        load(Some(&path)).map_err(|error| error.to_string())
    }

    #[test]
    fn every_line_of_the_built_in_table_is_a_price() {
        let is_model = |line: &&str| !line.starts_with(['#', '[']) && !line.is_empty();
        let lines = BUILT_IN.lines().filter(is_model).count();
        let table = built_in();
        assert_eq!(table.len(), lines);
        assert!(lines > 2000, "{lines}");
        let known = table.price("gpt-4o", None).unwrap();
        assert_eq!((known.input, known.output), (2.5e-6, 10e-6));
        assert_eq!(known.cache_read, Some(1.25e-6));
        let claude = table.price("claude-sonnet-4-5", Some("anthropic")).unwrap();
        assert_eq!(claude.cache_write, Some(3.75e-6));
    }

    #[test]
    fn the_operators_prices_go_first_and_add_to_the_built_in_ones() {
        let table = with_file(
            "[prices.openai.gpt-4o]\ninput = 1\noutput = 2.5\n\
             [prices.Acme.\"house-7.1\"]\noutput = 4\ncache-read = 0.5\n",
        )
        .unwrap();
        assert_eq!(table.price("gpt-4o", Some("openai")).unwrap().input, 1e-6);
        let own = table.price("acme/house-7.1", None).unwrap();
        assert_eq!((own.input, own.cache_read), (0.0, Some(0.5e-6)));
        assert!(table.price("gpt-4o-mini", None).is_some());
        let alone = with_file("built-in = false\n[prices.a.b]\ninput = 1\n").unwrap();
        assert_eq!(alone.len(), 1);
    }

    #[test]
    fn mistakes_in_the_file_are_named() {
        let cases = [
            ("[prices.a.b]\n", "[prices.a.\"b\"] needs input or output"),
            ("[prices.a.b]\ninput = -1\n", "negative"),
            ("[prices.a.b]\ninput = nan\n", "not a number"),
            ("[prices.a.b]\ninptu = 1\n", "inptu"),
            ("[price.a.b]\ninput = 1\n", "unknown field `price`"),
            ("[prices.a.b\n", "line 1"),
        ];
        for (text, message) in cases {
            let error = with_file(text).unwrap_err();
            assert!(error.contains(message), "{text} {error}");
            assert!(error.contains("prices.toml"), "{error}");
        }
        let missing = load(Some(Path::new("/nowhere/p.toml"))).unwrap_err();
        assert!(missing.to_string().contains("/nowhere/p.toml"));
    }
}
