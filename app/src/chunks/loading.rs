//! Chunks in the browser: the functions at which the build splits them off, and what loads them.

use std::cell::RefCell;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::screens::{
    drawn_beside, drawn_compare, drawn_filter, drawn_groups, drawn_home, drawn_lists,
    drawn_overview, drawn_palette, drawn_trace,
};
use super::{Chunk, Screen};
use crate::error::AppError;
use crate::pages::{failed_page, loading_page, skeleton};
use crate::palette::Overlay;
use crate::widgets::problem::Problem;

type Drawn = Result<AnyView, SplitLoaderError>;

thread_local! {
    static LOADED: RefCell<Vec<Chunk>> = const { RefCell::new(Vec::new()) };
}

#[wasm_split(beside, preload(load_beside), fallible)]
fn beside_chunk(screen: Screen) -> Drawn {
    Ok(drawn_beside(screen))
}

#[wasm_split(filter, preload(load_filter), fallible)]
fn filter_chunk() -> Drawn {
    Ok(drawn_filter())
}

#[wasm_split(trace, preload(load_trace), fallible)]
fn trace_chunk(screen: Screen) -> Drawn {
    Ok(drawn_trace(screen))
}

#[wasm_split(lists, preload(load_lists), fallible)]
fn lists_chunk(screen: Screen) -> Drawn {
    Ok(drawn_lists(screen))
}

#[wasm_split(compare, preload(load_compare), fallible)]
fn compare_chunk(screen: Screen) -> Drawn {
    Ok(drawn_compare(screen))
}

#[wasm_split(groups, preload(load_groups), fallible)]
fn groups_chunk(screen: Screen) -> Drawn {
    Ok(drawn_groups(screen))
}

#[wasm_split(overview, preload(load_overview), fallible)]
fn overview_chunk(screen: Screen) -> Drawn {
    Ok(drawn_overview(screen))
}

#[wasm_split(home, preload(load_home), fallible)]
fn home_chunk(screen: Screen) -> Drawn {
    Ok(drawn_home(screen))
}

#[wasm_split(palette, preload(load_palette), fallible)]
fn palette_chunk(overlay: Overlay, on_close: Callback<()>) -> Drawn {
    Ok(drawn_palette(overlay, on_close))
}

pub fn palette_when_loaded(overlay: Overlay, on_close: Callback<()>) -> AnyView {
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
            let drawn = ready(palette_chunk(overlay.clone(), on_close));
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
        Chunk::Filter => load_filter().await,
        Chunk::Trace => load_trace().await,
        Chunk::Lists => load_lists().await,
        Chunk::Compare => load_compare().await,
        Chunk::Groups => load_groups().await,
        Chunk::Home => load_home().await,
        Chunk::Palette => load_palette().await,
        Chunk::Overview => load_overview().await,
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
        Chunk::Filter => ready(filter_chunk()),
        Chunk::Trace => ready(trace_chunk(screen)),
        Chunk::Lists => ready(lists_chunk(screen)),
        Chunk::Compare => ready(compare_chunk(screen)),
        Chunk::Groups => ready(groups_chunk(screen)),
        Chunk::Home => ready(home_chunk(screen)),
        Chunk::Palette => None,
        Chunk::Overview => ready(overview_chunk(screen)),
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
        None if screen.is_part() => skeleton(),
        None => loading_page(),
        Some(Some(view)) => view,
        Some(None) => {
            let text = "Part of the viewer could not be loaded.".to_owned();
            let error = AppError::Failed(text);
            match screen.is_part() {
                true => view! { <Problem error=error on_retry=move |()| fetch()/> }.into_any(),
                false => failed_page(error, fetch),
            }
        }
    };
    view.into_any()
}

/// Loads chunks as soon as a pointer or the focus comes to a link that leads to one of their screens, or into what says in
/// `data-ahead` that it unfolds one.
pub fn fetch_ahead() {
    let near = |target: Option<web_sys::EventTarget>| {
        let element = target.and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let around = element.and_then(|element| element.closest("a[href],[data-ahead]").ok()?);
        let named = |name: &str| {
            around
                .as_ref()
                .and_then(|around| around.get_attribute(name))
        };
        let of_link = named("href")
            .filter(|href| href.starts_with('/'))
            .and_then(|href| crate::address::within(&href))
            .and_then(|path| Chunk::of_path(&path));
        let chunk = of_link.or_else(|| Chunk::named(&named("data-ahead")?));
        if let Some(chunk) = chunk.filter(|chunk| !is_loaded(*chunk)) {
            leptos::task::spawn_local(async move {
                load(chunk).await;
            });
        }
    };
    window_event_listener(leptos::ev::pointerover, move |event| near(event.target()));
    window_event_listener(leptos::ev::focusin, move |event| near(event.target()));
}
