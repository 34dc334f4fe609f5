//! What stands beside the rows of a list: histograms, facets, saved views, the menu to copy from. Their code is a chunk that comes
//! after the page is alive, and they ask after the rows are there, so the list never waits for them.
//!
//! The page draws its list anew with every answer; what must outlive that is in [`Beside`].

use leptos::either::Either;
use leptos::prelude::*;

use super::columns::Column;
use super::facets::shown::{Shown, listen};
use crate::chunks::{Screen, part_view};
use crate::reads::beside::{BesideRead, Kept};
use crate::url_state::{ListState, experiment_href};
use crate::widgets::later::{later, later_than};
use crate::widgets::time::IsAlive;

/// What outlives a list's answer.
#[derive(Clone, Copy)]
pub struct Beside {
    /// The histograms.
    pub histogram: Kept,
    /// The facets.
    pub facets: Kept,
    /// Facets that are listed at length, one a line.
    pub more: RwSignal<String>,
    /// Whether facets are shown, and where.
    pub shown: RwSignal<Shown>,
    /// The saved views.
    pub views: Kept,
    /// What the button for them says of the view that the reader came by.
    pub view_name: RwSignal<String>,
    /// How often saved views were changed from this page.
    pub acts: RwSignal<u32>,
    /// Values for the completion of filters.
    pub values: Kept,
    /// Columns are being chosen.
    pub is_choosing: RwSignal<bool>,
    /// How often the columns for every list were given up.
    pub kept: RwSignal<u32>,
    /// The columns that were drawn last.
    pub columns: StoredValue<Vec<Column>>,
    /// Whether the rows were drawn an odd number of times.
    is_odd: StoredValue<bool>,
}

/// The list that is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Listed {
    /// The experiment.
    pub experiment: i64,
    /// What the address says.
    pub state: ListState,
    /// The list's address without the question.
    pub path: String,
}

impl Beside {
    /// For a page. Puts itself into context.
    pub fn provide() {
        provide_context(Self {
            histogram: Kept::new(),
            facets: Kept::new(),
            more: RwSignal::new(String::new()),
            shown: RwSignal::new(Shown::Unknown),
            views: Kept::new(),
            view_name: RwSignal::new(String::new()),
            acts: RwSignal::new(0),
            values: Kept::new(),
            is_choosing: RwSignal::new(false),
            kept: RwSignal::new(0),
            columns: StoredValue::new(Vec::new()),
            is_odd: StoredValue::new(false),
        });
    }

    /// Rows in a table of their own. The framework would else give the attributes of the new table to the elements of the old one, each of
    /// which stands in the document, so that each change styles the rows anew: half of the time that a new list takes.
    pub fn anew(self, rows: AnyView) -> AnyView {
        let is_odd = self.is_odd.get_value();
        self.is_odd.set_value(!is_odd);
        match is_odd {
            true => Either::<AnyView, AnyView>::Left(rows).into_any(),
            false => Either::<AnyView, AnyView>::Right(rows).into_any(),
        }
    }

    /// That of the page around.
    pub fn here() -> Self {
        use_context().expect("pages with a list provide it")
    }
}

impl Listed {
    /// That of the page around.
    pub fn here() -> Self {
        use_context().expect("pages with a list provide it")
    }

    /// What decides which traces are shown: the list in its plain order, from its beginning.
    pub fn question(&self) -> ListState {
        ListState {
            sort: Default::default(),
            page: String::new(),
            view: String::new(),
            cols: String::new(),
            ..self.state.clone()
        }
    }

    /// What the histograms show.
    pub fn histograms(&self) -> BesideRead {
        BesideRead::Histogram {
            experiment: self.experiment,
            state: self.question(),
        }
    }

    /// What the facets show, some of them at length.
    pub fn facets(&self, more: String) -> BesideRead {
        BesideRead::Facets {
            experiment: self.experiment,
            state: self.question(),
            more,
        }
    }

    /// The address of the list with another filter, from its beginning.
    pub fn with_filter(&self, filter: String) -> String {
        ListState {
            filter,
            ..self.state.first_page()
        }
        .href(&self.path)
    }
}

/// The tools above the rows.
#[component]
pub fn ListTools() -> impl IntoView {
    let listed = Listed::here();
    let histogram = Beside::here().histogram;
    if is_alive() {
        histogram.ask(listed.histograms());
    }
    let page = |section: &str| {
        let path = experiment_href(listed.experiment, section);
        listed.state.first_page().href(&path)
    };
    view! {
        <p class="without-script">
            <a href=page("facets")>"Facets and histograms"</a>
            <a href=page("groups")>"Groups"</a>
            <a href=page("columns")>"Columns"</a>
            <a href=page("views")>"Saved views"</a>
        </p>
        <div class="list-tools">{later(part_view(Screen::ListTools))}</div>
        <div class="list-histograms">{later_than(part_view(Screen::Histograms), histogram.is_waiting)}</div>
    }
    .into_any()
}

/// The facets at the side of the rows.
#[component]
pub fn ListSide(
    /// The filter is one that can be answered.
    is_sound: bool,
) -> impl IntoView {
    let Beside {
        shown,
        facets,
        more,
        ..
    } = Beside::here();
    listen(shown);
    let is_shown = Memo::new(move |_| matches!(shown.get(), Shown::Side | Shown::Drawer));
    if is_sound && is_alive() && is_shown.get_untracked() {
        facets.ask(Listed::here().facets(more.get_untracked()));
    }
    let side = move || is_shown.get().then(|| part_view(Screen::FacetSide));
    let side = later_than(view! { {side} }.into_any(), facets.is_waiting);
    view! { <div class="list-side">{side}</div> }.into_any()
}

/// Whether the page answers already. What is drawn then asks at once, not only when its part is drawn.
fn is_alive() -> bool {
    let is_alive = use_context::<IsAlive>();
    is_alive.is_some_and(|IsAlive(is_alive)| is_alive.get_untracked())
}
