//! What can be done with the chosen traces: tag, rate, save, compare, delete.
//!
//! Part of a chunk: it comes when the first trace is chosen.

use leptos::prelude::*;

use super::bulk_work::{Targets, Work};
use super::desk::Desk;
use crate::keymap::hint;
use crate::server_fns::paths;
use crate::text::number::{counted, grouped};
use crate::url_state::query;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::undo::UndoForm;

/// The most traces that are deleted with a chance to undo; more are asked for by a typed word.
const UNDO_MAX: usize = 200;

/// The bar of acts. Stands there while something is chosen or done.
#[component]
pub fn BulkBar() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let selection = desk.selection;
    let work = Work::new(desk);
    let chosen = move || match (selection.is_all.get(), desk.feed.total.get()) {
        (true, Some(total)) => format!("All {} matching chosen", grouped(total)),
        (true, None) => "All matching chosen".to_owned(),
        (false, _) => {
            let count = selection.ids.with(|ids| ids.len() as u64);
            format!("{} chosen", grouped(count))
        }
    };
    let all = move || {
        (!selection.is_all.get()).then(|| {
            let label = match desk.feed.total.get() {
                Some(total) => format!("All {} matching", grouped(total)),
                None => "All matching".to_owned(),
            };
            view! {
                <button type="button" class="button" data-size="small" on:click=move |_| selection.is_all.set(true)>
                    {label}
                </button>
            }
        })
    };
    let acts = move || {
        work.is_running.with(|is_running| !is_running).then(|| {
            view! {
                {tag_form(work)}
                {rate_form(work)}
                {export_form(desk)}
                {move || compare_link(desk)}
                {move || delete_form(desk, work)}
                <button type="button" class="button" data-size="small" on:click=move |_| selection.clear() title="Let all go (Esc)">
                    "Clear"
                </button>
            }
        })
    };
    view! {
        <section class="bulk-bar" aria-label="Chosen traces">
            <strong class="figures" role="status">{chosen}</strong>
            {all}
            {acts}
            {work.view()}
        </section>
    }
    .into_any()
}

fn fold(act: &'static str, label: &'static str, icon: IconName, content: AnyView) -> AnyView {
    view! {
        <details class="bulk-bar__fold" data-act=act>
            <summary class="button" data-size="small"><Icon name=icon/> {label}</summary>
            <div class="popover">{content}</div>
        </details>
    }
    .into_any()
}

fn tag_form(work: Work) -> AnyView {
    let submit = move |event| work.submit(&event, paths::TAG_TRACES, "Tagging", "tagged");
    let form = view! {
        <form on:submit=submit>
            <label class="popover__label">"Key" <input class="input" name="key" required=true maxlength="250" autocomplete="off"/></label>
            <label class="popover__label">"Value" <input class="input" name="value" maxlength="8000" autocomplete="off"/></label>
            <button class="button" data-weight="main">"Tag"</button>
        </form>
    };
    fold("tag", "Tag", IconName::Plus, form.into_any())
}

fn rate_form(work: Work) -> AnyView {
    let submit = move |event| work.submit(&event, paths::RATE_TRACES, "Rating", "rated");
    let thumb = |value: &'static str, label: &'static str, is_first: bool| {
        view! {
            <label class="bulk-bar__choice"><input type="radio" name="thumb" value=value checked=is_first/> {label}</label>
        }
    };
    let form = view! {
        <form on:submit=submit>
            <fieldset class="bulk-bar__choices">
                <legend class="visually-hidden">"Thumb"</legend>
                {thumb("up", "Thumb up", true)} {thumb("down", "Thumb down", false)}
            </fieldset>
            <label class="popover__label">"Comment" <textarea class="input" name="comment" rows="3" maxlength="10000"></textarea></label>
            <button class="button" data-weight="main">"Rate"</button>
        </form>
    };
    fold("rate", "Rate", IconName::ThumbUp, form.into_any())
}

/// A plain form: the answer is a file, and the page stays.
fn export_form(desk: Desk) -> AnyView {
    let action = desk.feed.question.with_value(|question| {
        crate::address::at(&format!(
            "/ui-api/experiments/{}/export",
            question.experiment
        ))
    });
    let fields = move || {
        Targets::of(desk)
            .fields(desk)
            .into_iter()
            .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
            .collect_view()
    };
    let form = view! {
        <form method="post" action=action>
            {fields}
            <button class="button" name="format" value="jsonl">"Traces with spans (JSON lines)"</button>
            <button class="button" name="format" value="csv">"Rows (CSV)"</button>
        </form>
    };
    fold("export", "Export", IconName::Open, form.into_any())
}

/// Two to four traces side by side.
fn compare_link(desk: Desk) -> AnyView {
    let ids = desk.selection.ids.get();
    let is_fit = !desk.selection.is_all.get() && (2..=4).contains(&ids.len());
    if !is_fit {
        return view! {
            <button type="button" class="button" data-size="small" disabled=true title="Choose two to four traces to compare">
                "Compare"
            </button>
        }
        .into_any();
    }
    let names = ["a", "b", "c", "d"];
    let parts: Vec<(&str, &str)> = names
        .into_iter()
        .zip(ids.iter().map(String::as_str))
        .collect();
    let href = query(&crate::address::at("/compare"), &parts);
    view! { <a class="button" data-size="small" href=href data-act="compare" title=hint("Side by side", "c")>"Compare"</a> }.into_any()
}

fn delete_form(desk: Desk, work: Work) -> AnyView {
    let selection = desk.selection;
    let targets = Targets::of(desk);
    let label = "Delete";
    if let Targets::Named(ids) = &targets
        && ids.len() <= UNDO_MAX
    {
        let count = counted(ids.len() as u64, "trace", "traces");
        let joined = ids.join(",");
        let fields = targets.fields(desk).into_iter();
        let fields =
            fields.map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
        return view! {
            <div on:submit=move |_| selection.clear()>
                <UndoForm act=desk.delete target=joined words=format!("{count} deleted")>
                    {fields.collect_view()}
                    <button class="button" data-size="small" data-tone="error" data-act="delete" title="Can be undone for six seconds (Del)">
                        <Icon name=IconName::Delete/> {label}
                    </button>
                </UndoForm>
            </div>
        }
        .into_any();
    }
    let count = targets
        .count(desk)
        .map_or("all matching".to_owned(), grouped);
    let word = RwSignal::new(String::new());
    let is_right = move || word.with(|word| word.trim() == "delete");
    let submit = move |event: leptos::ev::SubmitEvent| {
        if is_right() {
            work.submit(&event, paths::DELETE_TRACES, "Deleting", "deleted");
        } else {
            event.prevent_default();
        }
    };
    let form = view! {
        <form on:submit=submit>
            <p>{format!("This deletes {count} traces with all their spans and ratings. It cannot be undone.")}</p>
            <label class="popover__label">
                "Type “delete” to confirm"
                <input class="input" autocomplete="off" on:input=move |event| word.set(event_target_value(&event))/>
            </label>
            <button class="button" data-tone="error" disabled=move || !is_right()>{format!("Delete {count} traces")}</button>
        </form>
    };
    fold("delete-all", label, IconName::Delete, form.into_any())
}
