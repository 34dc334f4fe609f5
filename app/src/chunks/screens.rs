//! The screens that belong to chunks, and how each is drawn.

use leptos::prelude::*;

use super::Chunk;
use crate::pages::beside::{FacetsPage, ViewsPage};
use crate::pages::compare::ComparePage;
use crate::pages::compare_runs::CompareRunsPage;
use crate::pages::embedded::EmbeddedTraces;
use crate::pages::experiment_settings::ExperimentSettingsPage;
use crate::pages::find::FindPage;
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
use crate::palette::{Here, Palette};
use crate::trace_list::bulk::BulkBar;
use crate::trace_list::facets::side::FacetSide;
use crate::trace_list::histogram::Histograms;
use crate::trace_list::tools::Tools;

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
    /// The runs of an experiment.
    Runs,
    /// One run.
    Run,
    /// Two runs.
    CompareRuns,
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
        matches!(self, Self::Peek | Self::Bulk)
    }

    /// The chunk with the screen's code.
    pub fn chunk(self) -> Chunk {
        match self {
            Self::ListTools | Self::Histograms | Self::FacetSide => Chunk::Beside,
            Self::Facets | Self::Views => Chunk::Beside,
            Self::Trace | Self::OpenFile | Self::Embedded | Self::Peek => Chunk::Trace,
            Self::Bulk => Chunk::Lists,
            Self::Runs
            | Self::Run
            | Self::CompareRuns
            | Self::Sessions
            | Self::Session
            | Self::Users
            | Self::User => Chunk::Groups,
            Self::Home | Self::Find | Self::Settings | Self::ExperimentSettings => Chunk::Home,
            Self::Compare => Chunk::Compare,
            Self::Overview => Chunk::Overview,
        }
    }
}

/// The screens of [`Chunk::Beside`].
pub(super) fn drawn_beside(screen: Screen) -> AnyView {
    match screen {
        Screen::Histograms => view! { <Histograms/> }.into_any(),
        Screen::FacetSide => view! { <FacetSide/> }.into_any(),
        Screen::Facets => view! { <FacetsPage/> }.into_any(),
        Screen::Views => view! { <ViewsPage/> }.into_any(),
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
pub(super) fn drawn_lists(_: Screen) -> AnyView {
    view! { <BulkBar/> }.into_any()
}

/// The screen of [`Chunk::Compare`].
pub(super) fn drawn_compare() -> AnyView {
    view! { <ComparePage/> }.into_any()
}

/// The screens of [`Chunk::Groups`].
pub(super) fn drawn_groups(screen: Screen) -> AnyView {
    match screen {
        Screen::Run => view! { <RunPage/> }.into_any(),
        Screen::CompareRuns => view! { <CompareRunsPage/> }.into_any(),
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
        Screen::Settings => view! { <SettingsPage/> }.into_any(),
        Screen::ExperimentSettings => view! { <ExperimentSettingsPage/> }.into_any(),
        _ => view! { <Home/> }.into_any(),
    }
}

/// The palette.
pub(super) fn drawn_palette(here: Here, on_close: Callback<()>) -> AnyView {
    view! { <Palette here=here on_close=on_close/> }.into_any()
}

/// The screens of [`Chunk::Overview`].
pub(super) fn drawn_overview(_: Screen) -> AnyView {
    view! { <OverviewPage/> }.into_any()
}
