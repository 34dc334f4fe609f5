//! Images, sounds and files that stand as base64 within a value. A page shows what they are and how large; their bytes are fetched
//! when somebody wants to see them.

use serde_json::{Map, Value};

/// Base64 within a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// E.g. `image/png`.
    pub media_type: String,
    /// How many bytes it stands for, about.
    pub bytes: u64,
}

/// Shorter texts are texts, whatever their letters.
const LENGTH_MIN: usize = 1_024;
/// Values are nested no deeper than readers of JSON allow.
const DEPTH_MAX: u8 = 130;

/// Replaces every blob by words about it; returns them in their order.
pub fn elide(value: &mut Value, words: &dyn Fn(&Blob) -> String) -> Vec<Blob> {
    let mut found = Vec::new();
    walk(value, None, 0, &mut |text, hint| {
        if let Some((blob, _)) = blob(text, hint) {
            *text = words(&blob);
            found.push(blob);
        }
    });
    found
}

/// The blob of this number, counted from 0, with its base64.
pub fn nth(mut value: Value, number: usize) -> Option<(Blob, String)> {
    let mut found = None;
    let mut at = 0;
    walk(&mut value, None, 0, &mut |text, hint| {
        if let Some((blob, data)) = blob(text, hint) {
            if at == number {
                found = Some((blob, data.to_owned()));
            }
            at += 1;
        }
    });
    found
}

/// Visits all texts with what stands beside them about their type.
fn walk(
    value: &mut Value,
    hint: Option<&str>,
    depth: u8,
    visit: &mut dyn FnMut(&mut String, Option<&str>),
) {
    if depth > DEPTH_MAX {
        return;
    }
    match value {
        Value::String(text) => visit(text, hint),
        Value::Array(items) => {
            for item in items {
                walk(item, hint, depth + 1, visit);
            }
        }
        Value::Object(object) => {
            let own = named_type(object);
            for (_, inner) in object {
                walk(inner, own.as_deref().or(hint), depth + 1, visit);
            }
        }
        _ => {}
    }
}

fn named_type(object: &Map<String, Value>) -> Option<String> {
    let keys = ["media_type", "mime_type", "mimeType", "mediaType"];
    let named = keys.iter().find_map(|key| object.get(*key)?.as_str());
    let named = named.filter(|named| named.contains('/') && named.len() < 100);
    let format = || match object.get("format")?.as_str()? {
        format @ ("png" | "jpeg" | "gif" | "webp") => Some(format!("image/{format}")),
        format @ ("mp3" | "wav" | "flac" | "ogg") => Some(format!("audio/{format}")),
        _ => None,
    };
    named.map(str::to_owned).or_else(format)
}

fn blob<'t>(text: &'t str, hint: Option<&str>) -> Option<(Blob, &'t str)> {
    if text.len() < LENGTH_MIN {
        return None;
    }
    if let Some(rest) = text.strip_prefix("data:") {
        let (head, data) = rest.split_once(',')?;
        let media_type = head
            .strip_suffix(";base64")?
            .split(';')
            .next()
            .unwrap_or_default();
        return Some((made(media_type, data), data));
    }
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=-_".contains(&byte);
    // Words in a row without blanks are no base64 either: that mixes both cases and digits.
    let head = &text.as_bytes()[..LENGTH_MIN.min(text.len())];
    let is_mixed = head.iter().any(u8::is_ascii_lowercase)
        && head.iter().any(u8::is_ascii_uppercase)
        && head.iter().any(u8::is_ascii_digit);
    if !is_mixed || !text.bytes().all(is_base64) {
        return None;
    }
    let starts = [
        ("iVBORw0KGgo", "image/png"),
        ("/9j/", "image/jpeg"),
        ("R0lGOD", "image/gif"),
        ("UklGR", "image/webp"),
        ("JVBERi0", "application/pdf"),
        ("SUQz", "audio/mp3"),
    ];
    let sniffed = starts.iter().find(|(start, _)| text.starts_with(start));
    let sniffed = sniffed.map(|(_, media_type)| *media_type);
    let media_type = hint.or(sniffed).unwrap_or("application/octet-stream");
    Some((made(media_type, text), text))
}

fn made(media_type: &str, data: &str) -> Blob {
    let media_type = if media_type.is_empty() {
        "application/octet-stream"
    } else {
        media_type
    };
    Blob {
        media_type: media_type.to_owned(),
        bytes: data.trim_end_matches('=').len() as u64 * 3 / 4,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn data(length: usize) -> String {
        "iVBORw0KGgo9aZ".repeat(length / 14 + 1)
    }

    #[test]
    fn blobs_become_words_and_can_be_had_by_number() {
        let mut value = json!({
            "a": format!("data:image/jpeg;base64,{}", data(2_000)),
            "b": { "mime_type": "audio/wav", "data": data(3_000) },
            "c": data(1_500),
            "d": "short",
        });
        let whole = value.clone();
        let found = elide(&mut value, &|blob| format!("<{}>", blob.media_type));
        let types: Vec<&str> = found.iter().map(|blob| blob.media_type.as_str()).collect();
        assert_eq!(types, ["image/jpeg", "audio/wav", "image/png"]);
        assert_eq!(value["b"]["data"], "<audio/wav>");
        assert_eq!(value["d"], "short");
        let (blob, text) = nth(whole.clone(), 0).unwrap();
        assert_eq!(
            (blob.media_type.as_str(), text.len()),
            ("image/jpeg", data(2_000).len())
        );
        assert_eq!(nth(whole, 3), None);
    }

    #[test]
    fn long_texts_are_no_blobs() {
        for text in [
            "a".repeat(2_000),
            "words and more words ".repeat(100),
            "AB".repeat(900),
            "data:text".repeat(200),
        ] {
            let mut value = json!(text);
            assert_eq!(elide(&mut value, &|_| String::new()), []);
            assert_eq!(value, json!(text));
        }
    }
}
