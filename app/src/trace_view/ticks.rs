//! The events of spans as marks on their bars. They are asked for once the timeline stands, since they lie with what spans carry.

use std::collections::HashMap;
use std::sync::Arc;

use domain::ids::SpanId;
use leptos::prelude::*;

use super::geometry::Scene;
use super::tree_state::TreeState;
use crate::model::EventTick;
use crate::opened::Origin;

/// The marks of a trace's spans.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ticks {
    of_span: HashMap<SpanId, Vec<EventTick>>,
    /// These are all; else those of the first spans only.
    pub is_whole: bool,
}

impl Ticks {
    /// Whether there are none, or none yet.
    pub fn is_empty(&self) -> bool {
        self.of_span.is_empty()
    }
}

/// Marks on the bar of a span.
pub fn tick_views(tree: TreeState, span: SpanId, scene: &Scene) -> AnyView {
    let found = tree.ticks.get();
    let ticks = found
        .of_span
        .get(&span)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let drawn = ticks.iter().filter_map(|tick| {
        let place = scene.bar(tick.at, 0)?;
        let left = format!("--left:{:.5}", place.left);
        let is_error = tick.is_exception.then_some("true");
        Some(view! { <span class="timeline-row__tick" data-error=is_error title=tick.name.clone() style=left></span> })
    });
    drawn.collect_view().into_any()
}

/// Asks for the marks once the table is there and whenever it has more events. On the server nothing happens, and nobody is asked
/// about an opened file.
pub fn follow(tree: TreeState, trace_id: &str) {
    if tree.origin != Origin::Server {
        return;
    }
    #[cfg(feature = "hydrate")]
    browser_half::follow(tree, trace_id);
    #[cfg(not(feature = "hydrate"))]
    let _ = (tree, trace_id, Arc::new(Ticks::default()));
}

#[cfg(feature = "hydrate")]
mod browser_half {
    use std::time::Duration;

    use leptos::prelude::*;

    use super::super::tree_state::TreeState;
    use super::{Arc, Ticks};
    use crate::address::at;
    use crate::browser::{self, Answer};
    use crate::model::EventTicks;
    use crate::server_fns::paths;
    use crate::url_state::query;

    /// The bars come first.
    const REST: Duration = Duration::from_millis(100);

    pub fn follow(tree: TreeState, trace_id: &str) {
        let address = at(&query(paths::EVENT_TICKS, &[("trace_id", trace_id)]));
        let events = Memo::new(move |_| {
            let count = |table: &Arc<domain::span_table::SpanTable>| table.events();
            tree.table.with(|table| table.as_ref().map_or(0, count))
        });
        Effect::new(move |_| {
            if events.get() == 0 {
                return;
            }
            let address = address.clone();
            browser::after(REST, move || {
                if tree.ticks.try_get_untracked().is_some() {
                    leptos::task::spawn_local(ask(tree, address));
                }
            });
        });
    }

    async fn ask(tree: TreeState, address: String) {
        // Without an answer the bars have no marks; the panel of a span tells of its events all the same.
        let Ok(Answer::Done(text)) = browser::fetch_text(address).await else {
            return;
        };
        let Ok(found) = serde_json::from_str::<EventTicks>(&text) else {
            return;
        };
        let spans = found.spans.into_iter();
        let of_span = spans.filter_map(|span| Some((span.span_id.parse().ok()?, span.ticks)));
        let ticks = Ticks {
            of_span: of_span.collect(),
            is_whole: found.is_whole,
        };
        tree.ticks.try_set(Arc::new(ticks));
    }
}
