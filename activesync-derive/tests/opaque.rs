//! `#[wbxml(Tag, opaque)]`.

mod common;

use std::borrow::Cow;

use common::{document, fault, same};
use wbxml::codepages::email2;
use wbxml::{Bytes, Decode, Encode, OpaqueContent};

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = email2, tag = Send)]
struct Opaque<'a> {
    #[wbxml(ConversationId, opaque)]
    id: Vec<u8>,
    #[wbxml(ConversationIndex, opaque)]
    index: Option<Bytes<'a>>,
    #[wbxml(Sender, opaque)]
    senders: Vec<Cow<'a, str>>,
    #[wbxml(Bcc, opaque)]
    other: Option<Date>,
    #[wbxml(UmUserNotes, opaque)]
    notes: Option<Vec<u8>>,
}

/// A user's own form of bytes.
#[derive(Debug, PartialEq)]
struct Date([u8; 2]);

impl<'de> OpaqueContent<'de> for Date {
    fn from_opaque(bytes: Cow<'de, [u8]>) -> Option<Self> {
        bytes.as_ref().try_into().ok().map(Self)
    }

    fn as_opaque(&self) -> &[u8] {
        &self.0
    }
}

fn plain() -> Opaque<'static> {
    Opaque { id: vec![0x00, 0xFF], index: None, senders: vec![], other: None, notes: None }
}

#[test]
fn bytes_are_opaque() {
    let value = Opaque {
        index: Some(Bytes(Cow::Borrowed(&[1, 2, 3]))),
        senders: vec!["ä".into(), "b".into()],
        other: Some(Date([7, 8])),
        notes: Some(vec![0]),
        ..plain()
    };
    let bytes = document(
        b"\x00\x16\x57\x49\xC3\x02\x00\xFF\x01\x4A\xC3\x03\x01\x02\x03\x01\
          \x4E\xC3\x02\xC3\xA4\x01\x4E\xC3\x01b\x01\x56\xC3\x02\x07\x08\x01\x46\xC3\x01\x00\x01\x01",
    );
    same(&value, &bytes);
}

#[test]
fn text_is_read_as_its_bytes() {
    let bytes = document(b"\x00\x16\x57\x49\x03ab\0\x01\x01");
    assert_eq!(wbxml::from_slice::<Opaque<'_>>(&bytes).unwrap(), Opaque { id: b"ab".to_vec(), ..plain() });
}

#[test]
fn bytes_are_borrowed() {
    let bytes = document(b"\x00\x16\x57\x49\xC3\x01\x00\x01\x4A\xC3\x01\x01\x01\x01");
    let read: Opaque<'_> = wbxml::from_slice(&bytes).unwrap();
    assert!(matches!(read.index, Some(Bytes(Cow::Borrowed(&[1])))));
}

#[test]
fn bytes_that_do_not_fit_are_an_error() {
    let message = fault::<Opaque<'_>>(&document(b"\x00\x16\x57\x49\xC3\x01\x00\x01\x56\xC3\x01\x07\x01\x01"));
    assert!(message.contains("Send/Bcc"), "{message}");
}
