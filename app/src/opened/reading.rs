//! Reads a file that the reader chose or dropped: unpacks it, and hands it to the chunk that knows the formats.

use std::pin::Pin;
use std::rc::Rc;

use formats::file::Reader;
use wasm_bindgen::JsValue;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::Source;
use super::file::OpenedFile;
use crate::browser;
use crate::browser::files::{FileBytes, name_of};
use crate::text::number;

/// The largest file that is read, packed or unpacked: what a page can hold several times over.
pub const BYTES_MAX: usize = 128_000_000;

/// Spans read before the clock is looked at.
const LOT: usize = 100;
/// How long the page may stand still, in milliseconds.
const STILL: i64 = 12;

/// A file that is being read; at last the file, or why it cannot be shown, as the rest of a sentence about it.
type Reading = Pin<Box<dyn Future<Output = Result<Rc<dyn Source>, String>>>>;

/// Reads a file.
///
/// # Errors
/// Why it cannot be shown, as the rest of a sentence about it.
pub async fn read(file: &JsValue) -> Result<Rc<dyn Source>, String> {
    let bytes = match browser::files::bytes_of(file, BYTES_MAX).await {
        FileBytes::Read(bytes) => bytes,
        FileBytes::TooLarge(size) => {
            let (size, most) = (number::bytes(size), number::bytes(BYTES_MAX as u64));
            return Err(format!(
                "it has {size} or more, and at most {most} can be opened in a browser; send it to a server over OTLP instead"
            ));
        }
        FileBytes::Damaged => return Err("it is a gzip file that is cut off or damaged".to_owned()),
        FileBytes::Unreadable => return Err("the browser does not let it be read".to_owned()),
    };
    match file_chunk(name_of(file), bytes).await {
        Ok(reading) => reading.await,
        Err(_) => Err("part of the viewer could not be loaded; try again".to_owned()),
    }
}

#[wasm_split(file, fallible)]
fn file_chunk(name: String, bytes: Vec<u8>) -> Result<Reading, SplitLoaderError> {
    Ok(Box::pin(decoded(name, bytes)))
}

/// In slices of a few milliseconds, so that the page stays alive.
async fn decoded(name: String, bytes: Vec<u8>) -> Result<Rc<dyn Source>, String> {
    let mut reader = Reader::new(&bytes).map_err(|error| error.to_string())?;
    let mut since = browser::now_millis();
    while !reader.read(LOT) {
        if browser::now_millis() - since > STILL {
            browser::pause().await;
            since = browser::now_millis();
        }
    }
    let file = reader.finish().map_err(|error| error.to_string())?;
    Ok(Rc::new(OpenedFile::new(name, file)))
}
