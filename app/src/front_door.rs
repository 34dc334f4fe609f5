//! How to send the first trace: four ways with this server's own address filled in.
//!
//! The tabs are radio buttons and the style sheet shows the chosen panel, so they work without script.

use leptos::prelude::*;

use crate::model::ExperimentRef;
use crate::server_fns::paths;
use crate::widgets::copy::CopyButton;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::post_form::{Act, PostForm};

/// The four ways, and a look every few seconds for the first trace.
#[component]
pub fn FrontDoor(
    /// This server's address.
    address: String,
    /// The experiment to log to; the default one if none.
    experiment: Option<ExperimentRef>,
    /// Called every few seconds until something has arrived.
    on_poll: impl Fn() + Send + Sync + 'static,
    /// Where the first trace is, once it has arrived.
    #[prop(default = None)]
    arrived: Option<String>,
    /// Whether the demo can be loaded.
    #[prop(optional)]
    has_demo: bool,
) -> impl IntoView {
    if arrived.is_none() {
        poll(on_poll);
    }
    let ways = ways(&address, experiment.as_ref());
    let choices = ways
        .iter()
        .enumerate()
        .map(|(index, way)| {
            let id = format!("front-door-{index}");
            view! {
                <input
                    class="front-door__radio visually-hidden"
                    type="radio"
                    name="front-door"
                    id=id.clone()
                    checked=index == 0
                />
                <label class="front-door__tab" for=id>{way.0}</label>
            }
        })
        .collect_view();
    let panels = ways
        .into_iter()
        .map(|(_, what, code)| {
            view! {
                <div class="front-door__panel">
                    <CopyButton text=code.clone() what=what/>
                    <pre class="front-door__code" tabindex="0">{code}</pre>
                </div>
            }
        })
        .collect_view();
    view! {
        <section class="front-door" aria-labelledby="front-door-title">
            <h2 id="front-door-title">"Send the first trace"</h2>
            <p class="front-door__lead">
                "Point an application that logs to MLflow, or any OpenTelemetry exporter, at "
                <code>{address}</code> ". Nothing else changes."
            </p>
            <fieldset class="front-door__ways">
                <legend class="visually-hidden">"Way to send"</legend>
                {choices}
                <div class="front-door__panels">{panels}</div>
            </fieldset>
            <div role="status">{waiting(arrived)}</div>
            {has_demo.then(|| view! { <DemoButton/> })}
        </section>
    }
    .into_any()
}

fn waiting(arrived: Option<String>) -> AnyView {
    match arrived {
        Some(href) => view! {
            <p class="front-door__arrived">
                <Icon name=IconName::Check/>
                "The first trace has arrived. "
                <a href=href>"Look at it"</a>
            </p>
        }
        .into_any(),
        None => view! {
            <p class="front-door__waiting needs-script">
                <span class="front-door__pulse" aria-hidden="true"></span>
                "Waiting for the first trace. It appears here by itself."
            </p>
        }
        .into_any(),
    }
}

#[component]
fn DemoButton() -> impl IntoView {
    let act = Act::new(paths::LOAD_DEMO);
    let label = move || match act.is_pending.get() {
        true => "Loading the demo…",
        false => "Load demo",
    };
    view! {
        <div class="front-door__demo">
            <PostForm act=act>
                <button class="button" disabled=move || act.is_pending.get()>{label}</button>
            </PostForm>
            <span class="quiet">"Recorded runs of real agents, in experiments of their own that can be deleted."</span>
            <p class="field-problem" role="status">{move || act.problem.get()}</p>
        </div>
    }
    .into_any()
}

fn poll(on_poll: impl Fn() + Send + Sync + 'static) {
    let on_poll = StoredValue::new(on_poll);
    Effect::new(move |_| {
        let every = std::time::Duration::from_secs(2);
        let tick = move || on_poll.with_value(|poll| poll());
        if let Ok(handle) = set_interval(tick, every) {
            on_cleanup(move || handle.clear());
        }
    });
}

/// Label, what is copied, and the code.
fn ways(
    address: &str,
    experiment: Option<&ExperimentRef>,
) -> [(&'static str, &'static str, String); 4] {
    // What is a text in JSON is one in Python.
    let name = experiment.map_or("Default", |experiment| &experiment.name);
    let quoted = serde_json::Value::from(name).to_string();
    let header = experiment.map_or(0, |experiment| experiment.id);
    [
        (
            "Python",
            "Python code",
            format!(
                "import mlflow\n\nmlflow.set_tracking_uri(\"{address}\")\nmlflow.set_experiment({quoted})\n\n\
                 @mlflow.trace\ndef answer(question: str) -> str:\n    return f\"You asked: {{question}}\"\n\n\
                 answer(\"What is a span?\")\n"
            ),
        ),
        (
            "TypeScript",
            "TypeScript code",
            format!(
                "import * as mlflow from \"mlflow-tracing\";\n\nmlflow.init({{\n  trackingUri: \"{address}\",\n  \
                 experimentId: \"{header}\",\n}});\n\nconst answer = mlflow.trace(\n  (question: string) => \
                 `You asked: ${{question}}`,\n  {{ name: \"answer\" }},\n);\nanswer(\"What is a span?\");\n"
            ),
        ),
        (
            "OTLP",
            "environment variables",
            format!(
                "export OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=\"{address}/v1/traces\"\n\
                 export OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=\"http/protobuf\"\n\
                 export OTEL_EXPORTER_OTLP_TRACES_HEADERS=\"x-mlflow-experiment-id={header}\"\n"
            ),
        ),
        (
            "curl",
            "curl command",
            format!(
                "start=$(date +%s)000000000\ncurl \"{address}/v1/traces\" \\\n  -H 'content-type: application/json' \\\n  \
                 -H 'x-mlflow-experiment-id: {header}' \\\n  -d '{{\"resourceSpans\":[{{\"scopeSpans\":[{{\"spans\":[{{\n    \
                 \"traceId\":\"'$(openssl rand -hex 16)'\",\"spanId\":\"'$(openssl rand -hex 8)'\",\n    \
                 \"name\":\"answer\",\"startTimeUnixNano\":\"'$start'\",\"endTimeUnixNano\":\"'$((start + 250000000))'\"\n  \
                 }}]}}]}}]}}'\n"
            ),
        ),
    ]
}
