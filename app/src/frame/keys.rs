//! The keys of the viewer, listed in a dialog that `?` opens.

use leptos::html::Dialog;
use leptos::prelude::*;

use super::shortcuts;
use crate::address::at;
use crate::chunks::{Screen, screen_view};
use crate::keymap::{Keymap, hint};
use crate::preferences::KEYMAP;

/// Where keys work, and what each does; keys stand two spaces apart.
const KEYS: [(&str, &[(&str, &str)]); 5] = [
    (
        "Everywhere",
        &[
            ("?", "These keys"),
            ("Ctrl K  ⌘ K", "Search, go to, do"),
            ("/", "Filter, or find in the trace"),
            ("g", "Go to; the next key says where"),
            ("g o  g t  g s", "Overview, traces, sessions"),
            ("g u  g r  g e", "Users, runs, experiments"),
            ("[", "Fold and unfold the navigation"),
            ("F6  Shift F6", "Next, previous pane"),
            ("Tab  ←  →", "To the next group of buttons, then within it"),
            ("y", "Copy the link to this page"),
            ("Ctrl Z  ⌘ Z", "Undo what was just done"),
            ("Esc", "Close"),
        ],
    ),
    (
        "List",
        &[
            ("j  k  ↓  ↑", "Next, previous row"),
            (",  .", "Earlier, later range"),
            ("f", "Facets"),
            (
                "PgDn  PgUp  Home  End",
                "A screen further, back; first, last row",
            ),
            ("←  →", "To the cells of the row"),
            ("Enter", "Look into the trace beside the list"),
            ("o", "Open the trace; Ctrl Enter in a new tab"),
            ("=  -", "Only what is like the cell; all but that"),
            ("x  Shift X", "Choose the row; all rows to here"),
            ("Ctrl A", "Choose what is on screen"),
            ("r  t  c  Del", "Rate, tag, compare, delete what is chosen"),
            ("l", "New traces as they come"),
        ],
    ),
    (
        "Trace",
        &[
            ("j  k  ↓  ↑", "Next, previous span"),
            ("←  →", "Fold, unfold; to the parent, to the first child"),
            ("Home  End", "First, last span"),
            ("e  Shift E", "Next, previous error"),
            ("p  Shift P", "Next, previous span of the same name"),
            ("/", "Find; Enter goes to the next hit"),
            ("m  i", "Critical path; fold stretches in which nothing ran"),
            ("z", "This span alone, and back"),
            ("*", "Unfold all below"),
            ("w  s  a  d", "Zoom in, out; earlier, later"),
            ("f  0", "Zoom to the span; the whole trace"),
            ("v", "View; the next key says which"),
            (
                "v t  v c  v f  v b",
                "Timeline, conversation, flame graph, table by name",
            ),
            ("Shift D", "Conversation: full prompts, or only what is new"),
            ("r", "Rate the message with the focus, else the trace"),
            ("n", "Rate the words chosen in a message"),
            ("Enter", "To the opened span"),
            (
                "Shift F",
                "Find in the opened span; Enter goes to the next place",
            ),
            ("Shift J  Shift K", "Next, previous trace of the list"),
        ],
    ),
    (
        "Session",
        &[
            ("J  K", "Next, previous turn"),
            ("Enter", "Unfold the turn's steps, and fold them"),
            ("r  Shift R", "Thumb up, thumb down; again takes it back"),
        ],
    ),
    (
        "Comparison",
        &[
            ("n  N", "Next, previous difference"),
            ("j  k", "Next, previous step"),
            ("s", "Swap A and B"),
            ("d", "Texts inline or side by side"),
        ],
    ),
];

/// All keys, by place, as the reader presses them.
pub fn key_list() -> AnyView {
    let map = Keymap::read(&KEYMAP.get()).unwrap_or_default();
    key_groups(|key, _| view! { <kbd>{map.named(key)}</kbd> }.into_any())
}

/// All keys, by place; `draw` gets each key and what it does.
pub fn key_groups(draw: impl Fn(&'static str, &'static str) -> AnyView) -> AnyView {
    let groups = KEYS.into_iter().map(|(place, keys)| {
        let keys = keys.iter().map(|(key, act)| {
            let keys = key.split("  ").map(|key| draw(key, act)).collect_view();
            view! { <div class="keys__line"><dt>{keys}</dt><dd>{*act}</dd></div> }
        });
        view! {
            <section class="keys__group">
                <h3>{place}</h3>
                <dl>{keys.collect_view()}</dl>
            </section>
        }
    });
    view! { <div class="keys__groups">{groups.collect_view()}</div> }.into_any()
}

/// The button and the dialog.
#[component]
pub fn KeysDialog() -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    // The keys come when they are asked for.
    let is_asked = RwSignal::new(false);
    let open = move || {
        is_asked.set(true);
        open(dialog)
    };
    let keys = move || is_asked.get().then(|| screen_view(Screen::Keys));
    shortcuts::listen(open);
    view! {
        <button
            type="button"
            class="icon-button needs-script"
            title=hint("Keys", "?")
            aria-label="Keys"
            on:click=move |_| {
                open();
            }
        >
            "?"
        </button>
        <dialog node_ref=dialog class="dialog keys" aria-label="Keys">
            <form method="dialog" class="dialog__head">
                <h2>"Keys"</h2>
                <button class="button">"Close"</button>
            </form>
            {keys}
            <p class="keys__off quiet">"Keys can be changed, and single keys switched off, in the " <a href=at("/settings")>"settings"</a> "."</p>
        </dialog>
    }
    .into_any()
}

/// Opens the dialog; false if it is open or not in the document.
fn open(dialog: NodeRef<Dialog>) -> bool {
    #[cfg(feature = "hydrate")]
    {
        let dialog = dialog.get_untracked().filter(|dialog| !dialog.open());
        dialog.is_some_and(|dialog| dialog.show_modal().is_ok())
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = dialog;
        false
    }
}
