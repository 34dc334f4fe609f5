//! The filter language against files of cases: the verdicts observed on MLflow 3.17.2, what matches among three traces, what
//! is suggested, what completes; and properties of the parser over arbitrary text.

mod filter {
    mod completion;
    mod other_languages;
    mod properties;
    mod three_traces;
    mod verdicts;
}
