//! Moments, readable in any zone.
//!
//! The server does not know the reader's zone, so the document says UTC; once the page is alive every moment is rewritten
//! in the reader's own zone, in one step and without a mismatch.

use leptos::prelude::*;

use crate::text::time::{Calendar, rfc3339};

/// Whether the page is alive in the browser. Provided by the root component.
#[derive(Clone, Copy)]
pub struct IsAlive(pub ReadSignal<bool>);

/// How a moment is written once the page is alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeStyle {
    /// Relative within the hour, the clock today, else day and clock. For lists.
    Short,
    /// How long ago, and the date.
    Ago,
    /// Date and clock in full.
    Full,
}

/// A moment in the reader's zone; UTC until the page is alive.
#[component]
pub fn Time(
    /// Milliseconds since 1970-01-01 UTC.
    millis: i64,
    /// How it is written.
    style: TimeStyle,
) -> impl IntoView {
    let is_alive = use_context::<IsAlive>();
    let is_alive = move || is_alive.is_some_and(|alive| alive.0.get());
    let utc = Calendar::of(millis);
    let text = move || {
        if !is_alive() {
            return match style {
                TimeStyle::Short => utc.day_and_clock(),
                TimeStyle::Ago => utc.date(),
                TimeStyle::Full => format!("{} UTC", utc.date_and_time()),
            };
        }
        local_text(millis, style)
    };
    let title = move || {
        if is_alive() {
            local_title(millis)
        } else {
            format!("{}.{:03} UTC", utc.date_and_time(), utc.millis)
        }
    };
    view! {
        <time class="time" datetime=rfc3339(millis) title=title>
            {text}
        </time>
    }
}

/// A moment for a list in a page that is alive: written once, without the machinery that waits for that.
pub fn time_now(millis: i64) -> AnyView {
    view! {
        <time class="time" datetime=rfc3339(millis) title=local_title(millis)>
            {local_text(millis, TimeStyle::Short)}
        </time>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
fn local_text(millis: i64, style: TimeStyle) -> String {
    use crate::browser;
    use crate::text::time::ago;
    let now = browser::now_millis();
    let local = Calendar::of(millis + browser::zone_offset_millis(millis));
    let today = Calendar::of(now + browser::zone_offset_millis(now));
    match style {
        TimeStyle::Ago => ago(millis, now),
        TimeStyle::Full => local.date_and_time(),
        TimeStyle::Short => {
            let is_today =
                (local.year, local.month, local.day) == (today.year, today.month, today.day);
            match now.saturating_sub(millis) {
                0..3_600_000 => ago(millis, now),
                _ if is_today => local.clock(),
                _ if local.year == today.year => local.day_and_clock(),
                _ => local.date(),
            }
        }
    }
}

#[cfg(feature = "hydrate")]
fn local_title(millis: i64) -> String {
    let local = Calendar::of(millis + crate::browser::zone_offset_millis(millis));
    format!("{}.{:03}", local.date_and_time(), local.millis)
}

#[cfg(not(feature = "hydrate"))]
fn local_text(_: i64, _: TimeStyle) -> String {
    String::new()
}

#[cfg(not(feature = "hydrate"))]
fn local_title(_: i64) -> String {
    String::new()
}
