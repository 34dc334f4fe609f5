//! How answers of server functions travel: JSON, read by the one reader that resources in the page are read by.
//!
//! The framework's own JSON encoding reads bytes where resources are read from text; two readers compile the code of every
//! type twice, which costs the page some 20 KB.

use leptos::server_fn::codec::Post;
use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType};
use serde::Serialize;
use serde::de::{DeserializeOwned, Error as _};

/// The encoding of a server function's answer: `#[server(output = Wire)]`.
pub type Wire = Post<WireJson>;

/// JSON text.
pub struct WireJson;

impl ContentType for WireJson {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for WireJson {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for WireJson {
    type Error = serde_json::Error;

    fn encode(value: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for WireJson {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        let text = std::str::from_utf8(&bytes).map_err(serde_json::Error::custom)?;
        serde_json::from_str(text)
    }
}
