use super::*;
use domain::ids::{ExperimentId, TraceId};

fn check(error: impl Into<ApiError>, status: u16, code: &str, message: &str) {
    let ApiError(parts) = error.into();
    assert_eq!(parts.status, status);
    assert_eq!(parts.body["error_code"], code);
    assert_eq!(parts.body["message"], message);
}

#[test]
fn store_errors_have_mlflows_codes_and_texts() {
    check(
        StoreError::Missing(Missing::Experiment(ExperimentId(7))),
        404,
        "RESOURCE_DOES_NOT_EXIST",
        "No Experiment with id=7 exists",
    );
    check(
        StoreError::Missing(Missing::Trace(TraceId::new("tr-x"))),
        404,
        "RESOURCE_DOES_NOT_EXIST",
        "Trace with ID 'tr-x' not found.",
    );
    check(
        StoreError::AlreadyExists("taken".into()),
        400,
        "RESOURCE_ALREADY_EXISTS",
        "taken",
    );
    check(
        StoreError::Refused("no".into()),
        400,
        "INVALID_PARAMETER_VALUE",
        "no",
    );
}

#[test]
fn database_errors_say_nothing_of_the_inside() {
    let error = StoreError::Database("select secret from /var/db".into());
    check(
        error,
        500,
        "INTERNAL_ERROR",
        "Internal error. The server's log has the cause.",
    );
}

#[test]
fn busy_asks_for_a_pause_of_whole_seconds() {
    let error = StoreError::Busy {
        retry_after: Duration::from_millis(1200),
    };
    let response = ApiError::from(error).into_response();
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()[header::RETRY_AFTER], "2");
}

#[test]
fn wrong_types_are_named_as_python_does() {
    let cases = [
        (json!(5), "int"),
        (json!("x"), "str"),
        (json!({}), "dict"),
        (json!(1.5), "float"),
    ];
    for (value, name) in cases {
        let text = ApiError::invalid_parameter("name", &value).0.body["message"].to_string();
        assert!(text.contains(&format!("of type '{name}'")), "{text}");
    }
}
