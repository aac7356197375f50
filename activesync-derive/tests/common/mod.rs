//! What the tests share.

use std::fmt::Debug;

use wbxml::{DecodeElement, EncodeElement};

/// A document of WBXML 1.3 in UTF-8 without a public identifier and a string table.
pub(crate) fn document(body: &[u8]) -> Vec<u8> {
    [&[0x03, 0x01, 0x6A, 0x00], body].concat()
}

/// Checks that the value is written as these bytes, and the bytes are read as the value.
#[track_caller]
#[allow(dead_code)]
pub(crate) fn same<'de, T>(value: &T, bytes: &'de [u8])
where
    T: DecodeElement<'de> + EncodeElement + PartialEq + Debug,
{
    let written = wbxml::to_vec(value).expect("the value can be written");
    assert_eq!(written, bytes, "written {written:02X?}, expected {bytes:02X?}");
    let read: T = wbxml::from_slice(bytes).expect("the bytes can be read");
    assert_eq!(read, *value);
}

/// The message of the error that reading these bytes gives.
#[track_caller]
#[allow(dead_code)]
pub(crate) fn fault<'de, T: DecodeElement<'de> + Debug>(bytes: &'de [u8]) -> String {
    wbxml::from_slice::<T>(bytes).expect_err("the bytes are no such value").to_string()
}

/// The same in strict mode.
#[track_caller]
#[allow(dead_code)]
pub(crate) fn strict_fault<'de, T: DecodeElement<'de> + Debug>(bytes: &'de [u8]) -> String {
    let read = wbxml::Reader::new(bytes).strict(true).decode::<T>();
    read.expect_err("the bytes are no such value").to_string()
}
