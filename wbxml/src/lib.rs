// The front page shows the features `derive` and `xml`, and its examples run with them.
#![cfg_attr(all(feature = "derive", feature = "xml"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(all(feature = "derive", feature = "xml")),
    doc = "WBXML, the binary XML of Exchange ActiveSync. The features `derive` and `xml` have the front page."
)]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod async_io;
mod attribute;
mod charset;
mod decode;
mod dump;
mod encode;
mod error;
mod event;
mod fragment;
mod header;
mod into_owned;
mod limits;
mod meaning;
mod nul_search;
mod path;
mod primitives;
mod push;
mod reader;
mod settings;
mod sink;
pub mod string_table;
mod token;
mod values;
mod walk;
mod writer;
#[cfg(feature = "xml")]
pub mod xml;

#[cfg(feature = "tokio")]
pub use async_io::TokioIo;
pub use async_io::{AsyncSink, AsyncSource};
pub use decode::{Decode, DecodeElement, DecodeOwned, Element, OpaqueContent, from_slice};
pub use dump::Dump;
#[cfg(feature = "std")]
pub use encode::to_writer;
pub use encode::{Encode, EncodeElement, to_vec, to_vec_version};
pub use error::{Error, ErrorKind, Path, PathStep, Result};
pub use event::{Attribute, Event, Extension};
pub use fragment::{AnyElement, Fragment};
pub use header::{Header, PublicId};
pub use into_owned::IntoOwned;
pub use limits::Limits;
pub use push::{Events, PushReader};
pub use reader::Reader;
#[cfg(feature = "std")]
pub use sink::IoSink;
pub use sink::Sink;
pub use values::{Bytes, Flag, OrEmpty, TextOrBytes};
pub use wbxml_codepages::{
    self as codepages, ACTIVESYNC, AttributeContent, AttributePage, AttributeStart, AttributeValue, CodePage,
    Content, Details, Language, ProtocolVersion, Tag, TagInfo, UnknownVersion, VersionSet, code_pages,
};
pub use writer::{AsyncWriter, Writer};

#[cfg(feature = "derive")]
pub use activesync_derive::{Decode, Encode, IntoOwned};
