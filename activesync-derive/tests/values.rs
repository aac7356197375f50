//! `#[wbxml(value)]`: enums of numbers and of names, closed and open.

mod common;

use std::borrow::Cow;

use common::{document, fault, same};
use wbxml::codepages::{airsync, email};
use wbxml::{Decode, Encode};

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = email, tag = MeetingRequest)]
struct Message<'a> {
    #[wbxml(Importance)]
    importance: Option<Importance>,
    #[wbxml(Sensitivity)]
    sensitivity: Option<Sensitivity>,
    #[wbxml(BusyStatus)]
    offset: Vec<Offset>,
    #[wbxml(airsync::Class)]
    class: Option<Class<'a>>,
    #[wbxml(ContentClass)]
    closed: Option<Closed>,
}

/// Open: what has no variant survives.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[wbxml(value)]
enum Importance {
    #[wbxml(0)]
    Low,
    #[wbxml(1)]
    Normal,
    #[wbxml(other)]
    Other(u8),
}

/// Closed, with an integer of its own.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[wbxml(value = u8)]
enum Sensitivity {
    #[wbxml(0)]
    Normal,
    #[wbxml(2)]
    Private,
}

#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[wbxml(value)]
enum Offset {
    #[wbxml(-1)]
    Before,
    #[wbxml(0x10)]
    After,
}

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[wbxml(value)]
enum Class<'a> {
    #[wbxml("Email")]
    Email,
    #[wbxml("Contacts")]
    Contacts,
    #[wbxml(other)]
    Other(Cow<'a, str>),
}

#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[wbxml(value)]
enum Closed {
    #[wbxml("urn:content-classes:message")]
    Message,
    #[wbxml("")]
    None,
}

fn empty() -> Message<'static> {
    Message { importance: None, sensitivity: None, offset: vec![], class: None, closed: None }
}

#[test]
fn values_are_their_digits_and_names() {
    let value = Message {
        importance: Some(Importance::Normal),
        sensitivity: Some(Sensitivity::Private),
        offset: vec![Offset::Before, Offset::After],
        class: Some(Class::Contacts),
        closed: Some(Closed::Message),
    };
    let bytes = document(
        b"\x00\x02\x62\x52\x031\0\x01\x72\x032\0\x01\x60\x03-1\0\x01\x60\x0316\0\x01\
          \x00\x00\x50\x03Contacts\0\x01\x00\x02\x7C\x03urn:content-classes:message\0\x01\x01",
    );
    same(&value, &bytes);
    same(&Message { closed: Some(Closed::None), ..empty() }, &document(b"\x00\x02\x62\x3C\x01"));
}

#[test]
fn other_values_survive() {
    let value = Message {
        importance: Some(Importance::Other(77)),
        class: Some(Class::Other("SMS".into())),
        ..empty()
    };
    same(&value, &document(b"\x00\x02\x62\x52\x0377\0\x01\x00\x00\x50\x03SMS\0\x01\x01"));
}

#[test]
fn other_names_are_borrowed() {
    let bytes = document(b"\x00\x02\x62\x00\x00\x50\x03SMS\0\x01\x01");
    let read: Message<'_> = wbxml::from_slice(&bytes).unwrap();
    assert!(matches!(read.class, Some(Class::Other(Cow::Borrowed("SMS")))));
}

#[test]
fn a_closed_enum_lists_what_it_has() {
    let message = fault::<Message<'_>>(&document(b"\x00\x02\x62\x72\x031\0\x01\x01"));
    assert!(message.contains("MeetingRequest/Sensitivity"), "{message}");
    assert!(message.contains("0 or 2") && message.contains("\"1\""), "{message}");
    let message = fault::<Message<'_>>(&document(b"\x00\x02\x62\x7C\x03x\0\x01\x01"));
    assert!(message.contains("\"urn:content-classes:message\" or \"\""), "{message}");
}

#[test]
fn numbers_keep_to_their_type() {
    let message = fault::<Message<'_>>(&document(b"\x00\x02\x62\x52\x03256\0\x01\x01"));
    assert!(message.contains("0 or 1, or another `u8`"), "{message}");
    let message = fault::<Message<'_>>(&document(b"\x00\x02\x62\x52\x03high\0\x01\x01"));
    assert!(message.contains("Importance") && message.contains("high"), "{message}");
}

#[test]
fn numbers_and_names_can_be_had() {
    const LOW: u8 = Importance::Low.code();
    assert_eq!((LOW, Importance::Other(7).code()), (0, 7));
    assert_eq!(Importance::from_code(1), Importance::Normal);
    assert_eq!(Importance::from_code(9), Importance::Other(9));
    let code: u8 = Sensitivity::Private.code();
    assert_eq!(code, 2);
    assert_eq!(Sensitivity::from_code(2), Some(Sensitivity::Private));
    assert_eq!(Sensitivity::from_code(1), None);
    let code: i32 = Offset::Before.code();
    assert_eq!(code, -1);
    assert_eq!(Class::Email.as_str(), "Email");
    assert_eq!(Class::Other("SMS".into()).as_str(), "SMS");
    assert_eq!(Closed::from_name("urn:content-classes:message"), Some(Closed::Message));
    assert_eq!(Closed::from_name("Email"), None);
}

/// An enum of values can be an element by itself.
#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(value, page = airsync, tag = Status)]
enum Status {
    #[wbxml(1)]
    Success,
    #[wbxml(other)]
    Other(u32),
}

#[test]
fn an_enum_of_values_can_have_an_element() {
    same(&Status::Success, &document(b"\x4E\x031\0\x01"));
    same(&Status::Other(177), &document(b"\x4E\x03177\0\x01"));
}
