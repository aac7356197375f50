#![doc = include_str!("../README.md")]
#![no_std]

#[cfg(test)]
extern crate std;

mod page;
mod tag;
mod version;

pub use activesync_derive::code_pages;
pub use page::{AttributePage, AttributeStart, AttributeValue, CodePage, Content, Language, TagInfo};
pub use tag::Tag;
pub use version::{ProtocolVersion, UnknownVersion, VersionSet};

code_pages! {
    crate = crate;
    pub language ACTIVESYNC = "pages/activesync"
}
