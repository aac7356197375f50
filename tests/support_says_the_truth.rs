//! The helpers that other tests rely on: a comparison that sees no difference would let every test pass.

mod support;

use std::panic::catch_unwind;

use support::xml::{assert_same_xml, canonical_xml, xmllint};
use support::{examples, from_hex, needed_here, spec_dir};

#[test]
fn hex_is_bytes() {
    assert_eq!(from_hex("03 01 6A\n00 ff\n"), Ok(vec![0x03, 0x01, 0x6A, 0x00, 0xFF]));
    assert_eq!(from_hex(""), Ok(vec![]));
    assert_eq!(from_hex("03 0"), Err("the last byte has one digit only".to_owned()));
    assert_eq!(from_hex("03 G1"), Err("'G' at character 3 is no hexadecimal digit".to_owned()));
}

#[test]
fn what_is_missing_fails_only_where_it_must_be_there() {
    let mut notice = Vec::new();
    assert_eq!(needed_here(Some(1), "a fact", true, &mut notice), Some(1));
    assert_eq!(needed_here(Some(1), "a fact", false, &mut notice), Some(1));
    assert!(notice.is_empty());
    assert_eq!(needed_here(None::<u8>, "a fact", false, &mut notice), None);
    let notice = String::from_utf8(notice).expect("text");
    assert!(notice.contains("SKIPPED") && notice.contains("a fact"), "{notice}");
    assert!(catch_unwind(|| needed_here(None::<u8>, "a fact", true, &mut std::io::sink())).is_err());
}

#[test]
fn every_listed_example_is_read() {
    let Some(spec) = spec_dir() else { return };
    let examples = examples(&spec);
    assert_eq!(examples.len(), 63);
    for example in &examples {
        assert_eq!(
            example.wbxml[..1],
            [if example.kind == "document" { 0x01 } else { 0x03 }],
            "{}",
            example.name
        );
        canonical_xml(&example.xml).unwrap_or_else(|fault| panic!("{}.xml: {fault}", example.name));
    }
}

#[test]
fn same_xml_in_other_dress() {
    for (left, right) in [
        ("<Sync xmlns='AirSync'/>", "<?xml version='1.0'?>\n<!-- c --><a:Sync xmlns:a='AirSync'></a:Sync>\n"),
        ("<a><b>1</b><c/></a>", "<a>\n  <b>1</b>\n\t<c></c>\r\n</a>"),
        ("<a>x &amp; y &#xE5;</a>", "<a>x <![CDATA[&]]> y å</a>"),
        ("<a>1&#13;&#10;2\r\n3</a>", "<a>1\n2\n3</a>"),
        ("<a x='1' y='&lt;'/>", "<a y=\"&#60;\" x=\"1\"/>"),
        ("<a> one <b/> two </a>", "<a> one <b></b> two </a>"),
        ("<a xmlns='A'><b xmlns='B'/></a>", "<a xmlns='A' xmlns:b='B'><b:b/></a>"),
    ] {
        assert_same_xml(left, right);
    }
}

#[test]
fn different_xml_is_seen() {
    for (left, right) in [
        ("<a/>", "<b/>"),
        ("<a xmlns='A'/>", "<a xmlns='B'/>"),
        ("<a xmlns='A'><b xmlns=''/></a>", "<a xmlns='A'><b/></a>"),
        ("<a><b/><c/></a>", "<a><c/><b/></a>"),
        ("<a><b/><c/></a>", "<a><b><c/></b></a>"),
        ("<a><b/></a>", "<a><b/><b/></a>"),
        ("<a> 1</a>", "<a>1</a>"),
        ("<a> </a>", "<a/>"),
        ("<a>1&#13;2</a>", "<a>1\n2</a>"),
        ("<a> one <b/></a>", "<a>one<b/></a>"),
        ("<a x='1'/>", "<a x='2'/>"),
        ("<a x='1'/>", "<a/>"),
        ("<a p:x='1' xmlns:p='P'/>", "<a x='1'/>"),
    ] {
        assert_ne!(canonical_xml(left), canonical_xml(right), "{left} and {right}");
        assert!(catch_unwind(|| assert_same_xml(left, right)).is_err());
    }
}

#[test]
fn what_is_no_xml_is_refused() {
    for bad in
        ["", "text", "<a>", "<a></b>", "<a/><b/>", "<a/>text", "<p:a/>", "<a>&nbsp;</a>", "<a x='1' x='2'/>"]
    {
        assert!(canonical_xml(bad).is_err(), "{bad}");
    }
}

#[test]
fn xmllint_agrees_with_the_list_of_examples() {
    let Some(spec) = spec_dir() else { return };
    for example in examples(&spec).iter().filter(|example| example.schema_valid) {
        assert_eq!(xmllint(&example.xml), Ok(()), "{}", example.name);
    }
}

#[test]
fn xmllint_refuses() {
    // Where there is no xmllint, the valid document above says so; only here would its absence be taken for a fault.
    if spec_dir().is_none() || std::process::Command::new("xmllint").arg("--version").output().is_err() {
        return;
    }
    let said = xmllint("<Ping xmlns='Ping'><Status>many</Status></Ping>").expect_err("Status is a number");
    assert!(said.contains("Status") && !said.contains("warning"), "{said}");
    let said = xmllint("<Ping xmlns='Ping'><Nonsense/></Ping>").expect_err("no such element");
    assert!(said.contains("Nonsense"), "{said}");
    assert!(xmllint("<Ping").is_err());
    // More than a pipe holds, refused before its end.
    assert!(xmllint(&format!("<Pong xmlns='Ping'>{}</Pong>", "<Ping/>".repeat(100_000))).is_err());
}
