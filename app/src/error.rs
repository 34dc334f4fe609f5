//! What a server function can answer instead of its result, and the status code it travels with.
//!
//! Messages are for the reader of the page. What a database says is logged by the server and never gets here.

use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::wire::WireJson;

/// Why a page or an act could not be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum AppError {
    /// No such thing.
    #[error("No {what} with the id {id}.")]
    NotFound {
        /// `experiment`, `trace`, `run` or `span`.
        what: String,
        /// As it was asked for.
        id: String,
    },
    /// What was sent cannot be used; the text says why.
    #[error("{0}")]
    Refused(String),
    /// Try again shortly.
    #[error("The server is busy. Try again in a moment.")]
    Busy,
    /// The server or the way to it failed.
    #[error("{0}")]
    Failed(String),
}

impl AppError {
    /// No `what` with this id.
    pub fn not_found(what: &str, id: impl ToString) -> Self {
        Self::NotFound {
            what: what.to_owned(),
            id: id.to_string(),
        }
    }
}

impl FromServerFnError for AppError {
    type Encoder = WireJson;

    fn from_server_fn_error(value: ServerFnErrorErr) -> Self {
        match value {
            ServerFnErrorErr::Request(_) => {
                Self::Failed("The server could not be reached.".to_owned())
            }
            ServerFnErrorErr::Args(text) | ServerFnErrorErr::MissingArg(text) => {
                Self::Refused(format!("The request was not understood: {text}"))
            }
            _ => Self::Failed("The server's answer was not understood.".to_owned()),
        }
    }

    fn status_code(&self) -> http::StatusCode {
        match self {
            Self::NotFound { .. } => http::StatusCode::NOT_FOUND,
            Self::Refused(_) => http::StatusCode::BAD_REQUEST,
            Self::Busy => http::StatusCode::TOO_MANY_REQUESTS,
            Self::Failed(_) => http::StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

#[cfg(feature = "ssr")]
impl From<domain::store::StoreError> for AppError {
    fn from(error: domain::store::StoreError) -> Self {
        use domain::store::StoreError;
        match error {
            StoreError::Missing(missing) => Self::Refused(sentence(&missing.to_string())),
            StoreError::AlreadyExists(text) | StoreError::Refused(text) => {
                Self::Refused(sentence(&text))
            }
            StoreError::PageToken => {
                Self::Refused("This page link belongs to another search.".to_owned())
            }
            StoreError::Busy { .. } => Self::Busy,
            StoreError::Inconsistent { .. } | StoreError::Database(_) => {
                tracing::error!(%error, "the viewer could not read the store");
                Self::Failed("The store could not be read.".to_owned())
            }
        }
    }
}

/// The message of a lower layer as a sentence.
#[cfg(feature = "ssr")]
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    let end = if text.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{}{}{end}", first.to_uppercase(), letters.as_str())
}
