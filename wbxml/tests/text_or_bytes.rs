//! `TextOrBytes` against bytes written by hand.

mod support;

use std::borrow::Cow;
use std::collections::HashSet;

use support::from_hex;
use wbxml::codepages::airsyncbase;
use wbxml::{Decode, Encode, ErrorKind, IntoOwned, Reader, TextOrBytes, Writer};

/// A document of an element `Data` with this inside, in hexadecimal digits.
fn data(inside: &str) -> Vec<u8> {
    from_hex(&format!("03016A00 00 11 4B {inside} 01"))
}

fn read(document: &[u8]) -> wbxml::Result<TextOrBytes<'_>> {
    let mut reader = Reader::new(document);
    reader.child()?.expect("the root");
    let value = TextOrBytes::decode(&mut reader)?;
    assert_eq!(reader.depth(), 0, "its end is read");
    Ok(value)
}

fn write(value: &TextOrBytes<'_>) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    writer.header().unwrap();
    writer.element(airsyncbase::Data, value).unwrap();
    writer.finish().unwrap()
}

#[test]
fn it_is_read_as_it_came_and_written_as_it_was_read() {
    // "ä" in UTF-8, in ISO 8859-1 (which is no UTF-8), and both ways of nothing.
    for (inside, is_text, bytes) in [
        ("03 C3A4 00", true, &b"\xC3\xA4"[..]),
        ("C3 02 C3A4", false, b"\xC3\xA4"),
        ("C3 01 E4", false, b"\xE4"),
        ("C3 03 00FF01", false, b"\x00\xFF\x01"),
        ("C3 00", false, b""),
    ] {
        let document = data(inside);
        let value = read(&document).unwrap();
        assert_eq!(value.as_bytes(), bytes, "{inside}");
        assert_eq!(matches!(value, TextOrBytes::Text(_)), is_text, "{inside}");
        let borrowed =
            matches!(value, TextOrBytes::Text(Cow::Borrowed(_)) | TextOrBytes::Bytes(Cow::Borrowed(_)));
        assert!(borrowed, "{inside}");
        assert_eq!(write(&value), document, "{inside}");
        let owned: TextOrBytes<'static> = value.into_owned();
        assert_eq!(write(&owned), document, "{inside}");
        assert_eq!(owned.into_bytes(), bytes);
    }
    let empty = from_hex("03016A00 00 11 0B");
    assert!(matches!(read(&empty).unwrap(), TextOrBytes::Text(text) if text.is_empty()));
    assert_eq!(write(&TextOrBytes::default()), empty);
}

#[test]
fn pieces_become_one_and_opaque_if_one_was() {
    for (pieces, one) in [
        ("03 61 00 02 62 03 63 00", "03 616263 00"),
        ("03 61 00 C3 01 FF 03 62 00", "C3 03 61FF62"),
        ("C3 01 61 02 8164", "C3 03 61C3A4"),
        ("03 00 C3 00 C3 01 61", "C3 01 61"),
        // An inline string cannot hold the NUL of the entity.
        ("03 61 00 02 00", "C3 02 6100"),
    ] {
        assert_eq!(write(&read(&data(pieces)).unwrap()), data(one), "{pieces}");
    }
    assert_eq!(write(&read(&data("03 00")).unwrap()), from_hex("03016A00 00 11 0B"));
}

#[test]
fn elements_are_refused_and_so_is_an_inline_string_that_is_no_text() {
    let error = read(&data("4C 01")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Data/EstimatedDataSize at byte 7: expected text or bytes, found EstimatedDataSize"
    );
    let error = read(&data("C0")).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UnexpectedToken { expected: "text or bytes", .. }), "{error}");
    let error = read(&data("03 E4 00")).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::InvalidText);
}

#[test]
fn a_document_in_another_charset_gives_text() {
    let document = from_hex("03010400 00 11 4B 03 E4 00 01");
    assert!(matches!(read(&document).unwrap(), TextOrBytes::Text(text) if text == "ä"));
}

#[test]
fn values_are_their_bytes_however_they_travel() {
    let text = TextOrBytes::from("ä");
    let bytes = TextOrBytes::from("ä".as_bytes());
    assert_eq!(text, bytes);
    assert_eq!(HashSet::from([text.clone(), bytes.clone()]).len(), 1);
    assert_eq!(text, "ä");
    assert_ne!(text, TextOrBytes::from("a"));
    assert_eq!((bytes.as_str(), bytes.len(), bytes.is_empty()), (Some("ä"), 2, false));
    let latin = TextOrBytes::from(b"\xE4!".to_vec());
    assert_eq!((latin.as_str(), latin.to_str_lossy()), (None, Cow::Borrowed("\u{FFFD}!")));
    assert_ne!(latin, "ä!");
    assert_eq!(TextOrBytes::from("x".to_owned()).as_ref(), b"x");
    assert_eq!(TextOrBytes::from(Cow::Borrowed("x")), TextOrBytes::from(Cow::Borrowed(&b"x"[..])));
}

#[test]
fn text_with_a_nul_travels_as_bytes() {
    let mut writer = Writer::new(Vec::new());
    TextOrBytes::from("a\0b").encode(&mut writer).unwrap();
    assert_eq!(writer.finish().unwrap(), from_hex("C3 03 610062"));
}
