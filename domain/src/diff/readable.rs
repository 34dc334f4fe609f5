//! JSON as lines that people can read and that a diff can hold on to: a key or an item a line, texts as they are.

use serde_json::Value;

/// A JSON text as readable lines; anything else as it is. JSON within a string counts, too.
pub fn readable(json: &str) -> String {
    let mut out = String::new();
    match serde_json::from_str::<Value>(json) {
        Ok(value) => {
            write(&mut out, &unpacked(value), 0);
            if out.ends_with('\n') {
                out.pop();
            }
        }
        Err(_) => out.push_str(json),
    }
    out
}

/// What a string holds, if it is an object or an array as JSON.
fn unpacked(value: Value) -> Value {
    let Value::String(text) = &value else {
        return value;
    };
    let is_packed = text.starts_with(['{', '[']);
    let inner = is_packed.then(|| serde_json::from_str::<Value>(text));
    match inner {
        Some(Ok(inner)) => inner,
        _ => value,
    }
}

/// Writes a value that stands at the beginning of a line. The depth is bounded by the parser's own limit.
fn write(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (key, value) in fields {
                pad(out, indent);
                out.push_str(key);
                out.push(':');
                write_behind(out, value, indent);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                let item = unpacked(item.clone());
                let start = out.len();
                write(out, &item, indent + 2);
                // The dash stands where the first line's indentation was.
                out.replace_range(start + indent..start + indent + 1, "-");
            }
        }
        value => {
            for line in scalar(value).split('\n') {
                pad(out, indent);
                out.push_str(line);
                out.push('\n');
            }
        }
    }
}

/// Writes a value behind a key.
fn write_behind(out: &mut String, value: &Value, indent: usize) {
    let unpacked = unpacked(value.clone());
    let is_nested = match &unpacked {
        Value::Object(fields) => !fields.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::String(text) => text.contains('\n'),
        _ => false,
    };
    if is_nested {
        out.push('\n');
        write(out, &unpacked, indent + 2);
    } else {
        out.push(' ');
        out.push_str(&scalar(&unpacked));
        out.push('\n');
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn json_becomes_lines() {
        let check = |json: &str, wanted: &str| assert_eq!(readable(json), wanted);
        check("\"Hello\\nthere\"", "Hello\nthere");
        check("not json", "not json");
        check("{}", "{}");
        check(
            r#"{"messages":[{"role":"user","content":"a\nb"}],"n":1,"none":null}"#,
            "messages:\n  - role: user\n    content:\n      a\n      b\nn: 1\nnone: null",
        );
        check(r#"{"arguments":"{\"id\": 7}"}"#, "arguments:\n  id: 7");
    }
}
