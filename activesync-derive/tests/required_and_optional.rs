//! `#[wbxml(Tag)]` on `T` and `Option<T>`.

mod common;

use std::borrow::Cow;

use common::{document, fault, same, strict_fault};
use wbxml::codepages::{airsync, email};
use wbxml::{Decode, Encode, Flag};

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync, tag = Collection)]
struct Collection<'a> {
    #[wbxml(SyncKey)]
    sync_key: Cow<'a, str>,
    #[wbxml(CollectionId)]
    id: Cow<'a, str>,
    #[wbxml(WindowSize)]
    window_size: Option<u16>,
    #[wbxml(GetChanges)]
    get_changes: Option<Flag>,
    #[wbxml(email::Subject)]
    subject: Option<String>,
}

impl Collection<'_> {
    fn small() -> Self {
        Collection {
            sync_key: "2".into(),
            id: "7".into(),
            window_size: None,
            get_changes: None,
            subject: None,
        }
    }
}

#[test]
fn all_fields_are_written_in_their_order() {
    let value = Collection {
        window_size: Some(512),
        get_changes: Some(Flag::False),
        subject: Some("Hi".into()),
        ..Collection::small()
    };
    let bytes = document(
        b"\x4F\x4B\x032\0\x01\x52\x037\0\x01\x55\x03512\0\x01\x53\x030\0\x01\x00\x02\x54\x03Hi\0\x01\x01",
    );
    same(&value, &bytes);
}

#[test]
fn what_is_none_is_not_there() {
    same(&Collection::small(), &document(b"\x4F\x4B\x032\0\x01\x52\x037\0\x01\x01"));
}

/// An empty text is a text all the same.
#[test]
fn an_empty_number_is_absent_unless_reading_strictly() {
    let start = b"\x4F\x4B\x032\0\x01\x52\x037\0\x01";
    let end = b"\x00\x02\x14\x01";
    for number in [&b"\x15"[..], b"\x55\x01", b"\x55\x03\0\x01", b"\x55\xC3\x00\x01"] {
        let bytes = document(&[&start[..], number, end].concat());
        let read: Collection<'_> = wbxml::from_slice(&bytes).unwrap();
        assert_eq!(read, Collection { subject: Some(String::new()), ..Collection::small() });
        let message = strict_fault::<Collection<'_>>(&bytes);
        assert!(message.contains("a number from 0 to 65535"), "{message}");
    }
}

#[test]
fn absent_empty_0_and_1_differ() {
    for (flag, content) in
        [(Flag::Empty, &b"\x13"[..]), (Flag::False, b"\x53\x030\0\x01"), (Flag::True, b"\x53\x031\0\x01")]
    {
        let value = Collection { get_changes: Some(flag), ..Collection::small() };
        same(&value, &document(&[b"\x4F\x4B\x032\0\x01\x52\x037\0\x01", content, b"\x01"].concat()));
    }
}

#[test]
fn any_order_is_read() {
    let bytes = document(b"\x4F\x00\x02\x54\x03Hi\0\x01\x00\x00\x52\x037\0\x01\x4B\x032\0\x01\x01");
    let read: Collection<'_> = wbxml::from_slice(&bytes).unwrap();
    assert_eq!(read, Collection { subject: Some("Hi".into()), ..Collection::small() });
}

#[test]
fn text_is_borrowed() {
    let bytes = document(b"\x4F\x4B\x032\0\x01\x52\x037\0\x01\x01");
    let read: Collection<'_> = wbxml::from_slice(&bytes).unwrap();
    assert!(matches!(read.sync_key, Cow::Borrowed("2")));
}

#[test]
fn what_is_required_and_missing_is_named() {
    let message = fault::<Collection<'_>>(&document(b"\x4F\x52\x037\0\x01\x01"));
    assert!(message.contains("SyncKey"), "{message}");
    assert!(message.contains("Collection"), "{message}");
    assert!(!message.contains("CollectionId"), "{message}");
}

#[test]
fn an_empty_element_is_not_a_missing_one() {
    let value = Collection { sync_key: "".into(), ..Collection::small() };
    same(&value, &document(b"\x4F\x0B\x52\x037\0\x01\x01"));
}

#[test]
fn a_value_that_does_not_fit_is_an_error_at_its_element() {
    let bytes = document(b"\x4F\x4B\x032\0\x01\x52\x037\0\x01\x55\x03many\0\x01\x01");
    let message = fault::<Collection<'_>>(&bytes);
    assert!(message.contains("Collection/WindowSize") && message.contains("many"), "{message}");
}

#[test]
fn of_two_the_last_counts_unless_strict() {
    let bytes = document(b"\x4F\x4B\x031\0\x01\x52\x037\0\x01\x4B\x032\0\x01\x01");
    assert_eq!(wbxml::from_slice::<Collection<'_>>(&bytes).unwrap(), Collection::small());
    let message = strict_fault::<Collection<'_>>(&bytes);
    assert!(message.contains("SyncKey"), "{message}");
}

#[test]
fn another_root_is_refused() {
    let message = fault::<Collection<'_>>(&document(b"\x45\x01"));
    assert!(message.contains("Collection") && message.contains("Sync"), "{message}");
}

/// A struct without fields holds nothing.
#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync, tag = Sync)]
struct Nothing;

#[test]
fn a_struct_without_fields_is_an_empty_element() {
    same(&Nothing, &document(b"\x05"));
    assert_eq!(wbxml::from_slice::<Nothing>(&document(b"\x45\x4B\x032\0\x01\x01")).unwrap(), Nothing);
    let message = strict_fault::<Nothing>(&document(b"\x45\x0B\x01"));
    assert!(message.contains("SyncKey"), "{message}");
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(tag = airsync::Sync)]
struct Pair(#[wbxml(airsync::SyncKey)] String, #[wbxml(airsync::Status)] Option<u8>);

#[test]
fn fields_need_no_names_and_tags_no_page() {
    same(&Pair("1".into(), Some(3)), &document(b"\x45\x4B\x031\0\x01\x4E\x033\0\x01\x01"));
}
