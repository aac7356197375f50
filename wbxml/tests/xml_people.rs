//! XML as people and other programs write it, well and badly.

#![cfg(feature = "xml")]

mod support;

use std::io;

use support::canonical::canonical;
use support::{activesync_examples, from_hex};
use wbxml::xml::{Options, XmlFault, from_xml, to_xml};
use wbxml::{ErrorKind, Limits};

/// `<Sync xmlns="AirSync"><SyncKey>0</SyncKey></Sync>`
const SYNC: &str = "03016A00 45 4B 0330 00 01 01";

#[test]
fn any_way_to_write_it_means_the_same() {
    for xml in [
        "<Sync xmlns='AirSync'><SyncKey>0</SyncKey></Sync>",
        "<?xml version='1.0'?>\r\n<Sync xmlns='AirSync'>\r\n\t<SyncKey>0</SyncKey>\r\n</Sync>\r\n",
        "\u{FEFF}<Sync xmlns=\"AirSync\"><SyncKey>0</SyncKey></Sync>",
        "<a:Sync xmlns:a='AirSync'><a:SyncKey>0</a:SyncKey></a:Sync>",
        "<a:Sync xmlns:a='AirSync'><SyncKey xmlns='AirSync'>0</SyncKey></a:Sync>",
        "<Sync xmlns='AirSync' xmlns:e='Email'><SyncKey>0</SyncKey></Sync>",
        "<Sync xmlns='AirSync:'><SyncKey>0</SyncKey></Sync>",
        "<Sync xmlns='AirSync'><!-- a comment --><SyncKey>0<!-- another --></SyncKey></Sync>",
        "<Sync xmlns='AirSync'><?other instruction?><SyncKey><![CDATA[0]]></SyncKey></Sync>",
        "<Sync xmlns='AirSync'><SyncKey>&#48;</SyncKey></Sync>",
        "<Sync xmlns='AirSync'><SyncKey>&#x30;</SyncKey></Sync >",
        "<!-- before --><Sync xmlns='AirSync' ><SyncKey >0</SyncKey ></Sync><!-- after -->",
    ] {
        assert_eq!(from_xml(xml), Ok(from_hex(SYNC)), "{xml}");
    }
}

#[test]
fn text_is_exact() {
    for (xml, text) in [
        ("a b", "a b"),
        (" a\n b ", " a\n b "),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a&#13;&#10;b", "a\r\nb"),
        ("&lt;&gt;&amp;&quot;&apos;", "<>&\"'"),
        ("<![CDATA[<a>&amp;]]]]><![CDATA[>]]>", "<a>&amp;]]>"),
        ("a<!-- -->b<?x?>c", "abc"),
        ("   ", "   "),
        ("\u{1F600}\u{A0}", "\u{1F600}\u{A0}"),
    ] {
        let bytes = [&from_hex("03016A00 45 4B 03")[..], text.as_bytes(), &from_hex("00 01 01")].concat();
        let xml = format!("<Sync xmlns='AirSync'><SyncKey>{xml}</SyncKey></Sync>");
        assert_eq!(from_xml(&xml), Ok(bytes), "{xml}");
    }
}

#[test]
fn empty_elements_are_short_however_written() {
    for inside in
        ["<MoreAvailable/>", "<MoreAvailable></MoreAvailable>", "<MoreAvailable>\n  </MoreAvailable>"]
    {
        let xml = format!("<Sync xmlns='AirSync'>{inside}</Sync>");
        assert_eq!(from_xml(&xml), Ok(from_hex("03016A00 45 14 01")), "{inside}");
    }
    assert_eq!(from_xml("<Sync xmlns='AirSync'/>"), Ok(from_hex("03016A00 05")));
    assert_eq!(from_xml("<Sync xmlns='AirSync'>\n\n</Sync>"), Ok(from_hex("03016A00 05")));
}

#[test]
fn bytes_and_messages() {
    let base64 = "<ConversationId xmlns='Email2'>\n  3q2+\n  7w==\n</ConversationId>";
    assert_eq!(from_xml(base64), Ok(from_hex("03016A00 00 16 49 C3 04 DEADBEEF 01")));
    for lines in ["a\nb\n", "a\r\nb\r\n", "a&#13;\nb&#13;\n"] {
        let xml = format!("<Mime xmlns='ComposeMail'>{lines}</Mime>");
        assert_eq!(from_xml(&xml), Ok(from_hex("03016A00 00 15 50 C3 06 61 0D0A 62 0D0A 01")), "{lines:?}");
    }
}

#[test]
fn attributes() {
    for (xml, hex) in [
        ("<Notify xmlns='AirNotify' Version='1.1'/>", "85 00 03 05 01"),
        ("<n:Notify xmlns:n='AirNotify' Version='1.1'/>", "85 00 03 05 01"),
        ("<Notify xmlns='AirNotify' Version='1.1&amp;&#10;\n'/>", "85 00 03 05 03 26 0A 20 00 01"),
    ] {
        assert_eq!(from_xml(xml), Ok(from_hex(&format!("03016A00 00 03 {hex}"))), "{xml}");
    }
}

#[track_caller]
fn complaint(xml: &str) -> String {
    from_xml(xml).expect_err("an error").to_string()
}

#[test]
fn every_fault_has_its_place_and_says_what_to_do() {
    let long = "x".repeat(1000);
    for (xml, expected) in [
        ("", "line 1, column 1: there is no element"),
        ("\n\n  ", "line 3, column 3: there is no element"),
        ("<!-- only a comment -->", "line 1, column 24: there is no element"),
        ("text", "line 1, column 5: text outside of the root element"),
        ("<Sync xmlns='AirSync'/>\ntext", "line 2, column 5: text outside of the root element"),
        (
            "<Sync xmlns='AirSync'/>\n<Sync xmlns='AirSync'/>",
            "line 2, column 1, Sync[2]: a second root element",
        ),
        (
            "<Sync xmlns='AirSync'>\n<SyncKey>0",
            "line 2, column 11, Sync/SyncKey: the XML ends before its root element does",
        ),
        (
            "<Sync xmlns='AirSync'>\n  <SyncKey>0</Synckey>\n</Sync>",
            "line 2, column 13, Sync/SyncKey: ill-formed document: expected `</SyncKey>`, but `</Synckey>` was found",
        ),
        (
            "<Sync xmlns='AirSync'></Sync></Sync>",
            "line 1, column 30: ill-formed document: close tag `</Sync>` does not match any open tag",
        ),
        (
            "<Email:Subject xmlns='Email'/>",
            "line 1, column 1, Subject: the namespace prefix Email is not declared",
        ),
        (
            "<Subjekt xmlns='Email'/>",
            "line 1, column 1, Subjekt: unknown element {Email}Subjekt: did you mean Subject?",
        ),
        (
            "<Sync xmlns='AirSync'>\n  <Collections>\n    <Colection/>",
            "line 3, column 5, Sync/Collections/Colection: unknown element {AirSync}Colection: did you mean Collection?",
        ),
        ("<Sync/>", "line 1, column 1, Sync: unknown element Sync: did you mean {AirSync}Sync?"),
        ("<Flurb/>", "line 1, column 1, Flurb: unknown element Flurb: it needs the namespace of a code page"),
        ("<Flurb xmlns='Email'/>", "line 1, column 1, Flurb: unknown element {Email}Flurb"),
        (
            "<Flurb xmlns='urn:x'/>",
            "line 1, column 1, Flurb: unknown element {urn:x}Flurb: no code page has the namespace urn:x",
        ),
        ("<_0x04 xmlns='wbxml:page:0'/>", "line 1, column 1, _0x04: unknown element {wbxml:page:0}_0x04"),
        ("<_0x40 xmlns='wbxml:page:0'/>", "line 1, column 1, _0x40: unknown element {wbxml:page:0}_0x40"),
        ("<_0x05 xmlns='wbxml:page:256'/>", "line 1, column 1, _0x05: unknown element {wbxml:page:256}_0x05"),
        (
            "<Sync xmlns='AirSync' colour='blue'/>",
            "line 1, column 1, Sync: unknown attribute colour=\"blue\"",
        ),
        ("<Sync xmlns='AirSync' Version='2'/>", "line 1, column 1, Sync: unknown attribute Version=\"2\""),
        (
            "<Sync xmlns='AirSync'><SyncKey>&nbsp;</SyncKey></Sync>",
            "line 1, column 32, Sync/SyncKey: unknown entity &nbsp;: write the character itself, or &#…; with its number",
        ),
        (
            "<Sync xmlns='AirSync'><SyncKey>&#0;</SyncKey></Sync>",
            "line 1, column 32, Sync/SyncKey: invalid character reference: 0x0 character is not permitted in XML",
        ),
        (
            "<Sync xmlns='AirSync'><SyncKey>&#11;</SyncKey></Sync>",
            "line 1, column 32, Sync/SyncKey: XML has no character U+000B: write <?wbxml char …?> with its bytes",
        ),
        (
            "<Sync xmlns='AirSync'><SyncKey>a\u{B}b</SyncKey></Sync>",
            "line 1, column 32, Sync/SyncKey: XML has no character U+000B: write <?wbxml char …?> with its bytes",
        ),
        (
            "<Sync xmlns='AirSync'>a & b</Sync>",
            "line 1, column 25, Sync: ill-formed document: entity or character reference not closed: `;` not found before end of input",
        ),
        (
            "<ConversationId xmlns='Email2'>no!</ConversationId>",
            "line 1, column 35, ConversationId: the element holds bytes, which are written in base64: Invalid symbol 33, offset 2.",
        ),
        (
            "<!DOCTYPE Sync [<!ENTITY a 'b'>]><Sync xmlns='AirSync'/>",
            "line 1, column 1: declarations in a document type declaration are not read: remove what is in its brackets",
        ),
        (
            " <?xml version='1.0'?><Sync xmlns='AirSync'/>",
            "line 1, column 2: an XML declaration can stand at the very start only",
        ),
    ] {
        assert_eq!(complaint(xml), expected, "{xml}");
    }
    let line = complaint(&format!("<{long} xmlns='Email'/>"));
    assert!(line.len() < 2500 && line.contains("xxx…"), "{line}");
}

#[test]
fn hints_must_be_hints_and_stand_where_they_can() {
    for (xml, expected) in [
        ("<?wbxml?><Sync xmlns='AirSync'/>", "it is a word of the table"),
        ("<?wbxml colour?><Sync xmlns='AirSync'/>", "it is a word of the table"),
        ("<?wbxml page 0?><Sync xmlns='AirSync'/>", "it is a word of the table"),
        ("<?wbxml header 03016A?><Sync xmlns='AirSync'/>", "its bytes are the header of a WBXML document"),
        (
            "<?wbxml header 03016A0005?><Sync xmlns='AirSync'/>",
            "its bytes are the header of a WBXML document",
        ),
        ("<Sync xmlns='AirSync'><?wbxml header 03016A00?></Sync>", "`header` comes before all others"),
        (
            "<?wbxml page 00?><?wbxml header 03016A00?><Sync xmlns='AirSync'/>",
            "`header` comes before all others",
        ),
        ("<?wbxml text?><Sync xmlns='AirSync'/>", "it belongs into an element"),
        ("<?wbxml content?><Sync xmlns='AirSync'/>", "it belongs into an element"),
        ("<Sync xmlns='AirSync'/><?wbxml page 00?>", "the root element has ended"),
        ("<Sync xmlns='AirSync'/><?wbxml literal 00?>", "the root element has ended"),
        (
            "<?wbxml bytes C0?><Sync xmlns='AirSync'/>",
            "outside of the root element its bytes are processing instructions",
        ),
        ("<Sync xmlns='AirSync'><?wbxml bytes 01?></Sync>", "its bytes are whole tokens other than elements"),
        ("<Sync xmlns='AirSync'><?wbxml bytes 05?></Sync>", "its bytes are whole tokens other than elements"),
        (
            "<Sync xmlns='AirSync'><?wbxml bytes 0361?></Sync>",
            "its bytes are whole tokens other than elements",
        ),
        (
            "<Sync xmlns='AirSync'><?wbxml bytes 8309?></Sync>",
            "its bytes are whole tokens other than elements",
        ),
        (
            "<Sync xmlns='AirSync'><?wbxml table 00?>a</Sync>",
            "the index of a string in the header's string table",
        ),
        (
            "<Sync xmlns='AirSync'><?wbxml literal 00?><a/></Sync>",
            "the index of a string in the header's string table",
        ),
        ("<Sync xmlns='AirSync'><?wbxml entity?>ab</Sync>", "one character comes after `entity`"),
        ("<Sync xmlns='AirSync'><?wbxml entity?></Sync>", "one character comes after `entity`"),
        ("<Sync xmlns='AirSync'><?wbxml char FF?></Sync>", "the bytes of `char` are UTF-8"),
        ("<Sync xmlns='AirSync'><?wbxml attributes 01?></Sync>", "an element comes right after"),
        ("<?wbxml attributes 05?><Sync xmlns='AirSync'/>", "its bytes are an attribute list"),
        ("<?wbxml attributes 0101?><Sync xmlns='AirSync'/>", "its bytes are an attribute list"),
    ] {
        let error = from_xml(xml).expect_err(xml);
        let ErrorKind::Xml { fault: XmlFault::InvalidHint(said), .. } = error.kind() else {
            panic!("{xml}: {error}")
        };
        assert!(said.contains(expected), "{xml}: {error}");
    }
}

#[test]
fn hints_and_what_they_stand_for_must_agree() {
    let header = "<?wbxml header 03016A03616200?>";
    for (xml, said) in [
        ("<Sync xmlns='AirSync'><?wbxml table 01?>c</Sync>", r#"stands for "b", the XML shows "c""#),
        ("<Sync xmlns='AirSync'><?wbxml literal 00?><cd/></Sync>", r#"stands for "ab", the XML shows "cd""#),
        ("<?wbxml attributes 0503760001?><Sync xmlns='AirSync' _0x05='w'/>", r#"the XML shows "_0x05=\"w\""#),
    ] {
        let xml = format!("{header}{xml}");
        let error = from_xml(&xml).expect_err("they differ");
        assert!(
            matches!(error.kind(), ErrorKind::Xml { fault: XmlFault::HintDiffers { .. }, .. }),
            "{error}"
        );
        assert!(error.to_string().contains(said), "{error}");
    }
    // An attribute list need not be shown.
    let xml = "<?wbxml attributes 0503760001?><Sync xmlns='AirSync'/>";
    assert_eq!(from_xml(xml), Ok(from_hex("03016A00 85 05 0376 00 01")));
}

#[test]
fn strict_takes_no_liberties() {
    let strict = Options::new().strict(true);
    for (xml, fault) in [
        ("<Sync xmlns='AirSync:'/>", "unknown element {AirSync:}Sync"),
        ("<_0x05 xmlns='wbxml:page:200'/>", "unknown element {wbxml:page:200}_0x05"),
        (
            "<Sync xmlns='AirSync'><Collections>text</Collections></Sync>",
            "expected elements only, found the text \"text\"",
        ),
    ] {
        assert!(from_xml(xml).is_ok(), "{xml}");
        let error = strict.from_xml(xml).expect_err(xml).to_string();
        assert!(error.contains(fault), "{error}");
    }
}

#[test]
fn a_nul_cannot_be_in_a_string() {
    let error =
        from_xml("<Sync xmlns='AirSync'><SyncKey>a<?wbxml char 00?></SyncKey></Sync>").expect_err("a NUL");
    assert!(matches!(error.kind(), ErrorKind::Xml { fault: XmlFault::NotInCharset(_), .. }), "{error}");
    // Nor a character that the character set lacks.
    let error = from_xml("<?wbxml header 03010400?><Sync xmlns='AirSync'><SyncKey>€</SyncKey></Sync>");
    assert!(matches!(
        error.expect_err("a euro").kind(),
        ErrorKind::Xml { fault: XmlFault::NotInCharset(_), .. }
    ));
}

#[test]
fn hostile_xml_is_bounded() {
    let nested = |depth: usize| {
        let inside = format!("{}{}", "<Sync>".repeat(depth - 1), "</Sync>".repeat(depth - 1));
        format!("<Sync xmlns='AirSync'>{inside}</Sync>")
    };
    assert!(from_xml(&nested(256)).is_ok());
    let error = from_xml(&nested(100_000)).expect_err("too deep");
    assert_eq!(*error.kind(), ErrorKind::LimitExceeded { limit: "depth", value: 256 });
    assert_eq!(error.path().steps().len(), 257);
    let lifted = Options::new().limits(Limits::NONE);
    assert_eq!(lifted.from_xml(&nested(100_000)).map(|document| document.len()), Ok(4 + 2 * 100_000 - 1));
    // quick-xml counts the elements that have prefixes, up to 65,535.
    let prefixed =
        nested(100_000).replace("<Sync>", "<a:Sync xmlns:a='AirSync'>").replace("</Sync>", "</a:Sync>");
    assert!(lifted.from_xml(&prefixed).is_err());
    // Entities are not expanded, so a billion laughs are none.
    let laughs = "<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]><Sync xmlns='AirSync'>&b;</Sync>";
    let expected = "line 1, column 1: declarations in a document type declaration are not read: remove what is in its brackets";
    assert_eq!(complaint(laughs), expected);
    // One that only names the type is passed over.
    assert!(from_xml("<!DOCTYPE Sync PUBLIC '-//A//B//EN' 'http://c/'><Sync xmlns='AirSync'/>").is_ok());
    let attributes = (0..5_000).map(|number| format!(" a{number}=''")).collect::<Vec<_>>().concat();
    let error = from_xml(&format!("<Sync xmlns='AirSync'{attributes}/>")).expect_err("too many");
    assert!(
        matches!(error.kind(), ErrorKind::Xml { fault: XmlFault::TooManyAttributes(256), .. }),
        "{error}"
    );
    let prefixes = (0..100_000).map(|number| format!(" xmlns:a{number}='b'")).collect::<Vec<_>>().concat();
    assert!(from_xml(&format!("<Sync xmlns='AirSync'{prefixes}/>")).is_err());
    assert!(from_xml("<Sync xmlns='AirSync' a='1' a='2'/>").is_err());
}

#[test]
fn short_documents_do_not_make_long_xml() {
    // The deeper, the longer the lines: that ends somewhere.
    let depth = 5_000;
    let bytes = [from_hex("03016A00"), vec![0x45; depth], vec![0x05; depth], vec![0x01; depth]].concat();
    let xml = Options::new().limits(Limits::NONE).to_xml(&bytes).expect("XML");
    assert!(xml.len() < 100 * bytes.len(), "{} bytes", xml.len());
    // A string of the table may be referred to often: that is counted.
    let table = [from_hex("03016A 8340"), vec![b'a'; 447], vec![0], vec![0x45]].concat();
    let many = [table, from_hex("8300").repeat(100_000), vec![0x01]].concat();
    let error = to_xml(&many).expect_err("too much");
    assert_eq!(*error.kind(), ErrorKind::LimitExceeded { limit: "referenced_text", value: 16 << 20 });
}

/// Takes so many bytes.
struct Small(usize);

impl io::Write for Small {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        if taken == 0 { Err(io::Error::other("it is full")) } else { Ok(taken) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn both_ways_stream() {
    for example in activesync_examples() {
        let options = Options::new();
        let mut xml = Vec::new();
        options.write_xml(&example.wbxml, &mut xml).unwrap();
        assert_eq!(xml, options.to_xml(&example.wbxml).unwrap().as_bytes());
        let mut bytes = Vec::new();
        options.write_wbxml(&example.xml, &mut bytes).unwrap();
        assert_eq!(bytes, example.wbxml);
        let error = options.write_xml(&example.wbxml, Small(xml.len() - 1)).expect_err("full");
        assert_eq!(error.to_string(), "writing failed: it is full");
        let error = options.write_wbxml(&example.xml, Small(bytes.len() - 1)).expect_err("full");
        assert_eq!(error.to_string(), "writing failed: it is full");
    }
}

#[test]
fn what_comes_before_a_fault_is_written() {
    let bytes = from_hex("03016A00 45 4B 0330 00 01 4B 03");
    let mut xml = Vec::new();
    let error = Options::new().write_xml(&bytes, &mut xml).expect_err("it is cut off");
    assert!(error.is_incomplete());
    assert!(String::from_utf8(xml).unwrap().contains("<SyncKey>0</SyncKey>"));
    assert!(to_xml(&bytes).is_err());
}

#[test]
fn indentation_is_as_wide_as_it_is_asked_for() {
    let bytes = from_hex("03016A00 45 5C 0F 01 01");
    let xml = |options: Options| options.declaration(false).to_xml(&bytes).unwrap();
    let shown =
        "<Sync xmlns=\"AirSync\">\n    <Collections>\n        <Collection/>\n    </Collections>\n</Sync>\n";
    assert_eq!(xml(Options::new().indent(4)), shown);
    assert_eq!(xml(Options::new().indent(0)), shown.replace("    ", ""));
    assert_eq!(xml(Options::new().compact()), shown.replace("    ", "").replace('\n', ""));
    assert_eq!(canonical(&xml(Options::new().indent(100))), canonical(shown));
}
