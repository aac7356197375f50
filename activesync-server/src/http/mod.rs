//! HTTP: one address, at which all commands are sent.

pub use listen::{Listener, PATH, TlsError, tls_config};
pub use service::{ActiveSync, ActiveSyncBuilder};

pub(crate) use request::Head;
pub(crate) use response::{Failure, Reply, encode};
pub(crate) use service::Front;

mod auth;
mod body;
mod encoding;
mod listen;
mod request;
mod response;
mod service;

/// The body of a response: whole, so that it has a length. Devices of the old versions count on that.
type Body = http_body_util::Full<bytes::Bytes>;
