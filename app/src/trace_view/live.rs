//! A trace in progress: its spans are looked at again every two seconds, until it has ended.

use leptos::prelude::*;

use super::tree_state::TreeState;
use crate::model::TraceHead;

/// Keeps the tree of a trace in progress fresh, and says when it has ended. On the server nothing happens.
pub fn follow(tree: TreeState, head: &TraceHead, ended: Callback<()>) {
    #[cfg(feature = "hydrate")]
    browser_half::follow(tree, head, ended);
    #[cfg(not(feature = "hydrate"))]
    let _ = (tree, head, ended);
}

/// How long a trace in progress has been running, counted on by the second.
pub fn running_for(since_ms: i64) -> AnyView {
    let passed = RwSignal::new(None::<i64>);
    #[cfg(feature = "hydrate")]
    {
        let look = move || {
            let passed_ms = crate::browser::now_millis().saturating_sub(since_ms).max(0);
            passed.try_set(Some(passed_ms / 1_000));
        };
        Effect::new(move |_| {
            look();
            let second = std::time::Duration::from_secs(1);
            if let Ok(timer) = set_interval(look, second) {
                on_cleanup(move || timer.clear());
            }
        });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = since_ms;
    let words = move || match passed.get() {
        Some(seconds) => {
            let seconds = seconds.saturating_mul(1_000_000_000);
            format!("{} so far", domain::time::human_duration(seconds))
        }
        None => "running".to_owned(),
    };
    view! { <span class="figures">{words}</span> }.into_any()
}

#[cfg(feature = "hydrate")]
mod browser_half {
    use std::time::Duration;

    use domain::trace::TraceState;
    use leptos::prelude::*;

    use super::super::fetch::{fetched_table, table_address};
    use super::super::tree_state::TreeState;
    use crate::browser::{self, Answer};
    use crate::model::TraceHead;
    use crate::server_fns::paths;
    use crate::url_state::query;

    const PAUSE: Duration = Duration::from_secs(2);

    pub fn follow(tree: TreeState, head: &TraceHead, ended: Callback<()>) {
        if head.state != TraceState::InProgress {
            return;
        }
        let spans = table_address(&head.trace_id);
        let state = query(paths::TRACE, &[("trace_id", &head.trace_id)]);
        Effect::new(move |_| again(tree, spans.clone(), state.clone(), ended));
    }

    fn again(tree: TreeState, spans: String, state: String, ended: Callback<()>) {
        browser::after(PAUSE, move || {
            // The page may show another trace by now.
            if tree.table.try_get_untracked().is_none() {
                return;
            }
            leptos::task::spawn_local(async move {
                let fetched = fetched_table(&spans).await;
                let asked = browser::fetch_text(state.clone()).await;
                let known = tree.table.try_get_untracked();
                let Some(known) = known else { return };
                if let Ok(table) = fetched
                    && known.as_deref() != Some(&table)
                {
                    tree.renew(table);
                }
                if let Ok(Answer::Done(text)) = asked
                    && serde_json::from_str::<TraceHead>(&text)
                        .is_ok_and(|head| head.state != TraceState::InProgress)
                {
                    ended.run(());
                    return;
                }
                again(tree, spans, state, ended);
            });
        });
    }
}
