//! What the body of a request is packed in on its way (RFC 9110, 8.4).

use std::io::Read;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, StatusCode};

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Gzip,
}

/// What a client may send, for the header `Accept-Encoding` of a refusal.
pub(super) const ACCEPTED: &str = "gzip";

impl Encoding {
    /// What the headers say.
    ///
    /// # Errors
    /// The words of a refusal.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, String> {
        let mut found = Self::Identity;
        for value in headers.get_all(CONTENT_ENCODING) {
            for word in String::from_utf8_lossy(value.as_bytes()).split(',').map(str::trim) {
                found = match word.to_ascii_lowercase().as_str() {
                    "" | "identity" => found,
                    "gzip" | "x-gzip" if found == Self::Identity => Self::Gzip,
                    _ => return Err(refusal(value)),
                };
            }
        }
        Ok(found)
    }

    /// The body as it was before it was packed, of at most `limit` bytes.
    pub(super) async fn unpack(self, body: Bytes, limit: usize) -> Result<Bytes, (StatusCode, &'static str)> {
        // Nothing needs no packing.
        if self == Self::Identity || body.is_empty() {
            return Ok(body);
        }
        let unpacked = tokio::task::spawn_blocking(move || gunzip(&body, limit)).await;
        unpacked.unwrap_or(Err((StatusCode::INTERNAL_SERVER_ERROR, "the body cannot be unpacked")))
    }
}

fn refusal(value: &http::HeaderValue) -> String {
    let found: String = String::from_utf8_lossy(value.as_bytes()).chars().take(40).collect();
    format!("expected Content-Encoding gzip or none, found {found:?}")
}

fn gunzip(packed: &[u8], limit: usize) -> Result<Bytes, (StatusCode, &'static str)> {
    let mut unpacked = Vec::new();
    // A few bytes may be packed gigabytes: it is read no further than the limit.
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(packed)
        .take(most)
        .read_to_end(&mut unpacked)
        .map_err(|_| (StatusCode::BAD_REQUEST, "the body is not the gzip that its Content-Encoding says"))?;
    if unpacked.len() > limit {
        return Err(super::body::TOO_LARGE);
    }
    Ok(unpacked.into())
}
