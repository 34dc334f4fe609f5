//! Request bodies: read up to a limit, counted against the memory all requests share, and unpacked.

use std::io::Read;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{ApiError, ApiResult};

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip, one or several members.
    Gzip,
    /// zlib, or bare deflate as some senders have it.
    Deflate,
}

impl Compression {
    fn name(self) -> &'static str {
        match self {
            Self::None => "identity",
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
        }
    }
}

/// Memory in bytes for the bodies that are being worked on. When it is used up, further requests are
/// told to come back: a bounded number of bytes waits, never a bounded number of requests of any size.
#[derive(Debug, Clone)]
pub struct Memory(Arc<Semaphore>);

impl Memory {
    /// So many bytes in all.
    pub fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS))))
    }

    /// A lease of nothing yet, which grows with the body and ends when it is dropped.
    pub fn lease(&self) -> Lease {
        Lease {
            memory: Arc::clone(&self.0),
            held: None,
        }
    }
}

/// Bytes taken from [`Memory`].
#[derive(Debug)]
pub struct Lease {
    memory: Arc<Semaphore>,
    held: Option<OwnedSemaphorePermit>,
}

impl Lease {
    fn grow(&mut self, bytes: usize) -> ApiResult<()> {
        let Ok(bytes) = u32::try_from(bytes) else {
            return Err(ApiError::busy());
        };
        let more = Arc::clone(&self.memory).try_acquire_many_owned(bytes);
        let more = more.map_err(|_| ApiError::busy())?;
        match &mut self.held {
            Some(held) => held.merge(more),
            None => self.held = Some(more),
        }
        Ok(())
    }
}

/// Reads a body of at most `limit` bytes.
///
/// # Errors
/// 413 if it is longer, 429 if memory is used up, 400 if the connection breaks off.
pub async fn read(mut body: Body, limit: usize, lease: &mut Lease) -> ApiResult<Bytes> {
    let announced = axum::body::HttpBody::size_hint(&body).lower();
    let announced = usize::try_from(announced).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(ApiError::too_large(limit));
    }
    lease.grow(announced)?;
    let mut first: Option<Bytes> = None;
    let mut whole: Vec<u8> = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| ApiError::bad_request("the request body broke off"))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        length += data.len();
        if length > limit {
            return Err(ApiError::too_large(limit));
        }
        lease.grow(length.saturating_sub(announced).min(data.len()))?;
        // Small bodies come in one piece and need no copy.
        match first.take() {
            None if whole.is_empty() => first = Some(data),
            Some(before) => {
                whole.reserve(announced.max(length));
                whole.extend_from_slice(&before);
                whole.extend_from_slice(&data);
            }
            None => whole.extend_from_slice(&data),
        }
    }
    Ok(first.unwrap_or_else(|| Bytes::from(whole)))
}

/// Unpacks a body to at most `limit` bytes.
///
/// # Errors
/// 413 if it is longer, 429 if memory is used up, 400 if it is damaged.
pub fn decompress(
    body: Bytes,
    compression: Compression,
    limit: usize,
    lease: &mut Lease,
) -> ApiResult<Bytes> {
    match compression {
        Compression::None => return Ok(body),
        Compression::Gzip => inflate(MultiGzDecoder::new(body.as_ref()), limit, lease),
        Compression::Deflate if has_zlib_header(&body) => {
            inflate(ZlibDecoder::new(body.as_ref()), limit, lease)
        }
        Compression::Deflate => inflate(DeflateDecoder::new(body.as_ref()), limit, lease),
    }
    .map_err(|error| {
        error.unwrap_or_else(|| {
            let text = format!("Failed to decompress {} payload", compression.name());
            ApiError::detail(StatusCode::BAD_REQUEST, text)
        })
    })
}

/// `Err(None)` if the data is damaged.
fn inflate(decoder: impl Read, limit: usize, lease: &mut Lease) -> Result<Bytes, Option<ApiError>> {
    const STEP: usize = 256 << 10;
    let mut plain = Vec::new();
    let mut decoder = decoder.take(limit as u64 + 1);
    loop {
        lease.grow(STEP).map_err(Some)?;
        let read = decoder
            .by_ref()
            .take(STEP as u64)
            .read_to_end(&mut plain)
            .map_err(|_| None)?;
        if plain.len() > limit {
            return Err(Some(ApiError::too_large(limit)));
        }
        if read < STEP {
            return Ok(Bytes::from(plain));
        }
    }
}

/// The two bytes that every zlib stream begins with; a bare deflate stream hardly ever does.
fn has_zlib_header(body: &[u8]) -> bool {
    matches!(body, [first, second, ..]
        if first & 0x0f == 8 && u16::from_be_bytes([*first, *second]) % 31 == 0)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression as Level;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    fn unpack(body: Vec<u8>, compression: Compression, limit: usize) -> ApiResult<Bytes> {
        decompress(
            body.into(),
            compression,
            limit,
            &mut Memory::new(1 << 20).lease(),
        )
    }

    #[test]
    fn gzip_zlib_and_bare_deflate_are_unpacked() {
        let text = b"spans ".repeat(100);
        let mut gzip = GzEncoder::new(Vec::new(), Level::fast());
        gzip.write_all(&text).unwrap();
        let mut zlib = ZlibEncoder::new(Vec::new(), Level::fast());
        zlib.write_all(&text).unwrap();
        let mut deflate = DeflateEncoder::new(Vec::new(), Level::fast());
        deflate.write_all(&text).unwrap();
        let cases = [
            (gzip.finish().unwrap(), Compression::Gzip),
            (zlib.finish().unwrap(), Compression::Deflate),
            (deflate.finish().unwrap(), Compression::Deflate),
        ];
        for (packed, compression) in cases {
            assert_eq!(unpack(packed.clone(), compression, 600).unwrap(), text);
            assert_eq!(unpack(packed, compression, 599).unwrap_err().status(), 413);
        }
    }

    #[test]
    fn damaged_data_is_the_clients_fault() {
        for compression in [Compression::Gzip, Compression::Deflate] {
            let error = unpack(vec![0x1f, 0x8b, 1, 2, 3], compression, 100).unwrap_err();
            assert_eq!(error.status(), 400);
        }
    }

    #[tokio::test]
    async fn bodies_are_read_up_to_the_limit() {
        let memory = Memory::new(100);
        let body = |size: usize| Body::from(vec![b'x'; size]);
        assert_eq!(
            read(body(10), 10, &mut memory.lease()).await.unwrap().len(),
            10
        );
        assert_eq!(
            read(body(11), 10, &mut memory.lease())
                .await
                .unwrap_err()
                .status(),
            413
        );
    }

    #[tokio::test]
    async fn used_up_memory_is_429_until_the_lease_ends() {
        let memory = Memory::new(10);
        let mut held = memory.lease();
        read(Body::from("12345678"), 100, &mut held).await.unwrap();
        let refused = read(Body::from("12345678"), 100, &mut memory.lease())
            .await
            .unwrap_err();
        assert_eq!(refused.status(), 429);
        drop(held);
        assert!(
            read(Body::from("12345678"), 100, &mut memory.lease())
                .await
                .is_ok()
        );
    }
}
