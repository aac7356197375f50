//! Types with parameters.

mod common;

use std::borrow::Cow;
use std::fmt::Debug;

use common::{document, same};
use wbxml::codepages::airsync;
use wbxml::{Decode, DecodeOwned, Encode, EncodeElement, IntoOwned};

#[derive(Debug, PartialEq, Encode, Decode, IntoOwned)]
#[wbxml(page = airsync, tag = Sync)]
struct Sync<T, I, const N: usize>
where
    I: Debug,
{
    #[wbxml(Status)]
    status: Option<T>,
    #[wbxml(Commands, list)]
    commands: Vec<I>,
    #[wbxml(Supported, list = Class)]
    classes: Vec<T>,
    #[wbxml(choice)]
    more: Vec<I>,
}

#[derive(Debug, PartialEq, Encode, Decode, IntoOwned)]
#[wbxml(page = airsync, choice)]
enum Command<'a, T: 'a> {
    #[wbxml(Add)]
    Add(T),
    #[wbxml(Delete)]
    Delete(Cow<'a, str>),
}

#[derive(Debug, PartialEq, Encode, Decode, IntoOwned)]
#[wbxml(page = airsync)]
struct Mapped<'a, O, P, T> {
    #[wbxml(ApplicationData, opaque)]
    opaque: Option<O>,
    #[wbxml(ClientId, text)]
    text: Option<P>,
    #[wbxml(Class)]
    plain: Box<T>,
    #[wbxml(SyncKey)]
    key: Cow<'a, str>,
}

#[derive(Debug, PartialEq, Encode, Decode, IntoOwned)]
struct Newtype<T>(T);

#[test]
fn parameters_stand_for_contents_and_elements() {
    let value: Sync<u8, Command<'_, Newtype<u16>>, 3> = Sync {
        status: Some(1),
        commands: vec![Command::Add(Newtype(5))],
        classes: vec![2, 3],
        more: vec![Command::Delete("x".into())],
    };
    let bytes = document(
        b"\x45\x4E\x031\0\x01\x56\x47\x035\0\x01\x01\x60\x50\x032\0\x01\x50\x033\0\x01\x01\x49\x03x\0\x01\x01",
    );
    same(&value, &bytes);
    let owned: Sync<u8, Command<'static, Newtype<u16>>, 3> = value.into_owned();
    assert_eq!(wbxml::to_vec(&owned).unwrap(), bytes);
}

#[test]
fn parameters_may_borrow() {
    let value: Command<'_, Mapped<'_, Cow<'_, str>, char, Cow<'_, str>>> = Command::Add(Mapped {
        opaque: Some("o".into()),
        text: Some('t'),
        plain: Box::new("p".into()),
        key: "k".into(),
    });
    let bytes = document(b"\x47\x5D\xC3\x01o\x01\x4C\x03t\0\x01\x50\x03p\0\x01\x4B\x03k\0\x01\x01");
    same(&value, &bytes);
}

#[test]
fn what_borrows_nothing_is_decode_owned() {
    fn owned<T: DecodeOwned>() {}
    fn element<T: EncodeElement>() {}
    owned::<Newtype<String>>();
    owned::<Sync<u8, Whole, 0>>();
    element::<Sync<u8, Whole, 0>>();
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync, tag = Add)]
struct Whole;
