//! Page tokens: a version, a fingerprint of the query and the place of the last row, in base64. A token of another query, or a
//! damaged one, is refused.

use std::hash::{DefaultHasher, Hash, Hasher};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::page::{Page, PageToken};
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

/// The page of the first `size` of what was found, which holds one more if more follow. `place_of` says where the next page begins.
pub(crate) fn page<T>(
    mut found: Vec<T>,
    size: usize,
    fingerprint: u64,
    place_of: impl FnOnce(&T) -> Vec<u8>,
) -> Page<T> {
    let has_more = found.len() > size;
    found.truncate(size);
    let last = found.last().filter(|_| has_more);
    let next = last.map(|last| make(fingerprint, &place_of(last)));
    Page {
        items: found,
        next,
        note: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_a_token_exactly_if_more_follow() {
        let of = |found: &[u8]| page(found.to_vec(), 2, 7, |last| vec![*last]);
        assert_eq!((of(&[1, 2]).items, of(&[1, 2]).next), (vec![1, 2], None));
        let full = of(&[1, 2, 3]);
        assert_eq!(full.items, [1, 2]);
        assert_eq!(place(7, &full.next.unwrap()).unwrap(), [2]);
    }

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
