//! Mail that is no text, in documents written by hand: it is read, kept, and written as the same bytes.

use activesync_types::airsyncbase::BodyType;
use activesync_types::calendar::Calendar;
use activesync_types::contacts::Contact;
use activesync_types::email::Email;
use wbxml::codepages::airsync;
use wbxml::{Decode, Encode, ErrorKind, IntoOwned, Reader, TextOrBytes};

#[derive(Encode, Decode, IntoOwned)]
#[wbxml(page = airsync, tag = ApplicationData)]
struct AnEmail<'a>(Email<'a>);

#[derive(Encode, Decode, IntoOwned)]
#[wbxml(page = airsync, tag = ApplicationData)]
struct AContact<'a>(Contact<'a>);

#[derive(Encode, Decode, IntoOwned)]
#[wbxml(page = airsync, tag = ApplicationData)]
struct AnEvent<'a>(Calendar<'a>);

/// No UTF-8, and a NUL.
const MIME: &[u8] = b"Subject: r\xE4v\r\n\r\nna\xEFve \0\r\n";

/// An OPAQUE of these bytes.
fn opaque(bytes: &[u8]) -> Vec<u8> {
    [&[0xC3, u8::try_from(bytes.len()).unwrap()], bytes].concat()
}

/// `<ApplicationData>` with this inside.
fn document(inside: &[u8]) -> Vec<u8> {
    [b"\x03\x01\x6A\x00\x5D", inside, b"\x01"].concat()
}

/// `<Body>` with this digit as its type, and this in `<Data>`.
fn body(kind: u8, data: &[u8]) -> Vec<u8> {
    [&[0x00, 0x11, 0x4A, 0x46, 0x03, kind, 0x00, 0x01, 0x4B][..], data, b"\x01\x01"].concat()
}

macro_rules! comes_out_the_same {
    ($item:ident($inside:ident), $document:expr, $data:expr) => {
        let document = $document;
        for strict in [true, false] {
            let item: $item<'_> = Reader::new(&document).strict(strict).decode().unwrap();
            let $inside = &item.0;
            assert_eq!($data.as_ref().unwrap().as_bytes(), MIME);
            assert_eq!(wbxml::to_vec(&item).unwrap(), document);
            let owned: $item<'static> = item.into_owned();
            assert_eq!(wbxml::to_vec(&owned).unwrap(), document);
        }
    };
}

#[test]
fn a_body_in_opaque_is_its_bytes() {
    let document = || document(&body(b'4', &opaque(MIME)));
    comes_out_the_same!(AnEmail(email), document(), email.body.as_ref().unwrap().data);
    comes_out_the_same!(AContact(contact), document(), contact.body.as_ref().unwrap().data);
    comes_out_the_same!(AnEvent(event), document(), event.body.as_ref().unwrap().data);
}

#[test]
fn the_mime_data_of_2_5_and_the_part_of_a_body_are_their_bytes() {
    let mime_data = [&[0x00, 0x02, 0x76][..], &opaque(MIME), b"\x01"].concat();
    comes_out_the_same!(AnEmail(email), document(&mime_data), email.mime_data);
    // BodyPart: Status 1, Type 2, EstimatedDataSize 9, Data.
    let before = b"\x00\x11\x5A\x5B\x031\x00\x01\x46\x032\x00\x01\x4C\x039\x00\x01\x4B";
    let part = [&before[..], &opaque(MIME), b"\x01\x01"].concat();
    comes_out_the_same!(AnEmail(email), document(&part), email.body_part.as_ref().unwrap().data);
}

#[test]
fn a_body_as_a_string_stays_one() {
    let document = document(&body(b'1', "\u{3}Grüße\0".as_bytes()));
    let AnEmail(email) = wbxml::from_slice(&document).unwrap();
    let body = email.body.as_ref().unwrap();
    assert_eq!((body.body_type, body.text().as_deref()), (BodyType::PlainText, Some("Grüße")));
    assert!(matches!(body.data, Some(TextOrBytes::Text(_))));
    assert_eq!(wbxml::to_vec(&AnEmail(email)).unwrap(), document);
}

#[test]
fn what_is_shown_of_bytes_has_no_holes_but_where_they_are_no_text() {
    let document = document(&body(b'1', &opaque(b"Gr\xFC\xC3\x9Fe")));
    let AnEmail(email) = wbxml::from_slice(&document).unwrap();
    assert_eq!(email.body.unwrap().text().unwrap(), "Gr\u{FFFD}ße");
}

#[test]
fn a_string_that_is_no_text_is_an_error_that_says_where() {
    let document = document(&body(b'4', b"\x03r\xE4v\0"));
    for strict in [true, false] {
        let error = Reader::new(&document).strict(strict).decode::<AnEmail<'_>>().err().unwrap();
        assert_eq!(error.kind(), &ErrorKind::InvalidText);
        assert_eq!(error.path().to_string(), "ApplicationData/Body/Data");
    }
}
