//! `#[wbxml(Tag, flag)]`.

mod common;

use common::{document, same, strict_fault};
use wbxml::codepages::airsync;
use wbxml::{Decode, Encode};

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync, tag = Collection)]
struct Collection {
    #[wbxml(MoreAvailable, flag)]
    more: bool,
    /// Not a flag: the element has the value.
    #[wbxml(GetChanges)]
    changes: Option<bool>,
}

#[test]
fn the_presence_is_the_message() {
    same(&Collection { more: true, changes: None }, &document(b"\x4F\x14\x01"));
    same(&Collection { more: false, changes: Some(true) }, &document(b"\x4F\x53\x031\0\x01\x01"));
    same(&Collection { more: false, changes: Some(false) }, &document(b"\x4F\x53\x030\0\x01\x01"));
}

#[test]
fn a_flag_may_spell_out_its_value() {
    let read = |body| wbxml::from_slice::<Collection>(&document(body)).unwrap().more;
    assert!(read(b"\x4F\x54\x031\0\x01\x01"));
    assert!(!read(b"\x4F\x54\x030\0\x01\x01"));
}

#[test]
fn a_flag_comes_once() {
    let bytes = document(b"\x4F\x14\x14\x01");
    assert!(wbxml::from_slice::<Collection>(&bytes).unwrap().more);
    let message = strict_fault::<Collection>(&bytes);
    assert!(message.contains("MoreAvailable"), "{message}");
}
