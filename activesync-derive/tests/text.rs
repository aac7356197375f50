//! `#[wbxml(Tag, text)]`, and `text` on a type.

mod common;

use std::fmt;
use std::num::NonZeroU8;
use std::str::FromStr;

use common::{document, fault, same};
use wbxml::codepages::airsync;
use wbxml::{Decode, Encode, ProtocolVersion};

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync, tag = Collection)]
struct Collection {
    #[wbxml(Version, text)]
    version: ProtocolVersion,
    #[wbxml(WindowSize, text)]
    size: Option<NonZeroU8>,
    #[wbxml(Class, text)]
    classes: Vec<char>,
    #[wbxml(ServerId)]
    id: Option<Id>,
}

/// `5:1` as [MS-ASCMD] writes server ids.
#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(text)]
struct Id {
    folder: u8,
    item: u8,
}

impl FromStr for Id {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (folder, item) = text.split_once(':').ok_or(())?;
        Ok(Self { folder: folder.parse().map_err(|_| ())?, item: item.parse().map_err(|_| ())? })
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.folder, self.item)
    }
}

#[test]
fn values_are_text_through_their_own_parser() {
    let value = Collection {
        version: ProtocolVersion::V2_5,
        size: NonZeroU8::new(9),
        classes: vec!['a', 'b'],
        id: Some(Id { folder: 5, item: 1 }),
    };
    let bytes =
        document(b"\x4F\x51\x032.5\0\x01\x55\x039\0\x01\x50\x03a\0\x01\x50\x03b\0\x01\x4D\x035:1\0\x01\x01");
    same(&value, &bytes);
}

#[test]
fn text_that_does_not_parse_is_an_error_that_names_the_type() {
    let message = fault::<Collection>(&document(b"\x4F\x51\x032.5\0\x01\x55\x030\0\x01\x01"));
    assert!(message.contains("Collection/WindowSize"), "{message}");
    assert!(message.contains("a valid `NonZeroU8`"), "{message}");
    let message = fault::<Collection>(&document(b"\x4F\x4D\x0351\0\x01\x01"));
    assert!(message.contains("a valid `Id`") && message.contains("\"51\""), "{message}");
}
