//! What hostile and odd documents come to: in strict mode and in lenient mode, whole and in pieces, in the listing and in
//! the tool.

mod support;

use support::from_hex;
use wbxml::{Dump, Error, ErrorKind, Event, Limits, PushReader, Reader, Tag};

struct Row {
    what: &'static str,
    hex: &'static str,
    strict: Outcome,
    lenient: Outcome,
}

enum Outcome {
    /// The events: `<Name>`, ` @name="value"`, `"text"`, `&c`, `[bytes]`, `</>` for the end of whatever is open.
    Reads(&'static str),
    /// The kind, and the whole message: the element, the byte, the text.
    Fails(ErrorKind, &'static str),
}
use Outcome::{Fails, Reads};

/// The same in both modes.
fn both(what: &'static str, hex: &'static str, outcome: fn() -> Outcome) -> Row {
    Row { what, hex, strict: outcome(), lenient: outcome() }
}

fn apart(what: &'static str, hex: &'static str, strict: Outcome, lenient: Outcome) -> Row {
    Row { what, hex, strict, lenient }
}

fn incomplete(reading: &'static str) -> ErrorKind {
    ErrorKind::Incomplete { reading, needed: None, left: 0 }
}

fn cut(reading: &'static str, needed: Option<usize>, left: usize) -> ErrorKind {
    ErrorKind::Incomplete { reading, needed, left }
}

fn unexpected(token: u8, expected: &'static str) -> ErrorKind {
    ErrorKind::UnexpectedToken { token, expected }
}

fn no_string(index: u32, table: usize) -> ErrorKind {
    ErrorKind::InvalidStringIndex { index, table }
}

fn rows() -> Vec<Row> {
    [header(), around_the_root(), elements(), numbers(), strings(), table(), bytes(), attributes()]
        .into_iter()
        .chain([unknown(), quirks()])
        .flatten()
        .collect()
}

use ErrorKind as K;

#[rustfmt::skip] // a table
fn header() -> Vec<Row> {
    vec![
        both("nothing at all", "", || Fails(incomplete("the header"), "byte 0: the document ends inside of the header")),
        both("half of a header", "03 01", || Fails(incomplete("a number"), "byte 2: the document ends inside of a number")),
        both("version 1.4", "04 01 6A 00 05", || Fails(K::UnsupportedVersion(4), "byte 0: expected the version of WBXML (0x00 to 0x03 for 1.0 to 1.3), found 0x04: is this a WBXML document?")),
        both("XML: <?xml", "3C 3F 78 6D 6C", || Fails(K::UnsupportedVersion(0x3C), "byte 0: expected the version of WBXML (0x00 to 0x03 for 1.0 to 1.3), found 0x3C: is this a WBXML document?")),
        both("charset 1017, UTF-32, in text", "03 01 8779 00 45 03 FFFE00 01", || Fails(K::UnsupportedCharset(1017), if cfg!(feature = "charsets") { "Sync at byte 6: the character set with the IANA number 1017 is not supported" } else { "Sync at byte 6: the character set with the IANA number 1017 is not supported; the feature `charsets` reads more" })),
        both("string table of 5 bytes, 2 are there", "03 01 6A 05 6100", || Fails(cut("the string table", Some(5), 2), "byte 3: the string table claims 5 bytes, 2 are left")),
        both("string table of 4 GiB", "03 01 6A 8FFFFFFF7F 61", || Fails(K::LimitExceeded { limit: "string_table", value: 65536 }, "byte 3: more than the limit `string_table` allows (65536); if the document can be trusted, raise it with Limits::string_table")),
    ]
}

#[rustfmt::skip] // a table
fn around_the_root() -> Vec<Row> {
    vec![
        both("no root", "03016A00", || Fails(incomplete("the root element"), "byte 4: the document ends inside of the root element")),
        both("an END in place of the root", "03016A00 01", || Fails(unexpected(0x01, "the root element"), "byte 4: expected the root element, found the token 0x01")),
        both("an END before the root", "03016A00 01 45 01", || Fails(unexpected(0x01, "the root element"), "byte 4: expected the root element, found the token 0x01")),
        both("text before the root", "03016A00 03 61 00 05", || Fails(unexpected(0x03, "the root element"), "byte 4: expected the root element, found the token 0x03")),
        both("OPAQUE before the root", "03016A00 C3 00 05", || Fails(unexpected(0xC3, "the root element"), "byte 4: expected the root element, found the token 0xC3")),
        both("an extension before the root", "03016A00 41 61 00", || Fails(unexpected(0x41, "the root element"), "byte 4: expected the root element, found the token 0x41")),
        both("an entity before the root", "03016A00 02 41 05", || Fails(unexpected(0x02, "the root element"), "byte 4: expected the root element, found the token 0x02")),
        both("a second root", "03016A00 05 45 01", || Fails(K::TrailingBytes(2), "byte 5: 2 bytes after the end of the document")),
        both("a stray END after the root", "03016A00 45 01 01", || Fails(K::TrailingBytes(1), "byte 6: 1 byte after the end of the document")),
        both("a stray END after a root without content", "03016A00 05 01", || Fails(K::TrailingBytes(1), "byte 5: 1 byte after the end of the document")),
        both("text after the root", "03016A00 05 03 61 00", || Fails(K::TrailingBytes(3), "byte 5: 3 bytes after the end of the document")),
        both("zeros after the root", "03016A00 45 01 00 00 00", || Fails(K::TrailingBytes(3), "byte 6: 3 bytes after the end of the document")),
        both("an instruction after the root", "03016A00 05 43 05 03 61 00 01", || Reads("<Sync></><?_0x05 a?>")),
        both("half an instruction after the root", "03016A00 05 43 05", || Fails(incomplete("an attribute"), "byte 7: the document ends inside of an attribute")),
    ]
}

/// Tokens 0x00 to 0x04 with the bits of content and attributes are other tokens.
#[rustfmt::skip] // a table
fn elements() -> Vec<Row> {
    vec![
        both("no END of the root", "03016A00 45", || Fails(incomplete("an element, whose end is missing"), "Sync at byte 5: the document ends inside of an element, whose end is missing")),
        both("one END for two", "03016A00 45 5C 01", || Fails(incomplete("an element, whose end is missing"), "Sync at byte 7: the document ends inside of an element, whose end is missing")),
        both("no END for three", "03016A00 45 5C 4F 0B", || Fails(incomplete("an element, whose end is missing"), "Sync/Collections/Collection at byte 8: the document ends inside of an element, whose end is missing")),
        both("0x00 without a page", "03016A00 45 00", || Fails(incomplete("a page number"), "Sync at byte 5: the document ends inside of a page number")),
        both("0x40, EXT_I_0", "03016A00 45 40 61 00 01", || Reads(r#"<Sync>Text(0, "a")</>"#)),
        both("0x40, EXT_I_0, without an end", "03016A00 45 40 61", || Fails(cut("a string", None, 1), "Sync at byte 5: the document ends inside of a string")),
        both("0x80, EXT_T_0", "03016A00 45 80 05 01", || Reads("<Sync>Number(0, 5)</>")),
        both("0xC0, EXT_0", "03016A00 45 C0 01", || Reads("<Sync>Byte(0)</>")),
        both("0x41, 0x81 and 0xC1, extensions 1", "03016A00 45 41 61 00 81 05 C1 01", || Reads(r#"<Sync>Text(1, "a")Number(1, 5)Byte(1)</>"#)),
        both("0x42, 0x82 and 0xC2, extensions 2", "03016A00 45 42 61 00 82 05 C2 01", || Reads(r#"<Sync>Text(2, "a")Number(2, 5)Byte(2)</>"#)),
        both("0x43, PI", "03016A00 45 43 05 01 01", || Reads("<Sync><?_0x05 ?></>")),
        both("0x43, PI with two attributes", "03016A00 43 05 06 01 05", || Fails(unexpected(0x06, "the end of the processing instruction"), "byte 4: expected the end of the processing instruction, found the token 0x06")),
        both("0x43, PI without a target", "03016A00 43 01 05", || Fails(unexpected(0x01, "an attribute"), "byte 5: expected an attribute, found the token 0x01")),
        both("0x83, STR_T", "03016A02 6100 45 83 00 01", || Reads(r#"<Sync>"a"</>"#)),
        both("0xC3, OPAQUE", "03016A00 45 C3 01 FF 01", || Reads("<Sync>[FF]</>")),
        both("0x04, LITERAL", "03016A02 6100 45 04 00 01", || Reads("<Sync><a></></>")),
        both("0x44, LITERAL_C", "03016A02 6100 44 00 01", || Reads("<a></>")),
        both("0x84, LITERAL_A", "03016A02 6100 84 00 05 01", || Reads(r#"<a> @_0x05="" </>"#)),
        both("0xC4, LITERAL_AC", "03016A02 6100 C4 00 05 01 03 62 00 01", || Reads(r#"<a> @_0x05="" "b"</>"#)),
        both("0x44 without a table", "03016A00 44 00 01", || Fails(no_string(0, 0), "byte 4: expected a string at 0 of the string table, but the document has no string table")),
        both("0x84 without a table", "03016A00 45 84 00 01", || Fails(no_string(0, 0), "Sync at byte 5: expected a string at 0 of the string table, but the document has no string table")),
    ]
}

#[rustfmt::skip] // a table
fn numbers() -> Vec<Row> {
    vec![
        both("a length with 3 leading zero groups, 5 bytes", "03016A00 45 C3 8080808001 FF 01", || Reads("<Sync>[FF]</>")),
        both("a length with 4 leading zero groups, 6 bytes", "03016A00 45 4B C3 808080808001 61", || Fails(K::IntegerTooLong, "Sync/SyncKey at byte 6: the number is longer than 32 bits")),
        both("a public id of 2^32", "03 9080808000 6A 00 05", || Fails(K::IntegerTooLong, "byte 1: the number is longer than 32 bits")),
        both("a public id of 6 bytes", "03 808080808001 6A 00 05", || Fails(K::IntegerTooLong, "byte 1: the number is longer than 32 bits")),
        both("a charset of 2^35 - 1", "03 01 FFFFFFFF7F 00 05", || Fails(K::IntegerTooLong, "byte 2: the number is longer than 32 bits")),
        both("a table length of 6 bytes", "03 01 6A 808080808000 05", || Fails(K::IntegerTooLong, "byte 3: the number is longer than 32 bits")),
        both("an index without an end", "03016A02 6100 45 83 FFFFFFFFFF 01", || Fails(K::IntegerTooLong, "Sync at byte 7: the number is longer than 32 bits")),
        both("an entity without an end", "03016A00 45 02 FFFFFFFFFF 01", || Fails(K::IntegerTooLong, "Sync at byte 5: the number is longer than 32 bits")),
        both("an extension's number of 6 bytes", "03016A00 45 80 808080808001 01", || Fails(K::IntegerTooLong, "Sync at byte 5: the number is longer than 32 bits")),
        both("a length that is cut off", "03016A00 45 4B C3", || Fails(incomplete("a number"), "Sync/SyncKey at byte 6: the document ends inside of a number")),
        both("entity U+10FFFF, the last there is", "03016A00 45 02 C3FF7F 01", || Reads("<Sync>&\u{10FFFF}</>")),
        both("entity U+110000, one more", "03016A00 45 02 C48000 01", || Fails(K::InvalidEntity(0x11_0000), "Sync at byte 5: entity 1114112 is no character (a Unicode scalar value)")),
        both("entity U+D800, half a surrogate pair", "03016A00 45 02 83B000 01", || Fails(K::InvalidEntity(0xD800), "Sync at byte 5: entity 55296 is no character (a Unicode scalar value)")),
        both("entity U+DFFF, the other half", "03016A00 45 02 83BF7F 01", || Fails(K::InvalidEntity(0xDFFF), "Sync at byte 5: entity 57343 is no character (a Unicode scalar value)")),
        both("entity U+7FFFFFFF", "03016A00 45 02 87FFFFFF7F 01", || Fails(K::InvalidEntity(0x7FFF_FFFF), "Sync at byte 5: entity 2147483647 is no character (a Unicode scalar value)")),
    ]
}

#[rustfmt::skip] // a table
fn strings() -> Vec<Row> {
    vec![
        both("a string without its NUL", "03016A00 45 4B 03 6162", || Fails(cut("a string", None, 2), "Sync/SyncKey at byte 6: the document ends inside of a string")),
        both("a string whose NUL is the END's", "03016A00 45 4B 03 01 01 00", || Fails(incomplete("an element, whose end is missing"), "Sync/SyncKey at byte 10: the document ends inside of an element, whose end is missing")),
        // Samsung Galaxy S2: the category is empty but for its STR_I, and takes the ENDs up to the next NUL as its text.
        both("STR_I without text and NUL", "03016A00 00 01 55 56 03 01 01 01 01 00 00 48", || Fails(incomplete("an element, whose end is missing"), "Categories/Category at byte 16: the document ends inside of an element, whose end is missing")),
        both("FF in UTF-8", "03016A00 45 4B 03 61FF 00 01 01", || Fails(K::InvalidText, "Sync/SyncKey at byte 6: the string is not valid in the document's character set")),
        both("half a character", "03016A00 45 4B 03 C3 00 01 01", || Fails(K::InvalidText, "Sync/SyncKey at byte 6: the string is not valid in the document's character set")),
        both("a surrogate in UTF-8", "03016A00 45 4B 03 EDA080 00 01 01", || Fails(K::InvalidText, "Sync/SyncKey at byte 6: the string is not valid in the document's character set")),
        both("half a surrogate pair in UTF-16", "03 01 8775 00 45 03 D834 0000 01", || Fails(K::InvalidText, "Sync at byte 6: the string is not valid in the document's character set")),
        both("one NUL for two in UTF-16", "03 01 8775 00 45 03 0061 00", || Fails(cut("a string", None, 3), "Sync at byte 6: the document ends inside of a string")),
    ]
}

#[rustfmt::skip] // a table
fn table() -> Vec<Row> {
    vec![
        both("index at the end of the table", "03016A02 6100 45 83 02 01", || Fails(no_string(2, 2), "Sync at byte 7: no string begins at 2 in a string table of 2 bytes")),
        both("index 2^32 - 1", "03016A02 6100 45 83 8FFFFFFF7F 01", || Fails(no_string(u32::MAX, 2), "Sync at byte 7: no string begins at 4294967295 in a string table of 2 bytes")),
        both("a reference without a table", "03016A00 45 83 00 01", || Fails(no_string(0, 0), "Sync at byte 5: expected a string at 0 of the string table, but the document has no string table")),
        both("a name past the table", "03016A02 6100 45 04 05 01", || Fails(no_string(5, 2), "Sync at byte 7: no string begins at 5 in a string table of 2 bytes")),
        both("index into the middle of a string", "03016A04 61626300 45 83 01 01", || Reads(r#"<Sync>"bc"</>"#)),
        both("index of a string's NUL", "03016A02 6100 45 83 01 01", || Reads(r#"<Sync>""</>"#)),
        both("index into the middle of a character", "03016A03 C3A400 45 83 01 01", || Fails(K::InvalidText, "Sync at byte 8: the string is not valid in the document's character set")),
        both("a name from the middle of a character", "03016A03 C3A400 44 01 01", || Fails(K::InvalidText, "byte 7: the string is not valid in the document's character set")),
        apart("index into the middle of a unit of UTF-16", "03 01 8775 04 0061 0000 45 83 01 01",
            Fails(K::OpenTableString(1), "Sync at byte 10: the string at 1 of the string table has no end; lenient mode reads it up to the end of the table"),
            Fails(K::InvalidText, "Sync at byte 10: the string is not valid in the document's character set")),
    ]
}

#[rustfmt::skip] // a table
fn bytes() -> Vec<Row> {
    vec![
        both("OPAQUE of 80 bytes, 2 are there", "03016A00 45 4B C3 50 6162", || Fails(cut("OPAQUE", Some(80), 2), "Sync/SyncKey at byte 6: OPAQUE claims 80 bytes, 2 are left")),
        both("OPAQUE that takes in the ENDs", "03016A00 45 4B C3 04 6162 01 01", || Fails(incomplete("an element, whose end is missing"), "Sync/SyncKey at byte 12: the document ends inside of an element, whose end is missing")),
        both("OPAQUE of 4 GiB", "03016A00 45 4B C3 8FFFFFFF7F 61", || Fails(K::LimitExceeded { limit: "opaque", value: 256 << 20 }, "Sync/SyncKey at byte 6: more than the limit `opaque` allows (268435456); if the document can be trusted, raise it with Limits::opaque")),
        both("OPAQUE of nothing", "03016A00 45 C3 00 01", || Reads("<Sync>[]</>")),
    ]
}

#[rustfmt::skip] // a table
fn attributes() -> Vec<Row> {
    vec![
        both("an empty list", "03016A00 85 01", || Reads("<Sync></>")),
        both("a list that does not end", "03016A00 85", || Fails(incomplete("an attribute list"), "Sync at byte 5: the document ends inside of an attribute list")),
        both("an attribute that does not end", "03016A00 85 05", || Fails(incomplete("an attribute"), "Sync at byte 6: the document ends inside of an attribute")),
        both("one END for the list and the element", "03016A00 C5 05 01", || Fails(incomplete("an element, whose end is missing"), "Sync at byte 7: the document ends inside of an element, whose end is missing")),
        both("text without an attribute", "03016A00 85 03 61 00 01", || Fails(unexpected(0x03, "an attribute"), "Sync at byte 5: expected an attribute, found the token 0x03")),
        both("a value without an attribute", "03016A00 85 86 01", || Fails(unexpected(0x86, "an attribute"), "Sync at byte 5: expected an attribute, found the token 0x86")),
        both("LITERAL_AC in a list", "03016A02 6100 85 05 C4 00 01", || Fails(unexpected(0xC4, "an attribute"), "Sync at byte 8: expected an attribute, found the token 0xC4")),
        both("FF in UTF-8 in an attribute", "03016A00 85 05 03 FF 00 01", || Fails(K::InvalidText, "Sync at byte 6: the string is not valid in the document's character set")),
        both("a reference without a table", "03016A00 85 05 83 00 01", || Fails(no_string(0, 0), "Sync at byte 6: expected a string at 0 of the string table, but the document has no string table")),
        both("a name past the table", "03016A02 6100 85 04 05 01", || Fails(no_string(5, 2), "Sync at byte 7: no string begins at 5 in a string table of 2 bytes")),
        both("OPAQUE of 9 bytes, 2 are there", "03016A00 85 05 C3 09 61 01", || Fails(cut("OPAQUE", Some(9), 2), "Sync at byte 6: OPAQUE claims 9 bytes, 2 are left")),
        both("entity U+D800", "03016A00 85 05 02 83B000 01", || Fails(K::InvalidEntity(0xD800), "Sync at byte 6: entity 55296 is no character (a Unicode scalar value)")),
        both("an unknown attribute and value", "03016A00 85 3F FF 01", || Reads(r#"<Sync> @_0x3F="FF" </>"#)),
    ]
}

#[rustfmt::skip] // a table
fn unknown() -> Vec<Row> {
    vec![
        apart("page 200", "03016A00 45 00 C8 45 01 01",
            Fails(K::UnknownTag(Tag::new(200, 0x05)), "Sync/(page 200 token 0x05) at byte 7: the code pages have no tag 0x05 on page 200"),
            Reads("<Sync><(page 200 token 0x05)></></>")),
        apart("token 0x3F of page 23", "03016A00 45 00 17 7F 01 01",
            Fails(K::UnknownTag(Tag::new(23, 0x3F)), "Sync/(page 23 token 0x3F) at byte 7: the code pages have no tag 0x3F on page 23"),
            Reads("<Sync><(page 23 token 0x3F)></></>")),
        apart("a root that is unknown", "03016A00 3F",
            Fails(K::UnknownTag(Tag::new(0, 0x3F)), "(page 0 token 0x3F) at byte 4: the code pages have no tag 0x3F on page 0"),
            Reads("<(page 0 token 0x3F)></>")),
        both("a switch to page 200 and back", "03016A00 45 00 C8 00 00 4B 01 01", || Reads("<Sync><SyncKey></></>")),
    ]
}

/// What the documentation of `Reader` lists, in its order.
#[rustfmt::skip] // a table
fn quirks() -> Vec<Row> {
    vec![
        apart("Outlook.com: page 0xFE", "03016A00 45 00 FE 45 46 47 03 61 00 01 01 01 01",
            Fails(K::UnknownTag(Tag::new(0xFE, 0x05)), "Sync/(page 254 token 0x05) at byte 7: the code pages have no tag 0x05 on page 254"),
            Reads(r#"<Sync><(page 254 token 0x05)><(page 254 token 0x06)><(page 254 token 0x07)>"a"</></></></>"#)),
        // Before an END, between two, before text, twice, and before the first END of all.
        both("Nokia: SWITCH_PAGE in the wrong place", "03016A00 00 00 45 4B 00 01 03 61 00 00 00 01 00 02 00 00 01", || Reads(r#"<Sync><SyncKey>"a"</></>"#)),
        apart("Nokia: LITERAL 0 without a table", "03016A00 C5 04 00 03 61 00 01 01",
            Fails(no_string(0, 0), "Sync at byte 5: expected a string at 0 of the string table, but the document has no string table"),
            Reads(r#"<Sync> @xmlns="a" </>"#)),
        both("LITERAL 1 without a table", "03016A00 C5 04 01 03 61 00 01 01", || Fails(no_string(1, 0), "Sync at byte 5: expected a string at 1 of the string table, but the document has no string table")),
        apart("Nokia: a string table without the last NUL, text", "03016A03 620061 45 83 02 01",
            Fails(K::OpenTableString(2), "Sync at byte 8: the string at 2 of the string table has no end; lenient mode reads it up to the end of the table"),
            Reads(r#"<Sync>"a"</>"#)),
        apart("Nokia: the same, a name", "03016A01 61 44 00 01",
            Fails(K::OpenTableString(0), "a at byte 5: the string at 0 of the string table has no end; lenient mode reads it up to the end of the table"),
            Reads("<a></>")),
        apart("Nokia: the same, an attribute", "03016A01 61 85 04 00 01",
            Fails(K::OpenTableString(0), "Sync at byte 6: the string at 0 of the string table has no end; lenient mode reads it up to the end of the table"),
            Reads(r#"<Sync> @a="" </>"#)),
        apart("Nokia: the same, an attribute's value", "03016A01 61 85 05 03 62 00 83 00 01",
            Fails(K::OpenTableString(0), "Sync at byte 10: the string at 0 of the string table has no end; lenient mode reads it up to the end of the table"),
            Reads(r#"<Sync> @_0x05="ba" </>"#)),
        both("the same, where nothing leans on it", "03016A03 620061 45 83 00 01", || Reads(r#"<Sync>"b"</>"#)),
    ]
}

/// An event as the table has it.
fn event(event: &Event<'_>, attribute: impl FnOnce(&wbxml::Attribute<'_>) -> (String, String)) -> String {
    match event {
        Event::Start { tag, .. } => match wbxml::ACTIVESYNC.tag(*tag) {
            Some((_, info)) => format!("<{}>", info.name),
            None => format!("<({tag})>"),
        },
        Event::Literal { name, .. } => format!("<{name}>"),
        Event::Attribute(it) => {
            let (name, value) = attribute(it);
            format!(" @{name}={value:?} ")
        }
        Event::ProcessingInstruction(it) => {
            let (name, value) = attribute(it);
            format!("<?{name} {value}?>")
        }
        Event::Text(text) => format!("{text:?}"),
        Event::Entity(c) => format!("&{c}"),
        Event::Opaque(bytes) => format!("[{}]", support::to_hex(bytes)),
        Event::Extension(extension) => format!("{extension:?}"),
        Event::End => "</>".to_owned(),
        other => panic!("{other:?}"),
    }
}

fn whole(bytes: &[u8], strict: bool, limits: Limits, open_end: bool) -> (String, Option<Error>) {
    let mut reader = Reader::new(bytes).strict(strict).limits(limits).open_end(open_end);
    let mut seen = String::new();
    loop {
        match reader.next() {
            Ok(Some(it)) => {
                seen += &event(&it, |it| {
                    (reader.attribute_name(it).into_owned(), reader.attribute_value(it).into_owned())
                });
            }
            Ok(None) => return (seen, None),
            Err(error) => return (seen, Some(error)),
        }
    }
}

fn in_pieces(
    bytes: &[u8],
    size: usize,
    strict: bool,
    limits: Limits,
    open_end: bool,
) -> (String, Option<Error>) {
    let mut reader = PushReader::new().strict(strict).limits(limits).open_end(open_end);
    let mut seen = String::new();
    for piece in bytes.chunks(size) {
        let mut events = reader.push(piece);
        loop {
            match events.next() {
                Ok(Some(it)) => {
                    seen += &event(&it, |it| {
                        (events.attribute_name(it).into_owned(), events.attribute_value(it).into_owned())
                    });
                }
                Ok(None) => break,
                Err(error) => return (seen, Some(error)),
            }
        }
    }
    (seen, reader.finish().err())
}

/// Each row in both modes.
fn each(mut test: impl FnMut(&Row, &[u8], bool, &Outcome)) {
    for row in rows() {
        let bytes = from_hex(row.hex);
        test(&row, &bytes, true, &row.strict);
        test(&row, &bytes, false, &row.lenient);
    }
}

#[track_caller]
fn assert_is(row: &Row, strict: bool, seen: &(String, Option<Error>), outcome: &Outcome) {
    let what = format!("{}, strict {strict}", row.what);
    match (seen, outcome) {
        ((events, None), Reads(expected)) => assert_eq!(events, expected, "{what}"),
        ((_, Some(error)), Fails(kind, message)) => {
            assert_eq!((error.kind(), &*error.to_string()), (kind, *message), "{what}");
            assert_eq!(error.is_incomplete(), matches!(kind, K::Incomplete { .. }), "{what}");
        }
        ((events, None), Fails(..)) => panic!("{what}: read as {events}"),
        ((_, Some(error)), Reads(_)) => panic!("{what}: {error}"),
    }
}

#[test]
fn a_document_as_a_whole() {
    each(|row, bytes, strict, outcome| {
        assert_is(row, strict, &whole(bytes, strict, Limits::default(), false), outcome);
    });
}

#[test]
fn a_document_in_pieces() {
    each(|row, bytes, strict, outcome| {
        for size in [1, 2, 5, 1000] {
            let seen = in_pieces(bytes, size, strict, Limits::default(), false);
            match (&seen.1, outcome) {
                // How many there are in all is not known before they have come.
                (Some(error), Fails(K::TrailingBytes(_), message)) => {
                    assert!(matches!(error.kind(), K::TrailingBytes(_)), "{}: {error}", row.what);
                    assert!(message.starts_with(&format!("byte {}: ", error.offset().unwrap())), "{error}");
                }
                _ => assert_is(row, strict, &seen, outcome),
            }
        }
    });
}

#[test]
fn the_listing_of_a_document() {
    each(|row, bytes, strict, outcome| {
        let listing = Dump::new(bytes).strict(strict).to_string();
        assert_eq!(support::listed(&listing), bytes, "{}:\n{listing}", row.what);
        let fault = listing.lines().find_map(|row| row.split_once("FAULT")).map(|(_, fault)| fault);
        match outcome {
            Reads(_) => assert_eq!(fault, None, "{}:\n{listing}", row.what),
            Fails(kind, _) => {
                let fault = fault.unwrap_or_else(|| panic!("{}:\n{listing}", row.what));
                assert!(fault.ends_with(&format!(": {kind}")), "{}:\n{listing}", row.what);
            }
        }
    });
}

#[cfg(feature = "xml")]
#[test]
fn what_is_read_comes_back_from_its_xml() {
    use wbxml::xml::Options;

    each(|row, bytes, strict, outcome| {
        let xml = Options::new().strict(strict).to_xml(bytes);
        match outcome {
            Reads(_) => {
                let xml = xml.unwrap_or_else(|error| panic!("{}: {error}", row.what));
                assert_eq!(wbxml::xml::from_xml(&xml).as_deref(), Ok(bytes), "{}:\n{xml}", row.what);
            }
            Fails(kind, _) => {
                assert_eq!(xml.map_err(|error| error.kind().clone()), Err(kind.clone()), "{}", row.what);
            }
        }
    });
}

#[cfg(feature = "cli")]
#[test]
fn what_the_tool_says() {
    each(|row, bytes, strict, outcome| {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_wbxml"))
            .args(if strict { &["check", "--strict"][..] } else { &["check"] })
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("the tool starts");
        std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), bytes).expect("it reads");
        let output = child.wait_with_output().expect("the tool ends");
        let said = String::from_utf8(output.stderr).expect("text");
        match outcome {
            Reads(_) => assert_eq!((output.status.code(), &*said), (Some(0), ""), "{}", row.what),
            Fails(kind, message) => {
                assert_eq!(output.status.code(), Some(1), "{}", row.what);
                // `Sync at byte 5: …` is `standard input: byte 5, Sync: …` there.
                let (place, _) = message.split_once(": ").expect("a place");
                let (path, byte) = place.split_once("at ").unwrap_or(("", place));
                let path = if path.is_empty() { String::new() } else { format!(", {}", path.trim_end()) };
                let line = format!("standard input: {byte}{path}: {kind}");
                assert!(said.starts_with(&line), "{}: {said}", row.what);
            }
        }
    });
}

#[test]
fn reading_on_after_an_error_does_no_harm() {
    each(|row, bytes, strict, _| {
        let mut reader = Reader::new(bytes).strict(strict);
        for _ in 0..50 {
            let _ = reader.next();
            let _ = reader.path();
            assert!(reader.offset() <= bytes.len(), "{}", row.what);
        }
    });
}

/// Off unless asked for, since the same document is what is left of one that was cut off.
#[test]
fn a_missing_end_of_the_root_is_taken_when_asked_for() {
    let bytes = from_hex("03016A00 45 4B 03 61 00 01");
    let missing = "Sync at byte 10: the document ends inside of an element, whose end is missing";
    for (strict, open_end, expected) in [
        (false, false, Err(missing)),
        (true, true, Err(missing)),
        (false, true, Ok(r#"<Sync><SyncKey>"a"</>"#)),
    ] {
        let (seen, error) = whole(&bytes, strict, Limits::default(), open_end);
        match expected {
            Err(message) => assert_eq!(error.map(|error| error.to_string()).as_deref(), Some(message)),
            Ok(events) => assert_eq!((&*seen, error), (&*format!("{events}</>"), None)),
        }
        for size in 1..bytes.len() {
            let (seen, error) = in_pieces(&bytes, size, strict, Limits::default(), open_end);
            match expected {
                Err(message) => assert_eq!(error.map(|error| error.to_string()).as_deref(), Some(message)),
                // The end has no bytes with which it could leave.
                Ok(events) => assert_eq!((&*seen, error), (events, None)),
            }
        }
    }
    // No other END may be missing, and nothing be cut in two.
    for hex in ["45 4B 03 61 00", "45 4B", "45 4B 03 61", "45 00", "45 C3 01", "85 05", "", "C5 05"] {
        let bytes = from_hex(&format!("03016A00 {hex}"));
        let (_, error) = whole(&bytes, false, Limits::default(), true);
        assert!(error.is_some_and(|error| error.is_incomplete()), "{hex}");
        let (_, error) = in_pieces(&bytes, 1, false, Limits::default(), true);
        assert!(error.is_some_and(|error| error.is_incomplete()), "{hex}");
    }
    let listing = Dump::new(&bytes).open_end(true).to_string();
    let last = listing.lines().last().unwrap_or_default();
    assert!(last.starts_with("000a ") && last.ends_with(" </Sync>, whose END is missing"), "{listing}");
}

#[test]
fn what_is_kept_of_a_root_without_its_end_has_one() {
    let bytes = from_hex("03016A00 45 4B 03 61 00 01");
    let mut reader = Reader::new(&bytes).open_end(true);
    let tag = reader.child().unwrap().expect("the root");
    let root = reader.any(tag).unwrap();
    assert_eq!(root.as_bytes(), from_hex("45 4B 03 61 00 01 01"));
    assert_eq!(reader.next(), Ok(None));
    let mut reader = Reader::new(&bytes).open_end(true);
    reader.child().unwrap();
    let inside = reader.fragment().unwrap();
    assert_eq!(inside.as_bytes(), from_hex("4B 03 61 00 01"));
    let text = from_hex("03016A00 45 03 61 00");
    let root = Reader::new(&text).open_end(true).decode::<wbxml::AnyElement<'_>>().unwrap();
    assert_eq!(root.decode::<String>().as_deref(), Ok("a"));
    assert!(wbxml::from_slice::<wbxml::AnyElement<'_>>(&text).unwrap_err().is_incomplete());
}

type Set = fn(Limits, usize) -> Limits;

/// The name of each limit, a document that asks for `value` of it, and the byte at which one less is exceeded.
#[rustfmt::skip] // a table
fn limits() -> Vec<(&'static str, &'static str, Set, usize, &'static str)> {
    let depth: Set = |limits, value| limits.depth(u32::try_from(value).unwrap());
    vec![
        ("depth", "03016A00 45 45 05 01 01", depth, 3, "Sync/Sync/Sync at byte 6"),
        ("depth", "03016A02 6100 45 04 00 01", depth, 2, "Sync/a at byte 7"),
        ("elements", "03016A00 45 0B 0C 01", |limits, value| limits.elements(value as u64), 3, "Sync/ClientId at byte 6"),
        ("string_table", "03016A04 61620000 05", Limits::string_table, 4, "byte 3"),
        ("text", "03016A00 45 03 61626300 01", Limits::text, 3, "Sync at byte 5"),
        ("text", "03016A00 45 40 61626300 01", Limits::text, 3, "Sync at byte 5"),
        ("text", "03016A00 85 05 85 85 85 01", Limits::text, 4, "Sync at byte 9"),
        ("opaque", "03016A00 45 C3 03 010203 01", Limits::opaque, 3, "Sync at byte 5"),
        ("opaque", "03016A00 85 05 C3 03 010203 01", Limits::opaque, 3, "Sync at byte 6"),
        ("referenced_text", "03016A03 616200 45 83 00 83 00 01", Limits::referenced_text, 4, "Sync at byte 10"),
        ("referenced_text", "03016A00 45 02 41 02 8164 01", Limits::referenced_text, 3, "Sync at byte 7"),
        ("referenced_text", "03016A02 6100 44 00 04 00 04 00 01", Limits::referenced_text, 3, "a at byte 10"),
        ("referenced_text", "03016A02 6100 85 05 83 00 83 00 01", Limits::referenced_text, 2, "Sync at byte 10"),
        ("referenced_text", "03016A02 6100 85 04 00 83 00 01", Limits::referenced_text, 2, "Sync at byte 9"),
    ]
}

#[test]
fn each_limit_is_an_error_that_names_it_and_how_to_raise_it() {
    for (name, hex, set, value, place) in limits() {
        let bytes = from_hex(hex);
        let message = format!(
            "{place}: more than the limit `{name}` allows ({}); if the document can be trusted, raise it with Limits::{name}",
            value - 1
        );
        for strict in [false, true] {
            let (enough, less) = (set(Limits::NONE, value), set(Limits::NONE, value - 1));
            assert_eq!(whole(&bytes, strict, enough, false).1, None, "{name}: {hex}");
            let error = whole(&bytes, strict, less, false).1.map(|error| error.to_string());
            assert_eq!(error.as_deref(), Some(&*message), "{hex}");
            for size in [1, 2, 1000] {
                assert_eq!(in_pieces(&bytes, size, strict, enough, false).1, None, "{name}: {hex}");
                let error = in_pieces(&bytes, size, strict, less, false).1.map(|error| error.to_string());
                assert_eq!(error.as_deref(), Some(&*message), "{hex}");
            }
        }
    }
}

/// Short strings are checked together with what follows them: a long one among it has its limit all the same.
#[test]
fn a_long_string_behind_a_short_one_has_its_limit() {
    let long = [&[0x4B, 0x03][..], &[b'a'; 5000], &[0x00, 0x01]].concat();
    let bytes = [&from_hex("03016A00 45 4B 03 61 00 01 4B 03 61 00 01"), &long[..], &[0x01]].concat();
    for (limit, is_refused) in [(4999, true), (5000, false)] {
        let limits = Limits::default().text(limit);
        for (_, error) in [whole(&bytes, false, limits, false), in_pieces(&bytes, 100, false, limits, false)]
        {
            assert_eq!(error.is_some(), is_refused, "{error:?}");
        }
        #[cfg(feature = "xml")]
        assert_eq!(wbxml::xml::Options::new().limits(limits).to_xml(&bytes).is_err(), is_refused);
    }
}

#[test]
fn a_million_nested_elements() {
    let depth = 1_000_000;
    let bytes = [from_hex("03016A00"), vec![0x45; depth], vec![0x01; depth]].concat();
    for strict in [false, true] {
        for read in [nested, nested_in_pieces] {
            let error = read(&bytes, strict, Limits::default()).expect_err("refused");
            assert_eq!(*error.kind(), K::LimitExceeded { limit: "depth", value: 256 });
            assert_eq!(error.offset(), Some(4 + 256));
            // A line about it stays a line.
            assert!(error.to_string().len() < 500, "{error}");
            assert_eq!(read(&bytes, strict, Limits::NONE), Ok((depth, depth)));
            let error = read(&bytes[..bytes.len() - 1], strict, Limits::NONE).expect_err("refused");
            assert!(error.is_incomplete() && error.to_string().len() < 500);
        }
        let mut reader = Reader::new(&bytes).strict(strict).limits(Limits::NONE);
        reader.next().expect("the root");
        reader.skip().expect("skipping is no recursion");
        assert_eq!(reader.next(), Ok(None));
    }
}

/// The numbers of starts and ends.
fn nested(bytes: &[u8], strict: bool, limits: Limits) -> Result<(usize, usize), Error> {
    let mut reader = Reader::new(bytes).strict(strict).limits(limits);
    let mut count = (0, 0);
    while let Some(event) = reader.next()? {
        *(if event == Event::End { &mut count.1 } else { &mut count.0 }) += 1;
    }
    Ok(count)
}

fn nested_in_pieces(bytes: &[u8], strict: bool, limits: Limits) -> Result<(usize, usize), Error> {
    let mut reader = PushReader::new().strict(strict).limits(limits);
    let mut count = (0, 0);
    for piece in bytes.chunks(4096) {
        let mut events = reader.push(piece);
        while let Some(event) = events.next()? {
            *(if event == Event::End { &mut count.1 } else { &mut count.0 }) += 1;
        }
    }
    reader.finish()?;
    Ok(count)
}
