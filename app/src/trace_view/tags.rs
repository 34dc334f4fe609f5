//! The tags of a trace: each can be changed and removed, and one can be added.
//!
//! Every act is a form of its own, so all of it works without script; `<details>` keeps the forms out of sight until wanted.

use leptos::prelude::*;

use super::notes::Notes;
use crate::model::TraceNotes;
use crate::reads::{Reply, awaited};
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::post_form::PostForm;
use crate::widgets::undo::UndoForm;
#[cfg(feature = "hydrate")]
use crate::widgets::undo::withdraw;

/// The tags in a row, with the forms that change them.
#[component]
pub fn TagEditor(
    /// The trace's notes.
    notes: Notes,
) -> impl IntoView {
    let problem = move || {
        notes
            .set_tag
            .problem
            .get()
            .or_else(|| notes.delete_tag.problem.get())
    };
    let (_, set_pending) = signal(false);
    let tags = move |reply: Reply| {
        let found: TraceNotes = reply.open().unwrap_or_default();
        notes.delete_tag.settle();
        let tags = found
            .tags
            .into_iter()
            .map(|(key, value)| tag(notes, key, value));
        tags.collect_view().into_any()
    };
    view! {
        <div class="tags" role="group" aria-label="Tags" on:submit=move |event| keep(notes, &event)>
            {awaited(notes.resource, || ().into_any(), set_pending, tags)}
            <details class="tags__edit">
                <summary class="chip tags__add"><Icon name=IconName::Plus/>"Tag"</summary>
                <div class="popover">
                    <PostForm act=notes.set_tag>
                        <input type="hidden" name="trace_id" value=move || notes.trace_id.get()/>
                        <label class="popover__label">"Key" <input class="input" name="key" required maxlength="250" autocomplete="off"/></label>
                        <label class="popover__label">"Value" <input class="input" name="value" maxlength="8000" autocomplete="off"/></label>
                        <button class="button" data-weight="main">"Add"</button>
                    </PostForm>
                </div>
            </details>
            <span class="field-problem" role="status">{problem}</span>
        </div>
    }
    .into_any()
}

/// A tag that is set again is no longer to be removed.
fn keep(notes: Notes, event: &leptos::ev::SubmitEvent) {
    #[cfg(feature = "hydrate")]
    if let Some((_, fields)) = crate::browser::form_fields(event)
        && let (Some(key), true) = (fields.get("key"), fields.has("value"))
    {
        withdraw(notes.delete_tag, &key);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (notes, event);
}

fn tag(notes: Notes, key: String, value: String) -> AnyView {
    let title = format!("{key}: {value}");
    let changed = key.clone();
    let shown = value.clone();
    let removed = key.clone();
    let label = key.clone();
    let (target, words) = (key.clone(), format!("Tag {key} removed"));
    let is_held = {
        let target = target.clone();
        move || notes.delete_tag.is_held(&target)
    };
    view! {
        <details class="tags__edit" hidden=is_held>
            <summary class="chip" title=title>
                <span class="chip__key">{key}</span>
                <span class="chip__value">{shown}</span>
            </summary>
            <div class="popover">
                <PostForm act=notes.set_tag>
                    <input type="hidden" name="trace_id" value=move || notes.trace_id.get()/>
                    <input type="hidden" name="key" value=changed/>
                    <label class="popover__label">
                        {label}
                        <input class="input" name="value" value=value maxlength="8000" autocomplete="off"/>
                    </label>
                    <button class="button" data-weight="main">"Save"</button>
                </PostForm>
                <UndoForm act=notes.delete_tag target=target words=words>
                    <input type="hidden" name="trace_id" value=move || notes.trace_id.get()/>
                    <input type="hidden" name="key" value=removed/>
                    <button class="button" data-tone="error"><Icon name=IconName::Delete/>"Remove"</button>
                </UndoForm>
            </div>
        </details>
    }
    .into_any()
}
