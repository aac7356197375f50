//! `#[derive(IntoOwned)]`

use std::borrow::Cow;
use std::net::Ipv4Addr;

use wbxml::codepages::airsync;
use wbxml::{AnyElement, Bytes, Decode, Encode, Fragment, IntoOwned};

#[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned)]
#[wbxml(page = airsync, tag = Collection)]
struct Collection<'a> {
    #[wbxml(SyncKey)]
    key: Key<'a>,
    #[wbxml(ServerId)]
    id: Option<Cow<'a, str>>,
    #[wbxml(ClientId, opaque)]
    client: Option<Bytes<'a>>,
    #[wbxml(Commands, list)]
    commands: Vec<Command<'a>>,
    #[wbxml(ApplicationData)]
    data: Option<Box<Fragment<'a>>>,
    #[wbxml(Class, text)]
    address: Option<Ipv4Addr>,
    #[wbxml(any)]
    other: Vec<AnyElement<'a>>,
}

#[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned)]
struct Key<'a>(Cow<'a, str>);

#[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned)]
#[wbxml(page = airsync, choice)]
enum Command<'a> {
    #[wbxml(Add)]
    Add(Cow<'a, str>),
    #[wbxml(Delete)]
    Delete,
}

/// Nothing here is for reading or writing: `IntoOwned` works alone, and needs no keys.
#[derive(Debug, PartialEq, IntoOwned)]
enum Mixed<'a, T> {
    Unit,
    Tuple(Cow<'a, str>, Ipv4Addr, T),
    Named { text: &'static str, list: Vec<Option<Cow<'a, [u8]>>> },
}

#[derive(Debug, PartialEq, IntoOwned)]
struct Unit;

#[derive(Debug, PartialEq, IntoOwned)]
struct Owned {
    address: Ipv4Addr,
}

fn is_static<T: 'static>(value: T) -> T {
    value
}

#[test]
fn what_is_borrowed_is_copied() {
    let bytes = b"\x03\x01\x6A\x00\x4F\x4B\x031\0\x01\x4D\x032\0\x01\x4C\xC3\x01\xFF\x01\
        \x56\x47\x03a\0\x01\x09\x01\x5D\x4E\x031\0\x01\x01\x50\x03127.0.0.1\0\x01\x21\x01"
        .to_vec();
    let read: Collection<'_> = wbxml::from_slice(&bytes).unwrap();
    let copy = read.clone();
    let owned: Collection<'static> = is_static(read.into_owned());
    assert_eq!(owned, copy);
    assert!(matches!(&owned.key.0, Cow::Owned(key) if key == "1"));
    assert!(matches!(&owned.id, Some(Cow::Owned(id)) if id == "2"));
    assert!(matches!(&owned.commands[0], Command::Add(Cow::Owned(text)) if text == "a"));
    drop(copy);
    let again = bytes.clone();
    drop(bytes);
    assert_eq!(wbxml::to_vec(&owned).unwrap(), again);
}

#[test]
fn every_shape_of_type_can_be_owned() {
    let text = String::from("text");
    let address = Ipv4Addr::LOCALHOST;
    let value = Mixed::Tuple(text.as_str().into(), address, Key(text.as_str().into()));
    let owned: Mixed<'static, Key<'static>> = is_static(value.into_owned());
    assert_eq!(owned, Mixed::Tuple("text".into(), address, Key("text".into())));
    let named: Mixed<'_, u8> = Mixed::Named { text: "t", list: vec![None, Some(text.as_bytes().into())] };
    let named = is_static(named.into_owned());
    assert_eq!(named, Mixed::Named { text: "t", list: vec![None, Some(b"text".into())] });
    assert_eq!(Mixed::<'_, u8>::Unit.into_owned(), Mixed::Unit);
    assert_eq!(Unit.into_owned(), Unit);
    assert_eq!(Owned { address }.into_owned(), Owned { address });
}
