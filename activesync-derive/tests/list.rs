//! `#[wbxml(Tag, list)]` and `#[wbxml(Tag, list = Item)]`.

mod common;

use common::{document, fault, same, strict_fault};
use wbxml::codepages::{airsync, email};
use wbxml::{Decode, Encode};

#[derive(Debug, PartialEq, Default, Encode, Decode)]
#[wbxml(page = airsync, tag = Collection)]
struct Collection {
    #[wbxml(Commands, list)]
    commands: Vec<Command>,
    #[wbxml(Responses, list)]
    responses: Option<Vec<Fetch>>,
    #[wbxml(email::Categories, list = email::Category)]
    categories: Vec<String>,
    #[wbxml(Supported, list = Class)]
    supported: Option<Vec<String>>,
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync, choice)]
enum Command {
    #[wbxml(Add)]
    Add(Item),
    #[wbxml(Delete)]
    Delete(Item),
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync)]
struct Item {
    #[wbxml(ServerId)]
    id: u8,
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync, tag = Fetch)]
struct Fetch {
    #[wbxml(ServerId)]
    id: u8,
}

#[test]
fn the_wrapper_is_around_the_items() {
    let value = Collection {
        commands: vec![
            Command::Add(Item { id: 1 }),
            Command::Delete(Item { id: 2 }),
            Command::Add(Item { id: 3 }),
        ],
        responses: Some(vec![Fetch { id: 4 }]),
        categories: vec!["Boats".into(), "Crew".into()],
        supported: Some(vec!["x".into()]),
    };
    let bytes = document(
        b"\x4F\x56\x47\x4D\x031\0\x01\x01\x49\x4D\x032\0\x01\x01\x47\x4D\x033\0\x01\x01\x01\
          \x46\x4A\x4D\x034\0\x01\x01\x01\
          \x00\x02\x5B\x5C\x03Boats\0\x01\x5C\x03Crew\0\x01\x01\
          \x00\x00\x60\x50\x03x\0\x01\x01\x01",
    );
    same(&value, &bytes);
}

#[test]
fn an_empty_list_is_left_out() {
    same(&Collection::default(), &document(b"\x0F"));
}

#[test]
fn an_optional_list_can_be_there_and_empty() {
    let value = Collection { responses: Some(vec![]), supported: Some(vec![]), ..Collection::default() };
    same(&value, &document(b"\x4F\x06\x20\x01"));
}

#[test]
fn an_empty_wrapper_is_an_empty_list() {
    let read: Collection = wbxml::from_slice(&document(b"\x4F\x16\x00\x02\x5B\x01\x01")).unwrap();
    assert_eq!(read, Collection::default());
}

#[test]
fn strangers_in_a_list_are_passed_over_unless_strict() {
    let bytes = document(
        b"\x4F\x56\x47\x4D\x031\0\x01\x01\x4E\x031\0\x01\x01\x60\x4E\x031\0\x01\x50\x03x\0\x01\x01\x01",
    );
    let read: Collection = wbxml::from_slice(&bytes).unwrap();
    assert_eq!(read.commands, [Command::Add(Item { id: 1 })]);
    assert_eq!(read.supported, Some(vec!["x".to_owned()]));
    let message = strict_fault::<Collection>(&bytes);
    assert!(message.contains("Commands/Status"), "{message}");
}

#[test]
fn two_wrappers_are_one_list_unless_strict() {
    let bytes = document(b"\x4F\x56\x47\x4D\x031\0\x01\x01\x01\x56\x49\x4D\x032\0\x01\x01\x01\x01");
    let read: Collection = wbxml::from_slice(&bytes).unwrap();
    assert_eq!(read.commands, [Command::Add(Item { id: 1 }), Command::Delete(Item { id: 2 })]);
    let message = strict_fault::<Collection>(&bytes);
    assert!(message.contains("Commands"), "{message}");
    let message = strict_fault::<Collection>(&document(b"\x4F\x16\x16\x01"));
    assert!(message.contains("Commands"), "{message}");
}

#[test]
fn a_fault_in_an_item_has_its_place() {
    let bytes = document(b"\x4F\x56\x47\x4D\x031\0\x01\x01\x47\x4D\x03x\0\x01\x01\x01\x01");
    let message = fault::<Collection>(&bytes);
    assert!(message.contains("Collection/Commands/Add[2]/ServerId"), "{message}");
}
