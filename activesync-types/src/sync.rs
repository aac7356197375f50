//! Sync: changes to the items of a folder, both ways (`[MS-ASCMD]` 2.2.1.21).
//!
//! The client names collections, each with the key of the state it has, and what it changed itself. The server
//! answers with a new key, the fate of the client's changes, and its own changes.
//!
//! What an item holds depends on its class, which often only the folder tells: [`ServerAdd::application_data`]
//! and its like are kept as they came, and decoded when asked.
//!
//! ```
//! use activesync_types::sync::{ServerCommand, SyncResponse};
//! # use activesync_types::{CollectionId, ServerId, SyncKey, sync::{CollectionResponse, SoftDelete}};
//! # let mut collection = CollectionResponse::new(SyncKey::from("2"), CollectionId::from("1"));
//! # collection.commands.push(ServerCommand::SoftDelete(SoftDelete { server_id: ServerId::from("1:7") }));
//! # let body = wbxml::to_vec(&SyncResponse::from(vec![collection]))?;
//! let answer: SyncResponse = wbxml::from_slice(&body)?;
//! for collection in &answer.collections {
//!     for command in &collection.commands {
//!         match command {
//!             ServerCommand::Add(add) => println!("new {}", add.server_id),
//!             ServerCommand::Change(change) => println!("changed {}", change.server_id),
//!             ServerCommand::Delete(delete) => println!("deleted {}", delete.server_id),
//!             ServerCommand::SoftDelete(gone) => println!("no longer in the window: {}", gone.server_id),
//!         }
//!     }
//! }
//! # Ok::<(), wbxml::Error>(())
//! ```

pub use options::{Conflict, FilterType, MimeSupport, MimeTruncation, SyncOptions, Truncation};
pub use request::{ClientAdd, ClientChange, ClientCommand, ClientDelete, Collection, Fetch, SyncRequest};
pub use response::{
    AddResponse, ChangeResponse, CollectionResponse, CommandResponse, DeleteResponse, FetchResponse,
    ServerAdd, ServerChange, ServerCommand, ServerDelete, SoftDelete, SyncResponse,
};

mod options;
mod request;
mod response;
