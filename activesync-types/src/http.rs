//! The HTTP side of the protocol as pure data (`[MS-ASHTTP]`): no client, no server, no `http` crate.
//!
//! - [`Query`]: what follows the `?` of a request, in its plain and its base64 form.
//! - [`RequestHeaders`], [`ResponseHeaders`], [`ServerOptions`]: the headers of the protocol.
//! - [`MultiPart`]: the body of an ItemOperations answer with parts beside it.

pub use headers::{
    CONTENT_TYPE_MESSAGE, CONTENT_TYPE_MULTIPART, CONTENT_TYPE_WBXML, HeaderError, RequestHeaders,
    ResponseHeaders, is_wbxml,
};
pub use multipart::{MultiPart, MultiPartError, multipart_header, write_multipart};
pub use options::ServerOptions;
pub use query::{Base64Head, Parameters, Query, QueryError};

mod headers;
mod multipart;
mod options;
mod query;
