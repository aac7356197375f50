//! `code_pages!` as a user calls it.

mod common;

use common::{document, same};
use wbxml::{Content, Decode, Encode, ProtocolVersion, VersionSet};

wbxml::code_pages! {
    /// Pages of a user's own.
    pub(crate) numbers = "tests/pages/numbers.tsv";
    attributes = "tests/pages/si/attributes.tsv";
    pub language SI = "tests/pages/si";
}

/// The macro with another path to the types, from a module within.
mod inner {
    pub(crate) mod wire {
        pub(crate) use wbxml::*;
    }

    pub(crate) mod pages {
        wbxml::code_pages! {
            crate = super::wire;
            pub(crate) numbers = "tests/pages/numbers.tsv"
        }
    }
}

#[test]
fn constants_have_number_and_versions() {
    assert_eq!(numbers::last.id(), 0x073F);
    assert_eq!(numbers::self_.id(), 0x0705);
    assert_eq!(numbers::two_words.id(), 0x0706);
    assert_eq!(numbers::r#type.id(), 0x0707);
    assert_eq!(numbers::last.versions(), VersionSet::since(ProtocolVersion::V16_0));
    assert_eq!(numbers::self_.versions(), VersionSet::ALL);
    let only_2_5 = VersionSet::only(ProtocolVersion::V2_5);
    let only_14 = VersionSet::range(ProtocolVersion::V14_0, ProtocolVersion::V14_1);
    assert_eq!(numbers::two_words.versions(), only_2_5.union(only_14));
    assert_eq!(inner::pages::numbers::last, numbers::last);
}

#[test]
fn pages_find_rows_by_token_and_by_name() {
    let page = &numbers::PAGE;
    assert_eq!((page.number, page.name, page.namespace), (7, "Numbers.One", "urn:numbers"));
    for (token, name, content) in [
        (0x05, "self", Content::Any),
        (0x06, "two-words", Content::OpaqueText),
        (0x07, "type", Content::Empty),
        (0x3F, "last", Content::Integer),
    ] {
        let row = page.get(token).unwrap();
        assert_eq!((row.tag.token(), row.name, row.content), (token, name, content));
        assert_eq!(page.find(name).unwrap().tag, row.tag);
    }
    assert_eq!(page.tags.len(), 4);
    assert!(page.get(0x08).is_none() && page.get(0x04).is_none());
    assert!(page.find("two_words").is_none() && page.find("").is_none() && page.find("zzz").is_none());
}

#[test]
fn a_language_has_its_pages_in_both_spaces() {
    assert_eq!((SI.name, SI.public_id, SI.formal_public_id), ("SI", 5, "-//WAPFORUM//DTD SI 1.0//EN"));
    assert_eq!(SI.tag(si::indication).unwrap().1.name, "indication");
    assert_eq!(SI.find("", "si").unwrap().tag, si::si);
    let page = SI.attribute_page(0).unwrap();
    let start = page.start(0x0C).unwrap();
    assert_eq!((start.name, start.prefix), ("href", "http://"));
    assert_eq!(page.start(0x0B).unwrap().prefix, "");
    assert_eq!(page.start(0x05).unwrap().prefix, "signal-none");
    assert_eq!(page.value(0x86).unwrap().value, ".edu/");
    assert_eq!(attributes::PAGE.starts, attributes_0::PAGE.starts);
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = numbers, tag = two_words)]
struct Awkward {
    #[wbxml(r#type, flag)]
    flag: bool,
    #[wbxml(self_)]
    text: Option<String>,
    #[wbxml(last)]
    number: Vec<u16>,
}

#[test]
fn the_derives_know_them() {
    let value = Awkward { flag: true, text: Some("x".into()), number: vec![1] };
    same(&value, &document(b"\x00\x07\x46\x07\x45\x03x\0\x01\x7F\x031\0\x01\x01"));
}
