//! What model calls cost: a table of prices, and the rules by which a span is priced from it.
//!
//! A price that is not known stays unknown: no cost is written rather than zero. The rules are those of MLflow 3.17.2. Where a
//! table comes from is the server's business; sums over a trace are in `usage`.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::json;
use crate::span::{Span, keys};
use crate::usage::{Cost, TokenUsage};

/// Names of providers in OpenTelemetry's conventions, and what price tables call them.
const PROVIDER_ALIASES: [(&str, &str); 8] = [
    ("aws.bedrock", "bedrock"),
    ("azure.ai.inference", "azure_ai"),
    ("azure.ai.openai", "azure"),
    ("gcp.gemini", "gemini"),
    ("gcp.vertex_ai", "vertex_ai"),
    ("ibm.watsonx.ai", "watsonx"),
    ("mistral_ai", "mistral"),
    ("x_ai", "xai"),
];

/// Models behind MLflow's gateway, whose name says nothing about who is paid.
const UNPRICED: [&str; 2] = ["gateway:/", "endpoints:/"];

/// What one token costs, in US dollars. All prices are finite and not negative.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Price {
    /// Sent to the model.
    pub input: f64,
    /// Made by the model.
    pub output: f64,
    /// Sent to the model, which found it in its cache; as `input` if not said.
    pub cache_read: Option<f64>,
    /// Sent to the model, which put it into its cache; as `input` if not said.
    pub cache_write: Option<f64>,
}

/// Prices by provider and model. Of two prices for the same model the one inserted first counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PriceTable {
    providers: HashMap<String, HashMap<String, Price>>,
    /// For models whose provider is not known: the first price that is not zero, else the first.
    models: HashMap<String, Price>,
}

impl PriceTable {
    /// Adds a price, unless there is one. The provider's name is taken in lower case.
    pub fn insert(&mut self, provider: &str, model: &str, price: Price) {
        let models = self.providers.entry(provider.to_lowercase()).or_default();
        let price = *models.entry(model.to_owned()).or_insert(price);
        let known = self.models.entry(model.to_owned()).or_insert(price);
        if known.input == 0.0 {
            *known = price;
        }
    }

    /// How many models have a price, those of several providers counted for each.
    pub fn len(&self) -> usize {
        self.providers.values().map(HashMap::len).sum()
    }

    /// Whether no model has a price.
    pub fn is_empty(&self) -> bool {
        self.providers.is_empty()
    }

    /// The price of a model as spans name it: `gpt-4o`, `openai/gpt-4o`. Looked for at the provider if one is named, then at
    /// the provider in front of the slash, then anywhere.
    pub fn price(&self, model: &str, provider: Option<&str>) -> Option<&Price> {
        if UNPRICED.iter().any(|start| model.starts_with(start)) {
            return None;
        }
        let (front, bare) = model
            .split_once('/')
            .map_or((None, model), |(front, bare)| (Some(front), bare));
        let front = front.or_else(|| model.starts_with("databricks-").then_some("databricks"));
        let at = |provider: &str| {
            let models = self.providers.get(&*table_name(provider))?;
            models.get(bare).or_else(|| models.get(model))
        };
        provider
            .and_then(at)
            .or_else(|| front.and_then(at))
            .or_else(|| self.models.get(bare))
            .or_else(|| self.models.get(model))
    }
}

impl Price {
    /// What a call costs; `None` if no tokens were used.
    pub fn cost(&self, usage: &TokenUsage) -> Option<Cost> {
        if usage.input_tokens == 0 && usage.output_tokens == 0 {
            return None;
        }
        let read = usage.cache_read_input_tokens.unwrap_or(0).max(0);
        let written = usage.cache_creation_input_tokens.unwrap_or(0).max(0);
        let cached = read.saturating_add(written);
        let regular = usage.input_tokens.saturating_sub(cached).max(0);
        let mut input_cost = regular as f64 * self.input;
        if read > 0 {
            input_cost += read as f64 * self.cache_read.unwrap_or(self.input);
        }
        if written > 0 {
            input_cost += written as f64 * self.cache_write.unwrap_or(self.input);
        }
        let output_cost = usage.output_tokens as f64 * self.output;
        let total_cost = input_cost + output_cost;
        total_cost.is_finite().then_some(Cost {
            input_cost,
            output_cost,
            total_cost,
        })
    }
}

/// Writes attribute `mlflow.llm.cost` if the span names its tokens and a model whose price is known. What is there stays, also
/// a null, by which an application says that it does not want a cost. The span must be translated.
pub fn add_cost(span: &mut Span, prices: &PriceTable) {
    let (mut usage, mut model, mut provider) = (None, None, None);
    for (key, value) in &span.attributes {
        match key.as_str() {
            keys::COST => return,
            keys::TOKEN_USAGE => usage = Some(value),
            keys::MODEL => model = Some(value),
            keys::MODEL_PROVIDER => provider = Some(value),
            _ => {}
        }
    }
    let (Some(usage), Some(model)) = (usage, model) else {
        return;
    };
    let Some(model) = json::plain_string(model).filter(|model| !model.is_empty()) else {
        return;
    };
    let provider = provider.and_then(|text| json::plain_string(text));
    let cost = prices
        .price(&model, provider.as_deref())
        .and_then(|price| price.cost(&TokenUsage::from_json(usage)?));
    if let Some(cost) = cost {
        let text = cost.to_metadata_text();
        span.attributes.push((keys::COST.to_owned(), text));
    }
}

/// What price tables call a provider.
fn table_name(provider: &str) -> Cow<'_, str> {
    let name = if provider.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(provider.to_ascii_lowercase())
    } else {
        Cow::Borrowed(provider)
    };
    let alias = PROVIDER_ALIASES.iter().find(|(other, _)| *other == name);
    alias.map_or(name, |(_, known)| Cow::Borrowed(*known))
}

#[cfg(test)]
mod tests;
