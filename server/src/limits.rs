//! Limits that guard memory and time: the defaults of the settings, and fixed ones, each with its reason.

use std::time::Duration;

/// OTLP request, unpacked. Real traces have spans of several MB; exporters batch 512 of them.
pub const OTLP_BYTES: usize = 64 << 20;

/// JSON request of the MLflow API. The largest real ones are batches of 1 MB and long previews.
pub const JSON_BYTES: usize = 16 << 20;

/// Request of the viewer's own forms and calls. Comments and tags are the longest.
pub const PAGE_BODY_BYTES: usize = 1 << 20;

/// All request bodies being worked on together; see `body::Memory`. Four of the largest OTLP requests.
pub const REQUEST_MEMORY_BYTES: usize = 256 << 20;

/// One uploaded artifact. Written to disk piece by piece, so memory does not limit it.
pub const ARTIFACT_BYTES: u64 = 10 << 30;

/// From the first byte of a request to the last byte of its answer's head.
pub const REQUEST_TIME: Duration = Duration::from_secs(120);

/// Without a byte of an upload that is under way.
pub const UPLOAD_PAUSE: Duration = Duration::from_secs(60);

/// For the head of a request to arrive.
pub const HEADER_TIME: Duration = Duration::from_secs(30);

/// For open requests to end after the order to stop.
pub const SHUTDOWN_TIME: Duration = Duration::from_secs(20);

/// How long the reply to the end of a trace waits for spans that race with it.
pub const SPANS_RACE: Duration = Duration::from_millis(100);

/// How long a read of a whole trace waits for spans that its client says it sent (MLflow 3.17.2 polls
/// for three seconds).
pub const SPANS_COMPLETE: Duration = Duration::from_secs(3);

/// Traces linked to a run in one request.
pub const LINKED_TRACES: usize = 100;

/// Traces on a page of a search.
pub const TRACES_PAGE: i64 = 500;

/// Experiments or runs on a page of a search.
pub const PAGE: i64 = 50_000;

/// Connections open at once; further ones wait to be accepted.
pub const CONNECTIONS: usize = 4096;
