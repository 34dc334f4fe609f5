//! Page tokens: a version, a fingerprint of the query and the place of the last row, in base64. A token of another query, or a
//! damaged one, is refused.

use std::hash::{DefaultHasher, Hash, Hasher};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::page::PageToken;
use domain::store::{StoreError, StoreResult};

use crate::bytes::{Put, Reader};

const VERSION: u8 = 1;

/// What makes a query this query: everything but the page.
pub(crate) fn fingerprint(query: &impl std::fmt::Debug) -> u64 {
    // The hasher's algorithm may change with the standard library; tokens then become invalid once, which is allowed.
    let mut hasher = DefaultHasher::new();
    format!("{query:?}").hash(&mut hasher);
    hasher.finish()
}

/// Makes a token.
pub(crate) fn make(fingerprint: u64, place: &[u8]) -> PageToken {
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(&fingerprint.to_le_bytes());
    bytes.put_bytes(place);
    PageToken(URL_SAFE_NO_PAD.encode(bytes))
}

/// The place in a token of this query.
pub(crate) fn place(fingerprint: u64, token: &PageToken) -> StoreResult<Vec<u8>> {
    let read = || {
        let bytes = URL_SAFE_NO_PAD.decode(&token.0).ok()?;
        let mut reader = Reader::new(&bytes);
        let is_ours = reader.byte().ok()? == VERSION
            && u64::from_le_bytes(reader.array().ok()?) == fingerprint;
        let place = reader.bytes().ok()?;
        (is_ours && reader.rest().is_empty()).then(|| place.to_vec())
    };
    read().ok_or(StoreError::PageToken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_belong_to_their_query() {
        let query = fingerprint(&"a");
        let token = make(query, b"here");
        assert_eq!(place(query, &token).unwrap(), b"here");
        assert!(place(fingerprint(&"b"), &token).is_err());
        for damaged in ["", "x", "AAAA", &token.0[1..]] {
            assert!(
                place(query, &PageToken(damaged.to_owned())).is_err(),
                "{damaged}"
            );
        }
    }
}
