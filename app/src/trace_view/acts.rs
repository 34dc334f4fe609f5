//! What can be done with a trace besides reading it: comparing it, copying it in several forms, saving it, saying what was
//! expected, deleting it.

use leptos::prelude::*;

use super::copies::fetched_copy;
use super::delete::Deletion;
use super::notes::Notes;
use crate::address::at;
use crate::url_state::{query, segment};
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::post_form::PostForm;

/// A form in which a trace is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Id,
    Link,
    Python,
    Curl,
}

impl Form {
    const ALL: [Self; 4] = [Self::Id, Self::Link, Self::Python, Self::Curl];

    fn label(self) -> &'static str {
        match self {
            Self::Id => "Copy id",
            Self::Link => "Copy link",
            Self::Python => "Copy as Python",
            Self::Curl => "Copy as curl",
        }
    }

    /// The text for a trace of the server at `origin`, with the address of the page as it stands.
    fn text(self, trace_id: &str, origin: &str, link: &str) -> String {
        match self {
            Self::Id => trace_id.to_owned(),
            Self::Link => link.to_owned(),
            Self::Python => format!(
                "import mlflow\n\nmlflow.set_tracking_uri({origin:?})\ntrace = mlflow.get_trace({trace_id:?})\n"
            ),
            Self::Curl => format!("curl '{origin}{}'", body_path(trace_id)),
        }
    }
}

/// The call of MLflow's protocol that answers with a trace.
const PATH: &str = concat!("/", "api/3.0/mlflow/traces/get");

/// Where the trace is to be had as JSON.
fn body_path(trace_id: &str) -> String {
    query(PATH, &[("trace_id", trace_id)])
}

/// The menu.
#[component]
pub fn Acts(
    /// The trace.
    trace_id: String,
    /// The notes, for what was expected.
    notes: Notes,
    /// Its deletion.
    deletion: Deletion,
    /// The way to its comparison with another.
    compare: AnyView,
) -> impl IntoView {
    let said = RwSignal::new(String::new());
    let id = StoredValue::new(trace_id.clone());
    let copies = Form::ALL.map(|form| {
        let copy = move |_| id.with_value(|id| copy(form, id, said));
        view! {
            <button type="button" class="acts__item needs-script" on:click=copy>{form.label()}</button>
        }
    });
    let file = at(&body_path(&trace_id));
    let otlp = at(&format!("/ui-api/traces/{}/otlp", segment(&trace_id)));
    let fetched = [
        fetched_copy("Copy as OTLP JSON", otlp, said),
        fetched_copy("Copy as MLflow JSON", file.clone(), said),
    ];
    let name = format!("{trace_id}.json");
    view! {
        <details class="tags__edit acts">
            <summary class="chip" title="More to do with this trace">"More"<Icon name=IconName::Chevron/></summary>
            <div class="popover acts__list">
                {compare}
                <details class="acts__fold">
                    <summary class="acts__item">"Expectation"</summary>
                    <div class="acts__form">
                        <PostForm act=notes.expect>
                            <input type="hidden" name="trace_id" value=trace_id/>
                            <label class="popover__label">
                                "Name"
                                <input class="input" name="name" required maxlength="250" value="expected_response" autocomplete="off"/>
                            </label>
                            <label class="popover__label">
                                "What should have come out"
                                <textarea class="input" name="value" required rows="4" maxlength="20000"></textarea>
                            </label>
                            <button class="button" data-weight="main">"Add"</button>
                        </PostForm>
                        <p class="field-problem" role="status">{move || notes.expect.problem.get()}</p>
                    </div>
                </details>
                {copies.into_iter().collect_view()}
                {fetched.into_iter().collect_view()}
                <a class="acts__item" href=file download=name rel="external">"Download JSON"</a>
                <details class="acts__fold acts__delete">
                    <summary class="acts__item">"Delete"</summary>
                    <div class="acts__form">{deletion.form()}</div>
                </details>
                <p class="acts__said" role="status">{move || said.get()}</p>
            </div>
        </details>
        {deletion.state()}
    }
    .into_any()
}

fn copy(form: Form, trace_id: &str, said: RwSignal<String>) {
    #[cfg(feature = "hydrate")]
    {
        let link = crate::browser::href();
        let origin = crate::browser::origin() + &crate::address::prefix();
        let text = form.text(trace_id, &origin, &link);
        leptos::task::spawn_local(async move {
            let words = super::copies::copied(crate::browser::copy(text).await);
            said.try_set(words.to_owned());
        });
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = (form.text(trace_id, "", ""), said);
    }
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn copies_can_be_run_as_they_are() {
        let text =
            |form: Form| form.text("tr-1", "http://x:5000", "http://x:5000/traces/tr-1?span=2");
        assert_eq!(text(Form::Link), "http://x:5000/traces/tr-1?span=2");
        assert!(text(Form::Python).contains("mlflow.get_trace(\"tr-1\")"));
        assert_eq!(
            text(Form::Curl),
            "curl 'http://x:5000/api/3.0/mlflow/traces/get?trace_id=tr-1'"
        );
    }
}
