//! Trace ids as they are stored: OpenTelemetry ids take 17 bytes instead of 35.

use domain::ids::TraceId;

use crate::bytes::Damaged;

const OTEL: u8 = 1;
const TEXT: u8 = 0;

/// The stored form of a trace id. Equal ids have equal keys.
pub(crate) fn key_of(id: &TraceId) -> Vec<u8> {
    match id.to_otel() {
        Some(bytes) => [&[OTEL][..], &bytes].concat(),
        None => [&[TEXT], id.as_str().as_bytes()].concat(),
    }
}

/// The trace id of a stored key.
pub(crate) fn id_of(key: &[u8]) -> Result<TraceId, Damaged> {
    const WRONG: Damaged = Damaged("trace key");
    match key.split_first() {
        Some((&OTEL, bytes)) => bytes.try_into().map(TraceId::from_otel).map_err(|_| WRONG),
        Some((&TEXT, bytes)) => std::str::from_utf8(bytes)
            .map(TraceId::new)
            .map_err(|_| WRONG),
        _ => Err(WRONG),
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Writes the trace id of a stored key over a text, which is quicker than making one.
pub(crate) fn write_id(key: &[u8], out: &mut String) -> Result<(), Damaged> {
    out.clear();
    match key.split_first() {
        Some((&OTEL, bytes)) if bytes.len() == 16 => {
            out.push_str(OTEL_PREFIX);
            for byte in bytes {
                out.push(char::from(HEX[usize::from(byte >> 4)]));
                out.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
        _ => out.push_str(id_of(key)?.as_str()),
    }
    Ok(())
}

/// What ids begin with that are made of OpenTelemetry ids.
const OTEL_PREFIX: &str = "tr-";

/// A beginning of trace ids, to be compared with stored keys.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IdPrefix<'a>(&'a [u8]);

impl<'a> IdPrefix<'a> {
    pub(crate) fn new(prefix: &'a str) -> Self {
        Self(prefix.as_bytes())
    }

    /// Whether the id of a key does not begin so for certain.
    pub(crate) fn excludes(self, key: &[u8]) -> bool {
        match key.split_first() {
            Some((&OTEL, bytes)) => {
                let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
                let digits = digits.map(|digit| HEX[usize::from(digit)]);
                let mut id = OTEL_PREFIX.bytes().chain(digits);
                self.0.iter().any(|wanted| id.next() != Some(*wanted))
            }
            Some((&TEXT, text)) => !text.starts_with(self.0),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_round_trip() {
        for id in [
            TraceId::from_otel([7; 16]),
            TraceId::new("tr-x"),
            TraceId::new("TR-é"),
        ] {
            let key = key_of(&id);
            assert_eq!(id_of(&key).unwrap(), id);
            let mut text = String::new();
            write_id(&key, &mut text).unwrap();
            assert_eq!(text, id.as_str());
            for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
                assert!(!IdPrefix::new(&text[..end]).excludes(&key));
                assert!(IdPrefix::new(&format!("{}~", &text[..end])).excludes(&key));
            }
        }
        assert!(id_of(&[]).is_err());
        assert!(id_of(&[1, 2]).is_err());
    }
}
