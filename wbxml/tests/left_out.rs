//! What a protocol version does not have is not written, and leaves nothing behind.
#![cfg(feature = "derive")]

use wbxml::codepages::{airsync, provision};
use wbxml::{Encode, ErrorKind, ProtocolVersion, to_vec, to_vec_version};

#[derive(Encode)]
#[wbxml(page = airsync, tag = Collection)]
struct Collection {
    #[wbxml(Commands, list)]
    commands: Vec<Command>,
}

#[derive(Encode)]
#[wbxml(page = airsync, choice)]
enum Command {
    #[wbxml(SoftDelete)]
    SoftDelete,
    #[wbxml(Delete)]
    Delete,
}

#[derive(Encode)]
#[wbxml(page = provision, tag = Provision)]
struct Provision {}

#[test]
fn a_list_whose_items_are_all_left_out_is_left_out() {
    // SoftDelete is younger than 2.0: neither an empty Commands nor a content bit on Collection may remain.
    let collection = Collection { commands: vec![Command::SoftDelete] };
    assert_eq!(to_vec(&collection).unwrap(), b"\x03\x01\x6A\x00\x4F\x56\x21\x01\x01");
    let old = to_vec_version(&collection, ProtocolVersion::V2_0).unwrap();
    assert_eq!(old, b"\x03\x01\x6A\x00\x0F");

    let both = Collection { commands: vec![Command::SoftDelete, Command::Delete] };
    let old = to_vec_version(&both, ProtocolVersion::V2_0).unwrap();
    assert_eq!(old, b"\x03\x01\x6A\x00\x4F\x56\x09\x01\x01");
}

#[test]
fn a_message_that_the_version_does_not_have_is_an_error() {
    let error = to_vec_version(&Provision {}, ProtocolVersion::V2_1).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidWrite(_)), "{error}");
    assert_eq!(
        to_vec_version(&Provision {}, ProtocolVersion::V2_5).unwrap(),
        b"\x03\x01\x6A\x00\x00\x0E\x05"
    );
}
