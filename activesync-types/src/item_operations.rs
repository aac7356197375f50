//! ItemOperations: fetches single items, attachments and documents, empties folders, moves conversations
//! (`[MS-ASCMD]` 2.2.1.10); since 12.0.
//!
//! The content of a fetch comes inside the answer, or, if the request asked for it, as parts beside it: see
//! [`MultiPart`](crate::http::MultiPart) and [`ItemProperties::part`].
//!
//! ```
//! use activesync_types::item_operations::{Fetch, ItemOperationsRequest, ItemOperationsResponse};
//! # use activesync_types::item_operations::*;
//! # use activesync_types::status::ItemOperationsStatus;
//! # let properties = ItemProperties::inline("text/plain", b"hello");
//! # let fetch = FetchResponse::attachment("1:7:0", wbxml::Fragment::from_value(&properties, None)?);
//! # let body = wbxml::to_vec(&ItemOperationsResponse::from(vec![fetch]))?;
//!
//! let request = ItemOperationsRequest::from(vec![Fetch::attachment("1:7:0").into()]);
//! // …
//! let answer: ItemOperationsResponse = wbxml::from_slice(&body)?;
//! for fetch in answer.response.unwrap_or_default().fetches {
//!     if let Some(properties) = fetch.properties {
//!         let attachment: ItemProperties = properties.decode()?;
//!         assert_eq!(attachment.content().unwrap(), b"hello");
//!     }
//! }
//! # Ok::<(), wbxml::Error>(())
//! ```

pub use range::{InvalidRange, Range};
pub use request::{
    EmptyFolderContents, EmptyFolderOptions, Fetch, FetchOptions, ItemOperationsRequest, Move, MoveOptions,
    Operation, Store,
};
pub use response::{
    EmptyFolderContentsResponse, FetchResponse, ItemOperationsResponse, ItemProperties, MoveResponse,
    OperationResponses,
};

mod range;
mod request;
mod response;
