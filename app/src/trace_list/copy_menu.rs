//! What can be copied of a list: links to it, and the same search for a program.

use domain::filter::print::quote_value;
use leptos::prelude::*;

use super::beside::Listed;
use super::range::{absolute, is_relative};
use crate::address::prefix;
use crate::text::moment::moment;
use crate::url_state::ListState;
use crate::widgets::icon::{Icon, IconName};

/// What the menu over a list offers.
#[component]
pub fn CopyItems() -> impl IntoView {
    let listed = Listed::here();
    let link = {
        let listed = listed.clone();
        move || origin() + &absolute(&listed.state, now()).href(&listed.path)
    };
    let live = is_relative(&listed.state).then(|| {
        let listed = listed.clone();
        item("Live link", "its range moves on with time", move || {
            origin() + &listed.state.href(&listed.path)
        })
    });
    let python_of = listed.clone();
    let curl_of = listed.clone();
    view! {
        {item("Link", "to these traces, by absolute times", link)}
        {live}
        {item("Python", "mlflow.search_traces(…)", move || python(&python_of, &server(), now()))}
        {item("curl", "the search over HTTP", move || curl(&curl_of, &server(), now()))}
    }
    .into_any()
}

fn item(label: &'static str, help: &'static str, text: impl Fn() -> String + 'static) -> AnyView {
    let is_copied = RwSignal::new(false);
    let press = move |_| {
        let text = text();
        #[cfg(feature = "hydrate")]
        leptos::task::spawn_local(async move {
            if crate::browser::copy(text).await {
                is_copied.try_set(true);
            }
        });
        #[cfg(not(feature = "hydrate"))]
        drop(text);
    };
    let icon = move || {
        if is_copied.get() {
            view! { <Icon name=IconName::Check/> }
        } else {
            view! { <Icon name=IconName::Copy/> }
        }
    };
    view! {
        <button type="button" class="tool-menu__item" aria-label=format!("Copy {label}") on:click=press>
            {icon}
            <span>{label}</span>
            <span class="tool-menu__help">{help}</span>
            <span class="visually-hidden" role="status">{move || is_copied.get().then_some("Copied")}</span>
        </button>
    }
    .into_any()
}

/// All that narrows the list as one filter text of the search protocol.
fn filter_string(state: &ListState, now: i64) -> String {
    let mut parts = Vec::new();
    let filter = state.filter.trim();
    if !filter.is_empty() {
        parts.push(filter.to_owned());
    }
    for (field, value) in [
        ("trace.user", &state.user),
        ("trace.session", &state.session),
    ] {
        if let Some(value) = quote_value(value).filter(|_| !value.is_empty()) {
            parts.push(format!("{field} = {value}"));
        }
    }
    for (comparator, text) in [(">=", &state.from), ("<", &state.to)] {
        if let Some(time) = moment(text, now) {
            parts.push(format!("timestamp_ms {comparator} {time}"));
        }
    }
    if parts.len() > 1 && !filter.is_empty() {
        parts[0] = format!("({filter})");
    }
    parts.join(" AND ")
}

fn python(listed: &Listed, origin: &str, now: i64) -> String {
    let filter = python_text(&filter_string(&listed.state, now));
    format!(
        "import mlflow\n\nmlflow.set_tracking_uri(\"{origin}\")\ntraces = mlflow.search_traces(\n    \
         locations=[\"{}\"],\n    filter_string={filter},\n    order_by=[\"{}\"],\n)\n",
        listed.experiment,
        listed.state.sort.order_by(),
    )
}

/// A text as Python writes it.
fn python_text(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                out.push('\\');
                out.push(letter);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            letter => out.push(letter),
        }
    }
    out + "\""
}

fn curl(listed: &Listed, origin: &str, now: i64) -> String {
    let body = serde_json::json!({
        "locations": [{
            "type": "MLFLOW_EXPERIMENT",
            "mlflow_experiment": { "experiment_id": listed.experiment.to_string() },
        }],
        "filter": filter_string(&listed.state, now),
        "order_by": [listed.state.sort.order_by()],
        "max_results": 100,
    });
    // Within single quotes a shell takes everything as it is but these quotes.
    let body = body.to_string().replace('\'', "'\\''");
    format!(
        "curl -s '{origin}/api/3.0/mlflow/traces/search' -H 'Content-Type: application/json' -d '{body}'\n"
    )
}

#[cfg(feature = "hydrate")]
fn now() -> i64 {
    crate::browser::now_millis()
}

#[cfg(not(feature = "hydrate"))]
fn now() -> i64 {
    0
}

/// The address of this server as programs reach it.
fn server() -> String {
    origin() + &prefix()
}

/// Scheme and host.
fn origin() -> String {
    #[cfg(feature = "hydrate")]
    let origin = crate::browser::list_tools::origin().unwrap_or_default();
    #[cfg(not(feature = "hydrate"))]
    let origin = String::new();
    origin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed() -> Listed {
        Listed {
            experiment: 7,
            state: ListState {
                filter: "name = \"it's\" OR status = 'OK'".to_owned(),
                from: "-1h".to_owned(),
                user: "ada".to_owned(),
                ..ListState::default()
            },
            path: String::new(),
        }
    }

    #[test]
    fn a_program_searches_for_the_same_traces() {
        let filter = filter_string(&listed().state, 7_200_000);
        assert_eq!(
            filter,
            "(name = \"it's\" OR status = 'OK') AND trace.user = 'ada' AND timestamp_ms >= 3600000"
        );
        assert!(domain::filter::compile(&filter).is_ok());
        let text = python(&listed(), "http://x", 7_200_000);
        assert!(text.contains("locations=[\"7\"]"), "{text}");
        assert!(
            text.contains("filter_string=\"(name = \\\"it's\\\" OR"),
            "{text}"
        );
    }

    #[test]
    fn a_shell_reads_the_quotes_as_they_are() {
        let text = curl(&listed(), "http://x", 7_200_000);
        assert!(text.contains("it'\\''s"), "{text}");
    }
}
