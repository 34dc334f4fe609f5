//! Saved views: names for lists as they stand, with filter, range and order.

use leptos::prelude::*;

use super::beside::{Beside, Listed};
use crate::model::{ViewList, ViewRow};
use crate::reads::beside::BesideRead;
use crate::server_fns::paths;
use crate::url_state::{ListState, view_href};
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::post_form::{Act, PostForm};
use crate::widgets::undo::UndoForm;

/// What can be done to views.
#[derive(Clone, Copy)]
pub struct Acts {
    save: Act,
    change: Act,
    /// Removing a view.
    pub delete: Act,
}

impl Acts {
    /// None done yet.
    pub fn new() -> Self {
        Self {
            save: Act::new(paths::SAVE_VIEW),
            change: Act::new(paths::CHANGE_VIEW),
            delete: Act::new(paths::DELETE_VIEW),
        }
    }

    /// How often anything was done.
    fn done(self) -> u32 {
        self.save.done.get() + self.change.done.get() + self.delete.done.get()
    }

    fn problem(self) -> Option<String> {
        let problems = [self.save, self.change, self.delete].map(|act| act.problem.get());
        problems.into_iter().flatten().next()
    }
}

impl Default for Acts {
    fn default() -> Self {
        Self::new()
    }
}

/// The address behind the `?` that a view of this list has.
pub fn query_of(state: &ListState) -> String {
    let state = ListState {
        view: String::new(),
        ..state.first_page()
    };
    state.href("").trim_start_matches('?').to_owned()
}

/// The panel in the menu over a list.
#[component]
pub fn ViewsPart() -> impl IntoView {
    let (beside, listed) = (Beside::here(), Listed::here());
    let query = query_of(&listed.state);
    let id = listed.state.view.clone();
    // The button that unfolds the panel says which view the reader came by.
    Effect::new(move |_| {
        let reply = beside.views.reply.get();
        let found: Option<ViewList> = reply.and_then(|reply| reply.open().ok());
        let views = found.map(|found| found.views).unwrap_or_default();
        let view = views.into_iter().find(|view| view.id.to_string() == id);
        let name = view.map(|view| {
            let changed = if view.query == query { "" } else { ", changed" };
            format!(": {}{changed}", view.name)
        });
        beside.view_name.set(name.unwrap_or_default());
    });
    view! { <ViewsPanel first=None acts=Acts::new()/> }
}

/// The views with what can be done to them, and the form to save one more.
#[component]
pub fn ViewsPanel(
    /// The views as the page has them; `None` if the browser is to ask.
    first: Option<ViewList>,
    /// What can be done to them. What was done can be undone at the panel's side, which may be put away.
    acts: Acts,
) -> impl IntoView {
    let (beside, listed) = (Beside::here(), Listed::here());
    let before = beside.acts.get_untracked();
    let experiment = listed.experiment;
    let is_here = first.is_some();
    Effect::new(move |_| {
        let done = acts.done();
        beside.acts.set(before + done);
        if done > 0 || !is_here {
            let acts = before + done;
            beside.views.ask(BesideRead::Views { experiment, acts });
        }
    });
    let asked = Memo::new(move |_| {
        let reply = beside.views.reply.get();
        reply.and_then(|reply| reply.open::<ViewList>().ok())
    });
    Effect::new(move |_| {
        if asked.with(Option::is_some) {
            acts.delete.settle();
        }
    });
    let query = query_of(&listed.state);
    let rows = {
        let query = query.clone();
        move || {
            let found = asked.get().or_else(|| first.clone());
            let views = found.map(|found| found.views).unwrap_or_default();
            if views.is_empty() {
                return view! { <p class="quiet">"None yet."</p> }.into_any();
            }
            let rows = views
                .into_iter()
                .map(|view| row(view, acts, &listed, &query));
            view! { <ul class="views">{rows.collect_view()}</ul> }.into_any()
        }
    };
    view! {
        {rows}
        {save_form(acts.save, experiment, query)}
        <span class="field-problem" role="status">{move || acts.problem()}</span>
    }
    .into_any()
}

fn save_form(act: Act, experiment: i64, query: String) -> AnyView {
    view! {
        <PostForm act=act>
            <input type="hidden" name="experiment_id" value=experiment.to_string()/>
            <input type="hidden" name="query" value=query/>
            <label class="popover__label">
                "Save this list as"
                <input class="input" name="name" required maxlength="250" autocomplete="off"/>
            </label>
            <label class="views__mine"><input type="checkbox" name="mine" value="1"/>"Only for me, in this browser"</label>
            <button class="button" data-weight="main">"Save"</button>
        </PostForm>
    }
    .into_any()
}

fn row(view: ViewRow, acts: Acts, listed: &Listed, query: &str) -> AnyView {
    let id = view.id.to_string();
    let name = view.name;
    let target = id.clone();
    let is_held = move || acts.delete.is_held(&target);
    let is_current = listed.state.view == id;
    let href = view_href(&listed.path, &view.query, &id);
    let update = (view.query != query).then(|| {
        let label = format!("Save this list as {name}");
        let (id, query) = (id.clone(), query.to_owned());
        view! {
            <PostForm act=acts.change>
                <input type="hidden" name="id" value=id/>
                <input type="hidden" name="query" value=query/>
                <button class="button" data-size="small" title=label.clone() aria-label=label>"Update"</button>
            </PostForm>
        }
    });
    let words = format!("View {name} deleted");
    let rename_label = format!("Rename {name}");
    let delete_label = format!("Delete {name}");
    let (renamed, deleted, old_name) = (id.clone(), id.clone(), name.clone());
    view! {
        <li class="views__view" hidden=is_held>
            <a class="views__name" href=href aria-current=is_current.then_some("true")>{name}</a>
            {view.is_mine.then(|| view! { <span class="chip">"mine"</span> })}
            {update}
            <details class="views__rename">
                <summary class="icon-button" title=rename_label.clone() aria-label=rename_label><Icon name=IconName::Edit/></summary>
                <PostForm act=acts.change>
                    <input type="hidden" name="id" value=renamed/>
                    <label class="popover__label">
                        "New name"
                        <input class="input" name="name" required maxlength="250" value=old_name autocomplete="off"/>
                    </label>
                    <button class="button">"Rename"</button>
                </PostForm>
            </details>
            <UndoForm act=acts.delete target=id words=words>
                <input type="hidden" name="id" value=deleted/>
                <button class="icon-button" title=delete_label.clone() aria-label=delete_label><Icon name=IconName::Delete/></button>
            </UndoForm>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::query_of;
    use crate::url_state::{ListState, view_href};

    #[test]
    fn a_view_is_the_address_without_its_place() {
        let state = ListState {
            filter: "status = 'OK'".to_owned(),
            page: "x".to_owned(),
            view: "3".to_owned(),
            ..ListState::default()
        };
        let query = query_of(&state);
        assert_eq!(query, "filter=status%20%3D%20%27OK%27");
        assert_eq!(view_href("/x", &query, "3"), format!("/x?{query}&view=3"));
        assert_eq!(view_href("/x", "", "3"), "/x?view=3");
    }
}
