//! Good requests, and the ways to spoil them.

use serde_json::Value;

use super::values;

/// A good request: its JSON body, or its query parameters as an object.
pub struct Good {
    pub method: String,
    pub path: String,
    fields: Value,
}

/// A place in JSON, as a pointer.
pub type Place = String;

/// Requests with a JSON body.
pub fn bodies() -> Vec<Good> {
    read(include_str!("bodies.txt"))
}

/// Requests with parameters in the query.
pub fn queries() -> Vec<Good> {
    read(include_str!("queries.txt"))
}

fn read(table: &str) -> Vec<Good> {
    let lines = table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let good = |line: &str| {
        let mut parts = line.splitn(3, ' ');
        let mut part = || parts.next().unwrap_or_else(|| panic!("{line}"));
        let (method, path) = (part().to_owned(), part().to_owned());
        let fields = serde_json::from_str(part()).unwrap_or_else(|error| panic!("{line}: {error}"));
        Good {
            method,
            path,
            fields,
        }
    };
    lines.map(good).collect()
}

impl Good {
    /// The body as it should be.
    pub fn text(&self) -> String {
        self.fields.to_string()
    }

    /// Every place in the body, outer ones first.
    pub fn places(&self) -> Vec<Place> {
        let mut places = Vec::new();
        let mut open = vec![(String::new(), &self.fields)];
        while let Some((place, value)) = open.pop() {
            match value {
                Value::Object(entries) => {
                    for (key, value) in entries {
                        let key = key.replace('~', "~0").replace('/', "~1");
                        open.push((format!("{place}/{key}"), value));
                    }
                }
                Value::Array(items) => {
                    for (i, value) in items.iter().enumerate() {
                        open.push((format!("{place}/{i}"), value));
                    }
                }
                _ => {}
            }
            if !place.is_empty() {
                places.push(place);
            }
        }
        places.sort_by_key(|place| place.matches('/').count());
        places
    }

    /// The body with any text, which need not be JSON, at a place.
    pub fn with(&self, place: &str, text: &str) -> String {
        const HOLE: &str = "(the place)";
        let mut fields = self.fields.clone();
        *fields.pointer_mut(place).unwrap() = HOLE.into();
        fields.to_string().replacen(&format!("\"{HOLE}\""), text, 1)
    }

    /// Every spoilt body.
    pub fn variants(&self) -> Vec<String> {
        let values = values::json();
        let mut variants = vec![self.text()];
        let places = self.places();
        // Requests with many places get each value at some of them.
        let stride = 1 + places.len() / 20;
        for (i, place) in places.into_iter().enumerate() {
            let fitting = values.iter().skip(i % stride).step_by(stride);
            variants.extend(fitting.map(|value| self.with(&place, value)));
            variants.push(self.without(&place));
            // In both spellings, and twice in one.
            if let Some((outer, name)) = place.rsplit_once('/')
                && self.fields.pointer(outer).is_some_and(Value::is_object)
            {
                let value = self.fields.pointer(&place).unwrap().to_string();
                for more in [camel_case(name), name.to_owned(), "surprise".to_owned()] {
                    let twice = format!("{value}, \"{more}\": {value}");
                    variants.push(self.with(&place, &twice));
                }
            }
        }
        variants
    }

    /// Every spoilt query string.
    pub fn queries(&self) -> Vec<String> {
        let fields = self.fields.as_object().unwrap();
        let pair = |name: &String, value: &Value| format!("{name}={}", value.as_str().unwrap());
        let all: Vec<String> = fields
            .iter()
            .map(|(name, value)| pair(name, value))
            .collect();
        let mut queries = vec![all.join("&"), "&&&=&".to_owned(), "x".repeat(60_000)];
        for i in 0..all.len() {
            let name = all[i].split('=').next().unwrap();
            let with = |text: &str| {
                let mut all = all.clone();
                all[i] = text.to_owned();
                all.join("&")
            };
            queries.push(with(""));
            queries.push(with(name));
            queries.push(with(&format!("{name}=a&{name}=b")));
            queries.push(with(&format!("{name}=a&{}=b", camel_case(name))));
            queries.push(with(&format!("{name}={}", "x".repeat(50_000))));
            queries.push(with(&format!("{name}=a&").repeat(3000)));
            queries.extend(
                values::QUERY
                    .iter()
                    .map(|value| with(&format!("{name}={value}"))),
            );
        }
        queries
    }

    fn without(&self, place: &str) -> String {
        let (outer, name) = place.rsplit_once('/').unwrap();
        let mut fields = self.fields.clone();
        match fields.pointer_mut(outer).unwrap() {
            Value::Object(entries) => drop(entries.remove(name)),
            Value::Array(items) => drop(items.remove(name.parse().unwrap())),
            _ => {}
        }
        fields.to_string()
    }
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        camel.push_str(&word[..1].to_uppercase());
        camel.push_str(&word[1..]);
    }
    camel
}
