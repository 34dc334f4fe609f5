//! One of the two servers: fills in what it answered before, sends, keeps what later calls need.

use std::collections::BTreeMap;

use anyhow::Context;
use serde_json::Value;

use super::answer::Answer;
use super::script::{Body, Call};
use crate::bench::client::Client;

/// A server and the values it made.
pub struct Side {
    port: u16,
    captured: BTreeMap<String, String>,
}

impl Side {
    /// The server at a port of this machine, with nothing captured yet.
    pub fn new(port: u16) -> Self {
        Self {
            port,
            captured: BTreeMap::new(),
        }
    }

    /// Sends a call on a connection of its own.
    pub fn send(&mut self, call: &Call) -> anyhow::Result<Answer> {
        let path = self.fill(&call.path);
        let body = match &call.body {
            Body::None => Vec::new(),
            Body::Text(text) => self.fill(text).into_bytes(),
            Body::Bytes(bytes) => bytes.clone(),
        };
        let headers: Vec<_> = call
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), self.fill(value)))
            .collect();
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let reply = Client::connect(self.port)?
            .send(&call.method, &path, &headers, &body)
            .with_context(|| format!("no answer to {}", call.name))?;
        let mut answer = Answer::of(&reply);
        for (name, place) in &call.captures {
            let value = match answer.at(place) {
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
                None => format!("no-{name}"),
            };
            self.captured.insert(name.clone(), value);
        }
        answer.names = self
            .captured
            .iter()
            .map(|(name, value)| (value.clone(), name.clone()))
            .collect();
        Ok(answer)
    }

    fn fill(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            let Some(length) = rest[start..].find("}}") else {
                break;
            };
            filled.push_str(&rest[..start]);
            let name = &rest[start + 2..start + length];
            match (name.rsplit_once('*'), self.captured.get(name)) {
                (_, Some(value)) => filled.push_str(value),
                (Some((text, times)), None) => {
                    filled.push_str(&text.repeat(times.parse().unwrap_or_default()));
                }
                (None, None) => filled.push_str(&rest[start..start + length + 2]),
            }
            rest = &rest[start + length + 2..];
        }
        filled.push_str(rest);
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled() {
        let mut side = Side::new(1);
        side.captured.insert("run".to_owned(), "77".to_owned());
        assert_eq!(
            side.fill("/runs/{{run}}/{{ab*3}}?x={{no}}"),
            "/runs/77/ababab?x={{no}}"
        );
        assert_eq!(side.fill("{\"a\":{\"b\":{}}}"), "{\"a\":{\"b\":{}}}");
    }
}
