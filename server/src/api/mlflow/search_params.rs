//! What searches have in common: the filter and the page.

use domain::filter::{self, FilterError};
use domain::page::{PageRequest, PageToken};

use super::params::Fields;
use crate::error::{ApiError, ApiResult};

/// A filter made ready by its language; `None` if it is left out or empty.
///
/// # Errors
/// 400 that says what is wrong with it and where.
pub fn compiled<T>(
    fields: Fields<'_>,
    name: &str,
    compile: impl FnOnce(&str) -> Result<T, Vec<FilterError>>,
) -> ApiResult<Option<T>> {
    let text = fields.opt_text(name)?;
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
        return Ok(None);
    };
    let filter = compile(text);
    filter
        .map(Some)
        .map_err(|errors| ApiError::invalid(filter::describe(text, &errors)))
}

/// `max_results` and `page_token`.
///
/// # Errors
/// 400 for a size that is not positive or beyond `max`.
pub fn page_request(fields: Fields<'_>, default: i64, max: i64) -> ApiResult<PageRequest> {
    let size = size(fields, default)?;
    if size > max {
        return Err(out_of_range(size, &format!("It must be at most {max}")));
    }
    with_token(fields, size)
}

/// The same for the searches that MLflow checks together with the types of parameters, which shows in the message.
///
/// # Errors
/// 400 for a size that is not positive or beyond `max`.
pub fn typed_page_request(fields: Fields<'_>, default: i64, max: i64) -> ApiResult<PageRequest> {
    let size = size(fields, default)?;
    if size > max {
        let sent = fields.scalar("max_results")?.cloned();
        return Err(ApiError::invalid_parameter(
            "max_results",
            &sent.unwrap_or_default(),
        ));
    }
    with_token(fields, size)
}

fn size(fields: Fields<'_>, default: i64) -> ApiResult<i64> {
    let size = fields.opt_integer("max_results")?.unwrap_or(default);
    if size <= 0 {
        return Err(out_of_range(size, "It must be a positive integer"));
    }
    Ok(size)
}

fn out_of_range(size: i64, rule: &str) -> ApiError {
    ApiError::invalid(format!(
        "Invalid value {size} for parameter 'max_results' supplied. {rule}"
    ))
}

fn with_token(fields: Fields<'_>, size: i64) -> ApiResult<PageRequest> {
    let token = fields
        .opt_text("page_token")?
        .filter(|token| !token.is_empty());
    Ok(PageRequest {
        size: u32::try_from(size).unwrap_or(u32::MAX),
        token: token.map(|token| PageToken(token.to_owned())),
    })
}
