//! Tags: each can be changed and removed, and one can be added.
//!
//! Every act is a form of its own, so all of it works without script; `<details>` keeps the forms out of sight until wanted.

use leptos::prelude::*;

use super::icon::{Icon, IconName};
use super::post_form::{Act, PostForm};
use super::undo::UndoForm;
#[cfg(feature = "hydrate")]
use super::undo::withdraw;
use crate::reads::{Loaded, Reply, awaited};

/// What the tags belong to, and the acts that change them.
#[derive(Clone, Copy)]
pub struct Tagged {
    /// The argument that names it to the server: `trace_id`.
    pub owner: &'static str,
    /// Which one.
    pub id: Signal<String>,
    /// Where the tags are read from.
    pub notes: Loaded,
    /// Finds them there.
    pub tags: fn(Reply) -> Vec<(String, String)>,
    /// Adds or changes a tag.
    pub set: Act,
    /// Removes a tag.
    pub remove: Act,
}

/// Of more tags than these only the first [`SHOWN`] stand in the row; the others unfold.
const MANY: usize = 6;
const SHOWN: usize = 4;

/// The tags in a row, with the forms that change them.
#[component]
pub fn TagEditor(
    /// Whose tags.
    tagged: Tagged,
) -> impl IntoView {
    let problem = move || {
        let problem = tagged.set.problem.get();
        problem.or_else(|| tagged.remove.problem.get())
    };
    let (_, set_pending) = signal(false);
    // The tags are drawn anew after each act.
    let is_whole = RwSignal::new(false);
    let tags = move |reply: Reply| {
        let tags = (tagged.tags)(reply);
        tagged.remove.settle();
        let shown = if tags.len() > MANY { SHOWN } else { tags.len() };
        let mut tags = tags.into_iter().map(|(key, value)| tag(tagged, key, value));
        let first: Vec<AnyView> = tags.by_ref().take(shown).collect();
        let rest: Vec<AnyView> = tags.collect();
        let rest = (!rest.is_empty()).then(|| {
            let words = format!("+{} tags", rest.len());
            view! {
                <details class="tags__rest" open=move || is_whole.get() on:toggle=move |event| follow(is_whole, &event)>
                    <summary class="chip">{words}</summary>
                    <div class="tags__more">{rest}</div>
                </details>
            }
        });
        view! { {first} {rest} }.into_any()
    };
    view! {
        <div class="tags" role="group" aria-label="Tags" on:submit=move |event| keep(tagged, &event)>
            {awaited(tagged.notes, || ().into_any(), set_pending, tags)}
            <details class="tags__edit">
                <summary class="chip tags__add"><Icon name=IconName::Plus/>"Tag"</summary>
                <div class="popover">
                    <PostForm act=tagged.set>
                        <input type="hidden" name=tagged.owner value=move || tagged.id.get()/>
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

/// Remembers whether the tags that do not stand in the row are unfolded.
fn follow(is_whole: RwSignal<bool>, event: &leptos::ev::Event) {
    #[cfg(feature = "hydrate")]
    let _ = is_whole.try_set(crate::browser::is_within(event, ".tags__rest[open]"));
    #[cfg(not(feature = "hydrate"))]
    let _ = (is_whole, event);
}

/// A tag that is set again is no longer to be removed.
fn keep(tagged: Tagged, event: &leptos::ev::SubmitEvent) {
    #[cfg(feature = "hydrate")]
    if let Some((_, fields)) = crate::browser::form_fields(event)
        && let (Some(key), true) = (fields.get("key"), fields.has("value"))
    {
        withdraw(tagged.remove, &key);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (tagged, event);
}

fn tag(tagged: Tagged, key: String, value: String) -> AnyView {
    let title = format!("{key}: {value}");
    let words = format!("Tag {key} removed");
    let (label, shown) = (key.clone(), value.clone());
    let (changed, removed, target) = (key.clone(), key.clone(), key.clone());
    let is_held = {
        let key = key.clone();
        move || tagged.remove.is_held(&key)
    };
    view! {
        <details class="tags__edit" hidden=is_held>
            <summary class="chip" title=title>
                <span class="chip__key">{key}</span>
                <span class="chip__value">{shown}</span>
            </summary>
            <div class="popover">
                <PostForm act=tagged.set>
                    <input type="hidden" name=tagged.owner value=move || tagged.id.get()/>
                    <input type="hidden" name="key" value=changed/>
                    <label class="popover__label">
                        {label}
                        <input class="input" name="value" value=value maxlength="8000" autocomplete="off"/>
                    </label>
                    <button class="button" data-weight="main">"Save"</button>
                </PostForm>
                <UndoForm act=tagged.remove target=target words=words>
                    <input type="hidden" name=tagged.owner value=move || tagged.id.get()/>
                    <input type="hidden" name="key" value=removed/>
                    <button class="button" data-tone="error"><Icon name=IconName::Delete/>"Remove"</button>
                </UndoForm>
            </div>
        </details>
    }
    .into_any()
}
