//! What can be changed of an experiment: name, description, tags, and whether it is there at all.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::failed_page;
use crate::frame::{Crumb, Frame, Section};
use crate::model::ExperimentSettings;
use crate::pages::loading::loading_text;
use crate::reads::{Read, Reply, awaited, load};
use crate::server_fns::paths;
use crate::url_state::experiment_href;
use crate::widgets::copy::CopyButton;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::post_form::{Act, PostForm};
use crate::widgets::time::{Time, TimeStyle};
use crate::widgets::undo::UndoForm;

#[derive(Clone, Copy)]
struct Acts {
    rename: Act,
    describe: Act,
    set_tag: Act,
    delete_tag: Act,
    delete: Act,
    restore: Act,
}

impl Acts {
    fn new() -> Self {
        Self {
            rename: Act::new(paths::RENAME_EXPERIMENT),
            describe: Act::new(paths::DESCRIBE_EXPERIMENT),
            set_tag: Act::new(paths::SET_EXPERIMENT_TAG),
            delete_tag: Act::new(paths::DELETE_EXPERIMENT_TAG),
            delete: Act::new(paths::DELETE_EXPERIMENT),
            restore: Act::new(paths::RESTORE_EXPERIMENT),
        }
    }

    fn done(self) -> u32 {
        let all = [
            self.rename,
            self.describe,
            self.set_tag,
            self.delete_tag,
            self.restore,
        ];
        all.map(|act| act.done.get()).iter().sum()
    }
}

/// `/experiments/{id}/settings`.
#[component]
pub fn ExperimentSettingsPage() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let found = load(Signal::derive(move || Read::ExperimentSettings(id())));
    let acts = Acts::new();
    Effect::new(move |before: Option<u32>| {
        let done = acts.done();
        if before.is_some_and(|before| before != done) {
            found.refetch();
        }
        done
    });
    let (_, set_pending) = signal(false);
    let draw = move |reply: Reply| match reply.open() {
        Ok(settings) => {
            acts.delete_tag.settle();
            page(settings, acts)
        }
        Err(error) => failed_page(error, move || found.refetch()),
    };
    view! {
        <Title text="Experiment settings"/>
        {awaited(found, loading_text, set_pending, draw)}
    }
}

fn page(settings: ExperimentSettings, acts: Acts) -> AnyView {
    let experiment = settings.row.experiment.clone();
    let id = experiment.id;
    let crumbs = vec![
        Crumb::link(experiment.name.clone(), experiment_href(id, "traces")),
        Crumb::here("Settings"),
    ];
    let tags = settings.row.tags.clone();
    let body = if settings.is_deleted {
        view! {
            <p>"This experiment was deleted. Restored, it has its traces and runs again."</p>
            <PostForm act=acts.restore>
                <input type="hidden" name="experiment_id" value=id/>
                <button class="button" data-weight="main">"Restore"</button>
            </PostForm>
            {problem_of(acts.restore)}
        }
        .into_any()
    } else {
        view! {
            {names(&settings, acts)}
            {tag_list(id, tags, acts)}
            {removal(&settings, acts)}
        }
        .into_any()
    };
    view! {
        <Frame experiment=Some(experiment.clone()) section=Section::Settings crumbs=crumbs>
            <div class="page page--narrow settings">
                <div class="page__head"><h1>"Experiment settings"</h1></div>
                {body}
                <dl class="facts">
                    <div class="facts__row">
                        <dt>"Id"</dt>
                        <dd><code>{id}</code> <CopyButton text=id.to_string() what="experiment id"/></dd>
                    </div>
                    <div class="facts__row"><dt>"Created"</dt><dd><Time millis=settings.created_ms style=TimeStyle::Full/></dd></div>
                    <div class="facts__row"><dt>"Changed"</dt><dd><Time millis=settings.changed_ms style=TimeStyle::Full/></dd></div>
                    <div class="facts__row"><dt>"Artifacts"</dt><dd><code>{settings.artifacts}</code></dd></div>
                </dl>
            </div>
        </Frame>
    }
    .into_any()
}

fn problem_of(act: Act) -> AnyView {
    view! { <p class="field-problem" role="status">{move || act.problem.get()}</p> }.into_any()
}

fn names(settings: &ExperimentSettings, acts: Acts) -> AnyView {
    let id = settings.row.experiment.id;
    let name = settings.row.experiment.name.clone();
    let description = settings.row.description.clone();
    view! {
        <section class="settings__part">
            <PostForm act=acts.rename>
                <input type="hidden" name="experiment_id" value=id/>
                <label class="settings__label" for="settings-name">"Name"</label>
                <div class="settings__line">
                    <input class="input" id="settings-name" name="name" value=name required maxlength="500" autocomplete="off"/>
                    <button class="button">"Rename"</button>
                </div>
            </PostForm>
            {problem_of(acts.rename)}
            <PostForm act=acts.describe>
                <input type="hidden" name="experiment_id" value=id/>
                <label class="settings__label" for="settings-description">"Description"</label>
                <textarea class="input" id="settings-description" name="description" rows="4" maxlength="5000">{description}</textarea>
                <div><button class="button">"Save description"</button></div>
            </PostForm>
            {problem_of(acts.describe)}
        </section>
    }
    .into_any()
}

fn tag_list(id: i64, tags: Vec<(String, String)>, acts: Acts) -> AnyView {
    let line = |(key, value): (String, String)| {
        let (target, removed, words) = (key.clone(), key.clone(), format!("Tag {key} removed"));
        let label = format!("Value of the tag {key}");
        let remove = format!("Remove the tag {key}");
        let is_held = {
            let key = key.clone();
            move || acts.delete_tag.is_held(&key)
        };
        view! {
            <li class="settings__line" hidden=is_held>
                <PostForm act=acts.set_tag>
                    <input type="hidden" name="experiment_id" value=id/>
                    <input type="hidden" name="key" value=key.clone()/>
                    <code class="settings__key">{key.clone()}</code>
                    <input class="input" name="value" value=value maxlength="8000" autocomplete="off" aria-label=label/>
                    <button class="button" data-size="small">"Save"</button>
                </PostForm>
                <UndoForm act=acts.delete_tag target=target words=words>
                    <input type="hidden" name="experiment_id" value=id/>
                    <input type="hidden" name="key" value=removed/>
                    <button class="icon-button" title=remove.clone() aria-label=remove><Icon name=IconName::Delete/></button>
                </UndoForm>
            </li>
        }
    };
    let lines = tags.into_iter().map(line).collect_view();
    view! {
        <section class="settings__part" aria-labelledby="settings-tags">
            <h2 id="settings-tags">"Tags"</h2>
            <ul class="settings__tags">{lines}</ul>
            <PostForm act=acts.set_tag>
                <input type="hidden" name="experiment_id" value=id/>
                <div class="settings__line">
                    <input class="input" name="key" required maxlength="250" autocomplete="off" placeholder="Key" aria-label="Key of a new tag"/>
                    <input class="input" name="value" maxlength="8000" autocomplete="off" placeholder="Value" aria-label="Value of a new tag"/>
                    <button class="button">"Add tag"</button>
                </div>
            </PostForm>
            {problem_of(acts.set_tag)}
            {problem_of(acts.delete_tag)}
        </section>
    }
    .into_any()
}

fn removal(settings: &ExperimentSettings, acts: Acts) -> AnyView {
    let id = settings.row.experiment.id;
    if settings.is_default {
        let text =
            "The default experiment takes traces that name no other, so it cannot be deleted.";
        return view! { <p class="quiet">{text}</p> }.into_any();
    }
    view! {
        <section class="settings__part" aria-labelledby="settings-delete">
            <h2 id="settings-delete">"Delete"</h2>
            <p>
                "A deleted experiment is no longer listed and takes no new traces. It can be restored on the home page until its "
                "data are collected."
            </p>
            <PostForm act=acts.delete>
                <input type="hidden" name="experiment_id" value=id/>
                <input type="hidden" name="then_home" value="1"/>
                <div><button class="button" data-tone="error"><Icon name=IconName::Delete/>"Delete experiment"</button></div>
            </PostForm>
            {problem_of(acts.delete)}
        </section>
    }
    .into_any()
}
