//! Screens whose code comes when they are opened, so that the list of traces, where most visits begin, loads none of it.
//!
//! A chunk is a WebAssembly module of its own; the build splits it off at the functions that are marked in `loading`. The
//! server renders its screens like any other and names its files in the head of their pages. The browser loads it before it
//! takes such a page over, so that server and page draw the same, and else when a pointer comes near a link that leads there.
//!
//! A new screen is a variant of [`Screen`]; a new chunk is a variant of [`Chunk`] with a line in each table here and in
//! `screens`, and a marked function.

#[cfg(feature = "hydrate")]
mod loading;
mod screens;

use leptos::prelude::*;

#[cfg(feature = "hydrate")]
pub use loading::{fetch_ahead, load};
pub use screens::Screen;

use crate::palette::Overlay;
#[cfg(not(feature = "hydrate"))]
use screens::{
    drawn_beside, drawn_compare, drawn_filter, drawn_groups, drawn_home, drawn_lists,
    drawn_overview, drawn_palette, drawn_trace,
};

/// A part of the viewer that is loaded when it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chunk {
    /// What stands beside a list of traces at once: its tools and histograms.
    Beside,
    /// What the filter box knows of the filter language.
    Filter,
    /// The page of a trace, its embedded twin and its twin for files.
    Trace,
    /// Parts of the list of traces that come when they are asked for.
    Lists,
    /// Traces side by side.
    Compare,
    /// What traces belong to: runs, sessions, users.
    Groups,
    /// The list of experiments, and settings.
    Home,
    /// Search over everything and commands; the choice of an experiment.
    Palette,
    /// The overview of an experiment.
    Overview,
}

impl Chunk {
    /// The chunk's name in the site's manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::Beside => "beside",
            Self::Filter => "filter",
            Self::Trace => "trace",
            Self::Lists => "lists",
            Self::Compare => "compare",
            Self::Groups => "groups",
            Self::Home => "home",
            Self::Palette => "palette",
            Self::Overview => "overview",
        }
    }

    /// The chunk of this name.
    pub fn named(name: &str) -> Option<Self> {
        let all = [
            Self::Beside,
            Self::Filter,
            Self::Trace,
            Self::Lists,
            Self::Compare,
            Self::Groups,
            Self::Home,
            Self::Palette,
            Self::Overview,
        ];
        all.into_iter().find(|chunk| chunk.name() == name)
    }

    /// The chunk that the page at a path needs.
    pub fn of_path(path: &str) -> Option<Self> {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        match segments[..] {
            ["experiments", _, "columns" | "facets" | "views"] => Some(Self::Lists),
            ["traces", _] | ["static-files", ..] | ["open"] | ["open", _] => Some(Self::Trace),
            ["runs" | "sessions", _]
            | ["experiments", _, "groups" | "runs" | "sessions" | "users"]
            | ["experiments", _, "users", _] => Some(Self::Groups),
            [""] | ["find"] | ["settings"] | ["experiments", _, "settings"] => Some(Self::Home),
            ["compare"] => Some(Self::Compare),
            ["experiments", _, "overview"] => Some(Self::Overview),
            _ => None,
        }
    }
}

/// The palette, or another field of its chunk, once that is there.
pub fn palette_view(overlay: Overlay, on_close: Callback<()>) -> AnyView {
    #[cfg(feature = "hydrate")]
    return loading::palette_when_loaded(overlay, on_close);
    #[cfg(not(feature = "hydrate"))]
    drawn_palette(overlay, on_close)
}

/// A screen, once its chunk is there.
pub fn screen_view(screen: Screen) -> AnyView {
    #[cfg(feature = "hydrate")]
    return loading::when_loaded(screen);
    #[cfg(not(feature = "hydrate"))]
    match screen.chunk() {
        Chunk::Beside => drawn_beside(screen),
        Chunk::Filter => drawn_filter(),
        Chunk::Trace => drawn_trace(screen),
        Chunk::Lists => drawn_lists(screen),
        Chunk::Compare => drawn_compare(screen),
        Chunk::Groups => drawn_groups(screen),
        Chunk::Home => drawn_home(screen),
        Chunk::Palette => ().into_any(),
        Chunk::Overview => drawn_overview(screen),
    }
}

/// A part of a page that its server leaves out: it is drawn once the page is alive and the part's chunk is there.
pub fn part_view(screen: Screen) -> AnyView {
    // A list that is drawn anew must not lose its parts in between. What the server drew has none.
    #[cfg(feature = "hydrate")]
    let is_there = RwSignal::new(loading::is_loaded(screen.chunk()));
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
            return loading::now(screen);
            #[cfg(not(feature = "hydrate"))]
            Some(screen_view(screen))
        })
    };
    view! { {part} }.into_any()
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
        assert_eq!(needs("/open"), Some("trace"));
        assert_eq!(needs("/open/2?span=3"), Some("trace"));
        assert_eq!(needs("/compare?a=tr-1"), Some("compare"));
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
        assert_eq!(needs("/experiments/0/overview?from=-7d"), Some("overview"));
        assert_eq!(needs("/experiments/0/traces"), None);
        assert_eq!(needs("/"), Some("home"));
        assert_eq!(needs(""), Some("home"));
        assert_eq!(needs("/find?text=x"), Some("home"));
        assert_eq!(needs("/experiments/0/settings"), Some("home"));
    }
}
