//! `#[wbxml(Tag)]` on `Vec<T>`.

mod common;

use common::{document, same};
use wbxml::codepages::airsync;
use wbxml::{Decode, Encode};

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync, tag = Commands)]
struct Commands {
    #[wbxml(Add)]
    adds: Vec<Item>,
    #[wbxml(Delete)]
    deletes: Vec<Item>,
    #[wbxml(Status)]
    statuses: Vec<u16>,
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync)]
struct Item {
    #[wbxml(ServerId)]
    id: String,
}

fn items(ids: &[&str]) -> Vec<Item> {
    ids.iter().map(|id| Item { id: (*id).to_owned() }).collect()
}

#[test]
fn elements_repeat() {
    let value = Commands { adds: items(&["1", "2"]), deletes: items(&["3"]), statuses: vec![1, 6] };
    let bytes = document(
        b"\x56\x47\x4D\x031\0\x01\x01\x47\x4D\x032\0\x01\x01\x49\x4D\x033\0\x01\x01\x4E\x031\0\x01\x4E\x036\0\x01\x01",
    );
    same(&value, &bytes);
}

#[test]
fn none_is_none() {
    same(&Commands { adds: vec![], deletes: vec![], statuses: vec![] }, &document(b"\x16"));
}

#[test]
fn they_may_interleave() {
    let bytes = document(
        b"\x56\x4E\x031\0\x01\x49\x4D\x033\0\x01\x01\x47\x4D\x031\0\x01\x01\x49\x4D\x034\0\x01\x01\x47\x4D\x032\0\x01\x01\x01",
    );
    for strict in [false, true] {
        let read: Commands = wbxml::Reader::new(&bytes).strict(strict).decode().unwrap();
        let expected = Commands { adds: items(&["1", "2"]), deletes: items(&["3", "4"]), statuses: vec![1] };
        assert_eq!(read, expected);
    }
}
