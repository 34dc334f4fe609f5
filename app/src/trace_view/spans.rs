//! The left half of a trace: the bar that chooses and searches, and the spans in the chosen layout.

use domain::span_table::Kind;
use leptos::prelude::*;

use super::find_box::FindBox;
use super::flame::FlameGraph;
use super::header::kind_words;
use super::layout::Layout;
use super::name_table::NameTable;
use super::story::Conversation;
use super::timeline::Timeline;
use super::tree_state::TreeState;
use crate::keymap::hint;
use crate::model::TraceHead;

/// The spans of a trace.
#[component]
pub fn Spans(
    /// The shared state of the trace's panels.
    tree: TreeState,
    /// The trace.
    head: TraceHead,
    /// Unique in the document.
    id: String,
    /// Address of the page that links lead to; empty for the present one.
    page: String,
    /// How they are seen.
    layout: RwSignal<Layout>,
) -> impl IntoView {
    let is_whole_page = page.is_empty();
    let bar = is_whole_page.then(|| bar(tree, layout, format!("{id}-find")));
    let parts = StoredValue::new((head, id, page));
    let spans = move || {
        let (head, id, page) = parts.get_value();
        match layout.get() {
            Layout::Timeline => {
                view! { <Timeline tree=tree head=head id=id page=page/> }.into_any()
            }
            Layout::Chat => view! { <Conversation tree=tree trace_id=head.trace_id/> }.into_any(),
            Layout::Flame => view! { <FlameGraph tree=tree/> }.into_any(),
            Layout::Names => view! { <NameTable tree=tree layout=layout/> }.into_any(),
        }
    };
    view! { <div class="spans">{bar} {spans}</div> }.into_any()
}

/// Shows the spans another way and says so in the address.
pub fn choose(layout: RwSignal<Layout>, chosen: Layout) {
    if layout.get_untracked() == chosen {
        return;
    }
    layout.set(chosen);
    #[cfg(feature = "hydrate")]
    crate::browser::replace_parameter("view", chosen.parameter());
}

fn bar(tree: TreeState, layout: RwSignal<Layout>, find_id: String) -> AnyView {
    let choices = Layout::ALL.map(|choice| {
        view! {
            <button
                type="button"
                class="segmented__choice"
                data-choice=choice.as_str()
                title=format!("{} (v {})", choice.label(), choice.key())
                aria-pressed=move || (layout.get() == choice).to_string()
                on:click=move |_| choose(layout, choice)
            >
                {choice.label()}
            </button>
        }
    });
    let in_timeline = move || layout.get() == Layout::Timeline;
    let repeats = move || {
        let has_repeats = tree.repeats.with(|repeats| !repeats.is_empty());
        (has_repeats && in_timeline()).then(|| {
            let title = "Steps that follow each other again and again become one row".to_owned();
            let is_folding = tree.is_folding_repeats;
            toggle(tree, "Fold repeats", title, is_folding, |tree, is_on| {
                tree.fold_repeats(is_on);
            })
        })
    };
    let gaps = move || {
        let has_gaps = tree.gaps.with(|gaps| !gaps.is_empty());
        (has_gaps && in_timeline()).then(|| {
            let title = hint("Long stretches in which nothing ran become marks", "i");
            let is_folding = tree.is_folding_gaps;
            toggle(tree, "Fold gaps", title, is_folding, |tree, is_on| {
                tree.fold_gaps(is_on);
            })
        })
    };
    let title = hint("What the whole trace waited for at each moment", "m");
    let is_shown = tree.is_path_shown;
    let path = toggle(tree, "Critical path", title, is_shown, |tree, is_on| {
        tree.is_path_shown.set(is_on);
    });
    let is_filtering = move || {
        let is_filtering = tree.only_kind.get().is_some() || tree.is_hiding_short.get();
        is_filtering.then_some("true")
    };
    view! {
        <div class="spans__bar needs-script">
            <div class="segmented" role="group" aria-label="View">{choices.into_iter().collect_view()}</div>
            {find_box(tree, layout, find_id)}
            {path}
            <details class="spans__filter" hidden=move || !in_timeline()>
                <summary class="button" data-size="small" data-active=is_filtering title="Fold repeats and gaps, leave spans aside">"Filter"</summary>
                <div class="popover">
                    {repeats}
                    {gaps}
                    {filters(tree)}
                </div>
            </details>
        </div>
    }
    .into_any()
}

/// A button that is on or off; a press asks for the other.
fn toggle(
    tree: TreeState,
    words: &'static str,
    title: String,
    is_on: RwSignal<bool>,
    press: fn(TreeState, bool),
) -> AnyView {
    view! {
        <button
            type="button"
            class="button"
            data-size="small"
            title=title
            aria-pressed=move || is_on.get().to_string()
            on:click=move |_| press(tree, !is_on.get_untracked())
        >
            {words}
        </button>
    }
    .into_any()
}

/// Leaves aside other kinds and short spans.
fn filters(tree: TreeState) -> AnyView {
    let kinds = move || {
        let kinds = tree
            .table
            .with(|table| table.as_ref().map(|table| table.kinds()));
        kinds.unwrap_or_default()
    };
    let choose = move |event: leptos::ev::Event| {
        let key = event_target_value(&event);
        let chosen = Kind::ALL.into_iter().find(|kind| kind.css_key() == key);
        tree.only_kind.set(chosen);
    };
    let options = move || {
        let kinds = kinds().into_iter().map(|kind| {
            let is_chosen = move || tree.only_kind.get() == Some(kind);
            view! { <option value=kind.css_key() selected=is_chosen>{kind_words(kind.css_key())}</option> }
        });
        kinds.collect_view()
    };
    let title = "Leave aside what is shorter than a hundredth of the trace; failed spans stay";
    let is_hiding = tree.is_hiding_short;
    let short = toggle(
        tree,
        "Hide < 1 %",
        title.to_owned(),
        is_hiding,
        |tree, is_on| {
            tree.is_hiding_short.set(is_on);
        },
    );
    view! {
        <select class="input spans__kind" aria-label="Show only" on:change=choose>
            <option value="" selected=move || tree.only_kind.get().is_none()>"All kinds"</option>
            {options}
        </select>
        {short}
    }
    .into_any()
}

fn find_box(tree: TreeState, layout: RwSignal<Layout>, id: String) -> AnyView {
    let found = move || {
        if tree.sought.with(|sought| sought.trim().is_empty()) {
            return String::new();
        }
        tree.marked.track();
        let here = tree.marked_row();
        tree.hits.with(|hits| {
            let place = here.and_then(|row| hits.binary_search(&row).ok());
            match (hits.len(), place) {
                (0, _) => "not found".to_owned(),
                (count, Some(place)) => format!("{} of {count}", place + 1),
                (count, None) => format!("{count} found"),
            }
        })
    };
    let step = move |step| {
        choose(layout, Layout::Timeline);
        tree.go_to_hit(step);
    };
    FindBox {
        id,
        classes: ("spans__find", "spans__found"),
        landmark: "Search of the trace",
        label: "Find in trace",
        placeholder: "Find /",
        sought: tree.sought,
        words: Signal::derive(found),
        step: Callback::new(step),
        more: ().into_any(),
    }
    .view()
}
