use super::*;

fn body(json: &str) -> Params {
    Params::from_json(json.as_bytes())
}

fn message<T: std::fmt::Debug>(result: ApiResult<T>) -> String {
    format!("{:?}", result.unwrap_err())
}

#[test]
fn both_spellings_are_taken_but_not_together() {
    for json in [r#"{"experiment_id":"1"}"#, r#"{"experimentId":"1"}"#] {
        assert_eq!(
            body(json).fields().experiment("experiment_id").unwrap(),
            ExperimentId(1)
        );
    }
    let both = body(r#"{"experiment_id":"1","experimentId":"1"}"#);
    assert!(message(both.fields().experiment("experiment_id")).contains("specifies both"));
}

#[test]
fn integers_may_be_text() {
    let params = body(r#"{"a":5,"b":"-6","c":7.0,"d":"x","e":1.5}"#);
    let fields = params.fields();
    assert_eq!(fields.opt_integer("a").unwrap(), Some(5));
    assert_eq!(fields.opt_integer("b").unwrap(), Some(-6));
    assert_eq!(fields.opt_integer("c").unwrap(), Some(7));
    assert_eq!(fields.opt_integer("z").unwrap(), None);
    assert!(fields.opt_integer("d").is_err() && fields.opt_integer("e").is_err());
}

#[test]
fn missing_empty_null_and_unreadable_are_missing() {
    for json in [
        "{}",
        r#"{"name":""}"#,
        r#"{"name":null}"#,
        "not json",
        "[1]",
        "",
    ] {
        let text = message(body(json).fields().text("name"));
        assert!(
            text.contains("Missing value for required parameter 'name'."),
            "{json}: {text}"
        );
    }
}

#[test]
fn wrong_types_are_named() {
    let text = message(body(r#"{"name":5}"#).fields().text("name"));
    assert!(
        text.contains("Invalid value 5 for parameter 'name' supplied:  Hint"),
        "{text}"
    );
}

#[test]
fn double_encoded_bodies_are_read() {
    let params = body(r#""{\"name\":\"n\"}""#);
    assert_eq!(params.fields().text("name").unwrap(), "n");
}

#[test]
fn query_keys_repeat_and_booleans_are_words() {
    let params = Params::from_query("ids=a&ids=b%20c&partial=False&max=3");
    let fields = params.fields();
    assert_eq!(fields.texts("ids").unwrap(), ["a", "b c"]);
    assert_eq!(fields.opt_bool("partial").unwrap(), Some(false));
    assert_eq!(fields.opt_integer("max").unwrap(), Some(3));
    assert!(fields.opt_bool("ids").is_err());
}

#[test]
fn choices_come_by_name_or_number() {
    let choose = |json: &str| body(json).fields().opt_choice("view", &["A", "B"], 1);
    assert_eq!(choose(r#"{"view":"B"}"#).unwrap(), Some(1));
    assert_eq!(choose(r#"{"view":2}"#).unwrap(), Some(1));
    assert_eq!(choose(r#"{"view":"1"}"#).unwrap(), Some(0));
    assert!(choose(r#"{"view":0}"#).is_err() && choose(r#"{"view":"C"}"#).is_err());
}
