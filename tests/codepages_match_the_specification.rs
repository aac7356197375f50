//! The data files of the code pages, held against the tables of [MS-ASWBXML] 2.1.2.1: row by row, both ways.

mod support;

use std::collections::BTreeMap;

use support::{rows, spec_dir};
use wbxml_codepages::{ACTIVESYNC, ProtocolVersion, Tag};

/// A row of `codepages.tsv`.
struct Row {
    page: String,
    name: String,
    versions: Versions,
}

enum Versions {
    /// The versions, of those that the specification describes, that have the tag.
    Stated(Vec<ProtocolVersion>),
    /// The specification does not have the tag; older implementations did.
    Legacy,
}

#[test]
fn every_row_of_the_specification_is_there() {
    let Some(specified) = specified() else { return };
    for (&(page, token), row) in &specified {
        let (name, tag) = (&row.name, Tag::new(page, token));
        let Some((found_page, found)) = ACTIVESYNC.tag(tag) else {
            panic!("page {page} has no token {token:#04X}, {name}");
        };
        assert_eq!(found.name, name, "name of page {page} token {token:#04X}");
        assert_eq!(found_page.number, page, "{name}");
        assert_eq!(found_page.name, row.page, "{name}");
        assert_eq!(found.tag, tag, "{name}");
        if let Versions::Stated(versions) = &row.versions {
            let known: Vec<_> =
                described().filter(|&version| found.tag.versions().contains(version)).collect();
            assert_eq!(&known, versions, "versions of {}:{name}", row.page);
        }
    }
}

#[test]
fn no_row_is_beyond_the_specification() {
    let Some(specified) = specified() else { return };
    assert_eq!(ACTIVESYNC.pages.len(), 26);
    for page in ACTIVESYNC.pages {
        for info in page.tags {
            let token = (info.tag.page(), info.tag.token());
            assert!(
                specified.contains_key(&token),
                "{}:{} ({token:?}) is not in codepages.tsv",
                page.name,
                info.name
            );
        }
    }
    let held: usize = ACTIVESYNC.pages.iter().map(|page| page.tags.len()).sum();
    assert_eq!(held, specified.len());
}

#[test]
fn a_name_leads_back_to_its_token() {
    let Some(specified) = specified() else { return };
    for (&(page, token), row) in &specified {
        let name = &row.name;
        let namespace = ACTIVESYNC.page(page).expect("a page of the specification").namespace;
        let found = ACTIVESYNC
            .find(namespace, name)
            .unwrap_or_else(|| panic!("nothing is called {namespace}:{name}"));
        assert_eq!(found.tag, Tag::new(page, token), "{namespace}:{name}");
        assert_eq!(found.tag.to_string(), format!("{}:{name}", row.page));
    }
}

/// The rows by page and token.
fn specified() -> Option<BTreeMap<(u8, u8), Row>> {
    let table = rows(&spec_dir()?.join("codepages.tsv"));
    assert_eq!(table.len(), 654, "rows of codepages.tsv");
    let rows: BTreeMap<_, _> = table.into_iter().map(specified_row).collect();
    assert_eq!(rows.len(), 654, "each row has a token of its own");
    Some(rows)
}

fn specified_row(row: Vec<String>) -> ((u8, u8), Row) {
    let [number, page, token, name, versions, _source] =
        row.try_into().expect("codepages.tsv has six columns");
    let number = number.parse().expect("a page number");
    let token = token.strip_prefix("0x").and_then(|hex| u8::from_str_radix(hex, 16).ok()).expect("a token");
    let versions = match versions.as_str() {
        "legacy" => Versions::Legacy,
        "All" => Versions::Stated(described().collect()),
        list => {
            Versions::Stated(list.split(',').map(|version| version.parse().expect("a version")).collect())
        }
    };
    ((number, token), Row { page, name, versions })
}

/// The versions that the specification describes, and means by "All".
fn described() -> impl Iterator<Item = ProtocolVersion> {
    ProtocolVersion::ALL.into_iter().filter(|&version| version >= ProtocolVersion::V2_5)
}
