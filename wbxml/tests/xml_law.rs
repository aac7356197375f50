//! The law: for every document that the reader accepts, the way to XML and back gives the same bytes.

#![cfg(feature = "xml")]

mod support;

use proptest::prelude::*;
use proptest::sample::Index;
use support::canonical::canonical;
use support::documents::{document, latin1_document, plain_document};
use support::examples;
use wbxml::Reader;
use wbxml::xml::Options;

fn accepted(bytes: &[u8]) -> bool {
    reads(Reader::new(bytes))
}

fn reads(mut reader: Reader<'_>) -> bool {
    loop {
        match reader.next() {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

/// Holds the law for `bytes`, which the reader accepts, in all forms of the XML.
#[track_caller]
fn law(bytes: &[u8]) {
    let bare = Options::new().indent(0).declaration(false);
    let strict = reads(Reader::new(bytes).strict(true)).then(|| Options::new().strict(true));
    for options in [Options::new(), Options::new().compact(), bare].into_iter().chain(strict) {
        let xml = options.to_xml(bytes).unwrap_or_else(|fault| panic!("{fault}\n{bytes:02X?}"));
        // A parser that checks all it can must take it, too.
        canonical(&xml);
        match options.from_xml(&xml) {
            Ok(back) => assert!(back == bytes, "{bytes:02X?}\nbecame\n{xml}\nbecame\n{back:02X?}"),
            Err(fault) => panic!("{fault}\n{bytes:02X?}\nbecame\n{xml}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 1500 } else { 20_000 }))]

    #[test]
    fn every_kind_of_token_comes_back(bytes in document()) {
        prop_assert!(accepted(&bytes), "{:02X?}: {:?}", bytes, wbxml::xml::to_xml(&bytes));
        law(&bytes);
    }

    #[test]
    fn latin1_comes_back(bytes in latin1_document()) {
        prop_assert!(accepted(&bytes), "{:02X?}", bytes);
        law(&bytes);
    }

    #[test]
    fn plain_documents_come_back(bytes in plain_document()) {
        prop_assert!(accepted(&bytes), "{:02X?}", bytes);
        law(&bytes);
    }

    #[test]
    fn what_is_left_of_mutated_documents_comes_back(
        which in any::<Index>(),
        changes in prop::collection::vec((any::<Index>(), any::<u8>(), 0..3_u8), 1..4),
    ) {
        prop_assume!(!examples().is_empty());
        let mut bytes = which.get(examples()).wbxml.clone();
        for (at, byte, change) in changes {
            let at = at.index(bytes.len());
            match change {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => { bytes.remove(at); }
            }
        }
        if accepted(&bytes) {
            law(&bytes);
        }
    }
}

#[test]
fn every_short_document_comes_back() {
    // Every kind of token, on a page with elements, bytes, messages and attributes.
    const BYTES: [u8; 24] = [
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x0B, 0x15, 0x16, 0x20, 0x43, 0x44, 0x45, 0x49, 0x50, 0x5C, 0x80,
        0x83, 0x84, 0x85, 0xC0, 0xC3, 0xC5, 0xC8,
    ];
    const LENGTH: usize = if cfg!(debug_assertions) { 3 } else { 4 };
    for page in [0, 3, 21, 22, 200] {
        let head = [&b"\x03\x01\x6A\x04a\x00 \x00\x00"[..], &[page]].concat();
        let mut count = 0;
        let mut digits = [0; LENGTH];
        loop {
            for around in [&[][..], &[0x45]] {
                let tail = if around.is_empty() { &[][..] } else { &[0x01] };
                let bytes = [&head, around, &digits.map(|digit| BYTES[digit]), tail].concat();
                if accepted(&bytes) {
                    law(&bytes);
                    count += 1;
                }
            }
            let Some(last) = digits.iter().rposition(|digit| *digit + 1 < BYTES.len()) else { break };
            digits[last] += 1;
            digits[last + 1..].fill(0);
        }
        assert!(count > 500, "{count} documents on page {page}");
    }
}

#[test]
fn each_hint_where_it_is_needed() {
    const HEAD: &[u8] = b"\x03\x01\x6A\x00";
    // Inside of <Sync xmlns="AirSync">, and what XML shows of it.
    let cases: [(&[u8], &str); 26] = [
        (b"", "<?wbxml content?>"),
        (b"\x4B\x030\x00\x01", "<SyncKey>0</SyncKey>"),
        (b"\x0B", "<SyncKey/>"),
        (b"\x4B\x03\x00\x01", "<SyncKey><?wbxml text?></SyncKey>"),
        (b"\x4B\x03a\x00\x03b\x00\x01", "<SyncKey>a<?wbxml text?>b</SyncKey>"),
        (b"\x4B\x03 \x00\x01", "<SyncKey> </SyncKey>"),
        (b"\x4B\x03 \x00\x0B\x01", "<SyncKey><?wbxml text?> <SyncKey/></SyncKey>"),
        (b"\x5C\x03 \x00\x01", "<Collections><?wbxml text?> </Collections>"),
        (b"\x4B\x03a\x0Bb\x00\x01", "<SyncKey>a<?wbxml char 0B?>b</SyncKey>"),
        (b"\x4B\xC3\x02hi\x01", "<SyncKey><?wbxml opaque?>hi</SyncKey>"),
        (b"\x4B\xC3\x02\xFF\x00\x01", "<SyncKey><?wbxml base64?>/wA=</SyncKey>"),
        (b"\x4B\xC3\x80\x02hi\x01", "<SyncKey><?wbxml bytes C380026869?></SyncKey>"),
        (b"\x4B\x02\x81\x20\x01", "<SyncKey><?wbxml entity?>\u{A0}</SyncKey>"),
        (b"\x4B\x02\x01\x01", "<SyncKey><?wbxml bytes 0201?></SyncKey>"),
        (b"\x4B\xC0\x01", "<SyncKey><?wbxml bytes C0?></SyncKey>"),
        (b"\x43\x05\x01\x0B", "<?wbxml bytes 430501?><SyncKey/>"),
        (b"\x00\x00\x0B", "<?wbxml page 00?><SyncKey/>"),
        (b"\x00\x17\x3F", "<_0x3F xmlns=\"Notes\"/>"),
        (b"\x00\x02\x16", "<To xmlns=\"Email\"/>"),
        (b"\x00\x07\x00\x02\x16", "<?wbxml page 0702?><To xmlns=\"Email\"/>"),
        (b"\x0B\x00\x02", "<SyncKey/><?wbxml page 02?>"),
        (b"\x00\xC8\x45\x01", "<_0x05 xmlns=\"wbxml:page:200\"><?wbxml content?></_0x05>"),
        (b"\x00\x16\x49\xC3\x03\xDE\xAD\xBE\x01", "<ConversationId xmlns=\"Email2\">3q2+</ConversationId>"),
        (
            b"\x00\x16\x49\x03AA==\x00\x01",
            "<ConversationId xmlns=\"Email2\"><?wbxml text?>AA==</ConversationId>",
        ),
        (b"\x00\x15\x50\xC3\x04a\r\nb\x01", "<Mime xmlns=\"ComposeMail\">a\nb</Mime>"),
        (b"\x00\x15\x50\xC3\x03a\nb\x01", "<Mime xmlns=\"ComposeMail\"><?wbxml opaque?>a\nb</Mime>"),
    ];
    for (inside, shown) in cases {
        let bytes = [HEAD, b"\x45", inside, b"\x01"].concat();
        let xml = Options::new().compact().declaration(false).to_xml(&bytes).unwrap();
        assert_eq!(xml, format!("<Sync xmlns=\"AirSync\">{shown}</Sync>"), "{inside:02X?}");
        law(&bytes);
    }
}

#[test]
fn attributes_and_what_leans_on_the_string_table() {
    let cases: [(&[u8], &str); 9] = [
        // The stored registration of a device, with the only attribute of ActiveSync.
        (b"\x03\x01\x6A\x00\x00\x03\x85\x00\x03\x05\x01", r#"<Notify xmlns="AirNotify" Version="1.1"/>"#),
        (
            b"\x03\x01\x6A\x00\x00\x03\x85\x00\x03\x05\x03.5\x00\x01",
            r#"<Notify xmlns="AirNotify" Version="1.1.5"/>"#,
        ),
        // On another attribute page the token means nothing.
        (
            b"\x03\x01\x6A\x00\x00\x03\x85\x05\x03v\x00\x01",
            r#"<?wbxml attributes 0503760001?><Notify xmlns="AirNotify" _0x05="v"/>"#,
        ),
        (b"\x03\x01\x6A\x00\x85\x01", r#"<?wbxml attributes 01?><Sync xmlns="AirSync"/>"#),
        (b"\x02\x01\x6A\x00\x05", r#"<?wbxml header 02016A00?><Sync xmlns="AirSync"/>"#),
        (
            b"\x03\x01\x6A\x03ab\x00\x45\x83\x01\x01",
            r#"<?wbxml header 03016A03616200?><Sync xmlns="AirSync"><?wbxml table 01?>b</Sync>"#,
        ),
        (
            b"\x03\x01\x6A\x03ab\x00\x45\x04\x00\x01",
            r#"<?wbxml header 03016A03616200?><Sync xmlns="AirSync"><?wbxml literal 00?><ab xmlns=""/></Sync>"#,
        ),
        (
            b"\x03\x01\x6A\x03?!\x00\x04\x80\x00",
            "<?wbxml header 03016A033F2100?><?wbxml literal 8000?><_literal/>",
        ),
        (
            b"\x03\x01\x04\x00\x45\x03\xE9\x00\x01",
            r#"<?wbxml header 03010400?><Sync xmlns="AirSync">é</Sync>"#,
        ),
    ];
    for (bytes, shown) in cases {
        let xml = Options::new().compact().declaration(false).to_xml(bytes).unwrap();
        assert_eq!(xml, shown, "{bytes:02X?}");
        law(bytes);
    }
}

/// Each element brings a namespace of its own, to the depth that is allowed by default.
#[test]
fn namespaces_may_change_at_every_level() {
    let mut document = b"\x03\x01\x6A\x00\x45".to_vec();
    for level in 1..256_u32 {
        document.extend_from_slice(&[0x00, (level % 2) as u8, 0x45]);
    }
    document.extend_from_slice(&[0x01; 256]);
    let xml = Options::new().to_xml(&document).unwrap();
    assert_eq!(Options::new().from_xml(&xml).unwrap(), document);
}
