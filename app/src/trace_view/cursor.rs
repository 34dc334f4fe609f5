//! Where the reader is in a trace: the span that the address names, and where the reader went from there.

use leptos::prelude::*;

use crate::reads::{Loaded, Read, load};

/// How long the cursor must rest before its span is fetched and written into the address.
#[cfg(feature = "hydrate")]
const REST: std::time::Duration = std::time::Duration::from_millis(90);

/// Which span the reader is at. Made by the page before anything has arrived.
#[derive(Clone, Copy)]
pub struct Cursor {
    /// The span that the reader went to in this page; `None` follows the address.
    here: RwSignal<Option<String>>,
    /// The same once the cursor rests.
    rested: RwSignal<Option<String>>,
    /// The span that the address names.
    addressed: Signal<Option<String>>,
}

impl Cursor {
    /// Follows `addressed` until the reader goes elsewhere, and again whenever the address changes.
    pub fn new(addressed: Signal<Option<String>>) -> Self {
        let cursor = Self {
            here: RwSignal::new(None),
            rested: RwSignal::new(None),
            addressed,
        };
        Effect::new(move |before: Option<Option<String>>| {
            let now = addressed.get();
            if before.is_some_and(|before| before != now) {
                cursor.here.set(None);
                cursor.rested.set(None);
            }
            now
        });
        cursor
    }

    /// Forgets where the reader went whenever another trace is on the page.
    pub fn follow(self, trace: Memo<String>) {
        Effect::new(move |before: Option<String>| {
            let now = trace.get();
            if before.is_some_and(|before| before != now) {
                self.here.set(None);
                self.rested.set(None);
            }
            now
        });
    }

    /// The head of the trace and the span that the reader is at, as the server has them.
    pub fn load(self, trace: Signal<String>) -> (Loaded, Loaded) {
        let head = load(Signal::derive(move || Read::Trace(trace.get())));
        let detail = load(Signal::derive(move || Read::Span {
            trace: trace.get(),
            span: self.opened().unwrap_or_default(),
        }));
        (head, detail)
    }

    /// The span to open; `None` leaves the choice to the trace.
    pub fn opened(&self) -> Option<String> {
        self.rested.get().or_else(|| self.addressed.get())
    }

    /// The span to mark; `None` leaves the choice to the trace.
    pub(super) fn marked(&self) -> Option<String> {
        self.here.get().or_else(|| self.addressed.get())
    }

    /// Marks a row that has no span to open.
    pub fn mark(&self, id: String) {
        self.here.set(Some(id));
    }

    /// Goes to a span: marks it at once, opens it and writes it into the address when the cursor rests.
    pub fn go_to(&self, span: String) {
        self.here.set(Some(span.clone()));
        #[cfg(feature = "hydrate")]
        {
            let cursor = *self;
            crate::browser::after(REST, move || {
                if cursor.here.try_get_untracked().flatten().as_ref() == Some(&span) {
                    crate::browser::replace_parameter("span", &span);
                    cursor.rested.set(Some(span));
                }
            });
        }
        #[cfg(not(feature = "hydrate"))]
        self.rested.set(Some(span));
    }
}
