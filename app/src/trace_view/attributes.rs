//! Attributes and links of a span as keys and values.

use leptos::prelude::*;

use super::values::readable;
use crate::model::{CutText, LinkView};
use crate::url_state::{query, trace_href};

/// Keys and values in the order given.
#[component]
pub fn Attributes(
    /// Key and JSON text.
    attributes: Vec<(String, CutText)>,
) -> impl IntoView {
    if attributes.is_empty() {
        return view! { <p class="quiet">"The span has no other attributes."</p> }.into_any();
    }
    facts(attributes)
}

/// Pointers to spans of this or other traces.
#[component]
pub fn Links(
    /// The links.
    links: Vec<LinkView>,
) -> impl IntoView {
    if links.is_empty() {
        return view! { <p class="quiet">"The span links to no other."</p> }.into_any();
    }
    let links = links
        .into_iter()
        .map(|link| {
            // Built from ids as a path of this site, whatever the ids hold.
            let path = trace_href(&link.trace_id);
            let href = query(&path, &[("span", &link.span_id)]);
            view! {
                <li class="links__link">
                    <a href=href><code>{link.trace_id}</code>" · "<code>{link.span_id}</code></a>
                    {facts(link.attributes)}
                </li>
            }
        })
        .collect_view();
    view! { <ul class="links">{links}</ul> }.into_any()
}

fn facts(pairs: Vec<(String, CutText)>) -> AnyView {
    let rows = pairs
        .into_iter()
        .map(|(key, json)| {
            view! { <div class="facts__row"><dt>{key}</dt><dd>{readable(&json)}</dd></div> }
        })
        .collect_view();
    view! { <dl class="facts">{rows}</dl> }.into_any()
}
