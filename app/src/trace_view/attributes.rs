//! Attributes and links of a span as keys and values.

use leptos::prelude::*;

use super::pin::Pins;
use super::values::readable;
use crate::model::{AttributeView, CutText, LinkView};
use crate::text::number;
use crate::url_state::{query, trace_href};
use crate::widgets::copy::CopyButton;
use crate::widgets::icon::{Icon, IconName};

/// So many attributes are looked over without a box to find one.
const FEW: usize = 6;

/// Keys and values in the order given, with a box that finds some of them.
#[component]
pub fn Attributes(
    /// The attributes.
    attributes: Vec<AttributeView>,
    /// The list that they can be columns of.
    pins: Option<Pins>,
) -> impl IntoView {
    if attributes.is_empty() {
        return view! { <p class="quiet">"The span has no other attributes."</p> }.into_any();
    }
    let count = attributes.len();
    let sought = RwSignal::new(String::new());
    let texts: Vec<String> = attributes
        .iter()
        .map(|attribute| format!("{} {}", attribute.key, attribute.json.text).to_lowercase())
        .collect();
    let texts = StoredValue::new(texts);
    let is_hidden = move |index: usize| {
        let sought = sought.with(|sought| sought.trim().to_lowercase());
        texts.with_value(|texts| texts.get(index).is_some_and(|text| !text.contains(&sought)))
    };
    let rows = attributes
        .into_iter()
        .enumerate()
        .map(|(index, attribute)| row(attribute, pins, move || is_hidden(index)))
        .collect_view();
    let shown = move || {
        let found = (0..count).filter(|index| !is_hidden(*index)).count();
        (found < count).then(|| format!("{found} of {count}"))
    };
    let find = (count > FEW).then(|| {
        view! {
            <search class="attributes__find needs-script" aria-label="Search of attributes">
                <input
                    class="input"
                    type="search"
                    placeholder="Filter by key or value"
                    aria-label="Filter attributes"
                    autocomplete="off"
                    spellcheck="false"
                    on:input=move |event| sought.set(event_target_value(&event))
                />
                <span class="quiet figures" role="status">{shown}</span>
            </search>
        }
    });
    view! { {find} <dl class="facts">{rows}</dl> }.into_any()
}

fn row(
    attribute: AttributeView,
    pins: Option<Pins>,
    is_hidden: impl Fn() -> bool + Send + Sync + 'static,
) -> AnyView {
    let AttributeView { key, json, alike } = attribute;
    let label = format!("Traces with this value of {key}");
    let link = (!alike.is_empty()).then(|| {
        view! {
            <a class="icon-button" href=alike title="Traces with this value" aria-label=label>
                <Icon name=IconName::Search/>
            </a>
        }
    });
    let pin = pins.and_then(|pins| pins.link(&key));
    view! {
        <div class="facts__row attributes__row" hidden=is_hidden>
            <dt>{key.clone()}</dt>
            <dd>
                <div class="attributes__value">{readable(&json)}</div>
                <div class="attributes__acts">
                    <CopyButton text=format!("span.attributes.{key}") what="path"/>
                    {link}
                    {pin}
                </div>
            </dd>
        </div>
    }
    .into_any()
}

/// Pointers to spans of this or other traces.
#[component]
pub fn Links(
    /// The links.
    links: Vec<LinkView>,
    /// The traces they lead to are not known to be on the server.
    is_local: bool,
) -> impl IntoView {
    if links.is_empty() {
        return view! { <p class="quiet">"The span links to no other."</p> }.into_any();
    }
    let links = links
        .into_iter()
        .map(|link| {
            // Built from ids as a path of this site, whatever the ids hold.
            let href = query(&trace_href(&link.trace_id), &[("span", &link.span_id)]);
            let trace = number::short_id(&link.trace_id);
            let target = view! { <code>{trace}</code>" · "<code>{link.span_id}</code> };
            let target = match is_local {
                true => view! { <span title=link.trace_id>{target}</span> }.into_any(),
                false => view! { <a href=href title=link.trace_id>{target}</a> }.into_any(),
            };
            view! {
                <li class="links__link">
                    {target}
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
