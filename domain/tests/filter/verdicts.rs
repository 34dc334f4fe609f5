//! Files of filters with the verdict and the traces that match.

use domain::filter::field::{Keys, TRACES};
use domain::filter::{compile, describe};

use super::three_traces::matching;

struct Row {
    number: String,
    accepted: bool,
    expected: String,
    filter: String,
}

fn rows(file: &str) -> Vec<Row> {
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let parts: Vec<&str> = line.splitn(4, '|').collect();
            assert_eq!(parts.len(), 4, "{line}");
            Row {
                number: parts[0].trim().to_owned(),
                accepted: parts[1].trim() == "ok",
                expected: parts[2].trim().to_owned(),
                filter: parts[3][1..]
                    .replace("\\n", "\n")
                    .replace("\\t", "\t")
                    .replace("\\0", "\0"),
            }
        })
        .collect()
}

/// What is wrong with a row, if anything.
fn complaint(row: &Row) -> Option<String> {
    let Row {
        number,
        accepted,
        expected,
        filter,
    } = row;
    if cfg!(not(feature = "regex")) && filter.contains("RLIKE") {
        return None;
    }
    match (compile(filter), accepted) {
        (Ok(_), true) => {
            let found = matching(filter);
            (expected != "?" && found != *expected)
                .then(|| format!("{number}: {filter} matches {found}, not {expected}"))
        }
        (Ok(_), false) => Some(format!("{number}: {filter} is accepted")),
        (Err(errors), true) => Some(format!(
            "{number}: {filter} is refused: {}",
            describe(filter, &errors)
        )),
        (Err(errors), false) => {
            let messages: Vec<&str> = errors.iter().map(|e| e.message.as_str()).collect();
            (!messages[0].contains(expected.as_str()))
                .then(|| format!("{number}: {filter} gives {messages:?}, not {expected}"))
        }
    }
}

fn check(file: &str) -> usize {
    let rows = rows(file);
    let complaints: Vec<String> = rows.iter().filter_map(complaint).collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
    rows.len()
}

#[test]
fn verdicts_of_the_reference_hold() {
    let file = include_str!("../data/filter/traces.txt");
    check(file);
    let mut numbers: Vec<u32> = rows(file)
        .iter()
        .filter_map(|row| {
            row.number
                .trim_end_matches(|c: char| !c.is_ascii_digit())
                .parse()
                .ok()
        })
        .collect();
    numbers.dedup();
    assert_eq!(numbers, (1..=140).collect::<Vec<u32>>());
}

#[test]
fn further_cases_hold() {
    assert!(check(include_str!("../data/filter/more_traces.txt")) > 80);
}

#[test]
fn suggestions_lead_to_filters_that_are_accepted() {
    let file = include_str!("../data/filter/fixes.txt");
    for row in rows(file) {
        let errors = compile(&row.filter).expect_err(&row.filter);
        let fix = errors[0]
            .fix
            .clone()
            .unwrap_or_else(|| panic!("no fix for {}", row.filter));
        let fixed = fix.apply(&row.filter);
        assert_eq!(fixed, row.expected, "{}", row.filter);
        assert!(compile(&fixed).is_ok() == row.accepted, "{fixed}");
    }
}

#[test]
fn every_field_has_an_example_that_is_accepted_and_documented() {
    let guide = include_str!("../../../docs/filter-language.md");
    for field in TRACES.fields {
        assert!(compile(field.example).is_ok(), "{}", field.example);
        assert!(
            guide.contains(field.example),
            "no example in the guide: {}",
            field.example
        );
        assert!(
            guide.contains(&field.usual_name()),
            "not in the guide: {}",
            field.usual_name()
        );
        if let Keys::Named(names) = field.keys {
            assert!(names.iter().all(|name| guide.contains(name)), "{names:?}");
        }
    }
}

#[test]
fn limits_are_kept() {
    let deep = format!(
        "{}status = 'OK'{}",
        "(".repeat(100_000),
        ")".repeat(100_000)
    );
    let deep_not = format!("{} status = 'OK'", "NOT ".repeat(60_000));
    let many = "status = 'OK' ".repeat(300);
    let long = format!("name = '{}'", "x".repeat(300_000));
    let list = format!("status IN ({})", "'OK',".repeat(10_001));
    let cases = [
        (deep, "deeper than 64 levels"),
        (deep_not, "deeper than 64 levels"),
        (many, "more than 256 comparisons"),
        (long, "longer than 262144 bytes"),
        (list, "more than 10000 values"),
    ];
    for (filter, message) in cases {
        let errors = compile(&filter).unwrap_err();
        assert!(errors[0].message.contains(message), "{:?}", errors[0]);
        assert!(errors.len() < 10, "{}", errors.len());
    }
    let nested = format!("{}status = 'OK'{}", "(".repeat(64), ")".repeat(64));
    assert!(compile(&nested).is_ok());
}

#[test]
fn an_error_is_described_with_place_and_suggestion() {
    let filter = "tags.é = 'x' AND statsu = 'OK'";
    let text = describe(filter, &compile(filter).unwrap_err());
    assert!(
        text.contains("(at character 18). Did you mean: tags.é = 'x' AND status = 'OK'"),
        "{text}"
    );
}
