//! The frame around every page: navigation, top bar with the path to here, theme switch, skip link.
//!
//! Each page puts its content into it, because what the navigation offers depends on the experiment that the page shows.

mod experiment_switch;
pub mod keys;
pub mod own_keys;
mod palette_host;
mod shortcuts;
mod theme_switch;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::address::at;
use crate::keymap::hint;
use crate::model::ExperimentRef;
use crate::palette::Here;
use crate::server_fns::paths;
use crate::url_state::experiment_href;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::post_form::{Act, PostForm};
use experiment_switch::ExperimentSwitch;
use keys::KeysDialog;
use palette_host::PaletteHost;
use theme_switch::ThemeSwitch;

/// The part of the viewer a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The list of experiments.
    Home,
    /// How an experiment does.
    Overview,
    /// Traces of an experiment, or one of them.
    Traces,
    /// Sessions of an experiment, or one of them.
    Sessions,
    /// Users of an experiment, or one of them.
    Users,
    /// Runs of an experiment, or one of them.
    Runs,
    /// What can be chosen and changed.
    Settings,
    /// None of these.
    Elsewhere,
}

impl Section {
    /// The section of an experiment, as addresses have it; the traces for what is none.
    fn path(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Sessions => "sessions",
            Self::Users => "users",
            Self::Runs => "runs",
            Self::Settings => "settings",
            Self::Home | Self::Traces | Self::Elsewhere => "traces",
        }
    }
}

/// One step of the path to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    /// The step's name.
    pub label: String,
    /// Its address; `None` for the page itself.
    pub href: Option<String>,
}

impl Crumb {
    /// A step that leads somewhere.
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: Some(href.into()),
        }
    }

    /// The page itself.
    pub fn here(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: None,
        }
    }
}

/// A page within the frame.
#[component]
pub fn Frame(
    /// The experiment that the page shows, if it shows one.
    experiment: Option<ExperimentRef>,
    /// Where the page belongs.
    section: Section,
    /// The path to it, from the experiment on.
    crumbs: Vec<Crumb>,
    /// The page has a filter and results under it, to skip to.
    #[prop(optional)]
    is_list: bool,
    /// The page.
    children: Children,
) -> impl IntoView {
    let scope = if experiment.is_some() {
        "experiment"
    } else {
        "all"
    };
    let here = Here {
        experiment: experiment
            .as_ref()
            .map_or_else(String::new, |found| found.id.to_string()),
    };
    remember(&crumbs);
    let title = title_of(&crumbs);
    let title = (!title.is_empty()).then(|| view! { <Title text=title/> });
    let is_settings = section == Section::Settings && experiment.is_none();
    let gear = experiment.as_ref().map(|experiment| {
        let href = experiment_href(experiment.id, "settings");
        let label = "Experiment settings";
        view! {
            <a class="icon-button" href=href title=label aria-label=label>
                <Icon name=IconName::Settings/>
            </a>
        }
    });
    let mut crumbs = crumbs;
    // The path of an experiment's page begins with its name.
    let first = experiment.as_ref().filter(|_| crumbs.len() > 1);
    let switch = first.map(|experiment| {
        let Crumb { label, href } = crumbs.remove(0);
        let (id, href) = (experiment.id, href.unwrap_or_default());
        view! { <ExperimentSwitch name=label href=href experiment=id section=section/> }.into_any()
    });
    let links = experiment.map(|experiment| {
        let base = at(&format!("/experiments/{}", experiment.id));
        view! {
            <span class="frame__section" title=experiment.name.clone()>{experiment.name.clone()}</span>
            {nav_link(format!("{base}/overview"), "Overview", IconName::Chart, section == Section::Overview)}
            {nav_link(format!("{base}/traces"), "Traces", IconName::Traces, section == Section::Traces)}
            {nav_link(format!("{base}/sessions"), "Sessions", IconName::Comment, section == Section::Sessions)}
            {nav_link(format!("{base}/users"), "Users", IconName::Person, section == Section::Users)}
            {nav_link(format!("{base}/runs"), "Runs", IconName::Runs, section == Section::Runs)}
        }
    });
    view! {
        {title}
        <div class="frame" data-scope=scope>
            <div class="frame__skips" data-rove="skips">
                <a class="frame__skip" href="#content" rel="external">"Skip to content"</a>
                {is_list.then(|| view! { <SkipLinks/> })}
            </div>
            <nav class="frame__nav" aria-label="Main" data-rove="nav" data-upright="">
                <a class="frame__logo" href=at("/") aria-label="Spanfall, all experiments">
                    <Logo/>
                    <span class="frame__logo-text">"Spanfall"</span>
                </a>
                <div class="frame__links">
                    {nav_link(at("/"), "Experiments", IconName::Experiments, section == Section::Home)}
                    {links}
                </div>
                <div class="frame__foot">
                    {nav_link(at("/settings"), "Settings", IconName::Settings, is_settings)}
                    <FoldButton/>
                </div>
            </nav>
            <div class="frame__page">
                <header class="frame__bar" data-rove="bar">
                    <a class="frame__home" href=at("/") aria-label="All experiments"><Logo/></a>
                    <nav class="frame__crumbs" aria-label="Path">{crumb_views(switch, crumbs)}</nav>
                    {gear}
                    <div class="frame__actions">
                        <PaletteHost here=here/>
                        <KeysDialog/>
                        <a class="icon-button frame__settings" href=at("/settings") aria-label="Settings" title="Settings">
                            <Icon name=IconName::System/>
                        </a>
                        <ThemeSwitch/>
                    </div>
                </header>
                <main class="frame__main" id="content" tabindex="-1">
                    {children()}
                </main>
            </div>
        </div>
    }
    .into_any()
}

/// The page's title, the page itself first: `ada · Users · demo`. Empty while nothing is known of the page.
fn title_of(crumbs: &[Crumb]) -> String {
    let labels = crumbs.iter().rev().map(|crumb| crumb.label.as_str());
    labels.collect::<Vec<_>>().join(" · ")
}

/// Keeps the page among those that the palette offers first.
fn remember(crumbs: &[Crumb]) {
    #[cfg(feature = "hydrate")]
    {
        let labels: Vec<&str> = crumbs.iter().map(|crumb| crumb.label.as_str()).collect();
        let label = labels.join(" / ");
        Effect::new(move |_| {
            if !label.is_empty() {
                crate::browser::remember_visit(&label);
            }
        });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = crumbs;
}

fn nav_link(href: String, label: &'static str, icon: IconName, is_current: bool) -> AnyView {
    view! {
        <a
            class="frame__link"
            href=href
            title=label
            data-go=go_key(label)
            aria-current=is_current.then_some("true")
        >
            <Icon name=icon/>
            <span class="frame__link-text">{label}</span>
        </a>
    }
    .into_any()
}

/// The letter that leads to a section behind `g`: its first, but for reviews, which come after runs.
fn go_key(label: &str) -> String {
    match label {
        "Review" => "v".to_owned(),
        "Settings" => ",".to_owned(),
        label => label.chars().take(1).collect::<String>().to_lowercase(),
    }
}

/// Ways past what stands before the list. They are the browser's own business, which moves the focus as well.
#[component]
fn SkipLinks() -> impl IntoView {
    view! {
        <a class="frame__skip" href="#filter" rel="external">"Skip to filter"</a>
        <a class="frame__skip" href="#results" rel="external">"Skip to results"</a>
    }
}

/// Folds the navigation to icons, remembered; without script by a round trip.
#[component]
fn FoldButton() -> impl IntoView {
    let act = Act::new(paths::SET_PREFERENCES);
    let press = |folded: &'static str| {
        move |event: leptos::ev::MouseEvent| {
            #[cfg(feature = "hydrate")]
            {
                event.prevent_default();
                crate::preferences::NAV.choose(folded);
                crate::browser::focus_quietly(if folded.is_empty() {
                    "nav-fold"
                } else {
                    "nav-unfold"
                });
            }
            #[cfg(not(feature = "hydrate"))]
            let _ = (&event, folded);
        }
    };
    view! {
        <div class="frame__fold">
            <PostForm act=act>
                <button class="frame__fold-button" id="nav-fold" name="nav" value="folded" title=hint("Fold the navigation", "[") on:click=press("folded")>
                    <Icon name=IconName::Fold/>
                    <span class="frame__link-text">"Fold"</span>
                </button>
                <button class="frame__fold-button frame__unfold-button" id="nav-unfold" name="nav" value="" title=hint("Unfold the navigation", "[") aria-label="Unfold the navigation" on:click=press("")>
                    <Icon name=IconName::Unfold/>
                </button>
            </PostForm>
        </div>
    }
    .into_any()
}

/// The steps with strokes between, `first` before all others.
fn crumb_views(first: Option<AnyView>, crumbs: Vec<Crumb>) -> AnyView {
    let others = crumbs.into_iter().map(|crumb| {
        let label = crumb.label.clone();
        match crumb.href {
            Some(href) => {
                view! { <a class="frame__crumb" href=href title=label>{crumb.label}</a> }.into_any()
            }
            None => {
                view! { <span class="frame__crumb" aria-current="page" title=label>{crumb.label}</span> }
                    .into_any()
            }
        }
    });
    first
        .into_iter()
        .chain(others)
        .enumerate()
        .map(|(index, step)| {
            view! {
                {(index > 0).then(|| view! { <span aria-hidden="true">"/"</span> })}
                {step}
            }
        })
        .collect_view()
        .into_any()
}

/// The mark: spans falling, each from the one above.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
            <rect class="logo__ground" width="32" height="32" rx="7"></rect>
            <rect class="logo__first" x="6" y="7" width="20" height="4" rx="1.5"></rect>
            <rect class="logo__second" x="10" y="14" width="11" height="4" rx="1.5"></rect>
            <rect class="logo__third" x="15" y="21" width="9" height="4" rx="1.5"></rect>
        </svg>
    }
}
