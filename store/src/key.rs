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
            assert_eq!(id_of(&key_of(&id)).unwrap(), id);
        }
        assert!(id_of(&[]).is_err());
        assert!(id_of(&[1, 2]).is_err());
    }
}
