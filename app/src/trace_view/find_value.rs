//! Finding a text in the opened span's values: marked wherever it stands, with a count and the way from one place to the next.

use leptos::prelude::*;

use super::find_box::FindBox;
use super::tab::Tab;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::long_text::Unfolded;

/// The search of a panel.
#[derive(Clone, Copy)]
pub struct Search {
    /// What is looked for.
    sought: RwSignal<String>,
    /// How often it is there.
    count: RwSignal<usize>,
    /// Which of these is shown, counted from 0.
    here: RwSignal<usize>,
    /// The id of the element that is looked through.
    body: StoredValue<String>,
}

impl Search {
    /// For the element with this id, of which long texts unfold while something is looked for.
    pub fn new(body: String, tab: Signal<Tab>) -> Self {
        let search = Self {
            sought: RwSignal::new(String::new()),
            count: RwSignal::new(0),
            here: RwSignal::new(0),
            body: StoredValue::new(body),
        };
        let is_finding = Memo::new(move |_| search.sought.with(|sought| !sought.trim().is_empty()));
        provide_context(Unfolded(is_finding.into()));
        search.follow(tab);
        search
    }

    fn follow(self, tab: Signal<Tab>) {
        #[cfg(feature = "hydrate")]
        {
            use crate::browser::{after, find_text};
            /// Long texts unfold first, and a word is typed to its end.
            const REST: std::time::Duration = std::time::Duration::from_millis(120);
            Effect::new(move |before: Option<String>| {
                tab.track();
                let sought = self.sought.get();
                let sought = sought.trim().to_owned();
                if sought.is_empty() && before.is_none_or(|before| before.is_empty()) {
                    return sought;
                }
                let asked = sought.clone();
                after(REST, move || {
                    let is_asked = |now: String| now.trim() == asked;
                    if !self.sought.try_get_untracked().is_some_and(is_asked) {
                        return;
                    }
                    let found = self.body.with_value(|body| find_text::mark(body, &asked));
                    self.count.set(found);
                    self.here.set(0);
                    if found > 0 {
                        find_text::show(0);
                    }
                });
                sought
            });
            on_cleanup(|| {
                find_text::mark("", "");
            });
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (tab, self.body);
    }

    fn step(self, step: i32) {
        let count = self.count.get_untracked() as i64;
        if count == 0 {
            return;
        }
        let next = (self.here.get_untracked() as i64 + i64::from(step)).rem_euclid(count);
        self.here.set(next as usize);
        #[cfg(feature = "hydrate")]
        crate::browser::find_text::show(next as usize);
    }

    /// The box.
    pub fn view(self, id: String) -> AnyView {
        let words = move || {
            if self.sought.with(|sought| sought.trim().is_empty()) {
                return String::new();
            }
            match self.count.get() {
                0 => "not found".to_owned(),
                count => format!("{} of {count}", self.here.get() + 1),
            }
        };
        let has_several = move || self.count.get() > 1;
        let button = move |label: &'static str, class: &'static str, step: i32| {
            view! {
                <button type="button" class=class title=label aria-label=label on:click=move |_| self.step(step)>
                    <Icon name=IconName::Chevron/>
                </button>
            }
        };
        let steps = move || {
            has_several().then(|| {
                view! {
                    {button("Previous place", "icon-button find-value__before", -1)}
                    {button("Next place", "icon-button find-value__after", 1)}
                }
            })
        };
        FindBox {
            id,
            classes: ("find-value needs-script", "find-value__words"),
            landmark: "Search of the span",
            label: "Find in the span",
            placeholder: "Find ⇧F",
            sought: self.sought,
            words: Signal::derive(words),
            step: Callback::new(move |step| self.step(step)),
            more: steps.into_any(),
        }
        .view()
    }
}
