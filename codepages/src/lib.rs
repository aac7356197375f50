#![doc = include_str!("../README.md")]
#![no_std]

#[cfg(test)]
extern crate std;

mod details;
#[cfg(feature = "languages")]
pub mod languages;
mod page;
mod registry;
mod tag;
mod version;

pub use activesync_derive::code_pages;
pub use details::{AttributeContent, Details};
pub use page::{AttributePage, AttributeStart, AttributeValue, CodePage, Content, Language, TagInfo};
pub use registry::languages;
pub use tag::Tag;
pub use version::{ProtocolVersion, UnknownVersion, VersionSet};

code_pages! {
    crate = crate;
    pub language ACTIVESYNC = "pages/activesync"
}
