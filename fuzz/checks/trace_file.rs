//! What must hold for any file that somebody opens.

use formats::file::{FileError, Reader, TraceFile, read};

/// Any bytes as the file.
pub fn check(data: &[u8]) {
    let whole = read(data);
    match &whole {
        Ok(file) => check_file(file, data),
        Err(error) => check_error(error, data),
    }
    let stepped = Reader::new(data).and_then(|mut reader| {
        while !reader.read(1) {}
        reader.finish()
    });
    match (whole, stepped) {
        (Ok(whole), Ok(stepped)) => {
            assert_eq!(whole.left_out, stepped.left_out);
            assert_eq!(whole.problem, stepped.problem);
            assert_eq!(whole.traces.len(), stepped.traces.len());
            for (whole, stepped) in whole.traces.iter().zip(&stepped.traces) {
                assert_eq!(whole.info.trace_id, stepped.info.trace_id);
                assert_eq!(whole.spans, stepped.spans, "steps change nothing");
            }
        }
        (whole, stepped) => assert_eq!(whole.err(), stepped.err()),
    }
}

fn check_file(file: &TraceFile, data: &[u8]) {
    assert!(file.traces.iter().any(|trace| !trace.spans.is_empty()));
    if let Some(problem) = &file.problem {
        check_error(problem, data);
    }
    for trace in &file.traces {
        assert_eq!(
            trace.table.len() as usize,
            trace.spans.len(),
            "every span has a row"
        );
        let mut ids: Vec<[u8; 8]> = trace.spans.iter().map(|span| span.span_id.0).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), trace.spans.len(), "each id once");
    }
}

/// A person can find the place.
fn check_error(error: &FileError, data: &[u8]) {
    let (FileError::CutOff(place) | FileError::NotJson(place) | FileError::NotText(place)) = error
    else {
        return;
    };
    let lines = data.split(|byte| *byte == b'\n').count();
    assert!((1..=lines).contains(&place.line), "{error}");
    assert!(
        place.column >= 1 && place.column <= data.len() + 1,
        "{error}"
    );
}
