//! Name, description and facts of a run, and the forms that change them.

use leptos::prelude::*;

use super::acts::RunActs;
use crate::address::at;
use crate::model::{RunNotes, RunView};
use crate::pages::trace_list::count_text;
use crate::reads::{Reply, awaited};
use crate::run_list::table::{failed_share, p50, rating_chips};
use crate::text::lapse::millis_words;
use crate::text::number;
use crate::url_state::query;
use crate::widgets::badge::RunBadge;
use crate::widgets::copy::CopyButton;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::key_figure::key_figure;
use crate::widgets::post_form::PostForm;
use crate::widgets::time::{Time, TimeStyle};
use crate::widgets::undo::UndoForm;

/// The top of the page.
#[component]
pub fn RunHeader(
    /// The run.
    view: RunView,
    /// What changes it.
    acts: RunActs,
) -> impl IntoView {
    let RunView {
        head,
        sums,
        source,
        commit,
        ..
    } = view;
    let (_, set_pending) = signal(false);
    let fallback = head.name.clone();
    let title = move |reply: Reply| {
        let notes = reply.open().unwrap_or_else(|_| RunNotes {
            name: fallback.clone(),
            ..RunNotes::default()
        });
        acts.settle();
        title(notes, acts)
    };
    let took = head
        .end_ms
        .map(|end| millis_words(end.saturating_sub(head.start_ms)));
    let problem = move || {
        let problem = |act: crate::widgets::post_form::Act| act.problem.get();
        problem(acts.update).or_else(|| problem(acts.stage))
    };
    view! {
        <header class="run__head">
            {awaited(acts.notes, || ().into_any(), set_pending, title)}
            <p class="field-problem" role="status">{problem}</p>
            <dl class="key-figures run__figures">
                {key_figure("State", view! { <RunBadge status=head.status/> }.into_any())}
                {key_figure("Started", view! { <Time millis=head.start_ms style=TimeStyle::Full/> }.into_any())}
                {key_figure("Took", took.unwrap_or_else(|| "—".to_owned()).into_any())}
                {(!head.user.is_empty()).then(|| key_figure("User", head.user.clone().into_any()))}
                {(!source.is_empty()).then(|| key_figure("Source", view! { <code>{source}</code> }.into_any()))}
                {(!commit.is_empty()).then(|| {
                    let short: String = commit.chars().take(10).collect();
                    key_figure("Commit", view! { <code title=commit>{short}</code> }.into_any())
                })}
                {key_figure("Run id", view! {
                    <code>{number::short_id(&head.run_id)}</code>
                    <CopyButton text=head.run_id.clone() what="run id"/>
                }.into_any())}
            </dl>
            <dl class="key-figures run__figures">
                {key_figure("Traces", count_text(sums.traces).into_any())}
                {key_figure("Failed", view! { <span data-tone=(sums.errors > 0).then_some("error")>{failed_share(&sums)}</span> }.into_any())}
                {key_figure("Median duration", p50(&sums).into_any())}
                {key_figure("Tokens", sums.tokens.map_or("—".to_owned(), number::short).into_any())}
                {key_figure("Cost", sums.cost.map_or("—".to_owned(), number::dollars).into_any())}
                {(!sums.ratings.is_empty()).then(|| key_figure("Feedback, on average", rating_chips(&sums, 6)))}
            </dl>
        </header>
    }
    .into_any()
}

fn title(notes: RunNotes, acts: RunActs) -> AnyView {
    let RunNotes {
        name,
        description,
        is_deleted,
        ..
    } = notes;
    let has_description = !description.is_empty();
    let compare = query(&at("/runs/compare"), &[("a", &acts.run_id.get_untracked())]);
    let edit = (!is_deleted).then(|| edit_form(&name, &description, acts));
    let stage = if is_deleted {
        view! {
            <span class="chip" data-tone="error">"deleted"</span>
            <PostForm act=acts.stage>
                <input type="hidden" name="run_id" value=move || acts.run_id.get()/>
                <input type="hidden" name="stage" value="active"/>
                <button class="button">"Restore"</button>
            </PostForm>
        }
        .into_any()
    } else {
        let is_held = move || acts.stage.is_held(TARGET);
        view! {
            <span hidden=is_held>
                <UndoForm act=acts.stage target=TARGET.to_owned() words=format!("Run {name} deleted")>
                    <input type="hidden" name="run_id" value=move || acts.run_id.get()/>
                    <input type="hidden" name="stage" value="deleted"/>
                    <button class="button" data-tone="error"><Icon name=IconName::Delete/>"Delete"</button>
                </UndoForm>
            </span>
        }
        .into_any()
    };
    view! {
        <div class="page__head run__title">
            <h1 dir="auto">{name}</h1>
            <div class="run__acts">
                <a class="button" href=compare>"Compare"</a>
                {edit}
                {stage}
            </div>
        </div>
        {has_description.then(|| view! { <p class="run__description" dir="auto">{description}</p> })}
    }
    .into_any()
}

/// What a deletion is held for: there is one run on the page.
const TARGET: &str = "run";

fn edit_form(name: &str, description: &str, acts: RunActs) -> AnyView {
    let (name, description) = (name.to_owned(), description.to_owned());
    view! {
        <details class="run__edit">
            <summary class="button"><Icon name=IconName::Edit/>"Edit"</summary>
            <div class="popover">
                <PostForm act=acts.update>
                    <input type="hidden" name="run_id" value=move || acts.run_id.get()/>
                    <label class="popover__label">
                        "Name"
                        <input class="input" name="name" value=name required maxlength="250" autocomplete="off"/>
                    </label>
                    <label class="popover__label">
                        "Description"
                        <textarea class="input" name="description" rows="5" maxlength="8000" dir="auto">{description}</textarea>
                    </label>
                    <button class="button" data-weight="main">"Save"</button>
                </PostForm>
            </div>
        </details>
    }
    .into_any()
}
