//! A box that looks for a text: Enter and the arrows go from one place that has it to the next, Escape empties it.

use leptos::prelude::*;

/// What distinguishes one box from another.
pub struct FindBox {
    /// Element id of the field, unique in the document.
    pub id: String,
    /// Classes of the whole and of its words.
    pub classes: (&'static str, &'static str),
    /// What is searched, for those who do not see where the box stands.
    pub landmark: &'static str,
    /// Name of the field.
    pub label: &'static str,
    /// The word in the empty field, with the key that leads there.
    pub placeholder: &'static str,
    /// What is looked for.
    pub sought: RwSignal<String>,
    /// How much was found, in words.
    pub words: Signal<String>,
    /// Goes to the next place (1) or to the one before (-1).
    pub step: Callback<i32>,
    /// What stands behind the words.
    pub more: AnyView,
}

impl FindBox {
    /// The box.
    pub fn view(self) -> AnyView {
        let Self {
            id,
            classes: (class, words_class),
            landmark,
            label,
            placeholder,
            sought,
            words,
            step,
            more,
        } = self;
        let keydown = move |event: leptos::ev::KeyboardEvent| {
            let by = match (event.key().as_str(), event.shift_key()) {
                ("Enter", true) | ("ArrowUp", _) => -1,
                ("Enter" | "ArrowDown", _) => 1,
                ("Escape", _) => {
                    sought.set(String::new());
                    return;
                }
                _ => return,
            };
            event.prevent_default();
            step.run(by);
        };
        view! {
            <search class=class aria-label=landmark>
                <label class="visually-hidden" for=id.clone()>{label}</label>
                <input
                    class="input"
                    id=id
                    type="search"
                    placeholder=placeholder
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=move || sought.get()
                    on:input=move |event| sought.set(event_target_value(&event))
                    on:keydown=keydown
                />
                <span class=words_class role="status">{move || words.get()}</span>
                {more}
            </search>
        }
        .into_any()
    }
}
