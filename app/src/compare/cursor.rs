//! The opened step: what the address says until the reader goes elsewhere.

use leptos::prelude::*;

/// How long the cursor must rest before its step is fetched and written into the address.
#[cfg(feature = "hydrate")]
const REST: std::time::Duration = std::time::Duration::from_millis(90);

/// Which step the reader is at.
#[derive(Clone, Copy)]
pub struct StepCursor {
    here: RwSignal<Option<String>>,
    rested: RwSignal<Option<String>>,
    addressed: Memo<String>,
}

impl StepCursor {
    /// Follows `addressed` until the reader goes elsewhere, and again whenever the address changes.
    pub fn new(addressed: Memo<String>) -> Self {
        let cursor = Self {
            here: RwSignal::new(None),
            rested: RwSignal::new(None),
            addressed,
        };
        Effect::new(move |before: Option<String>| {
            let now = addressed.get();
            if before.is_some_and(|before| before != now) {
                cursor.reset();
            }
            now
        });
        cursor
    }

    /// Forgets where the reader went: the traces are others.
    pub fn reset(&self) {
        self.here.set(None);
        self.rested.set(None);
    }

    /// The step to mark; empty leaves the choice to the comparison.
    pub fn marked(&self) -> String {
        self.here.get().unwrap_or_else(|| self.addressed.get())
    }

    /// The step to open, once the cursor rests.
    pub fn opened(&self) -> String {
        self.rested.get().unwrap_or_else(|| self.addressed.get())
    }

    /// Goes to a step: marks it at once, opens it and writes it into the address when the cursor rests.
    pub fn go_to(&self, step: String) {
        self.here.set(Some(step.clone()));
        #[cfg(feature = "hydrate")]
        {
            let cursor = *self;
            crate::browser::after(REST, move || {
                if cursor.here.try_get_untracked().flatten().as_ref() == Some(&step) {
                    crate::browser::replace_parameter("step", &step);
                    cursor.rested.set(Some(step));
                }
            });
        }
        #[cfg(not(feature = "hydrate"))]
        self.rested.set(Some(step));
    }
}
