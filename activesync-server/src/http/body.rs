//! The body of a request: as much as is allowed, and not for as long as the client likes.

use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use tokio::time::{Instant, timeout_at};

/// How long a client may send nothing in the middle of a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// How many bytes a second a client has to send on the whole, after the time that it may send nothing. The slowest
/// networks that devices are in carry more; a byte now and then holds a connection no longer than nothing does.
const LEAST_RATE: u32 = 1024;

/// The answer to what is larger than the limit.
pub(super) const TOO_LARGE: (StatusCode, &str) =
    (StatusCode::PAYLOAD_TOO_LARGE, "the request is larger than this server takes");

/// All of a body, of at most `limit` bytes.
pub(super) async fn read<B>(
    headers: &HeaderMap,
    body: B,
    limit: usize,
) -> Result<Bytes, (StatusCode, &'static str)>
where
    B: http_body::Body + Send,
    B::Data: Send,
{
    let claimed = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if claimed.is_some_and(|claimed| claimed > limit as u64) {
        return Err(TOO_LARGE);
    }
    let began = Instant::now();
    let mut body = std::pin::pin!(body);
    let mut read = BytesMut::new();
    loop {
        let deadline = (Instant::now() + BODY_TIMEOUT).min(began + BODY_TIMEOUT + earned(read.len()));
        let frame = timeout_at(deadline, body.frame()).await;
        let frame = frame
            .map_err(|_| (StatusCode::REQUEST_TIMEOUT, "the rest of the request did not come in time"))?;
        let Some(frame) = frame else {
            return Ok(read.freeze());
        };
        let frame = frame.map_err(|_| (StatusCode::BAD_REQUEST, "the request broke off"))?;
        if let Ok(mut data) = frame.into_data() {
            if read.len() + data.remaining() > limit {
                return Err(TOO_LARGE);
            }
            while data.has_remaining() {
                let chunk = data.chunk();
                read.extend_from_slice(chunk);
                let length = chunk.len();
                data.advance(length);
            }
        }
    }
}

/// The time that so many bytes may take.
fn earned(bytes: usize) -> Duration {
    Duration::from_secs(bytes as u64) / LEAST_RATE
}
