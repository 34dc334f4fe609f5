//! Request parameters as MLflow's protobuf-over-JSON has them: from the query string of a `GET`, from
//! the JSON body of everything else.
//!
//! Names are taken in snake_case and camelCase, unknown ones are passed over, 64-bit integers may be
//! numbers or text, null is a parameter left out. Mistakes are 400s with MLflow's texts.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, Method, header};
use domain::ids::{ExperimentId, RunId};
use serde_json::{Map, Value};

use crate::body;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// The parameters of one request.
#[derive(Debug, Default)]
pub struct Params {
    values: Map<String, Value>,
    is_query: bool,
}

/// The parameters of a request or of an object inside it.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    values: &'a Map<String, Value>,
    /// Values came as text, all values of a key in a list.
    is_query: bool,
}

impl Params {
    /// All parameters.
    pub fn fields(&self) -> Fields<'_> {
        Fields {
            values: &self.values,
            is_query: self.is_query,
        }
    }

    /// From a query string.
    pub fn from_query(query: &str) -> Self {
        let mut values = Map::new();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            let entry = values
                .entry(key)
                .or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(list) = entry {
                list.push(Value::String(value.into_owned()));
            }
        }
        Self {
            values,
            is_query: true,
        }
    }

    /// From a JSON body. What is no JSON object has no parameters; a JSON string that holds JSON is
    /// decoded twice, as old clients need it.
    pub fn from_json(body: &[u8]) -> Self {
        let mut value: Value = serde_json::from_slice(body).unwrap_or_default();
        if let Value::String(text) = &value {
            value = serde_json::from_str(text).unwrap_or_default();
        }
        match value {
            Value::Object(values) => Self {
                values,
                is_query: false,
            },
            _ => Self::default(),
        }
    }
}

impl FromRequest<AppState> for Params {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &AppState) -> ApiResult<Self> {
        if request.method() == Method::GET || request.method() == Method::HEAD {
            return Ok(Self::from_query(request.uri().query().unwrap_or_default()));
        }
        check_content_type(request.headers())?;
        let mut lease = app.request_memory.lease();
        let body = body::read(request.into_body(), app.config.json_max_bytes, &mut lease).await?;
        Ok(Self::from_json(&body))
    }
}

fn check_content_type(headers: &HeaderMap) -> ApiResult<()> {
    let Some(sent) = headers.get(header::CONTENT_TYPE) else {
        return Err(ApiError::invalid(
            "Bad Request. Content-Type header is missing.",
        ));
    };
    let sent = sent.to_str().unwrap_or_default();
    let media_type = sent.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(ApiError::invalid(
        "Bad Request. Content-Type must be one of ['application/json'].",
    ))
}

impl<'a> Fields<'a> {
    /// An object given as it is, not by name.
    pub fn of(values: &'a Map<String, Value>) -> Self {
        Self {
            values,
            is_query: false,
        }
    }

    /// The value as it was sent.
    ///
    /// # Errors
    /// 400 if it was sent in both spellings.
    pub fn value(&self, name: &str) -> ApiResult<Option<&'a Value>> {
        let snake = self.values.get(name);
        let camel = if name.contains('_') {
            self.values.get(&camel_case(name))
        } else {
            None
        };
        if snake.is_some() && camel.is_some() {
            return Err(ApiError::invalid(format!(
                "Request specifies both '{name}' and '{}'; provide only one of them.",
                camel_case(name)
            )));
        }
        Ok(snake.or(camel).filter(|value| !value.is_null()))
    }

    /// Whether the parameter was sent at all.
    pub fn has(&self, name: &str) -> ApiResult<bool> {
        Ok(self.value(name)?.is_some())
    }

    /// A text that may be left out.
    pub fn opt_text(&self, name: &str) -> ApiResult<Option<&'a str>> {
        match self.scalar(name)? {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(ApiError::invalid_parameter(name, other)),
        }
    }

    /// A text that must be there and not be empty.
    pub fn text(&self, name: &str) -> ApiResult<&'a str> {
        let text = self.opt_text(name)?.filter(|text| !text.is_empty());
        text.ok_or_else(|| ApiError::missing_parameter(name))
    }

    /// An integer that may be left out.
    pub fn opt_integer(&self, name: &str) -> ApiResult<Option<i64>> {
        let Some(value) = self.scalar(name)? else {
            return Ok(None);
        };
        let number = match value {
            Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number
            .map(Some)
            .ok_or_else(|| ApiError::invalid_parameter(name, value))
    }

    /// An integer that must be there.
    pub fn integer(&self, name: &str) -> ApiResult<i64> {
        self.opt_integer(name)?
            .ok_or_else(|| ApiError::missing_parameter(name))
    }

    /// A number, also as text; `NaN`, `Infinity` and `-Infinity` are texts only.
    pub fn opt_number(&self, name: &str) -> ApiResult<Option<f64>> {
        let Some(value) = self.scalar(name)? else {
            return Ok(None);
        };
        let number = match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number
            .map(Some)
            .ok_or_else(|| ApiError::invalid_parameter(name, value))
    }

    /// A truth value; `true` and `false` in any case where values are text.
    pub fn opt_bool(&self, name: &str) -> ApiResult<Option<bool>> {
        match self.scalar(name)? {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(Value::String(text)) => Err(ApiError::invalid(format!(
                "Invalid boolean value: {}, must be 'true' or 'false'.",
                text.chars().take(100).collect::<String>()
            ))),
            Some(other) => Err(ApiError::invalid_parameter(name, other)),
        }
    }

    /// An enum by name or by number: the index in `choices`, whose first has the number `first`.
    pub fn opt_choice(
        &self,
        name: &str,
        choices: &[&str],
        first: usize,
    ) -> ApiResult<Option<usize>> {
        let Some(value) = self.scalar(name)? else {
            return Ok(None);
        };
        let by_number = |number: u64| {
            let index = usize::try_from(number).ok()?.checked_sub(first)?;
            (index < choices.len()).then_some(index)
        };
        let index = match value {
            Value::Number(number) => number.as_u64().and_then(by_number),
            Value::String(text) => choices
                .iter()
                .position(|choice| choice == text)
                .or_else(|| text.parse().ok().and_then(by_number)),
            _ => None,
        };
        index
            .map(Some)
            .ok_or_else(|| ApiError::invalid_parameter(name, value))
    }

    /// Texts; none if the parameter is left out.
    pub fn texts(&self, name: &str) -> ApiResult<Vec<&'a str>> {
        let item = |value: &'a Value| {
            value
                .as_str()
                .ok_or_else(|| ApiError::invalid_parameter(name, value))
        };
        self.list(name)?.iter().map(item).collect()
    }

    /// Texts, of which at least one must be there.
    pub fn some_texts(&self, name: &str) -> ApiResult<Vec<&'a str>> {
        let texts = self.texts(name)?;
        if texts.is_empty() {
            Err(ApiError::missing_parameter(name))
        } else {
            Ok(texts)
        }
    }

    /// An object that may be left out.
    pub fn opt_object(&self, name: &str) -> ApiResult<Option<Fields<'a>>> {
        match self.value(name)? {
            None => Ok(None),
            Some(Value::Object(values)) => Ok(Some(Fields::of(values))),
            Some(other) => Err(ApiError::invalid_parameter(name, other)),
        }
    }

    /// An object that must be there.
    pub fn object(&self, name: &str) -> ApiResult<Fields<'a>> {
        self.opt_object(name)?
            .ok_or_else(|| ApiError::missing_parameter(name))
    }

    /// Objects; none if the parameter is left out.
    pub fn objects(&self, name: &str) -> ApiResult<Vec<Fields<'a>>> {
        let item = |value: &'a Value| match value {
            Value::Object(values) => Ok(Fields::of(values)),
            other => Err(ApiError::invalid_parameter(name, other)),
        };
        self.list(name)?.iter().map(item).collect()
    }

    /// A map from text to text; empty if it is left out.
    pub fn text_map(&self, name: &str) -> ApiResult<BTreeMap<String, String>> {
        let Some(value) = self.value(name)? else {
            return Ok(BTreeMap::new());
        };
        let Value::Object(values) = value else {
            return Err(ApiError::invalid_parameter(name, value));
        };
        let entry = |(key, value): (&String, &Value)| match value {
            Value::String(text) => Ok((key.clone(), text.clone())),
            other => Err(ApiError::invalid_parameter(name, other)),
        };
        values.iter().map(entry).collect()
    }

    /// An experiment that must be named.
    pub fn experiment(&self, name: &str) -> ApiResult<ExperimentId> {
        self.opt_experiment(name)?
            .ok_or_else(|| ApiError::missing_parameter(name))
    }

    /// An experiment, as text or as a number.
    pub fn opt_experiment(&self, name: &str) -> ApiResult<Option<ExperimentId>> {
        match self.scalar(name)? {
            None => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => experiment_id(text).map(Some),
            Some(value @ Value::Number(number)) => {
                let id = number
                    .as_i64()
                    .ok_or_else(|| ApiError::invalid_parameter(name, value))?;
                Ok(Some(ExperimentId(id)))
            }
            Some(other) => Err(ApiError::invalid_parameter(name, other)),
        }
    }

    /// Experiments; none if the parameter is left out.
    pub fn experiments(&self, name: &str) -> ApiResult<Vec<ExperimentId>> {
        self.texts(name)?.into_iter().map(experiment_id).collect()
    }

    /// A run under its new name `run_id` or its old one `run_uuid`.
    pub fn run(&self) -> ApiResult<RunId> {
        let run = match self.opt_text("run_id")?.filter(|run| !run.is_empty()) {
            Some(run) => Some(run),
            None => self.opt_text("run_uuid")?.filter(|run| !run.is_empty()),
        };
        run.map(RunId::new)
            .ok_or_else(|| ApiError::missing_parameter("run_id"))
    }

    fn scalar(&self, name: &str) -> ApiResult<Option<&'a Value>> {
        let value = self.value(name)?;
        match value {
            Some(Value::Array(list)) if self.is_query => Ok(list.last()),
            other => Ok(other),
        }
    }

    fn list(&self, name: &str) -> ApiResult<&'a [Value]> {
        match self.value(name)? {
            None => Ok(&[]),
            Some(Value::Array(list)) => Ok(list),
            Some(other) => Err(ApiError::invalid_parameter(name, other)),
        }
    }
}

/// An experiment id from its text.
pub fn experiment_id(text: &str) -> ApiResult<ExperimentId> {
    text.parse()
        .map_err(|_| ApiError::invalid_experiment_id(text))
}

fn whole(number: f64) -> Option<i64> {
    // Up to 2^53 every whole number is exact.
    (number.fract() == 0.0 && number.abs() <= 2f64.powi(53)).then_some(number as i64)
}

fn camel_case(snake: &str) -> String {
    let mut camel = String::with_capacity(snake.len());
    let mut starts_word = false;
    for character in snake.chars() {
        match character {
            '_' => starts_word = true,
            _ if starts_word => {
                camel.push(character.to_ascii_uppercase());
                starts_word = false;
            }
            _ => camel.push(character),
        }
    }
    camel
}

#[cfg(test)]
mod tests;
