use domain::ids::ExperimentId;
use domain::ingest::SpanBatch;
use proptest::prelude::*;

use super::*;

/// A length-delimited field.
fn field(number: u64, content: &[u8]) -> Vec<u8> {
    let mut out = varint(number << 3 | 2);
    out.extend(varint(content.len() as u64));
    out.extend_from_slice(content);
    out
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

fn attribute(key: &str, value: &[u8]) -> Vec<u8> {
    field(9, &[field(1, key.as_bytes()), field(2, value)].concat())
}

fn span(fields: &[Vec<u8>]) -> Vec<u8> {
    [
        field(1, &[1; 16]),
        field(2, &[2; 8]),
        field(5, b"work"),
        fields.concat(),
    ]
    .concat()
}

fn request(span: &[u8]) -> Vec<u8> {
    field(1, &field(2, &field(2, span)))
}

fn decode(body: &[u8]) -> Result<Vec<SpanBatch>, DecodeError> {
    let mut batches = Batches::new(ExperimentId(1), None, Default::default());
    read(body, &mut batches)?;
    Ok(batches.into_batches())
}

#[test]
fn values_of_every_kind_become_json_text() {
    let fixed = |bits: u64| [varint(4 << 3 | 1), bits.to_le_bytes().to_vec()].concat();
    let list = field(1, &[varint(3 << 3), varint(1)].concat());
    let entry = field(1, &[field(1, b"k"), field(2, &field(1, b"v"))].concat());
    let cases = [
        (field(1, b"x"), r#""x""#),
        (field(1, br#"{"a": 1}"#), r#"{"a": 1}"#),
        ([varint(2 << 3), varint(1)].concat(), "true"),
        ([varint(3 << 3), varint(5)].concat(), "5"),
        (
            [varint(3 << 3), varint((-5_i64).cast_unsigned())].concat(),
            "-5",
        ),
        (fixed(2.5_f64.to_bits()), "2.5"),
        (field(5, &list), "[1]"),
        (field(6, &entry), r#"{"k": "v"}"#),
        (field(7, b"hi"), r#""aGk=""#),
        (Vec::new(), "null"),
    ];
    for (value, stored) in cases {
        let batches = decode(&request(&span(&[attribute("k", &value)]))).unwrap();
        assert_eq!(batches[0].spans[0].attribute("k"), Some(stored));
    }
}

#[test]
fn resources_may_follow_their_spans() {
    let resource = field(1, &[field(1, b"team"), field(2, &field(1, b"a"))].concat());
    let scope_spans = field(2, &field(2, &span(&[])));
    let body = field(1, &[scope_spans, field(1, &resource)].concat());
    let tags = &decode(&body).unwrap()[0].resource_tags;
    assert_eq!(tags.as_slice(), [("team".to_owned(), "a".to_owned())]);
}

#[test]
fn unknown_fields_and_groups_are_passed_over() {
    let group = [
        varint(20 << 3 | 3),
        varint(1 << 3),
        varint(7),
        varint(20 << 3 | 4),
    ]
    .concat();
    let unknown = [varint(99 << 3 | 5), vec![0; 4]].concat();
    let end = [varint(8 << 3 | 1), 9_u64.to_le_bytes().to_vec()].concat();
    let batches = decode(&request(&span(&[group.clone(), unknown, end, group]))).unwrap();
    assert_eq!(batches[0].spans[0].end.map(|end| end.0), Some(9));
}

#[test]
fn nothing_and_garbage_are_told_apart() {
    assert_eq!(decode(b""), Err(DecodeError::Empty));
    assert_eq!(decode(&field(1, b"")), Ok(vec![]));
    for garbage in [
        &b"\x0a"[..],
        b"\xff\xff\xff",
        b"not protobuf",
        b"\x0a\x05abc",
        b"\x00",
    ] {
        assert!(
            matches!(decode(garbage), Err(DecodeError::Format(_))),
            "{garbage:?}"
        );
    }
}

#[test]
fn values_nested_too_deeply_are_refused() {
    let nested = |depth| (0..depth).fold(field(1, b"x"), |value, _| field(5, &field(1, &value)));
    assert!(decode(&request(&span(&[attribute("k", &nested(90))]))).is_ok());
    let deep = decode(&request(&span(&[attribute("k", &nested(200))])));
    assert!(matches!(deep, Err(DecodeError::Format(_))));
}

proptest! {
    #[test]
    fn garbage_never_panics(body in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = decode(&body);
    }

    #[test]
    fn damaged_requests_never_panic(at in 0_usize..200, byte in any::<u8>(), cut in 0_usize..200) {
        let value = field(5, &field(1, &field(1, b"some text")));
        let mut body = request(&span(&[attribute("key", &value), field(15, &field(2, b"message"))]));
        let length = body.len();
        body[at % length] = byte;
        body.truncate(length - cut % length);
        let _ = decode(&body);
    }
}
