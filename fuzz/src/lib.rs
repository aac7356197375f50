//! What must hold for any input. Each target is a function that takes bytes and panics where its law is broken:
//! libFuzzer calls it through a program in `targets/`, and a plain test calls it with all that was kept.

mod document;
mod events;
mod http;
mod messages;
mod push;
mod typed;
mod xml;

pub use events::{events, rewrite};
pub use http::{multipart, query};
pub use push::push;
pub use typed::{arbitrary_values, document_of, typed, values};
pub use xml::{from_xml, to_xml};
