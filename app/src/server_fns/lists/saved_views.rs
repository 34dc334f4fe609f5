//! Lists and changes the saved views of an experiment.
//!
//! A view is for everybody, or for the browser that made it: a cookie with random text tells browsers apart.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::ViewList;
use crate::wire::Wire;

/// The views of an experiment that this reader may see.
///
/// # Errors
/// `NotFound` if there is no such experiment.
#[server(prefix = "/ui-api", endpoint = "views", input = GetUrl, output = Wire)]
pub async fn list_views(
    /// The experiment.
    experiment_id: i64,
) -> Result<ViewList, AppError> {
    use domain::ids::ExperimentId;

    use crate::model::ViewRow;
    use crate::server_fns::server;
    let store = server::store()?;
    let experiment = server::experiment(store.as_ref(), experiment_id).await?;
    let found = store.saved_views(ExperimentId(experiment_id)).await?;
    let reader = owner::known();
    let seen = found
        .into_iter()
        .filter(|view| view.owner.is_none() || view.owner == reader);
    let views = seen.map(|view| ViewRow {
        id: view.id.0,
        name: view.name,
        is_mine: view.owner.is_some(),
        query: view.query,
    });
    Ok(ViewList {
        experiment,
        views: views.collect(),
    })
}

/// Saves a list's address under a name.
///
/// # Errors
/// `Refused` if the name is empty, too long or taken, or if there is no such experiment.
#[server(prefix = "/ui-api", endpoint = "save_view", output = Wire)]
pub async fn save_view(
    /// The experiment.
    experiment_id: i64,
    /// Its name.
    name: String,
    /// The address behind the `?`.
    #[server(default)]
    query: String,
    /// Not empty if it is for this reader alone.
    #[server(default)]
    mine: String,
) -> Result<(), AppError> {
    use domain::ids::ExperimentId;
    use domain::saved_view::NewSavedView;

    use crate::server_fns::server;
    let clock = server::clock()?;
    let new = NewSavedView {
        experiment_id: ExperimentId(experiment_id),
        name: name.trim().to_owned(),
        owner: (!mine.is_empty()).then(|| owner::made(clock)),
        query: query.trim_start_matches('?').to_owned(),
    };
    server::store()?
        .create_saved_view(new, (clock.now)())
        .await?;
    Ok(())
}

/// Changes a view's name or its address; what is left out stays.
///
/// # Errors
/// `NotFound` if there is no such view for this reader; `Refused` if the name is empty, too long or taken.
#[server(prefix = "/ui-api", endpoint = "change_view", output = Wire)]
pub async fn change_view(
    /// The view.
    id: i64,
    /// Its new name.
    #[server(default)]
    name: Option<String>,
    /// Its new address behind the `?`.
    #[server(default)]
    query: Option<String>,
) -> Result<(), AppError> {
    use domain::saved_view::SavedViewUpdate;

    use crate::server_fns::server;
    let store = server::store()?;
    let id = owner::own(store.as_ref(), id).await?;
    let update = SavedViewUpdate {
        name: name.map(|name| name.trim().to_owned()),
        query: query.map(|query| query.trim_start_matches('?').to_owned()),
    };
    let now = (server::clock()?.now)();
    store.update_saved_view(id, update, now).await?;
    Ok(())
}

/// Removes a view.
///
/// # Errors
/// `NotFound` if there is no such view for this reader.
#[server(prefix = "/ui-api", endpoint = "delete_view", output = Wire)]
pub async fn delete_view(
    /// The view.
    id: i64,
) -> Result<(), AppError> {
    use crate::server_fns::server;
    let store = server::store()?;
    let id = owner::own(store.as_ref(), id).await?;
    store.delete_saved_view(id).await?;
    Ok(())
}

#[cfg(feature = "ssr")]
mod owner {
    use domain::ids::hex;
    use domain::saved_view::SavedViewId;
    use domain::store::Store;

    use crate::error::AppError;
    use crate::server_fns::server::{self, ServerClock};

    const COOKIE: &str = "spanfall_reader";

    /// This reader, if views were made here before.
    pub fn known() -> Option<String> {
        server::cookie(COOKIE).filter(|owner| !owner.is_empty())
    }

    /// This reader, made known.
    pub fn made(clock: ServerClock) -> String {
        known().unwrap_or_else(|| {
            let owner = hex(&(clock.random)());
            server::set_cookie(COOKIE, &owner);
            owner
        })
    }

    /// A view that this reader may change.
    pub async fn own(store: &dyn Store, id: i64) -> Result<SavedViewId, AppError> {
        let found = store.saved_view(SavedViewId(id)).await?;
        let reader = known();
        let found = found.filter(|view| view.owner.is_none() || view.owner == reader);
        found
            .map(|view| view.id)
            .ok_or_else(|| AppError::not_found("saved view", id))
    }
}
