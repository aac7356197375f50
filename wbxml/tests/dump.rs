//! The listing: every byte of a document, once, in order, with its meaning.

mod support;

use proptest::prelude::*;
use support::documents::document;
use support::{activesync_examples, examples, from_hex, listed};
use wbxml::{Dump, Limits};

#[test]
fn every_byte_of_every_document_is_listed() {
    for example in examples() {
        let listing = Dump::new(&example.wbxml).to_string();
        assert_eq!(listed(&listing), example.wbxml, "{}:\n{listing}", example.name);
        assert!(!listing.contains("FAULT"), "{}", example.name);
    }
    for example in activesync_examples() {
        let listing = Dump::new(&example.wbxml).to_string();
        let head = "0000  03 01 6a 00        WBXML 1.3, public id 1, UTF-8, no string table\n";
        assert!(listing.starts_with(head), "{listing}");
        for word in ["unknown", "(page", "_0x"] {
            assert!(!listing.contains(word), "{}: {word}\n{listing}", example.name);
        }
    }
}

#[test]
fn numbers_of_bytes_are_words() {
    let listing = Dump::new(&from_hex("03016A01 00 45 C3 01 FF 01")).to_string();
    assert!(
        listing.contains("string table of 1 byte\n") && listing.contains("OPAQUE of 1 byte\n"),
        "{listing}"
    );
}

#[test]
fn every_byte_of_every_prefix_is_listed_and_the_fault_comes_last() {
    for example in activesync_examples() {
        for length in 0..example.wbxml.len() {
            let bytes = &example.wbxml[..length];
            let listing = Dump::new(bytes).to_string();
            let mut rows = listing.lines().skip_while(|row| !row.contains("FAULT"));
            assert!(rows.next().is_some(), "{}:\n{listing}", example.name);
            // After it there are rows only of the token that it is in.
            assert!(
                rows.all(|row| row.ends_with('|') || row.starts_with('…')),
                "{}:\n{listing}",
                example.name
            );
            if !listing.contains("not shown") {
                assert_eq!(listed(&listing), bytes, "{}:\n{listing}", example.name);
            }
        }
    }
}

#[test]
fn what_each_token_means() {
    let bytes = from_hex(
        "01 00 04 03 0D 616263 00 6E616D650A 00 E921 00
         43 05 03 64 00 01
         C5 00 03 05 01
         02 A000 83 00 40 6869 00 80 05 C2 04 04 C4 04 05 03 76 00 01 03 78 00 01
         C3 02 FF00 00 C8 05 85 05 03 31 00 01 00 02 16 01",
    );
    let expected = "\
0000  01 00 04 03 0d     WBXML 1.1, public id \"name\\n\" (in the string table), US-ASCII, string table of 13 bytes
0005    61 62 63 00        string 0: \"abc\"
0009    6e 61 6d 65 0a 00  string 4: \"name\\n\"
000f    e9 21 00           string 10, not in the character set
0012  43 05 03 64 00 01  <?_0x05 d?>
0018  c5                 <AirSync:Sync
0019    00 03              attribute page 3
001b    05                 Version=\"1.1\"
001c    01                 >
001d    02 a0 00           &#4096;, '\u{1000}'
0020    83 00              \"abc\" (in the string table)
0022    40 68 69 00        EXT_I_0 \"hi\"
0026    80 05              EXT_T_0 5
0028    c2                 EXT_2
0029    04 04              <name\u{FFFD}/> (its name is in the string table)
002b    c4 04              <name\u{FFFD} (its name is in the string table)
002d      05 03 76 00        Version=\"1.1v\"
0031      01                 >
0032      03 78 00           \"x\"
0035    01                 </name\u{FFFD}>
0036    c3 02 ff 00        OPAQUE of 2 bytes
003a    00 c8              code page 200, unknown
003c    05                 <(page 200 token 0x05)/>
003d    85                 <(page 200 token 0x05)
003e      05 03 31 00        Version=\"1.11\"
0042      01                 />
0043    00 02              code page 2, Email
0045    16                 <Email:To/>
0046  01                 </Sync>
";
    assert_eq!(Dump::new(&bytes).to_string(), expected);
}

#[test]
fn long_tokens_go_on_in_rows_of_their_own() {
    let bytes = from_hex("03016A00 00 15 45 50 C3 14 4672 6F6D3A20 61646140 6578616D 706C652E 0D0A 01 01");
    let expected = "\
0000  03 01 6a 00        WBXML 1.3, public id 1, UTF-8, no string table
0004  00 15              code page 21, ComposeMail
0006  45                 <ComposeMail:SendMail>
0007    50                 <Mime>
0008      c3 14 46 72 6f 6d  OPAQUE of 20 bytes, \"From: ada@example.\\r\\n\"
000e      3a 20 61 64 61 40 65 78 61 6d 70 6c 65 2e 0d 0a  |: ada@example...|
001e    01                 </Mime>
001f  01                 </SendMail>
";
    assert_eq!(Dump::new(&bytes).to_string(), expected);
}

#[test]
fn deep_documents_are_not_indented_without_bound() {
    let deep = [b"\x03\x01\x6A\x00".to_vec(), vec![0x45; 5000], vec![0x01; 5000]].concat();
    let listing = Dump::new(&deep).limits(Limits::NONE).to_string();
    assert_eq!(listed(&listing), deep);
    assert!(listing.len() < 150 * deep.len());
}

#[test]
fn a_long_rest_after_a_fault_is_counted() {
    let bytes = [b"\x03\x01\x6A\x00\x01".to_vec(), vec![0xAA; 1000]].concat();
    let listing = Dump::new(&bytes).to_string();
    assert!(listing.contains("FAULT: expected the root element, found the token 0x01"), "{listing}");
    assert!(listing.ends_with("… 931 bytes not shown\n"), "{listing}");
}

proptest! {
    #[test]
    fn every_byte_of_generated_documents_is_listed(bytes in document()) {
        prop_assert_eq!(listed(&Dump::new(&bytes).to_string()), bytes);
    }

    #[test]
    fn arbitrary_bytes_are_listed(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        prop_assert_eq!(listed(&Dump::new(&bytes).to_string()), bytes);
    }

    #[test]
    fn arbitrary_bytes_after_a_header_are_listed(rest in prop::collection::vec(any::<u8>(), 0..60)) {
        let bytes = [&b"\x03\x01\x6A\x04abc\x00"[..], &rest].concat();
        prop_assert_eq!(listed(&Dump::new(&bytes).to_string()), bytes);
    }
}
