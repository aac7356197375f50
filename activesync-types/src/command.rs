//! What ties a request to its answer, and the commands there are.

use wbxml::{DecodeElement, EncodeElement, ProtocolVersion, Reader, Writer};

pub use list::{COMMANDS, CommandInfo};
pub use slice::{
    FolderCreate, FolderDelete, FolderSync, FolderUpdate, GetHierarchy, GetItemEstimate, ItemOperations,
    MoveItems, NoBody, Ping, Provision, SendMail, Sync,
};

mod list;
mod slice;

/// A command: its name, and the types of its request and answer.
///
/// A command of one's own needs a name and the two types; the rest has a default.
///
/// ```
/// use activesync_types::Command;
/// use wbxml::codepages::search;
///
/// # #[derive(wbxml::Encode, wbxml::Decode)]
/// # #[wbxml(page = search, tag = Search)]
/// # pub struct Route<'a> { #[wbxml(Status)] pub status: std::borrow::Cow<'a, str> }
/// pub struct AcmeRoute;
///
/// impl Command for AcmeRoute {
///     const NAME: &'static str = "AcmeRoute";
///     type Request<'a> = Route<'a>;
///     type Response<'a> = Route<'a>;
/// }
/// ```
pub trait Command {
    /// The name in the query of the request: `Cmd=…`.
    const NAME: &'static str;
    /// The number in a base64 query; a command without one can only be called with a plain query.
    const CODE: Option<u8> = None;
    /// What the client sends.
    type Request<'a>: DecodeElement<'a> + EncodeElement;
    /// What the server answers.
    type Response<'a>: DecodeElement<'a> + EncodeElement;

    /// What a request without a body means; `None` where one is required.
    fn empty_request<'a>() -> Option<Self::Request<'a>> {
        None
    }

    /// What an answer without a body means; `None` where one is required.
    fn empty_response<'a>() -> Option<Self::Response<'a>> {
        None
    }

    /// Whether the request goes out without a body.
    fn is_empty_request(_request: &Self::Request<'_>) -> bool {
        false
    }

    /// Whether the answer goes out without a body.
    fn is_empty_response(_response: &Self::Response<'_>) -> bool {
        false
    }

    /// The media type of a request body.
    fn request_content_type(_version: ProtocolVersion) -> &'static str {
        crate::http::CONTENT_TYPE_WBXML
    }

    /// The request in a body, which may be empty.
    ///
    /// # Errors
    /// If the body is not such a request.
    fn decode_request(body: &[u8]) -> wbxml::Result<Self::Request<'_>> {
        match Self::empty_request() {
            Some(request) if body.is_empty() => Ok(request),
            _ => Reader::new(body).decode(),
        }
    }

    /// The answer in a body, which may be empty.
    ///
    /// # Errors
    /// If the body is not such an answer.
    fn decode_response(body: &[u8]) -> wbxml::Result<Self::Response<'_>> {
        match Self::empty_response() {
            Some(response) if body.is_empty() => Ok(response),
            _ => Reader::new(body).decode(),
        }
    }

    /// The body of the request, which may be empty.
    ///
    /// # Errors
    /// If the request cannot be written.
    fn encode_request(request: &Self::Request<'_>, version: ProtocolVersion) -> wbxml::Result<Vec<u8>> {
        if Self::is_empty_request(request) {
            return Ok(Vec::new());
        }
        Writer::new(Vec::new()).version(version).encode(request)
    }

    /// The body of the answer, which may be empty.
    ///
    /// # Errors
    /// If the answer cannot be written.
    fn encode_response(response: &Self::Response<'_>, version: ProtocolVersion) -> wbxml::Result<Vec<u8>> {
        if Self::is_empty_response(response) {
            return Ok(Vec::new());
        }
        Writer::new(Vec::new()).version(version).encode(response)
    }
}
