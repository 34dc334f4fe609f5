//! How calls are written down.
//!
//! Calls are paragraphs, in the order in which they are sent:
//!
//! ```text
//! # what it is about
//! POST /api/2.0/mlflow/experiments/create
//! + x-header: value
//! {"name": "{{a*300}}"}
//! > one = $.experiment_id
//! ```
//!
//! The body is JSON unless a header line says otherwise; a line that starts with `@hex` holds bytes. `+ name` without a colon
//! takes a default header away. `> name = $.path` keeps a value of the answer, which `{{name}}` puts into later calls;
//! `{{text*3}}` repeats a text.

use anyhow::{Context, bail};

/// One call, with the places of captured values still open.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// File and description: what rules and reports name it by.
    pub name: String,
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Body,
    /// Names to keep values under, and where those are in the answer.
    pub captures: Vec<(String, String)>,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    None,
    Text(String),
    Bytes(Vec<u8>),
}

/// Reads a file of calls.
pub fn parse(file: &str, text: &str) -> anyhow::Result<Vec<Call>> {
    text.split("\n\n")
        .filter(|paragraph| {
            paragraph
                .lines()
                .any(|line| !line.is_empty() && !line.starts_with('#'))
        })
        .map(|paragraph| call(file, paragraph).with_context(|| format!("{file}: {paragraph}")))
        .collect()
}

fn call(file: &str, paragraph: &str) -> anyhow::Result<Call> {
    let mut title = None;
    let mut request = None;
    let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let mut body: Option<String> = None;
    let mut captures = Vec::new();
    for line in paragraph.lines().filter(|line| !line.is_empty()) {
        if let Some(text) = line.strip_prefix("# ") {
            title = Some(text.to_owned());
        } else if request.is_none() {
            let (method, path) = line.split_once(' ').context("METHOD and path")?;
            request = Some((method.to_owned(), path.to_owned()));
        } else if let Some(header) = line.strip_prefix("+ ") {
            let name = header.split(':').next().unwrap_or(header);
            headers.retain(|(known, _)| known != name);
            if let Some((name, value)) = header.split_once(':') {
                headers.push((name.to_owned(), value.trim().to_owned()));
            }
        } else if let Some(capture) = line.strip_prefix("> ") {
            let (name, path) = capture.split_once(" = ").context("name = $.path")?;
            captures.push((name.to_owned(), path.to_owned()));
        } else {
            let body = body.get_or_insert_default();
            body.push_str(line);
            body.push('\n');
        }
    }
    let (method, path) = request.context("no request line")?;
    let body = match body {
        None => {
            if method == "GET" {
                headers.retain(|(name, _)| name != "content-type");
            }
            Body::None
        }
        Some(text) => match text.strip_prefix("@hex ") {
            Some(digits) => Body::Bytes(bytes(digits)?),
            None => Body::Text(text.trim_end().to_owned()),
        },
    };
    let title = title.unwrap_or_else(|| format!("{method} {path}"));
    Ok(Call {
        name: format!("{file}: {title}"),
        method,
        path,
        headers,
        body,
        captures,
    })
}

fn bytes(digits: &str) -> anyhow::Result<Vec<u8>> {
    let digits: Vec<u8> = digits.bytes().filter(u8::is_ascii_hexdigit).collect();
    if digits.len() % 2 == 1 {
        bail!("half a byte at the end");
    }
    let pairs = digits.chunks_exact(2);
    pairs
        .map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_become_calls() {
        let text = "# about the file\n\n# first\nPOST /a\n+ x-run: 7\n{\"a\":\n1}\n> id = $.x\n\nGET /b?c=d\n\n\
                    PUT /c\n+ content-type\n@hex 0a ff\n";
        let calls = parse("f", text).unwrap();
        assert_eq!(calls.len(), 3);
        assert_eq!(calls[0].name, "f: first");
        assert_eq!(calls[0].body, Body::Text("{\"a\":\n1}".to_owned()));
        assert_eq!(calls[0].headers.len(), 2);
        assert_eq!(calls[0].captures, [("id".to_owned(), "$.x".to_owned())]);
        assert_eq!(calls[1].name, "f: GET /b?c=d");
        assert!(calls[1].headers.is_empty());
        assert_eq!(calls[2].body, Body::Bytes(vec![10, 255]));
        assert!(calls[2].headers.is_empty());
    }
}
