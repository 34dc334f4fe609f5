//! The tags of a run: each can be changed and removed, and one can be added. Forms, so all of it works without script.

use leptos::prelude::*;

use super::acts::RunActs;
use crate::model::RunNotes;
use crate::reads::{Reply, awaited};
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::post_form::PostForm;
use crate::widgets::undo::UndoForm;

/// The tags in a row, with the forms that change them.
#[component]
pub fn RunTags(
    /// What changes the run.
    acts: RunActs,
) -> impl IntoView {
    let problem = move || {
        let problem = acts.set_tag.problem.get();
        problem.or_else(|| acts.delete_tag.problem.get())
    };
    let (_, set_pending) = signal(false);
    let tags = move |reply: Reply| {
        let found: RunNotes = reply.open().unwrap_or_default();
        let tags = found
            .tags
            .into_iter()
            .map(|(key, value)| tag(acts, key, value));
        tags.collect_view().into_any()
    };
    view! {
        <div class="tags" role="group" aria-label="Tags">
            {awaited(acts.notes, || ().into_any(), set_pending, tags)}
            <details class="tags__edit">
                <summary class="chip tags__add"><Icon name=IconName::Plus/>"Tag"</summary>
                <div class="popover">
                    <PostForm act=acts.set_tag>
                        <input type="hidden" name="run_id" value=move || acts.run_id.get()/>
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

fn tag(acts: RunActs, key: String, value: String) -> AnyView {
    let title = format!("{key}: {value}");
    let (label, shown) = (key.clone(), value.clone());
    let words = format!("Tag {key} removed");
    let (changed, removed, target) = (key.clone(), key.clone(), key.clone());
    let is_held = {
        let key = key.clone();
        move || acts.delete_tag.is_held(&key)
    };
    view! {
        <details class="tags__edit" hidden=is_held>
            <summary class="chip" title=title>
                <span class="chip__key">{key}</span>
                <span class="chip__value">{shown}</span>
            </summary>
            <div class="popover">
                <PostForm act=acts.set_tag>
                    <input type="hidden" name="run_id" value=move || acts.run_id.get()/>
                    <input type="hidden" name="key" value=changed/>
                    <label class="popover__label">
                        {label}
                        <input class="input" name="value" value=value maxlength="8000" autocomplete="off"/>
                    </label>
                    <button class="button" data-weight="main">"Save"</button>
                </PostForm>
                <UndoForm act=acts.delete_tag target=target words=words>
                    <input type="hidden" name="run_id" value=move || acts.run_id.get()/>
                    <input type="hidden" name="key" value=removed/>
                    <button class="button" data-tone="error"><Icon name=IconName::Delete/>"Remove"</button>
                </UndoForm>
            </div>
        </details>
    }
    .into_any()
}
