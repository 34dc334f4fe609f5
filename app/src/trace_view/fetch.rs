//! The tree of a trace on its way from the server or from an opened file.

#[cfg(feature = "hydrate")]
use std::sync::Arc;

#[cfg(feature = "hydrate")]
use domain::span_table::{CodecError, Decoder, SpanTable};
use leptos::prelude::*;

use super::tree_state::TreeState;
use crate::opened::Origin;

impl TreeState {
    /// Takes the table from the opened file, or fetches it; on the server, where nothing would come of it, does nothing.
    pub fn fetch(&self, trace_id: &str) {
        if let Origin::File { file, trace } = self.origin {
            self.table.set(crate::opened::table(file, trace));
            return;
        }
        #[cfg(feature = "hydrate")]
        {
            let tree = *self;
            let address = table_address(trace_id);
            Effect::new(move |_| {
                let address = address.clone();
                leptos::task::spawn_local(async move {
                    match fetched_table(&address).await {
                        Ok(table) => drop(tree.table.try_set(Some(Arc::new(table)))),
                        Err(text) => drop(tree.failure.try_set(Some(text))),
                    }
                });
            });
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = trace_id;
    }
}

/// Asks for the table of a trace before its page is drawn. On the server nothing happens.
pub fn ask_early(trace_id: &str) {
    #[cfg(feature = "hydrate")]
    crate::browser::early::ask(table_address(trace_id));
    #[cfg(not(feature = "hydrate"))]
    let _ = trace_id;
}

#[cfg(feature = "hydrate")]
pub(super) fn table_address(trace_id: &str) -> String {
    let trace_id = crate::url_state::segment(trace_id);
    crate::address::at(&format!("/ui-api/traces/{trace_id}/spans"))
}

/// Fetches a table and reads it in slices of a few milliseconds.
#[cfg(feature = "hydrate")]
pub(super) async fn fetched_table(address: &str) -> Result<SpanTable, String> {
    /// Rows read at once.
    const SLICE: u32 = 25_000;
    let bytes = crate::browser::fetch_bytes(address).await?;
    let damaged = |error: CodecError| error.to_string();
    let mut decoder = Decoder::new(&bytes).map_err(damaged)?;
    while !decoder.read(SLICE).map_err(damaged)? {
        crate::browser::pause().await;
    }
    let table = decoder.finish().map_err(damaged)?;
    Ok(table.with_missing_parents())
}
