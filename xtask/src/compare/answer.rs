//! What a server answered, in the form that is compared.

use serde_json::Value;

use crate::bench::client::Reply;

/// An answer.
#[derive(Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    /// Without parameters.
    pub media_type: String,
    pub body: Content,
    /// What the server calls the values that were captured so far, with their names here.
    pub names: Vec<(String, String)>,
}

/// A body.
#[derive(Debug, PartialEq)]
pub enum Content {
    Json(Value),
    Text(String),
}

impl Answer {
    /// From what came over the wire.
    pub fn of(reply: &Reply) -> Self {
        let header = reply
            .headers
            .iter()
            .find(|(name, _)| name == "content-type");
        let media_type = header.map_or("", |(_, value)| value);
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        let body = match serde_json::from_slice(&reply.body) {
            Ok(value) => Content::Json(value),
            Err(_) => Content::Text(String::from_utf8_lossy(&reply.body).into_owned()),
        };
        Self {
            status: reply.status,
            media_type: media_type.to_owned(),
            body,
            names: Vec::new(),
        }
    }

    /// The value at a path such as `$.runs[0].info.run_id`.
    pub fn at(&self, path: &str) -> Option<&Value> {
        let Content::Json(value) = &self.body else {
            return None;
        };
        let steps = path.trim_start_matches('$').split(['.', '[', ']']);
        steps
            .filter(|step| !step.is_empty())
            .try_fold(value, |value, step| match value {
                Value::Array(list) => list.get(step.parse::<usize>().ok()?),
                other => other.get(step),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_into_lists_and_objects() {
        let answer = Answer {
            status: 200,
            media_type: String::new(),
            body: Content::Json(serde_json::json!({ "a": [{ "b": 5 }] })),
            names: Vec::new(),
        };
        assert_eq!(answer.at("$.a[0].b"), Some(&Value::from(5)));
        assert_eq!(answer.at("$.a[1].b"), None);
    }
}
