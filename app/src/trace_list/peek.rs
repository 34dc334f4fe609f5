//! The room beside a list in which a trace is looked into: a splitter, and the panel whose code comes when it is first needed.

use leptos::prelude::*;

use super::desk::Desk;
use crate::chunks::{Screen, screen_view};
use crate::widgets::time::IsAlive;

/// The list's share of the room, in per cent.
const LEAST: i32 = 20;
const MOST: i32 = 70;
const USUAL: i32 = 40;

/// The splitter and the panel, while a trace is looked into.
#[component]
pub fn Peek() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let is_alive = use_context::<IsAlive>();
    let is_open = Memo::new(move |_| {
        let is_alive = is_alive.is_some_and(|IsAlive(is_alive)| is_alive.get());
        is_alive && desk.peeked.with(Option::is_some)
    });
    // Rows are of another height where the list is narrow.
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        is_open.track();
        let _ = request_animation_frame(crate::browser::list::tell_resize);
    });
    move || is_open.get().then(room)
}

fn room() -> AnyView {
    let share = RwSignal::new(remembered());
    let key = move |event: leptos::ev::KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowLeft" => -2,
            "ArrowRight" => 2,
            "Home" => -100,
            "End" => 100,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        set(share, share.get_untracked() + step);
    };
    let list_share = move || share.get().to_string();
    view! {
        <div
            class="splitter"
            role="separator"
            tabindex="0"
            aria-orientation="vertical"
            aria-label="Width of the list"
            aria-valuenow=list_share
            aria-valuemin=LEAST.to_string()
            aria-valuemax=MOST.to_string()
            title="Drag, or move with the arrow keys"
            on:keydown=key
            on:pointerdown=move |event| drag(&event, share)
        ></div>
        <aside class="peek" aria-label="Trace" data-pane="" style=("--list-share", list_share)>
            {screen_view(Screen::Peek)}
        </aside>
    }
    .into_any()
}

fn set(share: RwSignal<i32>, percent: i32) {
    let percent = percent.clamp(LEAST, MOST);
    share.set(percent);
    #[cfg(feature = "hydrate")]
    {
        crate::browser::list::remember(KEY, &percent.to_string());
        let _ = request_animation_frame(crate::browser::list::tell_resize);
    }
}

#[cfg(feature = "hydrate")]
const KEY: &str = "spanfall_list_share";

#[cfg(feature = "hydrate")]
fn remembered() -> i32 {
    let kept = crate::browser::list::remembered(KEY).and_then(|text| text.parse().ok());
    kept.map_or(USUAL, |percent: i32| percent.clamp(LEAST, MOST))
}

#[cfg(not(feature = "hydrate"))]
fn remembered() -> i32 {
    USUAL
}

#[cfg(feature = "hydrate")]
fn drag(event: &leptos::ev::PointerEvent, share: RwSignal<i32>) {
    crate::browser::list::on_drag(event, ".trace-list__body", move |part, _| {
        set(share, (part * 100.0).round() as i32);
    });
}

#[cfg(not(feature = "hydrate"))]
fn drag(_: &leptos::ev::PointerEvent, share: RwSignal<i32>) {
    set(share, USUAL);
}
