//! From what a command says to an HTTP response.

use activesync_types::http::{CONTENT_TYPE_MULTIPART, CONTENT_TYPE_WBXML, ResponseHeaders, ServerOptions};
use activesync_types::status::CommonStatus;
use activesync_types::{Command, CommandInfo};
use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, HeaderName, HeaderValue, PRAGMA, WWW_AUTHENTICATE,
};
use http::{Response, StatusCode};
use http_body_util::Full;
use hyper::ext::ReasonPhrase;
use wbxml::ProtocolVersion;

use super::{Body, encoding};

/// What a command answers.
#[derive(Debug)]
pub(crate) enum Reply {
    /// WBXML, or nothing where that has a meaning.
    Document(Vec<u8>),
    /// WBXML of an answer to FolderSync with key 0, which tells versions and commands once more.
    FirstDocument(Vec<u8>),
    /// WBXML and the content that it names, as one body.
    MultiPart(Vec<u8>),
    /// Bytes of any type.
    Content { content_type: String, bytes: Vec<u8> },
}

/// Why a command has no answer of its own.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A status of every command; up to 12.1 an HTTP status says it.
    Status(CommonStatus),
    /// The body of the request cannot be read.
    Malformed(wbxml::Error),
    /// An HTTP status in every version.
    Http(StatusCode),
}

impl From<CommonStatus> for Failure {
    fn from(status: CommonStatus) -> Self {
        Self::Status(status)
    }
}

/// The bytes of an answer.
pub(crate) fn encode<C: Command>(
    response: &C::Response<'_>,
    version: ProtocolVersion,
) -> Result<Vec<u8>, Failure> {
    C::encode_response(response, version).map_err(|error| {
        tracing::error!(command = C::NAME, %error, "an answer cannot be written");
        Failure::Status(CommonStatus::ServerError)
    })
}

/// An answer with its headers.
pub(crate) fn reply(reply: Reply, options: &ServerOptions<'_>) -> Response<Body> {
    let mut headers = ResponseHeaders::default();
    let bytes = match reply {
        Reply::Document(bytes) => bytes,
        Reply::FirstDocument(bytes) => {
            headers.options = options.clone();
            headers.restart = Some(options.versions.clone());
            bytes
        }
        Reply::MultiPart(bytes) => {
            headers.content_type = Some(CONTENT_TYPE_MULTIPART.into());
            bytes
        }
        Reply::Content { content_type, bytes } => {
            // It comes from whoever sent the attachment.
            let sound = HeaderValue::try_from(&content_type).is_ok() && !content_type.is_empty();
            headers.content_type =
                Some(if sound { content_type.into() } else { "application/octet-stream".into() });
            bytes
        }
    };
    if headers.content_type.is_none() && !bytes.is_empty() {
        headers.content_type = Some(CONTENT_TYPE_WBXML.into());
    }
    with_headers(StatusCode::OK, &headers, bytes)
}

/// A failure instead of an answer, in the way of the version.
pub(crate) fn failure(command: &CommandInfo, version: ProtocolVersion, failure: Failure) -> Response<Body> {
    match failure {
        Failure::Status(status) => with_status(command, version, status, &status.to_string()),
        Failure::Malformed(error) => {
            let (offset, path) = (error.offset(), error.path());
            // Not the error itself, which may show what was in the body.
            tracing::warn!(command = command.name, offset, %path, "the body of a request cannot be read");
            with_status(command, version, crate::commands::status_of(&error), &error.to_string())
        }
        Failure::Http(status) => http_status(status, ""),
    }
}

/// A status, for versions that have it in a document and for those that have no more than `words`.
fn with_status(
    command: &CommandInfo,
    version: ProtocolVersion,
    status: CommonStatus,
    words: &str,
) -> Response<Body> {
    if version >= ProtocolVersion::V14_0
        && let Some(document) = crate::commands::status_document(command, version, status)
    {
        return reply(Reply::Document(document), &ServerOptions::default());
    }
    http_status(http_status_of(command, version, status), words)
}

/// How versions without common statuses say one (`[MS-ASCMD]` 2.2.2).
fn http_status_of(command: &CommandInfo, version: ProtocolVersion, status: CommonStatus) -> StatusCode {
    match (status, command.name) {
        (CommonStatus::InvalidIds, "SendMail") | (CommonStatus::SyncStateNotFound, "Provision") => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
        // Too many recipients: it is the request that is too large, and repeating it does not help.
        (CommonStatus::SendQuotaExceeded, _) => StatusCode::PAYLOAD_TOO_LARGE,
        (CommonStatus::VersionNotSupported, _) if version == ProtocolVersion::V1_0 => {
            StatusCode::HTTP_VERSION_NOT_SUPPORTED
        }
        _ => {
            // Sending that failed is the server's fault as far as an old client can know; the rest is the client's.
            let unnamed = if command.name == "SendMail" { 500 } else { 400 };
            StatusCode::from_u16(status.http_status().unwrap_or(unnamed)).unwrap_or(StatusCode::BAD_REQUEST)
        }
    }
}

/// An HTTP status, with words for people.
pub(crate) fn http_status(status: StatusCode, words: &str) -> Response<Body> {
    let mut headers = ResponseHeaders::default();
    let mut body = String::new();
    if !words.is_empty() {
        headers.content_type = Some("text/plain; charset=utf-8".into());
        body = format!("{words}\n");
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.retry_after = Some(RETRY_SECONDS);
    }
    let mut response = with_headers(status, &headers, body.into_bytes());
    match status {
        StatusCode::UNAUTHORIZED => {
            let challenge =
                HeaderValue::from_static("Basic realm=\"Microsoft-Server-ActiveSync\", charset=\"UTF-8\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            response.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static(encoding::ACCEPTED));
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("OPTIONS, POST"));
        }
        status if status.as_u16() == 449 => {
            let reason = ReasonPhrase::from_static(b"Retry after sending a PROVISION command");
            response.extensions_mut().insert(reason);
        }
        _ => {}
    }
    response
}

const RETRY_SECONDS: u32 = 30;

/// What OPTIONS is for.
pub(crate) fn options(options: &ServerOptions<'_>) -> Response<Body> {
    let headers = ResponseHeaders { options: options.clone(), ..ResponseHeaders::default() };
    let mut response = with_headers(StatusCode::OK, &headers, Vec::new());
    for name in [ALLOW, HeaderName::from_static("public")] {
        response.headers_mut().insert(name, HeaderValue::from_static("OPTIONS,POST"));
    }
    response
}

fn with_headers(status: StatusCode, headers: &ResponseHeaders<'_>, body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    let map = response.headers_mut();
    map.insert("MS-Server-ActiveSync", HeaderValue::from_static(env!("CARGO_PKG_VERSION")));
    map.insert(CACHE_CONTROL, HeaderValue::from_static("private"));
    map.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    for (name, value) in headers.to_pairs() {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            map.insert(name, value);
        }
    }
    response
}
