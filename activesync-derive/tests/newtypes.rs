//! Tuple structs of one field: the content is that of the field.

mod common;

use std::borrow::Cow;

use common::{document, fault, same};
use wbxml::codepages::airsync;
use wbxml::{Bytes, Decode, Encode, ProtocolVersion};

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
struct SyncKey<'a>(Cow<'a, str>);

#[derive(Debug, PartialEq, Encode, Decode)]
struct Token<'a>(#[wbxml(opaque)] Bytes<'a>);

#[derive(Debug, PartialEq, Encode, Decode)]
struct Raw(#[wbxml(opaque)] Vec<u8>);

#[derive(Debug, PartialEq, Encode, Decode)]
struct Version(#[wbxml(text)] ProtocolVersion);

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync, tag = Collection)]
struct Outer<'a>(Inner<'a>);

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync)]
struct Inner<'a> {
    #[wbxml(SyncKey)]
    key: SyncKey<'a>,
    #[wbxml(ClientId)]
    token: Option<Token<'a>>,
    #[wbxml(ServerId)]
    raw: Option<Raw>,
    #[wbxml(Version)]
    version: Option<Version>,
}

/// One field with a tag is an element inside.
#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync, tag = Sync)]
struct Wrapper(#[wbxml(Class)] Vec<String>);

#[test]
fn the_content_is_that_of_the_field() {
    let value = Outer(Inner {
        key: SyncKey("1".into()),
        token: Some(Token(vec![1, 2].into())),
        raw: Some(Raw(vec![3])),
        version: Some(Version(ProtocolVersion::V2_1)),
    });
    let bytes =
        document(b"\x4F\x4B\x031\0\x01\x4C\xC3\x02\x01\x02\x01\x4D\xC3\x01\x03\x01\x51\x032.1\0\x01\x01");
    same(&value, &bytes);
    let read: Outer<'_> = wbxml::from_slice(&bytes).unwrap();
    assert!(matches!(read.0.key.0, Cow::Borrowed("1")));
}

#[test]
fn a_field_with_a_tag_is_an_element_inside() {
    same(&Wrapper(vec!["a".into(), "b".into()]), &document(b"\x45\x50\x03a\0\x01\x50\x03b\0\x01\x01"));
}

#[test]
fn errors_are_those_of_the_field() {
    let message = fault::<Outer<'_>>(&document(b"\x4F\x4B\x031\0\x01\x51\x033.0\0\x01\x01"));
    assert!(message.contains("Collection/Version") && message.contains("ProtocolVersion"), "{message}");
}
