//! What a pasted text names: a trace id, a `traceparent`, a span id, an address of this viewer or of MLflow's.
//!
//! Only the shape is read here; whether there is such a thing is the server's to say.

/// What a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pasted {
    /// A trace, and perhaps one of its spans.
    Trace {
        /// With its prefix, `tr-`.
        id: String,
        /// Sixteen hex digits.
        span: Option<String>,
    },
    /// Thirty-two hex digits: a trace or a run.
    TraceOrRun(String),
    /// A run, named as such by an address.
    Run(String),
    /// Sixteen hex digits.
    Span(String),
    /// An experiment, named by an address.
    Experiment(i64),
}

/// Reads a text; `None` if it is just words.
pub fn pasted(text: &str) -> Option<Pasted> {
    let text = text.trim();
    let parts: Vec<&str> = text.split('-').collect();
    if let ["00", trace, span, ..] = parts[..]
        && is_hex(trace, 32)
        && is_hex(span, 16)
    {
        return Some(Pasted::Trace {
            id: format!("tr-{}", trace.to_lowercase()),
            span: Some(span.to_lowercase()),
        });
    }
    if let Some(id) = trace_id_in(text) {
        let span = parameter(text, "span").filter(|span| is_hex(span, 16));
        return Some(Pasted::Trace {
            id,
            span: span.map(str::to_lowercase),
        });
    }
    if let Some(run) = after(text, "runs").filter(|run| is_hex(run, 32)) {
        return Some(Pasted::Run(run.to_lowercase()));
    }
    let is_address = text.contains("://") || text.starts_with(['/', '#']);
    if is_address && let Some(id) = after(text, "experiments") {
        return id.parse().ok().map(Pasted::Experiment);
    }
    let digits = text.strip_prefix("0x").unwrap_or(text);
    if is_hex(digits, 16) {
        return Some(Pasted::Span(digits.to_lowercase()));
    }
    let digits = text.strip_prefix("tr-").unwrap_or(text).replace('-', "");
    is_hex(&digits, 32).then(|| Pasted::TraceOrRun(digits.to_lowercase()))
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The first `tr-` with 32 hex digits behind it.
fn trace_id_in(text: &str) -> Option<String> {
    text.match_indices("tr-").find_map(|(start, _)| {
        let digits = text.get(start + 3..start + 35)?;
        is_hex(digits, 32).then(|| format!("tr-{}", digits.to_lowercase()))
    })
}

/// The segment of a path after a name.
fn after<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut segments = text.split(['/', '?', '#', '&']);
    segments.find(|segment| *segment == name)?;
    segments.next()
}

fn parameter<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = text.split_once('?')?;
    query.split(['&', '#']).find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key == name).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::{Pasted, pasted};

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    const SPAN: &str = "b7ad6b7169203331";

    fn trace(span: Option<&str>) -> Option<Pasted> {
        Some(Pasted::Trace {
            id: format!("tr-{TRACE}"),
            span: span.map(str::to_owned),
        })
    }

    #[test]
    fn ids_and_headers_are_recognised() {
        assert_eq!(pasted(&format!(" tr-{TRACE}\n")), trace(None));
        assert_eq!(pasted(&format!("00-{TRACE}-{SPAN}-01")), trace(Some(SPAN)));
        assert_eq!(pasted(SPAN), Some(Pasted::Span(SPAN.to_owned())));
        assert_eq!(
            pasted(&SPAN.to_uppercase()),
            Some(Pasted::Span(SPAN.to_owned()))
        );
        assert_eq!(pasted(TRACE), Some(Pasted::TraceOrRun(TRACE.to_owned())));
        let uuid = "0af76519-16cd-43dd-8448-eb211c80319c";
        assert_eq!(pasted(uuid), Some(Pasted::TraceOrRun(TRACE.to_owned())));
    }

    #[test]
    fn addresses_are_recognised() {
        let mlflow = "http://host:5000/#/experiments/3/traces?selectedEvaluationId=tr-";
        assert_eq!(pasted(&format!("{mlflow}{TRACE}")), trace(None));
        let own = format!("https://host/x/traces/tr-{TRACE}?span={SPAN}&tab=io");
        assert_eq!(pasted(&own), trace(Some(SPAN)));
        let run = format!("http://host/#/experiments/3/runs/{TRACE}");
        assert_eq!(pasted(&run), Some(Pasted::Run(TRACE.to_owned())));
        assert_eq!(
            pasted("http://host/#/experiments/3"),
            Some(Pasted::Experiment(3))
        );
        assert_eq!(
            pasted("/experiments/12/traces?x=1"),
            Some(Pasted::Experiment(12))
        );
    }

    #[test]
    fn words_are_words() {
        for text in ["", "refund", "tr-0af7", "experiments", "00-x-y-z", "é–tr-"] {
            assert_eq!(pasted(text), None, "{text}");
        }
    }
}
