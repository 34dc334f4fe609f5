use super::*;
use crate::ids::SpanId;
use crate::span::StatusCode;
use crate::time::UnixNanos;

fn table() -> PriceTable {
    let mut table = PriceTable::default();
    let mut insert = |provider, model, input: f64, output: f64| {
        let price = Price {
            input: input / 1e6,
            output: output / 1e6,
            ..Price::default()
        };
        table.insert(provider, model, price);
    };
    insert("free", "gpt-4o", 0.0, 0.0);
    insert("openai", "gpt-4o", 2.5, 10.0);
    insert("azure", "gpt-4o", 2.75, 11.0);
    insert("databricks", "databricks-llama", 1.0, 3.0);
    insert("router", "openai/gpt-4o", 9.0, 9.0);
    insert("openai", "gpt-4o", 99.0, 99.0);
    table.insert(
        "anthropic",
        "claude",
        Price {
            input: 3e-6,
            output: 15e-6,
            cache_read: Some(0.3e-6),
            cache_write: Some(3.75e-6),
        },
    );
    table
}

fn priced(attributes: &[(&str, &str)]) -> Option<String> {
    let mut span = Span {
        span_id: SpanId([1; 8]),
        parent_id: None,
        name: "s".to_owned(),
        start: UnixNanos(0),
        end: None,
        status: StatusCode::Unset,
        status_message: String::new(),
        attributes: Vec::new(),
        events: Vec::new(),
        links: Vec::new(),
    };
    for (key, value) in attributes {
        span.set_attribute(key, (*value).to_owned());
    }
    add_cost(&mut span, &table());
    span.attribute(keys::COST).map(str::to_owned)
}

#[test]
fn a_model_is_found_at_its_provider_then_by_its_name_then_anywhere() {
    let table = table();
    let cases = [
        ("gpt-4o", Some("OpenAI"), Some(2.5)),
        ("gpt-4o", Some("azure.ai.openai"), Some(2.75)),
        ("gpt-4o", Some("free"), Some(0.0)),
        ("gpt-4o", Some("nobody"), Some(2.5)),
        ("gpt-4o", None, Some(2.5)),
        ("azure/gpt-4o", None, Some(2.75)),
        ("azure/gpt-4o", Some("openai"), Some(2.5)),
        ("openai/gpt-4o", Some("router"), Some(9.0)),
        ("openai/gpt-4o", Some("nobody"), Some(2.5)),
        ("nobody/gpt-4o", None, Some(2.5)),
        ("databricks-llama", None, Some(1.0)),
        ("databricks/databricks-llama", None, Some(1.0)),
        ("gpt-5000", Some("openai"), None),
        ("gateway:/gpt-4o", Some("openai"), None),
        ("endpoints:/gpt-4o", None, None),
        ("", None, None),
        ("/", None, None),
    ];
    for (model, provider, per_million) in cases {
        let found = table.price(model, provider).map(|price| price.input);
        let expected = per_million.map(|price: f64| price / 1e6);
        assert_eq!(found, expected, "{model} at {provider:?}");
    }
}

#[test]
fn cached_tokens_have_their_own_price_and_are_part_of_the_input() {
    let usage = TokenUsage {
        input_tokens: 1000,
        output_tokens: 500,
        total_tokens: 1500,
        cache_read_input_tokens: Some(300),
        cache_creation_input_tokens: Some(100),
    };
    let of = |model, usage| table().price(model, None).unwrap().cost(&usage);
    let cost = of("claude", usage).unwrap();
    assert!((cost.input_cost - 0.002_265).abs() < 1e-12, "{cost:?}");
    assert!((cost.output_cost - 0.0075).abs() < 1e-12);
    assert_eq!(cost.total_cost, cost.input_cost + cost.output_cost);
    // Without prices of their own they cost what other input costs.
    let plain = of("gpt-4o", usage).unwrap();
    assert!((plain.input_cost - 0.0025).abs() < 1e-12);
    // More cached than sent: nothing is subtracted.
    let odd = TokenUsage {
        input_tokens: 100,
        ..usage
    };
    let odd = of("claude", odd).unwrap();
    assert!((odd.input_cost - (300.0 * 0.3e-6 + 100.0 * 3.75e-6)).abs() < 1e-12);
    assert_eq!(of("claude", TokenUsage::default()), None);
}

#[test]
fn spans_get_a_cost_only_if_all_is_known_and_none_is_there() {
    let usage = (
        "mlflow.chat.tokenUsage",
        r#"{"input_tokens": 100, "output_tokens": 10}"#,
    );
    let model = ("mlflow.llm.model", "\"gpt-4o\"");
    let cost = r#"{"input_cost": 0.00025, "output_cost": 0.0001, "total_cost": 0.00035}"#;
    assert_eq!(priced(&[usage, model]).as_deref(), Some(cost));
    assert_eq!(priced(&[usage]), None);
    assert_eq!(priced(&[model]), None);
    assert_eq!(priced(&[usage, ("mlflow.llm.model", "\"other\"")]), None);
    assert_eq!(priced(&[usage, ("mlflow.llm.model", "7")]), None);
    for own in ["null", r#"{"total_cost": 3.0}"#] {
        let with_own = [usage, model, ("mlflow.llm.cost", own)];
        assert_eq!(priced(&with_own).as_deref(), Some(own));
    }
    let none = [("mlflow.chat.tokenUsage", "[]"), model];
    assert_eq!(priced(&none), None);
    let free = [usage, model, ("mlflow.llm.provider", "\"free\"")];
    let zero = r#"{"input_cost": 0.0, "output_cost": 0.0, "total_cost": 0.0}"#;
    assert_eq!(priced(&free).as_deref(), Some(zero));
}
