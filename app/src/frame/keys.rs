//! The keys of the viewer, listed in a dialog that `?` opens.

use leptos::html::Dialog;
use leptos::prelude::*;

/// Where keys work, and what each does.
const KEYS: [(&str, &[(&str, &str)]); 4] = [
    (
        "Everywhere",
        &[
            ("?", "These keys"),
            ("/", "Filter, or find in the trace"),
            ("Esc", "Close"),
        ],
    ),
    (
        "List",
        &[
            ("j k or ↑ ↓", "Next, previous row"),
            ("Enter", "Open the trace"),
        ],
    ),
    (
        "Trace",
        &[
            ("j k or ↑ ↓", "Next, previous span"),
            ("← →", "Fold, unfold; to the parent, to the first child"),
            ("Home End", "First, last span"),
            ("e  Shift E", "Next, previous error"),
            ("p  Shift P", "Next, previous span of the same name"),
            ("/", "Find; Enter goes to the next hit"),
            ("m", "Critical path"),
            ("z", "This span alone, and back"),
            ("*", "Unfold all below"),
            ("w s a d", "Zoom in, out; earlier, later"),
            ("f  0", "Zoom to the span; the whole trace"),
            (
                "v t  v c  v f  v b",
                "Timeline, conversation, flame graph, table by name",
            ),
            ("Shift D", "Conversation: full prompts, or only what is new"),
            ("Enter", "To the opened span"),
            ("Shift J  Shift K", "Next, previous trace of the list"),
        ],
    ),
    (
        "Comparison",
        &[
            ("n  N", "Next, previous difference"),
            ("j k", "Next, previous step"),
            ("s", "Swap A and B"),
            ("d", "Texts inline or side by side"),
        ],
    ),
];

/// The button and the dialog.
#[component]
pub fn KeysDialog() -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    listen(dialog);
    let groups = KEYS.into_iter().map(|(place, keys)| {
        let keys = keys.iter().map(|(key, act)| {
            view! { <div class="keys__line"><dt><kbd>{*key}</kbd></dt><dd>{*act}</dd></div> }
        });
        view! {
            <section class="keys__group">
                <h3>{place}</h3>
                <dl>{keys.collect_view()}</dl>
            </section>
        }
    });
    let groups = groups.collect_view();
    view! {
        <button
            type="button"
            class="icon-button needs-script"
            title="Keys (?)"
            aria-label="Keys"
            on:click=move |_| {
                open(dialog);
            }
        >
            "?"
        </button>
        <dialog node_ref=dialog class="dialog keys" aria-label="Keys">
            <form method="dialog" class="dialog__head">
                <h2>"Keys"</h2>
                <button class="button">"Close"</button>
            </form>
            <div class="keys__groups">{groups}</div>
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

fn listen(dialog: NodeRef<Dialog>) {
    #[cfg(feature = "hydrate")]
    {
        let listener = window_event_listener(leptos::ev::keydown, move |event| {
            let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
            if event.default_prevented() || has_modifier || crate::browser::is_typing(&event) {
                return;
            }
            match event.key().as_str() {
                // A drawing of the page that was given up listens as well, but has no dialog to open.
                "?" if open(dialog) => {}
                "/" if !crate::browser::has_dialog() && crate::browser::focus_quietly("filter") => {
                }
                _ => return,
            }
            event.prevent_default();
        });
        on_cleanup(move || listener.remove());
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = dialog;
}
