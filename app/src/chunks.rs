//! Screens whose code comes when they are opened, so that the list of traces, where most visits begin, loads none of it.
//!
//! A chunk is a WebAssembly module of its own; the build splits it off at the functions that are marked in `browser_half`. The
//! server renders its screens like any other and names its files in the head of their pages. The browser loads it before it
//! takes such a page over, so that server and page draw the same, and else when a pointer comes near a link that leads there.
//!
//! A new screen is a variant of [`Screen`]; a new chunk is a variant of [`Chunk`] with a line in each table here and a marked
//! function.

use leptos::prelude::*;

use crate::pages::beside::{FacetsPage, ViewsPage};
use crate::pages::compare_runs::CompareRunsPage;
use crate::pages::embedded::EmbeddedTraces;
use crate::pages::experiment_settings::ExperimentSettingsPage;
use crate::pages::find::FindPage;
use crate::pages::home::Home;
use crate::pages::run::RunPage;
use crate::pages::run_list::RunListPage;
use crate::pages::session::SessionPage;
use crate::pages::sessions::SessionsPage;
use crate::pages::settings::SettingsPage;
use crate::pages::trace::TracePage;
use crate::pages::user::UserPage;
use crate::pages::users::UsersPage;
use crate::palette::{Here, Palette};
use crate::trace_list::facets::side::FacetSide;
use crate::trace_list::histogram::Histograms;
use crate::trace_list::tools::Tools;

/// A part of the viewer that is loaded when it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chunk {
    /// What stands beside a list of traces.
    Beside,
    /// The page of a trace and its embedded twin.
    Trace,
    /// What traces belong to: runs, sessions, users.
    Groups,
    /// The list of experiments, and settings.
    Home,
    /// Search over everything and commands.
    Palette,
}

impl Chunk {
    /// The chunk's name in the site's manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::Beside => "beside",
            Self::Trace => "trace",
            Self::Groups => "groups",
            Self::Home => "home",
            Self::Palette => "palette",
        }
    }

    /// The chunk that the page at a path needs.
    pub fn of_path(path: &str) -> Option<Self> {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        match segments[..] {
            ["experiments", _, "facets" | "views"] => Some(Self::Beside),
            ["traces", _] | ["static-files", ..] => Some(Self::Trace),
            ["runs" | "sessions", _]
            | ["experiments", _, "runs" | "sessions" | "users"]
            | ["experiments", _, "users", _] => Some(Self::Groups),
            [""] | ["find"] | ["settings"] | ["experiments", _, "settings"] => Some(Self::Home),
            _ => None,
        }
    }
}

/// A screen that belongs to a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// The tools over a list of traces.
    ListTools,
    /// Its histograms.
    Histograms,
    /// Its facets.
    FacetSide,
    /// Facets and histograms as a page.
    Facets,
    /// Saved views as a page.
    Views,
    /// One trace.
    Trace,
    /// Traces in a notebook.
    Embedded,
    /// The runs of an experiment.
    Runs,
    /// One run.
    Run,
    /// Two runs.
    CompareRuns,
    /// The sessions of an experiment.
    Sessions,
    /// One session.
    Session,
    /// The users of an experiment.
    Users,
    /// One user.
    User,
    /// The list of experiments.
    Home,
    /// Search over everything as a page.
    Find,
    /// What a reader can choose.
    Settings,
    /// What can be changed of an experiment.
    ExperimentSettings,
}

impl Screen {
    /// The chunk with the screen's code.
    pub fn chunk(self) -> Chunk {
        match self {
            Self::ListTools | Self::Histograms | Self::FacetSide => Chunk::Beside,
            Self::Facets | Self::Views => Chunk::Beside,
            Self::Trace | Self::Embedded => Chunk::Trace,
            Self::Runs
            | Self::Run
            | Self::CompareRuns
            | Self::Sessions
            | Self::Session
            | Self::Users
            | Self::User => Chunk::Groups,
            Self::Home | Self::Find | Self::Settings | Self::ExperimentSettings => Chunk::Home,
        }
    }
}

/// The screens of [`Chunk::Beside`].
fn drawn_beside(screen: Screen) -> AnyView {
    match screen {
        Screen::Histograms => view! { <Histograms/> }.into_any(),
        Screen::FacetSide => view! { <FacetSide/> }.into_any(),
        Screen::Facets => view! { <FacetsPage/> }.into_any(),
        Screen::Views => view! { <ViewsPage/> }.into_any(),
        _ => view! { <Tools/> }.into_any(),
    }
}

/// The screens of [`Chunk::Trace`].
fn drawn_trace(screen: Screen) -> AnyView {
    match screen {
        Screen::Embedded => view! { <EmbeddedTraces/> }.into_any(),
        _ => view! { <TracePage/> }.into_any(),
    }
}

/// The screens of [`Chunk::Groups`].
fn drawn_groups(screen: Screen) -> AnyView {
    match screen {
        Screen::Run => view! { <RunPage/> }.into_any(),
        Screen::CompareRuns => view! { <CompareRunsPage/> }.into_any(),
        Screen::Sessions => view! { <SessionsPage/> }.into_any(),
        Screen::Session => view! { <SessionPage/> }.into_any(),
        Screen::Users => view! { <UsersPage/> }.into_any(),
        Screen::User => view! { <UserPage/> }.into_any(),
        _ => view! { <RunListPage/> }.into_any(),
    }
}

/// The screens of [`Chunk::Home`].
fn drawn_home(screen: Screen) -> AnyView {
    match screen {
        Screen::Find => view! { <FindPage/> }.into_any(),
        Screen::Settings => view! { <SettingsPage/> }.into_any(),
        Screen::ExperimentSettings => view! { <ExperimentSettingsPage/> }.into_any(),
        _ => view! { <Home/> }.into_any(),
    }
}

/// The palette, once its chunk is there.
pub fn palette_view(here: Here, on_close: Callback<()>) -> AnyView {
    #[cfg(feature = "hydrate")]
    return browser_half::palette_when_loaded(here, on_close);
    #[cfg(not(feature = "hydrate"))]
    drawn_palette(here, on_close)
}

fn drawn_palette(here: Here, on_close: Callback<()>) -> AnyView {
    view! { <Palette here=here on_close=on_close/> }.into_any()
}

/// A screen, once its chunk is there.
pub fn screen_view(screen: Screen) -> AnyView {
    #[cfg(feature = "hydrate")]
    return browser_half::when_loaded(screen);
    #[cfg(not(feature = "hydrate"))]
    match screen.chunk() {
        Chunk::Beside => drawn_beside(screen),
        Chunk::Trace => drawn_trace(screen),
        Chunk::Groups => drawn_groups(screen),
        Chunk::Home => drawn_home(screen),
        Chunk::Palette => ().into_any(),
    }
}

/// A part of a page that its server leaves out: it is drawn once the page is alive and the part's chunk is there.
pub fn part_view(screen: Screen) -> AnyView {
    // A list that is drawn anew must not lose its parts in between. What the server drew has none.
    #[cfg(feature = "hydrate")]
    let is_there = RwSignal::new(browser_half::is_loaded(screen.chunk()));
    #[cfg(not(feature = "hydrate"))]
    let is_there = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        leptos::task::spawn_local(async move {
            if load(screen.chunk()).await {
                is_there.try_set(true);
            }
        });
    });
    let part = move || {
        is_there.get().then(|| {
            #[cfg(feature = "hydrate")]
            return browser_half::now(screen);
            #[cfg(not(feature = "hydrate"))]
            Some(screen_view(screen))
        })
    };
    view! { {part} }.into_any()
}

#[cfg(feature = "hydrate")]
pub use browser_half::{fetch_ahead, load};

#[cfg(feature = "hydrate")]
mod browser_half {
    use std::cell::RefCell;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use leptos::prelude::*;
    use wasm_bindgen::JsCast;
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    use super::{
        Chunk, Here, Screen, drawn_beside, drawn_groups, drawn_home, drawn_palette, drawn_trace,
    };
    use crate::error::AppError;
    use crate::pages::{failed_page, loading_page};

    type Drawn = Result<AnyView, SplitLoaderError>;

    thread_local! {
        static LOADED: RefCell<Vec<Chunk>> = const { RefCell::new(Vec::new()) };
    }

    #[wasm_split(beside, preload(load_beside), fallible)]
    fn beside_chunk(screen: Screen) -> Drawn {
        Ok(drawn_beside(screen))
    }

    #[wasm_split(trace, preload(load_trace), fallible)]
    fn trace_chunk(screen: Screen) -> Drawn {
        Ok(drawn_trace(screen))
    }

    #[wasm_split(groups, preload(load_groups), fallible)]
    fn groups_chunk(screen: Screen) -> Drawn {
        Ok(drawn_groups(screen))
    }

    #[wasm_split(home, preload(load_home), fallible)]
    fn home_chunk(screen: Screen) -> Drawn {
        Ok(drawn_home(screen))
    }

    #[wasm_split(palette, preload(load_palette), fallible)]
    fn palette_chunk(here: Here, on_close: Callback<()>) -> Drawn {
        Ok(drawn_palette(here, on_close))
    }

    pub fn palette_when_loaded(here: Here, on_close: Callback<()>) -> AnyView {
        let outcome = RwSignal::new(is_loaded(Chunk::Palette).then_some(true));
        if outcome.get_untracked().is_none() {
            leptos::task::spawn_local(async move {
                let is_loaded = load(Chunk::Palette).await;
                outcome.try_set(Some(is_loaded));
            });
        }
        let view = move || match outcome.get() {
            None => view! { <p class="palette__none" role="status">"Loading"</p> }.into_any(),
            Some(_) => {
                let drawn = ready(palette_chunk(here.clone(), on_close));
                drawn.unwrap_or_else(|| {
                    let text = "Part of the viewer could not be loaded. Close and try again.";
                    view! { <p class="palette__none" role="alert">{text}</p> }.into_any()
                })
            }
        };
        view.into_any()
    }

    pub fn is_loaded(chunk: Chunk) -> bool {
        LOADED.with_borrow(|loaded| loaded.contains(&chunk))
    }

    /// Loads a chunk; true once it is there. What failed can be tried again.
    pub async fn load(chunk: Chunk) -> bool {
        let outcome = match chunk {
            Chunk::Beside => load_beside().await,
            Chunk::Trace => load_trace().await,
            Chunk::Groups => load_groups().await,
            Chunk::Home => load_home().await,
            Chunk::Palette => load_palette().await,
        };
        if outcome.is_ok() && !is_loaded(chunk) {
            LOADED.with_borrow_mut(|loaded| loaded.push(chunk));
        }
        outcome.is_ok()
    }

    /// The view of a screen whose chunk is there; the call is ready at once then.
    pub fn now(screen: Screen) -> Option<AnyView> {
        if !is_loaded(screen.chunk()) {
            return None;
        }
        match screen.chunk() {
            Chunk::Beside => ready(beside_chunk(screen)),
            Chunk::Trace => ready(trace_chunk(screen)),
            Chunk::Groups => ready(groups_chunk(screen)),
            Chunk::Home => ready(home_chunk(screen)),
            Chunk::Palette => None,
        }
    }

    fn ready(call: impl Future<Output = Drawn>) -> Option<AnyView> {
        let mut call = pin!(call);
        match call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(view)) => Some(view),
            _ => None,
        }
    }

    pub fn when_loaded(screen: Screen) -> AnyView {
        // The page that is taken over waits for its chunk, so hydration goes this way.
        if let Some(view) = now(screen) {
            return view;
        }
        let outcome = RwSignal::new(None);
        let fetch = move || {
            outcome.set(None);
            leptos::task::spawn_local(async move {
                let is_loaded = load(screen.chunk()).await;
                outcome.try_set(Some(is_loaded));
            });
        };
        fetch();
        let view = move || match outcome.get().map(|_| now(screen)) {
            None => loading_page(),
            Some(Some(view)) => view,
            Some(None) => {
                let text = "Part of the viewer could not be loaded.".to_owned();
                failed_page(AppError::Failed(text), fetch)
            }
        };
        view.into_any()
    }

    /// Loads chunks as soon as a pointer or the focus comes to a link that leads to one of their screens.
    pub fn fetch_ahead() {
        let near = |target: Option<web_sys::EventTarget>| {
            let link = target
                .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
                .and_then(|element| element.closest("a[href]").ok().flatten());
            let chunk = link
                .and_then(|link| link.get_attribute("href"))
                .filter(|href| href.starts_with('/'))
                .and_then(|href| crate::address::within(&href))
                .and_then(|path| Chunk::of_path(&path));
            if let Some(chunk) = chunk.filter(|chunk| !is_loaded(*chunk)) {
                leptos::task::spawn_local(async move {
                    load(chunk).await;
                });
            }
        };
        window_event_listener(leptos::ev::pointerover, move |event| near(event.target()));
        window_event_listener(leptos::ev::focusin, move |event| near(event.target()));
    }
}

#[cfg(test)]
mod tests {
    use super::Chunk;

    #[test]
    fn only_pages_of_a_chunk_need_it() {
        let needs = |path| Chunk::of_path(path).map(Chunk::name);
        assert_eq!(needs("/traces/tr-1"), Some("trace"));
        assert_eq!(needs("/traces/tr-1?span=2"), Some("trace"));
        assert_eq!(
            needs("/static-files/lib/notebook-trace-renderer/index.html"),
            Some("trace")
        );
        assert_eq!(needs("/runs/abc"), Some("groups"));
        assert_eq!(needs("/experiments/0/runs?page=x"), Some("groups"));
        for path in [
            "/experiments/0/sessions",
            "/experiments/0/users",
            "/experiments/0/users/ada",
            "/sessions/s-1?experiment=0",
            "/runs/compare?a=x",
        ] {
            assert_eq!(needs(path), Some("groups"), "{path}");
        }
        assert_eq!(needs("/experiments/0/traces"), None);
        assert_eq!(needs("/"), Some("home"));
        assert_eq!(needs(""), Some("home"));
        assert_eq!(needs("/find?text=x"), Some("home"));
        assert_eq!(needs("/experiments/0/settings"), Some("home"));
    }
}
