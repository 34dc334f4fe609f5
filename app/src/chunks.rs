//! Screens whose code comes when they are opened, so that the list of traces, where most visits begin, loads none of it.
//!
//! A chunk is a WebAssembly module of its own; the build splits it off at the functions that are marked here. The server renders its
//! screens like any other and names its files in the head of their pages. The browser loads it before it takes such a page
//! over, so that server and page draw the same, and else when a pointer comes near a link that leads there.

use leptos::prelude::*;

use crate::pages::embedded::EmbeddedTraces;
use crate::pages::trace::TracePage;

/// A part of the viewer that is loaded when it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chunk {
    /// The page of a trace and its embedded twin.
    Trace,
}

impl Chunk {
    /// The chunk's name in the site's manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trace => "trace",
        }
    }

    /// The chunk that the page at a path needs.
    pub fn of_path(path: &str) -> Option<Self> {
        let mut segments = path.trim_matches('/').split('/');
        match (segments.next()?, segments.next()) {
            ("traces" | "static-files", Some(_)) => Some(Self::Trace),
            _ => None,
        }
    }
}

/// A screen that belongs to a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// One trace.
    Trace,
    /// Traces in a notebook.
    Embedded,
}

fn drawn(screen: Screen) -> AnyView {
    match screen {
        Screen::Trace => view! { <TracePage/> }.into_any(),
        Screen::Embedded => view! { <EmbeddedTraces/> }.into_any(),
    }
}

/// A screen, once its chunk is there.
pub fn screen_view(screen: Screen) -> AnyView {
    #[cfg(feature = "hydrate")]
    return browser_half::when_loaded(screen);
    #[cfg(not(feature = "hydrate"))]
    drawn(screen)
}

#[cfg(feature = "hydrate")]
pub use browser_half::{fetch_ahead, load};

#[cfg(feature = "hydrate")]
mod browser_half {
    use std::cell::Cell;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use leptos::prelude::*;
    use wasm_bindgen::JsCast;
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    use super::{Chunk, Screen, drawn};
    use crate::error::AppError;
    use crate::pages::{failed_page, loading_page};

    thread_local! {
        static IS_TRACE_LOADED: Cell<bool> = const { Cell::new(false) };
    }

    #[wasm_split(trace, preload(load_trace), fallible)]
    fn trace_chunk(screen: Screen) -> Result<AnyView, SplitLoaderError> {
        Ok(drawn(screen))
    }

    /// Loads a chunk; true once it is there. What failed can be tried again.
    pub async fn load(chunk: Chunk) -> bool {
        let Chunk::Trace = chunk;
        let is_loaded = load_trace().await.is_ok();
        IS_TRACE_LOADED.set(is_loaded);
        is_loaded
    }

    /// The view of a screen whose chunk is there; the call is ready at once then.
    fn now(screen: Screen) -> Option<AnyView> {
        if !IS_TRACE_LOADED.get() {
            return None;
        }
        let mut call = pin!(trace_chunk(screen));
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
                let is_loaded = load(Chunk::Trace).await;
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
            if IS_TRACE_LOADED.get() {
                return;
            }
            let link = target
                .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
                .and_then(|element| element.closest("a[href]").ok().flatten());
            let chunk = link
                .and_then(|link| link.get_attribute("href"))
                .and_then(|href| Chunk::of_path(&href));
            if let Some(chunk) = chunk {
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
        assert_eq!(needs("/experiments/0/traces"), None);
        assert_eq!(needs("/"), None);
        assert_eq!(needs(""), None);
    }
}
