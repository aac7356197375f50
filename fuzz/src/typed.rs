//! Documents as typed values.

use std::fmt::Debug;

use activesync_types::calendar::Calendar;
use activesync_types::contacts::Contact;
use activesync_types::email::Email;
use activesync_types::item_operations::ItemProperties;
use activesync_types::{
    Command, FolderCreate, FolderDelete, FolderSync, FolderUpdate, GetHierarchy, GetItemEstimate,
    ItemOperations, MoveItems, Ping, Provision, SendMail, Sync,
};
use arbitrary::{Arbitrary, Unstructured};
use wbxml::codepages::{airsync, itemoperations};
use wbxml::{Element, Error, ErrorKind, Event as Piece, IntoOwned, ProtocolVersion, Reader};

use crate::document::check_fault;
use crate::messages::{Event, Information, Mail, Person, for_each_message, in_one_form};

/// Bytes to every message and item. What strict reading takes, lenient reading takes for the same value; a value that
/// owns its content is the same too.
pub fn typed(document: &[u8]) {
    const CHECKS: &[fn(&[u8])] = &for_each_message!(check_typed);
    for check in CHECKS {
        check(document);
    }
    // The only body that may be no document.
    if let Err(fault) = SendMail::decode_request(document) {
        check_fault(&fault, document.len());
    }
    check_captured(document);
}

/// Bytes to a value, to bytes, to a value: what was read can be written, as it is and in every version that has the
/// message, and is the same when it is read again.
pub fn values(document: &[u8]) {
    const CHECKS: &[fn(&[u8])] = &for_each_message!(check_values);
    for check in CHECKS {
        check(document);
    }
}

/// Any value, to bytes, to a value; and the bytes to XML and back. The first byte picks the type.
pub fn arbitrary_values(input: &[u8]) {
    document_of(input);
}

/// The document of the value that [`arbitrary_values`] makes of these bytes, which are a seed for other targets.
pub fn document_of(input: &[u8]) -> Option<Vec<u8>> {
    type Check = fn(&[u8]) -> Option<Vec<u8>>;
    const CHECKS: &[Check] = &for_each_message!(check_arbitrary);
    let (&which, seed) = input.split_first()?;
    CHECKS.get(usize::from(which))?(seed)
}

/// Content that is decoded later than what is around it, as each type that it may be.
fn check_captured(document: &[u8]) {
    let mut reader = Reader::new(document);
    while let Ok(Some(event)) = reader.next() {
        let Piece::Start { tag, .. } = event else { continue };
        if [airsync::ApplicationData, itemoperations::Properties].contains(&tag)
            && let Ok(content) = reader.clone().fragment()
        {
            let owned = content.clone().into_owned();
            assert!(owned == content, "{owned:?} {content:?}");
            let length = document.len();
            check_content::<Email<'_>>(content.decode(), owned.decode(), length);
            check_content::<Calendar<'_>>(content.decode(), owned.decode(), length);
            check_content::<Contact<'_>>(content.decode(), owned.decode(), length);
            check_content::<ItemProperties<'_>>(content.decode(), owned.decode(), length);
        }
    }
}

fn check_content<T: PartialEq + Debug>(content: Result<T, Error>, owned: Result<T, Error>, length: usize) {
    match (content, owned) {
        (Ok(content), Ok(owned)) => check_same(&owned, &content),
        (Err(content), Err(_)) => check_fault(&content, length),
        (content, owned) => panic!("{content:?}\n{owned:?}"),
    }
}

macro_rules! check_typed {
    ($command:ident, $side:ident) => {{
        fn check(document: &[u8]) {
            type Message<'a> = <$command as Command>::$side<'a>;
            let lenient = Reader::new(document).decode::<Message<'_>>();
            match (lenient, Reader::new(document).strict(true).decode::<Message<'_>>()) {
                (Ok(lenient), strict) => {
                    match strict {
                        Ok(strict) => check_same(&strict, &lenient),
                        Err(fault) => check_fault(&fault, document.len()),
                    }
                    check_same(&lenient.clone().into_owned(), &lenient);
                }
                (Err(fault), Err(_)) => check_fault(&fault, document.len()),
                (Err(fault), Ok(strict)) => panic!("{fault}, but strictly {strict:?}"),
            }
        }
        check
    }};
}

macro_rules! check_values {
    ($command:ident, $side:ident) => {{
        fn check(document: &[u8]) {
            type Message<'a> = <$command as Command>::$side<'a>;
            let Ok(value) = wbxml::from_slice::<Message<'_>>(document) else { return };
            let Some(bytes) = written(wbxml::to_vec(&value)) else { return };
            let again = wbxml::from_slice::<Message<'_>>(&bytes).expect("what was written is read");
            if is_copied(document) {
                check_same(&again, &in_one_form!($command, $side, value.clone()));
            }
            assert_eq!(wbxml::to_vec(&again).as_ref(), Ok(&bytes));
            check_versions!(Message, value);
        }
        check
    }};
}

macro_rules! check_arbitrary {
    ($command:ident, $side:ident) => {{
        fn check(seed: &[u8]) -> Option<Vec<u8>> {
            type Message<'a> = <$command as Command>::$side<'a>;
            let any = Message::arbitrary(&mut Unstructured::new(seed)).ok()?;
            let value = in_one_form!($command, $side, any);
            let bytes = match wbxml::to_vec(&value) {
                Ok(bytes) => bytes,
                Err(fault) => {
                    assert_eq!(*fault.kind(), ErrorKind::NulInText, "{fault}");
                    return None;
                }
            };
            let read = Reader::new(&bytes).strict(true).decode::<Message<'_>>();
            let read = read.unwrap_or_else(|fault| panic!("{fault}\n{bytes:02X?}"));
            assert_eq!(read, value);
            let owned = read.into_owned();
            assert_eq!(owned, value);
            let xml = wbxml::xml::to_xml(&bytes).expect("what can be read has XML");
            assert_eq!(wbxml::xml::from_xml(&xml).as_ref(), Ok(&bytes), "{xml}");
            check_versions!(Message, value);
            Some(bytes)
        }
        check
    }};
}

/// What a version leaves of a value is the same when it is written again in that version.
macro_rules! check_versions {
    ($message:ident, $value:ident) => {
        for version in ProtocolVersion::ALL {
            if <$message<'_> as Element>::TAG.versions().contains(version) {
                let Some(bytes) = written(wbxml::to_vec_version(&$value, version)) else { continue };
                let left = wbxml::from_slice::<$message<'_>>(&bytes);
                let left = left.unwrap_or_else(|fault| panic!("{version}: {fault}\n{bytes:02X?}"));
                let bytes = wbxml::to_vec_version(&left, version).expect("it was written before");
                let again = wbxml::from_slice::<$message<'_>>(&bytes).expect("it was read before");
                check_same(&again, &left);
            }
        }
    };
}

use {check_arbitrary, check_typed, check_values, check_versions};

/// What is written of a value that was read. Captured content that leans on the string table of its document cannot be.
fn written(bytes: Result<Vec<u8>, Error>) -> Option<Vec<u8>> {
    bytes.inspect_err(|fault| assert_eq!(*fault.kind(), ErrorKind::StringTableNeeded, "{fault}")).ok()
}

/// Whether captured content is copied when it is written: what has another header, or is on another page of attributes, is
/// written anew, and compares by its bytes.
fn is_copied(document: &[u8]) -> bool {
    let mut reader = Reader::new(document);
    while let Ok(Some(_)) = reader.next() {
        if reader.attribute_page() != 0 {
            return false;
        }
    }
    document.starts_with(&[0x03, 0x01, 0x6A, 0x00])
}

/// Equal, or alike where numbers are none.
#[track_caller]
fn check_same<T: PartialEq + Debug>(one: &T, other: &T) {
    if one != other {
        assert_eq!(format!("{one:?}"), format!("{other:?}"));
    }
}
