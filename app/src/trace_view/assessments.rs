//! Everything that people, judges and code said about the trace, newest first.

use domain::assessment::SourceType;
use leptos::prelude::*;

use super::notes::Notes;
use super::rating::SpanRating;
use super::values::readable;
use crate::error::AppError;
use crate::model::{AssessmentView, Tone, TraceNotes};
use crate::pages::skeleton;
use crate::reads::{Reply, awaited};
use crate::server_fns::feedback_names;
use crate::url_state::query;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::long_text::LongText;
use crate::widgets::problem::Problem;
use crate::widgets::time::{Time, TimeStyle};
use crate::widgets::undo::UndoForm;

/// The list of assessments.
#[component]
pub fn Assessments(
    /// The trace's notes.
    notes: Notes,
    /// The span that the panel is of.
    span_id: String,
) -> impl IntoView {
    let (_, set_pending) = signal(false);
    let list = move |reply: Reply| match reply.open::<TraceNotes>() {
        Ok(found) if found.assessments.is_empty() => view! {
            <div class="empty">
                <p class="empty__lead">"Nobody has said anything yet."</p>
                <p class="quiet">
                    "Rate this span here or the trace above, or log feedback with "
                    <code>"mlflow.log_feedback(trace_id=…)"</code> "."
                </p>
            </div>
        }
        .into_any(),
        Ok(found) => {
            notes.delete_assessment.settle();
            let author = match found.reviewer.as_str() {
                "" => feedback_names::ANONYMOUS.to_owned(),
                name => name.to_owned(),
            };
            let items = found
                .assessments
                .into_iter()
                .map(|assessment| item(notes, assessment, &author))
                .collect_view();
            view! { <ul class="assessments">{items}</ul> }.into_any()
        }
        Err(error) => problem(notes, error),
    };
    let refused = move || notes.delete_assessment.problem.get();
    view! {
        <section class="assessments__own" aria-label="Rate this span">
            <h3>"Rate this span"</h3>
            <SpanRating notes=notes span_id=span_id/>
        </section>
        {awaited(notes.resource, skeleton, set_pending, list)}
        <p class="field-problem" role="status">{refused}</p>
    }
    .into_any()
}

fn problem(notes: Notes, error: AppError) -> AnyView {
    view! { <Problem error=error on_retry=move |()| notes.resource.refetch()/> }.into_any()
}

fn item(notes: Notes, assessment: AssessmentView, author: &str) -> AnyView {
    let (icon, kind) = match assessment.source {
        SourceType::Human => (IconName::Person, "Person"),
        SourceType::LlmJudge => (IconName::Gavel, "Judge"),
        SourceType::Code => (IconName::Code, "Code"),
        SourceType::SourceTypeUnspecified => (IconName::Dot, "Unknown source"),
    };
    let is_own = assessment.source == SourceType::Human && assessment.source_id == author;
    let said = said(&assessment);
    let passage = assessment.passage.clone().map(|passage| {
        view! { <p class="assessments__quote"><span class="visually-hidden">"On the words "</span><q dir="auto">{passage.quote}</q></p> }
    });
    let span = assessment.span_id.clone().map(|span| {
        let href = query("", &[("span", &span)]);
        view! { <a href=href>"on span " <code>{span}</code></a> }
    });
    let is_held = {
        let id = assessment.id.clone();
        move || notes.delete_assessment.is_held(&id)
    };
    let delete = is_own.then(|| {
        let words = format!("{} removed", assessment.name);
        view! {
            <UndoForm act=notes.delete_assessment target=assessment.id.clone() words=words>
                <input type="hidden" name="trace_id" value=move || notes.trace_id.get()/>
                <input type="hidden" name="assessment_id" value=assessment.id.clone()/>
                <button class="icon-button" title="Remove" aria-label=format!("Remove {}", assessment.name)>
                    <Icon name=IconName::Delete/>
                </button>
            </UndoForm>
        }
    });
    view! {
        <li class="assessments__item" data-overridden=assessment.is_overridden.then_some("true") hidden=is_held>
            <div class="assessments__source">
                <Icon name=icon/>
                <span class="visually-hidden">{kind}</span>
                <span class="assessments__author">{assessment.source_id}</span>
                <span class="quiet"><Time millis=assessment.time_ms style=TimeStyle::Short/></span>
                {assessment.is_overridden.then(|| view! { <span class="quiet">"replaced"</span> })}
                {span}
                {delete}
            </div>
            {passage}
            {said}
            {assessment.rationale.map(|text| view! { <div class="assessments__why"><LongText text=text face="read"/></div> })}
        </li>
    }
    .into_any()
}

/// Longer values stand below their name, not beside it.
const BESIDE: usize = 60;

fn said(assessment: &AssessmentView) -> AnyView {
    let text = assessment.text.clone();
    if assessment.is_comment {
        return view! { <LongText text=text face="read"/> }.into_any();
    }
    let tone = match assessment.tone {
        Tone::Up => "ok",
        Tone::Down => "error",
        Tone::Plain => "plain",
    };
    let is_thumb = assessment.name == feedback_names::THUMB;
    let thumb = match (is_thumb, assessment.tone) {
        (true, Tone::Up) => Some(IconName::ThumbUp),
        (true, Tone::Down) => Some(IconName::ThumbDown),
        _ => None,
    };
    let (beside, below) = match text.len() {
        ..=BESIDE => (Some(text), None),
        _ if text.starts_with(['{', '[']) => (None, Some(readable(&text.into()))),
        _ => (
            None,
            Some(view! { <LongText text=text face="read"/> }.into_any()),
        ),
    };
    let kind = (assessment.kind != "feedback").then(|| assessment.kind.clone());
    view! {
        <p class="assessments__said">
            <span class="assessments__name">{assessment.name.clone()}</span>
            {beside
                .map(|text| {
                    let thumb = thumb.map(|name| view! { <Icon name=name/> });
                    view! { <span class="chip" data-tone=tone>{thumb} {text}</span> }
                })}
            {kind.map(|kind| view! { <span class="quiet">{kind}</span> })}
        </p>
        {below}
    }
    .into_any()
}
