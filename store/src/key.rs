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

    /// Ranges of keys, ends left out, in which all keys are whose ids begin so, and no others.
    pub(crate) fn ranges(self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut ranges = vec![range_of([&[TEXT], self.0].concat())];
        let common = self.0.len().min(OTEL_PREFIX.len());
        if self.0[..common] != OTEL_PREFIX.as_bytes()[..common] {
            return ranges;
        }
        let digits = self.0[common..].iter();
        let digits: Option<Vec<u8>> = digits
            .map(|digit| {
                HEX.iter()
                    .position(|hex| hex == digit)
                    .map(|value| value as u8)
            })
            .collect();
        if let Some(digits) = digits.filter(|digits| digits.len() <= 32) {
            let (pairs, rest) = digits.as_chunks::<2>();
            let mut first = vec![OTEL];
            first.extend(pairs.iter().map(|[high, low]| high << 4 | low));
            ranges.push(match rest {
                [high] => {
                    let end = match high {
                        15 => range_of(first.clone()).1,
                        _ => [&first[..], &[(high + 1) << 4]].concat(),
                    };
                    first.push(high << 4);
                    (first, end)
                }
                _ => range_of(first),
            });
        }
        ranges
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

/// The range of what begins with these bytes, of which the first is not the greatest.
fn range_of(first: Vec<u8>) -> (Vec<u8>, Vec<u8>) {
    let mut end = first.clone();
    while end.last() == Some(&u8::MAX) {
        end.pop();
    }
    if let Some(last) = end.last_mut() {
        *last += 1;
    }
    (first, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_round_trip() {
        for id in [
            TraceId::from_otel([7; 16]),
            TraceId::from_otel([0xff; 16]),
            TraceId::new("tr-x"),
            TraceId::new("TR-é"),
        ] {
            let key = key_of(&id);
            assert_eq!(id_of(&key).unwrap(), id);
            let mut text = String::new();
            write_id(&key, &mut text).unwrap();
            assert_eq!(text, id.as_str());
            for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
                let prefix = IdPrefix::new(&text[..end]);
                assert!(!prefix.excludes(&key));
                let is_within = |(first, end): &(Vec<u8>, Vec<u8>)| (first..end).contains(&&key);
                assert_eq!(
                    prefix
                        .ranges()
                        .iter()
                        .filter(|range| is_within(range))
                        .count(),
                    1
                );
                assert!(IdPrefix::new(&format!("{}~", &text[..end])).excludes(&key));
            }
        }
        let key = key_of(&TraceId::from_otel([0xff; 16]));
        for others in [
            "tr-fe", "tr-e", "tr-ff0", "tr-fff0", "tr-F", "ts-", "tr-fffg",
        ] {
            let ranges = IdPrefix::new(others).ranges();
            let has = |(first, end): &(Vec<u8>, Vec<u8>)| (first..end).contains(&&key);
            assert!(!ranges.iter().any(has), "{others}");
        }
        assert!(id_of(&[]).is_err());
        assert!(id_of(&[1, 2]).is_err());
    }
}
