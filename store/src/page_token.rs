//! Page tokens of trace searches: the place of the last row, bound to the query by a fingerprint. Clients can forge the rest.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::filter::order::TraceOrder;
use domain::page::PageToken;
use domain::store::{StoreError, StoreResult};
use domain::trace::TraceInfo;

use crate::{place, token};

/// The token behind a trace in this order.
pub fn of_place(fingerprint: u64, trace: &TraceInfo, order: &[TraceOrder]) -> PageToken {
    token::make(fingerprint, &place::encode(trace, order))
}

/// The trace that a token stands behind; only what the order asks about is filled in.
///
/// # Errors
/// [`StoreError::PageToken`] if it is damaged or of another query.
pub fn read(fingerprint: u64, token: &PageToken, order: &[TraceOrder]) -> StoreResult<TraceInfo> {
    let bytes = token::place(fingerprint, token)?;
    place::decode(&bytes, order).map_err(|_| StoreError::PageToken)
}

/// A token with any content, as a client might forge it.
pub fn of_bytes(bytes: &[u8]) -> PageToken {
    PageToken(URL_SAFE_NO_PAD.encode(bytes))
}
