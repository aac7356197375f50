//! `#[wbxml(any)]`.

mod common;

use common::{document, same};
use wbxml::codepages::airsync;
use wbxml::{AnyElement, Decode, Encode, Tag};

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync, tag = Sync)]
struct Known<'a> {
    #[wbxml(any)]
    other: Vec<AnyElement<'a>>,
    #[wbxml(Status)]
    status: Option<u8>,
}

#[test]
fn unknown_elements_come_out_as_they_went_in() {
    // An element of another page with attributes of its own inside, one of a page that nobody knows, an empty one.
    let bytes = document(b"\x45\x00\x02\x54\x03Hi\0\x01\x00\xC8\x45\x06\x47\xC3\x01\xFF\x01\x01\x00\x00\x21\x4E\x031\0\x01\x01");
    let read: Known<'_> = wbxml::from_slice(&bytes).unwrap();
    let tags: Vec<_> = read.other.iter().map(AnyElement::tag).collect();
    assert_eq!(tags, [Tag::new(2, 0x14), Tag::new(200, 0x05), Tag::new(0, 0x21)]);
    same(&read, &bytes);
}

#[test]
fn they_are_written_where_the_field_stands() {
    let bytes = document(b"\x45\x4E\x031\0\x01\x21\x01");
    let read: Known<'_> = wbxml::from_slice(&bytes).unwrap();
    assert_eq!(wbxml::to_vec(&read).unwrap(), document(b"\x45\x21\x4E\x031\0\x01\x01"));
}

#[test]
fn strict_mode_keeps_them_too() {
    let bytes = document(b"\x45\x21\x01");
    let read: Known<'_> = wbxml::Reader::new(&bytes).strict(true).decode().unwrap();
    assert_eq!(read.other.len(), 1);
}
