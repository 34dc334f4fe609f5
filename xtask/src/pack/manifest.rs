//! What the site consists of, as the server reads it at start.

use serde::Serialize;

/// The file `manifest.json`.
#[derive(Serialize)]
pub struct Manifest {
    /// Every file of the site.
    pub files: Vec<Entry>,
}

/// One file of the site.
#[derive(Serialize)]
pub struct Entry {
    /// As the browser asks for it, with the leading slash.
    pub path: String,
    /// `script`, `wasm`, `style`, `chunk`, `font` or `public`.
    pub role: &'static str,
    /// The chunks that need this file; empty but for files of role `chunk`.
    pub chunks: Vec<String>,
    /// The `content-type` header.
    pub content_type: &'static str,
    /// Hash of the content, hexadecimal.
    pub hash: String,
    /// The name carries the hash, so the file never changes.
    pub is_hashed: bool,
    /// Stored as `.br` and `.gz`.
    pub is_compressed: bool,
    /// Size as built.
    pub bytes: usize,
    /// Size over the wire to a browser that takes the best encoding.
    pub served_bytes: usize,
}

/// The `content-type` for a file name, and whether compressing such a file saves anything.
pub fn content_type(name: &str) -> (&'static str, bool) {
    match name.rsplit('.').next().unwrap_or_default() {
        "js" => ("text/javascript; charset=utf-8", true),
        "wasm" => ("application/wasm", true),
        "css" => ("text/css; charset=utf-8", true),
        "svg" => ("image/svg+xml", true),
        "json" | "webmanifest" => ("application/json", true),
        "txt" => ("text/plain; charset=utf-8", true),
        "ico" => ("image/x-icon", true),
        "png" => ("image/png", false),
        "woff2" => ("font/woff2", false),
        _ => ("application/octet-stream", true),
    }
}
