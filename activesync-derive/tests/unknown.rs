//! Elements that a type does not name.

mod common;

use common::{document, fault, strict_fault};
use wbxml::codepages::airsync;
use wbxml::{Decode, Encode};

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync, tag = Collection)]
struct Lenient {
    #[wbxml(Status)]
    status: Option<u8>,
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync, tag = Collection, deny_unknown)]
struct Denying {
    #[wbxml(Status)]
    status: Option<u8>,
    #[wbxml(MoreAvailable, flag)]
    more: bool,
    #[wbxml(Commands, list = Class)]
    commands: Vec<String>,
    #[wbxml(Responses, list)]
    responses: Vec<Lenient>,
    #[wbxml(choice)]
    choice: Option<Lenient>,
}

/// Status, then an element with elements inside, then one of an unknown page.
const BODY: &[u8] = b"\x4F\x56\x47\x4E\x039\0\x01\x01\x01\x00\xC8\x45\x06\x01\x00\x00\x4E\x031\0\x01\x01";

#[test]
fn they_are_passed_over_whole() {
    assert_eq!(wbxml::from_slice::<Lenient>(&document(BODY)).unwrap(), Lenient { status: Some(1) });
}

#[test]
fn strict_mode_refuses_them() {
    let message = strict_fault::<Lenient>(&document(BODY));
    assert!(message.contains("Commands"), "{message}");
}

#[test]
fn a_type_can_refuse_them_always() {
    let message = fault::<Denying>(&document(b"\x4F\x4E\x031\0\x01\x4B\x031\0\x01\x01"));
    assert!(message.contains("Status, MoreAvailable, Commands, Responses or Lenient"), "{message}");
    assert!(message.contains("SyncKey"), "{message}");
    let message = fault::<Denying>(&document(b"\x4F\x56\x50\x031\0\x01\x4B\x031\0\x01\x01\x01"));
    assert!(message.contains("expected Class") && message.contains("SyncKey"), "{message}");
    let message = fault::<Denying>(&document(b"\x4F\x46\x4B\x031\0\x01\x01\x01"));
    assert!(message.contains("expected Collection") && message.contains("SyncKey"), "{message}");
}

#[test]
fn what_is_named_is_not_refused() {
    let bytes =
        document(b"\x4F\x4E\x031\0\x01\x14\x56\x50\x03x\0\x01\x01\x46\x0F\x01\x4F\x4E\x032\0\x01\x01\x01");
    let expected = Denying {
        status: Some(1),
        more: true,
        commands: vec!["x".into()],
        responses: vec![Lenient { status: None }],
        choice: Some(Lenient { status: Some(2) }),
    };
    assert_eq!(wbxml::from_slice::<Denying>(&bytes).unwrap(), expected);
}
