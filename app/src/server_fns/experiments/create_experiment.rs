//! Makes an experiment and leads to it.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Makes an experiment with this name and leads to its empty list.
///
/// # Errors
/// `Refused` if the name is empty, longer than 500 characters or taken.
#[server(prefix = "/ui-api", endpoint = "create_experiment", output = Wire)]
pub async fn create_experiment(
    /// What people will call it.
    name: String,
) -> Result<(), AppError> {
    use domain::store::NewExperiment;

    use crate::server_fns::server;
    let name = server::experiment_name(&name)?;
    let new = NewExperiment {
        name: name.to_owned(),
        ..NewExperiment::default()
    };
    let now = (server::clock()?.now)();
    let id = server::store()?.create_experiment(new, now).await?;
    leptos_axum::redirect(
        &crate::address::at(&format!("/experiments/{id}/traces")),
        false,
    );
    Ok(())
}
