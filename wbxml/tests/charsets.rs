//! Character sets other than UTF-8, by bytes that other programs made.

#![cfg(feature = "charsets")]

use proptest::prelude::*;
use wbxml::{ErrorKind, Event, Reader};

/// `<Sync>`, a text, `</Sync>` in WBXML 1.3 with this MIBenum (below 0x4000).
fn document(charset: u16, string: &[u8], terminator: &[u8]) -> Vec<u8> {
    let number = if charset < 0x80 {
        vec![u8::try_from(charset).unwrap()]
    } else {
        vec![0x80 | u8::try_from(charset >> 7).unwrap(), (charset & 0x7F) as u8]
    };
    [&[0x03, 0x01][..], &number, &[0x00, 0x45, 0x03], string, terminator, &[0x01]].concat()
}

fn text(document: &[u8]) -> Result<String, wbxml::Error> {
    let mut reader = Reader::new(document);
    let mut text = String::new();
    while let Some(event) = reader.next()? {
        if let Event::Text(piece) = event {
            text += &piece;
        }
    }
    Ok(text)
}

const KNOWN: [(u16, &str, &[u8]); 17] = [
    (3, "plain", b"plain"),
    (4, "\u{80}Grüße", b"\x80Gr\xFC\xDFe"),
    (5, "żółć", b"\xBF\xF3\xB3\xE6"),
    (8, "Привет", b"\xBF\xE0\xD8\xD2\xD5\xE2"),
    (10, "Γειά", b"\xC3\xE5\xE9\xDC"),
    (17, "日本", b"\x93\xFA\x96\x7B"),
    (38, "한국", b"\xC7\xD1\xB1\xB9"),
    (111, "10 €", b"10 \xA4"),
    (114, "汉€", b"\xBA\xBA\xA2\xE3"),
    (2026, "漢字", b"\xBA\x7E\xA6\x72"),
    (2084, "Привет", b"\xF0\xD2\xC9\xD7\xC5\xD4"),
    (2251, "Привет", b"\xCF\xF0\xE8\xE2\xE5\xF2"),
    (2252, "“10 €”", b"\x9310 \x80\x94"),
    (1000, "Āb", b"\x01\x00\x00b"),
    (1013, "a🦀Ā", b"\x00a\xD8\x3E\xDD\x80\x01\x00"),
    (1014, "a🦀Ā", b"a\x00\x3E\xD8\x80\xDD\x00\x01"),
    (1015, "a🦀Ā", b"\x00a\xD8\x3E\xDD\x80\x01\x00"),
];

fn terminator(charset: u16) -> &'static [u8] {
    if matches!(charset, 1000 | 1013..=1015) { &[0, 0] } else { &[0] }
}

#[test]
fn text_in_the_character_set_of_the_header() {
    for (charset, expected, bytes) in KNOWN {
        let document = document(charset, bytes, terminator(charset));
        assert_eq!(text(&document).unwrap(), expected, "character set {charset}");
    }
}

#[test]
fn a_string_table_is_in_the_character_set_too() {
    // "Ā" in UTF-16BE at 2, a public identifier in the string table before it.
    let bytes = b"\x03\x01\x87\x75\x06\x00\x00\x01\x00\x00\x00\x45\x83\x02\x01";
    assert_eq!(text(bytes).unwrap(), "Ā");
}

#[test]
fn bytes_that_the_character_set_does_not_have_are_an_error_at_their_string() {
    // A lone surrogate, half a character, a byte that windows-1253 leaves free.
    let cases: [(u16, &[u8]); 3] = [(1013, b"\xD8\x3E"), (17, b"\x93"), (2253, b"\xD2")];
    for (charset, bytes) in cases {
        let document = document(charset, bytes, terminator(charset));
        let error = text(&document).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::InvalidText, "character set {charset}");
        assert_eq!(error.offset(), Some(document.len() - bytes.len() - terminator(charset).len() - 2));
    }
}

#[test]
fn a_string_of_two_byte_characters_ends_at_two_nuls_in_step() {
    // The NULs in the middle belong to U+0100 and U+0001, and half a terminator is none.
    let mut document = document(1013, b"\x01\x00\x00\x01\x00a\x00", b"");
    document.pop();
    let error = text(&document).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Incomplete { .. }), "{error}");
}

#[test]
fn a_character_set_that_nobody_knows_is_named() {
    let error = text(&document(3999, b"a", b"\0")).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::UnsupportedCharset(3999));
}

#[cfg(feature = "xml")]
proptest! {
    /// What is read comes back from XML as the same bytes, in all character sets.
    #[test]
    fn the_way_to_xml_and_back_keeps_the_bytes(
        (charset, _, _) in prop::sample::select(&KNOWN[..]),
        mut bytes in prop::collection::vec(any::<u8>(), 0..24),
    ) {
        // Two-byte characters in pairs, and no NUL that would end the string.
        bytes.truncate(bytes.len() & !1);
        bytes.iter_mut().filter(|byte| **byte == 0).for_each(|byte| *byte = b'0');
        let document = document(charset, &bytes, terminator(charset));
        prop_assume!(text(&document).is_ok());
        let xml = wbxml::xml::to_xml(&document).unwrap();
        prop_assert_eq!(wbxml::xml::from_xml(&xml).unwrap(), document, "{}", xml);
    }
}
