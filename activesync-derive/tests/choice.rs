//! `choice` on an enum and on a field.

mod common;

use std::borrow::Cow;

use common::{document, fault, same, strict_fault};
use wbxml::codepages::{airsync, folderhierarchy};
use wbxml::{AnyElement, Bytes, Decode, DecodeElement, Encode};

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync, choice)]
enum Command<'a> {
    #[wbxml(Add)]
    Add(Item<'a>),
    #[wbxml(folderhierarchy::Add)]
    Folder(Cow<'a, str>),
    #[wbxml(SoftDelete)]
    SoftDelete,
    #[wbxml(ApplicationData, opaque)]
    Data(Bytes<'a>),
    #[wbxml(Class, text)]
    Class(char),
    #[wbxml(Supported, list = Class)]
    Supported(Vec<String>),
    #[wbxml(Responses, list)]
    Responses(Vec<Command<'a>>),
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync)]
struct Item<'a> {
    #[wbxml(ServerId)]
    id: Cow<'a, str>,
}

fn add(id: &str) -> Command<'_> {
    Command::Add(Item { id: id.into() })
}

#[test]
fn each_variant_has_its_element() {
    same(&add("1"), &document(b"\x47\x4D\x031\0\x01\x01"));
    same(&Command::Folder("x".into()), &document(b"\x00\x07\x4F\x03x\0\x01"));
    same(&Command::SoftDelete, &document(b"\x21"));
    same(&Command::Data(vec![0xFF].into()), &document(b"\x5D\xC3\x01\xFF\x01"));
    same(&Command::Class('c'), &document(b"\x50\x03c\0\x01"));
    same(&Command::Supported(vec!["c".into()]), &document(b"\x60\x50\x03c\0\x01\x01"));
    same(&Command::Supported(vec![]), &document(b"\x20"));
    same(
        &Command::Responses(vec![add("1"), Command::SoftDelete]),
        &document(b"\x46\x47\x4D\x031\0\x01\x01\x21\x01"),
    );
}

#[test]
fn an_element_that_is_none_of_them_is_refused_and_they_are_listed() {
    let message = fault::<Command<'_>>(&document(b"\x49\x01"));
    assert!(
        message.contains("Add, Add, SoftDelete, ApplicationData, Class, Supported or Responses"),
        "{message}"
    );
    assert!(message.contains("Delete"), "{message}");
    assert!(!Command::accepts(airsync::Delete) && Command::accepts(airsync::Add));
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync, choice)]
enum Open<'a> {
    #[wbxml(Add)]
    Add(Item<'a>),
    #[wbxml(any)]
    Other(AnyElement<'a>),
}

#[test]
fn any_keeps_what_has_no_variant() {
    same(&Open::Add(Item { id: "1".into() }), &document(b"\x47\x4D\x031\0\x01\x01"));
    let bytes = document(b"\x00\x02\x54\x03Hi\0\x01");
    let read: Open<'_> = wbxml::from_slice(&bytes).unwrap();
    let Open::Other(element) = &read else { panic!("{read:?}") };
    assert_eq!(element.decode::<String>().unwrap(), "Hi");
    assert_eq!(wbxml::to_vec(&read).unwrap(), bytes);
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync, tag = Sync)]
struct Fields<'a> {
    #[wbxml(Status)]
    status: Option<u8>,
    #[wbxml(choice)]
    first: Kind,
    #[wbxml(choice)]
    second: Option<Size>,
    #[wbxml(choice)]
    commands: Vec<Open<'a>>,
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync, choice)]
enum Kind {
    #[wbxml(Class)]
    Class(String),
    #[wbxml(CollectionId)]
    Id(u8),
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync, tag = WindowSize)]
struct Size(u16);

#[test]
fn a_field_takes_the_elements_of_its_choice() {
    let value = Fields {
        status: Some(1),
        first: Kind::Id(5),
        second: Some(Size(10)),
        commands: vec![Open::Add(Item { id: "1".into() }), Open::Add(Item { id: "2".into() })],
    };
    let bytes = document(
        b"\x45\x4E\x031\0\x01\x52\x035\0\x01\x55\x0310\0\x01\x47\x4D\x031\0\x01\x01\x47\x4D\x032\0\x01\x01\x01",
    );
    same(&value, &bytes);
    let shuffled = document(
        b"\x45\x47\x4D\x031\0\x01\x01\x55\x0310\0\x01\x47\x4D\x032\0\x01\x01\x4E\x031\0\x01\x52\x035\0\x01\x01",
    );
    assert_eq!(wbxml::from_slice::<Fields<'_>>(&shuffled).unwrap(), value);
}

#[test]
fn a_choice_that_is_required_is_missed() {
    let message = fault::<Fields<'_>>(&document(b"\x45\x01"));
    assert!(message.contains("Class or CollectionId"), "{message}");
}

#[test]
fn one_of_a_choice_is_enough() {
    let bytes = document(b"\x45\x50\x03Email\0\x01\x52\x035\0\x01\x01");
    assert_eq!(wbxml::from_slice::<Fields<'_>>(&bytes).unwrap().first, Kind::Id(5));
    let message = strict_fault::<Fields<'_>>(&bytes);
    assert!(message.contains("Class or CollectionId"), "{message}");
}
