//! The screens that belong to chunks, and how each is drawn.

use leptos::prelude::*;

use super::Chunk;
use crate::compare::choose::CompareChoice;
use crate::experiment_choice::ExperimentChoice;
use crate::frame::keys::key_list;
use crate::model::ExperimentRef;
use crate::pages::beside::{FacetsPage, ViewsPage};
use crate::pages::columns::ColumnsPage;
use crate::pages::compare::ComparePage;
use crate::pages::compare_runs::CompareRunsPage;
use crate::pages::embedded::EmbeddedTraces;
use crate::pages::experiment_settings::ExperimentSettingsPage;
use crate::pages::find::FindPage;
use crate::pages::groups::GroupsPage;
use crate::pages::home::Home;
use crate::pages::open_file::OpenFilePage;
use crate::pages::overview::OverviewPage;
use crate::pages::peek::PeekPanel;
use crate::pages::run::RunPage;
use crate::pages::run_list::RunListPage;
use crate::pages::session::SessionPage;
use crate::pages::sessions::SessionsPage;
use crate::pages::settings::SettingsPage;
use crate::pages::trace::TracePage;
use crate::pages::user::UserPage;
use crate::pages::users::UsersPage;
use crate::palette::{Overlay, Palette};
use crate::trace_list::bulk::BulkBar;
use crate::trace_list::column_dialog::ColumnDialog;
use crate::trace_list::copy_menu::CopyItems;
use crate::trace_list::empty::EmptyList;
use crate::trace_list::facets::side::FacetSide;
use crate::trace_list::filter_help::FilterHelp;
use crate::trace_list::histogram::Histograms;
use crate::trace_list::tools::Tools;
use crate::trace_list::views_menu::ViewsPart;
use crate::url_state::experiment_href;

/// A screen that belongs to a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// The tools over a list of traces.
    ListTools,
    /// Its histograms.
    Histograms,
    /// Its facets.
    FacetSide,
    /// Facets and histograms as a page.
    Facets,
    /// Saved views as a page.
    Views,
    /// Saved views in a menu.
    ViewsPart,
    /// The choice of columns.
    Columns,
    /// The same as a page.
    ColumnsPage,
    /// What can be copied of a list.
    CopyItems,
    /// A list of traces without traces.
    EmptyList,
    /// What the filter box knows of the filter language.
    FilterHelp,
    /// One trace.
    Trace,
    /// One trace beside the list that it stands in.
    Peek,
    /// Acts on chosen traces.
    Bulk,
    /// Traces of a file that the reader has.
    OpenFile,
    /// Traces in a notebook.
    Embedded,
    /// Traces side by side.
    Compare,
    /// What a trace can be compared with, in a dialog.
    CompareChoice,
    /// The runs of an experiment.
    Runs,
    /// One run.
    Run,
    /// Two runs.
    CompareRuns,
    /// The traces of a list, gathered.
    Groups,
    /// The sessions of an experiment.
    Sessions,
    /// One session.
    Session,
    /// The users of an experiment.
    Users,
    /// One user.
    User,
    /// The list of experiments.
    Home,
    /// Search over everything as a page.
    Find,
    /// The keys, in a dialog.
    Keys,
    /// What a reader can choose.
    Settings,
    /// What can be changed of an experiment.
    ExperimentSettings,
    /// How an experiment does.
    Overview,
}

impl Screen {
    /// Whether it is a part of a page, not a page.
    pub fn is_part(self) -> bool {
        matches!(
            self,
            Self::Peek
                | Self::Bulk
                | Self::Columns
                | Self::CompareChoice
                | Self::EmptyList
                | Self::FilterHelp
                | Self::Keys
        )
    }

    /// The chunk with the screen's code.
    pub fn chunk(self) -> Chunk {
        match self {
            Self::ListTools | Self::Histograms => Chunk::Beside,
            Self::FilterHelp => Chunk::Filter,
            Self::Trace | Self::OpenFile | Self::Embedded | Self::Peek => Chunk::Trace,
            Self::Bulk | Self::Columns | Self::CopyItems | Self::EmptyList => Chunk::Lists,
            Self::Facets | Self::FacetSide | Self::Views | Self::ViewsPart => Chunk::Lists,
            Self::ColumnsPage => Chunk::Lists,
            Self::Runs
            | Self::Run
            | Self::CompareRuns
            | Self::Groups
            | Self::Sessions
            | Self::Session
            | Self::Users
            | Self::User => Chunk::Groups,
            Self::Home | Self::Find | Self::Keys => Chunk::Home,
            Self::Settings | Self::ExperimentSettings => Chunk::Home,
            Self::Compare | Self::CompareChoice => Chunk::Compare,
            Self::Overview => Chunk::Overview,
        }
    }
}

/// The screens of [`Chunk::Beside`].
pub(super) fn drawn_beside(screen: Screen) -> AnyView {
    match screen {
        Screen::Histograms => view! { <Histograms/> }.into_any(),
        _ => view! { <Tools/> }.into_any(),
    }
}

/// The screens of [`Chunk::Trace`].
pub(super) fn drawn_trace(screen: Screen) -> AnyView {
    match screen {
        Screen::Embedded => view! { <EmbeddedTraces/> }.into_any(),
        Screen::Peek => view! { <PeekPanel/> }.into_any(),
        Screen::OpenFile => view! { <OpenFilePage/> }.into_any(),
        _ => view! { <TracePage/> }.into_any(),
    }
}

/// The screens of [`Chunk::Lists`].
pub(super) fn drawn_lists(screen: Screen) -> AnyView {
    match screen {
        Screen::Columns => view! { <ColumnDialog/> }.into_any(),
        Screen::ColumnsPage => view! { <ColumnsPage/> }.into_any(),
        Screen::CopyItems => view! { <CopyItems/> }.into_any(),
        Screen::EmptyList => view! { <EmptyList/> }.into_any(),
        Screen::Facets => view! { <FacetsPage/> }.into_any(),
        Screen::FacetSide => view! { <FacetSide/> }.into_any(),
        Screen::Views => view! { <ViewsPage/> }.into_any(),
        Screen::ViewsPart => view! { <ViewsPart/> }.into_any(),
        _ => view! { <BulkBar/> }.into_any(),
    }
}

/// The screen of [`Chunk::Filter`].
pub(super) fn drawn_filter() -> AnyView {
    view! { <FilterHelp/> }.into_any()
}

/// The screens of [`Chunk::Compare`].
pub(super) fn drawn_compare(screen: Screen) -> AnyView {
    match screen {
        Screen::CompareChoice => view! { <CompareChoice/> }.into_any(),
        _ => view! { <ComparePage/> }.into_any(),
    }
}

/// The screens of [`Chunk::Groups`].
pub(super) fn drawn_groups(screen: Screen) -> AnyView {
    match screen {
        Screen::Run => view! { <RunPage/> }.into_any(),
        Screen::CompareRuns => view! { <CompareRunsPage/> }.into_any(),
        Screen::Groups => view! { <GroupsPage/> }.into_any(),
        Screen::Sessions => view! { <SessionsPage/> }.into_any(),
        Screen::Session => view! { <SessionPage/> }.into_any(),
        Screen::Users => view! { <UsersPage/> }.into_any(),
        Screen::User => view! { <UserPage/> }.into_any(),
        _ => view! { <RunListPage/> }.into_any(),
    }
}

/// The screens of [`Chunk::Home`].
pub(super) fn drawn_home(screen: Screen) -> AnyView {
    match screen {
        Screen::Find => view! { <FindPage/> }.into_any(),
        Screen::Keys => key_list(),
        Screen::Settings => view! { <SettingsPage/> }.into_any(),
        Screen::ExperimentSettings => view! { <ExperimentSettingsPage/> }.into_any(),
        _ => view! { <Home/> }.into_any(),
    }
}

/// The palette and its like.
pub(super) fn drawn_palette(overlay: Overlay, on_close: Callback<()>) -> AnyView {
    match overlay {
        Overlay::Palette(here) => view! { <Palette here=here on_close=on_close/> }.into_any(),
        Overlay::Switcher { here, section } => {
            let go = move |chosen: ExperimentRef| {
                on_close.run(());
                go_to(&experiment_href(chosen.id, section));
            };
            view! { <ExperimentChoice here=Some(here) on_choose=Callback::new(go)/> }.into_any()
        }
        Overlay::Experiments(on_choose) => {
            view! { <ExperimentChoice here=None on_choose=on_choose/> }.into_any()
        }
    }
}

fn go_to(href: &str) {
    #[cfg(feature = "hydrate")]
    crate::browser::go(href);
    #[cfg(not(feature = "hydrate"))]
    let _ = href;
}

/// The screens of [`Chunk::Overview`].
pub(super) fn drawn_overview(_: Screen) -> AnyView {
    view! { <OverviewPage/> }.into_any()
}
